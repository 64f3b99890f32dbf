"""Was a company's yearly plan kept, and may this dividend be paid?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from attrs import frozen

from moothall.values.money import Money
from moothall.values.proportions import in_percent
from moothall.values.rules import Rule
from moothall.values.state_table import StateTable, moves, states
from moothall.values.wording import pounds_in_words

QUARTERS = 4
PLAN_LIFE = StateTable(
    "business plan",
    states(
        DRAFT="being written",
        PUT="put to its owners",
        APPROVED="approved",
        REFUSED="refused",
        REPLACED="replaced by a later one",
    ),
    moves(
        ("put", "DRAFT", "PUT", "put the plan to the owners"),
        ("approve", "PUT", "APPROVED", "approve the plan"),
        ("refuse", "PUT", "REFUSED", "refuse the plan"),
        ("rewrite", "REFUSED", "DRAFT", "write the plan again"),
        ("replace", "APPROVED", "REPLACED", "replace the plan"),
    ),
)


@frozen
class PlanLine:
    """One line of a plan. planned and actual: whole pence by quarter; None is not reported."""

    title: str
    is_income: bool
    planned: tuple[int, int, int, int]
    actual: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)


@frozen
class Variance:
    """A line, or the result, over the quarters reported so far, in whole pence.

    better_pence : how much better than planned for the company; below 0 is worse
    """

    title: str
    planned_pence: int
    actual_pence: int
    better_pence: int


def quarters_reported(lines: Iterable[PlanLine]) -> int:
    """The quarters, from the first on, in which every line is reported."""
    lines = tuple(lines)
    count = 0
    while lines and count < QUARTERS and all(line.actual[count] is not None for line in lines):
        count += 1
    return count


def variances(lines: Iterable[PlanLine]) -> tuple[Variance, ...]:
    """Each line against the plan over the quarters reported, and the result last."""
    lines = tuple(lines)
    count = quarters_reported(lines)
    found = []
    for line in lines:
        planned, actual = sum(line.planned[:count]), sum(each or 0 for each in line.actual[:count])
        better = actual - planned if line.is_income else planned - actual
        found.append(Variance(line.title, planned, actual, better))
    signs = [1 if line.is_income else -1 for line in lines]
    planned = sum(s * each.planned_pence for s, each in zip(signs, found, strict=True))
    actual = sum(s * each.actual_pence for s, each in zip(signs, found, strict=True))
    return (*found, Variance("Result", planned, actual, actual - planned))


def why_not_dividend(
    *,
    pence: int,
    distributable_pence: int | None,
    already_pence: int,
    pays: str,
    rules: Mapping[str, Rule],
    on: date,
) -> str | None:
    """Return why a dividend may not be declared for a year, or None.

    distributable_pence : profits available for it at the end of the year; None is not recorded
    already_pence       : dividends declared from them before
    pays                : what the form of the company lets reach its members
    """
    asked = Money.from_pence(pence)
    if pays not in ("dividend", "capped dividend", "profit"):
        return (
            f"No dividend of {asked} is declared: a body of this form pays its members {pays}. "
            "Change the form in its record if that is wrong."
        )
    if distributable_pence is None:
        return (
            f"No dividend of {asked} is declared: the distributable profit of the year is not "
            "recorded. Record the year's accounts first."
        )
    left = distributable_pence - already_pence
    if rules["out_of_profits"].on(on).verified and pence > left:
        return (
            f"No dividend of {asked} is declared: {Money.from_pence(distributable_pence)} is "
            f"distributable and {Money.from_pence(already_pence)} of it is declared already, which "
            f"leaves {Money.from_pence(max(left, 0))}. Declare no more than that."
        )
    cap = rules["cic_dividend_cap"].on(on)
    if pays == "capped dividend" and cap.verified:
        most = max(distributable_pence, 0) * cap.value // 100
        if already_pence + pence > most:
            return (
                f"No dividend of {asked} is declared: a community interest company pays at most "
                f"{cap.value}% of distributable profit in dividends, {Money.from_pence(most)} for "
                f"this year, and {Money.from_pence(already_pence)} is declared already. Declare "
                "less."
            )
    return None


def dividend_shares(pence: int, shares: Mapping[str, int]) -> dict[str, int]:
    """What each shareholder gets, in whole pence: by shares, to the last penny.

    :raises ValueError: when nobody holds a share.
    """
    parts = Money.from_pence(pence).split(tuple(shares.values()))
    return {holder: part.pence for holder, part in zip(shares, parts, strict=True)}


def in_words(variance: Variance) -> str:
    """'£12,000 worse than planned (8.1%)'."""
    size = pounds_in_words(Money.from_pence(abs(variance.better_pence)))
    if not variance.better_pence:
        return "as planned"
    way = "better" if variance.better_pence > 0 else "worse"
    if not variance.planned_pence:
        return f"{size} {way} than planned"
    part = in_percent(abs(Fraction(variance.better_pence, variance.planned_pence)))
    return f"{size} {way} than planned ({part})"
