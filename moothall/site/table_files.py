"""How does any table of a page leave as a file?

The page is drawn as always, for whom it is, and the table that the address names leaves in its
place: so a table's file holds what its reader sees, exactly, and no page has to be taught it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.text import slugify

from moothall.core.downloads import csv_file
from moothall.values.money import Money
from moothall.values.tables import Cell, Table, Value

ASKED = "download"  # the part of the address that names the table


def offered(request: HttpRequest | None, table: Table) -> str:
    """What a table is called in the address, noting it when it is the one asked for; or nothing."""
    name = slugify(table.caption)[:60]
    if request is None or not name or not table.rows:
        return ""
    if request.GET.get(ASKED) == name:
        request.table_asked_for = (name, table)  # type: ignore[attr-defined]  # read by TableFiles
    return name


class TableFiles:
    """Answer with a table of the page, where the address asks for one that is on it."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        asked: tuple[str, Table] | None = getattr(request, "table_asked_for", None)
        if asked is None or response.status_code != 200:
            return response
        name, table = asked
        head = [column.label for column in table.columns]
        return csv_file(name, head, [[_plain(cell) for cell in row] for row in table.rows])


def _plain(given: Value | Cell) -> Any:
    """The value as a program reads it: pounds and shares are numbers, days are ISO 8601."""
    value = given.value if isinstance(given, Cell) else given
    if isinstance(value, Money):
        return value.gbp
    return value.isoformat() if isinstance(value, date) else value
