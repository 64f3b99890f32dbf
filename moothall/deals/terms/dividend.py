"""A dividend: what a company may distribute, by shareholding, after tax and its reserve."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Numbers, minimum, positive, split
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "dividend", title="Dividend", source="Company practice: distributable profit by shareholding"
)
@frozen
class Dividend(Term):
    """distributable = max(0, profit x (1 - tax)) less what the reserve still lacks.

    Losses are carried forward: profit makes good earlier losses before it is distributed. Pennies
    left over go to the largest remainders.
    """

    company: str = fields.party("The company")
    profit: str = fields.fact("Profit before tax")
    holdings: dict[str, Decimal] = fields.shares_by_party("Shareholdings")
    tax_rate: Decimal = fields.share("Tax on profit", Decimal(0))
    reserve_gbp: Decimal = fields.gbp("Reserve that is filled first", Decimal(0))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if self.company in self.holdings:
            said = f"{deal.party_name(self.company)} would pay a dividend to itself."
            yield "holdings", said, "Name its shareholders."

    def opening(self, numbers: Numbers) -> State:
        return dict.fromkeys(("losses", "reserve"), numbers.zero)

    def step(self, now: Now) -> Step:
        profit = now.facts[self.profit]
        after_tax = positive(profit) * now.one(1 - self.tax_rate)
        made_good = minimum(after_tax, now.state["losses"])
        left = after_tax - made_good
        to_reserve = minimum(left, now.one(self.reserve_gbp) - now.state["reserve"])
        amount = left - to_reserve
        weights = [now.numbers.full(holding) for holding in self.holdings.values()]
        parts = split(amount, weights)

        def why() -> Iterator[Because]:
            yield Because("Profit of {profit:pounds}.", {"profit": profit}, profit > 0)
            yield Because("No profit, so no dividend.", only=profit <= 0)
            if self.tax_rate:
                told = "{after:pounds} after tax."
                yield Because(told, {"after": after_tax}, profit > 0)
            good = {"good": made_good}
            yield Because("{good:pounds} makes good earlier losses.", good, made_good > 0)
            kept = {"kept": to_reserve}
            yield Because("{kept:pounds} fills the reserve.", kept, to_reserve > 0)
            yield Because("{amount:pounds} is distributed.", {"amount": amount}, profit > 0)

        state = {
            "losses": now.state["losses"] - made_good + positive(-profit),
            "reserve": now.state["reserve"] + to_reserve,
        }
        flows = tuple(
            Flow(self.company, holder, part, why)
            for holder, part in zip(self.holdings, parts, strict=True)
        )
        return Step(flows, state)

    def in_words(self, deal: "Deal") -> str:
        holders = ", ".join(
            f"{deal.party_name(key)} {percentage(share)}" for key, share in self.holdings.items()
        )
        first = f" after tax of {percentage(self.tax_rate)}" if self.tax_rate else ""
        if self.reserve_gbp:
            first += f" and once its reserve holds {pounds_in_words(self.reserve_gbp)}"
        return (
            f"{deal.party_name(self.company)} distributes {deal.facts[self.profit].in_sentence}"
            f"{first}, by shareholding: {holders}."
        )
