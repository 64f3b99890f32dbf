"""Registers and own bodies on the pages: loaded, looked at, taken out; said and undone."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.core import lake
from moothall.directory.models import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.models import PublicBodyDecision, Register

AT = datetime(2025, 5, 9, 10, tzinfo=UTC)
REGISTER = """\
Organisation name,Company number,Postcode
Brackwater Homes Ltd,01234567,BB5 1AA
,07654321,=1+1
"""
SPEND = """\
Date,Supplier name,Net amount
01/04/2025,BRACKWATER COUNCIL,1000.00
02/04/2025,Lantern Borough Council,200.00
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def ashmere():
    return OrganisationFactory(name="Ashmere Council", slug="ashmere")


@pytest.fixture
def officer(ashmere, client):
    person = RoleHeldFactory(organisation=ashmere, role=Role.FINANCE_OFFICER.value).person
    client.force_login(person)
    return person


def upload(client, text=REGISTER, **said):
    file = SimpleUploadedFile("list.csv", text.encode())
    return client.post("/spending/registers/", {"name": "Firms", "file": file} | said)


def test_a_register_is_loaded_looked_at_and_taken_out(client, officer):
    assert "No register is loaded." in client.get("/spending/registers/").content.decode()
    answer = upload(client, every=["mutual"])
    register = Register.objects.get()
    assert answer.url == f"/spending/registers/{register.pk}/"
    page = client.get(answer.url).content.decode()
    assert "1 of its 2 rows were kept" in page
    assert "names nobody on this row" in page
    assert "a mutual or co-operative" in page
    assert "Firms" in client.get("/spending/registers/").content.decode()
    aside = client.get(f"{answer.url}aside.csv").getvalue().decode()
    assert "no_name" in aside
    assert "'=1+1" in aside
    assert "Take “Firms” out?" in client.get(f"{answer.url}remove").content.decode()
    gone = client.post(f"{answer.url}remove", follow=True).content.decode()
    assert "Firms is taken out." in gone
    assert not Register.objects.exists()


def test_a_file_that_is_no_register_is_refused_in_a_sentence(client, officer):
    answer = upload(client, "When,How much\n1,2\n")
    assert answer.status_code == 409
    assert "none of its first rows heads a column of organisations" in answer.content.decode()
    assert upload(client, file="").status_code == 422


def test_a_payee_is_said_to_be_a_body_of_the_place_and_not_again(
    client, ashmere, officer, tmp_path
):
    brackwater = OrganisationFactory(name="Brackwater Council", slug="brackwater")
    path = tmp_path / "2025-04.csv"
    path.write_text(SPEND)
    load_files([path], body=ashmere, by=None, at=AT)
    project(at=AT)
    page = client.get("/spending/own-bodies/").content.decode()
    assert "of the payments you read went to 1 payee that is a body of the place" in page
    assert "£1,000.00" in page
    assert "Lantern Borough Council" in page
    sent = {"paid_by": "ashmere", "name": "Lantern Borough Council", "body": "brackwater"}
    client.post("/spending/own-bodies/", sent)
    decision = PublicBodyDecision.objects.get()
    assert (decision.organisation, decision.by) == (brackwater, officer)
    assert "a person said so" in client.get("/spending/own-bodies/").content.decode()
    client.post(f"/spending/own-bodies/{decision.pk}/undo")
    assert "a person said so" not in client.get("/spending/own-bodies/").content.decode()
    refused = client.post("/spending/own-bodies/", sent | {"name": "Nobody"})
    assert refused.status_code == 409
    assert "published no payment to “Nobody”" in refused.content.decode()
