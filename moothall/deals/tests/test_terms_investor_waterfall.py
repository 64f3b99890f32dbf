"""Draw-down and waterfall together."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.evaluation import evaluation
from moothall.deals.investors import internal_rates
from moothall.deals.numbers import Numbers
from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.deals.tests.settling import settled_lines

BOND = """
[deal]
name = "A bond"
starts_on = 2026-04-01
ends_before = {ends}
every = "{every}"

[parties.council]
name = "Council"
kind = "public body"
reference = "in-house"

[parties.bond]
name = "Bond Ltd"
kind = "community body"

[parties.foundation]
name = "Foundation"
kind = "investor"

[parties.bank]
name = "Bank"
kind = "investor"

[parties.manager]
name = "Manager"
kind = "supplier"

[facts.opex]
title = "Running cost"
borne_by = "bond"
"""
TARIFF = """
[facts.{fact}]
title = "{fact}"
unit = "people"

[terms.{fact}]
kind = "unit_price"
payer = "council"
payee = "bond"
volume = "{fact}"
bands = [{{ price_gbp = {price} }}]
"""
LENT = """
[terms.draws]
kind = "investor_draw_down"
borrower = "bond"
commitments = {commitments}
receipts = {receipts}
costs = ["opex"]
repaid_by = "waterfall"

[terms.waterfall]
kind = "investor_waterfall"
draws = "draws"
preferred_return = "0.05"
surplus = {surplus}
{more}
"""
ONE = "{ foundation = 700000 }"
HALVES = '{ foundation = "0.5", council = "0.5" }'


def bond(*, ends="2032-04-01", every="year", commitments=ONE, surplus=HALVES, more=""):
    """Return a deal in which the council pays a pound for each result."""
    lent = LENT.format(commitments=commitments, receipts='["results"]', surplus=surplus, more=more)
    head = BOND.format(ends=ends, every=every)
    return deal_from_toml(head + TARIFF.format(fact="results", price=1) + lent)


def net_of(deal, party, **facts):
    """Return what a party receives less what it pays, period after period."""
    net = [Decimal(0)] * len(deal.periods)
    for line in settled_lines(deal, **facts):
        net[line.index] += line.amount[0] * ((line.payee == party) - (line.payer == party))
    return net


def worked_example():
    tariffs = TARIFF.format(fact="entry", price=1000) + TARIFF.format(fact="half", price=3000)
    # 1,645,000 without a cap: 765,000 for the last of the three makes 1,600,000
    tariffs += TARIFF.format(fact="whole", price=4500) + "total_cap_gbp = 765000"
    lent = LENT.format(
        commitments=ONE, receipts='["entry", "half", "whole"]', surplus=HALVES, more=""
    )
    facts = {
        "entry": [0, 60, 100, 80, 10, 0],
        "half": [0, 20, 60, 75, 40, 0],
        "whole": [0, 0, 35, 70, 60, 15],
        "opex": [150_000, 420_000, 430_000, 400_000, 120_000, 20_000],
    }
    head = BOND.format(ends="2032-04-01", every="year")
    return deal_from_toml(head + tariffs + lent), facts


def test_the_worked_bond_draws_twice_and_pays_what_is_left():
    """receipts, draws of 150,000 and 300,000, and the investor's flows."""
    deal, facts = worked_example()
    receipts = [-amount for amount in net_of(deal, "council", **facts)]
    assert receipts == [0, 120_000, 437_500, 620_000, 400_000, 22_500]
    flows = net_of(deal, "foundation", **facts)
    assert flows == [-150_000, -300_000, 7_500, 220_000, 280_000, 2_500]
    drawn = -sum(flow for flow in flows if flow < 0)
    assert (drawn, deal.term("draws").commitment_gbp) == (450_000, 700_000)
    assert round(sum(flow for flow in flows if flow > 0) / drawn, 4) == Decimal("1.1333")


def test_a_draw_and_a_repayment_say_their_numbers():
    deal, facts = worked_example()
    told = [line.because() for line in settled_lines(deal, **facts) if line.term.key != "entry"]
    assert "£0.00 held, £120,000.00 received, £420,000.00 spent: £300,000.00 is short." in told
    assert (
        "£7,500.00 is at hand. Principal: £7,500.00 of £450,000.00 outstanding. Preferred return: "
        "£0.00 of £30,375.00 owed." in told
    )


def test_what_is_left_after_principal_and_return_is_shared():
    """100 drawn at 5% for two years: 110.25 is owed, and 9.75 of 120 is surplus."""
    deal = bond(ends="2029-04-01")
    facts = {"opex": [100, 0, 0], "results": [0, 0, 120]}
    assert net_of(deal, "foundation", **facts) == [-100, 0, Decimal("115.13")]
    assert net_of(deal, "council", **facts) == [0, 0, Decimal("-115.13")]


def test_the_return_is_simple_within_a_year_and_compounds_after_it():
    """100 drawn for 15 months at 5%: 105 after a year, and a quarter of 5% of that."""
    deal = bond(ends="2027-10-01", every="quarter", surplus="{ council = 1 }")
    facts = {"opex": [100, 0, 0, 0, 0, 0], "results": [0, 0, 0, 0, 0, 200]}
    assert net_of(deal, "foundation", **facts)[-1] == Decimal("106.31")


def test_principal_is_repaid_before_its_return_and_then_earns_no_more():
    """2.50 is earned on 100 in half a year, then 1.1875 on the 47.50 that is left of it."""
    deal = bond(ends="2027-10-01", every="half-year", surplus="{ council = 1 }")
    facts = {"opex": [100, 0, 0], "results": [0, "52.50", 500]}
    assert net_of(deal, "foundation", **facts) == [-100, Decimal("52.50"), Decimal("51.19")]


