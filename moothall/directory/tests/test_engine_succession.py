"""A series of amounts as its bodies were then, and as they are now."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.directory.engine.succession import Amount, Handover, as_constituted_then, as_now
from moothall.values.money import Money

OLD_EAST, OLD_WEST, NEW, COUNTY, NEWEST = 1, 2, 3, 4, 5
APRIL_2023 = date(2023, 4, 1)
TODAY = date(2026, 11, 22)


def amount(body: int, day: date, gbp: str) -> Amount:
    return Amount(body=body, day=day, gbp=Money(gbp))


def handover(predecessor: int, successor: int, share: str, on: date = APRIL_2023) -> Handover:
    return Handover(predecessor=predecessor, successor=successor, on=on, share=Decimal(share))


def test_a_series_as_constituted_then_is_as_published():
    rows = (amount(OLD_EAST, date(2022, 5, 1), "10.01"),)
    assert as_constituted_then(iter(rows)) == rows


def test_as_now_two_merged_councils_stand_as_the_one_that_took_them_over():
    rows = [
        amount(OLD_EAST, date(2022, 5, 1), "10.01"),
        amount(OLD_WEST, date(2022, 5, 1), "5.00"),
        amount(NEW, date(2024, 5, 1), "7.00"),
    ]
    merged = [handover(OLD_EAST, NEW, "1"), handover(OLD_WEST, NEW, "1")]
    assert [(each.body, str(each.gbp)) for each in as_now(rows, merged, on=TODAY)] == [
        (NEW, "£10.01"),
        (NEW, "£5.00"),
        (NEW, "£7.00"),
    ]


def test_a_split_gives_the_odd_penny_to_the_largest_remainder():
    thirds = [
        handover(COUNTY, OLD_EAST, "0.333333"),
        handover(COUNTY, OLD_WEST, "0.333333"),
        handover(COUNTY, NEW, "0.333334"),
    ]
    split = as_now([amount(COUNTY, date(2022, 5, 1), "100.00")], thirds, on=TODAY)
    assert [(each.body, str(each.gbp)) for each in split] == [
        (OLD_EAST, "£33.33"),
        (OLD_WEST, "£33.33"),
        (NEW, "£33.34"),
    ]


def test_what_an_ended_body_published_late_passes_on_too():
    late = [amount(OLD_EAST, date(2023, 6, 1), "1.00")]
    assert as_now(late, [handover(OLD_EAST, NEW, "1")], on=TODAY)[0].body == NEW


def test_a_body_that_goes_on_keeps_its_rest_and_all_that_comes_after():
    part = [handover(COUNTY, NEW, "0.25")]
    before, after = date(2023, 3, 31), APRIL_2023
    rows = [amount(COUNTY, before, "100.00"), amount(COUNTY, after, "100.00")]
    assert [(each.body, each.day, str(each.gbp)) for each in as_now(rows, part, on=TODAY)] == [
        (NEW, before, "£25.00"),
        (COUNTY, before, "£75.00"),
        (COUNTY, after, "£100.00"),
    ]


def test_a_successors_own_successor_takes_over_in_its_turn():
    chain = [handover(NEW, NEWEST, "1", date(2025, 4, 1)), handover(OLD_EAST, NEW, "1")]
    row = [amount(OLD_EAST, date(2022, 5, 1), "9.99")]
    assert as_now(row, chain, on=TODAY)[0].body == NEWEST
    assert as_now(row, chain, on=date(2024, 1, 1))[0].body == NEW
    assert as_now(row, chain, on=date(2022, 1, 1))[0].body == OLD_EAST


def test_a_credit_is_split_to_the_penny_as_a_payment_is():
    halves = [handover(COUNTY, OLD_EAST, "0.5"), handover(COUNTY, OLD_WEST, "0.5")]
    split = as_now([amount(COUNTY, date(2022, 5, 1), "-0.01")], halves, on=TODAY)
    assert sum(each.gbp.pence for each in split) == -1


def test_a_body_cannot_hand_over_more_than_the_whole_of_itself():
    too_much = [handover(COUNTY, OLD_EAST, "0.7"), handover(COUNTY, OLD_WEST, "0.7")]
    with pytest.raises(ValueError, match=r"Body 4 hands over 1\.4 of itself on 2023-04-01\."):
        as_now([], too_much, on=TODAY)


@pytest.mark.parametrize("share", ["0", "1.000001", "-0.5", "0.1234567"])
def test_a_share_is_a_part_of_one(share):
    with pytest.raises(ValueError, match=r"Write 43\.2% as 0\.432\."):
        handover(COUNTY, NEW, share)


@given(
    pence=st.lists(st.integers(-(10**9), 10**9), max_size=5),
    parts=st.lists(st.integers(1, 300_000), min_size=1, max_size=3),
    ends=st.booleans(),
)
def test_reading_a_series_as_now_loses_no_penny(pence, parts, ends):
    shares = [Decimal(part) / 1_000_000 for part in parts]
    if ends:
        shares.append(1 - sum(shares))
    steps = [
        Handover(predecessor=COUNTY, successor=10 + i, on=APRIL_2023, share=share)
        for i, share in enumerate(shares)
    ]
    rows = [Amount(COUNTY, date(2022, 5, 1), Money.from_pence(each)) for each in pence]
    assert sum(each.gbp.pence for each in as_now(rows, steps, on=TODAY)) == sum(pence)
