"""The two commands need only Python and git, say what is missing, and do nothing twice."""

import ast
import importlib.util
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[^\s;\\]+)", lock.read_text(encoding="utf-8"), re.M))


def test_dev_py_uses_the_standard_library_alone():
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names


def test_an_old_python_can_read_dev_py_far_enough_to_say_what_it_needs():
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_an_old_python_is_refused_with_the_way_to_a_newer_one(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit):
        dev.insist_on_python()
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_make_alone_lists_at_most_twelve_targets():
    told = subprocess.run(
        [sys.executable, "-c", "import shutil; print(shutil.which('make') or '')"],
        capture_output=True,
        text=True,
        check=True,
    )
    listed = re.findall(r'@echo "make (\S+)', (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert 6 <= len(listed) <= 12
    assert {"setup", "run", "test", "test-quick", "check", "bench"} <= set(listed)
    if told.stdout.strip():
        # As by hand: not as a make within the make that runs these tests.
        alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        made = subprocess.run(
            ["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
        )
        assert made.stdout.count("\n") == len(listed)


def test_every_target_of_make_is_a_command_of_dev_py(dev):
    listed = re.findall(r'@echo "make (\S+)', (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert set(listed) == set(dev.COMMANDS)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_locked_package_is_held_to_its_hash(lock):
    text = lock.read_text(encoding="utf-8")
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
    assert "index-url" not in text


def test_the_test_lock_holds_what_the_run_lock_holds():
    run, test = (pins(ROOT / f"requirements/{name}.lock") for name in ("run", "test"))
    assert run <= test


def test_every_package_asked_for_is_locked():
    for source in (ROOT / "requirements").glob("*.in"):
        lock = source.with_suffix(".lock")
        if not lock.exists():
            continue
        locked = {pin.split("==")[0].lower().replace("_", "-") for pin in pins(lock)}
        for line in source.read_text(encoding="utf-8").splitlines():
            name = re.match(r"[A-Za-z][\w.-]*", line)
            if name:
                assert name[0].lower().replace("_", "-") in locked, f"{name[0]}: run `make locks`"


def test_npm_packages_are_exact_and_name_no_registry():
    lock = (ROOT / "frontend/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "://" not in lock
    versions = re.findall(r'": "([^"]+)"', (ROOT / "frontend/package.json").read_text("utf-8"))
    assert not [version for version in versions if version.startswith(("^", "~", ">", "*"))]


def test_a_step_whose_files_have_not_changed_is_skipped(dev, tmp_path):
    made = []
    stamp = tmp_path / "stamp"
    assert dev.once(stamp, "as it was", lambda: made.append(1))
    assert not dev.once(stamp, "as it was", lambda: made.append(2))
    assert dev.once(stamp, "changed", lambda: made.append(3))
    assert made == [1, 3]


def test_the_secret_is_made_once_and_is_its_owners_alone(dev, tmp_path):
    first = dev.kept_secret(tmp_path)
    assert len(first) >= 50
    assert dev.kept_secret(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_what_a_machine_lacks_is_named_with_the_way_to_get_it(dev, monkeypatch, tmp_path):
    monkeypatch.setattr(dev.shutil, "which", lambda *_names, **_options: None)
    monkeypatch.setenv("MOOTHALL_CHROMIUM", str(tmp_path / "none"))
    monkeypatch.setenv("MOOTHALL_POSTGRES_BIN", str(tmp_path))
    monkeypatch.setenv("MOOTHALL_SHARED_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    said = "; ".join(dev.what_is_missing())
    for way in (
        "chromium",
        "apt-get install postgresql",
        "libreoffice-calc",
        "MOOTHALL_SHARED_DATA",
    ):
        assert way in said
    assert "\n" not in said


def test_a_step_that_fails_ends_with_a_sentence(dev, capsys):
    with pytest.raises(SystemExit):
        dev.must([sys.executable, "-c", "raise SystemExit(3)"], "The disk is full. Make room.")
    assert "moothall: The disk is full. Make room." in capsys.readouterr().err


def test_children_end_with_their_parent(dev):
    children = dev.Children({"PATH": ""})
    sleeper = children.start([sys.executable, "-c", "import time; time.sleep(60)"])
    children.stop(patience_seconds=5)
    assert sleeper.poll() is not None


def test_the_whole_gate_is_a_shell_script_that_parses():
    subprocess.run(["sh", "-n", str(ROOT / ".ci/run")], check=True)
