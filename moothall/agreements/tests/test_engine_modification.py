"""May a contract be changed without buying it anew?"""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine.modification import legal_test
from moothall.agreements.engine.regimes import (
    Answer,
    Change,
    Contract,
    Outcome,
    Reading,
)
from moothall.core.rules import rules_of

ON = date(2026, 6, 1)
CONTRACT = Contract(
    "PA_2023", date(2026, 1, 15), Decimal(2_000_000), Decimal(60), "goods_services_sub_central"
)


def change(value=0, months=0, ground="", on=ON, **judged):
    judged = {"scope_is_material": False, "favours_supplier": False, **judged}
    return Change(on, Decimal(value), Decimal(months), ground, **judged)


def law_of(contract, change, *earlier):
    return legal_test(
        contract,
        change,
        earlier,
        rules=rules_of("agreements", "modification"),
        thresholds=rules_of("directory", "thresholds"),
    )


def ground(test, key):
    return next(one for one in test.grounds if one.key == key)


def small(*values):
    return [change(value, ground="below_threshold") for value in values]


def test_three_changes_pass_the_threshold_net_and_not_gross():
    """+120,000, -50,000 and +90,000 are 160,000 net and 260,000 gross, of 207,720."""
    test = law_of(CONTRACT, change(90_000), *small(120_000, -50_000))
    assert (test.net_gbp, test.gross_gbp, test.threshold_gbp) == (160_000, 260_000, 207_720)
    found = ground(test, "below_threshold")
    assert found.answer is Answer.DEPENDS
    assert found.because[-1] == (
        "The law does not say which counts. Record the reading that legal advice takes."
    )


@pytest.mark.parametrize(
    ("reading", "answer"), [(Reading.NET, Answer.HOLDS), (Reading.GROSS, Answer.FAILS)]
)
def test_the_reading_that_legal_advice_takes_decides(reading, answer):
    contract = evolve(CONTRACT, reading=reading)
    test = law_of(contract, change(90_000), *small(120_000, -50_000))
    assert ground(test, "below_threshold").answer is answer


def test_the_next_change_takes_the_net_over_the_threshold_too():
    """160,000 and 50,000 are 210,000."""
    contract = evolve(CONTRACT, reading=Reading.NET)
    test = law_of(contract, change(50_000), *small(120_000, -50_000, 90_000))
    assert test.net_gbp == 210_000
    assert ground(test, "below_threshold").answer is Answer.FAILS


def test_where_no_reading_is_recorded_and_nothing_else_holds_it_depends():
    test = law_of(CONTRACT, change(90_000, favours_supplier=True), *small(120_000, -50_000))
    assert test.outcome is Outcome.DEPENDS
    assert "Record which one legal advice takes." in test.sentence


@pytest.mark.parametrize(
    ("months", "answer"),
    [(6, Answer.HOLDS), (7, Answer.FAILS), (-6, Answer.HOLDS), (-7, Answer.FAILS)],
)
def test_a_tenth_of_the_term_is_not_substantial_and_a_month_more_is(months, answer):
    found = ground(law_of(CONTRACT, change(0, months)), "not_substantial")
    assert found.answer is answer
    assert f"{'10.0%' if answer is Answer.HOLDS else '11.7%'}, against at most" in found.because[0]


def test_works_may_move_by_fifteen_parts_in_a_hundred_and_services_by_ten():
    works = evolve(CONTRACT, what="works")
    assert ground(law_of(works, change(300_000)), "below_threshold").answer is Answer.HOLDS
    assert ground(law_of(works, change(300_001)), "below_threshold").answer is Answer.FAILS
    assert ground(law_of(CONTRACT, change(200_001)), "below_threshold").answer is Answer.FAILS


def test_where_every_tested_ground_fails_and_none_is_claimed_it_may_not():
    test = law_of(CONTRACT, change(500_000, scope_is_material=True))
    assert test.outcome is Outcome.MAY_NOT
    assert test.sentence == (
        "No ground of the Procurement Act 2023 lets this change be made without buying anew. "
        "Make it smaller, claim a ground that holds, or buy anew."
    )


def test_a_claimed_ground_warns_and_is_for_a_solicitor():
    test = law_of(CONTRACT, change(500_000, ground="known_risk", scope_is_material=True))
    assert test.outcome is Outcome.WARNS
    assert ground(test, "known_risk").answer is Answer.CLAIMED


def test_a_ground_that_nobody_claims_is_neither_held_nor_failed():
    test = law_of(CONTRACT, change(500_000, scope_is_material=True))
    assert ground(test, "urgency").answer is Answer.NOT_CLAIMED


def test_a_verified_cap_refuses_and_an_unverified_one_only_warns():
    over = {"value": 1_000_001, "scope_is_material": True}
    known = law_of(CONTRACT, change(ground="known_risk", **over))
    assert known.outcome is Outcome.MAY_NOT
    unforeseen = law_of(CONTRACT, change(ground="unforeseeable", **over))
    assert ground(unforeseen, "unforeseeable").answer is Answer.WARNS
    assert unforeseen.outcome is Outcome.WARNS


def test_what_nobody_has_judged_stays_open():
    test = law_of(CONTRACT, Change(ON, Decimal(10_000)))
    assert test.outcome is Outcome.OPEN
    said = ground(test, "not_substantial").because
    assert "Nobody has said whether it changes the scope materially." in said


def test_a_light_touch_contract_is_changed_freely_under_the_act():
    contract = evolve(CONTRACT, is_light_touch=True, what="light_touch")
    assert law_of(contract, change(900_000, scope_is_material=True)).outcome is Outcome.MAY


