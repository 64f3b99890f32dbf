"""Take a value that was published in error out of every store: a deed by two people.

One person asks and another confirms. What is about to go is written to the list of purges first, so
that a restored backup is purged again; then files are written afresh without the value, and one
transaction names them. Rows and amounts stay, so every total stays.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from attrs import field, frozen
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import models, transaction

from moothall.core import audit, lake, ownership, purges
from moothall.core.chain import instant
from moothall.core.errors import CannotDo
from moothall.core.lake_purge import Rewritten, Touched, rewritten, rows_touched, texts_in
from moothall.core.models import LakeFile
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_confirm_purge, why_not_request_purge
from moothall.spend.actions.projecting import project
from moothall.spend.engine.names import folded
from moothall.spend.engine.purging import (
    TOMBSTONE,
    plain_value,
    purged_bytes,
    purged_json,
    purged_text,
    value_behind,
    value_pattern,
    why_not_purge,
)
from moothall.spend.exports import (
    MANIFEST,
    SIGNATURE,
    manifest_of,
    settle_folder,
    sha256_of,
    sign_release,
)
from moothall.spend.models import (
    Purge,
    RedactionDecision,
    Register,
    RegisterAside,
    RegisterEntry,
    Release,
    SourceFile,
    Upload,
)
from moothall.spend.queries.purges import RAW_TOMBSTONE, REASONS
from moothall.spend.queries.releases import releases_folder
from moothall.spend.queries.uploads import upload_folder

KIND = "spend.value"
# Folders of passing files below the home, beside the raw files, the lake and the releases.
PASSING_FOLDERS = ("uploads", "exports", "demo-files", "scratch")
# What work that was cut off left behind; under the writer's lock, none of it is in use but a
# backup's links, and a backup that has begun would hold the value.
CUT_OFF = ("lake/incoming", "lake/purging-*", ".backup-*")
# A register is of nobody here, so a value that any body has purged goes from it too.
REGISTERS = (Register, RegisterAside, RegisterEntry)
# Tables of the body's that hold no published value: people's own, and the log, which names nobody.
LEFT_ALONE = ("directory.", "core.auditentry", "spend.purge")
WAITED_WITH_IT = (
    "A value that was published in error was purged from these files. Hand them over again without "
    "it."
)


class CannotPurge(CannotDo):
    """Every store holds what it held."""


def request_purge(
    *, body: Organisation, value: str, reason: str, by: Person | None, at: datetime
) -> Purge:
    """Ask for a value of a body's to be purged; nothing goes until a second person confirms.

    reason : a code of `queries.purges.REASONS`

    :raises CannotPurge: when nobody asks by name, the role is missing, the value is too short to
        be told from other text, or it stands nowhere.
    """
    if by is None:
        raise CannotPurge(
            "A purge takes two people, each by name, and nobody is named. Sign in, or give --by."
        )
    if refusal := why_not_request_purge(by, body) or why_not_purge(value):
        raise CannotPurge(refusal)
    if reason not in REASONS:
        raise CannotPurge(f"{reason!r} is not a reason. Choose one of {', '.join(REASONS)}.")
    counts = counts_of(body, value)
    if not any(counts.values()):
        raise CannotPurge(
            f"Nothing was asked for: that value stands nowhere in what {body.name} holds here. "
            "Copy it from the row where you saw it."
        )
    with transaction.atomic():
        purge = Purge.objects.create(
            body=body,
            value=" ".join(value.split()),
            reason=reason,
            found={"counts": counts},
            requested_by=by,
            requested_at=at,
        )
        audit.record(
            by=by,
            at=at,
            did="spend.purge_requested",
            to=purge,
            body_id=body.pk,
            value=audit.digest(plain_value(value)),
            reason=reason,
            counts=counts,
        )
    return purge


def refuse_purge(*, purge_id: int, by: Person | None, at: datetime) -> Purge:
    """Settle a request without purging: by the one who asked, or by one who may confirm.

    :raises CannotPurge: when it no longer waits, or the role is missing.
    """
    with transaction.atomic():
        purge = _waiting(purge_id)
        if by is None or by.pk != purge.requested_by_id:
            reason = why_not_confirm_purge(by, purge.body, requested_by_id=None)
            if reason:
                raise CannotPurge(reason)
        purge.state, purge.value = Purge.State.REFUSED, ""
        purge.settled_by, purge.settled_at = by, at
        purge.save()
        audit.record(by=by, at=at, did="spend.purge_refused", to=purge, body_id=purge.body_id)
    purges.scrub_books()
    return purge


def confirm_purge(*, purge_id: int, by: Person | None, at: datetime) -> Purge:
    """Carry out a purge that someone else asked for. It cannot be undone.

    A purge that was cut off is finished by confirming it again.

    :raises CannotPurge: when it was settled, the role is missing, or `by` asked for it.
    """
    if by is None:
        raise CannotPurge(
            "A purge takes two people, each by name, and nobody is named. Sign in, or give --by."
        )
    with transaction.atomic():
        purge = _waiting(purge_id)
        if refusal := why_not_confirm_purge(by, purge.body, requested_by_id=purge.requested_by_id):
            raise CannotPurge(refusal)
        if purge.state == Purge.State.REQUESTED:
            purge.state, purge.settled_by, purge.settled_at = Purge.State.CONFIRMED, by, at
            purge.save()
            audit.record(by=by, at=at, did="spend.purge_confirmed", to=purge, body_id=purge.body_id)
    if purge.value:
        _carry_out(purge.body, purge.value, at=at, purge=purge)
    _finish(purge)
    project(at=at, why="spend.purged")
    return purge


def purge_again(instruction: purges.Instruction, at: datetime) -> None:
    """Do a purge again after an older backup came back; the second time nothing is found."""
    where: Any = instruction.where
    body = Organisation.objects.filter(pk=where["body"]).first()
    if body is None:
        return
    again = False
    for digest, length in where["spellings"]:
        value = value_behind(_texts_of(body), length=length, is_it=partial(_has_digest, digest))
        if value:
            _carry_out(body, value, at=at, purge=None)
            again = True
    for purge in Purge.objects.filter(body=body, state=Purge.State.CONFIRMED, value=""):
        _finish(purge)
    if again:
        project(at=at, why="spend.purged")


def _has_digest(digest: str, text: str) -> bool:
    return audit.digest(text) == digest


def _waiting(purge_id: int) -> Purge:
    purge = Purge.objects.select_for_update().filter(pk=purge_id).first()
    if purge is None:
        raise CannotPurge(f"There is no purge {purge_id}. The body's list of purges has them all.")
    if purge.state not in (Purge.State.REQUESTED, Purge.State.CONFIRMED):
        raise CannotPurge(f"Purge {purge_id} was {purge.get_state_display()}. Nothing is left.")
    return purge


# ── finding ──────────────────────────────────────────────────────────────────────────────────


def counts_of(body: Organisation, value: str) -> dict[str, int]:
    """Where a value stands: rows of the lake, published files, releases, waiting files, books."""
    pattern = value_pattern(value)
    purged = partial(purged_text, pattern=pattern)
    rows = [touched for file in _own_files(body) for touched in rows_touched(file, purged)]
    places = {(touched.table, touched.source_id, touched.sheet, touched.row) for touched in rows}
    records = [model for model, _pk, _changed in _records_holding(body, pattern, value)]
    return {
        "lines": sum(table == "lines" for table, *_ in places),
        "set_aside": sum(table == "aside" for table, *_ in places),
        "files": sum(_holds(path, value) for path in _raw_paths(body)),
        "releases": sum(
            any(_holds(path, value) for path in _below(releases_folder() / folder))
            for folder in Release.objects.filter(body=body).values_list("folder", flat=True)
        ),
        "waiting_files": sum(_holds(path, value) for path in _passing_files(body)),
        "register_rows": sum(model in (RegisterEntry, RegisterAside) for model in records),
        "records": sum(model not in REGISTERS for model in records),
    }


def _own_files(body: Organisation) -> list[LakeFile]:
    return list(LakeFile.objects.filter(publication__body_id=body.pk).order_by("pk"))


def _raw_paths(body: Organisation) -> list[Path]:
    hashes = SourceFile.objects.filter(body=body).values_list("sha256", flat=True).distinct()
    return [path for sha256 in hashes if sha256 and (path := lake.raw_path(sha256)).is_file()]


def _below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _passing_files(body: Organisation) -> Iterator[Path]:
    """Files that no book keeps for long; other bodies' uploads are theirs to purge."""
    home = Path(settings.HOME)
    others = Upload.objects.exclude(body=body).values_list("token", flat=True)
    theirs = {upload_folder(token) for token in others}
    for name in PASSING_FOLDERS:
        for path in _below(home / name):
            if theirs.isdisjoint(path.parents):
                yield path


