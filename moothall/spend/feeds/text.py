"""What payment lines does one published text file (CSV, TSV) hold?

Two ways lead to the same lines. The careful way goes row by row and reads any file. The fast way
reads whole blocks, and only of files proven regular: each block has as many records as lines, no
row is longer than the widest at the top, and every quote opens at a cell's start and closes at its
end.
"""

import codecs
import csv
import hashlib
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from moothall.spend.engine.amounts import amount_read
from moothall.spend.engine.headers import Row
from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.reading import CannotRead, Proposal, Reading, Stamp
from moothall.spend.feeds.typed import HEAD_ROWS, Table, frame_of, propose_rows, read_table
from moothall.values.periods import Period

Bytes = NDArray[np.uint8]
BLOCK_BYTES = 3 * 2**20
RECORD_BYTES = 2**20  # a longer record is not a payment
HEAD_BYTES = 2**17
BATCH_ROWS = 65_536
SWALLOWED_LINES = 50  # a quoted cell over more lines than this has an unclosed quote
BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",\t;|"

csv.field_size_limit(RECORD_BYTES)

# Every byte has a character: the five that cp1252 leaves open keep their own number.
_CP1252 = "".join(bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(256))
_CP850 = bytes(range(256)).decode("cp850")
_WORDS_OF_ENCODING = {"utf-8": "", "cp1252": _CP1252, "cp850": _CP850}


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(_CP1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error("moothall.cp1252", _as_cp1252)


class _Irregular(Exception):
    """The file must be read the careful way."""


class _Swallowed(Exception):
    """A quoted cell has gone on for too many lines."""


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
    delimiter: str
    bom: int
    ends_in_cr: bool
    bare_crs: bool
    odd_spaces: str
    first: bytes = field(repr=False)


def read_text(
    source: Path,
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    confirmed: Mapping | None = None,
    name: str | None = None,
    careful: bool = False,
    period: Period | None = None,
    sha256: str | None = None,
) -> Reading:
    """Read one text file into two Parquet files, lines and set-aside rows; return its Reading.

    careful : go row by row even where the fast way would do (the two agree)
    period  : the days the file covers, where a person has said so
    sha256  : of its bytes, where someone has hashed them already

    :raises CannotRead: with a sentence when the file is not payment lines in text.
    """
    name = source.name if name is None else name
    copy = lines_path.with_suffix(".utf-8")
    try:
        text = _text_of(source, name, copy, sha256)
        head, warnings = _head(text, name)

        def read(table: Table) -> Reading:
            return read_table(
                table,
                stamp=stamp,
                lines_path=lines_path,
                aside_path=aside_path,
                name=name,
                sha256=text.sha256,
                confirmed=confirmed,
                period=period,
                encoding=text.encoding,
                delimiter=text.delimiter,
                warnings=warnings,
            )

        if not careful and not warnings:
            try:
                return read(_fast_table(text, head))
            except _Irregular:
                pass
        warnings = []
        reading = read(_careful_table(text, head, name, warnings))
        return evolve(reading, warnings=(*dict.fromkeys(warnings), *reading.warnings))
    finally:
        copy.unlink(missing_ok=True)


def propose_mapping(
    source: Path, name: str | None = None, confirmed: Mapping | None = None
) -> Proposal:
    """Return which column of a text file is which field, with doubts and ten sample rows.

    :raises CannotRead: with a sentence when the file is not payment lines in text.
    """
    name = source.name if name is None else name
    with tempfile.TemporaryDirectory() as scratch:
        text = _text_of(source, name, Path(scratch) / "utf-8.txt")
        head, _ = _head(text, name)
        proposal = propose_rows(head, name=name, confirmed=confirmed)
        return evolve(proposal, encoding=text.encoding, delimiter=text.delimiter)


def rows_of_text(source: Path, name: str, warnings: list[str]) -> Iterator[Row]:
    """Each record of any text table, from the very top: (physical line, cells).

    warnings : gains a sentence for each quote that had to be read as a letter

    :raises CannotRead: with a sentence when the file is not text.
    """
    with tempfile.TemporaryDirectory() as scratch:
        text = _text_of(source, name, Path(scratch) / "utf-8.txt")
        yield from _records(_blocks(text), text.delimiter, name, warnings)


def _text_of(source: Path, name: str, copy: Path, sha256: str | None = None) -> Text:
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
            if sha256 is None:
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
    text = Text(
        source,
        sha256 or digest.hexdigest(),
        size,
        encoding,
        ",",
        bom,
        ends_in_cr,
        bool(bare) and not ends_in_cr,
        "".join(sorted(odd)),
        first,
    )
    return evolve(text, delimiter=_delimiter(text))


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


def _line_ends(block: bytes) -> tuple[int, int, int]:
    """Return how many line feeds, carriage returns, and pairs of the two a block has."""
    line_feeds = _line_feeds(block)
    if b"\r" not in block:
        return line_feeds, 0, 0
    characters = np.frombuffer(block, dtype=np.uint8)
    returns = np.flatnonzero(characters == 13)
    followed = returns[:-1] if returns[-1] == len(block) - 1 else returns
    return line_feeds, len(returns), np.count_nonzero(characters[followed + 1] == 10)


def _line_feeds(block: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == 10))


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
    return evolve(_text_of(copy, name, copy), sha256=digest.hexdigest())


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


