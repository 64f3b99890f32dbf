"""What is kept of the periods of agreements, read at once, however many there are?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from moothall.agreements.engine.settling import Known
from moothall.agreements.models import (
    Agreement,
    FactsReport,
    Invoice,
    Settlement,
    StatementLine,
)
from moothall.agreements.queries.facts import facts_known
from moothall.agreements.queries.terms import Terms, terms_of


@frozen
class PeriodBooks:
    """reports, lines, invoices : of each settlement, by its key, in order
    facts                    : known from every report that is checked, or waits to be
    """

    agreement: Agreement
    terms: Terms
    settlements: Sequence[Settlement]
    reports: Mapping[int, Sequence[FactsReport]]
    lines: Mapping[int, Sequence[StatementLine]]
    invoices: Mapping[int, Sequence[Invoice]]
    facts: Known


def books_of(agreement: Agreement) -> PeriodBooks:
    (found,) = books_of_all([agreement])
    return found


def books_of_all(agreements: Iterable[Agreement]) -> list[PeriodBooks]:
    """Return the books of each agreement, in a fixed number of questions beside its versions."""
    held = {agreement.pk: agreement for agreement in agreements}
    settlements: dict[int, list[Settlement]] = defaultdict(list)
    by_key: dict[int, Settlement] = {}
    for settlement in Settlement.objects.filter(agreement__in=held).prefetch_related("approvals"):
        settlement.agreement = held[settlement.agreement_id]
        settlements[settlement.agreement_id].append(settlement)
        by_key[settlement.pk] = settlement
    reports: dict[int, list[FactsReport]] = defaultdict(list)
    said = FactsReport.objects.filter(settlement__agreement__in=held).order_by("pk")
    people = ("by", "confirmed_by", "checked_by")
    for report in said.select_related("organisation", *people).prefetch_related("links"):
        report.settlement = by_key[report.settlement_id]
        reports[report.settlement_id].append(report)
    lines: dict[int, list[StatementLine]] = defaultdict(list)
    stated = StatementLine.objects.filter(statement__agreement__in=held)
    stated = stated.select_related("statement", "payment").order_by("statement__number", "place")
    for line in stated.prefetch_related("disputes__organisation"):
        line.statement.agreement = held[line.statement.agreement_id]
        lines[line.statement.settlement_id].append(line)
    invoices: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in Invoice.objects.filter(statement__agreement__in=held).select_related(
        "statement"
    ):
        invoices[invoice.statement.settlement_id].append(invoice)
    return [
        _books(agreement, settlements[agreement.pk], reports, lines, invoices)
        for agreement in held.values()
    ]


def _books(
    agreement: Agreement,
    settlements: Sequence[Settlement],
    reports: Mapping[int, Sequence[FactsReport]],
    lines: Mapping[int, Sequence[StatementLine]],
    invoices: Mapping[int, Sequence[Invoice]],
) -> PeriodBooks:
    terms = terms_of(agreement)
    own = [report for one in settlements for report in reports.get(one.pk, ())]
    own.sort(key=lambda report: report.pk)
    return PeriodBooks(
        agreement=agreement,
        terms=terms,
        settlements=settlements,
        reports=reports,
        lines=lines,
        invoices=invoices,
        facts=facts_known(agreement, terms, but_checked=True, reports=own),
    )
