"""Tri-borough: three London councils that shared chief officers and services, 2011 to 2018."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

COUNCIL = "Hammersmith & Fulham Council, news of 18 June 2012"
ENDED = "Public Finance, 29 March 2017; lookwestlondon.com, March 2017"
SOURCE = (
    f"{COUNCIL} (lbhf.gov.uk): £7.7m, £40m a year, 175 and 62 posts, 45%, £300m of services. "
    f"Localis, Catalyst Councils (2012): £33.4m and £300m over ten years. The end: {ENDED}"
)
STORY = (
    "Westminster, Hammersmith & Fulham and Kensington & Chelsea shared chief officers and three "
    "services from 2011, each keeping its own members, budget and policy under a sovereignty "
    "guarantee. They planned to save £40m a year together by 2015/16. Two of them gave notice in "
    "March 2017, and what had been saved was disputed."
)
SAVED = {
    "2012/13": Decimal("7.7"),
    "2013/14": Decimal("20.55"),  # not published: half way between its neighbours
    "2014/15": Decimal("33.4"),
    **dict.fromkeys(
        ("2015/16", "2016/17", "2017/18", "2018/19", "2019/20", "2020/21"), Decimal(40)
    ),
}
DEAL = """
[deal]
name = "Tri-borough shared services"
summary = "Three councils share the cost of joint services; leaving has its price."
starts_on = 2012-04-01
ends_before = 2021-04-01
every = "year"

[parties.westminster]
name = "Westminster City Council"
kind = "public body"
reference = "services of its own"

[parties.hammersmith]
name = "Hammersmith & Fulham Council"
kind = "public body"
reference = "services of its own"

[parties.kensington]
name = "Kensington and Chelsea Council"
kind = "public body"
reference = "services of its own"

[facts.cost]
title = "Cost of the shared services: £300m less what is saved"

[facts.leaves]
title = "Hammersmith & Fulham leaves with this year"
unit = "yes or no"
places = 0

[facts.fixed]
title = "Fixed cost of its part, a year (invented)"

[facts.redundancy]
title = "Redundancy (invented)"

[terms.cost]
kind = "shared_cost"
label = "Shared cost by a key (equal parts stand for it: the keys were not published)"
host = "westminster"
cost = "cost"

[[terms.cost.keys]]
name = "equal parts"
weight = 1
amounts = { westminster = 1, hammersmith = 1, kensington = 1 }

[terms.exit]
kind = "exit_payment"
label = "Exit payment (its figures are invented)"
payer = "hammersmith"
payee = "westminster"
leaves = "leaves"
share = "0.3"
set_up_gbp = 240000
set_up_months = 60
stranded = "fixed"
stranded_share = "0.5"
costs = ["redundancy"]
"""


def tri_borough() -> Case:
    """Work out ten years' savings, who bears what, and what leaving costs."""
    deal = deal_from_toml(DEAL)
    services = 300 * 10**6
    cost = [services - saved * 10**6 for saved in SAVED.values()]
    leaving = [0, 1, *[0] * (len(SAVED) - 2)]
    due = paid(deal, {"cost": cost, "leaves": leaving, "fixed": 400_000, "redundancy": 180_000})
    to_host = due["cost", "hammersmith", "westminster"] + due["cost", "kensington", "westminster"]
    total = sum(SAVED.values(), Decimal(0))
    present = sum(
        (saved / Decimal("1.035") ** year for year, saved in enumerate(SAVED.values(), 1)),
        Decimal(0),
    )
    return Case(
        "tri-borough",
        "Tri-borough shared services, 2011 to 2018",
        SOURCE,
        (
            figure("Saved in 2013/14, between its neighbours", None, SAVED["2013/14"], "£m", 2),
            figure(
                "Saved over ten years",
                "300",
                total,
                "£m",
                2,
                "It comes out to the nearest £10m, with 2013/14 taken half way.",
                nearest=10,
            ),
            figure("The same, at 2011/12 values (3.5% a year)", None, present, "£m", 2),
            figure(
                "Senior posts before, where 62 gone are 45%",
                None,
                62 / Decimal("0.45"),
                "posts",
                note="The two printed figures together say how many there had been.",
            ),
            figure(
                "Saved by March 2017, on the plan of 2012",
                "43",
                sum(list(SAVED.values())[:5], Decimal(0)),
                "£m",
                2,
                "On ending, the councils that left spoke of £43m. Whether in all or a year was not "
                "said; the plan of 2012 comes to £141.65m by then.",
                ENDED,
            ),
            figure(
                "Tri-borough's part of £31m that Hammersmith & Fulham saved in two budgets",
                None,
                100 * Decimal("0.2") / 31,
                "%",
                1,
                "Its leader said at the end: no more than £200,000, less than 1%.",
                ENDED,
            ),
            figure(
                "Borne by the two others, by equal parts",
                None,
                to_host / (sum(cost, Decimal(0))) * 100,
                "%",
                2,
            ),
            figure(
                "Leaving after two years of five, on invented figures",
                None,
                due["exit", "hammersmith", "westminster"],
                "£",
                2,
                "30% of £144,000 of set-up, £180,000 of redundancy and £200,000 left behind.",
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
