"""What of a published case is a matter of who decides: seats, votes and what is kept back?

The deals of these cases are worked out beside their terms; who could outvote whom is worked out
here, by the engine that counts every board's votes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import ceil

from moothall.agreements.engine.matters import Decided, matters, why_not_decide
from moothall.agreements.engine.powers import SeatClass, passes_alone, powers
from moothall.agreements.engine.stv import droop_quota
from moothall.agreements.engine.voting import (
    BY_SHARE,
    ClassVotes,
    Majority,
    Method,
    Rule,
    outcome,
)
from moothall.deals.cases.working import figure
from moothall.values.cases import CaseFigure

Figures = tuple[CaseFigure, ...]
BOARD = "wikipreneurship.eu, GLL"
OF_THREE = "of 3 majorities"
THREE = "More than half, two thirds and three quarters."

BOROUGHS = ("Westminster", "Hammersmith & Fulham", "Kensington and Chelsea")
LEISURE = (
    SeatClass("staff", "Staff", 11),
    SeatClass("others", "Councillors, a trade union and customers", 7),
)
SOUTHWEST = (
    SeatClass("ibm", "IBM", 1, weight=75),
    SeatClass("public", "The public bodies", 1, weight=25, is_public=True),
)
SALFORD = (
    SeatClass("council", "The council", 1, weight=199, is_public=True),
    SeatClass("builder", "Galliford Try", 1, weight=300),
    SeatClass("capita", "Capita", 1, weight=501),
)


def tri_borough() -> Figures:
    """Two councils against the third: on its own ground, on a reserved matter, on the rest."""
    outvoted = {
        decided: sum(
            _carried(pair, decided)
            for kind in _kinds(decided)
            for pair in combinations(range(3), 2)
        )
        for decided in (Decided.RING_FENCED, Decided.RESERVED)
    }
    ordinary = sum(_carried(pair, Decided.ORDINARY) for pair in combinations(range(3), 2))
    return (
        figure(
            "Ways in which two of the councils outvote the third on its own ground", None,
            outvoted[Decided.RING_FENCED], "ways",
            note="The sovereignty guarantee: council tax, members, constitution, policy, "
            "specification and staff are each council's own, and a motion on them is refused.",
        ),
        figure(
            "The same, on a matter reserved to the consent of all", None,
            outvoted[Decided.RESERVED], "ways",
        ),
        figure(
            "The same, on the ordinary running of a shared service", None, ordinary, "ways",
            note="By more than half of three votes any two carry it.",
        ),
    )  # fmt: skip


def _kinds(decided: Decided) -> Sequence[str]:
    return [each.key for each in matters().values() if each.decided is decided]


def _carried(pair: Sequence[int], decided: Decided) -> bool:
    """Whether two councils carry a motion of a kind, the third against."""
    if why_not_decide("The joint committee", _kinds(decided)[0], {}):
        return False
    majority = {Decided.RESERVED: Majority.EVERYONE}.get(decided, Majority.MORE_THAN_HALF)
    votes = [
        ClassVotes(name, name, 1, for_=int(place in pair), against=int(place not in pair))
        for place, name in enumerate(BOROUGHS)
    ]
    return outcome(Rule(majority=majority), votes).is_carried


def greenwich_leisure() -> Figures:
    """What eleven of eighteen seats carry, and how many more a special vote takes."""
    staff, seats = LEISURE[0].seats, sum(each.seats for each in LEISURE)
    return (
        _passed("Majorities that the staff's seats carry alone", LEISURE, "staff", Method.MEMBERS),
        figure(
            "Other seats that three quarters takes besides", None,
            ceil(seats * 3 / 4) - staff, "seats", source=BOARD,
            note="So a change of the rules takes councillors, the union or customers too.",
        ),
    )  # fmt: skip


def goodwin() -> Figures:
    """What it takes to be elected a director by residents."""
    quota = droop_quota(480, 3)
    return (
        figure(
            "Quota for three directors elected by residents, of 480 papers (invented)", None,
            quota, "votes",
            note="How many directors there are, and how residents vote, was not published. By the "
            "single transferable vote, residents who are a quarter and one elect one of three.",
        ),
        figure("The same, of the papers", None, f"{100 * quota / 480:.4f}", "%", 2),
    )  # fmt: skip


def southwest_one() -> Figures:
    """What three quarters of the shares carry, with reserved matters and without."""
    every = Rule(Method.SHARES, Majority.EVERY_CLASS)
    stopped = powers(SOUTHWEST, Method.SHARES)[1].blocks
    return (
        _passed("Majorities that IBM's 75% carries alone", SOUTHWEST, "ibm", Method.SHARES),
        figure(
            "Majorities that the public bodies' 25% stops", None, len(stopped), OF_THREE,
            note="More than a quarter stops a special resolution; a quarter exactly does not.",
        ),
        figure(
            "Reserved matters that IBM carries alone, where both classes must agree", None,
            int(passes_alone("ibm", SOUTHWEST, every)), "matters",
        ),
    )  # fmt: skip


def salford() -> Figures:
    """What 19.9% of the shares stops."""
    stopped = powers(SALFORD, Method.SHARES)[0].blocks
    return (
        figure(
            "Majorities that the council's 19.9% stops alone", None, len(stopped),
            OF_THREE,
            note="None: it rests on reserved matters, which take the consent of all.",
        ),
    )  # fmt: skip


def _passed(name: str, classes: Sequence[SeatClass], key: str, method: Method) -> CaseFigure:
    passed = sum(passes_alone(key, classes, Rule(method, majority)) for majority in BY_SHARE)
    return figure(name, None, passed, OF_THREE, note=THREE)


GOVERNED: dict[str, Callable[[], Figures]] = {
    "goodwin-trust": goodwin,
    "greenwich-leisure": greenwich_leisure,
    "salford-urban-vision": salford,
    "southwest-one": southwest_one,
    "tri-borough": tri_borough,
}
