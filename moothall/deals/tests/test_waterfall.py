import pytest

from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import simulation
from moothall.deals.tests.test_solving import DEAL
from moothall.deals.waterfall import FAILURES, waterfall


@pytest.fixture(scope="module")
def done():
    return simulation(deal_from_toml(DEAL), seed=1, draws=2000)


def test_the_bars_of_a_waterfall_add_up_to_the_expected_result(done):
    for party, found in done.parties.items():
        bars = waterfall(done, party)
        assert sum(bar.gbp for bar in bars) == pytest.approx(found.mean, abs=0.01)
        assert FAILURES not in {bar.label for bar in bars}


def test_a_bar_stands_for_each_payment_and_for_what_is_borne_with_and_without_the_deal(done):
    bars = {bar.label: bar.gbp for bar in waterfall(done, "council")}
    factors = sum(1.035 ** -(n / 2) for n in range(4))
    assert bars["Without the deal: cost in-house"] == pytest.approx(100_000 * factors)
    by_hand = -18.5 * (4000 + 5000 + 7000) / 3 * factors
    assert bars["Unit price"] == pytest.approx(by_hand, rel=0.02)
    assert "Cost of an hour, and all else" in {bar.label for bar in waterfall(done, "charity")}


def test_what_failures_change_is_a_bar_of_its_own():
    text = DEAL.replace(
        'kind = "charity"', 'kind = "charity"\nresources_gbp = 0\nresidual_bearer = "council"'
    ).replace('"18.50"', '"17"')
    done = simulation(deal_from_toml(text), seed=1, draws=2000)
    assert {bar.label: bar.gbp for bar in waterfall(done, "charity")}[FAILURES] > 0
