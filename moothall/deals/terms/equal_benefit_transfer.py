"""An investment agreement: side payments that give every agency the same benefit for each pound."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, positive, ratio, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "equal_benefit_transfer",
    title="Equal benefit-cost transfer",
    source="Whole Place Community Budgets: investment agreements between agencies",
)
@frozen
class EqualBenefitTransfer(Term):
    """pays_i = (sum of costs) x benefit_i / (sum of benefits) - cost_i; the payments add up to 0.

    Whoever pays in pays each that receives in proportion to what that receives. Only realised
    benefits are read: facts of the period.
    """

    costs: dict[str, str] = fields.facts_by_party("What each agency spent")
    benefits: dict[str, str] = fields.facts_by_party("What each agency gained, cashable")

    def step(self, now: Now) -> Step:
        agencies = list(dict.fromkeys((*self.costs, *self.benefits)))
        zero = now.numbers.zero
        cost = {key: self._fact(now, self.costs, key, zero) for key in agencies}
        benefit = {key: self._fact(now, self.benefits, key, zero) for key in agencies}
        all_cost, all_benefit = (sum(of.values(), zero) for of in (cost, benefit))
        pays = {key: ratio(all_cost * benefit[key], all_benefit) - cost[key] for key in agencies}
        # Where nobody gains, there is nothing to share costs by: each bears its own.
        pays = {key: where(all_benefit != 0, amount, now.one(0)) for key, amount in pays.items()}
        received = sum((positive(-amount) for amount in pays.values()), zero)

        def why() -> Iterator[Because]:
            totals = {"cost": all_cost, "benefit": all_benefit}
            told = "{cost:pounds} was spent and {benefit:pounds} gained over all agencies."
            yield Because(told, totals)
            yield Because("Nobody gained, so each bears its own cost.", only=all_benefit == 0)

        return Step(
            tuple(
                Flow(
                    payer,
                    payee,
                    ratio(positive(pays[payer]) * positive(-pays[payee]), received),
                    why,
                )
                for payer in agencies
                for payee in agencies
                if payer != payee
            )
        )

    @staticmethod
    def _fact(now: Now, of: dict[str, str], key: str, zero: Array) -> Array:
        return now.facts[of[key]] if key in of else zero

    def in_words(self, deal: "Deal") -> str:
        agencies = dict.fromkeys((*self.costs, *self.benefits))
        names = ", ".join(deal.party_name(key) for key in agencies)
        return (
            f"{names} pay each other so that every one has the same benefit for each pound of cost."
        )
