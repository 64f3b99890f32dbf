"""Which column of a published file is which field of a payment line?

Neither the header nor the values decide alone: a column called an id may hold names, and a column
called a body's name holds the publisher.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from functools import cached_property, lru_cache
from typing import Any

from attrs import evolve, frozen

from moothall.spend.engine.amounts import amount_read
from moothall.spend.engine.dates import date_read
from moothall.spend.engine.headers import NO_HEADER, PLAIN_NUMBER, Header, Row, plain_header

FIELDS = (
    "paid_on",
    "amount",
    "irrecoverable_vat",
    "supplier_name",
    "supplier_ref",
    "vat_number",
    "company_number",
    "charity_number",
    "department",
    "service",
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
    "transaction_ref",
    "capital_revenue",
    "is_card",
    "invoice_number",
    "invoice_date",
    "received_date",
    "vat",
    "gross",
    "purchase_order",
    "cost_centre",
)
LOOK_ROWS = 72  # enough to tell a column's kind, spread over the rows given
NUMBER_FIELDS = ("supplier_ref", "vat_number", "company_number", "charity_number")
_MONEY = {"amount", "irrecoverable_vat", "vat", "gross"}
_DATES = {"paid_on", "invoice_date", "received_date"}
_WORDY = {"department", "service", "purpose", "category_text"}  # any values will do, words best
_MAY_SHARE = {"invoice_date": "paid_on", "gross": "amount", "sercop": "service"}
_ORDER = (
    "amount",
    "paid_on",
    "supplier_name",
    *(name for name in FIELDS[2:] if name != "supplier_name"),
)

_COMPANY_WORD = re.compile(
    r"\b(?:ltd|limited|plc|llp|council|trust|services?|group|uk|co|company|solutions?|association|school|cic)\b",
    re.IGNORECASE,
)
_WORDS_OF_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_].*[^\W\d_]", re.DOTALL)
_PLAIN_POUNDS = re.compile(r"-?(?:\d{1,4}|\d{6,15})\.\d{1,2}")  # no way of writing a day
_DIGIT, _APART = re.compile(r"\d"), re.compile(r"[/\-. ]")
_PENNIES = re.compile(r"\.\d{1,2}\D*$")
_URL = re.compile(r"\s*https?://", re.IGNORECASE)
_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9_/.\-]*", re.IGNORECASE)


@frozen
class Column:
    """One column of a file: its place from the left, from 0, and its header as published."""

    index: int
    header: str


@frozen
class Mapping:
    """Where each field of a payment line stands in one file.

    columns     : field -> Column, for the fields found
    headers     : every header cell of the file, as published; empty when the file has none
    header_row  : physical line on which the header stands, from 1; 0 when the file has none
    date_meaning: 'paid' | 'posted' | 'cleared' | 'invoiced' | 'unknown'
    kind        : 'spend' | 'cards' | 'ap_extract'
    doubts      : sentences for a person to read before confirming
    """

    columns: dict[str, Column]
    headers: tuple[str, ...] = ()
    header_row: int = 0
    date_meaning: str = "unknown"
    kind: str = "spend"
    doubts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The mapping as plain data, for the record of a load and for a person's confirmation."""
        columns = {name: [column.index, column.header] for name, column in self.columns.items()}
        return {
            "columns": columns,
            "headers": list(self.headers),
            "header_row": self.header_row,
            "date_meaning": self.date_meaning,
            "kind": self.kind,
            "doubts": list(self.doubts),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Mapping":
        """Build the mapping that `as_json` wrote."""
        columns = {name: Column(*pair) for name, pair in document["columns"].items()}
        return cls(**{**document, "columns": columns, "headers": tuple(document["headers"])})

    def index_of(self, name: str) -> int | None:
        """Return the place of a field's column, or None when the file has no such column."""
        column = self.columns.get(name)
        return None if column is None else column.index


class Look:
    """What the values of one column look like, as shares (0-1) of its filled cells.

    Each share is worked out when it is first asked for: most columns are told by their header,
    and one or two looks settle the rest.
    """

    def __init__(self, rows: Sequence[Row], place: int) -> None:
        self._rows, self._place = rows, place

    @cached_property
    def texts(self) -> Counter[str]:
        """The cells of the sample that are not blank: text -> number of rows."""
        place = self._place
        cells = (cells[place] for _, cells in self._rows if place < len(cells))
        return Counter(text for cell in cells if (text := cell.strip()))

    @cached_property
    def filled(self) -> int:
        return self.texts.total()

    def share(self, looks_so: Callable[[str], bool]) -> float:
        looking_so = sum(rows for text, rows in self.texts.items() if looks_so(text))
        return looking_so / self.filled if self.texts else 0.0

    @cached_property
    def amounts(self) -> float:
        return self.share(_is_amount)

    @cached_property
    def pennies(self) -> float:
        return self.share(lambda text: _PENNIES.search(text) is not None and _is_amount(text))

    @cached_property
    def dates(self) -> float:
        return self.share(_is_date)

    @cached_property
    def words(self) -> float:
        return self.share(
            lambda text: (
                _WORDS_OF_LETTERS.search(text) is not None
                and not _URL.match(text)
                and not _is_date(text)
            )
        )

    @cached_property
    def codes(self) -> float:
        return self.share(lambda text: _CODE.fullmatch(text) is not None)

    @cached_property
    def urls(self) -> float:
        return self.share(lambda text: _URL.match(text) is not None)

    @cached_property
    def companies(self) -> float:
        return self.share(lambda text: _COMPANY_WORD.search(text) is not None)

    @cached_property
    def distinct(self) -> float:
        return len(self.texts) / self.filled if self.texts else 0.0

    @cached_property
    def spaces(self) -> float:
        return self.share(lambda text: " " in text)


@lru_cache(maxsize=65536)
def _is_amount(text: str) -> bool:
    if PLAIN_NUMBER.match(text):
        return True
    return _DIGIT.search(text) is not None and len(text) < 40 and amount_read(text)[0] is not None


@lru_cache(maxsize=65536)
def _is_date(text: str) -> bool:
    return (
        len(text) < 60
        and _DIGIT.search(text) is not None
        and _APART.search(text) is not None
        and _PLAIN_POUNDS.fullmatch(text) is None
        and date_read(text) is not None
    )


def proposed_mapping(
    header: Header,
    rows: Sequence[Row],
    *,
    synonyms: Dictionary[str, Sequence[str]],
    date_meanings: Dictionary[str, Sequence[str]],
    confirmed: Mapping | None = None,
    name_says_cards: bool = False,
) -> Mapping:
    """Return which column is which field, with every doubt as a sentence.

    rows      : a sample of the rows below the header
    confirmed : what a person confirmed before for this body; it wins wherever its headers stand

    The result may lack an amount; the caller refuses such a file.
    """
    width = max([len(header.cells), *(len(cells) for _, cells in rows)], default=0)
    rows = rows[:: max(1, len(rows) // LOOK_ROWS)]
    headers = tuple(header.cells) + ("",) * (width - len(header.cells))
    looks = [Look(rows, place) for place in range(width)]
    doubts: list[str] = []
    if confirmed is not None and (places := _confirmed_columns(confirmed, header, headers)):
        found = places
    elif header == NO_HEADER:
        found = _by_looks(looks)
        doubts.append(
            "The file has no header: its columns were told apart by their values alone. Check them."
        )
    else:
        found = _by_header(headers, looks, synonyms, doubts)
    columns = {
        name: Column(found[name], headers[found[name]] if header.cells else "")
        for name in FIELDS
        if name in found
    }
    mapping = Mapping(
        columns=columns,
        headers=tuple(header.cells),
        header_row=header.row,
        date_meaning=_date_meaning(columns.get("paid_on"), date_meanings),
        kind=_kind(columns, headers, name_says_cards),
        doubts=tuple(doubts),
    )
    if confirmed is not None and set(found) == set(confirmed.columns):
        return evolve(mapping, date_meaning=confirmed.date_meaning, kind=confirmed.kind)
    return mapping


def _confirmed_columns(
    confirmed: Mapping, header: Header, headers: Sequence[str]
) -> dict[str, int] | None:
    """Return the confirmed columns where they stand in this file, or None when one is missing."""
    if not confirmed.headers:
        fits = not header.cells and all(
            column.index < len(headers) for column in confirmed.columns.values()
        )
        return {name: column.index for name, column in confirmed.columns.items()} if fits else None
    if tuple(map(plain_header, confirmed.headers)) == tuple(map(plain_header, header.cells)):
        return {name: column.index for name, column in confirmed.columns.items()}
    plains = [plain_header(cell) for cell in headers]
    places: dict[str, int] = {}
    for name, column in confirmed.columns.items():
        plain = plain_header(column.header)
        if not plain or plains.count(plain) != 1:
            return None
        places[name] = plains.index(plain)
    return places


def _by_header(
    headers: Sequence[str],
    looks: Sequence[Look],
    synonyms: Dictionary[str, Sequence[str]],
    doubts: list[str],
) -> dict[str, int]:
    plains = [plain_header(cell) for cell in headers]
    found: dict[str, int] = {}
    for name in _ORDER:
        names = list(synonyms[name])
        candidates = [
            (names.index(plain), index)
            for index, plain in enumerate(plains)
            if plain in names and not _is_taken(index, name, found)
        ]
        if len(candidates) == 1 and name in _WORDY:  # nothing to choose: look at no cell
            found[name] = candidates[0][1]
            continue
        fitting = [
            (-_fit(name, looks[index]), rank, index)
            for rank, index in candidates
            if _fit(name, looks[index]) > 0
        ]
        if name == "supplier_name" and fitting:
            fitting = _publisher_aside(fitting, looks)
        if fitting:
            found[name] = min(fitting)[2]
        elif candidates and name in ("amount", "paid_on", "supplier_name"):
            index = min(candidates)[1]
            if looks[index].filled == 0:
                if name != "supplier_name":
                    found[name] = index
            else:
                doubts.append(
                    f'The column "{headers[index].strip()}" is named like the {_WORDS[name]}, '
                    "but its values are not. It was left out."
                )
    for name in ("amount", "paid_on", "supplier_name"):
        if name not in found:
            _look_for(name, headers, looks, found, doubts)
    _fill_gaps(found)
    return found


_WORDS = {"amount": "amount", "paid_on": "date", "supplier_name": "supplier"}


def _is_taken(index: int, name: str, found: Dictionary[str, int]) -> bool:
    return any(
        place == index and _MAY_SHARE.get(name) != other for other, place in found.items()
    ) or (name in _MAY_SHARE and found.get(_MAY_SHARE[name]) == index)


def _fit(name: str, look: Look) -> int:
    """Return how well a column's values suit a field: 0 not at all, 2 well."""
    if look.filled == 0:
        return 0 if name in ("supplier_name", "amount", "paid_on") else 1
    if name in _MONEY:
        if look.dates > 0.5 or look.urls > 0.5:
            return 0
        if name == "amount":
            return 2 if look.amounts >= 0.5 else 0
        return 1 if look.amounts >= 0.5 or look.words + look.companies > 0.5 else 0
    if name in _DATES:
        if look.dates >= 0.5:
            return 2
        return 1 if look.amounts >= 0.5 and look.pennies < 0.5 and look.urls == 0 else 0
    if name == "supplier_name":
        if look.urls > 0.3 or look.words < 0.4:
            return 0
        return 2
    if name == "supplier_ref":
        return 2 if look.spaces < 0.5 and look.urls < 0.5 and look.dates < 0.5 else 0
    if name in _WORDY:
        return 2 if look.urls < 0.5 and look.words >= 0.3 else 1
    if name == "capital_revenue":
        return 2 if look.distinct < 0.5 or look.filled < 10 else 0
    return 2 if look.dates < 0.5 else 0


def _publisher_aside(
    fitting: list[tuple[int, int, int]], looks: Sequence[Look]
) -> list[tuple[int, int, int]]:
    """Return the candidates without a column of one name all the way down, if others vary."""
    varied = [
        candidate
        for candidate in fitting
        if looks[candidate[2]].filled < 5
        or looks[candidate[2]].distinct * looks[candidate[2]].filled > 1.5
    ]
    return varied or fitting


def _look_for(
    name: str,
    headers: Sequence[str],
    looks: Sequence[Look],
    found: dict[str, int],
    doubts: list[str],
) -> None:
    """Find a field by its values alone, where no header names it."""
    free = [index for index in range(len(looks)) if index not in found.values()]
    if name == "amount":
        choices = [i for i in free if looks[i].amounts >= 0.9 and looks[i].pennies >= 0.3]
        choices = [i for i in choices if "vat" not in plain_header(headers[i])]
    elif name == "paid_on":
        choices = [i for i in free if looks[i].dates >= 0.8]
    else:
        choices = [
            i
            for i in free
            if looks[i].words >= 0.6 and looks[i].companies >= 0.15 and looks[i].distinct >= 0.02
        ]
        choices.sort(key=lambda i: -looks[i].companies)
    if not choices:
        if name != "amount":
            doubts.append(f"No column of this file looks like the {_WORDS[name]}.")
        return
    found[name] = choices[0]
    doubts.append(
        f'No column is named like the {_WORDS[name]}; the column "{headers[choices[0]].strip()}" '
        "was taken for its values. Check it."
    )


def _fill_gaps(found: dict[str, int]) -> None:
    """A file with one level of organisation calls it a service as often as a department."""
    if "department" not in found and "service" in found and "sercop" not in found:
        found["department"] = found.pop("service")


def _by_looks(looks: Sequence[Look]) -> dict[str, int]:
    """Return the columns of a file without a header, told apart by their values."""
    found: dict[str, int] = {}
    indexes = range(len(looks))
    dates = [i for i in indexes if looks[i].dates >= 0.8]
    if dates:
        found["paid_on"] = max(dates, key=lambda i: looks[i].filled)
    money = [
        i
        for i in indexes
        if i not in found.values() and looks[i].amounts >= 0.9 and looks[i].pennies >= 0.5
    ]
    if money:
        found["amount"] = max(money, key=lambda i: (looks[i].filled, i))
    texts = [
        i
        for i in indexes
        if i not in found.values() and looks[i].words >= 0.6 and looks[i].filled >= 1
    ]
    fullest = max((looks[i].filled for i in texts), default=0)
    texts = [i for i in texts if looks[i].filled * 2 >= fullest]
    if texts:
        supplier = max(texts, key=lambda i: (round(looks[i].companies, 1), looks[i].distinct))
        found["supplier_name"] = supplier
        texts.remove(supplier)
    groups = sorted(texts, key=lambda i: looks[i].distinct)
    for name in ("department", "service"):
        if len(groups) > 1 and looks[groups[0]].distinct < 0.5:
            found[name] = groups.pop(0)
    if groups:
        found["purpose"] = max(groups, key=lambda i: looks[i].distinct)
    codes = [
        i
        for i in indexes
        if i not in found.values()
        and looks[i].codes >= 0.8
        and looks[i].distinct > 0.3
        and looks[i].pennies < 0.5
    ]
    if codes:
        found["transaction_ref"] = max(codes, key=lambda i: looks[i].distinct)
    return found


def _date_meaning(column: Column | None, date_meanings: Dictionary[str, Sequence[str]]) -> str:
    if column is None:
        return "unknown"
    words = set(plain_header(column.header).split())
    for meaning, marks in date_meanings.items():
        if words & set(marks) and not (
            meaning == "posted" and "invoice" in words and "gl" not in words
        ):
            return meaning
    return "unknown"


def _kind(columns: Dictionary[str, Column], headers: Sequence[str], name_says_cards: bool) -> str:
    has = columns.__contains__
    extras = sum(
        has(name) for name in ("received_date", "vat", "gross", "purchase_order", "cost_centre")
    )
    if has("invoice_number") and has("invoice_date") and extras >= 2:
        return "ap_extract"
    plains = {plain_header(cell) for cell in headers}
    merchant = any(plain.startswith("merchant") for plain in plains)
    return "cards" if merchant or name_says_cards else "spend"
