"""A service that was lost is put back from its backup: the same totals, the same log."""

import json
import os
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


@frozen
class Service:
    """A home and its books, worked by the keyboard alone."""

    home: Path
    url: str = ""

    def run(self, *arguments: str | Path, expect: int = 0) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", "from moothall.site.commands import main; main()"]
            + [str(argument) for argument in arguments],
            env=os.environ | {"MOOTHALL_HOME": str(self.home), "DATABASE_URL": self.url},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == expect, done.stderr
        return done.stdout, done.stderr

    def totals(self) -> dict[str, object]:
        return json.loads(self.run("spend", "summary", "--by", "supplier", "--format", "json")[0])

    def log(self) -> dict[str, object]:
        return json.loads(self.run("audit", "verify", "--format", "json")[0])


Pair = tuple[Service, Service]


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Pair:
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


def loaded(service: Service, folder: Path) -> Path:
    published = folder / "Spend April 2024.csv"
    published.write_text(PUBLISHED)
    service.run("spend", "ingest", published, "--body", BODY, expect=3)  # a row set aside
    return published


def test_what_is_restored_is_what_was_backed_up(services, tmp_path):
    first, second = services
    loaded(first, tmp_path)
    totals, log = first.totals(), first.log()
    backup = tmp_path / "backup"
    first.run("backup", backup)

    (tmp_path / "more").mkdir()
    after = tmp_path / "more" / "Spend May 2024.csv"
    after.write_text(PUBLISHED.replace("/04/", "/05/"))
    first.run("spend", "ingest", after, "--body", BODY, expect=3)  # not in the backup

    second.run("restore", backup)
    assert second.totals() == totals
    restored = second.log()
    assert restored["holds"]
    assert restored["entries"] == int(str(log["entries"])) + 1  # the restore itself
    second.run("audit", "verify", "--head", str(log["head"]))
    assert (
        "unchanged"
        in second.run(
            "spend", "ingest", tmp_path / "Spend April 2024.csv", "--body", BODY, "--format", "json"
        )[0]
    )

    refusal = second.run("restore", backup, expect=4)[1]
    assert "already hold something, and a restore never overwrites" in refusal
    assert "is not empty" in first.run("backup", backup, expect=4)[1]


def test_a_backup_that_was_damaged_is_refused_before_anything_is_written(on_sqlite, tmp_path):
    first, second = on_sqlite
    loaded(first, tmp_path)
    backup = tmp_path / "backup"
    first.run("backup", backup)
    damaged = next((backup / "lake" / "lines").iterdir())
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    assert "is not what the manifest says" in second.run("restore", backup, expect=4)[1]
    assert not (second.home / "lake").exists()
    (backup / "manifest.json").unlink()
    assert "not a finished backup" in second.run("restore", backup, expect=4)[1]


def test_a_body_leaves_with_everything_and_nothing_of_it_stays(services, tmp_path):
    first, _ = services
    published = loaded(first, tmp_path)
    other = tmp_path / "Other April 2024.csv"
    other.write_text(PUBLISHED.replace("QUARRY ROADS LTD", "HILL FARM CIC"))
    first.run("spend", "ingest", other, "--body", "Bexmoor Council", expect=3)
    taken = tmp_path / "taken"

    first.run("export", taken, "--body", BODY, "--all")
    assert (taken / "files" / f"00000-{published.name}").read_text() == PUBLISHED
    manifest = json.loads((taken / "manifest.json").read_text())["files"]
    assert "books/spend.sourcefile.csv" in manifest
    lines = "".join(path.read_text() for path in (taken / "lake").glob("lines-*.csv"))
    assert "QUARRY ROADS LTD" in lines
    assert "HILL FARM CIC" not in "".join(
        path.read_text() for path in taken.rglob("*") if path.is_file()
    )

    refusal = first.run("body", "remove", BODY, "--confirm", "Aldermoor", expect=4)[1]
    assert f"must repeat the name exactly, {BODY}" in refusal
    first.run("body", "remove", BODY, "--confirm", BODY)
    kept = first.totals()
    assert {row["key"] for row in kept["rows"]} == {"HILL FARM CIC", "BOLT AND SONS PLC"}
    assert kept["total_gbp"] == "1224.56"
    assert first.log()["holds"]
    for store in first.home.rglob("*"):
        if store.is_file():
            content = store.read_bytes()
            assert b"QUARRY ROADS" not in content, store
            assert BODY.encode() not in content, store
