"""Who opens which page of whose draft, tried for each role and each address."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions import drafting, trying
from moothall.agreements.actions.trying import try_deal
from moothall.agreements.models import Draft, DraftVersion, Trial, TrialRelease
from moothall.agreements.tests.factories import draft_of, manager_of
from moothall.agreements.urls import DRAFT, RESULT, urlpatterns
from moothall.core.models import AuditEntry
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
READ = ("draft", "settle")
READ_RESULT = ("result", "fairness")
WRITE = {
    "save": {"text": '[deal]\nname = "Other"\n'},
    "share": {"body": "care"},
    "put_away": {},
}
TRY = {"simulate": {"draws": 1000, "seed": 1}}


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def care():
    return OrganisationFactory(name="Norbury Care", slug="care")


@pytest.fixture
def draft(norbury):
    return draft_of(norbury, by=manager_of(norbury), name="Urban services")


FOUND: dict = {}  # the same deal and seed find the same: drawn once for every test here


@pytest.fixture
def trial(draft):
    if not FOUND:
        started = trying.start_simulation(
            version=drafting.latest_version(draft), draws=1000, seed=1, by=draft.by, at=NOW
        )
        try_deal.func(started.pk)
        started.refresh_from_db()
        FOUND.update(asked=started.asked, result=started.result)
        return started
    return Trial.objects.create(
        version=drafting.latest_version(draft),
        kind=Trial.Kind.SIMULATE,
        state=Trial.State.DONE,
        by=draft.by,
        at=NOW,
        ended_at=NOW,
        **FOUND,
    )


def browser_of(role: Role | None, body) -> Client:
    client = Client()
    person = RoleHeldFactory(organisation=body, role=role.value).person if role else PersonFactory()
    client.force_login(person)
    return client


def at(name: str, slug: str, key: int) -> str:
    return reverse(f"agreements:{name}", args=[slug, key])


def share(draft, body, party="venture"):
    drafting.share_draft(draft=draft, with_body=body, party=party, by=draft.by, at=NOW)


@pytest.mark.parametrize("role", [None, *Role])
def test_a_body_s_people_read_its_drafts_and_results_when_their_role_reads_deals(
    draft, trial, norbury, role
):
    client = browser_of(role, norbury)
    expected = 200 if role and Deed.READ_DEAL in MAY[role] else 403
    for name in READ:
        assert client.get(at(name, "norbury", draft.pk)).status_code == expected, name
    for name in READ_RESULT:
        assert client.get(at(name, "norbury", trial.pk)).status_code == expected, name


@pytest.mark.parametrize("role", [None, *Role])
def test_only_roles_that_draft_change_a_draft(draft, norbury, care, role):
    client = browser_of(role, norbury)
    may = role is not None and Deed.DRAFT_DEAL in MAY[role]
    entries = AuditEntry.objects.count()
    for name, sent in WRITE.items():
        answer = client.post(at(name, "norbury", draft.pk), sent)
        assert (answer.status_code in (302, 409)) if may else answer.status_code == 403, name
    assert (DraftVersion.objects.count() == 2) is may
    assert (AuditEntry.objects.count() > entries) is may


@pytest.mark.parametrize("role", [None, *Role])
def test_only_roles_that_try_deals_start_a_simulation(draft, norbury, role):
    client = browser_of(role, norbury)
    may = role is not None and Deed.TRY_DEAL in MAY[role]
    answer = client.post(at("simulate", "norbury", draft.pk), TRY["simulate"])
    assert answer.status_code == (302 if may else 403)
    assert Trial.objects.exists() is may


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("is_shared", [False, True])
def test_another_body_s_people_read_a_draft_only_when_it_is_shared_and_never_its_results(
    draft, trial, care, role, is_shared
):
    if is_shared:
        share(draft, care)
    client = browser_of(role, care)
    reads = Deed.READ_DEAL in MAY[role]
    expected = 403 if not reads else 200 if is_shared else 404
    assert client.get(at("draft", "care", draft.pk)).status_code == expected
    assert client.get(at("settle", "care", draft.pk)).status_code == expected
    for name in READ_RESULT:
        assert client.get(at(name, "care", trial.pk)).status_code == (404 if reads else 403), name
        assert client.get(at(name, "norbury", trial.pk)).status_code == 403, name
    # Its versions, notes and trials are the drafting body's own even then.
    assert client.get(at("compare", "care", draft.pk)).status_code == (404 if reads else 403)


@pytest.mark.parametrize("role", list(Role))
def test_a_released_result_is_read_by_the_body_named_and_by_no_third(draft, trial, care, role):
    trial.refresh_from_db()
    trying.release_result(trial=trial, to=care, why="They asked", by=draft.by, at=NOW)
    reads = Deed.READ_DEAL in MAY[role]
    client = browser_of(role, care)
    for name in READ_RESULT:
        assert client.get(at(name, "care", trial.pk)).status_code == (200 if reads else 403), name
    third = OrganisationFactory(slug="third")
    third_client = browser_of(role, third)
    for name in READ_RESULT:
        answer = third_client.get(at(name, "third", trial.pk))
        assert answer.status_code == (404 if reads else 403), name


DEALS = [pattern for pattern in urlpatterns if str(pattern.pattern).startswith((DRAFT, RESULT))]


@pytest.mark.parametrize("role", [None, *Role])
def test_no_address_of_a_draft_or_result_answers_those_it_is_not_shared_with(
    draft, trial, care, role
):
    client = browser_of(role, care)
    before = DraftVersion.objects.count(), Trial.objects.count(), TrialRelease.objects.count()
    ids = {"draft_id": draft.pk, "trial_id": trial.pk}
    more = {**ids, "number": 1, "section": "terms", "place": "terms.fee"}
    assert {"draft", "compare", "apply", "release"} <= {pattern.name for pattern in DEALS}
    for pattern in DEALS:
        given = {name: more[name] for name in pattern.pattern.converters if name in more}
        for slug in ("norbury", "care"):
            address = reverse(f"agreements:{pattern.name}", kwargs={"slug": slug, **given})
            for send in (client.get, client.post):
                answer = send(address)
                assert answer.status_code in (403, 404, 405), (address, send)
                assert b"20833333" not in answer.content
    assert before == (
        DraftVersion.objects.count(), Trial.objects.count(), TrialRelease.objects.count()
    )  # fmt: skip


def test_who_reads_what_is_shared_changes_nothing_of_it(draft, trial, care):
    share(draft, care)
    client = browser_of(Role.PROVIDER, care)
    before = DraftVersion.objects.count(), AuditEntry.objects.count()
    for name, sent in (WRITE | TRY).items():
        assert client.post(at(name, "care", draft.pk), sent).status_code == 404, name
        assert client.post(at(name, "norbury", draft.pk), sent).status_code == 403, name
    for name in ("apply", "release"):
        answer = client.post(at(name, "care", trial.pk), {"body": "care", "why": "I want it"})
        assert answer.status_code == 404, name
    assert (DraftVersion.objects.count(), AuditEntry.objects.count()) == before
    assert not TrialRelease.objects.exists()


def test_a_reader_makes_a_copy_that_nobody_else_reads(draft, norbury, care):
    share(draft, care)
    browser_of(Role.PROVIDER, care).post(at("copy", "care", draft.pk))
    copy = Draft.objects.get(body=care)
    assert copy.begun_from == "a copy of Urban services of Norbury Council"
    client = browser_of(Role.PARTNERSHIP_MANAGER, norbury)
    assert client.get(at("draft", "norbury", copy.pk)).status_code == 404
    assert client.get(at("draft", "care", copy.pk)).status_code == 403


PRIVATE = """
[facts.margin]
title = "What we mean to keep"
borne_by = "venture"
private_to = "venture"
basis = "estimated"
value = 31415
"""


def test_what_is_private_to_a_party_is_in_no_answer_to_another(draft, care, norbury):
    text = drafting.latest_version(draft).text + PRIVATE
    drafting.save_draft(draft=draft, text=text, by=draft.by, at=NOW)
    bank = OrganisationFactory(slug="bank")
    share(draft, care, party="venture")
    share(draft, bank, party="outsourcer")
    address = at("draft", "bank", draft.pk)
    client = browser_of(Role.INVESTOR, bank)
    client.post(at("copy", "bank", draft.pk))
    copy = Draft.objects.get(body=bank)
    answers = [
        client.get(address),
        client.get(address, {"format": "toml"}),
        client.get(address, {"format": "json"}),
        client.get(f"/api/v1/agreements/drafts/bank/{draft.pk}"),
        client.get(at("settle", "bank", draft.pk)),
        client.get(at("draft", "bank", copy.pk), {"format": "toml"}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "31415" not in answer.text
        assert "mean to keep" not in answer.text
    own = browser_of(Role.PROVIDER, care).get(at("draft", "care", draft.pk), {"format": "toml"})
    assert "31415" in own.text


def test_bidders_download_the_same_file_to_the_byte(draft, care, norbury):
    drafting.save_draft(
        draft=draft, text=drafting.latest_version(draft).text + PRIVATE, by=draft.by, at=NOW
    )
    bank = OrganisationFactory(slug="bank")
    share(draft, care, party="venture")
    share(draft, bank, party="outsourcer")
    drafting.set_draft(
        draft=draft, name="Urban", party="council", is_competition=True, by=draft.by, at=NOW
    )
    files = []
    for body in (care, bank):
        client = browser_of(Role.PROVIDER, body)
        page = client.get(at("draft", body.slug, draft.pk))
        assert "Every bidder has the same shared file" in page.text
        files.append(client.get(at("draft", body.slug, draft.pk), {"format": "toml"}).content)
    assert files[0] == files[1]
    assert b"31415" not in files[0]


def test_a_finding_leads_to_the_form_that_mends_it_and_looking_saves_nothing(draft, norbury):
    client = browser_of(Role.COMMISSIONER, norbury)
    wrong = drafting.latest_version(draft).text.replace('"0.501"', '"0.4"')
    answer = client.post(at("save", "norbury", draft.pk), {"text": wrong, "look": "1"})
    assert answer.status_code == 200
    form = reverse("agreements:place", args=["norbury", draft.pk, "terms.dividend"])
    assert f'href="{form}">terms.dividend' in answer.text
    assert "not saved yet" in answer.text
    assert DraftVersion.objects.count() == 1
    unknown = wrong.replace('kind = "dividend"', 'kind = "present"')
    answer = client.post(at("save", "norbury", draft.pk), {"text": unknown, "look": "1"})
    assert "terms.dividend" in answer.text
    assert f'href="{form}">terms.dividend' not in answer.text
    broken = client.post(at("save", "norbury", draft.pk), {"text": "[deal"})
    assert broken.status_code == 409
    assert "[deal</textarea>" in broken.text  # bad input loses nothing


def test_the_fairness_statement_says_who_pays_when_it_goes_wrong_and_what_it_rests_on(
    draft, trial, norbury
):
    client = browser_of(Role.SCRUTINY_MEMBER, norbury)
    page = unescape(client.get(at("fairness", "norbury", trial.pk)).text)
    trial.refresh_from_db()
    fairness, statement = trial.result["fairness"], trial.result["statement"]
    for stated in (*fairness["parties"].values(), *fairness["flags"]):
        assert stated["sentence"] in page
    assert "In the worst 5% for all together" in page
    assert statement["rests_on"] in page
    assert statement["widened"]["sentence"] in page
    assert "nobody says by whom, not graded, drawn once for the whole deal" in page
    assert "never says that a deal is fair" in page


def test_two_deals_stand_side_by_side_and_only_those_that_are_read_here(draft, norbury, care):
    other = draft_of(norbury, by=draft.by, name="Urban services, cheaper")
    text = drafting.latest_version(other).text.replace("20833333.33", "23500000")
    drafting.save_draft(draft=other, text=text, by=other.by, at=NOW)
    client = browser_of(Role.FINANCE_OFFICER, norbury)
    address = at("compare", "norbury", draft.pk)
    page = unescape(client.get(address, {"other": other.pk}).text)
    assert "Urban services, cheaper and Urban services" in page
    assert "terms.fee.amount_gbp" in page
    assert "chance of being worse off than the reference" in page
    assert "Gone" in page  # a flag of one of the two only
    rows = (
        client.get(address, {"other": other.pk, "format": "csv"}).getvalue().decode().splitlines()
    )
    assert rows[1].split(",")[-3:] == ["terms.fee.amount_gbp", "23500000", "20833333.33"]
    # Of another body's draft: what is shared, as the party that reads it; else not at all.
    theirs = draft_of(care, name="Care's own")
    assert client.get(address, {"other": theirs.pk}).status_code == 404
    save = drafting.latest_version(theirs).text + PRIVATE
    drafting.save_draft(draft=theirs, text=save, by=theirs.by, at=NOW)
    drafting.share_draft(draft=theirs, with_body=norbury, party="council", by=theirs.by, at=NOW)
    shown = client.get(address, {"other": theirs.pk})
    assert shown.status_code == 200
    assert "Care's own (Norbury Care)" in unescape(shown.text)
    assert "31415" not in shown.text
    for wrong in ({"was": "9"}, {"now": "0"}, {"other": "x"}):
        assert client.get(address, wrong).status_code == 404


def test_of_a_party_whose_costs_nobody_states_the_pages_say_no_result(draft, norbury):
    text = drafting.latest_version(draft).text.replace(
        'borne_by = "venture"', 'borne_by = "venture"\nbasis = "unknown"'
    )
    drafting.save_draft(draft=draft, text=text, by=draft.by, at=NOW)
    started = trying.start_simulation(
        version=drafting.latest_version(draft), draws=1000, seed=1, by=draft.by, at=NOW
    )
    try_deal.func(started.pk)
    client = browser_of(Role.FINANCE_OFFICER, norbury)
    page = unescape(client.get(at("result", "norbury", started.pk)).text)
    assert "The costs of Urban Vision are not known" in page
    assert "What adds up to the result of Urban Vision" not in page
    assert "What adds up to the result of Capita" in page
    found = client.get(at("result", "norbury", started.pk), {"format": "json"}).json()
    assert found["parties"]["venture"]["npv_gbp"]["mean"] is None
    assert found["parties"]["council"]["npv_gbp"]["mean"] is not None
    said = unescape(client.get(at("fairness", "norbury", started.pk)).text)
    assert "Under these assumptions nothing is said of Urban Vision." in said


# ── the door for programs ────────────────────────────────────────────────────────────────────


def test_programs_read_what_the_pages_show(draft, trial, norbury):
    client = browser_of(Role.FINANCE_OFFICER, norbury)
    rows = client.get("/api/v1/agreements/drafts").json()
    assert [(row["name"], row["version"]) for row in rows["rows"]] == [("Urban services", 1)]
    one = client.get(f"/api/v1/agreements/drafts/norbury/{draft.pk}").json()
    assert one["text"] == drafting.latest_version(draft).text
    assert one["said"]
    trial.refresh_from_db()
    found = client.get(f"/api/v1/agreements/results/norbury/{trial.pk}").json()
    assert found["found"] == trial.result
    on_page = client.get(at("result", "norbury", trial.pk), {"format": "json"}).json()
    assert on_page == found["found"]


def test_programs_without_a_session_read_no_draft_and_no_result(draft, trial, care):
    share(draft, care)
    public, carer = Client(), browser_of(Role.PROVIDER, care)
    assert public.get("/api/v1/agreements/drafts").json()["count"] == 0
    assert carer.get("/api/v1/agreements/drafts").json()["rows"][0]["is_own"] is False
    for client in (public, carer):
        for address in (f"drafts/norbury/{draft.pk}", f"results/norbury/{trial.pk}"):
            answer = client.get(f"/api/v1/agreements/{address}")
            assert answer.status_code == 404
            assert "is read here by you" in answer.json()["sentence"]
    assert carer.get(f"/api/v1/agreements/drafts/care/{draft.pk}").status_code == 200
    assert carer.get(f"/api/v1/agreements/results/care/{trial.pk}").status_code == 404
