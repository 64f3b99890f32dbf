"""Where does the header of a file or sheet stand, and which column says what?"""

import re
from collections.abc import Callable, Iterator, Sequence
from statistics import median

import polars as pl
from attrs import evolve, frozen

from moothall.spend.engine.headers import Header, Row, header_in, is_data, other_dataset
from moothall.spend.engine.mapping import LOOK_ROWS, Mapping, proposed_mapping
from moothall.spend.feeds.column_rules import date_meanings, other_datasets, synonyms
from moothall.spend.feeds.reading import Asked, CannotRead

HEADER_WITHIN = 60  # filled rows; the longest preamble met has 17 lines
_NAME_SAYS_CARDS = re.compile(
    r"(?i)p-?card|purchas\w*[ _-]?card|procurement[ _-]?card"
    r"|(?<![a-z])cards?(?![a-z])|(?<![a-z])gpc"
)
ODD_SPACES = "\r\n\t\u00a0\u2028\u2029\ufeff"


@frozen
class Table:
    """The rows of one file or sheet, to be gone over as often as needed.

    head   : the first rows, blank ones left out, from the very top
    frames : each call starts again; frames have `row` (Int32) and text columns '0', '1', ...
    odd_spaces : line ends, tabs and hard spaces that may stand in its cells, one string of them
    """

    head: list[Row]
    frames: Callable[[], Iterator[pl.DataFrame]]
    is_one_frame: bool = True
    odd_spaces: str = ODD_SPACES


def frame_of(rows: Sequence[Row], width: int) -> pl.DataFrame:
    """Return rows as a frame: `row`, then `width` text columns or more, '' where a row is short."""
    width = max(width, max(len(cells) for _, cells in rows))
    numbers = pl.Series("row", [number for number, _ in rows], dtype=pl.Int32)
    if any(len(cells) != width for _, cells in rows):
        padded = [cells + [""] * (width - len(cells)) for _, cells in rows]
        columns = list(zip(*padded, strict=True))
    else:
        columns = list(zip(*(cells for _, cells in rows), strict=True))
    return pl.DataFrame(
        [numbers, *(pl.Series(str(i), cells, dtype=pl.String) for i, cells in enumerate(columns))]
    )


@frozen
class Layout:
    """How a table is laid out: its header, the first rows that are not above it, its columns."""

    header: Header
    body: list[Row]
    mapping: Mapping

    @classmethod
    def of(cls, head: Sequence[Row], asked: Asked) -> "Layout":
        """:raises CannotRead: with a sentence when the rows are not payment lines."""
        header, body = header_and_body(head)
        return cls(header, body, mapping_of(header, body, asked.name, asked.sheet, asked.confirmed))


def header_and_body(head: Sequence[Row]) -> tuple[Header, list[Row]]:
    """Return the header among the first rows, and the rows that are not above it."""
    fields = dict(synonyms())
    for kind, names in other_datasets().items():
        fields |= {f"{kind}: {name}": [name] for name in names}
    header = header_in(head[:HEADER_WITHIN], fields)
    above, rest = head[: max(header.position, 0)], head[header.position + 1 :]
    if any(is_data(cells) for _, cells in above):
        return evolve(header, is_above=False), [*above, *rest]
    return header, list(rest)


def below(frame: pl.DataFrame, header: Header) -> pl.DataFrame:
    """Return the rows of a frame that are not above its table's header."""
    if not header.is_above or not frame.height or frame.item(0, "row") > header.row:
        return frame
    rows = frame.get_column("row").to_numpy()
    return frame.slice(int(rows.searchsorted(header.row, side="right")))


def header_below(table: Table, mapping: Mapping) -> Header | None:
    """Return the header of a table that has none at the top but has one further down.

    A file that was sorted with its header has it among or below its rows.
    """
    place = str(mapping.index_of("amount"))
    for frame in table.frames():
        is_word = frame.get_column(place).str.contains("^[A-Za-z (£)]+$").fill_null(False)
        for number, *cells in frame.filter(is_word).head(100).iter_rows():
            header = header_in([(number, [cell or "" for cell in cells])], synonyms())
            if len(header.cells) > 2:
                return evolve(header, position=-1, is_above=False)
    return None


def mapping_of(
    header: Header,
    body: Sequence[Row],
    name: str,
    sheet: str | None,
    confirmed: Mapping | None,
) -> Mapping:
    """Return the mapping of a table, or refuse it with a sentence."""
    shown = name if sheet is None else f"{name}, sheet {sheet}"
    if confirmed is None and header.cells:
        other = other_dataset(header.cells, synonyms(), other_datasets())
        if other is not None:
            raise CannotRead(
                f"{shown} was not read: its columns are those of a {other}, not of payments. "
                "Load the payments file of that month instead."
            )
    mapping = proposed_mapping(
        header,
        body,
        synonyms=synonyms(),
        date_meanings=date_meanings(),
        confirmed=confirmed,
        name_says_cards=_NAME_SAYS_CARDS.search(name) is not None,
    )
    if mapping.index_of("amount") is None:
        found = ", ".join(f'"{cell.strip()}"' for cell in header.cells if cell.strip())
        fact = (
            f"none of its columns ({found}) holds amounts" if found else "no column holds amounts"
        )
        raise CannotRead(
            f"{shown} was not read: {fact}. Check that it is a payments file, or say which column "
            "is the amount."
        )
    return mapping


def typical_width(body: Sequence[Row]) -> float:
    """Return how many cells a row of this table usually fills."""
    rows = body[:: max(1, len(body) // LOOK_ROWS)]
    return median([sum(bool(cell.strip()) for cell in cells) for _, cells in rows] or [0])
