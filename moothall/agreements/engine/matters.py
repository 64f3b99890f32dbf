"""Who decides what: which kinds of decision may a joint board take, and by what majority?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from attrs import frozen


class Decided(StrEnum):
    """How a kind of decision is taken."""

    RING_FENCED = "RING_FENCED"
    RESERVED = "RESERVED"
    RULE_CHANGE = "RULE_CHANGE"
    ORDINARY = "ORDINARY"

    @property
    def words(self) -> str:
        return {
            "RING_FENCED": "ring-fenced: each body decides it for itself",
            "RESERVED": "a reserved matter",
            "RULE_CHANGE": "a change of the rules",
            "ORDINARY": "ordinary business",
        }[self.value]


@frozen
class Matter:
    """A kind of decision, and how it is taken where an agreement does not say otherwise."""

    key: str
    label: str
    decided: Decided


@cache
def matters() -> dict[str, Matter]:
    """Every kind of decision, the ring-fenced first."""
    text = catalogue("kinds_of_decision")
    return {
        key: Matter(key, row["label"], Decided(row["decided"]))
        for key, row in tomllib.loads(text).items()
    }


def catalogue(name: str) -> str:
    """The text of one of this slice's catalogues."""
    return (files("moothall.agreements") / "catalogues" / f"{name}.toml").read_text("utf-8")


def decided_by(matter: str, settings: Mapping[str, str]) -> Decided:
    """How a board takes a kind of decision: by its own settings, else as the catalogue has it."""
    if matter in settings:
        return Decided(settings[matter])
    return matters()[matter].decided


def why_not_decide(board: str, matter: str, settings: Mapping[str, str], *, owner: str = "") -> str:
    """Return why a joint board cannot take a kind of decision, or nothing: the guarantee.

    owner : the body on whose own ground the decision would fall, where it is named
    """
    if decided_by(matter, settings) is not Decided.RING_FENCED:
        return ""
    label = matters()[matter].label
    whose = f"{owner} decides it" if owner else "each body decides it"
    return (
        f"{board} cannot decide this: “{label}” is ring-fenced by the sovereignty guarantee, "
        f"and {whose} for itself. Take it to {f'{owner}’s' if owner else 'that body’s'} own "
        "meeting."
    )


def why_not_lift(board: str, matter: str, was: Decided, becomes: Decided, met: int) -> str:
    """Return why a board that has met is given no ring-fenced kind of decision, or nothing."""
    if was is not Decided.RING_FENCED or becomes is Decided.RING_FENCED or not met:
        return ""
    return (
        f"“{matters()[matter].label}” stays ring-fenced: {board} has met, and the guarantee is "
        "lifted by a variation that every body signs, not here. Ask for the variation, and set up "
        "the board that it describes."
    )
