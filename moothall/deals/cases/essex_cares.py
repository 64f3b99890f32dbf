"""Essex Cares: the first trading company for adult social care that a council owns."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case
from moothall.values.proportions import wilson_interval

FOUNDING = "Localis, Catalyst Councils (2012)"
AT_FIRST = "Health Service Journal, 2009 (850 staff, £30m of turnover, 10% as dividends)"
LATER = "Essex Cares Limited, financial statements for the year to 31 March 2017"
SOURCE = f"{FOUNDING}; {AT_FIRST}; {LATER}"
STORY = (
    "In July 2009 Essex County Council moved 850 staff of its adult social care into a company "
    "that it wholly owned, so that people with budgets of their own could go on buying from them. "
    "What the company earned would come back to the council as a dividend. It earned well at "
    "first, lost £3.6m in 2015/16 and made £0.5m the year after."
)
DEAL = """
[deal]
name = "A care company that a council owns"
summary = "The council owns the company whole; what it earns after tax is the council's."
starts_on = 2009-07-01
ends_before = 2012-07-01
every = "year"

[parties.council]
name = "Essex County Council"
kind = "public body"
reference = "in-house"

[parties.company]
name = "Essex Cares"
kind = "supplier"

[facts.profit]
title = "Distributable profit"
reported_by = "company"

[terms.dividend]
kind = "dividend"
company = "company"
profit = "profit"
holdings = { council = 1 }
"""


def essex_cares() -> Case:
    """Work out the dividend in a good and in a bad year, and what 99% satisfied may mean."""
    deal = deal_from_toml(DEAL)

    def dividend(profit: int) -> Decimal:
        return paid(deal, {"profit": [profit, 0, 0]})["dividend", "company", "council"]

    def least(asked: int) -> str:
        return f"{100 * wilson_interval(asked * 0.99, asked)[0]:.4f}"

    return Case(
        "essex-cares",
        "Essex Cares, from 2009",
        SOURCE,
        (
            figure(
                "Dividend foreseen: 10% of £30m", "3", 30 * Decimal("0.1"), "£m", source=AT_FIRST
            ),
            figure(
                "Dividend on £3.5m of profit",
                "3500000",
                dividend(3_500_000),
                "£",
                source=FOUNDING,
            ),
            figure(
                "Dividend in a year like 2015/16, at a loss of £3.58m",
                None,
                dividend(-3_580_000),
                "£",
                note="A loss is not paid by the shareholder; it stays in the company.",
                source=LATER,
            ),
            figure(
                "Satisfied, at the least: 99% of 100 asked",
                None,
                least(100),
                "%",
                2,
                "How many were asked was not published; without it 99% ranks above nothing.",
                FOUNDING,
            ),
            figure("Satisfied, at the least: 99% of 1,000 asked", None, least(1000), "%", 2),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
