"""What does a file of existing agreements say, row by row, and what in it cannot be read?

What a row leaves out is no fault: it is entered as it was found. What is there must be readable.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine.kinds import UNKNOWN, kinds
from moothall.values.wording import listed

NEEDED = ("name",)
MOST_ROWS = 2_000
WHY = "why"  # the column that rows set aside come back with
DELIMITERS = ",;\t|"
LARGEST_POUNDS = Decimal(10**13)
YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


class NotAFile(Exception):
    """Nothing of the file can be read. Its text is a sentence."""


@frozen
class MemberGiven:
    """A body as a file names it. kind: what sort of body, where the file says so."""

    name: str
    role: str
    kind: str = ""


@frozen
class ExistingAgreement:
    """One agreement as it was found. fields: what the register takes, by its own names."""

    reference: str
    name: str
    kind: str
    fields: Mapping[str, object]
    members: tuple[MemberGiven, ...] = ()


@frozen
class ReadRow:
    """A row of a file: what it says, or why it is set aside. cells: as they stand in the file."""

    number: int
    reference: str
    name: str
    says: ExistingAgreement | None
    trouble: tuple[str, ...]
    cells: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return key_of(self.reference, self.name)


def key_of(reference: str, name: str) -> tuple[str, str]:
    """What tells an agreement of a body from its others: its reference, or else its name."""
    return (reference, "") if reference else ("", " ".join(name.lower().split()))


@frozen
class Words:
    """The lists that a file's words come from: key -> how it is said."""

    regimes: Mapping[str, str]
    roles: Mapping[str, str]
    bodies: Mapping[str, str]


def text_of(raw: bytes) -> str:
    """What the bytes of a file say: UTF-8, UTF-16 with its mark, or what Excel calls ANSI.

    :raises NotAFile: when it is a workbook, or no text.
    """
    if raw[:2] == b"PK":
        raise NotAFile("This file is a workbook, not a CSV file. Save its sheet as CSV.")
    is_utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotAFile("This file is not text. Save it as CSV in UTF-8 and choose it again.")


def read_existing(text: str, words: Words) -> tuple[ReadRow, ...]:
    """Every row of a CSV file of existing agreements, its cells parted as its headings are.

    :raises NotAFile: without a heading that is needed, with one that is not known, or too long.
    """
    heads, lines = _lines(text)
    _refuse_heads([_name(head) for head in heads])
    if len(lines) > MOST_ROWS:
        raise NotAFile(
            f"This file has {len(lines):,} rows, and at most {MOST_ROWS:,} are read at once. "
            "Split it."
        )
    seen: dict[tuple[str, str], int] = {}
    return tuple(
        _row(number, [_name(head) for head in heads], line, words, seen) for number, line in lines
    )


def set_aside(text: str, why: Mapping[int, str]) -> tuple[list[str], list[list[str]]]:
    """The rows of these numbers as they stand in a file, with why each is set aside, to mend.

    :raises NotAFile: when it is no CSV file.
    """
    heads, lines = _lines(text)
    heads = [head for head in heads if _name(head) != WHY]
    return [*heads, WHY], [
        [*line[: len(heads)], *[""] * (len(heads) - len(line)), why[number]]
        for number, line in lines
        if number in why
    ]


