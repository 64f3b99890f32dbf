"""A person's word on which payee is which of the place's own bodies. Always undoable."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_decide_match
from moothall.spend.actions.refreshing import rename_soon
from moothall.spend.engine.names import parsed_name
from moothall.spend.models import PublicBodyDecision
from moothall.spend.queries.own_bodies import is_payee_of
from moothall.spend.queries.rulebook import name_words_on


class CannotDecideOwnBody(CannotDo):
    """The payee stands as it stood."""


def say_who_payee_is(
    *,
    name: str,
    paid_by: Organisation,
    organisation: Organisation | None,
    by: Person | None,
    at: datetime,
) -> PublicBodyDecision:
    """Say that a payee of one body is `organisation`, or none of the place's bodies.

    name : the payee as that body publishes it; other spellings of the same words count too

    It holds for every line of that body, those still to come among them, and takes the place of
    an earlier word on the same payee. Net totals follow as soon as a worker has settled the names.

    :raises CannotDecideOwnBody: when a role is missing, or that body pays nobody of the name.
    """
    if reason := why_not_decide_match(by or Viewer.operator(), paid_by):
        raise CannotDecideOwnBody(reason)
    if organisation is not None and not organisation.is_of_the_place:
        raise CannotDecideOwnBody(
            f"{organisation.name} is not one of the place's own bodies, so payments to it are not "
            "set apart. Choose one that is, or mark it as one of them first."
        )
    skeleton = parsed_name(name, name_words_on(at.date())).skeleton
    if not skeleton or not is_payee_of(paid_by.pk, skeleton, day=at.date()):
        raise CannotDecideOwnBody(
            f"{paid_by.name} has published no payment to “{name}”. Give the payee's name as it "
            "stands in the payments: `moothall spend own-bodies list` shows them."
        )
    with transaction.atomic():
        standing = PublicBodyDecision.objects.select_for_update().filter(
            body=paid_by, name_skeleton=skeleton, undone_at=None
        )
        standing.update(undone_by=by, undone_at=at)
        decision = PublicBodyDecision.objects.create(
            body=paid_by,
            name=" ".join(name.split())[:300],
            name_skeleton=skeleton[:300],
            organisation=organisation,
            by=by,
            at=at,
        )
        audit.record(
            by=by,
            at=at,
            did="spend.own_body_decided",
            to=f"spend.own_body:{decision.pk}",
            body_id=paid_by.pk,
            payee=audit.digest(decision.name),
            organisation=organisation.pk if organisation else None,
        )
        rename_soon(key=f"{decision.pk}", why="spend.own_body_decided")
    return decision


def undo_own_body(*, decision_id: int, by: Person | None, at: datetime) -> PublicBodyDecision:
    """Take a word on a payee back: the names in the directory decide again.

    :raises CannotDecideOwnBody: when there is no such decision, it was undone, or a role is
        missing.
    """
    with transaction.atomic():
        held = PublicBodyDecision.objects.select_for_update().select_related("body")
        decision = held.filter(pk=decision_id).first()
        if decision is None:
            raise CannotDecideOwnBody(
                f"No decision about a payee has the number {decision_id}. "
                "`moothall spend own-bodies list` shows those there are."
            )
        if reason := why_not_decide_match(by or Viewer.operator(), decision.body):
            raise CannotDecideOwnBody(reason)
        if decision.undone_at is not None:
            raise CannotDecideOwnBody("That decision was undone already. Nothing is left to undo.")
        decision.undone_by, decision.undone_at = by, at
        decision.save(update_fields=["undone_by", "undone_at"])
        audit.record(
            by=by,
            at=at,
            did="spend.own_body_undone",
            to=f"spend.own_body:{decision.pk}",
            body_id=decision.body_id,
        )
        rename_soon(key=f"{decision.pk}", why="spend.own_body_undone")
    return decision
