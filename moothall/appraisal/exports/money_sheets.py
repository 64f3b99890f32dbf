"""The money of an appraisal as live sheets: years, lines, and each case as formulas over them.

Sheets of lines share their rows: what a line comes to anywhere stands in its own row there.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import define

from moothall.appraisal.engine.cost_lines import COUNCIL, LABELS, CostLine
from moothall.appraisal.engine.costing import Amounts, Costing
from moothall.appraisal.engine.discounting import present_value
from moothall.appraisal.engine.economic_case import economic_line
from moothall.appraisal.engine.financial_case import CASHED, financial_line
from moothall.appraisal.engine.views import flow
from moothall.appraisal.exports.cells import FACTOR, MONEY, SHARE, YEAR, Book, Page

NIL = Decimal(0)
TOP = 4  # the first row of what a sheet lists
LABEL = ("Option's key", "Option", "Line")


@define
class YearsSheet:
    """Years, discounting, prices and drivers: what every line is multiplied by."""

    page: Page
    costing: Costing

    FIRST = 3
    BEGINS, RATE, WORTH, PRICES = TOP, TOP + 1, TOP + 2, TOP + 3
    INDICES = TOP + 6

    @property
    def drivers_at(self) -> int:
        return self.INDICES + len(self.costing.frame.indices) + 3

    def at(self, row: int, year: int) -> str:
        return self.page.cell(row, self.FIRST + year)

    def growth(self, index: str) -> str:
        place = list(self.costing.frame.indices).index(index)
        return self.page.cell(self.INDICES + place, self.FIRST)

    def driver(self, key: str, year: int) -> str:
        return self.at(self.drivers_at + list(self.costing.drivers).index(key), year)

    @property
    def factors(self) -> str:
        return self.page.across(self.WORTH, self.FIRST, self.costing.frame.years)

    def write(self) -> None:
        frame, page = self.costing.frame, self.page
        page.head(TOP - 1, 0, ["What", "Unit or source", "", *frame.budget_years])
        for row, words, source in (
            (self.BEGINS, "The year in which it begins", ""),
            (self.RATE, "Social discount rate, real", frame.schedule.parameter.source),
            (self.WORTH, "What a pound of it is worth in the first year", ""),
            (self.PRICES, "Prices in general; those of the price year are 1", "GDP deflator"),
        ):
            page.text(row, 0, words)
            page.text(row, 1, source)
        for year in range(frame.years):
            column = self.FIRST + year
            page.stated(self.BEGINS, column, frame.first_year + year, YEAR)
            page.given(self.PRICES, column, frame.prices[year], FACTOR)
            if year == 0:
                page.stated(self.WORTH, column, 1, FACTOR)
                continue
            page.given(self.RATE, column, frame.schedule.rate(year), SHARE)
            before, rate = self.at(self.WORTH, year - 1), self.at(self.RATE, year)
            page.worked(self.WORTH, column, f"{before}/(1+{rate})", frame.factors[year], FACTOR)
        self._write_others()

    def _write_others(self) -> None:
        frame, page = self.costing.frame, self.page
        page.head(self.INDICES - 1, 0, ["Prices that grow otherwise", "", "", "Growth a year"])
        for place, (name, growth) in enumerate(frame.indices.items()):
            page.text(self.INDICES + place, 0, name)
            page.given(self.INDICES + place, self.FIRST, growth, SHARE)
        page.head(self.drivers_at - 1, 0, ["Drivers: what lines are multiplied by", "Unit"])
        for place, driver in enumerate(self.costing.drivers.values()):
            page.text(self.drivers_at + place, 0, driver.title)
            page.text(self.drivers_at + place, 1, driver.unit)
            for year, value in enumerate(driver.values(frame.years)):
                page.given(self.drivers_at + place, self.FIRST + year, value)


@define
class MoneySheets:
    """Every line of the shortlist on each of its sheets, the same row on all of them."""

    book: Book
    costing: Costing
    years: YearsSheet
    lines: Page
    nominal: Page
    real: Page
    economic: Page
    budget: Page
    between: Page

    # Where things stand on each sheet, by column.
    PRICES_OF, INTO, BIAS, CASHABLE, FROM, AMOUNTS = 6, 7, 8, 9, 10, 14
    FLOWS = 3  # nominal and budget: years from here
    SIGN, IS_PUBLIC, PV, ECONOMIC = 3, 4, 5, 7

    @property
    def rows(self) -> Iterator[tuple[int, CostLine]]:
        return enumerate(self.costing.lines, start=TOP)

    @property
    def bodies(self) -> tuple[str, ...]:
        return tuple(self.costing.bodies)

    @property
    def yearly(self) -> int:
        """The first column of years of the sheet of real amounts: a column a body before it."""
        return 4 + len(self.bodies)

    @property
    def count(self) -> int:
        return len(self.costing.lines)

    def write(self) -> None:
        self.years.write()
        for row, line in self.rows:
            for page in (self.lines, self.nominal, self.real, self.economic, self.budget):
                self._label(page, row, line)
            self._label(self.between, row, line)
            self._write_line(row, line)
            self._write_nominal(row, line)
            self._write_real(row, line)
            self._write_economic(row, line)
            self._write_budget(row, line)
            self._write_between(row, line)
        self._write_heads()

    def _label(self, page: Page, row: int, line: CostLine) -> None:
        for column, words in enumerate(
            (line.option, self.costing.options[line.option], line.title)
        ):
            page.text(row, column, words)

    def _write_heads(self) -> None:
        years = self.costing.frame.budget_years
        names = [self.costing.bodies[key].name for key in self.bodies]
        self.lines.head(
            TOP - 1,
            0,
            [
                *(*LABEL, "Kind", "In the budget of, or to the good of", "Paid to"),
                *("Financial year of its prices", "Into the appraisal's prices"),
                *("Optimism bias", "Cashable", "Cashable from the year that begins in"),
                *("Multiplied by", "Left out of the economic case because", "Evidence", *years),
            ],
        )
        for page in (self.nominal, self.budget):
            page.head(TOP - 1, 0, [*LABEL, *years])
        self.real.head(
            TOP - 1,
            0,
            [*LABEL, "Present value", *(f"{name}: receives 1, pays -1" for name in names), *years],
        )
        self.economic.head(
            TOP - 1,
            0,
            [*LABEL, "Benefit 1, cost -1", "Public money", "Present value", "Counts", *years],
        )
        self.between.head(
            TOP - 1,
            0,
            [
                *(
                    *LABEL,
                    "In the council's budget, all years",
                    "Not in this budget, or not cashed",
                ),
                *("Left out of the economic case", "Inflation taken out", "Optimism bias"),
                *("Discounting", "In the economic case", "What is not explained"),
            ],
        )

    def _write_line(self, row: int, line: CostLine) -> None:
        page, frame, bodies = self.lines, self.costing.frame, self.costing.bodies
        of = frame.price_year if line.price_year is None else line.price_year
        page.text(row, 3, LABELS[line.kind])
        page.text(row, 4, bodies[line.falls_on].name)
        page.text(row, 5, "" if line.paid_to is None else bodies[line.paid_to].name)
        if line.is_nominal:
            page.text(row, self.PRICES_OF, "Of each year")
        else:
            page.stated(row, self.PRICES_OF, of, YEAR)
        if not line.is_nominal and not line.index:
            into = (
                Decimal(1)
                if of == frame.price_year
                else frame.deflator.between(of, frame.price_year)
            )
            page.given(row, self.INTO, into, FACTOR)
        page.given(row, self.BIAS, line.optimism_bias, SHARE)
        if line.kind in CASHED:
            page.given(row, self.CASHABLE, line.cashable_share, SHARE)
            if line.cashable_from is not None:
                page.given(row, self.FROM, line.cashable_from, YEAR)
        names = [self.costing.drivers[key].title for key in line.drivers]
        page.text(row, 11, ", ".join(names))
        page.text(row, 12, economic_line(self.costing, line).left_out)
        page.text(row, 13, line.evidence)
        for year, amount in enumerate(self._amounts(line)):
            page.given(row, self.AMOUNTS + year, amount, MONEY)

    def _amounts(self, line: CostLine) -> Amounts:
        given, years = line.amount_gbp, self.costing.frame.years
        return (given + (NIL,) * years)[:years] if isinstance(given, tuple) else (given,) * years

    def _write_nominal(self, row: int, line: CostLine) -> None:
        frame = self.costing.frame
        of = frame.price_year if line.price_year is None else line.price_year
        for year, comes_to in enumerate(self.costing.nominal(line)):
            parts = [self.lines.cell(row, self.AMOUNTS + year)]
            parts += [self.years.driver(key, year) for key in line.drivers]
            if line.index and not line.is_nominal:
                since = f"({self.years.at(YearsSheet.BEGINS, year)}-{of})"
                parts.append(f"(1+{self.years.growth(line.index)})^{since}")
            elif not line.is_nominal:
                parts.append(self.lines.cell(row, self.INTO))
                parts.append(self.years.at(YearsSheet.PRICES, year))
            self.nominal.worked(row, self.FLOWS + year, "*".join(parts), comes_to)

    def _write_real(self, row: int, line: CostLine) -> None:
        real, frame = self.costing.real(line), self.costing.frame
        for year, comes_to in enumerate(real):
            nominal = self.nominal.cell(row, self.FLOWS + year)
            prices = self.years.at(YearsSheet.PRICES, year)
            self.real.worked(row, self.yearly + year, f"{nominal}/{prices}", comes_to)
        flows = self.real.across(row, self.yearly, frame.years)
        worth = present_value(real, frame.factors)
        self.real.worked(row, 3, f"SUMPRODUCT({flows},{self.years.factors})", worth)
        for place, body in enumerate(self.bodies):
            self.real.stated(row, 4 + place, flow(line, body), YEAR)

    def _write_economic(self, row: int, line: CostLine) -> None:
        found, page, years = (
            economic_line(self.costing, line),
            self.economic,
            self.costing.frame.years,
        )
        is_public = self.costing.bodies[line.falls_on].is_public
        page.stated(row, self.SIGN, line.sign, YEAR)
        page.stated(row, self.IS_PUBLIC, is_public, YEAR)
        page.stated(row, self.PV + 1, not found.left_out, YEAR)
        sign, counts = page.cell(row, self.SIGN), page.cell(row, self.PV + 1)
        bias = self.lines.cell(row, self.BIAS)
        pairs = zip(found.by_year, found.optimism_bias_by_year, strict=True)
        for year, (amount, more) in enumerate(pairs):
            real = self.real.cell(row, self.yearly + year)
            formula = f"{counts}*({sign}*{real}-{bias}*ABS({real}))"
            page.worked(row, self.ECONOMIC + year, formula, amount + more)
        flows = page.across(row, self.ECONOMIC, years)
        page.worked(row, self.PV, f"SUMPRODUCT({flows},{self.years.factors})", found.present_value)

    def _write_budget(self, row: int, line: CostLine) -> None:
        found = financial_line(self.costing, line, COUNCIL)
        sign = 0
        if COUNCIL in line.bodies and (not found.left_out or line.kind in CASHED):
            sign = line.sign if line.falls_on == COUNCIL else -line.sign
        for year, comes_to in enumerate(found.by_year):
            formula = f"{sign}*{self.nominal.cell(row, self.FLOWS + year)}"
            if line.kind in CASHED and sign:
                since, share = self.lines.cell(row, self.FROM), self.lines.cell(row, self.CASHABLE)
                begins = self.years.at(YearsSheet.BEGINS, year)
                formula += f'*IF(AND({since}<>"",{begins}>={since}),{share},0)'
            self.budget.worked(row, self.FLOWS + year, formula, comes_to)

    def _write_between(self, row: int, line: CostLine) -> None:
        years, economic = self.costing.frame.years, economic_line(self.costing, line)
        budget = f"SUM({self.budget.across(row, self.FLOWS, years)})"
        nominal = f"SUM({self.nominal.across(row, self.FLOWS, years)})"
        real = f"SUM({self.real.across(row, self.yearly, years)})"
        in_case = f"SUM({self.economic.across(row, self.ECONOMIC, years)})"
        sign, counts = self.economic.cell(row, self.SIGN), self.economic.cell(row, self.PV + 1)
        worth = self.economic.cell(row, self.PV)
        in_all = line.sign * sum(self.costing.nominal(line), NIL)
        paid = financial_line(self.costing, line, COUNCIL).total
        signed = sum(economic.by_year, NIL)
        bias = sum(economic.optimism_bias_by_year, NIL)
        left_out = -in_all if economic.left_out else NIL
        inflation = NIL if economic.left_out else signed - in_all
        columns = (
            (budget, paid),
            (f"{sign}*{nominal}-{budget}", in_all - paid),
            (f"-(1-{counts})*{sign}*{nominal}", left_out),
            (f"{counts}*{sign}*({real}-{nominal})", inflation),
            (f"{in_case}-{counts}*{sign}*{real}", bias),
            (f"{worth}-{in_case}", economic.present_value - signed - bias),
            (worth, economic.present_value),
        )
        for place, (formula, comes_to) in enumerate(columns, start=3):
            self.between.worked(row, place, formula, comes_to)
        parts = self.between.across(row, 3, 6)
        self.between.worked(row, 10, f"ROUND({self.between.cell(row, 9)}-SUM({parts}),2)", 0)

    # What the summary adds up.

    def _sum(self, page: Page, column: int, option: str, *where: tuple[int, int]) -> str:
        keys = page.down(0, TOP, self.count)
        more = "".join(f",{page.down(at, TOP, self.count)},{equals}" for at, equals in where)
        return f"SUMIFS({page.down(column, TOP, self.count)},{keys},{option}{more})"

    def costs(self, option: str) -> str:
        """The formula of an option's costs, given the address of its key."""
        return f"-{self._sum(self.economic, self.PV, option, (self.SIGN, -1))}"

    def benefits(self, option: str) -> str:
        return self._sum(self.economic, self.PV, option, (self.SIGN, 1))

    def public_costs(self, option: str) -> str:
        return f"-{self._sum(self.economic, self.PV, option, (self.SIGN, -1), (self.IS_PUBLIC, 1))}"

    def worth_to(self, body: str, option: str) -> str:
        """The formula of what an option is worth to a body: received above nought, paid below."""
        column = 4 + self.bodies.index(body)
        keys, flows = (self.real.down(at, TOP, self.count) for at in (0, column))
        return f"SUMPRODUCT(({keys}={option})*{flows}*{self.real.down(3, TOP, self.count)})"

    def budget_of(self, option: str, year: int) -> str:
        return self._sum(self.budget, self.FLOWS + year, option)


