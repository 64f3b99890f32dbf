"""Which people, bodies, roles and interests are there, and who may see them?"""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from attrs import frozen
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from moothall.core.errors import CannotDo
from moothall.core.permissions import PUBLIC, Viewer
from moothall.directory import permissions
from moothall.directory.engine import succession
from moothall.directory.engine.roles import MAY, MEMBERS, Deed, Role
from moothall.directory.engine.succession import Amount, Handover
from moothall.directory.models import (
    DeclaredInterest,
    Organisation,
    Person,
    RoleHeld,
    RoleHeldQuerySet,
    Succession,
)


class NoSuchBody(CannotDo):
    """Nothing goes by that name."""


class NoSuchPerson(CannotDo):
    """Nobody signs in with that address."""


class NoSuchRole(CannotDo):
    """Nobody holds a role of that number."""


def viewer_for(
    user: Person | AnonymousUser | Viewer | None,
    *,
    deed: Deed = Deed.READ_LINES,
    day: date | None = None,
) -> Viewer:
    """Whose rows `user` may see: of the bodies where a role held on `day` allows `deed`.

    For the match queue, duplicate candidates or redaction proposals pass
    `deed=Deed.SEE_PRIVATE`: some who may read lines may not see those. `day` is today unless
    given. Whoever has not signed in, or may no longer, is the public.
    """
    if isinstance(user, Viewer):
        return user
    if not isinstance(user, Person) or not user.is_active:
        return PUBLIC
    held = RoleHeld.objects.filter(person=user).in_force(day or timezone.localdate())
    roles = tuple(
        (Role(role).value, body)
        for role, body in held.order_by("pk").values_list("role", "organisation_id")
    )
    deeds = frozenset((str(each), body) for role, body in roles for each in MAY[Role(role)])
    return Viewer(
        person_id=user.pk,
        bodies_read=frozenset(body for each, body in deeds if each == deed),
        roles=roles,
        deeds=deeds,
    )


def body_named(name: str) -> Organisation:
    """The body that goes by a name, an alternative name, a slug or a GSS code.

    :raises NoSuchBody: with the nearest names, when there is none.
    """
    wanted = name.strip()
    found = Organisation.objects.filter(
        Q(name__iexact=wanted)
        | Q(slug__iexact=wanted)
        | Q(other_names__name__iexact=wanted)
        | (Q(gss_code__iexact=wanted) & ~Q(gss_code=""))
    ).distinct()
    bodies = list(found[:2])
    if len(bodies) == 1:
        return bodies[0]
    if bodies:
        raise NoSuchBody(
            f"{wanted} is the name of more than one body: {bodies[0]} and {bodies[1]}. Give the "
            "full name of the one you mean."
        )
    known = {body.lower(): body for body in Organisation.objects.values_list("name", flat=True)}
    near = [known[each] for each in get_close_matches(wanted.lower(), known, n=3, cutoff=0.5)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "`moothall body list` shows them all."
    raise NoSuchBody(f"No body goes by the name of {wanted}. {hint}")


def person_with_email(email: str) -> Person:
    """The person who signs in with an e-mail address.

    :raises NoSuchPerson: when nobody does.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        raise NoSuchPerson(
            f"Nobody signs in with {email}. Invite them first: `moothall people add`."
        )
    return person


def role_numbered(number: int) -> RoleHeld:
    """The role held under a number, whoever holds it.

    :raises NoSuchRole: when there is none.
    """
    held = RoleHeld.objects.select_related("person", "organisation").filter(pk=number).first()
    if held is None:
        raise NoSuchRole(f"No role has the number {number}. `moothall people roles` lists them.")
    return held


def set_password_path(person: Person) -> str:
    """The address, good once and for three days, at which a person sets a first password."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(person),
            "key": default_token_generator.make_token(person),
        },
    )


def handovers() -> tuple[Handover, ...]:
    """Every succession, as `engine.succession.as_now` takes them."""
    return tuple(
        Handover(predecessor=predecessor, successor=successor, on=on, share=share)
        for predecessor, successor, on, share in Succession.objects.order_by(
            "on", "pk"
        ).values_list("predecessor_id", "successor_id", "on", "share")
    )


def series_as_now(amounts: Iterable[Amount], *, on: date) -> tuple[Amount, ...]:
    """A series of amounts with today's bodies in their predecessors' place, no penny lost.

    As constituted then, a series is what the bodies of the day published: it needs no reading.
    """
    return succession.as_now(amounts, handovers(), on=on)


