"""Which rows of a table are kept as lines, which set aside and why, and to what do they add up?"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

import polars as pl
from attrs import Factory, define, field, frozen

from moothall.spend.engine.amounts import amount_read
from moothall.spend.engine.control_totals import Candidate, totals_among
from moothall.spend.engine.dates import (
    EARLIEST_BEFORE,
    LATEST_AFTER,
    date_order,
    date_read,
    file_period,
)
from moothall.spend.engine.headers import plain_header
from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.cells import Days, Typed, same
from moothall.spend.feeds.reading import Asked, ControlTotal, Reading
from moothall.spend.feeds.schemas import ASIDE_SCHEMA, LINE_SCHEMA, MONEY
from moothall.spend.feeds.tables import Layout, typical_width
from moothall.values.periods import Period

_ORDER = list(LINE_SCHEMA)
FOOTER_ROWS = 25  # more of them are padding, not notes


@frozen
class Decided:
    """What a whole file's dates and name decide before its rows are typed."""

    order: str
    doubt: str | None
    period: Period | None

    @classmethod
    def from_texts(cls, texts: Dictionary[str, int], asked: Asked) -> "Decided":
        order, period = date_order(texts), asked.period
        if period is None:
            days: Counter[date] = Counter()
            for text, count in texts.items():
                if (day := date_read(text, order.order)) is not None:
                    days[day] += count
            name = asked.name if asked.sheet is None else f"{asked.name} {asked.sheet}"
            period = file_period(name, days)
        return cls(order.order, order.doubt, period)


