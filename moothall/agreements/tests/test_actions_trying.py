"""What a trial finds is what the command prints, and is its body's until it is released."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from moothall.agreements.actions import drafting, trying
from moothall.agreements.actions.trying import CannotTry, try_deal
from moothall.agreements.engine.beginnings import deal_of_case
from moothall.agreements.models import Trial, TrialRelease
from moothall.agreements.permissions import may_read_result
from moothall.agreements.tests.factories import CASE, draft_of, manager_of
from moothall.core.models import AuditEntry
from moothall.deals.commands import deal as command
from moothall.directory.engine.roles import Deed, Role, roles_that_may
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
_FLAGS = {"party": "of"}  # whose result, in the words of the command
SOLVE = {
    "place": "terms.fee.amount_gbp",
    "low": Decimal(20_000_000),
    "high": Decimal(23_000_000),
    "party": "council",
    "measure": "loss_probability",
    "target": Decimal("0.1"),
    "seed": 1,
}


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def manager(norbury):
    return manager_of(norbury)


@pytest.fixture
def draft(norbury, manager):
    return draft_of(norbury, by=manager)


@pytest.fixture
def version(draft):
    return drafting.latest_version(draft)


@pytest.fixture
def done(version, manager):
    return run(trying.start_simulation(version=version, draws=1000, seed=7, by=manager, at=NOW))


def run(trial: Trial) -> Trial:
    try_deal.func(trial.pk)
    trial.refresh_from_db()
    return trial


def printed(tmp_path, *asked: str) -> dict:
    file = tmp_path / "deal.toml"
    file.write_text(deal_of_case(CASE))
    told = CliRunner().invoke(command, [asked[0], str(file), *asked[1:], "--format", "json"])
    return json.loads(told.stdout)


def test_flags_follow_what_the_place_has_adopted(version, manager, tmp_path, settings):
    policy = tmp_path / "policy.toml"
    policy.write_text("[fairness]\nadopted_on = 2026-05-01\ngap = 0.9\n")
    settings.FAIRNESS_POLICY = str(policy)
    asked = {"version": version, "draws": 1000, "seed": 7, "by": manager, "at": NOW}
    found = run(trying.start_simulation(**asked)).result
    assert "the policy adopted on 1 May 2026: 90.0%" in found["statement"]["rests_on"]
    assert "a" not in [flag["code"] for flag in found["fairness"]["flags"]]
    settings.FAIRNESS_POLICY = str(tmp_path / "none.toml")
    refused = run(trying.start_simulation(**asked))
    assert refused.state == Trial.State.REFUSED
    assert "cannot be read. Ask whoever runs it to mend MOOTHALL_FAIRNESS_POLICY" in refused.refusal


def test_a_simulation_finds_to_the_digit_what_the_command_prints(done, tmp_path):
    found = json.loads(json.dumps(done.result))
    for party in found["parties"].values():
        for more in ("waterfall", "budgets_said", "investor_said"):
            party.pop(more)
    assert found == printed(tmp_path, "simulate", "--draws", "1000", "--seed", "7")


def test_a_search_finds_to_the_digit_what_the_command_prints(version, manager, tmp_path):
    trial = run(trying.start_solving(version=version, **SOLVE, by=manager, at=NOW))
    asked = [f"--{_FLAGS.get(n, n)}={value}" for n, value in SOLVE.items() if n != "place"]
    assert trial.result == printed(
        tmp_path, "solve", f"--vary={SOLVE['place']}", *asked, f"--draws={trial.asked['draws']}"
    )


def test_another_result_is_followed_along(version, manager):
    along = {"beside_party": "venture", "beside_measure": "mean"}
    trial = run(trying.start_solving(version=version, **SOLVE, **along, by=manager, at=NOW))
    assert trial.result["beside"] == {"party": "venture", "measure": "mean"}
    followed = [each["beside"] for each in trial.result["trials"]]
    assert followed == sorted(followed)  # the more the council pays, the more the venture has
    client = Client()
    client.force_login(manager)
    body = version.draft.body
    page = unescape(client.get(reverse("agreements:result", args=[body.slug, trial.pk])).text)
    assert "Chance of being worse off than the reference, as the number grows" in page
    assert "Urban Vision's expected result, as the number grows" in page


def test_a_result_that_nobody_has_is_not_followed_along(version, manager):
    along = {"beside_party": "nobody", "beside_measure": "mean"}
    with pytest.raises(CannotTry, match="There is no party 'nobody'"):
        trying.start_solving(version=version, **SOLVE, **along, by=manager, at=NOW)


def test_a_trial_says_how_far_it_is(version, manager):
    assert Trial(version=version).percent == 0
    drawn = run(trying.start_simulation(version=version, draws=20_000, seed=7, by=manager, at=NOW))
    found = run(trying.start_solving(version=version, **SOLVE, by=manager, at=NOW))
    assert drawn.percent == 100
    assert 50 < found.percent <= 100


def test_a_trial_is_worked_once(done):
    ended = done.ended_at
    assert (done.state, done.result["draws"]) == (Trial.State.DONE, 1000)
    assert try_deal.func(done.pk) == "nothing to do"
    done.refresh_from_db()
    assert done.ended_at == ended
    assert try_deal.func(999_999) == "nothing to do"


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_that_may_try_it_start_one(version, norbury, role):
    person = RoleHeldFactory(organisation=norbury, role=role.value).person
    if role in roles_that_may(Deed.TRY_DEAL):
        assert trying.start_simulation(version=version, draws=1000, seed=1, by=person, at=NOW)
        return
    with pytest.raises(CannotTry, match="You cannot try a deal for Norbury Council"):
        trying.start_simulation(version=version, draws=1000, seed=1, by=person, at=NOW)
    assert not Trial.objects.exists()


@pytest.mark.parametrize("draws", [0, 999, 200_001])
def test_too_few_futures_and_too_many_are_refused(version, manager, draws):
    with pytest.raises(CannotTry, match="Give from 1,000 to 200,000"):
        trying.start_simulation(version=version, draws=draws, seed=1, by=manager, at=NOW)


def test_an_unsound_deal_is_not_tried(draft, version, manager):
    text = version.text.replace('payee = "venture"', 'payee = "nobody"')
    version = drafting.save_draft(draft=draft, text=text, by=manager, at=NOW)
    with pytest.raises(CannotTry, match="cannot be tried yet: 1 finding must be mended first"):
        trying.start_simulation(version=version, draws=1000, seed=1, by=manager, at=NOW)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"place": "terms.fee.colour"}, "terms.fee.colour"),
        ({"party": "king"}, "king"),
        ({"measure": "happiness"}, "happiness"),
        ({"low": Decimal(23_000_000)}, "23000000 is not below 23000000"),
    ],
)
def test_a_search_for_what_is_not_there_is_refused(version, manager, said, refusal):
    with pytest.raises(CannotTry, match=refusal):
        trying.start_solving(version=version, **SOLVE | said, by=manager, at=NOW)


# ── whose it is ──────────────────────────────────────────────────────────────────────────────


def test_a_result_is_read_by_its_body_and_by_no_other_until_released(done, norbury, manager):
    care = OrganisationFactory(name="Norbury Care")
    drafting.share_draft(
        draft=done.version.draft, with_body=care, party="venture", by=manager, at=NOW
    )
    assert may_read_result(done, norbury)
    assert not may_read_result(done, care)
    trying.release_result(trial=done, to=care, why="They asked", by=manager, at=NOW)
    assert may_read_result(done, care)
    assert not may_read_result(done, OrganisationFactory())


def test_a_release_is_on_record_once_and_its_reason_is_not_in_the_log(done, manager):
    care = OrganisationFactory(name="Norbury Care")
    for _ in range(2):
        trying.release_result(trial=done, to=care, why="They asked", by=manager, at=NOW)
    assert TrialRelease.objects.get().why == "They asked"
    (entry,) = AuditEntry.objects.filter(did="agreements.result_released")
    assert "They asked" not in str(entry.detail)
    assert str(care.pk) in str(entry.detail)


def test_a_release_needs_a_reason_a_result_and_another_body(done, norbury, version, manager):
    care = OrganisationFactory(name="Norbury Care")
    release = {"by": manager, "at": NOW, "why": "They asked"}
    waiting = trying.start_simulation(version=version, draws=1000, seed=2, by=manager, at=NOW)
    with pytest.raises(CannotTry, match="without saying why"):
        trying.release_result(trial=done, to=care, **release | {"why": " "})
    with pytest.raises(CannotTry, match="it is not there yet"):
        trying.release_result(trial=waiting, to=care, **release)
    with pytest.raises(CannotTry, match="Norbury Council ran this itself"):
        trying.release_result(trial=done, to=norbury, **release)
    with pytest.raises(CannotTry, match="You cannot draft a deal for Norbury Council"):
        trying.release_result(trial=done, to=care, **release | {"by": PersonFactory()})
    assert not TrialRelease.objects.exists()


def test_no_result_is_released_during_a_competition(done, manager):
    draft = drafting.set_draft(
        draft=done.version.draft, name="Urban", party="", is_competition=True, by=manager, at=NOW
    )
    done.version.draft = draft
    with pytest.raises(CannotTry, match="every bidder has the same"):
        trying.release_result(
            trial=done, to=OrganisationFactory(), why="They asked", by=manager, at=NOW
        )
