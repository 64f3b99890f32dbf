"""A local public service agreement: the Isle of Wight's reward grant of 2002."""

from decimal import Decimal

from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case

SOURCE = "Isle of Wight Council, local public service agreement, Schedule 4 (2002)"
STORY = (
    "From 2000 councils agreed with government to do better than they would have done anyway "
    "on some twelve targets. What was paid rested on the improvement, nothing below 60% of "
    "it, up to 2.5% of a year's budget. The Isle of Wight signed in 2002 for three years."
)
BUDGET = Decimal("132993000")
REWARD = BUDGET * Decimal("0.025")
DEAL = f"""
[deal]
name = "Isle of Wight local public service agreement: one target of twelve"
summary = "Government rewards what was achieved beyond what was expected anyway."
starts_on = 2002-04-01
ends_before = 2007-04-01
every = "year"

[parties.government]
name = "Government"
kind = "public body"
reference = "no agreement"

[parties.council]
name = "Isle of Wight Council"
kind = "public body"
reference = "no agreement"

[facts.outturn]
title = "Outturn (invented, from 110 expected to a target of 130)"
unit = "as agreed"
reported_by = "council"
places = 0

[terms.reward]
kind = "reward_grant"
payer = "government"
payee = "council"
reward_gbp = "{REWARD / 12}"
targets = [{{ outturn = "outturn", expected = 110, target = 130, weight = 1 }}]
instalments = 2
paid_after = 1
"""


def lpsa_isle_of_wight() -> Case:
    """Work out the whole reward, a twelfth of it, and what enhancement pays."""
    deal = deal_from_toml(DEAL)
    rewards = {
        outturn: paid(deal, {"outturn": outturn})["reward", "government", "council"]
        for outturn in (121, 122, 124, 130, 135)
    }
    return Case(
        "lpsa-isle-of-wight",
        "Isle of Wight local public service agreement, 2002",
        SOURCE,
        (
            figure(
                "2.5% of the net budget requirement",
                "3325000",
                REWARD,
                "£",
                note="£3,324,825 exactly; the document rounds it to £3,325,000.",
            ),
            figure("Reward for one target of twelve", None, REWARD / 12, "£", 2),
            figure("One of two yearly instalments", None, REWARD / 2, "£", 2),
            *(
                figure(f"Reward at an outturn of {outturn}", None, reward, "£", 2)
                for outturn, reward in rewards.items()
            ),
        ),
        DEAL,
        STORY,
        CHECKED,
    )
