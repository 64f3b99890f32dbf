"""What is a line of cost or benefit, and in which table does its kind count?

Amounts are positive both for costs and for benefits: the kind says which it is. In results a
benefit is above nought and a cost below.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

import attrs
from attrs import frozen

from moothall.deals.distributions import why_not_a_distribution
from moothall.deals.terms import fields

COUNCIL, HMRC, SOCIETY = "council", "hmrc", "society"
PER_LINE, PER_YEAR = "line", "line and year"
NIL, ONE = Decimal(0), Decimal(1)
GRADED = range(1, 7)  # grades of evidence, from the best
GRADES = "Grades of its evidence, 1 the best to 6"
GRADED_BY = "By the worst of them, or their average"


class Kind(StrEnum):
    """What a line is."""

    PAY = "pay"
    NON_PAY = "non_pay"
    PREMISES = "premises"
    OVERHEAD = "overhead"
    STRANDED_OVERHEAD = "stranded_overhead"
    CLIENT = "client"
    SET_UP = "setup"
    STAFF_TRANSFER = "tupe"
    PENSION = "pension"
    EMPLOYER_TAXES = "national_insurance"
    PROCUREMENT = "procurement"
    CAPITAL = "capital"
    PAYMENT = "payment"
    OPPORTUNITY = "opportunity_cost"
    VAT = "vat"
    BUSINESS_RATES = "business_rates"
    CORPORATION_TAX = "corporation_tax"
    TRANSFER = "transfer"
    BORROWING = "borrowing"
    DEPRECIATION = "depreciation"
    SUNK = "sunk"
    INCOME = "income"
    RESIDUAL = "residual_value"
    FUNDING = "funding"
    FISCAL = "fiscal_benefit"
    ECONOMIC = "economic_benefit"
    SOCIAL = "social_benefit"

    @property
    def is_benefit(self) -> bool:
        return self in BENEFITS


BENEFITS = frozenset(
    {Kind.INCOME, Kind.RESIDUAL, Kind.FUNDING, Kind.FISCAL, Kind.ECONOMIC, Kind.SOCIAL}
)

LABELS: Mapping[Kind, str] = {
    Kind.PAY: "Pay",
    Kind.NON_PAY: "Other running costs",
    Kind.PREMISES: "Premises",
    Kind.OVERHEAD: "Overhead",
    Kind.STRANDED_OVERHEAD: "Stranded overhead",
    Kind.CLIENT: "Client side",
    Kind.SET_UP: "Set-up",
    Kind.STAFF_TRANSFER: "Transfer of staff",
    Kind.PENSION: "Pensions",
    Kind.EMPLOYER_TAXES: "National insurance and apprenticeship levy",
    Kind.PROCUREMENT: "Procurement",
    Kind.CAPITAL: "Capital",
    Kind.PAYMENT: "Payment under a deal",
    Kind.OPPORTUNITY: "Use of owned assets",
    Kind.VAT: "VAT that is not recovered",
    Kind.BUSINESS_RATES: "Business rates",
    Kind.CORPORATION_TAX: "Corporation tax",
    Kind.TRANSFER: "Transfer",
    Kind.BORROWING: "Interest and repayment",
    Kind.DEPRECIATION: "Depreciation",
    Kind.SUNK: "Already spent",
    Kind.INCOME: "Income",
    Kind.RESIDUAL: "Residual value",
    Kind.FUNDING: "Funding",
    Kind.FISCAL: "Fiscal benefit",
    Kind.ECONOMIC: "Economic benefit",
    Kind.SOCIAL: "Social benefit",
}

NOT_ECONOMIC: Mapping[Kind, str] = {
    Kind.VAT: "VAT moves money to the Treasury and uses up nothing.",
    Kind.BUSINESS_RATES: "Business rates move money between taxpayer and taxing bodies.",
    Kind.CORPORATION_TAX: "Corporation tax moves money to the Treasury and uses up nothing.",
    Kind.TRANSFER: "A transfer makes one body poorer and another richer by the same amount.",
    Kind.BORROWING: "Borrowing pays for what counts when it is bought: discounting is its cost.",
    Kind.DEPRECIATION: "What is written off was counted in full when it was bought.",
    Kind.SUNK: "It is spent whichever option is chosen.",
    Kind.FUNDING: "Funding says who pays, and adds nothing for society.",
}

NOT_FINANCIAL: Mapping[Kind, str] = {
    Kind.OPPORTUNITY: "No money moves when a body uses what it owns.",
    Kind.DEPRECIATION: "No money moves: a budget bears the repayment of borrowing instead.",
    Kind.SUNK: "It is in budgets already spent.",
    Kind.ECONOMIC: "It is worth something to people and businesses, and to no budget.",
    Kind.SOCIAL: "It is worth something to people, and to no budget.",
}


class Body(Protocol):
    """Whoever a line falls on."""

    @property
    def name(self) -> str: ...

    @property
    def is_public(self) -> bool: ...


@frozen
class Named:
    """A body that every appraisal knows."""

    name: str
    is_public: bool


KNOWN: Mapping[str, Body] = {
    COUNCIL: Named("The council", True),
    HMRC: Named("HM Treasury", True),
    SOCIETY: Named("People and businesses", False),
}

Yearly = Decimal | tuple[Decimal, ...]


def _yearly(value: Any, _names: fields.Names) -> Yearly:
    if isinstance(value, list):
        return tuple(fields.decimal_of(one) for one in value)
    return fields.decimal_of(value)


def distribution_read(value: Any, _names: fields.Names) -> Mapping[str, Any]:
    """Read a distribution of what amounts are multiplied by."""
    if isinstance(value, Mapping) and "per" in value:
        raise ValueError('Its "per" stands beside the distribution: "line" or "line and year".')
    if sentence := why_not_a_distribution(value):
        raise ValueError(sentence)
    return dict(value)


def _texts(value: Any, _names: fields.Names) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("It is a list of keys.")
    return tuple(value)


def _read_by(reads: fields.Reads, kind: str, label: str, default: Any = attrs.NOTHING) -> Any:
    return attrs.field(
        default=default, kw_only=True, metadata={"reads": reads, "kind": kind, "label": label}
    )


def by_year(given: Yearly, years: int, after: Decimal) -> tuple[Decimal, ...]:
    """Return a value for each year: one for all of them, or each as listed and then `after`."""
    if isinstance(given, tuple):
        return (given + (after,) * years)[:years]
    return (given,) * years


def _kind(value: Any, _names: fields.Names) -> Kind:
    if value not in tuple(Kind):
        raise ValueError(f"{value!r} is none of: {', '.join(Kind)}.")
    return Kind(value)


KIND = {"reads": _kind, "kind": "choice", "label": "Kind", "options": tuple(Kind)}


@frozen
class Driver:
    """What amounts follow: staff, volumes, shares, prices. The same one may drive many lines.

    value        : of each year, or one for all
    distribution : of what the value is multiplied by: 1 is as stated
    per          : whether one draw holds for all years or each year has its own
    """

    key: str
    title: str = fields.text("What it measures")
    unit: str = fields.text("Unit", "")
    value: Yearly = _read_by(_yearly, "value", "Value, of each year", ONE)
    distribution: Mapping[str, Any] | None = _read_by(
        distribution_read,
        "distribution",
        "How far it may turn out otherwise, times the value",
        None,
    )
    per: str = fields.choice("Drawn once, or each year", (PER_LINE, PER_YEAR), PER_LINE)
    evidence: str = fields.text("Evidence", "")

    def values(self, years: int) -> tuple[Decimal, ...]:
        last = self.value[-1] if isinstance(self.value, tuple) else NIL
        return by_year(self.value, years, last)


@frozen
class CostLine:
    """A cost or a benefit of an option, year by year.

    amount_gbp     : of each year; or a list from the first year on, and nothing after it. What is
                     stated is multiplied by the value of each driver
    falls_on       : whose budget it is in, or who has the benefit: council, hmrc, society or a
                     partner's key
    paid_to        : the other body of the appraisal: who receives a cost, or pays a benefit
    is_nominal     : in the money of each year; otherwise in the prices of `price_year`
    price_year     : a financial year by its first; None: the appraisal's
    index          : what its price follows, by name; empty: prices in general
    cashable_share : of a benefit, what can be taken out of a budget, from `cashable_from` on
    optimism_bias  : share added to a cost, or taken off a benefit, in the economic case
    grades         : of its evidence, 1 (the best) to 6, which say the optimism bias instead
    distribution   : of what the amounts are multiplied by: 1 is as stated
    evaluated_by   : how it will be known whether a benefit came, as a trial or a comparison, and
                     from `actual_on` on what came of it stands in for the forecast
    income_gbp     : of a household on which it falls, a year; for distributional weights alone
    not_economic   : why this line, unlike others of its kind, is left out of the economic case
    row            : the row of the table of model costs that it answers; empty: that of its kind
    """

    key: str
    option: str
    title: str = fields.text("What it is")
    kind: Kind = attrs.field(kw_only=True, converter=Kind, metadata=KIND)
    amount_gbp: Yearly = _read_by(_yearly, "amounts", "Amount, of each year")
    drivers: tuple[str, ...] = _read_by(_texts, "texts", "What it is multiplied by", ())
    falls_on: str = fields.text("Whose budget it is in, or who has the benefit", COUNCIL)
    paid_to: str | None = fields.text(
        "The other body: who receives a cost, or pays a benefit", None
    )
    is_nominal: bool = fields.yes_or_no("It is in the money of each year", False)
    price_year: int | None = fields.whole("Financial year of its prices, by its first year", None)
    index: str = fields.text("What its price follows", "")
    cashable_share: Decimal = fields.share("Share of a benefit that can be cashed", NIL)
    cashable_from: int | None = fields.whole("First financial year in which it can be", None)
    optimism_bias: Decimal = fields.share("Optimism bias", NIL)
    grades: tuple[Decimal, ...] = fields.numbers(GRADES, ())
    graded_by: str = fields.choice(GRADED_BY, ("worst", "average"), "worst")
    distribution: Mapping[str, Any] | None = _read_by(
        distribution_read,
        "distribution",
        "How far it may turn out otherwise, times the amount",
        None,
    )
    per: str = fields.choice("Drawn once, or each year", (PER_LINE, PER_YEAR), PER_LINE)
    evidence: str = fields.text("Evidence", "")
    evaluated_by: str = fields.text("How it will be evaluated", "")
    actual_on: date | None = fields.day("When what came of it replaces the forecast", None)
    income_gbp: Decimal | None = fields.gbp("Household income of whoever it falls on", None)
    not_economic: str = fields.text("Why it is left out of the economic case", "")
    row: str = fields.text("Row of the table of model costs", "")

    @property
    def sign(self) -> int:
        """1 of a benefit, -1 of a cost."""
        return 1 if self.kind.is_benefit else -1

    @property
    def bodies(self) -> tuple[str, ...]:
        return (self.falls_on,) if self.paid_to is None else (self.falls_on, self.paid_to)
