"""An appraisal as a live spreadsheet: inputs on yellow, and every result a formula over them.

It works out anew in whatever opens it, and agrees with what Moothall worked out to the penny. What
rests on drawn futures does not move with the inputs, and says so.
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from attrs import define

from moothall.appraisal.engine.cost_lines import COUNCIL
from moothall.appraisal.engine.economic_case import EconomicOption
from moothall.appraisal.engine.result import OptionResult, Result
from moothall.appraisal.engine.views import view
from moothall.appraisal.engine.weighed import Weighed
from moothall.appraisal.exports.cells import MONEY, SHARE, Book, Page
from moothall.appraisal.exports.money_sheets import MoneySheets, money_sheets
from moothall.appraisal.exports.score_sheet import ScoreSheet, score_sheet
from moothall.values.wording import plain_date

TOP = 8
RATIO = "0.00"


@define
class Summary:
    """One row an option: worked out by formulas, with what Moothall worked out beside it."""

    page: Page
    result: Result
    money: MoneySheets
    scores: ScoreSheet | None

    COSTS, BENEFITS, WORTH, COUNCIL_COST, PUBLIC, AGAINST, RATIO, SCORE = range(3, 11)
    MOVED = 11

    @property
    def shortlist(self) -> list[OptionResult]:
        return [one for one in self.result.options.values() if one.sifted.goes_on]

    def write(self) -> None:
        money = self.result.money
        self.page.head(
            TOP - 1,
            0,
            [
                *("Option's key", "Option", "Form", "Costs to society", "Benefits to society"),
                *("Worth to society, net", "Cost to the council", "Worth to the public sector"),
                *("Better than business as usual by", "Benefits for a pound of public cost"),
                *("Score, 0 to 100", "Net worth when this was written", "Moved since"),
                *("First over all weightings", "Best in futures drawn"),
            ],
        )
        for row, one in enumerate(self.shortlist, start=TOP):
            self._write_option(row, one)
        row = TOP + len(self.shortlist) + 1
        for one in self.result.options.values():
            if not one.sifted.goes_on:
                self.page.text(row, 1, one.option.name)
                self.page.text(row, 2, f"Discounted. {one.sifted.because}")
                row += 1
        for option, titles in money.unknown.items():
            name = self.result.options[option].option.name
            self.page.text(row, 1, name)
            self.page.text(row, 2, f"Nobody knows the amount of: {', '.join(titles)}.")
            row += 1
        self._write_bodies(row + 2)

    def _write_option(self, row: int, one: OptionResult) -> None:
        page, key = self.page, one.option.key
        economic, at = self.result.money.economic.options[key], page.cell(row, 0)
        page.text(row, 0, key)
        page.text(row, 1, one.option.name)
        page.text(row, 2, one.model.title)
        if one.cost is None or one.council_cost is None:
            page.text(row, self.COSTS, "Not known")
        else:
            page.worked(row, self.COSTS, self.money.costs(at), one.cost)
            council = f"-{self.money.worth_to(COUNCIL, at)}"
            page.worked(row, self.COUNCIL_COST, council, one.council_cost)
            self._write_worth(row, one, at, economic)
        if self.scores is not None and key in self.scores.totals:
            score = one.score if one.score is not None else ""
            page.worked(row, self.SCORE, self.scores.totals[key], score, RATIO)
        for column, share in ((13, one.first_probability), (14, one.best_probability)):
            if share is not None:
                page.stated(row, column, share, SHARE)

    def _write_worth(self, row: int, one: OptionResult, at: str, economic: EconomicOption) -> None:
        page, money, key = self.page, self.money, one.option.key
        page.worked(row, self.BENEFITS, money.benefits(at), economic.benefits)
        costs, gains = page.cell(row, self.COSTS), page.cell(row, self.BENEFITS)
        page.worked(row, self.WORTH, f"{gains}-{costs}", economic.net)
        public = self.result.money.public[key]
        parts = "+".join(money.worth_to(body, at) for body in public.bodies)
        page.worked(row, self.PUBLIC, parts, public.net)
        if one.against_usual is not None:
            rows = [each.option.key for each in self.shortlist]
            usual = rows.index(self.result.money.economic.usual or "") + TOP
            worth = page.cell(row, self.WORTH)
            formula = f"{worth}-{page.cell(usual, self.WORTH)}"
            page.worked(row, self.AGAINST, formula, one.against_usual)
        if one.bcr is not None:
            paid = f"({money.public_costs(at)})"
            formula = f'IF({paid}>0,({gains}-({costs}-{paid}))/{paid},"")'
            page.worked(row, self.RATIO, formula, one.bcr, RATIO)
        page.stated(row, self.MOVED, round(economic.net, 2), MONEY)
        moved = f"ROUND({page.cell(row, self.WORTH)}-{page.cell(row, self.MOVED)},2)"
        page.worked(row, self.MOVED + 1, moved, 0)

    def _write_bodies(self, row: int) -> None:
        """Write what each body receives and pays, and the council's budget year by year."""
        money, page, costing = self.money, self.page, self.result.money.costing
        known = [one for one in self.shortlist if one.cost is not None]
        names = [costing.bodies[body].name for body in money.bodies]
        page.head(row, 0, ["Worth to each body, present value", "", "", *names])
        for one in known:
            row += 1
            page.text(row, 0, one.option.key)
            page.text(row, 1, one.option.name)
            for place, body in enumerate(money.bodies):
                formula = money.worth_to(body, page.cell(row, 0))
                page.worked(row, 3 + place, formula, self._worth_to(body, one.option.key))
        row += 3
        years = costing.frame.budget_years
        page.head(row, 0, ["The council's budget, the money of each year", "", "", *years])
        for one in known:
            row += 1
            page.text(row, 0, one.option.key)
            page.text(row, 1, one.option.name)
            net = self.result.money.financial.options[one.option.key].net_by_year
            for year, comes_to in enumerate(net):
                formula = money.budget_of(page.cell(row, 0), year)
                page.worked(row, 3 + year, formula, comes_to)

    def _worth_to(self, body: str, option: str) -> Decimal:
        return view(self.result.money.costing, option, (body,)).net


