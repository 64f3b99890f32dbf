"""What do the cells of a frame say, as the columns of a payment line?

Most of it the layout decides: files of one layout are read as one frame. Only the order of dates,
the period and the stamp are a file's own.
"""

from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Any

import polars as pl
from attrs import field, frozen

from moothall.spend.engine.amounts import GROUPED, REGULAR, amount_read, to_pence_amount
from moothall.spend.engine.dates import date_read
from moothall.spend.engine.headers import plain_header
from moothall.spend.engine.mapping import NUMBER_FIELDS
from moothall.spend.engine.names import is_redaction_mark
from moothall.spend.feeds.column_rules import placeholders
from moothall.spend.feeds.schemas import CATEGORY_COLUMNS, LINE_SCHEMA, MONEY, NAME_COLUMNS

DAYS = ("paid_on", "invoice_date", "received_date")
_OF_A_FILE = {"publication_id", "source_id", "sheet", "date_meaning", "date_basis", *DAYS}
_OF_A_LAYOUT = {name: dtype for name, dtype in LINE_SCHEMA.items() if name not in _OF_A_FILE}
SMALL_ROWS = 8192  # below this, looking whether to strip costs more than stripping
_IS_CARD = ("y", "yes", "true", "1", "gpc", "pcard", "p card", "card", "procurement card")
_CARD_REFERENCE = r"(?i)^p ?-? ?card\b"
_MIGHT_BE_REDACTED = (  # a quick sieve for whole columns; what passes is looked at closely
    r"(?i)r\W*e?\W*[da]\W*[aect]|withe?ld|withheld|anon|confiden|personal|suppres|removed|third"
    r"|priva|published|individual|gdpr|protect|sensitive|^[\W_x]+$"
)


@frozen
class Typed:
    """Rows read as far as their layout says, whichever of its files they come from.

    frame : as published: `row`, and text columns '0', '1', ...
    texts : field -> its cells, stripped, null where empty
    lines : the columns of a line that no file decides
    """

    frame: pl.DataFrame
    texts: pl.DataFrame
    lines: pl.DataFrame

    def slice(self, start: int, height: int) -> "Typed":
        return Typed(*(part.slice(start, height) for part in (self.frame, self.texts, self.lines)))

    def text(self, name: str) -> pl.Series | None:
        return self.texts.get_column(name, default=None)

    @cached_property
    def date_texts(self) -> dict[str, int]:
        """Each date as published, with the number of its rows."""
        texts = self.text("paid_on")
        return {} if texts is None else dict(texts.drop_nulls().value_counts().iter_rows())


