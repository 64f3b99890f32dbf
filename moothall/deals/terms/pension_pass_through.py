"""A pension pass-through: who bears it when an employer's contribution rate moves?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.deals.numbers import positive, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "pension_pass_through",
    title="Pension pass-through",
    source="Admission agreements to local government pension funds, practice [from memory]",
)
@frozen
class PensionPassThrough(Term):
    """pays = share x pay x (rate - agreed rate, beyond the collar) + exit share x exit deficit.

    A rate below the agreed one, or an exit surplus, is paid back.
    """

    payer: str = fields.party("Who bears the movement of the rate")
    payee: str = fields.party("The employer")
    pay: str = fields.fact("Pensionable pay (GBP)")
    rate: str = fields.fact("Contribution rate (0.2 = 20%)")
    agreed_rate: Decimal = fields.share("Agreed rate")
    collar: Decimal = fields.share("Movement that the employer bears itself", Decimal(0))
    share: Decimal = fields.share("Share of the rest that is passed through", Decimal(1))
    exit_deficit: str | None = fields.fact("Deficit when it leaves the fund (GBP)", None)
    exit_share: Decimal = fields.share("Share of that deficit that is passed through", Decimal(1))

    def step(self, now: Now) -> Step:
        pay, rate = now.facts[self.pay], now.facts[self.rate]
        agreed, collar = now.one(self.agreed_rate), now.one(self.collar)
        moved = rate - agreed
        beyond = positive(moved - collar) - positive(-moved - collar)
        amount = pay * beyond * now.one(self.share)
        deficit = now.numbers.zero
        if self.exit_deficit is not None:
            deficit = now.facts[self.exit_deficit]
        passed = deficit * now.one(self.exit_share)

        def why() -> Iterator[Because]:
            numbers = {
                "pay": pay,
                "rate": rate,
                "agreed": self.agreed_rate,
                "beyond": where(beyond < 0, -beyond, beyond),
                "share": self.share,
                "deficit": deficit,
                "passed": passed,
            }
            told = "Contributions of {rate:percent}, {agreed:percent} agreed"
            none = Because(f"{told}: nothing is passed through.", numbers, beyond == 0)
            yield none
            of_pay = "{beyond:percent} of pay of {pay:pounds}, of which {share:percent}"
            up, down = f"{told}: {of_pay} is passed through.", f"{told}: {of_pay} is paid back."
            yield evolve(none, template=up, only=beyond > 0)
            yield evolve(none, template=down, only=beyond < 0)
            left = "On leaving, {passed:pounds} of a deficit of {deficit:pounds}."
            yield evolve(none, template=left, only=deficit != 0)

        return Step((Flow(self.payer, self.payee, amount + passed, why),))

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        beyond = f"{percentage(self.agreed_rate)} of {deal.facts[self.pay].in_sentence}"
        if self.collar:
            beyond += f", by more than {percentage(self.collar)} of pay either way"
        said = (
            f"When contributions differ from {beyond}, {payer} pays {payee} "
            f"{percentage(self.share)} of the rest, and is paid back when they are lower."
        )
        if self.exit_deficit is not None:
            deficit = deal.facts[self.exit_deficit].in_sentence
            said += f" It also bears {percentage(self.exit_share)} of {deficit}."
        return said
