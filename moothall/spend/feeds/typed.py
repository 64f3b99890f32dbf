"""What does each row of cells say, as a payment line or as a row set aside with its reason?

Rows of text and rows of sheets go through this one stage.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from attrs import Factory, define, evolve, frozen

from moothall.core.rules import rules_of
from moothall.spend.engine.amounts import GROUPED, REGULAR, amount_read, to_pence_amount
from moothall.spend.engine.control_totals import Candidate, totals_among
from moothall.spend.engine.dates import (
    EARLIEST_BEFORE,
    LATEST_AFTER,
    date_order,
    date_read,
    file_period,
)
from moothall.spend.engine.headers import (
    Header,
    Row,
    header_in,
    is_data,
    other_dataset,
    plain_header,
)
from moothall.spend.engine.mapping import LOOK_ROWS, NUMBER_FIELDS, Mapping, proposed_mapping
from moothall.spend.engine.names import is_redaction_mark
from moothall.spend.feeds.reading import (
    CannotRead,
    ControlTotal,
    Proposal,
    Reading,
    Stamp,
)
from moothall.values.periods import Period

MONEY = pl.Decimal(18, 2)
LINE_SCHEMA = pl.Schema(
    {  # type: ignore[arg-type]  # the stub is narrower than polars
        "publication_id": pl.Int64,
        "body_id": pl.Int64,
        "source_id": pl.Int64,
        "row": pl.Int32,
        "sheet": pl.String,
        "paid_on": pl.Date,
        "date_basis": pl.String,
        "date_meaning": pl.String,
        "amount": MONEY,
        "amount_text": pl.String,
        "irrecoverable_vat": MONEY,
        "supplier_name": pl.String,
        "supplier_ref": pl.String,
        "vat_number": pl.String,
        "company_number": pl.String,
        "charity_number": pl.String,
        "department": pl.String,
        "service": pl.String,
        "purpose": pl.String,
        "category_text": pl.String,
        "proclass": pl.String,
        "cpv": pl.String,
        "sercop": pl.String,
        "account_code": pl.String,
        "transaction_ref": pl.String,
        "capital_revenue": pl.String,
        "is_card": pl.Boolean,
        "is_redacted": pl.Boolean,
        "name_key": pl.Int64,
        "category_key": pl.Int64,
        "invoice_number": pl.String,
        "invoice_date": pl.Date,
        "received_date": pl.Date,
        "vat": MONEY,
        "gross": MONEY,
        "purchase_order": pl.String,
        "cost_centre": pl.String,
    }
)
ASIDE_SCHEMA = pl.Schema(
    {  # type: ignore[arg-type]  # the stub is narrower than polars
        "publication_id": pl.Int64,
        "body_id": pl.Int64,
        "source_id": pl.Int64,
        "row": pl.Int32,
        "sheet": pl.String,
        "reason": pl.String,
        "sentence": pl.String,
        "amount": MONEY,
        "cells": pl.String,
    }
)
NAME_COLUMNS = ("supplier_name", "supplier_ref", "vat_number", "company_number", "charity_number")
CATEGORY_COLUMNS = (
    "supplier_name",
    "department",
    "service",
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
)
PARQUET: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
_AS_PUBLISHED = {
    name: dtype
    for name, dtype in LINE_SCHEMA.items()
    if name not in ("is_card", "is_redacted", "name_key", "category_key")
}
HEAD_ROWS = 216
SMALL_ROWS = 8192  # below this, looking whether to strip costs more than stripping
SUNK_ROWS = 32_768  # held in memory before they are written, where a file comes in blocks
FOOTER_ROWS = 25  # more of them are padding, not notes
HEADER_WITHIN = 60  # filled rows; the longest preamble met has 17 lines
_IS_CARD = ("y", "yes", "true", "1", "gpc", "pcard", "p card", "card", "procurement card")
_CARD_REFERENCE = r"(?i)^p ?-? ?card\b"
_MIGHT_BE_REDACTED = (  # a quick sieve for whole columns; what passes is looked at closely
    r"(?i)r\W*e?\W*[da]\W*[aect]|withe?ld|withheld|anon|confiden|personal|suppres|removed|third"
    r"|priva|published|individual|gdpr|protect|sensitive|^[\W_x]+$"
)
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


def read_rows(
    batches: Iterable[list[Row]],
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    name: str,
    sha256: str,
    sheet: str | None = None,
    confirmed: Mapping | None = None,
    period: Period | None = None,
) -> Reading:
    """Write one sheet's rows as lines and set-aside rows; return its Reading.

    batches : lists of (row number, cells), in order; cells are text, '' where empty.
              The rows above the header are included: the header is found here.
              Dates of sheets come as 'YYYY-MM-DD', numbers in plain notation ('1234.5').

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    rows: list[list[Row]] = [batch for batch in batches if batch]
    width = max((len(cells) for batch in rows for _, cells in batch), default=0)
    head: list[Row] = []
    frames: list[pl.DataFrame] = []
    while rows:
        batch = rows.pop(0)
        if len(head) < HEAD_ROWS:
            head += [row for row in batch if any(cell.strip() for cell in row[1])]
        frames.append(frame_of(batch, width))
    table = Table(head[:HEAD_ROWS], lambda: iter(frames), is_one_frame=len(frames) <= 1)
    return read_table(
        table,
        stamp=stamp,
        lines_path=lines_path,
        aside_path=aside_path,
        name=name,
        sha256=sha256,
        sheet=sheet,
        confirmed=confirmed,
        period=period,
    )


