"""What does a file of existing agreements say, row by row, and what in it cannot be read?

What a row leaves out is no fault: it is entered as it was found. What is there must be readable.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from attrs import frozen

from moothall.agreements.engine.kinds import kinds
from moothall.values.wording import listed

NEEDED = ("reference", "name", "kind")
MOST_ROWS = 2_000
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
    """A row of a file: what it says, or why it is set aside."""

    number: int
    reference: str
    name: str
    says: ExistingAgreement | None
    trouble: tuple[str, ...]


@frozen
class Words:
    """The lists that a file's words come from: key -> how it is said."""

    regimes: Mapping[str, str]
    roles: Mapping[str, str]
    bodies: Mapping[str, str]


def read_existing(text: str, words: Words) -> tuple[ReadRow, ...]:
    """Every row of a CSV file of existing agreements.

    :raises NotAFile: without a heading that is needed, with one that is not known, or too long.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        heads = [_name(head) for head in next(reader, [])]
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise NotAFile(f"This is not a CSV file: {error}. Save it as CSV and try again.") from None
    _refuse_heads(heads)
    if len(lines) > MOST_ROWS:
        raise NotAFile(
            f"This file has {len(lines):,} rows, and at most {MOST_ROWS:,} are read at once. "
            "Split it."
        )
    seen: dict[str, int] = {}
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = dict(zip(heads, (cell.strip() for cell in line), strict=False))
        rows.append(_row(number, cells, len(line) - len(heads), words, seen))
    return tuple(rows)


def _refuse_heads(heads: list[str]) -> None:
    if missing := [head for head in NEEDED if head not in heads]:
        raise NotAFile(
            f"The file has no column called {listed(missing)}. It needs {listed(NEEDED)}; the "
            "others may be left out."
        )
    if strays := sorted({head for head in heads if head and head not in COLUMNS}):
        raise NotAFile(f"No column is called {listed(strays)}. The columns are {listed(COLUMNS)}.")
    if twice := sorted({head for head in heads if head and heads.count(head) > 1}):
        raise NotAFile(f"The file has two columns called {listed(twice)}. Take one away.")


def _name(head: str) -> str:
    return head.strip().lower().replace(" ", "_")


def _row(
    number: int, cells: dict[str, str], extra: int, words: Words, seen: dict[str, int]
) -> ReadRow:
    reference, name = cells.get("reference", ""), cells.get("name", "")
    trouble: list[str] = []
    if extra > 0:
        trouble.append(
            "It has more cells than the file has columns. Put text with commas in quotes."
        )
    trouble += [f"It has no {head}. Give it one." for head in NEEDED if not cells.get(head)]
    if reference and reference in seen:
        trouble.append(
            f"Row {seen[reference]} has the reference {reference} already. Give each its own."
        )
    seen.setdefault(reference, number)
    fields: dict[str, object] = {}
    members: tuple[MemberGiven, ...] = ()
    kind = ""
    for head, cell in cells.items():
        if not cell or head in ("reference", "name", ""):
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
    says = None if trouble else ExistingAgreement(reference, name, kind, fields, members)
    return ReadRow(number, reference, name, says, tuple(trouble))


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


def _day(text: str) -> date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a date. Write it as 2026-04-01 or 01/04/2026.")


def _pence(text: str) -> int:
    try:
        pounds = Decimal(text.removeprefix("£").replace(",", ""))
        if not pounds.is_finite() or pounds < 0 or pounds > LARGEST_POUNDS or pounds * 100 % 1:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount in pounds. Write it as 1250000.00.") from None
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
COLUMNS = (*NEEDED, "members", "regime", *READ)
