"""What did an abolished body leave that has not passed to its successors yet?"""

from datetime import date
from decimal import Decimal

from attrs import frozen
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from moothall.agreements import permissions
from moothall.agreements.engine.settling import STATED
from moothall.agreements.engine.variation import OPEN
from moothall.agreements.models import (
    Agreement,
    Company,
    CompanyExposure,
    Directorship,
    ExitItem,
    Holding,
    LineDispute,
    Novation,
    Obligation,
    Seat,
    SeatClass,
    Variation,
)
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Succession
from moothall.values.wording import listed, number_of

Thing = Novation.Thing


@frozen
class Left:
    """One thing that has not passed. quantity: shares, pence or seats; None: not counted."""

    thing: str
    key: int
    kind: str
    what: str
    quantity: int | None


@frozen
class NovationRow:
    on: date
    successor: str
    kind: str
    what: str
    share: Decimal
    quantity: int | None
    is_money: bool
    how: str
    document: str


@frozen
class AbolishedRow:
    name: str
    slug: str
    ended_on: date
    successors: tuple[str, ...]
    left: int


@frozen
class ToFill:
    """Seats that wait on one board. successor: who names them; '' where its members do."""

    board: str
    url: str
    successor: str
    seats: int


@frozen
class SuccessionPage:
    """heirs: slug, name and recorded part of each successor."""

    name: str
    slug: str
    ended_on: date
    heirs: tuple[tuple[str, str, Decimal], ...]
    left: tuple[Left, ...]
    passed: tuple[NovationRow, ...]
    to_fill: tuple[ToFill, ...]
    why_not: str | None


def abolished(viewer: Viewer, *, day: date) -> tuple[AbolishedRow, ...]:
    """The abolished bodies of which this reader may pass something on, those with work first."""
    held = Organisation.objects.filter(
        ended_on__isnull=False, ended_on__lt=day, successions__on__gt=F("ended_on")
    ).distinct()
    rows = [
        AbolishedRow(
            body.name,
            body.slug,
            body.ended_on or day,
            tuple(name for _, name, _ in _heirs(body)),
            len(what_is_left(body)),
        )
        for body in held
        if permissions.why_not_pass_on(viewer, body) is None
    ]
    return tuple(sorted(rows, key=lambda row: (not row.left, row.name)))


def what_is_left(body: Organisation) -> tuple[Left, ...]:
    """Everything of a body that has not passed: agreements, holdings, exposures, seats, records."""
    agreements = Agreement.objects.filter(
        Q(body=body) | Q(members__organisation=body, members__left_on=None)
    ).distinct()
    found = [
        Left(Thing.AGREEMENT, one.pk, _kind(one), with_what_is_owed(one, body), one.value_pence)
        for one in agreements.order_by("name", "pk")
    ]
    shares: dict[int, Left] = {}
    for one in (
        Holding.objects.filter(holder=body, ends_before=None)
        .select_related("of_class__company__organisation")
        .order_by("of_class_id")
    ):
        what = f"{one.of_class.name} of {one.of_class.company}"
        had = shares.get(one.of_class_id)
        count = one.count + ((had.quantity or 0) if had else 0)
        shares[one.of_class_id] = Left(Thing.HOLDING, one.of_class_id, "Holding", what, count)
    found += shares.values()
    found += [
        Left(
            Thing.EXPOSURE,
            one.pk,
            "Exposure",
            f"{one.get_standing_display()} to {one.company}",
            one.pence,
        )
        for one in CompanyExposure.objects.filter(holder=body, ends_before=None).select_related(
            "company__organisation"
        )
    ]
    boards: dict[int, list[Directorship]] = {}
    for seat in Directorship.objects.filter(appointed_by=body, ends_before=None).select_related(
        "company__organisation"
    ):
        boards.setdefault(seat.company_id, []).append(seat)
    found += [
        Left(Thing.SEATS, key, "Seats", f"Board of {seats[0].company}", len(seats))
        for key, seats in boards.items()
    ]
    found += [
        Left(Thing.RECORD, one.pk, "Record", f"The record of {one}", None)
        for one in Company.objects.filter(body=body).select_related("organisation")
    ]
    return tuple(found)


def _kind(agreement: Agreement) -> str:
    return "Fund" if agreement.kind == "pooled_fund" else "Agreement"


