"""Which lines of a quarter does the Transparency Code have published, and where is every penny?

Each line of the source comes to exactly one end: published, published with the name withheld,
below the threshold, or left out by a named rule. The proof counts each end in rows and pounds, and
the ends add up to the source.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from attrs import frozen

from moothall.spend.engine.redaction import SAID, WITHHELD, phrase_pattern
from moothall.values.periods import Period

PUBLISHED, REDACTED, BELOW = "published", "redacted", "below_threshold"
MONEY = pl.Decimal(38, 2)


@frozen
class Field:
    """A column of the published file, for its data dictionary."""

    name: str
    title: str
    kind: str
    is_required: bool
    meaning: str


FIELDS = (
    Field("body", "Body name", "text", False, "The body that made the payment."),
    Field("paid_on", "Transaction date", "date, dd/mm/yyyy", True, "The day of the payment."),
    Field(
        "supplier",
        "Supplier name",
        "text",
        True,
        f"Who was paid, as the ledger has it. '{WITHHELD}' stands where the name is personal data.",
    ),
    Field("reference", "Transaction number", "text", False, "The body's own number of the item."),
    Field(
        "amount",
        "Net amount",
        "pounds and pence",
        True,
        "Without the VAT that the body gets back, with the VAT that it does not. A credit note is "
        "negative.",
    ),
    Field(
        "irrecoverable_vat",
        "Irrecoverable VAT",
        "pounds and pence",
        True,
        "VAT that the body cannot get back, which the net amount includes. 0.00 where there is "
        "none or the source gives none.",
    ),
    Field("department", "Department", "text", True, "The department that incurred the cost."),
    Field(
        "category",
        "Procurement category",
        "text",
        True,
        "What was bought, as published by the body, or else by Moothall's scheme.",
    ),
    Field("cipfa", "CIPFA code", "text", False, "The SeRCOP heading, where the source has one."),
    Field(
        "purpose", "Purpose", "text", False, "What it was for. Blank where the name is withheld."
    ),
    Field("card", "Card transaction", "Y or N", True, "Whether it was paid by procurement card."),
)


@frozen
class Exclusion:
    """A dated rule that leaves payments out. Empty `only_kinds` means payees of any kind."""

    code: str
    label: str
    payee: tuple[str, ...]
    said: tuple[str, ...]
    categories: tuple[str, ...]
    only_kinds: tuple[str, ...] = ()

    @classmethod
    def from_rule(cls, value: Mapping[str, Any]) -> "Exclusion":
        return cls(
            code=value["code"],
            label=value["label"],
            payee=tuple(value["payee"]),
            said=tuple(value["said"]),
            categories=tuple(value["categories"]),
            only_kinds=tuple(value.get("only_kinds", ())),
        )


@frozen
class CodeRules:
    """The Transparency Code as it stands for one quarter. threshold: pounds, exceeded not met."""

    threshold: Decimal
    every_card_item: bool
    exclusions: tuple[Exclusion, ...]


def quarter_named(text: str) -> Period:
    """Read '2026Q1': January to March 2026.

    :raises ValueError: with a sentence, when it is not a quarter.
    """
    year, mark, number = text.strip().upper().partition("Q")
    if not (mark and len(year) == 4 and year.isdigit() and number in {"1", "2", "3", "4"}):
        raise ValueError(
            f"{text!r} is not a quarter. Write the calendar year and the quarter, as in 2026Q1 "
            "for January to March 2026."
        )
    return Period.quarter(int(year), int(number))


def quarter_label(period: Period) -> str:
    """2026Q1 for January to March 2026."""
    return f"{period.starts_on.year}Q{(period.starts_on.month + 2) // 3}"


def due_on(period: Period, months: int) -> date:
    """The last day on which the quarter is published in time: months after its last day."""
    year, month = divmod(period.ends_before.year * 12 + period.ends_before.month + months - 2, 12)
    return Period.month(year, month + 1).last_day


def ends_of(lines: pl.DataFrame, rules: CodeRules) -> pl.DataFrame:
    """Add `end` to each line: published, redacted, below_threshold, or an exclusion's code.

    lines : counted decimal (net with irrecoverable VAT), is_card, name_key, invoice_number,
            transaction_ref, supplier_name, kind, category, department, service, purpose,
            category_text, withheld bool

    An invoice in several lines is one item: all its lines are published when they exceed the
    threshold together, or when one of them does alone. A credit counts by its size.
    """
    item = pl.coalesce("invoice_number", pl.lit(None, pl.String))
    together = (
        pl.when(item.is_not_null() & (item.str.strip_chars() != ""))
        .then(pl.col("counted").sum().over("publication_id", "name_key", "invoice_number"))
        .otherwise(pl.col("counted"))
    )
    threshold = pl.lit(rules.threshold).cast(MONEY)
    large = (pl.col("counted").abs() > threshold) | (together.abs() > threshold)
    card = pl.col("is_card").fill_null(False) & rules.every_card_item
    end = pl.when(large | card).then(
        pl.when(pl.col("withheld")).then(pl.lit(REDACTED)).otherwise(pl.lit(PUBLISHED))
    )
    left_out = pl.lit(None, pl.String)
    for exclusion in reversed(rules.exclusions):
        left_out = (
            pl.when(_meets(exclusion) & ~card).then(pl.lit(exclusion.code)).otherwise(left_out)
        )
    return lines.with_columns(end=pl.coalesce(left_out, end.otherwise(pl.lit(BELOW))))


def _meets(exclusion: Exclusion) -> pl.Expr:
    said = pl.concat_str([pl.col(name).fill_null("") for name in SAID], separator=" | ")
    payee = pl.col("supplier_name").fill_null("")
    met = pl.lit(False)
    for text, words in ((payee, exclusion.payee), (said, exclusion.said)):
        if words:
            met = met | text.str.to_lowercase().str.contains(phrase_pattern(words))
    if exclusion.categories:
        met = met | pl.col("category").fill_null("").is_in(list(exclusion.categories))
    if exclusion.only_kinds:
        met = met & pl.col("kind").fill_null("").is_in(list(exclusion.only_kinds))
    return met


@frozen
class ProofLine:
    """One end that lines came to. amount_gbp = net_gbp + irrecoverable_vat_gbp."""

    end: str
    label: str
    rows: int
    net_gbp: Decimal
    irrecoverable_vat_gbp: Decimal

    @property
    def amount_gbp(self) -> Decimal:
        return self.net_gbp + self.irrecoverable_vat_gbp

    def as_json(self) -> dict[str, object]:
        return {
            "end": self.end,
            "label": self.label,
            "rows": self.rows,
            "net_gbp": f"{self.net_gbp:.2f}",
            "irrecoverable_vat_gbp": f"{self.irrecoverable_vat_gbp:.2f}",
            "amount_gbp": f"{self.amount_gbp:.2f}",
        }


@frozen
class Proof:
    """That the source is its parts, to the row and the penny."""

    source: ProofLine
    parts: tuple[ProofLine, ...]

    @property
    def agrees(self) -> bool:
        return (
            self.source.rows == sum(part.rows for part in self.parts)
            and self.source.net_gbp == sum((part.net_gbp for part in self.parts), Decimal(0))
            and self.source.irrecoverable_vat_gbp
            == sum((part.irrecoverable_vat_gbp for part in self.parts), Decimal(0))
        )

    def part(self, end: str) -> ProofLine:
        return next(part for part in self.parts if part.end == end)

    def as_json(self) -> dict[str, object]:
        return {
            "source": self.source.as_json(),
            "parts": [part.as_json() for part in self.parts],
            "agrees": self.agrees,
        }


def proof_of(source: ProofLine, ended: pl.DataFrame, rules: CodeRules) -> Proof:
    """Count each end. `source` was counted apart, before any line was sorted to its end."""
    labels = {
        PUBLISHED: "Published",
        REDACTED: "Published, with the name withheld",
        BELOW: f"Not above £{rules.threshold:,.0f}, so not required",
    } | {exclusion.code: exclusion.label for exclusion in rules.exclusions}
    sums = {
        row["end"]: row
        for row in ended.group_by("end")
        .agg(
            rows=pl.len(),
            net=pl.col("amount").cast(MONEY).sum(),
            vat=pl.col("extra_vat").cast(MONEY).sum(),
        )
        .iter_rows(named=True)
    }
    return Proof(
        source=source,
        parts=tuple(
            ProofLine(
                end=end,
                label=label,
                rows=sums[end]["rows"] if end in sums else 0,
                net_gbp=Decimal(sums[end]["net"]) if end in sums else Decimal("0.00"),
                irrecoverable_vat_gbp=Decimal(sums[end]["vat"]) if end in sums else Decimal("0.00"),
            )
            for end, label in labels.items()
        ),
    )


def safe_cell(text: str | None) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    plain = " ".join((text or "").split())
    return f"'{plain}" if plain[:1] in {"=", "+", "-", "@", "|", "%"} and len(plain) > 1 else plain


def published_rows(
    ended: pl.DataFrame, body: str, category_labels: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """The rows of the published file, in the order of date, supplier and source row."""
    out = ended.filter(pl.col("end").is_in([PUBLISHED, REDACTED])).sort(
        "paid_on", "end", "supplier_name", "source_id", "row", nulls_last=True
    )
    rows: list[tuple[str, ...]] = []
    for line in out.iter_rows(named=True):
        hidden = line["end"] == REDACTED
        category = (
            line["category_text"]
            or line["proclass"]
            or category_labels.get(line["category"] or "", "Not classified")
        )
        rows.append(
            (
                safe_cell(body),
                f"{line['paid_on']:%d/%m/%Y}",
                WITHHELD if hidden else safe_cell(line["supplier_name"] or "Not stated"),
                safe_cell(line["transaction_ref"] or line["invoice_number"]),
                f"{line['counted']:.2f}",
                f"{line['irrecoverable_vat'] or Decimal(0):.2f}",
                safe_cell(line["department"] or line["service"] or line["cost_centre"]),
                safe_cell(category),
                safe_cell(line["sercop"]),
                "" if hidden else safe_cell(line["purpose"]),
                "Y" if line["is_card"] else "N",
            )
        )
    return rows


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as UTF-8 CSV with the line ends of RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def dictionary_rows() -> list[tuple[str, str, str, str]]:
    """The data dictionary: column, kind, whether it is always filled, meaning."""
    return [
        (field.title, field.kind, "always" if field.is_required else "where known", field.meaning)
        for field in FIELDS
    ]


HEADER = tuple(field.title for field in FIELDS)
ERRATA_HEADER = ("Change", "Correction", *HEADER)
_SUPPLIER, _REFERENCE, _PURPOSE = 2, 3, 9


def errata(
    old: Sequence[tuple[str, ...]],
    new: Sequence[tuple[str, ...]],
    withheld: Collection[str] = (),
) -> list[tuple[str, ...]]:
    """What changed from one release to the next, line by line; identical lines cancel out.

    withheld : names that are withheld now, which are not told again

    Lines that kept date and transaction number are paired as 'was' and 'is now' under one number
    of correction.
    """
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    before, after = sorted(gone.elements()), sorted(come.elements())
    changes: list[tuple[str, ...]] = []
    for number, row in enumerate(before, start=1):
        pair = next(
            (
                other
                for other in after
                if row[_REFERENCE] and (other[1], other[_REFERENCE]) == (row[1], row[_REFERENCE])
            ),
            None,
        )
        hides = pair is not None and pair[_SUPPLIER] == WITHHELD
        shown = _veiled(row) if hides or row[_SUPPLIER] in withheld else row
        if pair is None:
            changes.append(("removed", str(number), *shown))
            continue
        after.remove(pair)
        changes += [("was", str(number), *shown), ("is now", str(number), *pair)]
    changes += [
        ("added", str(number), *row) for number, row in enumerate(after, start=len(before) + 1)
    ]
    return changes


def _veiled(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:_SUPPLIER], WITHHELD, *row[_SUPPLIER + 1 : _PURPOSE], "", *row[_PURPOSE + 1 :])
