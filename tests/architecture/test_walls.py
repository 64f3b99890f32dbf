"""The walls of the house hold, and each has been seen to hold."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = SETTINGS["tool"]["importlinter"]["contracts"]
SLICES = {"spend", "decisions", "directory", "places"}
# `permissions` too: one sentence per deed, asked by every slice whose deeds need a role.
FRONT_DOORS = {"models", "queries", "actions", "permissions"}
# Tables of names and rights are pure values of a slice, and its permissions are asked by those
# above it: one function per deed draws every button.
ALSO_OPEN = {("directory", "engine"), ("directory", "permissions"), ("places", "engine")}
UNLABELLED_DRAWERS = {"utils", "helpers", "helper", "services", "common", "misc", "v2", "new"}

# A wrong import for each wall: where it is planted, what it says, which contract must break.
PLANTED = [
    ("values/money.py", "import moothall.core.rules", "Floors"),
    ("core/errors.py", "import moothall.directory.models", "Floors"),
    ("places/models.py", "import moothall.spend.models", "Floors"),
    ("spend/models.py", "import moothall.site.views", "Floors"),
    ("spend/models.py", "import moothall.spend.actions", "Rooms"),
    ("directory/engine/roles.py", "import moothall.directory.models", "Rooms"),
    ("spend/engine/names.py", "import django.db", "Engines"),
    ("values/money.py", "import ibis", "Engines"),
    ("directory/views.py", "import moothall.directory.models", "Views"),
    ("spend/feeds/text.py", "import duckdb", "Only core.lake"),
    ("extras/__init__.py", "", "Floors"),
    ("spend/utils.py", "", "Rooms"),
]


def address(module: str) -> tuple[str, str]:
    """Slice and room: moothall.spend.actions.loading is ("spend", "actions")."""
    _, slice_, room, *_ = [*module.split("."), "", ""]
    return slice_, room


def test_slices_meet_only_at_their_front_doors():
    graph = grimp.build_graph("moothall")
    trespasses = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if (here := address(importer))[0] in SLICES
        and here[1] != "tests"
        and (there := address(imported))[0] in SLICES - {here[0]}
        and there[1] not in FRONT_DOORS
        and there not in ALSO_OPEN
    ]
    assert not trespasses


def test_no_file_is_a_drawer_without_a_label():
    drawers = [
        path.relative_to(ROOT)
        for path in (ROOT / "moothall").rglob("*")
        if path.stem in UNLABELLED_DRAWERS and (path.suffix == ".py" or path.is_dir())
    ]
    assert not drawers


def test_every_slice_stands_behind_the_rooms_contract():
    packages = {path.parent.name for path in (ROOT / "moothall").glob("*/__init__.py")}
    rooms = next(contract for contract in CONTRACTS if contract["name"].startswith("Rooms"))
    slices = packages - {"core", "site", "values", "deals"}
    assert {f"moothall.{name}" for name in slices} == set(rooms["containers"])


def test_every_slice_named_by_a_contract_exists():
    named = {
        module
        for contract in CONTRACTS
        for module in (*contract.get("containers", ()), *contract.get("source_modules", ()))
        if "*" not in module
    }
    missing = [name for name in named if not (ROOT / name.replace(".", "/")).is_dir()]
    assert not missing, "a contract about a package that is not there guards nothing"


@pytest.mark.slow
@pytest.mark.parametrize(("file", "planted", "wall"), PLANTED)
def test_a_wrong_import_breaks_its_contract(tmp_path, file, planted, wall):
    shutil.copytree(
        ROOT / "moothall",
        tmp_path / "moothall",
        ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "*.toml"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    culprit = tmp_path / "moothall" / file
    culprit.parent.mkdir(exist_ok=True)
    was = culprit.read_text(encoding="utf-8") if culprit.exists() else '"""Planted."""\n'
    culprit.write_text(f"{was}\n{planted}\n", encoding="utf-8")
    told = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = re.sub(r"\s+", " ", told.stdout)
    assert told.returncode != 0, f"{planted or file} was let through"
    broken = [c["name"] for c in CONTRACTS if f"{c['name']} BROKEN" in said]
    assert any(name.startswith(wall) for name in broken) or wall in said, said
