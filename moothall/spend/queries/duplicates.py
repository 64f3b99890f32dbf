"""Which payments may have been made twice? Never public; each candidate leads to its lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on, rules_of
from moothall.directory.models import Deed, Organisation
from moothall.spend.analysis.duplicates import duplicate_suspects
from moothall.spend.analysis.payments import EVERYTHING, Filters, LakeTables
from moothall.spend.engine.duplicates import Candidate, Payment, Status, duplicate_candidates
from moothall.spend.permissions import why_not_at_any_body
from moothall.spend.queries.asking import tables_of

KEY_WORDS = {
    "a": "Same supplier, reference and amount",
    "d": "References that differ only in how they are put",
    "b": "Same supplier and amount within days, another reference or none",
    "c": "Same reference and amount, another supplier record",
    "e": "VAT above the rate",
}
STATUS_WORDS = {
    Status.OPEN: "paid once more than credited",
    Status.RESOLVED: "a credit took it back",
    Status.REVIEW: "to be looked at, not counted",
}
EXTRACT = "ap_extract"


class CannotSeeDuplicates(CannotDo):
    """Nobody's payments are this reader's to suspect."""


@frozen
class SuspectLine:
    """One payment of a candidate. sheet, row: where its first line stands. amount: GBP."""

    source_id: int
    sheet: str | None
    row: int
    line_count: int
    paid_on: date
    supplier_id: int
    supplier: str
    reference: str
    amount: Decimal
    is_credit: bool


@frozen
class Suspicion:
    """Payments that may be one payment made twice. amount: GBP that would be overpaid."""

    key: str
    key_words: str
    status: str
    status_words: str
    body: str
    supplier: str
    supplier_id: int
    amount: Decimal
    counted: Decimal
    sentence: str
    lines: tuple[SuspectLine, ...]


@frozen
class KeyTotal:
    """What one key found. amount: GBP of those open."""

    key: str
    words: str
    open_count: int
    resolved_count: int
    review_count: int
    amount: Decimal


@frozen
class Duplicates:
    """Every candidate, largest first, and the totals by key."""

    suspicions: tuple[Suspicion, ...]
    totals: tuple[KeyTotal, ...]

    @property
    def open_count(self) -> int:
        return sum(total.open_count for total in self.totals)

    @property
    def open_gbp(self) -> Decimal:
        return sum((total.amount for total in self.totals), Decimal("0.00"))

    def with_key(self, key: str, status: str) -> tuple[Suspicion, ...]:
        """The candidates of one key and status; of all, where these are blank."""
        return tuple(
            each
            for each in self.suspicions
            if key in ("", each.key) and status in ("", each.status)
        )

    def only(self, key: str, status: str) -> Duplicates:
        """The same, of one key and status; of all, where these are blank."""
        kept = self.with_key(key, status)
        totals = tuple(total for total in self.totals if key in ("", total.key))
        return Duplicates(suspicions=kept, totals=totals)

    def as_json(self) -> dict[str, Any]:
        """As `moothall spend duplicates --format json` prints it."""
        return {
            "rows": [
                {
                    "key": each.key,
                    "status": each.status,
                    "body": each.body,
                    "supplier": each.supplier,
                    "amount_gbp": f"{each.amount:.2f}",
                    "sentence": each.sentence,
                    "lines": [
                        {
                            "source_id": line.source_id,
                            "sheet": line.sheet,
                            "row": line.row,
                            "paid_on": str(line.paid_on),
                            "reference": line.reference,
                            "amount_gbp": f"{line.amount:.2f}",
                        }
                        for line in each.lines
                    ],
                }
                for each in self.suspicions
            ],
            "totals": [
                {
                    "key": total.key,
                    "what": total.words,
                    "open": total.open_count,
                    "resolved": total.resolved_count,
                    "review": total.review_count,
                    "open_gbp": f"{total.amount:.2f}",
                }
                for total in self.totals
            ],
            "open_gbp": f"{self.open_gbp:.2f}",
        }


def duplicates(
    viewer: Viewer, filters: Filters = EVERYTHING, *, day: date, in_ledger: bool = False
) -> Duplicates:
    """The candidates among payments of the bodies whose private rows `viewer` may see.

    viewer    : made for the deed of seeing what is private
    in_ledger : look through extracts of the ledger, which hold invoice numbers and VAT, and not
                through what was published from them

    :raises CannotSeeDuplicates: for whoever may see them at no body.
    """
    if reason := why_not_at_any_body(Deed.SEE_PRIVATE, viewer):
        raise CannotSeeDuplicates(reason)
    tables = tables_of(lake.payments_for(viewer))
    rows = _suspects(tables, _within(viewer, filters, in_ledger), day)
    rule = rules_of("spend", "questions")["highest_vat_rate"]
    found = duplicate_candidates(
        [
            Payment(
                line=index,
                body_id=row["body_id"],
                supplier=row["supplier_id"],
                reference=row["reference"],
                amount_gbp=row["amount_gbp"],
                paid_on=row["paid_on"],
                vat_gbp=row["vat_gbp"],
                net_gbp=row["net_gbp"],
            )
            for index, row in enumerate(rows)
        ],
        within_days=_value("duplicate_days", day),
        regular_count=_value("regular_payment_count", day),
        vat_rate_on=lambda paid_on: Decimal(str(rule.on(paid_on).value)),
    )
    names = _names(tables, {row["supplier_id"] for row in rows})
    bodies = dict(Organisation.objects.values_list("pk", "name"))
    suspicions = sorted(
        (_suspicion(each, rows, names, bodies) for each in found),
        key=lambda each: (-each.counted, -each.amount, each.key, each.lines[0].paid_on),
    )
    return Duplicates(suspicions=tuple(suspicions), totals=_totals(found))


def _within(viewer: Viewer, filters: Filters, in_ledger: bool) -> Filters:
    """The same filters over the viewer's own bodies, and one kind of publication."""
    held = Publication.objects.filter(state=Publication.State.CURRENT)
    held = held.filter(kind=EXTRACT) if in_ledger else held.exclude(kind=EXTRACT)
    if not viewer.reads_all:
        held = held.filter(body_id__in=viewer.bodies_read)
    if filters.bodies:
        held = held.filter(body_id__in=filters.bodies)
    return evolve(filters, publications=tuple(held.values_list("pk", flat=True)) or (-1,))


