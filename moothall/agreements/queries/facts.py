"""Which facts of an agreement are known, whose word are they, and what is still to be said?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from moothall.agreements.engine.settling import Known, Report, known, wanted
from moothall.agreements.models import Agreement, FactsKey, FactsReport
from moothall.agreements.queries.terms import Terms, parties_of
from moothall.deals.deal import Fact
from moothall.directory.models import Organisation
from moothall.values.periods import Period


def reports_of(agreement: Agreement) -> list[FactsReport]:
    """Every report that was made, in order."""
    return list(
        FactsReport.objects.filter(settlement__agreement=agreement)
        .select_related("settlement", "organisation", "by", "confirmed_by", "checked_by")
        .order_by("pk")
    )


def facts_known(
    agreement: Agreement,
    terms: Terms,
    *,
    but_checked: bool = False,
    reports: list[FactsReport] | None = None,
) -> Known:
    """Return the facts as the reports say them: those that were checked.

    but_checked : and those that only wait to be checked
    """
    states = {"CHECKED", "SUBMITTED"} if but_checked else {"CHECKED"}
    held = reports_of(agreement) if reports is None else reports
    return known(
        (
            Report(
                report.settlement.starts_on,
                {key: Decimal(value) for key, value in report.values.items()},
            )
            for report in held
            if report.state in states
        ),
        terms.versions,
    )


def facts_said_by(
    organisation: Organisation, agreement: Agreement, terms: Terms, period: Period
) -> list[Fact]:
    """Return the facts of a period that are this body's to say, in the deal's order.

    A fact is its reporter's, where the deal names one that is a recorded member; else anybody's.
    """
    parties = parties_of(agreement, terms)
    return [
        fact
        for fact in wanted(terms.versions, period)
        if parties.get(fact.reported_by or "", organisation) == organisation
    ]


def report_at(agreement: Agreement, number: int) -> FactsReport | None:
    return (
        FactsReport.objects.filter(pk=number, settlement__agreement=agreement)
        .select_related("settlement__agreement__body", "organisation")
        .first()
    )


def values_of(report: FactsReport, terms: Terms) -> tuple[tuple[str, str], ...]:
    """Return each fact of a report, its title with its value and unit, for whose word it is."""
    facts = {key: fact for one in terms.versions for key, fact in one.deal.facts.items()}
    return tuple(
        (facts[key].title, f"{value} {facts[key].unit}") if key in facts else (key, value)
        for key, value in report.values.items()
    )


def keys_of(agreement: Agreement, bodies: Sequence[Organisation]) -> list[FactsKey]:
    """The keys of these bodies that open something, the oldest first."""
    return list(
        agreement.facts_keys.filter(organisation__in=bodies, ended_at=None).select_related(
            "organisation", "by"
        )
    )


def key_at(agreement: Agreement, number: int) -> FactsKey | None:
    return agreement.facts_keys.select_related("organisation").filter(pk=number).first()
