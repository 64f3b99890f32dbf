"""A personal budget in figures, and what stopping a service saves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.gates import gates
from moothall.appraisal.engine.personal_budget import personal_budget, saved_by_stopping
from moothall.appraisal.tests.files import findings, read, said


def test_a_budget_by_points():
    # 180 x £62 x 1.05 = £11,718; £38 x 52 = £1,976; net £9,742; 11,718 / 52 x 8 = £1,802.77
    found = personal_budget(
        Decimal(180), Decimal(62), Decimal("1.05"), weekly_contribution=Decimal(38)
    )
    assert (found.indicative, found.contribution, found.net) == (11_718, 1_976, 9_742)
    assert round(found.kept_at_most(8), 2) == Decimal("1802.77")
    assert round(found.recovered(Decimal(2_000), 8), 2) == Decimal("197.23")
    assert found.recovered(Decimal(1_000), 8) == 0


def test_floor_and_ceiling_hold_and_nobody_pays_more_than_the_budget():
    assert personal_budget(Decimal(1), Decimal(62), floor=Decimal(500)).allocated == 500
    assert personal_budget(Decimal(180), Decimal(62), ceiling=Decimal(9_000)).allocated == 9_000
    assert personal_budget(Decimal(1), Decimal(10), weekly_contribution=Decimal(38)).net == 0


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_more_points_never_mean_less(one, other):
    low, high = sorted((one, other))
    budgets = [personal_budget(Decimal(points), Decimal(62)).net for points in (low, high)]
    assert budgets == sorted(budgets)


def test_stopping_saves_what_can_be_avoided_alone():
    # £1.0m with £0.15m of overhead saves £0.85m; £0.25m of need moves to others: £0.6m for all;
    # £0.3m once is back in half a year.
    found = saved_by_stopping(
        Decimal(1_000_000),
        Decimal(150_000),
        redundancy=Decimal(220_000),
        dilapidations=Decimal(80_000),
        moved_to_others=Decimal(250_000),
    )
    assert (found.saved, found.saved_by_all, found.once) == (850_000, 600_000, 300_000)
    assert found.pays_back_years == Decimal("0.5")
    assert saved_by_stopping(Decimal(5), Decimal(5), redundancy=Decimal(1)).pays_back_years is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: personal_budget(Decimal(-1), Decimal(1)), "made of amounts from 0 on"),
        (
            lambda: personal_budget(Decimal(1), Decimal(1), floor=Decimal(9), ceiling=Decimal(5)),
            "The floor of £9 is above the ceiling of £5",
        ),
        (lambda: personal_budget(Decimal(1), Decimal(1)).kept_at_most(-1), "-1 weeks cannot be"),
        (lambda: saved_by_stopping(Decimal(1), Decimal(2)), "An overhead of £2 is no part of £1"),
    ],
)
def test_what_cannot_be_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


BUDGETS = {
    "people": 100,
    "points": 180,
    "gbp_a_point": 62,
    "area_factor": "1.05",
    "weekly_contribution_gbp": 38,
    "evidence": "survey",
}


def test_personal_budgets_over_an_option_are_a_line_of_its_costs():
    (line,) = [
        line
        for line in read(options__company__personal_budgets=BUDGETS).lines
        if line.key == "personal_budgets"
    ]
    assert (line.option, line.amount_gbp, line.evidence) == ("company", 974_200, "survey")


def test_personal_budgets_that_cannot_be_are_refused_at_their_place():
    wrong = {**BUDGETS, "floor_gbp": 9, "ceiling_gbp": 5}
    found = said(findings(options__company__personal_budgets=wrong))
    assert "The floor of £9 is above" in found["options.company.personal_budgets"]


STOP = {"cost_gbp": 1000000, "overhead_gbp": 150000, "redundancy_gbp": 300000,
        "moved_to_others_gbp": 250000}  # fmt: skip


def test_the_gate_says_what_stopping_saves():
    no = {"answer": "no", "because": "Others do it.", "evidence": ["survey"]}
    gate = gates(read(gates__should=no, duties=None, stopping=STOP))[0]
    assert gate.because.endswith(
        "Stopping saves £850,000 a year of what can be avoided; overhead of £150,000 stays. Others "
        "take up £250,000 of it, so all together save £600,000, after £300,000 once."
    )


def test_an_overhead_that_is_no_part_of_the_cost_is_refused():
    found = said(findings(stopping={**STOP, "overhead_gbp": 2000000}))
    assert "is no part of £1,000,000" in found["stopping.overhead_gbp"]
