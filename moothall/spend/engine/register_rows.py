"""What does one row of a register of organisations say, and which rows are one organisation?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen

from moothall.spend.engine.amounts import amount_read
from moothall.spend.engine.headers import plain_header, plain_headers
from moothall.spend.engine.names import folded
from moothall.spend.engine.registration_numbers import charity_number, company_number

FLAGS = ("is_small", "is_third_sector", "is_mutual", "is_public_body")
FACTS = ("company_number", "charity_number", "postcode", *FLAGS)
LONGEST_NAME = 300
MOST_NAMES = 20  # that one organisation is listed under
_NOTHING = frozenset({"", "NA", "N/A", "#N/A", "NONE", "NULL", "NIL", "-", "--", "?", "NOT KNOWN"})
_YES = frozenset({"y", "yes", "true", "1"})
_NO = frozenset({"n", "no", "false", "0"})
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_SOCIETY = re.compile(r"0*(\d{1,5})R")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
# What a register of the whole says, in the words of the command and the form.
WHOLES = {
    "third-sector": "is_third_sector",
    "mutual": "is_mutual",
    "public-body": "is_public_body",
}


@frozen
class RegisterWords:
    """The rules of the document `registers` in force on a day.

    columns        field -> plain headers, the preferred first
    whole_register plain header -> what every organisation under it is: 'public body', 'mutual'
    legal_forms    plain words -> {'third_sector' | 'mutual' | 'public_body': bool}
    small_firm     staff_below, turnover_at_most, balance_sheet_at_most; None where no version of
                   the rule is in force
    size_words     plain word -> whether such a firm is small or medium-sized
    """

    columns: Mapping[str, Sequence[str]]
    whole_register: Mapping[str, str]
    legal_forms: Mapping[str, Mapping[str, bool]]
    small_firm: Mapping[str, int] | None
    size_words: Mapping[str, bool]


@frozen
class Listed:
    """One organisation as a register lists it. None: the register does not say."""

    row: int
    name: str
    sheet: str | None = None
    reference: str = ""
    as_at: str = ""
    other_names: tuple[str, ...] = ()
    company_number: str = ""
    charity_number: str = ""
    postcode: str = ""
    is_small: bool | None = None
    is_third_sector: bool | None = None
    is_mutual: bool | None = None
    is_public_body: bool | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What two rows share when they are one organisation. A name alone is not enough."""
        if self.company_number:
            return ("company", self.company_number)
        if self.charity_number:
            return ("charity", self.charity_number)
        if self.reference:  # which may be of an area or a kind, so the name must agree
            return ("reference", self.reference, folded(self.name))
        return ("name", folded(self.name), self.postcode)


def columns_in(header: Sequence[str], words: RegisterWords) -> dict[str, int]:
    """Field -> the place of its column, by the preferred header where several would do."""
    plain = [plain_header(cell) for cell in header]
    found: dict[str, int] = {}
    for name, wanted in words.columns.items():
        place = next((plain.index(each) for each in wanted if each in plain), None)
        if place is not None:
            found[name] = place
    return found


def whole_in(header: Sequence[str], words: RegisterWords) -> frozenset[str]:
    """What the columns alone say that every organisation of this register is: names of flags."""
    said = {words.whole_register.get(plain_header(cell)) for cell in header}
    return frozenset(WHOLES[what.replace(" ", "-")] for what in said if what)


def is_small_firm(
    staff: int | None,
    turnover_gbp: Decimal | None,
    balance_sheet_gbp: Decimal | None,
    rule: Mapping[str, int] | None,
) -> bool | None:
    """Whether a firm is small or medium-sized; None where what is known does not settle it.

    staff in people; turnover in GBP a year; balance sheet total in GBP. Small takes few enough
    staff and either measure of money within its bound.

    Source: the rule `small_firm` of the document `registers`.
    """
    if rule is None:
        return None
    if staff is not None and staff >= rule["staff_below"]:
        return False
    within = [
        None if amount is None else amount <= rule[bound]
        for amount, bound in (
            (turnover_gbp, "turnover_at_most"),
            (balance_sheet_gbp, "balance_sheet_at_most"),
        )
    ]
    if within == [False, False]:
        return False
    return True if staff is not None and True in within else None


def society_number(text: str) -> str | None:
    """A registered society's number as Companies House writes it: 525R is IP00525R.

    None for a number of another kind: plain digits given by the Financial Conduct Authority are
    not a company number, and would name some other company.
    """
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    if re.fullmatch(r"(?:IP|RS|SP|NP|CU|NI)\w{6}", bare):
        return company_number(bare)
    found = _SOCIETY.fullmatch(bare)
    return f"IP{found[1].zfill(5)}R" if found else None


