"""What do these files, folders and archives hold? One answer a file, refused ones among them.

This is the one way in to reading what bodies publish: it decides by the bytes what a file is,
opens archives, and hands each file to the reader of its kind. A refusal never stops the others.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.spend.engine.mapping import Mapping
from moothall.spend.engine.shared_lines import marks_beside
from moothall.spend.feeds.archives import ArchiveLimits, unpacked
from moothall.spend.feeds.reading import Asked, CannotRead, Proposal, Reading, Stamp
from moothall.spend.feeds.reading_pool import ReadHere, ReadingPool
from moothall.spend.feeds.refusals import BLOCK, FileKind, kind_of_path, why_not_read
from moothall.values.periods import Period

if TYPE_CHECKING:
    from moothall.spend.feeds.workbooks import WorkbookLimits

_ARCHIVES = (FileKind.ZIP, FileKind.GZIP, FileKind.XZ)
# Hashing a refused file larger than this would take longer than refusing it.
_LARGEST_HASHED_WHEN_REFUSED = 256 * 1024**2

# Small files are read several at a time, up to this much: those of one layout as one frame.
BATCH_BYTES = 2 * 2**20

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


@frozen
class _Waiting:
    """A file, and what is to be asked of a reader about it, if anything."""

    file: FileRead
    asked: Asked | None = None


@frozen
class _Begun:
    """Files that a reader has in hand, and what it will say of those it was asked about."""

    batch: list[_Waiting]
    told: Future[list[Reading | CannotRead]] | None


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
    pool: ReadingPool | ReadHere | None = None,
) -> Iterator[FileRead]:
    """Read each file in turn; the Parquet files are named in `scratch` by the stamp's source.

    new_stamp   : called once for each file that is read
    mapping_for : (path, name) -> the mapping a person confirmed for that file, if one did
    is_known    : sha256 -> whether these bytes are loaded already and need no reading
    pool        : readers for several files at once; without it this process reads, one by one
    """
    scratch.mkdir(parents=True, exist_ok=True)
    if pool is None:
        with ReadHere() as here:
            yield from files_read(
                paths,
                new_stamp=new_stamp,
                scratch=scratch,
                mapping_for=mapping_for,
                is_known=is_known,
                period=period,
                careful=careful,
                archive_limits=archive_limits,
                workbook_limits=workbook_limits,
                pool=here,
            )
        return

    def waiting() -> Iterator[_Waiting]:
        unpacked_to = scratch / "unpacked"
        for found in files_found(paths, scratch=unpacked_to, limits=archive_limits):
            if found.path is None or found.refusal:
                yield _Waiting(_refused(found, found.refusal or ""))
                continue
            path, name = found.path, found.name
            sha256 = sha256_of(path)
            if is_known is not None and is_known(sha256):
                yield _Waiting(FileRead(name, sha256, None, raw=path))
                continue
            stamp = new_stamp()
            if unpacked_to in path.parents:  # it goes when the next is unpacked
                path = path.rename(scratch / f"{stamp.source_id}-raw")
            lines = scratch / f"{stamp.source_id}-lines.parquet"
            aside = scratch / f"{stamp.source_id}-aside.parquet"
            asked = Asked(
                path=path,
                name=name,
                stamp=stamp,
                lines_path=lines,
                aside_path=aside,
                sha256=sha256,
                confirmed=mapping_for(path, name) if mapping_for else None,
                period=period,
                marks_path=marks_beside(lines),
            )
            yield _Waiting(FileRead(name, sha256, None, path, stamp, lines, aside), asked)

    begun: deque[_Begun] = deque()
    for batch in _batches(waiting()):
        asked = [each.asked for each in batch if each.asked is not None]
        told = None
        if asked:
            size = sum(file.path.stat().st_size for file in asked)
            told = pool.submit(
                "read", size=size, files=asked, careful=careful, limits=workbook_limits
            )
        begun.append(_Begun(batch, told))
        while len(begun) > pool.ahead:
            yield from _ended(begun.popleft())
    while begun:
        yield from _ended(begun.popleft())


def _batches(waiting: Iterable[_Waiting]) -> Iterator[list[_Waiting]]:
    """Small text files come several at a time; a workbook or a large file by itself."""
    batch: list[_Waiting] = []
    size = 0
    for each in waiting:
        more = 0
        if each.asked is not None:
            is_text = kind_of_path(each.asked.path) is FileKind.TEXT
            more = each.asked.path.stat().st_size if is_text else BATCH_BYTES
        if batch and size + more > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += more
    if batch:
        yield batch


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
    from moothall.spend.feeds.text import propose_mapping
    from moothall.spend.feeds.workbooks import propose_workbook

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


def bytes_under(paths: Iterable[Path]) -> int:
    """How many bytes these files and folders hold, as they lie: archives are not opened."""
    return sum(path.stat().st_size for path, _ in _files_under(paths) if path.is_file())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, read a block at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _ended(begun: _Begun) -> Iterator[FileRead]:
    """Yield the files of a batch, with what was said of those that were read."""
    told = iter(begun.told.result() if begun.told else ())
    for each in begun.batch:
        file, asked = each.file, each.asked
        if asked is None:
            yield file
            continue
        reading = next(told)
        if isinstance(reading, CannotRead):
            asked.lines_path.unlink(missing_ok=True)
            asked.aside_path.unlink(missing_ok=True)
            refused = Reading(file=file.name, sha256=file.sha256, refusal=str(reading))
            yield FileRead(file.name, file.sha256, refused, raw=file.raw)
        else:
            yield evolve(file, reading=reading)


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
