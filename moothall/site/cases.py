"""Which published cases are worked out again here, and do they come out as printed?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from attrs import evolve, frozen

from moothall.agreements.engine.governed_cases import GOVERNED
from moothall.appraisal.cases.named import CASES as APPRAISAL_CASES
from moothall.core.errors import CannotDo
from moothall.deals.cases.named import CASES as DEAL_CASES
from moothall.spend.engine.cases import CASES as SPEND_CASES
from moothall.values.cases import Case

# Every slice with worked cases adds its own here.
CASES: dict[str, Callable[[], Case]] = {**SPEND_CASES, **DEAL_CASES, **APPRAISAL_CASES}


class NoSuchCase(CannotDo):
    """Nothing goes by that name."""


@frozen
class CaseRow:
    """One case, as the list of cases shows it."""

    name: str
    title: str
    source: str
    figure_count: int
    off_count: int
    story: str = ""

    @property
    def story_opens(self) -> str:
        """The first sentence of its story."""
        return f"{self.story.split('. ')[0].removesuffix('.')}." if self.story else ""

    def as_json(self) -> dict[str, object]:
        return {
            "case": self.name,
            "title": self.title,
            "source": self.source,
            "figures": self.figure_count,
            "do_not_agree": self.off_count,
        }


def case_list() -> tuple[CaseRow, ...]:
    """Every case, by name."""
    found = ((name, case_named(name)) for name in sorted(CASES))
    return tuple(
        CaseRow(
            name,
            case.title,
            case.source,
            len(case.figures),
            len(case.disagreements()),
            case.story,
        )
        for name, case in found
    )


def case_named(name: str) -> Case:
    """A case, worked out.

    :raises NoSuchCase: with the names there are.
    """
    if name not in CASES:
        raise NoSuchCase(f"There is no case {name}. There are: {', '.join(sorted(CASES))}.")
    return _worked_out(name)


@cache
def _worked_out(name: str) -> Case:
    """A case rests on nothing but its own figures, so it is worked out once."""
    case = CASES[name]()
    # Who decides what is worked out a floor above the deals, and stands with the rest.
    more = GOVERNED[name]() if name in GOVERNED else ()
    return evolve(case, figures=(*case.figures, *more))
