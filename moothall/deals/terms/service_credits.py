"""Service credits: charges fall where indicators miss their target, and may be earned back."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import (
    Array,
    Mask,
    Numbers,
    minimum,
    passes,
    positive,
    ratio,
    reaches,
    where,
)
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import Flow, Now, State, Step, term_kind
from moothall.deals.wording import Because, quantity
from moothall.values.wording import number_of, percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class Indicator:
    measure: str = fields.fact("Indicator", meets_threshold=True)
    target: Decimal = fields.number("Target")
    better: str = fields.choice("What is better", ("higher", "lower"), "higher")
    credit: Decimal = fields.share("Credit for a miss, as a part of the period's charges")

    def is_missed(self, now: Now) -> Mask:
        value, target = now.facts[self.measure], now.one(self.target)
        return ~reaches(value, target) if self.better == "higher" else passes(value, target)

    def in_words(self, deal: "Deal") -> str:
        beyond = "below" if self.better == "higher" else "above"
        what = deal.facts[self.measure].in_sentence
        return f"{percentage(self.credit)} while {what} is {beyond} {quantity(self.target)}"


@term_kind(
    "service_credits",
    title="Service credits",
    source="Cabinet Office Model Services Contract: service credits and their cap; earn-back as "
    "in outsourcing practice",
)
@frozen
class ServiceCredits(OverTerms):
    """pays = earned back - min(cap share x charges, sum of credit x charges where one is missed).

    Charges are what its terms pay this period. A cap that bites reduces each credit in proportion.
    An indicator met for `earn_back_after` periods running earns back the credits it still owes.
    """

    indicators: tuple[Indicator, ...] = fields.rows("Indicators", Indicator)
    cap_share: Decimal = fields.share("Credits are at most this part of the period's charges")
    earn_back_after: int = fields.whole("Periods running that earn credits back (0 = never)", 0)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        yield from super().findings(deal)
        measures = [one.measure for one in self.indicators]
        if len(set(measures)) < len(measures):
            yield "indicators", "An indicator is named twice.", "Name each once."
        if self.earn_back_after >= len(deal.periods):
            after = number_of(self.earn_back_after, "period")
            said = f"Credits are earned back after {after}, and the deal has {len(deal.periods)}."
            yield "earn_back_after", said, "Ask for fewer, or 0 where they are never earned back."

    def opening(self, numbers: Numbers) -> State:
        keys = (key for one in self.indicators for key in _remembered(one))
        return dict.fromkeys(keys, numbers.zero)

    def step(self, now: Now) -> Step:
        charges = positive(self.paid(now))
        missed = {one.measure: one.is_missed(now) for one in self.indicators}
        asked = {
            one.measure: where(missed[one.measure], charges * now.one(one.credit), now.one(0))
            for one in self.indicators
        }
        whole = sum(asked.values(), now.numbers.zero)
        most = charges * now.one(self.cap_share)
        taken = minimum(whole, most)
        back: dict[str, Array] = {}
        state: dict[str, Array] = {}
        for one in self.indicators:
            run, owed = _remembered(one)
            state[run] = where(missed[one.measure], now.one(0), now.state[run] + now.one(1))
            is_earned = state[run] >= max(self.earn_back_after, 1)
            if not self.earn_back_after:
                is_earned = is_earned & False
            back[one.measure] = where(is_earned, now.state[owed], now.one(0))
            credit = ratio(asked[one.measure] * taken, whole)
            state[owed] = now.state[owed] - back[one.measure] + credit
        amount = sum(back.values(), now.numbers.zero) - taken

        def why() -> Iterator[Because]:
            for one in self.indicators:
                numbers = {
                    "what": now.deal.facts[one.measure].title,
                    "value": now.facts[one.measure],
                    "target": one.target,
                    "part": one.credit,
                    "charges": charges,
                    "asked": asked[one.measure],
                    "back": back[one.measure],
                }
                told = "{what}: {value:number} against {target:number}: "
                met = ~missed[one.measure]
                yield Because(told + "met.", numbers, met)
                miss = "missed, {part:percent} of {charges:pounds}: {asked:pounds}."
                yield Because(told + miss, numbers, ~met)
                earned = "{back:pounds} is earned back."
                yield Because(earned, numbers, back[one.measure] > 0)
            cap = {"share": self.cap_share, "most": most, "whole": whole}
            bites = (
                "The cap of {share:percent} of charges holds {whole:pounds} back to {most:pounds}."
            )
            yield Because(bites, cap, whole > most)

        return Step((Flow(self.payer, self.payee, amount, why),), state)

    def in_words(self, deal: "Deal") -> str:
        credits = "; ".join(one.in_words(deal) for one in self.indicators)
        said = (
            f"{deal.party_name(self.payee)} credits {deal.party_name(self.payer)} with a part of "
            f"what is paid by {self.names(deal)}: {credits}; at most {percentage(self.cap_share)}."
        )
        if self.earn_back_after:
            running = number_of(self.earn_back_after, "period")
            said += f" An indicator met for {running} running earns its credits back."
        return said


def _remembered(one: Indicator) -> tuple[str, str]:
    """Return the names of what is remembered of an indicator: periods met, credits it owes."""
    return f"{one.measure} met", f"{one.measure} owes"
