"""What does one deal lead to, and what another, side by side on the same futures?"""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen

from moothall.deals.simulation import Simulation
from moothall.deals.solving import MEASURES, CannotSolve, measured, said


@frozen
class Compared:
    """One result of one party under two deals. None: it is not said, or the party is not there."""

    party: str
    name: str
    measure: str
    title: str
    was: float | None
    now: float | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self) -> tuple[str, str]:
        was, now = ("-" if one is None else said(one, self.measure) for one in (self.was, self.now))
        return was, now


@frozen
class FlagChange:
    """A flag that only one of two deals raises."""

    is_new: bool
    code: str
    party: str
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compared(was: Simulation, now: Simulation) -> list[Compared]:
    """Return every result that either deal says, party by party."""
    found = []
    for party in dict.fromkeys((*was.deal.parties, *now.deal.parties)):
        named = was if party in was.deal.parties else now
        for measure, title in MEASURES.items():
            both = _said_of(was, party, measure), _said_of(now, party, measure)
            if both != (None, None):
                name = named.deal.party_name(party)
                found.append(Compared(party, name, measure, title, *both))
    return found


def flag_changes(was: Simulation, now: Simulation) -> list[FlagChange]:
    """Return the flags that are gone, then those that are new; a flag is its code and party."""
    before, after = was.fairness.flags, now.fairness.flags
    found = []
    for is_new, ours, theirs in ((False, before, after), (True, after, before)):
        others = {(flag.code, flag.party) for flag in theirs}
        found += [
            FlagChange(is_new, flag.code, flag.party, flag.sentence)
            for flag in ours
            if (flag.code, flag.party) not in others
        ]
    return found


def _said_of(done: Simulation, party: str, measure: str) -> float | None:
    if party not in done.deal.parties:
        return None
    try:
        return measured(done, party, measure)
    except CannotSolve:
        return None
