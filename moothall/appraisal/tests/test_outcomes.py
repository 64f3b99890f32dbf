"""A chain from a population to outcomes in an appraisal's file, as lines that agencies share."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve

from moothall.appraisal.engine.cost_lines import Kind, Named
from moothall.appraisal.engine.costed import money_of
from moothall.appraisal.engine.costing import findings as costing_findings
from moothall.appraisal.engine.economic_case import economic_case
from moothall.appraisal.engine.file_fields import Keys
from moothall.appraisal.engine.futures import futures
from moothall.appraisal.engine.outcomes import outcomes_of
from moothall.appraisal.engine.partnership_cba import Value, corrected, result
from moothall.appraisal.engine.unknowns import unknowns_of
from moothall.appraisal.engine.views import benefits_by_body
from moothall.appraisal.queries.rules import rule_books
from moothall.appraisal.tests import files
from moothall.appraisal.tests.costings import costing

CHAIN = """
option = "joint"
title = "People who stay at home"
population = 1000
affected = "0.40"
engaged = "0.60"
impact = "0.35"
deadweight = "0.20"
deadweight_is = "proportional"
fiscal_gbp = 3500
agencies = { council = "0.30", nhs = "0.35", police = "0.15", dwp = "0.20" }
cashable_share = "0.4"
cashable_from = "2026/27"
correction = "0.25"
"""
NAMES = Keys(known={"options": ["joint"], "drivers": ["staff"]})
PARTNERS = {key: Named(key.upper(), True) for key in ("nhs", "police", "dwp")}


def read(text=CHAIN, years=1, key="home"):
    findings = []
    found = list(outcomes_of({key: tomllib.loads(text)}, NAMES, years, findings))
    return found, findings


def test_a_chain_is_worth_what_the_method_of_partnerships_says():
    """67.2 outcomes at 3,500 less a quarter: 176,400, of it 52,920, 61,740, 26,460 and 35,280."""
    ((driver, lines),), findings = read()
    assert not findings
    assert driver.value == (Decimal("67.2"),)
    made = costing(
        *lines, years=1, options={"joint": "Joint"}, partners=PARTNERS, drivers={"home": driver}
    )
    worth = economic_case(made).options["joint"]
    assert worth.benefits == 176_400
    assert lines[1].title == "People who stay at home: nhs"
    by_agency = [one.present_value for one in worth.lines]
    assert by_agency == [52_920, 61_740, 26_460, 35_280]
    cashable = sum(one.cashable for one in benefits_by_body(made, "joint"))
    assert cashable == Decimal("67.2") * 3500 * Decimal("0.4")


def test_outcomes_come_after_a_lag_drop_off_and_end():
    text = CHAIN + 'lag = 1\nlasts = 2\ndrop_off = "0.5"\n'
    ((driver, _),), _ = read(text, years=5)
    assert driver.values(5) == (0, Decimal("67.2"), Decimal("33.6"), 0, 0)


def test_what_is_worth_nothing_has_no_line_and_other_worth_falls_on_people():
    text = CHAIN.replace("fiscal_gbp = 3500", "social_gbp = 10\neconomic_gbp = 4")
    ((_, lines),), _ = read(text)
    assert [(one.kind, one.falls_on, one.cashable_share) for one in lines] == [
        (Kind.ECONOMIC, "society", 0),
        (Kind.SOCIAL, "society", 0),
    ]
    unshared = "\n".join(row for row in CHAIN.splitlines() if not row.startswith("agencies"))
    ((_, lines),), _ = read(unshared)
    assert [one.falls_on for one in lines] == ["council"]


def test_all_agencies_gain_in_the_same_futures():
    text = CHAIN + 'distribution = { kind = "uniform", low = 0, high = 2 }\nper = "line and year"\n'
    ((driver, lines),), _ = read(text, years=3)
    made = costing(
        *lines, years=3, options={"joint": "Joint"}, partners=PARTNERS, drivers={"home": driver}
    )
    assert list(unknowns_of(made)) == ["home"]
    found = futures(made, seed=1, draws=50, measures=("council", "nhs"))
    council, nhs = (values[0] for values in found.values.values())
    assert nhs == pytest.approx(council * 35 / 30)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('nhs = "0.35"', 'nhs = "0.45"', "value add up to 1.10, not 1."),
        ('nhs = "0.35"', 'nhs = "1.35"', "1.35 is no share from 0 to 1."),
        ('impact = "0.35"', "", '"Of those, share that changes" is missing.'),
        ('"proportional"', '"gross"', "'gross' is none of: proportional, subtractive."),
    ],
)
def test_what_stops_a_chain_is_said_with_its_place(old, new, said):
    found, (finding,) = read(CHAIN.replace(old, new))
    assert not found
    assert said in finding.sentence
    assert finding.place.startswith("outcomes.home")


def test_a_chain_has_a_key_of_its_own():
    _, (finding,) = read(key="staff")
    assert finding.sentence == "A driver or a line is called staff too."


def test_lines_of_a_chain_agree_with_the_method_at_any_correction():
    ((driver, lines),), _ = read()
    for correction in (Decimal(0), Decimal("0.4")):
        moved = tuple(evolve(one, optimism_bias=correction) for one in lines)
        made = costing(
            *moved, years=1, options={"joint": "Joint"}, partners=PARTNERS, drivers={"home": driver}
        )
        expected = result(
            driver.value[0], Value(Decimal(3500)), Decimal(1), benefit_correction=correction
        )
        assert economic_case(made).options["joint"].benefits == expected.fiscal


def test_an_appraisals_file_may_hold_chains_and_correlate_them():
    given = tomllib.loads(CHAIN) | {
        "option": "mutual",
        "agencies": {"council": 1},
        "distribution": {"kind": "uniform", "low": 0, "high": 2},
    }
    found = files.read(outcomes__home=given)
    assert found.drivers["home"].values(found.years)[-1] == Decimal("67.2")
    (line,) = (one for one in found.lines if one.drivers == ("home",))
    assert (line.option, line.falls_on, line.cashable_from) == ("mutual", "council", 2026)
    pair = {"between": ["home", "nowhere"], "rank": "0.5"}
    (refused,) = files.findings(outcomes__home=given, correlations=[pair])
    assert refused.sentence.startswith("home and nowhere at 0.5 is no correlation")


def test_grades_of_evidence_stand_for_what_is_taken_off_or_added():
    """Grade 5 takes a quarter off a benefit; grade 3 adds a tenth to a cost; they are warned of."""
    given = tomllib.loads(CHAIN) | {
        "option": "mutual",
        "agencies": {"council": 1},
        "grades": [1, 5],
    }
    cost = {"option": "mutual", "title": "Work", "kind": "pay", "amount_gbp": 9, "grades": [3]}
    found = files.read(outcomes__home=given, lines__work=cost)
    costing = money_of(found, tuple(found.options), rule_books()).costing
    by_key = {line.key: line.optimism_bias for line in costing.lines if line.option == "mutual"}
    assert by_key["home_council"] == Decimal("0.25")
    assert by_key["work"] == Decimal("0.10")
    assert costing.of_lines[0].key == "corrections"
    assert not costing.of_lines[0].is_verified
    assert corrected(costing.lines[0], {}, found.on) is costing.lines[0]


def test_a_grade_that_there_is_not_is_said_at_its_line():
    ((driver, lines),), _ = read(CHAIN + "grades = [7]\n")
    made = costing(*lines, options={"joint": "Joint"}, partners=PARTNERS, drivers={"home": driver})
    assert corrected(lines[0], rule_books().confidence_grades, date(2026, 11, 24)) is lines[0]
    first, *_ = costing_findings(made)
    assert first.sentence == "The evidence of People who stay at home: council is graded 7."
