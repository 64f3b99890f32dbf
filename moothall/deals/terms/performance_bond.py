"""A performance bond: a bondsman pays what is called, while any of the bond is left."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import minimum, positive
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import plain_date, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "performance_bond",
    title="Performance bond",
    source="Contract practice: a bond called on failure",
)
@frozen
class PerformanceBond(Term):
    """pays = min(called, bond - paid so far); the bond may fall on a day, as on completion."""

    payer: str = fields.party("Who gives the bond")
    payee: str = fields.party("Who may call it")
    called: str = fields.fact("What is called (GBP)")
    bond_gbp: Decimal = fields.gbp("The bond")
    falls_on: date | None = fields.day("It falls on", None)
    falls_to_gbp: Decimal | None = fields.gbp("It falls to", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if (self.falls_on is None) != (self.falls_to_gbp is None):
            said = "A bond that falls does so on a day, to an amount."
            yield "falls_on", said, "Give both, or neither."
        elif self.falls_to_gbp is not None and self.falls_to_gbp > self.bond_gbp:
            said = (
                f"The bond would fall from {pounds_in_words(self.bond_gbp)} to "
                f"{pounds_in_words(self.falls_to_gbp)}, which is more."
            )
            yield "falls_to_gbp", said, "Enter less."

    def step(self, now: Now) -> Step:
        called = positive(now.facts[self.called])
        bond = self._on(now.period.starts_on)
        left = positive(now.one(bond) - now.so_far[self.key])

        def why() -> Iterator[Because]:
            numbers = {"called": called, "bond": bond, "left": left}
            yield Because("Nothing is called.", only=called <= 0)
            yield Because("{called:pounds} is called.", numbers, called > 0)
            yield Because(
                "Only {left:pounds} of the bond of {bond:pounds} is left.", numbers, called > left
            )

        return Step((Flow(self.payer, self.payee, minimum(called, left), why),))

    def _on(self, day: date) -> Decimal:
        has_fallen = self.falls_on is not None and day >= self.falls_on
        return self.falls_to_gbp if has_fallen and self.falls_to_gbp is not None else self.bond_gbp

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        falls = ""
        if self.falls_to_gbp is not None:
            falls = f"; from {plain_date(self.falls_on)}, {pounds_in_words(self.falls_to_gbp)}"
        return (
            f"{payer} pays {payee} {deal.facts[self.called].in_sentence}, up to a bond of "
            f"{pounds_in_words(self.bond_gbp)} in all{falls}."
        )
