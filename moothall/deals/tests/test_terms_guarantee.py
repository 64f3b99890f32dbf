from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.deals.tests.settling import amounts, one_line, settled_lines, the_deal

LOAN = """
[deal]
name = "A loan, three quarters of it guaranteed"
starts_on = 2012-08-01
ends_before = 2015-08-01
every = "year"

[parties.city]
name = "City"
kind = "public body"
reference = "no programme"

[parties.intermediary]
name = "Intermediary"
kind = "charity"

[parties.lender]
name = "Lender"
kind = "investor"

[parties.guarantor]
name = "Guarantor"
kind = "charity"

[facts.cost]
title = "Cost of the programme"
borne_by = "intermediary"

[facts.paid]
title = "Paid for results"

[terms.results]
kind = "unit_price"
payer = "city"
payee = "intermediary"
volume = "paid"
bands = [{ price_gbp = 1 }]

[terms.loan]
kind = "investor_draw_down"
borrower = "intermediary"
commitments = { lender = 9600000 }
receipts = ["results"]
costs = ["cost"]
repaid_by = "waterfall"

[terms.waterfall]
kind = "investor_waterfall"
draws = "loan"
surplus = { lender = 1 }

[terms.it]
kind = "guarantee"
payer = "guarantor"
payee = "lender"
principal_of = "waterfall"
total_cap_gbp = 6000000
"""
COSTS = [2_400_000] * 3


def test_a_loan_that_earns_nothing_loses_what_is_not_guaranteed():
    """7.2m lent, 6.0m guaranteed, the city pays nothing: the lender loses 1.2m."""
    deal = deal_from_toml(LOAN)
    lines = settled_lines(deal, cost=COSTS, paid=0)
    assert amounts(deal, cost=COSTS, paid=0) == [0, 0, 6_000_000]
    lent = sum(line.amount[0] for line in lines if line.payer == "lender")
    back = sum(line.amount[0] for line in lines if line.payee == "lender")
    assert (lent, lent - back) == (7_200_000, 1_200_000)
    assert sum(line.amount[0] for line in lines if line.payer == "city") == 0
    assert lines[-1].because() == (
        "A loss of £7,200,000.00, 100.0% of it guaranteed: £7,200,000.00. "
        "The cap of £6,000,000.00 over the deal leaves £6,000,000.00."
    )


def test_at_full_size_a_quarter_of_the_principal_is_not_guaranteed():
    """9.6m less 7.2m is 2.4m, 25%."""
    deal = deal_from_toml(LOAN.replace("= 6000000", "= 7200000"))
    assert amounts(deal, cost=[3_200_000] * 3, paid=0)[-1] == 9_600_000 - 2_400_000


def test_a_loan_that_is_repaid_calls_on_nobody():
    deal = deal_from_toml(LOAN)
    assert amounts(deal, cost=[7_200_000, 0, 0], paid=[0, 0, 7_200_000]) == [0, 0, 0]


BREAK = """
[facts.ended]
title = "The programme is stopped"

[terms.break]
kind = "break_option"
payer = "city"
payee = "intermediary"
exercised = "ended"
"""


def test_a_programme_stopped_early_calls_on_the_guarantor_when_it_stops():
    """Wherever the break stands: terms that may end the deal are worked out first."""
    deal = deal_from_toml(LOAN + BREAK)
    facts = {"cost": COSTS, "paid": 0, "ended": [0, 1, 0]}
    assert amounts(deal, **facts) == [0, 4_800_000, 0]
    lines = settled_lines(deal, **facts)
    assert sum(line.amount[0] for line in lines if line.payer == "lender") == 4_800_000


def of_a_fact(share, limit, losses):
    deal = the_deal(
        f"""
        kind = "guarantee"
        payer = "neighbour"
        payee = "contractor"
        loss = "loss"
        share = "{share}"
        total_cap_gbp = {limit}
        """,
        facts=["loss"],
        periods=len(losses),
    )
    return deal, amounts(deal, loss=losses)


def test_a_loss_of_each_period_is_made_good_until_the_limit_is_reached():
    deal, paid = of_a_fact("0.5", 100, [120, -30, 120, 10])
    assert paid == [60, 0, 40, 0]
    told = [line.because() for line in settled_lines(deal, loss=[120, -30, 120, 10])]
    assert told[0] == "A loss of £120.00, 50.0% of it guaranteed: £60.00."
    assert told[1] == "There is no loss to make good."


@given(
    st.sampled_from(["0", "0.25", "0.8", "1"]),
    st.integers(0, 500),
    st.lists(st.integers(-100, 300), min_size=1, max_size=4),
)
def test_a_guarantor_never_pays_more_than_its_share_or_its_limit(share, limit, losses):
    _, paid = of_a_fact(share, limit, losses)
    assert sum(paid) <= limit
    for amount, loss in zip(paid, losses, strict=True):
        assert 0 <= amount <= max(0, loss) * Decimal(share)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('principal_of = "waterfall"\n', ""), "A guarantee is of one loss"),
        (('principal_of = "waterfall"', 'principal_of = "loan"'), "draw-down is no waterfall"),
        (
            ('payee = "lender"\np', 'payee = "city"\np'),
            "City lends nothing that investor waterfall",
        ),
    ],
)
def test_a_guarantee_of_nothing_is_a_finding(change, said):
    with pytest.raises(CannotReadDeal, match=said):
        deal_from_toml(LOAN.replace(*change))


def test_a_guarantee_reads_as_english():
    deal = deal_from_toml(LOAN)
    assert deal.term("it").sentence(deal) == (
        "Guarantor makes good 100.0% of a loss of Lender: the principal not repaid when the deal "
        "ends. It pays at most £6m in all."
    )
    assert one_line(of_a_fact("1", 10, [0])[0], loss=3) == 3
