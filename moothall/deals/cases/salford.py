"""Urban Vision: a joint venture of Salford City Council, Galliford Try and Capita, 2005 to 2017."""

from collections.abc import Sequence
from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

SOURCE = "Localis, Catalyst Councils (2012), case study of Salford Urban Vision"
STORY = (
    "In 2005 Salford City Council formed a company with Capita and Galliford Try to run its "
    "highways, planning and property services for twelve years. The council kept 19.9% and a "
    "dividend by its holding. The company grew by selling to others, and its work was said to "
    "have saved £58m."
)
DEAL = """
[deal]
name = "Salford Urban Vision"
summary = "A council pays a joint venture for services; profit on other work is shared by holdings."
starts_on = 2005-02-01
ends_before = 2017-02-01
every = "year"

[parties.venture]
name = "Urban Vision"
kind = "supplier"
resources_gbp = 6000000
residual_bearer = "council"

[parties.council]
name = "Salford City Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Galliford Try"
kind = "supplier"

[parties.outsourcer]
name = "Capita"
kind = "supplier"

[facts.profit]
title = "Profit on work for others (invented)"
reported_by = "venture"
enjoyed_by = "venture"
distribution = { kind = "pert", low = 0, mode = 1000000, high = 3000000, per = "deal" }

[facts.cost]
title = "Cost of the service (invented)"
reported_by = "venture"
borne_by = "venture"
distribution = { kind = "pert", low = 19000000, mode = 20000000, high = 23000000, per = "deal" }

[facts.in_house]
title = "Cost had the council kept it (invented)"
borne_by = "council"
without_deal = true
basis = "estimated"

[facts.in_house.distribution]
kind = "triangular"
low = 20500000
mode = 21500000
high = 24000000
per = "deal"

[facts.contractor_cost]
title = "Galliford Try's own time"
borne_by = "contractor"
basis = "estimated"
distribution = { kind = "triangular", low = 100000, mode = 200000, high = 400000, per = "deal" }

[facts.outsourcer_cost]
title = "Capita's own time"
borne_by = "outsourcer"
basis = "estimated"
distribution = { kind = "triangular", low = 200000, mode = 350000, high = 700000, per = "deal" }

[terms.fee]
kind = "fixed_fee"
label = "Service fee: £250m over twelve years"
payer = "council"
payee = "venture"
amount_gbp = "20833333.33"

[terms.dividend]
kind = "dividend"
company = "venture"
profit = "profit"
holdings = { council = "0.199", contractor = "0.30", outsourcer = "0.501" }
"""
SAVED, VALUE, YEARS = Decimal(58), Decimal(250), 12
TURNOVER = (Decimal("23.6"), Decimal("36.5"))


def salford_urban_vision() -> Case:
    """Work out the dividend to the penny, the savings and the growth."""
    deal = deal_from_toml(DEAL)

    def dividends(profit: str) -> dict[str, Decimal]:
        facts: dict[str, Sequence[str] | int] = {"profit": [profit, *["0"] * (YEARS - 1)]}
        facts |= dict.fromkeys(("cost", "in_house", "contractor_cost", "outsourcer_cost"), 0)
        due = paid(deal, facts)
        return {payee: gbp for (term, _payer, payee), gbp in due.items() if term == "dividend"}

    million, odd = dividends("1000000"), dividends("100.01")
    growth = TURNOVER[1] / TURNOVER[0] - 1
    yearly = (float(1 + growth) ** (1 / 6) - 1) * 100
    return Case(
        "salford-urban-vision",
        "Salford Urban Vision, 2005 to 2017",
        SOURCE,
        (
            figure("Shareholdings together", None, 199 + 300 + 501, "parts of 1,000"),
            figure("Council's part of a dividend of £1,000,000", None, million["council"], "£", 2),
            figure("Galliford Try's part", None, million["contractor"], "£", 2),
            figure("Capita's part", None, million["outsourcer"], "£", 2),
            figure(
                "Capita's part of £100.01",
                None,
                odd["outsourcer"],
                "£",
                2,
                "The last penny goes to the largest remainder, so that the parts add up.",
            ),
            figure("Savings on the contract's value", None, 100 * SAVED / VALUE, "%", 1),
            figure("Savings a year over twelve years", None, SAVED / YEARS, "£m", 3),
            figure("Growth of turnover in six years", None, 100 * growth, "%", 2),
            figure("Growth a year", None, f"{yearly:.6f}", "%", 3),
            figure("Staff: transferred and recruited since", "500", 367 + 133, "people"),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
