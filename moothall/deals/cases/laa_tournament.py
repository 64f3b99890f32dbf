"""Local area agreements, and the tournament that was proposed in their place."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

WIRRAL = "Wirral Council, Cabinet, 9 December 2009 (democracy.wirral.gov.uk)"
ENDED = "communities.gov.uk newsroom 1867177 (final performance reward grants)"
SOURCE = (
    f"{WIRRAL}; {ENDED}; the tournament: proposed by Localis. Its four places, "
    "gains and prizes are invented"
)
STORY = (
    "Local area agreements promised councils and their partners a reward for reaching targets set "
    "three years before. For the agreements of 2008 to 2011 it was never paid, and the last part "
    "of the earlier ones was halved. A tournament would have paid those who improved most, so that "
    "a shock to all takes nothing from anybody."
)
PLACES = {"north": "North", "south": "South", "east": "East", "west": "West"}
GAINS = {"north": ("0.12", "0.06"), "south": ("0.05", "0.03"), "east": ("0.09", "0.03")}
GAINS["west"] = ("-0.01", "0.02")
PRIZES = {"east": "1.6", "north": "1.2", "south": "0.8", "west": "0.4"}
PLACE = """
[parties.{key}]
name = "{name}"
kind = "public body"
reference = "no reward"

[facts.{key}]
title = "Improvement of {name}"
unit = "points"
places = 2
reported_by = "{key}"

[facts.{key}_error]
title = "Standard error of that of {name}"
unit = "points"
places = 2
reported_by = "government"
"""
DEAL = """
[deal]
name = "A tournament of four places"
summary = "Prizes fixed beforehand go to those that improved most, for how sure that is."
starts_on = 2008-04-01
ends_before = 2011-04-01
every = "whole deal"

[parties.government]
name = "Government"
kind = "public body"
reference = "no reward"
{places}
[terms.prizes]
kind = "tournament_prize"
payer = "government"
prizes = [1600000, 1200000, 800000, 400000]
entrants = [
{entrants}
]
""".format(
    places="".join(PLACE.format(key=key, name=name) for key, name in PLACES.items()),
    entrants="\n".join(
        f'    {{ party = "{key}", gain = "{key}", error = "{key}_error" }},' for key in PLACES
    ),
)


def laa_tournament() -> Case:
    """Work out what was printed of rewards, and a tournament with and without a common shock."""
    deal = deal_from_toml(DEAL)

    def prizes(shock: str) -> dict[str, Decimal]:
        facts = {key: Decimal(gain) + Decimal(shock) for key, (gain, _) in GAINS.items()}
        facts |= {f"{key}_error": Decimal(error) for key, (_, error) in GAINS.items()}
        due = paid(deal, facts)
        return {payee: gbp for (_, _, payee), gbp in due.items()}

    calm, shaken = prizes("0"), prizes("-0.03")
    return Case(
        "laa-tournament",
        "Local area agreements and a tournament, 2005 to 2011",
        SOURCE,
        (
            figure(
                "Wirral: reward expected, of £9.824m available",
                "80",
                100 * Decimal("7.905") / Decimal("9.824"),
                "%",
                source=WIRRAL,
            ),
            figure(
                "Last instalment: £150m to 81 councils, each",
                None,
                Decimal(150) / 81,
                "£m",
                2,
                "Paid at half of what had been earned.",
                ENDED,
            ),
            *(
                figure(f"Prize of {PLACES[key]}", None, calm[key] / 10**6, "£m", 1)
                for key in PRIZES
            ),
            figure(
                "Prizes that a shock of 3 points to all four changes",
                None,
                sum(calm[key] != shaken[key] for key in PRIZES),
                "prizes",
                note="The order stays: East, North, South, West. Fixed targets would have been "
                "missed by all four.",
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
