import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from moothall.deals.commands import deal
from moothall.deals.tests.test_settlement import DEAL

EXAMPLES = Path(__file__).parent / "examples"
FACTS = """period,fact,value
2026-04-01,lamps,800
2026-07-01,lamps,1200
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "lamps.toml").write_text(DEAL.format(fee=1000, cap=3000))
    (tmp_path / "facts.csv").write_text(FACTS)
    return tmp_path


def run(*arguments, code=0):
    done = CliRunner().invoke(deal, list(map(str, arguments)))
    assert done.exit_code == code, done.output
    return done


def test_a_sound_deal_has_no_findings(files):
    assert "no findings" in run("check", files / "lamps.toml").stdout


def test_every_finding_is_said_with_its_place_and_how_to_mend_it(files):
    wrong = files / "wrong.toml"
    wrong.write_text(DEAL.format(fee=-1, cap="5").replace('volume = "lamps"', 'volume = "lights"'))
    done = run("check", wrong, "--format", "json", code=3)
    found = json.loads(done.stdout)[str(wrong)]
    assert {one["place"] for one in found} == {"terms.fee.amount_gbp", "terms.lamps.volume"}
    assert all(one["sentence"] and one["mend"] for one in found)
    done = run("explain", wrong, code=4)
    assert "2 findings must be mended" in done.stderr


def test_a_deal_is_read_back_in_plain_english(files):
    told = run("explain", files / "lamps.toml").stdout
    assert "Ashby Council pays Brightway Ltd £1,000 each period." in told
    assert "It pays at most £3,000 in all." in told


def test_a_party_whose_costs_nobody_stated_has_no_result_in_the_table(files):
    told = run("simulate", EXAMPLES / "investor_waterfall.toml", "--draws", "200").stdout
    (row,) = [line for line in told.splitlines() if line.startswith("Clear Measures Ltd")]
    assert row.split() == ["Clear", "Measures", "Ltd", "not", "said"]
    assert "Clear Measures Ltd's result is driven by" not in told


def test_a_statement_is_settled_kept_and_settled_on(files):
    base = ["settle", files / "lamps.toml", "--facts", files / "facts.csv", "--format", "json"]
    first = run(*base, "--period", "2026-04-01", "--keep", files / "one.json")
    assert json.loads(first.stdout)["net"] == {"council": "-2000.00", "contractor": "2000.00"}
    (files / "facts.csv").write_text(FACTS.replace("800", "840"))
    second = run(*base, "--period", "2026-07-01", "--issued", files / "one.json")
    flows = json.loads(second.stdout)["flows"]
    assert [(flow["amount_gbp"], "adjusts" in flow) for flow in flows] == [
        ("50.00", True),
        ("1000.00", False),
        ("1500.00", False),
    ]
    assert flows[1]["vat_gbp"] == "200.00"


def test_facts_that_cannot_be_used_are_findings_and_the_rest_is_settled(files):
    (files / "facts.csv").write_text(FACTS + "2026-04-02,lamps,1\n2026-07-01,lights,1\n")
    done = run(
        "settle", files / "lamps.toml", "--facts", files / "facts.csv", "--period", "2026-04-01",
        "--format", "json", code=3,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert [one["place"] for one in answer["findings"]] == ["line 4", "line 5"]
    assert answer["flows"][1]["amount_gbp"] == "1000.00"


def test_a_period_the_deal_does_not_have_is_refused(files):
    done = run(
        "settle", files / "lamps.toml", "--facts", files / "facts.csv", "--period", "2026-05-01",
        code=4,
    )  # fmt: skip
    assert "No period begins on 2026-05-01. The first periods begin on 2026-04-01" in done.stderr


CLAIMS = """claim,person,outcome,started_on,claimed_on,weeks_held,evidence_on
A,P1,entries,2026-04-05,2026-04-09,,
B,P1,entries,2026-05-05,2026-05-09,,
C,P2,kept,2026-05-05,soon,,
"""


def test_claims_are_judged_one_by_one_and_settled(files):
    (files / "claims.csv").write_text(CLAIMS)
    answer = json.loads(
        run(
            "settle", EXAMPLES / "rate_card.toml", "--claims", files / "claims.csv",
            "--period", "2026-04-01", "--format", "json", code=3,
        ).stdout
    )  # fmt: skip
    assert [(one["claim"], one["counted"]) for one in answer["claims"]] == [
        ("A", True),
        ("B", False),
    ]
    assert answer["claims"][1]["rule"] == "at most so many a person"
    assert answer["flows"][0]["amount_gbp"] == "900.00"  # £1,000 less a tenth for deadweight
    (finding,) = answer["findings"]
    assert finding["place"] == "line 4"
    assert finding["sentence"] == "claimed_on 'soon' is no day such as 2026-04-01."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("claim,person\nA,P1\n", "the columns outcome, started_on, claimed_on are missing"),
        (None, "There is nothing to settle by. Give --facts FILE, --claims FILE or both."),
    ],
)
def test_a_file_of_no_claims_is_refused(files, text, said):
    given = []
    if text:
        (files / "claims.csv").write_text(text)
        given = ["--claims", files / "claims.csv"]
    card = EXAMPLES / "rate_card.toml"
    done = run("settle", card, "--period", "2026-04-01", *given, code=4)
    assert said in done.stderr


def test_an_exported_deal_is_the_same_deal(files):
    text = run("export", files / "lamps.toml").stdout
    again = files / "again.toml"
    again.write_text(text)
    done = run("export", again, "--format", "json").stdout
    assert done == run("export", files / "lamps.toml", "--format", "json").stdout


def test_a_file_that_is_not_there_is_refused(files):
    done = run("check", files / "none.toml", code=4)
    assert "cannot be read: there is no such text file" in done.stderr


def test_every_kind_of_term_is_listed(files):
    found = json.loads(run("kinds", "--format", "json").stdout)
    (fee,) = [kind for kind in found if kind["kind"] == "fixed_fee"]
    assert fee["fields"][0] == {
        "name": "payer",
        "label": "Who pays",
        "kind": "party",
        "required": True,
    }


def test_the_command_starts_no_django(files):
    program = (
        "import sys; sys.argv = ['moothall', 'deal', 'check', sys.argv[1]]\n"
        "from moothall.site.commands import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "assert 'django' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, files / "lamps.toml"], check=True, timeout=60)
