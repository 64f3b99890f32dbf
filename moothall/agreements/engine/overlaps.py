"""Which partnerships do much the same: the same members, the same outcomes, the same place?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from attrs import frozen

MEMBERS_SHARED = 2  # at least so many members stand in both
SHARE_SHARED = 2  # and they are at least one in so many of those in either
WAYS = 2  # of members, outcomes and place, so many must be the same


@frozen
class Partnership:
    """One agreement, as far as it can overlap with another."""

    id: int
    name: str
    members: frozenset[int]
    outcomes: tuple[str, ...] = ()
    area: str = ""


@frozen
class Overlap:
    """What two partnerships have in common.

    members  : who stands in both; empty where these are too few to be the same members
    outcomes : as the first one words them
    area     : the place, where it is the same
    """

    first: Partnership
    second: Partnership
    members: frozenset[int]
    outcomes: tuple[str, ...]
    area: str

    @property
    def ways(self) -> int:
        return sum(map(bool, (self.members, self.outcomes, self.area)))


def overlaps(partnerships: Sequence[Partnership]) -> tuple[Overlap, ...]:
    """Each pair that has two of members, outcomes and place in common, those with three first."""
    found = (_overlap(first, second) for first, second in combinations(partnerships, 2))
    held = [each for each in found if each.ways >= WAYS]
    return tuple(sorted(held, key=lambda each: (-each.ways, -len(each.members))))


def groups(pairs: Iterable[Overlap]) -> tuple[frozenset[int], ...]:
    """The partnerships that hang together by overlaps, the largest group first."""
    found: list[set[int]] = []
    for each in pairs:
        ends = {each.first.id, each.second.id}
        touched = [group for group in found if group & ends]
        found = [group for group in found if not group & ends]
        found.append(ends.union(*touched))
    return tuple(sorted(map(frozenset, found), key=lambda group: (-len(group), min(group))))


def _overlap(first: Partnership, second: Partnership) -> Overlap:
    both, either = first.members & second.members, first.members | second.members
    are_same = len(both) >= MEMBERS_SHARED and len(both) * SHARE_SHARED >= len(either)
    theirs = {_plain(each) for each in second.outcomes}
    return Overlap(
        first,
        second,
        both if are_same else frozenset(),
        tuple(each for each in first.outcomes if _plain(each) in theirs),
        first.area if first.area and _plain(first.area) == _plain(second.area) else "",
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().strip(" .").split())
