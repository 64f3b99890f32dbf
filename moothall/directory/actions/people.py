"""Deeds about people: inviting them, and letting them go."""

from collections.abc import Callable
from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from attrs import frozen
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import ProtectedError
from django.template.loader import render_to_string

from moothall.core import audit, sealing
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory import permissions, queries
from moothall.directory.actions.roles import grant_role
from moothall.directory.engine.roles import Role
from moothall.directory.models import (
    Organisation,
    Person,
    RoleHeld,
)

# The second factors whose secrets the books hold, sealed. A passkey leaves only its public half.
SEALED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class CannotInvitePerson(CannotDo):
    """Nobody was invited."""


@frozen
class Invitation:
    """Someone who may now sign in, and the address at which they first set a password."""

    person: Person
    set_password_path: str


@transaction.atomic
def invite_person(
    *,
    email: str,
    name: str,
    by: Person | None,
    at: datetime,
    body: Organisation | None = None,
) -> Invitation:
    """Add a person, who holds no role yet. Nobody signs up unasked.

    body : where the inviter manages people; the operator needs none
    The address counts as theirs, because the inviter vouches for it and the invitation goes
    there: so a sign-in through the body's own provider with that verified address is the same
    person.

    :raises CannotInvitePerson: when the inviter may not, or the address is taken or is none.
    """
    if by is not None:
        if body is None:
            raise CannotInvitePerson(
                "An invitation comes from a body. Name the one where you manage people."
            )
        if reason := permissions.why_not_manage_people(by, body):
            raise CannotInvitePerson(reason)
    email, name = email.strip().lower(), " ".join(name.split())
    if not name:
        raise CannotInvitePerson("A person needs a name. Give the one that colleagues will read.")
    if too_long := why_too_long(Person, name=name, email=email):
        raise CannotInvitePerson(too_long)
    try:
        validate_email(email)
    except ValidationError as not_one:
        raise CannotInvitePerson(
            f"{email or 'Nothing'} is not an e-mail address. Give one such as name@example.org."
        ) from not_one
    if Person.objects.filter(email__iexact=email).exists():
        raise CannotInvitePerson(
            f"Someone already signs in with {email}. Give them the role; no invitation is needed."
        )
    person = Person.objects.create_user(email, name=name)
    note_person(person=person, by=by, at=at, body=body)
    return Invitation(person=person, set_password_path=queries.set_password_path(person))


@transaction.atomic
def add_to_body(
    *,
    email: str,
    name: str,
    body: Organisation,
    role: Role,
    starts_on: date,
    by: Person | None,
    at: datetime,
    ends_before: date | None = None,
    deputy_for: RoleHeld | None = None,
    site_url: str = "",
) -> RoleHeld:
    """Give someone a role at a body, inviting them first when nobody signs in with their address.

    site_url : the site's own address, to send an invitation by e-mail; without it, none is sent

    :raises CannotInvitePerson, CannotGrantRole: and then nobody was invited either.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        invitation = invite_person(email=email, name=name, by=by, at=at, body=body)
        person = invitation.person
        if site_url:
            transaction.on_commit(
                lambda: send_invitation(invitation, body_name=body.name, site_url=site_url),
                robust=True,
            )
    return grant_role(
        person=person,
        body=body,
        role=role,
        starts_on=starts_on,
        ends_before=ends_before,
        deputy_for=deputy_for,
        by=by,
        at=at,
    )


def send_invitation(invitation: Invitation, *, body_name: str, site_url: str) -> None:
    """Send the page at which an invited person sets a password: to them, and to nobody else."""
    words = {
        "name": invitation.person.name,
        "body": body_name,
        "url": site_url.rstrip("/") + invitation.set_password_path,
    }
    send_mail(
        subject=f"You are invited to Moothall for {body_name}",
        message=render_to_string("directory/invitation.txt", words),
        from_email=None,
        recipient_list=[invitation.person.email],
    )


@transaction.atomic
def note_person(
    *, person: Person, by: Person | None, at: datetime, body: Organisation | None = None
) -> None:
    """Record a person who has just been added, by invitation or by the sign-in provider."""
    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    audit.record(
        by=by,
        at=at,
        did="directory.person_added",
        to=person,
        body_id=body.pk if body else None,
        email=audit.digest(person.email),
    )


@transaction.atomic
def reseal_second_factors(*, at: datetime) -> int:
    """Put each one-time code's secret and recovery codes' seed under the newest secret key.

    :raises CannotUnseal: when one was sealed under a key that is no longer among the settings.
    """
    held = list(Authenticator.objects.select_for_update().filter(type__in=SEALED).order_by("pk"))
    for factor in held:
        factor.data = {
            name: [sealing.resealed(each) for each in value]
            if name == "migrated_codes"
            else sealing.resealed(value)
            if name in ("secret", "seed")
            else value
            for name, value in factor.data.items()
        }
        factor.save(update_fields=["data"])
    audit.record(
        by=None,
        at=at,
        did="directory.second_factors_resealed",
        to="core.books",
        count=len(held),
    )
    return len(held)


def part_with_people(body_id: int, at: datetime) -> Callable[[], None]:
    """Find who holds roles only at a body that is being removed; return what lets them go.

    Whoever other bodies' records still name keeps a number there, without name or address.
    """
    leaving = list(
        Person.objects.filter(roles__organisation_id=body_id)
        .exclude(roles__in=RoleHeld.objects.exclude(organisation_id=body_id))
        .distinct()
    )

    def let_go() -> None:
        for person in leaving:
            EmailAddress.objects.filter(user=person).delete()
            try:
                with transaction.atomic():
                    person.delete()
            except ProtectedError:
                # What their provider said of them, and their second factors, name them too.
                SocialAccount.objects.filter(user=person).delete()
                Authenticator.objects.filter(user=person).delete()
                person.name, person.is_active = "A former colleague", False
                person.email = f"person-{person.pk}@removed.invalid"
                person.set_unusable_password()
                person.save(update_fields=["name", "is_active", "email", "password"])

    return let_go
