"""What does a body own here? All of it can be taken away in open formats, and all of it deleted.

Each slice says which of its tables hold a body's rows, parents before what hangs on them, and
where its files lie. A test fails when a table that leads to a body is not spoken for.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q

from moothall.core import audit, chain, lake
from moothall.core.errors import CannotDo
from moothall.core.models import LakeFile
from moothall.core.purges import scrub_books

if TYPE_CHECKING:
    import pyarrow as pa

Where = Callable[[int], Q]


@frozen
class Owned:
    """A table with rows of a body's own. `path` leads from a row to the body's number.

    kept     : it goes into an export and stays at a removal: the audit log
    left_out : fields that are nobody's to take away: a password's hash
    """

    model: str
    path: str | Where = "body_id"
    kept: bool = False
    left_out: frozenset[str] = frozenset()

    def rows(self, body_id: int) -> models.QuerySet[Any]:
        held = apps.get_model(self.model)._default_manager
        if callable(self.path):
            return held.filter(self.path(body_id))
        return held.filter(**{self.path: body_id})


@frozen
class OwnFile:
    """A file of a body's: where it lies, and a name that a person can read."""

    path: Path
    name: str


Files = Callable[[int | None], Iterable[OwnFile]]  # of one body; of every body for None
Farewell = Callable[[int, datetime], Callable[[], None]]

_owned: list[Owned] = []
_files: list[Files] = []
_farewells: list[Farewell] = []


def register(*owned: Owned) -> None:
    """Say which tables hold a body's rows, parents first."""
    _owned.extend(each for each in owned if each not in _owned)


def register_files(files: Files) -> None:
    """Say which files outside the books and the lake are a body's."""
    if files not in _files:
        _files.append(files)


def register_farewell(farewell: Farewell) -> None:
    """Say what else ends with a body, in the same transaction: people who had roles only there.

    It is asked before the rows go, while it can see whom it concerns, and what it returns is
    called after, when nothing hangs on them any more.
    """
    if farewell not in _farewells:
        _farewells.append(farewell)


def owned() -> tuple[Owned, ...]:
    return tuple(_owned)


class CannotExport(CannotDo):
    """Nothing was written."""


@frozen
class Counted:
    """What an export wrote, or a removal deleted."""

    tables: int
    rows: int
    files: int


def export_body(body_id: int, folder: Path, *, by: Any, at: datetime) -> Counted:
    """Write every row and file of a body into a new folder, in open formats, with hashes.

    :raises CannotExport: when the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CannotExport(
            f"Nothing was exported: {folder} is not empty, and an export never overwrites. Give a "
            "new folder."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tables = rows = 0
    for each in _owned:
        model = apps.get_model(each.model)
        count = _write_rows(each, body_id, folder / "books" / model._meta.label_lower)
        tables, rows = tables + 1, rows + count
    for count in _lake_as_csv(body_id, folder / "lake"):
        tables, rows = tables + 1, rows + count
    for number, own in enumerate(sorted(_own_files(body_id), key=lambda own: own.name)):
        target = folder / "files" / f"{number:05d}-{Path(own.name).name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(own.path, target)
    (folder / "README.txt").write_text(README, encoding="utf-8")
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {str(path.relative_to(folder)): _sha256(path) for path in written}
    (folder / "manifest.json").write_text(
        json.dumps({"made_at": chain.instant(at), "body": body_id, "files": manifest}, indent=1)
    )
    with transaction.atomic():
        audit.record(
            by=by,
            at=at,
            did="body.exported",
            to=f"directory.organisation:{body_id}",
            body_id=body_id,
            count=len(manifest),
            manifest=_sha256(folder / "manifest.json"),
        )
    return Counted(tables=tables, rows=rows, files=len(manifest))


def remove_body(body_id: int, *, by: Any, at: datetime, authority: str = "") -> Counted:
    """Delete every row and file of a body; the audit log keeps its number.

    One transaction takes the body out of the books and makes a generation of the lake without it;
    then the files go. A crash between the two leaves files that nobody names, which are swept.
    """
    with lake.writer():
        mine = list(_own_files(body_id))
        with transaction.atomic():
            parting = [farewell(body_id, at) for farewell in _farewells]
            gone = _out_of_the_lake(body_id, at)
            tables = rows = 0
            for each in reversed(_owned):
                if not each.kept:
                    deleted, _ = each.rows(body_id).delete()
                    tables, rows = tables + 1, rows + deleted
            for part in parting:
                part()
            audit.record(
                by=by,
                at=at,
                did="body.removed",
                to=f"directory.organisation:{body_id}",
                body_id=body_id,
                authority=authority,
                rows=rows,
                **audit.bulk(path.name for path in gone),
            )
        named = {own.path for files in _files for own in files(None)}
        doomed = [*gone, *(own.path for own in mine if own.path not in named)]
        for path in doomed:
            path.unlink(missing_ok=True)
    if not connection.in_atomic_block:
        scrub_books()
    return Counted(tables=tables, rows=rows, files=len(doomed))


def _own_files(body_id: int) -> Iterator[OwnFile]:
    for files in _files:
        yield from (own for own in files(body_id) if own.path.exists())


def _write_rows(each: Owned, body_id: int, target: Path) -> int:
    """A table's rows as CSV and as JSON, one object to a line; how many."""
    target.parent.mkdir(parents=True, exist_ok=True)
    columns = [
        column.attname
        for column in apps.get_model(each.model)._meta.concrete_fields
        if column.attname not in each.left_out
    ]
    count = 0
    with (
        target.with_name(target.name + ".csv").open("w", newline="", encoding="utf-8") as table,
        target.with_name(target.name + ".jsonl").open("w", encoding="utf-8") as lines,
    ):
        out = csv.writer(table)
        out.writerow(columns)
        for values in each.rows(body_id).order_by("pk").values_list(*columns).iterator():
            out.writerow(["" if value is None else _as_text(value) for value in values])
            record = dict(zip(columns, values, strict=True))
            lines.write(json.dumps(record, default=str, ensure_ascii=False) + "\n")
            count += 1
    return count


