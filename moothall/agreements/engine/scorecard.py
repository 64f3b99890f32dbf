"""How well is an agreement performed? Each result is rated against bands agreed beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from moothall.values.periods import months_after
from moothall.values.rules import RuleVersion
from moothall.values.wording import decimal_number, number_of, plain_date, pounds_in_words

GOOD, APPROACHING, IMPROVE, INADEQUATE, OTHER = RATINGS = (
    "good",
    "approaching",
    "improve",
    "inadequate",
    "other",
)


class BandsCross(ValueError):
    """The bands do not follow each other in the direction of good."""


@frozen
class Bands:
    """Where each rating begins: good at `target`, then `approaching`, then `improve`.

    better : 'higher' or 'lower'; each band reaches from its number away from the target
    """

    better: str
    target: Decimal
    approaching: Decimal
    improve: Decimal = field()

    @improve.validator
    def _follow(self, _attribute: object, improve: Decimal) -> None:
        ordered = [self.target, self.approaching, improve]
        if self.better == "lower":
            ordered.reverse()
        if not ordered[0] >= ordered[1] >= ordered[2]:
            way = "down" if self.better == "higher" else "up"
            raise BandsCross(
                f"The bands cross: where {self.better} is better they go {way} from the target, "
                f"and these are {decimal_number(self.target)}, {decimal_number(self.approaching)} "
                f"and {decimal_number(improve)}. Turn the direction, or change a number."
            )

    def rating(self, value: Decimal | None) -> str:
        """The key of the rating; a result that cannot be put in a number is 'other'."""
        if value is None:
            return OTHER
        for key, edge in (
            (GOOD, self.target),
            (APPROACHING, self.approaching),
            (IMPROVE, self.improve),
        ):
            if value >= edge if self.better == "higher" else value <= edge:
                return key
        return INADEQUATE


@frozen
class Rating:
    key: str
    label: str
    said: str


def scale(rule: RuleVersion) -> dict[str, Rating]:
    """The ratings of a dated scale, the best first."""
    return {row["key"]: Rating(**row) for row in rule.value}


def warnings_of_duty(
    rule: RuleVersion,
    *,
    regime: str,
    value_pence: int | None,
    indicators: int,
    assessed_on: date | None,
    starts_on: date | None,
    on: date,
) -> tuple[str, ...]:
    """What the duty to set, publish and assess indicators may ask for that is not there.

    Warns and never refuses: the rule may be unverified, and it has exceptions that are not read.
    """
    duty: Mapping[str, Any] = rule.value
    threshold = Decimal(duty["above_gbp"])
    if value_pence is None or Decimal(value_pence) / 100 <= threshold:
        return ()
    above = f"The agreement is worth more than {pounds_in_words(threshold)}"
    standing = "" if rule.verified else " This rule has not been verified here."
    if not regime:
        return (
            f"{above}, and the law it was bought under is not recorded: whether indicators must "
            f"be published is not assessed. Record the regime.{standing}",
        )
    if regime not in duty["regimes"]:
        return ()
    found = []
    if indicators < duty["least"]:
        found.append(
            f"{above} and has {number_of(indicators, 'indicator')}: at least {duty['least']} are "
            f"set and published before it is entered into, unless an exception holds.{standing}"
        )
    since = assessed_on or starts_on
    if since is not None and months_after(since, duty["every_months"]) < on:
        found.append(
            f"{above} and was last assessed on {plain_date(assessed_on)}"
            if assessed_on
            else f"{above} and has not been assessed since it began on {plain_date(starts_on)}"
        )
        found[-1] += (
            f": its performance is assessed and published at least every {duty['every_months']} "
            f"months, in a contract performance notice (UK9).{standing}"
        )
    return tuple(found)


def run_of(ratings: Sequence[str], among: Iterable[str]) -> int:
    """How many of the last ratings in a row are among these."""
    wanted = frozenset(among)
    count = 0
    for rating in reversed(ratings):
        if rating not in wanted:
            break
        count += 1
    return count
