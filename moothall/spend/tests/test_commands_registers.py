"""Registers and own bodies by the keyboard: JSON alone on standard output, and the exit codes."""

import json

import pytest
from django_tasks_db.models import DBTaskResult
from typer.testing import CliRunner

from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.directory.tests.factories import OrganisationFactory
from moothall.spend.commands import app
from moothall.spend.models import Register

pytestmark = pytest.mark.django_db
LOOK = 3


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_register_is_loaded_listed_and_removed(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Organisation name,Company number\nBrackwater Homes Ltd,1234567\n,7654321\n")
    loaded = run("register", "load", path, "--name", "Firms", "--format", "json")
    assert loaded.exit_code == LOOK  # a row names nobody
    said = json.loads(loaded.stdout)
    assert (said["rows_read"], said["rows_kept"], said["rows_set_aside"]) == (2, 1, 1)
    assert said["reasons"] == {"no_name": 1}
    listed = json.loads(run("register", "list", "--format", "json").stdout)
    assert [row["name"] for row in listed["rows"]] == ["Firms"]
    removed = run("register", "remove", "firms")
    assert (removed.exit_code, removed.stdout) == (0, "")
    assert not Register.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_register_is_settled_once_and_nothing_is_left_for_a_worker(tmp_path, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    path = tmp_path / "list.csv"
    path.write_text("Organisation name,Company number\nBrackwater Homes Ltd,1234567\n")
    assert run("register", "load", path, "--name", "Firms").exit_code == 0
    assert run("register", "remove", "Firms").exit_code == 0
    assert [job.status for job in DBTaskResult.objects.all()] == ["SUCCESSFUL"] * 2


def test_a_payee_that_nobody_published_is_refused():
    OrganisationFactory(name="Ashmere Council")
    refused = run("own-bodies", "say", "NOBODY", "--paid-by", "Ashmere Council", "--is", "none")
    assert isinstance(refused.exception, CannotDo)
    assert "published no payment to “NOBODY”" in refused.exception.sentence
    empty = json.loads(run("own-bodies", "list", "--format", "json").stdout)
    assert empty == {"rows": [], "unmatched": [], "total_gbp": "0.00"}
