"""Deeds about bodies and people: each whole or not at all, and recorded."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from attrs import frozen
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import ProtectedError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from moothall.core import audit, ownership, sealing
from moothall.core.errors import CannotDo
from moothall.core.ownership import Counted
from moothall.core.permissions import Viewer
from moothall.directory import permissions, queries
from moothall.directory.engine.roles import Role
from moothall.directory.models import (
    AlternativeName,
    DeclaredInterest,
    Organisation,
    Person,
    RoleHeld,
    Succession,
)


class CannotAddBody(CannotDo):
    """No body was added."""


class CannotRecordSuccession(CannotDo):
    """The bodies stand as they stood."""


class CannotInvitePerson(CannotDo):
    """Nobody was invited."""


class CannotGrantRole(CannotDo):
    """The person holds what they held."""


class CannotEndRole(CannotDo):
    """The role goes on."""


class CannotDeclareInterest(CannotDo):
    """The register is as it was."""


# The second factors whose secrets the books hold, sealed. A passkey leaves only its public half.
SEALED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)

# In the signatures below `by` is the person who acts, or None for the operator at the keyboard,
# who holds the files and the books in any case.


def _asker(by: Person | None) -> Person | Viewer:
    return by if by is not None else Viewer.operator()


def _authority(by: Person | None, body: Organisation) -> str:
    return "operator" if by is None else f"{Role.SYSTEM_ADMINISTRATOR.value.lower()}:{body.pk}"


# ── bodies ───────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_body(
    *,
    name: str,
    by: Person | None,
    at: datetime,
    kind: str = Organisation.Kind.COUNCIL,
    gss_code: str = "",
    is_of_the_place: bool = True,
    other_names: Iterable[str] = (),
    began_on: date | None = None,
    ended_on: date | None = None,
) -> Organisation:
    """Add a body that acts in the place.

    :raises CannotAddBody: when its name or address is taken, or its kind is not known.
    """
    name = " ".join(name.split())
    slug = slugify(name)[:80]
    if not slug:
        raise CannotAddBody("A body needs a name with letters in it. Give its full name.")
    if kind not in Organisation.Kind.values:
        raise CannotAddBody(
            f"{kind} is not a kind of body that Moothall knows. Choose one of: "
            f"{', '.join(Organisation.Kind.values)}."
        )
    if ended_on and began_on and ended_on < began_on:
        raise CannotAddBody(
            f"{name} cannot end on {ended_on:%-d %B %Y}, before it began on "
            f"{began_on:%-d %B %Y}. Correct one of the two dates."
        )
    taken = Organisation.objects.filter(slug=slug).first()
    taken = taken or Organisation.objects.filter(name__iexact=name).first()
    if taken:
        raise CannotAddBody(
            f"There is already a body called {taken.name}. Use it, or give the new one a name "
            "that tells them apart."
        )
    body = Organisation.objects.create(
        name=name,
        slug=slug,
        kind=kind,
        gss_code=gss_code.strip().upper(),
        is_of_the_place=is_of_the_place,
        began_on=began_on,
        ended_on=ended_on,
    )
    wanted = {" ".join(other.split()) for other in other_names} - {"", name}
    AlternativeName.objects.bulk_create(
        AlternativeName(organisation=body, name=other) for other in sorted(wanted)
    )
    audit.record(by=by, at=at, did="directory.body_added", to=body, body_id=body.pk)
    return body


@transaction.atomic
def record_succession(
    *,
    predecessor: Organisation,
    shares: dict[Organisation, Decimal],
    on: date,
    by: Person | None,
    at: datetime,
) -> tuple[Succession, ...]:
    """Record which bodies take over a body on a day, and in what shares.

    Shares that add up to 1 end the predecessor the day before; less, and it goes on.

    :raises CannotRecordSuccession: when the shares or the days cannot be.
    """
    Organisation.objects.select_for_update().get(pk=predecessor.pk)
    if not shares:
        raise CannotRecordSuccession(
            f"Nobody is named to take over {predecessor.name}. Name each successor with its share."
        )
    if predecessor in shares:
        raise CannotRecordSuccession(
            f"{predecessor.name} cannot take over itself. Leave out the share that it keeps."
        )
    if any(not 0 < share <= 1 or share != round(share, 6) for share in shares.values()):
        raise CannotRecordSuccession(
            f"A share of {predecessor.name} lies above 0 and at most 1, to six decimals. Write "
            "43.2% as 0.432."
        )
    already = Succession.objects.filter(predecessor=predecessor, on=on)
    whole = sum(shares.values(), Decimal(0)) + sum((each.share for each in already), Decimal(0))
    if whole > 1:
        raise CannotRecordSuccession(
            f"The shares of {predecessor.name} on {on:%-d %B %Y} add up to {whole:f}, which is "
            "more than the whole. Shares add up to 1, or to less when it goes on."
        )
    for successor in shares:
        if successor.ended_on and successor.ended_on < on:
            raise CannotRecordSuccession(
                f"{successor.name} cannot take over {predecessor.name} on {on:%-d %B %Y}: it "
                f"ended on {successor.ended_on:%-d %B %Y}. Name the body that was there then."
            )
        if already.filter(successor=successor).exists():
            raise CannotRecordSuccession(
                f"{successor.name} already takes over {predecessor.name} on {on:%-d %B %Y}. "
                "Name only the successors that are missing."
            )
    made = tuple(
        Succession.objects.create(predecessor=predecessor, successor=successor, on=on, share=share)
        for successor, share in shares.items()
    )
    if whole == 1:
        predecessor.ended_on = date.fromordinal(on.toordinal() - 1)
        predecessor.save(update_fields=["ended_on"])
    audit.record(
        by=by,
        at=at,
        did="directory.succession_recorded",
        to=predecessor,
        body_id=predecessor.pk,
        on=on,
        shares={str(each.successor_id): each.share for each in made},
    )
    return made


# ── people ───────────────────────────────────────────────────────────────────────────────────


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
        _asker(by), body, role=role, to=person, starts_on=starts_on, ends_before=ends_before
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
        authority=_authority(by, body),
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
    if reason := permissions.why_not_end_role(_asker(by), held, others=others):
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
        authority=_authority(by, held.organisation),
        person=held.person_id,
        role=held.role,
        ends_before=day,
        ended=sorted([role_id, *[each.pk for each in ended[1:]]]),
    )


# ── interests ────────────────────────────────────────────────────────────────────────────────


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
                person.name, person.is_active = "A former colleague", False
                person.email = f"person-{person.pk}@removed.invalid"
                person.set_unusable_password()
                person.save(update_fields=["name", "is_active", "email", "password"])

    return let_go


def export_body(*, body: Organisation, folder: Path, by: Person | None, at: datetime) -> Counted:
    """Write everything that a body owns into a new folder, in open formats.

    :raises CannotExport: with a sentence.
    """
    if reason := permissions.why_not_export_body(_asker(by), body):
        raise ownership.CannotExport(reason)
    return ownership.export_body(body.pk, folder, by=by, at=at)


class CannotRemoveBody(CannotDo):
    """The body and everything it owns are still there."""


def remove_body(*, body: Organisation, confirm: str, by: Person | None, at: datetime) -> Counted:
    """Delete a body and everything it owns, for good. The audit log keeps its number.

    :raises CannotRemoveBody: with a sentence.
    """
    if reason := permissions.why_not_remove_body(_asker(by), body):
        raise CannotRemoveBody(reason)
    if confirm != body.name:
        raise CannotRemoveBody(
            f"Nothing was removed: the confirmation must repeat the name exactly, {body.name}. All "
            "that it owns here would be deleted for good. Export it first: `moothall export --all`."
        )
    return ownership.remove_body(body.pk, by=by, at=at, authority=_authority(by, body))
