"""A decision is recorded by who may; what is exempt of it is read by who may, and by no other."""

import json
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from typer.testing import CliRunner

from moothall.core import audit
from moothall.core.models import AuditEntry
from moothall.core.ownership import export_body
from moothall.core.permissions import PUBLIC, Viewer
from moothall.decisions import actions, permissions, queries
from moothall.decisions.commands import decisions
from moothall.decisions.models import Decision, Exemption
from moothall.decisions.tests.factories import DecisionFactory, ExemptionFactory
from moothall.directory.actions import remove_body
from moothall.directory.engine.roles import MAY, Deed, roles_that_may
from moothall.directory.models import ExemptUnder, Person, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SAID = {
    "subject": "spend.match:17",
    "what": "They are one supplier",
    "why": "One company number",
    "authority": "Minute 14 of 3 May",
}
SECRET = "Settle for £48,000"
REASON = "Counsel's advice would serve the other side"
PARAGRAPH = ExemptUnder.LEGAL_PROFESSIONAL_PRIVILEGE
VISITORS = [None, *Role]


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury", slug="norbury")


@pytest.fixture
def settled(norbury):
    """An exempt decision, beside one that everybody reads."""
    DecisionFactory(body=norbury, what="Publish sooner", why="Residents asked")
    decision = DecisionFactory(body=norbury, what=SECRET, why="The risk of trial", subject="a.b:1")
    ExemptionFactory(decision=decision, paragraph=PARAGRAPH, why=REASON)
    return decision


def holder(role: Role, body):
    return RoleHeldFactory(organisation=body, role=role.value).person


def visit(role: Role | None, body) -> Client:
    client = Client()
    if role is not None:
        client.force_login(holder(role, body))
    return client


# ── recording ────────────────────────────────────────────────────────────────────────────────


def test_a_decision_keeps_what_why_who_and_on_whose_authority(norbury):
    officer = holder(Role.SECTION_151_OFFICER, norbury)
    actions.record_decision(body=norbury, **SAID, by=officer, at=NOW)
    (row,) = queries.decisions_about("spend.match:17", viewer=PUBLIC)
    assert (row.what, row.why, row.by) == (SAID["what"], SAID["why"], officer.name)
    assert (row.authority, row.exempt) == (SAID["authority"], "")
    entry = AuditEntry.objects.get()
    assert entry.did == "decisions.recorded"
    assert "supplier" not in entry.detail


def test_who_may_not_decide_is_told_why(norbury):
    with pytest.raises(actions.CannotRecordDecision, match="You cannot record a decision of Norb"):
        actions.record_decision(body=norbury, **SAID, by=PersonFactory(), at=NOW)


@pytest.mark.parametrize(
    ("unsaid", "sentence"),
    [
        ({"why": " ", "authority": ""}, "without saying why and on whose authority"),
        ({"exempt_under": PARAGRAPH}, "without saying why it is exempt"),
        ({"what": "x" * 301}, "what was decided takes 301 letters, and at most 300 fit"),
    ],
)
def test_a_decision_without_its_reason_is_none(norbury, unsaid, sentence):
    officer = holder(Role.SECTION_151_OFFICER, norbury)
    with pytest.raises(actions.CannotRecordDecision, match=sentence):
        actions.record_decision(body=norbury, **SAID | unsaid, by=officer, at=NOW)
    assert not AuditEntry.objects.exists()


def test_a_decision_may_be_exempt_from_its_first_moment(norbury):
    officer = holder(Role.COMMISSIONER, norbury)
    made = actions.record_decision(
        body=norbury, **SAID, exempt_under=PARAGRAPH, why_exempt=REASON, by=officer, at=NOW
    )
    assert queries.decision_row(made.pk, viewer=PUBLIC).is_withheld
    assert SAID["subject"] not in AuditEntry.objects.get().detail
    assert permissions.why_not_lift_exemption(officer, made).startswith(
        "You cannot say what is exempt at Norbury: only its monitoring officer may"
    )


