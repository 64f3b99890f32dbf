"""Which files are not published spend at all, and what is a person told instead?

A file is judged by its first bytes, never by the end of its name: councils publish workbooks
called .csv and web pages called .xlsx. Nothing here reads more than a block at a time.
"""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from moothall.core.rules import rules_of
from moothall.spend.engine.amounts import amount_read
from moothall.spend.engine.dates import date_read
from moothall.spend.engine.headers import other_dataset, plain_header

FIRST_BYTES = 64 * 1024
LONGEST_RECORD = 1024 * 1024
BLOCK = 1024 * 1024


class FileKind(StrEnum):
    """What the bytes of a file say it is."""

    TEXT = "text"
    WORKBOOK = "workbook"
    ZIP = "zip"
    GZIP = "gz"
    XZ = "xz"
    REFUSED = "refused"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
)
_OTHER_STARTS = (
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and load the files inside."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it and load the files inside."),
    (b"BZh", "a bzip2 archive", "Unpack it and load the file inside."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it and load the file inside."),
    (b"PAR1", "a Parquet file", "Load the file as the body published it."),
    (b"SQLite format 3\x00", "an SQLite database", "Export its table as CSV and load that."),
    (b"MZ\x90", "a Windows program", "Do not open it; ask the body for its spend file."),
    (b"\x7fELF", "a program", "Do not open it; ask the body for its spend file."),
    (b"{\\rtf", "a rich-text document", "Ask the body for its spend as CSV or a workbook."),
)


def kind_of_file(first: bytes) -> FileKind:
    """Return how a file with these first bytes would be opened; TEXT where nothing else fits."""
    if first.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return FileKind.ZIP
    if first.startswith(b"\x1f\x8b"):
        return FileKind.GZIP
    if first.startswith(b"\xfd7zXZ\x00"):
        return FileKind.XZ
    if first.startswith(_OLE):
        return FileKind.WORKBOOK
    return FileKind.TEXT


def kind_of_path(path: Path) -> FileKind:
    """Return the kind of a readable file, looking inside a ZIP for a workbook's parts."""
    with path.open("rb") as file:
        kind = kind_of_file(file.read(16))
    if kind is FileKind.ZIP and _office_parts(path) is not None:
        return FileKind.WORKBOOK
    return kind


def why_not_read(path: Path, *, name: str, is_payments: bool = True) -> str | None:
    """Return the sentence that refuses a file before any row of it is read, or None.

    name        : how the file is called on the page, e.g. `outer.zip!inner.csv`
    is_payments : whether it must be a file of payments, and no other kind of dataset
    """
    try:
        if not path.exists():
            return f"{name} is not there. Check the address, or upload the file again."
        if not path.is_file():
            return f"{name} is not an ordinary file. Give the file or its folder."
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(FIRST_BYTES)
    except PermissionError:
        return f"{name} may not be read by this account. Change its permissions and load it again."
    except OSError as fault:
        return (
            f"{name} cannot be read: {fault.strerror or fault}. Copy it afresh and load it again."
        )
    if size == 0:
        return f"{name} is empty: it holds 0 bytes. Ask the body to publish the month again."
    kind = kind_of_file(first)
    if kind is FileKind.ZIP:
        return _why_not_office(path, name=name)
    if kind is FileKind.WORKBOOK:
        return _why_not_ole(path, name=name)
    if kind is FileKind.TEXT:
        return _why_not_text(path, first, size=size, name=name, is_payments=is_payments)
    return None


def why_another_dataset(rows: Iterable[Sequence[str]], *, name: str) -> str | None:
    """Return why the first rows of a table show another kind of dataset, or None.

    Only a row that could be a header is judged: at least three cells, no number or day among them.
    """
    versions = rules_of("spend", "column_synonyms")
    synonyms, others = (
        max(versions[key].versions, key=lambda version: version.in_force_from).value
        for key in ("columns", "other_datasets")
    )
    elsewhere = {name for names in others.values() for name in names}
    for row in rows:
        filled = [cell for cell in row if cell.strip()]
        if len(elsewhere.intersection(map(plain_header, filled))) < 3:
            continue
        if any(map(_is_value, filled)):
            continue
        if (dataset := other_dataset(row, synonyms, others)) is not None:
            return (
                f"{name} was not read: its columns are those of a {dataset}, not of payments. "
                "Load the payments file of that month instead."
            )
    return None


def _is_value(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and (
        amount_read(cell)[0] is not None or date_read(cell) is not None
    )


def _why_not_text(
    path: Path, first: bytes, *, size: int, name: str, is_payments: bool
) -> str | None:
    for start, what in _PICTURES:
        if first.startswith(start):
            return (
                f"{name} is {what}, not a table. Ask the body for its spend as CSV or a workbook."
            )
    if first.startswith(b"RIFF") and first[8:12] == b"WEBP":
        return f"{name} is a WebP picture, not a table. Ask the body for its spend as CSV."
    if first.lstrip()[:5] == b"%PDF-":
        return f"{name} is a PDF, not a table. Ask the body for its spend as CSV or a workbook."
    for start, what, remedy in _OTHER_STARTS:
        if first.startswith(start):
            return f"{name} is {what}, which is not read here. {remedy}"
    if first[257:262] == b"ustar":
        return (
            f"{name} is a tar archive, which is not read here. Unpack it and load the files inside."
        )
    text = _plain(first)
    opening = text.lstrip("\ufeff \t\r\n").lower()
    if opening.startswith(("<!doctype html", "<html", "<head", "<body", "<script")) or (
        opening.startswith("<") and "<html" in opening[:4096]
    ):
        return (
            f"{name} is a web page, not a table: the link probably led to an error page. "
            "Open the link in a browser and save the file itself."
        )
    if opening.startswith("<"):
        return f"{name} is an XML document, not a table. Save it as CSV or .xlsx and load that."
    if opening.startswith(("{", "[{")) and '":' in opening[:4096].replace(" ", ""):
        return f"{name} is a JSON document, not a table. Ask the body for its spend as CSV."
    if not opening.strip(" \t\r\n,;\x00") and _is_blank(path):
        return (
            f"{name} is empty: it holds {size:,} bytes of blanks. Ask the body to publish it again."
        )
    if "\x00" in text:
        return (
            f"{name} is not text: it holds zero bytes, so it is some program's own format. "
            "Save it as CSV or .xlsx from that program and load that."
        )
    if size > LONGEST_RECORD and not _has_a_line_end(path):
        return (
            f"{name} has no line end in its first {LONGEST_RECORD:,} bytes, and a record may be at "
            "most that long. Export the table again with one line a payment."
        )
    if not is_payments:
        return None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_likely_delimiter(text))
    return why_another_dataset(_first_rows(rows, 20), name=name)


