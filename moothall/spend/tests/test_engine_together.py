"""A worked example, and what always holds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.together import (
    Purchase,
    level_down_saving,
    saving_after_switching,
    volume_exponent,
    volume_saving,
)

FOUR_BODIES = [
    Purchase("Council A", Decimal(100_000), Decimal("0.145")),
    Purchase("Council B", Decimal(60_000), Decimal("0.130")),
    Purchase("NHS", Decimal(140_000), Decimal("0.118")),
    Purchase("Police", Decimal(40_000), Decimal("0.160")),
]
FIVE_PER_CENT = Decimal("0.05")
purchases = st.lists(
    st.builds(
        Purchase,
        st.just("a body"),
        st.decimals("1", 10**6, places=0),
        st.decimals("0.01", 1000, places=2),
    ),
    min_size=2,
    max_size=6,
)


def test_levelling_down_agrees_with_the_worked_example():
    assert sum(p.spend_gbp for p in FOUR_BODIES) == Decimal("45220")
    saving = level_down_saving(FOUR_BODIES)
    assert saving.gbp == Decimal("5100")
    assert saving.share == pytest.approx(Decimal("0.11278"), abs=Decimal("5e-6"))
    assert saving.of_body == (Decimal(2700), Decimal(720), Decimal(0), Decimal(1680))


def test_the_volume_term_agrees_with_the_worked_example():
    assert volume_exponent(FIVE_PER_CENT) == pytest.approx(
        Decimal("0.0740006"), abs=Decimal("5e-8")
    )
    saving = volume_saving(FOUR_BODIES, FIVE_PER_CENT)
    assert saving.price_gbp == pytest.approx(Decimal("0.1105009"), abs=Decimal("5e-8"))
    assert saving.gbp == pytest.approx(Decimal("7649.69"), abs=Decimal("0.005"))
    assert saving.share == pytest.approx(Decimal("0.16917"), abs=Decimal("5e-6"))


def test_the_body_with_the_best_price_gains_only_by_volume():
    assert level_down_saving(FOUR_BODIES).gains_nothing == (2,)
    assert volume_saving(FOUR_BODIES, FIVE_PER_CENT).gains_nothing == ()


def test_changing_may_cost_more_than_it_saves():
    assert saving_after_switching(level_down_saving(FOUR_BODIES), Decimal(6000)) == Decimal(-900)


def test_buying_together_takes_two():
    with pytest.raises(ValueError, match="takes two bodies or more"):
        level_down_saving(FOUR_BODIES[:1])


def test_a_purchase_of_nothing_is_refused():
    with pytest.raises(ValueError, match="quantity of a purchase is above nought"):
        Purchase("Council A", Decimal(0), Decimal(1))


def test_a_discount_of_five_is_not_five_per_cent():
    with pytest.raises(ValueError, match=r"write 5% as 0\.05"):
        volume_exponent(Decimal(5))


@given(purchases, st.decimals("0", "0.5", places=2))
def test_volume_never_takes_away_from_levelling_down(bought, discount):
    least = level_down_saving(bought).gbp
    assert least >= 0
    assert volume_saving(bought, discount).gbp >= least - Decimal("1e-12")


@given(purchases)
def test_what_the_bodies_save_adds_up(bought):
    saving = level_down_saving(bought)
    assert sum(saving.of_body) == saving.gbp
