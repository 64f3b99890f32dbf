"""A break option: a party may end the deal early, and pays for it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.deals.numbers import Numbers, positive, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import number_of, plain_date, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind("break_option", title="Break option", source="Contract practice: a break clause")
@frozen
class BreakOption(Term):
    """In its last period a deal broken early pays P - n x F, n periods in, plus the costs of it.

    Notice is given in a period in which the fact is at least 1; the deal ends with that period, or
    so many periods after it. Later periods are not in force.
    """

    standing = ("periods_left",)
    may_end_deal = True

    payer: str = fields.party("Who may end the deal, and pays for it")
    payee: str = fields.party("Who is paid")
    exercised: str = fields.fact("Notice is given (1 = yes)")
    opens_on: date | None = fields.day("Notice may be given from", None)
    closes_before: date | None = fields.day("Notice may be given until (not including)", None)
    notice_periods: int = fields.whole("Periods that still run after notice", 0)
    payment_gbp: Decimal = fields.gbp("Payment for ending it", Decimal(0))
    falls_gbp: Decimal = fields.gbp("The payment falls each period by", Decimal(0))
    costs: str | None = fields.fact("Costs of ending it, paid back (GBP)", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if not any(self._is_open(index, deal) for index in range(len(deal.periods))):
            yield (
                "opens_on",
                "No period of the deal starts while notice may be given.",
                "Open it earlier, or close it later.",
            )

    def opening(self, numbers: Numbers) -> State:
        return {"periods_left": numbers.zero}

    def step(self, now: Now) -> Step:
        left = now.state["periods_left"]
        opens = self._is_open(now.index, now.deal)
        is_given = (left == 0) & (now.facts[self.exercised] >= now.one(1)) & opens
        left = where(is_given, now.one(self.notice_periods + 1), left)
        ends = (left == 1) & ~now.is_last
        payment = max(self.payment_gbp - now.index * self.falls_gbp, Decimal(0))
        due = now.numbers.full(payment)
        if self.costs is not None:
            due = due + now.facts[self.costs]
        after = positive(left - 1)

        def why() -> Iterator[Because]:
            yield Because("No notice is given.", only=left == 0)
            yield Because("Notice is given.", only=is_given)
            runs = Because("Periods that the deal still runs: {after:number}.", {"after": after})
            yield evolve(runs, only=after > 0)
            yield Because(
                "The deal ends with this period: {due:pounds} is due.", {"due": due}, ends
            )
            anyway = (left == 1) & ~ends
            yield Because("The deal ends with this period anyway: nothing is due.", only=anyway)

        flow = Flow(self.payer, self.payee, where(ends, due, now.one(0)), why)
        return Step((flow,), {"periods_left": after}, ends)

    def _is_open(self, index: int, deal: "Deal") -> bool:
        day = deal.periods[index].starts_on
        return (self.opens_on is None or day >= self.opens_on) and (
            self.closes_before is None or day < self.closes_before
        )

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        opens = f" from {plain_date(self.opens_on)}" if self.opens_on else ""
        closes = f" until {plain_date(self.closes_before)}" if self.closes_before else ""
        ends = "with the period in which it gives notice"
        if self.notice_periods:
            ends = f"{number_of(self.notice_periods, 'period')} after the one of its notice"
        pays = f"It then pays {payee} {pounds_in_words(self.payment_gbp)}"
        if not self.payment_gbp:
            pays = f"It then pays {payee} nothing"
        if self.falls_gbp:
            pays += f", less {pounds_in_words(self.falls_gbp)} for each period gone by"
        if self.costs is not None:
            pays += f", and {deal.facts[self.costs].in_sentence}"
        return (
            f"{payer} may end the deal{opens}{closes}: it ends {ends}. {pays}. "
            "Later periods are not in force."
        )