def _first_rows(rows: Iterable[list[str]], count: int) -> list[list[str]]:
    read: list[list[str]] = []
    try:
        for row in rows:
            read.append(row)
            if len(read) == count:
                break
    except csv.Error:  # a cell longer than the csv module allows: the reader proper will say so
        pass
    return read


def _likely_delimiter(text: str) -> str:
    return max(",\t;|", key=text[:8192].count)


def _plain(first: bytes) -> str:
    """The opening as characters, good enough to recognise a kind; never used for a value."""
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return first[: len(first) // 2 * 2].decode("utf-16", "replace")
    zeros = first[1:400:2].count(0), first[0:400:2].count(0)
    half = min(len(first), 400) // 2
    if half and zeros[0] > half * 0.6 and zeros[1] < half * 0.2:
        return first[: len(first) // 2 * 2].decode("utf-16-le", "replace")
    if half and zeros[1] > half * 0.6 and zeros[0] < half * 0.2:
        return first[: len(first) // 2 * 2].decode("utf-16-be", "replace")
    return first.decode("latin-1").removeprefix("\xef\xbb\xbf").removeprefix("\xef\xbb\xbf")


def _is_blank(path: Path) -> bool:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if block.translate(None, b" \t\r\n,;\xef\xbb\xbf\x00"):
                return False
    return True


def _has_a_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        block = file.read(LONGEST_RECORD)
    return b"\n" in block or b"\r" in block


def _office_parts(path: Path) -> list[str] | None:
    """The part names when a ZIP is an Office or OpenDocument file; None when it is an archive."""
    if directory_bytes(path) > 16 * BLOCK:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                return names
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                kind = archive.read("mimetype").decode("ascii", "replace")
                return [*names, f"mimetype={kind}"]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return None
    return None


def _why_not_office(path: Path, *, name: str) -> str | None:
    parts = _office_parts(path)
    if parts is None:
        return None
    if any(part.endswith("vbaProject.bin") or part.startswith("Basic/") for part in parts):
        return (
            f"{name} is a workbook with macros, which is never opened here. "
            "Save it as .xlsx without macros, or as CSV, and load that."
        )
    if any(part.startswith("xl/workbook.") for part in parts):
        return None
    mimetype = next((part for part in parts if part.startswith("mimetype=")), "")
    if "opendocument.spreadsheet" in mimetype:
        return None
    if any(part.startswith("word/") for part in parts) or "opendocument.text" in mimetype:
        what = "a word-processor document"
    elif any(part.startswith("ppt/") for part in parts):
        what = "a presentation"
    elif mimetype and "opendocument" not in mimetype:
        return None
    else:
        what = "an office document that is not a workbook"
    return f"{name} is {what}, not a table. Ask the body for its spend as CSV or a workbook."


def _why_not_ole(path: Path, *, name: str) -> str | None:
    streams = _ole_streams(path, ("Workbook", "Book", "WordDocument", "EncryptedPackage",
                                  "PowerPoint Document", "_VBA_PROJECT"))  # fmt: skip
    if "EncryptedPackage" in streams:
        return f"{name} is locked with a password. Save it without one and load that."
    if "_VBA_PROJECT" in streams:
        return (
            f"{name} is a workbook with macros, which is never opened here. "
            "Save it as .xlsx without macros, or as CSV, and load that."
        )
    if streams & {"Workbook", "Book"}:
        return None
    what = (
        "a Word document"
        if "WordDocument" in streams
        else "a presentation"
        if "PowerPoint Document" in streams
        else "an Office file with no workbook in it"
    )
    return f"{name} is {what}, not a table. Ask the body for its spend as CSV or a workbook."


def _ole_streams(path: Path, names: Sequence[str]) -> set[str]:
    """Which of these streams a compound file's directory lists, read a block at a time.

    A directory entry is 128 bytes, aligned: 64 for the name in UTF-16, then its length.
    """
    found = set()
    wanted = {name: name.encode("utf-16-le") for name in names}
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            for name, text in wanted.items():
                at = block.find(text)
                while at >= 0 and name not in found:
                    if at % 128 == 0 and len(block) >= at + 66:
                        (length,) = struct.unpack_from("<H", block, at + 64)
                        if length == len(text) + 2:
                            found.add(name)
                    at = block.find(text, at + 1)
    return found


def directory_bytes(path: Path) -> int:
    """How large a ZIP says its list of members is (0 when it does not say)."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - 22 - 65535))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return 0
    (length,) = struct.unpack_from("<I", tail, at + 12)
    return int(length)
