"""Can this process answer, and can it do its work?"""

import os
from datetime import datetime, timedelta

from attrs import frozen
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from moothall.core import jobs, triggers
from moothall.core.lake import lake_folder

WORKER_IS_MISSED_AFTER = timedelta(minutes=2)


@frozen
class Check:
    """One thing looked at. A check that is not `needed` is told, and stops nothing."""

    name: str
    passed: bool
    sentence: str
    needed: bool = True


def readiness(at: datetime) -> tuple[Check, ...]:
    """Every check, in the order in which one explains the next."""
    books = _books()
    if not books.passed:
        return (books,)
    return (books, _migrations(), _triggers(), _lake(), _worker(at))


def is_ready(checks: tuple[Check, ...]) -> bool:
    return all(check.passed for check in checks if check.needed)


def _books() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check(
            "books",
            False,
            "The books cannot be reached. See that the database runs and DATABASE_URL is right.",
        )
    return Check("books", True, "The books answer.")


def _migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Check(
            "migrations",
            False,
            f"{len(waiting)} changes to the books' tables are not made. Run `moothall migrate`.",
        )
    return Check("migrations", True, "The books' tables are up to date.")


def _triggers() -> Check:
    absent = triggers.missing(connection)
    if absent:
        return Check(
            "audit_triggers",
            False,
            f"The database does not guard the audit log: {', '.join(absent)} is missing or "
            "changed. Find out who did it, run `moothall audit verify`, then `moothall migrate`.",
        )
    return Check("audit_triggers", True, "The database guards the audit log.")


def _lake() -> Check:
    folder = lake_folder()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Check(
            "lake",
            False,
            "The lake's folder cannot be written. Give the service's user the right to it.",
        )
    return Check("lake", True, "The lake's folder can be written.")


def _worker(at: datetime) -> Check:
    heard = jobs.last_heard()
    if heard and at - heard <= WORKER_IS_MISSED_AFTER:
        return Check("worker", True, "A background worker is alive.", needed=False)
    when = f"since {heard:%d %B %Y %H:%M} UTC" if heard else "yet"
    return Check(
        "worker",
        False,
        f"No background worker has been heard from {when}. Uploads will wait. Start one: "
        "`moothall worker`.",
        needed=False,
    )


def why_not_start() -> str | None:
    """Why a process should not begin its work, or None: asked once, before it does."""
    for look in (_books, _migrations, _triggers):
        if not (check := look()).passed:
            return check.sentence
    return None
