"""What does each row of cells say, as a payment line or as a row set aside with its reason?

Rows of text and rows of sheets go through this one stage.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path

import polars as pl

from moothall.spend.engine.dates import date_order, date_read, file_period
from moothall.spend.engine.headers import Row
from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.cells import Cells, Typed
from moothall.spend.feeds.keeping import Decided, Reader, no_aside
from moothall.spend.feeds.marks import keep_marks
from moothall.spend.feeds.reading import Asked, CannotRead, Proposal, Reading
from moothall.spend.feeds.schemas import LINE_SCHEMA, PARQUET
from moothall.spend.feeds.tables import (
    Layout,
    Table,
    below,
    frame_of,
    header_and_body,
    header_below,
    mapping_of,
)

HEAD_ROWS = 216
SUNK_ROWS = 32_768  # held in memory before they are written, where a file comes in blocks


def read_rows(batches: Iterable[list[Row]], asked: Asked) -> Reading:
    """Write one sheet's rows as lines and set-aside rows; return its Reading.

    batches : lists of (row number, cells), in order; cells are text, '' where empty.
              The rows above the header are included: the header is found here.
              Dates of sheets come as 'YYYY-MM-DD', numbers in plain notation ('1234.5').

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    rows: list[list[Row]] = [batch for batch in batches if batch]
    width = max((len(cells) for batch in rows for _, cells in batch), default=0)
    head: list[Row] = []
    frames: list[pl.DataFrame] = []
    while rows:
        batch = rows.pop(0)
        if len(head) < HEAD_ROWS:
            head += [row for row in batch if any(cell.strip() for cell in row[1])]
        frames.append(frame_of(batch, width))
    table = Table(head[:HEAD_ROWS], lambda: iter(frames), is_one_frame=len(frames) <= 1)
    return read_table(table, Layout.of(table.head, asked), asked)


def propose_rows(
    rows: list[Row], *, name: str, sheet: str | None = None, confirmed: Mapping | None = None
) -> Proposal:
    """Return what the first rows of a sheet say about its columns.

    :raises CannotRead: with a sentence when no amount column can be found.
    """
    head = [row for row in rows if any(cell.strip() for cell in row[1])][:HEAD_ROWS]
    header, body = header_and_body(head)
    mapping = mapping_of(header, body, name, sheet, confirmed)
    place = mapping.index_of("paid_on")
    texts = Counter(
        text
        for _, cells in body
        if place is not None and place < len(cells) and (text := cells[place].strip())
    )
    order = date_order(texts).order
    days = Counter[date]()
    for text, count in texts.items():
        if (day := date_read(text, order)) is not None:
            days[day] += count
    return Proposal(
        mapping=mapping,
        sample_rows=tuple(tuple(cells) for _, cells in body[:10]),
        period=file_period(name if sheet is None else f"{name} {sheet}", days),
        kind=mapping.kind,
        sheet=sheet,
    )


def read_table(table: Table, layout: Layout, asked: Asked) -> Reading:
    """Write the lines and set-aside rows of a table; return its Reading.

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    if not layout.header.cells and (lower := header_below(table, layout.mapping)) is not None:
        mapping = mapping_of(lower, layout.body, asked.name, asked.sheet, asked.confirmed)
        layout = Layout(lower, layout.body, mapping)
    cells = cells_of(layout, table.odd_spaces, asked.stamp.body_id)

    def rows() -> Iterator[Typed]:
        return (cells.typed(below(frame, layout.header)) for frame in table.frames())

    if table.is_one_frame:
        return read_whole(next(rows(), None), asked, layout, cells.rounded)
    coming = rows()
    first = next(coming)
    decided = _decided(first.date_texts, asked, layout)
    coming = chain([first], coming)
    del first
    while True:
        reader = Reader(asked, layout, decided, cells.rounded)
        _sink(reader, coming)
        decided = _decided(reader.date_texts, asked, layout)
        if decided == reader.decided:
            return _told(reader)
        coming = rows()


def read_whole(
    rows: Typed | None, asked: Asked, layout: Layout, rounded: Dictionary[str, Decimal]
) -> Reading:
    """Write the lines and set-aside rows of a table that is read at once; return its Reading.

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    decided = _decided(rows.date_texts if rows is not None else {}, asked, layout)
    reader = Reader(asked, layout, decided, rounded)
    frames = list(_every_line(reader, [rows] if rows is not None else []))
    filled = [frame for frame in frames if frame.height] or frames[-1:]
    lines = pl.concat(filled) if len(filled) > 1 else filled[0]
    if asked.marks_path:
        keep_marks(lines, asked.marks_path)
    _write(lines, asked.lines_path)
    return _told(reader)


def cells_of(layout: Layout, odd_spaces: str, body_id: int) -> Cells:
    """Return what reads the cells of every file of this layout."""
    places = {name: column.index for name, column in layout.mapping.columns.items()}
    return Cells(places, layout.mapping.kind, odd_spaces, body_id)


def _decided(date_texts: Dictionary[str, int], asked: Asked, layout: Layout) -> Decided:
    """:raises CannotRead: when neither dates nor the name say which days the file covers."""
    decided = Decided.from_texts(date_texts, asked)
    if decided.period is None and layout.mapping.index_of("paid_on") is None:
        raise CannotRead(
            f"{asked.name} was not read: it has no date column and its name gives no month. "
            "Say which period it covers, or put the month in its name."
        )
    return decided


def _told(reader: Reader) -> Reading:
    """Write the rows that were set aside, and return the Reading.

    :raises CannotRead: when what was taken for a table without a header is none.
    """
    aside, asked = reader.aside(), reader.asked
    if not reader.layout.header.cells and reader.rows_kept * 2 < reader.rows_read:
        raise CannotRead(
            f"{asked.name} was not read: it has no header, and only {reader.rows_kept:,} of its "
            f"{reader.rows_read:,} rows read as payments. Check that it is a payments file, or "
            "say which column is the amount."
        )
    if aside.height:
        _write(aside, asked.aside_path)
    else:
        asked.aside_path.write_bytes(_nothing_aside())
    return reader.reading(aside)


def _write(frame: pl.DataFrame, path: Path) -> None:
    path.write_bytes(_parquet(frame))


def _parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as Parquet: made in memory, which for a small one takes half the time."""
    file = io.BytesIO()
    frame.write_parquet(file, **PARQUET)
    return file.getvalue()


@cache
def _nothing_aside() -> bytes:
    """Return a Parquet file without rows: most files set nothing aside."""
    return _parquet(no_aside())


def _sink(reader: Reader, rows: Iterable[Typed]) -> None:
    """Write a many-framed table's lines as they come, so that memory stays flat."""
    from polars.io.plugins import register_io_source

    marks_path = reader.asked.marks_path
    if marks_path:
        marks_path.unlink(missing_ok=True)

    def batches(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        for lines in _every_line(reader, rows):
            if marks_path:
                keep_marks(lines, marks_path)
            yield lines

    register_io_source(batches, schema=LINE_SCHEMA).sink_parquet(
        reader.asked.lines_path, row_group_size=SUNK_ROWS, **PARQUET
    )


def _every_line(reader: Reader, rows: Iterable[Typed]) -> Iterator[pl.DataFrame]:
    yield from reader.lines(rows)
    yield reader.held_lines()
