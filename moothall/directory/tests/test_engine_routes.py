"""Which routes without a competition are open, closed or not assessed, and what decides."""

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from moothall.core.rules import rules_of
from moothall.directory.engine.routes import Facts, State, routes

WITHOUT, THRESHOLDS = (
    rules_of("directory", name) for name in ("without_competition", "thresholds")
)
NOTHING_KNOWN = Facts(began_on=date(2026, 11, 24))
MUTUAL = evolve(
    NOTHING_KNOWN,
    is_reservable=True,
    is_mutual=True,
    shares_profit_outside=False,
    employees_control=True,
    term_months=60,
    had_comparable=False,
)
CONTROLLED = evolve(
    NOTHING_KNOWN,
    is_controlled=True,
    outside_influence=False,
    share_for_owners=Fraction(9, 10),
)


def found(facts, rules=WITHOUT):
    return {route.key: route for route in routes(facts, rules, THRESHOLDS)}


def all_verified():
    return {
        key: evolve(rule, versions=tuple(evolve(one, verified=True) for one in rule.versions))
        for key, rule in WITHOUT.items()
    }


def test_where_nothing_is_known_nothing_but_a_competition_is_open():
    states = {key: route.state for key, route in found(NOTHING_KNOWN).items()}
    assert states.pop("competition") is State.OPEN
    assert set(states.values()) == {State.NOT_ASSESSED}


def test_the_routes_stand_in_the_order_in_which_they_are_tried():
    assert list(found(NOTHING_KNOWN)) == [
        "in_house",
        "horizontal",
        "vertical",
        "reserved",
        "below_threshold",
        "grant",
        "competition",
    ]


@pytest.mark.parametrize(
    ("own", "state"),
    [(True, State.OPEN), (False, State.CLOSED), (None, State.NOT_ASSESSED)],
)
def test_one_s_own_staff_need_no_contract(own, state):
    assert found(evolve(NOTHING_KNOWN, own_staff=own))["in_house"].state is state


@pytest.mark.parametrize(
    ("share", "state"),
    [(Fraction(8, 10), State.CLOSED), (Fraction(6863, 10000), State.CLOSED)],
)
def test_eighty_percent_or_less_for_the_owners_closes_the_vertical_route(share, state):
    route = found(evolve(CONTROLLED, share_for_owners=share))["vertical"]
    assert route.state is state
    assert "it takes more than 80%" in route.because


def test_a_controlled_body_that_fits_waits_for_a_solicitor_while_rules_are_unverified():
    route = found(CONTROLLED)["vertical"]
    assert route.state is State.NOT_ASSESSED
    assert route.because.startswith("The facts fit, and 2 rules that it rests on have not been")
    assert found(CONTROLLED, all_verified())["vertical"].state is State.OPEN


def test_an_unverified_rule_warns_and_closes_nothing():
    facts = evolve(CONTROLLED, outside_influence=True)
    route = found(facts)["vertical"]
    assert route.state is State.NOT_ASSESSED
    assert "Somebody else has decisive influence over it. The rule has not been verified" in (
        route.because
    )
    assert found(facts, all_verified())["vertical"].state is State.CLOSED


def test_a_verified_rule_closes_a_route_even_where_another_fact_is_unknown():
    facts = Facts(began_on=date(2026, 11, 24), share_for_owners=Fraction(1, 2))
    assert found(facts)["vertical"].state is State.CLOSED


def test_joint_control_asks_that_each_sits_on_the_board():
    facts = evolve(CONTROLLED, is_joint=True, each_on_board=False)
    assert found(facts, all_verified())["vertical"].because == (
        "Not each of those who control it sits on its board."
    )


def test_an_average_says_that_it_rests_on_the_averaging_rule():
    route = found(evolve(CONTROLLED, share_is_averaged=True))["vertical"]
    assert any("averaged over 3 years" in doubt for doubt in route.doubts)


def test_a_reserved_competition_is_open_to_a_mutual_that_meets_every_condition():
    route = found(MUTUAL)["reserved"]
    assert route.state is State.OPEN
    assert "It lasts 60 months, within 60." in route.because


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("is_reservable", False, "not among those that may be reserved"),
        ("term_months", 61, "It lasts 61 months; a reserved contract lasts at most 60."),
        ("is_mutual", False, "not there to deliver public services"),
        ("shares_profit_outside", True, "shares profit with others than its members"),
        ("employees_control", False, "employees do not manage and control it"),
        ("had_comparable", True, "within 3 years of the award"),
    ],
)
def test_each_condition_closes_the_reserved_competition(fact, value, said):
    route = found(evolve(MUTUAL, **{fact: value}))["reserved"]
    assert route.state is State.CLOSED
    assert said in route.because


def test_what_is_missing_is_named():
    route = found(evolve(MUTUAL, had_comparable=None))["reserved"]
    assert route.state is State.NOT_ASSESSED
    assert route.because == (
        "Not known: whether it had a comparable contract of this authority under section 33."
    )


@pytest.mark.parametrize(
    ("day", "pence", "state"),
    [
        (date(2025, 12, 31), 214_903_99, State.OPEN),
        (date(2025, 12, 31), 214_904_00, State.CLOSED),
        (date(2026, 1, 1), 207_719_99, State.OPEN),
        (date(2026, 1, 1), 207_720_00, State.CLOSED),
    ],
)
def test_the_threshold_of_the_day_decides(day, pence, state):
    route = found(Facts(began_on=day, value_pence=pence))["below_threshold"]
    assert route.state is state


def test_a_light_touch_contract_has_its_own_threshold():
    facts = evolve(NOTHING_KNOWN, kind="light_touch", value_pence=663_539_99)
    assert found(facts)["below_threshold"].state is State.OPEN


@pytest.mark.parametrize(
    ("now", "earlier", "state"),
    [(60_000_00, 250_000_00, State.NOT_ASSESSED), (70_000_00, 250_000_00, State.CLOSED)],
)
def test_a_grant_counts_with_what_the_enterprise_had_before(now, earlier, state):
    facts = evolve(NOTHING_KNOWN, binds_delivery=False, grant_pence=now, earlier_help_pence=earlier)
    assert found(facts)["grant"].state is state


def test_a_horizontal_arrangement_that_fits_waits_for_a_solicitor():
    facts = evolve(
        NOTHING_KNOWN,
        only_authorities=True,
        shared_function=True,
        public_interest_only=True,
        market_share=Fraction(19, 100),
    )
    assert found(facts)["horizontal"].state is State.NOT_ASSESSED
    assert found(facts, all_verified())["horizontal"].state is State.OPEN
    facts = evolve(facts, market_share=Fraction(20, 100))
    assert found(facts, all_verified())["horizontal"].state is State.CLOSED


def test_before_the_act_every_route_but_one_s_own_staff_is_not_assessed():
    routes_ = found(evolve(MUTUAL, began_on=date(2025, 2, 23), own_staff=True))
    assert routes_.pop("in_house").state is State.OPEN
    assert {route.state for route in routes_.values()} == {State.NOT_ASSESSED}
    assert "before the Procurement Act 2023 (24 February 2025)" in routes_["reserved"].because


def test_each_route_names_its_rules_with_their_sources():
    route = found(MUTUAL)["reserved"].as_json()
    assert route["state"] == "open"
    assert all(rule["source"] and rule["is_verified"] for rule in route["rules"])
