"""Does the founding table of council spending by category add up, and what is off in it?

The table was shown on 20 October 2011: eleven rows of pounds and percentages for England, and below
it an estimate of "around £50bn" for all external spending.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from moothall.spend.engine.concentration import (
    concentration_ratio,
    herfindahl_hirschman_index,
)
from moothall.values.cases import Case, CaseFigure

SOURCE = (
    "Helen Bailey, Local Partnerships, The Power of Local Government, 20 October 2011, "
    "table of spend by category (local government, England)"
)

STORY = (
    "In October 2011 a slide told English councils what they buy from others: £33bn, from "
    "construction to energy. It became the best known answer to the question where the money goes. "
    "Its pounds add up; its percentages almost do; and it explains two thirds of the £50bn printed "
    "below it."
)
ROWS: tuple[tuple[str, Decimal, Decimal], ...] = (
    ("Construction", Decimal("22.3"), Decimal(7400)),
    ("Social Care and Services", Decimal("21.7"), Decimal(7180)),
    ("Professional Services", Decimal("7.6"), Decimal(2530)),
    ("Waste Disposal and Recycling", Decimal("6.0"), Decimal(2000)),
    ("Travel", Decimal("5.9"), Decimal(1960)),
    ("Business Services", Decimal("5.0"), Decimal(1640)),
    ("Facilities Management", Decimal("4.3"), Decimal(1430)),
    ("ICT", Decimal("3.8"), Decimal(1280)),
    ("Financial and Insurance Services", Decimal("3.7"), Decimal(1220)),
    ("Utilities and Energy", Decimal("3.2"), Decimal(1060)),
    ("Other", Decimal("16.4"), Decimal(5450)),
)
"""Name, share as printed (%), spend as printed (GBP million)."""

PRINTED_TOTAL = Decimal(33150)
PRINTED_TOTAL_SHARE = Decimal("100.0")
PRINTED_EXTERNAL = Decimal(50000)
HALF_OF_TEN_MILLION = Decimal(5)


def passes_rounding_test(
    printed_share: Decimal, amount: Decimal, total: Decimal, *, half_unit: Decimal
) -> bool:
    """Return whether a printed share could come from the unrounded amount.

    printed_share : per cent, to one decimal
    amount, total : money, in one unit; the total is taken as exact
    half_unit     : half the unit that the amounts were rounded to

    True when [amount - half_unit, amount + half_unit] / total meets
    [printed_share - 0.05, printed_share + 0.05] per cent.
    """
    low, high = 100 * (amount - half_unit) / total, 100 * (amount + half_unit) / total
    half_share = Decimal("0.05")
    return low <= printed_share + half_share and high >= printed_share - half_share


def lg_spend_2011() -> Case:
    """Work out the founding table and say what is off."""
    total = sum((amount for _, _, amount in ROWS), Decimal(0))
    amounts = [amount for _, _, amount in ROWS]
    shares = [_share_figure(name, share, amount, total) for name, share, amount in ROWS]
    printed_sum = sum((share for _, share, _ in ROWS), Decimal(0))
    consistent = sum(
        passes_rounding_test(share, amount, total, half_unit=HALF_OF_TEN_MILLION)
        for _, share, amount in ROWS
    )
    return Case(
        case="lg-spend-2011",
        title="What English councils bought: the table of spend by category, 2011",
        source=SOURCE,
        story=STORY,
        checked_on=date(2026, 11, 24),
        figures=(
            CaseFigure("Total spend", PRINTED_TOTAL, total, "GBP million", total == PRINTED_TOTAL),
            *shares,
            CaseFigure(
                "Total of the printed shares",
                PRINTED_TOTAL_SHARE,
                printed_sum,
                "%",
                printed_sum == PRINTED_TOTAL_SHARE,
                "The eleven printed shares add to 99.9, not 100.0: each was rounded by itself.",
            ),
            CaseFigure(
                "Rows whose share can follow from pounds rounded to £10m",
                None,
                Decimal(consistent),
                "rows of 11",
                None,
                "Every row is consistent if the pounds were rounded to the nearest £10m.",
            ),
            *_concentration_figures(amounts),
            *_coverage_figures(total),
        ),
    )


def _share_figure(name: str, printed: Decimal, amount: Decimal, total: Decimal) -> CaseFigure:
    exact = 100 * amount / total
    agrees = _rounded(exact, "0.1") == printed
    note = (
        ""
        if agrees
        else (
            f"The printed pounds give {_rounded(exact, '0.1')}%, not {printed}%. "
            "The printed share is possible if the pounds were rounded to the nearest £10m."
        )
    )
    return CaseFigure(f"Share: {name}", printed, _rounded(exact, "0.001"), "%", agrees, note)


def _concentration_figures(amounts: Sequence[Decimal]) -> tuple[CaseFigure, ...]:
    largest_two = 100 * concentration_ratio(amounts, 2)
    index = herfindahl_hirschman_index(amounts)
    without_other = herfindahl_hirschman_index(amounts[:-1])
    return (
        CaseFigure(
            "Share of the two largest categories", None, _rounded(largest_two, "0.01"), "%", None
        ),
        CaseFigure(
            "Concentration of spend over categories (HHI)",
            None,
            _rounded(index, "0.1"),
            "index, 0 to 10,000",
            None,
        ),
        CaseFigure(
            'Concentration without "Other" (HHI)',
            None,
            _rounded(without_other, "0.1"),
            "index, 0 to 10,000",
            None,
            '"Other" is 16.4% of the table and is not one category.',
        ),
    )


def _coverage_figures(total: Decimal) -> tuple[CaseFigure, ...]:
    return (
        CaseFigure(
            "Share of all external spending that the table covers",
            None,
            _rounded(100 * total / PRINTED_EXTERNAL, "0.01"),
            "%",
            None,
            'The text below the table says "around £50bn"; the table holds £33.15bn of it.',
        ),
        CaseFigure(
            "External spending that the table does not explain",
            None,
            PRINTED_EXTERNAL - total,
            "GBP million",
            None,
            "£16.85bn of the estimate is in no row, not even in Other.",
        ),
    )


def _rounded(value: Decimal, unit: str) -> Decimal:
    return value.quantize(Decimal(unit), ROUND_HALF_UP)
