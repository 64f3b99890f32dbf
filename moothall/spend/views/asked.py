"""What did the reader ask for, and as what: a page, CSV or JSON?"""

from __future__ import annotations

from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from moothall.directory.queries import viewer_for
from moothall.spend.analysis.payments import Filters
from moothall.spend.forms.explorer import PaymentFilter
from moothall.spend.queries import explorer
from moothall.spend.queries.asking import Reading, reading_for
from moothall.values.tables import Download

FURTHEST_PAGE = 20_000


@frozen
class Asked:
    """A reader, the filters in their address, and what they may choose from."""

    reading: Reading
    form: PaymentFilter
    is_understood: bool

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
        said = {"form": self.form, "query": self.query.urlencode()}
        if self.is_understood:
            said |= {"period_words": self.form.period_words, "chosen": self.form.chosen}
        return said | shown


def asked_by(request: HttpRequest, *, every_year: bool = False) -> Asked:
    """Who is looking, and which payments they asked for."""
    reading = reading_for(viewer_for(request.user))
    form = PaymentFilter(request.GET, choices=explorer.choices_for(reading), every_year=every_year)
    return Asked(reading=reading, form=form, is_understood=form.is_valid())


def page_number(request: HttpRequest) -> int:
    """The page asked for, from 1; nonsense is the first."""
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), FURTHEST_PAGE) if text.isascii() and text.isdigit() else 1


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