def _unnamed_files(value: str) -> Iterator[Path]:
    """What was written for a deed that never came to be: under the lock, nobody will name it."""
    for pattern in CUT_OFF:
        yield from Path(settings.HOME).glob(pattern)
    yield from lake.unnamed_files()
    named = set(SourceFile.objects.values_list("sha256", flat=True))
    kept = lake.raw_folder().glob("*/*")
    yield from (path for path in kept if path.name not in named and _holds(path, value))
    released = set(Release.objects.values_list("folder", flat=True))
    folders = (path for path in releases_folder().glob("*") if path.name not in released)
    yield from (folder for folder in folders if any(_holds(path, value) for path in _below(folder)))


def _holds(path: Path, value: str) -> bool:
    return purged_bytes(path.read_bytes(), value)[1] > 0


def _texts_of(body: Organisation) -> Iterator[str]:
    """Every text of the body's lines and set-aside rows, then of its records and of registers."""
    yield from texts_in(_own_files(body))
    for _model, _pk, fields in _records(body):
        for text in fields.values():
            yield text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)


def _records(body: Organisation) -> Iterator[tuple[type[models.Model], Any, dict[str, Any]]]:
    """Each row of the body's tables, and of registers, with its free columns: text and JSON."""
    held: list[models.QuerySet[Any]] = [
        owned.rows(body.pk)
        for owned in ownership.owned()
        if not owned.model.lower().startswith(LEFT_ALONE)
    ]
    held += [model.objects.all() for model in REGISTERS]
    for rows in held:
        if names := free_columns(rows.model):
            for row in rows.values("pk", *names).iterator():
                yield rows.model, row.pop("pk"), row


