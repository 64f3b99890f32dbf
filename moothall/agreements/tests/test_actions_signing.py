"""From a draft to an agreement in force: who does what, and what each refusal says."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions import exits, performing, register, signing
from moothall.agreements.actions.signing import CannotSign
from moothall.agreements.actions.trying import start_simulation, try_deal
from moothall.agreements.models import Member
from moothall.agreements.queries.exits import empty_parts
from moothall.agreements.queries.terms import terms_of
from moothall.agreements.tests.factories import draft_of, manager_of
from moothall.core.models import AuditEntry
from moothall.deals import tests as examples
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = NOW.date()
DIGEST = "ab" * 32
CONTACT_CENTRE = Path(examples.__file__).parent / "examples" / "service_credits.toml"
POWER = "Local Government (Contracts) Act 1997, section 1"
NEEDED = ("identity", "owners", "exclusion", "finances", "insurance")


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def lights():
    return OrganisationFactory(
        name="Brightlamp Ltd", slug="brightlamp", kind="company", is_of_the_place=False
    )


@pytest.fixture
def manager(norbury):
    return manager_of(norbury)


@pytest.fixture
def officer(norbury):
    """Who signs for the council: its section 151 officer."""
    return RoleHeldFactory(organisation=norbury, role=Role.SECTION_151_OFFICER.value).person


@pytest.fixture
def draft(norbury, manager):
    return draft_of(
        norbury, by=manager, text=CONTACT_CENTRE.read_text("utf-8"), name="Street lighting"
    )


@pytest.fixture
def agreement(norbury, lights, manager):
    made = register.add_agreement(
        body=norbury,
        name="Street lighting",
        kind="contract",
        role="commissioner",
        purpose="To keep the lamps lit",
        power=POWER,
        leaving_terms="Six months' notice",
        regime="PA_2023",
        starts_on=date(2026, 4, 1),
        ends_before=date(2029, 4, 1),
        value_pence=30_000_000,
        prevails="deal",
        by=manager,
        at=NOW,
    )
    register.add_member(agreement=made, organisation=lights, role="provider", by=manager, at=NOW)
    return made


def make_ready(agreement, draft, lights, manager, officer):
    """Everything that is asked for before a party executes it."""
    trial = start_simulation(version=draft.versions.get(), draws=1_000, seed=1, by=manager, at=NOW)
    try_deal.func(trial.pk)
    signing.agree_in_principle(agreement=agreement, draft=draft, by=manager, at=NOW)
    for role, party in (("commissioner", "council"), ("provider", "contractor")):
        member = agreement.members.get(role=role)
        register.set_member(member=member, party=party, by=manager, at=NOW)
    for part in ("staff", "assets", "data", "contracts", "licences"):
        exits.say_nothing_of_the_kind(
            agreement=agreement, part=part, because="None is the council's.", by=manager, at=NOW
        )
    exits.add_exit_cost(
        agreement=agreement,
        what="Handing over the lamp records",
        low_gbp=Decimal(5_000),
        mode_gbp=Decimal(8_000),
        high_gbp=Decimal(20_000),
        shares={"council": Decimal("0.5"), "contractor": Decimal("0.5")},
        by=manager,
        at=NOW,
    )
    for kind in NEEDED:
        performing.record_check(
            body=agreement.body, partner=lights, kind=kind, checked_on=date(2026, 11, 2),
            outcome="clear", by=manager, at=NOW,
        )  # fmt: skip
    signing.decide_to_sign(
        agreement=agreement, body=agreement.body, why="It costs less than in-house.",
        authority="Scheme of delegation, 4.2", by=officer, at=NOW,
    )  # fmt: skip


def execute(agreement, by, *, of="commissioner", **said):
    given = {
        "method": "hand", "signed_on": TODAY, "document_name": "contract.pdf",
        "document_digest": DIGEST, "at": NOW,
    }  # fmt: skip
    member = agreement.members.get(role=of)
    return signing.record_execution(agreement=agreement, member=member, by=by, **{**given, **said})


def refused(action, **said):
    with pytest.raises(CannotSign) as refusal:
        action(**said)
    return str(refusal.value)


def test_from_a_draft_to_an_agreement_in_force(agreement, draft, lights, manager, officer):
    make_ready(agreement, draft, lights, manager, officer)
    assert empty_parts(agreement) == ()
    council = execute(agreement, manager, signatory=officer)
    assert council.authority == "section 151 officer"
    execute(
        agreement, manager, of="provider", signatory_name="Bo Field", authority="Director",
        method="e-signature",
    )  # fmt: skip
    agreement.refresh_from_db()
    assert agreement.state == "EXECUTING"
    signing.commence(agreement=agreement, in_force_from=date(2026, 4, 1), by=manager, at=NOW)
    agreement.refresh_from_db()
    assert agreement.state == "IN_FORCE"
    assert terms_of(agreement).latest.name == "A contact centre"
    did = AuditEntry.objects.filter(subject=f"agreements.agreement:{agreement.pk}")
    assert list(did.order_by("seq").values_list("did", flat=True))[-3:] == [
        "agreements.executed",
        "agreements.executed",
        "agreements.commenced",
    ]


def test_what_is_not_ready_is_refused_and_nothing_is_recorded(agreement, draft, manager, officer):
    signing.agree_in_principle(agreement=agreement, draft=draft, by=manager, at=NOW)
    said = refused(execute, agreement=agreement, by=manager, signatory=officer)
    assert said == (
        "Street lighting cannot be recorded as executed: this exact version of its terms was not "
        "simulated. Simulate the draft as it stands."
    )
    agreement.refresh_from_db()
    assert agreement.state == "AGREED"
    assert not agreement.versions.get().executions.exists()


def test_what_moves_money_is_not_agreed_without_terms(agreement, manager):
    assert refused(signing.agree_in_principle, agreement=agreement, by=manager, at=NOW).endswith(
        "and has no terms. Choose the draft that holds them."
    )


def test_a_draft_of_a_body_outside_it_is_not_taken(agreement, manager):
    strange = draft_of(OrganisationFactory(), name="Elsewhere")
    assert refused(
        signing.agree_in_principle, agreement=agreement, draft=strange, by=manager, at=NOW
    ) == (
        "The terms are not taken: Elsewhere is no draft of a body of Street lighting. Choose one "
        "of the list."
    )


def test_who_holds_no_role_to_sign_has_no_authority(agreement, draft, lights, manager, officer):
    make_ready(agreement, draft, lights, manager, officer)
    clerk = PersonFactory(name="Al Clerk")
    assert refused(execute, agreement=agreement, by=manager, signatory=clerk) == (
        "Al Clerk has no authority to sign for Norbury Council: on 24 November 2026 they held no "
        "role there that may. Give the role first, or name who may."
    )
    assert refused(
        execute, agreement=agreement, by=manager, of="provider", signatory_name="Bo Field"
    ) == (
        "Say who signed for Brightlamp Ltd, and what entitles them to: a director, or a "
        "resolution with its date."
    )
    assert refused(execute, agreement=agreement, by=manager, signatory_name="Bo Field") == (
        "Say who signed for Norbury Council: one of those who hold a role to sign there."
    )


def test_one_person_does_not_act_for_two_parties(agreement, draft, lights, manager, officer):
    make_ready(agreement, draft, lights, manager, officer)
    execute(agreement, manager, signatory=officer)
    assert refused(
        execute, agreement=agreement, by=manager, of="provider",
        signatory_name=officer.name, authority="Director",
    ) == (
        f"{officer.name} cannot sign for Brightlamp Ltd: the same person signed for Norbury "
        "Council, and nobody acts for two parties. Have another person sign."
    )  # fmt: skip


def test_a_party_executes_a_version_once_and_with_its_document(
    agreement, draft, lights, manager, officer
):
    make_ready(agreement, draft, lights, manager, officer)
    assert refused(
        execute, agreement=agreement, by=manager, signatory=officer, document_digest=""
    ).startswith("An execution is not recorded without the executed document.")
    assert refused(
        execute, agreement=agreement, by=manager, signatory=officer,
        signed_on=TODAY + timedelta(days=1),
    ) == "25 November 2026 is still to come. Record the execution once it is done."  # fmt: skip
    assert "is before 24 November 2026, when this version was agreed in principle here" in refused(
        execute, agreement=agreement, by=manager, signatory=officer,
        signed_on=TODAY - timedelta(days=1),
    )  # fmt: skip
    assert refused(execute, agreement=agreement, by=manager, signatory=officer, method="fax") == (
        "Say how Norbury Council executed it: under seal, by hand or by e-signature."
    )
    execute(agreement, manager, signatory=officer)
    assert refused(execute, agreement=agreement, by=manager, signatory=officer) == (
        "Norbury Council has executed this version already. There is nothing to do."
    )


def test_a_call_in_that_runs_and_a_missing_comment_stop_it(
    agreement, draft, lights, manager, officer, norbury
):
    make_ready(agreement, draft, lights, manager, officer)
    signing.set_clocks(
        agreement=agreement, call_in_ends_on=TODAY, standstill_ends_on=None, by=manager, at=NOW
    )
    assert "a call-in runs until 24 November 2026" in refused(
        execute, agreement=agreement, by=manager, signatory=officer
    )
    signing.set_clocks(
        agreement=agreement, call_in_ends_on=None, standstill_ends_on=None, by=manager, at=NOW
    )
    register.set_agreement(agreement=agreement, value_pence=90_000_000, by=manager, at=NOW)
    assert "the monitoring officer’s comment" in refused(
        execute, agreement=agreement, by=manager, signatory=officer
    )
    monitoring = RoleHeldFactory(organisation=norbury, role=Role.MONITORING_OFFICER.value).person
    for each in (officer, monitoring):
        signing.comment(agreement=agreement, text="No objection.", by=each, at=NOW)
    execute(agreement, manager, signatory=officer)


def test_a_statutory_officer_sets_the_limit_of_their_own_body(agreement, norbury, manager, officer):
    said = {"body": norbury, "above_gbp": Decimal(100_000), "source": "Constitution, 4.7"}
    assert "You cannot comment" in refused(signing.set_comment_limit, **said, by=manager, at=NOW)
    for wrong in ({"source": " "}, {"above_gbp": Decimal(-1)}):
        assert "The limit is not set: give an amount" in refused(
            signing.set_comment_limit, **said | wrong, by=officer, at=NOW
        )
    signing.set_comment_limit(**said, by=officer, at=NOW)
    signing.set_comment_limit(**said | {"above_gbp": Decimal(50_000)}, by=officer, at=NOW)
    assert signing.queries.ready_to_sign(agreement, TODAY).own_limit_gbp == 50_000


def test_only_a_statutory_officer_comments(agreement, draft, manager):
    signing.agree_in_principle(agreement=agreement, draft=draft, by=manager, at=NOW)
    assert "only its section 151 officer or monitoring officer may" in refused(
        signing.comment, agreement=agreement, text="Fine.", by=manager, at=NOW
    )


def test_going_back_to_the_draft_takes_new_terms_to_sign(agreement, draft, manager):
    signing.agree_in_principle(agreement=agreement, draft=draft, by=manager, at=NOW)
    assert (
        refused(signing.reconsider, agreement=agreement, why=" ", by=manager, at=NOW)
        == "Street lighting stays as it is without a reason. Say why."
    )
    signing.reconsider(agreement=agreement, why="The fee rose.", by=manager, at=NOW)
    second = signing.agree_in_principle(agreement=agreement, draft=draft, by=manager, at=NOW)
    assert second.number == 2


def test_it_is_not_in_force_before_every_party_signed(agreement, draft, lights, manager, officer):
    make_ready(agreement, draft, lights, manager, officer)
    execute(agreement, manager, signatory=officer)
    assert refused(
        signing.commence, agreement=agreement, in_force_from=TODAY, by=manager, at=NOW
    ) == (
        "Street lighting is not brought into force: Brightlamp Ltd has not executed it. Record "
        "that they did."
    )


def test_a_public_party_with_a_fifth_needs_reserved_matters_or_a_waiver(
    norbury, lights, manager, officer
):
    draft = draft_of(norbury, by=manager)
    venture = register.add_agreement(
        body=norbury, name="Urban services", kind="company", role="owner", by=manager, at=NOW
    )
    signing.agree_in_principle(agreement=venture, draft=draft, by=manager, at=NOW)
    unmet = {each.key: each.refusal for each in signing.queries.checks_of(
        signing.queries.ready_to_sign(venture, TODAY), TODAY
    )}  # fmt: skip
    assert "holds a quarter or less, and no matter is reserved" in unmet["reserved"]
    signing.waive_reserved_matters(
        agreement=venture, why="The articles protect it.", by=officer, at=NOW
    )
    ready = signing.queries.ready_to_sign(venture, TODAY)
    assert {each.key for each in signing.queries.checks_of(ready, TODAY) if each.is_met} >= {
        "reserved"
    }


def test_a_compact_is_signed_without_a_deal(norbury, lights, manager, officer):
    compact = register.add_agreement(
        body=norbury, name="Winter compact", kind="compact", role="partner", purpose="Warm places",
        review_on=date(2027, 4, 1), leaving_terms="By a letter", by=manager, at=NOW,
    )  # fmt: skip
    register.add_member(agreement=compact, organisation=lights, role="observer", by=manager, at=NOW)
    signing.agree_in_principle(agreement=compact, by=manager, at=NOW)
    execute(compact, manager, of="partner", signatory=officer)
    signing.commence(agreement=compact, in_force_from=TODAY, by=manager, at=NOW)
    compact.refresh_from_db()
    assert compact.state == "IN_FORCE"
    assert terms_of(compact).why_not.startswith("Nothing of Winter compact can be settled")


# ── the page ─────────────────────────────────────────────────────────────────────────────────


def browser_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_says_what_is_missing_and_records_an_execution_from_its_file(
    agreement, draft, lights, manager, officer
):
    client, here = browser_of(manager), reverse("agreements:signing", args=[agreement.pk])
    said = unescape(client.get(here).content.decode())
    assert "checks are not met" in said.replace("</strong>", "").replace("<strong>", "")
    answer = client.post(f"{here}/agree", {"draft": draft.pk})
    assert answer.status_code == 302
    agreement.refresh_from_db()
    signing.reconsider(agreement=agreement, why="To begin again.", by=manager, at=NOW)
    make_ready(agreement, draft, lights, manager, officer)
    member = Member.objects.get(agreement=agreement, role="commissioner")
    file = SimpleUploadedFile("contract.pdf", b"%PDF-1.7 signed")
    answer = client.post(
        f"{here}/execute-{member.pk}",
        {"signatory": officer.pk, "method": "seal", "signed_on": "2026-11-24", "document": file},
    )
    assert answer.status_code == 302, unescape(answer.content.decode())
    held = member.executions.get()
    assert (held.document_name, held.method) == ("contract.pdf", "seal")
    assert held.document_digest == hashlib.sha256(b"%PDF-1.7 signed").hexdigest()
    schedule = client.get(reverse("agreements:schedule", args=[agreement.pk]))
    assert schedule.content[:2] == b"PK"
    assert client.post(f"{here}/sell", {}).status_code == 404


def test_the_public_and_strangers_do_not_see_the_signing(agreement):
    here = reverse("agreements:signing", args=[agreement.pk])
    assert Client().get(here).status_code == 302
    stranger = RoleHeldFactory(
        organisation=OrganisationFactory(), role=Role.PARTNERSHIP_MANAGER.value
    ).person
    assert browser_of(stranger).get(here).status_code == 404