@frozen
class Cells:
    """Reads the cells of one layout, remembering the amounts it read before.

    places  : field -> number of its column
    kind    : of dataset: spend, cards...
    rounded : cell -> what keeping whole pence takes from it (GBP)
    """

    places: dict[str, int]
    kind: str
    odd_spaces: str
    body_id: int
    rounded: dict[str, Decimal] = field(factory=dict, init=False)
    amounts: dict[str, Decimal | None] = field(factory=dict, init=False)

    def typed(self, frame: pl.DataFrame) -> Typed:
        """Return rows as published as columns of lines, whether or not they will be kept."""
        texts = self._texts(frame)
        return Typed(frame, texts, self._lines(frame.get_column("row"), texts))

    def _texts(self, frame: pl.DataFrame) -> pl.DataFrame:
        places = {name: str(place) for name, place in self.places.items()}
        wanted = sorted(set(places.values()))
        columns = [pl.col(place) for place in wanted]
        marks = self.odd_spaces
        if frame.height < SMALL_ROWS:
            cleaned = frame.select(_cleaning(tuple(wanted), marks))
            return pl.DataFrame(
                [cleaned.get_column(place).alias(name) for name, place in places.items()]
            )
        found = frame.select(
            [
                *((c.str.starts_with(" ") | c.str.ends_with(" ")).any() for c in columns),
                *((c == "").any().name.suffix("?") for c in columns),
                *(
                    pl.any_horizontal(
                        c.str.contains(mark, literal=True).any() for mark in marks
                    ).alias(f"{place}!")
                    for place, c in zip(wanted, columns, strict=True)
                    if marks
                ),
            ]
        ).row(0, named=True)
        expressions = []
        for place, column in zip(wanted, columns, strict=True):
            if found.get(f"{place}!"):
                column = column.str.replace_all(f"[{marks}]+", " ").str.strip_chars()
            elif found[place]:
                column = column.str.strip_chars()
            elif not found[f"{place}?"]:
                expressions.append(column)
                continue
            expressions.append(pl.when(column != "").then(column).alias(place))
        cleaned = frame.select(expressions)
        return pl.DataFrame(
            [cleaned.get_column(place).alias(name) for name, place in places.items()]
        )

    def _money(self, texts: pl.Series) -> pl.Series:
        """Return cells as amounts; null where they cannot be read exactly."""
        (exact,) = texts.to_frame().select(_regular_money(texts.name))
        if exact.null_count() == texts.null_count():
            return exact
        left = (exact.is_null() & texts.is_not_null()).arg_true()
        cells = texts[left]
        (values,) = cells.to_frame().select(_grouped_money(texts.name))
        rest = values.is_null().arg_true()
        if len(rest):
            read = [self._money_of(text) for text in cells[rest]]
            values = values.scatter(rest, pl.Series(read, dtype=MONEY))
        return exact.scatter(left, values)

    def _money_of(self, text: str) -> Decimal | None:
        """Return what one irregular cell says; what rounding it takes away is noted."""
        known = self.amounts
        if text not in known:
            if len(known) > 200_000:
                known.clear()
            exact, _ = amount_read(text)
            known[text] = None if exact is None else to_pence_amount(exact)
            if exact is not None and (off := exact - (known[text] or 0)):
                self.rounded[text] = off
        return known[text]

    def _lines(self, row: pl.Series, texts: pl.DataFrame) -> pl.DataFrame:
        height = len(row)
        columns = {"body_id": same(self.body_id, height, pl.Int64), "row": row}
        columns["amount"] = self._money(texts.get_column("amount"))
        columns["amount_text"] = texts.get_column("amount")
        for name, dtype in _OF_A_LAYOUT.items():
            series = texts.get_column(name, default=None)
            if name in columns:
                continue
            if series is None:
                columns[name] = same(None, height, dtype)
            elif dtype == MONEY:
                columns[name] = self._money(_nil_as_zero(series))
            elif name == "capital_revenue":
                columns[name] = _capital_or_revenue(series)
            elif name in NUMBER_FIELDS:
                columns[name] = _without_placeholders(series)
            else:
                columns[name] = series
        frame = pl.DataFrame([series.alias(name) for name, series in columns.items()])
        name_key, category_key, is_doubtful, has_card_reference = frame.select(_derived())
        columns["name_key"], columns["category_key"] = name_key, category_key
        columns["is_redacted"] = _is_redacted(columns["supplier_name"], is_doubtful)
        columns["is_card"] = self._is_card(texts, has_card_reference)
        return pl.DataFrame([columns[name].alias(name) for name in _OF_A_LAYOUT])

    def _is_card(self, texts: pl.DataFrame, has_card_reference: pl.Series) -> pl.Series:
        if self.kind == "cards":
            return same(True, len(has_card_reference), pl.Boolean)
        marks = texts.get_column("is_card", default=None)
        if marks is None:
            return has_card_reference
        cards = [mark for mark in marks.unique().drop_nulls() if plain_header(mark) in _IS_CARD]
        return marks.is_in(cards).fill_null(False)