def free_columns(model: type[models.Model]) -> list[str]:
    """The columns of a table in which a published value could stand."""
    return [
        column.attname
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and not column.primary_key
    ]


def _records_holding(
    body: Organisation, pattern: re.Pattern[str], value: str
) -> Iterator[tuple[type[models.Model], Any, dict[str, Any]]]:
    """Each row that holds the value, with its columns as they are to be."""
    spelt = folded(value)
    for model, pk, row in _records(body):
        changed = {
            name: _fitting(new, model, name)
            for name, text in row.items()
            if (new := purged_json(text, pattern)) != text
        }
        if model is RedactionDecision and spelt and spelt in row["matches"]:
            changed["matches"] = f"PURGED {pk}"
        if model is RegisterEntry and "name" in changed:
            changed["name_skeleton"] = (
                ""  # the name run together; nothing is joined by an empty one
            )
        if changed:
            yield model, pk, changed


def _fitting(new: object, model: type[models.Model], name: str) -> object:
    """A tombstone cut to its column, or nothing where the column is shorter than a tombstone."""
    longest = getattr(model._meta.get_field(name), "max_length", None)
    if not isinstance(new, str) or longest is None or len(new) <= longest:
        return new
    return new[:longest] if longest >= len(TOMBSTONE) else ""


# ── carrying out ─────────────────────────────────────────────────────────────────────────────


@frozen
class _Made:
    """What was written afresh, and which files go once the books name it."""

    lake: list[Rewritten] = field(factory=list)
    raw: dict[str, str] = field(factory=dict)  # old hash -> new hash
    releases: dict[int, tuple[str, str]] = field(factory=dict)  # id -> folder, manifest's hash
    doomed: list[Path] = field(factory=list)


