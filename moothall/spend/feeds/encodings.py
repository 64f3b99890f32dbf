"""Which encoding, line ends and delimiter has a text file, and what does it say in UTF-8?"""

import codecs
import csv
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from moothall.spend.feeds.reading import CannotRead

Bytes = NDArray[np.uint8]
BLOCK_BYTES = 3 * 2**20
RECORD_BYTES = 2**20  # a longer record is not a payment
HEAD_BYTES = 2**17
BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",\t;|"

# Every byte has a character: the five that cp1252 leaves open keep their own number.
_CP1252 = "".join(bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(256))
_CP850 = bytes(range(256)).decode("cp850")
_WORDS_OF_ENCODING = {"utf-8": "", "cp1252": _CP1252, "cp850": _CP850}


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(_CP1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error("moothall.cp1252", _as_cp1252)


@frozen
class Text:
    """What was learned of a file by looking at all of its bytes.

    encoding   : 'utf-8' | 'cp1252' | 'cp850' | 'mixed' (utf-8 with stray cp1252 bytes)
    ends_in_cr : records end in a bare carriage return
    bare_crs   : whether bare carriage returns stand inside cells
    first      : its first block, which is all of most files
    """

    path: Path
    sha256: str
    size: int
    encoding: str
    bom: int
    ends_in_cr: bool
    bare_crs: bool
    odd_spaces: str
    first: bytes = field(repr=False)

    @property
    def is_one_block(self) -> bool:
        return len(self.first) == self.size

    @cached_property
    def whole(self) -> bytes:
        """All of a file of one block, as UTF-8; its records end in \\n or \\r\\n."""
        return _utf8(self, self.first[self.bom :], False)

    @cached_property
    def top(self) -> bytes:
        """The whole lines at the top of the file, as UTF-8."""
        block = self.first[self.bom : self.bom + HEAD_BYTES]
        return _utf8(self, _cut(block), True) if len(block) == HEAD_BYTES else self.whole

    @cached_property
    def delimiter(self) -> str:
        return _delimiter(self.top)


def text_of(source: Path, name: str, copy: Path, sha256: str = "") -> Text:
    """Return what the bytes of a file say about its encoding, line ends and delimiter.

    copy : where a file in UTF-16 is written anew as UTF-8

    :raises CannotRead: when it is empty, is not text, or has a record without an end.
    """
    digest = hashlib.sha256()
    is_ascii, is_utf8, has_multibyte = True, True, False
    dos_pounds = cp1252_marks = 0
    line_feeds = returns = pairs = size = bom = 0
    odd: set[str] = set()
    first = before = cut = b""
    with source.open("rb") as file:
        unended = 0
        for number, block in enumerate(_bytes(file)):
            if number == 0:
                first = block
                if block[:2] in (b"\xff\xfe", b"\xfe\xff") or _is_utf16_without_mark(block):
                    return _from_utf16(source, name, copy, block[:2])
                while block[bom : bom + 3] == BOM:
                    bom += 3
            if b"\0" in block:
                raise CannotRead(
                    f"{name} was not read: it holds zero bytes, so it is not text. "
                    "Save it as CSV and load that."
                )
            if not sha256:
                digest.update(block)
            size += len(block)
            unended = _unended(block, unended, name)
            found = _line_ends(block)
            line_feeds, returns = line_feeds + found[0], returns + found[1]
            pairs += found[2] + (before[-1:] == b"\r" and block[:1] == b"\n")
            odd |= {"\t"} if b"\t" in block else set()
            last, before = before, block[-2:]
            if block.isascii():
                continue
            is_ascii = False
            odd |= _odd_marks(block) | _odd_marks(last + block[:2])
            if is_utf8:
                whole, cut = _whole_characters(cut + block)
                if _is_utf8(whole):
                    has_multibyte = True
                    continue
                is_utf8 = False
            characters = np.frombuffer(block, dtype=np.uint8)
            above_ascii = np.flatnonzero(characters > 0x7F)
            has_multibyte = has_multibyte or _has_multibyte(characters, above_ascii)
            if b"\x9c" in block:
                dos_pounds += len(_DOS_POUND.findall(block))
            cp1252_marks += int(np.isin(characters[above_ascii], _CP1252_MARKS).sum())
    is_utf8 = is_utf8 and not cut
    if not size or size == bom:
        raise CannotRead(f"{name} is empty: it has no rows. Download it again from the publisher.")
    encoding = "utf-8"
    if not is_ascii and not is_utf8:
        windows = "mixed" if has_multibyte else "cp1252"
        encoding = "cp850" if dos_pounds > cp1252_marks else windows
    bare = returns - pairs
    ends_in_cr = bare > 4 * line_feeds or (bare > 0 and _ends_rows_in_returns(first))
    return Text(
        source,
        sha256 or digest.hexdigest(),
        size,
        encoding,
        bom,
        ends_in_cr,
        bool(bare) and not ends_in_cr,
        "".join(sorted(odd)),
        first,
    )


def blocks(text: Text) -> Iterator[bytes]:
    """Yield the file as UTF-8 in blocks of whole lines; records end in \\n or \\r\\n."""
    if text.is_one_block:
        yield text.whole
        return
    mark = b"\r" if text.ends_in_cr else b"\n"
    with text.path.open("rb") as file:
        file.seek(text.bom)
        rest = b""
        for block in _bytes(file):
            end = block.rfind(mark) + 1
            if end and text.ends_in_cr:
                if end == len(block):
                    block += file.read(1)
                end += block[end : end + 1] == b"\n"
            if not end:
                rest += block
                continue
            yield _utf8(text, rest + block[:end], False)
            rest = block[end:]
        if rest:
            yield _utf8(text, rest, False)


def _bytes(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of a file in blocks; a small file gets no more room than it needs."""
    size = min(BLOCK_BYTES, os.fstat(file.fileno()).st_size + 1)
    return iter(lambda: file.read(size), b"")


_QUOTED_CELL = re.compile(rb'(?:(?<=[,;\t|\r\n])|^)"(?:[^"]|"")*+"(?=[,;\t|\r\n]|$)')


def _ends_rows_in_returns(first: bytes) -> bool:
    """Whether the line feeds of a file with bare returns stand only inside quoted cells."""
    head = _cut(first[:HEAD_BYTES])
    while head.startswith(BOM):
        head = head[len(BOM) :]
    outside = _QUOTED_CELL.sub(b"", head)
    bare = outside.count(b"\r") - outside.count(b"\r\n")
    return b'"' not in outside and bare > 4 * outside.count(b"\n")


def line_feeds_in(block: bytes) -> int:
    """Return how many line feeds there are: numpy counts them four times as fast as bytes do."""
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == 10))


def _line_ends(block: bytes) -> tuple[int, int, int]:
    """Return how many line feeds, carriage returns, and pairs of the two a block has."""
    line_feeds = line_feeds_in(block)
    if b"\r" not in block:
        return line_feeds, 0, 0
    characters = np.frombuffer(block, dtype=np.uint8)
    returns = np.flatnonzero(characters == 13)
    followed = returns[:-1] if returns[-1] == len(block) - 1 else returns
    return line_feeds, len(returns), int(np.count_nonzero(characters[followed + 1] == 10))


def _odd_marks(block: bytes) -> set[str]:
    """Return the hard spaces, line separators and byte order marks among a block's bytes."""
    marks = {"\u00a0"} if b"\xa0" in block else set()
    characters = np.frombuffer(block, dtype=np.uint8)
    for first, candidates in ((0xE2, "\u2028\u2029"), (0xEF, "\ufeff")):
        places = np.flatnonzero(characters[:-2] == first)
        if len(places):
            triples = {block[place : place + 3] for place in places}
            marks |= {mark for mark in candidates if mark.encode() in triples}
    return marks


def _whole_characters(block: bytes) -> tuple[bytes, bytes]:
    """Return a block up to its last whole UTF-8 character, and the bytes of one cut short."""
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (block, b"") if back >= length else (block[:-back], block[-back:])
    return block, b""


def _is_utf8(block: bytes) -> bool:
    """Return whether bytes are UTF-8: asked of polars, which checks without building text."""
    try:
        pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def _has_multibyte(characters: Bytes, above_ascii: NDArray[np.intp]) -> bool:
    """Return whether some bytes above ASCII are a UTF-8 character of two bytes or three."""
    places = above_ascii[above_ascii < len(characters) - 1]
    first, then = characters[places], characters[places + 1]
    follows = (then >= 0x80) & (then < 0xC0)
    if (follows & (first >= 0xC2) & (first < 0xE0)).any():
        return True
    places = places[follows & (first >= 0xE0) & (first < 0xF0)]
    last = characters[places[places < len(characters) - 2] + 2]
    return bool(((last >= 0x80) & (last < 0xC0)).any())


_DOS_POUND = re.compile(rb"\x9c(?=[\d) ,]|\r|\n|$)|(?<=\()\x9c")
_CP1252_MARKS = np.frombuffer(b"\x91\x92\x93\x94\x96\xa3", dtype=np.uint8)  # quotes, dash, pound


def _is_utf16_without_mark(block: bytes) -> bool:
    sample = block[:2000]
    zeros = sample[1::2].count(0), sample[0::2].count(0)
    return len(sample) > 20 and max(zeros) * 2 > len(sample) * 0.8 and min(zeros) == 0


def _from_utf16(source: Path, name: str, copy: Path, mark: bytes) -> Text:
    """Return a UTF-16 file's text, written anew as UTF-8."""
    encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(mark)
    digest = hashlib.sha256()
    with source.open("rb") as file, copy.open("wb") as out:
        first = file.read(2)
        if encoding is None:
            encoding = "utf-16-be" if first[:1] == b"\0" else "utf-16-le"
            file.seek(0)
        else:
            digest.update(first)
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for block in iter(lambda: file.read(2**20), b""):
            digest.update(block)
            out.write(decoder.decode(block).encode("utf-8", "replace"))
    return evolve(text_of(copy, name, copy), sha256=digest.hexdigest())


def _unended(block: bytes, unended: int, name: str) -> int:
    """Return how many bytes the last line of a block has so far; refuse a line without end."""
    start, end = 0, len(block)
    while end - start + unended > RECORD_BYTES:
        window = max(RECORD_BYTES - unended, 0)
        found = max(
            block.rfind(b"\n", start, start + window + 1),
            block.rfind(b"\r", start, start + window + 1),
        )
        if found < 0:
            raise CannotRead(
                f"{name} was not read: it has a line of more than 1 MiB, so it is not a list of "
                "payments. Check the file and load it again."
            )
        start, unended = found + 1, 0
    last = max(block.rfind(b"\n", start), block.rfind(b"\r", start))
    return end - last - 1 if last >= 0 else end - start + unended


def _delimiter(top: bytes) -> str:
    """Return what stands between the cells: what splits the first lines most evenly."""
    filled = (line for line in top.decode("utf-8").split("\n") if line.strip(" ,\r"))
    lines = list(islice(filled, 40))
    best, best_score = ",", (0, 0, 0)
    for delimiter in _DELIMITERS:
        if not any(delimiter in line for line in lines):
            continue
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells)
        split = sum(rows for width, rows in widths.items() if width > 1)
        width, rows = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
        if width > 1 and (split, rows, width) > best_score:
            best, best_score = delimiter, (split, rows, width)
    return best


def _cut(block: bytes) -> bytes:
    """Return a block up to its last line end, or whole when it has none."""
    end = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return block if end < 0 else block[: end + 1]


_BARE_RETURN = re.compile(rb"\r(?!\n)")


def _utf8(text: Text, block: bytes, is_head: bool) -> bytes:
    """Return a block of whole lines as UTF-8, its record ends made line feeds."""
    if text.ends_in_cr:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    elif text.bare_crs:
        block = _BARE_RETURN.sub(b" ", block)
    if text.encoding == "utf-8":
        return block.decode("utf-8", "ignore").encode() if is_head else block
    if text.encoding == "mixed":
        return block.decode("utf-8", "moothall.cp1252").encode()
    return codecs.charmap_decode(block, "strict", _WORDS_OF_ENCODING[text.encoding])[0].encode()
