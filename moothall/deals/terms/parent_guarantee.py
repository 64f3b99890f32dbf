"""A parent guarantee: a parent pays what its subsidiary owes and leaves unpaid."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.deals.numbers import minimum, positive
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "parent_guarantee",
    title="Parent guarantee",
    source="Contract practice: a parent company guarantee",
)
@frozen
class ParentGuarantee(Term):
    """pays = min(owed - made good by other terms, limit share x charges so far - paid so far)."""

    payer: str = fields.party("The parent")
    payee: str = fields.party("To whom the subsidiary owes")
    subsidiary: str = fields.party("The subsidiary")
    owed: str = fields.fact("What it owes and leaves unpaid (GBP)")
    made_good_by: tuple[str, ...] = fields.earlier_terms("Terms that pay first, as a bond", ())
    charges: tuple[str, ...] = fields.earlier_terms("Charges that the limit is a share of", ())
    limit_share: Decimal = fields.count("Limit, as a share of the charges paid so far", Decimal(1))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        subsidiary = deal.parties[self.subsidiary]
        if self.payer == self.subsidiary:
            yield "payer", f"{subsidiary.name} would guarantee itself.", "Name its parent."
        if subsidiary.guarantee_gbp:
            said = (
                f"{subsidiary.name} is also said to have a guarantee of "
                f"£{subsidiary.guarantee_gbp:,} when it fails: that would count twice."
            )
            yield "subsidiary", said, "Take guarantee_gbp out of the party, or take this term out."

    def step(self, now: Now) -> Step:
        owed = positive(now.facts[self.owed])
        made_good = sum((now.paid[key] for key in self.made_good_by), now.numbers.zero)
        left_unpaid = positive(owed - made_good)
        charges = sum((now.so_far[key] for key in self.charges), now.numbers.zero)
        limit = charges * now.one(self.limit_share)
        left = positive(limit - now.so_far[self.key])
        amount = minimum(left_unpaid, left) if self.charges else left_unpaid

        def why() -> Iterator[Because]:
            numbers = {"owed": owed, "made_good": made_good, "limit": limit, "left": left}
            nothing = Because("Nothing is left unpaid.", numbers, only=owed <= 0)
            yield nothing
            yield evolve(nothing, template="{owed:pounds} is left unpaid.", only=owed > 0)
            told = "Other terms make good {made_good:pounds}."
            yield evolve(nothing, template=told, only=(owed > 0) & (made_good > 0))
            if self.charges:
                told = "Only {left:pounds} of the limit of {limit:pounds} is left."
                yield evolve(nothing, template=told, only=left_unpaid > left)

        return Step((Flow(self.payer, self.payee, amount, why),))

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        said = (
            f"{payer} pays {payee} what {deal.party_name(self.subsidiary)} owes and leaves "
            f"unpaid: {deal.facts[self.owed].in_sentence}"
        )
        if self.made_good_by:
            said += f", less what is paid by {_names(deal, self.made_good_by)}"
        if self.charges:
            limit = f"{percentage(self.limit_share)} of the charges paid so far"
            said += f". Its limit is {limit} under {_names(deal, self.charges)}"
        return f"{said}."


def _names(deal: "Deal", terms: tuple[str, ...]) -> str:
    return " and ".join(deal.term(key).name.lower() for key in terms)
