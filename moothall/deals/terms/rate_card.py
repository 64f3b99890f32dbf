"""A rate card: a tariff for each outcome, and its caps in the order that the deal declares."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Numbers, minimum, positive, ratio, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, listed, price, quantity
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

COUNTED = ("deadweight", "count")  # steps that change how many are paid for
CAPPED = ("outcome", "period", "contract")  # steps that cap what they are worth
WORDS = {
    "deadweight": "deadweight",
    "count": "the number paid for",
    "outcome": "the cap of each outcome",
    "period": "the cap of a period",
    "contract": "the cap of the contract",
}


@frozen
class Tariff:
    outcome: str = fields.fact("Outcomes counted this period")
    price_gbp: Decimal = fields.gbp("Tariff for each")
    most: Decimal | None = fields.count("At most so many paid for, over the deal", None)
    cap_gbp: Decimal | None = fields.gbp("At most so much for this outcome, over the deal", None)
    expected: str | None = fields.fact("Outcomes that would have happened anyway", None)
    deadweight: Decimal = fields.share("Part of the outcomes held to be deadweight", Decimal(0))
    group: str | None = fields.text("Group of outcomes of which a person counts once", None)
    over_person_cap: str | None = fields.fact(
        "What the cap a person takes off, as claims are judged (GBP)", None
    )
    most_a_person: int = fields.whole("At most so many for one person, over the deal", 1)
    sustained_weeks: int | None = fields.whole("Weeks it must be held before it counts", None)
    within_weeks: int | None = fields.whole("Weeks in which those fall, breaks included", None)
    claim_within_days: int | None = fields.whole("Days within which it must be claimed", None)
    evidence_within_days: int | None = fields.whole(
        "Days its evidence may be from the day it is reached", None
    )


@frozen
class Cap:
    """The next cap in the card's order: what its outcomes are worth together, GBP.

    remembers : the name under which it keeps what it has let through; None: it caps each period
    """

    outcomes: tuple[str, ...]
    most_gbp: Decimal
    remembers: str | None
    told: str


@term_kind(
    "rate_card",
    title="Rate card",
    source="Outcomes contract practice: a tariff for each outcome, sustained outcomes by stage",
)
@frozen
class RateCard(Term):
    """pays = sum over outcomes of paid-for outcomes x tariff, capped step by step in `order`.

    deadweight : max(0, outcomes - expected), or outcomes x (1 - deadweight)
    count      : at most what `most` of an outcome leaves
    outcome    : at most what `cap_gbp` of an outcome leaves
    period     : at most `period_cap_gbp`, each outcome reduced in proportion
    contract   : at most what `total_cap_gbp` leaves, in proportion
    Each step sees what the step before lets through, and remembers what it lets through itself.
    Stages of sustainment are outcomes of their own. Claims are judged before outcomes are
    counted: of a group a person counts once, and what a person is worth is capped first of all.
    """

    caps_itself = True

    payer: str = fields.party("Who pays")
    payee: str = fields.party("Who is paid")
    tariffs: tuple[Tariff, ...] = fields.rows("Tariffs", Tariff)
    person_cap_gbp: Decimal | None = fields.gbp("At most, for one person over the deal", None)
    order: tuple[str, ...] = fields.in_order(
        "Order of the steps", (*COUNTED, *CAPPED), (*COUNTED, *CAPPED)
    )

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        for place, one in enumerate(self.tariffs, start=1):
            if one.expected is not None and one.deadweight:
                said = f"{deal.facts[one.outcome].title} takes deadweight off twice."
                mend = "Keep expected or deadweight: they are two ways to the same end."
                yield f"tariffs.{place}", said, mend
            if one.within_weeks is not None and one.within_weeks < (one.sustained_weeks or 1):
                asked = one.sustained_weeks or "no"
                said = f"{one.within_weeks} weeks do not hold the {asked} weeks that are asked."
                yield f"tariffs.{place}", said, "Give at least as many, or leave within_weeks out."
        outcomes = [one.outcome for one in self.tariffs]
        if len(set(outcomes)) < len(outcomes):
            said = "An outcome stands on the card twice, and would be paid twice."
            yield "tariffs", said, "Give it one tariff."
        taken = [one.over_person_cap for one in self.tariffs if one.over_person_cap]
        if len(set(taken)) < len(taken):
            said = "Two tariffs name the same fact for what the cap a person takes off."
            yield "tariffs", said, "Give each a fact of its own: it would be taken off twice."
        left_out = [step for step in self._steps_used() if step not in self.order]
        if left_out:
            said = f"The order leaves out {listed(left_out)}, which the card uses."
            yield "order", said, "Say where it comes."
        counting = [step in COUNTED for step in self.order]
        if counting != sorted(counting, reverse=True):
            said = "A cap in pounds comes before outcomes are counted."
            yield "order", said, "Put deadweight and count first."
        if any(one.over_person_cap for one in self.tariffs) and self.person_cap_gbp is None:
            said = "Something is taken off by the cap a person, and there is no such cap."
            yield "person_cap_gbp", said, "Give the cap, or leave over_person_cap out."

    def _steps_used(self) -> list[str]:
        used = {
            "deadweight": any(one.deadweight or one.expected for one in self.tariffs),
            "count": any(one.most is not None for one in self.tariffs),
            "outcome": any(one.cap_gbp is not None for one in self.tariffs),
            "period": self.period_cap_gbp is not None,
            "contract": self.total_cap_gbp is not None,
        }
        return [step for step, is_used in used.items() if is_used]

    def opening(self, numbers: Numbers) -> State:
        counted = [one.outcome for one in self.tariffs]
        capped = [cap.remembers for cap in self._caps() if cap.remembers]
        return dict.fromkeys((*counted, *capped), numbers.zero)

    def step(self, now: Now) -> Step:
        paid_for = {one.outcome: self._paid_for(now, one) for one in self.tariffs}
        worth = {one.outcome: self._worth(now, one, paid_for[one.outcome]) for one in self.tariffs}
        state = {key: now.state[key] + paid for key, paid in paid_for.items()}
        bites = []
        for cap in self._caps():
            asked = sum((worth[key] for key in cap.outcomes), now.numbers.zero)
            left = now.numbers.full(cap.most_gbp)
            if cap.remembers is not None:
                left = positive(left - now.state[cap.remembers])
                state[cap.remembers] = now.state[cap.remembers] + minimum(asked, left)
            over = asked > left
            for key in cap.outcomes:
                worth[key] = where(over, ratio(worth[key] * left, asked), worth[key])
            numbers = {"asked": asked, "left": left, "most": cap.most_gbp}
            if len(cap.outcomes) == 1:
                numbers["what"] = now.deal.facts[cap.outcomes[0]].title
            bites.append(Because(cap.told, numbers, over))
        amount = sum(worth.values(), now.numbers.zero)

        def why() -> Iterator[Because]:
            for one in self.tariffs:
                yield from self._why_paid_for(now, one, paid_for[one.outcome])
            yield from bites

        return Step((Flow(self.payer, self.payee, amount, why),), state)

    def _caps(self) -> Iterator[Cap]:
        """Yield its caps in pounds, in its order."""
        every = tuple(one.outcome for one in self.tariffs)
        of_deal = "holds {asked:pounds} back to {left:pounds}."
        for step in self.order:
            if step == "outcome":
                told = "{what}: the cap of {most:pounds} over the deal " + of_deal
                for one in self.tariffs:
                    if one.cap_gbp is not None:
                        yield Cap((one.outcome,), one.cap_gbp, f"{one.outcome} in pounds", told)
            elif step == "period" and self.period_cap_gbp is not None:
                told = "The cap of {most:pounds} a period holds {asked:pounds} back."
                yield Cap(every, self.period_cap_gbp, None, told)
            elif step == "contract" and self.total_cap_gbp is not None:
                told = "The cap of {most:pounds} over the deal " + of_deal
                yield Cap(every, self.total_cap_gbp, "in pounds", told)

    def _paid_for(self, now: Now, one: Tariff) -> Array:
        counted = now.facts[one.outcome]
        for step in self.order:
            if step == "deadweight" and one.expected is not None:
                counted = positive(counted - now.facts[one.expected])
            elif step == "deadweight" and one.deadweight:
                counted = counted * now.one(1 - one.deadweight)
            elif step == "count" and one.most is not None:
                counted = minimum(counted, positive(now.one(one.most) - now.state[one.outcome]))
        return counted

    def _worth(self, now: Now, one: Tariff, paid_for: Array) -> Array:
        """Return what an outcome is worth before the caps in pounds, after the cap a person."""
        worth: Array = paid_for * now.one(one.price_gbp)
        if one.over_person_cap is not None:
            over = now.facts[one.over_person_cap]
            worth = worth - ratio(over * paid_for, now.facts[one.outcome])
        return worth

    def _why_paid_for(self, now: Now, one: Tariff, paid: Array) -> Iterator[Because]:
        counted = now.facts[one.outcome]
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
        if one.over_person_cap is not None:
            over = now.facts[one.over_person_cap]
            off = {"off": over, "cap": self.person_cap_gbp}
            yield Because("{off:pounds} is above {cap:pounds} a person.", off, over > 0)

    def _of_one_person(self, one: Tariff) -> str:
        said = ""
        if one.sustained_weeks:
            said += f", once held for {one.sustained_weeks} weeks"
            if one.within_weeks:
                said += f" of {one.within_weeks}"
        if one.claim_within_days is not None:
            said += f", claimed within {one.claim_within_days} days"
        if one.evidence_within_days is not None:
            said += f", with evidence of {one.evidence_within_days} days before or after"
        return said

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
            if one.cap_gbp is not None:
                each += f", at most {pounds_in_words(one.cap_gbp)} in all"
            said.append(each + self._of_one_person(one))
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        whole = [f"{payer} pays {payee} {'; '.join(said)}."]
        for group in dict.fromkeys(one.group for one in self.tariffs if one.group):
            of = listed(
                deal.facts[one.outcome].in_sentence for one in self.tariffs if one.group == group
            )
            whole.append(f"Of {of} a person counts once ({group}).")
        if self.person_cap_gbp is not None:
            most = pounds_in_words(self.person_cap_gbp)
            whole.append(f"For one person at most {most} is paid, taken before any other cap.")
        used = [step for step in self.order if step in self._steps_used()]
        if len(used) > 1:
            whole.append(f"Taken in this order: {', then '.join(WORDS[step] for step in used)}.")
        return " ".join(whole)
