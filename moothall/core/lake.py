"""The lake: which Parquet files make up a generation, and which rows may a viewer read?

The books hold the commit point. A file is written whole under a name of its own, fsynced, and only
then named by a `LakeFile` row in the transaction that makes a new `LakeGeneration`. A reader takes
one generation and passes its explicit list of files to the engine.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q

from moothall.core.errors import CannotDo
from moothall.core.models import LakeFile, LakeGeneration, Publication
from moothall.core.permissions import Viewer

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SWEEP_GRACE = timedelta(hours=24)
GENERATION_LOCK = 0x6D6F6F74  # any constant: names the advisory lock that numbers generations
WITHHELD_NAME = "Name withheld"
WITHHELD_ID = 0


class LakeIsBusy(CannotDo):
    """Another load is writing."""


def lake_folder() -> Path:
    return Path(settings.HOME) / "lake"


def scratch_folder() -> Path:
    """Where what passes through a temporary file lies; see TMPDIR in the settings."""
    return Path(settings.HOME) / "scratch"


def raw_folder() -> Path:
    return Path(settings.HOME) / "raw"


def raw_path(sha256: str) -> Path:
    """Where the bytes of a published file are kept, exactly as received."""
    return raw_folder() / sha256[:2] / sha256


def minted_id() -> int:
    """A number for a row that Parquet lines must carry before the books know it (52 bits)."""
    return secrets.randbits(52)


# ── writing ──────────────────────────────────────────────────────────────────────────────────


@frozen
class NewFile:
    """A complete Parquet file that no generation names yet."""

    table: str
    path: Path
    row_count: int
    publication_id: int | None = None
    source_id: int | None = None


_writing = threading.local()


@contextmanager
def writer(wait: bool = True) -> Iterator[None]:
    """Hold the one writer's lock. The kernel lets go when the process dies, however it dies.

    A deed inside another's, in one thread, writes under the lock that is held already.

    :raises LakeIsBusy: when `wait` is false and another process is writing.
    """
    if getattr(_writing, "held", False):
        yield
        return
    lake_folder().mkdir(parents=True, exist_ok=True)
    with (lake_folder() / "writer.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise LakeIsBusy(
                "Nothing was loaded: another load is writing. Try again when it has finished."
            ) from None
        _writing.held = True
        try:
            yield
        finally:
            _writing.held = False


def new_path(table: str) -> Path:
    """A name that no file ever had, in the folder of `table`."""
    folder = lake_folder() / table
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{secrets.token_hex(12)}.parquet"


def settle(*paths: Path) -> None:
    """Make written files durable: their bytes, then their names."""
    for path in paths:
        _make_durable(path)
    for folder in {path.parent for path in paths}:
        _make_durable(folder)


def _make_durable(target: Path) -> None:
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_table(table: str, rows: pa.Table, **belongs_to: int | None) -> NewFile:
    """Write a small table as one settled Parquet file."""
    from moothall.core.lake_files import write_looked_up

    path = new_path(table)
    write_looked_up(rows, path)
    settle(path)
    return NewFile(table=table, path=path, row_count=rows.num_rows, **belongs_to)


def adopted(table: str, path: Path, row_count: int, **belongs_to: int | None) -> NewFile:
    """Take a Parquet file written in the scratch folder under a name of its own.

    A load takes many: it settles them together, before it names them in a generation.
    """
    target = new_path(table)
    path.rename(target)
    return NewFile(table=table, path=target, row_count=row_count, **belongs_to)


def keep_raw(source: Path, sha256: str) -> Path:
    """Keep a published file's bytes under their hash; the same bytes are kept once."""
    target = raw_path(sha256)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{secrets.token_hex(4)}")
    shutil.copyfile(source, partial)
    _make_durable(partial)
    partial.rename(target)
    _make_durable(target.parent)
    return target