def with_what_is_owed(agreement: Agreement, body: Organisation) -> str:
    """An agreement with what a body still owes or has open under it, which passes with it."""
    promises = Obligation.objects.filter(agreement=agreement, owner__organisation=body).count()
    items = ExitItem.objects.filter(
        agreement=agreement, owner__organisation=body, done_on=None, set_aside_because=""
    ).count()
    # Whoever keeps the record sees to its payments, once a statement is made.
    unpaid = agreement.settlements.filter(state__in=STATED - {"PAID"}).count()
    counts = (
        (promises, "promise", "promises"),
        (items, "item of the exit plan", "items of the exit plan"),
        (unpaid if agreement.body_id == body.pk else 0, "period to be paid", "periods to be paid"),
        (open_disputes(agreement, body).count(), "line in dispute", "lines in dispute"),
        (open_variations(agreement, body).count(), "variation asked for", "variations asked for"),
    )
    owed = [number_of(count, one, many) for count, one, many in counts if count]
    return f"{agreement.name}, with {listed(owed)}" if owed else agreement.name


def open_disputes(agreement: Agreement, body: Organisation) -> QuerySet[LineDispute]:
    """The lines that a body disputes under an agreement, not resolved yet."""
    return LineDispute.objects.filter(
        line__statement__agreement=agreement, organisation=body, resolved_at=None
    )


def open_variations(agreement: Agreement, body: Organisation) -> QuerySet[Variation]:
    """The variations that a body asked for, not in force yet."""
    return agreement.variations.filter(organisation=body, state__in=OPEN)


def _heirs(body: Organisation) -> tuple[tuple[str, str, Decimal], ...]:
    held = Succession.objects.filter(predecessor=body, on__gt=F("predecessor__ended_on"))
    return tuple(
        held.order_by("-share", "successor__name").values_list(
            "successor__slug", "successor__name", "share"
        )
    )


def succession_page(body: Organisation, *, viewer: Viewer) -> SuccessionPage | None:
    """What an abolished body left and what has passed; None while it goes on."""
    if body.ended_on is None:
        return None
    heirs = _heirs(body)
    return SuccessionPage(
        name=body.name,
        slug=body.slug,
        ended_on=body.ended_on,
        heirs=heirs,
        left=what_is_left(body),
        passed=tuple(
            map(
                _novation_row,
                Novation.objects.filter(predecessor=body).select_related("successor"),
            )
        ),
        to_fill=(*_company_seats(body), *_board_seats(body)),
        why_not=permissions.why_not_pass_on(viewer, body),
    )


def _company_seats(body: Organisation) -> list[ToFill]:
    """Seats on companies' boards that passed from a body and in which nobody sits yet."""
    companies = Novation.objects.filter(predecessor=body, thing=Thing.SEATS).values("company")
    waiting = (
        Directorship.objects.filter(name="", ends_before=None, company__in=companies)
        .values("company_id", "company__organisation__name", "appointed_by__name")
        .annotate(seats=Count("pk"))
        .order_by("company__organisation__name", "appointed_by__name")
    )
    return [
        ToFill(
            board=one["company__organisation__name"],
            url=reverse("agreements:company", args=[one["company_id"]]),
            successor=one["appointed_by__name"] or "",
            seats=one["seats"],
        )
        for one in waiting
    ]


def _board_seats(body: Organisation) -> list[ToFill]:
    """Seats on boards of agreements that somebody held for a body, empty since it passed on."""
    agreements = Novation.objects.filter(predecessor=body, thing=Thing.AGREEMENT)
    had = Seat.objects.filter(
        organisation=body, seat_class__board__agreement__in=agreements.values("agreement")
    )
    rows = (
        SeatClass.objects.filter(pk__in=had.values("seat_class"))
        .select_related("board")
        .annotate(filled=Count("held", filter=Q(held__ends_before=None)))
    )
    return [
        ToFill(
            board=f"{one.board}, {one}",
            url=reverse("agreements:board", args=[one.board.agreement_id, one.board_id]),
            successor="",
            seats=one.seats - one.filled,
        )
        for one in rows
        if one.seats > one.filled
    ]


def _novation_row(one: Novation) -> NovationRow:
    return NovationRow(
        on=one.on,
        successor=one.successor.name,
        kind=one.get_thing_display(),
        what=one.what,
        share=one.share,
        quantity=one.quantity,
        is_money=one.thing in (Thing.AGREEMENT, Thing.EXPOSURE),
        how=one.get_how_display(),
        document=one.document_name or one.document_digest[:12],
    )
