"""What do the cells of a frame say, as the columns of a payment line?"""

from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import polars as pl
from attrs import Factory, define

from moothall.spend.engine.amounts import GROUPED, REGULAR, amount_read, to_pence_amount
from moothall.spend.engine.dates import date_read
from moothall.spend.engine.headers import plain_header
from moothall.spend.engine.mapping import NUMBER_FIELDS, Mapping
from moothall.spend.engine.names import is_redaction_mark
from moothall.spend.feeds.column_rules import placeholders
from moothall.spend.feeds.reading import Stamp
from moothall.spend.feeds.schemas import CATEGORY_COLUMNS, LINE_SCHEMA, MONEY, NAME_COLUMNS
from moothall.values.periods import Period

_AS_PUBLISHED = {
    name: dtype
    for name, dtype in LINE_SCHEMA.items()
    if name not in ("is_card", "is_redacted", "name_key", "category_key")
}
SMALL_ROWS = 8192  # below this, looking whether to strip costs more than stripping
_IS_CARD = ("y", "yes", "true", "1", "gpc", "pcard", "p card", "card", "procurement card")
_CARD_REFERENCE = r"(?i)^p ?-? ?card\b"
_MIGHT_BE_REDACTED = (  # a quick sieve for whole columns; what passes is looked at closely
    r"(?i)r\W*e?\W*[da]\W*[aect]|withe?ld|withheld|anon|confiden|personal|suppres|removed|third"
    r"|priva|published|individual|gdpr|protect|sensitive|^[\W_x]+$"
)


@define
class Cells:
    """Reads the cells of one table, remembering what it read before.

    period  : the file's own; a line without a day is put at its start
    rounded : cell -> what keeping whole pence takes from it (GBP)
    """

    mapping: Mapping
    order: str
    period: Period | None
    stamp: Stamp
    sheet: str | None
    odd_spaces: str
    rounded: dict[str, Decimal] = Factory(dict)
    amounts: dict[str, Decimal | None] = Factory(dict)
    days: dict[str | None, date | None] = Factory(lambda: {None: None})

    def texts(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Return field -> its cells, stripped, null where empty."""
        places = {name: str(column.index) for name, column in self.mapping.columns.items()}
        wanted = sorted(set(places.values()))
        columns = [pl.col(place) for place in wanted]
        marks = self.odd_spaces
        if frame.height < SMALL_ROWS:
            cleaned = frame.select(_cleaning(tuple(wanted), marks))
            return {name: cleaned.get_column(place).alias(name) for name, place in places.items()}
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
        return {name: cleaned.get_column(place).alias(name) for name, place in places.items()}

    def money(self, texts: pl.Series) -> pl.Series:
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

    def dates(self, texts: pl.Series) -> pl.Series:
        """Return cells as days, in the file's one order; null where they cannot be read."""
        known = self.days
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

    def line_frame(
        self, row: pl.Series, texts: dict[str, pl.Series], amount: pl.Series, day: pl.Series
    ) -> pl.DataFrame:
        """Return rows of cells as lines, whether or not they will be kept."""
        height = len(row)
        columns = {
            "publication_id": same(self.stamp.publication_id, height, pl.Int64),
            "body_id": same(self.stamp.body_id, height, pl.Int64),
            "source_id": same(self.stamp.source_id, height, pl.Int64),
            "row": row,
            "sheet": same(self.sheet, height, pl.String),
            "date_meaning": same(self.mapping.date_meaning, height, pl.String),
            "date_basis": same("published", height, pl.String),
            "paid_on": day,
            "amount": amount,
            "amount_text": texts["amount"],
        }
        if day.null_count():
            columns["date_basis"] = columns["date_basis"].set(day.is_null(), "file period")
            if self.period is not None:
                columns["paid_on"] = day.fill_null(self.period.starts_on)
        for name, dtype in _AS_PUBLISHED.items():
            series = texts.get(name)
            if name in columns:
                continue
            if series is None:
                columns[name] = same(None, height, dtype)
            elif dtype == MONEY:
                columns[name] = self.money(_nil_as_zero(series))
            elif dtype == pl.Date:
                columns[name] = self.dates(series)
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
        return pl.DataFrame([columns[name].alias(name) for name in LINE_SCHEMA])

    def _is_card(self, texts: dict[str, pl.Series], has_card_reference: pl.Series) -> pl.Series:
        if self.mapping.kind == "cards":
            return same(True, len(has_card_reference), pl.Boolean)
        marks = texts.get("is_card")
        if marks is None:
            return has_card_reference
        cards = [mark for mark in marks.unique().drop_nulls() if plain_header(mark) in _IS_CARD]
        return marks.is_in(cards).fill_null(False)


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
