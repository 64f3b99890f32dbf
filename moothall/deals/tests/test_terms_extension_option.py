import pytest

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal
from moothall.deals.tests.test_terms_break_option import FEE


def extendable(extended, *, day="2028-04-01"):
    deal = the_deal(
        f"""
        kind = "extension_option"
        payer = "council"
        payee = "contractor"
        exercised = "extended"
        unless_ends_before = {day}
        payment_gbp = 30
        """,
        facts=["extended"],
        periods=4,
        more=FEE,
    )
    (line,) = (one for one in settled_lines(deal, extended=extended) if one.term.key == "it")
    return amounts(deal, "fee", extended=extended), line.amount[0], line.because()


def test_a_deal_that_nobody_extends_ends_early():
    """What the fact says in other periods does not extend it."""
    fees, paid, because = extendable([1, 0, 1, 1])
    assert (fees, paid) == ([100, 100, 0, 0], 0)
    assert because == "The deal is not extended, and ends with this period."


def test_a_deal_extended_runs_on_for_a_payment():
    fees, paid, because = extendable([0, 1, 0, 0])
    assert (fees, paid) == ([100] * 4, 30)
    assert because == "The deal is extended: £30.00 is due."


@pytest.mark.parametrize("day", ["2028-05-01", "2030-04-01"])
def test_a_day_on_which_no_periods_meet_is_a_finding(day):
    with pytest.raises(CannotReadDeal, match=r"No period but the last .* such as 1 April 2027"):
        extendable(0, day=day)
