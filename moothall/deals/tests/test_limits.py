"""The limits that any term may have."""

from moothall.deals.tests.settling import amounts, settled_lines, the_deal

FEE = """
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 100
"""


def test_a_floor_never_pays_where_the_condition_does_not_hold():
    condition = '[terms.it.when]\nfact = "volume"\nat_least = 10'
    deal = the_deal(FEE + "period_floor_gbp = 120\n" + condition, ["volume"], periods=2)
    assert amounts(deal, volume=[10, 9]) == [120, 0]
    told = [line.because() for line in settled_lines(deal, volume=[10, 9])]
    assert told == [
        "A fixed fee of £100.00. It is raised to £120.00, the least a period.",
        "A fixed fee of £100.00. Nothing is due: only when volume is at least 10.",
    ]


def test_a_cap_over_the_deal_says_what_it_leaves():
    deal = the_deal(FEE + "total_cap_gbp = 150", periods=2)
    assert amounts(deal) == [100, 50]
    assert (
        settled_lines(deal)[1].because().endswith("The cap of £150.00 over the deal leaves £50.00.")
    )
