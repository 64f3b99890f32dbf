"""West Cheshire: one agency invests, others save, and an agreement squares it."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

PLACES = "Local Government Association, 20 years of place pilots"
AUDITOR = "Public Finance, 13 March 2013, on the National Audit Office's report"
EVIDENCE = "West Cheshire's evidence to the House of Commons committee, 2013 (CB 09)"
FOUNDING = "Localis, Catalyst Councils (2012)"
SOURCE = f"{PLACES} (£108m for £41m); {AUDITOR} (£56m); {EVIDENCE}; {FOUNDING} (£39m, 525 families)"
STORY = (
    "West Cheshire was one of four places that in 2012 planned all public services together, under "
    "the name Altogether Better. Who invests is seldom who saves, so its agencies worked out "
    "investment agreements. The plan was said to save £108m for £41m over five years; the auditors "
    "printed £56m net."
)
DEAL = """
[deal]
name = "An investment agreement between four agencies"
summary = "Each agency gains the same for each pound, whoever spends it."
starts_on = 2013-04-01
ends_before = 2014-04-01
every = "year"

[parties.council]
name = "The council"
kind = "public body"
reference = "each for itself"

[parties.nhs]
name = "The NHS"
kind = "public body"
reference = "each for itself"

[parties.police]
name = "The police"
kind = "public body"
reference = "each for itself"

[parties.work]
name = "Work and Pensions"
kind = "public body"
reference = "each for itself"

[facts]
council_cost = { title = "Spent by the council (invented)" }
nhs_cost = { title = "Spent by the NHS (invented)" }
council_gain = { title = "Saved by the council, cashable (invented)" }
nhs_gain = { title = "Saved by the NHS, cashable (invented)" }
police_gain = { title = "Saved by the police, cashable (invented)" }
work_gain = { title = "Saved by Work and Pensions, cashable (invented)" }

[terms.agreement]
kind = "equal_benefit_transfer"
costs = { council = "council_cost", nhs = "nhs_cost" }

[terms.agreement.benefits]
council = "council_gain"
nhs = "nhs_gain"
police = "police_gain"
work = "work_gain"
"""
INVENTED = {
    "council_cost": 800_000,
    "nhs_cost": 200_000,
    "council_gain": 450_000,
    "nhs_gain": 900_000,
    "police_gain": 350_000,
    "work_gain": 300_000,
}


def west_cheshire() -> Case:
    """Work out the claims for the whole plan, and an agreement on invented figures."""
    deal = deal_from_toml(DEAL)
    due = paid(deal, INVENTED)
    local = Decimal(39_000_000) / 525
    return Case(
        "west-cheshire",
        "West Cheshire, Altogether Better, 2012 to 2013",
        SOURCE,
        (
            figure("Saved for each pound invested", None, Decimal(108) / 41, "£", 3, source=PLACES),
            figure(
                "Saved less invested",
                "56",
                108 - 41,
                "£m",
                note="The auditors print £56m net. Saved less invested is £67m; the two rest on "
                "different bases, so neither follows from the other.",
                source=AUDITOR,
            ),
            figure("Cost of a family in West Cheshire", None, local, "£", source=FOUNDING),
            figure(
                "Against England's £75,000 a family",
                None,
                100 * (1 - local / 75_000),
                "% below",
                2,
                "So near that the local figure was probably made from the national one: not two "
                "observations but one.",
            ),
            *(
                figure(f"{name}, on invented figures: {verb}", None, amount, "£")
                for name, verb, amount in (
                    (
                        "The council",
                        "receives",
                        sum(due[key] for key in due if key[2] == "council"),
                    ),
                    ("The NHS", "pays", due["agreement", "nhs", "council"]),
                    ("The police", "pay", due["agreement", "police", "council"]),
                    ("Work and Pensions", "pays", due["agreement", "work", "council"]),
                )
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