def test_a_decision_is_recorded_on_its_page_about_what_the_page_shows(norbury):
    client = visit(Role.SECTION_151_OFFICER, norbury)
    about = f"/decisions/record/norbury?about=directory.organisation:{norbury.pk}"
    assert client.get(about).status_code == 200
    said = {name: SAID[name] for name in ("what", "why", "authority")}
    assert client.post(about, said | {"why": ""}).status_code == 422
    answer = client.post(about, said | {"exempt_under": "5", "why_exempt": REASON})
    made = Decision.objects.get()
    assert answer["Location"] == f"/decisions/{made.pk}"
    assert made.subject == f"directory.organisation:{norbury.pk}"
    assert made.exemptions.get().paragraph == 5


def test_a_decision_is_never_about_what_is_another_bodys(norbury):
    other = OrganisationFactory()
    client = visit(Role.SECTION_151_OFFICER, norbury)
    said = {name: SAID[name] for name in ("what", "why", "authority")}
    client.post(f"/decisions/record/norbury?about=directory.organisation:{other.pk}", said)
    assert Decision.objects.get().subject == f"directory.organisation:{norbury.pk}"


# ── exempt ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", Role)
def test_each_role_marks_and_lifts_as_the_table_says(role, norbury):
    decision, person = DecisionFactory(body=norbury), holder(role, norbury)
    deed = {"decision_id": decision.pk, "by": person, "at": NOW}
    if Deed.MARK_EXEMPT not in MAY[role]:
        with pytest.raises(actions.CannotMarkExempt, match="only its monitoring officer may"):
            actions.mark_exempt(**deed, paragraph=PARAGRAPH, why=REASON)
        ExemptionFactory(decision=decision)
        with pytest.raises(actions.CannotMarkExempt, match="only its monitoring officer may"):
            actions.lift_exemption(**deed)
        assert not AuditEntry.objects.exists()
        return
    actions.mark_exempt(**deed, paragraph=PARAGRAPH, why=REASON)
    assert queries.decision_row(decision.pk, viewer=PUBLIC).is_withheld
    actions.lift_exemption(**deed)
    assert not queries.decision_row(decision.pk, viewer=PUBLIC).is_withheld
    did = AuditEntry.objects.order_by("seq").values_list("did", flat=True)
    assert list(did) == ["decisions.marked_exempt", "decisions.exemption_lifted"]
    assert not [each for each in AuditEntry.objects.all() if "Counsel" in each.detail]
    assert audit.verify().holds


def test_a_monitoring_officer_of_another_body_marks_nothing_here(norbury):
    decision = DecisionFactory(body=norbury)
    stranger = holder(Role.MONITORING_OFFICER, OrganisationFactory())
    with pytest.raises(actions.CannotMarkExempt, match="you hold no such role there"):
        actions.mark_exempt(
            decision_id=decision.pk, paragraph=PARAGRAPH, why=REASON, by=stranger, at=NOW
        )


def test_a_decision_is_exempt_under_one_paragraph_at_a_time(norbury, settled):
    officer = holder(Role.MONITORING_OFFICER, norbury)
    deed = {"decision_id": settled.pk, "by": officer, "at": NOW}
    with pytest.raises(actions.CannotMarkExempt, match="is exempt already, under paragraph 5"):
        actions.mark_exempt(**deed, paragraph=ExemptUnder.CRIME, why=REASON)
    actions.lift_exemption(**deed)
    with pytest.raises(actions.CannotMarkExempt, match="There is nothing to lift"):
        actions.lift_exemption(**deed)
    with pytest.raises(actions.CannotMarkExempt, match="without saying why the public interest"):
        actions.mark_exempt(**deed, paragraph=ExemptUnder.CRIME, why=" ")
    actions.mark_exempt(**deed, paragraph=ExemptUnder.CRIME, why=REASON)
    assert Exemption.objects.count() == 2
    with pytest.raises(actions.CannotMarkExempt, match="There is no decision 999999"):
        actions.lift_exemption(decision_id=999_999, by=officer, at=NOW)


@pytest.mark.parametrize("paragraph", [0, 8])
def test_there_are_seven_paragraphs(paragraph):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExemptionFactory(paragraph=paragraph)


