"""The Goodwin Trust in Hull: residents of an estate who elect the board that serves it."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case
from moothall.values.proportions import wilson_interval, z_against

FOUNDING = "Localis, Catalyst Councils (2012)"
EARLIER = "futurecommunities.net, The Goodwin Trust, Hull"
SOURCE = f"{FOUNDING} (17% of 212 people, against 60%); {EARLIER} (about 350 staff, £12.5m)"
STORY = (
    "Fourteen residents of the Thornton Estate in Hull began the Goodwin Trust in 1994, and "
    "residents elect its directors. It grew into a charity with trading companies, running a "
    "children's centre, wardens and work with former offenders. Of 212 people on one programme 17% "
    "offended again, against 60% nationally; who those 60% were is not said."
)
PEOPLE, AGAIN, NATIONAL = 212, 36, Decimal("0.6")
DEAL = """
[deal]
name = "Work with former offenders, paid by how many do not offend again"
summary = "Only those above the number expected anyway are paid for."
starts_on = 2011-04-01
ends_before = 2012-04-01
every = "year"

[parties.council]
name = "The commissioner"
kind = "public body"
reference = "no programme"

[parties.trust]
name = "Goodwin Development Trust"
kind = "charity"

[facts.not_again]
title = "People who did not offend again"
unit = "people"
places = 0
reported_by = "trust"

[facts.anyway]
title = "People who would not have offended again anyway"
unit = "people"
reported_by = "council"

[terms.results]
kind = "rate_card"
label = "Results (£1 stands for a price: none was published)"
payer = "council"
payee = "trust"
tariffs = [{ outcome = "not_again", price_gbp = 1, expected = "anyway" }]
"""


def goodwin() -> Case:
    """Work out how sure the printed share is, and what it would have been paid for."""
    deal = deal_from_toml(DEAL)
    low, high = wilson_interval(AGAIN, PEOPLE)

    def people_paid(offend_anyway: Decimal) -> Decimal:
        anyway = PEOPLE * (1 - offend_anyway)
        return paid(deal, {"not_again": PEOPLE - AGAIN, "anyway": anyway})[
            "results", "council", "trust"
        ]

    return Case(
        "goodwin-trust",
        "Goodwin Development Trust, Hull, from 1994",
        SOURCE,
        (
            figure("Offended again", "17", Decimal(100 * AGAIN) / PEOPLE, "%", source=FOUNDING),
            figure("95% interval: from", None, f"{100 * low:.4f}", "%", 2),
            figure("95% interval: to", None, f"{100 * high:.4f}", "%", 2),
            figure(
                "Against 60%, in standard errors",
                None,
                f"{z_against(AGAIN, PEOPLE, 0.6):.4f}",
                "standard errors",
                2,
                "Chance does not explain it; who joined may. Nobody like them was followed without "
                "the programme.",
            ),
            figure(
                "People above the number expected, at 60%", None, people_paid(NATIONAL), "people", 1
            ),
            figure(
                "The same, if those who joined would have offended at 25%",
                None,
                people_paid(Decimal("0.25")),
                "people",
                1,
                "The payment turns on the comparison: 91 people or 17.",
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
