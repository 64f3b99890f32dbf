"""Answers to the spend room's questions, for every door: one viewer, one generation, one number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import ibis
from attrs import asdict, fields_dict, frozen

from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.directory.queries import body_named
from moothall.spend.analysis import listing, summaries
from moothall.spend.analysis.payments import (
    EVERYTHING,
    NOT_CLASSIFIED,
    Filters,
    LakeTables,
)
from moothall.spend.engine.questions import BY
from moothall.spend.models import SourceFile
from moothall.spend.queries.asking import Reading, reading_for
from moothall.spend.queries.rulebook import label_of, scheme
from moothall.values.money import PENNY
from moothall.values.periods import year_words
from moothall.values.wording import number_of

DIMENSION = {"category": "group", "kind": "category"}
MOST_POUNDS = 10**14  # of one line


class CannotAsk(CannotDo):
    """A question that names something which is not there."""


@frozen
class SummaryRow:
    """One row of a summary. share: of all that passes the filters, 0 to 1, or None of nought."""

    key: str
    label: str
    id: int | None  # of a supplier or a body
    spend_gbp: Decimal
    payment_count: int
    share: float | None

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": self.label,
            "id": self.id,
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "payment_count": self.payment_count,
            "share": self.share,
        }


@frozen
class Coverage:
    """What the figures rest on: how much is classified, whose publications, of which months."""

    bodies: tuple[str, ...]
    publication_count: int
    first_month: date | None
    last_month: date | None
    classified_gbp: Decimal
    classified_share: float | None
    twice_rows: int = 0
    twice_gbp: Decimal = Decimal("0.00")

    @property
    def twice(self) -> str:
        """What is counted twice, in a sentence; nothing where no two publications share lines."""
        if not self.twice_rows:
            return ""
        return (
            f"{number_of(self.twice_rows, 'line')} (£{self.twice_gbp:,.2f}) stand in two "
            "publications of one body, and are counted twice until one of the two is withdrawn."
        )


@frozen
class Headline:
    """The first sentence of a page, in figures. Amounts in GBP."""

    gross_gbp: Decimal
    net_gbp: Decimal
    between_own_gbp: Decimal
    pass_through_gbp: Decimal
    own_purpose_gbp: Decimal
    payment_count: int
    supplier_count: int | None  # None where nobody asked: it costs as much as all the rest
    body_count: int

    def as_json(self) -> dict[str, Any]:
        return {
            name: f"{value:.2f}" if name.endswith("_gbp") else value
            for name, value in asdict(self).items()
        }


@frozen
class Summary:
    """Spend by one dimension, largest first (months and years in order of time)."""

    by: str
    rows: tuple[SummaryRow, ...]
    row_count: int  # before `top` cut the list
    total_gbp: Decimal
    payment_count: int
    coverage: Coverage
    headline: Headline

    def as_json(self) -> dict[str, Any]:
        """As `moothall spend summary --format json` and the API give it."""
        coverage = self.coverage
        return {
            "rows": [row.as_json() for row in self.rows],
            "total_gbp": f"{self.total_gbp:.2f}",
            "coverage": {
                "row_count": self.row_count,
                "payment_count": self.payment_count,
                "classified_gbp": f"{coverage.classified_gbp:.2f}",
                "classified_share": coverage.classified_share,
                "bodies": list(coverage.bodies),
                "publication_count": coverage.publication_count,
                "first_month": str(coverage.first_month) if coverage.first_month else None,
                "last_month": str(coverage.last_month) if coverage.last_month else None,
                "counted_twice_rows": coverage.twice_rows,
                "counted_twice_gbp": f"{coverage.twice_gbp:.2f}",
            },
            "headline": self.headline.as_json(),
        }


def tables_for(viewer: Viewer, generation: lake.Generation | None = None) -> LakeTables:
    """The lake as `viewer` may read it, with the bodies' names beside their publications."""
    return reading_for(viewer, generation).tables


def reading_of(reader: Viewer | Reading) -> Reading:
    """A reading already taken, or a new one for a viewer."""
    return reader if isinstance(reader, Reading) else reading_for(reader)


def summary(
    reader: Viewer | Reading,
    by: str,
    filters: Filters = EVERYTHING,
    *,
    top: int | None = None,
    whole: dict[str, Any] | None = None,
) -> Summary:
    """Spend by category (top level), kind (second level), supplier, department, body, month, year.

    whole : the row of `totals` under the same filters, where the same page has asked for it

    :raises CannotAsk: for any other `by`.
    """
    _refuse_other_dimensions(by)
    reading = reading_of(reader)
    found = reading.rows(summaries.spend_by, filters, dimension=DIMENSION.get(by, by), top=top)
    row_count = found[0]["key_count"] if found else 0
    if whole is None:
        whole = totals(reading, filters, with_supplier_count=by != "supplier")
    known = {"supplier_count": row_count} if by == "supplier" else {}
    return Summary(
        by=by,
        rows=tuple(_summary_row(by, row) for row in found),
        row_count=row_count,
        total_gbp=found[0]["total_gbp"] if found else Decimal("0.00"),
        payment_count=found[0]["total_count"] if found else 0,
        coverage=coverage_of(reading, whole, filters),
        headline=headline_from(whole, **known),
    )


