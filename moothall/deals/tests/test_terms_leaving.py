"""Terms that settle when a partner leaves, or when the deal ends."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal

LEAVING = ["leaves", "redundancy", "fixed", "fault"]
SET_UP = "set_up_gbp = 240000\n    set_up_months = 60"
STRANDED = 'stranded = "fixed"\n    stranded_share = "0.5"'
COSTS = 'costs = ["redundancy"]'
FAULT = 'at_fault = "fault"\n    share_at_fault = "0.6"'
FACTS = {"redundancy": 180_000, "fixed": 400_000, "fault": 0}


def leaving(*how, years=5):
    lines = "\n    ".join(how)
    term = f"""
    kind = "exit_payment"
    payer = "neighbour"
    payee = "council"
    leaves = "leaves"
    share = "0.3"
    {lines}
    """
    return the_deal(term, LEAVING, periods=years)


def test_a_partner_that_leaves_after_two_of_five_years_pays_its_key_of_what_it_leaves():
    """36 of 60 months of 240,000 are 144,000; 180,000; half of 400,000: 30% is 157,200."""
    deal = leaving(SET_UP, STRANDED, COSTS)
    facts = {"leaves": [0, 1, 1, 0, 1], **FACTS}
    assert amounts(deal, **facts) == [0, 157_200, 0, 0, 0]
    told = [line.because() for line in settled_lines(deal, **facts)]
    assert told[0] == "Neighbour does not leave."
    assert told[1] == (
        "Set-up not written off: £144,000.00. Fixed cost left behind: £200,000.00. "
        "Costs of leaving: £180,000.00. Neighbour bears 30.0% of them: £157,200.00."
    )
    assert told[2] == "Neighbour has left before."


@pytest.mark.parametrize(("how", "paid"), [(SET_UP, 43_200), (COSTS, 54_000), (STRANDED, 60_000)])
def test_each_part_of_an_exit_payment_stands_alone(how, paid):
    assert amounts(leaving(how), leaves=[0, 1, 0, 0, 0], **FACTS)[1] == paid


def test_whoever_leaves_through_its_own_fault_pays_another_key():
    """Twice 30% is twice 157,200."""
    deal = leaving(SET_UP, STRANDED, COSTS, FAULT)
    assert amounts(deal, **{"leaves": [0, 1, 0, 0, 0], **FACTS, "fault": 1})[1] == 314_400


def test_a_set_up_written_off_in_full_costs_nothing_to_leave():
    assert amounts(leaving(SET_UP, years=7), leaves=[0] * 6 + [1], **FACTS)[6] == 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 4))
def test_leaving_later_never_costs_more_and_nothing_is_below_zero(year):
    deal = leaving(SET_UP)
    now, later = (
        sum(amounts(deal, leaves=[0] * n + [1] * (5 - n), **FACTS))
        for n in (year, min(year + 1, 4))
    )
    assert now >= later >= 0


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (["set_up_gbp = 5"], "A set-up is written off over months"),
        ([], "Neighbour leaves nothing behind"),
        ([COSTS, 'at_fault = "fault"'], "An exit key for fault needs the fact"),
    ],
)
def test_an_exit_that_cannot_be_worked_out_is_a_finding(how, said):
    with pytest.raises(CannotReadDeal, match=said):
        leaving(*how)


FEE = """
    kind = "fixed_fee"
    payer = "council"
    payee = "contractor"
    amount_gbp = {fee}
    {until}
"""
BREAK = """
    [terms.break]
    kind = "break_option"
    payer = "council"
    payee = "contractor"
    exercised = "notice"
"""
SETTLEMENT = """
    [terms.settlement]
    kind = "early_end"
    payer = "council"
    payee = "contractor"
    over = ["it"]
    price_gbp = 1461
    {done}
