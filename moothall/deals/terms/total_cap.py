"""A total cap: other terms together pay no more; what is over is taken back by its own line."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import positive
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import PAID, Flow, Now, Step, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind("total_cap", title="Total cap", source="Contract practice: a cap over several payments")
@frozen
class TotalCap(OverTerms):
    """pays = -max(0, what the terms have paid in all, less what was taken back, - cap)."""

    cap_gbp: Decimal = fields.gbp("Together at most")

    def step(self, now: Now) -> Step:
        paid = self.so_far(now) + now.state[PAID]  # below zero: what was taken back before
        over = positive(paid - now.one(self.cap_gbp))

        def why() -> Iterator[Because]:
            numbers = {"over": over, "cap": self.cap_gbp}
            told = "{over:pounds} is above the cap of {cap:pounds} over these terms."
            yield Because(told, numbers, over > 0)
            yield Because("The cap of {cap:pounds} is not reached.", numbers, over <= 0)

        return Step((Flow(self.payer, self.payee, -over, why),))

    def in_words(self, deal: "Deal") -> str:
        most = pounds_in_words(self.cap_gbp)
        return f"By {self.names(deal)} at most {most} is paid in all; what is over is taken back."
