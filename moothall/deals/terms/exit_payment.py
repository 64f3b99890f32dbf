"""An exit payment: what a partner that leaves pays for what it leaves behind."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.deal import years_between
from moothall.deals.numbers import Numbers, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, listed, years
from moothall.values.wording import number_of, percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "exit_payment",
    title="Exit payment",
    source="Shared services practice: the cost of leaving, by an exit key agreed on entry",
)
@frozen
class ExitPayment(Term):
    """pays = exit key x (set-up not written off + fixed cost left behind + costs of leaving), once.

    Set-up not written off = set-up x months left / months of its life, from the deal's first day.
    Fixed cost left behind = cost a year x part that stays x years until it is re-based.
    """

    standing = ("has_left",)

    payer: str = fields.party("Who may leave, and pays")
    payee: str = fields.party("Who stays")
    leaves: str = fields.fact("It leaves with this period (1 = yes)")
    share: Decimal = fields.share("Exit key: its share of the costs")
    set_up_gbp: Decimal = fields.gbp("Set-up, written off in equal parts", Decimal(0))
    set_up_months: int = fields.whole("Months over which it is written off", 0)
    stranded: str | None = fields.fact("Fixed cost that it leaves behind, a year (GBP)", None)
    stranded_share: Decimal = fields.share("Part of it that stays", Decimal(1))
    stranded_years: Decimal = fields.count("Years until it is re-based", Decimal(1))
    costs: tuple[str, ...] = fields.facts("Costs of leaving: redundancy, data, novation (GBP)", ())
    at_fault: str | None = fields.fact("It leaves through its own fault (1 = yes)", None)
    share_at_fault: Decimal | None = fields.share("Exit key where it is at fault", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if bool(self.set_up_gbp) != bool(self.set_up_months):
            said = "A set-up is written off over months, and one of the two is missing."
            yield "set_up_months", said, "Give both, or neither."
        if not (self.set_up_gbp or self.stranded or self.costs):
            said = f"{deal.party_name(self.payer)} leaves nothing behind."
            yield "costs", said, "Give its set-up, its fixed cost or costs of leaving."
        if (self.at_fault is None) != (self.share_at_fault is None):
            said = "An exit key for fault needs the fact that says whose fault it is, and a share."
            yield "share_at_fault", said, "Give both, or neither."

    def opening(self, numbers: Numbers) -> State:
        return {"has_left": numbers.zero}

    def step(self, now: Now) -> Step:
        one = now.one(1)
        leaves = (now.state["has_left"] == 0) & (now.facts[self.leaves] >= one)
        set_up = now.numbers.full(self._not_written_off(now))
        stranded = now.numbers.zero
        if self.stranded is not None:
            stays = now.one(self.stranded_share * self.stranded_years)
            stranded = now.facts[self.stranded] * stays
        costs = sum((now.facts[key] for key in self.costs), now.numbers.zero)
        share = now.numbers.full(self.share)
        if self.at_fault is not None and self.share_at_fault is not None:
            share = where(now.facts[self.at_fault] >= one, now.one(self.share_at_fault), share)
        amount = (set_up + stranded + costs) * share

        def why() -> Iterator[Because]:
            name = now.deal.party_name(self.payer)
            numbers = {"name": name, "set_up": set_up, "stranded": stranded, "costs": costs}
            numbers |= {"share": share, "amount": amount}
            yield Because("{name} does not leave.", numbers, now.facts[self.leaves] < one)
            yield Because("{name} has left before.", numbers, ~leaves & (now.state["has_left"] > 0))
            if self.set_up_gbp:
                yield Because("Set-up not written off: {set_up:pounds}.", numbers, leaves)
            if self.stranded is not None:
                yield Because("Fixed cost left behind: {stranded:pounds}.", numbers, leaves)
            if self.costs:
                yield Because("Costs of leaving: {costs:pounds}.", numbers, leaves)
            told = "{name} bears {share:percent} of them: {amount:pounds}."
            yield Because(told, numbers, leaves)

        state = {"has_left": where(leaves, one, now.state["has_left"])}
        return Step((Flow(self.payer, self.payee, where(leaves, amount, now.one(0)), why),), state)

    def _not_written_off(self, now: Now) -> Decimal:
        if not self.set_up_months:
            return Decimal(0)
        months = years_between(now.deal.periods[0].starts_on, now.period.ends_before) * 12
        return max(self.set_up_months - months, Decimal(0)) * self.set_up_gbp / self.set_up_months

    def in_words(self, deal: "Deal") -> str:
        parts = []
        if self.set_up_gbp:
            parts.append(
                f"what is not written off of a set-up of {pounds_in_words(self.set_up_gbp)} over "
                f"{number_of(self.set_up_months, 'month')}"
            )
        if self.stranded is not None:
            parts.append(
                f"{percentage(self.stranded_share)} of {deal.facts[self.stranded].in_sentence} "
                f"for {years(self.stranded_years)}"
            )
        parts += [deal.facts[key].in_sentence for key in self.costs]
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        key = percentage(self.share)
        if self.share_at_fault is not None:
            key += f" ({percentage(self.share_at_fault)} where it is at fault)"
        return f"When {payer} leaves, it pays {payee} {key} of {listed(parts)}."
