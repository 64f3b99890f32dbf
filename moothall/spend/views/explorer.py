"""Where does the money go? The public face of spending."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from moothall.core.downloads import csv_file, json_file
from moothall.core.permissions import route
from moothall.spend.forms.explorer import year_words
from moothall.spend.queries import comparing, explorer, figures
from moothall.spend.queries.categories import NoSuchCategory, category_list, category_page
from moothall.spend.queries.files import files_published
from moothall.spend.views import tables
from moothall.spend.views.asked import (
    Asked,
    asked_by,
    downloads,
    link,
    numbered,
    page_number,
    wanted_format,
)

ROWS_A_PAGE = 50
EVERY_ROW = 10_000_000
TRAIL = [("Front page", "/"), ("Spending", "/spending/")]


def _not_understood(request: HttpRequest, asked: Asked, **shown: object) -> HttpResponse:
    return render(request, "spend/not_understood.html", asked.page(**shown), status=400)


@route(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The explorer: filters in the address, one headline, one chart, the largest, the newest."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    answer = explorer.explorer(asked.reading, asked.filters)
    slugs = asked.slugs
    page = asked.page(
        answer=answer,
        has_any=bool(asked.form.known.years),
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
    if not asked.is_understood:
        return _not_understood(request, asked)
    order = request.GET.get("order", "")
    found = request.GET.get("find", "")[:80]
    as_file = wanted_format(request)
    number = page_number(request)
    answer = figures.summary_page(
        asked.reading,
        dimension,
        asked.filters,
        order=order,
        text=found,
        page=1 if as_file else number,
        count=EVERY_ROW if as_file else ROWS_A_PAGE,
    )
    name = f"published-payments-by-{dimension}"
    if as_file == "json":
        return json_file(name, answer.as_json())
    if as_file == "csv":
        head = (tables.HEADINGS[dimension][0], "code", "spend_gbp", "payment_count", "share")
        rows = ((r.label, r.key, r.spend_gbp, r.payment_count, r.share) for r in answer.rows)
        return csv_file(name, head, rows)
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
def categories(request: HttpRequest) -> HttpResponse:
    """The scheme of categories: what each one means, and how lines come to be in it."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    page = asked.page(
        answer=category_list(asked.reading, asked.filters), trail=[*TRAIL, ("Categories", "")]
    )
    return render(request, "spend/category_list.html", page)


@route(public=True)
@require_safe
def category(request: HttpRequest, code: str) -> HttpResponse:
    """One category: what it is, how much, to whom, by which bodies, over the years."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    try:
        answer = category_page(asked.reading, code, asked.filters)
    except NoSuchCategory as missing:
        raise Http404(missing.sentence) from None
    slugs = asked.slugs
    query = asked.query
    query["category"] = code
    page = asked.page(
        answer=answer,
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
def bodies(request: HttpRequest) -> HttpResponse:
    """What each body includes and leaves out: whether their figures can be compared."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    answer = comparing.comparability_of(asked.reading, asked.filters)
    page = asked.page(
        answer=answer,
        table=tables.bodies_table(answer.bodies, threshold=answer.upper_threshold_gbp),
        trail=[*TRAIL, ("Comparing bodies", "")],
    )
    return render(request, "spend/bodies.html", page)


@route(public=True)
@require_safe
def between(request: HttpRequest) -> HttpResponseBase:
    """What the place's own bodies pay each other: left out of every net total."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    rows = comparing.between_own_bodies(asked.reading, asked.filters)
    if wanted_format(request):
        head = ("payer", "payee", "name", "payment_count", "spend_gbp")
        return csv_file(
            "payments-between-bodies",
            head,
            ((r.payer, r.payee, r.name, r.payment_count, r.spend_gbp) for r in rows),
        )
    page = asked.page(
        head=figures.headline(asked.reading, asked.filters),
        table=tables.between_table(rows, downloads(request, "csv")),
        trail=[*TRAIL, ("Between the place's own bodies", "")],
    )
    return render(request, "spend/between.html", page)


@route(public=True)
@require_safe
def together(request: HttpRequest) -> HttpResponseBase:
    """What two or more bodies buy that they could buy together."""
    asked = asked_by(request)
    dimension = request.GET.get("by", "supplier")
    if not asked.is_understood or dimension not in comparing.TOGETHER_BY:
        return _not_understood(request, asked)
    rows = comparing.together(asked.reading, dimension, asked.filters)
    if wanted_format(request):
        head = (dimension, "body_count", "bodies", "spend_gbp", "largest_gbp", "saving_estimate")
        return csv_file(
            "bought-by-several-bodies",
            head,
            (
                (
                    r.label,
                    r.body_count,
                    "; ".join(name for name, _gbp in r.bodies),
                    r.spend_gbp,
                    r.largest_gbp,
                    round(r.saving_estimate_gbp),
                )
                for r in rows
            ),
        )
    page = asked.page(
        rows=rows,
        total=sum(row.spend_gbp for row in rows),
        table=tables.together_table(rows, dimension, downloads(request, "csv")),
        choices=[
            (tables.HEADINGS[each][0], link(request.path, asked.query, by=each), each == dimension)
            for each in comparing.TOGETHER_BY
        ],
        trail=[*TRAIL, ("Buying together", "")],
    )
    return render(request, "spend/together.html", page)


@route(public=True)
@require_safe
def concentration(request: HttpRequest) -> HttpResponseBase:
    """How few suppliers each category rests on."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    level = "kind" if request.GET.get("by") == "kind" else "category"
    markets = comparing.concentration(asked.reading, asked.filters, level=level)
    if wanted_format(request):
        head = ("category", "spend_gbp", "supplier_count", "cr4", "hhi", "identified_share")
        return csv_file(
            "concentration",
            head,
            (
                (m.label, m.spend_gbp, m.supplier_count, m.top_share, m.hhi, m.identified_share)
                for m in markets
            ),
        )
    page = asked.page(
        markets=markets,
        concentrated=[market for market in markets if market.band != "not concentrated"],
        table=tables.markets_table(markets, downloads(request, "csv")),
        choices=[
            (tables.HEADINGS[each][0], link(request.path, asked.query, by=each), each == level)
            for each in ("category", "kind")
        ],
        trail=[*TRAIL, ("Concentration", "")],
    )
    return render(request, "spend/concentration.html", page)


@route(public=True)
@require_safe
def local(request: HttpRequest) -> HttpResponse:
    """How much stays local, with small firms, charities and mutuals, of what is known."""
    asked = asked_by(request)
    if not asked.is_understood:
        return _not_understood(request, asked)
    page = asked.page(
        answer=comparing.supplier_shares(asked.reading, asked.filters),
        trail=[*TRAIL, ("Local, small, third sector and mutual", "")],
    )
    return render(request, "spend/local.html", page)


@route(public=True)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The data behind every page: the lines, the summaries, and the files they came from."""
    asked = asked_by(request, every_year=True)
    page = asked.page(
        files=files_published(asked.reading),
        years=[
            (year_words(year), link(reverse("spend:line_list"), year=year, format="csv"))
            for year in asked.form.known.years
        ],
        summaries=[
            (heading, link(reverse("spend:by", args=[each]), year="all", format="csv"))
            for each, (heading, _plural) in tables.HEADINGS.items()
        ],
        trail=[*TRAIL, ("Download the data", "")],
    )
    return render(request, "spend/download.html", page)
