"""The deed of passing on: what an abolished body had goes to its successors, with a novation."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from attrs import frozen
from django.db import transaction
from django.db.models import QuerySet

from moothall.agreements import permissions
from moothall.agreements.actions.companies import hold_from
from moothall.agreements.actions.handing_on import end_seats
from moothall.agreements.engine.passing_on import parts_for
from moothall.agreements.models import (
    Agreement,
    Company,
    CompanyExposure,
    Directorship,
    Holding,
    HoldingClass,
    Member,
    Novation,
)
from moothall.agreements.queries.passing_on import open_disputes, open_variations, with_what_is_owed
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.actions.acting import asker
from moothall.directory.models import Organisation, Person, Succession

Thing = Novation.Thing


class CannotPassOn(CannotDo):
    """Everything is where it was."""


@frozen
class Passing:
    """One thing of an abolished body on its way: to whom, in what parts, by what document."""

    body: Organisation
    to: Mapping[Organisation, Decimal]
    on: date
    how: str
    document_name: str
    document_digest: str
    by: Person | None
    at: datetime

    def parts(self, whole: int) -> dict[Organisation, int]:
        """A whole number divided among the successors by largest remainder."""
        heirs = {str(heir.pk): heir for heir in self.to}
        shares = {str(heir.pk): share for heir, share in self.to.items()}
        return {heirs[key]: part for key, part in parts_for(whole, shares).items()}

    @property
    def first(self) -> Organisation:
        """Who takes the greatest part, the first named of equals."""
        return max(self.to, key=lambda heir: self.to[heir])


@transaction.atomic
def pass_on(
    *,
    body: Organisation,
    thing: str,
    key: int,
    to: Mapping[Organisation, Decimal],
    how: str,
    by: Person | None,
    at: datetime,
    document_name: str = "",
    document_digest: str = "",
) -> tuple[Novation, ...]:
    """Pass one thing of an abolished body to named successors, whole or split.

    thing, key : an agreement, a class of shares held, an exposure, the seats on a company's board,
                 or the record of a company: and its number
    to         : successor -> part; parts add up to 1

    It passes on the day of the succession. What can be counted is split to the last penny, share
    and seat; an agreement gets each successor as a member; seats wait to be filled.

    :raises CannotPassOn: when the person may not, the body goes on, or a successor is not one.
    """
    on = _day(body, to, by)
    if how not in Novation.How.values or (how == Novation.How.DEED and len(document_digest) != 64):
        raise CannotPassOn(
            "Nothing passed: say whether it passes by the order or by a deed of novation, and "
            "attach the deed."
        )
    if too_long := why_too_long(Novation, document_name=document_name):
        raise CannotPassOn(too_long)
    passing = Passing(body, to, on, how, document_name, document_digest, by, at)
    pass_it = {
        Thing.AGREEMENT: _agreement,
        Thing.HOLDING: _holding,
        Thing.EXPOSURE: _exposure,
        Thing.SEATS: _seats,
        Thing.RECORD: _record,
    }.get(Thing(thing))
    if pass_it is None:
        raise CannotPassOn(f"Nothing passed: there is no thing called {thing}.")
    made = pass_it(passing, key)
    audit.record(
        by=by, at=at, did="agreements.passed_on", to=made[0], body_id=body.pk, thing=thing, key=key,
        on=on, parts={str(one.successor_id): str(one.share) for one in made}, how=how,
        document=document_digest,
    )  # fmt: skip
    return made


def _day(body: Organisation, to: Mapping[Organisation, Decimal], by: Person | None) -> date:
    """The day on which a body passed to all of these, after every check of who and whether."""
    if reason := permissions.why_not_pass_on(asker(by), body):
        raise CannotPassOn(reason)
    if body.ended_on is None:
        raise CannotPassOn(
            f"Nothing of {body.name} passes on: it has not ended. Record in the directory which "
            "bodies take it over, and from which day."
        )
    named = dict(
        Succession.objects.filter(predecessor=body, on__gt=body.ended_on).values_list(
            "successor_id", "on"
        )
    )
    if strangers := [heir.name for heir in to if heir.pk not in named]:
        raise CannotPassOn(
            f"Nothing passed: {strangers[0]} is no successor of {body.name}. Record the "
            "succession first, or choose another."
        )
    if not to or any(share <= 0 for share in to.values()) or sum(to.values()) != 1:
        raise CannotPassOn(
            "Nothing passed: the parts of the successors add up to the whole. Give each its part."
        )
    return min(named[heir.pk] for heir in to)


def _novation(passing: Passing, thing: Thing, what: str, **of: object) -> tuple[Novation, ...]:
    """One record for each successor. of: agreement or company, and `quantities` by successor."""
    quantities = of.pop("quantities", {})
    assert isinstance(quantities, dict)  # noqa: S101
    return tuple(
        Novation.objects.create(
            predecessor=passing.body,
            successor=heir,
            on=passing.on,
            thing=thing,
            what=what[:300],
            share=share,
            quantity=quantities.get(heir),
            how=passing.how,
            document_name=passing.document_name,
            document_digest=passing.document_digest,
            by=passing.by or _operator(),
            at=passing.at,
            **of,
        )
        for heir, share in passing.to.items()
    )


def _operator() -> Person:
    raise CannotPassOn(
        "Nothing passed: a novation names the person who recorded it. Sign in and do it there."
    )


def _agreement(passing: Passing, key: int) -> tuple[Novation, ...]:
    """Each successor takes the body's place as a member; the greatest keeps the record.

    What the body still owed there (promises, its part of the exit plan, payments to approve and
    pay) and what it had open (disputes, variations) passes to the greatest. Whoever sat on its
    boards for the body sits there no longer: those seats wait to be filled.
    """
    agreement = Agreement.objects.select_for_update().filter(pk=key).first()
    mine = Member.objects.filter(agreement_id=key, organisation=passing.body, left_on=None)
    if agreement is None or (agreement.body_id != passing.body.pk and not mine.exists()):
        raise CannotPassOn(f"Nothing passed: {passing.body.name} is in no such agreement any more.")
    what = with_what_is_owed(agreement, passing.body)
    for member in mine:
        member.left_on = max(passing.on, member.joined_on or passing.on)
        member.save(update_fields=["left_on"])
        heirs = {
            heir: Member.objects.get_or_create(
                agreement=agreement,
                organisation=heir,
                left_on=None,
                defaults={
                    "role": member.role,
                    "party": member.party,
                    "gets": member.gets,
                    "joined_on": passing.on,
                },
            )[0]
            for heir in passing.to
        }
        # What was due of it before is owed by its successor too.
        member.obligations.update(owner=heirs[passing.first])
        member.exit_items.update(owner=heirs[passing.first])
    end_seats(agreement.pk, passing.body, passing.on)
    open_disputes(agreement, passing.body).update(organisation=passing.first)
    open_variations(agreement, passing.body).update(organisation=passing.first)
    agreement.facts_keys.filter(organisation=passing.body, ended_at=None).update(
        ended_at=passing.at
    )
    if agreement.body_id == passing.body.pk:
        agreement.body = passing.first
        if Agreement.objects.filter(body=passing.first, reference=agreement.reference).exists():
            agreement.reference = ""  # the successor has one of that number; the name stays
        agreement.save(update_fields=["body", "reference"])
    value = agreement.value_pence
    return _novation(
        passing, Thing.AGREEMENT, what,
        agreement=agreement,
        quantities={} if value is None else passing.parts(value),
    )  # fmt: skip


def _holding(passing: Passing, key: int) -> tuple[Novation, ...]:
    """Shares are split to the last one, on top of what a successor had."""
    of_class = HoldingClass.objects.select_related("company").filter(pk=key).first()
    held = Holding.objects.filter(of_class_id=key, holder=passing.body, ends_before=None)
    count = sum(held.values_list("count", flat=True))
    if of_class is None or not count:
        raise CannotPassOn(f"Nothing passed: {passing.body.name} holds none of it any more.")
    parts = passing.parts(count)
    hold_from(of_class, passing.body, "", 0, passing.on)
    for heir, part in parts.items():
        had = sum(
            Holding.objects.filter(of_class=of_class, holder=heir, ends_before=None).values_list(
                "count", flat=True
            )
        )
        if part:
            hold_from(of_class, heir, "", had + part, passing.on)
    what = f"{count:,} of {of_class.name} of {of_class.company}"
    return _novation(passing, Thing.HOLDING, what, company=of_class.company, quantities=parts)


def _exposure(passing: Passing, key: int) -> tuple[Novation, ...]:
    """A loan, guarantee, equity or balance is split to the last penny."""
    held = (
        CompanyExposure.objects.select_for_update(of=("self",))
        .filter(pk=key, holder=passing.body, ends_before=None)
        .first()
    )
    if held is None:
        raise CannotPassOn(f"Nothing passed: {passing.body.name} has no such exposure any more.")
    held.ends_before = max(passing.on, held.starts_on)
    held.save(update_fields=["ends_before"])
    parts = passing.parts(held.pence)
    for heir, pence in parts.items():
        if pence:
            CompanyExposure.objects.create(
                company=held.company, holder=heir, standing=held.standing, pence=pence,
                what=held.what, starts_on=held.ends_before,
            )  # fmt: skip
    what = f"{held.get_standing_display()} to {held.company}"
    return _novation(passing, Thing.EXPOSURE, what, company=held.company, quantities=parts)


def _seats(passing: Passing, key: int) -> tuple[Novation, ...]:
    """The board is reconstituted: the body's seats end, its successors' wait to be filled."""
    company = Company.objects.filter(pk=key).first()
    held: QuerySet[Directorship] = Directorship.objects.filter(
        company_id=key, appointed_by=passing.body, ends_before=None
    ).order_by("pk")
    seats = list(held)
    if company is None or not seats:
        raise CannotPassOn(f"Nothing passed: {passing.body.name} has no seat there any more.")
    parts = passing.parts(len(seats))
    heirs = [heir for heir, count in parts.items() for _ in range(count)]
    for seat, heir in zip(seats, heirs, strict=True):
        seat.ends_before = max(passing.on, seat.starts_on)
        seat.save(update_fields=["ends_before"])
        Directorship.objects.create(
            company=company, appointed_by=heir, votes=seat.votes, starts_on=seat.ends_before
        )
    what = f"{len(seats)} seats on the board of {company}"
    return _novation(passing, Thing.SEATS, what, company=company, quantities=parts)


def _record(passing: Passing, key: int) -> tuple[Novation, ...]:
    """The record of a company is kept by one body: it does not split."""
    company = (
        Company.objects.select_for_update(of=("self",)).filter(pk=key, body=passing.body).first()
    )
    if company is None:
        raise CannotPassOn(f"Nothing passed: {passing.body.name} keeps no such record any more.")
    if len(passing.to) > 1:
        raise CannotPassOn(
            f"Nothing passed: one body keeps the record of {company}. Choose one successor."
        )
    company.body = passing.first
    company.save(update_fields=["body"])
    return _novation(passing, Thing.RECORD, f"The record of {company}", company=company)
