"""The deed by which a checked result of an indicator is the fact that the deal settles by."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions.facts import HAVE_FACTS, keep_report, mark_checked
from moothall.agreements.engine.settling import wanted, whole_of
from moothall.agreements.models import FactsReport, IndicatorResult
from moothall.agreements.queries.facts import facts_known
from moothall.agreements.queries.terms import parties_of, terms_of
from moothall.directory.models import Person


def report_checked_result(
    *, result: IndicatorResult, by: Person, at: datetime
) -> FactsReport | None:
    """Say as a fact of the deal what a result that `by` has checked came to.

    It is the word of the body that the deal names for it. Reported by that body's own person, it
    is checked; reported by another's, it waits for that body to confirm it.

    Returns None where it is no fact that this period is settled by, or is known already.
    """
    agreement, key = result.indicator.agreement, result.indicator.measure
    terms = terms_of(agreement)
    period = None if terms.why_not or not key else terms.period(result.starts_on)
    if period is None or result.value is None or agreement.state not in HAVE_FACTS:
        return None
    whole = whole_of(terms.versions, period.starts_on)
    fact = next((one for one in wanted(terms.versions, period) if one.key == key), None)
    if fact is None or period != whole or timezone.localdate(at) < whole.ends_before:
        return None
    value = result.value.normalize()
    if facts_known(agreement, terms, but_checked=True).get(key, {}).get(period.starts_on) == value:
        return None
    bodies = permissions.bodies_of(agreement)
    reports = [body for body in bodies if permissions.reports_for(result.by, body)]
    body = parties_of(agreement, terms).get(fact.reported_by or "", (reports or [*bodies])[0])
    report = keep_report(
        agreement=agreement, terms=terms, period=period, values={key: value}, organisation=body,
        key=f"result-{result.pk}", evidence=f"The checked result of {result.indicator.name}.",
        is_own=body in reports, by=result.by, at=at,
    )  # fmt: skip
    if report.state == "SUBMITTED" and permissions.why_not_check_report(by, report) is None:
        mark_checked(report.settlement, [report], terms, by=by, at=at)
    return report
