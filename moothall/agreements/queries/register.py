"""Which agreements are there for this reader, and between whom?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import OrderBy
from django.utils import timezone

from moothall.agreements.engine.completeness import lacking
from moothall.agreements.engine.kinds import UNKNOWN, Kind, kinds
from moothall.agreements.engine.life import LIFE, RUNNING
from moothall.agreements.models import Agreement, AgreementVersion, Member, Withholding
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed, Organisation
from moothall.values.wording import listed, plain_date

PAGE_ROWS = 50
ORDERS = {
    "name": ("name",),
    "kind": ("kind", "name"),
    "body": ("body__name", "name"),
    "starts": ("starts_on", "name"),
    "ends": ("end_read", "name"),
    "value": ("value_read", "name"),
    "members": ("member_count", "name"),
}


@frozen
class MemberRow:
    """A body's part in an agreement."""

    id: int
    organisation_id: int
    name: str
    slug: str
    sector: str
    role: str
    party: str
    gets: str
    joined_on: date | None
    leaves_on: date | None  # the last day that it gave notice for
    left_on: date | None

    @property
    def part_in_words(self) -> str:
        leaves = f", leaves on {plain_date(self.leaves_on)}" if self.leaves_on else ""
        return self.role.capitalize() + leaves

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "slug": self.slug,
            "sector": self.sector,
            "role": self.role,
            "gets": self.gets,
            "joined_on": self.joined_on and self.joined_on.isoformat(),
            "leaves_on": self.leaves_on and self.leaves_on.isoformat(),
            "left_on": self.left_on and self.left_on.isoformat(),
        }


@frozen
class AgreementRow:
    """One agreement, as the list and every other door show it.

    ends_before, value_gbp : None where it is not known, or withheld from this reader
    withheld               : (part, why, when that is looked at again) of what they do not see
    hidden                 : keys of those parts
    lacking                : what the record lacks, for those who read all of it
    """

    id: int
    name: str
    reference: str
    kind: str
    kind_label: str
    state: str
    body: str
    body_slug: str
    purpose: str
    members: tuple[MemberRow, ...]
    starts_on: date | None
    ends_before: date | None
    review_on: date | None
    value_gbp: Decimal | None
    withheld: tuple[tuple[str, str, date], ...]
    hidden: tuple[str, ...]
    is_existing: bool
    is_public: bool
    is_read: bool
    lacking: tuple[str, ...]

    @property
    def is_past_end(self) -> bool:
        """Whether it goes on though its end has come; never so for whom its end is withheld."""
        is_over = self.ends_before is not None and self.ends_before <= timezone.localdate()
        return is_over and self.state in RUNNING

    @property
    def state_words(self) -> str:
        words = LIFE.state(self.state).words
        return f"{words}, past its end" if self.is_past_end else words

    @property
    def member_names(self) -> str:
        return "; ".join(each.name for each in self.members)

    @property
    def members_in_words(self) -> str:
        return listed(each.name for each in self.members)

    def as_json(self) -> dict[str, object]:
        """As the API, the command and a download give it."""
        days = {
            name: day and day.isoformat()
            for name, day in (
                ("starts_on", self.starts_on),
                ("ends_before", self.ends_before),
                ("review_on", self.review_on),
            )
        }
        return {
            "id": self.id,
            "name": self.name,
            "reference": self.reference,
            "kind": self.kind,
            "state": self.state,
            "body": self.body,
            "purpose": self.purpose,
            "members": [each.as_json() for each in self.members],
            **days,
            "value_gbp": None if self.value_gbp is None else str(self.value_gbp),
            "withheld": [
                {"part": part, "why": why, "review_on": on.isoformat()}
                for part, why, on in self.withheld
            ],
            "is_existing": self.is_existing,
            "is_public": self.is_public,
            "lacking": list(self.lacking),
        }


def bodies_read(viewer: Viewer) -> frozenset[int] | None:
    """The bodies of whose agreements this reader reads what is not public; None: of all."""
    if viewer.reads_all:
        return None
    return frozenset(body for deed, body in viewer.deeds if deed == Deed.READ_AGREEMENT)


