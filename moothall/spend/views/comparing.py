"""How do the bodies compare, what changed, and what could be bought together? Open to all."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moothall.core.permissions import route
from moothall.spend.engine.questions import MARKET_BY, SPANS, TOGETHER_BY, TREND_BY
from moothall.spend.queries import comparing
from moothall.spend.queries.trends import trends as trends_of
from moothall.spend.views import tables
from moothall.spend.views.asked import Asked, as_file, asked_by, downloads, instead, link
from moothall.values.wording import pounds_in_words

TRAIL = [("Front page", "/"), ("Spending", "/spending/")]


def _choices(request: HttpRequest, asked: Asked, name: str, known: tuple[str, ...], here: str):
    """The ways to look at a page: in words, the address, and whether it is this one."""
    return [
        (tables.HEADINGS[each][0], link(request.path, asked.query, **{name: each}), each == here)
        for each in known
    ]


@route(public=True)
@require_safe
def trends(request: HttpRequest) -> HttpResponseBase:
    """How published payments changed, year by year or month by month."""
    asked = asked_by(request, every_year=True)
    by = request.GET.get("by", "category")
    span = request.GET.get("span", "year")
    if other := instead(request, asked, knows=by in TREND_BY and span in SPANS):
        return other
    answer = trends_of(asked.reading, by, asked.filters, span=span)
    shown = [*answer.rows, *([answer.others] if answer.others else [])]
    spans = [each.key for each in answer.spans]
    if file := as_file(
        request,
        f"trends-by-{by}",
        answer.as_json(),
        ("label", *spans),
        rows=({"label": r.label} | dict(zip(spans, r.amounts, strict=True)) for r in shown),
    ):
        return file
    query = asked.query
    query["by"] = by
    moved = ""
    if answer.moved_most:
        row, change = answer.moved_most
        way = "up" if change > 0 else "down"
        moved = f"{row.label} ({way} {pounds_in_words(abs(change))})"
    page = asked.page(
        answer=answer,
        moved=moved,
        lines=tables.trend_lines(answer),
        table=tables.trends_table(answer, asked.query, asked.slugs, downloads(request)),
        choices=_choices(request, asked, "by", TREND_BY, by),
        spans=[
            (words, link(request.path, query, span=each), each == span)
            for each, words in (("year", "By financial year"), ("month", "By month"))
        ],
        span_heading="Month" if span == "month" else "Financial year",
        trail=[*TRAIL, ("Trends", "")],
    )
    return render(request, "spend/trends.html", page)


@route(public=True)
@require_safe
def bodies(request: HttpRequest) -> HttpResponseBase:
    """What each body includes and leaves out: whether their figures can be compared."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    answer = comparing.comparability_of(asked.reading, asked.filters)
    columns = tuple(answer.as_json()["rows"][0]) if answer.bodies else ("name",)
    if file := as_file(request, "what-bodies-publish", answer.as_json(), columns):
        return file
    page = asked.page(
        answer=answer,
        table=tables.bodies_table(answer, asked.query, downloads(request)),
        trail=[*TRAIL, ("Comparing bodies", "")],
    )
    return render(request, "spend/bodies.html", page)


@route(public=True)
@require_safe
def between(request: HttpRequest) -> HttpResponseBase:
    """What the place's own bodies pay each other: left out of every net total."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    answer = comparing.between_own_bodies(asked.reading, asked.filters)
    columns = ("payer", "payee", "name", "payment_count", "spend_gbp")
    if file := as_file(request, "payments-between-bodies", answer.as_json(), columns):
        return file
    page = asked.page(
        head=answer.headline,
        table=tables.between_table(answer.rows, asked.query, asked.slugs, downloads(request)),
        trail=[*TRAIL, ("Between the place's own bodies", "")],
    )
    return render(request, "spend/between.html", page)


@route(public=True)
@require_safe
def together(request: HttpRequest) -> HttpResponseBase:
    """What two or more bodies buy that they could buy together."""
    asked = asked_by(request)
    by = request.GET.get("by", "supplier")
    if other := instead(request, asked, knows=by in TOGETHER_BY):
        return other
    found = comparing.together(asked.reading, by, asked.filters)
    document = {"rows": [row.as_json() for row in found]}
    columns = ("label", "body_count", "names", "spend_gbp", "largest_gbp", "saving_estimate_gbp")
    rows = (
        row.as_json()
        | {
            "names": "; ".join(name for name, _gbp in row.bodies),
            "saving_estimate_gbp": round(row.saving_estimate_gbp),
        }
        for row in found
    )
    if file := as_file(request, "bought-by-several-bodies", document, columns, rows=rows):
        return file
    page = asked.page(
        rows=found,
        total=sum(row.spend_gbp for row in found),
        table=tables.together_table(found, by, asked.query, downloads(request)),
        choices=_choices(request, asked, "by", TOGETHER_BY, by),
        trail=[*TRAIL, ("Buying together", "")],
    )
    return render(request, "spend/together.html", page)


@route(public=True)
@require_safe
def concentration(request: HttpRequest) -> HttpResponseBase:
    """How few suppliers each category rests on."""
    asked = asked_by(request)
    by = request.GET.get("by", "category")
    if other := instead(request, asked, knows=by in MARKET_BY):
        return other
    markets = comparing.concentration(asked.reading, asked.filters, level=by)
    columns = ("label", "spend_gbp", "supplier_count", "top_share", "hhi", "identified_share")
    document = {"rows": [market.as_json() for market in markets]}
    if file := as_file(request, "concentration", document, columns):
        return file
    page = asked.page(
        markets=markets,
        concentrated=[market for market in markets if market.band != "not concentrated"],
        table=tables.markets_table(markets, by, asked.query, downloads(request)),
        choices=_choices(request, asked, "by", MARKET_BY, by),
        trail=[*TRAIL, ("Concentration", "")],
    )
    return render(request, "spend/concentration.html", page)


@route(public=True)
@require_safe
def local(request: HttpRequest) -> HttpResponseBase:
    """How much stays local, with small firms, charities and mutuals, of what is known."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    answer = comparing.supplier_shares(asked.reading, asked.filters)
    columns = ("label", "spend_gbp", "known_gbp", "share", "coverage")
    if file := as_file(request, "local-small-third-sector", answer.as_json(), columns):
        return file
    page = asked.page(
        answer=answer,
        table=tables.shares_table(answer, downloads(request)),
        trail=[*TRAIL, ("Local, small, third sector and mutual", "")],
    )
    return render(request, "spend/local.html", page)
