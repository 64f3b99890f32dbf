"""The deeds of one member's leaving while the others go on: notice, taking it back, and the end."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions.handing_on import hand_on
from moothall.agreements.actions.register import CannotKeep
from moothall.agreements.engine.leaving import MEMBERSHIP, why_not_leave
from moothall.agreements.models import Member
from moothall.agreements.queries import leaving as held
from moothall.core import audit
from moothall.core.lengths import why_too_long
from moothall.directory.models import Person
from moothall.values.state_table import CannotMove
from moothall.values.wording import number_of, plain_date


@transaction.atomic
def give_notice(
    *, member: Member, notice_on: date, leaves_on: date, by: Person, at: datetime, why: str = ""
) -> Member:
    """Record that a member gave notice, and which day is its last.

    why : why less notice than the agreement asks for is enough

    :raises CannotKeep: when the person may not, notice is given already or is too short, or too few
        members would be left.
    """
    member = _kept(member, "GIVE_NOTICE", by)
    if notice_on > timezone.localdate(at):
        raise CannotKeep(
            f"{plain_date(notice_on)} is still to come. Record the notice once it is given."
        )
    if leaves_on < notice_on:
        raise CannotKeep(
            f"{member.organisation.name} does not leave on {plain_date(leaves_on)}: that is before "
            f"its notice of {plain_date(notice_on)}. Give a later last day."
        )
    member.notice_on, member.leaves_on = notice_on, leaves_on
    member.leaving_because = _short(why)
    if reason := why_not_leave(held.membership_of(member), leaves_on, why=why.strip()):
        raise CannotKeep(reason)
    member.save(update_fields=["notice_on", "leaves_on", "leaving_because"])
    audit.record(
        by=by, at=at, did="agreements.notice_given", to=member.agreement,
        body_id=member.agreement.body_id, organisation=member.organisation_id,
        notice_on=notice_on, leaves_on=leaves_on, why=audit.digest(member.leaving_because),
    )  # fmt: skip
    return member


@transaction.atomic
def take_notice_back(*, member: Member, why: str, by: Person, at: datetime) -> Member:
    """Record that a member stays after all.

    :raises CannotKeep: when the person may not, it gave no notice, or no reason is given.
    """
    member = _kept(member, "WITHDRAW", by)
    if not why.strip():
        raise CannotKeep("A notice is not taken back without a reason. Say why it stays.")
    member.notice_on = member.leaves_on = None
    member.leaving_because = ""
    member.save(update_fields=["notice_on", "leaves_on", "leaving_because"])
    audit.record(
        by=by, at=at, did="agreements.notice_taken_back", to=member.agreement,
        body_id=member.agreement.body_id, organisation=member.organisation_id,
        why=audit.digest(why.strip()),
    )  # fmt: skip
    return member


@transaction.atomic
def leave(
    *,
    member: Member,
    left_on: date,
    by: Person,
    at: datetime,
    heir: Member | None = None,
    why: str = "",
) -> Member:
    """Record that a member has left while the others go on; that it was one stays on record.

    Its seats are empty from the next day, and what it was still to do passes to the heir. What is
    owed to it or by it stays owed, and the terms stay as they are until they are varied.

    heir : the member that takes over its promises and its part of the exit plan, where it has any
    why  : why less notice than the agreement asks for is enough

    :raises CannotKeep: when the person may not, it has left already or not yet, its notice is too
        short, too few would be left, or something is left to nobody.
    """
    agreement, name = member.agreement, member.organisation.name
    member.refresh_from_db()
    if member.left_on is not None:
        raise CannotKeep(
            f"{name} left {agreement.name} on {plain_date(member.left_on)}. There is nothing to do."
        )
    member = _kept(member, "LEAVE", by)
    if member.joined_on and left_on < member.joined_on:
        raise CannotKeep(
            f"{name} cannot leave on {plain_date(left_on)}: it joined on "
            f"{plain_date(member.joined_on)}. Give a later day."
        )
    if left_on > timezone.localdate(at):
        raise CannotKeep(
            f"{plain_date(left_on)} is still to come. Record the notice now, and that it left once "
            "it has."
        )
    because = why.strip() or member.leaving_because
    if reason := why_not_leave(held.membership_of(member), left_on, why=because):
        raise CannotKeep(reason)
    _refuse_heir(member, heir, left_on)
    member.left_on, member.leaving_because = left_on, _short(because)
    member.save(update_fields=["left_on", "leaving_because"])
    handed = hand_on(member, heir, from_day=left_on + timedelta(days=1))
    audit.record(
        by=by, at=at, did="agreements.member_left", to=agreement, body_id=agreement.body_id,
        organisation=member.organisation_id, left_on=left_on, seats=handed.seats,
        promises=handed.promises, exit_items=handed.exit_items,
        heir=heir.organisation_id if heir else None,
    )  # fmt: skip
    return member


def _refuse_heir(member: Member, heir: Member | None, left_on: date) -> None:
    if heir is not None:
        if heir.pk not in [each.pk for each in held.heirs_of(member)]:
            raise CannotKeep(
                f"Nothing passes to {heir.organisation.name}: it is no other member of "
                f"{member.agreement.name}. Choose one that stays."
            )
        return
    promises = len(held.promises_of(member, left_on + timedelta(days=1)))
    items = len(held.exit_items_of(member))
    if promises or items:
        raise CannotKeep(
            f"{member.organisation.name} leaves {number_of(promises, 'promise')} and "
            f"{number_of(items, 'item')} of the exit plan to nobody. Choose the member that takes "
            "them over."
        )


def _kept(member: Member, move: str, by: Person) -> Member:
    """The membership, locked, for whoever keeps its agreement; the move is one that is open."""
    member = (
        Member.objects.select_for_update(of=("self",))
        .select_related("agreement__body", "organisation")
        .get(pk=member.pk)
    )
    if reason := permissions.why_not_keep_agreement(by, member.agreement):
        raise CannotKeep(reason)
    try:
        MEMBERSHIP.after(held.state_of(member), move)
    except CannotMove as refusal:
        raise CannotKeep(str(refusal)) from None
    return member


def _short(why: str) -> str:
    if too_long := why_too_long(Member, leaving_because=why.strip()):
        raise CannotKeep(too_long)
    return why.strip()
