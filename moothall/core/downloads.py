"""How do rows and documents leave as files that a spreadsheet or a program opens safely?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

# A spreadsheet takes a cell that begins so for a sum to be worked out.
LOOKS_LIKE_A_SUM = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Rows as a CSV file, sent as they are found; no cell of text is taken for a formula."""

    class _Line:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(head)
        for row in rows:
            yield writer.writerow([plain_cell(cell) for cell in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def plain_cell(cell: Any) -> Any:
    """Return a cell as a file has it: nothing for None, no text that begins like a sum."""
    if isinstance(cell, str) and cell.startswith(LOOKS_LIKE_A_SUM):
        return "'" + cell
    return "" if cell is None else cell


def json_file(name: str, document: Any) -> HttpResponse:
    """A document as a JSON file; amounts are strings in pounds."""
    return HttpResponse(
        json.dumps(document, indent=1, default=str),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


def file_answer(content: bytes, name: str, kind: str) -> HttpResponse:
    """A made document as a file to keep; `name` with its ending, `kind` its media type."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