def money_sheets(book: Book, costing: Costing) -> MoneySheets:
    """Add the sheets of money to a book, and write them."""
    basis = costing.frame.in_words()
    wide = (14, 22, 34)

    def page(name: str, title: str, words: str, *widths: float) -> Page:
        return book.page(name, title, words, (*wide, *widths), (TOP, 3))

    years = book.page(
        "Years",
        "Years, discounting, prices and drivers",
        "What every line is multiplied by. Figures on yellow may be changed.",
        (46, 24, 4),
        (TOP, 3),
    )
    sheets = MoneySheets(
        book=book,
        costing=costing,
        years=YearsSheet(years, costing),
        lines=page(
            "Lines", "Lines of cost and benefit", "Amounts as stated, above nought.", 20, 22
        ),
        nominal=page(
            "Nominal", "Lines in the money of each year", "Amounts times drivers, with inflation."
        ),
        real=page("Real", "Lines in the prices of one year", basis, 16),
        economic=page("Economic case", "What each line is worth to society", basis),
        budget=page(
            "Budget",
            "What each line does to the council's budget",
            "The money of each year, not discounted. Received is above nought, paid below.",
        ),
        between=page(
            "Reconciliation",
            "How the budget becomes the economic case, line by line",
            "What stands in the budget and each difference add up to the economic case.",
            *(18,) * 8,
        ),
    )
    sheets.write()
    return sheets
