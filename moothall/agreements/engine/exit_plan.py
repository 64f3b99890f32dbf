"""Is an exit plan complete, is it fresh, and how far is the exit carried out?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import field, frozen

from moothall.values.periods import months_after
from moothall.values.wording import listed, number_of, plain_date


@frozen
class Part:
    """A part of every exit plan. items: what it usually says, to begin from."""

    key: str
    label: str
    asks: str
    is_needed: bool
    items: tuple[str, ...] = field(converter=tuple)


@frozen
class Check:
    key: str
    asks: str


@cache
def parts() -> dict[str, Part]:
    return {key: Part(key, **row) for key, row in _catalogue()["parts"].items()}


@cache
def step_in_triggers() -> dict[str, str]:
    """Return trigger of a step-in -> the item of a plan that agrees it."""
    return dict(_catalogue()["step_in"])


@cache
def rehearsal_checks() -> tuple[Check, ...]:
    return tuple(Check(**row) for row in _catalogue()["rehearsal"]["checks"])


@cache
def _catalogue() -> dict[str, Any]:
    text = (files("moothall.agreements") / "catalogues" / "exit_plan.toml").read_text("utf-8")
    return tomllib.loads(text)


class Held(StrEnum):
    """How a part of a plan stands."""

    FILLED = "filled"
    NOTHING = "none"
    EMPTY = "empty"


@frozen
class PartHeld:
    """What a plan has under one part.

    entries       : how many items or costs; under sharing, how many costs are shared in full
    none_because  : why there is nothing of the kind
    checked_on    : when somebody last checked that it is still so
    """

    key: str
    entries: int = 0
    none_because: str = ""
    checked_on: date | None = None

    @property
    def held(self) -> Held:
        if self.entries:
            return Held.FILLED
        return Held.NOTHING if self.none_because.strip() else Held.EMPTY


def empty_parts(held: Mapping[str, PartHeld]) -> tuple[str, ...]:
    """The labels of the needed parts that say nothing, in the plan's order."""
    return tuple(
        part.label
        for key, part in parts().items()
        if part.is_needed and held.get(key, PartHeld(key)).held is Held.EMPTY
    )


def shares_in_full(shares: Mapping[str, Decimal]) -> bool:
    return sum(shares.values(), Decimal(0)) == 1 and min(shares.values()) >= 0


def is_old(checked_on: date | None, today: date, months: int) -> bool:
    """Whether it was checked so many months ago or longer; never checked is old too."""
    return checked_on is None or today >= months_after(checked_on, months)


def old_parts(held: Iterable[PartHeld], today: date, months: int) -> tuple[PartHeld, ...]:
    """The parts with something in them that nobody has checked for so many months."""
    return tuple(
        one for one in held if one.held is not Held.EMPTY and is_old(one.checked_on, today, months)
    )


def freshness(old: Iterable[PartHeld], months: int) -> tuple[str, ...]:
    """A sentence for the old parts that were last checked on one day, the earliest first."""
    by_day: dict[date | None, list[str]] = {}
    for one in old:
        by_day.setdefault(one.checked_on, []).append(parts()[one.key].label)
    said = []
    for day in sorted(by_day, key=lambda day: day or date.min):
        first, *others = by_day[day]
        labels = listed([first, *(label[:1].lower() + label[1:] for label in others)])
        since = f"last checked on {plain_date(day)}" if day else "never checked"
        said.append(
            f"{labels}: {since}. Exit information is old after {number_of(months, 'month')}: check "
            "that it still holds."
        )
    return tuple(said)


@frozen
class Step:
    """One item of a plan that is carried out. None: not done, not set aside."""

    what: str
    due_on: date | None
    done_on: date | None = None
    set_aside_because: str = ""

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.set_aside_because


def why_not_close(steps: Sequence[Step], ends_on: date, today: date) -> str | None:
    """Why an agreement that is ending has not ended, or None."""
    open_ = [step for step in steps if step.is_open]
    if open_:
        return (
            f"This agreement has not ended: {number_of(len(open_), 'item')} of its exit plan "
            f"{'is' if len(open_) == 1 else 'are'} open, first “{open_[0].what}”. Carry each "
            "out, or set it aside with a reason."
        )
    if today < ends_on:
        return f"This agreement has not ended: it runs until {plain_date(ends_on)}. Close it then."
    return None
