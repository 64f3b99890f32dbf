"""What does a table hold, before a page, a terminal or a file shows it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from moothall.values import wording
from moothall.values.money import Money


class Kind(StrEnum):
    """What a column holds, which says how it reads and on which side it stands."""

    TEXT = "text"
    POUNDS = "pounds"
    ESTIMATE = "estimate"  # pounds too, and not to the penny
    COUNT = "count"
    SHARE = "share"
    DATE = "date"


NUMERIC = frozenset({Kind.POUNDS, Kind.ESTIMATE, Kind.COUNT, Kind.SHARE})
Value = str | int | Decimal | Money | float | date | None


@frozen
class Column:
    """A column: `order` is its name in the address, when a reader may sort by it."""

    label: str
    kind: Kind = field(default=Kind.TEXT, converter=Kind)
    order: str = ""

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@frozen
class Cell:
    """A value that leads somewhere. `about` says what a bare "End" is about, to who hears it."""

    value: Value
    url: str = ""
    about: str = ""


@frozen
class Download:
    """The rows of a table as a file: the label names its format."""

    url: str
    label: str = "CSV"


Row = Sequence[Value | Cell]


def _columns(given: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(given)


def _rows(given: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(given)


def _downloads(given: Iterable[Download]) -> tuple[Download, ...]:
    return tuple(given)


@frozen
class Table:
    """Rows under a caption. Each row has a value, or a Cell, for each column.

    caption    names the table, for those who see it and for those who hear it
    total      a last row that adds up those above it
    ordered_by the column's `order` in force; a minus before it turns it round
    empty      what to say when there are no rows, and in `empty_next` what to do then
    """

    caption: str
    columns: tuple[Column, ...] = field(converter=_columns)
    rows: tuple[Row, ...] = field(converter=_rows)
    total: Row = ()
    ordered_by: str = ""
    order_name: str = "order"
    downloads: tuple[Download, ...] = field(default=(), converter=_downloads)
    note: str = ""
    empty: str = "There is nothing to show."
    empty_next: str = ""
    empty_url: str = ""
    empty_label: str = ""
    is_first_column_header: bool = True
    is_caption_quiet: bool = False

    @rows.validator
    def _fit_the_columns(self, _attribute: object, rows: tuple[Row, ...]) -> None:
        for number, row in enumerate(rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"Row {number} of the table '{self.caption}' has {len(row)} cells under "
                    f"{len(self.columns)} columns. Give each row one cell for each column."
                )


def shown(value: Value, kind: Kind) -> str:
    """The words that a cell of this kind shows; None is never shown as nothing."""
    if value is None:
        return wording.UNKNOWN
    if isinstance(value, str):
        return value
    if kind is Kind.POUNDS and isinstance(value, Money | Decimal | int):
        return wording.pounds(value)
    if kind is Kind.ESTIMATE and isinstance(value, Money | Decimal | int):
        return wording.pounds_in_words(value)
    if kind is Kind.COUNT and isinstance(value, int):
        return wording.whole_number(value)
    if kind is Kind.SHARE and isinstance(value, Decimal | float | int):
        return wording.percentage(value)
    if kind is Kind.DATE and isinstance(value, date):
        return wording.plain_date(value)
    return str(value)
