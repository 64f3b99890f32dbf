"""London's first rough sleepers bond: five kinds of result for one fixed list of people."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

GOVERNMENT = "data.gov.uk, SIB knowledge box: Greater London Authority, homelessness"
GO_LAB = "Government Outcomes Lab, London rough sleepers (Thames Reach)"
SECOND = "Greater London Authority, mayoral decision MD2083 (2017)"
SOURCE = (
    f"{GOVERNMENT}; {GO_LAB}; Social Ventures Australia, case page (five metrics, £5m, up to "
    "6.5%). Prices were not published: those of the deal are invented"
)
STORY = (
    "From 2012 the Greater London Authority paid two charities for what became of a fixed list of "
    "831 people who had slept rough for years. It paid for fewer nights out, homes kept, journeys "
    "home, work, and fewer emergency visits, up to £5m. Social investors lent the money to begin."
)
DEAL = """
[deal]
name = "London rough sleepers: five results, one cap"
summary = "One list of people; five kinds of result are paid, together up to £5m."
starts_on = 2012-11-01
ends_before = 2015-11-01
every = "year"

[parties.authority]
name = "Greater London Authority"
kind = "public body"
reference = "no bond"

[parties.charities]
name = "St Mungo's and Thames Reach"
kind = "charity"

[facts.off_the_street]
title = "Quarters in which a person was not seen sleeping rough"
unit = "person-quarters"
places = 0
reported_by = "authority"

[facts.off_the_street_anyway]
title = "The same, as earlier people on the list fared"
unit = "person-quarters"
reported_by = "authority"

[facts.homes_kept]
title = "Homes kept for a year"
unit = "homes"
places = 0
reported_by = "charities"

[facts.went_home]
title = "Journeys home that lasted six months"
unit = "people"
places = 0
reported_by = "charities"

[facts.worked]
title = "In work for 26 weeks"
unit = "people"
places = 0
reported_by = "charities"

[facts.fewer_visits]
title = "Emergency visits not made"
unit = "visits"
places = 0
reported_by = "authority"

[facts.fewer_visits_anyway]
title = "Visits that would not have been made anyway"
unit = "visits"
reported_by = "authority"

[terms.results]
kind = "rate_card"
label = "Five results (the prices are invented)"
payer = "authority"
payee = "charities"
tariffs = [
    { outcome = "off_the_street", price_gbp = 1000, expected = "off_the_street_anyway" },
    { outcome = "homes_kept", price_gbp = 5000 },
    { outcome = "went_home", price_gbp = 6000 },
    { outcome = "worked", price_gbp = 5000 },
    { outcome = "fewer_visits", price_gbp = 100, expected = "fewer_visits_anyway" },
]
total_cap_gbp = 5000000
"""
USUAL = {
    "off_the_street": 1200,
    "off_the_street_anyway": 900,
    "homes_kept": 90,
    "went_home": 40,
    "worked": 15,
    "fewer_visits": 700,
    "fewer_visits_anyway": 500,
}


def london_rough_sleepers() -> Case:
    """Work out who was on the list, what five results come to, and what the cap holds back."""
    deal = deal_from_toml(DEAL)

    def due(facts: dict[str, int]) -> Decimal:
        return paid(deal, facts)["results", "authority", "charities"]

    only_street = dict.fromkeys(USUAL, 0) | {
        "off_the_street": 900,
        "off_the_street_anyway": 900,
    }
    return Case(
        "london-rough-sleepers-sib",
        "London rough sleepers social impact bond, 2012 to 2015",
        SOURCE,
        (
            figure(
                "People on the list",
                "700",
                831,
                "people",
                note="Localis (2012) says around 700, and four providers. There were two, and "
                "831 named people.",
                source="Localis, Catalyst Councils (2012)",
            ),
            figure("Two halves of about 415", "830", 2 * 415, "people", source=GO_LAB),
            figure("Paid on invented results", None, due(USUAL), "£", 2),
            figure(
                "Paid when nobody does better on the street than before",
                None,
                due(only_street),
                "£",
                2,
                "Only what is better than earlier people on the list is paid; homes, journeys and "
                "work are paid from the first.",
            ),
            figure(
                "Paid on four times those results: the cap",
                "5000000",
                due({fact: 4 * number for fact, number in USUAL.items()}),
                "£",
                source="Social Ventures Australia, case page",
            ),
            figure("Second bond, 2017: the government's part", None, 100 * 2 / Decimal(3), "%", 2),
            figure("Second bond: both parts", "3", 2 + 1, "£m", source=SECOND),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