"""


def ended_early(fee, *, until="", done="", more=BREAK):
    settlement = SETTLEMENT.format(done=done)
    return the_deal(
        FEE.format(fee=fee, until=until), ["notice", "done"], periods=4, more=settlement + more
    )


def test_what_was_paid_in_advance_for_later_is_paid_back():
    """1,461 for four years of 1,461 days, ended after 731 of them: 730 is paid back."""
    deal = ended_early(1461, until="ends_before = 2027-04-01")
    assert amounts(deal, "settlement", notice=[0, 1, 0, 0], done=0) == [0, -730, 0, 0]
    told = [line.because() for line in settled_lines(deal, notice=[0, 1, 0, 0], done=0)]
    settled = [said for said in told if "ends early" in said]
    assert settled[0] == (
        "The deal ends early: 50.0% of £1,461.00 is £731.00, and £1,461.00 is paid already."
    )


def test_what_was_done_and_not_paid_is_paid():
    """A quarter of the work is 365.25, of which 200 is paid; nothing where it runs its course."""
    deal = ended_early(100, done='done = "done"')
    assert amounts(deal, "settlement", notice=[0, 1, 0, 0], done="0.25") == [
        0,
        Decimal("165.25"),
        0,
        0,
    ]
    assert amounts(deal, "settlement", notice=0, done="0.25") == [0, 0, 0, 0]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2), st.integers(0, 2000))
def test_in_all_exactly_the_part_that_was_done_is_paid(year, fee):
    deal = ended_early(fee, done='done = "done"')
    notice = [int(n == year) for n in range(4)]
    paid = sum(line.amount[0] for line in settled_lines(deal, notice=notice, done="0.5"))
    assert paid == Decimal("730.5")


def test_a_deal_that_nothing_can_end_needs_no_settlement():
    with pytest.raises(CannotReadDeal, match="No term may end this deal before its last day"):
        ended_early(100, more="")


def kept(how, years=3, more=""):
    term = f"""
    kind = "residual_asset_value"
    payer = "council"
    payee = "contractor"
    cost_gbp = 1000
    life_years = 5
    {how}
    """
    return the_deal(term, ["valued", "notice"], periods=years, more=more)


@pytest.mark.parametrize(
    ("how", "paid"),
    [
        ("", 400),  # two of five years are left
        ("end_worth_gbp = 250", 550),  # 1,000 less three fifths of 750
        ('share = "0.25"', 100),
        ("bought_on = 2025-04-01", 200),
        ("bought_on = 2019-04-01", 0),
        ('basis = "valuation"\n    valuation = "valued"', 300),
        ('basis = "lower of the two"\n    valuation = "valued"', 300),
        ('basis = "higher of the two"\n    valuation = "valued"', 400),
    ],
)
def test_whoever_keeps_an_asset_pays_for_what_it_is_worth_when_the_deal_ends(how, paid):
    """1,000 over five years, three years on; valued at 300."""
    assert amounts(kept(how), valued=300, notice=0) == [0, 0, paid]


def test_an_asset_is_paid_for_when_the_deal_is_broken():
    deal = kept("", more=BREAK)
    lines = settled_lines(deal, valued=0, notice=[0, 1, 0])
    assert [line.amount[0] for line in lines if line.term.key == "it"] == [0, 600, 0]
    told = [line.because() for line in lines if line.term.key == "it"]
    assert told[0] == "The asset stays in use: the deal goes on."
    assert told[1] == "Book value: £600.00. 100.0% of the book value, £600.00, is paid."


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 9), st.integers(0, 1000))
def test_an_asset_is_never_worth_less_than_at_the_end_of_its_life_nor_more_than_it_cost(years, end):
    *_, paid = amounts(kept(f"end_worth_gbp = {end}", years), valued=0, notice=0)
    assert end <= paid <= 1000


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("end_worth_gbp = 2000", "It would end worth £2,000, more than it cost"),
        ('valuation = "valued"', "The basis is book value, and a valuation is named"),
        ('basis = "valuation"', "The basis is valuation, and a valuation is not named"),
    ],
)
def test_an_asset_of_no_clear_worth_is_a_finding(how, said):
    with pytest.raises(CannotReadDeal, match=said):
        kept(how)
    with pytest.raises(CannotReadDeal, match="An asset of no life is worth nothing"):
        the_deal(
            """
            kind = "residual_asset_value"
            payer = "council"
            payee = "contractor"
            cost_gbp = 5
            life_years = 0
            """
        )
