"""Many processes at once keep one unbroken chain, on both databases, whatever is killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import throwaway_postgres

ROOT = Path(__file__).resolve().parents[3]

WRITERS = """
import multiprocessing, sys, django
django.setup()
from datetime import UTC, datetime
from django.db import transaction
from moothall.core import audit

def deeds(who, number_of_deeds):
    for number in range(number_of_deeds):
        try:
            with transaction.atomic():
                audit.record(by=f"person:{who}", at=datetime.now(UTC), did="deed.done",
                             to=f"deed:{who}-{number}")
                if number % 5 == 4:
                    raise ZeroDivisionError  # a deed that fails leaves neither entry nor hole
        except ZeroDivisionError:
            pass

writers, each = int(sys.argv[1]), int(sys.argv[2])
fork = multiprocessing.get_context("fork")  # Django is read once; no connection is open yet
processes = [fork.Process(target=deeds, args=(who, each)) for who in range(writers)]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(max(process.exitcode for process in processes))
"""

VERIFY = """
import json, django
django.setup()
from moothall.core import audit
verdict = audit.verify()
print(json.dumps([verdict.entries, verdict.broken_at, verdict.sentence, list(verdict.doubts)]))
"""


def started(script: str, books: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "moothall.site.settings",
            "MOOTHALL_SECRET_KEY": "for-this-test-only",
            "DATABASE_URL": "",
        }
        | books,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def migrated(books: dict[str, str]) -> dict[str, str]:
    script = "import django; django.setup()\nfrom django.core.management import call_command\n"
    process = started(script + "call_command('migrate', verbosity=0)", books)
    _, err = process.communicate()
    assert process.returncode == 0, err
    return books


@pytest.fixture
def sqlite_books(migrated_books: Path, tmp_path: Path) -> dict[str, str]:
    shutil.copy(migrated_books, tmp_path)
    return {"MOOTHALL_HOME": str(tmp_path)}


@pytest.fixture
def postgres_books(tmp_path: Path) -> Iterator[dict[str, str]]:
    try:
        with throwaway_postgres.cluster() as url:
            yield migrated({"MOOTHALL_HOME": str(tmp_path), "DATABASE_URL": url})
    except throwaway_postgres.NoPostgres as absent:
        pytest.skip(str(absent))


def verdict(books: dict[str, str]) -> tuple[int, int | None, str, list[str]]:
    out, err = started(VERIFY, books).communicate()
    assert out, err
    entries, broken_at, sentence, doubts = json.loads(out)
    return entries, broken_at, sentence, doubts


def all_finish(books: dict[str, str], *, writers: int, deeds: int) -> None:
    process = started(WRITERS, books, writers, deeds)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err


def test_four_processes_on_sqlite_keep_one_chain(sqlite_books):
    all_finish(sqlite_books, writers=4, deeds=25)
    entries, broken_at, sentence, doubts = verdict(sqlite_books)
    assert (entries, broken_at, doubts) == (4 * 20, None, []), sentence


@pytest.mark.postgres
def test_sixteen_processes_on_postgresql_keep_one_chain(postgres_books):
    all_finish(postgres_books, writers=16, deeds=25)
    entries, broken_at, sentence, doubts = verdict(postgres_books)
    assert (entries, broken_at, doubts) == (16 * 20, None, []), sentence


def test_writers_killed_at_work_leave_an_unbroken_chain(sqlite_books):
    process = started(WRITERS, sqlite_books, 2, 5_000)
    deadline = time.monotonic() + 60
    while verdict(sqlite_books)[0] < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    entries, broken_at, sentence, _ = verdict(sqlite_books)
    assert broken_at is None, sentence
    assert entries >= 20
    all_finish(sqlite_books, writers=1, deeds=5)
    assert verdict(sqlite_books)[:2] == (entries + 4, None)