def _delimiter(text: Text) -> str:
    """Return what stands between the cells: what splits the first lines most evenly."""
    head = _cut(text.first[text.bom : text.bom + HEAD_BYTES])
    lines = _utf8(text, head, True).decode("utf-8").split("\n")
    lines = [line for line in lines if line.strip(" ,\r")][:40]
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


def _blocks(text: Text) -> Iterator[bytes]:
    """Yield the file as UTF-8 in blocks of whole lines; records end in \\n or \\r\\n."""
    if len(text.first) == text.size:
        yield _utf8(text, text.first[text.bom :], False)
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


def _head(text: Text, name: str) -> tuple[list[Row], list[str]]:
    """Return the first filled rows of a file, and what is odd about their quotes."""
    block = text.first[text.bom : text.bom + HEAD_BYTES]
    if len(block) == HEAD_BYTES:
        block = _cut(block)
    block = _utf8(text, block, True)
    warnings: list[str] = []
    rows: list[Row] = []
    for row in _plain_records(block, text.delimiter) or _records(
        iter([block]), text.delimiter, name, warnings
    ):
        if any(map(str.strip, row[1])):
            rows.append(row)
        if len(rows) >= HEAD_ROWS:
            break
    return rows, warnings


def _plain_records(block: bytes, delimiter: str) -> list[Row] | None:
    """Return the first records of a block, or None where one of them takes several lines."""
    lines = block.decode("utf-8").split("\n", 2 * HEAD_ROWS)
    if len(lines) > 2 * HEAD_ROWS:
        lines.pop()
    reader = csv.reader(lines, delimiter=delimiter)
    records = list(reader)
    return list(enumerate(records, start=1)) if len(records) == reader.line_num else None


def _fast_table(text: Text, head: list[Row]) -> Table:
    """Return a table read in whole blocks. Its frames raise _Irregular when the proof fails."""
    width = max((len(cells) for _, cells in head), default=1)
    if text.size <= BLOCK_BYTES:
        frames = list(_fast_frames(text, width))
        return Table(head, lambda: iter(frames), len(frames) <= 1, text.odd_spaces)
    return Table(head, lambda: _fast_frames(text, width), False, text.odd_spaces)


def _fast_frames(text: Text, width: int) -> Iterator[pl.DataFrame]:
    schema = {str(place): pl.String for place in range(width)}
    line = 1
    for block in _blocks(text):
        lines = _line_feeds(block) + (not block.endswith(b"\n"))
        if not _quotes_are_regular(block, text.delimiter):
            raise _Irregular
        try:
            frame = pl.read_csv(
                block,
                has_header=False,
                schema=schema,
                separator=text.delimiter,
                row_index_name="row",
                row_index_offset=line,
                extra_columns="raise",
            )
        except pl.exceptions.PolarsError as error:
            raise _Irregular from error
        if frame.height != lines:
            raise _Irregular
        yield frame.with_columns(pl.col("row").cast(pl.Int32))
        line += lines


