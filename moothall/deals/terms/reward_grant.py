"""A reward grant: paid by the enhancement achieved, from a floor up to the whole."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import clip, ratio, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class RewardTarget:
    outturn: str = fields.fact("Outturn")
    expected: Decimal = fields.number("Expected without the agreement")
    target: Decimal = fields.number("Target with the agreement")
    weight: Decimal = fields.share("Part of the reward")


@term_kind(
    "reward_grant",
    title="Reward grant",
    source="Local public service agreements: Isle of Wight and London Improvement guidance",
)
@frozen
class RewardGrant(Term):
    """pays = reward x sum of weights x f, once, when the deal ends.

    e = (outturn - expected) / (target - expected); f = min(1, e) where e reaches the floor, else 0.
    A target below what is expected is one where lower is better.
    """

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    reward_gbp: Decimal = fields.gbp("Whole reward")
    targets: tuple[RewardTarget, ...] = fields.rows("Targets", RewardTarget)
    floor: Decimal = fields.share("Least enhancement that pays", Decimal("0.6"))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        weights = sum(one.weight for one in self.targets)
        if weights != 1:
            yield "targets", f"The weights add up to {weights}.", "Make them add up to 1."
        for place, one in enumerate(self.targets, start=1):
            if one.expected == one.target:
                said = f"{deal.facts[one.outturn].title} is expected to reach its target anyway."
                yield f"targets.{place}", said, "Set a target beyond what is expected."

    def step(self, now: Now) -> Step:
        amount = now.numbers.zero
        achieved = []
        for one in self.targets:
            # Signs are taken out first, so that lower may be better; then one division.
            sign = now.one(1 if one.target > one.expected else -1)
            gained = (now.facts[one.outturn] - now.one(one.expected)) * sign
            wanted = now.numbers.full(abs(one.target - one.expected))
            counted = clip(gained, now.one(0), wanted)
            counted = where(gained >= wanted * now.one(self.floor), counted, now.one(0))
            achieved.append(ratio(gained, wanted))
            amount = amount + now.one(self.reward_gbp * one.weight) * counted / wanted
        amount = where(now.is_last, amount, now.one(0))

        def why() -> Iterator[Because]:
            for one, part in zip(self.targets, achieved, strict=True):
                told = {"what": now.deal.facts[one.outturn].title, "part": part}
                is_paid = part >= now.one(self.floor)
                yield Because("{what}: {part:percent} of the enhancement.", told, is_paid)
                below = "{what}: {part:percent} of the enhancement, below the floor: nothing."
                yield Because(below, told, ~is_paid)
            yield Because("It is paid when the deal ends.", only=~now.is_last)

        return Step((Flow(self.payer, self.payee, amount, why),))

    def in_words(self, deal: "Deal") -> str:
        targets = "; ".join(
            f"{deal.facts[one.outturn].in_sentence} from {one.expected:,} to {one.target:,} for "
            f"{percentage(one.weight)}"
            for one in self.targets
        )
        return (
            f"When the deal ends {deal.party_name(self.payer)} pays {deal.party_name(self.payee)} "
            f"up to {pounds_in_words(self.reward_gbp)} by the enhancement achieved, nothing below "
            f"{percentage(self.floor)} of it: {targets}."
        )
