"""A request leaves one line that says what happened and names nobody."""

import json
import logging
import sys

import pytest
from django.test import Client

from moothall.core.logs import JsonLines


def line_of(record: logging.LogRecord) -> dict[str, object]:
    return json.loads(JsonLines().format(record))


@pytest.fixture
def lines(caplog):
    """The lines that requests wrote, as they would be read."""
    caplog.set_level(logging.INFO, "moothall.requests")
    return lambda: [
        line_of(record) for record in caplog.records if record.name == "moothall.requests"
    ]


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_route_and_not_its_address(lines):
    answer = Client().get("/health?supplier=Jane+Example")
    (line,) = lines()
    assert {key: line[key] for key in ("event", "method", "route", "status", "person")} == {
        "event": "request",
        "method": "GET",
        "route": "health",
        "status": 200,
        "person": None,
    }
    assert line["ms"] >= 0
    assert "Jane" not in json.dumps(line)
    assert len(answer["X-Request-ID"]) == 32


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"), [("proxy-0123456789", True), ("<script>", False), ("x" * 65, False)]
)
def test_the_proxys_number_for_a_request_is_kept_when_it_is_one(given, kept):
    answer = Client().get("/health", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is kept


@pytest.mark.django_db
def test_the_person_is_a_number(lines, django_user_model):
    person = django_user_model.objects.create_user(email="a@example.org", name="Jane Example")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/account/password/change/")
    assert lines()[-1]["person"] == person.pk
    assert "Jane" not in json.dumps(lines())


def test_an_error_is_its_class_and_where_it_passed_never_what_was_typed():
    try:
        int("Jane Example")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "f.py", 1, "%s: %s", ("x", "/Jane"), sys.exc_info()
        )
    line = line_of(record)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["passed_through"][0]
    assert "Jane" not in json.dumps(line)


def test_our_own_messages_are_written_whole():
    record = logging.LogRecord("moothall.spend", logging.INFO, "f.py", 1, "%d rows", (3,), None)
    assert line_of(record)["event"] == "3 rows"
