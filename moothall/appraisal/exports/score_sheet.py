"""Scores and weights as a live sheet: figures and swings may be changed, and totals follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from moothall.appraisal.engine.agreement import Interests, Voice
from moothall.appraisal.engine.criteria import MOST, Criterion, Direction, Scale
from moothall.appraisal.engine.weighed import Weighed
from moothall.appraisal.engine.weighing import Weighing
from moothall.appraisal.exports.cells import FACTOR, YEAR, Book, Page

TOP = 4
FIRST = 2  # the first column of criteria
SCORE = "0.00"


@define
class ScoreSheet:
    """Options down, criteria across; then weighers down, criteria across; then totals.

    totals : option -> address of its total by everybody's weights
    """

    page: Page
    weighed: Weighed
    totals: dict[str, str] = field(factory=dict)

    @property
    def voices(self) -> tuple[Voice, ...]:
        return () if self.weighed.weighing is None else self.weighed.weighing.order.voices

    @property
    def figures_at(self) -> int:
        """The first row of figures: scales stand above them."""
        longest = max(len(one.points) for one in self.weighed.scores.criteria)
        return TOP + 2 * longest + 3

    @property
    def options(self) -> int:
        return len(self.weighed.scores.options)

    @property
    def criteria(self) -> int:
        return len(self.weighed.scores.criteria)

    @property
    def values_at(self) -> int:
        return self.figures_at + self.options + 3

    @property
    def swings_at(self) -> int:
        return self.values_at + self.options + 3

    @property
    def weights_at(self) -> int:
        return self.swings_at + len(self.voices) + 3

    @property
    def totals_at(self) -> int:
        return self.weights_at + len(self.voices) + 5

    def write(self) -> None:
        criteria = [one.title for one in self.weighed.scores.criteria]
        self.page.head(TOP - 1, 0, ["Scales", "", *criteria])
        self._write_scales()
        self.page.head(self.figures_at - 1, 0, ["Figures", "Option's key", *criteria])
        self._write_figures()
        self.page.head(self.values_at - 1, 0, ["Values, 0 to 100", "Option's key", *criteria])
        self._write_values()
        said = self.weighed.weighing
        if said is None:
            self.page.text(self.swings_at - 1, 0, "Nobody has weighed the criteria yet.", "head")
            return
        self.page.head(self.swings_at - 1, 0, ["Swings", "Declares an interest: 1", *criteria])
        self._write_swings(said)
        self.page.head(self.weights_at - 1, 0, ["Weights", "", *criteria])
        self._write_weights(said.interests)
        self._write_totals(said.interests)

    def _write_scales(self) -> None:
        longest = max(len(one.points) for one in self.weighed.scores.criteria)
        for step in range(longest):
            self.page.text(TOP + step, 0, f"Figure {step + 1} of its scale")
            self.page.text(TOP + longest + step, 0, f"What figure {step + 1} is worth")
        for place, criterion in enumerate(self.weighed.scores.criteria):
            column = FIRST + place
            if criterion.scale is Scale.LOCAL:
                self.page.text(
                    TOP, column, f"From the worst to the best of these ({criterion.direction})"
                )
                continue
            for step, (figure, worth) in enumerate(criterion.points):
                self.page.given(TOP + step, column, figure)
                self.page.given(TOP + longest + step, column, worth)

    def _write_figures(self) -> None:
        scores = self.weighed.scores
        for row, (key, title) in enumerate(scores.options.items()):
            self.page.text(self.figures_at + row, 0, title)
            self.page.text(self.figures_at + row, 1, key)
            for column, figure in enumerate(scores.figures[row]):
                self.page.given(self.figures_at + row, FIRST + column, float(figure))

    def _write_values(self) -> None:
        scores = self.weighed.scores
        for row, (key, title) in enumerate(scores.options.items()):
            self.page.text(self.values_at + row, 0, title)
            self.page.text(self.values_at + row, 1, key)
            for column, criterion in enumerate(scores.criteria):
                formula = self._value(criterion, row, FIRST + column)
                value = float(scores.values[row, column])
                self.page.worked(self.values_at + row, FIRST + column, formula, value, SCORE)

    def _value(self, criterion: Criterion, row: int, column: int) -> str:
        figure = self.page.cell(self.figures_at + row, column)
        if criterion.scale is Scale.LOCAL:
            every = self.page.down(column, self.figures_at, self.options)
            worst, best = f"MIN({every})", f"MAX({every})"
            if criterion.direction is Direction.LESS:
                worst, best = best, worst
            return f"IF({best}={worst},{MOST},({figure}-{worst})/({best}-{worst})*{MOST})"
        longest = max(len(one.points) for one in self.weighed.scores.criteria)
        at = [self.page.cell(TOP + step, column) for step in range(len(criterion.points))]
        worth = [
            self.page.cell(TOP + longest + step, column) for step in range(len(criterion.points))
        ]
        between = [
            f"{worth[n]}+({figure}-{at[n]})/({at[n + 1]}-{at[n]})*({worth[n + 1]}-{worth[n]})"
            for n in range(len(at) - 1)
        ]
        formula = between[-1]
        for n in range(len(at) - 2, 0, -1):
            is_before = f"({figure}-{at[n]})*SIGN({at[-1]}-{at[0]})<0"
            formula = f"IF({is_before},{between[n - 1]},{formula})"
        return formula

    def _write_swings(self, said: Weighing) -> None:
        interested = said.interests.interested
        swings = {one.key: one.swings for one in said.weightings}
        for row, voice in enumerate(self.voices):
            self.page.text(self.swings_at + row, 0, voice.title)
            self.page.given(self.swings_at + row, 1, voice.key in interested, YEAR)
            given = {one.criterion: one.points for one in swings[voice.key]}
            for column, criterion in enumerate(self.weighed.scores.criteria):
                points = given.get(criterion.key, 0.0)
                self.page.given(self.swings_at + row, FIRST + column, points)

    def _write_weights(self, said: Interests) -> None:
        everyone, without = said.everyone, said.without
        for row, voice in enumerate(self.voices):
            self.page.text(self.weights_at + row, 0, voice.title)
            swings = self.page.across(self.swings_at + row, FIRST, self.criteria)
            for column, criterion in enumerate(self.weighed.scores.criteria):
                points = self.page.cell(self.swings_at + row, FIRST + column)
                weight = voice.weights[criterion.key]
                formula = f"{points}/SUM({swings})"
                self.page.worked(self.weights_at + row, FIRST + column, formula, weight, FACTOR)
        after = self.weights_at + len(self.voices)
        self.page.text(after, 0, "Everybody, the mean of each weight")
        self.page.text(after + 1, 0, "Without those who declare an interest")
        flags = self.page.down(1, self.swings_at, len(self.voices))
        for column, criterion in enumerate(self.weighed.scores.criteria):
            weights = self.page.down(FIRST + column, self.weights_at, len(self.voices))
            mean = everyone.weights[criterion.key]
            self.page.worked(after, FIRST + column, f"AVERAGE({weights})", mean, FACTOR)
            formula = f'IF(COUNTIF({flags},0)=0,"",SUMIF({flags},0,{weights})/COUNTIF({flags},0))'
            known = "" if without is None else without.weights[criterion.key]
            self.page.worked(after + 1, FIRST + column, formula, known, FACTOR)

    def _write_totals(self, said: Interests) -> None:
        named: list[tuple[str, Mapping[str, Any] | None]] = [
            *((voice.title, voice.totals) for voice in self.voices),
            ("Everybody", said.everyone.totals),
            ("Without the interested", None if said.without is None else said.without.totals),
        ]
        heads = ["Totals, 0 to 100", "Option's key", *(title for title, _ in named)]
        self.page.head(self.totals_at - 1, 0, [*heads, "Place by everybody's weights"])
        everybody = FIRST + len(self.voices)
        for row, (key, title) in enumerate(self.weighed.scores.options.items()):
            at = self.totals_at + row
            self.page.text(at, 0, title)
            self.page.text(at, 1, key)
            values = self.page.across(self.values_at + row, FIRST, self.criteria)
            for column, (_, totals) in enumerate(named):
                weights = self.page.across(self.weights_at + column, FIRST, self.criteria)
                known = "" if totals is None else totals[key]
                formula = f"SUMPRODUCT({values},{weights})"
                if column == len(named) - 1:
                    first = self.page.cell(self.weights_at + column, FIRST)
                    formula = f'IF({first}="","",{formula})'
                self.page.worked(at, FIRST + column, formula, known, SCORE)
            self.totals[key] = self.page.cell(at, everybody)
            every = self.page.down(everybody, self.totals_at, self.options)
            place = said.everyone.by_weights[key]
            formula = f"1+SUMPRODUCT(--({every}>{self.totals[key]}+0.000000001*MAX({every})))"
            self.page.worked(at, everybody + 2, formula, place, YEAR)


def score_sheet(book: Book, weighed: Weighed) -> ScoreSheet:
    """Add the sheet of scores and weights to a book, and write it."""
    page = book.page(
        "Scores",
        "Scores, weights and totals",
        "Weighted sum of values from 0 to 100. Figures and swings on yellow may be changed. A "
        "swing says what going from the worst to the best of a criterion is worth.",
        (40, 18, *(16,) * len(weighed.scores.criteria)),
        (TOP, 2),
    )
    sheet = ScoreSheet(page, weighed)
    sheet.write()
    return sheet
