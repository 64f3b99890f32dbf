"""The first social impact bond of the United States: young people in the Rikers Island jail."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

SOURCE = (
    "Returns by fall in days in jail: case page of Social Ventures Australia. The end: MDRC on "
    "Rikers (mdrc.org, 2015). The payments by step were not read in a stored source, so none "
    "is printed here as published; the returns that follow from them are held to those published."
)
TABLE = {
    "8.5": "4.800",
    "10": "9.600",
    "11": "10.080",
    "12": "10.176",
    "12.5": "10.272",
    "13": "10.368",
    "16": "10.944",
    "20": "11.712",
}
RETURNS = {
    "10": "0.0",
    "11": "1.2",
    "12": "1.5",
    "12.5": None,
    "13": "1.9",
    "16": "3.3",
    "20": "5.1",
}
LENT, CAP = Decimal("9600000"), Decimal("7200000")
STORY = (
    "A bank lent money for work with sixteen to eighteen year olds in New York's Rikers "
    "Island jail, three quarters of it guaranteed by a foundation. The city was to repay by "
    "how many fewer days they spent in jail. No effect was found, the city paid nothing, and "
    "the loan ended after three years."
)
DEAL = """
[deal]
name = "Rikers Island social impact bond"
summary = "A bank lends for a programme; the city repays it by the fall in days in jail."
starts_on = 2012-09-01
ends_before = 2016-09-01
every = "year"
price_base = "US dollars as agreed, shown as GBP"

[parties.city]
name = "New York City"
kind = "public body"
reference = "no programme"

[parties.bank]
name = "The lender"
kind = "investor"

[parties.foundation]
name = "The guarantor"
kind = "charity"

[facts.reduction]
title = "Fall in days in jail"
unit = "per cent"
places = 1
reported_by = "city"

[facts.loss]
title = "Principal not repaid"

[terms.results]
kind = "step_table"
payer = "city"
payee = "bank"
measure = "reduction"
steps = [
{steps}
]

[terms.guarantee]
kind = "guarantee"
payer = "foundation"
payee = "bank"
loss = "loss"
total_cap_gbp = 7200000
""".format(
    steps="\n".join(
        f'    {{ at_least = "{at}", pays_gbp = {int(Decimal(paid) * 10**6)} }},'
        for at, paid in TABLE.items()
    )
)


def rikers_sib() -> Case:
    """Work out the table of returns, and what each party lost in the end."""
    deal = deal_from_toml(DEAL)
    figures = []
    for at in TABLE:
        due = paid(deal, {"reduction": at, "loss": 0})["results", "city", "bank"]
        name = f"City pays at a fall of {at}%"
        figures.append(figure(name, None, due / 10**6, "USD million", 3))
        if at in RETURNS:
            rate = (float(due / LENT) ** 0.25 - 1) * 100
            name = f"Yearly return at a fall of {at}%"
            figures.append(figure(name, RETURNS[at], f"{rate:.4f}", "% a year", 1))
    # It was stopped after three years, with no effect found and 7.2 of the 9.6 million lent.
    drawn = Decimal("7200000")
    end = paid(deal, {"reduction": 0, "loss": [0, 0, 0, drawn * Decimal(6) / Decimal("7.2")]})
    figures += [
        figure("City paid in the end", "0", end["results", "city", "bank"], "USD"),
        figure(
            "Guarantor paid in the end",
            "6000000",
            end["guarantee", "foundation", "bank"],
            "USD",
            note="The guarantee covered 6.0 of the 7.2 million lent by then.",
        ),
        figure(
            "Lender lost in the end",
            "1200000",
            drawn - end["guarantee", "foundation", "bank"],
            "USD",
        ),
        figure("Part of the whole loan not guaranteed", "25", 100 * (LENT - CAP) / LENT, "%"),
    ]
    return Case(
        "rikers-sib",
        "Rikers Island social impact bond, 2012 to 2015",
        SOURCE,
        tuple(figures),
        DEAL,
        STORY,
        CHECKED,
    )
