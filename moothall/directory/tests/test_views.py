"""Pages of bodies, people, interests and one's own account."""

from datetime import date

import pytest
from django.urls import reverse

from moothall.directory.engine.roles import Role
from moothall.directory.models import DeclaredInterest, Person, RoleHeld
from moothall.directory.tests.factories import (
    DeclaredInterestFactory,
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
    SuccessionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury", slug="norbury", gss_code="E07000999")


@pytest.fixture
def administrator(norbury, client):
    person = RoleHeldFactory(role=Role.SYSTEM_ADMINISTRATOR.value, organisation=norbury).person
    client.force_login(person)
    return person


def text(answer) -> str:
    return answer.content.decode()


def test_the_public_reads_what_a_body_is_and_what_it_came_from(client, norbury):
    SuccessionFactory(predecessor__name="Old East", successor=norbury)
    assert "Norbury" in text(client.get(reverse("directory:home")))
    page = text(client.get(reverse("directory:body", args=["norbury"])))
    assert "Old East" in page
    assert "100%" in page
    assert "People and roles" not in page


def test_a_body_that_is_not_there_is_a_sentence(client):
    answer = client.get(reverse("directory:body", args=["nowhere"]))
    assert answer.status_code == 404
    assert "No body has this address" in text(answer)


def test_with_no_body_the_list_says_what_to_do(client):
    assert "moothall body add" in text(client.get(reverse("directory:home")))


def test_a_refused_page_carries_the_sentence(client, norbury):
    client.force_login(RoleHeldFactory(organisation=norbury).person)
    answer = client.get(reverse("directory:people", args=["norbury"]))
    assert answer.status_code == 403
    assert "only its system administrator may" in text(answer)


def test_an_administrator_gives_a_role_and_ends_it(client, norbury, administrator):
    page = reverse("directory:people", args=["norbury"])
    sent = {
        "email": "new@example.org",
        "name": "New Person",
        "role": "FINANCE_OFFICER",
        "starts_on": "2020-04-01",
        "last_day": "2999-03-31",
    }
    assert client.post(page, sent).status_code == 302
    held = RoleHeld.objects.get(person__email="new@example.org")
    assert held.ends_before == date(2999, 4, 1)
    assert "New Person, finance officer of Norbury: given." in text(client.get(page))
    end = reverse("directory:end_role", args=["norbury", held.pk])
    assert "End New Person" in text(client.get(end))
    assert client.post(end).status_code == 302
    assert "Roles that have ended" in text(client.get(page))


def test_what_is_wrong_with_a_role_is_said_beside_it(client, norbury, administrator):
    page = reverse("directory:people", args=["norbury"])
    assert client.post(page, {"email": "x"}).status_code == 422
    sent = {"email": administrator.email, "role": "PROVIDER", "starts_on": "2020-04-01"}
    refused = client.post(page, sent)
    assert refused.status_code == 409
    assert "You cannot give yourself the role of provider" in text(refused)


def test_the_last_administrator_is_told_why_they_stay(client, norbury, administrator):
    end = reverse("directory:end_role", args=["norbury", administrator.roles.get().pk])
    refused = client.post(end)
    assert refused.status_code == 409
    assert "nobody else there could then give or end roles" in text(refused)


def test_a_role_of_another_body_is_not_there(client, norbury, administrator):
    other = RoleHeldFactory()
    end = reverse("directory:end_role", args=["norbury", other.pk])
    assert client.post(end).status_code == 404
    other.refresh_from_db()
    assert other.ends_before is None


def test_an_account_shows_roles_deputies_and_interests(client, norbury):
    held = RoleHeldFactory(organisation=norbury)
    RoleHeldFactory(organisation=norbury, person__name="Dee Puty", deputy_for=held)
    client.force_login(held.person)
    page = reverse("directory:my_account")
    shown = text(client.get(page))
    assert "Finance officer of" in shown
    assert "load spend for Norbury" in shown
    assert "Dee Puty" in shown
    sent = {"body": "norbury", "kind": "LAND", "what": "A field"}
    assert client.post(page, sent).status_code == 302
    interest = DeclaredInterest.objects.get()
    assert "A field" in text(client.get(page))
    assert client.post(page, {"body": "norbury"}).status_code == 422
    end = reverse("directory:end_interest", args=[interest.pk])
    assert client.post(end).status_code == 302
    interest.refresh_from_db()
    assert interest.ended_on
    assert "already. Nothing needs doing." in text(client.post(end, follow=True))


def test_someone_without_a_role_sees_what_that_means(client):
    client.force_login(PersonFactory())
    assert "You see what the public sees" in text(client.get(reverse("directory:my_account")))


def test_another_persons_interest_is_not_there(client):
    client.force_login(PersonFactory())
    end = reverse("directory:end_interest", args=[DeclaredInterestFactory().pk])
    assert client.post(end).status_code == 404


def test_the_public_register_shows_members_and_of_the_sensitive_only_that_it_is(client, norbury):
    member = RoleHeldFactory(organisation=norbury, role=Role.OTHER_MEMBER.value).person
    officer = RoleHeldFactory(organisation=norbury).person
    declared = {"organisation": norbury}
    DeclaredInterestFactory(person=member, what="Canal field", **declared)
    DeclaredInterestFactory(person=member, what="Secret house", is_sensitive=True, **declared)
    DeclaredInterestFactory(person=member, what="Old shop", ended_on=date(2025, 1, 1), **declared)
    DeclaredInterestFactory(person=officer, what="Officer shares", **declared)
    page = reverse("directory:interests", args=["norbury"])
    public = text(client.get(page))
    assert "Canal field" in public
    assert "Details withheld: a sensitive interest" in public
    for kept in ("Secret house", "Old shop", "Officer shares"):
        assert kept not in public
    monitor = RoleHeldFactory(organisation=norbury, role=Role.MONITORING_OFFICER.value).person
    client.force_login(monitor)
    whole = text(client.get(page))
    for shown in ("Canal field", "Secret house", "Old shop", "Officer shares"):
        assert shown in whole


def test_pages_ask_the_books_a_steady_number_of_times(
    client, norbury, administrator, django_assert_max_num_queries
):
    RoleHeldFactory.create_batch(15, organisation=norbury)
    with django_assert_max_num_queries(8):
        client.get(reverse("directory:people", args=["norbury"]))
    assert Person.objects.count() == 16
