"""What would be paid for a period, if the facts were these? Tried before anything is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from attrs import frozen

from moothall.deals.deal import Deal, Finding
from moothall.deals.settlement import CannotSettle, Statement, settled
from moothall.deals.vat import vat_rates
from moothall.deals.versions import Version


@frozen
class TriedLine:
    payer: str
    payee: str
    term: str
    gbp: Decimal
    because: str


@frozen
class TriedStatement:
    """Who would owe whom. Amounts in GBP, net of VAT."""

    period: str
    lines: tuple[TriedLine, ...]
    net: tuple[tuple[str, Decimal], ...]
    findings: tuple[Finding, ...]


def tried_statement(
    deal: Deal, first_day: str, known: Mapping[str, Sequence[Decimal]]
) -> TriedStatement | None:
    """Settle a period; None: no such period.

    known : fact -> its numbers, one for each period up to it
    """
    period = next((one for one in deal.periods if one.starts_on.isoformat() == first_day), None)
    if period is None:
        return None
    so_far = deal.periods[: deal.periods.index(period) + 1]
    days = [one.starts_on for one in so_far]
    facts = {key: dict(zip(days, values, strict=True)) for key, values in known.items()}
    versions = [Version(1, deal, deal.period.starts_on)]
    issued: list[Statement] = []
    try:
        for up_to in so_far[-2:]:  # once all before it is stated, only its own lines are left
            statement = settled(versions, facts, up_to=up_to, issued=issued, vat_rate=vat_rates())
            issued = [statement]
    except CannotSettle as refusal:
        refused = Finding("period", str(refusal), "")
        return TriedStatement(str(period), (), (), (refused,))
    return TriedStatement(
        period=str(period),
        lines=tuple(
            TriedLine(
                deal.party_name(line.payer),
                deal.party_name(line.payee),
                deal.term(line.term).name,
                line.owed.amount,
                line.because,
            )
            for line in statement.lines
        ),
        net=tuple((deal.party_name(key), gbp) for key, gbp in statement.net.items()),
        findings=statement.findings,
    )


def periods_of(deal: Deal) -> list[tuple[str, str]]:
    return [(period.starts_on.isoformat(), str(period)) for period in deal.periods]


def facts_asked(deal: Deal) -> list[tuple[str, str]]:
    """Return (key, title with unit) of each fact that somebody must report to settle."""
    read = set().union(*(term.facts() for term in deal.terms))
    return [
        (key, f"{fact.title} ({fact.unit})")
        for key, fact in deal.facts.items()
        if fact.value is None and key in read
    ]
