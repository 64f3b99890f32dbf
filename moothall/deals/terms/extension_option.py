"""An extension option: the deal ends early unless a party extends it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import plain_date, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "extension_option", title="Extension option", source="Contract practice: an option to extend"
)
@frozen
class ExtensionOption(Term):
    """In the last period before a day: extended where the fact is at least 1, else ended.

    The periods of the deal run to the end of the extension.
    """

    may_end_deal = True

    payer: str = fields.party("Who may extend the deal")
    payee: str = fields.party("Who is paid when it does")
    exercised: str = fields.fact("The deal is extended (1 = yes)")
    unless_ends_before: date = fields.day("Unless extended, the deal ends before")
    payment_gbp: Decimal = fields.gbp("Payment for extending it", Decimal(0))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        days = [period.ends_before for period in deal.periods[:-1]]
        if self.unless_ends_before not in days:
            some = ", ".join(map(plain_date, days[-3:])) or "none: it has one period"
            yield (
                "unless_ends_before",
                f"No period but the last ends before {plain_date(self.unless_ends_before)}.",
                f"Use a day on which the deal's periods meet, such as {some}.",
            )

    def step(self, now: Now) -> Step:
        if now.period.ends_before != self.unless_ends_before:
            return Step(())
        extends = now.facts[self.exercised] >= now.one(1)
        due = now.one(self.payment_gbp)

        def why() -> Iterator[Because]:
            yield Because("The deal is extended: {due:pounds} is due.", {"due": due}, extends)
            yield Because("The deal is not extended, and ends with this period.", only=~extends)

        flow = Flow(self.payer, self.payee, where(extends, due, now.one(0)), why)
        return Step((flow,), ends=~extends)

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        pays = f"It then pays {payee} {pounds_in_words(self.payment_gbp)}. "
        return (
            f"The deal ends before {plain_date(self.unless_ends_before)}, unless {payer} extends "
            f"it to {plain_date(deal.periods[-1].ends_before)}. {pays if self.payment_gbp else ''}"
            "Once ended, later periods are not in force."
        )
