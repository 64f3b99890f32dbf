"""Rules, decisions and templates are whole, and no file names what it must not."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.template.loader import get_template

from moothall.values.rules import rules_from

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "moothall").glob("*/rules/*.toml"))
TEMPLATES = sorted(
    str(path.relative_to(folder))
    for folder in (ROOT / "moothall").glob("*/templates")
    for path in folder.rglob("*")
    if path.suffix in {".html", ".txt"}
)
# Joined here, so that this file does not itself name what no file may name.
NOT_NAMED = [
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg",
    "art" + "ifactory",
    "/" + "work/" + "main",
    "/" + "work/" + "shared",
    "/" + "work/" + ".",
    "/" + "root/",
    "/" + "tmp/",
    "TO" + "DO",
    "FIX" + "ME",
]


def tracked() -> list[Path]:
    """The files that git keeps; every file here when there is no git."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if told.returncode:
        pytest.skip("This copy was not made by git, so there is no list of its files.")
    return [ROOT / name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_a_machine_path_or_a_thing_left_undone():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in NOT_NAMED if word in text]
    assert not found


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_has_a_unit_a_date_and_a_source(path):
    rules = rules_from(tomllib.loads(path.read_text(encoding="utf-8")))
    assert rules
    for rule in rules.values():
        assert rule.label
        assert rule.unit
        for version in rule.versions:
            assert version.in_force_from
            assert len(version.source) > 10, f"{rule.key} names no source that can be looked up"
            assert not re.search(r"\b(tbc|tba|placeholder|example\.com)\b", version.source, re.I)


def test_decision_notes_are_numbered_once_and_titled_alike():
    notes = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [note.name[:4] for note in notes]
    assert all(number.isdigit() for number in numbers)
    assert len(set(numbers)) == len(numbers)
    for note in notes:
        first = note.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(f"# {int(note.name[:4])}. "), f"{note.name} begins '{first}'"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_read(name):
    get_template(name)


def test_no_migration_loads_rows():
    for path in (ROOT / "moothall").glob("*/migrations/0*.py"):
        text = path.read_text(encoding="utf-8")
        assert "bulk_create" not in text, f"{path.name} loads rows: a command does that"
        assert "loaddata" not in text
