"""Whether the founding table is reproduced, and what is off in it is said."""

from decimal import Decimal

import pytest

from moothall.spend.engine.cases import CASES
from moothall.spend.engine.founding_table import (
    ROWS,
    lg_spend_2011,
    passes_rounding_test,
)
from moothall.values.cases import CaseFigure


def figure(name: str) -> CaseFigure:
    return next(figure for figure in lg_spend_2011().figures if figure.name == name)


def test_the_pounds_add_up_to_the_printed_total():
    total = figure("Total spend")
    assert (total.published, total.computed, total.agrees) == (33150, 33150, True)


def test_the_printed_shares_add_to_less_than_a_hundred():
    shares = figure("Total of the printed shares")
    assert (shares.computed, shares.agrees) == (Decimal("99.9"), False)


def test_two_printed_shares_do_not_follow_from_the_printed_pounds():
    off = {each.name: each.computed for each in lg_spend_2011().disagreements()}
    assert off == {
        "Share: Business Services": Decimal("4.947"),
        "Share: ICT": Decimal("3.861"),
        "Total of the printed shares": Decimal("99.9"),
    }


def test_every_row_passes_the_rounding_test_at_ten_million():
    assert all(
        passes_rounding_test(share, amount, Decimal(33150), half_unit=Decimal(5))
        for _, share, amount in ROWS
    )
    assert figure("Rows whose share can follow from pounds rounded to £10m").computed == 11


def test_two_rows_fail_the_rounding_test_when_pounds_are_exact():
    failing = [
        name
        for name, share, amount in ROWS
        if not passes_rounding_test(share, amount, Decimal(33150), half_unit=Decimal(0))
    ]
    assert failing == ["Business Services", "ICT"]


@pytest.mark.parametrize(
    ("name", "computed"),
    [
        ("Share of the two largest categories", "43.98"),
        ("Concentration of spend over categories (HHI)", "1449.1"),
        ('Concentration without "Other" (HHI)', "1688.3"),
        ("Share of all external spending that the table covers", "66.30"),
        ("External spending that the table does not explain", "16850"),
    ],
)
def test_the_worked_example_is_met(name, computed):
    assert figure(name).computed == Decimal(computed)


def test_the_case_is_written_as_json_with_exact_text():
    document = CASES["lg-spend-2011"]().as_json()
    assert list(document) == ["case", "title", "source", "figures"]
    assert document["case"] == "lg-spend-2011"
    assert document["figures"][0] == {
        "name": "Total spend",
        "published": "33150",
        "computed": "33150",
        "unit": "GBP million",
        "agrees": True,
        "note": "",
    }


def test_a_figure_cannot_agree_with_nothing():
    with pytest.raises(ValueError, match="agrees or disagrees only with a published figure"):
        CaseFigure("Share", None, Decimal(1), "%", agrees=True)