def _carry_out(body: Organisation, value: str, *, at: datetime, purge: Purge | None) -> None:
    pattern = value_pattern(value)
    purged = partial(purged_text, pattern=pattern)
    with lake.writer():
        spellings = {plain_value(value)}
        touched: list[Touched] = []
        files = [*_own_files(body), *LakeFile.objects.filter(publication=None).order_by("pk")]
        for text in _texts_of(body):
            spellings |= {plain_value(found[0]) for found in pattern.finditer(text)}
        for file in _own_files(body):
            touched += rows_touched(file, purged)
        purges.instruct(
            KIND,
            at=at,
            body=body.pk,
            spellings=sorted([audit.digest(text), len(text)] for text in spellings),
            rows=sorted({(t.source_id or 0, t.row or 0) for t in touched}),
        )
        made = _Made(doomed=list(_unnamed_files(value)))  # before anything is written afresh
        for file in files:
            if fresh := rewritten(file, purged):
                made.lake.append(fresh)
                made.doomed.append(fresh.old)
        sources = {t.source_id or 0 for t in touched}
        for path in _raw_paths(body):
            _purge_raw(path, value, sources, body, at, made)
        for release in Release.objects.filter(body=body):
            _purge_release(release, value, at, made)
        made.doomed.extend(path for path in _passing_files(body) if _holds(path, value))
        _commit(body, value, pattern, made, touched, at=at, purge=purge)
        _delete(made.doomed, at)
    lake._generation.cache_clear()
    cache.clear()
    purges.scrub_books()


def _purge_raw(
    path: Path,
    value: str,
    sources: set[int],
    body: Organisation,
    at: datetime,
    made: _Made,
) -> None:
    """Write a published file afresh without the value, under the hash of its new bytes.

    A file whose rows held the value, but in whose bytes it cannot be found, goes whole: its rows
    are in the lake.
    """
    data, found = purged_bytes(path.read_bytes(), value)
    held_by_rows = SourceFile.objects.filter(body=body, sha256=path.name, pk__in=sources).exists()
    if not found and not held_by_rows:
        return
    if not found:
        data = _stone(at, whole=True)
    scratch = lake.lake_folder() / f"purging-{secrets.token_hex(6)}"
    scratch.write_bytes(data)
    try:
        sha256 = sha256_of(scratch)
        lake.keep_raw(scratch, sha256)
    finally:
        scratch.unlink()
    made.raw[path.name] = sha256
    if not SourceFile.objects.filter(sha256=path.name).exclude(body=body).exists():
        made.doomed.append(path)  # unless another body published the very same bytes


def _stone(at: datetime, **said: object) -> bytes:
    return json.dumps({RAW_TOMBSTONE: instant(at), **said}).encode("ascii")


def _purge_release(release: Release, value: str, at: datetime, made: _Made) -> None:
    """Write a release afresh without the value and sign it again; its old folder goes."""
    old = releases_folder() / release.folder
    if not old.is_dir() or not any(_holds(path, value) for path in _below(old)):
        return
    new = releases_folder() / secrets.token_hex(12)
    new.mkdir()
    for path in _below(old):
        if path.name not in {MANIFEST, SIGNATURE}:
            (new / path.name).write_bytes(purged_bytes(path.read_bytes(), value)[0])
    told = manifest_of(old)
    about = {key: each for key, each in told.items() if key not in {"files", "format"}}
    manifest = sign_release(new, {**about, "purged_at": instant(at)})
    settle_folder(new)
    made.releases[release.pk] = (new.name, manifest)
    made.doomed.append(old)


