"""Benchmarking: at each review the price moves to the market's, when the two are too far apart."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Numbers, passes, where
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import Flow, Now, State, Step, term_kind
from moothall.deals.wording import Because, price
from moothall.values.wording import number_of, percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "benchmarking",
    title="Benchmarking",
    source="Service contracts, benchmarking clauses: practice [from memory]",
)
@frozen
class Benchmarking(OverTerms):
    """pays = what the terms pay x (price in force - price agreed) / price agreed.

    At a review the price in force becomes the benchmark, from that period on, when the benchmark is
    off by more than the tolerance: |benchmark - price| > tolerance x price.
    """

    standing = ("price",)

    benchmark: str = fields.fact("Benchmark: the market's price (GBP)", meets_threshold=True)
    price_gbp: Decimal = fields.gbp("Price agreed, with which it is compared")
    tolerance: Decimal = fields.share("Part of the price by which it may be off", Decimal(0))
    every: int = fields.whole("Periods from one review to the next", 1)
    only_down: bool = fields.yes_or_no("The price never rises", True)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        yield from super().findings(deal)
        if not self.price_gbp:
            yield "price_gbp", "A price of £0 cannot be compared.", "Enter the price agreed."
        if not 0 < self.every < len(deal.periods):
            said = f"A review every {number_of(self.every, 'period')} never takes place: the deal "
            said += f"has {len(deal.periods)}."
            yield "every", said, "Review it sooner, after at least one period."

    def opening(self, numbers: Numbers) -> State:
        return {"price": numbers.full(self.price_gbp)}

    def step(self, now: Now) -> Step:
        before, market = now.state["price"], now.facts[self.benchmark]
        is_review = now.index > 0 and now.index % self.every == 0
        off = passes(abs(market - before), before * now.one(self.tolerance))
        may_move = market < before if self.only_down else market == market
        moves = off & may_move & is_review
        after = where(moves, market, before)
        agreed = now.one(self.price_gbp)
        paid = self.paid(now)
        amount = paid * (after - agreed) / agreed

        def why() -> Iterator[Because]:
            prices = {"before": before, "market": market, "after": after}
            numbers = {**prices, "agreed": self.price_gbp, "paid": paid}
            told = "The benchmark is {market:price}, the price {before:price}"
            if is_review:
                yield Because(f"{told}: the price moves to it.", numbers, moves)
                yield Because(f"{told}: the price stays.", numbers, ~moves)
            else:
                yield Because("The price is not reviewed in this period.")
            moved = "{paid:pounds} at {agreed:price} is corrected to {after:price}."
            yield Because(moved, numbers, after != agreed)

        return Step((Flow(self.payer, self.payee, amount, why),), {"price": after})

    def in_words(self, deal: "Deal") -> str:
        never = " It never rises." if self.only_down else ""
        when = "Each period" if self.every == 1 else f"Every {self.every} periods"
        return (
            f"{when} the price of {price(self.price_gbp)} behind "
            f"{self.names(deal)} is compared with {deal.facts[self.benchmark].in_sentence}, and "
            f"moves to it when the two are more than {percentage(self.tolerance)} apart.{never}"
        )
