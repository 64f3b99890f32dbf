"""What must never come back: purges kept outside the books, applied again after a restore.

Each purge is one JSON line in `purges/instructions.jsonl` below MOOTHALL_HOME. It says where the
purged values stood (file hashes, rows, columns, digests), never what they were, so that the list
itself gives nothing away. A backup holds a copy; the list of the running service goes on growing,
and is the one that a restore must be given.
"""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from attrs import frozen
from django.conf import settings
from django.db import connection

from moothall.core import chain


@frozen
class Instruction:
    """One purge: `kind` names who knows how to do it, `where` what it needs for that."""

    id: str
    kind: str
    at: str
    where: Mapping[str, object]


Again = Callable[[Instruction, datetime], None]
_again: dict[str, Again] = {}


def apply_after_restore(kind: str, again: Again) -> None:
    """Say how purges of `kind` are done again. `again` must change nothing the second time."""
    _again[kind] = again


def list_file() -> Path:
    return Path(settings.HOME) / "purges" / "instructions.jsonl"


def instruct(kind: str, *, at: datetime, **where: object) -> Instruction:
    """Write a purge down, durably, before it is done. Saying the same thing twice keeps one."""
    text = chain.canonical(where)
    instruction = Instruction(
        id=chain.manifest_hash([kind, text])[:32],
        kind=kind,
        at=chain.instant(at),
        where=json.loads(text),
    )
    add([instruction])
    return instruction


def instructions(source: Path | None = None) -> list[Instruction]:
    """Every purge written down, oldest first. A last line cut short by a crash is passed over."""
    path = source or list_file()
    if not path.exists():
        return []
    held = []
    for line in path.read_text(encoding="ascii").splitlines():
        try:
            held.append(Instruction(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return held


def add(new: list[Instruction]) -> int:
    """Append those instructions that are not yet in the list; how many were new."""
    path = list_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        known = {instruction.id for instruction in instructions()}
        fresh = [instruction for instruction in new if instruction.id not in known]
        out.seek(0)
        if (before := out.read()) and not before.endswith("\n"):
            out.write("\n")
        for each in fresh:
            line = {"id": each.id, "kind": each.kind, "at": each.at, "where": dict(each.where)}
            out.write(chain.canonical(line) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return len(fresh)


def reapply(at: datetime) -> int:
    """Do every purge in the list again, after a restore; how many were done.

    :raises LookupError: when nobody says how to do one, before any is done.
    """
    held = instructions()
    if unknown := sorted({each.kind for each in held} - set(_again)):
        raise LookupError(
            f"The list of purges holds {', '.join(unknown)}, which this version of Moothall does "
            "not know how to do again. Restore with the version that made the list."
        )
    for each in held:
        _again[each.kind](each, at)
    return len(held)


def scrub_books() -> None:
    """Have the database let go of what was deleted: call it after the purge's own transaction.

    A deleted row lies on in the database's files until something writes over it. SQLite is kept
    with `secure_delete`, so only its write-ahead log is left to empty; PostgreSQL is vacuumed.
    """
    if connection.in_atomic_block:
        raise RuntimeError("The books are scrubbed after the transaction that deleted from them.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
