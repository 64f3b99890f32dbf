"""Who has which share of the reward, and who of the risk? Measured against having no deal.

A statement says what follows under its assumptions. It never says that a deal is fair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from attrs import asdict, evolve, field, frozen
from numpy.typing import NDArray

from moothall.deals.deal import Basis, Deal, PartyKind
from moothall.deals.drawing import who_pays_whom
from moothall.values.wording import percentage

Floats = NDArray[np.float64]
TAIL = 0.05
HALF_A_PENNY = 0.005
WEAKER = (PartyKind.CHARITY, PartyKind.MUTUAL, PartyKind.COMMUNITY)


@frozen
class Policy:
    """When a statement raises a flag: what a place has adopted, with its date. It is not law.

    gap         : between a party's share of reward and of risk (0-1)
    loss_chance : below this a party hardly ever loses (0-1)
    risk_share  : above this another carries the risk (0-1)
    """

    gap: float = 0.25
    loss_chance: float = 0.01
    risk_share: float = 0.5
    adopted_on: date | None = None


@frozen
class PartyFairness:
    """What one party stands to gain and lose. Amounts in GBP, discounted.

    up_gbp, down_gbp : expected gain and expected loss; their difference is the expected result
    own_tail_gbp     : its mean result over its own worst 5% of futures
    joint_tail_gbp   : its mean result over the worst 5% of futures of all parties together
    tail_to_resources: its own worst-5% mean as a share of its resources; a guarantor pays the rest
    why_null         : why its shares are not said
    """

    up_gbp: float | None
    down_gbp: float | None
    reward_share: float | None
    risk_share: float | None
    loss_probability: float | None
    own_tail_gbp: float | None
    joint_tail_gbp: float | None
    tail_to_resources: float | None
    failure_probability: float
    cost_basis: str
    sentence: str = ""
    why_null: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether its result can be said at all: its reference is named and its costs are known."""
        return self.up_gbp is not None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@frozen
class Flag:
    """Something in a statement that a person should look at.

    code : 'a' to 'e', as the definition lists them
    """

    code: str
    party: str
    sentence: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "party": self.party, "sentence": self.sentence}


@frozen
class Fairness:
    """The fairness statement of one simulation."""

    reference: Mapping[str, str | None]
    rate: float
    price_base: str
    parties: Mapping[str, PartyFairness]
    flags: tuple[Flag, ...] = field(factory=tuple)

    def as_json(self) -> dict[str, Any]:
        return {
            "reference": dict(self.reference),
            "rate": self.rate,
            "price_base": self.price_base,
            "parties": {key: party.as_json() for key, party in self.parties.items()},
            "flags": [flag.as_json() for flag in self.flags],
        }


def expected_gain_and_loss(results: Floats) -> tuple[float, float]:
    """Return Up = E[max(X, 0)] and Down = E[max(-X, 0)] of results (draw,), in GBP."""
    return float(np.maximum(results, 0).mean()), float(np.maximum(-results, 0).mean())


def worst_mean(results: Floats, share: float = TAIL) -> float:
    """Return the mean of the worst share of results (draw,): at least one of them."""
    worst = _worst_count(len(results), share)
    return float(np.partition(results, worst - 1)[:worst].mean())


def joint_tail(results: Mapping[str, Floats], share: float = TAIL) -> dict[str, float]:
    """Return each party's mean result over the worst futures of all together; they add up."""
    total = np.sum(list(results.values()), axis=0)
    worst = np.argsort(total, kind="stable")[: _worst_count(len(total), share)]
    return {key: float(of[worst].mean()) for key, of in results.items()}


