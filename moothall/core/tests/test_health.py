"""A process says whether it can work, and which of its needs is missing, in a sentence."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from moothall.core import health, jobs, triggers

pytestmark = pytest.mark.django_db


def failed(checks: tuple[health.Check, ...]) -> dict[str, str]:
    return {check.name: check.sentence for check in checks if not check.passed}


def test_health_answers_and_asks_the_books_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_a_sound_process_is_ready():
    jobs.hear_from("worker", timezone.now())
    answer = Client().get("/ready")
    assert answer.status_code == 200
    told = answer.json()
    assert told["status"] == "ready"
    assert set(told["checks"]) == {"books", "migrations", "audit_triggers", "lake", "worker"}
    assert all(check["passed"] for check in told["checks"].values())
    assert health.why_not_start() is None


def test_a_silent_worker_is_told_and_stops_nothing():
    jobs.hear_from("worker", timezone.now() - timedelta(hours=1))
    checks = health.readiness(timezone.now())
    assert "Start one: `moothall worker`" in failed(checks)["worker"]
    assert health.is_ready(checks)


def test_books_that_cannot_be_reached_are_told_and_nothing_else_is_asked(monkeypatch):
    def unreachable() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", unreachable)
    checks = health.readiness(timezone.now())
    assert list(failed(checks)) == ["books"]
    assert not health.is_ready(checks)
    assert "books cannot be reached" in str(health.why_not_start())


def test_a_missing_trigger_makes_it_unready():
    triggers.remove(connection)
    checks = health.readiness(timezone.now())
    assert "does not guard the audit log" in failed(checks)["audit_triggers"]
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")


def test_a_waiting_migration_makes_it_unready(monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("a", False)])
    assert (
        "are not made. Run `moothall migrate`"
        in failed(health.readiness(timezone.now()))["migrations"]
    )


def test_a_lake_folder_that_cannot_be_written_makes_it_unready(monkeypatch):
    monkeypatch.setattr(health.os, "access", lambda *_: False)
    assert "cannot be written" in failed(health.readiness(timezone.now()))["lake"]
