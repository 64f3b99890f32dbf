"""A job is started once, and outlives the worker that dies on it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, transaction
from django_tasks_db.models import DBTaskResult, get_date_max

from moothall.core import jobs

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_job(**fields: object) -> DBTaskResult:
    given = {
        "args_kwargs": {"args": [], "kwargs": {}},
        "task_path": "a.task",
        "backend_name": "default",
        "run_after": get_date_max(),
    }
    return DBTaskResult.objects.create(**given | fields)


class Task:
    def __init__(self) -> None:
        self.started = 0

    def enqueue(self, **_: object) -> SimpleNamespace:
        self.started += 1
        return SimpleNamespace(id=a_job().id)


def test_asking_twice_starts_a_job_once():
    task = Task()
    first = jobs.start_once(task, key="load:1", load=1)
    assert jobs.start_once(task, key="load:1", load=1) == first
    assert jobs.start_once(task, key="load:2", load=2) != first
    assert task.started == 2


def test_a_key_that_postgresql_would_not_keep_is_refused_on_every_database():
    with pytest.raises(ValueError, match="A job's key has at most 120"):
        jobs.start_once(Task(), key="k" * 121)


def test_a_job_that_failed_is_started_afresh():
    task = Task()
    first = jobs.start_once(task, key="load:1")
    DBTaskResult.objects.filter(pk=first).update(status="FAILED")
    assert jobs.start_once(task, key="load:1") != first


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_its_deeds_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction of its deed"):
        jobs.start_once(Task(), key="load:1")
    with transaction.atomic():
        jobs.start_once(Task(), key="load:1")


def test_the_job_of_a_silent_worker_goes_back_and_that_of_a_living_one_stays():
    long_ago = AT - timedelta(minutes=10)
    jobs.hear_from("living", AT - timedelta(seconds=5))
    jobs.hear_from("dead", AT - timedelta(minutes=5))
    lost = a_job(status="RUNNING", started_at=long_ago, worker_ids=["dead"])
    kept = a_job(status="RUNNING", started_at=long_ago, worker_ids=["dead", "living"])
    fresh = a_job(status="RUNNING", started_at=AT - timedelta(seconds=3), worker_ids=["unheard"])
    assert jobs.return_lost_jobs(AT) == (1, 0)
    states = [DBTaskResult.objects.get(pk=job.pk).status for job in (lost, kept, fresh)]
    assert states == ["READY", "RUNNING", "RUNNING"]
    assert DBTaskResult.objects.ready().filter(pk=lost.pk).exists()


def test_a_job_that_killed_three_workers_is_given_up_with_a_sentence():
    job = a_job(status="RUNNING", started_at=AT - timedelta(hours=1), worker_ids=["a", "b", "c"])
    assert jobs.return_lost_jobs(AT) == (0, 1)
    job.refresh_from_db()
    assert job.status == "FAILED"
    assert "started 3 times and each worker died" in job.traceback


class Counts:
    """A task that counts the times it was done, or fails."""

    module_path = "a.task"

    def __init__(self, fails: bool = False) -> None:
        self.done: list[str] = []
        self.fails = fails

    def func(self, name: str) -> str:
        if self.fails:
            raise ValueError(f"{name} cannot be done.")
        self.done.append(name)
        return name


def asked_of(name: str, **fields: object) -> DBTaskResult:
    return a_job(args_kwargs={"args": [], "kwargs": {"name": name}}, **fields)


@pytest.mark.django_db(transaction=True)
def test_a_command_does_what_its_deed_queued_and_leaves_other_work_to_the_workers():
    mine, others = asked_of("names"), asked_of("load", task_path="another.task")
    task = Counts()
    assert jobs.work_off(task) == 1
    assert task.done == ["names"]
    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.status, mine.return_value, others.status) == ("SUCCESSFUL", "names", "READY")
    assert jobs.work_off(task) == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_that_a_command_does_in_vain_says_why_and_stops_the_command():
    job = asked_of("names")
    with pytest.raises(ValueError, match="names cannot be done"):
        jobs.work_off(Counts(fails=True))
    job.refresh_from_db()
    assert job.status == "FAILED"
    assert "names cannot be done" in job.traceback


@pytest.mark.django_db(transaction=True)
def test_a_command_waits_for_the_worker_that_is_at_its_job(monkeypatch):
    job = asked_of("names", status="RUNNING", started_at=AT, worker_ids=["alive"])
    monkeypatch.setattr(jobs, "return_lost_jobs", lambda at: None)

    def ends(_seconds: float) -> None:
        DBTaskResult.objects.filter(pk=job.pk).update(status="SUCCESSFUL")

    monkeypatch.setattr(jobs.time, "sleep", ends)
    assert jobs.work_off(Counts()) == 0


def test_a_heartbeat_that_finds_the_books_locked_beats_again(monkeypatch):
    beats = []

    def heard(worker_id, _at):
        beats.append(worker_id)
        if len(beats) == 1:
            raise OperationalError("database is locked")
        heartbeat.ended.set()

    heartbeat = jobs.Heartbeat("worker", lambda: AT)
    monkeypatch.setattr(jobs, "hear_from", heard)
    monkeypatch.setattr(jobs, "return_lost_jobs", lambda _at: (0, 0))
    monkeypatch.setattr(jobs, "BEAT", timedelta(0))
    heartbeat.start()
    heartbeat.join(timeout=10)
    assert beats == ["worker", "worker"]
