"""An investor draw-down: investors lend what a borrower is short of, up to their commitments."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Numbers, minimum, positive, split
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "investor_draw_down",
    title="Investor draw-down",
    source="Social impact bond practice: money is drawn when cash falls short",
)
@frozen
class InvestorDrawDown(Term):
    """draw = max(0, costs - receipts - cash held before), within what is left of the commitments.

    Cash held = all receipts and draws so far, less all costs and all that the waterfall has paid.
    Each investor lends its part by commitment.
    """

    borrower: str = fields.party("Who borrows, holds the cash and bears the costs")
    commitments: dict[str, Decimal] = fields.amounts_by_party("What each investor commits (GBP)")
    receipts: tuple[str, ...] = fields.earlier_terms("Terms that pay the borrower")
    costs: tuple[str, ...] = fields.facts("Costs that the borrower bears (GBP)", ())
    cost_terms: tuple[str, ...] = fields.earlier_terms("Terms that the borrower pays", ())
    repaid_by: str = fields.any_term("The waterfall that repays it")

    @property
    def commitment_gbp(self) -> Decimal:
        return sum(self.commitments.values(), Decimal(0))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        name = deal.party_name(self.borrower)
        if not self.commitment_gbp:
            yield "commitments", "No investor commits anything.", "Enter what each of them commits."
        if self.borrower in self.commitments:
            yield "commitments", f"{name} would lend to itself.", "Name other parties."
        if getattr(deal.term(self.repaid_by), "draws", None) != self.key:
            said = f"{deal.term(self.repaid_by).name} repays no draws of this term."
            yield "repaid_by", said, f'Name a waterfall whose draws are "{self.key}".'
        sides = (("receipts", "payee", "pay"), ("cost_terms", "payer", "are paid by"))
        for field, side, does in sides:
            for key in getattr(self, field):
                term = deal.term(key)
                if getattr(term, side, self.borrower) != self.borrower:
                    said = f"{term.name} stands among what should {does} {name}, and does not."
                    yield field, said, "Take it out, or name another borrower."
        for key in self.costs:
            fact = deal.facts[key]
            if fact.borne_by != self.borrower:
                said = f"{fact.title} is drawn for, but {name} does not bear it."
                yield "costs", said, f'Add borne_by = "{self.borrower}" to that fact.'

    def opening(self, numbers: Numbers) -> State:
        return {"net": numbers.zero}

    def cash(self, now: Now) -> Array:
        """Return what the borrower holds, as far as this period has been worked out."""
        drawn, repaid = now.so_far[self.key], now.so_far[self.repaid_by]
        held: Array = now.states[self.key]["net"] + drawn - repaid
        return held

    def step(self, now: Now) -> Step:
        before = self.cash(now)
        received = sum((now.paid[key] for key in self.receipts), now.numbers.zero)
        spent = sum((now.paid[key] for key in self.cost_terms), now.numbers.zero)
        spent = sum((now.facts[key] for key in self.costs), spent)
        short = positive(spent - received - before)
        left = positive(now.one(self.commitment_gbp) - now.so_far[self.key])
        drawn = minimum(short, left)
        weights = [now.numbers.full(gbp) for gbp in self.commitments.values()]

        def why() -> Iterator[Because]:
            numbers = {"before": before, "received": received, "spent": spent}
            told = "{before:pounds} held, {received:pounds} received, {spent:pounds} spent"
            numbers |= {"short": short, "left": left, "unmet": short - drawn}
            yield Because(f"{told}: nothing is drawn.", numbers, short <= 0)
            yield Because(f"{told}: {{short:pounds}} is short.", numbers, short > 0)
            capped = "Only {left:pounds} of the commitments is left; {unmet:pounds} is not met."
            yield Because(capped, numbers, short > left)

        flows = tuple(
            Flow(investor, self.borrower, part, why)
            for investor, part in zip(self.commitments, split(drawn, weights), strict=True)
        )
        return Step(flows, {"net": now.state["net"] + received - spent})

    def in_words(self, deal: "Deal") -> str:
        lent = ", ".join(
            f"{deal.party_name(key)} {pounds_in_words(gbp)}"
            for key, gbp in self.commitments.items()
        )
        return (
            f"Whenever {deal.party_name(self.borrower)} is short of cash, its investors lend what "
            f"is missing, each its part of what they commit: {lent}."
        )
