"""A reward grant: paid by the enhancement achieved, from a floor to the whole, in instalments."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Mask, Numbers, clip, ratio, reaches, split, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, quantity
from moothall.values.wording import number_of, percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class RewardTarget:
    outturn: str = fields.fact("Outturn", meets_threshold=True)
    expected: Decimal = fields.number("Expected without the agreement")
    target: Decimal = fields.number("Target with the agreement")
    weight: Decimal = fields.share("Part of the reward")
    interim: Decimal | None = fields.number("Level that earns a payment on account", None)

    def gained(self, now: Now, level: Decimal | None = None) -> Array:
        """Return how far the outturn, or a level, is beyond what is expected."""
        reached = now.facts[self.outturn] if level is None else now.numbers.full(level)
        gained: Array = reached - now.one(self.expected)
        return gained if self.target > self.expected else -gained


@term_kind(
    "reward_grant",
    title="Reward grant",
    source="Local public service agreements: Isle of Wight and London Improvement guidance",
)
@frozen
class RewardGrant(Term):
    """reward x sum of weights x f is earned in the period in which outturns are read.

    e = (outturn - expected) / (target - expected); f = min(1, e) where e reaches the floor, else 0.
    A target below what is expected is one where lower is better. It is paid in equal instalments.
    On account, where a target's interim level is met, a part of its reward is paid beforehand: the
    first instalment is less by that, and is paid back as far as too little was earned.
    """

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    reward_gbp: Decimal = fields.gbp("Whole reward")
    targets: tuple[RewardTarget, ...] = fields.rows("Targets", RewardTarget)
    floor: Decimal = fields.share("Least enhancement that pays", Decimal("0.6"))
    instalments: int = fields.whole("Equal instalments", 1)
    periods_between: int = fields.whole("Periods from one instalment to the next", 1)
    paid_after: int = fields.whole("Periods from the outturn to the first instalment", 0)
    on_account: Decimal = fields.share("Part paid on account, of a target's reward", Decimal(0))
    on_account_in: int | None = fields.whole("Period of the interim level (1 = the first)", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        weights = sum(one.weight for one in self.targets)
        if weights != 1:
            yield "targets", f"The weights add up to {weights}.", "Make them add up to 1."
        for place, one in enumerate(self.targets, start=1):
            if one.expected == one.target:
                said = f"{deal.facts[one.outturn].title} is expected to reach its target anyway."
                yield f"targets.{place}", said, "Set a target beyond what is expected."
        if not self.instalments:
            yield "instalments", "There is no instalment.", "Pay in one at least."
            return
        read_in = self._read_in(deal)
        if read_in < 0:
            said = f"{number_of(self.instalments, 'instalment')} do not fit into the deal's "
            said += f"{number_of(len(deal.periods), 'period')}."
            yield "instalments", said, "Let the deal run until the last is paid."
        has_interim = any(one.interim is not None for one in self.targets)
        if len({bool(self.on_account), self.on_account_in is not None, has_interim}) > 1:
            said = "A payment on account needs its part, its period and an interim level."
            yield "on_account", said, "Give on_account, on_account_in and interim, or none of them."
        elif self.on_account_in is not None and not 0 < self.on_account_in <= read_in:
            said = f"The interim level is read in period {self.on_account_in}, the outturn in "
            yield "on_account_in", f"{said}period {read_in + 1}.", "Read the interim level before."

    def _read_in(self, deal: "Deal") -> int:
        """Return the index of the period of the outturn: the last one has the last instalment."""
        after = self.paid_after + (self.instalments - 1) * self.periods_between
        return len(deal.periods) - 1 - after

    def opening(self, numbers: Numbers) -> State:
        return dict.fromkeys(("earned", "on account", "had"), numbers.zero)

    def step(self, now: Now) -> Step:
        read_in, had = self._read_in(now.deal), now.state["had"]
        is_read = (now.index == read_in) | (now.ending & (now.index < read_in))
        earned = where(is_read, self._earned(now), now.state["earned"])
        account = now.state["on account"]
        amount = now.numbers.zero
        if self.on_account_in == now.index + 1:
            account = amount = self._on_account(now)
        first = read_in + self.paid_after
        parts = split(earned, [now.numbers.full(1)] * self.instalments)
        for number, part in enumerate(parts):
            if now.index == first + number * self.periods_between:
                amount = part if number else part - account
        amount = where(now.ending, earned - had, amount)  # what is left, when the deal ends early
        state = {"earned": earned, "on account": account, "had": had + amount}

        def why() -> Iterator[Because]:
            yield from self._why_earned(now, is_read)
            numbers = {"earned": earned, "account": account, "amount": amount}
            if self.on_account_in == now.index + 1:
                yield Because("{account:pounds} is paid on account.", numbers, account > 0)
                yield Because("No interim level is met.", numbers, account <= 0)
            elif now.index == first:
                yield Because("{account:pounds} was paid on account.", numbers, account > 0)
            if self.instalments > 1:
                is_due = (amount != 0) & (earned != 0)
                yield Because("{earned:pounds} is earned, paid in instalments.", numbers, is_due)
            yield Because("Nothing is due in this period.", only=(amount == 0) & ~is_read)

        return Step((Flow(self.payer, self.payee, amount, why),), state)

    def _earned(self, now: Now) -> Array:
        earned = now.numbers.zero
        for one in self.targets:
            wanted = now.numbers.full(abs(one.target - one.expected))
            counted = where(
                self._is_paid(now, one), clip(one.gained(now), now.one(0), wanted), now.one(0)
            )
            earned = earned + now.one(self.reward_gbp * one.weight) * counted / wanted
        return earned

    def _is_paid(self, now: Now, one: RewardTarget) -> Mask:
        return reaches(one.gained(now), one.gained(now, one.target) * now.one(self.floor))

    def _on_account(self, now: Now) -> Array:
        paid = now.numbers.zero
        for one in self.targets:
            if one.interim is not None:
                is_met = reaches(one.gained(now), one.gained(now, one.interim))
                part = now.one(self.reward_gbp * one.weight * self.on_account)
                paid = paid + where(is_met, part, now.one(0))
        return paid

    def _why_earned(self, now: Now, is_read: Mask) -> Iterator[Because]:
        for one in self.targets:
            part = ratio(one.gained(now), one.gained(now, one.target))
            told = {"what": now.deal.facts[one.outturn].title, "part": part}
            is_paid = self._is_paid(now, one)
            yield Because("{what}: {part:percent} of the enhancement.", told, is_read & is_paid)
            below = "{what}: {part:percent} of the enhancement, below the floor: nothing."
            yield Because(below, told, is_read & ~is_paid)

    def in_words(self, deal: "Deal") -> str:
        targets = "; ".join(
            f"{deal.facts[one.outturn].in_sentence} from {one.expected:,} to {one.target:,} for "
            f"{percentage(one.weight)}"
            for one in self.targets
        )
        read_in = deal.periods[self._read_in(deal)]
        said = (
            f"{deal.party_name(self.payer)} pays {deal.party_name(self.payee)} up to "
            f"{pounds_in_words(self.reward_gbp)} by the enhancement achieved in {read_in}, nothing "
            f"below {percentage(self.floor)} of it: {targets}."
        )
        if self.instalments > 1:
            said += f" It is paid in {self.instalments} equal instalments, the last in "
            said += f"{deal.periods[-1]}."
        if self.on_account_in is not None:
            interim = "; ".join(
                f"{deal.facts[one.outturn].in_sentence} {quantity(one.interim)}"
                for one in self.targets
                if one.interim is not None
            )
            said += (
                f" {percentage(self.on_account)} of a target's reward is paid on account in "
                f"{deal.periods[self.on_account_in - 1]} where its interim level is met "
                f"({interim}), and taken off the first instalment."
            )
        return said
