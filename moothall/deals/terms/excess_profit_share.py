"""An excess-profit share: with open books, profit above an agreed return is shared."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Numbers, bands, ratio
from moothall.deals.terms import fields
from moothall.deals.terms.term import PAID, Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

COST, INCOME = "cost", "income"
PERIOD, WHOLE = "each period", "the deal so far"


@frozen
class ReturnBand:
    above: Decimal = fields.share("For profit above this return")
    share: Decimal = fields.share("Share of what falls inside the band")


@term_kind(
    "excess_profit_share",
    title="Excess-profit share",
    source="Open-book contracts: profit above an agreed return is shared, practice [from memory]",
)
@frozen
class ExcessProfitShare(Term):
    """pays = sum over bands of share x the part of the profit inside the band.

    Profit = income - allowed cost; a band begins at its return x cost, or x income. Over the deal
    so far, less what was paid before: a later loss is set against an earlier profit.
    """

    payer: str = fields.party("Who opens its books, and shares")
    payee: str = fields.party("Who shares in the excess")
    terms: tuple[str, ...] = fields.earlier_terms("Terms that pay its income", ())
    income: str | None = fields.fact("Other income (GBP)", None)
    cost: str = fields.fact("Allowed cost (GBP)")
    return_on: str = fields.choice("The return is measured on", (COST, INCOME), COST)
    bands: tuple[ReturnBand, ...] = fields.rows("Bands of return", ReturnBand)
    measured_over: str = fields.choice("Measured over", (PERIOD, WHOLE), WHOLE)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        edges = [band.above for band in self.bands]
        if edges != sorted(set(edges)):
            said = f"The bands start above {', '.join(map(percentage, edges))}."
            yield "bands", said, "Start each next band above a larger return."
        if not self.terms and self.income is None:
            yield "terms", "No income is named.", "Name terms that pay it, or a fact."
        name = deal.party_name(self.payer)
        for key in self.terms:
            if getattr(deal.term(key), "payee", self.payer) != self.payer:
                said = f"{deal.term(key).name} is no income of {name}: it pays another party."
                yield "terms", said, "Take it out."

    def opening(self, numbers: Numbers) -> State:
        return {"income": numbers.zero, "cost": numbers.zero}

    def step(self, now: Now) -> Step:
        income = sum((now.paid[key] for key in self.terms), now.numbers.zero)
        if self.income is not None:
            income = income + now.facts[self.income]
        cost = now.facts[self.cost]
        before = now.numbers.zero
        if self.measured_over == WHOLE:
            income, cost = now.state["income"] + income, now.state["cost"] + cost
            before = now.state[PAID]
        profit = income - cost
        base = cost if self.return_on == COST else income
        edges = [base * now.one(band.above) for band in self.bands]
        shared = bands(profit, edges, [now.one(band.share) for band in self.bands])

        def why() -> Iterator[Because]:
            numbers = {"income": income, "cost": cost, "profit": profit, "shared": shared}
            numbers |= {"rate": ratio(profit, base), "before": before}
            told = "Income {income:pounds}, allowed cost {cost:pounds}: a profit of {profit:pounds}"
            yield Because(f"{told}, {{rate:percent}} of {self.return_on}.", numbers)
            yield Because("None of it is excess.", only=shared == 0)
            yield Because("The share of the excess is {shared:pounds}.", numbers, shared != 0)
            yield Because("{before:pounds} is paid already.", numbers, before != 0)

        state = {"income": income, "cost": cost} if self.measured_over == WHOLE else {}
        return Step((Flow(self.payer, self.payee, shared - before, why),), state)

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        shares = ", then ".join(
            f"{percentage(band.share)} above {percentage(band.above)}" for band in self.bands
        )
        over = "in each period" if self.measured_over == PERIOD else "over the deal so far"
        return (
            f"{payer} opens its books. Of its profit after {deal.facts[self.cost].in_sentence}, "
            f"{over}, it pays {payee} these parts of a return on {self.return_on}: {shares}."
        )
