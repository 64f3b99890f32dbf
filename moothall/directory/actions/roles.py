"""Deeds about the roles that people hold at a body, from a day until another."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory import permissions
from moothall.directory.actions.acting import asker, authority
from moothall.directory.engine.roles import Deed, Role
from moothall.directory.models import (
    Organisation,
    Person,
    RoleHeld,
)


class CannotGrantRole(CannotDo):
    """The person holds what they held."""


class CannotEndRole(CannotDo):
    """The role goes on."""


@transaction.atomic
def grant_role(
    *,
    person: Person,
    body: Organisation,
    role: Role,
    starts_on: date,
    by: Person | None,
    at: datetime,
    ends_before: date | None = None,
    deputy_for: RoleHeld | None = None,
) -> RoleHeld:
    """Give a person a role at one body, from a day, until before another or until it is ended.

    :raises CannotGrantRole: with a sentence the granter can act on.
    """
    # The person's row is the lock: two roles that exclude each other are never given at once.
    person = Person.objects.select_for_update().get(pk=person.pk)
    if reason := permissions.why_not_grant_role(
        asker(by), body, role=role, to=person, starts_on=starts_on, ends_before=ends_before
    ):
        raise CannotGrantRole(reason)
    if ends_before and ends_before <= starts_on:
        raise CannotGrantRole(
            f"A role lasts a day or more: this one would end before {ends_before:%-d %B %Y} and "
            f"begin on {starts_on:%-d %B %Y}. Correct one of the two dates."
        )
    if deputy_for:
        ends_before = _deputy_until(person, body, role, starts_on, ends_before, deputy_for)
    held = RoleHeld.objects.filter(person=person, organisation=body, role=role.value)
    if clash := next((each for each in held if _overlap(each, starts_on, ends_before)), None):
        raise CannotGrantRole(
            f"{person.name} is already {role.words} of {body.name}, from "
            f"{clash.starts_on:%-d %B %Y}. End that first, or give it for other days."
        )
    made = RoleHeld.objects.create(
        person=person,
        organisation=body,
        role=role.value,
        starts_on=starts_on,
        ends_before=ends_before,
        deputy_for=deputy_for,
    )
    audit.record(
        by=by,
        at=at,
        did="directory.role_granted",
        to=made,
        body_id=body.pk,
        authority=authority(by, Deed.MANAGE_PEOPLE, body, on=timezone.localdate(at)),
        person=person.pk,
        role=role.value,
        starts_on=starts_on,
        ends_before=ends_before,
        deputy_for=deputy_for.pk if deputy_for else None,
    )
    return made


def _overlap(held: RoleHeld, starts_on: date, ends_before: date | None) -> bool:
    return (held.ends_before is None or held.ends_before > starts_on) and (
        ends_before is None or held.starts_on < ends_before
    )


def _deputy_until(
    person: Person,
    body: Organisation,
    role: Role,
    starts_on: date,
    ends_before: date | None,
    principal: RoleHeld,
) -> date | None:
    """The day before which a deputy stops: their own, and never later than the principal's."""
    if principal.person_id == person.pk:
        raise CannotGrantRole(
            f"{person.name} cannot deputise for themselves. Name whom they stand in for."
        )
    if principal.organisation_id != body.pk or principal.role != role.value:
        raise CannotGrantRole(
            f"{principal.person.name} is not {role.words} of {body.name}, so nobody can deputise "
            "for them in that. Name the person who holds the role."
        )
    if principal.deputy_for_id:
        raise CannotGrantRole(
            f"{principal.person.name} is a deputy, and a deputy has none. Name the person for whom "
            "they stand in."
        )
    if not _overlap(principal, starts_on, ends_before) or starts_on < principal.starts_on:
        raise CannotGrantRole(
            f"{principal.person.name} is not {role.words} of {body.name} on "
            f"{starts_on:%-d %B %Y}, so nobody can deputise for them then. Choose a day on "
            "which they hold the role."
        )
    days = [day for day in (ends_before, principal.ends_before) if day]
    return min(days) if days else None


@transaction.atomic
def end_role(
    *, role_id: int, by: Person | None, at: datetime, ends_before: date | None = None
) -> None:
    """End a role, and with it whoever deputises in it. From today, unless a later day is given.

    A role that had not begun is taken back whole.

    :raises CannotEndRole: with a sentence the person can act on.
    """
    held = (
        RoleHeld.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .get(pk=role_id)
    )
    # Two administrators who end each other's role at once take turns, and the second is refused.
    Organisation.objects.select_for_update().get(pk=held.organisation_id)
    today = timezone.localdate(at)
    day = ends_before or today
    others = (
        RoleHeld.objects.filter(organisation=held.organisation, role=held.role)
        .exclude(person=held.person)
        .in_force(day)
        .filter(person__is_active=True)
        .count()
    )
    if reason := permissions.why_not_end_role(asker(by), held, others=others):
        raise CannotEndRole(reason)
    if day < today:
        raise CannotEndRole(
            f"A role cannot be ended on {day:%-d %B %Y}, which has passed: what was done in it "
            "stands. End it from today, or from a later day."
        )
    if held.ends_before and held.ends_before <= day:
        raise CannotEndRole(
            f"{held.person.name} stops being {Role(held.role).words} of {held.organisation.name} "
            f"before {held.ends_before:%-d %B %Y} already. Nothing needs doing."
        )
    on_authority = authority(by, Deed.MANAGE_PEOPLE, held.organisation, on=today)
    ended = [held, *held.deputies.select_for_update()]
    for each in ended:
        if each.starts_on >= day:
            # In force for no day at all. The audit entry keeps that it was given.
            RoleHeld.objects.filter(pk=each.pk).delete()
        elif each.ends_before is None or each.ends_before > day:
            RoleHeld.objects.filter(pk=each.pk).update(ends_before=day)
    audit.record(
        by=by,
        at=at,
        did="directory.role_ended",
        to=f"directory.roleheld:{role_id}",
        body_id=held.organisation_id,
        authority=on_authority,
        person=held.person_id,
        role=held.role,
        ends_before=day,
        ended=sorted([role_id, *[each.pk for each in ended[1:]]]),
    )
