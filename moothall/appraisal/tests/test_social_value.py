"""Social value: what counts, how bids are marked, what stays in the place."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.social_value import (
    Bid,
    CannotImport,
    Marking,
    Promise,
    Scoring,
    UnitValue,
    apprentices,
    licensed_values,
    local_multiplier,
    marked,
    measures,
    order,
    promised_gbp,
    warnings,
    why_no_measure,
)
from moothall.core.rules import rules_of
from moothall.values.proportions import in_percent

RULES = rules_of("appraisal", "social_value")
TODAY = date(2026, 11, 24)
MARKING = Marking(Decimal("0.5"), Decimal("0.4"), Decimal("0.1"))
TARGET = evolve(
    MARKING, scoring=Scoring.ABSOLUTE, target_gbp=Decimal(400_000), price_gbp=Decimal(950_000)
)


def bid(key, price, quality, social, social_quality):
    numbers = map(Decimal, (price, quality, social, social_quality))
    return Bid(key, key.upper(), *numbers)


X = bid("x", 1_000_000, 80, 250_000, 60)
Y = bid("y", 1_080_000, 88, 400_000, 80)
Z = bid("z", 950_000, 70, 100_000, 40)


def test_three_bids_marked_on_price_quality_and_social_value():
    x, y, z = marked((X, Y, Z), MARKING)
    # Price: 50 x 950,000 / price. Quality: 40% of it. Social: 10, half by amount, half by quality.
    assert [round(one.price, 4) for one in (x, y, z)] == [
        *(Decimal("47.5"), Decimal("43.9815"), Decimal("50")),
    ]
    assert [one.quality for one in (x, y, z)] == [
        *(Decimal("32"), Decimal("35.2"), Decimal("28")),
    ]
    assert [one.social for one in (x, y, z)] == [Decimal("6.125"), Decimal("9"), Decimal("3.25")]
    assert [round(one.total, 4) for one in (x, y, z)] == [
        *(Decimal("85.625"), Decimal("88.1815"), Decimal("81.25")),
    ]
    assert [round(one.promised_share * 100, 2) for one in (x, y, z)] == [
        *(Decimal("25"), Decimal("37.04"), Decimal("10.53")),
    ]
    assert order((x, y, z)) == ("y", "x", "z")
    assert x.as_json()["total"] == 85.625


def test_relative_scoring_is_warned_of():
    assert next(iter(warnings((X, Y, Z), MARKING))).startswith(
        "Social value is scored against the best bid"
    )
    assert list(warnings((X, Y, Z), TARGET)) == []


def test_a_bid_that_turns_the_others_round_is_named():
    # By price and social value alone. A promises 100 for 1.00m, B 200 for 1.06m: B leads by the
    # amount. C promises 2,000: against it A's and B's amounts are next to nothing, and A leads.
    marking = Marking(Decimal("0.8"), Decimal(0), Decimal("0.2"), amount_share=Decimal(1))
    three = (bid("a", 100, 0, 100, 0), bid("b", 106, 0, 200, 0), bid("c", 200, 0, 2000, 0))
    assert "Without the bid of C, B would be first of the rest; with it, A is." in list(
        warnings(three, marking)
    )


@given(st.integers(1, 10**7), st.integers(0, 100), st.integers(0, 10**7), st.integers(0, 100))
def test_absolute_scoring_is_unmoved_by_another_bid(price, quality, social, social_quality):
    another = bid("w", price, quality, social, social_quality)
    assert marked((X, Y, Z, another), TARGET)[:3] == marked((X, Y, Z), TARGET)


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=5))
def test_the_lowest_price_has_all_the_marks_for_price(prices):
    bids = [bid(str(place), price, 50, 0, 0) for place, price in enumerate(prices)]
    found = marked(bids, MARKING)
    assert max(found, key=lambda one: one.price).bid.price == min(prices)
    assert max(one.price for one in found) == 50


def test_no_bids_have_no_marks_and_no_amounts_earn_none():
    assert marked((), MARKING) == ()
    assert marked((evolve(X, social_gbp=Decimal(0)),), MARKING)[0].social == Decimal("3")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Marking(Decimal("0.5"), Decimal("0.5"), Decimal("0.1")), "add up to 1.1, not to"),
        (lambda: evolve(MARKING, scoring=Scoring.ABSOLUTE), "Absolute scoring needs the amount"),
        (lambda: local_multiplier(Decimal(1), Decimal(2), Decimal(0)), "no £2 can be spent locall"),
    ],
)
def test_what_cannot_be_marked_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_a_million_spent_on_in_the_place():
    # 1,000,000 + 620,000 + 45% of that, 279,000: 1.899 for each pound.
    found = local_multiplier(Decimal(1_000_000), Decimal(620_000), Decimal("0.45"))
    assert found.value == Decimal("1.899")
    assert found.in_words().startswith("Each pound of the contract makes £1.90 of spending")


def test_apprentices_by_value_and_by_staff():
    # £24m at one for each £1m are 24, or 24 x 52 = 1,248 weeks; 3% and 5% of 180 are 5.4 and 9.
    found = apprentices(RULES, TODAY, value_gbp=Decimal(24_000_000), months=36, staff=Decimal(180))
    assert (found.by_value, found.weeks) == (24, 1248)
    assert found.of_staff == (Decimal("5.4"), Decimal("9"))
    small = apprentices(RULES, TODAY, value_gbp=Decimal(2_000_000), months=36, staff=Decimal(20))
    assert (small.by_value, small.of_staff) == (2, None)


def test_nine_hundred_million_of_six_thousand_is_fifteen_percent():
    assert in_percent(Fraction(900, 6000)) == "15%"


def test_our_measures_say_what_counts_and_what_does_not_and_carry_no_value():
    assert len(measures()) >= 12
    for one in measures().values():
        assert all((one.theme, one.title, one.unit, one.counts, one.not_counted))
        assert "£" not in one.counts


def test_a_promise_counts_net_of_the_law_of_what_comes_anyway_and_of_elsewhere():
    # (100 - 20) x (1 - 25%) x 50% = 30
    one = Promise("volunteering", *map(Decimal, (100, 20, "0.25", "0.5")))
    assert one.counted == 30
    values = {"volunteering": UnitValue("volunteering", "Hours", "hours", Decimal(10), "Ours")}
    assert promised_gbp((one, Promise("carbon", Decimal(5))), values) == (300, ("carbon",))


def test_a_measure_that_is_none_is_named_with_the_nearest():
    assert why_no_measure("carbon", {}) is None
    assert why_no_measure("carbn", {}) == "There is no measure 'carbn'. Did you mean 'carbon'?"


LICENSED = """Reference,Description,Units,Proxy value
NT1,Local people employed,no. people FTE,"£28,000.50"
NT2,Nothing known,weeks,
,No reference,weeks,5
"""


def test_values_of_others_are_imported_by_whoever_holds_the_licence():
    found, aside = licensed_values(
        LICENSED, licence="Licence 12", holder="Norbury Council", source="Edition of 2026"
    )
    assert [(one.measure, one.gbp, one.licence) for one in found] == [
        ("NT1", Decimal("28000.50"), "Licence 12, held by Norbury Council")
    ]
    assert aside == (
        "Row 3 is set aside: '' is not a number.",
        "Row 4 is set aside: it has no reference or no unit.",
    )


def test_values_of_others_are_refused_without_a_licence_or_without_their_columns():
    with pytest.raises(CannotImport, match="imported by whoever holds a licence"):
        licensed_values(LICENSED, licence=" ", holder="Norbury Council", source="2026")
    with pytest.raises(CannotImport, match="no column for unit and gbp"):
        licensed_values("ref,title\nA,b\n", licence="L", holder="N", source="2026")