def summary_page(
    reader: Viewer | Reading,
    by: str,
    filters: Filters = EVERYTHING,
    *,
    order: str = "-spend",
    text: str = "",
    count: int = 50,
    page: int = 1,
) -> Summary:
    """One page of a summary in any order, only of rows with `text` in their label.

    `row_count` is of the rows found; the totals and shares are of all that passes the filters.
    """
    _refuse_other_dimensions(by)
    reading = reading_of(reader)
    if order.removeprefix("-") not in listing.ORDERS:
        order = "key" if by in summaries.IN_TIME_ORDER else "-spend"
    skip = (max(page, 1) - 1) * count
    given: dict[str, Any] = {"dimension": DIMENSION.get(by, by), "order": order}
    if by in ("supplier", "department"):
        question: dict[str, Any] = {**given, "text": text, "count": count, "skip": skip}
        found = reading.rows(listing.spend_page, filters, once=bool(text), **question)
        rows = tuple(_summary_row(by, row) for row in found)
        row_count = found[0]["found_count"] if found else 0
    else:
        # A few rows, some with labels that only the scheme of categories knows.
        found = reading.rows(summaries.spend_by, filters, dimension=given["dimension"], top=None)
        every = [_summary_row(by, row) for row in found]
        every = [row for row in every if text.lower() in row.label.lower()]
        every.sort(key=_in_order(by, order), reverse=order.startswith("-"))
        rows, row_count = tuple(every[skip : skip + count]), len(every)
    whole = totals(reading, filters)
    return Summary(
        by=by,
        rows=rows,
        row_count=row_count,
        total_gbp=whole["gross_gbp"],
        payment_count=whole["payment_count"],
        coverage=coverage_of(reading, whole, filters),
        headline=headline_from(whole),
    )


def _in_order(by: str, order: str) -> Callable[[SummaryRow], Any]:
    column = order.removeprefix("-")
    if column == "spend":
        return lambda row: row.spend_gbp
    if column == "payments":
        return lambda row: row.payment_count
    return lambda row: row.key if by in summaries.IN_TIME_ORDER else row.label.lower()


def _refuse_other_dimensions(by: str) -> None:
    if by not in BY:
        raise CannotAsk(
            f"Spend is summed by {', '.join(BY[:-1])} or {BY[-1]}, not by {by}. Choose one of them."
        )


def headline(reader: Viewer | Reading, filters: Filters = EVERYTHING) -> Headline:
    """Gross, net of payments between the place's own bodies, and without pass-through."""
    return headline_from(totals(reading_of(reader), filters))


def headline_from(found: dict[str, Any], **known: int) -> Headline:
    """The headline in a row of totals; `known` gives what another question has answered."""
    said: dict[str, Any] = {name: value or 0 for name, value in (found | known).items()}
    said = {"supplier_count": None, **said}
    return Headline(**{name: said[name] for name in fields_dict(Headline)})


def totals(
    reading: Reading, filters: Filters = EVERYTHING, *, with_supplier_count: bool = True
) -> dict[str, Any]:
    """The one row of `summaries.totals`, for the place's own bodies and its pass-through."""
    given: dict[str, Any] = {
        "own_bodies": reading.own_bodies,
        "pass_through": scheme().pass_through(),
    }
    (found,) = reading.rows(
        summaries.totals, filters, with_supplier_count=with_supplier_count, **given
    )
    return found


def coverage_of(reading: Reading, found: dict[str, Any], filters: Filters) -> Coverage:
    """What a row of totals rests on, of the bodies that were asked about."""
    bodies, publication_count = reading.bodies_published, len(reading.reach.all)
    if filters.bodies:
        asked = reading.body_ids.intersection(filters.bodies)
        bodies = tuple(sorted(reading.body_names[body] for body in asked))
        publication_count = Publication.objects.filter(
            pk__in=reading.reach.all, body_id__in=asked
        ).count()
    twice_rows, twice_gbp = counted_twice(reading.reach.all, filters)
    return Coverage(
        bodies=bodies,
        publication_count=publication_count,
        first_month=found["first_month"],
        last_month=found["last_month"],
        classified_gbp=found["classified_gbp"] or Decimal("0.00"),
        classified_share=found["classified_share"],
        twice_rows=twice_rows,
        twice_gbp=twice_gbp,
    )


