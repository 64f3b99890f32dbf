"""What does the record of an agreement still lack, for one of its kind?"""

from __future__ import annotations

from collections.abc import Mapping

from moothall.agreements.engine.kinds import Kind

ASKED = {
    "kind": "of which kind it is",
    "members": "who its members are: two or more",
    "purpose": "what it is for",
    "review_on": "the day it is reviewed",
    "leaving_terms": "how a member leaves",
    "power": "the legal power it rests on",
    "ends_before": "the day it ends",
    "regime": "the procurement law that governs it",
    "starts_on": "the day it began",
    "terms": "its terms as a deal",
    "executed": "the executed document, from each party",
    "prevails": "whether the document or the deal file prevails",
}
WHEN_IN_FORCE = ("starts_on",)
WHERE_MUCH_MOVES = ("terms", "executed", "prevails")


def lacking(kind: Kind, held: Mapping[str, object], *, is_running: bool) -> tuple[str, ...]:
    """The parts of a record that its kind asks for and that are not there, in words.

    held       : what the record holds, by the names of ASKED; members is their number
    is_running : it is in force, so that what only comes with signing is asked for too
    """
    needed = kind.needs
    if is_running:
        needed += WHEN_IN_FORCE + (WHERE_MUCH_MOVES if kind.has_every_check else ())
    return tuple(ASKED[name] for name in needed if not _has(name, held.get(name)))


def _has(name: str, value: object) -> bool:
    return value >= 2 if name == "members" and isinstance(value, int) else bool(value)
