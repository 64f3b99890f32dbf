"""Who may deliver this without a competition: which routes are open, closed or not assessed?

Not legal advice. A rule that has not been verified here may warn; it never opens or closes a route.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from moothall.values.money import Money
from moothall.values.proportions import in_percent
from moothall.values.rules import Rule, RuleVersion


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    NOT_ASSESSED = "not assessed"


@frozen
class Facts:
    """What is known of a service and of who might deliver it. None: not known.

    began_on     : the day on which its procurement begins, or began
    share_for_owners, market_share : parts of the activities, 0 to 1
    """

    began_on: date
    own_staff: bool | None = None
    only_authorities: bool | None = None
    shared_function: bool | None = None
    public_interest_only: bool | None = None
    market_share: Fraction | None = None
    is_controlled: bool | None = None
    outside_influence: bool | None = None
    is_joint: bool | None = None
    each_on_board: bool | None = None
    share_for_owners: Fraction | None = None
    share_is_averaged: bool = False
    is_reservable: bool | None = None
    is_mutual: bool | None = None
    shares_profit_outside: bool | None = None
    employees_control: bool | None = None
    term_months: int | None = None
    had_comparable: bool | None = None
    kind: str = "goods_services_sub_central"
    value_pence: int | None = None
    binds_delivery: bool | None = None
    grant_pence: int | None = None
    earlier_help_pence: int | None = None


@frozen
class Condition:
    """One thing that a route asks. rule: None where no rule of law is needed to answer it."""

    holds: bool | None
    because: str
    rule: tuple[str, RuleVersion] | None = None

    @property
    def is_verified(self) -> bool:
        return self.rule is None or self.rule[1].verified


@frozen
class Route:
    """One way to have it delivered. because: the fact that decides; doubts: what warns."""

    key: str
    title: str
    state: State
    because: str
    doubts: tuple[str, ...] = ()
    rules: tuple[tuple[str, RuleVersion], ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "title": self.title,
            "state": self.state.value,
            "because": self.because,
            "doubts": list(self.doubts),
            "rules": [
                {
                    "rule": label,
                    "value": str(version.value),
                    "in_force_from": version.in_force_from.isoformat(),
                    "source": version.source,
                    "is_verified": version.verified,
                }
                for label, version in self.rules
            ],
        }


ALWAYS = (
    "Best value: that this way secures continuous improvement, and why.",
    "Social value: considered before the procurement begins.",
    "Staff and pensions: whether people transfer with the work.",
    "Equality: its effect on those who are protected.",
    "A record of the decision: who took it, under which power, on which evidence.",
)
NOT_ADVICE = "This is not legal advice. A solicitor confirms the route before anyone relies on it."


def routes(
    facts: Facts, rules: Mapping[str, Rule], thresholds: Mapping[str, Rule]
) -> tuple[Route, ...]:
    """Every route in the order in which it is tried, for the day on which the procurement begins.

    Under a law that is not coded here every route but one's own staff is 'not assessed'.
    """
    own = _route("in_house", "Own staff", [_own_staff(facts)])
    first = min(version.in_force_from for version in rules["act_covers"].versions)
    if facts.began_on < first:
        said = (
            f"The procurement began on {facts.began_on:%-d %B %Y}, before the Procurement Act 2023 "
            f"({first:%-d %B %Y}). The law of that day is not coded here: ask a solicitor."
        )
        return (own, *(Route(key, title, State.NOT_ASSESSED, said) for key, title in OTHERS))
    asks = (
        _horizontal(facts, rules),
        _vertical(facts, rules),
        _reserved(facts, rules),
        _below(facts, rules, thresholds),
        _grant(facts, rules),
        _competition(facts, rules),
    )
    return (
        own,
        *(_route(key, title, list(each)) for (key, title), each in zip(OTHERS, asks, strict=True)),
    )


OTHERS = (
    ("horizontal", "Public bodies among themselves"),
    ("vertical", "A body that the authority controls"),
    ("reserved", "A competition limited to public service mutuals"),
    ("below_threshold", "A contract below the threshold"),
    ("grant", "A grant"),
    ("competition", "A competition, or a justified direct award"),
)


def _route(key: str, title: str, asked: list[Condition]) -> Route:
    """What the conditions come to. The first that a verified rule fails closes the route."""
    rules = tuple(one.rule for one in asked if one.rule is not None)
    doubts = tuple(
        f"{one.because} The rule has not been verified here: it closes nothing, and must be asked."
        for one in asked
        if one.holds is False and not one.is_verified
    )
    closed = next((one for one in asked if one.holds is False and one.is_verified), None)
    if closed is not None:
        return Route(key, title, State.CLOSED, closed.because, doubts, rules)
    unknown = [one.because for one in asked if one.holds is None]
    if unknown:
        return Route(key, title, State.NOT_ASSESSED, unknown[0], doubts + tuple(unknown[1:]), rules)
    if doubts:
        return Route(key, title, State.NOT_ASSESSED, doubts[0], doubts[1:], rules)
    unverified = [one for one in asked if not one.is_verified]
    if unverified:
        said = (
            f"The facts fit, and {_count(len(unverified))} it rests on "
            f"{'has' if len(unverified) == 1 else 'have'} not been verified here: "
            f"{unverified[0].because} A solicitor must confirm it."
        )
        return Route(
            key, title, State.NOT_ASSESSED, said,
            tuple(one.because for one in unverified[1:]), rules,
        )  # fmt: skip
    said = " ".join(one.because for one in asked) or "Always."
    return Route(key, title, State.OPEN, said, (), rules)


def _count(number: int) -> str:
    return "one rule that" if number == 1 else f"{number} rules that"


def _fact(
    holds: bool | None,
    yes: str,
    no: str,
    ask: str,
    rule: tuple[str, RuleVersion] | None = None,
) -> Condition:
    because = f"Not known: {ask}." if holds is None else yes if holds else no
    return Condition(holds, because, rule)


def _own_staff(facts: Facts) -> Condition:
    return _fact(
        facts.own_staff,
        "The authority's own staff deliver it: there is no contract to award.",
        "Somebody other than its own staff delivers it.",
        "whether the authority's own staff would deliver it",
    )


def _rule(rules: Mapping[str, Rule], key: str, on: date) -> tuple[str, RuleVersion]:
    return rules[key].label, rules[key].on(on)


def _horizontal(facts: Facts, rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    rule = _rule(rules, "horizontal_market", facts.began_on)
    most = rule[1].value
    part, shown = facts.market_share, in_percent(facts.market_share)
    return (
        _fact(
            facts.only_authorities,
            "Only contracting authorities take part.",
            "Somebody who is no contracting authority takes part.",
            "whether only contracting authorities take part",
            rule,
        ),
        _fact(
            facts.shared_function,
            "They carry out functions that they share.",
            "They share no public function in it.",
            "whether they share the public function",
            rule,
        ),
        _fact(
            facts.public_interest_only,
            "It serves the public interest alone.",
            "It serves more than the public interest.",
            "whether it serves the public interest alone",
            rule,
        ),
        _fact(
            None if part is None else part * 100 < most,
            f"{shown} of the activities are on the open market, below {most}%.",
            f"{shown} of the activities are on the open market; it takes less than {most}%.",
            "what part of the activities is on the open market",
            rule,
        ),
    )


def _vertical(facts: Facts, rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    control = _rule(rules, "vertical_control", facts.began_on)
    share = _rule(rules, "vertical_share", facts.began_on)
    part, least = facts.share_for_owners, share[1].value
    shown = in_percent(part)
    asked = [
        _fact(
            facts.is_controlled,
            "The authority controls the body, alone or with others.",
            "The authority does not control the body.",
            "whether the authority controls the body",
            control,
        ),
        _fact(
            None if facts.outside_influence is None else not facts.outside_influence,
            "Nobody else has decisive influence over it.",
            "Somebody else has decisive influence over it.",
            "whether anybody else has decisive influence over it",
            control,
        ),
        _fact(
            None if part is None else part * 100 > least,
            f"{shown} of its activities are for those who control it, more than {least}%.",
            f"{shown} of its activities are for those who control it; it takes more than {least}%.",
            "what part of its activities is for those who control it",
            share,
        ),
    ]
    if facts.share_is_averaged:
        averaging = _rule(rules, "averaged_over", facts.began_on)
        asked.append(
            Condition(
                True, f"Its activities are averaged over {averaging[1].value} years.", averaging
            )
        )
    if facts.is_joint:
        asked.append(
            _fact(
                facts.each_on_board,
                "Each of those who control it sits on its board.",
                "Not each of those who control it sits on its board.",
                "whether each of those who control it sits on its board",
                _rule(rules, "vertical_joint", facts.began_on),
            )
        )
    return tuple(asked)


def _reserved(facts: Facts, rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    day = facts.began_on
    mutual = _rule(rules, "reserved_mutual", day)
    term = _rule(rules, "reserved_term", day)
    back = _rule(rules, "reserved_look_back", day)
    months, most = facts.term_months, term[1].value
    return (
        _fact(
            facts.is_reservable,
            "The services are among those that may be reserved.",
            "The services are not among those that may be reserved.",
            "whether the services are marked R in Schedule 1 of the Procurement Regulations 2024",
            _rule(rules, "reserved_services", day),
        ),
        _fact(
            None if months is None else months <= most,
            f"It lasts {months} months, within {most}.",
            f"It lasts {months} months; a reserved contract lasts at most {most}.",
            "how many months it lasts at most",
            term,
        ),
        *mutual_conditions(facts, mutual),
        _fact(
            None if facts.had_comparable is None else not facts.had_comparable,
            f"This authority reserved no contract of the kind to it in {back[1].value} years.",
            "This authority reserved a contract for the same kind of services to it within "
            f"{back[1].value} years of the award.",
            "whether it had a comparable contract of this authority under section 33",
            back,
        ),
    )


def mutual_conditions(
    facts: Facts, rule: tuple[str, RuleVersion]
) -> tuple[Condition, Condition, Condition]:
    """The three things that make a public service mutual."""
    profit = facts.shares_profit_outside
    return (
        _fact(
            facts.is_mutual,
            "It is there to deliver public services, mainly of that kind.",
            "It is not there to deliver public services, mainly of that kind.",
            "whether it is there to deliver public services, mainly of that kind",
            rule,
        ),
        _fact(
            None if profit is None else not profit,
            "It makes no profit, or shares it among its members alone.",
            "It shares profit with others than its members.",
            "whether it shares profit with others than its members",
            rule,
        ),
        _fact(
            facts.employees_control,
            "Its employees manage and control it.",
            "Its employees do not manage and control it.",
            "whether its employees manage and control it",
            rule,
        ),
    )


def _below(
    facts: Facts, rules: Mapping[str, Rule], thresholds: Mapping[str, Rule]
) -> tuple[Condition, ...]:
    rule = _rule(thresholds, facts.kind, facts.began_on)
    value, limit = facts.value_pence, rule[1].value
    shown = "" if value is None else Money.from_pence(value)
    return (
        _fact(
            None if value is None else value < limit * 100,
            f"{shown} with VAT is below the threshold of £{limit:,}. Below-threshold rules and the "
            "contracts register still apply.",
            f"{shown} with VAT is not below the threshold of £{limit:,}.",
            "the estimated value with VAT",
            rule,
        ),
    )


def _grant(facts: Facts, rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    day = facts.began_on
    limit = _rule(rules, "minimal_financial_assistance", day)
    asked, earlier = facts.grant_pence, facts.earlier_help_pence
    known = asked is not None and earlier is not None
    total = Money.from_pence((asked or 0) + (earlier or 0))
    most = f"£{limit[1].value:,}"
    return (
        _fact(
            None if facts.binds_delivery is None else not facts.binds_delivery,
            "Nobody is bound to deliver a service for it.",
            "Somebody is bound to deliver a service for it: that is a contract.",
            "whether anybody would be bound to deliver a service",
            _rule(rules, "grant_is_no_contract", day),
        ),
        _fact(
            total.pence <= limit[1].value * 100 if known else None,
            f"{total} to this enterprise in this and the two financial years before is within "
            f"{most} of minimal financial assistance.",
            f"{total} to this enterprise in this and the two financial years before is more than "
            f"{most} of minimal financial assistance: the subsidy control principles must be "
            "assessed instead.",
            "how much the enterprise is given now and had in this and the two years before",
            limit,
        ),
    )


def _competition(facts: Facts, rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    rule = _rule(rules, "transparency_notice", facts.began_on)
    return (
        Condition(
            True,
            "Always there: a tender notice and a competition. A direct award instead needs one of "
            "the Act's justifications and a transparency notice before it.",
            rule,
        ),
    )
