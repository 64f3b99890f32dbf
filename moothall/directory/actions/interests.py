"""Deeds about declared interests."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory import permissions
from moothall.directory.models import (
    DeclaredInterest,
    Organisation,
    Person,
)


class CannotDeclareInterest(CannotDo):
    """The register is as it was."""


@transaction.atomic
def declare_interest(
    *,
    body: Organisation,
    kind: str,
    what: str,
    by: Person,
    at: datetime,
    is_sensitive: bool = False,
) -> DeclaredInterest:
    """Add to a body's register an interest of the person who acts.

    :raises CannotDeclareInterest: when they hold no role there, or say nothing.
    """
    if reason := permissions.why_not_declare_interest(by, body):
        raise CannotDeclareInterest(reason)
    what = " ".join(what.split())
    if kind not in DeclaredInterest.Kind.values or not what or len(what) > 300:
        raise CannotDeclareInterest(
            "An interest is not declared without its heading and what it is, in at most 300 "
            "letters. Choose the heading and describe it."
        )
    made = DeclaredInterest.objects.create(
        person=by,
        organisation=body,
        kind=kind,
        what=what,
        declared_on=timezone.localdate(at),
        is_sensitive=is_sensitive,
    )
    audit.record(
        by=by,
        at=at,
        did="directory.interest_declared",
        to=made,
        body_id=body.pk,
        kind=kind,
        what=audit.digest(what),
        is_sensitive=is_sensitive,
    )
    return made


@transaction.atomic
def end_interest(*, interest_id: int, by: Person, at: datetime) -> None:
    """Say that one's own interest has ended. It stays in the register, with that day.

    :raises CannotDeclareInterest: when it is another's, or had ended.
    """
    held = DeclaredInterest.objects.select_for_update(of=("self",)).get(pk=interest_id)
    if held.person_id != by.pk:
        raise CannotDeclareInterest(
            "This interest is someone else's, and only they can say that it has ended. Ask them."
        )
    if held.ended_on:
        raise CannotDeclareInterest(
            f"This interest ended on {held.ended_on:%-d %B %Y} already. Nothing needs doing."
        )
    held.ended_on = timezone.localdate(at)
    held.save(update_fields=["ended_on"])
    audit.record(
        by=by, at=at, did="directory.interest_ended", to=held, body_id=held.organisation_id
    )