def _suspects(tables: LakeTables, filters: Filters, day: date) -> list[dict[str, Any]]:
    rates = rules_of("spend", "questions")["highest_vat_rate"].versions
    answer = duplicate_suspects(
        tables,
        filters,
        within_days=_value("duplicate_days", day),
        highest_vat_rate=min(float(version.value) for version in rates),
        least_share=float(_value("line_item_share", day)),
    )
    return answer.to_pyarrow().to_pylist()


def _value(key: str, day: date) -> Any:
    return rule_on(day, "spend", "questions", key).value


def _names(tables: LakeTables, suppliers: set[int]) -> dict[int, str]:
    names = tables.names.filter(tables.names.supplier_id.isin(sorted(suppliers) or [0]))
    found = names.select("supplier_id", "supplier").distinct().to_pyarrow().to_pylist()
    return {row["supplier_id"]: row["supplier"] or "Not published" for row in found}


def _suspicion(
    each: Candidate, rows: list[dict[str, Any]], names: dict[int, str], bodies: dict[int, str]
) -> Suspicion:
    first = rows[each.lines[0]]
    return Suspicion(
        key=each.key,
        key_words=KEY_WORDS[each.key],
        status=each.status.value,
        status_words=STATUS_WORDS[each.status],
        body=bodies.get(first["body_id"], ""),
        supplier=names.get(first["supplier_id"], "Not published"),
        supplier_id=first["supplier_id"],
        amount=each.amount_gbp,
        counted=each.counted_gbp,
        sentence=each.sentence,
        lines=tuple(
            SuspectLine(
                source_id=rows[index]["source_id"],
                sheet=rows[index]["sheet"],
                row=rows[index]["row"],
                line_count=rows[index]["line_count"],
                paid_on=rows[index]["paid_on"],
                supplier_id=rows[index]["supplier_id"],
                supplier=names.get(rows[index]["supplier_id"], "Not published"),
                reference=rows[index]["reference"] or "",
                amount=rows[index]["amount_gbp"],
                is_credit=index in each.credits,
            )
            for index in (*each.lines, *each.credits)
        ),
    )


def _totals(found: list[Candidate]) -> tuple[KeyTotal, ...]:
    totals = []
    for key, words in KEY_WORDS.items():
        own = [each for each in found if each.key == key]
        count = {status: sum(each.status is status for each in own) for status in Status}
        totals.append(
            KeyTotal(
                key=key,
                words=words,
                open_count=count[Status.OPEN],
                resolved_count=count[Status.RESOLVED],
                review_count=count[Status.REVIEW],
                amount=sum((each.counted_gbp for each in own), Decimal("0.00")),
            )
        )
    return tuple(totals)
