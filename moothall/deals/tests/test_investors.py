import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from moothall.deals.investors import internal_rates, investor_result, months_to_recover
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import simulation
from moothall.deals.tests.test_terms_guarantee import LOAN

BOND = [-150_000, -300_000, 7_500, 220_000, 280_000, 2_500]


def rate(*flows, years=None):
    columns = np.array([flows], dtype=float).T
    years = np.arange(len(flows), dtype=float) if years is None else np.array(years)
    return internal_rates(columns, years)[0]


def result(*futures):
    flows = np.array(futures, dtype=float).T
    years = np.arange(flows.shape[0], dtype=float)
    return investor_result(flows, np.maximum(-flows, 0).sum(axis=0), years)


@pytest.mark.parametrize(
    ("paid", "percent"),
    [
        (9.6, 0),
        (10.08, 1.227),
        (10.176, 1.467),
        (10.272, 1.706),
        (10.368, 1.943),
        (10.944, 3.330),
        (11.712, 5.097),
    ],
)
def test_a_loan_repaid_at_once_has_the_closed_rate(paid, percent):
    """(paid / 9.6)^(1/4) - 1."""
    found = rate(-9.6e6, 0, 0, 0, paid * 1e6)
    assert found == pytest.approx((paid / 9.6) ** 0.25 - 1, abs=1e-10)
    assert 100 * found == pytest.approx(percent, abs=5e-4)


def test_the_worked_bond_returns_its_published_rate_and_multiple():
    """4.448% and 1.1333."""
    assert rate(*BOND) == pytest.approx(0.04448, abs=5e-6)
    said = result(BOND)
    assert said.irr.p50 == rate(*BOND)
    assert said.multiple.p50 == pytest.approx(1.1333, abs=5e-5)
    assert (said.principal_returns_probability, said.months_to_recover.p50) == (1, 48)


def test_money_drawn_over_four_years_and_repaid_once():
    """1.25m in each of years 0 to 3, and 5,885,886 in year 7, is 3%."""
    assert rate(*[-1.25e6] * 4, 0, 0, 0, 5_885_886) == pytest.approx(0.03, abs=1e-8)


def test_money_that_never_comes_back_is_a_total_loss_and_its_recovery_has_no_month():
    said = result([-100, -50, 0], [-100, 0, 40], [-100, 0, 121])
    assert rate(-100, -50, 0) == -1
    assert said.irr.p5 < -0.9
    assert said.irr.p50 == pytest.approx(0.4**0.5 - 1)
    assert said.irr_undefined == 0
    assert said.principal_returns_probability == pytest.approx(1 / 3)
    assert said.months_to_recover.p5 == said.months_to_recover.p95 == 24


@pytest.mark.parametrize("flows", [(-100, 360, -431, 171.6), (50, -100, 60), (-100, 150, -10)])
def test_flows_that_two_rates_solve_or_none_have_no_rate(flows):
    assert np.isnan(rate(*flows))


def test_futures_without_a_rate_are_counted_and_do_not_move_the_others():
    said = result([0, 0, 0], [-100, 230, -132], [-100, 0, 121])
    assert said.pays_in_probability == pytest.approx(2 / 3)
    assert said.irr_undefined == pytest.approx(1 / 2)
    assert said.irr.p5 == said.irr.p95 == pytest.approx(0.1)


def test_an_investor_that_never_pays_in_has_nothing_to_be_said():
    said = result([0, 0], [0, 10])
    assert said.as_json() == {
        "pays_in_probability": 0.0,
        "principal_returns_probability": None,
        "multiple": None,
        "irr": None,
        "irr_undefined": None,
        "months_to_recover": None,
    }
    assert said.in_words("Bank") == "Under these assumptions Bank puts no money in."


def test_an_investor_is_told_in_words():
    said = result([0, 0, 0], [-100, 230, -132], [-100, 0, 121], [-100, 0, 121])
    assert said.in_words("Bank") == (
        "Under these assumptions Bank gets back all it puts in with a chance of 66.7%; in the "
        "middle future £1.21 for each pound. Its yearly rate of return is 10.0% in the middle "
        "future, 10.0% in a bad one and 10.0% in a good one. In 33.3% of futures no rate is "
        "defined. Where it gets its money back, that takes 24 months in the middle future. All "
        "this is of the 75.0% of futures in which it puts money in."
    )