def test_the_law_of_the_procurement_governs_and_not_the_day_of_the_change():
    """Changed in 2026, a contract of 2019 stays under the Regulations of 2015."""
    old = evolve(CONTRACT, regime="PCR_2015", began_on=date(2019, 1, 1))
    test = law_of(old, change(90_000))
    assert test.regime == "PCR_2015"
    assert {one.key for one in test.grounds} == {
        "not_substantial", "below_threshold", "provided_for", "additional", "unforeseeable",
        "corporate_transfer",
    }  # fmt: skip


def test_rules_that_are_not_verified_neither_permit_nor_refuse():
    old = evolve(CONTRACT, regime="PCR_2015")
    for moved in (change(90_000), change(900_000, favours_supplier=True)):
        test = law_of(old, moved)
        assert ground(test, "below_threshold").answer is Answer.WARNS
        assert test.outcome is Outcome.WARNS


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [
        (0, 499_999, Answer.HOLDS),
        (0, 500_000, Answer.FAILS),
        (400_000, 100_000, Answer.FAILS),
        (400_000, 99_999, Answer.HOLDS),
    ],
)
def test_health_care_adds_up_every_change_against_half_a_million(before, now, answer):
    contract = evolve(CONTRACT, regime="PSR_2023")
    test = law_of(contract, change(now), change(before))
    assert ground(test, "own_decision").answer is answer


def test_health_care_of_large_contracts_goes_by_a_quarter():
    contract = evolve(CONTRACT, regime="PSR_2023", value_gbp=Decimal(4_000_000))
    assert ground(law_of(contract, change(999_999)), "own_decision").answer is Answer.HOLDS
    assert ground(law_of(contract, change(1_000_000)), "own_decision").answer is Answer.FAILS


def test_a_small_contract_that_a_change_lifts_over_the_threshold_is_warned_of():
    contract = evolve(CONTRACT, regime="BELOW_THRESHOLD", value_gbp=Decimal(180_000))
    assert law_of(contract, change(27_719)).outcome is Outcome.MAY
    test = law_of(contract, change(27_720))
    assert test.outcome is Outcome.WARNS
    assert "by the change it becomes a public contract" in test.sentence


def test_the_threshold_is_that_of_the_day_its_procurement_began():
    before = Contract("BELOW_THRESHOLD", date(2025, 12, 31), Decimal(200_000))
    assert law_of(before, change(10_000)).outcome is Outcome.MAY
    after = evolve(before, began_on=date(2026, 1, 1))
    assert law_of(after, change(10_000)).outcome is Outcome.WARNS


@pytest.mark.parametrize("regime", ["BELOW_THRESHOLD", "PA_2023"])
def test_a_threshold_is_never_guessed_from_the_day_of_the_change(regime):
    unrecorded = Contract(regime, None, Decimal(200_000))
    test = law_of(unrecorded, change(10_000))
    assert test.threshold_gbp is None
    words = " ".join([test.sentence, *(why for one in test.grounds for why in one.because)])
    assert "obody has recorded when its procurement commenced" in words


def test_where_no_threshold_is_coded_for_the_day_nothing_is_settled():
    old = Contract("BELOW_THRESHOLD", date(2019, 1, 1), Decimal(100_000))
    assert law_of(old, change(10)).outcome is Outcome.NOT_ASSESSED
    assert law_of(evolve(old, regime="PCR_2015"), change(10)).threshold_gbp is None


@pytest.mark.parametrize(
    ("regime", "outcome", "words"),
    [
        ("", Outcome.NOT_ASSESSED, "never guessed from today's date"),
        ("GRANT", Outcome.NOT_ASSESSED, "not coded here"),
        ("EXEMPT", Outcome.WARNS, "Check that what exempted it still holds"),
        ("UCR_2016", Outcome.NOT_ASSESSED, "UCR_2016 is not coded here"),
    ],
)
def test_a_law_that_is_not_coded_is_not_assessed(regime, outcome, words):
    test = law_of(evolve(CONTRACT, regime=regime), change(10))
    assert test.outcome is outcome
    assert words in test.sentence


def test_changes_that_add_up_to_more_than_a_tenth_are_warned_of_whatever_the_law():
    for regime in ("PA_2023", "PCR_2015", "GRANT", ""):
        test = law_of(evolve(CONTRACT, regime=regime), change(120_000, 4), change(90_000, 3))
        assert test.warnings[:2] == (
            "All changes together move the value by 10.5% of what it was at award: more than "
            "10.0%. Look at them together.",
            "All changes together move the term by 11.7% of what it was at award: more than "
            "10.0%. Look at them together.",
        )
    assert not law_of(CONTRACT, change(110_000, 3), change(90_000, 3)).warnings


def test_a_large_change_is_published_and_a_small_one_is_not():
    assert not law_of(CONTRACT, change(200_000)).warnings
    notices = law_of(CONTRACT, change(200_001, ground="additional")).warnings
    assert any("A contract change notice is published before it is made." in one for one in notices)
    assert any("at least 8 working days" in one for one in notices)


@given(st.lists(st.integers(-300_000, 300_000), max_size=6), st.integers(-300_000, 300_000))
def test_where_the_gross_reading_holds_the_net_one_does(earlier, now):
    gross = law_of(evolve(CONTRACT, reading=Reading.GROSS), change(now), *small(*earlier))
    net = law_of(evolve(CONTRACT, reading=Reading.NET), change(now), *small(*earlier))
    if ground(gross, "below_threshold").answer is Answer.HOLDS:
        assert ground(net, "below_threshold").answer is Answer.HOLDS
