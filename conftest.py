"""What every test of the building may lean on."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is slow to think of examples: that is no fault of what they try.
settings.register_profile("moothall", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("moothall")

ROOT = Path(__file__).resolve().parent


def shared_data_folder() -> Path | None:
    """The folder of real published data, where this machine has it."""
    named = os.environ.get("MOOTHALL_SHARED_DATA")
    places = [Path(named)] if named else [ROOT.parent / "shared/data", ROOT / "shared/data"]
    return next((place for place in places if (place / "spend").is_dir()), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--books-only",
        action="store_true",
        help="Only tests that open the books: what a second run on another database is for.",
    )


def _begins_late(item: pytest.Item) -> tuple[float, bool]:
    """By how long a test may take: its own time limit, where it has one, then its marks."""
    limit = item.get_closest_marker("timeout")
    is_heavy = any(item.get_closest_marker(mark) for mark in ("slow", "browser", "libreoffice"))
    return (-limit.args[0] if limit else 0, not is_heavy)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # The longest first: one that begins last leaves every other worker idle until it ends.
    items.sort(key=_begins_late)
    if not config.getoption("--books-only"):
        return
    opens = {"db", "transactional_db", "live_server"}
    chosen = [
        item
        for item in items
        if item.get_closest_marker("django_db") or opens & set(getattr(item, "fixturenames", ()))
    ]
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = shared_data_folder()
    if folder is None:
        pytest.skip("The real published files are not on this machine: set MOOTHALL_SHARED_DATA.")
    return folder


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for everything that Moothall writes, away from any real one."""
    from django.conf import settings

    settings.HOME = tmp_path_factory.mktemp("home")
    return settings.HOME


def _deletes_of_what_is_there(connection: Any) -> list[str]:
    """For PostgreSQL, which takes a second to truncate a hundred tables that hold nothing."""
    if connection.vendor != "postgresql":
        return []
    tables = map(connection.ops.quote_name, connection.introspection.django_table_names())
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        # In any order: no foreign key is looked at before the end.
        return [f"DELETE FROM {table}" for (table,) in cursor.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_books() -> Iterator[None]:
    """Between tests Django empties every table; the audit log's triggers would rightly refuse.

    The triggers step aside for the emptying alone, and the head kept beside the books goes with
    the entries it names. What a test meets is always a database that guards its log. Django's
    own 600 rows of permissions, which nothing here asks, are not written again each time.
    """
    from django.core.management.commands import flush
    from django.db.backends.base.operations import BaseDatabaseOperations

    from moothall.core import audit, triggers

    emptied = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(operations: Any, sql_list: list[str]) -> None:
        triggers.remove(operations.connection)
        emptied(operations, _deletes_of_what_is_there(operations.connection) or sql_list)
        triggers.place(operations.connection)
        audit.head_file().unlink(missing_ok=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)
        yield


@pytest.fixture(autouse=True)
def _nothing_kept_from_another_test() -> Iterator[None]:
    """A test whose deeds were rolled back leaves no head of them beside the books.

    Nor is a generation remembered: the next test's have the same numbers.
    """
    from moothall.core import audit, lake

    yield
    audit.head_file().unlink(missing_ok=True)
    lake._generation.cache_clear()


@pytest.fixture(scope="module")
def books_of_the_module(
    django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """What a module's own fixtures put into books and lake stands for all its tests, loaded once.

    Each test's own deeds are undone to there. So no test of such a module can ask for
    `transaction=True`, and one that wants empty books stands in another module.
    """
    from django.conf import settings
    from django.db import connection, transaction

    from moothall.core import lake

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        whole = transaction.atomic()
        whole._from_testcase = True  # as Django marks its own: a deed may be outermost in it
        with whole:
            patch.setattr(connection, "close", lambda: None)  # a test ends by hanging up
            patch.setattr(settings, "HOME", tmp_path_factory.mktemp("home-of-the-module"))
            lake._generation.cache_clear()
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="session")
def migrated_books(
    django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Empty books in a file of SQLite, for a test's own process: copied, not migrated again."""
    from django.db import connection

    home = tmp_path_factory.mktemp("migrated")
    books = home / "books.sqlite3"
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), contextlib.closing(sqlite3.connect(books)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
        return books
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        env=os.environ | {"MOOTHALL_HOME": str(home), "DATABASE_URL": "", "MOOTHALL_DEBUG": "1"},
        cwd=ROOT,
        check=True,
    )
    return books


@pytest.fixture
def own_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lake of the test's own: generations count from one again, so nothing read is remembered."""
    from django.conf import settings

    from moothall.core import lake

    monkeypatch.setattr(settings, "HOME", tmp_path / "own-home")
    lake._generation.cache_clear()
    yield settings.HOME
    lake._generation.cache_clear()
