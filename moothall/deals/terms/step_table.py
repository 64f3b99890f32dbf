"""A step table: the payment for the highest step that a measure reaches."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import reaches, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because, quantity
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class TableStep:
    at_least: Decimal = fields.number("From this measure on")
    pays_gbp: Decimal = fields.gbp("Payment")


@term_kind(
    "step_table",
    title="Step table",
    source="New York City, Rikers Island loan of 2012: payments by reduction in days in jail",
)
@frozen
class StepTable(Term):
    """pays = the payment of the highest step whose threshold the measure reaches, or nothing."""

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    measure: str = fields.fact("Measure", meets_threshold=True)
    steps: tuple[TableStep, ...] = fields.rows("Steps", TableStep)
    at_end: bool = fields.yes_or_no("Paid once, when the deal ends", True)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        thresholds = [one.at_least for one in self.steps]
        if thresholds != sorted(set(thresholds)):
            said = f"The steps begin at {', '.join(map(str, thresholds))}."
            yield "steps", said, "Put them in rising order, each threshold once."

    def step(self, now: Now) -> Step:
        measure = now.facts[self.measure]
        due = now.numbers.zero
        for one in self.steps:
            due = where(reaches(measure, now.one(one.at_least)), now.one(one.pays_gbp), due)
        amount = where(now.is_last, due, now.one(0)) if self.at_end else due

        def why() -> Iterator[Because]:
            reached = {"what": now.deal.facts[self.measure].title, "measure": measure, "due": due}
            yield Because("{what}: {measure:number}, for which {due:pounds} is due.", reached)
            if self.at_end:
                yield Because("It is paid when the deal ends.", only=(due > 0) & ~now.is_last)

        return Step((Flow(self.payer, self.payee, amount, why),))

    def in_words(self, deal: "Deal") -> str:
        steps = "; ".join(
            f"{pounds_in_words(one.pays_gbp)} from {quantity(one.at_least)}" for one in self.steps
        )
        once = "When the deal ends" if self.at_end else "Each period"
        return (
            f"{once} {deal.party_name(self.payer)} pays {deal.party_name(self.payee)} by "
            f"{deal.facts[self.measure].in_sentence}: {steps}."
        )