def test_fees_come_first_and_are_carried_on_and_a_reserve_is_kept_until_the_end():
    more = 'senior_fee_gbp = 10\nsenior_fee_to = "manager"\nreserve_gbp = 30'
    deal = bond(ends="2030-04-01", more=more)
    facts = {"opex": [100, 0, 50, 0], "results": [0, 60, 0, 200]}
    assert net_of(deal, "manager", **facts) == [0, 20, 0, 20]
    # year 1: 60 - 20 in fees - 30 in reserve; year 2: 50 of cost - 30 of reserve = 20 drawn
    assert net_of(deal, "foundation", **facts)[:3] == [-100, 10, -20]
    assert sum(net_of(deal, "bond", **facts)) == sum(facts["opex"])


def test_beyond_the_commitment_nothing_is_lent():
    deal = bond(ends="2028-04-01", commitments="{ foundation = 80 }")
    facts = {"opex": [100, 0], "results": [0, 50]}
    assert net_of(deal, "foundation", **facts) == [-80, 30]
    told = [line.because() for line in settled_lines(deal, **facts) if line.term.key == "draws"]
    assert told[0].endswith("Only £80.00 of the commitments is left; £20.00 is not met.")


def test_investors_lend_and_are_repaid_by_what_they_commit():
    deal = bond(
        ends="2028-04-01", commitments="{ foundation = 2, bank = 1 }", surplus="{ council = 1 }"
    )
    facts = {"opex": [1, 0], "results": [0, 1]}
    assert net_of(deal, "foundation", **facts) == [Decimal("-0.67"), Decimal("0.67")]
    assert net_of(deal, "bank", **facts) == [Decimal("-0.33"), Decimal("0.33")]


AMOUNTS = st.lists(st.integers(0, 10**6), min_size=5, max_size=5)


@given(opex=AMOUNTS, results=AMOUNTS, fee=st.integers(0, 10**4), reserve=st.integers(0, 10**5))
@settings(max_examples=25, deadline=None)
def test_a_waterfall_pays_out_what_came_in_and_no_investor_loses_more_than_it_lent(
    opex, results, fee, reserve
):
    more = f'senior_fee_gbp = {fee}\nsenior_fee_to = "manager"\nreserve_gbp = {reserve}'
    commitments = "{ foundation = 400000, bank = 300001 }"
    deal = bond(ends="2031-04-01", commitments=commitments, more=more)
    opex, results = (
        np.array([Decimal(n) / 100 for n in of], dtype=object) for of in (opex, results)
    )
    facts = {"opex": opex[:, None], "results": results[:, None]}
    held = drawn = paid = Decimal(0)
    for index, (_, lines) in enumerate(evaluation(deal, facts, Numbers(True))):
        of_draws = sum(line.amount[0] for line in lines if line.term.key == "draws")
        outputs = [line.amount[0] for line in lines if line.term.key == "waterfall"]
        held += results[index] + of_draws - opex[index] - sum(outputs)
        drawn, paid = drawn + of_draws, paid + sum(outputs)
        assert min(outputs) >= 0
        assert drawn <= 700_001
        assert held <= reserve
        if held < 0:  # nobody lends more
            assert drawn == 700_001
    assert held <= 0  # what is left at the end is paid out
    assert sum(results) + drawn - sum(opex) - paid == held


LATER = st.lists(st.integers(0, 400), min_size=3, max_size=3)


@given(LATER, LATER)
@settings(max_examples=25, deadline=None)
def test_better_results_never_lower_the_investors_rate(results, better):
    deal = bond(ends="2031-04-01")

    def rate(later):
        flows = net_of(deal, "foundation", opex=[100, 150, 0, 0, 0], results=[0, 0, *later])
        return internal_rates(np.array([flows], dtype=float).T, np.arange(5.0))[0]

    together = [one + more for one, more in zip(results, better, strict=True)]
    assert rate(together) >= rate(results) - 1e-4  # pennies round


def test_no_results_pay_nothing_and_investors_lose_what_they_lent():
    deal = bond()
    facts = {"opex": [100, 50, 0, 0, 0, 0], "results": 0}
    assert net_of(deal, "council", **facts) == [0] * 6
    assert sum(net_of(deal, "foundation", **facts)) == -150


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"commitments": "{ foundation = 0 }"}, "No investor commits anything"),
        ({"commitments": "{ bond = 1 }"}, "Bond Ltd would lend to itself"),
        ({"surplus": "{ bond = 1 }"}, "Bond Ltd would pay itself"),
        ({"more": "senior_fee_gbp = 1"}, "Nobody is paid the senior fee"),
    ],
)
def test_what_cannot_be_is_a_finding(given, said):
    with pytest.raises(CannotReadDeal, match=said):
        bond(**given)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('borne_by = "bond"', 'borne_by = "council"'), "is drawn for, but Bond Ltd does not bear"),
        (('payee = "bond"', 'payee = "bank"'), "stands among what should pay Bond Ltd, and does"),
        (('draws = "draws"', 'draws = "entry"'), "Unit price is no draw-down"),
        (('repaid_by = "waterfall"', 'repaid_by = "entry"'), "Unit price repays no draws"),
        (('repaid_by = "waterfall"', 'repaid_by = "elsewhere"'), "There is no term 'elsewhere'"),
    ],
)
def test_terms_that_do_not_fit_together_are_findings(change, said):
    lent = LENT.format(commitments=ONE, receipts='["entry"]', surplus=HALVES, more="")
    head = BOND.format(ends="2032-04-01", every="year")
    text = head + TARIFF.format(fact="entry", price=1) + lent
    with pytest.raises(CannotReadDeal, match=said):
        deal_from_toml(text.replace(*change))
