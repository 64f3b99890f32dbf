"""A threshold payment: for each cohort that reaches it, or else for all cohorts pooled."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Numbers, ratio, reaches, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, quantity
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "threshold_payment",
    title="Threshold payment",
    source="Peterborough social impact bond, 2010: 10% in a cohort, or else 7.5% over all",
)
@frozen
class ThresholdPayment(Term):
    """Each period is a cohort. pays = payment where change >= threshold.

    When the deal ends and no cohort has been paid for, the pooled payment where the mean change,
    weighted by the size of each cohort, reaches the pooled threshold. The facts state to how many
    places they are rounded before they meet a threshold.
    """

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    change: str = fields.fact("Change in a cohort", meets_threshold=True)
    size: str = fields.fact("People in the cohort")
    threshold: Decimal = fields.number("Threshold of a cohort")
    payment_gbp: Decimal = fields.gbp("Payment for a cohort")
    pooled_threshold: Decimal | None = fields.number("Threshold of all cohorts together", None)
    pooled_payment_gbp: Decimal = fields.gbp("Payment for all cohorts together", Decimal(0))

    def opening(self, numbers: Numbers) -> State:
        return dict.fromkeys(("people", "weighted", "cohorts_paid"), numbers.zero)

    def step(self, now: Now) -> Step:
        change, size = now.facts[self.change], now.facts[self.size]
        is_reached = (size > 0) & reaches(change, now.one(self.threshold))
        people = now.state["people"] + size
        weighted = now.state["weighted"] + size * change
        cohorts_paid = now.state["cohorts_paid"] + where(is_reached, now.one(1), now.one(0))
        mean = ratio(weighted, people)
        amount = where(is_reached, now.one(self.payment_gbp), now.one(0))
        is_pooled = now.is_last & (cohorts_paid == 0) & (people > 0)
        pooled = self.pooled_threshold
        if pooled is not None:
            # The weighted sum is compared, so that no division stands between it and the threshold.
            is_met = is_pooled & reaches(weighted, people * now.one(pooled))
            amount = amount + where(is_met, now.one(self.pooled_payment_gbp), now.one(0))

        def why() -> Iterator[Because]:
            against = {"change": change, "threshold": self.threshold}
            told = "This cohort: {change:number} against a threshold of {threshold:number}: "
            yield Because(told + "reached.", against, is_reached)
            yield Because(told + "not reached.", against, (size > 0) & ~is_reached)
            yield Because("There is no cohort this period.", only=size <= 0)
            if pooled is not None:
                over_all = {"mean": mean, "pooled": pooled}
                told = "No cohort was paid for. Over all: {mean:number} against {pooled:number}: "
                yield Because(told + "reached.", over_all, is_pooled & is_met)
                yield Because(told + "not reached.", over_all, is_pooled & ~is_met)

        state = {"people": people, "weighted": weighted, "cohorts_paid": cohorts_paid}
        return Step((Flow(self.payer, self.payee, amount, why),), state)

    def in_words(self, deal: "Deal") -> str:
        said = (
            f"{deal.party_name(self.payer)} pays {deal.party_name(self.payee)} "
            f"{pounds_in_words(self.payment_gbp)} for each cohort in which "
            f"{deal.facts[self.change].in_sentence} is at least {quantity(self.threshold)}."
        )
        if self.pooled_threshold is None:
            return said
        return (
            f"{said} If no cohort is paid for, it pays {pounds_in_words(self.pooled_payment_gbp)} "
            f"when the mean over all, weighted by {deal.facts[self.size].in_sentence}, is at least "
            f"{quantity(self.pooled_threshold)}."
        )
