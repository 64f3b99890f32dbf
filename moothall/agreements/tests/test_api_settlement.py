"""Facts in and statements out, for a provider's own system."""

import json

import pytest
from django.test import Client

from moothall.agreements.actions.facts_doors import end_key, make_key
from moothall.agreements.models import FactsReport
from moothall.agreements.tests.lamps import AT, SECOND, lamp_place
from moothall.directory.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return lamp_place()


@pytest.fixture
def key(place):
    return make_key(
        agreement=place.agreement, organisation=place.provider, name="Lamps",
        by=place.reporter, at=AT,
    )  # fmt: skip


def send(place, secret, body, number=None):
    answer = Client().post(
        f"/api/v1/agreements/{number or place.agreement.pk}/facts",
        data=body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"} if secret else {},
    )
    return answer.status_code, json.loads(answer.content)


def read(place, path, secret=None, client=None):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    answer = (client or Client()).get(
        f"/api/v1/agreements/{place.agreement.pk}/{path}", headers=headers
    )
    return answer.status_code, json.loads(answer.content)


FACTS = {"starts_on": "2025-04-01", "key": "2025-Q1", "values": {"lamps": "800"}}


def test_a_system_reports_the_facts_of_a_period_once(place, key):
    status, first = send(place, key.secret, FACTS)
    assert (status, first["was_there_already"]) == (201, False)
    assert first["state"] == "waiting to be checked"
    status, again = send(place, key.secret, FACTS)
    assert (status, again["id"], again["was_there_already"]) == (200, first["id"], True)
    report = FactsReport.objects.get()
    assert (report.by, report.organisation) == (place.reporter, place.provider)


def test_the_same_key_with_other_facts_is_refused(place, key):
    send(place, key.secret, FACTS)
    status, refused = send(place, key.secret, {**FACTS, "values": {"lamps": "801"}})
    assert status == 409
    assert "the key 2025-Q1 was used on" in refused["sentence"]


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({**FACTS, "values": {"owls": "1"}}, 400, "'owls' is no fact"),
        ({**FACTS, "values": {}}, 422, "values"),
        ({**FACTS, "values": {"lamps": 812.5}}, 422, "values.lamps"),
        ({**FACTS, "starts_on": "2025-04-02"}, 400, "No period of this deal begins on"),
        ({**FACTS, "key": ""}, 422, "key"),
        ({**FACTS, "evidence": "\x00"}, 422, "evidence"),
        ({**FACTS, "evidence": "\ud800"}, 422, "evidence"),
        ("{", 400, "Send JSON as /api/ describes it"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(place, key, body, status, sentence):
    got, refused = send(place, key.secret, body)
    assert got == status
    assert sentence in refused["sentence"]
    assert not FactsReport.objects.exists()


def test_facts_are_posted_only_by_a_key_that_is_in_use(place, key):
    for secret in (None, "moothall-guessed"):
        status, refused = send(place, secret, FACTS)
        assert status == 401
        assert "it takes a key that is in use" in refused["sentence"]
    end_key(key=key.held, by=place.reporter, at=AT)
    assert send(place, key.secret, FACTS)[0] == 401


def test_a_key_opens_its_own_agreement_alone(place, key):
    status, refused = send(place, key.secret, FACTS, number=place.agreement.pk + 1)
    assert status == 404
    assert "A key opens the one that it was made for" in refused["sentence"]


def test_a_system_reads_where_each_period_stands_and_its_statements(place, key):
    place.stated(800, depots=2)
    place.report(810, SECOND)
    status, found = read(place, "settlement", key.secret)
    assert status == 200
    first, second, third, _ = found["rows"]
    assert (first["state"], first["statement"], first["stated_gbp"]) == ("settled", 1, "2100.00")
    assert second["state"] == "waiting to be checked"
    assert [fact["key"] for fact in third["missing"]] == ["lamps"]
    status, one = read(place, "statements/1", key.secret)
    assert status == 200
    assert [line["net_gbp"] for line in one["lines"]] == ["1000.00", "1000.00", "100.00"]
    assert one["between"][0]["vat_gbp"] == "200.00"
    assert read(place, "statements", key.secret)[1]["rows"] == [one]
    assert read(place, "statements?since=1", key.secret)[1]["rows"] == []
    assert read(place, "statements/2", key.secret)[0] == 404


def test_a_session_reads_what_its_person_may(place):
    place.stated(800, depots=2)
    reader, stranger = Client(), Client()
    reader.force_login(place.manager)
    stranger.force_login(PersonFactory())
    assert read(place, "statements/1", client=reader)[0] == 200
    assert read(place, "statements/1", client=stranger)[0] == 404
    assert read(place, "statements/1")[0] == 401
