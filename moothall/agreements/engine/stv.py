"""Who is elected by the single transferable vote?

The count is that of the weighted inclusive Gregory method, in exact fractions: nothing is rounded
at any stage, so that the order of the papers changes nothing.

1. The quota is Droop's: valid papers divided by one more than the seats, rounded down, plus one.
2. Whoever has the quota is elected. A surplus, the largest first, passes on: every paper that the
   candidate holds goes to its next preference among those neither elected nor excluded, at its
   value times surplus over votes. A paper with no further preference is not transferable: its part
   of the surplus is set aside, and is counted.
3. With no surplus to pass on, whoever has fewest is excluded, and their papers pass on at their
   value.
4. When no more are left than seats to fill, they are elected.
5. Of equals, who was ahead at the latest earlier stage where they differed counts as ahead; where
   they never differed, the lot decides that was drawn before the count.

Source: the method of the Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1,
which cuts each value off at five decimal places; here it is kept whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

Paper = tuple[str, ...]  # candidates, the first preference first


@frozen
class Stage:
    """The count after one step. votes and set_aside add up to the valid papers."""

    number: int
    did: str
    votes: Mapping[str, Fraction]
    set_aside: Fraction
    elected: tuple[str, ...] = ()
    excluded: str = ""


@frozen
class Count:
    """A whole count: who is elected, in the order in which they were."""

    seats: int
    valid: int
    quota: int
    elected: tuple[str, ...]
    stages: tuple[Stage, ...]


def droop_quota(valid: int, seats: int) -> int:
    """Return the fewest votes that only as many candidates can have as there are seats."""
    if seats < 1:
        raise ValueError(f"An election fills one seat or more, not {seats}. Say how many.")
    return valid // (seats + 1) + 1


def why_not_valid(paper: Paper, candidates: Iterable[str]) -> str:
    """Return why a paper is not counted, or nothing: it ranks candidates, each at most once."""
    if not paper:
        return "It gives no first preference."
    if strangers := [name for name in paper if name not in set(candidates)]:
        return f"{strangers[0]} is no candidate."
    if len(set(paper)) < len(paper):
        twice = next(name for name in paper if paper.count(name) > 1)
        return f"It names {twice} twice."
    return ""


def counted(papers: Mapping[Paper, int], candidates: Sequence[str], seats: int) -> Count:
    """Return the count of papers, each with how often it was given.

    candidates : in the order that the lot put them, drawn before: it decides between equals

    :raises ValueError: when a paper is not valid; set those aside first.
    """
    for paper in papers:
        if reason := why_not_valid(paper, candidates):
            raise ValueError(f"The paper {', '.join(paper)} cannot be counted. {reason}")
    valid = sum(papers.values())
    counting = _Counting(candidates, seats, droop_quota(valid, seats))
    counting.deal_out(papers)
    while len(counting.elected) < min(seats, len(candidates)):
        counting.next_stage()
    return Count(seats, valid, counting.quota, tuple(counting.elected), tuple(counting.stages))


class _Counting:
    """A count under way: each candidate's pile holds papers by what is left of them."""

    def __init__(self, candidates: Sequence[str], seats: int, quota: int) -> None:
        self.seats, self.quota = seats, quota
        self.lot = {name: place for place, name in enumerate(candidates)}
        self.continuing = list(candidates)
        self.elected: list[str] = []
        self.waiting: list[str] = []  # elected, with a surplus that has yet to pass on
        self.piles: dict[str, dict[Paper, Fraction]] = {name: {} for name in candidates}
        self.set_aside = Fraction(0)
        self.stages: list[Stage] = []

    def deal_out(self, papers: Mapping[Paper, int]) -> None:
        for paper, often in papers.items():
            self._pass_on(paper, Fraction(often))
        self._close_stage("First preferences are counted.")

    def next_stage(self) -> None:
        left = self.seats - len(self.elected)
        if len(self.continuing) <= left:
            rest = sorted(self.continuing, key=self._standing, reverse=True)
            for name in rest:
                self._elect(name)
            self._note("No more are left than seats to fill.", tuple(rest))
        elif self.waiting:
            self._pass_on_a_surplus()
        else:
            self._exclude_the_last()

    def votes(self, name: str) -> Fraction:
        return sum(self.piles[name].values(), Fraction(0))

    def _standing(self, name: str) -> tuple[Fraction | int, ...]:
        """Votes now, then at each earlier stage from the latest back, then the lot."""
        earlier = (stage.votes[name] for stage in reversed(self.stages))
        return (self.votes(name), *earlier, -self.lot[name])

    def _pass_on_a_surplus(self) -> None:
        name = max(self.waiting, key=self._standing)
        self.waiting.remove(name)
        held = self.votes(name)
        surplus = held - self.quota
        pile = self.piles[name]
        self.piles[name] = {(name,): Fraction(self.quota)}
        for paper, value in pile.items():
            self._pass_on(paper, value * surplus / held)
        self._close_stage(f"The surplus of {name} passes on.")

    def _exclude_the_last(self) -> None:
        name = min(self.continuing, key=self._standing)
        self.continuing.remove(name)
        pile, self.piles[name] = self.piles[name], {}
        for paper, value in pile.items():
            self._pass_on(paper, value)
        self._close_stage(f"{name} is excluded, and the papers pass on.", excluded=name)

    def _pass_on(self, paper: Paper, value: Fraction) -> None:
        """To the paper's next preference; what stands before it has been used."""
        for place, name in enumerate(paper):
            if name in self.continuing:
                rest = paper[place:]
                self.piles[name][rest] = self.piles[name].get(rest, Fraction(0)) + value
                return
        self.set_aside += value

    def _close_stage(self, did: str, excluded: str = "") -> None:
        reached = [name for name in self.continuing if self.votes(name) >= self.quota]
        reached.sort(key=self._standing, reverse=True)
        for name in reached:
            self._elect(name)
            if self.votes(name) > self.quota:
                self.waiting.append(name)
        self._note(did, tuple(reached), excluded)

    def _elect(self, name: str) -> None:
        self.elected.append(name)
        self.continuing.remove(name)

    def _note(self, did: str, elected: tuple[str, ...] = (), excluded: str = "") -> None:
        votes = {name: self.votes(name) for name in self.lot}
        self.stages.append(
            Stage(len(self.stages) + 1, did, votes, self.set_aside, elected, excluded)
        )
