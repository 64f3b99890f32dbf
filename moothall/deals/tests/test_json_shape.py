"""The JSON that is promised to other programs: names and types, of settling and of simulating."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from moothall.deals.commands import deal

EXAMPLES = Path(__file__).parent / "examples"
NUMBER = (int, float)


def answered(*arguments):
    done = CliRunner().invoke(deal, [*map(str, arguments), "--format", "json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def simulated():
    bond = EXAMPLES / "investor_waterfall.toml"
    return answered("simulate", bond, "--draws", "500", "--seed", "3")


def test_a_simulation_has_its_seed_its_draws_its_parties_and_its_fairness(simulated):
    assert (simulated["seed"], simulated["draws"]) == (3, 500)
    assert set(simulated["parties"]) == {"council", "bond", "manager", "foundation", "bank"}
    assert {"seed", "draws", "parties", "fairness"} <= set(simulated)


def test_each_party_has_its_result_its_chance_of_loss_and_its_years(simulated):
    for key, party in simulated["parties"].items():
        assert set(party["npv_gbp"]) == {"mean", "p5", "p50", "p95", "cvar5"}
        if key != "manager":
            assert all(isinstance(gbp, NUMBER) for gbp in party["npv_gbp"].values())
            assert 0 <= party["loss_probability"] <= 1
        assert [year["year"] for year in party["by_year"]] == [
            "2026/27", "2027/28", "2028/29", "2029/30", "2030/31", "2031/32",
        ]  # fmt: skip
        for year in party["by_year"]:
            assert set(year) == {"year", "mean", "p5", "p20", "p50", "p80", "p95"}
            assert year["p5"] <= year["p20"] <= year["p50"] <= year["p80"] <= year["p95"]


def test_of_a_party_whose_costs_nobody_stated_no_result_is_given(simulated):
    manager = simulated["parties"]["manager"]
    assert simulated["fairness"]["parties"]["manager"]["cost_basis"] == "unknown"
    assert set(manager["npv_gbp"].values()) == {None}
    assert manager["loss_probability"] is manager["peak_cash_need_gbp"] is None
    assert manager["drivers"] == []
    assert manager["by_year"][1]["mean"] > 0  # what it is paid is known


def test_an_investor_has_more_and_others_have_null(simulated):
    parties = simulated["parties"]
    assert parties["council"]["investor"] is None
    investor = parties["bank"]["investor"]
    assert set(investor["irr"]) == set(investor["multiple"]) == {"p5", "p50", "p95"}
    assert "mean" not in json.dumps(investor)
    for share in ("pays_in_probability", "principal_returns_probability", "irr_undefined"):
        assert 0 <= investor[share] <= 1


def test_a_public_body_has_its_budgets_and_others_have_none(simulated):
    parties = simulated["parties"]
    assert parties["bond"]["budgets"] == []
    for line in parties["council"]["budgets"]:
        assert line["p50"] <= line["p80"] <= line["p95"]
        assert set(line["accrual"]) == {"p5", "p50", "p95"}
        assert line["approved_gbp"] is None


def test_the_fairness_statement_has_the_names_of_its_definition(simulated):
    said = simulated["fairness"]
    assert set(said) == {"reference", "rate", "price_base", "parties", "flags"}
    assert said["reference"]["bank"] == "not contracting"
    assert said["rate"] == 0.035
    for party in said["parties"].values():
        assert {
            "up_gbp", "down_gbp", "reward_share", "risk_share", "loss_probability",
            "own_tail_gbp", "joint_tail_gbp", "tail_to_resources", "failure_probability",
            "cost_basis",
        } <= set(party)  # fmt: skip
        assert party["cost_basis"] in ("supplied", "estimated", "unknown")
    for flag in said["flags"]:
        assert set(flag) == {"code", "party", "sentence"}
        assert flag["code"] in "abcde"


def test_a_settlement_has_its_flows_its_net_and_its_findings(tmp_path):
    path = EXAMPLES / "unit_price.toml"
    names = [line[7:-1] for line in path.read_text().splitlines() if line.startswith("[facts.")]
    starts = next(line[-10:] for line in path.read_text().splitlines() if "starts_on" in line)
    rows = "".join(f"{starts},{name},100\n" for name in names)
    facts = tmp_path / "facts.csv"
    facts.write_text(f"period,fact,value\n{rows}")
    said = answered("settle", path, "--facts", facts, "--period", starts)
    assert set(said) >= {"flows", "net", "findings"}
    assert said["flows"]
    for flow in said["flows"]:
        assert {"period", "term", "payer", "payee", "amount_gbp", "vat_gbp", "because"} <= set(flow)
        assert flow["amount_gbp"] == f"{float(flow['amount_gbp']):.2f}"
    assert sum(float(net) for net in said["net"].values()) == 0
