"""A fixed fee: the same sum every period."""

from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind("fixed_fee", title="Fixed fee", source="Contract practice: a service fee")
@frozen
class FixedFee(Term):
    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    amount_gbp: Decimal = fields.gbp("Amount each period")

    def step(self, now: Now) -> Step:
        amount = now.numbers.full(self.amount_gbp)
        fee = Because("A fixed fee of {amount:pounds}.", {"amount": self.amount_gbp})
        return Step((Flow(self.payer, self.payee, amount, lambda: (fee,)),))

    def in_words(self, deal: "Deal") -> str:
        return (
            f"{deal.party_name(self.payer)} pays {deal.party_name(self.payee)} "
            f"{pounds_in_words(self.amount_gbp)} each period."
        )
