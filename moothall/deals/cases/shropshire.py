"""Shropshire: a catering service that sells outside, and a trading company that hardly did."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

FOUNDING = "Localis, Catalyst Councils (2012)"
ACCOUNTS = "Shropshire Star, 30 November 2015, on ip&e's accounts to March 2015"
SOURCE = (
    f"{FOUNDING} (£3.2m of £10.2m sold outside; 1,700 of 6,000 staff); {ACCOUNTS}; closure: "
    "LocalGov, 18 February 2016. The test: Procurement Act 2023, Schedule 2"
)
STORY = (
    "Shropshire Council sold school catering to others, and set up a company of its own, ip&e, in "
    "2012 to sell more services. A council may buy from a company it controls without a "
    "competition only while more than 80% of the company's work is for it. The catering sold too "
    "much outside to pass that test, and the company too little to live: it closed in March 2016."
)
DEAL = """
[deal]
name = "A council's trading company"
summary = "The council and others buy from the company; what it earns goes to the council."
starts_on = 2014-04-01
ends_before = 2015-04-01
every = "year"

[parties.council]
name = "Shropshire Council"
kind = "public body"
reference = "in-house"

[parties.others]
name = "Schools and other customers"
kind = "public body"
reference = "another supplier"

[parties.company]
name = "The company"
kind = "supplier"

[facts.for_the_council]
title = "Work for the council"
reported_by = "company"

[facts.for_others]
title = "Work for others"
reported_by = "company"

[facts.profit]
title = "Profit before tax"
reported_by = "company"

[terms.council_work]
kind = "unit_price"
payer = "council"
payee = "company"
volume = "for_the_council"
bands = [{ price_gbp = 1 }]

[terms.other_work]
kind = "unit_price"
payer = "others"
payee = "company"
volume = "for_others"
bands = [{ price_gbp = 1 }]

[terms.dividend]
kind = "dividend"
company = "company"
profit = "profit"
holdings = { council = 1 }
"""


def shropshire() -> Case:
    """Work out what part of the work was for the council, and whether that passes."""
    deal = deal_from_toml(DEAL)

    def for_the_council(council: int, others: int) -> Decimal:
        due = paid(deal, {"for_the_council": council, "for_others": others, "profit": 0})
        own = due["council_work", "council", "company"]
        return 100 * own / (own + due["other_work", "others", "company"])

    catering = for_the_council(7_000_000, 3_200_000)
    company = for_the_council(1_145_000, 16_617)
    most = Decimal(7_000_000) * 20 / 80
    return Case(
        "shropshire-trading-company",
        "Shropshire's catering and trading company, 2012 to 2016",
        SOURCE,
        (
            figure(
                "Catering: work for the council",
                None,
                catering,
                "%",
                2,
                "Not more than 80%, so that a company with this work could not be given the "
                "council's work without a competition.",
                FOUNDING,
            ),
            figure(
                "Most it could sell outside beside £7.0m for the council",
                None,
                most,
                "£",
                note="And strictly less than this.",
            ),
            figure(
                "Staff to be transferred: 1,700 of 6,000", None, Decimal(170_000) / 6000, "%", 1
            ),
            figure(
                "The company: work for the council",
                None,
                company,
                "%",
                2,
                "It passes; £16,617 was sold to others.",
                ACCOUNTS,
            ),
            figure(
                "The company's revenue",
                "1.162",
                Decimal(1_145_000 + 16_617) / 10**6,
                "£m",
                3,
                source=ACCOUNTS,
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