def _lines(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The headings, and each row that says anything with its number in the file."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0]
    parted = max(DELIMITERS, key=lambda sign: _known(first.split(sign)))
    reader = csv.reader(io.StringIO(text), delimiter=parted)
    try:
        heads = next(reader, [])
        lines = [(number, line) for number, line in enumerate(reader, start=2) if any(line)]
    except csv.Error as error:
        raise NotAFile(f"This is not a CSV file: {error}. Save it as CSV and try again.") from None
    return heads, [(number, line) for number, line in lines if "".join(line).strip()]


def _known(heads: list[str]) -> int:
    return sum(_name(head.strip('"')) in COLUMNS for head in heads)


def _refuse_heads(heads: list[str]) -> None:
    if missing := [head for head in NEEDED if head not in heads]:
        raise NotAFile(
            f"The file has no column called {listed(missing)}. It needs {listed(NEEDED)}; the "
            "others may be left out."
        )
    if strays := sorted({head for head in heads if head and head not in (*COLUMNS, WHY)}):
        raise NotAFile(f"No column is called {listed(strays)}. The columns are {listed(COLUMNS)}.")
    if twice := sorted({head for head in heads if head and heads.count(head) > 1}):
        raise NotAFile(f"The file has two columns called {listed(twice)}. Take one away.")


def _name(head: str) -> str:
    return head.strip().lower().replace(" ", "_")


def _row(
    number: int, heads: list[str], line: list[str], words: Words, seen: dict[tuple[str, str], int]
) -> ReadRow:
    cells = {head: cell.strip() for head, cell in zip(heads, line, strict=False) if head}
    reference, name = cells.get("reference", ""), cells.get("name", "")
    trouble: list[str] = []
    if any(cell.strip() for cell in line[len(heads) :]):
        trouble.append(
            "It has more cells than the file has columns. Put text with commas in quotes."
        )
    if any(cell.strip() for head, cell in zip(heads, line, strict=False) if not head):
        trouble.append("It has text in a column without a heading. Give the column its heading.")
    trouble += [f"It has no {head}. Give it one." for head in NEEDED if not cells.get(head)]
    key = key_of(reference, name)
    if any(key) and key in seen:
        what = f"reference {reference}" if reference else f"name {name}, and no reference"
        trouble.append(f"Row {seen[key]} has the {what} already. Give each its own reference.")
    seen.setdefault(key, number)
    fields: dict[str, object] = {}
    members: tuple[MemberGiven, ...] = ()
    kind = UNKNOWN
    for head, cell in cells.items():
        if not cell or head in ("reference", "name", WHY):
            continue
        try:
            if head == "kind":
                kind = _one_of(cell, {each.key: each.label for each in kinds().values()}, "kind")
            elif head == "regime":
                fields["regime"] = _one_of(cell, words.regimes, "procurement law")
            elif head == "members":
                members = tuple(_member(each, words) for each in cell.split(";") if each.strip())
            else:
                fields[FIELD.get(head, head)] = READ[head](cell)
        except ValueError as refusal:
            trouble.append(f"{head.replace('_', ' ').capitalize()}: {refusal}")
    names = [each.name.lower() for each in members]
    if twice := sorted({each.name for each in members if names.count(each.name.lower()) > 1}):
        trouble.append(f"It names {listed(twice)} twice among its members. Name each once.")
    starts, ends = fields.get("starts_on"), fields.get("ends_before")
    if isinstance(starts, date) and isinstance(ends, date) and ends <= starts:
        trouble.append("It ends before it starts, or on the same day. Mend one of the two days.")
    says = None if trouble else ExistingAgreement(reference, name, kind, fields, members)
    return ReadRow(number, reference, name, says, tuple(trouble), tuple(line))


def member_from(text: str, words: Words) -> MemberGiven:
    """'Lantern Care = provider, charity', its part and kind where they are given."""
    return _member(text, words)


def _member(text: str, words: Words) -> MemberGiven:
    name, _, rest = text.partition("=")
    role, _, kind = rest.partition(",")
    if not name.strip():
        raise ValueError(f"{text.strip()!r} names no body. Write Lantern Care = provider.")
    return MemberGiven(
        " ".join(name.split()),
        _one_of(role, words.roles, "part") if role.strip() else "partner",
        _one_of(kind, words.bodies, "kind of body") if kind.strip() else "",
    )


def _one_of(text: str, known: Mapping[str, str], what: str) -> str:
    wanted = text.strip().lower()
    for key, said in known.items():
        if wanted in (key.lower(), said.lower()):
            return key
    raise ValueError(
        f"{text.strip()!r} is no {what} that the register knows. Write one of "
        f"{listed(known, last='or')}."
    )


# As exported, as typed here, with full stops or dashes, with two figures for a year, in words.
DAYS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y"),
    *("%d-%b-%Y", "%d-%b-%y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"),
)


def _day(text: str) -> date:
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a date. Write it as 2026-04-01 or 01/04/2026.")


# A comma parts thousands and nothing else: 1.250,50 and 1250,50 are not guessed at.
POUNDS = re.compile(r"£?\s?(\d{1,3}(?:,\d{3})+|\d{1,14})(\.\d{1,2})?")


def _pence(text: str) -> int:
    found = POUNDS.fullmatch(text)
    pounds = Decimal(found[1].replace(",", "") + (found[2] or "")) if found else None
    if pounds is None or pounds > LARGEST_POUNDS:
        raise ValueError(f"{text!r} is not an amount in pounds. Write it as 1250000.00.")
    return int(pounds * 100)


def _months(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 600):
        raise ValueError(f"{text!r} is not a number of months. Write it as 6.")
    return int(text)


def _is_so(text: str) -> bool:
    if text.lower() not in YES:
        raise ValueError(f"{text!r} is neither yes nor no. Write one of them.")
    return YES[text.lower()]


def _as_lines(text: str) -> str:
    return "\n".join(each.strip() for each in text.split(";") if each.strip())


FIELD = {"value_gbp": "value_pence"}
READ: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("purpose", "area", "power", "answers_to", "leaving_terms"), str),
    **dict.fromkeys(("starts_on", "ends_before", "review_on", "regime_began_on"), _day),
    "outcomes": _as_lines,
    "notice_months": _months,
    "value_gbp": _pence,
    "is_public": _is_so,
}
COLUMNS = ("reference", "name", "kind", "members", "regime", *READ)
