"""A milestone: a sum paid once, when something has been reached."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Numbers, reaches, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, quantity
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind("milestone", title="Milestone", source="Contract practice: payment on a milestone")
@frozen
class Milestone(Term):
    """pays = amount in the first period in which the measure is at least its target, once."""

    standing = ("reached",)

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    measure: str = fields.fact("What is measured", meets_threshold=True)
    at_least: Decimal = fields.number("Reached at", Decimal(1))
    amount_gbp: Decimal = fields.gbp("Payment")

    def opening(self, numbers: Numbers) -> State:
        return {"reached": numbers.zero}

    def step(self, now: Now) -> Step:
        was_reached = now.state["reached"] > 0
        is_reached = reaches(now.facts[self.measure], now.one(self.at_least))
        amount = where(is_reached & ~was_reached, now.one(self.amount_gbp), now.one(0))

        def why() -> Iterator[Because]:
            yield Because("Reached this period.", only=is_reached & ~was_reached)
            yield Because("Paid before.", only=was_reached)
            yield Because("Not reached yet.", only=~is_reached & ~was_reached)

        reached = where(is_reached | was_reached, now.one(1), now.one(0))
        return Step((Flow(self.payer, self.payee, amount, why),), {"reached": reached})

    def in_words(self, deal: "Deal") -> str:
        return (
            f"{deal.party_name(self.payer)} pays {deal.party_name(self.payee)} "
            f"{pounds_in_words(self.amount_gbp)} once, when {deal.facts[self.measure].in_sentence} "
            f"is at least {quantity(self.at_least)}."
        )
