"""The deeds of an exit plan: write it, check it, rehearse it, and say what leaving costs."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine import exit_plan
from moothall.agreements.models import (
    Agreement,
    ExitCostLine,
    ExitItem,
    ExitPart,
    ExitRehearsal,
    ExitStake,
    Member,
)
from moothall.agreements.queries import exits as held
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.models import Person
from moothall.values.money import PENNY
from moothall.values.wording import listed, plain_date

MOST_DAYS = 3650  # before or after the last day


class CannotPlan(CannotDo):
    """The exit plan is as it was."""


@transaction.atomic
def add_exit_item(
    *,
    agreement: Agreement,
    part: str,
    what: str,
    by: Person,
    at: datetime,
    detail: str = "",
    owner: Member | None = None,
    days_before: int = 30,
) -> ExitItem:
    """Say one thing of an exit plan.

    days_before : the last day by which it is done; below zero: so many days after it

    :raises CannotPlan: when the person may not, or it says nothing.
    """
    agreement = _kept(agreement, by)
    _part(part)
    if sentence := _why_not_item(agreement, what.strip(), owner, days_before):
        raise CannotPlan(sentence)
    item = ExitItem.objects.create(
        agreement=agreement, part=part, what=what.strip(), detail=detail.strip(), owner=owner,
        days_before=days_before, by=by, at=at,
    )  # fmt: skip
    _touch(agreement, part, by, at, none_because="")
    audit.record(
        by=by, at=at, did="agreements.exit_item_added", to=agreement,
        body_id=agreement.body_id, item=item.pk, part=part,
    )  # fmt: skip
    return item


@transaction.atomic
def set_exit_item(
    *,
    item: ExitItem,
    what: str,
    by: Person,
    at: datetime,
    detail: str = "",
    owner: Member | None = None,
    days_before: int = 30,
) -> ExitItem:
    """Answer an item of a plan, or say it otherwise.

    :raises CannotPlan: when the person may not, it says nothing, or it is dealt with already.
    """
    agreement = _kept(item.agreement, by)
    item.refresh_from_db()
    if item.done_on is not None or item.set_aside_because:
        raise CannotPlan(f"“{item.what}” is dealt with already and stays as it is.")
    if sentence := _why_not_item(agreement, what.strip(), owner, days_before):
        raise CannotPlan(sentence)
    item.what, item.detail, item.owner = what.strip(), detail.strip(), owner
    item.days_before = days_before
    item.save(update_fields=["what", "detail", "owner", "days_before"])
    _touch(agreement, item.part, by, at)
    audit.record(
        by=by, at=at, did="agreements.exit_item_set", to=agreement,
        body_id=agreement.body_id, item=item.pk, part=item.part,
    )  # fmt: skip
    return item


@transaction.atomic
def begin_plan(*, agreement: Agreement, by: Person, at: datetime) -> int:
    """Begin a plan from what each part usually says, to be answered one by one.

    Parts with something in them are left as they are.

    :raises CannotPlan: when the person may not.
    """
    agreement = _kept(agreement, by)
    plan = held.plan_of(agreement)
    begun = set(agreement.exit_items.values_list("part", flat=True))
    added = 0
    for key, part in exit_plan.parts().items():
        if plan[key].held is not exit_plan.Held.EMPTY or key in begun:
            continue
        for what in part.items:
            ExitItem.objects.create(agreement=agreement, part=key, what=what, by=by, at=at)
            added += 1
    audit.record(
        by=by, at=at, did="agreements.exit_plan_begun", to=agreement,
        body_id=agreement.body_id, items=added,
    )  # fmt: skip
    return added


@transaction.atomic
def drop_exit_item(*, item: ExitItem, by: Person, at: datetime) -> None:
    """Take an item out of a plan, before the agreement is ending.

    :raises CannotPlan: when the person may not, or the plan is being carried out.
    """
    agreement = _kept(item.agreement, by)
    if held.ending_of(agreement) is not None:
        raise CannotPlan(
            "This plan is being carried out: an item is done, or set aside with a reason, and is "
            "not taken out."
        )
    key, part = item.pk, item.part
    item.delete()
    audit.record(
        by=by, at=at, did="agreements.exit_item_dropped", to=agreement,
        body_id=agreement.body_id, item=key, part=part,
    )  # fmt: skip


@transaction.atomic
def say_nothing_of_the_kind(
    *, agreement: Agreement, part: str, because: str, by: Person, at: datetime
) -> ExitPart:
    """Say that a part of the plan has nothing in it, and why.

    :raises CannotPlan: when the person may not, it has something in it, or no reason is given.
    """
    agreement = _kept(agreement, by)
    label = _part(part).label
    if held.plan_of(agreement)[part].entries:
        raise CannotPlan(f"{label} has something in it. Take that out first.")
    if not because.strip():
        raise CannotPlan(f"{label}: say why there is nothing of the kind.")
    if reason := why_too_long(ExitPart, none_because=because.strip()):
        raise CannotPlan(reason)
    agreement.exit_items.filter(part=part).delete()  # prompts that nobody answered, no more
    said = _touch(agreement, part, by, at, none_because=because.strip())
    audit.record(
        by=by, at=at, did="agreements.exit_part_none", to=agreement,
        body_id=agreement.body_id, part=part, because=audit.digest(said.none_because),
    )  # fmt: skip
    return said


@transaction.atomic
def check_part(*, agreement: Agreement, part: str, by: Person, at: datetime) -> ExitPart:
    """Say that what a part of the plan says still holds today.

    :raises CannotPlan: when the person may not, or the part is empty.
    """
    agreement = _kept(agreement, by)
    label = _part(part).label
    if held.plan_of(agreement)[part].held is exit_plan.Held.EMPTY:
        raise CannotPlan(f"{label} is empty, so there is nothing to check. Fill it first.")
    checked = _touch(agreement, part, by, at)
    audit.record(
        by=by, at=at, did="agreements.exit_part_checked", to=agreement,
        body_id=agreement.body_id, part=part,
    )  # fmt: skip
    return checked


@transaction.atomic
def add_exit_cost(
    *,
    agreement: Agreement,
    what: str,
    low_gbp: Decimal,
    mode_gbp: Decimal,
    high_gbp: Decimal,
    shares: Mapping[str, Decimal],
    by: Person,
    at: datetime,
    written_off_from: date | None = None,
    months: int = 0,
) -> ExitCostLine:
    """Say what a part of leaving costs, from least to most, and who bears which share.

    shares : member's key -> share (0-1); they make one

    :raises CannotPlan: when the person may not, or the amounts or shares do not hold together.
    """
    agreement = _kept(agreement, by)
    what = what.strip()
    if not what:
        raise CannotPlan("A cost of leaving has a name. Say what it is for.")
    if not 0 <= low_gbp <= mode_gbp <= high_gbp:
        raise CannotPlan("A cost runs from least to most, and none of it is below nothing.")
    if (written_off_from is None) != (not months):
        raise CannotPlan("A set-up is written off from a day over months. Give both, or neither.")
    given = {key: share for key, share in shares.items() if share}
    if strays := sorted(set(given) - set(held.keys_of(agreement))):
        raise CannotPlan(
            f"No member of this agreement is {listed(strays)}. Share it among members."
        )
    if not given or not exit_plan.shares_in_full(given):
        raise CannotPlan("The shares of a cost make one: 100% between its members. Mend them.")
    if reason := why_too_long(ExitCostLine, what=what):
        raise CannotPlan(reason)
    line = ExitCostLine.objects.create(
        agreement=agreement,
        what=what,
        low_pence=_pence(low_gbp),
        mode_pence=_pence(mode_gbp),
        high_pence=_pence(high_gbp),
        written_off_from=written_off_from,
        months=months,
        shares={key: f"{share:f}" for key, share in given.items()},
        by=by,
        at=at,
    )
    for part in ("costs", "sharing"):
        _touch(agreement, part, by, at, none_because="")
    audit.record(
        by=by, at=at, did="agreements.exit_cost_added", to=agreement,
        body_id=agreement.body_id, line=line.pk, mode=line.mode_pence,
    )  # fmt: skip
    return line


@transaction.atomic
def drop_exit_cost(*, line: ExitCostLine, by: Person, at: datetime) -> None:
    """Take a cost out of a plan."""
    agreement = _kept(line.agreement, by)
    key = line.pk
    line.delete()
    audit.record(
        by=by, at=at, did="agreements.exit_cost_dropped", to=agreement,
        body_id=agreement.body_id, line=key,
    )  # fmt: skip


@transaction.atomic
def add_stake(
    *,
    agreement: Agreement,
    member: Member,
    what: str,
    gbp: Decimal,
    by: Person,
    at: datetime,
    evidence: str = "",
    written_off_from: date | None = None,
    months: int = 0,
) -> ExitStake:
    """Say what a member has put in, or would lose when another leaves; evidence makes it count.

    :raises CannotPlan: when the person may not, or it does not hold together.
    """
    agreement = _kept(agreement, by)
    if member.agreement_id != agreement.pk:
        raise CannotPlan("Whoever has it at stake is a member of this agreement. Choose one.")
    if not what.strip() or gbp <= 0:
        raise CannotPlan("A stake has a name, and an amount above nothing. Give both.")
    if (written_off_from is None) != (not months):
        raise CannotPlan(
            "An investment is written off from a day over months. Give both, or neither."
        )
    if reason := why_too_long(ExitStake, what=what.strip(), evidence=evidence.strip()):
        raise CannotPlan(reason)
    stake = ExitStake.objects.create(
        agreement=agreement, member=member, what=what.strip(), pence=_pence(gbp),
        evidence=evidence.strip(), written_off_from=written_off_from, months=months, by=by, at=at,
    )  # fmt: skip
    audit.record(
        by=by, at=at, did="agreements.exit_stake_added", to=agreement,
        body_id=agreement.body_id, stake=stake.pk, pence=stake.pence,
    )  # fmt: skip
    return stake


@transaction.atomic
def drop_stake(*, stake: ExitStake, by: Person, at: datetime) -> None:
    """Take out what a member was said to have at stake."""
    agreement = _kept(stake.agreement, by)
    key = stake.pk
    stake.delete()
    audit.record(
        by=by, at=at, did="agreements.exit_stake_dropped", to=agreement,
        body_id=agreement.body_id, stake=key,
    )  # fmt: skip


@transaction.atomic
def record_rehearsal(
    *,
    agreement: Agreement,
    held_on: date,
    answers: Mapping[str, tuple[bool, str]],
    by: Person,
    at: datetime,
    note: str = "",
) -> ExitRehearsal:
    """Record an exit tried out: each question of the list, passed or not, with a note.

    :raises CannotPlan: when the person may not, a question is open, or its day has not come.
    """
    agreement = _kept(agreement, by)
    checks = {check.key: check.asks for check in exit_plan.rehearsal_checks()}
    if strays := sorted(set(answers) - set(checks)):
        raise CannotPlan(f"The list of questions has no {listed(strays)}.")
    if missing := [asks for key, asks in checks.items() if key not in answers]:
        raise CannotPlan(f"A rehearsal answers every question. This one is open: {missing[0]}")
    if held_on > at.date():
        raise CannotPlan(
            f"{plain_date(held_on)} has not come. Record the rehearsal when it was held."
        )
    unsaid = [
        checks[key] for key, (passed, said) in answers.items() if not passed and not said.strip()
    ]
    if unsaid:
        raise CannotPlan(f"Say what was missing where the answer is no: {unsaid[0]}")
    rehearsal = ExitRehearsal.objects.create(
        agreement=agreement,
        held_on=held_on,
        answers={key: {"passed": ok, "note": said.strip()} for key, (ok, said) in answers.items()},
        note=note.strip(),
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.exit_rehearsed", to=agreement,
        body_id=agreement.body_id, held_on=held_on.isoformat(),
        passed=sum(ok for ok, _ in answers.values()), of=len(checks),
    )  # fmt: skip
    return rehearsal


def _why_not_item(
    agreement: Agreement, what: str, owner: Member | None, days_before: int
) -> str | None:
    if not what:
        return "An item of an exit plan says what is to be done. Give it words."
    if abs(days_before) > MOST_DAYS:
        return "An item falls within ten years of the last day. Give fewer days."
    if owner is not None and owner.agreement_id != agreement.pk:
        return "Whoever carries it out is a member of this agreement. Choose one."
    return why_too_long(ExitItem, what=what)


def _kept(agreement: Agreement, by: Person) -> Agreement:
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotPlan(reason)
    if agreement.state == "ENDED":
        raise CannotPlan(f"{agreement.name} has ended: its exit plan is carried out and closed.")
    return agreement


def _part(key: str) -> exit_plan.Part:
    found = exit_plan.parts().get(key)
    if found is None:
        known = listed([part.label.lower() for part in exit_plan.parts().values()])
        raise CannotPlan(f"An exit plan has no part {key}. It has {known}.")
    return found


def _touch(agreement: Agreement, part: str, by: Person, at: datetime, **fields: Any) -> ExitPart:
    """Write down that a part was looked at."""
    found, _ = ExitPart.objects.update_or_create(
        agreement=agreement,
        part=part,
        defaults={"checked_on": at.date(), "checked_by": by, **fields},
    )
    return found


def _pence(gbp: Decimal) -> int:
    try:
        return int((gbp / PENNY).to_integral_value())
    except InvalidOperation:
        raise CannotPlan(f"{gbp} is no amount in pounds. Give a number.") from None
