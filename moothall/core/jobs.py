"""Who does the long work, are they alive, and what becomes of a job whose worker died?"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max
from django_tasks_db.utils import exclusive_transaction

from moothall.core.models import JobKey, WorkerHeard

log = logging.getLogger("moothall.jobs")

BEAT = timedelta(seconds=10)
SILENCE = timedelta(seconds=60)  # after which a worker counts as dead, and its job as lost
MOST_ATTEMPTS = 3
LOST = (
    f"This job was started {MOST_ATTEMPTS} times and each worker died before it ended. Look in the "
    "worker's log for what it needed (often memory), then start it again."
)


def start_once(task: Any, *, key: str, **arguments: Any) -> str:
    """Start a job inside the deed's transaction, unless one for `key` waits, runs or is done.

    Returns the job's id. A job that failed is started afresh.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A job is started inside the transaction of its deed.")
    most = JobKey._meta.get_field("key").max_length
    if len(key) > (most or 0):  # SQLite would take it, PostgreSQL would not
        raise ValueError(f"{key} has {len(key)} characters. A job's key has at most {most}.")
    held = JobKey.objects.select_for_update().filter(pk=key).first()
    if held:
        earlier = DBTaskResult.objects.filter(pk=held.job_id).first()
        if earlier is None or earlier.status != "FAILED":
            return held.job_id
    job_id = str(task.enqueue(**arguments).id)
    JobKey.objects.update_or_create(pk=key, defaults={"job_id": job_id})
    return job_id


def waits(task: Any) -> bool:
    """Whether a job of this task waits for a worker; one that runs does not."""
    return DBTaskResult.objects.filter(task_path=task.module_path, status="READY").exists()


def work_off(task: Any) -> int:
    """Do here and now the jobs of this task that no worker took; how many that were.

    Jobs that a worker is at are waited for, so that all is done on return. What a job raises is
    kept with the job, and raised.
    """
    done, heartbeat = 0, None
    of_task = DBTaskResult.objects.filter(task_path=task.module_path)
    me = secrets.token_hex(8)
    try:
        while job := _taken(of_task.ready(), me):
            if heartbeat is None:
                heartbeat = Heartbeat(me, timezone.now)
                heartbeat.start()
            _do(task, job)
            done += 1
        while of_task.filter(status="RUNNING").exists():
            return_lost_jobs(timezone.now())
            time.sleep(0.2)
    finally:
        if heartbeat is not None:
            heartbeat.ended.set()
            heartbeat.join(timeout=5)
    return done


def _taken(waiting: Any, worker_id: str) -> Any:
    with exclusive_transaction(waiting.db):
        job = waiting.get_locked()
        if job is not None:
            job.claim(worker_id)
    return job


def _do(task: Any, job: Any) -> None:
    given = job.args_kwargs
    try:
        job.set_successful(task.func(*given["args"], **given["kwargs"]))
    except BaseException as error:
        job.set_failed(error)
        raise


def hear_from(worker_id: str, at: datetime) -> None:
    """Note that a worker is alive."""
    WorkerHeard.objects.update_or_create(pk=worker_id, defaults={"at": at})


def last_heard() -> datetime | None:
    """When any worker was last heard from."""
    return WorkerHeard.objects.order_by("-at").values_list("at", flat=True).first()


@transaction.atomic
def return_lost_jobs(at: datetime) -> tuple[int, int]:
    """Put back the jobs whose worker has fallen silent; give up those that lost too many.

    Returns how many were put back and how many were given up.
    """
    alive = set(WorkerHeard.objects.filter(at__gt=at - SILENCE).values_list("worker_id", flat=True))
    running = DBTaskResult.objects.select_for_update().filter(
        status="RUNNING", started_at__lt=at - SILENCE
    )
    returned = given_up = 0
    for job in running:
        if job.worker_ids and job.worker_ids[-1] in alive:
            continue
        if len(job.worker_ids) < MOST_ATTEMPTS:
            job.status, job.started_at, job.run_after = "READY", None, get_date_max()
            returned += 1
        else:
            job.status, job.finished_at, job.traceback = "FAILED", at, LOST
            job.exception_class_path = "moothall.core.jobs.Lost"
            given_up += 1
        job.save()
    WorkerHeard.objects.filter(at__lt=at - timedelta(days=7)).delete()
    return returned, given_up


class Heartbeat(threading.Thread):
    """Says every few seconds that this worker is alive, and looks after the jobs of dead ones.

    A beat that finds the books locked is missed, and the next one says it: only silence for six of
    them counts as death.
    """

    def __init__(self, worker_id: str, clock: Callable[[], datetime]) -> None:
        super().__init__(daemon=True, name="heartbeat")
        self.worker_id, self.clock, self.ended = worker_id, clock, threading.Event()

    def run(self) -> None:
        while True:
            close_old_connections()
            try:
                hear_from(self.worker_id, self.clock())
                return_lost_jobs(self.clock())
            except OperationalError as busy:
                log.warning("A heartbeat was missed: %s", busy)
            if self.ended.wait(BEAT.total_seconds()):
                connection.close()
                return
