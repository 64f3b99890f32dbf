"""A unit price: bands of volume, each at its price, between a minimum and a maximum volume."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.deals.numbers import bands, maximum, minimum
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because, price

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class PriceBand:
    above: Decimal = fields.count("For volume above", Decimal(0))
    price_gbp: Decimal = fields.gbp("Price a unit")


@term_kind(
    "unit_price",
    title="Unit price",
    source="Contract practice: a price for each unit, in bands of volume",
)
@frozen
class UnitPrice(Term):
    """pays = sum over bands of price x the volume inside the band, within the volume limits."""

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    volume: str = fields.fact("Volume")
    bands: tuple[PriceBand, ...] = fields.rows("Price bands", PriceBand)
    least: Decimal | None = fields.count("Minimum volume, paid in any case", None)
    most: Decimal | None = fields.count("Maximum volume paid", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        edges = [band.above for band in self.bands]
        if edges[0] != 0 or edges != sorted(set(edges)):
            yield (
                "bands",
                f"The bands start above {', '.join(map(str, edges))}.",
                "Start the first band above 0 and each next band above a larger volume.",
            )
        if self.least is not None and self.most is not None and self.least > self.most:
            yield (
                "least",
                f"The minimum volume, {self.least:,}, is more than the maximum, {self.most:,}.",
                "Lower the minimum or raise the maximum.",
            )

    def step(self, now: Now) -> Step:
        volume = now.facts[self.volume]
        paid_for = volume
        if self.least is not None:
            paid_for = maximum(paid_for, now.one(self.least))
        if self.most is not None:
            paid_for = minimum(paid_for, now.one(self.most))
        edges = [now.one(band.above) for band in self.bands]
        prices = [now.one(band.price_gbp) for band in self.bands]

        def why() -> Iterator[Because]:
            yield Because("{volume:number} units.", {"volume": volume})
            if self.least is not None:
                least = Because("The minimum of {least:number} is paid.", {"least": self.least})
                yield evolve(least, only=volume < now.one(self.least))
            if self.most is not None:
                most = Because("Only {most:number} are paid for.", {"most": self.most})
                yield evolve(most, only=volume > now.one(self.most))
            for place, band in enumerate(self.bands):
                inside = bands(paid_for, edges, [now.one(n == place) for n in range(len(edges))])
                at_price = {"inside": inside, "price": band.price_gbp}
                yield Because("{inside:number} at {price:price}.", at_price, inside > 0)

        return Step((Flow(self.payer, self.payee, bands(paid_for, edges, prices), why),))

    def in_words(self, deal: "Deal") -> str:
        what = deal.facts[self.volume].in_sentence
        prices = ", then ".join(
            price(band.price_gbp) + (f" above {band.above:,}" if band.above else "")
            for band in self.bands
        )
        limits = ""
        if self.least is not None:
            limits += f" At least {self.least:,} are paid for."
        if self.most is not None:
            limits += f" At most {self.most:,} are paid for."
        return (
            f"{deal.party_name(self.payer)} pays {deal.party_name(self.payee)} {prices} "
            f"a unit of {what}.{limits}"
        )