@contextmanager
def incoming() -> Iterator[Path]:
    """A scratch folder beside the lake, for the one writer. What a killed load left goes first."""
    parent = lake_folder() / "incoming"
    shutil.rmtree(parent, ignore_errors=True)
    folder = parent / secrets.token_hex(8)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def next_generation(
    *,
    add: Iterable[NewFile],
    remove: Iterable[int] = (),
    why: str,
    at: datetime,
) -> LakeGeneration:
    """Name files in a new generation and drop others from it, inside the caller's transaction.

    add    : settled files to name
    remove : ids of `LakeFile` rows that the new generation no longer holds
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A generation is made inside the transaction of its deed.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GENERATION_LOCK])
    number = (LakeGeneration.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    generation = LakeGeneration.objects.create(number=number, at=at, why=why)
    LakeFile.objects.filter(id__in=list(remove), removed_in=None).update(removed_in=generation)
    LakeFile.objects.bulk_create(
        LakeFile(
            table=new.table,
            path=str(new.path.relative_to(lake_folder())),
            row_count=new.row_count,
            publication_id=new.publication_id,
            source_id=new.source_id,
            added_in=generation,
        )
        for new in add
    )
    return generation


def sweep(*, at: datetime, grace: timedelta = SWEEP_GRACE) -> list[str]:
    """Delete files that no generation younger than `grace` names. Holds the writer's lock."""
    with writer():
        # Lines of a replaced publication stay retrievable: only dimensions and cubes grow old.
        old = LakeFile.objects.filter(removed_in__at__lt=at - grace, publication=None)
        doomed = list(old.values_list("path", flat=True))
        with transaction.atomic():
            old.delete()
        gone = []
        for path in unnamed_files():
            name = str(path.relative_to(lake_folder()))
            age = at.timestamp() - path.stat().st_mtime
            if name in doomed or age > grace.total_seconds():
                path.unlink()
                gone.append(name)
        for path in scratch_folder().glob("*"):
            if at.timestamp() - path.lstat().st_mtime > grace.total_seconds():
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return gone


def unnamed_files() -> list[Path]:
    """Files that no generation names: of a load that was cut off, or older than is kept."""
    named = set(LakeFile.objects.values_list("path", flat=True))
    held = sorted(lake_folder().glob("*/*.parquet"))
    return [path for path in held if str(path.relative_to(lake_folder())) not in named]


# ── reading ──────────────────────────────────────────────────────────────────────────────────


@frozen
class Generation:
    """One state of the lake. files: (table, path, publication id or None)."""

    number: int
    files: tuple[tuple[str, str, int | None], ...]

    def paths(self, table: str, publications: frozenset[int] | None = None) -> list[str]:
        """The files of `table`, only of these publications where publications are named."""
        return [
            path
            for kind, path, publication in self.files
            if kind == table and (publications is None or publication in publications)
        ]


def current_generation() -> Generation:
    """The generation that a request reads from beginning to end."""
    number = LakeGeneration.objects.aggregate(last=Max("number"))["last"] or 0
    return _generation(number)


@lru_cache(maxsize=8)
def _generation(number: int) -> Generation:
    held = LakeFile.objects.filter(
        Q(removed_in=None) | Q(removed_in__number__gt=number), added_in__number__lte=number
    ).order_by("id")
    folder = lake_folder()
    return Generation(
        number=number,
        files=tuple((file.table, str(folder / file.path), file.publication_id) for file in held),
    )


@frozen
class Reach:
    """Which publications a viewer may read, in full or as the public does."""

    full: frozenset[int]
    public: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.full | self.public


def reach_of(viewer: Viewer, *, without_kinds: frozenset[str] = frozenset()) -> Reach:
    """Sort the current publications by what `viewer` may see of each."""
    current = Publication.objects.filter(state=Publication.State.CURRENT).exclude(
        kind__in=without_kinds
    )
    shared = set(
        current.filter(
            sharing=Publication.Sharing.NAMED, shares__body_id__in=viewer.bodies_read
        ).values_list("id", flat=True)
    )
    full, public = set(), set()
    for key, body_id, sharing in current.values_list("id", "body_id", "sharing"):
        if viewer.reads(body_id) or key in shared:
            full.add(key)
        elif sharing == Publication.Sharing.PUBLIC:
            public.add(key)
    return Reach(full=frozenset(full), public=frozenset(public))


_connections = threading.local()


def engine(*, local: bool = False):
    """This thread's connection to the query engine: DuckDB, or Spark by MOOTHALL_LAKE=sc://….

    local : always DuckDB, for the writing that stays in this process
    """
    address = "" if local else os.environ.get("MOOTHALL_LAKE", "")
    opened = _connections.__dict__.setdefault("opened", {})
    if address not in opened:
        opened[address] = _spark(address) if address else _duckdb()
    return opened[address]


def _duckdb():
    import ibis

    con = ibis.duckdb.connect(threads=2, memory_limit="1GB")
    for setting in (
        f"temp_directory='{scratch_folder()}'",  # lines that do not fit in memory lie there
        "autoinstall_known_extensions=false",
        "autoload_known_extensions=false",
        "preserve_insertion_order=false",
        "enable_progress_bar=false",  # it would stand amid what a command prints
        "parquet_metadata_cache=true",  # a lake's files never change
    ):
        con.raw_sql(f"SET {setting}")
    return con


def _spark(address: str):
    import ibis
    from pyspark.sql import SparkSession

    return ibis.pyspark.connect(SparkSession.builder.remote(address).getOrCreate())


