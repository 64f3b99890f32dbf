"""A worked example, and what always holds."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.duplicates import (
    Payment,
    Status,
    duplicate_candidates,
    plain_reference,
)

FIRST = date(2025, 5, 1)


def paid(line, supplier, reference, amount, *, days=None, body=1, **said):
    on = FIRST + timedelta(days=20 * line if days is None else days)
    return Payment(line, body, supplier, reference, Decimal(amount), on, **said)


def found(payments, **said):
    return [
        (c.key, c.status, c.lines, c.counted_gbp)
        for c in duplicate_candidates(payments, within_days=said.pop("within_days", 7), **said)
    ]


def test_six_lines_agree_with_the_worked_example():
    assert found(
        [
            paid(1, 1, "INV-100", "500.00"),
            paid(2, 1, "INV100", "500.00"),
            paid(3, 2, "A7", "240.00"),
            paid(4, 2, "A7", "240.00"),
            paid(5, 2, "A7", "-240.00"),
            paid(6, 3, "A7", "240.00"),
        ]
    ) == [
        ("a", Status.RESOLVED, (3, 4), Decimal(0)),
        ("d", Status.OPEN, (1, 2), Decimal("500.00")),
        ("c", Status.REVIEW, (4, 6), Decimal(0)),
    ]


def test_references_are_compared_without_their_dress():
    assert plain_reference("inv-1OO") == plain_reference("INV 100") == "INV100"
    assert plain_reference("000123") == plain_reference("O0123") == "123"
    assert plain_reference("--") is plain_reference(None) is None


def test_one_amount_soon_after_another_is_asked_about():
    payments = [paid(1, 1, "X1", "75.00", days=0), paid(2, 1, "X2", "75.00", days=7)]
    assert found(payments) == [("b", Status.OPEN, (1, 2), Decimal("75.00"))]
    assert found(payments, within_days=6) == []


def test_payments_without_a_reference_are_never_the_same_by_reference():
    payments = [paid(1, 1, None, "75.00", days=0), paid(2, 1, None, "75.00", days=0)]
    assert [key for key, *_rest in found(payments)] == ["b"]


def test_a_payment_by_the_week_is_regular_and_no_candidate():
    weekly = [paid(n, 1, f"W{n}", "75.00", days=7 * n) for n in range(1, 6)]
    assert found(weekly, regular_count=4) == []
    assert len(found(weekly)) == 1


def test_a_credit_under_its_own_number_resolves_the_repeat_before_it():
    payments = [
        paid(1, 1, "A1", "75.00"),
        paid(2, 1, "A1", "75.00"),
        paid(3, 1, "CN9", "-75.00"),
    ]
    (candidate,) = duplicate_candidates(payments, within_days=7)
    assert (candidate.status, candidate.credits) == (Status.RESOLVED, (3,))
    assert "nothing is left overpaid" in candidate.sentence


def test_a_credit_that_came_before_answers_nothing():
    payments = [
        paid(1, 1, "CN9", "-75.00"),
        paid(2, 1, "A1", "75.00"),
        paid(3, 1, "A1", "75.00"),
    ]
    assert found(payments) == [("a", Status.OPEN, (2, 3), Decimal("75.00"))]


def test_one_credit_answers_one_repeat_only():
    payments = [*(paid(n, 1, "A1", "75.00") for n in (1, 2, 3)), paid(4, 1, "A1", "-75.00")]
    assert found(payments) == [("a", Status.OPEN, (1, 2, 3), Decimal("75.00"))]


def test_a_payment_taken_back_whole_is_asked_about_no_more():
    payments = [
        paid(1, 1, "A1", "75.00", days=0),
        paid(2, 1, "A1", "-75.00", days=1),
        paid(3, 1, "A2", "75.00", days=2),
    ]
    assert found(payments) == []


def test_two_bodies_may_pay_one_invoice_number():
    assert found([paid(1, 1, "A1", "75.00"), paid(2, 1, "A1", "75.00", body=2)]) == []


def test_vat_above_the_rate_of_its_day_is_open_for_the_excess():
    too_much = paid(1, 1, "A1", "100.00", net_gbp=Decimal("100.00"), vat_gbp=Decimal("25.00"))
    rounded = paid(2, 1, "A2", "0.99", net_gbp=Decimal("0.99"), vat_gbp=Decimal("0.21"))
    (candidate,) = duplicate_candidates(
        [too_much, rounded], within_days=7, vat_rate_on=lambda _day: Decimal("0.20")
    )
    assert (candidate.key, candidate.amount_gbp) == ("e", Decimal("5.00"))
    assert "more than 20.0%" in candidate.sentence


payments_drawn = st.lists(
    st.builds(
        lambda line, supplier, reference, pence, days: Payment(
            line, 1, supplier, reference, Decimal(pence), FIRST + timedelta(days=days)
        ),
        st.integers(1, 10**6),
        st.integers(1, 3),
        st.sampled_from(["A1", "A-1", "B2", None]),
        st.sampled_from([-75, -40, 40, 75]),
        st.integers(0, 40),
    ),
    max_size=14,
    unique_by=lambda p: p.line,
)


@given(payments_drawn)
def test_nothing_is_counted_beyond_what_was_paid_over_once(payments):
    candidates = duplicate_candidates(payments, within_days=7)
    repeats = [c for c in candidates if c.key in "adb"]
    counted = [line for c in repeats for line in c.credits]
    assert len(counted) == len(set(counted))  # a credit answers once
    assert sum(c.counted_gbp for c in repeats) <= sum(
        p.amount_gbp for p in payments if p.amount_gbp > 0
    )


@given(payments_drawn, st.randoms())
def test_the_order_of_the_lines_does_not_matter(payments, random):
    shuffled = list(payments)
    random.shuffle(shuffled)
    assert found(payments) == found(shuffled)
