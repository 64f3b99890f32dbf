"""A person's word on two names: one supplier, or two. Always undoable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_decide_match
from moothall.spend.actions.refreshing import rename_soon
from moothall.spend.models import MatchDecision


class CannotDecideMatch(CannotDo):
    """The two names stand as they stood."""


def decide_match(
    *,
    name_key: int,
    other_key: int,
    same: bool,
    rests_on: Iterable[int],
    by: Person | None,
    at: datetime,
    why: str = "",
) -> MatchDecision:
    """Say that two published names are one supplier, or that they are not.

    The word stands at once; totals by supplier follow as soon as a worker has settled the names.

    rests_on : the bodies from whose rows the evidence comes; each must let `by` decide

    :raises CannotDecideMatch: when a role is missing, or the pair was decided already.
    """
    left, right = sorted((name_key, other_key))
    bodies = sorted(set(rests_on))
    with transaction.atomic():
        for body in Organisation.objects.filter(pk__in=bodies):
            if reason := why_not_decide_match(by or Viewer.operator(), body):
                raise CannotDecideMatch(reason)
        if left == right:
            raise CannotDecideMatch("A name is not matched with itself. Choose two names.")
        standing = MatchDecision.objects.filter(name_key=left, other_key=right, undone_at=None)
        if standing.exists():
            raise CannotDecideMatch(
                "These two names were decided already. Undo that decision to decide again."
            )
        decision = MatchDecision.objects.create(
            name_key=left,
            other_key=right,
            rests_on=bodies,
            why=why,
            verdict=MatchDecision.Verdict.SAME if same else MatchDecision.Verdict.DIFFERENT,
            by=by,
            at=at,
        )
        audit.record(
            by=by,
            at=at,
            did="spend.match_accepted" if same else "spend.match_refused",
            to=f"spend.match:{decision.pk}",
            body_id=bodies[0] if len(bodies) == 1 else None,
            names=[left, right],
            bodies=bodies,
        )
        rename_soon(key=f"{decision.pk}", why="spend.match_decided")
    return decision


def undo_match(*, decision_id: int, by: Person | None, at: datetime) -> MatchDecision:
    """Take a decision back; the names stand as if it had not been made.

    :raises CannotDecideMatch: when a role is missing, or it was undone already.
    """
    with transaction.atomic():
        decision = MatchDecision.objects.select_for_update().get(pk=decision_id)
        for body in Organisation.objects.filter(pk__in=decision.rests_on):
            if reason := why_not_decide_match(by or Viewer.operator(), body):
                raise CannotDecideMatch(reason)
        if decision.undone_at is not None:
            raise CannotDecideMatch("That decision was undone already. Nothing is left to undo.")
        decision.undone_by, decision.undone_at = by, at
        decision.save(update_fields=["undone_by", "undone_at"])
        audit.record(
            by=by,
            at=at,
            did="spend.match_undone",
            to=f"spend.match:{decision.pk}",
            bodies=decision.rests_on,
        )
        rename_soon(key=f"{decision.pk}", why="spend.match_undone")
    return decision
