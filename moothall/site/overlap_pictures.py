"""Where does each agreement stand in the map of overlaps, and which lines join which?

The names stand below one another. Each overlap is a bracket on the right that joins two of them,
the thicker the more they have in common. Places across are percentages and places down are pixels.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from attrs import frozen

LETTERS, LINE, BETWEEN, HIGH_AS_LINES = 19, 17, 18, 12
NAMES, LANES, RIGHT = 50, 56, 98  # per cent: where names end, and between which the lanes run
SAID = {2: "two things", 3: "all three"}

Pair = tuple[str, str, int]  # two names, and in how many ways they are the same


@frozen
class Name:
    words: tuple[tuple[str, int], ...]


@frozen
class Bracket:
    """x is its lane; y1 and y2 are the heights of the two names."""

    x: str
    y1: int
    y2: int
    ways: int


@frozen
class OverlapMap:
    title: str
    said: str
    names: tuple[Name, ...]
    brackets: tuple[Bracket, ...]
    height: int


def overlap_map(pairs: Sequence[Pair]) -> OverlapMap:
    """Draw which of them overlap."""
    names, heights, y = [], {}, 4
    for each in _in_order(pairs):
        words = textwrap.wrap(each, LETTERS)
        middle = y + LINE * len(words) // 2
        names.append(
            Name(tuple((word, y + LINE * (row + 1) - 4) for row, word in enumerate(words)))
        )
        heights[each] = middle
        # Each bracket comes in at a height of its own.
        arrivals = sum(each in pair[:2] for pair in pairs)
        y += max(LINE * len(words), HIGH_AS_LINES * arrivals) + BETWEEN
    taken: dict[str, int] = {}
    brackets = []
    for number, (first, second, ways) in enumerate(pairs):
        ends = []
        for each in (first, second):
            ends.append(heights[each] + HIGH_AS_LINES * taken.get(each, 0))
            taken[each] = taken.get(each, 0) + 1
        x = f"{LANES + (RIGHT - LANES) * (number + 0.5) / len(pairs):.2f}%"
        brackets.append(Bracket(x, ends[0], ends[1], ways))
    said = " ".join(f"{a} and {b} have {SAID[ways]} in common." for a, b, ways in pairs)
    return OverlapMap("Which agreements overlap", said, tuple(names), tuple(brackets), y)


def _in_order(pairs: Iterable[Pair]) -> list[str]:
    """Each name once, those that hang together beside each other."""
    return list(dict.fromkeys(name for first, second, _ in pairs for name in (first, second)))