# ── every door ───────────────────────────────────────────────────────────────────────────────

DOORS = [
    "/decisions",
    "/decisions?format=csv",
    "/decisions?format=json",
    "/decisions?words=settle",
    "/decisions?words=advice",
    "/decisions?kept=exempt&format=csv",
    "/decisions?body=norbury&order=body",
    "/decisions/{id}",
    "/api/v1/decisions",
    "/api/v1/decisions?words=Settle",
    "/api/v1/decisions/{id}",
]


def told(answer) -> str:
    held = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return held.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("role", VISITORS)
def test_an_exempt_decision_is_read_by_who_may_and_through_no_door_by_others(
    role, norbury, settled
):
    may = role is not None and Deed.READ_EXEMPT in MAY[role]
    client = visit(role, norbury)
    for door in DOORS:
        answer = client.get(door.format(id=settled.pk))
        assert answer.status_code == 200, door
        text = told(answer)
        for words in (SECRET, "The risk of trial", "a.b:1"):
            assert may or words not in text, f"{door} told {role} {words}"
        if "words=" not in door:
            assert "paragraph 5: legal professional privilege" in text.lower(), door
    own = told(client.get(f"/decisions/{settled.pk}"))
    assert (SECRET in own and "The risk of trial" in own) == may
    assert REASON in own
    listed = told(client.get("/decisions?words=trial"))
    assert ("1 decision" in listed) == may


@pytest.mark.parametrize("role", VISITORS)
def test_what_an_exempt_decision_is_about_lists_it_only_for_who_may_read_it(role, norbury, settled):
    may = role is not None and Deed.READ_EXEMPT in MAY[role]
    viewer = viewer_for(holder(role, norbury)) if role else PUBLIC
    about = queries.about(settled.subject, "norbury", viewer=viewer)
    assert [row.what for row in about.rows] == [SECRET] * may


def test_everybody_is_told_why_an_exempt_decision_is_kept(settled):
    (row,) = Client().get("/decisions?kept=exempt&format=json").json()["rows"]
    assert (row["why_exempt"], row["why"], row["about"]) == (REASON, "", None)
    asked = Client().get(f"/api/v1/decisions/{settled.pk}").json()
    assert (asked["why_exempt"], asked["what"]) == (REASON, f"Exempt under {PARAGRAPH.words}.")


def test_who_reads_exempt_material_of_one_body_reads_none_of_another(norbury, settled):
    stranger = holder(Role.MONITORING_OFFICER, OrganisationFactory())
    assert queries.decision_row(settled.pk, viewer=viewer_for(stranger)).is_withheld
    rows = queries.decision_list(viewer=viewer_for(stranger), words="Settle")
    assert list(rows) == []


def test_whoever_may_take_everything_away_may_read_what_is_exempt(norbury, settled, tmp_path):
    assert set(roles_that_may(Deed.EXPORT_BODY)) <= set(roles_that_may(Deed.READ_EXEMPT))
    export_body(norbury.pk, tmp_path / "out", by=None, at=NOW)
    books = tmp_path / "out" / "books"
    assert SECRET in (books / "decisions.decision.csv").read_text()
    (line,) = (books / "decisions.exemption.jsonl").read_text().splitlines()
    assert (json.loads(line)["paragraph"], json.loads(line)["why"]) == (5, REASON)


def test_the_page_marks_and_lifts_and_says_so(norbury):
    decision = DecisionFactory(body=norbury, what=SECRET)
    client = visit(Role.MONITORING_OFFICER, norbury)
    page, own = Client(), f"/decisions/{decision.pk}"
    assert SECRET in told(page.get(own))
    assert client.post(f"{own}/exempt", {"paragraph": "8", "why": REASON}).status_code == 422
    assert client.post(f"{own}/exempt", {"paragraph": "5", "why": REASON}).status_code == 302
    assert client.post(f"{own}/exempt", {"paragraph": "5", "why": REASON}).status_code == 409
    assert SECRET not in told(page.get(own))
    assert client.post(f"{own}/lift").status_code == 302
    assert client.post(f"{own}/lift").status_code == 409
    assert SECRET in told(page.get(own))
    assert "until 2" in told(page.get(own))  # the day it was lifted


