"""A rate card: a tariff for each outcome, with caps, and with what would have happened anyway."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Numbers, minimum, positive
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, price, quantity
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

ORDERS = ("deadweight, then cap", "cap, then deadweight")


@frozen
class Tariff:
    outcome: str = fields.fact("Outcomes counted this period")
    price_gbp: Decimal = fields.gbp("Tariff for each")
    most: Decimal | None = fields.count("At most so many paid for, over the deal", None)
    expected: str | None = fields.fact("Outcomes that would have happened anyway", None)
    deadweight: Decimal = fields.share("Part of the outcomes held to be deadweight", Decimal(0))


@term_kind(
    "rate_card",
    title="Rate card",
    source="Outcomes contract practice: a tariff for each outcome, sustained outcomes by stage",
)
@frozen
class RateCard(Term):
    """pays = sum over outcomes of paid-for outcomes x tariff.

    paid for = max(0, outcomes - expected) x (1 - deadweight), at most what its cap leaves. Stages
    of sustainment are outcomes of their own. The caps a period and over the deal are the term's
    own, taken after these, in that order. Caps per person, and who counts once among outcomes that
    exclude each other, are settled before outcomes are counted.
    """

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    tariffs: tuple[Tariff, ...] = fields.rows("Tariffs", Tariff)
    order: str = fields.choice("Order", ORDERS, ORDERS[0])

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        for place, one in enumerate(self.tariffs, start=1):
            if one.expected is not None and one.deadweight:
                said = f"{deal.facts[one.outcome].title} takes deadweight off twice."
                mend = "Keep expected or deadweight: they are two ways to the same end."
                yield f"tariffs.{place}", said, mend

    def opening(self, numbers: Numbers) -> State:
        return {one.outcome: numbers.zero for one in self.tariffs}

    def step(self, now: Now) -> Step:
        paid_for = {one.outcome: self._paid_for(now, one) for one in self.tariffs}
        amount = now.numbers.zero
        for one in self.tariffs:
            amount = amount + paid_for[one.outcome] * now.one(one.price_gbp)

        def why() -> Iterator[Because]:
            for one in self.tariffs:
                counted, paid = now.facts[one.outcome], paid_for[one.outcome]
                told = {
                    "what": now.deal.facts[one.outcome].title,
                    "counted": counted,
                    "paid": paid,
                    "tariff": one.price_gbp,
                    "most": one.most,
                }
                each = "{what}: {counted:number}, {paid:number} paid for at {tariff:price} each."
                yield Because(each, told, counted != 0)
                yield Because("{what}: none.", told, counted == 0)
                if one.most is not None:
                    full = "{what}: no more than {most:number} are paid for in all."
                    reached = now.state[one.outcome] + paid >= now.one(one.most)
                    yield Because(full, told, reached & (counted != 0))

        state = {key: now.state[key] + paid for key, paid in paid_for.items()}
        return Step((Flow(self.payer, self.payee, amount, why),), state)

    def _paid_for(self, now: Now, one: Tariff) -> Array:
        counted = now.facts[one.outcome]
        if self.order == ORDERS[1]:
            return self._without_deadweight(now, one, self._capped(now, one, counted))
        return self._capped(now, one, self._without_deadweight(now, one, counted))

    def _without_deadweight(self, now: Now, one: Tariff, counted: Array) -> Array:
        if one.expected is not None:
            return positive(counted - now.facts[one.expected])
        return counted * now.one(1 - one.deadweight) if one.deadweight else counted

    def _capped(self, now: Now, one: Tariff, counted: Array) -> Array:
        if one.most is None:
            return counted
        return minimum(counted, positive(now.one(one.most) - now.state[one.outcome]))

    def in_words(self, deal: "Deal") -> str:
        said = []
        for one in self.tariffs:
            each = f"{price(one.price_gbp)} for each of {deal.facts[one.outcome].in_sentence}"
            if one.expected is not None:
                each += f" above {deal.facts[one.expected].in_sentence}"
            if one.deadweight:
                each += f", less {percentage(one.deadweight)} for deadweight"
            if one.most is not None:
                each += f", at most {quantity(one.most)} of them"
            said.append(each)
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        return f"{payer} pays {payee} {'; '.join(said)}."