def table_of(paths: list[str], table: str, *, local: bool = False) -> ir.Table:
    """An Ibis table over an explicit list of files; an empty one where there are none."""
    import ibis

    from moothall.core.lake_tables import TABLES

    if not paths:
        return ibis.memtable(TABLES[table].empty_table())
    con = engine(local=local)
    tables = _connections.__dict__.setdefault("tables", {})
    key = (id(con), table, tuple(paths))
    if key not in tables:
        if len(tables) > 64:
            tables.clear()
        tables[key] = con.read_parquet(paths) if con.name == "duckdb" else _remote(con, paths)
    return tables[key]


def _remote(con, paths: list[str]) -> ir.Table:
    """A Spark table over the same explicit files, under the address by which the server sees them.

    MOOTHALL_LAKE_FILES is the lake folder's URI on that side; without it both see the same disk.
    """
    seen_as = os.environ.get("MOOTHALL_LAKE_FILES", lake_folder().as_uri()).rstrip("/")
    uris = [f"{seen_as}/{Path(path).relative_to(lake_folder())}" for path in paths]
    view = f"moothall_{secrets.token_hex(6)}"
    con._session.read.parquet(*uris).createOrReplaceTempView(view)
    return con.table(view)


def keep_expression(table: str, rows) -> NewFile:
    """Write what an Ibis expression over local tables gives as one settled Parquet file."""
    import pyarrow.parquet as pq

    from moothall.core.lake_files import write_scanned

    path = new_path(table)
    write_scanned(engine(local=True), rows, path)
    settle(path)
    return NewFile(table=table, path=path, row_count=pq.read_metadata(path).num_rows)


@frozen(eq=False)
class Payments:
    """Everything a viewer may read of the lake, in one generation. Ibis tables, by name.

    cubes : by name, from the smallest; only those that the generation holds
    """

    generation: Generation
    reach: Reach
    lines: ir.Table
    names: ir.Table
    categories: ir.Table
    publications: ir.Table
    cubes: dict[str, ir.Table]


def payments_for(
    viewer: Viewer,
    generation: Generation | None = None,
    *,
    without_kinds: frozenset[str] = frozenset(),
) -> Payments:
    """The only way to lines or cubes: the rows `viewer` may read, as they may read them.

    without_kinds : kinds of publication to leave out, such as extracts of a ledger

    What is read is held as views, made once per generation and reach in each thread, so that a
    question's own expression stays small.
    """
    from moothall.core.lake_tables import CUBES

    generation = generation or current_generation()
    reach = reach_of(viewer, without_kinds=without_kinds)
    held = _connections.__dict__.setdefault("payments", {})
    key = (id(engine()), generation, reach, viewer.bodies_read, viewer.reads_all)
    if key not in held:
        if len(held) >= 32:
            held.clear()
        held[key] = Payments(
            generation=generation,
            reach=reach,
            lines=_as_view(_lines(generation, reach)),
            names=_as_view(_names(generation, viewer, reach)),
            categories=table_of(generation.paths("categories"), "categories"),
            publications=_publications(reach),
            cubes={
                table: _as_view(_cube(generation, reach, table))
                for table in CUBES
                if generation.paths(table)
            },
        )
    return held[key]


def lines_of_publications(held: Payments, publications: frozenset[int]):
    """The lines of `held` in the files of these publications alone: the same rows, sooner found."""
    kept = _connections.__dict__.setdefault("lines", {})
    key = (id(engine()), held.generation, held.reach, publications)
    if key not in kept:
        if len(kept) >= 128:
            kept.clear()
        only = Reach(full=held.reach.full & publications, public=held.reach.public & publications)
        kept[key] = _as_view(_lines(held.generation, only))
    return kept[key]


def _as_view(rows) -> ir.Table:
    """The same rows under a name of their own."""
    return engine().create_view(f"moothall_{secrets.token_hex(6)}", rows)


def asides_for(viewer: Viewer, generation: Generation | None = None) -> ir.Table:
    """The set-aside rows that `viewer` may read: only of publications read in full."""
    generation = generation or current_generation()
    return table_of(generation.paths("aside", reach_of(viewer).full), "aside")


def private_table(viewer: Viewer, table: str, generation: Generation | None = None) -> ir.Table:
    """Match evidence and queue (`links`, `candidates`) that rest only on bodies `viewer` reads."""
    generation = generation or current_generation()
    rows = table_of(generation.paths(table), table)
    if viewer.reads_all:
        return rows
    unread = rows.mutate(body_id=rows.body_ids.unnest())
    unread = unread.filter(~unread.body_id.isin(sorted(viewer.bodies_read) or [-1]))
    return rows.anti_join(unread, ["left_key", "right_key"])


