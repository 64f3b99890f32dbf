from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from moothall.deals.deal import Fact, years_between
from moothall.deals.numbers import to_places


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Days in care", "days in care"),
        ("A&E visits", "A&E visits"),
        ("NVQ passes in Ashby", "NVQ passes in Ashby"),
        ("GPs' referrals", "GPs' referrals"),
    ],
)
def test_a_title_inside_a_sentence_keeps_its_names(title, inside):
    assert Fact("it", title, "days").in_sentence == inside


def test_years_are_counted_by_whole_months():
    assert years_between(date(2024, 2, 1), date(2025, 5, 1)) == Decimal("1.25")
    assert years_between(date(2024, 2, 29), date(2024, 2, 29)) == 0


def test_a_float_on_a_half_is_rounded_as_the_decimal_is():
    for half in ("0.145", "2.675", "-1.005", "38.005"):
        exactly = to_places(np.array([Decimal(half)], dtype=object), 2)[0]
        assert to_places(np.array([float(half)]), 2)[0] == float(exactly)
