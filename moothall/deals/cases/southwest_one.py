"""Southwest One: a joint venture of three public bodies and IBM, 2007 to its early end."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

SETTLED = "ukcampaign4change.com, 28 March 2013"
DISPUTE = "ukcampaign4change.com, 31 August and 6 September 2012"
ACCOUNTS = "Computer Weekly, on the company's accounts for 2010"
SOURCE = (
    f"{DISPUTE} (£585m over ten years, £22m and £71m of savings); {SETTLED} (75%, the "
    f"settlement); {ACCOUNTS} (£31m, £17m); bestpracticegroup.com (£192m, £158m). The share of "
    "savings was not published: half stands for it"
)
STORY = (
    "In 2007 Somerset County Council, Taunton Deane Borough Council and Avon and Somerset Police "
    "set up a company with IBM, which held 75%, to run their back offices for ten years and share "
    "what it saved on procurement. What counted as saved was disputed, and went to court. In March "
    "2013 the council and the company settled: some services went back, and the gain share was "
    "cancelled."
)
DEAL = """
[deal]
name = "Southwest One"
summary = "A company shares in what it saves on procurement, until a settlement ends that."
starts_on = 2007-10-01
ends_before = 2017-10-01
every = "year"

[parties.council]
name = "Somerset County Council"
kind = "public body"
reference = "in-house"

[parties.partners]
name = "Taunton Deane Borough Council and Avon and Somerset Police"
kind = "public body"
reference = "in-house"

[parties.company]
name = "Southwest One"
kind = "supplier"

[parties.owner]
name = "IBM"
kind = "supplier"

[facts.cost]
title = "What was bought cost (the £22m of savings approved by 2012, in the fifth year)"
reported_by = "company"

[facts.profit]
title = "Distributable profit"
reported_by = "company"

[terms.gain_share]
kind = "gain_share"
label = "Gain share, cancelled by the settlement of March 2013"
payer = "council"
payee = "company"
actual = "cost"
baseline_gbp = 100000000
ranges = [{ share = "0.5" }]
ends_before = 2013-03-27

[terms.dividend]
kind = "dividend"
label = "Dividend (how the public bodies' 25% was divided was not published)"
company = "company"
profit = "profit"
holdings = { owner = "0.75", council = "0.125", partners = "0.125" }
"""


def southwest_one() -> Case:
    """Work out the gain share before and after it was cancelled, and the ledger of changes."""
    deal = deal_from_toml(DEAL)
    saves, spends = 78 * 10**6, 100 * 10**6  # of an invented £100m a year

    def gain(saved_in: int) -> Decimal:
        cost = [saves if year == saved_in else spends for year in range(10)]
        return paid(deal, {"cost": cost, "profit": 0})["gain_share", "council", "company"]

    dividend = paid(deal, {"cost": spends, "profit": [10**6, *[0] * 9]})
    million = Decimal(10**6)
    return Case(
        "southwest-one",
        "Southwest One, 2007 to 2016",
        SOURCE,
        (
            figure("Value as quoted, a year, over ten years", None, Decimal("58.5"), "£m", 1),
            figure("Savings promised against that value", None, 100 * Decimal(192) / 585, "%", 1),
            figure(
                "Savings approved by 2012 against those promised",
                None,
                100 * Decimal(22) / 192,
                "%",
                1,
                "£22m approved; contracts in place for another £71m, the company said.",
                DISPUTE,
            ),
            figure(
                "Gain share on £22m saved before the settlement",
                None,
                gain(4) / million,
                "£m",
                2,
                "At half, which stands for a share that was not published.",
            ),
            figure(
                "Gain share on £22m saved after it",
                "0",
                gain(6) / million,
                "£m",
                source=SETTLED,
            ),
            figure(
                "IBM's part of a dividend of £1,000,000",
                "75",
                100 * dividend["dividend", "company", "owner"] / million,
                "%",
                note="Three quarters can pass a special resolution alone, so that only reserved "
                "matters protect the others.",
                source=SETTLED,
            ),
            figure(
                "Losses by 2010: trading and start-up",
                None,
                31 + 17,
                "£m",
                note="An operating loss of £31m and £17m of start-up costs not covered.",
                source=ACCOUNTS,
            ),
            figure(
                "Losses, as printed in 2012",
                "31.5",
                31,
                "£m",
                1,
                "The accounts for 2010 were reported as £31m; what £31.5m covers was not said.",
                "Localis, Catalyst Councils (2012)",
            ),
            figure(
                "Contract after the change, of its quoted value",
                None,
                100 * Decimal(158) / 585,
                "%",
                1,
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
