"""What may the risks of an agreement cost, taken together, and how does each score?

Each risk happens or it does not, each on its own. Their total is worked out exactly, not drawn:
chances are fractions, amounts whole pence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import sqrt

from attrs import field, frozen

from moothall.values.state_table import StateTable, moves, states
from moothall.values.wording import number_of

RISK = StateTable(
    "risk",
    states(OPEN="open", HAPPENED="happened", CLOSED="closed"),
    moves(
        ("HAPPEN", "OPEN", "HAPPENED", "say that it happened"),
        ("CLOSE", "OPEN", "CLOSED", "close it"),
        ("CLOSE", "HAPPENED", "CLOSED", "close it"),
        ("REOPEN", "CLOSED", "OPEN", "open it again"),
    ),
)

MOST_TOTALS = 20_000  # as many different totals as a page works out while somebody waits
STEPS_PENCE = (1, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 10**9, 10**10)


@frozen
class Chance:
    """A risk in figures: it costs `pence` with this probability, and otherwise nothing."""

    probability: Fraction = field(converter=Fraction)
    pence: int

    @probability.validator
    def _is_a_part(self, _attribute: object, probability: Fraction) -> None:
        if not 0 <= probability <= 1:
            raise ValueError(f"A probability lies from 0 to 1, not {float(probability):g}.")

    def shared(self, percent: Decimal) -> Chance:
        """The part of it that falls on whoever bears `percent` of it."""
        return Chance(self.probability, int(self.pence * Fraction(percent) / 100))


@frozen
class Totals:
    """The distribution of what risks cost together.

    chance_of  : pence -> its exact probability, from the least total to the greatest
    step_pence : amounts were taken to the nearest of this, so that there are not too many totals
    """

    chance_of: Mapping[int, Fraction]
    step_pence: int

    @property
    def expected_pence(self) -> Fraction:
        """sum p I"""
        return sum((pence * chance for pence, chance in self.chance_of.items()), Fraction(0))

    @property
    def deviation_pence(self) -> float:
        """The standard deviation: sqrt(sum p (1 - p) I^2), the risks being independent."""
        mean = self.expected_pence
        spread = sum((pence - mean) ** 2 * chance for pence, chance in self.chance_of.items())
        return sqrt(spread)

    def at(self, part: Fraction | str) -> int:
        """The smallest total that is not passed with a probability of `part` (P50: 1/2)."""
        wanted = Fraction(part)
        cumulated = accumulate(self.chance_of.values())
        return next(
            pence
            for pence, reached in zip(self.chance_of, cumulated, strict=True)
            if reached >= wanted
        )

    @property
    def most_pence(self) -> int:
        return max(self.chance_of)

    def columns(self, about: int = 12) -> tuple[tuple[int, int, Fraction], ...]:
        """Return (from, up to, probability) of equal parts of the range, nothing at all apart."""
        most = self.most_pence
        if not most:
            return ()
        width = _round_up(-(-most // about))
        count = -(-most // width)
        chances = [Fraction(0)] * count
        for pence, chance in self.chance_of.items():
            if pence:
                chances[(pence - 1) // width] += chance
        return tuple((n * width, (n + 1) * width, chance) for n, chance in enumerate(chances))


def totals_of(risks: Sequence[Chance]) -> Totals:
    """Return the exact distribution of the total of independent risks, by convolution.

    With more than MOST_TOTALS different totals, each amount is first taken to the nearest step.
    """
    step = next(step for step in STEPS_PENCE if _count_of_totals(risks, step) <= MOST_TOTALS)
    chance_of = {0: Fraction(1)}
    for risk in risks:
        pence = _to_nearest(risk.pence, step)
        if not pence or not risk.probability:
            continue
        spared, happens = 1 - risk.probability, risk.probability
        after: dict[int, Fraction] = {}
        for total, chance in chance_of.items():
            after[total] = after.get(total, Fraction(0)) + chance * spared
            after[total + pence] = after.get(total + pence, Fraction(0)) + chance * happens
        chance_of = after
    return Totals({total: chance_of[total] for total in sorted(chance_of)}, step)


def _count_of_totals(risks: Sequence[Chance], step: int) -> int:
    steps: int = sum(_to_nearest(risk.pence, step) for risk in risks) // step
    return min(1 << len(risks), steps + 1)


def _to_nearest(pence: int, step: int) -> int:
    return (pence + step // 2) // step * step


def _round_up(pence: int) -> int:
    """The next amount of 1, 2, 2.5 or 5 times a power of ten pence."""
    power = 1
    while power * 10 < pence:
        power *= 10
    return next(
        size for size in (power, 2 * power, 5 * power // 2, 5 * power, 10 * power) if size >= pence
    )


class CannotShare(ValueError):
    """A risk stays with whom it is, whatever is written down."""


def refuse_to_transfer_reputation(
    *, is_reputation: bool, authority_percent: Decimal, authority: str
) -> None:
    """Refuse to write down that another bears an authority's reputation.

    :raises CannotShare: when a part of a risk to reputation is put on anybody else.
    """
    if is_reputation and authority_percent < 100:
        given = (100 - authority_percent).normalize()
        raise CannotShare(
            f"A risk to reputation is not passed on: {given:f}% of it is put on others, and "
            f"whoever delivers, it is {authority} that is held to account. Leave all of it with "
            f"{authority}, say in the mitigation what others do about it, and record what it "
            "would cost as a risk of its own."
        )


@frozen
class Grade:
    """A part of the scale of scores: from `least` up, read from the rules."""

    key: str
    label: str
    least: int


def grade_of(score: int, scale: Sequence[Grade]) -> Grade:
    """The highest grade whose least score is reached. A score is likelihood x impact, 1 to 25."""
    return max((grade for grade in scale if grade.least <= score), key=lambda grade: grade.least)


def worth_of_mitigation(
    *, inherent: Chance | None, residual: Chance | None, cost_pence: int | None
) -> str:
    """What mitigating a risk costs beside what it takes off, in a sentence; '' where unknown."""
    if inherent is None or residual is None or cost_pence is None:
        return ""
    before = inherent.probability * inherent.pence
    after = residual.probability * residual.pence
    spared = before - after
    if spared <= 0:
        return "The mitigation takes nothing off what the risk is expected to cost."
    if spared < cost_pence:
        return "The mitigation costs more than it takes off what the risk is expected to cost."
    times = Decimal(int(spared * 10 / cost_pence)) / 10 if cost_pence else None
    if times is None:
        return "The mitigation costs nothing."
    return f"The mitigation takes off {times:f} times what it costs."


def said_of_steps(totals: Totals, count: int) -> str:
    """What a reader has to know about how a distribution was worked out."""
    said = (
        f"{number_of(count, 'risk')}, each happening or not by itself, added up exactly: nothing "
        "is drawn at random."
    )
    if totals.step_pence > 1:
        pounds = f"{Decimal(totals.step_pence) / 100:,f}"
        said += f" Amounts are taken to the nearest £{pounds}."
    return said
