"""A total cap: other terms together pay no more; what is over is taken back by its own line."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import positive
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

PAID = "paid"  # what a term has paid before this period: kept for every term


@term_kind("total_cap", title="Total cap", source="Contract practice: a cap over several payments")
@frozen
class TotalCap(Term):
    """pays = -max(0, what the terms have paid in all, less what was taken back, - cap)."""

    payer: str = fields.party("Who pays the terms")
    payee: str = fields.party("Who is paid by them")
    over: tuple[str, ...] = fields.earlier_terms("Terms under the cap")
    cap_gbp: Decimal = fields.gbp("Together at most")

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        for key in self.over:
            term = deal.term(key)
            ends = getattr(term, "payer", None), getattr(term, "payee", None)
            if ends != (self.payer, self.payee):
                said = (
                    f"{term.name} is not paid by {deal.party_name(self.payer)} to "
                    f"{deal.party_name(self.payee)}."
                )
                yield "over", said, "Cap only terms between these two parties."

    def step(self, now: Now) -> Step:
        paid = now.state[PAID]  # below zero: what was taken back before
        for key in self.over:
            paid = paid + now.so_far[key]
        over = positive(paid - now.one(self.cap_gbp))

        def why() -> Iterator[Because]:
            numbers = {"over": over, "cap": self.cap_gbp}
            told = "{over:pounds} is above the cap of {cap:pounds} over these terms."
            yield Because(told, numbers, over > 0)
            yield Because("The cap of {cap:pounds} is not reached.", numbers, over <= 0)

        return Step((Flow(self.payer, self.payee, -over, why),))

    def in_words(self, deal: "Deal") -> str:
        names = " and ".join(deal.term(key).name.lower() for key in self.over)
        return (
            f"{names.capitalize()} together pay at most {pounds_in_words(self.cap_gbp)}; what is "
            "over is taken back."
        )
