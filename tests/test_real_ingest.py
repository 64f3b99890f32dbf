"""Every body of the really published files, through the command: proved, and proved again.

The totals of each file are held to an independent plain reading, and a second run of the same
command changes nothing.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
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


# Run in a process of its own, as by hand; what follows it stays there for the second run, since
# to start Django is a good part of what each costs.
TWICE = """
import contextlib, io, json, sys
from moothall.site.commands import main
for line in sys.stdin:
    out, code = io.StringIO(), 0
    with contextlib.redirect_stdout(out):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    print(json.dumps([code, out.getvalue()]), flush=True)
"""


@contextlib.contextmanager
def ingesting(
    body: str, environment: dict[str, str], folder: Path
) -> Iterator[Callable[[], tuple[int, dict[str, object]]]]:
    """A process that loads the files of a body each time it is asked: its code and its report."""
    words = ["spend", "ingest", str(SPEND / body), "--body", body, "--format", "json"]
    with (
        (folder / "said").open("w+") as said,
        subprocess.Popen(
            [sys.executable, "-c", TWICE, *words],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):

        def ingest() -> tuple[int, dict[str, object]]:
            process.stdin.write("again\n")
            process.stdin.flush()
            told = process.stdout.readline()
            problems = (folder / "said").read_text()
            assert told, problems[-2000:]
            assert "Traceback" not in problems
            code, report = json.loads(told)
            assert code in (0, 3), problems[-2000:]
            return code, json.loads(report)

        yield ingest
        process.stdin.close()


def everything_in(home: Path) -> dict[str, str]:
    """Every file of the lake, as it lies, and the head of the log."""
    files = [*home.glob("lake/*/*.parquet"), *home.glob("raw/*/*"), home / "audit-head.json"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("body", BODIES)
def test_a_bodys_files_load_to_the_penny_and_a_second_run_changes_nothing(
    body, environment, tmp_path
):
    with ingesting(body, environment, tmp_path) as ingest:
        holds_to_the_penny(body, Path(environment["MOOTHALL_HOME"]), ingest)


def holds_to_the_penny(
    body: str, home: Path, ingest: Callable[[], tuple[int, dict[str, object]]]
) -> None:
    code, report = ingest()
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

    before = everything_in(home)
    again_code, again = ingest()
    assert {file["status"] for file in again["files"]} <= {"unchanged", "refused"}
    assert again["totals"] == report["totals"]
    assert everything_in(home) == before
    assert again_code in (code, 3)
