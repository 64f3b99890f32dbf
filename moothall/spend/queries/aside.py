"""Which rows were set aside, why, and which of them did a person mend?"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.spend.engine.mapping import Mapping
from moothall.spend.models import RowCorrection, SourceFile
from moothall.spend.queries.loads import SETTLED, reason_words
from moothall.spend.queries.uploads import FIELD_WORDS

TO_LOOK_AT, EVERY = "", "all"
PAGE_ROWS = 50
HEAD = ("file", "source_id", "sheet", "row", "reason", "sentence", "amount_gbp")


class CannotReadCorrections(CannotDo):
    """The file of corrected rows was not taken."""


@frozen
class AsideRow:
    """One row that was set aside. amount: GBP, where it could be read."""

    source_id: int
    body_id: int
    file: str
    sheet: str | None
    row: int
    reason: str
    reason_words: str
    sentence: str
    amount: Decimal | None
    cells: tuple[str, ...]


@frozen
class AsideFilter:
    """Which rows: of one file, of one load, for one reason; those to look at unless it says all."""

    source: int | None = None
    load: int | None = None
    reason: str = TO_LOOK_AT


@frozen
class AsidePage:
    """A page of set-aside rows. counts: rows by reason, over all that the file or load has."""

    rows: tuple[AsideRow, ...]
    row_count: int
    counts: tuple[tuple[str, str, int], ...]
    to_look_at: int
    total: int
    file: str


def aside_page(viewer: Viewer, asked: AsideFilter, *, page: int = 1) -> AsidePage:
    """A page of the rows set aside that `viewer` may read, by file and row."""
    table = _asked(viewer, asked)
    counted = table.group_by("reason").agg(count=_.count()).to_pyarrow().to_pylist()
    counts = sorted(((r["reason"], r["count"]) for r in counted), key=lambda pair: -pair[1])
    chosen = _with_reason(table, asked.reason)
    first = (page - 1) * PAGE_ROWS
    rows = chosen.order_by("source_id", "sheet", "row").limit(PAGE_ROWS, offset=first)
    to_look_at = sum(count for code, count in counts if code not in SETTLED)
    by_code: dict[str, int] = dict(counts)
    total = sum(by_code.values())
    row_count = {TO_LOOK_AT: to_look_at, EVERY: total}.get(
        asked.reason, by_code.get(asked.reason, 0)
    )
    return AsidePage(
        rows=_rows(rows.to_pyarrow().to_pylist()),
        row_count=row_count,
        counts=tuple((code, reason_words(code), count) for code, count in counts),
        to_look_at=to_look_at,
        total=total,
        file=_file_names([asked.source]).get(asked.source, "") if asked.source else "",
    )


def all_aside(viewer: Viewer, asked: AsideFilter) -> tuple[AsideRow, ...]:
    """Every row set aside that the filter lets through."""
    chosen = _with_reason(_asked(viewer, asked), asked.reason)
    return _rows(chosen.order_by("source_id", "sheet", "row").to_pyarrow().to_pylist())


def one_aside(viewer: Viewer, source_id: int, sheet: str | None, row: int) -> AsideRow | None:
    """One row set aside, or None when it is not (or not for this viewer)."""
    table = lake.asides_for(viewer).filter(_.source_id == source_id, _.row == row)
    table = table.filter(_.sheet == sheet) if sheet else table.filter(_.sheet.isnull())
    found = _rows(table.to_pyarrow().to_pylist())
    return found[0] if found else None


def aside_count(viewer: Viewer) -> int:
    """How many rows wait for a person: set aside, and neither total, header nor footer."""
    table = lake.asides_for(viewer).filter(~_.reason.isin(sorted(SETTLED)))
    return int(table.count().to_pyarrow().as_py())


def _asked(viewer: Viewer, asked: AsideFilter) -> Any:
    table = lake.asides_for(viewer)
    if asked.source is not None:
        table = table.filter(_.source_id == asked.source)
    if asked.load is not None:
        held = SourceFile.objects.filter(load_id=asked.load).values_list("id", flat=True)
        table = table.filter(_.source_id.isin(list(held) or [-1]))
    return table


def _with_reason(table: Any, reason: str) -> Any:
    if reason == TO_LOOK_AT:
        return table.filter(~_.reason.isin(sorted(SETTLED)))
    return table if reason == EVERY else table.filter(_.reason == reason)


def _rows(found: list[dict[str, Any]]) -> tuple[AsideRow, ...]:
    names = _file_names({row["source_id"] for row in found})
    return tuple(
        AsideRow(
            source_id=row["source_id"],
            body_id=row["body_id"],
            file=names.get(row["source_id"], ""),
            sheet=row["sheet"],
            row=row["row"],
            reason=row["reason"],
            reason_words=reason_words(row["reason"]),
            sentence=row["sentence"],
            amount=row["amount"],
            cells=tuple("" if cell is None else str(cell) for cell in json.loads(row["cells"])),
        )
        for row in found
    )


def _file_names(sources: Any) -> dict[int, str]:
    return dict(SourceFile.objects.filter(pk__in=list(sources)).values_list("id", "name"))


# ── one row, to be mended ────────────────────────────────────────────────────────────────────


@frozen
class CellAsked:
    """A cell of a row to be mended: its column, what that column means here, and what it says."""

    label: str
    meaning: str
    value: str


def cells_asked(row: AsideRow) -> tuple[CellAsked, ...]:
    """Every cell of a set-aside row, with the column it stands in."""
    source = SourceFile.objects.get(pk=row.source_id)
    mapping = Mapping.from_json(source.reading["mapping"])
    meanings = {column.index: FIELD_WORDS[name] for name, column in mapping.columns.items()}
    width = max(len(mapping.headers), len(row.cells), *(place + 1 for place in meanings), 0)
    return tuple(
        CellAsked(
            label=(mapping.headers[place].strip() if place < len(mapping.headers) else "")
            or f"Column {place + 1}",
            meaning=meanings.get(place, ""),
            value=row.cells[place] if place < len(row.cells) else "",
        )
        for place in range(width)
    )


@frozen
class CorrectionRow:
    """A row that a person mended and loaded."""

    id: int
    source_id: int
    file: str
    body: str
    sheet: str
    row: int
    reason: str
    by: str
    at: datetime


def corrections_of(viewer: Viewer, *, count: int = 200) -> tuple[CorrectionRow, ...]:
    """The corrections at bodies that `viewer` reads, newest first."""
    held = RowCorrection.objects.select_related("source", "source__body", "by").order_by("-at")
    if not viewer.reads_all:
        held = held.filter(source__body_id__in=viewer.bodies_read)
    return tuple(
        CorrectionRow(
            id=row.pk,
            source_id=row.source_id,
            file=row.source.name,
            body=row.source.body.name,
            sheet=row.sheet,
            row=row.row,
            reason=reason_words(row.values["was"]["reason"]),
            by=str(row.by) if row.by else "the operator",
            at=row.at,
        )
        for row in held[:count]
    )


def body_of_correction(correction_id: int) -> int | None:
    """The body whose row was corrected, or None when there is no such correction."""
    held = RowCorrection.objects.filter(pk=correction_id)
    return held.values_list("source__body_id", flat=True).first()


# ── as a file, out and in ────────────────────────────────────────────────────────────────────


def as_rows(rows: tuple[AsideRow, ...]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Head and rows of a file, every cell in a column of its own, to be mended and sent back."""
    width = max((len(row.cells) for row in rows), default=0)
    head = (*HEAD, *(f"cell_{place}" for place in range(1, width + 1)))
    return head, [
        (
            row.file,
            row.source_id,
            row.sheet or "",
            row.row,
            row.reason,
            row.sentence,
            row.amount,
            *row.cells,
            *[""] * (width - len(row.cells)),
        )
        for row in rows
    ]


