"""A share of a refinancing gain: bands of the gains so far, each at its share."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.deals.numbers import Numbers, bands, positive
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class GainBand:
    above: Decimal = fields.gbp("For gains in all above", Decimal(0))
    share: Decimal = fields.share("Share of what falls inside the band")


@term_kind(
    "refinancing_gain",
    title="Share of a refinancing gain",
    source="Standard terms of private finance contracts [from memory: 50%, 60% above £1m, 70% "
    "above £3m since October 2008; 30% in the code of 2002]",
)
@frozen
class RefinancingGain(Term):
    """pays = F(G + g) - F(G), F(x) being the shares of each band summed from nothing up to x.

    G = gains so far; g = max(0, gain - cost of refinancing), the gain as a present value.
    """

    payer: str = fields.party("Who refinances")
    payee: str = fields.party("Who shares in the gain")
    gain: str = fields.fact("Refinancing gain, present value (GBP)")
    costs: str | None = fields.fact("Cost of refinancing (GBP)", None)
    bands: tuple[GainBand, ...] = fields.rows("Bands", GainBand)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        edges = [band.above for band in self.bands]
        if edges[0] != 0 or edges != sorted(set(edges)):
            yield (
                "bands",
                f"The bands start above {', '.join(map(pounds_in_words, edges))}.",
                "Start the first band above 0 and each next band above a larger gain.",
            )

    def opening(self, numbers: Numbers) -> State:
        return {"gains": numbers.zero}

    def step(self, now: Now) -> Step:
        gain = now.facts[self.gain]
        if self.costs is not None:
            gain = gain - now.facts[self.costs]
        before = now.state["gains"]
        after = before + positive(gain)
        edges = [now.one(band.above) for band in self.bands]
        shares = [now.one(band.share) for band in self.bands]
        amount = bands(after, edges, shares) - bands(before, edges, shares)

        def why() -> Iterator[Because]:
            numbers = {"gain": gain, "before": before, "amount": amount}
            none = Because("There is no gain to share.", numbers, gain <= 0)
            yield none
            told = "A gain of {gain:pounds}, after {before:pounds} before it: the share of it is "
            yield evolve(none, template=told + "{amount:pounds}.", only=gain > 0)

        return Step((Flow(self.payer, self.payee, amount, why),), {"gains": after})

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        shares = ", then ".join(
            percentage(band.share)
            + (f" above {pounds_in_words(band.above)} in all" if band.above else "")
            for band in self.bands
        )
        less = f", less {deal.facts[self.costs].in_sentence}" if self.costs else ""
        return (
            f"When {payer} refinances, it pays {payee} {shares} of "
            f"{deal.facts[self.gain].in_sentence}{less}."
        )
