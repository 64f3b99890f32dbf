"""Which organisations does a register list? Each row is one, or set aside with a reason."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from attrs import frozen

from moothall.spend.engine.headers import NO_HEADER, Header, Row, header_in, plain_header
from moothall.spend.engine.register_rows import (
    Listed,
    RegisterWords,
    RowReader,
    columns_in,
    one_each,
    whole_in,
)
from moothall.spend.feeds.read_files import files_found, sha256_of
from moothall.spend.feeds.reading import CannotRead
from moothall.spend.feeds.refusals import FileKind, kind_of_path
from moothall.spend.feeds.text import rows_of_text
from moothall.spend.feeds.workbooks import sheets_of_workbook

HEADER_WITHIN = 60  # rows from the top among which the header is looked for
MOST_ROWS = 1_000_000  # a larger register is of a whole country, and slows every answer
LONGEST_CELL = 500


@frozen
class Aside:
    """A row that is no entry of its own, and why."""

    row: int
    reason: str  # no_name, repeated_header, repeated_organisation
    sentence: str
    cells: tuple[str, ...]
    sheet: str | None = None


@frozen
class RegisterReading:
    """What reading one register gave. rows_read is rows_kept and rows_set_aside together.

    columns : field -> the header that was taken for it
    whole   : flags that hold for every organisation of it
    """

    file: str
    sha256: str
    entries: tuple[Listed, ...]
    aside: tuple[Aside, ...]
    rows_read: int
    rows_blank: int
    columns: dict[str, str]
    whole: frozenset[str]
    warnings: tuple[str, ...] = ()

    @property
    def rows_kept(self) -> int:
        return len(self.entries)

    @property
    def rows_set_aside(self) -> int:
        return len(self.aside)

    @property
    def reasons(self) -> dict[str, int]:
        return dict(Counter(row.reason for row in self.aside))


def read_register(
    path: Path, *, words: RegisterWords, whole: Collection[str] = (), name: str | None = None
) -> RegisterReading:
    """Read a register from CSV, a workbook, or an archive that holds one of these.

    whole : flags (is_mutual…) that whoever loads it says hold for every organisation

    :raises CannotRead: with a sentence when no organisations can be read from it.
    """
    shown = name or path.name
    reading: RegisterReading | None = None
    with tempfile.TemporaryDirectory() as scratch:
        for found in files_found(path, scratch=Path(scratch), is_payments=False):
            if found.refusal or found.path is None:
                raise CannotRead(found.refusal or f"{shown} was not read.")
            if reading is not None:
                raise CannotRead(
                    f"{shown} was not read: it holds several files, and a register is one. "
                    "Unpack it and load the one with the organisations."
                )
            reading = _reading(found.path, shown, sha256_of(path), words, frozenset(whole))
    if reading is None:
        raise CannotRead(f"{shown} was not read: there is no file in it. Give the register itself.")
    return reading


def _reading(
    path: Path, shown: str, sha256: str, words: RegisterWords, whole: frozenset[str]
) -> RegisterReading:
    warnings: list[str] = []
    if kind_of_path(path) is FileKind.WORKBOOK:
        refusal = CannotRead(f"{shown} was not read: it has no sheet with rows in it.")
        with sheets_of_workbook(path, shown, warnings) as sheets:
            for sheet in sheets:
                rows = (row for batch in sheet.batches for row in batch)
                try:
                    return _read(rows, shown, sha256, words, whole, warnings, sheet.name)
                except CannotRead as no_register:
                    refusal = no_register
        raise refusal
    return _read(rows_of_text(path, shown, warnings), shown, sha256, words, whole, warnings, None)


def _read(
    rows: Iterable[Row],
    shown: str,
    sha256: str,
    words: RegisterWords,
    whole: frozenset[str],
    warnings: list[str],
    sheet: str | None,
) -> RegisterReading:
    rows = iter(rows)
    head = _first(rows)
    header = header_in(head, words.columns)
    if header.row == 0:
        header = _header_of_names(head, words)
    columns = columns_in(header.cells, words)
    if "name" not in columns:
        first = "; ".join(cell for cell in (head[0][1] if head else ()) if cell.strip())[:120]
        raise CannotRead(
            f"{shown} was not read: none of its first rows heads a column of organisations (the "
            f"first row is: {first or 'blank'}). Give it a header such as “Organisation name, "
            "Company number, Postcode”."
        )
    whole = whole | whole_in(header.cells, words)
    reader = RowReader(columns=columns, whole=whole, words=words, header=header.cells)
    listed: list[Listed] = []
    cells_of: dict[int, tuple[str, ...]] = {}
    aside: list[Aside] = []
    rows_read = rows_blank = 0
    for number, cells in _below(head[header.position + 1 :], rows):
        if not any(cell.strip() for cell in cells):
            rows_blank += 1
            continue
        rows_read += 1
        if rows_read > MOST_ROWS:
            raise CannotRead(
                f"{shown} was not read: it lists more than {MOST_ROWS:,} organisations. Cut it "
                "down to those of your region, and load that."
            )
        kept = tuple(cell[:LONGEST_CELL] for cell in cells)
        if reader.is_header(cells):
            said = "The header is repeated on this row, which lists nobody."
            aside.append(Aside(number, "repeated_header", said, kept, sheet))
        elif (organisation := reader.listed(number, cells, sheet)) is None:
            said = f"The column “{header.cells[columns['name']].strip()}” names nobody on this row."
            aside.append(Aside(number, "no_name", said, kept, sheet))
        else:
            listed.append(organisation)
            cells_of[number] = kept
    entries, again = one_each(listed)
    aside += [
        Aside(
            row.row,
            "repeated_organisation",
            f"This row lists the organisation of row {first.row} again; the two are one entry.",
            cells_of[row.row],
            sheet,
        )
        for row, first in again
    ]
    if not entries:
        raise CannotRead(f"{shown} was not read: below its header it lists nobody.")
    return RegisterReading(
        file=shown,
        sha256=sha256,
        entries=tuple(entries),
        aside=tuple(sorted(aside, key=lambda each: each.row)),
        rows_read=rows_read,
        rows_blank=rows_blank,
        columns={name: header.cells[place].strip() for name, place in columns.items()},
        whole=whole,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _header_of_names(head: Iterable[Row], words: RegisterWords) -> Header:
    """The first filled row, where it heads organisations' names and nothing else known here.

    A column called just “name” is not enough: it may hold people.
    """
    for position, (row, cells) in enumerate(head):
        if any(cell.strip() for cell in cells):
            place = columns_in(cells, words).get("name")
            if place is not None and plain_header(cells[place]) != "name":
                return Header(position, row, tuple(cells))
            return NO_HEADER
    return NO_HEADER


def _first(rows: Iterator[Row]) -> list[Row]:
    head: list[Row] = []
    for row in rows:
        head.append(row)
        if len(head) == HEADER_WITHIN:
            break
    return head


def _below(head: Iterable[Row], rows: Iterable[Row]) -> Iterator[Row]:
    yield from head
    yield from rows
