import json

import pytest
from typer.testing import CliRunner

from moothall.deals.commands import deal as command
from moothall.deals.comparing import compared, flag_changes
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import simulation
from moothall.deals.tests.test_solving import DEAL

DEARER = DEAL.replace('"18.50"', '"21.50"')
WITH_A_LENDER = DEAL.replace(
    "[facts.in_house]", '[parties.bank]\nname = "Bank"\nkind = "investor"\n\n[facts.in_house]'
)


@pytest.fixture(scope="module")
def both():
    return [simulation(deal_from_toml(text), seed=1, draws=500) for text in (DEAL, DEARER)]


def test_two_deals_stand_side_by_side_result_by_result(both):
    rows = {(one.party, one.measure): one for one in compared(*both)}
    council = rows["council", "mean"]
    assert council.was == both[0].parties["council"].mean
    assert council.now == both[1].parties["council"].mean < council.was
    assert rows["charity", "risk_share"].title == "share of the risk"
    assert rows["council", "loss_probability"].in_words()[1].endswith("%")
    assert ("council", "irr.p50") not in rows


def test_flags_that_come_and_go_are_told(both):
    """At the higher price the charity never loses, and the council is expected to."""
    changes = flag_changes(*both)
    assert ("d", "council", True) in {(one.code, one.party, one.is_new) for one in changes}
    back = flag_changes(*reversed(both))
    assert {(one.code, one.party, not one.is_new) for one in back} == {
        (one.code, one.party, one.is_new) for one in changes
    }


def test_a_party_of_only_one_deal_has_nothing_in_the_other():
    deals = [deal_from_toml(text) for text in (DEAL, WITH_A_LENDER)]
    was, now = (simulation(one, seed=1, draws=200) for one in deals)
    bank = [one for one in compared(was, now) if one.party == "bank"]
    assert {one.was for one in bank} == {None}
    assert {one.in_words()[0] for one in bank} == {"-"}


def test_the_command_sets_two_files_side_by_side_in_words_and_in_json(tmp_path):
    paths = [tmp_path / "one.toml", tmp_path / "two.toml"]
    for path, text in zip(paths, (DEAL, DEARER), strict=True):
        path.write_text(text)
    arguments = ["compare", *map(str, paths), "--draws", "300"]
    told = CliRunner().invoke(command, arguments).stdout
    assert "terms.hours.bands.1.price_gbp: 18.50 -> 21.50" in told
    assert "chance of being worse off than the reference" in told
    assert "New: Ashby Council is expected to be" in told
    answer = json.loads(CliRunner().invoke(command, [*arguments, "--format", "json"]).stdout)
    assert set(answer) == {"party", "differences", "results", "flags", "deals"}
    assert answer["flags"][0]["code"] in "abcde"
    assert answer["results"][0] == {
        "party": "council",
        "name": "Ashby Council",
        "measure": "mean",
        "title": "expected result",
        "was": answer["deals"][0]["parties"]["council"]["npv_gbp"]["mean"],
        "now": answer["deals"][1]["parties"]["council"]["npv_gbp"]["mean"],
    }