@frozen
class RowReader:
    """Reads the rows of one register, whose header was found.

    columns : field -> place; `name` is among them
    whole   : flags that hold for every organisation
    """

    columns: Mapping[str, int]
    whole: frozenset[str]
    words: RegisterWords
    header: tuple[str, ...] = field(converter=plain_headers)

    def listed(self, row: int, cells: Sequence[str], sheet: str | None = None) -> Listed | None:
        """What the row says; None when it names nobody."""
        said = {name: self._cell(cells, place) for name, place in self.columns.items()}
        name = " ".join(said["name"].split())
        if not name or not any(character.isalpha() for character in name):
            return None
        is_companys = said.get("registrar", "").upper() in ("", "COMPANIES HOUSE")
        number = said.get("company_number", "")
        other = " ".join(said.get("other_name", "").split())
        company = company_number(number) if is_companys else society_number(number)
        charity = charity_number(said.get("charity_number", ""))
        third, mutual, public = self._standing(said, charity)
        return Listed(
            row=row,
            sheet=sheet,
            name=name[:LONGEST_NAME],
            reference=said.get("reference", "")[:120],
            as_at=_sortable(said.get("as_at", "")),
            other_names=(other[:LONGEST_NAME],) if other else (),
            company_number=company or "",
            charity_number=charity or "",
            postcode=postcode_in(said.get("postcode", "")),
            is_small=False if public else self._small(said),
            is_third_sector=third,
            is_mutual=mutual,
            is_public_body=public,
        )

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row below the header says the header again."""
        return plain_headers(cells) == self.header

    @staticmethod
    def _cell(cells: Sequence[str], place: int) -> str:
        text = cells[place].strip() if place < len(cells) else ""
        return "" if text.upper() in _NOTHING else text

    def _standing(
        self, said: Mapping[str, str], charity: str | None
    ) -> tuple[bool | None, bool | None, bool | None]:
        form = self.words.legal_forms.get(plain_header(said.get("legal_form", "")), {})
        known = {
            flag: True if flag in self.whole else _yes_or_no(said.get(name, ""), form.get(name))
            for name, flag in (
                ("third_sector", "is_third_sector"),
                ("mutual", "is_mutual"),
                ("public_body", "is_public_body"),
            )
        }
        if charity:
            known["is_third_sector"] = True
        if known["is_public_body"]:  # a council is neither a charity nor a mutual
            known = {flag: known[flag] or False for flag in known}
        return known["is_third_sector"], known["is_mutual"], known["is_public_body"]

    def _small(self, said: Mapping[str, str]) -> bool | None:
        if word := plain_header(said.get("size", "")):
            yes = _yes_or_no(word, None)
            return self.words.size_words.get(word) if yes is None else yes
        staff = amount_read(said.get("staff", ""))[0]
        return is_small_firm(
            int(staff) if staff is not None and staff >= 0 else None,
            amount_read(said.get("turnover", ""))[0],
            amount_read(said.get("balance_sheet", ""))[0],
            self.words.small_firm,
        )


def postcode_in(text: str) -> str:
    """The postcode in a cell, in capitals with its space; '' when there is none."""
    found = _POSTCODE.search(" ".join(text.upper().split()))
    if not found:
        return ""
    bare = found[0].replace(" ", "")
    return f"{bare[:-3]} {bare[-3:]}"


def one_each(rows: Iterable[Listed]) -> tuple[list[Listed], list[tuple[Listed, Listed]]]:
    """Each organisation once, and the rows that say one again: (the row, the row that stands).

    Of rows that are one organisation the latest date tells; where rows of one date differ in a
    fact, that fact is not known. The first row's name stands, with the others beside it.
    """
    groups: dict[tuple[str, ...], list[Listed]] = {}
    for row in rows:
        groups.setdefault(row.identity, []).append(row)
    kept: list[Listed] = []
    again: list[tuple[Listed, Listed]] = []
    for group in groups.values():
        first = group[0]
        again += [(other, first) for other in group[1:]]
        kept.append(first if len(group) == 1 else _together(group))
    again.sort(key=lambda pair: (pair[0].sheet or "", pair[0].row))
    return kept, again


def _together(group: Sequence[Listed]) -> Listed:
    told: dict[str, Any] = {}
    newest_first = sorted({row.as_at for row in group}, reverse=True)
    for fact in FACTS:
        nothing = None if fact in FLAGS else ""
        told[fact] = nothing
        for day in newest_first:
            said = {
                value
                for row in group
                if row.as_at == day and (value := getattr(row, fact)) != nothing
            }
            if said:
                told[fact] = said.pop() if len(said) == 1 else nothing
                break
    spelt = {folded(name): name for row in reversed(group) for name in (*row.other_names, row.name)}
    spelt.pop(folded(group[0].name), None)
    others = tuple(list(reversed(spelt.values()))[:MOST_NAMES])
    return evolve(group[0], other_names=others, **told)


def _yes_or_no(text: str, otherwise: bool | None) -> bool | None:
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else otherwise


def _sortable(text: str) -> str:
    """A date as text that sorts: ISO dates do already; 31/03/2015 is turned round."""
    found = _DAY_FIRST.match(text)
    return f"{found[3]}-{found[2].zfill(2)}-{found[1].zfill(2)}" if found else text[:25]
