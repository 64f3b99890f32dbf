"""Essex edge of care: investors paid for family therapy and were repaid by days out of care."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

AT_THE_END = "Social Finance, Essex edge of care SIB (completed March 2019)"
LATER = "Social Finance, projects: Essex edge of care"
INVESTOR = "Big Society Capital, Essex social impact bond"
SOURCE = (
    f"{AT_THE_END}; {LATER}; {INVESTOR}. The price of a day was not published: £1 stands for it"
)
STORY = (
    "From 2013 to 2018 eight investors put up £3.1m for therapy with families whose children were "
    "on the edge of care. Essex County Council paid for days in care avoided, each child followed "
    "for thirty months and held to children before them. The investors had 1.45 times their money."
)
CHILDREN, DAYS = 388, 913  # a child is followed for thirty months
BEFORE, TARGET, FOUND = Decimal("0.55"), Decimal("0.27"), Decimal("0.108")
DEAL = """
[deal]
name = "Essex edge of care"
summary = "A council pays for days in care that did not happen, up to £7.1m."
starts_on = 2013-04-01
ends_before = 2019-04-01
every = "whole deal"

[parties.council]
name = "Essex County Council"
kind = "public body"
reference = "no programme"

[parties.investors]
name = "Eight investors (Children's Support Services Ltd)"
kind = "investor"

[facts.days_out_of_care]
title = "Days out of care, over thirty months each"
unit = "days"
places = 0
reported_by = "council"

[facts.days_anyway]
title = "Days out of care of children before them"
unit = "days"
places = 0
reported_by = "council"

[terms.days]
kind = "rate_card"
payer = "council"
payee = "investors"
tariffs = [
    { outcome = "days_out_of_care", price_gbp = 1, expected = "days_anyway" },
]
total_cap_gbp = 7100000
"""


def essex_mst() -> Case:
    """Work out days in care avoided, and hold two printed reports of them to each other."""
    deal = deal_from_toml(DEAL)
    all_days = CHILDREN * DAYS
    due = paid(
        deal,
        {"days_out_of_care": all_days * (1 - FOUND), "days_anyway": all_days * (1 - BEFORE)},
    )
    return Case(
        "essex-mst-sib",
        "Essex edge of care social impact bond, 2013 to 2018",
        SOURCE,
        (
            figure(
                "Families who completed the therapy",
                "85",
                Decimal(33500) / CHILDREN,
                "%",
                note="335 of 388, by the report on completion; the later page says 85%.",
                source=LATER,
            ),
            figure("In care at the end: 35 of 388", None, Decimal(3500) / CHILDREN, "%", 2),
            figure(
                "In care, by the later page: 41 of 389",
                "11",
                Decimal(4100) / 389,
                "%",
                source=LATER,
            ),
            figure(
                "Fall in days in care, by the later page",
                "43",
                55 - Decimal("11.92"),
                "percentage points",
                note="The report on completion says 10.8% of days in care, the later page 11.92%.",
                source=LATER,
            ),
            figure(
                "Fall against the fall that was aimed for",
                "2",
                (BEFORE - FOUND) / (BEFORE - TARGET),
                "times",
                2,
                '"More than double the rate expected" is true of 27% against 10.8% (2.5 times), '
                "not of the fall: 44.2 points against 28.",
                AT_THE_END,
            ),
            figure(
                "Days in care avoided",
                None,
                due["days", "council", "investors"],
                "days",
                note="At £1 a day: the price was not published.",
            ),
            figure(
                "What 1.45 times £3.1m comes to",
                None,
                Decimal("1.45") * Decimal("3.1"),
                "£m",
                3,
                "Repaid out of at most £7.1m of payments for results.",
                LATER,
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
