"""What payment lines does one published text file (CSV, TSV) hold?

Two ways lead to the same lines. The careful way goes row by row and reads any file. The fast way
reads whole blocks, and only of files proven regular: each block has as many records as lines, no
row of a file of many blocks is longer than the widest at its top, and every quote opens at a cell's
start and closes at its end.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
from attrs import evolve, frozen

from moothall.spend.engine.headers import Row
from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.cells import Cells, Typed
from moothall.spend.feeds.encodings import (
    Text,
    blocks,
    line_feeds_in,
    text_of,
)
from moothall.spend.feeds.reading import Asked, CannotRead, Proposal, Reading
from moothall.spend.feeds.records import plain_records, records
from moothall.spend.feeds.tables import Layout, Table, frame_of
from moothall.spend.feeds.typed import HEAD_ROWS, cells_of, propose_rows, read_table, read_whole

BATCH_ROWS = 65_536


class _Irregular(Exception):
    """The file must be read the careful way."""


@frozen
class _Opened:
    """A text file whose top has been read, and whose columns are known."""

    place: int  # among the files asked for
    asked: Asked
    text: Text
    head: list[Row]
    layout: Layout
    has_odd_quotes: bool

    @property
    def width(self) -> int:
        return max((len(cells) for _, cells in self.head), default=1)

    @property
    def likeness(self) -> Hashable:
        """What files share that may be read as one frame; a file to be read alone has its own."""
        text = self.text
        is_regular = not self.has_odd_quotes and self.layout.header.cells and text.is_one_block
        if not is_regular or not _has_a_record_a_line(text.whole, text.delimiter):
            return self.place
        mapping = self.layout.mapping
        places = frozenset((name, column.index) for name, column in mapping.columns.items())
        body = self.asked.stamp.body_id
        return places, mapping.kind, self.width, text.delimiter, text.odd_spaces, body


def read_texts(files: Sequence[Asked], *, careful: bool = False) -> list[Reading | CannotRead]:
    """Read text files, each into two Parquet files, lines and set-aside rows.

    Files of one layout are read as one frame: small ones take half the time so.

    careful : go row by row even where the fast way would do (the two agree)

    :returns: for each file its Reading, or the sentence why it is not payment lines in text.
    """
    told: dict[int, Reading | CannotRead] = {}
    alike: dict[Hashable, list[_Opened]] = {}
    copies = [asked.lines_path.with_suffix(".utf-8") for asked in files]
    try:
        for place, (asked, copy) in enumerate(zip(files, copies, strict=True)):
            try:
                opened = _opened(place, asked, copy)
            except CannotRead as refusal:
                told[place] = refusal
                continue
            is_alone = careful or len(files) == 1
            alike.setdefault(place if is_alone else opened.likeness, []).append(opened)
        while alike:
            _, group = alike.popitem()
            for opened, read in _ways_to_read(group, careful):
                try:
                    told[opened.place] = read()
                except CannotRead as refusal:
                    told[opened.place] = refusal
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)
    return [told[place] for place in range(len(files))]


def _ways_to_read(
    group: list[_Opened], careful: bool
) -> Iterator[tuple[_Opened, Callable[[], Reading]]]:
    """Yield how to read each file of a group: as part of one frame, or by itself."""
    parts: Sequence[Typed | None] = [None] * len(group)
    first = group[0]
    cells = cells_of(first.layout, first.text.odd_spaces, first.asked.stamp.body_id)
    if len(group) > 1:
        with suppress(_Irregular):
            parts = _read_together(group, cells)
    for opened, part in zip(group, parts, strict=True):
        if part is None:
            yield opened, partial(_read_alone, opened, careful)
        else:
            yield opened, partial(read_whole, part, opened.asked, opened.layout, cells.rounded)


def _read_together(group: list[_Opened], cells: Cells) -> list[Typed]:
    """Return the rows below the header of each file of one layout, all read as one frame."""
    wholes = [opened.text.whole for opened in group]
    joined = b"".join(block if block.endswith(b"\n") else block + b"\n" for block in wholes)
    frame = _fast_frame(joined, group[0].width, group[0].text.delimiter)
    heights = [_lines_in(block) for block in wholes]
    rows = np.concatenate([np.arange(1, height + 1, dtype=np.int32) for height in heights])
    typed = cells.typed(frame.with_columns(pl.Series("row", rows)))
    parts, start = [], 0
    for opened, height in zip(group, heights, strict=True):
        header = opened.layout.header
        above = header.row if header.is_above else 0
        parts.append(typed.slice(start + above, height - above))
        start += height
    return parts


def _read_alone(opened: _Opened, careful: bool) -> Reading:
    """Read one text file, the fast way where it may."""
    layout, asked = opened.layout, opened.asked
    if not careful and not opened.has_odd_quotes:
        try:
            return read_table(_fast_table(opened), layout, asked)
        except _Irregular:
            pass
    warnings: list[str] = []
    reading = read_table(_careful_table(opened, warnings), layout, asked)
    return evolve(reading, warnings=(*dict.fromkeys(warnings), *reading.warnings))


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


def _opened(place: int, asked: Asked, copy: Path) -> _Opened:
    """:raises CannotRead: with a sentence when it is not text, or its columns are not payments."""
    text = text_of(asked.path, asked.name, copy, asked.sha256)
    head, warnings = _head(text, asked.name)
    asked = evolve(asked, sha256=text.sha256, encoding=text.encoding, delimiter=text.delimiter)
    return _Opened(place, asked, text, head, Layout.of(head, asked), bool(warnings))


def _head(text: Text, name: str) -> tuple[list[Row], list[str]]:
    """Return the first filled rows of a file, and what is odd about their quotes."""
    warnings: list[str] = []
    rows = plain_records(text.top, text.delimiter, HEAD_ROWS)
    if rows is None:
        every = records(iter([text.top]), text.delimiter, name, warnings)
        rows = list(islice((row for row in every if any(map(str.strip, row[1]))), HEAD_ROWS))
    return rows, warnings


def _fast_table(opened: _Opened) -> Table:
    """Return a table read in whole blocks. Its frames raise _Irregular when the proof fails."""
    text, width = opened.text, opened.width
    if text.is_one_block:
        try:
            frames = list(_fast_frames(text, width))
        except _Irregular as irregular:
            if irregular.__cause__ is None or (widest := _widest(text)) <= width:
                raise
            frames = list(_fast_frames(text, widest))
        return Table(opened.head, lambda: iter(frames), len(frames) <= 1, text.odd_spaces)
    return Table(opened.head, lambda: _fast_frames(text, width), False, text.odd_spaces)


def _widest(text: Text) -> int:
    """Return how many cells the longest row of a one-block file has."""
    try:
        rows = csv.reader(io.StringIO(text.whole.decode(), ""), delimiter=text.delimiter)
        return max(map(len, rows))
    except (csv.Error, ValueError) as error:
        raise _Irregular from error


def _lines_in(block: bytes) -> int:
    return line_feeds_in(block) + (not block.endswith(b"\n"))


def _fast_frames(text: Text, width: int) -> Iterator[pl.DataFrame]:
    line = 1
    for block in blocks(text):
        if not _quotes_are_regular(block, text.delimiter):
            raise _Irregular
        frame = _fast_frame(block, width, text.delimiter, line)
        yield frame
        line += frame.height


def _fast_frame(block: bytes, width: int, delimiter: str, line: int = 1) -> pl.DataFrame:
    """Return a block of regular quotes as a frame, if it has a record a line.

    line : the number of its first
    """
    try:
        frame = pl.read_csv(
            block,
            has_header=False,
            schema={str(place): pl.String for place in range(width)},
            separator=delimiter,
            row_index_name="row",
            row_index_offset=line,
            extra_columns="raise",
        )
    except pl.exceptions.PolarsError as error:
        raise _Irregular from error
    if frame.height != _lines_in(block):
        raise _Irregular
    return frame.with_columns(pl.col("row").cast(pl.Int32))


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


def _has_a_record_a_line(block: bytes, delimiter: str) -> bool:
    """Return whether no cell goes on over a line's end."""
    if b'"' not in block:
        return True
    characters = np.frombuffer(block, dtype=np.uint8)
    quotes, ends = (np.flatnonzero(characters == mark) for mark in (ord('"'), ord("\n")))
    within = np.searchsorted(quotes, ends) % 2
    return _quotes_are_regular(block, delimiter) and not within.any()


def _careful_table(opened: _Opened, warnings: list[str]) -> Table:
    """Return a table read row by row."""
    text, width, name = opened.text, opened.width, opened.asked.name

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
        return Table(opened.head, lambda: iter(whole), len(whole) <= 1)
    return Table(opened.head, frames, False)
