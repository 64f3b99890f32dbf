"""The first social impact bond: men leaving Peterborough prison after short sentences."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.investors import internal_rates
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

SOURCE = (
    "Ministry of Justice results as reported in August 2014 (142 against 155 events per 100); GO "
    "Lab (1,802 people, two cohorts); terms as reported by socialeconomy.pl and Straight "
    "Statistics. The second cohort's 9.7% was not read in an official table"
)
STORY = (
    "Seventeen trusts and foundations put up £5m so that men leaving Peterborough prison "
    "after short sentences were met and helped. Government would repay them only if the men "
    "were convicted again less often than others like them: by 10% in one group, or 7.5% over "
    "all. Neither group reached 10%, both together reached 9%, and the investors were repaid "
    "with about 3% a year."
)
DEAL = """
[deal]
name = "Peterborough social impact bond"
summary = "Investors are repaid when reconvictions fall by 10% in a cohort, or by 7.5% over all."
starts_on = 2010-09-01
ends_before = 2014-09-01
every = "year"

[parties.ministry]
name = "Ministry of Justice and Big Lottery Fund"
kind = "public body"
reference = "no programme"

[parties.investors]
name = "Seventeen trusts and foundations"
kind = "investor"

[facts.reduction]
title = "Fall in reconviction events against the matched group"
unit = "per cent"
places = 2
reported_by = "ministry"

[facts.people]
title = "Men in the cohort"
unit = "people"
places = 0

[terms.outcome]
kind = "threshold_payment"
payer = "ministry"
payee = "investors"
change = "reduction"
size = "people"
threshold = 10
payment_gbp = 1
pooled_threshold = "7.5"
pooled_payment_gbp = 1
"""
RETURN = "Pioneers Post, 27 July 2017; Barrow Cadbury Trust; Responsible Investor"
DRAWN, IN_YEARS, REPAID_IN = Decimal(1250000), 4, 7  # how £5m was drawn was not published
COHORTS_READ = ((936, Decimal("8.39")), (866, Decimal("9.70")))


def peterborough_sib() -> Case:
    """Work out which threshold was met. What was paid for it was not published: 1 stands for it."""
    deal = deal_from_toml(DEAL)
    people = [size for size, _ in COHORTS_READ]
    falls = [fall for _, fall in COHORTS_READ]
    first = (Decimal(155) - 142) / 155 * 100
    pooled = sum((size * fall for size, fall in COHORTS_READ), Decimal(0)) / sum(people)
    facts: dict[str, list[Decimal | int | str]] = {
        "people": [*people, 0, 0],
        "reduction": [*falls, 0, 0],
    }
    payments = paid(deal, facts)["outcome", "ministry", "investors"]
    at_three = sum(DRAWN * Decimal("1.03") ** (REPAID_IN - year) for year in range(IN_YEARS))
    repaid = Decimal(at_three).quantize(Decimal(1), ROUND_HALF_UP)
    flows = np.zeros((REPAID_IN + 1, 1))
    flows[:IN_YEARS], flows[REPAID_IN] = -float(DRAWN), float(repaid)
    (rate,) = internal_rates(flows, np.arange(REPAID_IN + 1.0))
    return Case(
        "peterborough-sib",
        "Peterborough social impact bond, 2010 to 2015",
        SOURCE,
        (
            figure("Fall in the first cohort", "8.4", first, "%", 1),
            figure("People in two cohorts", "1802", sum(people), "people"),
            figure(
                "Fall over both cohorts",
                "9.0",
                pooled,
                "%",
                1,
                "Weighted by people: 9.02%. The plain mean of the two, 9.05%, would be wrong.",
            ),
            figure(
                "Cohorts that reached 10%",
                "0",
                sum(fall >= 10 for fall in falls),
                "cohorts",
                note="8.39% and 9.7% are both below it.",
            ),
            figure(
                "Payments: for a cohort, or for all together",
                "1",
                payments,
                "payments",
                note="9.02% over all is above 7.5%. The sum paid was not published.",
            ),
            figure(
                "Repaid in the seventh year, for 3% a year on £5m drawn over four",
                None,
                repaid,
                "£",
                note="When it was drawn and what was repaid were not published: this is the sum "
                "that fits.",
            ),
            figure(
                "Yearly return on that",
                "3",
                Decimal(str(rate)) * 100,
                "%",
                note='Investors were said to have had all back and "just over 3%" a year.',
                source=RETURN,
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
