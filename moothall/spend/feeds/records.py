"""Which records does a text have, row by row, where some quotes are never closed?"""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from moothall.spend.engine.amounts import amount_read
from moothall.spend.engine.headers import Row
from moothall.spend.feeds.encodings import RECORD_BYTES

SWALLOWED_LINES = 50  # a quoted cell over more lines than this has an unclosed quote

csv.field_size_limit(RECORD_BYTES)


class _Swallowed(Exception):
    """A quoted cell has gone on for too many lines."""


def records(
    blocks: Iterator[bytes], delimiter: str, name: str, warnings: list[str]
) -> Iterator[Row]:
    """Yield each record with the physical line on which it begins.

    A quote that never closes, or closes only by swallowing rows of the usual width, is read as a
    letter: the rows come out and a warning says so.
    """
    lines = _Lines(blocks, name)
    reader = csv.reader(lines, delimiter=delimiter)
    widths: Counter[int] = Counter()
    while True:
        lines.record.clear()
        start = lines.number + 1
        try:
            cells = next(reader)
            is_literal = len(lines.record) > 1 and _has_swallowed(lines, cells, delimiter, widths)
        except StopIteration:
            return
        except (_Swallowed, csv.Error):
            cells, is_literal = [], True
        if is_literal:
            first = lines.put_back()
            cells = next(csv.reader([first], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
            reader = csv.reader(lines, delimiter=delimiter)
            warnings.append(
                f"The quote on line {start} is never closed; it was read as a letter of its cell."
            )
        widths[len(cells)] += 1
        yield start, cells


def plain_records(block: bytes, delimiter: str, most: int) -> list[Row] | None:
    """Return the first filled records of a block, or None where one takes several lines."""
    lines = block.decode("utf-8").split("\n", 2 * most)
    if len(lines) > 2 * most:
        lines.pop()
    reader = csv.reader(lines, delimiter=delimiter)
    filled: list[Row] = []
    for number, cells in enumerate(reader, start=1):
        if reader.line_num != number:
            return None
        if any(map(str.strip, cells)):
            filled.append((number, cells))
            if len(filled) == most:
                break
    return filled


class _Lines:
    """The lines of a file one by one, counting, and keeping those of the record in hand."""

    def __init__(self, blocks: Iterator[bytes], name: str) -> None:
        self.source = (
            line for block in blocks for line in io.StringIO(block.decode("utf-8"), newline="\n")
        )
        self.name = name
        self.number = 0
        self.again: list[str] = []
        self.record: list[str] = []
        self.is_over = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.again:
            line = self.again.pop()
        else:
            try:
                line = next(self.source)
            except StopIteration:
                self.is_over = True
                raise
        self.number += 1
        self.record.append(line)
        if len(self.record) > SWALLOWED_LINES + 1 or (
            len(self.record) > 1 and sum(map(len, self.record)) > RECORD_BYTES
        ):
            raise _Swallowed
        return line

    def put_back(self) -> str:
        """Keep the first line of the record in hand, give the others out again."""
        first, *others = self.record
        self.again.extend(reversed(others))
        self.number -= len(others)
        self.is_over = False
        return first


def _has_swallowed(lines: _Lines, cells: list[str], delimiter: str, widths: Counter[int]) -> bool:
    """Return whether a record of several lines is really several rows behind an unclosed quote.

    It is when the file ends inside the quote, or when every one of its lines has by itself an
    amount and the usual number of cells: the lines of a true cell of several lines do not.
    """
    if lines.is_over and sum(line.count('"') for line in lines.record) % 2:
        return True
    usual = widths.most_common(1)[0][0] if widths else len(cells)
    if usual < 2:
        return False
    split = csv.reader(lines.record, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return all(
        len(row) == usual and any(amount_read(cell)[0] is not None for cell in row) for row in split
    )
