"""Where does the money go? The public face of spending."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from moothall.core.permissions import route
from moothall.spend.queries import explorer, figures
from moothall.spend.queries.categories import NoSuchCategory, category_list, category_page
from moothall.spend.queries.files import PublishedFile, files_published
from moothall.spend.views import tables
from moothall.spend.views.asked import (
    as_file,
    asked_by,
    beyond_the_last,
    downloads,
    instead,
    link,
    numbered,
    page_number,
    wanted_format,
)
from moothall.values.periods import year_words

ROWS_A_PAGE = 50
EVERY_ROW = 10_000_000
TRAIL = [("Front page", "/"), ("Spending", "/spending/")]


@route(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The explorer: filters in the address, one headline, one chart, the largest, the newest."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    answer = explorer.explorer(asked.reading, asked.filters)
    slugs = asked.slugs
    page = asked.page(
        answer=answer,
        categories=[
            (row.label, row.spend_gbp, tables.row_url("category", row, asked.query, slugs))
            for row in answer.categories.rows
        ],
        suppliers=[
            (row.label, row.spend_gbp, tables.row_url("supplier", row, asked.query, slugs))
            for row in answer.suppliers.rows
        ],
        newest=tables.lines_table(answer.newest, caption="Newest payments"),
        lines_url=link(reverse("spend:line_list"), asked.query),
    )
    return render(request, "spend/explorer.html", page)


@route(public=True)
@require_safe
def by(request: HttpRequest, dimension: str) -> HttpResponseBase:
    """Every row of a summary: searched, sorted, paged, downloaded."""
    if dimension not in figures.BY:
        raise Http404("Spending is shown by category, kind, supplier, department, body or month.")
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    order = request.GET.get("order", "")
    found = request.GET.get("find", "")[:80]
    is_whole = bool(wanted_format(request))
    number = page_number(request)
    answer = figures.summary_page(
        asked.reading,
        dimension,
        asked.filters,
        order=order,
        text=found,
        page=1 if is_whole else number,
        count=EVERY_ROW if is_whole else ROWS_A_PAGE,
    )
    columns = ("label", "key", "spend_gbp", "payment_count", "share")
    if file := as_file(request, f"published-payments-by-{dimension}", answer.as_json(), columns):
        return file
    if first := beyond_the_last(request, answer.rows, number):
        return first
    usual = "key" if dimension in ("month", "year") else "-spend"
    page = asked.page(
        answer=answer,
        heading=f"Spending by {tables.HEADINGS[dimension][0].lower()}",
        plural=tables.HEADINGS[dimension][1],
        dimension=dimension,
        find=found,
        table=tables.summary_table(
            answer,
            query=asked.query,
            slugs=asked.slugs,
            order=order or usual,
            downloads=downloads(request),
            clear_url=request.path,
        ),
        list_page=numbered(answer.row_count, ROWS_A_PAGE, number),
        dimensions=[
            (tables.HEADINGS[each][0], link(reverse("spend:by", args=[each]), asked.query), each)
            for each in figures.BY
        ],
        trail=[*TRAIL, (f"By {tables.HEADINGS[dimension][0].lower()}", "")],
    )
    return render(request, "spend/by.html", page)


@route(public=True)
@require_safe
def categories(request: HttpRequest) -> HttpResponseBase:
    """The scheme of categories: what each one means, and how lines come to be in it."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    answer = category_list(asked.reading, asked.filters)
    columns = ("code", "label", "definition", "spend_gbp", "payment_count")
    if file := as_file(request, "categories", answer.as_json(), columns, rows=answer.as_rows()):
        return file
    page = asked.page(
        answer=answer, downloads=downloads(request), trail=[*TRAIL, ("Categories", "")]
    )
    return render(request, "spend/category_list.html", page)


@route(public=True)
@require_safe
def category(request: HttpRequest, code: str) -> HttpResponseBase:
    """One category: what it is, how much, to whom, by which bodies, over the years."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    try:
        answer = category_page(asked.reading, code, asked.filters)
    except NoSuchCategory as missing:
        raise Http404(missing.sentence) from None
    columns = ("what", "label", "key", "spend_gbp", "payment_count", "share")
    if file := as_file(request, "category", answer.as_json(), columns, rows=answer.as_rows()):
        return file
    slugs = asked.slugs
    query = asked.query
    query["category"] = code
    page = asked.page(
        answer=answer,
        downloads=downloads(request),
        kinds=[
            (row.label, row.spend_gbp, tables.row_url("kind", row, asked.query, slugs))
            for row in answer.kinds.rows
        ],
        suppliers=[
            (row.label, row.spend_gbp, tables.row_url("supplier", row, asked.query, slugs))
            for row in answer.suppliers.rows
        ],
        bodies=tables.plain_summary_table(
            answer.bodies,
            caption="By body",
            url=lambda row: tables.row_url("body", row, query, slugs),
        ),
        newest=tables.lines_table(answer.newest, caption="Newest payments"),
        lines_url=link(reverse("spend:line_list"), query),
        suppliers_url=link(reverse("spend:by", args=["supplier"]), query),
        trail=[
            *TRAIL,
            ("Categories", reverse("spend:categories")),
            *(
                [(answer.group_label, reverse("spend:category", args=[answer.group]))]
                if answer.group != code
                else []
            ),
            (answer.label, ""),
        ],
    )
    return render(request, "spend/category.html", page)


@route(public=True)
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The data behind every page: the lines, the summaries, and the files they came from."""
    asked = asked_by(request, every_year=True)
    files = files_published(asked.reading, bodies=asked.filters.bodies)
    document = {"rows": [file.as_json() for file in files]}
    if file := as_file(request, "published-files", document, PublishedFile.COLUMNS):
        return file
    page = asked.page(
        files=files,
        table=tables.files_table(files, downloads(request)),
        years=[
            (year_words(year), link(reverse("spend:line_list"), year=year, format="csv"))
            for year in asked.form.known.years
        ],
        summaries=[
            (
                tables.HEADINGS[each][0],
                link(reverse("spend:by", args=[each]), year="all", format="csv"),
            )
            for each in figures.BY
        ],
        trail=[*TRAIL, ("Download the data", "")],
    )
    return render(request, "spend/download.html", page)
