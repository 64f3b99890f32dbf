"""An investor waterfall: what a borrower holds goes to one purpose after another."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from attrs import frozen

from moothall.deals.deal import years_between
from moothall.deals.numbers import Array, Numbers, minimum, positive, split, where
from moothall.deals.terms import fields
from moothall.deals.terms.investor_draw_down import InvestorDrawDown
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@term_kind(
    "investor_waterfall",
    title="Investor waterfall",
    source="Social impact bond practice: fees, reserve, principal, preferred return, surplus",
)
@frozen
class InvestorWaterfall(Term):
    """Cash pays, in this order: senior fee, reserve, principal, preferred return, surplus.

    The return accrues on principal and on return left unpaid at the last anniversary of the deal:
    simply within a year, compounding yearly. Flows count from the first day of their period. Fees
    and return left unpaid are carried on. The reserve is kept back until the deal ends.
    """

    draws: str = fields.earlier_term("The draw-down that it repays")
    preferred_return: Decimal = fields.rate("Preferred return, per year", Decimal(0))
    surplus: dict[str, Decimal] = fields.shares_by_party("Who shares the surplus")
    senior_fee_gbp: Decimal = fields.gbp("Senior fee each period", Decimal(0))
    senior_fee_to: str | None = fields.party("Who is paid the senior fee", None)
    reserve_gbp: Decimal = fields.gbp("Reserve kept for costs", Decimal(0))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        drawn = deal.term(self.draws)
        if not isinstance(drawn, InvestorDrawDown):
            yield "draws", f"{drawn.name} is no draw-down.", "Name an investor_draw_down."
            return
        if drawn.borrower in {*self.surplus, self.senior_fee_to}:
            said = f"{deal.party_name(drawn.borrower)} would pay itself."
            yield "surplus", said, "Name other parties for the fee and the surplus."
        if self.senior_fee_gbp and self.senior_fee_to is None:
            yield "senior_fee_to", "Nobody is paid the senior fee.", "Say who is."

    def part_of(self, deal: "Deal", investor: str) -> Decimal:
        """Return the share of principal and return that goes to one investor."""
        draw_down = cast(InvestorDrawDown, deal.term(self.draws))
        return draw_down.commitments.get(investor, Decimal(0)) / draw_down.commitment_gbp

    def opening(self, numbers: Numbers) -> State:
        names = ("principal", "capitalised", "accrued", "fee_owed")
        return dict.fromkeys(names, numbers.zero)

    def step(self, now: Now) -> Step:
        draw_down = cast(InvestorDrawDown, now.deal.term(self.draws))
        cash = positive(draw_down.cash(now))
        capitalised, accrued = self._accrued(now)
        owed = {
            "fee": now.state["fee_owed"] + now.one(self.senior_fee_gbp),
            "reserve": where(now.is_last, now.one(0), now.one(self.reserve_gbp)),
            "principal": now.state["principal"] + now.paid[self.draws],
            "return": capitalised + accrued,
        }
        paid: dict[str, Array] = {}
        left = cash
        for name, due in owed.items():
            paid[name] = minimum(left, due)
            left = left - paid[name]
        paid["surplus"] = left
        due_to = self._by_party(now, draw_down, paid)
        *amounts, _kept = split(cash, [*due_to.values(), paid["reserve"]])
        late = positive(paid["return"] - capitalised)
        state = {
            "principal": owed["principal"] - paid["principal"],
            "capitalised": positive(capitalised - paid["return"]),
            "accrued": accrued - late,
            "fee_owed": owed["fee"] - paid["fee"],
        }

        def why() -> Iterator[Because]:
            yield Because("{cash:pounds} is at hand.", {"cash": cash})
            told = {
                "fee": "Senior fee: {paid:pounds} of {due:pounds}.",
                "reserve": "Kept in reserve: {paid:pounds} of {due:pounds}.",
                "principal": "Principal: {paid:pounds} of {due:pounds} outstanding.",
                "return": "Preferred return: {paid:pounds} of {due:pounds} owed.",
            }
            for name, template in told.items():
                numbers = {"paid": paid[name], "due": owed[name]}
                yield Because(template, numbers, (owed[name] > 0) & (cash > 0))
            yield Because("Surplus to share: {left:pounds}.", {"left": left}, left > 0)

        flows = tuple(
            Flow(draw_down.borrower, party, amount, why)
            for party, amount in zip(due_to, amounts, strict=True)
        )
        return Step(flows, state)

    def _accrued(self, now: Now) -> tuple[Array, Array]:
        """Return the return owed at the start of a period: compounded already, and since then."""
        capitalised, accrued = now.state["capitalised"], now.state["accrued"]
        if now.index == 0:
            return capitalised, accrued
        first = now.deal.periods[0].starts_on
        since = years_between(first, now.deal.periods[now.index - 1].starts_on)
        until = years_between(first, now.period.starts_on)
        while since < until:
            anniversary = since // 1 + 1
            to = min(anniversary, until)
            owing = now.state["principal"] + capitalised
            accrued = accrued + owing * now.one(self.preferred_return * (to - since))
            if to == anniversary:
                capitalised, accrued = capitalised + accrued, 0 * accrued
            since = to
        return capitalised, accrued

    def _by_party(
        self, now: Now, draw_down: InvestorDrawDown, paid: Mapping[str, Array]
    ) -> dict[str, Array]:
        due_to: dict[str, Array] = {}
        if self.senior_fee_to is not None:
            due_to[self.senior_fee_to] = paid["fee"]
        whole = now.one(draw_down.commitment_gbp)
        for party, gbp in draw_down.commitments.items():
            part = (paid["principal"] + paid["return"]) * now.one(gbp) / whole
            due_to[party] = due_to.get(party, now.numbers.zero) + part
        for party, share in self.surplus.items():
            part = paid["surplus"] * now.one(share)
            due_to[party] = due_to.get(party, now.numbers.zero) + part
        return due_to

    def in_words(self, deal: "Deal") -> str:
        draw_down = cast(InvestorDrawDown, deal.term(self.draws))
        steps = []
        if self.senior_fee_to is not None:
            fee = pounds_in_words(self.senior_fee_gbp)
            steps.append(f"a senior fee of {fee} a period to {deal.party_name(self.senior_fee_to)}")
        if self.reserve_gbp:
            steps.append(f"a reserve of {pounds_in_words(self.reserve_gbp)} for costs")
        steps.append("the investors' principal")
        if self.preferred_return:
            yearly = percentage(self.preferred_return)
            steps.append(f"their preferred return of {yearly} a year, compounding yearly")
        shares = ", ".join(
            f"{percentage(share)} to {deal.party_name(party)}"
            for party, share in self.surplus.items()
        )
        return (
            f"What {deal.party_name(draw_down.borrower)} holds after its costs pays, in this "
            f"order: {'; '.join(steps)}. What is left is shared: {shares}."
        )
