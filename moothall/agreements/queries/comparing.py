"""What do two deals, or two versions of one, say differently, and what does that do to whom?"""

from __future__ import annotations

import difflib

from attrs import frozen

from moothall.agreements.engine.documents import deal_as_tried, place_in_words
from moothall.agreements.models import Draft, DraftVersion
from moothall.agreements.queries.drafts import party_of, text_for
from moothall.agreements.queries.policy import adopted_policy
from moothall.deals.comparing import compared, flag_changes
from moothall.deals.deal import Deal
from moothall.deals.policy_file import CannotReadPolicy
from moothall.deals.simulation import CannotSimulate, simulation
from moothall.deals.typed import document_of
from moothall.deals.varying import differences_between
from moothall.directory.models import Organisation

DRAWS = 2_000
ON_A_PAGE = ("mean", "p5", "p95", "loss_probability", "reward_share", "risk_share")


@frozen
class Side:
    """One of two deals, as a body reads it and as the party that tries it."""

    called: str
    text: str
    party: str


@frozen
class SideBySide:
    """Two deals: what differs, in words and as lines, and what it does to whom.

    differences : (what, where in the file, what it was, what it is)
    results     : (party, result, under the one, under the other), in words
    flags       : (whether only the second raises it, its sentence)
    """

    was: str
    now: str
    differences: tuple[tuple[str, str, str, str], ...]
    lines: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str, str, str], ...]
    flags: tuple[tuple[bool, str], ...]
    why_no_results: str = ""


def side_of(draft: Draft, version: DraftVersion, body: Organisation, called: str) -> Side:
    """A version of a draft, as far as a body reads it."""
    return Side(called, text_for(draft, body, version.text), party_of(draft, body))


def side_by_side(was: Side, now: Side) -> SideBySide:
    """Set two deals beside each other, on the same futures."""
    lines = difflib.unified_diff(was.text.splitlines(), now.text.splitlines(), n=2, lineterm="")
    results, flags, why = _tried(*(deal_as_tried(side.text, side.party)[0] for side in (was, now)))
    return SideBySide(
        was=was.called,
        now=now.called,
        differences=_differences(was.text, now.text),
        lines=tuple((line[:1], line[1:]) for line in list(lines)[2:] if not line.startswith("@@")),
        results=results,
        flags=flags,
        why_no_results=why,
    )


def _differences(was: str, now: str) -> tuple[tuple[str, str, str, str], ...]:
    old, new = document_of(was), document_of(now)
    return tuple(
        (
            place_in_words(old if one.now is None else new, one.place),
            one.place,
            one.was or "nothing",
            one.now or "nothing",
        )
        for one in differences_between(old, new)
    )


def _tried(
    was: Deal | None, now: Deal | None
) -> tuple[tuple[tuple[str, str, str, str], ...], tuple[tuple[bool, str], ...], str]:
    if was is None or now is None:
        return (), (), "One of the two has findings to mend, so that it cannot be simulated."
    try:
        policy = adopted_policy()
        done = [simulation(deal, seed=1, draws=DRAWS, policy=policy) for deal in (was, now)]
    except (CannotReadPolicy, CannotSimulate) as refusal:
        return (), (), str(refusal)
    results = tuple(
        (row.name, row.title, *row.in_words())
        for row in compared(*done)
        if row.measure in ON_A_PAGE
    )
    flags = tuple((flag.is_new, flag.sentence) for flag in flag_changes(*done))
    return results, flags, ""
