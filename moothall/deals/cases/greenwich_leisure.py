"""Greenwich Leisure: a council's leisure centres as a society led by its staff, from 1993."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

FOUNDING = "Localis, Catalyst Councils (2012)"
BOARD = "wikipreneurship.eu, GLL"
SIZE = "Wikipedia, Greenwich Leisure Limited, as of 2016"
SOURCE = (
    f"{FOUNDING}; {BOARD} (board of 18, staff); {SIZE} (£79.67m in 2012). The rateable value and "
    "the fee are invented; mandatory relief is 80% (Local Government Finance Act 1988)"
)
STORY = (
    "In 1993, facing a cut of nearly a third, Greenwich Council let its leisure centres become a "
    "society for the benefit of the community, led by its own staff. Staff hold shares of £25 and "
    "elect eleven of eighteen on the board, beside councillors, a trade union and customers. It "
    "went on to run centres and libraries for many councils."
)
RATES = Decimal(400_000) * Decimal("0.48")
DEAL = """
[deal]
name = "Leisure centres run by a society of their staff"
summary = "A council pays a society a fee; as a charity, the society pays a fifth of the rates."
starts_on = 1993-08-01
ends_before = 1998-08-01
every = "year"

[parties.council]
name = "The council"
kind = "public body"
reference = "in-house"

[parties.society]
name = "The society"
kind = "mutual"

[facts.rates]
title = "Business rates on the centres, without relief (invented)"

[terms.fee]
kind = "fixed_fee"
label = "Management fee (invented)"
payer = "council"
payee = "society"
amount_gbp = 1000000

[terms.rates]
kind = "unit_price"
label = "Business rates: a fifth, after mandatory charity relief"
payer = "society"
payee = "council"
volume = "rates"
bands = [{ price_gbp = "0.2" }]
"""


def greenwich_leisure() -> Case:
    """Work out who leads the board, what the society pays in rates, and what that costs whom."""
    deal = deal_from_toml(DEAL)
    due = paid(deal, {"rates": [RATES, 0, 0, 0, 0]})["rates", "society", "council"]
    relief = RATES - due
    forgone = relief * Decimal("0.49")
    return Case(
        "greenwich-leisure",
        "Greenwich Leisure, from 1993",
        SOURCE,
        (
            figure(
                "Business rates that a charity pays on a bill of £192,000",
                "0",
                due,
                "£",
                note='"Not eligible to pay business rates" is too much: the law relieves 80%, and '
                "the last 20% is for the council to relieve or not.",
                source=FOUNDING,
            ),
            figure("Relief", None, relief, "£"),
            figure(
                "Of which the council bears, keeping 49% of rates",
                None,
                forgone,
                "£",
                note="A saving to the society is partly a loss to the council.",
            ),
            figure("Gain to society and council together", None, relief - forgone, "£"),
            figure(
                "Board seats elected by staff",
                None,
                Decimal(1100) / 18,
                "%",
                1,
                "Eleven of eighteen: staff can carry an ordinary vote, not a special one.",
                BOARD,
            ),
            figure("Turnover in 2012", "80", "79.67", "£m", source=FOUNDING),
            figure(
                "Share capital if each of 4,000 staff holds one share of £25",
                None,
                4000 * 25,
                "£",
                source=FOUNDING,
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
