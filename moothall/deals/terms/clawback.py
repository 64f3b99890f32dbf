"""A clawback: what other terms have paid comes back when it turns out not to have been earned."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import minimum, positive, where
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import PAID, Flow, Now, Step, term_kind
from moothall.deals.wording import Because, price
from moothall.values.wording import number_of

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "clawback",
    title="Clawback",
    source="Grant and outcomes contract practice: recovery of what was paid and not earned",
)
@frozen
class Clawback(OverTerms):
    """pays = -min(asked, what the terms have paid in all, less what came back before).

    asked = reversed x price, where each reversed outcome has a price; else reversed, a part from
    0 to 1, x what the terms have paid in all. Where it `falls_over` n periods, asked falls evenly
    from the whole in the first period of the deal to nothing after n.
    """

    reversed: str = fields.fact("Outcomes that did not last; or the part of all that comes back")
    price_gbp: Decimal | None = fields.gbp("What comes back for each outcome", None)
    falls_over: int | None = fields.whole("Periods over which it falls to nothing", None)

    def step(self, now: Now) -> Step:
        had = positive(self.so_far(now) + now.state[PAID])  # below zero: what came back before
        turned = now.facts[self.reversed]
        if self.price_gbp is not None:
            asked = turned * now.one(self.price_gbp)
        else:
            asked = turned * self.so_far(now)
        if self.falls_over:
            left = max(0, self.falls_over - now.index)
            asked = asked * now.one(left) / now.one(self.falls_over)
        back = minimum(positive(asked), had)

        def why() -> Iterator[Because]:
            numbers = {"turned": turned, "each": self.price_gbp, "asked": asked, "had": had}
            if self.price_gbp is not None:
                told = "{turned:number} reversed at {each:price} each: {asked:pounds}."
            else:
                told = "{turned:percent} of what was paid comes back: {asked:pounds}."
            yield Because(told, numbers, turned != 0)
            yield Because("Nothing is reversed.", only=turned == 0)
            more = "No more than the {had:pounds} that was paid comes back."
            yield Because(more, numbers, asked > had)
            if self.falls_over:
                falls = f"It falls to nothing over {self.falls_over} periods."
                yield Because(falls, only=turned != 0)

        return Step((Flow(self.payer, self.payee, where(back > 0, -back, back), why),))

    def in_words(self, deal: "Deal") -> str:
        what = deal.facts[self.reversed].in_sentence
        if self.price_gbp is not None:
            amount = f"{price(self.price_gbp)} for each of {what}"
        else:
            amount = f"of all that was paid by {self.names(deal)} a part ({what})"
        falls = ""
        if self.falls_over:
            falls = f", falling evenly to nothing over {number_of(self.falls_over, 'period')}"
        return (
            f"{deal.party_name(self.payee)} pays {deal.party_name(self.payer)} back {amount}"
            f"{falls}; never more than was paid by {self.names(deal)}."
        )
