"""The life of a variation, and who may approve one of its size."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine.regimes import Outcome
from moothall.values.state_table import StateTable, moves, states
from moothall.values.wording import percentage, pounds_in_words

VARIATION = StateTable(
    "variation",
    states(
        ASKED="asked for",
        ASSESSED="priced and tested",
        APPROVED="approved",
        IN_FORCE="in force",
        REFUSED="refused",
        WITHDRAWN="withdrawn",
    ),
    moves(
        ("ASSESS", "ASKED", "ASSESSED", "price and test it"),
        ("ASSESS", "ASSESSED", "ASSESSED", "price and test it"),
        ("ASSENT", "ASSESSED", "ASSESSED", "agree to it"),
        ("APPROVE", "ASSESSED", "APPROVED", "approve it"),
        ("TAKE_EFFECT", "APPROVED", "IN_FORCE", "bring it into force"),
        ("REFUSE", "ASSESSED", "REFUSED", "refuse it"),
        ("REFUSE", "ASKED", "REFUSED", "refuse it"),
        ("WITHDRAW", "ASKED", "WITHDRAWN", "withdraw it"),
        ("WITHDRAW", "ASSESSED", "WITHDRAWN", "withdraw it"),
        ("WITHDRAW", "APPROVED", "WITHDRAWN", "withdraw it"),
    ),
)
OPEN = frozenset({"ASKED", "ASSESSED", "APPROVED"})


@frozen
class Level:
    """Who may approve, up to what. A role's key; None: no limit.

    up_to_gbp   : the size of the change, without VAT
    up_to_share : and its share (0-1) of the value at award
    """

    role: str
    words: str
    up_to_gbp: Decimal | None = None
    up_to_share: Decimal | None = None
    asks_decision: bool = False

    def covers(self, size_gbp: Decimal, value_gbp: Decimal | None) -> bool:
        if self.up_to_gbp is not None and size_gbp > self.up_to_gbp:
            return False
        if self.up_to_share is None or not value_gbp:
            return True
        return size_gbp <= self.up_to_share * value_gbp

    def in_words(self) -> str:
        limits = []
        if self.up_to_gbp is not None:
            limits.append(f"up to {pounds_in_words(self.up_to_gbp)}")
        if self.up_to_share is not None:
            limits.append(f"up to {percentage(self.up_to_share)} of the value at award")
        said = f"{self.words}: {' and '.join(limits) or 'of any size'}"
        return f"{said}, by a recorded decision" if self.asks_decision else said


def levels_that_may(
    levels: Sequence[Level], size_gbp: Decimal, value_gbp: Decimal | None
) -> tuple[Level, ...]:
    """The levels, in their order, that reach as far as a change of this size."""
    return tuple(level for level in levels if level.covers(abs(size_gbp), value_gbp))


def why_not_approve(
    outcome: str, sentence: str, *, solicitor_said: str, is_settled: bool
) -> str | None:
    """Why the legal test keeps a variation from being approved, or None.

    A solicitor's recorded word settles what the test leaves or denies. What is not assessed, or
    rests on rules that are not verified, warns and keeps nothing back.
    """
    if not is_settled:
        return "This variation is not approved: it is not priced and tested yet. Do that first."
    if solicitor_said.strip():
        return None
    if outcome in (Outcome.MAY_NOT, Outcome.DEPENDS, Outcome.OPEN):
        return (
            f"This variation is not approved: {sentence[:1].lower()}{sentence[1:]} Or record what "
            "a solicitor said."
        )
    return None
