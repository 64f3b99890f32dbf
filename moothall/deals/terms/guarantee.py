"""A guarantee: a guarantor makes good a share of a loss, up to a limit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from attrs import frozen

from moothall.deals.numbers import Array, positive, where
from moothall.deals.terms import fields
from moothall.deals.terms.investor_waterfall import InvestorWaterfall
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "guarantee",
    title="Guarantee",
    source="New York City, Rikers Island loan of 2012: part of the principal guaranteed",
)
@frozen
class Guarantee(Term):
    """pays = share x loss; the limit is the term's own cap over the deal.

    The loss is a fact of each period; or, when the deal ends, the principal that a waterfall has
    not repaid to the payee.
    """

    payer: str = fields.party("Who guarantees")
    payee: str = fields.party("Whose loss is made good")
    share: Decimal = fields.share("Share of the loss that is made good", Decimal(1))
    loss: str | None = fields.fact("The loss (GBP)", None)
    principal_of: str | None = fields.earlier_term("Or: the waterfall that repays a loan", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if (self.loss is None) == (self.principal_of is None):
            said = "A guarantee is of one loss: a fact, or the principal of one waterfall."
            yield "loss", said, "Name the one or the other."
        elif self.principal_of is not None:
            waterfall = deal.term(self.principal_of)
            name = deal.party_name(self.payee)
            if not isinstance(waterfall, InvestorWaterfall):
                said = f"{waterfall.name} is no waterfall."
                yield "principal_of", said, "Name an investor_waterfall."
            elif not waterfall.part_of(deal, self.payee):
                said = f"{name} lends nothing that {waterfall.name.lower()} repays."
                yield "payee", said, "Name one of its investors."

    def step(self, now: Now) -> Step:
        loss = self._loss(now)
        amount = loss * now.one(self.share)

        def why() -> Iterator[Because]:
            numbers = {"loss": loss, "amount": amount, "share": self.share}
            yield Because("There is no loss to make good.", only=loss <= 0)
            told = "A loss of {loss:pounds}, {share:percent} of it guaranteed: {amount:pounds}."
            yield Because(told, numbers, loss > 0)

        return Step((Flow(self.payer, self.payee, amount, why),))

    def _loss(self, now: Now) -> Array:
        if self.loss is not None:
            return positive(now.facts[self.loss])
        waterfall = cast(InvestorWaterfall, now.deal.term(cast(str, self.principal_of)))
        unpaid = now.states[waterfall.key]["principal"]
        part = unpaid * now.one(waterfall.part_of(now.deal, self.payee))
        return where(now.is_last, part, now.one(0))

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        if self.loss is not None:
            lost = f"{deal.facts[self.loss].in_sentence}, each period"
        else:
            lost = "the principal not repaid when the deal ends"
        return f"{payer} makes good {percentage(self.share)} of a loss of {payee}: {lost}."
