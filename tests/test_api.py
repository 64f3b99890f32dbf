"""The API keeps to its own description, whatever is asked of it."""

import json
from datetime import timedelta

import pytest
import schemathesis
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from moothall.agreements.actions.facts_doors import make_key
from moothall.agreements.tests.lamps import lamp_place
from moothall.site.wsgi import application
from moothall.spend.tests.little_place import little_place

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def place(books_of_the_module, tmp_path_factory):
    return little_place(tmp_path_factory.mktemp("place"))


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=12,
    deadline=timedelta(seconds=30),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_description_allows(case, place):
    case.call_and_validate(
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ]
    )


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("summary?by=colour", 422, "This cannot be answered: by:"),
        ("summary", 422, "This cannot be answered"),
        ("summary?by=body&body=Nowhere", 400, "No body goes by the name of Nowhere"),
        ("summary?by=body&category=nothing", 400, "nothing is not a category"),
        ("summary?by=body&from=2026-02-01&to=2026-01-01", 400, "is before the first"),
        ("suppliers/12345", 404, "No supplier has the number 12345"),
        ("suppliers/0", 404, "Names that are withheld have no page"),
        ("lines?count=100000", 422, "This cannot be answered: count"),
        ("lines?page=0", 422, "This cannot be answered: page"),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(place, address, status, sentence):
    answer = Client().get(f"/api/v1/spend/{address}")
    assert answer.status_code == status
    assert sentence in json.loads(answer.content)["sentence"]


def test_coverage_names_only_the_bodies_that_were_asked_about(place):
    def coverage(address):
        return json.loads(Client().get(f"/api/v1/spend/{address}").content)["coverage"]

    everyone = coverage("summary?by=month")
    assert everyone["bodies"] == ["Ashmere Council", "Ashmere Health"]
    alone = coverage("summary?by=month&body=Ashmere%20Health")
    assert alone["bodies"] == ["Ashmere Health"]
    assert 0 < alone["publication_count"] < everyone["publication_count"]


def test_the_description_tells_every_refusal(client, db):
    document = json.loads(client.get("/api/v1/openapi.json").content)
    for path, deeds in document["paths"].items():
        for deed in deeds.values():
            assert {"200", "422"} <= set(deed["responses"]), path


@pytest.mark.slow
@schema.include(path_regex="/agreements/.agreement_id.*").parametrize()
@settings(
    max_examples=25,
    deadline=timedelta(seconds=30),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_what_a_key_opens_is_answered_as_described_too(case, own_key):
    agreement_id, secret = own_key
    number = case.path_parameters.get("agreement_id", 0)
    if case.operation.path.count("{") == 1 or not isinstance(number, int) or number % 2:
        case.path_parameters["agreement_id"] = agreement_id
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}"},
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )


@pytest.fixture
def own_key():
    """An agreement with statements, and a key of its provider's."""
    place = lamp_place()
    place.stated(800, depots=2)
    made = make_key(
        agreement=place.agreement,
        organisation=place.provider,
        name="Lamps",
        by=place.reporter,
        at=timezone.now(),
    )
    return place.agreement.pk, made.secret
