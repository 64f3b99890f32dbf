"""What did the reader ask for, and as what: a page, CSV or JSON?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from moothall.core.downloads import csv_file, json_file
from moothall.directory.queries import viewer_for
from moothall.spend.analysis.payments import Filters
from moothall.spend.forms.explorer import PaymentFilter
from moothall.spend.queries import explorer
from moothall.spend.queries.asking import Reading, reading_for
from moothall.values.tables import Download

FURTHEST_PAGE = 20_000
BESIDE_FILTERS = ("by", "span", "find", "order")  # of one page: new filters leave them as they are


@frozen
class Asked:
    """A reader, the filters in their address, and what they may choose from."""

    reading: Reading
    form: PaymentFilter
    is_understood: bool
    kept: tuple[tuple[str, str], ...] = ()  # what the address says beside the filters

    @property
    def filters(self) -> Filters:
        return self.form.filters

    @property
    def query(self) -> QueryDict:
        return self.form.query

    @property
    def slugs(self) -> dict[int, str]:
        """The addresses of the bodies in reach, by id."""
        return {body_id: slug for slug, _name, body_id in self.form.known.bodies}

    def page(self, **shown: Any) -> dict[str, Any]:
        """What the templates of the spend room are given beside their own rows."""
        said = {"form": self.form, "query": self.query.urlencode(), "kept": self.kept}
        if self.is_understood:
            said |= {"period_words": self.form.period_words, "chosen": self.form.chosen}
        return said | shown


def asked_by(request: HttpRequest, *, every_year: bool = False) -> Asked:
    """Who is looking, and which payments they asked for."""
    reading = reading_for(viewer_for(request.user))
    form = PaymentFilter(request.GET, choices=explorer.choices_for(reading), every_year=every_year)
    kept = tuple((name, request.GET[name]) for name in BESIDE_FILTERS if request.GET.get(name))
    return Asked(reading=reading, form=form, is_understood=form.is_valid(), kept=kept)


def instead(request: HttpRequest, asked: Asked, *, knows: bool = True) -> HttpResponse | None:
    """The page in place of an answer: the address means nothing, or nothing is published.

    knows : whether the view knows what the address says beside the filters
    """
    if not (asked.is_understood and knows):
        return render(request, "spend/not_understood.html", asked.page(), status=400)
    if not asked.form.known.years and not wanted_format(request):
        return render(request, "spend/nothing.html")
    return None


def page_number(request: HttpRequest) -> int:
    """The page asked for, from 1; nonsense is the first."""
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), FURTHEST_PAGE) if text.isascii() and text.isdigit() else 1


def beyond_the_last(
    request: HttpRequest, rows: Sequence[object], number: int
) -> HttpResponse | None:
    """The first page, for whoever asks for one past the last."""
    if rows or number == 1:
        return None
    return redirect(link(request.path, request.GET, page=None))


def numbered(count: int, size: int, number: int) -> Page:
    """Where in a list of so many rows a page stands."""
    return Paginator(range(count), size).get_page(number)


def link(path: str, query: QueryDict | None = None, **changes: object) -> str:
    """An address with the filters in force, some changed; a change of None takes one out."""
    kept = query.copy() if query is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in (None, ""):
            kept[name] = str(value)
    return f"{path}?{kept.urlencode()}" if kept else path


def downloads(
    request: HttpRequest, *formats: str, path: str = "", **changes: object
) -> tuple[Download, ...]:
    """This page's rows as files: every page of them, under the same filters."""
    query = request.GET.copy()
    query.pop("page", None)
    return tuple(
        Download(link(path or request.path, query, **changes, format=name), name.upper())
        for name in formats or ("csv", "json")
    )


def wanted_format(request: HttpRequest) -> str:
    """csv, json, or nothing for a page."""
    asked = request.GET.get("format", "")
    return asked if asked in ("csv", "json") else ""


def as_file(
    request: HttpRequest,
    name: str,
    document: dict[str, Any],
    columns: Sequence[str],
    *,
    rows: Iterable[dict[str, Any]] | None = None,
) -> HttpResponseBase | None:
    """An answer as the file that the address asks for; None when it asks for a page.

    rows : what CSV shows, where the document's own rows are not it
    """
    wanted = wanted_format(request)
    if wanted == "json":
        return json_file(name, document)
    if wanted == "csv":
        shown = document["rows"] if rows is None else rows
        return csv_file(name, columns, ([row[column] for column in columns] for row in shown))
    return None
