"""What did each indicator come to in each period, and which facts of the deal are known by that?

An indicator that is a fact of the deal is measured once. Where the fact is settled it is what the
indicator came to; and a checked result is reported as the fact, so that nobody types it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.agreements.models import Agreement, IndicatorResult
from moothall.agreements.queries.facts import facts_known, reports_of
from moothall.agreements.queries.terms import terms_of


@frozen
class Result:
    """What an indicator came to in one period.

    id    : of the report; None where it is the fact that was settled
    by    : who reported it, and the key of that person
    """

    value: Decimal | None
    checked_on: date | None
    id: int | None = None
    by: str = ""
    by_id: int | None = None
    said: str = ""
    is_corrected: bool = False

    @property
    def is_checked(self) -> bool:
        return self.checked_on is not None


def results_of(agreement: Agreement) -> dict[tuple[int, date], Result]:
    """Return (indicator, first day of the period) -> what it came to.

    The last that was reported; but what is settled holds over any that was checked.
    """
    held = IndicatorResult.objects.filter(indicator__agreement=agreement)
    found = {
        (each.indicator_id, each.starts_on): Result(
            value=each.value,
            checked_on=each.checked_at.date() if each.checked_at else None,
            id=each.pk,
            by=each.by.name,
            by_id=each.by_id,
            said=each.said,
            is_corrected=each.number > 1,
        )
        for each in held.select_related("by").order_by("number")
    }
    by_fact = {each.measure: each.pk for each in agreement.indicators.all() if each.measure}
    for fact, by_day in (_settled(agreement) if by_fact else {}).items():
        for day, (value, checked_on) in by_day.items():
            key = (by_fact.get(fact, 0), day)
            if fact in by_fact and (key not in found or found[key].is_checked):
                found[key] = Result(value, checked_on, said=found[key].said if key in found else "")
    return found


def measures_known(agreement: Agreement) -> dict[str, dict[date, Decimal]]:
    """Return fact of the deal -> first day of a period -> what it came to: what credits read."""
    known: dict[str, dict[date, Decimal]] = {}
    by_key = {each.pk: each.measure for each in agreement.indicators.all() if each.measure}
    for (indicator, day), result in results_of(agreement).items():
        if indicator in by_key and result.is_checked and result.value is not None:
            known.setdefault(by_key[indicator], {})[day] = result.value
    for fact, by_day in _settled(agreement).items():
        known.setdefault(fact, {}).update({day: value for day, (value, _on) in by_day.items()})
    return known


def _settled(agreement: Agreement) -> Mapping[str, dict[date, tuple[Decimal, date]]]:
    """Return fact -> first day -> its value and the day it was checked; none that is private."""
    terms = terms_of(agreement)
    if terms.why_not:
        return {}
    reports = reports_of(agreement)
    private = {
        key for one in terms.versions for key, fact in one.deal.facts.items() if fact.private_to
    }
    checked_on = {
        (key, report.settlement.starts_on): report.checked_at.date()
        for report in reports
        if report.checked_at
        for key in report.values
    }
    return {
        key: {day: (value, checked_on.get((key, day), day)) for day, value in by_day.items()}
        for key, by_day in facts_known(agreement, terms, reports=reports).items()
        if key not in private
    }
