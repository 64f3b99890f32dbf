"""Troubled Families, first phase: an attachment fee and a results payment, by year of start."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

SOURCE = (
    "LocalGov, 2012 (three councils' sums); Commons Library briefing CBP 07585 (£448m fund); the "
    "programme's own payment-by-results framework, 2012; National Institute of Economic and Social "
    "Research, 17 October 2016 (evaluation)"
)
FEES = {"2012": (3200, 800), "2013": (2400, 1600), "2014": (1600, 2400)}
STORY = (
    "From 2012 government offered councils up to £4,000 for each family in serious trouble "
    "whose life they turned round. Most of it was paid on starting and the rest on results, "
    "with more resting on results each year. Nearly all were claimed as turned round, while a "
    "national study found no consistent effect."
)
DEAL = """
[deal]
name = "Troubled Families, first phase"
summary = "Government pays councils up to £4,000 for five families in every six."
starts_on = 2012-04-01
ends_before = 2015-04-01
every = "whole deal"

[parties.government]
name = "Government"
kind = "public body"
reference = "no programme"

[parties.council]
name = "The council"
kind = "public body"
reference = "no programme"

{facts}
[terms.families]
kind = "attachment_and_results"
payer = "government"
payee = "council"
funded = 5
of_every = 6
intakes = [
{intakes}
]
""".format(
    facts="\n".join(
        f'[facts.{what}_{year}]\ntitle = "{words} of {year}"\nunit = "families"\nplaces = 0\n'
        f'reported_by = "council"\n'
        for year in FEES
        for what, words in (("started", "Families who started"), ("turned", "Results"))
    ),
    intakes="\n".join(
        f'    {{ name = "{year}/{int(year) % 100 + 1}", started = "started_{year}", '
        f'succeeded = "turned_{year}", attachment_gbp = {fee}, results_gbp = {result} }},'
        for year, (fee, result) in FEES.items()
    ),
)
COUNCILS = {"Birmingham": (4180, "13.9"), "Lancashire": (2630, "8.8"), "Sheffield": (1680, "5.6")}


def troubled_families() -> Case:
    """Work out three councils' sums, England's, and how little was at risk."""
    deal = deal_from_toml(DEAL)

    def due(started: dict[str, int], turned: dict[str, int]) -> Decimal:
        facts: dict[str, Decimal | int] = {f"started_{year}": started.get(year, 0) for year in FEES}
        facts |= {f"turned_{year}": turned.get(year, 0) for year in FEES}
        return paid(deal, facts)["families", "government", "council"]

    figures = []
    for council, (families, millions) in COUNCILS.items():
        whole = due({"2012": families}, {"2012": families})
        figures.append(
            figure(f"{council}: {families:,} families", millions, whole / 10**6, "£m", 1)
        )
    england = due({"2012": 120_000}, {"2012": 120_000})
    figures.append(
        figure(
            "England: 120,000 families",
            "440",
            england / 10**6,
            "£m",
            note="Localis (2012) says £440m. The fund was £448m: £400m for families and £48m "
            "for everything else.",
        )
    )
    # Families as funded: 200, 180 and 120 start, seven in ten succeed; six fifths of them in all.
    started = {"2012": 240, "2013": 216, "2014": 144}
    fees = due(started, {})
    exact = deal_from_toml(DEAL.replace("places = 0\n", ""))
    facts: dict[str, Decimal | int] = {f"started_{year}": n for year, n in started.items()}
    facts |= {f"turned_{year}": n * Decimal("0.7") for year, n in started.items()}
    earned = paid(exact, facts)["families", "government", "council"]
    figures += [
        figure("500 funded families: fees paid whatever happens", None, fees, "£"),
        figure("500 funded families: paid when 70% succeed", None, earned, "£"),
        figure(
            "Part of the £2m that depends on results",
            None,
            100 * (2_000_000 - fees) / 2_000_000,
            "%",
            1,
            "With most families in the early years, most of the money does not wait for results.",
        ),
    ]
    return Case(
        "troubled-families",
        "Troubled Families, first phase, 2012 to 2015",
        SOURCE,
        tuple(figures),
        DEAL,
        STORY,
        CHECKED,
    )