@transaction.atomic
def _commit(
    body: Organisation,
    value: str,
    pattern: re.Pattern[str],
    made: _Made,
    touched: Iterable[Touched],
    *,
    at: datetime,
    purge: Purge | None,
) -> None:
    """Name everything written afresh; from here on no store that anyone reads holds the value."""
    for fresh in made.lake:
        path = str(fresh.new.relative_to(lake.lake_folder()))
        LakeFile.objects.filter(pk=fresh.file_id).update(path=path)
    for old, new in made.raw.items():
        SourceFile.objects.filter(body=body, sha256=old).update(sha256=new)
    for release_id, (folder, manifest) in made.releases.items():
        Release.objects.filter(pk=release_id).update(
            folder=folder, manifest_sha256=manifest, purged_at=at
        )
    records = list(_records_holding(body, pattern, value))
    for model, pk, changed in records:
        model._default_manager.filter(pk=pk).update(**changed)
    made.doomed.extend(_register_stones(records))
    made.doomed.extend(_failed_uploads(made.doomed))
    _purge_jobs(pattern)
    _purge_sessions(pattern)
    # Whoever else asked for the same value, or had asked when an older backup was made, has it.
    same = Purge.objects.filter(body=body).exclude(value="").exclude(pk=purge.pk if purge else 0)
    for other in same:
        if pattern.search(other.value):
            other.state, other.value, other.settled_at = Purge.State.DONE, "", at
            other.save()
    lake.next_generation(add=[], remove=[], why="spend.purged", at=at)
    stones = sorted({(t.source_id or 0, t.sheet or "", t.row or 0, t.columns) for t in touched})
    if purge is not None:
        home = Path(settings.HOME)
        purge.value = ""
        purge.found = {
            **purge.found,
            "raw": made.raw,
            "tombstones": [
                {"source": source, "sheet": sheet, "row": row, "columns": list(columns)}
                for source, sheet, row, columns in stones
            ],
            "doomed": [str(path.relative_to(home)) for path in made.doomed],
        }
        purge.save()
    audit.record(
        by=purge.settled_by if purge else None,
        at=at,
        did="spend.purged" if purge else "spend.purged_again",
        to=purge or f"directory.organisation:{body.pk}",
        body_id=body.pk,
        rows=len(stones),
        files=len(made.raw),
        releases=len(made.releases),
        records=len(records),
    )


def _purge_jobs(pattern: re.Pattern[str]) -> None:
    """What background jobs were given and gave back."""
    from django_tasks_db.models import DBTaskResult

    names = [
        column.attname
        for column in DBTaskResult._meta.concrete_fields
        if isinstance(column, models.TextField | models.JSONField)
    ]
    for row in DBTaskResult.objects.values("pk", *names):
        pk = row.pop("pk")
        changed = {
            name: new for name, held in row.items() if (new := purged_json(held, pattern)) != held
        }
        if changed:
            DBTaskResult.objects.filter(pk=pk).update(**changed)


def _purge_sessions(pattern: re.Pattern[str]) -> None:
    """End the visits that hold the value, as in a message not yet shown, or cannot be read."""
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if not held or purged_json(held, pattern) != held:
            session.delete()


def _register_stones(records: Iterable[tuple[type[models.Model], Any, Any]]) -> Iterator[Path]:
    """Where a stone is laid so that the bytes of a register which held the value stay out."""
    touched = {(model, pk) for model, pk, _changed in records if model in REGISTERS}
    names = {pk for model, pk in touched if model is Register}
    entries = [pk for model, pk in touched if model is RegisterEntry]
    aside = [pk for model, pk in touched if model is RegisterAside]
    listed = RegisterEntry.objects.filter(pk__in=entries).values_list("register", flat=True)
    names |= set(Register.objects.filter(name__in=list(listed)).values_list("pk", flat=True))
    held = RegisterAside.objects.filter(pk__in=aside).values_list("register_id", flat=True)
    for sha256 in Register.objects.filter(pk__in=names | set(held)).values_list(
        "sha256", flat=True
    ):
        if not SourceFile.objects.filter(sha256=sha256).exists():
            yield lake.raw_path(sha256)


def _failed_uploads(doomed: Iterable[Path]) -> list[Path]:
    """Say of uploads from which a file goes why they cannot be loaded; their folders go whole."""
    folders = {parent for path in doomed for parent in path.parents}
    failed = []
    for upload in Upload.objects.exclude(state=Upload.State.DONE):
        if (folder := upload_folder(upload.token)) in folders:
            upload.state, upload.refusal = Upload.State.FAILED, WAITED_WITH_IT
            upload.save(update_fields=["state", "refusal"])
            failed.append(folder)
    return failed


def _finish(purge: Purge) -> None:
    """Delete what the books no longer name, and say that the purge is done."""
    home = Path(settings.HOME)
    _delete((home / name for name in purge.found.get("doomed", [])), purge.settled_at)
    purge.state = Purge.State.DONE
    purge.found = {key: each for key, each in purge.found.items() if key != "doomed"}
    with transaction.atomic():
        purge.save()
    purges.scrub_books()


def _delete(doomed: Iterable[Path], at: datetime | None) -> None:
    """Delete files and folders; where a published file lay, a stone says that it was purged."""
    for path in doomed:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
        if at is not None and path.parent.parent == lake.raw_folder() and not path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_stone(at))
            lake.settle(path)
