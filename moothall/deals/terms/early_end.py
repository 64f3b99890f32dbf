"""A settlement on early end: what was done is paid for, what was paid for later is paid back."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import frozen

from moothall.deals.numbers import Array, clip, where
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import Flow, Now, Step, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "early_end",
    title="Settlement on early end",
    source="Apportionment Act 1870, s.2: periodical payments accrue from day to day",
)
@frozen
class EarlyEnd(OverTerms):
    """pays = price of the whole deal x part done - what the terms have paid, when it ends early.

    Part done = days gone by / days of the deal, or a fact. Below zero it is paid back.
    """

    price_gbp: Decimal = fields.gbp("Price of the whole deal under these terms")
    done: str | None = fields.fact("Part of the work done, from 0 to 1; else by days", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        yield from super().findings(deal)
        if not any(term.may_end_deal for term in deal.terms):
            said = "No term may end this deal before its last day."
            yield "over", said, "Add a break or an extension option, or leave this term out."

    def step(self, now: Now) -> Step:
        ends = now.ending & (now.index + 1 < len(now.deal.periods))
        done, whole = self._done(now)
        due = now.one(self.price_gbp) * done / whole
        paid = self.so_far(now)

        def why() -> Iterator[Because]:
            numbers = {"part": done / whole, "due": due, "paid": paid, "price": self.price_gbp}
            yield Because("The deal does not end early with this period.", only=~ends)
            told = "The deal ends early: {part:percent} of {price:pounds} is {due:pounds}, of which"
            yield Because(told + " {paid:pounds} is paid already.", numbers, ends & (paid <= due))
            over = told.removesuffix(", of which") + ", and {paid:pounds} is paid already."
            yield Because(over, numbers, ends & (paid > due))

        return Step((Flow(self.payer, self.payee, where(ends, due - paid, now.one(0)), why),))

    def _done(self, now: Now) -> tuple[Array, Any]:
        """Return what is done, and the whole that it is a part of."""
        if self.done is not None:
            return clip(now.facts[self.done], now.one(0), now.one(1)), now.one(1)
        whole = now.deal.period
        gone = (now.period.ends_before - whole.starts_on).days
        return now.numbers.full(gone), now.one(whole.days)

    def in_words(self, deal: "Deal") -> str:
        by = "days gone by"
        if self.done is not None:
            by = deal.facts[self.done].in_sentence
        return (
            f"When the deal ends early, {pounds_in_words(self.price_gbp)} for the whole of it is "
            f"due in proportion to {by}: what {self.names(deal)} left unpaid of that is paid, and "
            "what is paid beyond it is paid back."
        )