def bodies_kept_for(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Slug and name of each body whose register this reader may keep."""
    keys = [body for deed, body in viewer.deeds if deed == Deed.KEEP_AGREEMENT]
    held = Organisation.objects.filter(pk__in=keys).order_by("name")
    return tuple(held.values_list("slug", "name"))


def agreements_read(viewer: Viewer) -> QuerySet[Agreement]:
    """The agreements of which this reader reads anything at all."""
    return Agreement.objects.filter(Q(is_public=True) | _is_own(viewer))


def agreement_read_by(viewer: Viewer, agreement_id: int) -> Agreement | None:
    """An agreement of which this reader reads anything, or None."""
    return agreements_read(viewer).select_related("body").filter(pk=agreement_id).first()


def agreement_list_page(
    number: str | int | None, *, viewer: Viewer, order: str = "name", **asked: Any
) -> Page[Any]:
    """One page of the agreements that this reader reads, as frozen rows."""
    page: Page[Any] = Paginator(chosen(viewer, order=order, **asked), PAGE_ROWS).get_page(number)
    page.object_list = list(rows_of(page.object_list, viewer))
    return page


def agreement_list(*, viewer: Viewer, order: str = "name", **asked: Any) -> list[AgreementRow]:
    """Every agreement that fits, for a download, the API or the command."""
    return list(rows_of(chosen(viewer, order=order, **asked), viewer))


def chosen(
    viewer: Viewer,
    *,
    words: str = "",
    kind: str = "",
    state: str = "",
    member: str = "",
    sector: str = "",
    place: str = "",
    ends_within: str = "",
    lacks: str = "",
    on: date | None = None,
    order: str = "name",
) -> QuerySet[Agreement]:
    """The agreements that fit everything given.

    member, sector : one of its members of today is this body, or of this kind
    ends_within    : so many months from `on`
    lacks          : 'yes': only those whose record lacks something, where this reader reads what
    """
    held = agreements_read(viewer)
    if words:
        found = Q(name__icontains=words) | Q(purpose__icontains=words) | Q(reference=words)
        held = held.filter(found | Q(_of_today(organisation__name__icontains=words)))
    if kind:
        held = held.filter(kind=kind)
    if state == "running":
        held = held.filter(state__in=RUNNING)
    elif state:
        held = held.filter(state=state)
    if member:
        held = held.filter(_of_today(organisation__slug=member))
    if sector:
        held = held.filter(_of_today(organisation__kind=sector))
    if place:
        held = held.filter(area__icontains=place)
    if ends_within and on is not None:
        last = on.year * 12 + on.month - 1 + int(ends_within)
        held = held.filter(
            _part_is_read("exit", viewer),
            ends_before__gt=on,
            ends_before__lt=date(last // 12, last % 12 + 1, 1),
        )
    if lacks:
        short = [row.id for row in rows_of(held, viewer) if row.lacking]
        held = held.filter(pk__in=short)
    counted = held.annotate(
        member_count=Count("members", filter=Q(members__left_on=None)),
        # An order by what is withheld would tell it.
        value_read=Case(When(_part_is_read("value", viewer), then="value_pence")),
        end_read=Case(When(_part_is_read("exit", viewer), then="ends_before")),
    )
    return counted.order_by(*_ordered(order))


def _ordered(order: str) -> list[OrderBy | str]:
    """What is not known stands last, whichever way round."""
    first, *rest = ORDERS.get(order.removeprefix("-"), ORDERS["name"])
    return [OrderBy(F(first), descending=order.startswith("-"), nulls_last=True), *rest, "pk"]


def _part_is_read(part: str, viewer: Viewer) -> Q:
    held = Withholding.objects.filter(agreement=OuterRef("pk"), part=part, lifted_at=None)
    return ~Exists(held) | _is_own(viewer)


def _is_own(viewer: Viewer) -> Q:
    """What is not public of an agreement is read by this reader, as `reads` says of one."""
    read = bodies_read(viewer)
    if read is None:
        return Q(pk__isnull=False)
    own = Member.objects.filter(agreement=OuterRef("pk"), organisation_id__in=read, left_on=None)
    return Q(body_id__in=read) | Q(Exists(own))


def _of_today(**about: object) -> Exists:
    return Exists(Member.objects.filter(agreement=OuterRef("pk"), left_on=None, **about))


def rows_of(agreements: Iterable[Agreement], viewer: Viewer) -> Iterator[AgreementRow]:
    """Agreements as this reader reads them, in three questions whatever their number."""
    held = agreements
    if isinstance(held, QuerySet):
        held = held.select_related("body").prefetch_related("members__organisation", "withholdings")
    held = list(held)
    keys = [each.pk for each in held]
    executed = _executed(keys)
    for each in held:
        yield _row(each, viewer, executed=executed.get(each.pk))


def _executed(keys: list[int]) -> dict[int, tuple[bool, int]]:
    """Whether an agreement has terms, and how many members executed its latest version."""
    found: dict[int, tuple[bool, int]] = {}
    versions = AgreementVersion.objects.filter(agreement_id__in=keys).order_by("number")
    for key, count in versions.annotate(signed=Count("executions")).values_list(
        "agreement_id", "signed"
    ):
        found[key] = (True, count)
    return found


def reads(agreement: Agreement, viewer: Viewer, members: Iterable[Member]) -> bool:
    """Whether this reader reads what is not public of it."""
    read = bodies_read(viewer)
    if read is None or agreement.body_id in read:
        return True
    return any(each.organisation_id in read for each in members if each.left_on is None)


def withheld_from(agreement: Agreement, viewer: Viewer) -> dict[str, Withholding]:
    """What of an agreement this reader does not see: part -> why, and when that is reviewed."""
    if reads(agreement, viewer, agreement.members.all()):
        return {}
    return {each.part: each for each in agreement.withholdings.all() if each.lifted_at is None}


def kind_of(agreement: Agreement) -> Kind:
    return kinds()[agreement.kind]


def moves_something(agreement: Agreement) -> bool:
    """Whether money, staff or assets move under it: by its kind, what it is worth, or its terms."""
    if kind_of(agreement).has_every_check or agreement.value_pence:
        return True
    return agreement.versions.exclude(text="").exists()


def _row(
    agreement: Agreement, viewer: Viewer, *, executed: tuple[bool, int] | None
) -> AgreementRow:
    members = tuple(member_row(each) for each in agreement.members.all() if each.left_on is None)
    is_read = reads(agreement, viewer, agreement.members.all())
    withheld = withheld_from(agreement, viewer)
    kind = kind_of(agreement)
    ends_before = None if "exit" in withheld else agreement.ends_before
    return AgreementRow(
        id=agreement.pk,
        name=agreement.name,
        reference=agreement.reference,
        kind=agreement.kind,
        kind_label=kind.label,
        state=agreement.state,
        body=agreement.body.name,
        body_slug=agreement.body.slug,
        purpose=agreement.purpose,
        members=members,
        starts_on=agreement.starts_on,
        ends_before=ends_before,
        review_on=agreement.review_on,
        value_gbp=None
        if "value" in withheld or agreement.value_pence is None
        else Decimal(agreement.value_pence).scaleb(-2),
        withheld=tuple(
            (each.get_part_display(), each.why, each.review_on) for each in withheld.values()
        ),
        hidden=tuple(withheld),
        is_existing=agreement.is_existing,
        is_public=agreement.is_public,
        is_read=is_read,
        lacking=_lacking(agreement, kind, len(members), executed) if is_read else (),
    )


def _lacking(
    agreement: Agreement, kind: Kind, members: int, executed: tuple[bool, int] | None
) -> tuple[str, ...]:
    has_terms, signed = executed or (False, 0)
    held: dict[str, object] = {
        **{name: getattr(agreement, name) for name in KEPT},
        "kind": kind.key != UNKNOWN,
        "members": members,
        "terms": has_terms,
        "executed": signed >= members > 0,
    }
    return lacking(kind, held, is_running=agreement.state in RUNNING)


KEPT = (
    *("purpose", "review_on", "leaving_terms", "power", "ends_before", "regime", "starts_on"),
    "prevails",
)


def member_row(member: Member) -> MemberRow:
    return MemberRow(
        id=member.pk,
        organisation_id=member.organisation_id,
        name=member.organisation.name,
        slug=member.organisation.slug,
        sector=member.organisation.get_kind_display(),
        role=member.get_role_display(),
        party=member.party,
        gets=member.gets,
        joined_on=member.joined_on,
        leaves_on=member.leaves_on,
        left_on=member.left_on,
    )


def bodies_with_agreements(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Slug and name of each body that is a member of an agreement that this reader reads."""
    keys = Member.objects.filter(agreement__in=agreements_read(viewer), left_on=None)
    held = Organisation.objects.filter(pk__in=keys.values("organisation_id")).order_by("name")
    return tuple(held.values_list("slug", "name"))


def running_count(viewer: Viewer) -> int:
    """How many of the agreements that this reader reads are in force."""
    return agreements_read(viewer).filter(state__in=RUNNING).count()


def subject_of(agreement: Agreement) -> str:
    """What a decision about an agreement names as its subject."""
    return f"agreements.agreement:{agreement.pk}"