def _lines(generation: Generation, reach: Reach) -> ir.Table:
    full = table_of(generation.paths("lines", reach.full), "lines")
    public_paths = generation.paths("lines", reach.public)
    if not public_paths:
        return full
    names = table_of(generation.paths("names"), "names")
    public = as_the_public_reads(table_of(public_paths, "lines"), names)
    return full.union(public) if generation.paths("lines", reach.full) else public


def as_the_public_reads(lines: ir.Table, names: ir.Table) -> ir.Table:
    """Lines without the published name or any number that leads back to it.

    What was bought of a payee whose name is withheld is withheld too: it may name them.
    """
    import ibis

    from moothall.core.lake_tables import PRIVATE_COLUMNS

    nothing = ibis.null().cast("string")
    blank = dict.fromkeys(PRIVATE_COLUMNS, nothing)
    withheld = names.filter(names.public_name.isnull()).select("name_key")
    is_withheld = lines.is_redacted | lines.name_key.isin(withheld.name_key)
    return lines.mutate(**blank, purpose=ibis.ifelse(is_withheld, nothing, lines.purpose))


def _names(generation: Generation, viewer: Viewer, reach: Reach) -> ir.Table:
    """The names dimension; where the viewer reads as the public does, under the public's names.

    A name without a public one is withheld: all such names stand together as one supplier, so that
    no total is built for a likely individual. A supplier is called as everyone or the viewer may
    read it: never by a spelling that stands only in another body's private lines.
    """
    import ibis

    from moothall.core.lake_tables import TABLES

    names = table_of(generation.paths("names"), "names")
    if viewer.reads_all:
        return names
    open_to = names.body_id.isin(sorted(viewer.bodies_read) or [-1])
    own = Publication.objects.filter(id__in=reach.full, body_id__in=viewer.bodies_read)
    if shared := reach.full - set(own.values_list("id", flat=True)):
        cube = table_of(generation.paths("cube_names"), "cube_names")
        shown = cube.filter(cube.publication_id.isin(sorted(shared))).select("name_key").distinct()
        open_to = open_to | names.name_key.isin(shown.name_key)
    withheld = names.public_name.isnull()
    nothing = ibis.null().cast("string")
    called = names.supplier
    if reach.full:
        names = names.mutate(is_open=open_to)
        open_to, withheld = names.is_open, names.public_name.isnull()
        each = ibis.window(group_by=names.supplier_id)
        own = ibis.ifelse(open_to, names.supplier_name, nothing)
        is_read = (
            names.public_body_id.notnull()
            | (own.upper() == names.supplier.upper())
            | (names.public_name == names.supplier)
        )
        called = ibis.ifelse(
            ibis.ifelse(is_read.fill_null(False), 1, 0).max().over(each) == 1,
            names.supplier,
            ibis.coalesce(names.public_name.max().over(each), own.max().over(each)),
        )
    return names.mutate(
        supplier=ibis.ifelse(open_to, called, ibis.coalesce(names.public_name, WITHHELD_NAME)),
        supplier_id=ibis.ifelse(open_to | ~withheld, names.supplier_id, WITHHELD_ID),
        supplier_name=ibis.ifelse(open_to, names.supplier_name, nothing),
        supplier_ref=ibis.ifelse(open_to, names.supplier_ref, nothing),
        kind=ibis.ifelse(open_to | ~withheld, names.kind, "redacted"),
    ).select(*TABLES["names"].names)


def _publications(reach: Reach) -> ir.Table:
    """One row per publication in reach: publication_id, body_id, kind, starts_on, ends_before."""
    import ibis
    import pyarrow as pa

    held = Publication.objects.filter(id__in=reach.all).order_by("id")
    columns = ("id", "body_id", "kind", "starts_on", "ends_before", "sharing")
    rows = [dict(zip(columns, row, strict=True)) for row in held.values_list(*columns)]
    schema = pa.schema(
        [
            ("id", pa.int64()),
            ("body_id", pa.int64()),
            ("kind", pa.string()),
            ("starts_on", pa.date32()),
            ("ends_before", pa.date32()),
            ("sharing", pa.string()),
        ]
    )
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema)).rename(publication_id="id")


def _cube(generation: Generation, reach: Reach, table: str) -> ir.Table:
    cube = table_of(generation.paths(table), table)
    known = {publication for _, _, publication in generation.files if publication is not None}
    return (
        cube
        if known <= reach.all
        else cube.filter(cube.publication_id.isin(sorted(reach.all) or [-1]))
    )
