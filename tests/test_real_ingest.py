"""Every body of the really published files, through the command: proved, and proved again.

The totals of each file are held to an independent plain reading, and a second run of the same
command changes nothing.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import shared_data_folder
from moothall.spend.tests.plain_reader import plain_reading

ROOT = Path(__file__).resolve().parent.parent
FOLDER = shared_data_folder()
SPEND = FOLDER / "spend" if FOLDER else None
BODIES = sorted(path.name for path in SPEND.iterdir() if path.is_dir()) if SPEND else []
KEYS = {
    "file", "sha256", "status", "rows_read", "rows_kept", "rows_set_aside", "rows_blank",
    "rows_without_amount", "amount_kept", "amount_set_aside", "amount_control", "first_date",
    "last_date", "control_totals", "reasons",
}  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        SPEND is None,
        reason="The real published files are not on this machine: set MOOTHALL_SHARED_DATA.",
    ),
]


@pytest.fixture(scope="module")
def environment(migrated_books: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_books, home)
    return os.environ | {
        "MOOTHALL_HOME": str(home),
        "DATABASE_URL": "",
        "MOOTHALL_DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "moothall.site.settings",
    }


def ingested(body: str, environment: dict[str, str]) -> tuple[int, dict[str, object]]:
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from moothall.site.commands import main; main()"),
            *("spend", "ingest", SPEND / body, "--body", body, "--format", "json"),
        ],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 3), done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def everything_in(home: Path) -> dict[str, str]:
    """Every file of the lake, as it lies, and the head of the log."""
    files = [*home.glob("lake/*/*.parquet"), *home.glob("raw/*/*"), home / "audit-head.json"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("body", BODIES)
def test_a_bodys_files_load_to_the_penny_and_a_second_run_changes_nothing(body, environment):
    code, report = ingested(body, environment)
    files = report["files"]
    for file in files:
        assert file.keys() >= KEYS
        assert file["rows_read"] == file["rows_kept"] + file["rows_set_aside"]
        assert sum(file["reasons"].values()) == file["rows_set_aside"]
        if file["status"] == "refused":
            assert file["refusal"].startswith(file["file"])
            assert file["rows_read"] == 0
            continue
        path = SPEND / body / file["file"].split("!")[0]
        plain = plain_reading(path)
        assert (
            file["rows_kept"],
            file["rows_set_aside"],
            file["rows_blank"],
            Decimal(file["amount_kept"]),
            Decimal(file["amount_set_aside"]),
            Decimal(file["amount_control"]),
        ) == (
            plain.rows_kept,
            plain.rows_set_aside,
            plain.rows_blank,
            plain.kept,
            plain.set_aside,
            plain.control,
        ), file["file"]
    for name in ("rows_read", "rows_kept", "rows_set_aside"):
        assert report["totals"][name] == sum(file[name] for file in files)
    for name in ("amount_kept", "amount_set_aside"):
        assert Decimal(report["totals"][name]) == sum(Decimal(file[name]) for file in files)
    tables = [path for path in sorted((SPEND / body).rglob("*")) if path.is_file()]
    assert len(files) == len(tables)

    home = Path(environment["MOOTHALL_HOME"])
    before = everything_in(home)
    again_code, again = ingested(body, environment)
    assert {file["status"] for file in again["files"]} <= {"unchanged", "refused"}
    assert again["totals"] == report["totals"]
    assert everything_in(home) == before
    assert again_code in (code, 3)
