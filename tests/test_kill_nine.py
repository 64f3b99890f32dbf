"""A load that is killed at any moment leaves books and lake as before it or as after it.

The job runs in a process of its own, and is killed as a whole or its parent alone. Then the file
list, the totals and the audit log are looked at, and the same job is run again to its end.
"""

import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import Factory, define

from tests import throwaway_postgres

ROOT = Path(__file__).resolve().parent.parent
BODY = "Aldermoor Council"
HEADER = "Supplier,Date,Amount,Department,Reference\n"

# One process imports everything and forks for each job and each look, so that the moments of a
# kill fall into the work and not into the imports.
SEVERAL_JOBS = """
import json, os, sys, traceback
import django
django.setup()
from pathlib import Path
import duckdb, ibis, ibis.backends.duckdb, pandas, sqlglot
import pyarrow.parquet as pq
from django.utils import timezone
from moothall.core import audit, lake
from moothall.core.models import AuditEntry, LakeFile, LakeGeneration
from moothall.core.permissions import Viewer
from moothall.directory.actions import add_body
from moothall.directory.models import Organisation
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import is_behind, project
from moothall.spend.feeds import reading_pool
from moothall.spend.models import SourceFile

reading_pool.WORTH_STARTING_BYTES = 0  # so that readers are there to be killed

def load(folder, and_project=True):
    body = Organisation.objects.first() or add_body(name=%(body)r, by=None, at=timezone.now())
    load_files([Path(folder)], body=body, by=None, at=timezone.now())
    if and_project and is_behind():
        project(at=timezone.now())

def look():
    named = LakeFile.objects.filter(removed_in=None)
    lying = [
        file.path for file in LakeFile.objects.all()
        if pq.read_metadata(lake.lake_folder() / file.path).num_rows != file.row_count
    ]
    held = lake.payments_for(Viewer.operator())
    count, total = (
        held.lines.aggregate(count=held.lines.count(), total=held.lines.amount.sum())
        .to_pyarrow().to_pylist()[0].values()
    )
    cube = None
    if held.cubes:
        cube = held.cubes["cube_months"].spend.sum().to_pyarrow().as_py()
    verdict = audit.verify()
    return {
        "files": sorted(
            SourceFile.objects.values_list("name", "status", "rows_kept", "kept_pence")
        ),
        "raw": [
            source.name for source in SourceFile.objects.exclude(status="refused")
            if not lake.raw_path(source.sha256).exists()
        ],
        "tables": sorted(named.values_list("table", flat=True)),
        "lines": [count, str(total), str(cube)],
        "behind": is_behind(),
        "generations": LakeGeneration.objects.count(),
        "entries": AuditEntry.objects.count(),
        "lying": lying,
        "holds": verdict.holds,
        "doubts": list(verdict.doubts),
    }

def finish(folder):
    found = look()
    load(folder)
    return [found, look()]

deeds = {"load": load, "look": look, "finish": finish}
for line in sys.stdin:
    name, arguments = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        try:
            answer = deeds[name](**arguments)
            print(json.dumps({"answer": answer}), flush=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(json.dumps({"pid": pid}), flush=True)
    print(json.dumps({"ended": os.waitpid(pid, 0)[1]}), flush=True)
"""


@define
class Jobs:
    """Jobs on one home and its books, which can be put back as they were."""

    folder: Path
    process: subprocess.Popen[str]
    url: str = ""
    said: queue.Queue[str] = Factory(queue.Queue)

    def __attrs_post_init__(self) -> None:
        def listen() -> None:
            for line in self.process.stdout:
                self.said.put(line)

        threading.Thread(target=listen, daemon=True).start()

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def say(self, name: str, **arguments: Any) -> int:
        """Start a job; the process that does it."""
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()
        return self.hear()["pid"]

    def hear(self) -> dict[str, Any]:
        return json.loads(self.said.get(timeout=120))

    def is_quiet_for(self, seconds: float) -> bool:
        """Whether the job goes on for so long without a word."""
        time.sleep(seconds)
        return self.said.empty()

    def done(self, name: str, **arguments: Any) -> Any:
        """Run a job to its end; what it answers."""
        self.say(name, **arguments)
        said = self.hear()
        assert "answer" in said, f"{name} failed; see standard error"
        assert self.hear() == {"ended": 0}
        return said["answer"]

    def keep(self) -> None:
        """Note the state that `put_back` returns to."""
        shutil.copytree(self.home, self.folder / "kept")
        self._books("DROP DATABASE IF EXISTS kept", "CREATE DATABASE kept TEMPLATE moothall")

    def put_back(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.folder / "kept", self.home)
        self._books(
            "DROP DATABASE IF EXISTS moothall WITH (FORCE)",
            "CREATE DATABASE moothall TEMPLATE kept",
        )

    def _books(self, *statements: str) -> None:
        if not self.url:
            return
        with psycopg.connect(
            self.url.replace("/moothall?", "/postgres?"), autocommit=True
        ) as books:
            for statement in statements:
                books.execute(statement)


