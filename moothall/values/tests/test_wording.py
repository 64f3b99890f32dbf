"""Amounts, shares and dates read as a person would write them."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.values import wording
from moothall.values.figures import Figure
from moothall.values.tables import Column, Table


@pytest.mark.parametrize(
    ("amount", "reads"),
    [
        ("812431906.27", "£812,431,906.27"),
        ("-1234.5", "−£1,234.50"),
        ("0", "£0.00"),
        ("0.005", "£0.01"),
    ],
)
def test_tables_show_pounds_and_pence_with_a_true_minus(amount, reads):
    assert wording.pounds(Decimal(amount)) == reads


@pytest.mark.parametrize(
    ("amount", "reads"),
    [
        ("812431906.27", "£812.4m"),
        ("61000000", "£61m"),
        ("999960000", "£1bn"),
        ("999949", "£999,949"),
        ("999950", "£1m"),
        ("4310.40", "£4,310"),
        ("12.5", "£12.50"),
        ("12", "£12"),
        ("-30500000000", "−£30.5bn"),
    ],
)
def test_sentences_round_pounds(amount, reads):
    assert wording.pounds_in_words(Decimal(amount)) == reads


def test_a_float_is_not_an_amount():
    with pytest.raises(TypeError, match="is a float, and amounts are exact"):
        wording.pounds(0.1)


def test_a_trace_is_not_called_nothing():
    assert wording.percentage(Decimal("0.0004")) == "under 0.1%"
    assert wording.percentage(Decimal(0)) == "0.0%"
    assert wording.percentage(None) == "Not known"


def test_dates_and_counts_are_plain():
    assert wording.plain_date(date(2026, 4, 4)) == "4 April 2026"
    assert wording.plain_month(date(2026, 4, 1)) == "April 2026"
    assert wording.number_of(1, "payment") == "1 payment"
    assert wording.number_of(9310, "body", "bodies") == "9,310 bodies"


def test_a_row_that_does_not_fit_its_table_is_refused():
    with pytest.raises(ValueError, match="has 1 cells under 2 columns"):
        Table(caption="T", columns=(Column("A"), Column("B")), rows=[("a",)])


def test_a_figure_without_a_source_is_refused():
    with pytest.raises(ValueError, match="does not say its source"):
        Figure(label="Payments", shown="£1", basis="Net", source=" ")


def test_an_exact_number_keeps_its_decimals_and_groups_its_thousands():
    assert wording.decimal_number(Decimal("6000000")) == "6,000,000"
    assert wording.decimal_number(Decimal("-10.080")) == "−10.080"