def names_of(bodies: Iterable[int]) -> dict[int, str]:
    """The name of each body."""
    return dict(Organisation.objects.filter(pk__in=list(bodies)).values_list("pk", "name"))


def bodies_of_the_place() -> frozenset[int]:
    """The place's own public bodies: payments between these are counted once, not twice."""
    return frozenset(Organisation.objects.filter(is_of_the_place=True).values_list("pk", flat=True))


# ── pages ────────────────────────────────────────────────────────────────────────────────────


@frozen
class BodyRow:
    """One body, as the list of bodies shows it."""

    name: str
    slug: str
    kind: str
    gss_code: str
    is_of_the_place: bool
    began_on: date | None
    ended_on: date | None


@frozen
class HandoverRow:
    """One succession, seen from either end."""

    name: str
    slug: str
    on: date
    percent: str


@frozen
class BodyPage:
    """What a body is, what it came from, what it became."""

    body: BodyRow
    other_names: tuple[str, ...]
    predecessors: tuple[HandoverRow, ...]
    successors: tuple[HandoverRow, ...]
    why_not_manage_people: str | None


@frozen
class RoleRow:
    """One role that someone holds or held."""

    id: int
    person_id: int
    person: str
    email: str
    body: str
    body_slug: str
    role: str
    starts_on: date
    ends_before: date | None
    deputy_for: str
    stands: str  # 'now', 'to come' or 'ended'
    may: tuple[str, ...] = ()  # deeds in words


@frozen
class InterestRow:
    """One declared interest, as this reader may see it."""

    id: int
    person: str
    body: str
    kind: str
    what: str
    declared_on: date
    ended_on: date | None
    is_sensitive: bool


@frozen
class PeoplePage:
    """Who holds which role at a body."""

    body: BodyRow
    roles: tuple[RoleRow, ...]
    past: tuple[RoleRow, ...]
    holders: tuple[tuple[int, str], ...]  # whom a new deputy may stand in for


@frozen
class AccountPage:
    """What a person holds, and has declared."""

    name: str
    email: str
    roles: tuple[RoleRow, ...]
    deputies: tuple[RoleRow, ...]
    interests: tuple[InterestRow, ...]
    bodies: tuple[BodyRow, ...]  # where they may declare an interest


@frozen
class InterestsPage:
    """A body's register of interests, as far as this reader may see it."""

    body: BodyRow
    interests: tuple[InterestRow, ...]
    shows_all: bool
    why_not_all: str | None


def body_at(slug: str) -> Organisation | None:
    """The body at an address, or None."""
    return Organisation.objects.filter(slug=slug).first()


def body_list() -> tuple[BodyRow, ...]:
    """Every body: the place's own first, then by name."""
    return tuple(map(_body_row, Organisation.objects.order_by("-is_of_the_place", "name")))


def bodies_managed(person: Person) -> tuple[BodyRow, ...]:
    """The bodies whose people someone invites, and gives roles."""
    held = {body for deed, body in viewer_for(person).deeds if deed == Deed.MANAGE_PEOPLE}
    return tuple(map(_body_row, Organisation.objects.filter(pk__in=held).order_by("name")))


def body_page(body: Organisation, *, viewer: Viewer) -> BodyPage:
    """What a body is, what it came from, what it became."""
    return BodyPage(
        body=_body_row(body),
        other_names=tuple(body.other_names.order_by("name").values_list("name", flat=True)),
        predecessors=tuple(
            _handover_row(each.predecessor, each)
            for each in body.accessions.select_related("predecessor").order_by("on", "pk")
        ),
        successors=tuple(
            _handover_row(each.successor, each)
            for each in body.successions.select_related("successor").order_by("on", "pk")
        ),
        why_not_manage_people=permissions.why_not_manage_people(viewer, body),
    )


def people_page(body: Organisation, *, day: date) -> PeoplePage:
    """Who holds which role at a body: now and to come, and before."""
    rows = [_role_row(held, day) for held in _roles().filter(organisation=body)]
    open_roles = tuple(row for row in rows if row.stands != "ended")
    return PeoplePage(
        body=_body_row(body),
        roles=open_roles,
        past=tuple(row for row in rows if row.stands == "ended"),
        holders=tuple(
            (row.id, f"{row.person}, {row.role}") for row in open_roles if not row.deputy_for
        ),
    )


