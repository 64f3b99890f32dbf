"""An attachment fee and a results payment, whose split depends on the year of start."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Numbers
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because, price
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class Intake:
    name: str = fields.text("Who started: a year, a wave")
    started: str = fields.fact("How many started this period")
    succeeded: str = fields.fact("How many of them reached the result this period")
    attachment_gbp: Decimal = fields.gbp("Attachment fee for each")
    results_gbp: Decimal = fields.gbp("Results payment for each")

    @property
    def share_at_risk(self) -> Decimal:
        whole = self.attachment_gbp + self.results_gbp
        return self.results_gbp / whole if whole else Decimal(0)


@term_kind(
    "attachment_and_results",
    title="Attachment fee and results payment",
    source="Troubled Families programme, 2012: financial framework of payment by results",
)
@frozen
class AttachmentAndResults(Term):
    """pays = sum over intakes of (started x attachment + succeeded x results) x funded / of_every.

    funded of_every: 5 of every 6 families were funded; the others were held to be helped otherwise.
    """

    pays_partly_for_results = True

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    intakes: tuple[Intake, ...] = fields.rows("Intakes", Intake)
    funded: int = fields.whole("So many are funded ...", 1)
    of_every: int = fields.whole("... of every so many", 1)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if not 0 < self.funded <= self.of_every:
            said = f"{self.funded} of every {self.of_every} cannot be funded."
            yield "funded", said, "Fund at least one, and at most all."

    def could_earn(self, facts: Mapping[str, Array], numbers: Numbers) -> tuple[Array, Array]:
        """Return what those who start could earn if all succeed, and their results payments."""
        fees, results = numbers.zero, numbers.zero
        for one in self.intakes:
            fees = fees + facts[one.started] * numbers.one(one.attachment_gbp)
            results = results + facts[one.started] * numbers.one(one.results_gbp)
        funded, of_every = numbers.one(self.funded), numbers.one(self.of_every)
        return (fees + results) * funded / of_every, results * funded / of_every

    def step(self, now: Now) -> Step:
        due = now.numbers.zero
        for one in self.intakes:
            due = due + now.facts[one.started] * now.one(one.attachment_gbp)
            due = due + now.facts[one.succeeded] * now.one(one.results_gbp)
        amount = due * now.one(self.funded) / now.one(self.of_every)

        def why() -> Iterator[Because]:
            for one in self.intakes:
                started, succeeded = now.facts[one.started], now.facts[one.succeeded]
                fee = {"who": one.name, "n": started, "each": one.attachment_gbp}
                yield Because("{who}: {n:number} started at {each:price} each.", fee, started != 0)
                result = {"who": one.name, "n": succeeded, "each": one.results_gbp}
                told = "{who}: {n:number} results at {each:price} each."
                yield Because(told, result, succeeded != 0)
            if self.funded != self.of_every:
                yield Because(f"{self.funded} of every {self.of_every} are funded.")
            yield Because("Nobody started and no result was reached.", only=due == 0)

        return Step((Flow(self.payer, self.payee, amount, why),))

    def in_words(self, deal: "Deal") -> str:
        terms = "; ".join(
            f"{one.name}: {price(one.attachment_gbp)} when it starts and "
            f"{price(one.results_gbp)} for its result ({percentage(one.share_at_risk)} at risk)"
            for one in self.intakes
        )
        funded = ""
        if self.funded != self.of_every:
            funded = f" {self.funded} of every {self.of_every} are funded."
        return (
            f"{deal.party_name(self.payer)} pays {deal.party_name(self.payee)} for each one that "
            f"starts and for each result, by intake: {terms}.{funded}"
        )