def test_who_may_not_mark_sees_the_sentence_and_is_refused(norbury, settled):
    client = visit(Role.SCRUTINY_MEMBER, norbury)
    assert "only its monitoring officer may" in told(client.get(f"/decisions/{settled.pk}"))
    assert client.post(f"/decisions/{settled.pk}/lift").status_code == 403
    assert client.get("/decisions/record/norbury").status_code == 403
    assert client.get("/decisions/999999").status_code == 404
    assert client.get("/api/v1/decisions/999999").status_code == 404


# ── the keyboard ─────────────────────────────────────────────────────────────────────────────


def test_decisions_by_the_keyboard(norbury):
    officer = holder(Role.MONITORING_OFFICER, norbury)

    def run(*words: str) -> str:
        done = CliRunner().invoke(decisions, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    by = ("--by", officer.email)
    said = ("--what", SECRET, "--why", "Risk", "--authority", "Minute 1")
    run("record", "--body", "Norbury", *said, *by, "--paragraph", "5", "--why-exempt", REASON)
    number = str(Decision.objects.get().pk)
    assert f"{SECRET}; exempt under paragraph 5" in run("list")
    (row,) = json.loads(run("list", "--body", "Norbury", "--format", "json"))["rows"]
    assert (row["what"], row["is_withheld"]) == (SECRET, False)
    run("lift", number, *by)
    run("exempt", number, "--paragraph", "7", "--why", REASON, *by)
    assert Exemption.objects.get(lifted_at=None).paragraph == 7


# ── what a decision is about ─────────────────────────────────────────────────────────────────


def test_a_subject_is_named_only_by_who_knows_it(norbury):
    found = queries.subject_of(f"directory.organisation:{norbury.pk}", PUBLIC)
    assert (found.label, found.url, found.body_id) == ("Norbury", "/bodies/norbury", norbury.pk)
    for unknown in ("directory.organisation:99", "directory.organisation:x", "spend.x:1", ""):
        assert queries.subject_of(unknown, Viewer.operator()) is None


@pytest.mark.django_db(transaction=True)
def test_what_was_exempt_before_exemptions_had_rows_stays_exempt(norbury):
    decision = DecisionFactory(body=norbury, what=SECRET)
    call_command("migrate", "decisions", "0002", verbosity=0)
    try:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE decisions_decision SET exempt_under = 5 WHERE id = %s", [decision.pk]
            )
    finally:
        call_command("migrate", verbosity=0)
    assert queries.decision_row(decision.pk, viewer=PUBLIC).is_withheld


# ── leaving ──────────────────────────────────────────────────────────────────────────────────


def test_with_a_body_its_people_go_and_whom_others_name_keeps_only_a_number(norbury):
    leaver, named, stays = (
        RoleHeldFactory(organisation=norbury, role=Role.SECTION_151_OFFICER).person
        for _ in range(3)
    )
    elsewhere = OrganisationFactory()
    RoleHeldFactory(organisation=elsewhere, role=Role.COMMISSIONER, person=stays)
    for person in (named, stays):
        DecisionFactory(body=elsewhere, by=person)
    assert EmailAddress.objects.filter(user=named).exists()
    SocialAccount.objects.create(
        user=named, provider="sign-in", uid="1", extra_data={"name": named.name}
    )
    Authenticator.objects.create(user=named, type="totp", data={"secret": "sealed"})
    kept = stays.email
    remove_body(body=norbury, confirm="Norbury", by=None, at=NOW)
    assert not Person.objects.filter(pk=leaver.pk).exists()
    stays.refresh_from_db()
    assert (stays.email, stays.is_active) == (kept, True)
    named.refresh_from_db()
    assert (named.name, named.is_active) == ("A former colleague", False)
    assert named.email == f"person-{named.pk}@removed.invalid"
    assert not named.has_usable_password()
    for model in (EmailAddress, SocialAccount, Authenticator):
        assert not model.objects.filter(user=named).exists()
