"""Which files does an archive hold, and are they safe to unpack?

Limits count the bytes actually produced: what an archive declares about itself is never believed.
A member's path is only ever shown; members are written to scratch files that we name.
"""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from attrs import field, frozen

from moothall.spend.feeds.refusals import BLOCK, FileKind, directory_bytes, kind_of_path

_LZMA_MEMORY = 256 * 1024 * 1024
_NOT_PUBLISHED = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@frozen
class ArchiveLimits:
    """How much one archive may produce. Units: bytes, members, levels of nesting."""

    member_bytes: int = 4 * 1024**3
    archive_bytes: int = 16 * 1024**3
    members: int = 10_000
    depth: int = 2
    # Above this many bytes, more than `ratio` bytes out for each byte in is a bomb: blank padding,
    # which real councils publish, packs well but is small.
    ratio: int = 200
    ratio_from_bytes: int = 256 * 1024**2


@frozen
class Unpacked:
    """A file out of an archive: at `path`, or refused with a sentence."""

    name: str
    path: Path | None = None
    refusal: str | None = field(default=None)


class CannotUnpack(Exception):
    """The archive, or a member of it, is refused. Nothing of it stays on disk."""


@frozen
class _Budget:
    """Counts what an archive has produced so far, over all its members."""

    limits: ArchiveLimits
    produced: list[int] = field(factory=lambda: [0])


def unpacked(
    path: Path, *, name: str, scratch: Path, limits: ArchiveLimits | None = None
) -> Iterator[Unpacked]:
    """Yield the plain files and workbooks in an archive, one at a time, archives in it opened too.

    The scratch file of a member is deleted when the next one is asked for.
    """
    limits = limits or ArchiveLimits()
    yield from _files_in(path, name, scratch, _Budget(limits), depth=1)


def _files_in(
    path: Path, name: str, scratch: Path, budget: _Budget, *, depth: int
) -> Iterator[Unpacked]:
    kind = kind_of_path(path)
    if depth > budget.limits.depth:
        sentence = (
            f"{name} is an archive more than {budget.limits.depth} deep in others. "
            "Unpack it and load the files inside."
        )
        yield Unpacked(name, refusal=sentence)
        return
    if kind is FileKind.ZIP:
        members = _zip_members(path, name, scratch, budget)
    else:
        members = _single_member(path, name, scratch, budget, kind)
    for member in members:
        if member.path is None:
            yield member
            continue
        try:
            inner = kind_of_path(member.path)
            if inner in (FileKind.ZIP, FileKind.GZIP, FileKind.XZ):
                yield from _files_in(member.path, member.name, scratch, budget, depth=depth + 1)
            else:
                yield member
        finally:
            member.path.unlink(missing_ok=True)


def _single_member(
    path: Path, name: str, scratch: Path, budget: _Budget, kind: FileKind
) -> Iterator[Unpacked]:
    """The one file of a .gz or .xz; it keeps the archive's own name."""
    target = _scratch_file(scratch, path)
    try:
        if kind is FileKind.GZIP:
            with gzip.open(path, "rb") as source:
                _write(source.read, target, name, path.stat().st_size, budget)
        else:
            with path.open("rb") as source:
                _write(_XzStreams(source).read, target, name, path.stat().st_size, budget)
    except CannotUnpack as refusal:
        target.unlink(missing_ok=True)
        yield Unpacked(name, refusal=str(refusal))
        return
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as fault:
        target.unlink(missing_ok=True)
        yield Unpacked(name, refusal=_damaged(name, fault))
        return
    yield Unpacked(name, target)


