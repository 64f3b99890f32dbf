from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from moothall.deals.tests.settling import one_line, settled_lines, the_deal


def passed(rate, *, collar="0.01", share="1", deficit=0, pay=800_000):
    deal = the_deal(
        f"""
        kind = "pension_pass_through"
        payer = "council"
        payee = "contractor"
        pay = "pay"
        rate = "rate"
        agreed_rate = "0.18"
        collar = "{collar}"
        share = "{share}"
        exit_deficit = "deficit"
        exit_share = "0.8"
        """,
        facts=["pay", "rate", "deficit"],
    )
    facts = {"pay": pay, "rate": rate, "deficit": deficit}
    return one_line(deal, **facts), settled_lines(deal, **facts)[0].because()


def test_a_higher_rate_is_borne_beyond_the_collar():
    """21.5% against 18%: 2.5% of 800,000 beyond a collar of 1%."""
    amount, because = passed("0.215")
    assert amount == 20_000
    assert because == (
        "Contributions of 21.5%, 18.0% agreed: 2.5% of pay of £800,000.00, of which 100.0% is "
        "passed through."
    )


def test_a_lower_rate_is_paid_back():
    amount, because = passed("0.16", share="0.5")
    assert amount == -4_000
    assert because.endswith("1.0% of pay of £800,000.00, of which 50.0% is paid back.")


def test_inside_the_collar_nothing_is_passed_through():
    assert passed("0.19")[0] == passed("0.17")[0] == 0
    assert passed("0.19")[1] == ("Contributions of 19.0%, 18.0% agreed: nothing is passed through.")


def test_a_share_of_the_deficit_is_borne_on_leaving():
    amount, because = passed("0.18", deficit=45_000)
    assert amount == 36_000
    assert because.endswith("On leaving, £36,000.00 of a deficit of £45,000.00.")


@given(st.integers(0, 400), st.integers(0, 50))
def test_the_employer_never_bears_more_than_the_collar(rate, collar):
    rate, collar = Decimal(rate) / 1000, Decimal(collar) / 1000
    amount, _ = passed(rate, collar=collar)
    borne = 800_000 * (rate - Decimal("0.18")) - amount
    assert abs(borne) <= 800_000 * collar
