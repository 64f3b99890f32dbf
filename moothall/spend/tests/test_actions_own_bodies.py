"""Payments between the place's own bodies: matched by name, corrected by a person, and undone."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from moothall.core import lake
from moothall.core.models import AuditEntry
from moothall.core.permissions import Viewer
from moothall.directory.models import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.own_bodies import (
    CannotDecideOwnBody,
    say_who_payee_is,
    undo_own_body,
)
from moothall.spend.actions.projecting import project
from moothall.spend.actions.refreshing import rename_again, settle_now
from moothall.spend.models import PublicBodyDecision
from moothall.spend.queries.own_bodies import own_bodies

AT = datetime(2025, 5, 9, 10, tzinfo=UTC)
FILE = """\
Date,Supplier name,Net amount
01/04/2025,BRACKWATER COUNCIL,1000.00
02/04/2025,Brackwater BC,200.00
03/04/2025,BRACKWATER B.C.,20.00
04/04/2025,Lantern Catering Ltd,5.00
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def brackwater():
    return OrganisationFactory(name="Brackwater Council")


@pytest.fixture
def ashmere(brackwater, tmp_path):
    body = OrganisationFactory(name="Ashmere Council")
    path = tmp_path / "2025-04.csv"
    path.write_text(FILE)
    load_files([path], body=body, by=None, at=AT)
    project(at=AT)
    return body


def found():
    return own_bodies(Viewer.operator(), day=AT.date())


def said(payees):
    return {(payee.name, payee.is_body, payee.how): payee.spend_gbp for payee in payees}


def say(name, ashmere, organisation, by=None):
    return say_who_payee_is(name=name, paid_by=ashmere, organisation=organisation, by=by, at=AT)


def test_a_payee_named_as_a_body_is_taken_for_it(ashmere):
    assert said(found().matched) == {
        ("BRACKWATER COUNCIL", "Brackwater Council", "directory"): Decimal("1000.00")
    }
    assert found().total_gbp == Decimal("1000.00")


def test_a_persons_word_holds_for_every_spelling_and_for_files_to_come(
    ashmere, brackwater, tmp_path
):
    say("Brackwater BC", ashmere, brackwater)
    assert said(found().matched) == {
        ("BRACKWATER COUNCIL", "Brackwater Council", "directory"): Decimal("1000.00"),
        ("Brackwater BC", "Brackwater Council", "person"): Decimal("220.00"),
    }
    path = tmp_path / "2025-05.csv"
    path.write_text(
        "Date,Supplier name,Supplier id,Net amount\n01/05/2025,Brackwater BC,S77,9.00\n"
    )
    load_files([path], body=ashmere, by=None, at=AT)
    project(at=AT)
    assert found().total_gbp == Decimal("1229.00")


def test_a_person_may_say_that_a_payee_is_none_of_the_bodies(ashmere):
    say("Brackwater Council", ashmere, None)
    assert found().matched == ()
    assert said(found().decided_none) == {
        ("BRACKWATER COUNCIL", None, "person"): Decimal("1000.00")
    }


def test_a_word_taken_back_leaves_it_to_the_directory_again(ashmere, brackwater):
    decision = say("Brackwater BC", ashmere, brackwater)
    undo_own_body(decision_id=decision.pk, by=None, at=AT)
    assert found().total_gbp == Decimal("1000.00")
    deeds = AuditEntry.objects.filter(did__startswith="spend.own_body").order_by("seq")
    assert [entry.did for entry in deeds] == ["spend.own_body_decided", "spend.own_body_undone"]
    assert "Brackwater" not in deeds[0].detail
    with pytest.raises(CannotDecideOwnBody, match="undone already"):
        undo_own_body(decision_id=decision.pk, by=None, at=AT)
    with pytest.raises(CannotDecideOwnBody, match="has the number 999999"):
        undo_own_body(decision_id=999999, by=None, at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_word_is_quick_shown_at_once_and_a_worker_settles_the_names(
    ashmere, brackwater, settings
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    before = lake.current_generation().number
    decision = say("Brackwater BC", ashmere, brackwater)
    assert lake.current_generation().number == before
    assert found().total_gbp == Decimal("1220.00")
    say("Brackwater BC", ashmere, None)
    assert said(found().decided_none) == {("Brackwater BC", None, "person"): Decimal("220.00")}
    assert rename_again.func("spend.own_body_decided") is None  # a job that waits will do it
    settle_now()
    assert lake.current_generation().number > before
    assert PublicBodyDecision.objects.get(pk=decision.pk).undone_at == AT


def test_a_later_word_takes_the_place_of_an_earlier(ashmere, brackwater):
    say("Brackwater BC", ashmere, None)
    say("BRACKWATER B.C.", ashmere, brackwater)
    assert PublicBodyDecision.objects.filter(undone_at=None).count() == 1
    assert found().total_gbp == Decimal("1220.00")


def test_only_the_body_that_pays_says_who_its_payees_are(ashmere, brackwater):
    stranger = RoleHeldFactory(organisation=brackwater, role=Role.FINANCE_OFFICER.value).person
    with pytest.raises(CannotDecideOwnBody, match="cannot decide a supplier match for Ashmere"):
        say("Brackwater BC", ashmere, brackwater, by=stranger)
    decision = say("Brackwater BC", ashmere, brackwater)
    with pytest.raises(CannotDecideOwnBody, match="cannot decide a supplier match for Ashmere"):
        undo_own_body(decision_id=decision.pk, by=stranger, at=AT)
    officer = RoleHeldFactory(organisation=ashmere, role=Role.FINANCE_OFFICER.value).person
    assert say("Brackwater BC", ashmere, None, by=officer).by == officer


def test_a_word_must_be_about_a_payee_and_a_body_of_the_place(ashmere, brackwater):
    with pytest.raises(CannotDecideOwnBody, match="published no payment to “Nobody”"):
        say("Nobody", ashmere, brackwater)
    elsewhere = OrganisationFactory(name="Faraway Council", is_of_the_place=False)
    with pytest.raises(CannotDecideOwnBody, match="not one of the place's own bodies"):
        say("Brackwater BC", ashmere, elsewhere)
