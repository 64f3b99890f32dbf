"""What do the taxes come to that one way of delivering a service pays and another does not?

Each answers for one year, in GBP of that year, not rounded: the tables round, once.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.parameters import Rules, parameter
from moothall.values.wording import pounds_in_words

NIL = Decimal(0)


def corporation_tax(rules: Rules, profit: Decimal, on: date, associated: int = 0) -> Decimal:
    """Return the corporation tax on a year's profit; on a loss, nothing.

    associated : other companies under the same control, which share the limits between them

    Source: Finance Act 2021, sections 6 to 8 and Schedule 1.
    """
    value = parameter(rules, "corporation_tax", on).value
    main = Decimal(value["main"])
    if profit <= 0:
        return NIL
    if "small" not in value:
        return main * profit
    lower = Decimal(value["lower"]) / (1 + associated)
    upper = Decimal(value["upper"]) / (1 + associated)
    if profit <= lower:
        return Decimal(value["small"]) * profit
    return main * profit - max(upper - profit, NIL) * Decimal(value["relief"])


@frozen
class ExemptInputTax:
    """What a council recovers of the VAT behind its exempt supplies in a year. GBP.

    limit : the most that it may recover; a pound more, and all of it is lost
    """

    exempt_gbp: Decimal
    limit_gbp: Decimal

    @property
    def is_recovered(self) -> bool:
        return self.exempt_gbp <= self.limit_gbp

    @property
    def lost_gbp(self) -> Decimal:
        return NIL if self.is_recovered else self.exempt_gbp

    def in_words(self) -> str:
        exempt, limit = pounds_in_words(self.exempt_gbp), pounds_in_words(self.limit_gbp)
        if self.is_recovered:
            return (
                f"{exempt} of VAT is behind exempt supplies, no more than the limit of {limit}: "
                "the council recovers it."
            )
        return (
            f"{exempt} of VAT is behind exempt supplies, above the limit of {limit}: the council "
            "loses all of it, not only what is above."
        )


def exempt_input_tax(rules: Rules, input_tax: Decimal, exempt: Decimal, on: date) -> ExemptInputTax:
    """Return what section 33 lets a council recover.

    input_tax : all the VAT that it pays in the year
    exempt    : of that, what is behind exempt supplies

    :raises ValueError: when more is exempt than there is.
    """
    if not 0 <= exempt <= input_tax:
        raise ValueError(
            f"{pounds_in_words(exempt)} of exempt input tax is no part of "
            f"{pounds_in_words(input_tax)}. "
            "Give all the VAT paid, and then the part of it behind exempt supplies."
        )
    value = parameter(rules, "section_33", on).value
    limit = max(Decimal(value["gbp"]), Decimal(value["share"]) * input_tax)
    return ExemptInputTax(exempt, limit)


def irrecoverable_vat(net: Decimal, rate: Decimal, taxed: Decimal, lost: Decimal) -> Decimal:
    """Return the VAT that stays a cost on purchases.

    net   : purchases without VAT; rate : of VAT
    taxed : share of them that bears VAT; lost : share of that VAT that is not recovered
    """
    return net * taxed * rate * lost


@frozen
class BusinessRates:
    """The business rates of a property for a year, and who bears the relief. GBP."""

    gross_gbp: Decimal
    relief_gbp: Decimal
    council_loses_gbp: Decimal

    @property
    def paid_gbp(self) -> Decimal:
        return self.gross_gbp - self.relief_gbp

    @property
    def gain_to_both_gbp(self) -> Decimal:
        """What council and occupier gain together: the rest is only moved between them."""
        return self.relief_gbp - self.council_loses_gbp

    def in_words(self) -> str:
        relief = pounds_in_words(self.relief_gbp)
        return (
            f"Relief of {relief} on {pounds_in_words(self.gross_gbp)} costs the council "
            f"{pounds_in_words(self.council_loses_gbp)} of rates that it would have retained, so "
            f"both together gain {pounds_in_words(self.gain_to_both_gbp)}, not {relief}."
        )


def business_rates(
    rules: Rules,
    rateable_value: Decimal,
    on: date,
    *,
    is_retail: bool = False,
    is_charity: bool = False,
    discretionary: Decimal = NIL,
    retained: Decimal | None = None,
) -> BusinessRates:
    """Return what is due on a property, with a charity's relief where the occupier is one.

    is_retail     : retail, hospitality or leisure, which have multipliers of their own
    discretionary : share (0-1) of what the mandatory relief leaves that the council waives too
    retained      : the council's share of the rates; None takes the rule's
    """
    value = parameter(rules, "business_rates", on).value
    if rateable_value >= Decimal(value["high_value_from"]):
        key = "high_value"
    elif rateable_value < Decimal(value["small_below"]):
        key = "small_retail" if is_retail else "small"
    else:
        key = "standard_retail" if is_retail else "standard"
    gross = rateable_value * Decimal(value[key])
    share = NIL
    if is_charity:
        mandatory = Decimal(parameter(rules, "charity_relief", on).value["mandatory"])
        share = mandatory + (1 - mandatory) * discretionary
    if retained is None:
        retained = Decimal(parameter(rules, "retained_rates", on).value)
    return BusinessRates(gross, gross * share, gross * share * retained)


def employer_contributions(
    rules: Rules, pay_bill: Decimal, employees: int, on: date, *, has_allowance: bool = False
) -> Decimal:
    """Return national insurance and apprenticeship levy on a year's pay bill.

    Each employee is taken at the average pay: pay below the threshold is not made up by others.
    has_allowance : the employment allowance, which bodies of mostly public work do not have
    """
    insurance = parameter(rules, "national_insurance", on).value
    levy = parameter(rules, "apprenticeship_levy", on).value
    if employees <= 0:
        return NIL
    above = max(pay_bill - employees * Decimal(insurance["threshold_gbp"]), NIL)
    due = Decimal(insurance["rate"]) * above
    if has_allowance:
        due = max(due - Decimal(insurance["allowance_gbp"]), NIL)
    return due + max(Decimal(levy["rate"]) * pay_bill - Decimal(levy["allowance_gbp"]), NIL)


def pension_passed_through(pay_bill: Decimal, fixed: Decimal, fund: Decimal) -> Decimal:
    """Return what a council bears when an employer's pension rate is fixed at less than the fund's.

    fixed, fund : shares of the pay bill; below nought where the fund asks less than was fixed
    """
    return pay_bill * (fund - fixed)