@frozen
class Returned:
    """A row of a file of corrected rows: which row it was, and its cells now."""

    source_id: int
    sheet: str | None
    row: int
    cells: tuple[str, ...]


MOST_RETURNED = 20_000


def rows_returned(viewer: Viewer, content: bytes) -> tuple[Returned, ...]:
    """The rows of a downloaded file that a person changed.

    :raises CannotReadCorrections: when it is not such a file, or changes nothing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    reader = csv.reader(io.StringIO(text))
    head = next(reader, [])
    wanted = {"source_id", "sheet", "row", "cell_1"}
    if not wanted <= set(head):
        raise CannotReadCorrections(
            "This is not a file of rows set aside: it lacks the columns source_id, sheet, row and "
            "cell_1. Download the rows, mend their cells, and send that file back."
        )
    places = {name: place for place, name in enumerate(head)}
    cell_places = [place for place, name in enumerate(head) if name.startswith("cell_")]
    found: list[Returned] = []
    for number, line in enumerate(reader, start=2):
        if not any(line):
            continue
        cells = [*line, *[""] * (len(head) - len(line))]
        try:
            source, row = int(cells[places["source_id"]]), int(cells[places["row"]])
        except ValueError:
            raise CannotReadCorrections(
                f"Line {number} of the file does not say which row it is: source_id and row are "
                "numbers. A spreadsheet may have rounded source_id; keep that column as text."
            ) from None
        values = [_as_published(cells[place]) for place in cell_places]
        while values and not values[-1]:
            values.pop()
        sheet = _as_published(cells[places["sheet"]]) or None
        found.append(Returned(source, sheet, row, tuple(values)))
    held = {
        (row.source_id, row.sheet, row.row): row.cells
        for row in all_aside(viewer, AsideFilter(reason=EVERY))
    }
    changed = tuple(
        each
        for each in found
        if held.get((each.source_id, each.sheet, each.row)) not in (None, each.cells)
    )
    if not changed:
        raise CannotReadCorrections(
            "No row of this file differs from what is set aside. Mend the cells that are wrong, "
            "save it as CSV, and send it again."
        )
    return changed[:MOST_RETURNED]


def _as_published(cell: str) -> str:
    """A cell without the mark that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell
