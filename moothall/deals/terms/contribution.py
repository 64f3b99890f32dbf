"""Contributions to a fund: what each partner puts in a period, held by a host or kept by itself."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

HELD = ("by the host", "by each partner")


@term_kind(
    "contribution",
    title="Contributions to a fund",
    source="National Health Service Act 2006, section 75: partnership agreements and pooled funds",
)
@frozen
class Contribution(Term):
    """pays = contribution x index, from each partner to the host, of which the fund consists.

    Held by each partner the budgets are aligned, not pooled: nothing is paid over, and the fund's
    rules on over- and underspend hold all the same.
    """

    host: str = fields.party("Who hosts the fund")
    contributions: dict[str, Decimal] = fields.amounts_by_party("Contributions, a period (GBP)")
    index: str | None = fields.fact("Index that moves them (1 = no change)", None)
    held: str = fields.choice("Who holds the money", HELD, HELD[0])

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if self.host not in self.contributions:
            said = f"{deal.party_name(self.host)} hosts the fund and contributes nothing to it."
            yield "contributions", said, "Give its contribution, or 0."
        if not sum(self.contributions.values()):
            yield "contributions", "Nobody contributes anything.", "Give what each puts in."

    def due(self, now: Now) -> dict[str, Array]:
        """Return partner -> GBP that it contributes this period, the host included."""
        if not self.is_in_force(now.period):
            return dict.fromkeys(self.contributions, now.numbers.zero)
        due = {partner: now.numbers.full(gbp) for partner, gbp in self.contributions.items()}
        if self.index is not None:
            due = {partner: gbp * now.facts[self.index] for partner, gbp in due.items()}
        if self.when is not None:
            applies = self.when.holds(now)
            due = {partner: where(applies, gbp, now.one(0)) for partner, gbp in due.items()}
        return due

    def step(self, now: Now) -> Step:
        due = self.due(now)
        return Step(
            tuple(
                self._flow(now, partner, amount)
                for partner, amount in due.items()
                if partner != self.host
            )
        )

    def _flow(self, now: Now, partner: str, due: Array) -> Flow:
        told = "A contribution of {due:pounds}"
        if self.index is not None:
            told += ": {agreed:pounds} moved by {index:number}"
        if self.held != HELD[0]:
            told += ", kept by the partner itself: the budgets are aligned, not pooled"
        index = None if self.index is None else now.facts[self.index]
        numbers = {"due": due, "agreed": self.contributions[partner], "index": index}
        why = Because(f"{told}.", numbers)
        amount = due if self.held == HELD[0] else now.numbers.zero
        return Flow(partner, self.host, amount, lambda: (why,))

    def in_words(self, deal: "Deal") -> str:
        partners = ", ".join(
            f"{deal.party_name(key)} {pounds_in_words(gbp)}"
            for key, gbp in self.contributions.items()
        )
        moved = ""
        if self.index is not None:
            moved = f", moved by {deal.facts[self.index].in_sentence}"
        if self.held != HELD[0]:
            return f"Each period the partners set aside, and keep: {partners}{moved}."
        host = deal.party_name(self.host)
        return f"Each period the partners put into a fund that {host} hosts: {partners}{moved}."
