"""Where does a value stand in a text or in a file's bytes, and what is there once it is purged?

A value is found whatever its case, its spacing and the stops between its words, because what was
published in error is also held folded and run together. What stands in its place is a tombstone:
the row stays, its amount stays, the value is gone.
"""

import bz2
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Callable, Iterator
from html import escape

TOMBSTONE = "[REDACTED: purged]"
SHORTEST = 5  # letters and digits: a shorter value would take other text with it
_WORDS = re.compile(r"[^\W_]+|[\W_]+")
_BETWEEN = " \t.'-"
_AMOUNT = re.compile(r"[£$€\s]*-?[\d,. ]+")
_OLE = b"\xd0\xcf\x11\xe0"


def plain_value(value: str) -> str:
    """The value in one spelling, for its digest."""
    return " ".join(value.split()).casefold()


def why_not_purge(value: str) -> str | None:
    """Why a value cannot be purged by itself, in a sentence, or None."""
    solid = sum(letter.isalnum() for letter in value)
    if solid < SHORTEST:
        return (
            f"Nothing was asked for: a value of {solid} letters and digits stands in too much "
            "else. Give the whole name or text as it was published."
        )
    if _AMOUNT.fullmatch(value) and solid < 8:
        return (
            "Nothing was asked for: that is an amount, and amounts stay so that totals still add "
            "up. Give the name or text beside it."
        )
    return None


def value_pattern(value: str) -> re.Pattern[str]:
    """How the value is found in a cell's text."""
    parts = []
    for part in _WORDS.findall(" ".join(value.split())):
        if part[0].isalnum():
            parts.append(re.escape(part))
        else:
            literal = re.escape(part).replace(r"\ ", r"\s+")
            parts.append(rf"(?:{literal}|[\s.'\-]{{0,3}})")
    return re.compile(rf"(?<![^\W_]){''.join(parts).strip()}(?![^\W_])", re.IGNORECASE)


def purged_text(text: str, pattern: re.Pattern[str]) -> str:
    """The text with a tombstone wherever the value stood."""
    return pattern.sub(TOMBSTONE, text)


def purged_json(document: object, pattern: re.Pattern[str]) -> object:
    """The same document, keys and texts purged, whatever its depth."""
    if isinstance(document, str):
        return purged_text(document, pattern)
    if isinstance(document, list):
        return [purged_json(each, pattern) for each in document]
    if isinstance(document, dict):
        return {
            purged_text(str(key), pattern): purged_json(each, pattern)
            for key, each in document.items()
        }
    return document


# ── bytes ────────────────────────────────────────────────────────────────────────────────────


def _byte_patterns(value: str) -> Iterator[tuple[str, re.Pattern[bytes]]]:
    """The value as each encoding writes it; spellings inside quotes and inside XML too."""
    plain = " ".join(value.split())
    spellings = dict.fromkeys([plain, plain.replace('"', '""'), escape(plain, quote=False)])
    spellings |= dict.fromkeys([escape(plain), plain.replace("'", "&apos;")])
    for spelling in spellings:
        for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
            try:
                yield encoding, _byte_pattern(spelling, encoding)
            except UnicodeEncodeError:
                continue


def _byte_pattern(value: str, encoding: str) -> re.Pattern[bytes]:
    def one(letter: str) -> bytes:
        spelt = {letter, letter.lower(), letter.upper()}
        forms = sorted({re.escape(each.encode(encoding)) for each in spelt if len(each) == 1})
        return b"(?:" + b"|".join(forms) + b")"

    between = b"(?:" + b"|".join(re.escape(c.encode(encoding)) for c in _BETWEEN) + b")"
    parts = []
    for part in _WORDS.findall(value):
        if part[0].isalnum():
            parts.append(b"".join(map(one, part)))
        else:
            literal = b"".join(between + b"+" if c == " " else one(c) for c in part)
            parts.append(b"(?:" + literal + b"|" + between + b"{0,3})")
    solid = b"[0-9A-Za-z]"
    before, after = {
        "utf-16-le": (b"(?<!" + solid + b"\\x00)", b"(?!" + solid + b"\\x00)"),
        "utf-16-be": (b"(?<!\\x00" + solid + b")", b"(?!\\x00" + solid + b")"),
    }.get(encoding, (b"(?<!" + solid + b")", b"(?!" + solid + b")"))
    return re.compile(before + b"".join(parts) + after)


