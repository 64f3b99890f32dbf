"""Where is the header of a published file, and what do its cells say in plain form?"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from attrs import frozen

from moothall.spend.engine.amounts import REGULAR, amount_read
from moothall.spend.engine.dates import date_read

Row = tuple[int, list[str]]  # physical row number from 1, cells as published

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
PLAIN_NUMBER = re.compile(REGULAR)


@lru_cache(maxsize=65536)
def plain_header(cell: str) -> str:
    """Return a header cell in plain form: 'Net Amount(£)' and 'NetAmount' are 'net amount'.

    Pound signs vanish however they were damaged, since no letter or digit is left of them;
    the DOS pound read as cp1252 ('œ') is not a letter of ours either.
    """
    apart = _CAMEL.sub(" ", cell.replace("\ufeff", "").replace("ï»¿", ""))
    return _NOT_WORDS.sub(" ", apart.lower()).strip()


def plain_headers(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain_header(cell) for cell in cells)


@frozen
class Header:
    """The row that names the columns.

    position : place among the rows looked at; -1 when there is none
    row      : its physical row; 0 when there is none
    cells    : as published
    is_above : whether it stands above the rows; a file once sorted has it among or below them
    """

    position: int
    row: int
    cells: tuple[str, ...]
    is_above: bool = True


NO_HEADER = Header(-1, 0, ())


def header_in(rows: Sequence[Row], synonyms: Mapping[str, Sequence[str]]) -> Header:
    """Return the header among the first rows of a file, wherever the preamble ends.

    rows     : the first rows, with their physical row numbers
    synonyms : field -> plain headers that publishers use for it

    The header is the row whose cells name the most different fields, at least two; a row with
    amounts or dates in it is data. The first such row wins. A file without one has NO_HEADER.
    """
    best, best_named = NO_HEADER, 1
    known = {name: field for field, names in reversed(list(synonyms.items())) for name in names}
    for position, (row, cells) in enumerate(rows):
        if any(map(PLAIN_NUMBER.match, cells)):  # data: there is no need to read its words
            continue
        fields = {known[plain] for cell in cells if (plain := plain_header(cell)) in known}
        if len(fields) <= best_named:
            continue
        if any(_is_value(cell) for cell in cells):
            continue
        best, best_named = Header(position, row, tuple(cells)), len(fields)
    return best


def is_data(cells: Sequence[str]) -> bool:
    """Return whether a row is plainly a payment: three cells, a date and an amount among them."""
    filled = [text for cell in cells if (text := cell.strip())]
    dates = sum("0" <= text[0] <= "9" and date_read(text) is not None for text in filled)
    amounts = sum(amount_read(text)[0] is not None for text in filled)
    return len(filled) >= 3 and dates >= 1 and amounts >= 1


def _is_value(cell: str) -> bool:
    text = cell.strip()
    if not text or not any(character.isdigit() for character in text):
        return False
    return amount_read(text)[0] is not None or date_read(text) is not None


def other_dataset(
    cells: Sequence[str],
    synonyms: Mapping[str, Sequence[str]],
    other_datasets: Mapping[str, Sequence[str]],
) -> str | None:
    """Return which other kind of dataset a header belongs to, or None when it may be payments.

    Another kind is recognised by at least three of its columns where a payment's own
    (a date it was paid or posted, an amount, a supplier) are not all there, or by twice as many
    of its columns as payment columns.
    """
    plains = {plain for cell in cells if (plain := plain_header(cell))}

    def named(field: str) -> bool:
        return not plains.isdisjoint(synonyms[field])

    is_whole_payment = named("paid_on") and named("amount") and named("supplier_name")
    known = {name for names in synonyms.values() for name in names}
    payment_columns = len(plains & known)
    for kind, names in other_datasets.items():
        theirs = len(plains & set(names))
        if theirs >= 3 and (not is_whole_payment or theirs >= 2 * payment_columns):
            return kind
    return None
