"""A fund that partners pool or align: contributions, and who meets an over- or underspend."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.settlement import settled
from moothall.deals.simulation import simulation
from moothall.deals.tests.settling import amounts, settled_lines, the_deal
from moothall.deals.versions import Version

FUND = """
    kind = "contribution"
    host = "council"
    contributions = { council = 6000000, neighbour = 4000000 }
"""
RULE = """
    [terms.rule]
    kind = "overspend"
    fund = "it"
    spend = "spend"
    {how}
"""
FACTS = ["spend", "under", "risk", "schemes", "mine", "theirs", "index"]
WATERFALL = """way = "waterfall"
    sources = [
        { name = "underspends elsewhere", holds = "under" },
        { name = "the risk pool", holds = "risk" },
        { name = "uncommitted schemes", holds = "schemes" },
    ]"""
HELD = {
    "under": 120_000,
    "risk": 150_000,
    "schemes": 80_000,
    "mine": 350_000,
    "theirs": 150_000,
    "index": 1,
}
CAPPED = 'way = "capped"\n    cap_share = "0.02"'


def fund(how="", periods=1, more=""):
    return the_deal(FUND + more, FACTS, periods=periods, more=RULE.format(how=how))


@pytest.mark.parametrize(
    ("how", "neighbour_bears"),
    [
        ('way = "pro rata"', 200_000),
        (CAPPED, 80_000),
        (CAPPED + '\n    beyond_cap = "host"', 80_000),
        (WATERFALL, 60_000),
        (
            'way = "lead commissioner"\noverspent_by = { council = "mine", neighbour = "theirs" }',
            150_000,
        ),
        ('way = "fixed shares"\n    shares = { council = "0.7", neighbour = "0.3" }', 150_000),
    ],
)
def test_one_overspend_of_half_a_million_has_five_answers(how, neighbour_bears):
    """£6m and £4m, £500,000 over: 200, 80, 60 or 150 thousand falls on the smaller partner."""
    assert amounts(fund(how), "rule", spend=10_500_000, **HELD) == [neighbour_bears]


def statement(how, spend=10_500_000):
    deal = fund(how)
    first = deal.periods[0].starts_on
    facts = {key: {first: Decimal(value)} for key, value in {**HELD, "spend": spend}.items()}
    return settled([Version(1, deal, date(2026, 4, 1))], facts, up_to=deal.periods[0])


def test_what_the_caps_leave_is_unresolved_and_given_to_nobody():
    """Capped at 2%: 120,000 and 80,000 of 500,000. The 300,000 left is nobody's."""
    made = statement(CAPPED)
    line = made.lines[1]
    assert line.owed.amount == 80_000
    assert line.because == (
        "£500,000.00 spent over the fund. The rest is borne: capped. £300,000.00 is unresolved: "
        "no partner is bound to bear it."
    )
    (finding,) = made.findings
    assert finding.as_json() == {
        "place": "terms.rule",
        "sentence": "£300,000.00 of 2026/27 is unresolved: by over- and underspend of a fund no "
        "party is bound to bear it.",
        "mend": "Agree who bears it, and record that as a variation.",
        "weight": "look at this",
    }


def test_where_the_host_bears_what_is_beyond_the_caps_nothing_is_unresolved():
    assert statement(CAPPED + '\n    beyond_cap = "host"').findings == ()
    assert statement(CAPPED, spend=10_100_000).findings == ()


def test_a_simulation_says_how_often_a_part_stays_unresolved():
    deal = the_deal(
        FUND,
        more=RULE.format(how=CAPPED)
        + """
    [facts.spend]
    title = "Spend"
    distribution = { kind = "empirical", values = [10000000, 10500000] }
    """,
    )
    (note,) = [note for note in simulation(deal, seed=1, draws=1000).notes if "unresolved" in note]
    assert note.startswith("Over- and underspend of a fund: in ")
    assert "of futures a part, £300,000.00 on average, is unresolved: by the deal no party" in note


def test_an_underspend_meets_a_later_overspend_or_goes_back_at_once():
    spend = [9_500_000, 10_300_000, 10_300_000]
    carried = amounts(fund(periods=3), "rule", spend=spend, **HELD)
    # 500 thousand are left; 300 of them meet the second year; 200 meet a part of the third.
    assert carried == [0, 0, 40_000]
    back = amounts(fund('underspend = "goes back"', periods=3), "rule", spend=spend, **HELD)
    assert back == [-200_000, 120_000, 120_000]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(9_000_000, 11_000_000), min_size=3, max_size=3))
def test_contributions_and_what_was_brought_forward_are_spend_and_balance(spend):
    """Pro rata, the smaller partner bears two fifths of whatever the fund could not meet."""
    paid = amounts(fund(periods=3), "rule", spend=spend, **HELD)
    balance = 0
    for year, one in enumerate(spend):
        balance += 10_000_000 - one
        assert paid[year] == Decimal(max(0, -balance)) * 2 / 5
        balance = max(0, balance)


def test_contributions_move_with_their_index_and_the_fund_with_them():
    deal = fund(more='    index = "index"\n')
    known = {**HELD, "index": "1.05", "spend": 10_500_000}
    assert amounts(deal, "it", **known) == [4_200_000]
    assert amounts(deal, "rule", **known) == [0]
    assert settled_lines(deal, **known)[0].because() == (
        "A contribution of £4,200,000.00: £4,000,000.00 moved by 1.05."
    )


def test_an_aligned_budget_is_paid_over_to_nobody():
    deal = fund(more='    held = "by each partner"\n')
    known = {**HELD, "spend": 10_500_000}
    assert amounts(deal, "it", **known) == [0]
    assert amounts(deal, "rule", **known) == [200_000]
    assert "the budgets are aligned, not pooled" in settled_lines(deal, **known)[0].because()


def test_a_fund_that_nobody_pays_into_while_its_condition_fails_is_all_overspent():
    deal = fund(more='    when = { fact = "index", at_least = 1 }\n')
    known = {**HELD, "index": 0, "spend": 100}
    assert amounts(deal, "it", **known) == [0]
    assert amounts(deal, "rule", **known) == [40]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ('way = "fixed shares"', 'The method "fixed shares" needs shares'),
        ('way = "waterfall"', 'The method "waterfall" needs sources'),
        ('way = "lead commissioner"', 'The method "lead commissioner" needs overspent_by'),
        ('overspent_by = { contractor = "mine" }', "Contractor contributes nothing to the fund"),
    ],
)
def test_a_rule_that_cannot_be_worked_out_is_a_finding(how, said):
    with pytest.raises(CannotReadDeal, match=said):
        fund(how)


def test_a_fund_without_contributions_is_a_finding():
    with pytest.raises(CannotReadDeal, match="Nobody contributes anything"):
        the_deal(FUND.replace("6000000", "0").replace("4000000", "0"))
    with pytest.raises(CannotReadDeal, match="Contractor hosts the fund and contributes nothing"):
        the_deal(FUND.replace('host = "council"', 'host = "contractor"'))
    with pytest.raises(CannotReadDeal, match="Fixed fee is no contribution to a fund"):
        the_deal(
            """
            kind = "fixed_fee"
            payer = "council"
            payee = "neighbour"
            amount_gbp = 1
            """,
            ["spend"],
            more=RULE.format(how=""),
        )
