"""The deeds of ending: begin it, carry the exit plan out item by item, and close it."""

from datetime import date, datetime

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine import exit_plan
from moothall.agreements.engine.life import LIFE
from moothall.agreements.models import Agreement, Ending, ExitItem, Member
from moothall.agreements.queries import exits as held
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.models import Person
from moothall.values.state_table import CannotMove
from moothall.values.wording import listed, plain_date


class CannotEnd(CannotDo):
    """The agreement is as it was."""


@transaction.atomic
def begin_ending(
    *,
    agreement: Agreement,
    ends_on: date,
    why: str,
    by: Person,
    at: datetime,
    leaver: Member | None = None,
) -> Ending:
    """Begin to end an agreement: each item of its exit plan falls due before or after its last day.

    ends_on : its last day
    leaver  : the member by whose leaving it ends; None: by time or by all

    :raises CannotEnd: when the person may not, it is not in force, or the plan has empty parts.
    """
    agreement = _locked(agreement, by)
    try:
        state = LIFE.after(agreement.state, "END")
    except CannotMove as refusal:
        raise CannotEnd(str(refusal)) from None
    if not why.strip():
        raise CannotEnd("Say why it ends: it stays in its record.")
    if agreement.starts_on is not None and ends_on < agreement.starts_on:
        raise CannotEnd(
            f"It does not end before it began, on {plain_date(agreement.starts_on)}. Give a later "
            "day."
        )
    if leaver is not None and leaver.agreement_id != agreement.pk:
        raise CannotEnd("Whoever leaves is a member of this agreement. Choose one.")
    if (empty := held.empty_parts(agreement)) and not agreement.is_existing:
        raise CannotEnd(
            f"It cannot be ended by its plan: {listed(list(empty))} {_say(len(empty))} nothing. "
            "Fill the plan, or say that there is nothing of the kind."
        )
    if reason := why_too_long(Ending, why=why.strip()):
        raise CannotEnd(reason)
    ending = Ending.objects.create(
        agreement=agreement, ends_on=ends_on, why=why.strip(), leaver=leaver, by=by, at=at
    )
    agreement.state = state
    agreement.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.ending_begun", to=agreement, body_id=agreement.body_id,
        ends_on=ends_on.isoformat(), items=len(held.steps_of(agreement)),
    )  # fmt: skip
    return ending


@transaction.atomic
def carry_out(
    *, item: ExitItem, done_on: date, evidence: str, by: Person, at: datetime
) -> ExitItem:
    """Say that an item of the plan is done, and what shows it.

    The keeper's people may, and those of the member that carries it out.

    :raises CannotEnd: when the person may not, nothing shows it, or the agreement is not ending.
    """
    item = _open_item(item, by)
    if not evidence.strip():
        raise CannotEnd("Say what shows that it is done: a receipt, a letter, a certificate.")
    if reason := why_too_long(ExitItem, evidence=evidence.strip()):
        raise CannotEnd(reason)
    if done_on > at.date():
        raise CannotEnd(f"{plain_date(done_on)} has not come. Give the day on which it was done.")
    item.done_on, item.evidence, item.settled_by = done_on, evidence.strip(), by
    item.save(update_fields=["done_on", "evidence", "settled_by"])
    audit.record(
        by=by, at=at, did="agreements.exit_item_done", to=item.agreement,
        body_id=item.agreement.body_id, item=item.pk, evidence=audit.digest(item.evidence),
    )  # fmt: skip
    return item


@transaction.atomic
def set_aside(*, item: ExitItem, because: str, by: Person, at: datetime) -> ExitItem:
    """Say that an item of the plan is not needed after all, and why.

    :raises CannotEnd: when the person may not keep the record, or no reason is given.
    """
    item = _open_item(item, by)
    if reason := permissions.why_not_keep_agreement(by, item.agreement):
        raise CannotEnd(reason)
    if not because.strip():
        raise CannotEnd("Say why it is not needed: it stays in the plan.")
    if reason := why_too_long(ExitItem, set_aside_because=because.strip()):
        raise CannotEnd(reason)
    item.set_aside_because, item.settled_by = because.strip(), by
    item.save(update_fields=["set_aside_because", "settled_by"])
    audit.record(
        by=by, at=at, did="agreements.exit_item_set_aside", to=item.agreement,
        body_id=item.agreement.body_id, item=item.pk,
        because=audit.digest(item.set_aside_because),
    )  # fmt: skip
    return item


@transaction.atomic
def close_agreement(*, agreement: Agreement, by: Person, at: datetime) -> Agreement:
    """Say that an agreement has ended: its last day is over and its exit plan carried out.

    :raises CannotEnd: when the person may not, or an item of the plan is open.
    """
    agreement = _locked(agreement, by)
    try:
        state = LIFE.after(agreement.state, "CLOSE")
    except CannotMove as refusal:
        raise CannotEnd(str(refusal)) from None
    ending = Ending.objects.select_for_update().filter(agreement=agreement).first()
    if ending is None:
        raise CannotEnd("Nobody has said on which day it ends. Begin to end it first.")
    today = at.date()
    if reason := exit_plan.why_not_close(held.steps_of(agreement), ending.ends_on, today):
        raise CannotEnd(reason)
    ending.closed_by, ending.closed_at = by, at
    ending.save(update_fields=["closed_by", "closed_at"])
    agreement.state = state
    agreement.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.closed", to=agreement, body_id=agreement.body_id,
        ended_on=ending.ends_on.isoformat(),
    )  # fmt: skip
    return agreement


def _locked(agreement: Agreement, by: Person) -> Agreement:
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotEnd(reason)
    return agreement


def _open_item(item: ExitItem, by: Person) -> ExitItem:
    item = (
        ExitItem.objects.select_for_update(of=("self",))
        .select_related("agreement__body", "owner__organisation")
        .get(pk=item.pk)
    )
    if reason := permissions.why_not_carry_out(by, item):
        raise CannotEnd(reason)
    if item.agreement.state != "ENDING":
        words = LIFE.state(item.agreement.state).words
        raise CannotEnd(
            f"Its exit plan is carried out when the agreement is ending: it is {words}."
        )
    if item.done_on is not None or item.set_aside_because:
        raise CannotEnd(f"“{item.what}” is dealt with already. There is nothing to do.")
    return item


def _say(count: int) -> str:
    return "says" if count == 1 else "say"
