"""A minimum-volume guarantee: volume that a buyer promised and did not take is paid for."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Numbers, positive, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, price, quantity
from moothall.values.wording import number_of

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "minimum_volume_guarantee",
    title="Minimum-volume guarantee",
    source="Contract practice: take-or-pay and minimum tonnage clauses",
)
@frozen
class MinimumVolumeGuarantee(Term):
    """pays = price x max(0, minimum - volume), at the end of every span of so many periods.

    A span cut short by the end of the deal or of the term has its part of the minimum.
    """

    payer: str = fields.party("Who promises the volume, and pays")
    payee: str = fields.party("Who relies on it")
    volume: str = fields.fact("Volume")
    least: Decimal = fields.count("Minimum volume of a span")
    every: int = fields.whole("Periods in a span", 1)
    price_gbp: Decimal = fields.gbp("Price of a unit that is missing")

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if not self.every:
            yield "every", "A span of no periods never ends.", "Give at least one period."

    def opening(self, numbers: Numbers) -> State:
        return {"volume": numbers.zero, "periods": numbers.zero}

    def step(self, now: Now) -> Step:
        volume = now.state["volume"] + now.facts[self.volume]
        periods = now.state["periods"] + now.one(1)
        closes = (periods == self.every) | self.closes(now)
        least = now.one(self.least) * periods / now.one(self.every)
        missing = positive(least - volume)
        amount = missing * now.one(self.price_gbp)

        def why() -> Iterator[Because]:
            numbers = {"volume": volume, "least": least, "missing": missing}
            yield Because("{volume:number} so far; the span goes on.", numbers, ~closes)
            told = "{volume:number}, at least {least:number} promised"
            met = closes & (missing == 0)
            yield Because(f"{told}: the promise is met.", numbers, met)
            short = f"{told}: {{missing:number}} missing, at {price(self.price_gbp)} each."
            yield Because(short, numbers, closes & ~met)

        zero = now.one(0)
        state = {"volume": where(closes, zero, volume), "periods": where(closes, zero, periods)}
        return Step((Flow(self.payer, self.payee, where(closes, amount, zero), why),), state)

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        span = "a period" if self.every == 1 else f"in {number_of(self.every, 'period')}"
        return (
            f"{payer} promises that {deal.facts[self.volume].in_sentence} will be at least "
            f"{quantity(self.least)} {span}, and pays {payee} {price(self.price_gbp)} for each "
            "that is missing."
        )
