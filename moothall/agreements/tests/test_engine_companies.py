"""What holdings bring, whether the activity test is passed, and what a failure would cost."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.agreements.engine.activity import WorkYear, activity_test
from moothall.agreements.engine.company_year import (
    PLAN_LIFE,
    PlanLine,
    dividend_shares,
    in_words,
    quarters_reported,
    variances,
    why_not_dividend,
)
from moothall.agreements.engine.exposure import Exposure, Standing, lost_if_failed, stressed
from moothall.agreements.engine.holdings import (
    Dealings,
    Held,
    Seat,
    brought_by,
    business_relationship,
    stakes,
)
from moothall.agreements.engine.passing_on import parts_for
from moothall.core.rules import rules_of
from moothall.values.rules import Rule
from moothall.values.state_table import CannotMove

TODAY = date(2026, 11, 24)
HOLDINGS = rules_of("agreements", "holdings")
WITHOUT = rules_of("directory", "without_competition")
LIMITS = rules_of("agreements", "distributions")
THREE = [Held("Council", 199), Held("Builder", 300), Held("Adviser", 501)]


def verified(rule: Rule) -> Rule:
    return evolve(rule, versions=tuple(evolve(one, verified=True) for one in rule.versions))


def stake_of(holder, held, seats=()):
    return next(one for one in stakes(held, seats) if one.holder == holder)


def answers(stake, **given_):
    found = brought_by(stake, HOLDINGS, on=TODAY, **given_)
    return {(one.rule, one.count): one for one in found}


def test_a_part_is_counted_by_shares_votes_and_seats():
    held = [Held("Council", 25, votes=3), Held("Firm", 75), Held("Staff", 10, is_share=False)]
    council = stake_of("Council", held, [Seat("Council"), Seat("Firm"), Seat()])
    assert (council.shares, council.votes, council.seats) == (
        Fraction(1, 4),
        Fraction(75, 160),
        Fraction(1, 3),
    )
    staff = stake_of("Staff", held)
    assert (staff.shares, staff.votes, staff.seats) == (0, Fraction(1, 16), None)


@pytest.mark.parametrize(
    ("percent", "blocks", "ordinary", "special"),
    [
        (25, "no", "no", "no"),
        (26, "yes", "no", "no"),
        (50, "yes", "no", "no"),
        (51, "yes", "yes", "no"),
        (74, "yes", "yes", "no"),
        (75, "yes", "yes", "yes"),
    ],
)
def test_each_threshold_is_met_where_the_act_says(percent, blocks, ordinary, special):
    found = answers(stake_of("Council", [Held("Council", percent), Held("Firm", 100 - percent)]))
    keys = ("blocks_special", "passes_ordinary", "passes_special")
    assert [found[key, "votes"].state for key in keys] == [blocks, ordinary, special]


def test_what_rests_on_an_unverified_rule_is_not_assessed_and_says_where_it_points():
    found = answers(stake_of("Council", [Held("Council", 100)], [Seat("Council"), Seat("Firm")]))
    whole = found["owns_whole", "shares"]
    assert whole.state == "not assessed"
    assert "That would be enough; the rule is not verified here." in whole.because
    assert ("commands_board", "seats") not in found  # half a board, and nothing to warn of


def test_a_fifth_influences_the_company_only_with_a_business_relationship():
    stake = stake_of("Council", [Held("Council", 20), Held("Firm", 80)])
    busy = Dealings(60_00, 100_00, 0, 100_00, False)
    idle = evolve(busy, paid_pence=50_00)
    assert answers(stake, dealings=busy)["influence", "votes"].state == "not assessed"
    rules = HOLDINGS | {"business_relationship": verified(HOLDINGS["business_relationship"])}
    states = [
        next(x for x in brought_by(stake, rules, on=TODAY, dealings=d) if x.count == "votes").state
        for d in (busy, idle, Dealings())
    ]
    assert states == ["yes", "no", "not assessed"]


def test_less_than_a_fifth_is_no_influence_and_control_is_more_than_influence():
    small = answers(stake_of("Council", [Held("Council", 199), Held("Firm", 801)]))
    assert small["influence", "votes"].state == "no"
    large = answers(stake_of("Council", [Held("Council", 60), Held("Firm", 40)]))
    assert large["influence", "votes"].because.endswith("which is more than influence.")


def test_a_firm_is_not_asked_for_influence_or_reserved_matters():
    found = answers(stake_of("Firm", [Held("Council", 80), Held("Firm", 20)]), is_authority=False)
    assert not {"influence", "reserved_matters_at"} & {rule for rule, _ in found}


@pytest.mark.parametrize(
    ("dealings", "holds", "said"),
    [
        (Dealings(0, 1, 0, 1, True), True, "less than the best price"),
        (Dealings(0, 100, 51, 100, False), True, "51% of its net assets"),
        (Dealings(1, 0, 0, 100, False), True, "a business relationship"),
        (Dealings(0, 100, None, None, False), None, "what part of its net assets"),
        (Dealings(0, 100, 0, 100, None), None, "whether it has the authority's land cheaply"),
        (Dealings(50, 100, 50, 100, False), False, "50% of its turnover"),
    ],
)
def test_a_business_relationship_is_found_by_any_of_its_tests(dealings, holds, said):
    asked = HOLDINGS["business_relationship"].on(TODAY).value
    found, because = business_relationship(dealings, asked)
    assert found is holds
    assert said in because


@pytest.mark.parametrize(("count", "state"), [(None, "not assessed"), (0, "no"), (9, "yes")])
def test_a_minority_owner_without_reserved_matters_is_told_so(count, state):
    found = answers(stake_of("Council", THREE), reserved_matters=count)
    reserved = found["reserved_matters_at", "votes"]
    assert reserved.state == state
    assert reserved.because.startswith("19.9% of the votes cannot stop a special resolution")
    assert ("reserved_matters_at", "votes") not in answers(stake_of("Builder", THREE))


def test_shropshires_catering_fails_the_activity_test():
    found = activity_test(
        [WorkYear(date(2012, 3, 31), 700_000_000, 320_000_000)], WITHOUT, on=TODAY
    )
    assert found.verdict == "fails"
    assert found.because.startswith("68.63% of its work in its only year")
    assert found.most_outside_pence == 175_000_000
    assert (
        "31.37% of its work is for others, above 15%. In its latest year it has passed"
        in found.warning
    )


def three_years(*rows):
    return [
        WorkYear(date(2024 + i, 3, 31), int(own * 10**8), int(other * 10**8))
        for i, (own, other) in enumerate(rows)
    ]


OWN_YEARS = three_years((9.0, 0.9), (9.5, 2.0), (10.0, 2.6))


def test_three_years_are_averaged_and_the_averaging_is_said_to_decide():
    found = activity_test(OWN_YEARS, WITHOUT, on=TODAY)
    assert round(float(found.share) * 100, 2) == 83.82
    assert round(float(found.latest_share) * 100, 2) == 79.37
    assert found.verdict == "not assessed"
    assert "the averaging decides, and it passes by it." in found.because
    assert found.because.endswith("ask a solicitor.")
    rules = WITHOUT | {"averaged_over": verified(WITHOUT["averaged_over"])}
    assert activity_test(OWN_YEARS, rules, on=TODAY).verdict == "passes"


def test_only_the_latest_three_years_that_have_ended_count():
    years = [WorkYear(date(2020, 3, 31), 0, 10**12), *OWN_YEARS, WorkYear(date(2027, 3, 31), 0, 1)]
    assert activity_test(years, WITHOUT, on=TODAY).years == tuple(OWN_YEARS)


def test_eighty_percent_exactly_is_not_more_than_eighty():
    on_the_line = [WorkYear(date(2026, 3, 31), 80, 20)]
    assert activity_test(on_the_line, WITHOUT, on=TODAY).verdict == "fails"
    assert activity_test([WorkYear(date(2026, 3, 31), 801, 199)], WITHOUT, on=TODAY).verdict == (
        "passes"
    )


@pytest.mark.parametrize(("outside", "warns"), [(15, False), (16, True)])
def test_the_owners_are_warned_before_the_test_breaks(outside, warns):
    year = WorkYear(date(2026, 3, 31), (100 - outside) * 10**8, outside * 10**8)
    found = activity_test([year], WITHOUT, on=TODAY)
    assert found.verdict == "passes"
    assert bool(found.warning) is warns
    assert not warns or "more a year for others would break the test" in found.warning


def test_a_projection_alone_passes_nothing():
    year = WorkYear(date(2027, 3, 31), 95, 5, is_projection=True)
    found = activity_test([year], WITHOUT, on=TODAY)
    assert (found.verdict, found.share) == ("not assessed", Fraction(95, 100))
    assert "it rests on the projection" in found.because
    assert activity_test([], WITHOUT, on=TODAY).because.startswith("No year of work is recorded.")


AT_RISK = [
    Exposure("Homes Ltd", Standing.EQUITY, 100_00),
    Exposure("Homes Ltd", Standing.LOAN, 900_00),
    Exposure("Energy Ltd", Standing.GUARANTEE, 500_00),
    Exposure("Care Ltd", Standing.UNPAID, 33),
]


def test_each_failure_is_shown_alone_then_the_two_worst_then_all():
    found = stressed(AT_RISK, 1_200_00)
    assert [(one.said, one.lost_pence, one.left_pence) for one in found] == [
        ("Homes Ltd fails", 1_000_00, 200_00),
        ("Energy Ltd fails", 500_00, 700_00),
        ("Care Ltd fails", 33, 1_199_67),
        ("Homes Ltd and Energy Ltd fail", 1_500_00, -300_00),
        ("All fail at once", 1_500_33, -300_33),
    ]
    assert [one.is_more_than_reserves for one in found] == [False, False, False, True, True]
    assert stressed(AT_RISK, None)[0].left_pence is None
    assert stressed([], 100) == ()


def test_a_part_may_be_recovered_and_half_a_penny_is_lost():
    lost = lost_if_failed(AT_RISK, {Standing.LOAN: Decimal(40), Standing.UNPAID: Decimal(50)})
    assert lost == {"Homes Ltd": 460_00, "Energy Ltd": 500_00, "Care Ltd": 17}
    with pytest.raises(ValueError, match="The part lost of loan lies between 0 and 100 percent"):
        lost_if_failed(AT_RISK, {Standing.LOAN: Decimal(140)})


PLAN = (
    PlanLine("Sales", True, (100, 100, 100, 100), (90, 120, None, None)),
    PlanLine("Pay", False, (60, 60, 60, 60), (66, 60, 60, None)),
)


def test_a_plan_is_compared_over_the_quarters_that_every_line_reports():
    assert quarters_reported(PLAN) == 2
    found = {one.title: one for one in variances(PLAN)}
    assert found["Sales"].better_pence == 10
    assert found["Pay"].better_pence == -6
    assert (found["Result"].planned_pence, found["Result"].actual_pence) == (80, 84)
    assert in_words(found["Sales"]) == "£0.10 better than planned (5%)"
    assert [one.actual_pence for one in variances(())] == [0]


def test_a_plan_is_approved_or_refused_only_once_it_is_put():
    assert PLAN_LIFE.after("PUT", "refuse") == "REFUSED"
    with pytest.raises(CannotMove, match=r"You cannot approve the plan: .* is being written"):
        PLAN_LIFE.after("DRAFT", "approve")


def refusal(pence, **given_):
    fields = {"distributable_pence": 1_000_00, "already_pence": 200_00, "pays": "dividend"}
    return why_not_dividend(pence=pence, rules=LIMITS, on=TODAY, **(fields | given_))


def test_a_dividend_above_distributable_profit_is_refused():
    assert refusal(800_00) is None
    assert "which leaves £800.00. Declare no more than that." in refusal(800_01)
    assert "which leaves £0.00" in refusal(1, distributable_pence=-5)
    assert "the distributable profit of the year is not recorded" in refusal(
        1, distributable_pence=None
    )


def test_a_body_that_pays_no_dividend_declares_none():
    assert "a body of this form pays its members nothing" in refusal(1, pays="nothing")


def test_a_community_interest_company_pays_at_most_its_cap():
    assert refusal(150_00, pays="capped dividend") is None
    assert "at most 35% of distributable profit in dividends, £350.00" in refusal(
        150_01, pays="capped dividend"
    )


def test_a_dividend_is_split_to_the_last_penny():
    shares = {"Council": 199, "Builder": 300, "Adviser": 501}
    assert dividend_shares(1_000_000_00, shares) == {
        "Council": 199_000_00,
        "Builder": 300_000_00,
        "Adviser": 501_000_00,
    }
    assert dividend_shares(100_01, shares) == {"Council": 1990, "Builder": 3000, "Adviser": 5011}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    whole=st.integers(0, 10**12),
    parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
)
def test_what_passes_to_successors_adds_up_to_what_there_was(whole, parts):
    shares = {f"successor {i}": Decimal(part) / 10**6 for i, part in enumerate(parts)}
    found = parts_for(whole, shares)
    assert sum(found.values()) == whole
    assert all(part >= 0 for part in found.values())


def test_nothing_passes_to_nobody():
    with pytest.raises(ValueError, match="Each successor named takes a part above 0"):
        parts_for(100, {})
    with pytest.raises(ValueError, match="Leave out who takes none"):
        parts_for(100, {"North": Decimal(0)})
