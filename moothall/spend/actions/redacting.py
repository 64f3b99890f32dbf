"""A person's word on whose names are shown. It holds for files still to come, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_publish
from moothall.spend.actions.refreshing import rename_soon
from moothall.spend.engine.names import folded
from moothall.spend.engine.redaction import Scope, Verdict, same_ref
from moothall.spend.models import RedactionDecision


class CannotDecideRedaction(CannotDo):
    """The names stand as they stood."""


def decide_redaction(
    *,
    body: Organisation,
    scope: str,
    named: Iterable[str],
    redact: bool,
    by: Person | None,
    at: datetime,
) -> list[RedactionDecision]:
    """Say for supplier ids, or for names, whether the public is shown the name.

    scope : SUPPLIER_REF or NAME
    named : the ids or names as published

    :raises CannotDecideRedaction: when the role is missing, nothing is named, or a word already
        stands on one of them.
    """
    return decide_redactions(body=body, ticked=[(scope, named)], redact=redact, by=by, at=at)


def decide_redactions(
    *,
    body: Organisation,
    ticked: Iterable[tuple[str, Iterable[str]]],
    redact: bool,
    by: Person | None,
    at: datetime,
) -> list[RedactionDecision]:
    """Decide ids and names together: pairs of scope and what is named; all of them or none.

    A release reads the word at once; pages do as soon as a worker has settled the names.

    :raises CannotDecideRedaction: as `decide_redaction`, and when nothing is ticked.
    """
    wanted = [(scope, named) for scope, each in ticked if (named := list(each))]
    if not wanted:
        raise CannotDecideRedaction("Nothing was decided: nothing was ticked. Tick at least one.")
    with transaction.atomic():
        made = [
            decision
            for scope, named in wanted
            for decision in _decide(body, scope, named, redact, by, at)
        ]
        rename_soon(key=f"{made[0].pk}", why="spend.redaction_decided")
    return made


def undo_redaction(*, decision_id: int, by: Person | None, at: datetime) -> RedactionDecision:
    """Take a word back; the names stand as if it had not been given.

    :raises CannotDecideRedaction: when the role is missing, or it was undone already.
    """
    with transaction.atomic():
        decision = RedactionDecision.objects.select_for_update().filter(pk=decision_id).first()
        if decision is None:
            raise CannotDecideRedaction(
                f"There is no decision {decision_id}. The list of redactions has them all."
            )
        if reason := why_not_publish(by or Viewer.operator(), decision.body):
            raise CannotDecideRedaction(reason)
        if decision.undone_at is not None:
            raise CannotDecideRedaction(
                "That decision was undone already. Nothing is left to undo."
            )
        decision.undone_by, decision.undone_at = by, at
        decision.save(update_fields=["undone_by", "undone_at"])
        audit.record(
            by=by,
            at=at,
            did="spend.redaction_undone",
            to=f"spend.redactiondecision:{decision.pk}",
            body_id=decision.body_id,
        )
        rename_soon(key=f"{decision.pk}", why="spend.redaction_undone")
    return decision


def _decide(
    body: Organisation,
    scope: str,
    named: Iterable[str],
    redact: bool,
    by: Person | None,
    at: datetime,
) -> list[RedactionDecision]:
    if reason := why_not_publish(by or Viewer.operator(), body):
        raise CannotDecideRedaction(reason)
    spelt = same_ref if Scope(scope) is Scope.SUPPLIER_REF else folded
    wanted = list(dict.fromkeys(spelt(each) for each in named))
    if not wanted or "" in wanted:
        raise CannotDecideRedaction(
            "Nothing was decided: no supplier id or name was given, or one that stands for many "
            "payees at once. Name each as it was published."
        )
    with transaction.atomic():
        standing = RedactionDecision.objects.filter(
            body=body, scope=scope, matches__in=wanted, undone_at=None
        ).first()
        if standing:
            raise CannotDecideRedaction(
                f"Decision {standing.pk} already says to {standing.get_verdict_display()}. Undo "
                "it to decide again."
            )
        made = [
            RedactionDecision.objects.create(
                body=body,
                scope=scope,
                matches=matches,
                verdict=(Verdict.REDACT if redact else Verdict.PUBLISH).value,
                by=by,
                at=at,
            )
            for matches in wanted
        ]
        audit.record(
            by=by,
            at=at,
            did="spend.names_redacted" if redact else "spend.names_shown",
            to=f"spend.redactiondecision:{made[0].pk}",
            body_id=body.pk,
            scope=str(scope),
            **audit.bulk(decision.pk for decision in made),
        )
    return made