def fairness_statement(
    deal: Deal,
    results: Mapping[str, Floats],
    *,
    failure: Mapping[str, float] | None = None,
    policy: Policy | None = None,
) -> Fairness:
    """Return the statement of results against having no deal.

    results : party -> (draw,) GBP, discounted, after failures; the same futures for every party
    failure : party -> chance that it fails
    """
    failure, policy = failure or {}, policy or Policy()
    bases = {key: cost_basis(deal, key) for key in deal.parties}
    said = {key: why_no_shares(deal, key, bases[key]) for key in deal.parties}
    gains = {key: expected_gain_and_loss(results[key]) for key in deal.parties}
    all_up, all_down = (sum(gain[side] for gain in gains.values()) for side in (0, 1))
    somebody = next((sentence for sentence in said.values() if sentence), None)
    joint = joint_tail({key: results[key] for key in deal.parties})
    parties = {}
    for key, party in deal.parties.items():
        up, down = gains[key]
        tail = worst_mean(results[key])
        reward = up / all_up if all_up > 0 and somebody is None else None
        risk = down / all_down if all_down > 0 and somebody is None else None
        why = somebody
        if why is None and reward is None:
            why = "Nobody gains in any future, so there is no reward to share."
        if why is None and risk is None:
            why = "Nobody loses in any future, so there is no risk to share."
        means = float(party.resources_gbp or 0)
        stated = PartyFairness(
            up_gbp=up,
            down_gbp=down,
            reward_share=reward,
            risk_share=risk,
            loss_probability=float((results[key] < 0).mean()),
            own_tail_gbp=tail,
            joint_tail_gbp=joint[key] if somebody is None else None,
            tail_to_resources=-min(tail, 0) / means if means else None,
            failure_probability=failure.get(key, 0.0),
            cost_basis=bases[key].value,
            why_null=why,
        )
        if said[key] is not None:
            stated = _unsaid(stated)
        parties[key] = _with_sentence(deal, key, stated)
    return Fairness(
        reference={key: party.reference for key, party in deal.parties.items()},
        rate=float(deal.rate),
        price_base=deal.price_base,
        parties=parties,
        flags=tuple(_flags(deal, parties, policy)),
    )


def cost_basis(deal: Deal, party: str) -> Basis:
    """Return how well a party's costs are known: the least known of the facts it bears.

    A supplier that bears no fact at all has costs that nobody has stated.
    """
    borne = [
        fact.basis
        for fact in deal.facts.values()
        if fact.borne_by == party and not fact.without_deal
    ]
    for basis in (Basis.UNKNOWN, Basis.ESTIMATED):
        if basis in borne:
            return basis
    if deal.parties[party].hides_costs:
        of_it = (fact for fact in deal.facts.values() if fact.borne_by == party)
        is_estimated = any(fact.basis is Basis.ESTIMATED for fact in of_it)
        return Basis.ESTIMATED if is_estimated else Basis.UNKNOWN
    kind = deal.parties[party].kind
    if not borne and kind not in (PartyKind.PUBLIC, PartyKind.INVESTOR):
        return Basis.UNKNOWN
    return Basis.SUPPLIED


def why_no_shares(deal: Deal, party: str, basis: Basis) -> str | None:
    """Say why a party's result cannot be measured, or None."""
    named = deal.parties[party]
    if named.reference is None:
        return (
            f"No reference is named for {named.name}: say what it would do without the deal, "
            "and the shares follow."
        )
    if basis is Basis.UNKNOWN:
        return f"The costs of {named.name} are not known: enter them, or an estimate labelled so."
    return None


def _unsaid(stated: PartyFairness) -> PartyFairness:
    return evolve(
        stated,
        up_gbp=None,
        down_gbp=None,
        loss_probability=None,
        own_tail_gbp=None,
        joint_tail_gbp=None,
        tail_to_resources=None,
    )


def _worst_count(draws: int, share: float) -> int:
    return max(1, int(np.ceil(draws * share - 1e-9)))


def _with_sentence(deal: Deal, key: str, stated: PartyFairness) -> PartyFairness:
    """Add what a person would say of one party, under these assumptions."""
    name = deal.parties[key].name
    if stated.up_gbp is None or stated.down_gbp is None:
        why = stated.why_null or ""
        said = f"Under these assumptions nothing is said of {name}. {why}".strip()
        return evolve(stated, sentence=said)
    reward = "" if stated.reward_share is None else f" ({percentage(stated.reward_share)})"
    risk = "" if stated.risk_share is None else f" ({percentage(stated.risk_share)})"
    chance = percentage(stated.loss_probability)
    return evolve(
        stated,
        sentence=(
            f"Under these assumptions {name} has {about(stated.up_gbp)} of the expected "
            f"gain{reward} and {about(stated.down_gbp)} of the expected loss{risk}; it loses in "
            f"{chance} of futures, against {deal.parties[key].reference}"
            f"{_estimated(deal, key, stated.cost_basis)}."
        ),
    )


