"""What do these files, folders and archives hold? One answer a file, refused ones among them.

This is the one way in to reading what bodies publish: it decides by the bytes what a file is,
opens archives, and hands each file to the reader of its kind. A refusal never stops the others.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from attrs import frozen

from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.archives import ArchiveLimits, unpacked
from moothall.spend.feeds.reading import CannotRead, Proposal, Reading, Stamp
from moothall.spend.feeds.refusals import BLOCK, FileKind, kind_of_path, why_not_read
from moothall.spend.feeds.text import propose_mapping, read_text
from moothall.spend.feeds.workbooks import WorkbookLimits, propose_workbook, read_workbook
from moothall.values.periods import Period

_ARCHIVES = (FileKind.ZIP, FileKind.GZIP, FileKind.XZ)
# Hashing a refused file larger than this would take longer than refusing it.
_LARGEST_HASHED_WHEN_REFUSED = 256 * 1024**2

MappingFor = Callable[[Path, str], Mapping | None]


@frozen
class Found:
    """A file to read: how it is called, and where its bytes are, or why it is refused."""

    name: str
    path: Path | None = None
    refusal: str | None = None


@frozen
class FileRead:
    """One file read, with what reading it left on disk.

    reading    : None when the caller already knew these bytes (see `is_known`)
    raw        : the file's own bytes; a member of an archive only until the next is asked for
    lines, aside : the two Parquet files; None when refused or known
    """

    name: str
    sha256: str
    reading: Reading | None
    raw: Path | None = None
    stamp: Stamp | None = None
    lines: Path | None = None
    aside: Path | None = None


def files_read(
    paths: Path | Iterable[Path],
    *,
    new_stamp: Callable[[], Stamp],
    scratch: Path,
    mapping_for: MappingFor | None = None,
    is_known: Callable[[str], bool] | None = None,
    period: Period | None = None,
    careful: bool = False,
    archive_limits: ArchiveLimits | None = None,
    workbook_limits: WorkbookLimits | None = None,
) -> Iterator[FileRead]:
    """Read each file in turn; the Parquet files are named in `scratch` by the stamp's source.

    new_stamp   : called once for each file that is read
    mapping_for : (path, name) -> the mapping a person confirmed for that file, if one did
    is_known    : sha256 -> whether these bytes are loaded already and need no reading
    """
    scratch.mkdir(parents=True, exist_ok=True)
    for found in files_found(paths, scratch=scratch / "unpacked", limits=archive_limits):
        if found.path is None or found.refusal:
            yield _refused(found, found.refusal or "")
            continue
        path, name = found.path, found.name
        sha256 = ""
        if is_known is not None:
            sha256 = sha256_of(path)
            if is_known(sha256):
                yield FileRead(name, sha256, None, raw=path)
                continue
        stamp = new_stamp()
        lines = scratch / f"{stamp.source_id}-lines.parquet"
        aside = scratch / f"{stamp.source_id}-aside.parquet"
        confirmed = mapping_for(path, name) if mapping_for else None
        try:
            if kind_of_path(path) is FileKind.WORKBOOK:
                reading = read_workbook(
                    path,
                    stamp=stamp,
                    lines_path=lines,
                    aside_path=aside,
                    confirmed=confirmed,
                    name=name,
                    period=period,
                    limits=workbook_limits,
                )
            else:
                reading = read_text(
                    path,
                    stamp=stamp,
                    lines_path=lines,
                    aside_path=aside,
                    confirmed=confirmed,
                    name=name,
                    careful=careful,
                    period=period,
                )
        except CannotRead as refusal:
            for part in (lines, aside):
                part.unlink(missing_ok=True)
            yield _refused(found, str(refusal))
            continue
        yield FileRead(name, reading.sha256, reading, path, stamp, lines, aside)


def readings(
    paths: Path | Iterable[Path],
    *,
    new_stamp: Callable[[], Stamp],
    scratch: Path,
    confirmed: Mapping | None = None,
    careful: bool = False,
) -> Iterator[Reading]:
    """The reading of each file, in order, refusals included."""
    for file in files_read(
        paths,
        new_stamp=new_stamp,
        scratch=scratch,
        mapping_for=(lambda _path, _name: confirmed) if confirmed else None,
        careful=careful,
    ):
        if file.reading is not None:
            yield file.reading


def proposals(
    paths: Path | Iterable[Path], *, scratch: Path
) -> Iterator[tuple[str, Proposal | None, str | None]]:
    """For each file: its name, what we believe its columns are, or why it is refused."""
    for found in files_found(paths, scratch=scratch):
        if found.path is None or found.refusal:
            yield found.name, None, found.refusal
            continue
        propose = (
            propose_workbook if kind_of_path(found.path) is FileKind.WORKBOOK else propose_mapping
        )
        try:
            yield found.name, propose(found.path, found.name), None
        except CannotRead as refusal:
            yield found.name, None, str(refusal)


def files_found(
    paths: Path | Iterable[Path],
    *,
    scratch: Path,
    limits: ArchiveLimits | None = None,
    is_payments: bool = True,
) -> Iterator[Found]:
    """Every text file and workbook under these paths, archives opened, in the order of names."""
    for path, name in _files_under([paths] if isinstance(paths, Path) else paths):
        if sentence := why_not_read(path, name=name, is_payments=is_payments):
            yield Found(name, path if path.is_file() else None, sentence)
        elif kind_of_path(path) not in _ARCHIVES:
            yield Found(name, path)
        else:
            for member in unpacked(path, name=name, scratch=scratch, limits=limits):
                sentence = member.refusal
                if member.path is not None:
                    sentence = why_not_read(member.path, name=member.name, is_payments=is_payments)
                yield Found(member.name, member.path, sentence)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, read a block at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _refused(found: Found, sentence: str) -> FileRead:
    sha256 = ""
    if found.path is not None:
        try:
            if found.path.stat().st_size <= _LARGEST_HASHED_WHEN_REFUSED:
                sha256 = sha256_of(found.path)
        except OSError:  # it may not be read: the sentence says so
            sha256 = ""
    reading = Reading(file=found.name, sha256=sha256, refusal=sentence)
    return FileRead(found.name, sha256, reading, raw=found.path)


def _files_under(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each file with the name it is shown by: its own, or its place in the folder given."""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in sorted(files):
                if not name.startswith("."):
                    file = Path(folder) / name
                    yield file, file.relative_to(path).as_posix()
