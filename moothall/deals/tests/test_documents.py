"""The documents about deals say what works."""

import re
from pathlib import Path
from textwrap import dedent

from moothall.deals.evaluation import evaluation
from moothall.deals.numbers import Numbers
from moothall.deals.reading import deal_and_findings, deal_from_toml
from moothall.deals.sharing_file import sharings_from
from moothall.deals.simulation import simulation
from moothall.deals.terms.term import KINDS
from moothall.deals.tests.settling import HEAD

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"


def blocks(name, language):
    text = (HOW_TO / name).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_deal_of_the_how_to_is_sound_and_can_be_simulated():
    text, *_ = blocks("write-a-deal.md", "toml")
    deal, findings = deal_and_findings(text)
    assert findings == []
    assert simulation(deal, seed=1, draws=200).fairness.parties["charity"].risk_share is not None


def test_the_costs_of_the_how_to_are_shared():
    _, text, *_ = blocks("write-a-deal.md", "toml")
    agreed, *_ = sharings_from(dedent(text))[1]
    assert agreed.worse_than_alone == ()
    assert agreed.is_in_core


def test_the_kind_of_term_of_the_how_to_pays_in_under_sixty_lines():
    assert len((HOW_TO / "add-a-kind-of-term.md").read_text().splitlines()) < 60
    (code,) = blocks("add-a-kind-of-term.md", "python")
    exec(compile(code, "lane_rental.py", "exec"), {"__name__": "lane_rental"})
    try:
        head = HEAD.format(ends="2027-04-01", every="year")
        deal = deal_from_toml(
            head
            + """
            [facts.days]
            title = "Days"
            [terms.rental]
            kind = "lane_rental"
            payer = "contractor"
            payee = "council"
            days = "days"
            agreed = 3
            charge_gbp = 250
            """
        )
        numbers = Numbers(True)
        ((_, (line,)),) = evaluation(deal, {"days": [numbers.full(5)]}, numbers)
        assert line.amount[0] == 500
        assert line.because() == "2 days too many."
    finally:
        KINDS.pop("lane_rental")
