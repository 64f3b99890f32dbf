"""How do the answers read as tables, and where does each row lead?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from moothall.spend.queries.comparing import Between, Comparability, Market, Shares, Together
from moothall.spend.queries.figures import Summary, SummaryRow
from moothall.spend.queries.files import PublishedFile
from moothall.spend.queries.lines import Line
from moothall.spend.queries.suppliers import PublishedName
from moothall.spend.queries.trends import Span, TrendRow, Trends
from moothall.spend.views.asked import link
from moothall.values.tables import Cell, Column, Download, Kind, Row, Table
from moothall.values.wording import number_of, pounds_in_words

HEADINGS = {
    "category": ("Category", "categories"),
    "kind": ("Kind of purchase", "kinds of purchase"),
    "supplier": ("Supplier", "suppliers"),
    "department": ("Department", "departments"),
    "body": ("Body", "bodies"),
    "body-as-now": ("Body as constituted now", "bodies as constituted now"),
    "month": ("Month", "months"),
    "year": ("Financial year", "financial years"),
}
LINES_TOLD_APART = 4  # in one chart
NOTHING = "No payment matches these filters."
NOTHING_NEXT = "Take one of them away, or look at every year."


def row_url(by: str, row: SummaryRow, query: QueryDict, slugs: dict[int, str]) -> str:
    """Where a row of a summary leads: its own page, or the lines behind it."""
    if by == "supplier":
        return reverse("spend:supplier", args=[row.id]) if row.id else ""
    if by in ("category", "kind"):
        return link(reverse("spend:category", args=[row.key]), query, category=None)
    if by == "body":
        slug = slugs.get(row.id or 0)
        return link(reverse("spend:home"), query, body=slug) if slug else ""
    if by == "year":
        return link(reverse("spend:home"), query, year=row.key[:4], starts=None, ends=None)
    return lines_url(by, row, query)


def lines_url(by: str, row: SummaryRow, query: QueryDict) -> str:
    """The lines that a row of a summary adds up."""
    path = reverse("spend:line_list")
    if by == "month" and row.key:
        year, month = map(int, row.key.split("-"))
        last = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
        if month == 2:
            last = 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
        days = {"starts": f"{row.key}-01", "ends": f"{row.key}-{last}"}
        return link(path, query, year=None, **days)
    if by == "department" and row.key:
        return link(path, query, department=row.key)
    if by == "supplier":
        return link(path, query, supplier=row.id) if row.id else ""
    if by in ("category", "kind"):
        return link(path, query, category=row.key)
    return ""


def summary_table(
    summary: Summary,
    *,
    query: QueryDict,
    slugs: dict[int, str],
    order: str,
    downloads: Sequence[Download] = (),
    clear_url: str = "",
) -> Table:
    """A summary as a table: each name leads to its page, each count to its lines."""
    heading, plural = HEADINGS[summary.by]
    columns = (
        Column(heading, order="key"),
        Column("Published payments", Kind.POUNDS, order="spend"),
        Column("Payments", Kind.COUNT, order="payments"),
        Column("Share", Kind.SHARE),
    )
    rows = [
        (
            Cell(row.label, row_url(summary.by, row, query, slugs)),
            row.spend_gbp,
            Cell(row.payment_count, lines_url(summary.by, row, query)),
            row.share,
        )
        for row in summary.rows
    ]
    whole = summary.row_count == len(summary.rows)
    return Table(
        caption=f"Published payments by {heading.lower()}",
        columns=columns,
        rows=rows,
        total=("All", summary.total_gbp, summary.payment_count, Decimal(1))
        if whole and rows and summary.total_gbp
        else (),
        ordered_by=order,
        downloads=downloads,
        note=f"{summary.row_count:,} {plural}",
        empty=NOTHING,
        empty_next=NOTHING_NEXT,
        empty_url=clear_url,
        empty_label="Clear every filter",
        is_caption_quiet=True,
    )


def line_url(line: Line) -> str:
    path = reverse("spend:line", args=[line.source_id, line.row])
    return link(path, sheet=line.sheet) if line.sheet else path


def supplier_cell(line: Line) -> Cell:
    page = reverse("spend:supplier", args=[line.supplier_id]) if line.supplier_id else ""
    return Cell(line.supplier, page)


def lines_table(
    lines: Iterable[Line],
    *,
    caption: str,
    order: str = "",
    downloads: Sequence[Download] = (),
    note: str = "",
    clear_url: str = "",
    names_supplier: bool = True,
) -> Table:
    """Payment lines; each day leads to the line beside its source."""
    sorts = bool(order)
    columns = (
        Column("Date", Kind.DATE, order="paid" if sorts else ""),
        *([Column("Supplier")] if names_supplier else []),
        Column("Amount", Kind.POUNDS, order="amount" if sorts else ""),
        Column("For"),
        Column("Category"),
        Column("Body"),
    )
    rows: list[Row] = [
        (
            Cell(line.paid_on, line_url(line)),
            *([supplier_cell(line)] if names_supplier else []),
            line.amount,
            line.purpose or line.department or "",
            line.category,
            line.body,
        )
        for line in lines
    ]
    return Table(
        caption=caption,
        columns=columns,
        rows=rows,
        ordered_by=order,
        downloads=downloads,
        note=note,
        empty=NOTHING,
        empty_next=NOTHING_NEXT,
        empty_url=clear_url,
        empty_label="Clear every filter",
    )


def names_table(names: Iterable[PublishedName]) -> Table:
    return Table(
        caption="Names as published",
        columns=(
            Column("Name as published"),
            Column("Number as published"),
            Column("Body"),
            Column("Payments", Kind.COUNT),
            Column("Published payments", Kind.POUNDS),
        ),
        rows=[
            (name.name, name.ref or "", name.body, name.payment_count, name.spend_gbp)
            for name in names
        ],
    )


def plain_summary_table(summary: Summary, *, caption: str, url: Any = None) -> Table:
    """A short summary that is shown whole."""
    heading, _plural = HEADINGS[summary.by]
    return Table(
        caption=caption,
        columns=(
            Column(heading),
            Column("Published payments", Kind.POUNDS),
            Column("Payments", Kind.COUNT),
            Column("Share", Kind.SHARE),
        ),
        rows=[
            (Cell(row.label, url(row) if url else ""), row.spend_gbp, row.payment_count, row.share)
            for row in summary.rows
        ],
    )


def trend_lines(answer: Trends) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    """The lines of a chart that can be told apart: the largest, and all the others together."""
    chosen = _told_apart(answer)
    labels = [span.label for span in answer.spans]
    return [(row.label, list(zip(labels, row.amounts, strict=True))) for row in chosen]


def _told_apart(answer: Trends) -> list[TrendRow]:
    if len(answer.rows) <= LINES_TOLD_APART and not answer.others:
        return list(answer.rows)
    largest, rest = answer.rows[: LINES_TOLD_APART - 1], answer.rows[LINES_TOLD_APART - 1 :]
    smaller = [*rest, *([answer.others] if answer.others else [])]
    amounts = [sum(each, Decimal(0)) for each in zip(*(r.amounts for r in smaller), strict=True)]
    others = TrendRow("others", "All the others", None, sum(amounts, Decimal(0)), tuple(amounts))
    return [*largest, others]


def trends_table(
    answer: Trends, query: QueryDict, slugs: dict[int, str], downloads: Sequence[Download]
) -> Table:
    """Years stand side by side; months, which are many, one beneath the other."""
    heading, _plural = HEADINGS[answer.by]
    if answer.span == "month":
        shown = _told_apart(answer)
        columns = (Column("Month"), *(Column(row.label, Kind.POUNDS) for row in shown))
        rows: list[Any] = [
            (span.label, *(row.amounts[n] for row in shown), span.spend_gbp)
            for n, span in enumerate(answer.spans)
        ]
        columns = (*columns, Column("All", Kind.POUNDS))
        total: Any = ()
    else:
        every = [*answer.rows, *([answer.others] if answer.others else [])]
        columns = (
            Column(heading),
            *(Column(_whole_or_part(span), Kind.POUNDS) for span in answer.spans),
        )
        rows = [
            (Cell(row.label, _trend_url(answer.by, row, query, slugs)), *row.amounts)
            for row in every
        ]
        total = ("All", *(span.spend_gbp for span in answer.spans)) if rows else ()
    return Table(
        caption=f"Published payments by {heading.lower()} and {answer.span}",
        columns=columns,
        rows=rows,
        total=total,
        downloads=downloads,
        empty=NOTHING,
        empty_next=NOTHING_NEXT,
    )


def _whole_or_part(span: Span) -> str:
    return (
        span.label
        if span.is_whole_year
        else f"{span.label} ({number_of(span.month_count, 'month')})"
    )


def _trend_url(by: str, row: TrendRow, query: QueryDict, slugs: dict[int, str]) -> str:
    if row.key == "others" or by == "body-as-now":  # what it took over is under its own name
        return ""
    summed = SummaryRow(row.key, row.label, row.id, row.spend_gbp, 0, None)
    return row_url(by, summed, query, slugs)


def shares_table(answer: Shares, downloads: Sequence[Download]) -> Table:
    return Table(
        caption="What went to whom, of what is known",
        columns=(
            Column("Suppliers"),
            Column("Published payments", Kind.POUNDS),
            Column("To suppliers of whom it is known", Kind.POUNDS),
            Column("Share of what is known", Kind.SHARE),
            Column("Known of all", Kind.SHARE),
        ),
        rows=[
            (each.label, each.yes_gbp, each.known_gbp, each.share, each.coverage)
            for each in answer.shares
        ],
        downloads=downloads,
    )


def files_table(files: Iterable[PublishedFile], downloads: Sequence[Download]) -> Table:
    """Kept and set aside are the file: in rows, and in the pounds that could be read."""
    return Table(
        caption="Published files",
        columns=(
            Column("File"),
            Column("Body"),
            Column("From", Kind.DATE),
            Column("To", Kind.DATE),
            Column("Rows", Kind.COUNT),
            Column("Kept", Kind.COUNT),
            Column("Set aside", Kind.COUNT),
            Column("Pounds kept", Kind.POUNDS),
            Column("Pounds set aside", Kind.POUNDS),
        ),
        rows=[
            (
                file.name,
                file.body,
                file.starts_on,
                file.last_on,
                file.rows_read,
                file.rows_kept,
                file.rows_set_aside,
                file.kept_gbp,
                file.set_aside_gbp,
            )
            for file in files
        ],
        is_caption_quiet=True,
        downloads=downloads,
    )


def bodies_table(answer: Comparability, query: QueryDict, downloads: Sequence[Download]) -> Table:
    return Table(
        caption="What each body publishes",
        columns=(
            Column("Body"),
            Column("Months", Kind.COUNT),
            Column("Published payments", Kind.POUNDS),
            Column("Lines", Kind.COUNT),
            Column(f"Below £{answer.upper_threshold_gbp}", Kind.SHARE),
            Column("Credits", Kind.SHARE),
            Column("Cards", Kind.SHARE),
            Column("Pounds to names withheld", Kind.SHARE),
            Column("The date means"),
        ),
        rows=[
            (
                Cell(body.name, link(reverse("spend:home"), query, body=body.slug)),
                body.month_count,
                body.spend_gbp,
                Cell(body.payment_count, link(reverse("spend:line_list"), query, body=body.slug)),
                body.below_upper_share,
                body.credit_share,
                body.card_share,
                body.redacted_gbp_share,
                body.date_meaning if body.date_meaning != "unknown" else None,
            )
            for body in answer.bodies
        ],
        downloads=downloads,
        note="Shares are of lines, unless the heading says pounds.",
        empty="Nothing has been published here yet.",
    )


def between_table(
    rows: Sequence[Between],
    query: QueryDict,
    slugs: dict[int, str],
    downloads: Sequence[Download],
) -> Table:
    lines = reverse("spend:line_list")
    return Table(
        caption="Payments from one body of the place to another",
        columns=(
            Column("Paid by"),
            Column("Paid to"),
            Column("Under the name"),
            Column("Payments", Kind.COUNT),
            Column("Published payments", Kind.POUNDS),
        ),
        rows=[
            (
                row.payer,
                row.payee,
                Cell(
                    row.name,
                    reverse("spend:supplier", args=[row.supplier_id]) if row.supplier_id else "",
                ),
                Cell(
                    row.payment_count,
                    link(lines, query, body=slugs[row.body_id], supplier=row.supplier_id)
                    if row.body_id in slugs and row.supplier_id
                    else "",
                ),
                row.spend_gbp,
            )
            for row in rows
        ],
        total=(
            "All",
            None,
            None,
            sum(row.payment_count for row in rows),
            sum(row.spend_gbp for row in rows),
        )
        if rows
        else (),
        downloads=downloads,
        empty="No payment between the place's own bodies is known for this choice.",
        empty_next="Such payments are known by the names of the place's bodies.",
    )


def markets_table(
    markets: Iterable[Market], by: str, query: QueryDict, downloads: Sequence[Download]
) -> Table:
    heading, _plural = HEADINGS[by]
    return Table(
        caption=f"Concentration by {heading.lower()}",
        columns=(
            Column(heading),
            Column("Identified payments", Kind.POUNDS),
            Column("Suppliers", Kind.COUNT),
            Column("Four largest hold", Kind.SHARE),
            Column("HHI", Kind.COUNT),
            Column("In words"),
            Column("Identified", Kind.SHARE),
        ),
        rows=[
            (
                Cell(
                    market.label,
                    link(reverse("spend:category", args=[market.code]), query, category=None),
                ),
                market.spend_gbp,
                market.supplier_count,
                market.top_share,
                round(market.hhi),
                market.band.capitalize(),
                market.identified_share,
            )
            for market in markets
        ],
        downloads=downloads,
        empty=NOTHING,
        empty_next=NOTHING_NEXT,
    )


def together_table(
    rows: Iterable[Together], by: str, query: QueryDict, downloads: Sequence[Download]
) -> Table:
    def summed(row: Together) -> SummaryRow:
        return SummaryRow(row.key, row.label, row.id, row.spend_gbp, row.payment_count, None)

    return Table(
        caption="What two or more bodies buy",
        columns=(
            Column(HEADINGS[by][0]),
            Column("Bodies, largest first"),
            Column("Payments", Kind.COUNT),
            Column("Published payments", Kind.POUNDS),
            Column("Could save, an estimate", Kind.POUNDS),
        ),
        rows=[
            (
                Cell(row.label, row_url(by, summed(row), query, {})),
                ", ".join(name for name, _amount in row.bodies),
                Cell(row.payment_count, lines_url(by, summed(row), query)),
                row.spend_gbp,
                saving_words(row.saving_estimate_gbp),
            )
            for row in rows
        ],
        downloads=downloads,
        empty="No supplier is paid by two bodies in this choice.",
        empty_next="Load the payments of a second body, or look at every year.",
    )


def saving_words(estimate: float) -> str:
    """An estimate, to one figure: about £40,000."""
    if estimate < 500:
        return "under £500"
    size = 10 ** (len(str(int(estimate))) - 1)
    return f"about {pounds_in_words(int(round(estimate / size) * size))}"
