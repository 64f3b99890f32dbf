"""What does a variation change, in price and in fairness?"""

from datetime import date

import pytest

from moothall.agreements.engine.impact import CannotPrice, impact, months_between
from moothall.deals.reading import deal_from_toml

DEAL = """
[deal]
name = "Lamps"
starts_on = 2026-04-01
ends_before = 2028-04-01
every = "year"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.firm]
name = "Bright Ltd"
kind = "supplier"
reference = "no work"

[facts.lamps]
title = "Lamps"
value = 1000

[facts.repairs]
title = "Repairs"
distribution = { kind = "uniform", low = 100, high = 300 }

[terms.keep]
kind = "unit_price"
payer = "council"
payee = "firm"
volume = "lamps"
bands = [{ above = 0, price_gbp = "50" }]

[terms.repair]
kind = "unit_price"
payer = "council"
payee = "firm"
volume = "repairs"
bands = [{ above = 0, price_gbp = "20" }]
"""


def deal(text=DEAL):
    return deal_from_toml(text)


def test_a_dearer_price_a_lamp_costs_what_the_lamps_make_of_it():
    """1,000 lamps, two years, £2 more: £4,000, in every future."""
    found = impact(deal(), deal(DEAL.replace('"50"', '"52"')))
    assert found.price_change == pytest.approx(4_000)
    council, firm = found.parties
    assert (council.p50, council.p90) == (pytest.approx(4_000), pytest.approx(4_000))
    assert firm.p50 == pytest.approx(-4_000)
    assert [place for place, *_ in found.places] == ["terms.keep.bands.1.price_gbp"]


def test_what_depends_on_volume_is_a_spread():
    """Two years of 100 to 300 repairs at £5 more: £2,000 as expected, at most £3,000."""
    found = impact(deal(), deal(DEAL.replace('"20"', '"25"')))
    council = found.parties[0]
    assert found.price_change == pytest.approx(2_000, rel=0.02)
    assert council.p50 < council.p90 < 3_000


def test_a_variation_that_changes_nothing_costs_nothing():
    found = impact(deal(), deal())
    assert found.price_change == 0
    assert not found.places
    assert not found.new_flags
    assert not found.gone_flags


def test_a_deal_that_cannot_be_run_is_not_priced():
    open_ = DEAL.replace("value = 1000", "")
    with pytest.raises(CannotPrice, match=r"The deal as varied cannot be run\. Lamps has neither"):
        impact(deal(), deal(open_))


def test_the_term_moves_in_months():
    assert months_between(date(2028, 4, 1), date(2028, 10, 1)) == 6
    assert months_between(date(2028, 4, 1), date(2028, 1, 1)) == -3