@frozen
class Days:
    """Reads the dates of one file, in the one order it writes them, remembering them."""

    order: str
    known: dict[str | None, date | None] = field(factory=lambda: {None: None}, init=False)

    def read(self, texts: pl.Series) -> pl.Series:
        """Return cells as days; null where they cannot be read."""
        known = self.known
        is_small = len(texts) < SMALL_ROWS
        cells = texts.to_list() if is_small else texts.unique().to_list()
        for text in set(cells).difference(known):
            known[text] = date_read(text, self.order)
        values = pl.Series(texts.name, [known[text] for text in cells], dtype=pl.Date)
        if is_small:
            return values
        return texts.replace_strict(
            pl.Series(cells, dtype=pl.String), values, default=None, return_dtype=pl.Date
        )


def _nil_as_zero(texts: pl.Series) -> pl.Series:
    is_nil = texts.str.to_lowercase() == "nil"
    return texts.set(is_nil.fill_null(False), "0") if is_nil.any() else texts


def _without_placeholders(texts: pl.Series) -> pl.Series:
    """Return numbers without the words that stand where a number is not given."""
    (is_placeholder,) = texts.to_frame().select(_placeholder(texts.name))
    return texts.set(is_placeholder, None) if is_placeholder.any() else texts


def _capital_or_revenue(texts: pl.Series) -> pl.Series:
    unique = texts.unique().drop_nulls().to_list()
    words = {"c": "capital", "r": "revenue", "capital": "capital", "revenue": "revenue"}
    found = [words.get(plain_header(text)) for text in unique]
    return texts.replace_strict(
        pl.Series(unique, dtype=pl.String),
        pl.Series(found, dtype=pl.String),
        default=None,
        return_dtype=pl.String,
    )


def _is_redacted(names: pl.Series, is_doubtful: pl.Series) -> pl.Series:
    if not is_doubtful.any():
        return is_doubtful
    marks = {text for text in names.filter(is_doubtful).unique() if is_redaction_mark(text)}
    return names.is_in(marks).fill_null(False) if marks else same(False, len(names), pl.Boolean)


def same(value: Any, height: int, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Return a column that says the same in every row."""
    return _once(value, dtype).new_from_index(0, height)


@lru_cache(maxsize=256)
def _once(value: Any, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series([value], dtype=dtype)


# Expressions are kept: building one costs about as much as running it over a small file.


@cache
def _cleaning(places: tuple[str, ...], marks: str) -> list[pl.Expr]:
    """Return columns of cells stripped of spaces and odd marks, null where nothing is left."""
    cells = [
        pl.col(place).str.replace_all(f"[{marks}]+", " ") if marks else pl.col(place)
        for place in places
    ]
    stripped = [cell.str.strip_chars() for cell in cells]
    return [pl.when(cell != "").then(cell) for cell in stripped]


@cache
def _regular_money(name: str) -> pl.Expr:
    cells = pl.col(name)
    return pl.when(cells.str.contains(REGULAR)).then(cells).cast(MONEY)


@cache
def _grouped_money(name: str) -> pl.Expr:
    cells = pl.col(name)
    plain = cells.str.replace_all("[£,]", "")
    return pl.when(cells.str.contains(GROUPED)).then(plain).cast(MONEY)


@cache
def _placeholder(name: str) -> pl.Expr:
    words = pl.Series(placeholders(), dtype=pl.String).implode()
    return pl.col(name).str.to_lowercase().is_in(words).fill_null(False)


@cache
def _derived() -> list[pl.Expr]:
    """Return what every line's own columns decide: its two keys, and two doubts about it."""
    return [
        pl.struct("body_id", *NAME_COLUMNS).hash(seed=0).reinterpret(signed=True),
        pl.struct(*CATEGORY_COLUMNS).hash(seed=0).reinterpret(signed=True).alias("category_key"),
        pl.col("supplier_name").str.contains(_MIGHT_BE_REDACTED).fill_null(False),
        pl.col("transaction_ref").str.contains(_CARD_REFERENCE).fill_null(False),
    ]
