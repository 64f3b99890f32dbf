"""Are totals known by their place and by arithmetic, and payments never taken for one?"""

from decimal import Decimal

from moothall.spend.engine.control_totals import Candidate, totals_among


def total_rows(candidates, sums, rows, last_payment, last_amount):
    return totals_among(
        [
            Candidate(position, position + 2, Decimal(amount), sparse)
            for position, amount, sparse in candidates
        ],
        [Decimal(value) for value in sums],
        [Decimal(value) for value in sums],
        rows,
        last_payment,
        last_amount,
    )


def test_a_lone_amount_at_the_end_that_equals_the_sum_is_a_control_total():
    (total,) = total_rows([(3, "60.00", True)], ["60.00"], [3], 2, 3)
    assert (total.printed, total.computed, total.agrees) == (
        Decimal("60.00"),
        Decimal("60.00"),
        True,
    )


def test_a_lone_amount_at_the_end_that_does_not_agree_is_reported_so():
    (total,) = total_rows([(3, "61.00", True)], ["60.00"], [3], 2, 3)
    assert not total.agrees
    assert total.computed == Decimal("60.00")


def test_a_labelled_last_row_is_a_total_only_when_its_amount_says_so():
    (total,) = total_rows([(3, "60.00", False)], ["60.00"], [3], 2, 3)
    assert total.agrees
    assert total_rows([(3, "12.00", False)], ["60.00"], [3], 2, 3) == ()


def test_a_last_row_that_all_but_equals_a_long_sum_is_a_total_that_is_off():
    (total,) = total_rows([(50, "1001.00", False)], ["1000.00"], [50], 49, 50)
    assert not total.agrees
    assert total_rows([(3, "60.50", False)], ["60.00"], [3], 2, 3) == ()


def test_a_payment_repeated_is_not_a_total_of_the_one_above_it():
    assert total_rows([(1, "60.00", False)], ["60.00"], [1], 0, 1) == ()


def test_a_lone_amount_in_the_middle_that_equals_nothing_is_a_payment():
    assert total_rows([(3, "61.00", True)], ["60.00"], [3], 9, 9) == ()


def test_subtotals_and_the_grand_total_are_all_known():
    totals = total_rows(
        [(2, "30.00", True), (5, "70.00", True), (6, "100.00", True)],
        ["30.00", "100.00", "100.00"],
        [2, 4, 4],
        4,
        6,
    )
    assert [total.agrees for total in totals] == [True, True, True]


def test_a_count_of_the_rows_below_them_is_not_money():
    (total,) = total_rows([(4, "4", True)], ["600.00"], [4], 3, 4)
    assert total.is_row_count