@define
class Reader:
    """One pass over the rows of one file or sheet."""

    asked: Asked
    layout: Layout
    decided: Decided
    rounded: Dictionary[str, Decimal]  # of amounts; see Cells
    days: Days = field(init=False)
    date_texts: Counter[str] = Factory(Counter)
    rows_read: int = 0
    rows_blank: int = 0
    rows_kept: int = 0
    amount_kept: Decimal = Decimal("0.00")
    amount_bad: Decimal = Decimal("0.00")
    rounding: Decimal = Decimal(0)
    first_date: date | None = None
    last_date: date | None = None
    last_payment: int = -1
    last_amount: int = -1
    held: list[dict[str, Any]] = Factory(list)
    bad: list[pl.DataFrame] = Factory(list)
    control_totals: tuple[ControlTotal, ...] = ()
    amount_control: Decimal = Decimal("0.00")

    @days.default
    def _days(self) -> Days:
        return Days(self.decided.order)

    @property
    def mapping(self) -> Mapping:
        return self.layout.mapping

    @cached_property
    def typical(self) -> float:
        """How many cells a row of this table usually fills."""
        return typical_width(self.layout.body)

    def lines(self, rows: Iterable[Typed]) -> Iterator[pl.DataFrame]:
        """Yield the lines kept, frame by frame, and note everything else."""
        for typed in rows:
            if typed.frame.height:
                yield self._kept(typed)

    def _kept(self, typed: Typed) -> pl.DataFrame:
        frame, height = typed.frame, typed.frame.height
        amount = typed.lines.get_column("amount")
        date_text = typed.text("paid_on")
        if date_text is None:
            day = same(None, height, pl.Date)
            has_date_text = same(False, height, pl.Boolean)
        else:
            self.date_texts.update(typed.date_texts)
            day = self.days.read(date_text)
            has_date_text = date_text.is_not_null()
        lines = self._lines(typed, day)
        position = self.rows_read + self.rows_blank  # blank rows count for place alone
        is_whole = not amount.null_count() and not day.null_count()
        if is_whole and self._are_near(day):
            self.rows_read += height
            self.last_payment = self.last_amount = position + height - 1
            self._count(lines)
            return lines
        has_amount = amount.is_not_null()
        no_day = day.is_null()
        unreadable = no_day & has_date_text
        outside = self._outside(day)
        supplier = typed.text("supplier_name")
        candidates = self._candidates(frame, has_amount, no_day, supplier, date_text is not None)
        keep = has_amount & ~(unreadable | outside | candidates)
        self._note(frame, lines, amount, day, keep, candidates, position, unreadable, outside)
        lines = lines.filter(keep)
        self._count(lines)
        return lines

    def _lines(self, typed: Typed, day: pl.Series) -> pl.DataFrame:
        """Return rows as lines of this file, whether or not they will be kept."""
        height, stamp = len(day), self.asked.stamp
        columns: dict[str, pl.Series] = {}
        columns["publication_id"] = same(stamp.publication_id, height, pl.Int64)
        columns["source_id"] = same(stamp.source_id, height, pl.Int64)
        columns["sheet"] = same(self.asked.sheet, height, pl.String)
        columns["date_meaning"] = same(self.mapping.date_meaning, height, pl.String)
        columns["date_basis"] = same("published", height, pl.String)
        columns["paid_on"] = day
        if day.null_count():
            columns["date_basis"] = columns["date_basis"].set(day.is_null(), "file period")
            if self.decided.period is not None:
                columns["paid_on"] = day.fill_null(self.decided.period.starts_on)
        for name in ("invoice_date", "received_date"):
            texts = typed.text(name)
            columns[name] = same(None, height, pl.Date) if texts is None else self.days.read(texts)
        return typed.lines.hstack([column.alias(name) for name, column in columns.items()])[_ORDER]

    @cached_property
    def near(self) -> Period | None:
        """The days that are not too far from the file's period to be its own."""
        period = self.decided.period
        if period is None:
            return None
        earliest = period.starts_on - EARLIEST_BEFORE
        if self.mapping.date_meaning == "invoiced":  # an old invoice may be paid late
            earliest -= 9 * EARLIEST_BEFORE
        return Period(earliest, period.ends_before + LATEST_AFTER)

    def _are_near(self, day: pl.Series) -> bool:
        ends = day.min(), day.max()
        return self.near is None or all(isinstance(end, date) and end in self.near for end in ends)

    def _outside(self, day: pl.Series) -> pl.Series:
        if self.near is None:
            return same(False, len(day), pl.Boolean)
        is_outside = (day < self.near.starts_on) | (day >= self.near.ends_before)
        return is_outside.fill_null(False)

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
                is_itself = not self.layout.header.is_above and row == self.layout.header.row
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
            return no_lines()
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
                        held["row"], self.asked.sheet, total.printed, total.computed, total.agrees
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
        kept = pl.concat(lines) if lines else no_lines()
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
            return no_aside()
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
            pl.lit(self.asked.stamp.publication_id, dtype=pl.Int64).alias("publication_id"),
            pl.lit(self.asked.stamp.body_id, dtype=pl.Int64).alias("body_id"),
            pl.lit(self.asked.stamp.source_id, dtype=pl.Int64).alias("source_id"),
            pl.lit(self.asked.sheet, dtype=pl.String).alias("sheet"),
        ).select(list(ASIDE_SCHEMA))

    def reading(self, aside: pl.DataFrame) -> Reading:
        counts = dict(sorted(Counter(aside.get_column("reason")).items()))
        set_aside = aside.get_column("amount")
        if "control_total" in counts:
            set_aside = set_aside.filter(aside.get_column("reason") != "control_total")
        found = [] if self.asked.confirmed else list(self.mapping.doubts)
        if found and self.mapping.index_of("paid_on") is None:
            found.append(
                f"Each line is dated the first day of the file's period, {self.decided.period}."
            )
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
            file=self.asked.name,
            sha256=self.asked.sha256,
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
            encoding=self.asked.encoding,
            delimiter=self.asked.delimiter,
            date_order=self.decided.order,
            kind=self.mapping.kind,
            period=self.decided.period,
            warnings=tuple(found),
        )


@cache
def no_aside() -> pl.DataFrame:
    return pl.DataFrame(schema=ASIDE_SCHEMA)


@cache
def no_lines() -> pl.DataFrame:
    return pl.DataFrame(schema=LINE_SCHEMA)


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
