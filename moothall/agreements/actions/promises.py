"""The deeds of promises that are not payments: make one, say how it was kept, and check that."""

from datetime import date, datetime
from itertools import takewhile
from typing import Any

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.obligations import EVERY, PROMISE, due_days, obligation_kinds
from moothall.agreements.models import Agreement, Member, Obligation, PromiseKept
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.models import Person
from moothall.values.state_table import CannotMove
from moothall.values.wording import plain_date


class CannotKeepPromise(CannotDo):
    """The register of promises is as it was."""


@transaction.atomic
def make_promise(
    *,
    agreement: Agreement,
    kind: str,
    what: str,
    measure: str,
    owner: Member | None,
    first_due_on: date,
    every: str = "",
    ends_before: date | None = None,
    by: Person,
    at: datetime,
) -> Obligation:
    """Enter what a member promised beside payments.

    :raises CannotKeepPromise: when the person may not, or something is unsaid.
    """
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotKeepPromise(reason)
    if kind not in obligation_kinds() or every not in EVERY:
        raise CannotKeepPromise("A promise is of a kind and a rhythm that the form lists.")
    if not what.strip() or not measure.strip():
        raise CannotKeepPromise(
            "A promise is not entered without saying what was promised and how it is measured. "
            "Add both: what has no measure cannot be found kept."
        )
    if why := why_too_long(Obligation, what=what.strip(), measure=measure.strip()):
        raise CannotKeepPromise(why)
    if owner is not None and owner.agreement_id != agreement.pk:
        raise CannotKeepPromise(
            f"{owner.organisation.name} is no member of this agreement. Choose one that is."
        )
    if ends_before is not None and ends_before <= first_due_on:
        raise CannotKeepPromise(
            f"The promise ends before it is first due, on {plain_date(first_due_on)}. Give a "
            "later end, or leave it with the agreement's."
        )
    made = Obligation.objects.create(
        agreement=agreement,
        kind=kind,
        what=what.strip(),
        measure=measure.strip(),
        owner=owner,
        first_due_on=first_due_on,
        every=every,
        ends_before=ends_before,
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.promise_made", to=made, body_id=agreement.body_id,
        kind=kind, first_due_on=first_due_on, every=every, what=audit.digest(made.what),
    )  # fmt: skip
    return made


@transaction.atomic
def end_promise(*, obligation: Obligation, on: date, by: Person, at: datetime) -> Obligation:
    """Let a promise fall due no more from a day on; what was due before stays.

    :raises CannotKeepPromise: when the person may not, or the day is before it was first due.
    """
    if reason := permissions.why_not_keep_agreement(by, obligation.agreement):
        raise CannotKeepPromise(reason)
    if on <= obligation.first_due_on:
        raise CannotKeepPromise(
            f"The promise was first due on {plain_date(obligation.first_due_on)}. End it after "
            "that day."
        )
    obligation.ends_before = on
    obligation.save(update_fields=["ends_before"])
    audit.record(
        by=by, at=at, did="agreements.promise_ended", to=obligation,
        body_id=obligation.agreement.body_id, ends_before=on,
    )  # fmt: skip
    return obligation


@transaction.atomic
def report_promise(
    *, obligation: Obligation, due_on: date, said: str, evidence: str, by: Person, at: datetime
) -> PromiseKept:
    """Say how a promise was kept on a day it was due, and where the evidence lies.

    :raises CannotKeepPromise: when the person may not, it is not due then, or nothing is said.
    """
    if reason := permissions.why_not_report_promise(by, obligation):
        raise CannotKeepPromise(reason)
    if not said.strip() or not evidence.strip():
        raise CannotKeepPromise(
            "A promise is not reported as kept without saying how, and where the evidence lies. "
            "Add both."
        )
    if why := why_too_long(PromiseKept, evidence=evidence.strip()):
        raise CannotKeepPromise(why)
    kept = _moved(obligation, due_on, "REPORT")
    kept.said, kept.evidence = said.strip(), evidence.strip()
    kept.reported_by, kept.reported_at = by, at
    kept.checked_by = kept.checked_at = None
    kept.why = ""
    return _recorded(kept, by=by, at=at, did="reported")


@transaction.atomic
def check_promise(
    *, obligation: Obligation, due_on: date, move: str, why: str, by: Person, at: datetime
) -> PromiseKept:
    """Accept or refuse the evidence, find that none came, or waive the promise for that day.

    move : ACCEPT, REFUSE, MISS or WAIVE; all but the first need a reason

    :raises CannotKeepPromise: when the person may not, reported it themselves, or gives no reason.
    """
    if reason := permissions.why_not_check_promise(by, obligation):
        raise CannotKeepPromise(reason)
    if move not in {"ACCEPT", "REFUSE", "MISS", "WAIVE"}:
        raise CannotKeepPromise("A promise is accepted, refused, missed or waived. Choose one.")
    if move != "ACCEPT" and not why.strip():
        raise CannotKeepPromise("Say why: whoever made the promise reads it.")
    if why_long := why_too_long(PromiseKept, why=why.strip()):
        raise CannotKeepPromise(why_long)
    if move == "MISS" and due_on >= at.date():
        raise CannotKeepPromise(
            f"It is due on {plain_date(due_on)}, and is not missed before that day is over."
        )
    kept = _moved(obligation, due_on, move)
    if kept.reported_by_id == by.pk:
        raise CannotKeepPromise(
            f"{by.name} said how it was kept, so another checks it. Ask a colleague."
        )
    kept.why, kept.checked_by, kept.checked_at = why.strip(), by, at
    return _recorded(kept, by=by, at=at, did=kept.state.lower())


def _moved(obligation: Obligation, due_on: date, move: str) -> PromiseKept:
    ends = obligation.ends_before or obligation.agreement.ends_before or date.max
    days = due_days(obligation.first_due_on, obligation.every, ends)
    if due_on not in takewhile(lambda day: day <= due_on, days):
        raise CannotKeepPromise(
            f"This promise is not due on {plain_date(due_on)}. Choose one of its days."
        )
    kept = obligation.dues.select_for_update().filter(due_on=due_on).first()
    kept = kept or PromiseKept(obligation=obligation, due_on=due_on, state=PROMISE.begins.key)
    try:
        kept.state = PROMISE.after(kept.state, move)
    except CannotMove as refusal:
        raise CannotKeepPromise(str(refusal)) from None
    return kept


def _recorded(kept: PromiseKept, *, by: Person, at: datetime, did: str) -> PromiseKept:
    kept.save()
    detail: dict[str, Any] = {"due_on": kept.due_on, "said": audit.digest(kept.said)}
    if kept.why:
        detail["why"] = audit.digest(kept.why)
    audit.record(
        by=by, at=at, did=f"agreements.promise_{did}", to=kept.obligation,
        body_id=kept.obligation.agreement.body_id, **detail,
    )  # fmt: skip
    return kept