def _zip_members(path: Path, name: str, scratch: Path, budget: _Budget) -> Iterator[Unpacked]:
    limits = budget.limits
    if directory_bytes(path) > limits.members * 1024:
        yield Unpacked(name, refusal=_too_many(name, limits))
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as fault:
        yield Unpacked(name, refusal=_damaged(name, fault))
        return
    with archive:
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir()
            and not member.filename.startswith(_NOT_PUBLISHED)
            and not member.filename.endswith(_NOT_PUBLISHED)
        ]
        if len(members) > limits.members:
            yield Unpacked(name, refusal=_too_many(name, limits))
            return
        if not members:
            sentence = (
                f"{name} is an archive with no files in it. Ask the body to publish it again."
            )
            yield Unpacked(name, refusal=sentence)
            return
        for number, member in enumerate(members):
            shown = f"{name}!{_shown(member.filename)}"
            if member.flag_bits & 0x1:
                sentence = f"{shown} is locked with a password. Unpack it and load the file inside."
                yield Unpacked(shown, refusal=sentence)
                continue
            target = _scratch_file(scratch, path, number)
            try:
                with archive.open(member) as source:
                    _write(source.read, target, shown, max(member.compress_size, 1), budget)
            except CannotUnpack as refusal:
                target.unlink(missing_ok=True)
                yield Unpacked(shown, refusal=str(refusal))
                continue
            except NotImplementedError:
                target.unlink(missing_ok=True)
                sentence = (
                    f"{shown} is packed by a method that is not read here. "
                    "Unpack it and load the file inside."
                )
                yield Unpacked(shown, refusal=sentence)
                continue
            except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError,
                    OSError, ValueError) as fault:  # fmt: skip
                target.unlink(missing_ok=True)
                yield Unpacked(shown, refusal=_damaged(shown, fault))
                continue
            yield Unpacked(shown, target)


def _write(
    read: Callable[[int], bytes], target: Path, name: str, packed_bytes: int, budget: _Budget
) -> None:
    """Copy a member to scratch in blocks, and stop at the limits.

    :raises CannotUnpack: when it produces more than it may.
    """
    limits, written = budget.limits, 0
    with target.open("wb") as out:
        while block := read(BLOCK):
            written += len(block)
            budget.produced[0] += len(block)
            if written > limits.member_bytes:
                raise CannotUnpack(
                    f"{name} unpacks to more than {limits.member_bytes:,} bytes, which is the most "
                    "one file may hold. Split it and load the parts."
                )
            if budget.produced[0] > limits.archive_bytes:
                raise CannotUnpack(
                    f"{name} takes its archive over {limits.archive_bytes:,} bytes unpacked, which "
                    "is the most one archive may hold. Split the archive and load the parts."
                )
            if written > limits.ratio_from_bytes and written > packed_bytes * limits.ratio:
                raise CannotUnpack(
                    f"{name} unpacks to more than {limits.ratio} times its size and was still "
                    f"growing at {written:,} bytes, as a decompression bomb does. If it is real, "
                    "unpack it and load the file inside."
                )
            out.write(block)


class _XzStreams:
    """Reads one or more .xz streams end to end, never holding more than a block."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.unpacker, self.packed = source, _unpacker(), b""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end.

        :raises EOFError: when the last stream is cut short.
        """
        while True:
            if self.unpacker.eof:
                following = (self.unpacker.unused_data or self.source.read(BLOCK)).lstrip(b"\x00")
                if not following:
                    return b""
                self.unpacker, self.packed = _unpacker(), following
            if self.unpacker.needs_input and not self.packed:
                self.packed = self.source.read(BLOCK)
                if not self.packed:
                    raise EOFError("the end of the stream is missing")
            packed, self.packed = self.packed, b""
            if block := self.unpacker.decompress(packed, size):
                return block


def _unpacker() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY)


def _scratch_file(scratch: Path, path: Path, number: int = 0) -> Path:
    scratch.mkdir(parents=True, exist_ok=True)
    return scratch / f"{path.name[:40]}.{number}.unpacked"


def _shown(filename: str) -> str:
    """A member's path as text for a page: control characters out, and never too long."""
    return "".join(sign if sign.isprintable() else "�" for sign in filename)[-200:]


def _too_many(name: str, limits: ArchiveLimits) -> str:
    return (
        f"{name} holds more than {limits.members:,} files, which is the most one archive may. "
        "Split the archive and load the parts."
    )


def _damaged(name: str, fault: BaseException) -> str:
    what = str(fault).strip().rstrip(".") or "its end is missing"
    return f"{name} is damaged or cut short ({what}). Download it again."
