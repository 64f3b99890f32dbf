"""How do values read on a page, and how is each component filled?

`{% load moothall %}` gives every slice's templates the same words and the same components.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template import Context

from moothall.appraisal.engine.frontier import Frontier
from moothall.appraisal.engine.sensitivity import Sweep
from moothall.deals.deal import Deal
from moothall.site import (
    charts,
    deal_charts,
    overlap_pictures,
    pictures,
    state_pictures,
    table_files,
    weighing_charts,
)
from moothall.values import wording
from moothall.values.state_table import StateTable
from moothall.values.tables import Cell, Column, Download, Kind, Table, Value
from moothall.values.tables import shown as shown_in_table

register = template.Library()
register.filter("pounds", wording.pounds)
register.filter("pounds_in_words", wording.pounds_in_words)
register.filter("plain_date", wording.plain_date)
register.filter("plain_month", wording.plain_month)
register.filter("percentage", wording.percentage)
register.filter("whole_number", wording.whole_number)
register.filter("decimal_number", wording.decimal_number)


@register.filter
def number_of(count: int, noun: str) -> str:
    """1 payment, 9,310 payments; `noun` is "payment", or "body,bodies" for an odd plural."""
    singular, _, plural = noun.partition(",")
    return wording.number_of(count, singular, plural)


@register.filter(is_safe=True)
def sentence_case(words: str) -> str:
    """'Change Password' as 'Change password': a library's words in the house's way."""
    return re.sub(r"(?<=[\s-])[A-Z](?=[a-z])", lambda letter: letter[0].lower(), words.strip())


@register.filter
def plain_labels(form: forms.Form) -> forms.Form:
    """A library's form with labels as ours read, and no words inside its boxes."""
    for field in form.fields.values():
        if field.label:
            field.label = sentence_case(str(field.label))
        field.widget.attrs.pop("placeholder", None)
    return form


