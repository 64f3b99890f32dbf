"""A re-opener: when a fact leaves its range, the price takes a step, at once or from a review."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from attrs import frozen

from moothall.deals.numbers import Mask, Numbers, passes, reaches, where
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import Flow, Now, State, Step, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import number_of, percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

TRIGGERS = ("volume", "price", "law", "funding")


@term_kind(
    "reopener",
    title="Re-opener",
    source="Contract practice: re-openers on volume, price, change of law or funding",
)
@frozen
class Reopener(OverTerms):
    """pays = what the terms pay x the step, from the review on; nothing before.

    The review follows, by so many periods, the first period in which the fact is above the one
    limit or below the other. The step is fixed here, or is the fact agreed at the review.
    """

    standing = ("periods", "step")

    trigger: str = fields.choice("What opens the price", TRIGGERS)
    fact: str = fields.fact("The fact that is watched", meets_threshold=True)
    above: Decimal | None = fields.number("Opens above", None)
    below: Decimal | None = fields.number("Opens below", None)
    review_periods: int = fields.whole("Periods from then to the review (0 = at once)", 0)
    step_rate: Decimal | None = fields.rate("Step in the price (0.05 = 5% more)", None)
    agreed: str | None = fields.fact("Or: the step agreed at the review", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        yield from super().findings(deal)
        if self.above is None and self.below is None:
            yield "above", "Nothing opens the price.", "Say above or below what it opens."
        if self.above is not None and self.below is not None and self.below > self.above:
            said = f"It opens below {self.below:,} and above {self.above:,}: always."
            yield "below", said, "Lower the one or raise the other."
        if (self.step_rate is None) == (self.agreed is None):
            said = "A step is fixed, or agreed at the review."
            yield "step_rate", said, "Give step_rate or agreed, not both."

    def opening(self, numbers: Numbers) -> State:
        return {"periods": numbers.zero, "step": numbers.zero}

    def step(self, now: Now) -> Step:
        one, value = now.one(1), now.facts[self.fact]
        is_open = now.state["periods"] > 0
        opens = self._leaves_its_range(now) & ~is_open
        periods = where(is_open | opens, now.state["periods"] + one, now.state["periods"])
        is_review = periods == self.review_periods + 1
        agreed = (
            now.one(self.step_rate)
            if self.step_rate is not None
            else now.facts[cast(str, self.agreed)]
        )
        rate = where(is_review, agreed, now.state["step"])
        paid = self.paid(now)
        amount = paid * rate

        def why() -> Iterator[Because]:
            title = now.deal.facts[self.fact].title
            numbers = {"title": title, "value": value, "rate": rate, "paid": paid, "step": amount}
            waits = periods <= self.review_periods
            never = Because("{title}: {value:number}, within its range.", numbers, periods == 0)
            yield never
            yield Because("{title}: {value:number}, which opens the price.", numbers, opens)
            yield Because("The review is still to come.", only=(periods > 0) & waits)
            yield Because("The review takes effect.", only=is_review)
            told = "A step of {rate:percent} on {paid:pounds}: {step:pounds}."
            yield Because(told, numbers, ~waits)

        state = {"periods": periods, "step": rate}
        return Step((Flow(self.payer, self.payee, amount, why),), state)

    def _leaves_its_range(self, now: Now) -> Mask:
        value = now.facts[self.fact]
        leaves: Mask = value != value
        if self.above is not None:
            leaves = leaves | passes(value, now.one(self.above))
        if self.below is not None:
            leaves = leaves | ~reaches(value, now.one(self.below))
        return leaves

    def in_words(self, deal: "Deal") -> str:
        limits = []
        if self.above is not None:
            limits.append(f"above {self.above:,}")
        if self.below is not None:
            limits.append(f"below {self.below:,}")
        if self.step_rate is not None:
            step = f"a step of {percentage(self.step_rate)}"
        else:
            step = f"the step agreed ({deal.facts[cast(str, self.agreed)].in_sentence})"
        later = ", at once"
        if self.review_periods:
            later = f", from {number_of(self.review_periods, 'period')} later on"
        return (
            f"A re-opener on {self.trigger}: once {deal.facts[self.fact].in_sentence} is "
            f"{' or '.join(limits)}, what is paid by {self.names(deal)} takes {step}{later}."
        )