def _quotes_are_regular(block: bytes, delimiter: str) -> bool:
    """Return whether every quote opens at the start of a cell or closes at its end, by turns."""
    if b'"' not in block:
        return True
    characters = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(characters == ord('"'))
    if (np.diff(quotes) == 1).any():  # doubled ones are letters
        characters = np.frombuffer(block.replace(b'""', b""), dtype=np.uint8)
        quotes = np.flatnonzero(characters == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    between = ord(delimiter)
    if len(opening) and opening[0] == 0:
        opening = opening[1:]
    before = characters[opening - 1]
    if len(closing) and closing[-1] == len(characters) - 1:
        closing = closing[:-1]
    after = characters[closing + 1]
    return bool(
        ((before == between) | (before == 10)).all()
        and ((after == between) | (after == 10) | (after == 13)).all()
    )


def _careful_table(text: Text, head: list[Row], name: str, warnings: list[str]) -> Table:
    """Return a table read row by row."""
    width = max((len(cells) for _, cells in head), default=1)

    def frames() -> Iterator[pl.DataFrame]:
        batch: list[Row] = []
        for record in _records(_blocks(text), text.delimiter, name, warnings):
            batch.append(record)
            if len(batch) >= BATCH_ROWS:
                yield frame_of(batch, width)
                batch = []
        if batch:
            yield frame_of(batch, width)

    if text.size <= BLOCK_BYTES:
        whole = list(frames())
        return Table(head, lambda: iter(whole), len(whole) <= 1)
    return Table(head, frames, False)


class _Lines:
    """The lines of a file one by one, counting, and keeping those of the record in hand."""

    def __init__(self, blocks: Iterator[bytes], name: str) -> None:
        self.source = (
            line for block in blocks for line in io.StringIO(block.decode("utf-8"), newline="\n")
        )
        self.name = name
        self.number = 0
        self.again: list[str] = []
        self.record: list[str] = []
        self.is_over = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.again:
            line = self.again.pop()
        else:
            try:
                line = next(self.source)
            except StopIteration:
                self.is_over = True
                raise
        self.number += 1
        self.record.append(line)
        if len(self.record) > SWALLOWED_LINES + 1 or (
            len(self.record) > 1 and sum(map(len, self.record)) > RECORD_BYTES
        ):
            raise _Swallowed
        return line

    def put_back(self) -> str:
        """Keep the first line of the record in hand, give the others out again."""
        first, *others = self.record
        self.again.extend(reversed(others))
        self.number -= len(others)
        self.is_over = False
        return first


def _records(
    blocks: Iterator[bytes], delimiter: str, name: str, warnings: list[str]
) -> Iterator[Row]:
    """Yield each record with the physical line on which it begins.

    A quote that never closes, or closes only by swallowing rows of the usual width, is read as a
    letter: the rows come out and a warning says so.
    """
    lines = _Lines(blocks, name)
    reader = csv.reader(lines, delimiter=delimiter)
    widths: Counter[int] = Counter()
    while True:
        lines.record.clear()
        start = lines.number + 1
        try:
            cells = next(reader)
            is_literal = len(lines.record) > 1 and _has_swallowed(lines, cells, delimiter, widths)
        except StopIteration:
            return
        except (_Swallowed, csv.Error):
            cells, is_literal = [], True
        if is_literal:
            first = lines.put_back()
            cells = next(csv.reader([first], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
            reader = csv.reader(lines, delimiter=delimiter)
            warnings.append(
                f"The quote on line {start} is never closed; it was read as a letter of its cell."
            )
        widths[len(cells)] += 1
        yield start, cells


def _has_swallowed(lines: _Lines, cells: list[str], delimiter: str, widths: Counter[int]) -> bool:
    """Return whether a record of several lines is really several rows behind an unclosed quote.

    It is when the file ends inside the quote, or when every one of its lines has by itself an
    amount and the usual number of cells: the lines of a true cell of several lines do not.
    """
    if lines.is_over and sum(line.count('"') for line in lines.record) % 2:
        return True
    usual = widths.most_common(1)[0][0] if widths else len(cells)
    if usual < 2:
        return False
    split = csv.reader(lines.record, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return all(
        len(row) == usual and any(amount_read(cell)[0] is not None for cell in row) for row in split
    )
