"""Can everything be put back, and is what was put back the same?

A backup is the books first, then every file that they name: the books hold the commit point, so
a load that commits while files are copied is simply not in it. Every file is listed with its hash.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from moothall.core import audit, chain, lake, purges
from moothall.core.errors import CannotDo
from moothall.core.models import LakeFile

MANIFEST = "manifest.json"
# Below MOOTHALL_HOME and outside the books and the lake: all of it belongs in a backup.
KEPT = ("raw", "releases", "secrets", "purges", "audit-head.json")


class CannotBackUp(CannotDo):
    """No backup was made."""


class CannotRestore(CannotDo):
    """Nothing was put back."""


@frozen
class Made:
    """A backup that was written, or one that was put back."""

    folder: Path
    files: int
    size_bytes: int
    head: audit.Head
    purges: int = 0


def back_up(folder: Path, *, at: datetime, by: str | None = None) -> Made:
    """Write a whole backup into an empty or new folder, readable by its owner alone.

    :raises CannotBackUp: with a sentence; the folder then holds no manifest and is no backup.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CannotBackUp(
            f"No backup was made: {folder} is not empty, and a backup never overwrites another. "
            "Give a new folder."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    home = Path(settings.HOME)
    books = folder / ("books.pgdump" if connection.vendor == "postgresql" else "books.sqlite3")
    # While the lock is held no load commits and nothing is swept, so links to the files that the
    # books name are all taken from one state; the copying itself then holds nobody up.
    linked = home / f".backup-{os.getpid()}"
    try:
        with lake.writer():
            named, head = _copy_books(books)
            _link(named, lake.lake_folder(), linked / "lake")
            for kept in KEPT:
                _link(_below(home / kept), home, linked)
        entries = {books.name: _entry(books)}
        for path in sorted(linked.rglob("*")):
            if path.is_file():
                name = path.relative_to(linked)
                entries[str(name)] = _copied(path, folder / name)
    except FileNotFoundError as gone:
        raise CannotBackUp(
            f"No backup was made: {gone.filename} went while it was copied, as a purge takes files "
            "away. Make the backup again in a new folder."
        ) from None
    finally:
        shutil.rmtree(linked, ignore_errors=True)
    manifest = {
        "made_at": chain.instant(at),
        "books": books.name,
        "audit_head": {"seq": head.seq, "hash": head.hash},
        "files": entries,
    }
    _settled(folder / MANIFEST, chain.canonical(manifest).encode("ascii"))
    size = sum(int(entry["bytes"]) for entry in entries.values())
    with transaction.atomic():
        audit.record(
            by=by,
            at=at,
            did="books.backed_up",
            to="core.books",
            count=len(entries),
            manifest=_sha256(folder / MANIFEST),
        )
    return Made(folder=folder, files=len(entries), size_bytes=size, head=head)


def restore(folder: Path, *, at: datetime, purge_list: Path | None = None) -> Made:
    """Put a backup into an empty home and empty books, then do every later purge again.

    purge_list : the running service's own list of purges, where it is newer than the backup's

    :raises CannotRestore: with a sentence, before anything is written, when the backup is not
        whole or the home is not empty.
    """
    manifest = _manifest_of(folder)
    _refuse_what_does_not_fit(folder, manifest)
    home = Path(settings.HOME)
    later = purges.instructions(purge_list) if purge_list else []
    later += purges.instructions()  # a home may be empty but for the list of purges
    for name in manifest["files"]:
        if name != manifest["books"]:
            _copied(folder / name, home / name)
    _put_books(folder / str(manifest["books"]))
    call_command("migrate", verbosity=0)
    head = audit.Head(manifest["audit_head"]["seq"], manifest["audit_head"]["hash"])
    if head.seq:
        audit.write_head_file(head.seq, head.hash, whatever_it_says=True)
    verdict = audit.verify(head)
    if not verdict.holds:
        raise CannotRestore(
            f"The backup was put back, but its audit log does not hold. {verdict.sentence} Empty "
            "the home and restore an earlier backup."
        )
    purges.add(later)
    done = purges.reapply(at)
    with transaction.atomic():
        audit.record(
            by=None,
            at=at,
            did="books.restored",
            to="core.books",
            manifest=_sha256(folder / MANIFEST),
            purges_done_again=done,
        )
    size = sum(int(entry["bytes"]) for entry in manifest["files"].values())
    return Made(folder, len(manifest["files"]), size, verdict.head, done)


def _refuse_what_does_not_fit(folder: Path, manifest: dict[str, Any]) -> None:
    wanted = "books.pgdump" if connection.vendor == "postgresql" else "books.sqlite3"
    if manifest["books"] != wanted:
        raise CannotRestore(
            f"Nothing was restored: the backup holds {manifest['books']}, and this service keeps "
            "its books in the other database. Set or unset DATABASE_URL as it was when the backup "
            "was made."
        )
    home = Path(settings.HOME)
    there = [name for name in ("lake", "raw", "releases") if any(_below(home / name))]
    if there or connection.introspection.table_names():
        raise CannotRestore(
            f"Nothing was restored: {'the books' if not there else ', '.join(there)} at this home "
            "already hold something, and a restore never overwrites. Point MOOTHALL_HOME to a new "
            "folder, and DATABASE_URL, if you use it, to an empty database."
        )
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _sha256(path) != entry["sha256"]:
            raise CannotRestore(
                f"Nothing was restored: {name} in the backup is missing or is not what the "
                "manifest says. Fetch the backup again, or take an earlier one."
            )


def _manifest_of(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        raise CannotRestore(
            f"Nothing was restored: {folder} has no {MANIFEST}, so it is not a finished backup. "
            "Give the folder that `moothall backup` wrote."
        ) from None


def _copy_books(target: Path) -> tuple[list[Path], audit.Head]:
    """Copy the books in one consistent state; the lake's files that state names, and its head."""
    if connection.vendor == "postgresql":
        return _dump_postgres(target)
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
    copy.close()
    target.chmod(0o600)
    # In the copy, not in the books: the names that the copy was made with.
    with sqlite3.connect(target) as copy:
        paths = [row[0] for row in copy.execute("SELECT path FROM core_lakefile")]
        head = copy.execute("SELECT seq, hash FROM core_audithead").fetchone()
    copy.close()
    found = audit.Head(*head) if head else audit.Head(0, chain.GENESIS)
    return [lake.lake_folder() / path for path in paths], found


def _dump_postgres(target: Path) -> tuple[list[Path], audit.Head]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        paths = list(LakeFile.objects.values_list("path", flat=True))
        head = audit.current_head()
        arguments = ["--format=custom", f"--snapshot={snapshot}", f"--file={target}"]
        _postgres_tool("pg_dump", [*arguments, "--no-owner", "--no-privileges"], CannotBackUp)
    target.chmod(0o600)
    return [lake.lake_folder() / path for path in paths], head


def _put_books(source: Path) -> None:
    if connection.vendor == "postgresql":
        connections.close_all()
        _postgres_tool(
            "pg_restore",
            [
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
                f"--dbname={connection.settings_dict['NAME']}",
                str(source),
            ],
            CannotRestore,
        )
        return
    connection.ensure_connection()
    with sqlite3.connect(source) as copy:
        copy.backup(connection.connection)
    copy.close()
    connection.close()  # opened again with the pragmas that the books are kept by


def _postgres_tool(tool: str, arguments: list[str], refusal: type[CannotDo]) -> None:
    """Run pg_dump or pg_restore on the books; the password goes by the environment."""
    held = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    env = os.environ | {name: str(held[key]) for name, key in named.items() if held.get(key)}
    env["PGDATABASE"] = str(held["NAME"])
    try:
        done = subprocess.run([tool, *arguments], env=env, capture_output=True, text=True)
    except FileNotFoundError:
        raise refusal(
            f"{tool} is not on this machine, and PostgreSQL's books are copied with it. Install "
            "the client programs of PostgreSQL, in the server's version or a later one."
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise refusal(f"{tool} could not finish: {said[-1] if said else 'it did not say why'}.")


def _below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (each for each in sorted(path.rglob("*")) if each.is_file())


def _link(paths: Iterable[Path], base: Path, target: Path) -> None:
    for path in paths:
        if path.suffix == ".lock":
            continue
        link = target / path.relative_to(base)
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, link)
        except FileNotFoundError:
            raise CannotBackUp(
                f"No backup was made: the books name {path.name}, and it is not in the lake. "
                "Restore the last backup that holds it into a new home, and compare."
            ) from None


def _copied(source: Path, target: Path) -> dict[str, Any]:
    """Copy a file to disk, with its hash and size."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, target)
    target.chmod(0o600)
    with target.open("rb") as written:
        os.fsync(written.fileno())
    return _entry(target)


def _entry(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": _sha256(path)}


def _settled(path: Path, content: bytes) -> None:
    with path.open("wb") as out:
        out.write(content)
        os.fsync(out.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
