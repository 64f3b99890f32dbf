"""Which claims count? Rules about one person, applied before outcomes are counted.

A claim says that one person reached one outcome of a rate card. Claims are judged one after
another by the day on which they were reached, then by the day they were made, then by name, so
their order in a file changes nothing; and a refused claim is as if it had not been made. What is
counted goes into the facts that the card reads; its caps by outcome, period and contract come
after, in its own order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import evolve, frozen

from moothall.deals.deal import Deal
from moothall.deals.terms.rate_card import RateCard, Tariff
from moothall.deals.wording import listed, price, quantity
from moothall.values.periods import Period
from moothall.values.wording import plain_date, pounds_in_words

Counted = dict[str, dict[date, Decimal]]  # fact -> first day of its period -> its value
Rules = Mapping[str, tuple[RateCard, Tariff]]  # outcome -> what it is judged by


class CannotJudge(ValueError):
    """The deal says too little to judge claims by. The message is a sentence."""


class Rule(StrEnum):
    """What decided a claim. The value is how it is named in JSON."""

    COUNTED = "counted"
    IN_PART = "counted in part: cap a person"
    TWICE = "the same claim twice"
    NOT_ON_CARD = "not on a rate card"
    NOT_SUSTAINED = "not sustained"
    OUTSIDE = "outside the deal"
    NOT_YET = "after this period"
    EVIDENCE = "evidence"
    EARLY = "claimed early"
    LATE = "claimed late"
    MOST_A_PERSON = "at most so many a person"
    GROUP = "one of a group"
    PERSON_CAP = "cap a person"


@frozen
class Claim:
    """One person is said to have reached one outcome.

    person      : a pseudonym, the same for every claim about that person
    outcome     : the fact that counts it
    started_on  : the day it was reached, or from which it is held
    claimed_on  : the day on which the claim was made
    weeks_held  : how long it was held, where it must be sustained
    evidence_on : the date of its evidence
    """

    claim: str
    person: str
    outcome: str
    started_on: date
    claimed_on: date
    weeks_held: Decimal | None = None
    evidence_on: date | None = None


@frozen
class Judged:
    """A claim, and what became of it.

    reached_on : the last day of the weeks asked of it; where none are, the day it started
    worth_gbp  : what it adds at its tariff, after the cap a person and before every other cap
    over_gbp   : what the cap a person takes off it
    """

    claim: Claim
    rule: Rule
    sentence: str
    reached_on: date
    worth_gbp: Decimal = Decimal(0)
    over_gbp: Decimal = Decimal(0)

    @property
    def is_counted(self) -> bool:
        return self.rule in (Rule.COUNTED, Rule.IN_PART)

    def as_json(self) -> dict[str, Any]:
        return {
            "claim": self.claim.claim,
            "person": self.claim.person,
            "outcome": self.claim.outcome,
            "reached_on": self.reached_on.isoformat(),
            "counted": self.is_counted,
            "rule": self.rule.value,
            "worth_gbp": str(self.worth_gbp),
            "because": self.sentence,
        }


@frozen
class Judgement:
    """Every claim judged, in the order in which that was done, and the facts they come to."""

    claims: tuple[Judged, ...]
    facts: Mapping[str, Mapping[date, Decimal]]


def judged(deal: Deal, claims: Iterable[Claim], *, up_to: Period | None = None) -> Judgement:
    """Judge claims by the rate cards of a deal.

    up_to : the last period to count; None: the last of the deal. What is reached after it waits

    :raises CannotJudge: when the deal has no rate card, or two that count the same outcome.
    """
    rules = _rules(deal)
    last = up_to or deal.periods[-1]
    done: list[Judged] = []
    for claim in sorted(claims, key=lambda claim: _order(claim, rules)):
        one = _judged_alone(claim, rules, deal, last)
        if one.is_counted:
            before = [had for had in done if had.is_counted]
            one = _judged_among(one, before, rules, deal)
        done.append(one)
    counted = [one for one in done if one.is_counted]
    return Judgement(tuple(done), _facts(deal, rules, counted, last))


def with_reported(judgement: Judgement, reported: Mapping[str, Mapping[date, Decimal]]) -> Counted:
    """Return facts as reported together with those that claims come to.

    :raises CannotJudge: when an outcome is both reported and claimed.
    """
    claimed = {one.claim.outcome for one in judgement.claims}
    for key in judgement.facts:
        if key in claimed and key in reported:
            raise CannotJudge(
                f"{key} is reported as a number and claimed person by person. "
                "Leave it out of the facts, or leave its claims out."
            )
    found = {key: dict(values) for key, values in judgement.facts.items()}
    return found | {key: dict(values) for key, values in reported.items()}


def not_simulated(deal: Deal) -> list[str]:
    """Return a sentence for each rate card whose rules about one person no draw of counts knows."""
    found = []
    for card in _cards(deal):
        used = {
            "the cap a person": card.person_cap_gbp is not None,
            "groups of which a person counts once": any(one.group for one in card.tariffs),
            "the weeks an outcome is held": any(one.sustained_weeks for one in card.tariffs),
            "late claims": any(one.claim_within_days is not None for one in card.tariffs),
            "the age of evidence": any(
                one.evidence_within_days is not None for one in card.tariffs
            ),
        }
        if any(used.values()):
            said = listed(rule for rule, is_used in used.items() if is_used)
            found.append(
                f"{card.name}: outcomes are drawn as numbers already counted. "
                f"Rules about one person are not simulated: {said}."
            )
    return found


def _cards(deal: Deal) -> list[RateCard]:
    return [term for term in deal.terms if isinstance(term, RateCard)]


def _rules(deal: Deal) -> Rules:
    rules: dict[str, tuple[RateCard, Tariff]] = {}
    for card in _cards(deal):
        for tariff in card.tariffs:
            if tariff.outcome in rules:
                raise CannotJudge(
                    f"{deal.facts[tariff.outcome].title} stands on two rate cards, and one claim "
                    "cannot be judged by both. Give each card an outcome of its own."
                )
            rules[tariff.outcome] = (card, tariff)
    if not rules:
        raise CannotJudge("The deal has no rate card to judge claims by. Report facts instead.")
    return rules


def _reached_on(claim: Claim, rules: Rules) -> date:
    if claim.outcome not in rules:
        return claim.started_on
    _, tariff = rules[claim.outcome]
    weeks = tariff.within_weeks or tariff.sustained_weeks
    return claim.started_on + timedelta(days=7 * weeks - 1) if weeks else claim.started_on


def _order(claim: Claim, rules: Rules) -> tuple[Any, ...]:
    """Return what claims are judged in the order of: every field, so that no file order is left."""
    last = (claim.started_on, claim.weeks_held or Decimal(0), claim.evidence_on or date.min)
    by_name = (claim.claim, claim.person, claim.outcome)
    return (_reached_on(claim, rules), claim.claimed_on, *by_name, *last)


def _judged_alone(claim: Claim, rules: Rules, deal: Deal, last: Period) -> Judged:
    """Judge what a claim says by itself, whoever else claims."""
    reached = _reached_on(claim, rules)

    def no(rule: Rule, why: str) -> Judged:
        return Judged(claim, rule, f"Claim {claim.claim} is refused: {why}", reached)

    if claim.outcome not in rules:
        return no(Rule.NOT_ON_CARD, f"no rate card has the outcome {claim.outcome!r}.")
    _, tariff = rules[claim.outcome]
    what = deal.facts[tariff.outcome].in_sentence
    if claim.started_on not in deal.period or reached not in deal.period:
        span = f"{plain_date(deal.period.starts_on)} to {plain_date(deal.period.last_day)}"
        reach = f"{plain_date(claim.started_on)} to {plain_date(reached)}"
        return no(Rule.OUTSIDE, f"{what}: {reach} is not within the deal, {span}.")
    if tariff.sustained_weeks:
        held, asked = claim.weeks_held or Decimal(0), tariff.sustained_weeks
        if held < asked:
            return no(
                Rule.NOT_SUSTAINED,
                f"{what}: held for {quantity(held)} of the {asked} weeks that are asked.",
            )
    if claim.claimed_on < reached:
        days = f"{plain_date(claim.claimed_on)}, before {plain_date(reached)}"
        return no(Rule.EARLY, f"{what}: it was made on {days}, when the outcome is reached.")
    most = tariff.claim_within_days
    if most is not None and (late := (claim.claimed_on - reached).days) > most:
        return no(Rule.LATE, f"{what}: made {late} days after it was reached; {most} are allowed.")
    if (most := tariff.evidence_within_days) is not None:
        if claim.evidence_on is None:
            return no(Rule.EVIDENCE, f"{what}: it gives no date of its evidence.")
        if (apart := abs((claim.evidence_on - reached).days)) > most:
            why = f"its evidence is {apart} days from {plain_date(reached)}; {most} are allowed."
            return no(Rule.EVIDENCE, f"{what}: {why}")
    if reached >= last.ends_before:
        why = f"{what}: it is reached on {plain_date(reached)}, after {last}. It waits."
        return no(Rule.NOT_YET, why)
    counts = f"Claim {claim.claim} counts: {what}, reached on {plain_date(reached)}"
    worth = tariff.price_gbp
    return Judged(claim, Rule.COUNTED, f"{counts}, {price(worth)}.", reached, worth)


def _judged_among(one: Judged, before: Sequence[Judged], rules: Rules, deal: Deal) -> Judged:
    """Judge a claim that is good by itself beside those already counted."""
    claim = one.claim
    card, tariff = rules[claim.outcome]
    what = deal.facts[tariff.outcome].in_sentence

    def no(rule: Rule, why: str) -> Judged:
        sentence = f"Claim {claim.claim} is refused: {why}"
        return evolve(one, rule=rule, sentence=sentence, worth_gbp=Decimal(0))

    if any(had.claim.claim == claim.claim for had in before):
        return no(Rule.TWICE, "a claim of that name is counted already.")
    own = [had for had in before if had.claim.person == claim.person]
    own = [had for had in own if rules[had.claim.outcome][0] is card]
    same = [had for had in own if had.claim.outcome == claim.outcome]
    if len(same) >= tariff.most_a_person:
        which = f" ({same[-1].claim.claim})" if same else ""
        why = f"{what}: {len(same)} of {tariff.most_a_person} a person counted already{which}."
        return no(Rule.MOST_A_PERSON, why)
    if tariff.group:
        for had in own:
            other = rules[had.claim.outcome][1]
            if other.group == tariff.group and other.outcome != tariff.outcome:
                why = f"{what}: of {tariff.group} a person counts once, and {had.claim.claim} does."
                return no(Rule.GROUP, why)
    if card.person_cap_gbp is None:
        return one
    left = card.person_cap_gbp - sum((had.worth_gbp for had in own), Decimal(0))
    if tariff.price_gbp <= left:
        return one
    cap = f"{pounds_in_words(card.person_cap_gbp)} a person leaves {price(max(left, Decimal(0)))}"
    if left <= 0 or tariff.over_person_cap is None:
        return no(Rule.PERSON_CAP, f"{what}: the cap of {cap} of {price(tariff.price_gbp)}.")
    sentence = f"Claim {claim.claim} counts in part: {what}, the cap of {cap}."
    over = tariff.price_gbp - left
    return evolve(one, rule=Rule.IN_PART, sentence=sentence, worth_gbp=left, over_gbp=over)


def _facts(deal: Deal, rules: Rules, counted: Sequence[Judged], last: Period) -> Counted:
    """Return what the rate cards read: of every outcome, nought where nobody reached it."""
    periods = [period for period in deal.periods if period.starts_on <= last.starts_on]
    facts: Counted = {}
    for _, tariff in rules.values():
        for key in (tariff.outcome, tariff.over_person_cap):
            if key is not None:
                facts[key] = {period.starts_on: Decimal(0) for period in periods}
    for one in counted:
        _, tariff = rules[one.claim.outcome]
        day = next(period.starts_on for period in periods if one.reached_on in period)
        facts[tariff.outcome][day] += 1
        if tariff.over_person_cap is not None:
            facts[tariff.over_person_cap][day] += one.over_gbp
    return facts
