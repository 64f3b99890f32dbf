"""What is private to one party reaches no other, by any output."""

import json

import pytest
from typer.testing import CliRunner

from moothall.deals.commands import deal
from moothall.deals.deal import Basis
from moothall.deals.explaining import explained
from moothall.deals.privacy import as_seen, as_tried, owners, seen_by
from moothall.deals.reading import deal_and_findings, deal_from_toml, document_from_toml
from moothall.deals.simulation import CannotSimulate, simulation

WHOLE = """
[deal]
name = "Care at home"
starts_on = 2026-04-01
ends_before = 2028-04-01
every = "year"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.charity]
name = "Ashby Care"
kind = "charity"
resources_gbp = 70707
keeps_private = ["resources_gbp"]
residual_bearer = "council"

[budgets.care]
party = "council"
approved_gbp = { "2026/27" = 93939 }

[facts.hours]
title = "Hours"
unit = "hours"
distribution = { kind = "triangular", low = 4000, mode = 5000, high = 7000, per = "deal" }

[facts.in_house]
title = "Comparator of the council"
borne_by = "council"
without_deal = true
private_to = "council"
value = 91919

[facts.cost]
title = "Actual cost"
borne_by = "charity"
private_to = "charity"
grade = "B"
supplied_by = "charity"
distribution = { kind = "normal", mean = 81818, sd = 2000, per = "deal" }

[facts.overheads]
title = "Overheads of the charity"
borne_by = "charity"
private_to = "charity"
distribution = { kind = "triangular", low = 510105, mode = 620206, high = 730307 }

[facts.guess]
title = "What we take the charity's cost to be"
stands_for = "cost"
borne_by = "charity"
private_to = "council"
basis = "estimated"
grade = "D"
supplied_by = "council"
distribution = { kind = "normal", mean = 88088, sd = 3000, per = "deal" }

[[correlations]]
facts = ["hours", "overheads"]
rank = "0.4321"

[terms.hours]
kind = "unit_price"
payer = "council"
payee = "charity"
volume = "hours"
bands = [{ price_gbp = "18.50" }]

[terms.gain]
kind = "gain_share"
payer = "council"
payee = "charity"
actual = "cost"
baseline_gbp = 85000
ranges = [{ share = "0.5" }]
"""
OF_THE_CHARITY = (
    "70707",
    "81818",
    "Overheads",
    "overheads",
    "510105",
    "620206",
    "730307",
    "0.4321",
)
OF_THE_COUNCIL = ("91919", "Comparator", "in_house", "88088", "we take", "guess", "93939")
SECRETS = {"council": OF_THE_CHARITY, "charity": OF_THE_COUNCIL}
COMMANDS = [
    ("check",),
    ("explain",),
    ("simulate", "--draws", "200"),
    ("compare", "FILE", "--draws", "200"),
    ("solve", "--vary", "terms.hours.bands.1.price_gbp", "--low", "1", "--high", "40",
     "--measure", "mean", "--target", "0", "--draws", "200"),
    ("solve", "--vary", "nothing", "--low", "1", "--high", "40",
     "--measure", "mean", "--target", "0", "--draws", "200"),
    ("export",),
]  # fmt: skip


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.toml"
    path.write_text(WHOLE)
    return path


