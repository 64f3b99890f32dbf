"""What do terms have in common that correct what other terms have paid, by a line of their own?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array
from moothall.deals.terms import fields
from moothall.deals.terms.term import Now, Term
from moothall.deals.wording import in_sentence, listed

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class OverTerms(Term):
    """Stands over terms between the same two parties; those are never changed themselves."""

    payer: str = fields.party("Who pays the terms")
    payee: str = fields.party("Who is paid by them")
    over: tuple[str, ...] = fields.earlier_terms("Terms that it stands over")

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        for key in self.over:
            term = deal.term(key)
            ends = getattr(term, "payer", None), getattr(term, "payee", None)
            if ends != (self.payer, self.payee):
                said = f"{term.name} is not paid by {payer} to {payee}."
                yield "over", said, "Name only terms between these two parties."
        if len(set(self.over)) < len(self.over):
            yield "over", "A term is named twice, and would count twice.", "Name each once."

    def paid(self, now: Now) -> Array:
        """Return what its terms pay this period (GBP)."""
        return sum((now.paid[key] for key in self.over), now.numbers.zero)

    def so_far(self, now: Now) -> Array:
        """Return what its terms have paid, this period included (GBP)."""
        return sum((now.so_far[key] for key in self.over), now.numbers.zero)

    def names(self, deal: "Deal") -> str:
        """Return the names of its terms inside a sentence: 'fixed fee and unit price'."""
        return listed(in_sentence(deal.term(key).name) for key in self.over)
