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
SLICES = {"agreements", "appraisal", "spend", "decisions", "directory", "places"}
# `permissions` too: one sentence per deed, asked by every slice whose deeds need a role.
FRONT_DOORS = {"models", "queries", "actions", "permissions"}
# Tables of names and rights are pure values of a slice, and its permissions are asked by those
# above it: one function per deed draws every button.
ALSO_OPEN = {("directory", "engine"), ("directory", "permissions"), ("places", "engine")}
UNLABELLED_DRAWERS = {"utils", "helpers", "helper", "services", "common", "misc", "v2", "new"}

# Wrong imports for each wall: where each is planted, what it imports, which contract must break.
PLANTED = [
    ("values.money", "moothall.core.rules", "Floors"),
    ("core.errors", "moothall.directory.models", "Floors"),
    ("places.models", "moothall.spend.models", "Floors"),
    ("spend.models", "moothall.site.views", "Floors"),
    ("spend.models", "moothall.spend.actions", "Rooms"),
    ("directory.engine.roles", "moothall.directory.models", "Rooms"),
    ("spend.engine.names", "django.db", "Engines"),
    ("values.periods", "ibis", "Engines"),
    ("directory.views", "moothall.directory.models", "Views"),
    ("spend.feeds.text", "duckdb", "Only core.lake"),
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


def contracts_of(building: Path) -> tuple[int, str]:
    """What `lint-imports` says of a copy of the house: its exit code and its words."""
    told = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=building,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode, re.sub(r"\s+", " ", told.stdout)


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "moothall",
        tmp_path / "moothall",
        ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "*.toml"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_every_wrong_import_is_named_by_its_contract(copy_of_the_house):
    for importer, imported, _ in PLANTED:
        culprit = copy_of_the_house / "moothall" / f"{importer.replace('.', '/')}.py"
        if not culprit.exists():  # the room has become a package
            culprit = culprit.with_suffix("") / "__init__.py"
        was = culprit.read_text(encoding="utf-8")
        culprit.write_text(f"{was}\nimport {imported}\n", encoding="utf-8")
    code, said = contracts_of(copy_of_the_house)
    assert code != 0
    for importer, imported, wall in PLANTED:
        contract = next(c["name"] for c in CONTRACTS if c["name"].startswith(wall))
        assert f"{contract} BROKEN" in said, f"the planted {importer} -> {imported} was let through"
        # A contract on outside packages names the package, not the part of it.
        named = imported if imported.startswith("moothall") else imported.split(".")[0]
        assert f"moothall.{importer} -> {named}" in said, (
            f"{importer} -> {imported}\n{told_of(said)}"
        )


def told_of(said: str) -> str:
    """The broken contracts' part of what was said."""
    return said[said.find("Broken contracts") :][:4000]


@pytest.mark.slow
def test_a_new_package_and_a_new_room_must_choose_their_place(copy_of_the_house):
    (copy_of_the_house / "moothall/extras").mkdir()
    (copy_of_the_house / "moothall/extras/__init__.py").write_text("")
    (copy_of_the_house / "moothall/spend/utils.py").write_text("")
    code, said = contracts_of(copy_of_the_house)
    assert code != 0
    for wall, stranger in (("Floors", "moothall.extras"), ("Rooms", "moothall.spend.utils")):
        contract = next(c["name"] for c in CONTRACTS if c["name"].startswith(wall))
        assert f"{contract} BROKEN" in said
        assert stranger in said or stranger.rsplit(".", 1)[1] in said
