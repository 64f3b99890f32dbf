"""A service that was lost is put back from its backup: the same totals, the same log."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from attrs import frozen

from tests import throwaway_postgres

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = """\
Supplier,Date,Amount,Department
QUARRY ROADS LTD,01/04/2024,1234.56,Roads
BOLT AND SONS PLC,02/04/2024,(10.00),Roads
BOLT AND SONS PLC,03/04/2024,oops,Roads
"""
BODY = "Aldermoor Council"


# Several commands in one process: starting Django is most of what each costs.
SEVERAL = """
import contextlib, io, json, sys
from moothall.site import commands
for arguments, expected in json.loads(sys.argv[1]):
    sys.argv = ["moothall", *arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            commands.main()
        except SystemExit as ended:
            code = ended.code or 0
    if code != expected:
        sys.exit(f"{arguments} ended with {code}: {err.getvalue()}")
    print(json.dumps([out.getvalue(), err.getvalue()]))
"""
TOTALS = ("spend", "summary", "--by", "supplier", "--format", "json")
LOG = ("audit", "verify", "--format", "json")


@frozen
class Refused:
    """A command that is expected to be refused."""

    arguments: tuple[object, ...]


@frozen
class Service:
    """A home and its books, worked by the keyboard alone."""

    home: Path
    url: str = ""

    def does(self, *commands: tuple[object, ...] | Refused) -> list[tuple[str, str]]:
        """Run commands one after another; what each printed, and what it said."""
        asked = []
        for command in commands:
            refused = isinstance(command, Refused)
            words = [str(word) for word in (command.arguments if refused else command)]
            loads = words[:2] == ["spend", "ingest"]  # every file here has a row set aside
            asked.append((words, 4 if refused else 3 if loads else 0))
        done = subprocess.run(
            [sys.executable, "-c", SEVERAL, json.dumps(asked)],
            env=os.environ | {"MOOTHALL_HOME": str(self.home), "DATABASE_URL": self.url},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=250,
        )
        assert done.returncode == 0, done.stderr
        return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


Pair = tuple[Service, Service]


@pytest.fixture
def on_sqlite(migrated_books: Path, tmp_path: Path) -> Pair:
    (tmp_path / "first").mkdir()
    shutil.copy(migrated_books, tmp_path / "first")
    return Service(tmp_path / "first"), Service(tmp_path / "second")


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Pair]:
    try:
        with throwaway_postgres.cluster() as url:
            with psycopg.connect(url, autocommit=True) as books:
                books.execute("CREATE DATABASE second")
            yield (
                Service(tmp_path / "first", url),
                Service(tmp_path / "second", url.replace("/moothall?", "/second?")),
            )
    except throwaway_postgres.NoPostgres as absent:
        pytest.skip(str(absent))


@pytest.fixture(
    params=["on_sqlite", pytest.param("on_postgres", marks=pytest.mark.postgres)],
)
def services(request: pytest.FixtureRequest) -> Pair:
    return request.getfixturevalue(request.param)


def published(folder: Path, name: str, text: str = PUBLISHED) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def ingest(path: Path, body: str = BODY) -> tuple[object, ...]:
    return ("spend", "ingest", path, "--body", body, "--format", "json")


def test_what_is_restored_is_what_was_backed_up(services, tmp_path):
    first, second = services
    april = published(tmp_path, "Spend April 2024.csv")
    may = published(tmp_path, "Spend May 2024.csv", PUBLISHED.replace("/04/", "/05/"))
    backup = tmp_path / "backup"
    _, (totals, _), (log, _), _, _, (_, refusal) = first.does(
        ingest(april),
        TOTALS,
        LOG,
        ("backup", backup),
        ingest(may),  # after the backup: not in it
        Refused(("backup", backup)),
    )
    assert "is not empty, and a backup never overwrites another" in refusal
    before = json.loads(log)

    _, (restored_totals, _), (log, _), _, (again, _), (_, refusal) = second.does(
        ("restore", backup),
        TOTALS,
        LOG,
        ("audit", "verify", "--head", before["head"]),
        ingest(april),
        Refused(("restore", backup)),
    )
    assert json.loads(restored_totals) == json.loads(totals)
    after = json.loads(log)
    assert after["holds"]
    assert after["entries"] == before["entries"] + 1  # the restore itself
    assert json.loads(again)["files"][0]["status"] == "unchanged"
    assert "already hold something, and a restore never overwrites" in refusal


def test_a_backup_that_was_damaged_is_refused_before_anything_is_written(on_sqlite, tmp_path):
    first, second = on_sqlite
    damaged, unfinished = tmp_path / "damaged", tmp_path / "unfinished"
    first.does(("body", "add", BODY), ("backup", damaged), ("backup", unfinished))
    (damaged / "audit-head.json").write_text("{}")
    (unfinished / "manifest.json").unlink()
    (_, one), (_, other) = second.does(
        Refused(("restore", damaged)), Refused(("restore", unfinished))
    )
    assert "audit-head.json in the backup is missing or is not what the manifest says" in one
    assert "it is not a finished backup" in other
    assert not (second.home / "audit-head.json").exists()


def test_a_body_leaves_with_everything_and_nothing_of_it_stays(services, tmp_path):
    first, _ = services
    own = published(tmp_path, "Spend April 2024.csv")
    others = PUBLISHED.replace("QUARRY ROADS LTD", "HILL FARM CIC").replace(",Roads", ",Hill paths")
    other = published(tmp_path, "Other April 2024.csv", others)
    taken = tmp_path / "taken"
    *_, (_, refusal), _, (totals, _), (log, _) = first.does(
        ingest(own),
        ingest(other, "Bexmoor Council"),
        ("export", taken, "--body", BODY, "--all"),
        Refused(("body", "remove", BODY, "--confirm", "Aldermoor")),
        ("body", "remove", BODY, "--confirm", BODY),
        TOTALS,
        LOG,
    )
    assert (taken / "files" / f"00000-{own.name}").read_text() == PUBLISHED
    assert (
        "books/spend.sourcefile.csv" in json.loads((taken / "manifest.json").read_text())["files"]
    )
    lines = "".join(path.read_text() for path in (taken / "lake").glob("lines-*.csv"))
    assert "QUARRY ROADS LTD" in lines
    categories = "".join(path.read_text() for path in (taken / "lake").glob("categories-*.csv"))
    assert "| roads" in categories
    everything = [path.read_bytes() for path in taken.rglob("*") if path.is_file()]
    for theirs in (b"HILL FARM CIC", b"hill paths"):
        assert not any(theirs in content for content in everything)

    assert f"must repeat the name exactly, {BODY}" in refusal
    kept = json.loads(totals)
    assert {row["key"] for row in kept["rows"]} == {"HILL FARM CIC", "BOLT AND SONS PLC"}
    assert kept["total_gbp"] == "1224.56"
    assert json.loads(log)["holds"]
    for store in first.home.rglob("*"):
        if store.is_file():
            content = store.read_bytes()
            assert b"QUARRY ROADS" not in content, store
            assert b"| roads" not in content, store
            assert BODY.encode() not in content, store