def purged_bytes(data: bytes, value: str) -> tuple[bytes, int]:
    """A file's bytes without the value, and in how many places it stood.

    Text of any encoding met, workbooks and archives are opened; an old workbook (XLS) keeps its
    length, letter for letter, for its parts are found by their place.
    """
    if data[:4] == b"PK\x03\x04":
        return _purged_zip(data, value)
    if data[:2] == b"\x1f\x8b":
        return _repacked(data, value, gzip.decompress, lambda inner: gzip.compress(inner, mtime=0))
    if data[:6] == b"\xfd7zXZ\x00":
        return _repacked(data, value, lzma.decompress, lzma.compress)
    if data[:3] == b"BZh":
        return _repacked(data, value, bz2.decompress, bz2.compress)
    if not _may_hold(data, value):
        return data, 0
    keeps_length = data[:4] == _OLE
    found = 0
    for encoding, pattern in _byte_patterns(value):

        def stone(match: re.Match[bytes], encoding: str = encoding) -> bytes:
            if not keeps_length:
                return TOMBSTONE.encode(encoding)
            width = len("X".encode(encoding))
            return "X".encode(encoding) * (len(match[0]) // width)

        data, count = pattern.subn(stone, data)
        found += count
    return data, found


def _may_hold(data: bytes, value: str) -> bool:
    """Whether the longest plain run of the value's letters stands anywhere: a quick first look."""
    run = max(re.findall(r"[0-9A-Za-z]+", value), key=len, default="").lower()
    if len(run) < 3:
        return True
    lowered = data.lower()
    return any(run.encode(encoding) in lowered for encoding in ("ascii", "utf-16-le"))


def _repacked(
    data: bytes,
    value: str,
    unpack: Callable[[bytes], bytes],
    pack: Callable[[bytes], bytes],
) -> tuple[bytes, int]:
    try:
        inner, found = purged_bytes(unpack(data), value)
    except (OSError, EOFError, lzma.LZMAError):
        return data, 0
    return (pack(inner), found) if found else (data, 0)


def _purged_zip(data: bytes, value: str) -> tuple[bytes, int]:
    found = 0
    out = io.BytesIO()
    pattern = value_pattern(value)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
            for entry in source.infolist():
                inner, count = purged_bytes(source.read(entry), value)
                name, renamed = pattern.subn("purged", entry.filename)
                found += count + renamed
                kept = zipfile.ZipInfo(name, entry.date_time)
                kept.compress_type = entry.compress_type
                kept.external_attr = entry.external_attr
                target.writestr(kept, inner)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return data, 0
    return (out.getvalue(), found) if found else (data, 0)


# ── finding a value again by its digest ──────────────────────────────────────────────────────


def value_behind(texts: Iterator[str], *, length: int, is_it: Callable[[str], bool]) -> str | None:
    """The value of this length whose digest is known, if any of the texts holds it.

    is_it : whether a candidate, in the spelling of `plain_value`, has the digest
    """
    seen: set[str] = set()
    for text in texts:
        plain = plain_value(text)
        for start in _starts(plain):
            candidate = plain[start : start + length]
            if len(candidate) < length or candidate in seen:
                continue
            after = plain[start + length : start + length + 1]
            if after and after.isalnum() and candidate[-1].isalnum():
                continue
            seen.add(candidate)
            if is_it(candidate):
                return candidate
    return None


def _starts(text: str) -> Iterator[int]:
    for place, letter in enumerate(text):
        if place == 0 or not (letter.isalnum() and text[place - 1].isalnum()):
            yield place