def _as_text(value: object) -> object:
    held = isinstance(value, dict | list)
    return json.dumps(value, default=str, ensure_ascii=False) if held else value


def _lake_as_csv(body_id: int, folder: Path) -> Iterator[int]:
    """Write every Parquet file with rows of the body as CSV, lists as JSON; the rows in each."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    held = LakeFile.objects.filter(Q(publication__body_id=body_id) | Q(publication=None))
    current = held.filter(removed_in=None).order_by("id")
    categories = _categories_of(current.filter(table="lines"))
    for file in current:
        source = pq.ParquetFile(lake.lake_folder() / file.path)
        names = source.schema_arrow.names
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{file.table}-{file.publication_id or 'all'}-{file.id}.csv"
        schema = pa.schema([(column, pa.string()) for column in names])
        count = 0
        with pa_csv.CSVWriter(folder / name, schema) as out:
            for batch in source.iter_batches():
                batch = batch.filter(_are_own(batch, body_id, categories))
                texts = [_as_texts(column) for column in batch.columns]
                out.write(pa.record_batch(texts, schema=schema))
                count += batch.num_rows
        yield count


def _are_own(batch: pa.RecordBatch, body_id: int, categories: pa.Array) -> pa.Array:
    """Tell which rows are the body's, or rest on its rows alone.

    categories : keys of those of its lines
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names = batch.schema.names
    if "body_id" in names:
        return pc.equal(batch["body_id"], body_id)
    if "body_ids" in names:
        return pa.array([held == [body_id] for held in batch["body_ids"].to_pylist()], pa.bool_())
    return pc.is_in(batch["category_key"], categories)


def _categories_of(lines: Iterable[LakeFile]) -> pa.Array:
    """The keys of what these files' lines are for, each once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found: set[int | None] = set()
    for file in lines:
        held = pq.read_table(lake.lake_folder() / file.path, columns=["category_key"])
        found.update(held["category_key"].unique().to_pylist())
    return pa.array(sorted(key for key in found if key is not None), pa.int64())


def _as_texts(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    if not pa.types.is_list(column.type):
        return column.cast(pa.string())
    held = column.to_pylist()
    return pa.array([None if each is None else json.dumps(each) for each in held], pa.string())


def _out_of_the_lake(body_id: int, at: datetime) -> list[Path]:
    """Name a generation that holds nothing of the body; the files that nobody names any more."""
    whole = LakeFile.objects.filter(publication__body_id=body_id)
    publications = {file.publication_id for file in whole if file.publication_id is not None}
    shared = LakeFile.objects.filter(publication=None)
    others = LakeFile.objects.filter(table="lines", removed_in=None).exclude(pk__in=whole)
    categories = _categories_of(others)
    kept = [
        lake.keep_table(file.table, _without(body_id, publications, categories, file))
        for file in shared.filter(removed_in=None)
    ]
    doomed = [*whole, *shared]
    if doomed:
        keys = [file.pk for file in doomed]
        lake.next_generation(add=kept, remove=keys, why="body.removed", at=at)
        LakeFile.objects.filter(pk__in=keys).delete()
    return [lake.lake_folder() / file.path for file in doomed]


def _without(
    body_id: int, publications: set[int], categories: pa.Array, file: LakeFile
) -> pa.Table:
    """A table that all bodies share, without the rows that are the body's or rest on its rows.

    categories : keys of those that lines of other bodies are of
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pq.read_table(lake.lake_folder() / file.path)
    if "body_id" in rows.column_names:
        rows = rows.filter(pc.field("body_id") != body_id)
    if "publication_id" in rows.column_names:
        theirs = pa.array(sorted(publications), pa.int64())
        rows = rows.filter(~pc.field("publication_id").isin(theirs))
    if "category_key" in rows.column_names:
        rows = rows.filter(pc.field("category_key").isin(categories))
    if "body_ids" in rows.column_names:
        rests = [body_id not in (held or []) for held in rows["body_ids"].to_pylist()]
        rows = rows.filter(pa.array(rests, pa.bool_()))
    return rows


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


README = """\
Everything that one body owned in Moothall, in open formats.

books/   the body's rows of each table: CSV to open in a spreadsheet, and the same rows as JSON,
         one object to a line. Amounts in columns that end in _pence are whole pence.
         core.auditentry holds every recorded deed about the body. Its chain can be proved only
         where the whole log is; each entry here carries its hash.
lake/    every payment line, set-aside row and name, what each line is for and which names were
         joined on the body's own evidence, as CSV. Amounts are pounds and pence.
files/   the published files exactly as they were received, and the releases made from them.

manifest.json lists each file with its sha256.
"""
