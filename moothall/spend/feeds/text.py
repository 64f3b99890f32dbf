"""What payment lines does one published text file (CSV, TSV) hold?

Two ways lead to the same lines. The careful way goes row by row and reads any file. The fast way
reads whole blocks, and only of files proven regular: each block has as many records as lines, no
row of a file of many blocks is longer than the widest at its top, and every quote opens at a cell's
start and closes at its end.
"""

import csv
import io
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
from attrs import evolve

from moothall.spend.engine.headers import Row
from moothall.spend.engine.mapping import Mapping
from moothall.spend.engine.shared_lines import marks_beside
from moothall.spend.feeds.encodings import (
    Text,
    blocks,
    first_lines,
    text_of,
)
from moothall.spend.feeds.reading import Proposal, Reading, Stamp
from moothall.spend.feeds.records import plain_records, records
from moothall.spend.feeds.tables import Table, frame_of
from moothall.spend.feeds.typed import HEAD_ROWS, propose_rows, read_table
from moothall.values.periods import Period

BATCH_ROWS = 65_536


class _Irregular(Exception):
    """The file must be read the careful way."""


def read_text(
    source: Path,
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    confirmed: Mapping | None = None,
    name: str | None = None,
    careful: bool = False,
    period: Period | None = None,
    sha256: str | None = None,
) -> Reading:
    """Read one text file into two Parquet files, lines and set-aside rows; return its Reading.

    careful : go row by row even where the fast way would do (the two agree)
    period  : the days the file covers, where a person has said so
    sha256  : of its bytes, where someone has hashed them already

    :raises CannotRead: with a sentence when the file is not payment lines in text.
    """
    name = source.name if name is None else name
    copy = lines_path.with_suffix(".utf-8")
    try:
        text = text_of(source, name, copy, sha256)
        head, warnings = _head(text, name)

        def read(table: Table) -> Reading:
            return read_table(
                table,
                stamp=stamp,
                lines_path=lines_path,
                aside_path=aside_path,
                name=name,
                sha256=text.sha256,
                confirmed=confirmed,
                period=period,
                encoding=text.encoding,
                delimiter=text.delimiter,
                warnings=warnings,
                marks_path=marks_beside(lines_path),
            )

        if not careful and not warnings:
            try:
                return read(_fast_table(text, head))
            except _Irregular:
                pass
        warnings = []
        reading = read(_careful_table(text, head, name, warnings))
        return evolve(reading, warnings=(*dict.fromkeys(warnings), *reading.warnings))
    finally:
        copy.unlink(missing_ok=True)


def propose_mapping(
    source: Path, name: str | None = None, confirmed: Mapping | None = None
) -> Proposal:
    """Return which column of a text file is which field, with doubts and ten sample rows.

    :raises CannotRead: with a sentence when the file is not payment lines in text.
    """
    name = source.name if name is None else name
    with tempfile.TemporaryDirectory() as scratch:
        text = text_of(source, name, Path(scratch) / "utf-8.txt")
        head, _ = _head(text, name)
        proposal = propose_rows(head, name=name, confirmed=confirmed)
        return evolve(proposal, encoding=text.encoding, delimiter=text.delimiter)


def rows_of_text(source: Path, name: str, warnings: list[str]) -> Iterator[Row]:
    """Each record of any text table, from the very top: (physical line, cells).

    warnings : gains a sentence for each quote that had to be read as a letter

    :raises CannotRead: with a sentence when the file is not text.
    """
    with tempfile.TemporaryDirectory() as scratch:
        text = text_of(source, name, Path(scratch) / "utf-8.txt")
        yield from records(blocks(text), text.delimiter, name, warnings)


def _head(text: Text, name: str) -> tuple[list[Row], list[str]]:
    """Return the first filled rows of a file, and what is odd about their quotes."""
    block = first_lines(text)
    warnings: list[str] = []
    rows = plain_records(block, text.delimiter, HEAD_ROWS)
    if rows is None:
        every = records(iter([block]), text.delimiter, name, warnings)
        rows = list(islice((row for row in every if any(map(str.strip, row[1]))), HEAD_ROWS))
    return rows, warnings


def _fast_table(text: Text, head: list[Row]) -> Table:
    """Return a table read in whole blocks. Its frames raise _Irregular when the proof fails."""
    width = max((len(cells) for _, cells in head), default=1)
    if text.is_one_block:
        try:
            frames = list(_fast_frames(text, width))
        except _Irregular as irregular:
            if irregular.__cause__ is None or (widest := _widest(text)) <= width:
                raise
            frames = list(_fast_frames(text, widest))
        return Table(head, lambda: iter(frames), len(frames) <= 1, text.odd_spaces)
    return Table(head, lambda: _fast_frames(text, width), False, text.odd_spaces)


def _widest(text: Text) -> int:
    """Return how many cells the longest row of a one-block file has."""
    (block,) = blocks(text)
    try:
        return max(map(len, csv.reader(io.StringIO(block.decode(), ""), delimiter=text.delimiter)))
    except (csv.Error, ValueError) as error:
        raise _Irregular from error


def _fast_frames(text: Text, width: int) -> Iterator[pl.DataFrame]:
    schema = {str(place): pl.String for place in range(width)}
    line = 1
    for block in blocks(text):
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        if not _quotes_are_regular(block, text.delimiter):
            raise _Irregular
        try:
            frame = pl.read_csv(
                block,
                has_header=False,
                schema=schema,
                separator=text.delimiter,
                row_index_name="row",
                row_index_offset=line,
                extra_columns="raise",
            )
        except pl.exceptions.PolarsError as error:
            raise _Irregular from error
        if frame.height != lines:
            raise _Irregular
        yield frame.with_columns(pl.col("row").cast(pl.Int32))
        line += lines


def _quotes_are_regular(block: bytes, delimiter: str) -> bool:
    """Return whether every quote opens at the start of a cell or closes at its end, by turns."""
    if b'"' not in block:
        return True
    characters = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(characters == ord('"'))
    if (np.diff(quotes) == 1).any():  # doubled ones are letters
        characters = np.frombuffer(block.replace(b'""', b""), dtype=np.uint8)
        quotes = np.flatnonzero(characters == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    between = ord(delimiter)
    if len(opening) and opening[0] == 0:
        opening = opening[1:]
    before = characters[opening - 1]
    if len(closing) and closing[-1] == len(characters) - 1:
        closing = closing[:-1]
    after = characters[closing + 1]
    return bool(
        ((before == between) | (before == 10)).all()
        and ((after == between) | (after == 10) | (after == 13)).all()
    )


def _careful_table(text: Text, head: list[Row], name: str, warnings: list[str]) -> Table:
    """Return a table read row by row."""
    width = max((len(cells) for _, cells in head), default=1)

    def frames() -> Iterator[pl.DataFrame]:
        batch: list[Row] = []
        for record in records(blocks(text), text.delimiter, name, warnings):
            batch.append(record)
            if len(batch) >= BATCH_ROWS:
                yield frame_of(batch, width)
                batch = []
        if batch:
            yield frame_of(batch, width)

    if text.is_one_block:
        whole = list(frames())
        return Table(head, lambda: iter(whole), len(whole) <= 1)
    return Table(head, frames, False)
