"""What an elected member reads on one page, and what programs read of the register."""

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from attrs import evolve
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions import register
from moothall.agreements.engine.to_ask import KnownOfAgreement, to_ask
from moothall.agreements.models import Draft, DraftVersion, Trial
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
QUIET = KnownOfAgreement(
    on=NOW.date(),
    ends_before=date(2036, 4, 1),
    review_on=date(2027, 4, 1),
    original_gbp=Decimal(100),
    forecast_gbp=Decimal(110),
    was_tried=True,
    shares=(("The charity", 0.5, 0.6),),
    silent=(),
    unhealthy=(),
    lacking=(),
    withheld=(),
    disputed_gbp=Decimal(0),
    performance="",
    overdue=0,
)


def test_where_nothing_known_calls_for_a_question_none_is_asked():
    assert to_ask(QUIET) == ()


@pytest.mark.parametrize(
    ("known", "question"),
    [
        ({"disputed_gbp": Decimal(104_400)}, "£104,400 of what was stated is disputed: over what"),
        ({"performance": "in default"}, "Performance is in default: what is done about it"),
        ({"overdue": 1}, "1 promise beside payments is overdue or not kept: who asks"),
        ({"overdue": 2}, "2 promises beside payments are overdue or not kept"),
        ({"ends_before": date(2026, 11, 24)}, "Its last day was before 24 November 2026: on which"),
        ({"ends_before": date(2028, 5, 25)}, "It ends before 25 May 2028: what follows"),
        ({"review_on": date(2026, 11, 24)}, "It was to be reviewed on 24 November 2026"),
        ({"forecast_gbp": Decimal("110.01")}, "It is to cost 10.0% more than at award, £110.01"),
        ({"was_tried": False}, "Nobody has tried these terms"),
        ({"shares": (("The charity", 0.2, 0.7),)}, "The charity has 20.0% of the expected reward"),
        ({"silent": ("A", "B")}, "What is in it for A and B? Nobody has said."),
        ({"unhealthy": ("Who leads?",)}, "The health check says no to “Who leads?”"),
        ({"withheld": ("price",)}, "1 part of it (price) is kept from the public"),
        ({"withheld": ("price", "exit")}, "2 parts of it (price and exit) are kept"),
        ({"lacking": ("the day it ends",)}, "The record does not say the day it ends: why not?"),
    ],
)
def test_each_fact_calls_for_its_own_question_and_no_other(known, question):
    (found,) = to_ask(evolve(QUIET, **known))
    assert found.startswith(question)


def test_what_is_not_known_is_not_asked_as_if_it_were_bad():
    assert to_ask(evolve(QUIET, was_tried=None, original_gbp=None, ends_before=None)) == ()
    assert to_ask(evolve(QUIET, ends_before=date(2028, 5, 26))) == ()  # eighteen months and a day


@pytest.fixture
def agreement(db):
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    care = OrganisationFactory(name="Lantern Care", slug="lantern", kind="charity")
    return agreement_of(
        norbury, care, name="Care at home", purpose="Longer at home", outcomes="Fewer falls",
        value_pence=100_000_000, is_public=True, by=manager_of(norbury),
    )  # fmt: skip


def client_of(role, body) -> Client:
    client = Client()
    client.force_login(RoleHeldFactory(organisation=body, role=role.value).person)
    return client


def page(client, agreement) -> str:
    answer = client.get(reverse("agreements:one_page", args=[agreement.pk]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_member_reads_what_was_promised_what_it_costs_who_carries_the_risk_and_what_to_ask(
    agreement,
):
    html = page(client_of(Role.SCRUTINY_MEMBER, agreement.body), agreement)
    assert "Longer at home" in html
    assert "Fewer falls" in html
    assert "It was worth £1m at award" in html
    assert "These terms were not simulated" in html
    assert "Nobody has tried these terms" in html
    assert "What is in it for Norbury Council and Lantern Care? Nobody has said." in html
    assert "Nothing since it was agreed" in html


def test_what_a_trial_found_is_said_to_whoever_reads_the_deals_of_the_body_that_ran_it(agreement):
    version = agreement.versions.get()
    draft = Draft.objects.create(body=agreement.body, name="Care", by=agreement.by, at=NOW)
    tried = DraftVersion.objects.create(
        draft=draft, number=1, text=version.text, digest=version.digest, by=agreement.by, at=NOW
    )
    Trial.objects.create(
        version=tried, kind="SIMULATE", state="WAITING", asked={}, by=agreement.by, at=NOW
    )
    html = page(client_of(Role.SCRUTINY_MEMBER, agreement.body), agreement)
    assert "These terms were not simulated" in html  # it has not ended yet
    Trial.objects.update(state="DONE", result={}, ended_at=NOW)
    lantern = agreement.members.get(organisation__slug="lantern").organisation
    html = page(client_of(Role.SCRUTINY_MEMBER, lantern), agreement)
    assert "The body that simulated these terms keeps what it found" in html
    assert "Nobody has tried these terms" not in html


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_that_read_agreements_read_the_one_page(agreement, role):
    answer = client_of(role, agreement.body).get(
        reverse("agreements:one_page", args=[agreement.pk])
    )
    assert answer.status_code == (200 if Deed.READ_AGREEMENT in MAY[role] else 403)


def test_programs_read_the_register_as_far_as_whoever_asks_may(agreement, client):
    said = {"part": "value", "why": "A tender runs.", "review_on": date(2027, 3, 31)}
    register.withhold(agreement=agreement, **said, by=agreement.by, at=NOW)
    hidden = agreement_of(agreement.body, name="Hidden")
    found = client.get("/api/v1/agreements/register").json()
    assert [row["name"] for row in found["rows"]] == ["Care at home"]
    assert found["rows"][0]["value_gbp"] is None
    assert found["rows"][0]["withheld"][0]["why"] == "A tender runs."
    assert found["rows"][0]["lacking"] == []
    one = client.get(f"/api/v1/agreements/register/{agreement.pk}").json()
    assert one["outcomes"] == ["Fewer falls"]
    assert [each["number"] for each in one["versions"]] == [1]
    missing = client.get(f"/api/v1/agreements/register/{hidden.pk}")
    assert missing.status_code == 404
    assert f"No agreement of number {hidden.pk} is read here by you" in missing.json()["sentence"]
    mine = client_of(Role.SCRUTINY_MEMBER, agreement.body)
    rows = mine.get("/api/v1/agreements/register", {"member": "lantern"}).json()["rows"]
    assert [(row["name"], row["value_gbp"]) for row in rows] == [("Care at home", "1000000.00")]