def role_at(body: Organisation, role_id: int, *, day: date) -> RoleRow | None:
    """One role held at a body, or None when that body has no such role."""
    held = _roles().filter(organisation=body, pk=role_id).first()
    return _role_row(held, day) if held else None


def is_my_interest(person: Person, interest_id: int) -> bool:
    """Whether it was this person who declared the interest."""
    return DeclaredInterest.objects.filter(person=person, pk=interest_id).exists()


def account_page(person: Person, *, day: date) -> AccountPage:
    """What a person holds, who deputises for them, and what they have declared."""
    rows = [_role_row(held, day) for held in _roles().filter(person=person)]
    deputies = [_role_row(held, day) for held in _roles().filter(deputy_for__person=person)]
    bodies = Organisation.objects.filter(roles__person=person).distinct().order_by("name")
    interests = DeclaredInterest.objects.filter(person=person).select_related(
        "person", "organisation"
    )
    return AccountPage(
        name=person.name,
        email=person.email,
        roles=tuple(row for row in rows if row.stands != "ended"),
        deputies=tuple(row for row in deputies if row.stands != "ended"),
        interests=tuple(
            _interest_row(each, True) for each in interests.order_by("-declared_on", "pk")
        ),
        bodies=tuple(map(_body_row, bodies)),
    )


def interests_page(body: Organisation, *, viewer: Viewer, day: date) -> InterestsPage:
    """A body's register of interests.

    The public reads the interests of those who are its members on `day`, and of a sensitive one
    only that it exists; the monitoring officer and auditors read all.
    """
    why_not = permissions.why_not_read_interests(viewer, body)
    interests = DeclaredInterest.objects.filter(organisation=body).select_related(
        "person", "organisation"
    )
    if why_not:
        members = (
            RoleHeld.objects.filter(organisation=body, role__in=[role.value for role in MEMBERS])
            .in_force(day)
            .values("person_id")
        )
        interests = interests.filter(person_id__in=members, ended_on__isnull=True)
    rows = interests.order_by("person__name", "kind", "declared_on", "pk")
    return InterestsPage(
        body=_body_row(body),
        interests=tuple(_interest_row(each, why_not is None) for each in rows),
        shows_all=why_not is None,
        why_not_all=why_not,
    )


def role_list(*, body: Organisation | None, day: date) -> tuple[RoleRow, ...]:
    """Every role held on `day`, at one body or at all."""
    held = _roles().in_force(day)
    return tuple(
        _role_row(each, day) for each in (held.filter(organisation=body) if body else held)
    )


def _roles() -> RoleHeldQuerySet:
    rows = RoleHeld.objects.select_related("person", "organisation", "deputy_for__person")
    return rows.order_by("organisation__name", "role", "person__name", "starts_on")


def _body_row(body: Organisation) -> BodyRow:
    return BodyRow(
        name=body.name,
        slug=body.slug,
        kind=body.get_kind_display(),
        gss_code=body.gss_code,
        is_of_the_place=body.is_of_the_place,
        began_on=body.began_on,
        ended_on=body.ended_on,
    )


def _handover_row(other: Organisation, each: Succession) -> HandoverRow:
    percent = f"{(each.share * 100).normalize():f}%"
    return HandoverRow(name=other.name, slug=other.slug, on=each.on, percent=percent)


def _role_row(held: RoleHeld, day: date) -> RoleRow:
    ended = held.ends_before is not None and held.ends_before <= day
    return RoleRow(
        id=held.pk,
        person_id=held.person_id,
        person=held.person.name,
        email=held.person.email,
        body=held.organisation.name,
        body_slug=held.organisation.slug,
        role=Role(held.role).words,
        starts_on=held.starts_on,
        ends_before=held.ends_before,
        deputy_for=held.deputy_for.person.name if held.deputy_for else "",
        stands="ended" if ended else "to come" if held.starts_on > day else "now",
        may=tuple(
            deed.words.format(body=held.organisation.name)
            for deed in Deed
            if deed in MAY[Role(held.role)]
        ),
    )


def _interest_row(each: DeclaredInterest, in_full: bool) -> InterestRow:
    withheld = each.is_sensitive and not in_full
    return InterestRow(
        id=each.pk,
        person=each.person.name,
        body=each.organisation.name,
        kind="an interest" if withheld else each.get_kind_display(),
        what=(
            "Details withheld: a sensitive interest (Localism Act 2011, section 32)."
            if withheld
            else each.what
        ),
        declared_on=each.declared_on,
        ended_on=each.ended_on,
        is_sensitive=each.is_sensitive,
    )
