"""What does joint work bring an option, as lines? Chains from a population to outcomes, in a file.

A chain makes one driver, its outcomes by year, and a line for each agency that gains, one for the
economy and one for people, each an amount for an outcome. So outcomes are uncertain once, whoever
gains. The sums are those of `partnership_cba`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import (
    COUNCIL,
    GRADED_BY,
    GRADES,
    PER_LINE,
    PER_YEAR,
    SOCIETY,
    CostLine,
    Driver,
    Kind,
    distribution_read,
)
from moothall.appraisal.engine.file_fields import Keys, by_key, financial_year, key_of
from moothall.appraisal.engine.partnership_cba import Chain, Deadweight, over_years
from moothall.deals.deal import Finding
from moothall.deals.reading import read_row
from moothall.deals.terms import fields

NIL = Decimal(0)


def _share(value: Any, _names: fields.Names) -> Decimal:
    number = fields.decimal_of(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{number} is no share from 0 to 1.")
    return number


@frozen
class OutcomeFields:
    """The table [outcomes.KEY]."""

    option: str = key_of("options", "Option")
    title: str = fields.text("What an outcome is")
    population: Decimal = fields.count("Target population")
    affected: Decimal = fields.share("Share of it that is affected")
    engaged: Decimal = fields.share("Of those, share that engages")
    impact: Decimal = fields.share("Of those, share that changes")
    deadweight: Decimal = fields.share("Share that would have changed anyway")
    deadweight_is: str = fields.choice("What deadweight is a share of", tuple(Deadweight))
    fiscal_gbp: Decimal = fields.gbp("Fiscal value of an outcome, a year", NIL)
    economic_gbp: Decimal = fields.gbp("Economic value of an outcome, a year", NIL)
    social_gbp: Decimal = fields.gbp("Social value of an outcome, a year", NIL)
    agencies: Mapping[str, Decimal] = by_key(_share, None, "Who has which share of fiscal value")
    cashable_share: Decimal = fields.share("Share of fiscal value that can be cashed", NIL)
    cashable_from: int | None = financial_year("First financial year in which it can be", None)
    lag: int = fields.whole("Years before the first outcome", 0)
    lasts: int | None = fields.whole("Years for which outcomes come", None)
    drop_off: Decimal = fields.share("Share lost from one year to the next", NIL)
    correction: Decimal = fields.share("Taken off, where no grade says how much", NIL)
    grades: tuple[Decimal, ...] = fields.numbers(GRADES, ())
    graded_by: str = fields.choice(GRADED_BY, ("worst", "average"), "worst")
    price_year: int | None = financial_year("Year of its prices", None)
    distribution: Mapping[str, Any] | None = field(
        default=None,
        kw_only=True,
        metadata={
            "reads": distribution_read,
            "kind": "distribution",
            "label": "How far outcomes may turn out otherwise, times their number",
        },
    )
    per: str = fields.choice("Drawn once, or each year", (PER_LINE, PER_YEAR), PER_LINE)
    evidence: str = fields.text("Evidence", "")
    evaluated_by: str = fields.text("How it will be evaluated", "")
    actual_on: date | None = fields.day("When what came of it replaces the forecast", None)

    @property
    def chain(self) -> Chain:
        return Chain(
            self.population,
            self.affected,
            self.engaged,
            self.impact,
            self.deadweight,
            Deadweight(self.deadweight_is),
        )


def outcomes_of(
    tables: Mapping[str, Mapping[str, Any]], names: Keys, years: int, findings: list[Finding]
) -> Iterator[tuple[Driver, tuple[CostLine, ...]]]:
    """Yield, for each chain of a file, its driver and its lines."""
    for key, given in tables.items():
        place = f"outcomes.{key}"
        row = read_row(OutcomeFields, given, names, place, findings)
        if row is None:
            continue
        shares = row.agencies or {COUNCIL: Decimal(1)}
        if sum(shares.values()) != 1:
            said = f"Agencies' shares of the fiscal value add up to {sum(shares.values())}, not 1."
            findings.append(Finding(f"{place}.agencies", said, "Give every agency its share."))
        elif key in names.of("drivers") or key in names.of("lines"):
            said = f"A driver or a line is called {key} too."
            findings.append(Finding(place, said, "Give the outcomes another key."))
        else:
            yield driver_of(key, row, years), tuple(lines_of(key, row, shares))


def driver_of(key: str, row: OutcomeFields, years: int) -> Driver:
    """Return the outcomes of each year, as what lines follow."""
    value = over_years(
        row.chain.outcomes, years, lag=row.lag, lasts=row.lasts, drop_off=row.drop_off
    )
    return Driver(
        key,
        title=row.title,
        unit="outcomes",
        value=value,
        distribution=row.distribution,
        per=row.per,
        evidence=row.evidence,
    )


def lines_of(key: str, row: OutcomeFields, shares: Mapping[str, Decimal]) -> Iterator[CostLine]:
    """Yield what outcomes are worth, by kind and by who has it."""
    worths = [
        (agency, agency, Kind.FISCAL, row.fiscal_gbp * share) for agency, share in shares.items()
    ]
    worths.append(("economy", SOCIETY, Kind.ECONOMIC, row.economic_gbp))
    worths.append(("people", SOCIETY, Kind.SOCIAL, row.social_gbp))
    for whose, falls_on, kind, amount in worths:
        if amount:
            is_fiscal = kind is Kind.FISCAL
            yield CostLine(
                f"{key}_{whose}",
                row.option,
                title=f"{row.title}: {whose}",
                kind=kind,
                amount_gbp=amount,
                drivers=(key,),
                falls_on=falls_on,
                price_year=row.price_year,
                cashable_share=row.cashable_share if is_fiscal else NIL,
                cashable_from=row.cashable_from if is_fiscal else None,
                optimism_bias=row.correction,
                grades=row.grades,
                graded_by=row.graded_by,
                evidence=row.evidence,
                evaluated_by=row.evaluated_by,
                actual_on=row.actual_on,
            )
