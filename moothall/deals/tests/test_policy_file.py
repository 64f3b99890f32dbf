"""A place's own thresholds are read from a file, dated, and raise its flags."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from moothall.deals.cases.named import CASES
from moothall.deals.commands import deal
from moothall.deals.fairness import Policy
from moothall.deals.policy_file import CannotReadPolicy, policy_from

STRICT = "[fairness]\nadopted_on = 2026-05-01\ngap = 0\n"


@pytest.fixture
def venture(tmp_path):
    file = tmp_path / "venture.toml"
    file.write_text(CASES["salford-urban-vision"]().deal)
    return str(file)


def test_what_is_left_out_is_as_the_program_has_it():
    assert policy_from(STRICT) == Policy(gap=0.0, adopted_on=date(2026, 5, 1))
    whole = STRICT + "loss_chance = 0.02\nrisk_share = '0.4'\n"
    assert policy_from(whole) == Policy(0.0, 0.02, 0.4, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fairness", "The fairness policy is not TOML"),
        ("gap = 0.2", "has no table fairness. Write \\[fairness\\], adopted_on"),
        ("[fairness]\ngap = 0.2", "does not say when it was adopted"),
        (STRICT + "flags = 3", "has no flags. It may say: gap, loss_chance, risk_share"),
        (STRICT.replace("gap = 0", "gap = 25"), "gap is 25. Give a share from 0 to 1"),
        (STRICT.replace("gap = 0", "gap = true"), "gap is True. Give a share from 0 to 1"),
    ],
)
def test_a_file_that_is_no_policy_is_refused(text, words):
    with pytest.raises(CannotReadPolicy, match=words):
        policy_from(text)


@pytest.mark.parametrize("by", ["option", "setting"])
def test_the_command_holds_a_deal_to_the_place_s_own_policy(tmp_path, venture, by):
    file = tmp_path / "policy.toml"
    file.write_text(STRICT.replace("gap = 0", "gap = 0.9"))
    asked = ["simulate", venture, "--draws", "200", "--format", "json"]
    given = {"env": {"MOOTHALL_FAIRNESS_POLICY": str(file)}} if by == "setting" else {}
    more = ["--policy", str(file)] if by == "option" else []
    answers = [
        json.loads(CliRunner().invoke(deal, arguments, **how).stdout)
        for arguments, how in ((asked, {}), ([*asked, *more], given))
    ]
    assert "which no place has adopted" in answers[0]["statement"]["rests_on"]
    assert "the policy adopted on 1 May 2026: 90.0%" in answers[1]["statement"]["rests_on"]
    codes = [[flag["code"] for flag in answer["fairness"]["flags"]] for answer in answers]
    assert "a" in codes[0]
    assert "a" not in codes[1]


def test_a_bad_policy_ends_the_command_with_its_sentence(tmp_path, venture):
    file = tmp_path / "policy.toml"
    file.write_text("[fairness]\n")
    done = CliRunner().invoke(deal, ["compare", venture, venture, "--policy", str(file)])
    assert done.exit_code == 4
    assert "does not say when it was adopted" in done.stderr