def spreadsheet(result: Result) -> bytes:
    """Return an appraisal as XLSX: the same bytes for the same result."""
    book, of = Book(), result.appraisal
    page = book.page(
        "Summary",
        f"{of.name}, {of.body}",
        "Change the figures on yellow, on the sheets Years, Lines and Scores: everything else "
        "follows. The last two columns rest on weightings and futures that Moothall drew, and do "
        "not move.",
        (16, 30, 26, *(18,) * 12),
        (TOP, 2),
    )
    page.text(2, 0, result.money.economic.basis)
    page.text(
        3, 0, f"By the rules of {plain_date(of.on)}; {result.draws:,} draws, seed {result.seed}."
    )
    for row, note in enumerate(result.notes[:2], start=4):
        page.text(row, 0, f"Look at this: {note}")
    money = money_sheets(book, result.money.costing)
    weighed = result.weighed
    scores = score_sheet(book, weighed) if isinstance(weighed, Weighed) else None
    Summary(page, result, money, scores).write()
    if any(one.percentiles for one in result.options.values()):
        _futures(book, result)
    _evidence(book, result)
    return book.bytes(f"{of.name}, {of.body}", datetime.combine(of.on, time()))


def _futures(book: Book, result: Result) -> None:
    page = book.page(
        "Futures",
        "How far it may turn out otherwise",
        f"Drawn by Moothall: {result.draws:,} futures, seed {result.seed}. These figures do not "
        "move with the inputs.",
        (16, 34, *(18,) * 6),
        (4, 2),
    )
    names = list(next(one.percentiles for one in result.options.values() if one.percentiles))
    page.head(3, 0, ["Option's key", "Option", *names])
    for row, one in enumerate((o for o in result.options.values() if o.percentiles), start=4):
        page.text(row, 0, one.option.key)
        page.text(row, 1, one.option.name)
        for column, name in enumerate(names, start=2):
            page.stated(row, column, one.percentiles[name], MONEY)


def _evidence(book: Book, result: Result) -> None:
    page = book.page(
        "Evidence",
        "Where each figure comes from, the weakest first",
        "A is audited or a matching trial; E is an opinion.",
        (16, 40, 40, 8, 14, 60),
        (4, 2),
    )
    page.head(3, 0, ["Key", "What", "Source", "Grade", "Dated", "Why it is weak"])
    for row, weak in enumerate(result.weak, start=4):
        one = weak.evidence
        for column, words in enumerate(
            (
                *(one.key, one.title, one.source or "None given", one.grade or "None"),
                *("" if one.on is None else plain_date(one.on), weak.why),
            )
        ):
            page.text(row, column, words)
