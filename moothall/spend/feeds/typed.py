"""What does each row of cells say, as a payment line or as a row set aside with its reason?

Rows of text and rows of sheets go through this one stage.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from moothall.spend.engine.dates import date_order, date_read, file_period
from moothall.spend.engine.headers import Row
from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.keeping import Decided, Reader, no_aside
from moothall.spend.feeds.marks import keep_marks
from moothall.spend.feeds.reading import CannotRead, Proposal, Reading, Stamp
from moothall.spend.feeds.schemas import LINE_SCHEMA, PARQUET
from moothall.spend.feeds.tables import (
    Table,
    below,
    frame_of,
    header_and_body,
    header_below,
    mapping_of,
)
from moothall.values.periods import Period

HEAD_ROWS = 216
SUNK_ROWS = 32_768  # held in memory before they are written, where a file comes in blocks


def read_rows(
    batches: Iterable[list[Row]],
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    name: str,
    sha256: str,
    sheet: str | None = None,
    confirmed: Mapping | None = None,
    period: Period | None = None,
) -> Reading:
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
    return read_table(
        table,
        stamp=stamp,
        lines_path=lines_path,
        aside_path=aside_path,
        name=name,
        sha256=sha256,
        sheet=sheet,
        confirmed=confirmed,
        period=period,
    )


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
        period=file_period(_name_for_period(name, sheet), days),
        kind=mapping.kind,
        sheet=sheet,
    )


def read_table(
    table: Table,
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    name: str,
    sha256: str,
    sheet: str | None = None,
    confirmed: Mapping | None = None,
    period: Period | None = None,
    encoding: str = "",
    delimiter: str = "",
    warnings: Sequence[str] = (),
    marks_path: Path | None = None,
) -> Reading:
    """Write the lines and set-aside rows of a table; return its Reading.

    marks_path : where the marks of its lines are kept, if anywhere

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    header, body = header_and_body(table.head)
    mapping = mapping_of(header, body, name, sheet, confirmed)
    if not header.cells and (lower := header_below(table, mapping)) is not None:
        header = lower
        mapping = mapping_of(header, body, name, sheet, confirmed)
    place = mapping.index_of("paid_on")
    texts: Counter[str] = Counter()
    if place is not None:
        for frame in table.frames():
            texts += _date_texts(below(frame, header), place)
            break
    while True:
        decided = Decided.from_texts(texts, _name_for_period(name, sheet), period)
        if decided.period is None and place is None:
            raise CannotRead(
                f"{name} was not read: it has no date column and its name gives no month. "
                "Say which period it covers, or put the month in its name."
            )
        reader = Reader(table, header, mapping, decided, stamp, sheet, name, body)
        if table.is_one_frame:
            frames = list(_every_line(reader))
            filled = [frame for frame in frames if frame.height] or frames[-1:]
            lines = pl.concat(filled) if len(filled) > 1 else filled[0]
            if marks_path:
                keep_marks(lines, marks_path)
            lines.write_parquet(lines_path, **PARQUET)
            break
        _sink(reader, lines_path, marks_path)
        if decided == Decided.from_texts(reader.date_texts, _name_for_period(name, sheet), period):
            break
        texts = reader.date_texts
    aside = reader.aside()
    if not header.cells and reader.rows_kept * 2 < reader.rows_read:
        raise CannotRead(
            f"{name} was not read: it has no header, and only {reader.rows_kept:,} of its "
            f"{reader.rows_read:,} rows read as payments. Check that it is a payments file, or "
            "say which column is the amount."
        )
    if aside.height:
        aside.write_parquet(aside_path, **PARQUET)
    else:
        aside_path.write_bytes(_nothing_aside())
    return reader.reading(
        aside, sha256=sha256, encoding=encoding, delimiter=delimiter, warnings=tuple(warnings)
    )


@cache
def _nothing_aside() -> bytes:
    """Return a Parquet file without rows: most files set nothing aside."""
    file = io.BytesIO()
    no_aside().write_parquet(file, **PARQUET)
    return file.getvalue()


def _sink(reader: Reader, lines_path: Path, marks_path: Path | None) -> None:
    """Write a many-framed table's lines as they come, so that memory stays flat."""
    from polars.io.plugins import register_io_source

    def batches(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        if marks_path:
            marks_path.unlink(missing_ok=True)
        for lines in _every_line(reader):
            if marks_path:
                keep_marks(lines, marks_path)
            yield lines

    register_io_source(batches, schema=LINE_SCHEMA).sink_parquet(
        lines_path, row_group_size=SUNK_ROWS, **PARQUET
    )


def _every_line(reader: Reader) -> Iterator[pl.DataFrame]:
    yield from reader.lines()
    yield reader.held_lines()


def _name_for_period(name: str, sheet: str | None) -> str:
    return name if sheet is None else f"{name} {sheet}"


def _date_texts(frame: pl.DataFrame, place: int) -> Counter[str]:
    counts = frame.get_column(str(place)).drop_nulls().value_counts()
    texts: Counter[str] = Counter()
    for text, count in counts.iter_rows():
        if stripped := text.strip():
            texts[stripped] += count
    return texts