def propose_rows(
    rows: list[Row], *, name: str, sheet: str | None = None, confirmed: Mapping | None = None
) -> Proposal:
    """Return what the first rows of a sheet say about its columns.

    :raises CannotRead: with a sentence when no amount column can be found.
    """
    head = [row for row in rows if any(cell.strip() for cell in row[1])][:HEAD_ROWS]
    header, body = _header_and_body(head)
    mapping = _mapping(header, body, name, sheet, confirmed)
    place = mapping.index_of("paid_on")
    texts = Counter(
        text
        for _, cells in body
        if place is not None and place < len(cells) and (text := cells[place].strip())
    )
    order = date_order(texts).order
    days = Counter[date]()
    for text, count in texts.items():
        if (day := date_read(text, order)) is not None:
            days[day] += count
    return Proposal(
        mapping=mapping,
        sample_rows=tuple(tuple(cells) for _, cells in body[:10]),
        period=file_period(_name_for_period(name, sheet), days),
        kind=mapping.kind,
        sheet=sheet,
    )


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


def read_table(
    table: Table,
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    name: str,
    sha256: str,
    sheet: str | None = None,
    confirmed: Mapping | None = None,
    period: Period | None = None,
    encoding: str = "",
    delimiter: str = "",
    warnings: Sequence[str] = (),
) -> Reading:
    """Write the lines and set-aside rows of a table; return its Reading.

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    header, body = _header_and_body(table.head)
    mapping = _mapping(header, body, name, sheet, confirmed)
    if not header.cells and (below := _header_below(table, mapping)) is not None:
        header = below
        mapping = _mapping(header, body, name, sheet, confirmed)
    place = mapping.index_of("paid_on")
    texts: Counter[str] = Counter()
    if place is not None:
        for frame in table.frames():
            texts += _date_texts(_below(frame, header), place)
            break
    while True:
        decided = _Decided.from_texts(texts, _name_for_period(name, sheet), period)
        if decided.period is None and place is None:
            raise CannotRead(
                f"{name} was not read: it has no date column and its name gives no month. "
                "Say which period it covers, or put the month in its name."
            )
        reader = _Reader(table, header, mapping, decided, stamp, sheet, name, _typical(body))
        if table.is_one_frame:
            frames = [*reader.lines(), reader.held_lines()]
            filled = [frame for frame in frames if frame.height] or frames[-1:]
            lines = pl.concat(filled) if len(filled) > 1 else filled[0]
            lines.write_parquet(lines_path, **PARQUET)
            break
        _sink(reader, lines_path)
        if decided == _Decided.from_texts(reader.date_texts, _name_for_period(name, sheet), period):
            break
        texts = reader.date_texts
    aside = reader.aside()
    if not header.cells and reader.rows_kept * 2 < reader.rows_read:
        raise CannotRead(
            f"{name} was not read: it has no header, and only {reader.rows_kept:,} of its "
            f"{reader.rows_read:,} rows read as payments. Check that it is a payments file, or "
            "say which column is the amount."
        )
    if aside.height:
        aside.write_parquet(aside_path, **PARQUET)
    else:
        aside_path.write_bytes(_nothing_aside())
    return reader.reading(
        aside, sha256=sha256, encoding=encoding, delimiter=delimiter, warnings=tuple(warnings)
    )


@cache
def _nothing_aside() -> bytes:
    """Return a Parquet file without rows: most files set nothing aside."""
    file = io.BytesIO()
    _no_aside().write_parquet(file, **PARQUET)
    return file.getvalue()


@cache
def _no_aside() -> pl.DataFrame:
    return pl.DataFrame(schema=ASIDE_SCHEMA)


@cache
def _no_lines() -> pl.DataFrame:
    return pl.DataFrame(schema=LINE_SCHEMA)


def _sink(reader: "_Reader", lines_path: Path) -> None:
    """Write a many-framed table's lines as they come, so that memory stays flat."""
    from polars.io.plugins import register_io_source

    def batches(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        yield from reader.lines()
        yield reader.held_lines()

    register_io_source(batches, schema=LINE_SCHEMA).sink_parquet(
        lines_path, row_group_size=SUNK_ROWS, **PARQUET
    )


def synonyms() -> dict[str, list[str]]:
    """Return field -> plain headers, as the rules have them."""
    return dict(_rule("columns"))


def date_meanings() -> dict[str, list[str]]:
    """Return what a date may mean -> words of the header that say so."""
    return dict(_rule("date_meanings"))


def other_datasets() -> dict[str, list[str]]:
    """Return another kind of dataset -> plain headers of its columns."""
    return dict(_rule("other_datasets"))


@cache
def _rule(key: str) -> Any:
    versions = rules_of("spend", "column_synonyms")[key].versions
    return max(versions, key=lambda version: version.in_force_from).value


def _header_and_body(head: Sequence[Row]) -> tuple[Header, list[Row]]:
    """Return the header among the first rows, and the rows that are not above it."""
    fields = dict(synonyms())
    for kind, names in other_datasets().items():
        fields |= {f"{kind}: {name}": [name] for name in names}
    header = header_in(head[:HEADER_WITHIN], fields)
    above, below = head[: max(header.position, 0)], head[header.position + 1 :]
    if any(is_data(cells) for _, cells in above):
        return evolve(header, is_above=False), [*above, *below]
    return header, list(below)


def _below(frame: pl.DataFrame, header: Header) -> pl.DataFrame:
    """Return the rows of a frame that are not above its table's header."""
    if not header.is_above or not frame.height or frame.item(0, "row") > header.row:
        return frame
    rows = frame.get_column("row").to_numpy()
    return frame.slice(int(rows.searchsorted(header.row, side="right")))


def _header_below(table: Table, mapping: Mapping) -> Header | None:
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


def _mapping(
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


def _typical(body: Sequence[Row]) -> float:
    """Return how many cells a row of this table usually fills."""
    rows = body[:: max(1, len(body) // LOOK_ROWS)]
    return median([sum(bool(cell.strip()) for cell in cells) for _, cells in rows] or [0])


def _name_for_period(name: str, sheet: str | None) -> str:
    return name if sheet is None else f"{name} {sheet}"


def _date_texts(frame: pl.DataFrame, place: int) -> Counter[str]:
    counts = frame.get_column(str(place)).drop_nulls().value_counts()
    texts: Counter[str] = Counter()
    for text, count in counts.iter_rows():
        if stripped := text.strip():
            texts[stripped] += count
    return texts


@frozen
class _Decided:
    """What a whole file's dates and name decide before its rows are typed."""

    order: str
    doubt: str | None
    period: Period | None

    @classmethod
    def from_texts(cls, texts: Counter[str], name: str, period: Period | None) -> "_Decided":
        order = date_order(texts)
        if period is None:
            days: Counter[date] = Counter()
            for text, count in texts.items():
                if (day := date_read(text, order.order)) is not None:
                    days[day] += count
            period = file_period(name, days)
        return cls(order.order, order.doubt, period)


@define
class _Reader:
    """One pass over a table."""

    table: Table
    header: Header
    mapping: Mapping
    decided: _Decided
    stamp: Stamp
    sheet: str | None
    name: str
    typical: float
    date_texts: Counter[str] = Factory(Counter)
    rows_read: int = 0
    rows_blank: int = 0
    rows_kept: int = 0
    rows_without_amount: int = 0
    amount_kept: Decimal = Decimal("0.00")
    amount_bad: Decimal = Decimal("0.00")
    rounding: Decimal = Decimal(0)
    first_date: date | None = None
    last_date: date | None = None
    last_payment: int = -1
    last_amount: int = -1
    held: list[dict[str, Any]] = Factory(list)
    bad: list[pl.DataFrame] = Factory(list)
    amounts: dict[str, Decimal | None] = Factory(dict)
    rounded: dict[str, Decimal] = Factory(dict)
    days: dict[str | None, date | None] = Factory(lambda: {None: None})
    control_totals: tuple[ControlTotal, ...] = ()
    amount_control: Decimal = Decimal("0.00")
    amount_set_aside: Decimal = Decimal("0.00")

    def lines(self) -> Iterator[pl.DataFrame]:
        """Yield the lines kept, frame by frame, and note everything else."""
        for frame in self.table.frames():
            frame = _below(frame, self.header)
            if frame.height:
                yield self._kept(frame)

    def _texts(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Return field -> its cells, stripped, null where empty."""
        places = {name: str(column.index) for name, column in self.mapping.columns.items()}
        wanted = sorted(set(places.values()))
        columns = [pl.col(place) for place in wanted]
        marks = self.table.odd_spaces
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

    def _dates(self, texts: pl.Series) -> pl.Series:
        """Return cells as days, in the file's one order; null where they cannot be read."""
        known = self.days
        is_small = len(texts) < SMALL_ROWS
        cells = texts.to_list() if is_small else texts.unique().to_list()
        for text in set(cells).difference(known):
            known[text] = date_read(text, self.decided.order)
        values = pl.Series(texts.name, [known[text] for text in cells], dtype=pl.Date)
        if is_small:
            return values
        return texts.replace_strict(
            pl.Series(cells, dtype=pl.String), values, default=None, return_dtype=pl.Date
        )

    def _kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        height = frame.height
        texts = self._texts(frame)
        amount_text = texts["amount"]
        amount = self._money(amount_text)
        date_text = texts.get("paid_on")
        if date_text is None:
            day = pl.Series("paid_on", [None], dtype=pl.Date).new_from_index(0, height)
            has_date_text = pl.Series([False]).new_from_index(0, height)
        else:
            if not self.table.is_one_frame:
                self.date_texts.update(dict(date_text.drop_nulls().value_counts().iter_rows()))
            day = self._dates(date_text)
            has_date_text = date_text.is_not_null()
        lines = self._line_frame(frame.get_column("row"), texts, amount, day)
        position = self.rows_read + self.rows_blank  # blank rows count for place alone
        if not amount.null_count() and not day.null_count() and not self._outside(day).any():
            self.rows_read += height
            self.last_payment = self.last_amount = position + height - 1
            self._count(lines)
            return lines
        has_amount = amount.is_not_null()
        no_day = day.is_null()
        unreadable = no_day & has_date_text
        outside = self._outside(day)
        supplier = texts.get("supplier_name")
        candidates = self._candidates(frame, has_amount, no_day, supplier, date_text is not None)
        keep = has_amount & ~(unreadable | outside | candidates)
        self._note(frame, lines, amount, day, keep, candidates, position, unreadable, outside)
        lines = lines.filter(keep)
        self._count(lines)
        return lines

    def _outside(self, day: pl.Series) -> pl.Series:
        period = self.decided.period
        if period is None:
            return day.is_null() & False
        earliest = period.starts_on - EARLIEST_BEFORE
        if self.mapping.date_meaning == "invoiced":  # an old invoice may be paid late
            earliest -= 9 * EARLIEST_BEFORE
        latest = period.ends_before + LATEST_AFTER
        return ((day < earliest) | (day >= latest)).fill_null(False)

    def _candidates(
        self,
        frame: pl.DataFrame,
        has_amount: pl.Series,
        no_day: pl.Series,
        supplier: pl.Series | None,
        has_dates: bool,
    ) -> pl.Series:
        """Return which rows may be totals: an amount, no day, and little or nothing else."""
        dayless = has_amount & no_day
        if not dayless.any():
            return dayless
        nameless = dayless & supplier.is_null() if supplier is not None else dayless & has_dates
        filled = self._filled(frame.filter(dayless))
        sparse = pl.Series([False]).new_from_index(0, frame.height)
        sparse = sparse.scatter(dayless.arg_true(), filled * 2 <= self.typical)
        found = nameless | sparse
        last = has_amount.arg_true()[-1]
        if dayless[last]:
            found = found.scatter(last, True)
        return found

    def _filled(self, frame: pl.DataFrame) -> pl.Series:
        """Return how many cells each row fills."""
        cells = [
            (pl.col(place).fill_null("").str.strip_chars() != "").cast(pl.Int32)
            for place in frame.columns
            if place != "row"
        ]
        return frame.select(pl.sum_horizontal(cells)).to_series()

    def _note(
        self,
        frame: pl.DataFrame,
        lines: pl.DataFrame,
        amount: pl.Series,
        day: pl.Series,
        keep: pl.Series,
        candidates: pl.Series,
        position: int,
        unreadable: pl.Series,
        outside: pl.Series,
    ) -> None:
        """Note the rows that are blank, bad, or may be totals."""
        kept_places = keep.arg_true()
        if len(kept_places):
            self.last_payment = position + kept_places[-1]
        with_amount = amount.is_not_null().arg_true()
        if len(with_amount):
            self.last_amount = position + with_amount[-1]
        odd = (~keep).arg_true()
        rows = frame[odd]
        cells = rows.select(pl.exclude("row"))
        is_blank = self._filled(rows) == 0
        blank = int(is_blank.sum())
        self.rows_blank += blank
        self.rows_read += frame.height - blank
        odd, rows, cells = odd.filter(~is_blank), rows.filter(~is_blank), cells.filter(~is_blank)
        if not len(odd):
            return
        found: list[tuple[Any, ...]] = []
        amounts, days = amount[odd], day[odd]
        is_candidate, is_unreadable, is_outside = candidates[odd], unreadable[odd], outside[odd]
        pence = None
        if is_candidate.any():
            value = (amount.cast(pl.Decimal(38, 2)) * 100).cast(pl.Int64).fill_null(0)
            is_payment = keep.cast(pl.Int64)
            is_read = (~candidates).cast(pl.Int64)
            pence = (
                (value * is_payment).cum_sum(),
                (value * is_read).cum_sum(),
                is_payment.cum_sum(),
            )
        header_amount = self._header_cell("amount")
        header_supplier = self._header_cell("supplier_name")
        amount_place = self.mapping.columns["amount"].index
        supplier_place = self.mapping.index_of("supplier_name")
        date_place = self.mapping.index_of("paid_on")
        for index, (place, row, as_published) in enumerate(
            zip(odd, rows.get_column("row"), cells.iter_rows(), strict=True)
        ):
            texts_here = ["" if cell is None else cell for cell in as_published]
            published = json.dumps(_trimmed(texts_here), ensure_ascii=False)
            value_here = amounts[index]
            if is_candidate[index] and pence is not None:
                filled = sum(bool(text.strip()) for text in texts_here)
                has_name = supplier_place is not None and texts_here[supplier_place].strip()
                self.held.append(
                    {
                        "position": position + place,
                        "row": row,
                        "amount": value_here,
                        "sum": self.amount_kept + Decimal(int(pence[0][place])).scaleb(-2),
                        "sum_read": self.amount_kept
                        + self.amount_bad
                        + Decimal(int(pence[1][place])).scaleb(-2),
                        "rows": self.rows_kept + int(pence[2][place]),
                        "sparse": filled * 2 <= self.typical and not (has_name and filled > 2),
                        "unreadable": bool(is_unreadable[index]),
                        "cells": published,
                        "date": texts_here[date_place] if date_place is not None else "",
                        "line": lines[place],
                    }
                )
                continue
            amount_here = texts_here[amount_place].strip()
            supplier_here = texts_here[supplier_place].strip() if supplier_place is not None else ""
            if (
                header_amount
                and plain_header(amount_here) == header_amount
                and plain_header(supplier_here) == header_supplier
            ):
                is_itself = not self.header.is_above and row == self.header.row
                reason = "repeated_header"
                sentence = (
                    "The header, out of its place." if is_itself else "A repeat of the header."
                )
            elif value_here is None and not amount_here:
                reason, sentence = "no_amount", "No amount: the cell is empty."
            elif value_here is None:
                date_here = texts_here[date_place].strip() if date_place is not None else ""
                if _has_shifted(texts_here, amount_place) or (
                    date_here and bool(is_unreadable[index]) and any(map(str.isalpha, amount_here))
                ):
                    reason = "shifted_cells"
                    sentence = (
                        "The cells have moved out of their columns: the amount column says "
                        f'"{amount_here}".'
                    )
                else:
                    reason, sentence = (
                        "amount_not_a_number",
                        f'Amount not a number: "{amount_here}".',
                    )
            elif is_outside[index]:
                reason = "outside_period"
                sentence = (
                    f"Dated {_day_words(days[index])}, outside the file's period, "
                    f"{self.decided.period}."
                )
            else:
                date_here = texts_here[date_place].strip() if date_place is not None else ""
                reason = "no_date_readable"
                sentence = f'The date "{date_here}" cannot be read {self.decided.order}.'
            found.append((position + place, row, reason, sentence, value_here, published))
        if found:
            self._add_bad(found)

    def _add_bad(self, found: list[tuple[Any, ...]]) -> None:
        frame = pl.DataFrame(
            found,
            schema={
                "position": pl.Int64,
                "row": pl.Int32,
                "reason": pl.String,
                "sentence": pl.String,
                "amount": MONEY,
                "cells": pl.String,
            },
            orient="row",
        )
        self.bad.append(frame)
        self.amount_bad += _sum(frame.get_column("amount"))

    def _header_cell(self, name: str) -> str:
        column = self.mapping.columns.get(name)
        return plain_header(column.header) if column is not None else ""

    def _line_frame(
        self, row: pl.Series, texts: dict[str, pl.Series], amount: pl.Series, day: pl.Series
    ) -> pl.DataFrame:
        """Return rows of cells as lines, whether or not they will be kept."""
        height = len(row)
        columns = {
            "publication_id": _same(self.stamp.publication_id, height, pl.Int64),
            "body_id": _same(self.stamp.body_id, height, pl.Int64),
            "source_id": _same(self.stamp.source_id, height, pl.Int64),
            "row": row,
            "sheet": _same(self.sheet, height, pl.String),
            "date_meaning": _same(self.mapping.date_meaning, height, pl.String),
            "date_basis": _same("published", height, pl.String),
            "paid_on": day,
            "amount": amount,
            "amount_text": texts["amount"],
        }
        if day.null_count():
            columns["date_basis"] = columns["date_basis"].set(day.is_null(), "file period")
            if self.decided.period is not None:
                columns["paid_on"] = day.fill_null(self.decided.period.starts_on)
        for name, dtype in _AS_PUBLISHED.items():
            series = texts.get(name)
            if name in columns:
                continue
            if series is None:
                columns[name] = _same(None, height, dtype)
            elif dtype == MONEY:
                columns[name] = self._money(_nil_as_zero(series))
            elif dtype == pl.Date:
                columns[name] = self._dates(series)
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
            return _same(True, len(has_card_reference), pl.Boolean)
        marks = texts.get("is_card")
        if marks is None:
            return has_card_reference
        cards = [mark for mark in marks.unique().drop_nulls() if plain_header(mark) in _IS_CARD]
        return marks.is_in(cards).fill_null(False)

    def _count(self, lines: pl.DataFrame) -> None:
        if not lines.height:
            return
        self.rows_kept += lines.height
        self.amount_kept += _sum(lines.get_column("amount"))
        days = lines.get_column("paid_on")
        first, last = days.min(), days.max()
        if isinstance(first, date) and isinstance(last, date):
            self.first_date = min(filter(None, (self.first_date, first)))
            self.last_date = max(filter(None, (self.last_date, last)))
        if self.rounded:
            texts = lines.get_column("amount_text")
            counts = texts.filter(texts.is_in(list(self.rounded))).value_counts()
            self.rounding += sum(
                (self.rounded[text] * count for text, count in counts.iter_rows()), Decimal(0)
            )

    def held_lines(self) -> pl.DataFrame:
        """Decide which of the rows held back are totals; return the others as lines."""
        if not self.held:
            return _no_lines()
        totals = totals_among(
            [
                Candidate(held["position"], held["row"], held["amount"], held["sparse"])
                for held in self.held
            ],
            [held["sum"] for held in self.held],
            [held["sum_read"] for held in self.held],
            [held["rows"] for held in self.held],
            self.last_payment,
            self.last_amount,
        )
        by_position = {total.position: total for total in totals}
        printed: list[ControlTotal] = []
        found: list[tuple[Any, ...]] = []
        lines: list[pl.DataFrame] = []
        for held in self.held:
            total = by_position.get(held["position"])
            if total is not None and total.is_row_count:
                sentence = "A footer: the number of rows above it, not an amount."
                self._hold_aside(found, held, "footer", sentence, None)
            elif total is not None:
                printed.append(
                    ControlTotal(
                        held["row"], self.sheet, total.printed, total.computed, total.agrees
                    )
                )
                self.amount_control += total.printed
                sentence = (
                    f"A control total: £{total.printed:,} printed, "
                    f"£{total.computed:,} in the rows above it."
                )
                self._hold_aside(found, held, "control_total", sentence, held["amount"])
            elif held["unreadable"]:
                sentence = f'The date "{held["date"].strip()}" cannot be read {self.decided.order}.'
                self._hold_aside(found, held, "no_date_readable", sentence, held["amount"])
            else:
                lines.append(held["line"])
                self.last_payment = max(self.last_payment, held["position"])
        if found:
            self._add_bad(found)
        self.control_totals = tuple(printed)
        kept = pl.concat(lines) if lines else _no_lines()
        self._count(kept)
        return kept

    @staticmethod
    def _hold_aside(
        found: list[tuple[Any, ...]],
        held: dict[str, Any],
        reason: str,
        sentence: str,
        amount: Decimal | None,
    ) -> None:
        found.append((held["position"], held["row"], reason, sentence, amount, held["cells"]))

    def aside(self) -> pl.DataFrame:
        """Return every row set aside; those below the last payment, without amount, are footers."""
        if not self.bad:
            return _no_aside()
        frame = pl.concat(self.bad).sort("position")
        below = (pl.col("position") > self.last_payment) & pl.col("amount").is_null()
        is_footer = below & pl.col("reason").is_in(["no_amount", "amount_not_a_number"])
        filled = pl.col("cells").str.json_decode(pl.List(pl.String)).list.eval(pl.element() != "")
        is_footer &= filled.list.sum() * 2 <= max(self.typical, 2.0)
        if frame.filter(is_footer).height > FOOTER_ROWS:
            is_footer = pl.lit(False)
        frame = frame.with_columns(
            reason=pl.when(is_footer).then(pl.lit("footer")).otherwise("reason"),
            sentence=pl.when(is_footer)
            .then(pl.lit("A footer: text below the last payment."))
            .otherwise("sentence"),
        )
        return frame.with_columns(
            pl.lit(self.stamp.publication_id, dtype=pl.Int64).alias("publication_id"),
            pl.lit(self.stamp.body_id, dtype=pl.Int64).alias("body_id"),
            pl.lit(self.stamp.source_id, dtype=pl.Int64).alias("source_id"),
            pl.lit(self.sheet, dtype=pl.String).alias("sheet"),
        ).select(list(ASIDE_SCHEMA))

    def reading(
        self,
        aside: pl.DataFrame,
        *,
        sha256: str,
        encoding: str,
        delimiter: str,
        warnings: tuple[str, ...],
    ) -> Reading:
        counts = dict(sorted(Counter(aside.get_column("reason")).items()))
        set_aside = aside.get_column("amount")
        if "control_total" in counts:
            set_aside = set_aside.filter(aside.get_column("reason") != "control_total")
        found = list(warnings)
        if self.decided.doubt:
            found.append(self.decided.doubt)
        for total in self.control_totals:
            if not total.agrees:
                found.append(
                    f"The control total on row {total.row}, £{total.printed:,}, does not agree "
                    f"with the rows above it, £{total.computed:,}. Look at the rows set aside."
                )
        if not self.rows_read:
            found.append("The file has a header and no rows below it.")
        return Reading(
            file=self.name,
            sha256=sha256,
            rows_read=self.rows_read,
            rows_kept=self.rows_kept,
            rows_set_aside=aside.height,
            rows_blank=self.rows_blank,
            rows_without_amount=set_aside.null_count(),
            amount_kept=self.amount_kept,
            amount_set_aside=_sum(set_aside),
            amount_control=self.amount_control,
            rounding_difference=self.rounding,
            first_date=self.first_date,
            last_date=self.last_date,
            control_totals=self.control_totals,
            reasons=counts,
            mapping=self.mapping,
            encoding=encoding,
            delimiter=delimiter,
            date_order=self.decided.order,
            kind=self.mapping.kind,
            period=self.decided.period,
            warnings=tuple(found),
        )


def _sum(amounts: pl.Series) -> Decimal:
    return Decimal(amounts.sum() or "0.00")


def _trimmed(cells: list[str]) -> list[str]:
    """Return cells without the empty ones at the end."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _has_shifted(cells: Sequence[str], amount_place: int) -> bool:
    """Return whether an amount with pence stands beside the amount column, which holds words."""
    if not any(map(str.isalpha, cells[amount_place])):
        return False
    beside = [place for place in (amount_place - 1, amount_place + 1) if 0 <= place < len(cells)]
    return any(
        re.search(r"\.\d\d\D*$", cells[place]) and amount_read(cells[place])[0] is not None
        for place in beside
    )


def _day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


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
    marks = {text for text in names.filter(is_doubtful) if is_redaction_mark(text)}
    return names.is_in(marks).fill_null(False) if marks else _same(False, len(names), pl.Boolean)


def _same(value: Any, height: int, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
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
    words = pl.Series(_rule("placeholders"), dtype=pl.String).implode()
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