def test_money_is_recovered_when_it_is_never_again_out_of_pocket():
    flows = np.array([[0.0, -10, 10, -5, 5], [-10.0, 10, 0, 0, 0], [-10.0, 0, 0, 0, 9]]).T
    months = months_to_recover(flows, np.array([0, 0.25, 0.5, 0.75, 1.0]))
    assert months[:2].tolist() == [9, 3]
    assert np.isnan(months[2])


@pytest.mark.parametrize(
    "flows", [(-1e-2, 1e9), (-1e6, 1e-2), (-1, 1e-2) + (0,) * 398, (-1,) * 200 + (2,) * 200]
)
def test_rates_near_their_bounds_are_found(flows):
    years = np.arange(len(flows)) * 1.0
    found = rate(*flows, years=years)
    back, into = (np.maximum(sign * np.array(flows, dtype=float), 0) for sign in (1, -1))
    worth = (1 + found) ** -(years - (years[-1] if found < 0 else 0))
    assert back @ worth == pytest.approx(into @ worth, rel=1e-6)


def by_halves(flows, years):
    """Return the rate of flows that go in first and come back after, by bisection of ln(1 + r)."""
    low, high = -70.0, 70.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if flows @ np.exp(-middle * years) > 0 else (low, middle)
    return np.expm1((low + high) / 2)


MONEY = st.integers(1, 10**6).map(float)


@given(
    st.lists(MONEY, min_size=1, max_size=4),
    st.lists(MONEY, min_size=1, max_size=4),
    st.sampled_from([0.25, 1.0]),
)
@settings(deadline=None)
def test_rates_agree_with_plain_bisection(goes_in, comes_back, spacing):
    flows = np.array([*(-one for one in goes_in), *comes_back])
    years = spacing * np.arange(len(flows))
    plain = by_halves(flows, years)
    assert rate(*flows, years=years) == pytest.approx(plain, rel=1e-6, abs=1e-9)


FLOWS = arrays.arrays(float, (6, 5), elements=st.integers(-100, 100).map(float))


@given(FLOWS)
@settings(deadline=None)
def test_where_a_rate_is_defined_no_other_rate_solves_the_flows(flows):
    years = np.arange(6.0)
    rates = internal_rates(flows, years)
    for column, found in zip(flows.T, rates, strict=True):
        if np.isnan(found) or found == -1:
            continue
        others = np.expm1(np.linspace(-3, 3, 121))
        others = others[np.abs(np.log1p(others) - np.log1p(found)) > 1e-3]
        worth = column @ (1 + others) ** -years[:, None]
        assert ((worth > 0) == (others < found)).all()


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=4), st.integers(0, 3))
def test_more_comes_back_at_a_higher_rate(back, place):
    more = list(back)
    more[place] += 1
    assert rate(-500, -500, *more) > rate(-500, -500, *back) or not any(back)


def lent(text=LOAN, *, cost, paid, draws=50):
    """Simulate a loan and what is paid for results, each a line of TOML for its fact."""
    for key, line in (("cost", cost), ("paid", paid)):
        text = text.replace(f"[facts.{key}]\n", f"[facts.{key}]\n{line}\n")
    return simulation(deal_from_toml(text), seed=1, draws=draws).parties


def test_a_simulation_says_what_its_investor_gets_back_and_nothing_of_others():
    """6.0m of 7.2m comes back, some of it in the year of the last draw."""
    parties = lent(cost="value = 2400000", paid="value = 0")
    said = parties["lender"].investor
    assert said.multiple.p50 == pytest.approx(6 / 7.2)
    assert said.principal_returns_probability == 0
    assert {key for key, found in parties.items() if found.investor} == {"lender"}


def test_an_uncertain_payment_spreads_the_rate_by_its_closed_form():
    """2.4m lent, from nothing to 2.8m paid two years later: quantile q is (2.8q/2.4)^(1/2) - 1."""
    text = LOAN.replace("cap_gbp = 6000000", "cap_gbp = 0")
    text = text.replace('volume = "paid"', 'volume = "paid"\nstarts_on = 2014-08-01')
    said = lent(
        text,
        cost="value = [2400000, 0, 0]",
        paid='distribution = { kind = "uniform", low = 0, high = 2800000 }',
        draws=4000,
    )["lender"].investor
    assert said.principal_returns_probability == pytest.approx(1 / 7, abs=0.02)
    for quantile, found in ((0.05, said.irr.p5), (0.5, said.irr.p50), (0.95, said.irr.p95)):
        assert found == pytest.approx((2.8 * quantile / 2.4) ** 0.5 - 1, abs=0.02)
    assert said.irr_undefined == 0
    assert said.months_to_recover.p50 == 24