def started(folder: Path, url: str = "", books: Path | None = None) -> Jobs:
    environment = os.environ | {
        "MOOTHALL_HOME": str(folder / "home"),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "moothall.site.settings",
        "MOOTHALL_DEBUG": "1",
    }
    (folder / "home").mkdir()
    if url:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            env=environment,
            cwd=ROOT,
            check=True,
        )
    else:
        shutil.copy(books, folder / "home")
    process = subprocess.Popen(
        [sys.executable, "-c", SEVERAL_JOBS % {"body": BODY}],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    return Jobs(folder, process, url)


def ended(jobs: Jobs) -> None:
    """Let the process go, with both its pipes."""
    jobs.process.stdin.close()
    jobs.process.wait(30)
    jobs.process.stdout.close()


@pytest.fixture
def on_sqlite(migrated_books: Path, tmp_path: Path) -> Iterator[Jobs]:
    jobs = started(tmp_path, books=migrated_books)
    yield jobs
    ended(jobs)


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Jobs]:
    try:
        with throwaway_postgres.cluster(fsync=True) as url:
            jobs = started(tmp_path, url)
            yield jobs
            ended(jobs)
    except throwaway_postgres.NoPostgres as absent:
        pytest.skip(str(absent))


def month(folder: Path, name: str, number: int, *, rows: int = 200, last: str = "9.99") -> None:
    lines = [
        f"SUPPLIER {row % 40} LTD,{row % 28 + 1:02}/{number:02}/2024,{row}.{number:02},Roads,{row}"
        for row in range(1, rows)
    ]
    (folder / name).write_text(HEADER + "\n".join([*lines, f"LAST LTD,28/{number:02}/2024,{last}"]))


def two_folders(folder: Path) -> tuple[Path, Path]:
    """What is loaded before, and the job to kill: new months, a correction, and a refused file."""
    first, second = folder / "first", folder / "second"
    first.mkdir()
    second.mkdir()
    for number in (1, 2):
        month(first, f"2024-{number:02}.csv", number)
    month(second, "2024-02 corrected.csv", 2, last="19.99")
    for number in range(3, 10):
        month(second, f"2024-{number:02}.csv", number)
    (second / "notes.json").write_text('{"not": "payments"}')
    return first, second


def killed_at_random(jobs: Jobs, tmp_path: Path, *, moments: int, seed: int) -> None:
    first, second = two_folders(tmp_path)
    jobs.done("load", folder=str(first))
    before = jobs.done("look")
    assert before["holds"]
    assert before["lying"] == before["raw"] == before["doubts"] == []
    jobs.keep()
    jobs.done("load", folder=str(second), and_project=False)
    loaded = jobs.done("look")
    jobs.put_back()
    began = time.monotonic()
    jobs.done("load", folder=str(second))
    lasts = time.monotonic() - began
    after = jobs.done("look")
    assert before["lines"] != loaded["lines"]
    assert loaded["behind"]
    assert not after["behind"]
    assert ["2024-02.csv", "superseded", 200, before["files"][1][3]] in after["files"]

    chance = random.Random(seed)
    met = {"before": 0, "loaded": 0, "after": 0}
    for moment in range(moments):
        jobs.put_back()
        wait = chance.uniform(0, lasts * 1.05)
        job = jobs.say("load", folder=str(second))
        if jobs.is_quiet_for(wait):
            if moment % 2:
                os.kill(job, signal.SIGKILL)
            else:
                os.killpg(job, signal.SIGKILL)
        while "ended" not in jobs.hear():
            pass
        where = f"moment {moment} of seed {seed}: {wait:.3f} of {lasts:.3f} s"
        state, at_last = jobs.done("finish", folder=str(second))
        # The head beside the books is written just after them: killed in between, the log holds
        # and says that the file is an entry behind.
        for seen in (state, at_last):
            seen["doubts"] = [
                d for d in seen["doubts"] if "between its deed and that file" not in d
            ]
        known = {"before": before, "loaded": loaded, "after": after}
        found = [name for name, expected in known.items() if state == expected]
        assert found, f"{where}: {state}"
        met[found[0]] += 1
        assert at_last == after, where
    assert met["before"]
    assert met["loaded"] + met["after"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_load_killed_at_any_moment_leaves_books_and_lake_as_before_or_as_after(
    on_sqlite, tmp_path
):
    killed_at_random(on_sqlite, tmp_path, moments=50, seed=20240401)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_on_postgresql_too(on_postgres, tmp_path):
    killed_at_random(on_postgres, tmp_path, moments=12, seed=20240402)