def address_with(context: Context, **parts: object) -> str:
    """This page's address with parts of its query changed; a part of None is taken out."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        from django.http import QueryDict

        query = QueryDict(mutable=True)
    for name, value in parts.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def address(context: Context, **parts: object) -> str:
    """`{% address order="-spend" page=None %}`: the same page, looked at otherwise."""
    return address_with(context, **parts)


def _head(context: Context, table: Table, column: Column) -> dict[str, object]:
    head: dict[str, object] = {"label": column.label, "is_numeric": column.is_numeric}
    if column.order:
        in_force = table.ordered_by.removeprefix("-") == column.order
        is_down = table.ordered_by.startswith("-")
        if in_force:
            head["aria_sort"] = "descending" if is_down else "ascending"
            head["arrow"] = "▼" if is_down else "▲"
        # Numbers are asked for from the largest; a second choice turns the order round.
        first, second = (
            (f"-{column.order}", column.order)
            if column.is_numeric or column.kind is Kind.DATE
            else (column.order, f"-{column.order}")
        )
        wanted = second if table.ordered_by == first else first
        head["url"] = address_with(context, **{table.order_name: wanted, "page": None})
    return head


def _cell(given: Value | Cell, column: Column) -> dict[str, object]:
    cell = given if isinstance(given, Cell) else Cell(given)
    return {
        "text": shown_in_table(cell.value, column.kind),
        "url": cell.url,
        "about": cell.about,
        "is_numeric": column.is_numeric,
        "is_date": column.kind is Kind.DATE,
        "is_unknown": cell.value is None,
    }


@register.inclusion_tag("components/table.html", takes_context=True)
def table(context: Context, table: Table) -> dict[str, object]:
    """A `moothall.values.tables.Table`, its headings links that sort where it says so."""

    def cells(row: Sequence[Value | Cell]) -> list[dict[str, object]]:
        return [_cell(*pair) for pair in zip(row, table.columns, strict=True)]

    return {
        "table": table,
        "heads": [_head(context, table, column) for column in table.columns],
        "rows": [cells(row) for row in table.rows],
        "total": cells(table.total) if table.total else [],
        "downloads": table.downloads or _as_a_file(context, table),
    }


@register.inclusion_tag("components/breadcrumbs.html")
def trail(*labels_and_urls: str) -> dict[str, object]:
    """`{% trail "Loads" loads_url "One load" %}`: the way here; the page itself has no address."""
    pairs = zip(labels_and_urls[::2], (*labels_and_urls[1::2], ""), strict=False)
    return {"trail": list(pairs)}


def _as_a_file(context: Context, table: Table) -> tuple[Download, ...]:
    """The way to a table's rows as a file, where its view offers none of its own."""
    name = table_files.offered(context.get("request"), table)
    return (Download(address_with(context, **{table_files.ASKED: name})),) if name else ()


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pages(context: Context, page: Page, name: str = "page") -> dict[str, object]:
    """Links to the other pages of a list; `name` is the page number's name in the address."""

    def link(number: int) -> str:
        return address_with(context, **{name: number})

    return {
        "number": page.number,
        "pages": [
            {"number": number, "url": link(number)} if isinstance(number, int) else None
            for number in page.paginator.get_elided_page_range(
                page.number, on_each_side=1, on_ends=1
            )
        ],
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/chart_bars.html", takes_context=True)
def bar_list(
    context: Context,
    rows: Iterable[Sequence],
    title: str,
    whole: Decimal | None = None,
    kind: str = "pounds",
    label_heading: str = "Name",
    value_heading: str = "Amount",
    said: str = "",
) -> dict[str, Any]:
    """Rows of (label, amount) or (label, amount, url) as bars; `whole` gives each its share."""
    chart = charts.bar_list(
        rows,
        title=title,
        whole=whole,
        kind=Kind(kind),
        label_heading=label_heading,
        value_heading=value_heading,
        said=said,
    )
    return {"chart": chart, "downloads": _as_a_file(context, chart.table)}


@register.simple_tag
def figure_of(number: Decimal, unit: str) -> str:
    """A figure of a case with its unit, as it is said: £58.5m, 45%, 831 people."""
    shown = wording.decimal_number(number)
    if unit.startswith("£"):
        return f"£{shown}{unit.removeprefix('£')}"
    return f"{shown}{'' if unit.startswith('%') else ' '}{unit}"


@register.inclusion_tag("components/chart_fan.html", takes_context=True)
def fan(context: Context, rows: Sequence[Any], title: str) -> dict[str, Any]:
    """(year, P5, P50, P95) of each financial year."""
    return {"chart": deal_charts.fan(rows, title=title), "request": context.get("request")}


@register.inclusion_tag("components/chart_across.html", takes_context=True)
def tornado(context: Context, rows: Sequence[Any], title: str) -> dict[str, Any]:
    """(fact, result at its P10, at its P90), the widest first."""
    return {"chart": deal_charts.tornado(rows, title=title), "request": context.get("request")}


@register.inclusion_tag("components/chart_across.html", takes_context=True)
def waterfall(context: Context, rows: Sequence[Any], title: str) -> dict[str, Any]:
    """(payment, what it adds to the expected result)."""
    return {"chart": deal_charts.waterfall(rows, title=title), "request": context.get("request")}


@register.inclusion_tag("components/chart_lines.html", takes_context=True)
def sweep_chart(context: Context, sweep: Sweep, options: Mapping[str, str]) -> dict[str, Any]:
    """Every option's total while one weight moves; `options` gives each its title."""
    chart = weighing_charts.sweep_chart(sweep, options)
    return {"chart": chart, "request": context.get("request")}


@register.inclusion_tag("components/chart_lines.html", takes_context=True)
def frontier_chart(
    context: Context, frontier: Frontier, options: Mapping[str, str]
) -> dict[str, Any]:
    """Every option's benefit against its cost; `options` gives each its title."""
    chart = weighing_charts.frontier_chart(frontier, options)
    return {"chart": chart, "request": context.get("request")}


@register.inclusion_tag("components/picture.html")
def picture(deal: Deal) -> dict[str, Any]:
    """Who pays whom in a deal, with its sentence for whoever does not see it."""
    return {"picture": pictures.picture_of(deal)}


@register.inclusion_tag("components/overlap_map.html")
def overlap_map(pairs: Sequence[overlap_pictures.Pair]) -> dict[str, Any]:
    """Pairs of (name, other name, in how many of three ways they are the same)."""
    return {"picture": overlap_pictures.overlap_map(pairs)}


@register.inclusion_tag("components/state_diagram.html")
def state_diagram(table: StateTable, here: str = "") -> dict[str, Any]:
    """A life as its table says it, the state it stands in drawn full."""
    return {"picture": state_pictures.picture_of_states(table, here)}


@register.inclusion_tag("components/chart_columns.html", takes_context=True)
def column_chart(
    context: Context,
    rows: Iterable[Sequence],
    title: str,
    kind: str = "pounds",
    label_heading: str = "Month",
    value_heading: str = "Amount",
    said: str = "",
) -> dict[str, Any]:
    """Rows of (month or label, amount or None) as columns, with the table behind them."""
    chart = charts.column_chart(
        rows,
        title=title,
        kind=Kind(kind),
        label_heading=label_heading,
        value_heading=value_heading,
        said=said,
    )
    return {"chart": chart, "request": context.get("request")}


@register.inclusion_tag("components/chart_lines.html", takes_context=True)
def line_chart(
    context: Context,
    series: Iterable[tuple[str, Iterable[Sequence]]],
    title: str,
    kind: str = "pounds",
    label_heading: str = "Month",
    said: str = "",
) -> dict[str, Any]:
    """Pairs of (name, rows), at most four, as lines, with the table behind them."""
    chart = charts.line_chart(
        series, title=title, kind=Kind(kind), label_heading=label_heading, said=said
    )
    return {"chart": chart, "request": context.get("request")}
