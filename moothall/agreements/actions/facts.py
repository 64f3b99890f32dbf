"""The deeds about what happened in a period: ask for it, say it, confirm it, check it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.life import RUNNING
from moothall.agreements.engine.settling import REPORTED, SETTLING, STATED, missing, whole_of
from moothall.agreements.models import (
    LONGEST_KEY,
    LONGEST_WHY,
    Agreement,
    FactsLink,
    FactsReport,
    Settlement,
)
from moothall.agreements.queries.facts import facts_known, facts_said_by
from moothall.agreements.queries.terms import Terms, terms_of, why_no_period
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.deals.terms.fields import decimal_of
from moothall.deals.writing import canonical
from moothall.directory.models import Organisation, Person
from moothall.values.periods import Period
from moothall.values.state_table import CannotMove
from moothall.values.wording import listed, plain_date

LARGEST_FACT = Decimal(10) ** 15
SMALLEST_PLACE = -9  # of the decimals in which a fact is said
LONGEST_EVIDENCE = 4000
HAVE_FACTS = RUNNING | {"ENDED"}  # what came late is still settled


class CannotAskFacts(CannotDo):
    """No facts were asked for."""


class CannotReportFacts(CannotDo):
    """Nothing was reported; what was reported before stands."""


class KeyUsedForOther(CannotReportFacts):
    """The key came before, with other facts."""


class CannotCheckFacts(CannotDo):
    """The report stands where it stood."""


@transaction.atomic
def request_facts(
    *, agreement: Agreement, starts_on: date, due_on: date, by: Person, at: datetime
) -> Settlement:
    """Ask for the facts of a period by a day; those who report are reminded of it.

    :raises CannotAskFacts: when the person may not, or they were asked for already.
    """
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotAskFacts(reason)
    terms = terms_of(_locked(agreement))
    period = _period(agreement, terms, starts_on, CannotAskFacts)
    if due_on < period.ends_before:
        raise CannotAskFacts(
            f"The facts of {period} cannot be due on {plain_date(due_on)}: it lasts until "
            f"{plain_date(period.last_day)}. Give a later day."
        )
    settlement = _opened(agreement, period)
    if settlement.due_on == due_on or settlement.state != SETTLING.begins.key:
        state = SETTLING.state(settlement.state).words
        raise CannotAskFacts(
            f"The facts of {period} were asked for already: it is {state}, with facts due on "
            f"{plain_date(settlement.due_on) if settlement.due_on else 'no day'}."
        )
    settlement.due_on = due_on
    settlement.save(update_fields=["due_on"])
    move_by_its_facts(settlement, terms)
    audit.record(
        by=by, at=at, did="agreements.facts_requested", to=settlement,
        body_id=agreement.body_id, due_on=due_on.isoformat(),
    )  # fmt: skip
    return settlement


@transaction.atomic
def report_facts(
    *,
    agreement: Agreement,
    starts_on: date,
    values: Mapping[str, Any],
    organisation: Organisation,
    key: str,
    by: Person | None,
    at: datetime,
    evidence: str = "",
    link: FactsLink | None = None,
) -> FactsReport:
    """Say what happened in a period, as the word of one body of the agreement.

    values : fact -> a number, or the text of one
    key    : the sender's own for this report: sent again with the same facts, nothing is added
    by     : None for whoever holds the one-time `link`
    A person of another body enters it on its behalf, and it waits for that body's confirmation.

    :raises CannotReportFacts: when the person may not, or something is no fact of that period.
    """
    if link is None and (reason := permissions.why_not_report_facts(by, agreement, organisation)):
        raise CannotReportFacts(reason)
    agreement = _locked(agreement)
    terms = terms_of(agreement)
    period = _period(agreement, terms, starts_on, CannotReportFacts)
    if agreement.state not in HAVE_FACTS:
        raise CannotReportFacts(
            f"No facts of {agreement.name} are reported: it is "
            f"{agreement.get_state_display()}. Bring it into force first."
        )
    whole = whole_of(terms.versions, period.starts_on)
    if timezone.localdate(at) < whole.ends_before:
        raise CannotReportFacts(
            f"The facts of {period} are not reported yet: it lasts until "
            f"{plain_date(whole.last_day)}. Report them after that day."
        )
    own = link is not None or permissions.reports_for(by, organisation)
    return keep_report(
        agreement=agreement, terms=terms, period=period, values=values, organisation=organisation,
        key=_key(key), evidence=_evidence(evidence), is_own=own, by=by, at=at, link=link,
    )  # fmt: skip


def keep_report(
    *,
    agreement: Agreement,
    terms: Terms,
    period: Period,
    values: Mapping[str, Any],
    organisation: Organisation,
    key: str,
    evidence: str,
    is_own: bool,
    by: Person | None,
    at: datetime,
    link: FactsLink | None = None,
) -> FactsReport:
    """Write down what was said of a period that is over; the same under the same key is kept once.

    is_own : said by the body itself; else it waits for that body's confirmation

    :raises CannotReportFacts: when something is no fact of that period, or the key said other.
    """
    said = _read(values, terms, organisation, agreement, period)
    digest = hashlib.sha256(
        canonical({"period": period.starts_on, "values": said, "evidence": evidence}).encode()
    ).hexdigest()
    if earlier := _same_key(agreement, organisation, key):
        if earlier.digest == digest:
            return earlier
        raise KeyUsedForOther(
            f"Nothing was reported: the key {key} was used on {plain_date(earlier.at.date())} for "
            "other facts. Send the same facts again under it, or these under a new key."
        )
    settlement = _opened(agreement, period)
    report = FactsReport.objects.create(
        settlement=settlement,
        organisation=organisation,
        values={fact: str(value) for fact, value in said.items()},
        evidence=evidence,
        key=key,
        digest=digest,
        state="SUBMITTED" if is_own else REPORTED.begins.key,
        is_on_behalf=not is_own,
        is_correction=settlement.state in STATED,
        by=by,
        at=at,
    )
    move_by_its_facts(settlement, terms)
    audit.record(
        by=by if link is None else f"link:{link.pk}", at=at, did="agreements.facts_reported",
        to=report, body_id=agreement.body_id, digest=digest, on_behalf=report.is_on_behalf,
        correction=report.is_correction,
    )  # fmt: skip
    return report


@transaction.atomic
def confirm_report(
    *, report: FactsReport, by: Person | None, at: datetime, link: FactsLink | None = None
) -> FactsReport:
    """Say that what another body's person entered is what happened.

    :raises CannotReportFacts: when the person may not, or it waits for no confirmation.
    """
    agreement = _locked(report.settlement.agreement)
    report = FactsReport.objects.select_for_update().get(pk=report.pk)
    if link is None and not permissions.reports_for(by, report.organisation):
        raise CannotReportFacts(
            f"You cannot confirm these facts: they are the word of {report.organisation.name}. "
            "Ask whoever reports facts there."
        )
    _move(report, "CONFIRM", CannotReportFacts)
    report.confirmed_by, report.confirmed_at = by, at
    report.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    move_by_its_facts(report.settlement, terms_of(agreement))
    audit.record(
        by=by if link is None else f"link:{link.pk}", at=at, did="agreements.facts_confirmed",
        to=report, body_id=agreement.body_id,
    )  # fmt: skip
    return report


@transaction.atomic
def send_back(*, report: FactsReport, why: str, by: Person, at: datetime) -> FactsReport:
    """Refuse a report, so that it is said anew.

    :raises CannotCheckFacts: when the person may not, no reason is given, or it is checked.
    """
    agreement = _locked(report.settlement.agreement)
    report = FactsReport.objects.select_for_update().get(pk=report.pk)
    is_own = report.state == "ENTERED" and permissions.reports_for(by, report.organisation)
    if not is_own and (reason := permissions.why_not_check_report(by, report)):
        raise CannotCheckFacts(reason)
    if not why.strip():
        raise CannotCheckFacts(
            "The facts are not sent back without saying what is wrong with them. Add it."
        )
    _move(report, "SEND_BACK", CannotCheckFacts)
    report.sent_back_why = why.strip()[:LONGEST_WHY]
    report.save(update_fields=["state", "sent_back_why"])
    move_by_its_facts(report.settlement, terms_of(agreement))
    audit.record(
        by=by, at=at, did="agreements.facts_sent_back", to=report, body_id=agreement.body_id,
        why=audit.digest(report.sent_back_why),
    )  # fmt: skip
    return report


@transaction.atomic
def check_facts(*, settlement: Settlement, by: Person, at: datetime) -> Settlement:
    """Say that every report that waits for it is right; then the period can be settled.

    Where the period was settled before, what changed is an adjustment in the next statement. Where
    none follows, a further round of the last period is opened for it.

    :raises CannotCheckFacts: when the person may not, or nothing waits to be checked.
    """
    agreement = _locked(settlement.agreement)
    settlement = Settlement.objects.select_for_update().get(pk=settlement.pk)
    waiting = list(settlement.reports.filter(state="SUBMITTED").select_related("organisation"))
    period = Period(settlement.starts_on, settlement.ends_before)
    terms = terms_of(agreement)
    if not waiting:
        raise CannotCheckFacts(
            f"Nothing of {period} waits to be checked. Facts that were entered on a body's behalf "
            "wait for its confirmation first."
        )
    if settlement.state == "REQUESTED":
        gone = missing(terms.versions, period, facts_known(agreement, terms, but_checked=True))
        raise CannotCheckFacts(
            f"The facts of {period} are not checked yet: "
            f"{listed(fact.in_sentence for fact in gone)} was not reported. Ask for it first."
        )
    for report in waiting:
        if reason := permissions.why_not_check_report(by, report):
            raise CannotCheckFacts(reason)
    return mark_checked(settlement, waiting, terms, by=by, at=at)


def mark_checked(
    settlement: Settlement,
    reports: Sequence[FactsReport],
    terms: Terms,
    *,
    by: Person,
    at: datetime,
) -> Settlement:
    """Let these reports hold, and return the period, or the further round, that they bear on."""
    for report in reports:
        _move(report, "CHECK", CannotCheckFacts)
        report.checked_by, report.checked_at = by, at
        report.save(update_fields=["state", "checked_by", "checked_at"])
    if settlement.state in STATED:
        settlement = _round_for_corrections(settlement.agreement, terms) or settlement
    move_by_its_facts(settlement, terms)
    if settlement.state == "CHECKED":
        settlement.checked_by, settlement.checked_at = by, at
        settlement.save(update_fields=["checked_by", "checked_at"])
    audit.record(
        by=by, at=at, did="agreements.facts_checked", to=settlement,
        body_id=settlement.agreement.body_id, **audit.bulk(report.pk for report in reports),
    )  # fmt: skip
    return settlement


def move_by_its_facts(settlement: Settlement, terms: Terms) -> None:
    """Bring a period that has no statement yet to the state that its reports put it in."""
    if settlement.state in STATED:
        return
    period = Period(settlement.starts_on, settlement.ends_before)
    facts = facts_known(settlement.agreement, terms, but_checked=True)
    if missing(terms.versions, period, facts):
        to = "REQUESTED"
    elif settlement.reports.filter(state="SUBMITTED").exists():
        to = "SUBMITTED"
    else:
        to = "CHECKED"
    ways = {
        ("REQUESTED", "SUBMITTED"): ["SUBMIT"],
        ("REQUESTED", "CHECKED"): ["SUBMIT", "CHECK"],  # nothing is to be reported for it
        ("SUBMITTED", "REQUESTED"): ["SEND_BACK"],
        ("SUBMITTED", "CHECKED"): ["CHECK"],
        ("CHECKED", "SUBMITTED"): ["SUBMIT"],
        ("CHECKED", "REQUESTED"): ["SUBMIT", "SEND_BACK"],  # terms came that ask for more
    }
    for move in ways.get((settlement.state, to), []):
        settlement.state = SETTLING.after(settlement.state, move)
    settlement.save(update_fields=["state"])


def _round_for_corrections(agreement: Agreement, terms: Terms) -> Settlement | None:
    """A further round of the last period, where no statement follows that could adjust it."""
    held = list(agreement.settlements.all())
    if any(one.state not in STATED for one in held if one.round > 1):
        return None
    stated = {one.starts_on for one in held if one.state in STATED}
    follows = [one for one in terms.periods if one.starts_on not in stated]
    if follows and agreement.state != "ENDED":
        return None
    last = max(held, key=lambda one: (one.starts_on, one.round))
    return Settlement.objects.create(
        agreement=agreement,
        starts_on=last.starts_on,
        ends_before=last.ends_before,
        round=last.round + 1,
    )


def _locked(agreement: Agreement) -> Agreement:
    """The agreement itself is locked, so that its periods change one deed at a time."""
    return Agreement.objects.select_for_update().get(pk=agreement.pk)


def _period(agreement: Agreement, terms: Terms, starts_on: date, refusal: type[CannotDo]) -> Period:
    if terms.why_not:
        raise refusal(terms.why_not)
    period = terms.period(starts_on)
    if period is None:
        raise refusal(why_no_period(terms, starts_on))
    return period


def _opened(agreement: Agreement, period: Period) -> Settlement:
    held, _made = Settlement.objects.get_or_create(
        agreement=agreement,
        starts_on=period.starts_on,
        round=1,
        defaults={"ends_before": period.ends_before},
    )
    return held


def _read(
    values: Mapping[str, Any],
    terms: Terms,
    organisation: Organisation,
    agreement: Agreement,
    period: Period,
) -> dict[str, Decimal]:
    """Read the values of a report, each a fact that this body reports of this period."""
    open_to = {fact.key: fact for fact in facts_said_by(organisation, agreement, terms, period)}
    if not values:
        raise CannotReportFacts(
            f"Nothing was reported: no value was given. {organisation.name} reports "
            f"{listed(fact.in_sentence for fact in open_to.values()) or 'nothing of this period'}."
        )
    said = {}
    for key, value in values.items():
        if key not in open_to:
            raise CannotReportFacts(
                f"Nothing was reported: {str(key)[:80]!r} is no fact that {organisation.name} "
                f"reports of {period}. It reports: {', '.join(open_to) or 'none'}."
            )
        try:
            number = decimal_of(value)
        except ValueError:
            raise CannotReportFacts(
                f"Nothing was reported: {open_to[key].title} is given as {str(value)[:40]!r}, "
                "which is no number. Write it in digits, as 812.5."
            ) from None
        exponent = number.normalize().as_tuple().exponent
        if abs(number) >= LARGEST_FACT or int(exponent) < SMALLEST_PLACE:
            raise CannotReportFacts(
                f"Nothing was reported: {open_to[key].title} is beyond what can be settled. Give a "
                "number below a thousand million million, with at most nine decimals."
            )
        said[key] = Decimal(f"{number:f}")
    return said


def _key(key: str) -> str:
    key = key.strip()
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise CannotReportFacts(
            f"Nothing was reported: its key has 1 to {LONGEST_KEY} letters or digits. Give "
            "each report a key of its own, as 2026-04-first."
        )
    return key


def _evidence(evidence: str) -> str:
    evidence = evidence.strip()
    if len(evidence) > LONGEST_EVIDENCE:
        raise CannotReportFacts(
            f"Nothing was reported: its evidence takes {len(evidence):,} letters, and at most "
            f"{LONGEST_EVIDENCE:,} fit. Say where the rest is."
        )
    return evidence


def _same_key(agreement: Agreement, organisation: Organisation, key: str) -> FactsReport | None:
    return FactsReport.objects.filter(
        settlement__agreement=agreement, organisation=organisation, key=key
    ).first()


def _move(report: FactsReport, move: str, refusal: type[CannotDo]) -> None:
    try:
        report.state = REPORTED.after(report.state, move)
    except CannotMove as refused:
        raise refusal(str(refused)) from None