def counted_twice(publications: Collection[int], filters: Filters) -> tuple[int, Decimal]:
    """Lines and pounds that stand in two of these publications, as loading them found.

    Of every day and category: other filters than bodies do not narrow it.
    """
    held = SourceFile.objects.filter(reading__has_key="overlaps", publication_id__in=publications)
    if filters.bodies:
        held = held.filter(body_id__in=filters.bodies)
    standing = set(publications)
    found = [
        (rows, Decimal(gbp))
        for reading in held.values_list("reading", flat=True)
        for publication_id, rows, gbp in reading["overlaps"]
        if publication_id in standing
    ]
    return sum(rows for rows, _ in found), sum((gbp for _, gbp in found), Decimal("0.00"))


def _summary_row(by: str, row: dict[str, Any]) -> SummaryRow:
    key, label = _key_and_label(by, row)
    return SummaryRow(
        key=key,
        label=label,
        id=row["key"] if by in ("supplier", "body") else None,
        spend_gbp=row["spend_gbp"],
        payment_count=row["payment_count"],
        share=row["share"],
    )


def _key_and_label(by: str, row: dict[str, Any]) -> tuple[str, str]:
    key = row["key"]
    if by in ("category", "kind"):
        return key, label_of(key)
    if by == "month":
        return (f"{key:%Y-%m}", f"{key:%B %Y}") if key else ("", "no date")
    if by == "year":
        return year_words(key), year_words(key)
    if by == "department":
        return key or "", key or "Not published"
    label = row["label"] or "Not published"
    return label, label


def filters_named(
    *,
    viewer: Viewer | Reading,
    bodies: Iterable[str] = (),
    starts: str | date | None = None,
    ends: str | date | None = None,
    category: str | None = None,
    supplier: str | None = None,
    department: str | None = None,
    text: str | None = None,
    least_gbp: str | Decimal | None = None,
    most_gbp: str | Decimal | None = None,
) -> Filters:
    """What the filters of `engine.questions.FILTERS` mean, as a person or a program said them.

    :raises CannotAsk: in a sentence, for a name, a day or an amount that means nothing.
    """
    chosen: dict[str, Any] = {"bodies": tuple(body_named(name).pk for name in bodies if name)}
    if starts:
        chosen["starts_on"] = _day(starts)
    if ends:
        last = _day(ends)
        if starts and last < chosen["starts_on"]:
            raise CannotAsk(
                f"The last day, {last}, is before the first, {starts}. Change one of the two."
            )
        if last < date.max:
            chosen["ends_before"] = last + timedelta(days=1)
    if category:
        known = {group.code for group in scheme().groups} | set(scheme().categories())
        if category not in known | {NOT_CLASSIFIED}:
            raise CannotAsk(
                f"{category} is not a category. `moothall spend summary --by kind` shows the codes."
            )
        chosen["categories"] = (category,)
    if supplier and supplier.strip():
        chosen["suppliers"] = suppliers_called(viewer, supplier)
    if department:
        chosen["departments"] = (department,)
    least, most = _pounds(least_gbp), _pounds(most_gbp)
    if least is not None and most is not None and most < least:
        raise CannotAsk(
            f"The most, {most}, is less than the least, {least}. Change one of the two."
        )
    return Filters(**chosen, text=text or None, least_gbp=least, most_gbp=most)


def suppliers_called(viewer: Viewer | Reading, name: str) -> tuple[int, ...]:
    """The ids of the suppliers that go by a name: exactly, or else with it in their name."""
    names = reading_of(viewer).tables.names
    # No total is built for those whose name is withheld.
    names = names.filter(names.supplier_id != lake.WITHHELD_ID)
    lowered = name.strip().lower()
    spelled = ibis.coalesce(names.supplier_name, names.supplier).lower()
    for matches in (
        (spelled == lowered) | (names.supplier.lower() == lowered),
        spelled.contains(lowered) | names.supplier.lower().contains(lowered),
    ):
        found = names.filter(matches).select("supplier_id").distinct().to_pyarrow()
        if found.num_rows:
            return tuple(sorted(found["supplier_id"].to_pylist()))
    raise CannotAsk(
        f"No supplier goes by the name of {name}. `moothall spend suppliers` lists them."
    )


def _day(text: str | date) -> date:
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CannotAsk(f"{text} is not a day. Write it as 2025-04-01.") from None


def _pounds(text: str | Decimal | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
        is_payable = amount == amount.quantize(PENNY) and abs(amount) < MOST_POUNDS
    except InvalidOperation:
        is_payable = False
    if not is_payable:
        raise CannotAsk(f"{text} is not an amount in pounds. Write it as 1234.56.")
    return amount
