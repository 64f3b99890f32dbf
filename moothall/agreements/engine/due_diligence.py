"""Is what was found out about a partner still fresh, and can it carry an agreement of this size?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from attrs import frozen

from moothall.values.periods import months_after
from moothall.values.rules import RuleVersion
from moothall.values.wording import number_of, percentage, plain_date

HUNDREDTH = Decimal("0.01")


@frozen
class Check:
    """A kind of check. months: the age at which it is done again."""

    key: str
    label: str
    months: int
    needed: bool


@frozen
class Done:
    """That a partner was checked, on a day."""

    partner: str
    kind: str
    on: date


def checks(rule: RuleVersion) -> dict[str, Check]:
    return {row["key"]: Check(**row) for row in rule.value}


def good_until(done: Done, check: Check) -> date:
    """The last day on which it is not too old."""
    return months_after(done.on, check.months)


def older_than_limit(
    partners: Iterable[str], done: Sequence[Done], asked: Iterable[Check], *, on: date
) -> tuple[str, ...]:
    """A sentence for each check of a partner that is too old on a day, or is needed and missing.

    The latest of a kind counts. A day on the limit is not over it.
    """
    found = []
    by_kind = {check.key: check for check in asked}
    latest: dict[tuple[str, str], Done] = {}
    for each in sorted(done, key=lambda each: each.on):
        if each.on <= on:
            latest[each.partner, each.kind] = each
    for partner in partners:
        for check in by_kind.values():
            last = latest.get((partner, check.key))
            if last is None and check.needed:
                found.append(
                    f"{partner} has not been checked for {check.label.lower()}. Check it, and "
                    "record when."
                )
            elif last is not None and good_until(last, check) < on:
                found.append(
                    f"{partner} was last checked for {check.label.lower()} on "
                    f"{plain_date(last.on)}, and the limit is {number_of(check.months, 'month')}. "
                    "Check it again."
                )
    return tuple(found)


@frozen
class Standing:
    """Ratios of a partner's accounts; None where a figure is missing.

    value_of_turnover : the agreement's yearly value as a part of turnover
    times             : turnover as a multiple of that value
    current_ratio     : current assets over current liabilities
    """

    value_of_turnover: Decimal | None
    times: Decimal | None
    current_ratio: Decimal | None
    said: str


def standing(
    *,
    turnover_gbp: Decimal | None,
    yearly_value_gbp: Decimal | None,
    current_assets_gbp: Decimal | None,
    current_liabilities_gbp: Decimal | None,
    multiple: RuleVersion,
) -> Standing:
    """How large the agreement is to a partner, and whether it can pay what is due soon."""
    part = times = None
    said = []
    if turnover_gbp and yearly_value_gbp:
        part = yearly_value_gbp / turnover_gbp
        times = (turnover_gbp / yearly_value_gbp).quantize(HUNDREDTH, ROUND_HALF_UP)
        said.append(f"A year of this agreement is {percentage(part)} of its turnover.")
        if times < multiple.value:
            said.append(
                f"Its turnover is {times} times that, under the {multiple.value} times that is "
                "usually asked."
            )
    ratio = None
    if current_assets_gbp is not None and current_liabilities_gbp:
        ratio = (current_assets_gbp / current_liabilities_gbp).quantize(HUNDREDTH, ROUND_HALF_UP)
        if ratio < 1:
            said.append(
                f"Its current ratio is {ratio}: what it owes within a year is more than what it "
                "can turn to cash."
            )
    return Standing(part, times, ratio, " ".join(said))