def run(*arguments, code=None):
    done = CliRunner().invoke(deal, list(map(str, arguments)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert code is None or done.exit_code == code, done.output
    return done.stdout + done.stderr


@pytest.mark.parametrize("format", ["table", "json"])
@pytest.mark.parametrize("viewer", ["council", "charity"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_prints_what_is_private_to_another(whole, command, viewer, format):
    name, *rest = [whole if word == "FILE" else word for word in command]
    if name == "export" and format == "table":
        format = "toml"
    said = run(name, whole, *rest, "--party", viewer, "--format", format)
    assert said
    assert [secret for secret in SECRETS[viewer] if secret in said] == []


def test_a_party_sees_its_own(whole):
    for viewer, other in (("council", "charity"), ("charity", "council")):
        said = run("export", whole, "--party", viewer, code=0)
        assert [secret for secret in SECRETS[other] if secret not in said] == []


@pytest.mark.parametrize("viewer", ["council", "charity"])
def test_what_is_wrong_in_anothers_facts_is_not_told(tmp_path, viewer):
    """A finding quotes what it refuses."""
    path = tmp_path / "wrong.toml"
    wrong = WHOLE.replace("mean = 81818", 'mean = "81818?"').replace(
        "value = 91919", "value = 'x91919'"
    )
    path.write_text(
        wrong.replace("= 93939", '= "?93939"').replace(
            "resources_gbp = 70707", "resources_gbp = -70707"
        )
    )
    said = run("check", path, "--party", viewer, code=3)
    assert [secret for secret in SECRETS[viewer] if secret in said] == []
    assert "findings" in said


def test_a_file_with_what_is_private_to_several_asks_who_asks(whole):
    for command, *rest in COMMANDS:
        if command == "compare":
            rest = [whole, "--draws", "200"]
        said = run(command, whole, *rest, code=4)
        assert "holds what is private to council and to charity. Say who asks" in said
        assert not any(secret in said for secret in OF_THE_CHARITY + OF_THE_COUNCIL)


def test_a_party_that_the_deal_does_not_have_is_refused(whole):
    said = run("simulate", whole, "--party", "baker", code=4)
    assert "There is no party 'baker'. The deal has: council, charity." in said


def test_results_belong_to_the_party_that_ran_them(whole):
    told = run("simulate", whole, "--party", "charity", "--draws", "200", code=0)
    assert told.startswith("These results are Ashby Care's own: no other party sees them without")
    answer = json.loads(
        run("simulate", whole, "--party", "charity", "--draws", "200", "--format", "json", code=0)
    )
    assert answer["party"] == "charity"


def test_a_file_of_one_partys_own_belongs_to_that_party(tmp_path, whole):
    path = tmp_path / "own.toml"
    path.write_text(run("export", whole, "--party", "charity", code=0))
    told = run("simulate", path, "--draws", "200", code=0)
    assert told.startswith("These results are Ashby Care's own")


def test_the_shared_file_is_the_same_byte_for_byte_from_whoever_writes_it(tmp_path, whole):
    from_the_whole = run("export", whole, "--shared", code=0)
    for party in ("council", "charity"):
        own = tmp_path / f"{party}.toml"
        own.write_text(run("export", whole, "--party", party, code=0))
        assert run("export", own, "--shared", code=0) == from_the_whole
        assert run("export", own, "--party", party, code=0) == own.read_text()
    assert not any(secret in from_the_whole for secret in OF_THE_CHARITY + OF_THE_COUNCIL)


def test_a_party_or_all_but_not_both(whole):
    said = run("export", whole, "--shared", "--party", "council", code=4)
    assert "Give --party or --shared, not both." in said


def test_a_fact_that_a_term_reads_keeps_its_name_and_nothing_that_is_thought_of_it():
    shared = as_seen(document_from_toml(WHOLE), None)
    assert shared["facts"]["cost"] == {"title": "Actual cost", "private_to": "charity"}
    assert set(shared["facts"]) == {"hours", "cost"}
    with pytest.raises(CannotSimulate, match="Actual cost has neither a value nor a distribution"):
        simulation(seen_by(deal_from_toml(WHOLE), None), seed=1)


def test_an_estimate_takes_the_place_of_what_it_stands_for_and_is_called_so_wherever_it_is_used():
    council = seen_by(deal_from_toml(WHOLE), "council")
    cost = council.facts["cost"]
    assert (cost.basis, cost.grade, cost.borne_by) == (Basis.ESTIMATED, "D", "charity")
    assert "guess" not in council.facts
    assert "Actual cost (GBP), reported, borne by Ashby Care, our estimate, grade D" in str(
        explained(council)["Facts"]
    )
    done = simulation(council, seed=1, draws=200)
    assert done.fairness.parties["charity"].cost_basis == "estimated"
    assert "Actual cost (our estimate, grade D)" in done.notes[0]
    assert "its costs are our estimate, grade D" in done.fairness.parties["charity"].sentence


def test_the_owner_tries_its_own_and_the_estimate_of_another_is_not_there():
    charity = seen_by(deal_from_toml(WHOLE), "charity")
    assert charity.facts["cost"].basis is Basis.SUPPLIED
    assert "guess" not in charity.facts


def test_an_estimate_of_what_the_party_cannot_see_at_all_stands_alone():
    text = WHOLE.replace('stands_for = "cost"', 'stands_for = "overheads"')
    seen = as_tried(document_from_toml(text), "council")
    assert "stands_for" not in seen["facts"]["guess"]


def test_a_party_whose_costs_are_hidden_and_not_estimated_has_no_shares():
    text = WHOLE.replace('borne_by = "charity"\nprivate_to = "council"', 'private_to = "council"')
    done = simulation(seen_by(deal_from_toml(text), "council"), seed=1, draws=200)
    assert done.fairness.parties["charity"].cost_basis == "unknown"
    assert "The costs of Ashby Care are not known" in done.fairness.parties["council"].why_null


def test_what_a_party_can_lose_may_be_its_own_and_the_others_are_told_that_it_is():
    said = simulation(seen_by(deal_from_toml(WHOLE), "council"), seed=1, draws=200).notes
    assert "What Ashby Care can lose is private to it, so here it never fails." in said


def test_a_deal_seen_whole_is_not_tried_with_a_fact_and_its_estimate_side_by_side():
    with pytest.raises(CannotSimulate, match="Results belong to one party"):
        simulation(deal_from_toml(WHOLE), seed=1)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('basis = "estimated"\n', "", "is not marked as an estimate"),
        ('stands_for = "cost"', 'stands_for = "hours"', "stands for hours, which its own party"),
    ],
)
def test_an_estimate_that_is_none_is_a_finding(was, now, words):
    (finding,) = deal_and_findings(WHOLE.replace(was, now))[1]
    assert (finding.place, words in finding.sentence) == ("facts.guess.stands_for", True)


def test_whoever_owns_something_private_is_known():
    assert owners(document_from_toml(WHOLE)) == ["council", "charity"]
    assert owners(as_seen(document_from_toml(WHOLE), "charity")) == ["charity"]
    assert owners(as_seen(document_from_toml(WHOLE), None)) == []


def test_tables_that_are_none_are_left_for_whoever_reads_the_deal():
    path = WHOLE.replace("[facts.hours]", "[facts]\nodd = 70707\n[facts.hours]")
    document = document_from_toml(path)
    assert as_seen(document, "council") == document


def test_a_statement_is_settled_by_what_all_parties_see(whole, tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("period,fact,value\n2026-04-01,hours,10\n2026-04-01,cost,84000\n")
    kept = tmp_path / "kept.json"
    said = run("settle", whole, "--facts", facts, "--period", "2026-04-01", "--keep", kept, code=0)
    for text in (said, kept.read_text()):
        assert not any(secret in text for secret in OF_THE_CHARITY + OF_THE_COUNCIL)
