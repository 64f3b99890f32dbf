"""What does it mean when one member leaves an agreement that goes on; what waits of it?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen
from django.db.models import Q, QuerySet
from django.urls import reverse

from moothall.agreements.engine.documents import deal_as_tried
from moothall.agreements.engine.leaving import Membership, earliest_last_day, why_not_leave
from moothall.agreements.engine.life import RUNNING
from moothall.agreements.models import Agreement, ExitItem, Member, Obligation, Seat
from moothall.agreements.queries import exits
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed, Organisation
from moothall.values.wording import number_of, plain_date, pounds_in_words


@frozen
class LeavingPage:
    """state: of the membership. means: what leaving brings about, a sentence each."""

    state: str
    name: str
    agreement: str
    notice_on: date | None
    leaves_on: date | None
    because: str
    earliest: date
    means: tuple[str, ...]
    heirs: tuple[tuple[str, str], ...]  # number and name of each member that stays
    needs_heir: bool
    notice_months: int | None
    why_not: str | None  # whatever its notice


def state_of(member: Member) -> str:
    if member.left_on is not None:
        return "LEFT"
    return "MEMBER" if member.leaves_on is None else "LEAVING"


def membership_of(member: Member) -> Membership:
    """What is known of a membership before its member leaves."""
    agreement = member.agreement
    stay = agreement.members.filter(left_on=None).exclude(role=Member.Role.OBSERVER)
    return Membership(
        member=member.organisation.name,
        agreement=agreement.name,
        is_observer=member.role == Member.Role.OBSERVER,
        is_running=agreement.state in RUNNING,
        staying=stay.exclude(pk=member.pk).count(),
        notice_months=agreement.notice_months,
        notice_on=member.notice_on,
    )


def seats_of(agreement_id: int, body: Organisation) -> QuerySet[Seat]:
    """The seats on an agreement's boards that somebody holds for a body."""
    return Seat.objects.filter(
        seat_class__board__agreement=agreement_id, organisation=body, ends_before=None
    )


def promises_of(member: Member, from_day: date) -> list[Obligation]:
    """The promises of a member that fall due on a day or later."""
    held = member.obligations.filter(Q(ends_before=None) | Q(ends_before__gt=from_day))
    held = held.exclude(every="", first_due_on__lt=from_day)
    return list(held.select_related("agreement", "by"))


def exit_items_of(member: Member) -> list[ExitItem]:
    """The items of the exit plan that a member is to carry out."""
    return list(member.exit_items.filter(done_on=None, set_aside_because=""))


def heirs_of(member: Member) -> list[Member]:
    """The other members, who may take over what one leaves behind."""
    held = member.agreement.members.filter(left_on=None).exclude(pk=member.pk)
    return list(held.select_related("organisation"))


def leaving_page(member: Member, *, on: date) -> LeavingPage:
    agreement = member.agreement
    earliest = earliest_last_day(member.notice_on or on, agreement.notice_months)
    day = member.leaves_on or earliest
    promises, items = promises_of(member, day), exit_items_of(member)
    return LeavingPage(
        state=state_of(member),
        name=member.organisation.name,
        agreement=agreement.name,
        notice_on=member.notice_on,
        leaves_on=member.leaves_on,
        because=member.leaving_because,
        earliest=earliest,
        means=tuple(_means(member, day, len(promises), len(items))),
        heirs=tuple((str(each.pk), each.organisation.name) for each in heirs_of(member)),
        needs_heir=bool(promises or items),
        notice_months=agreement.notice_months,
        why_not=why_not_leave(membership_of(member), day, why="It is enough"),
    )


def _means(member: Member, day: date, promises: int, items: int) -> list[str]:
    agreement, name = member.agreement, member.organisation.name
    found = [_cost(member, day)]
    if seats := seats_of(agreement.pk, member.organisation).count():
        found.append(f"{number_of(seats, 'seat')} on its boards, held for {name}, will be empty.")
    if promises:
        found.append(
            f"{number_of(promises, 'promise')} of {name} that fall due later pass to the member "
            "that you name; what was due before stays its own."
        )
    if items:
        found.append(f"{number_of(items, 'item')} of the exit plan pass to that member too.")
    if party := party_in_terms(member):
        called = "" if party == name else f", {party}"
        found.append(
            f"The terms name it as a party{called}: they pay and bind as they stand until a "
            "variation changes them."
        )
    if agreement.body_id == member.organisation_id:
        found.append(f"{name} keeps the record: it goes on keeping it.")
    found.append("What is owed for the time before stays owed, and is settled as ever.")
    return found


def _cost(member: Member, day: date) -> str:
    name = member.organisation.name
    costs = exits.costs_by_date(member.agreement, [day])
    found = next((cost for cost in costs.of(exits.key_of(member))), None)
    if found is None:
        return costs.why_not or f"Nobody has said what leaving costs {name}."
    return (
        f"Leaving on {plain_date(day)} costs {name} {_pounds(found.p50)} as likely as not, and at "
        f"most {_pounds(found.p90)} in nine of ten futures."
    )


def _pounds(gbp: float) -> str:
    return pounds_in_words(Decimal(round(gbp)))


def party_in_terms(member: Member) -> str:
    """What the latest terms call a member; '' where they do not name it."""
    version = member.agreement.versions.order_by("-number").first()
    deal = deal_as_tried(version.text, "")[0] if version and version.text else None
    if deal is None or not member.party:
        return ""
    return deal.party_name(member.party) if member.party in deal.parties else ""


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """Notices that have run out, and terms that still name a member that left."""
    bodies = [body for deed, body in viewer.deeds if deed == Deed.KEEP_AGREEMENT]
    held = Member.objects.filter(agreement__body__in=bodies, agreement__state__in=RUNNING)
    held = held.select_related("agreement", "organisation")
    found = []
    for each in held.filter(left_on=None, leaves_on__isnull=False):
        url = reverse("agreements:leave", args=[each.agreement_id, each.pk])
        why = "Hand on what it leaves behind, and record that it left, once the day is over."
        label = f"{each.organisation} leaves {each.agreement}"
        found.append(Wait(label, each.leaves_on, url, why))
    for each in held.exclude(left_on=None).exclude(party="").order_by("pk"):
        if not _is_replaced(each) and party_in_terms(each):
            url = reverse("agreements:ask_variation", args=[each.agreement_id])
            why = "It has left. Ask for a variation that takes it out of the terms."
            label = f"The terms of {each.agreement} still name {each.organisation}"
            found.append(Wait(label, None, url, why))
    return found


def _is_replaced(member: Member) -> bool:
    """Whether a member of today stands in the terms where one stood that left."""
    agreement: Agreement = member.agreement
    return agreement.members.filter(left_on=None, party=member.party).exists()