def _estimated(deal: Deal, key: str, basis: str) -> str:
    if basis != Basis.ESTIMATED.value:
        return ""
    of_it = (fact for fact in deal.facts.values() if fact.borne_by == key)
    grades = {fact.grade for fact in of_it if fact.basis is Basis.ESTIMATED and fact.grade}
    return "; its costs are our estimate" + (f", grade {max(grades)}" if grades else "")


def about(gbp: float) -> str:
    """Return an estimate in words, to three figures: £1.23m, £45,600, −£320."""
    size, sign = abs(gbp), "\u2212" if gbp < 0 else ""
    for unit, letter in ((1e9, "bn"), (1e6, "m")):
        if size >= unit * 0.9995:
            return f"{sign}£{float(f'{size / unit:.3g}'):g}{letter}"
    return f"{sign}£{float(f'{size:.3g}'):,.0f}" if size >= 0.5 else "£0"


def _flags(deal: Deal, parties: Mapping[str, PartyFairness], policy: Policy) -> Iterator[Flag]:
    """Yield what a person should look at. Nothing is flagged of what cannot be said."""
    for key, stated in parties.items():
        party = deal.parties[key]
        name = party.name
        if stated.reward_share is not None and stated.risk_share is not None:
            gap = stated.reward_share - stated.risk_share
            shares = f"{percentage(stated.reward_share)} of the reward and "
            shares += f"{percentage(stated.risk_share)} of the risk"
            if gap > policy.gap:
                yield Flag("a", key, f"{name} has {shares}: far more reward than risk.")
            if -gap > policy.gap and party.kind in WEAKER:
                yield Flag("b", key, f"{name} has {shares}: a {party.kind.value} that carries it.")
        if party.kind in WEAKER and stated.up_gbp is not None:
            if (stated.tail_to_resources or 0) > 1:
                lost = about(-(stated.own_tail_gbp or 0))
                said = f"In its worst 5% of futures {name} loses {lost}, more than it has."
                yield Flag("b", key, said)
            elif stated.failure_probability >= TAIL:
                fails = percentage(stated.failure_probability)
                said = f"{name} would lose more than it has: it fails in {fails} of futures."
                yield Flag("b", key, said)
        if (stated.loss_probability or 0) < policy.loss_chance and stated.up_gbp is not None:
            for other, theirs in parties.items():
                if other != key and (theirs.risk_share or 0) > policy.risk_share:
                    yield Flag(
                        "c",
                        key,
                        f"{name} loses in {percentage(stated.loss_probability)} of futures, while "
                        f"{deal.parties[other].name} carries {percentage(theirs.risk_share)} of "
                        "the risk.",
                    )
        if party.is_public and stated.up_gbp is not None and stated.down_gbp is not None:
            expected = stated.up_gbp - stated.down_gbp
            if expected <= -HALF_A_PENNY:
                yield Flag(
                    "d",
                    key,
                    f"{name} is expected to be {about(-expected)} worse off than with "
                    f"{party.reference}.",
                )
    yield from _who_reports_what_pays_them(deal)


def _who_reports_what_pays_them(deal: Deal) -> Iterator[Flag]:
    for arrow in who_pays_whom(deal):
        payees = dict.fromkeys(payee for _, payee in arrow.pairs)
        for key in sorted(deal.term(arrow.term).facts()):
            fact = deal.facts[key]
            if fact.reported_by in payees:
                yield Flag(
                    "e",
                    fact.reported_by,
                    f"{deal.parties[fact.reported_by].name} is paid by {arrow.name.lower()} and "
                    f"itself reports the fact that decides it: {fact.in_sentence}.",
                )
