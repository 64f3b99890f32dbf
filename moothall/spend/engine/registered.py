"""What do registers of organisations say of a supplier?

A number is an identity; a name is not. A name joins a supplier to a register only where no two
organisations of that name are listed, where no number speaks against it, and never for a payee
who may be a private person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from attrs import define, field, frozen

from moothall.spend.engine.names import NameKind

# A name of one of these kinds is never looked for in a register: it may be somebody's own.
NOT_BY_NAME = frozenset(
    {NameKind.INDIVIDUAL, NameKind.SOLE_TRADER, NameKind.REDACTED, NameKind.CARD_MERCHANT}
)


class JoinedBy(StrEnum):
    """What joined a supplier to its entries."""

    COMPANY_NUMBER = "company number"
    CHARITY_NUMBER = "charity number"
    NAME = "name"


@frozen(slots=True)
class Entry:
    """One organisation of a register. Text is '' and a flag None where nothing is said."""

    register: str
    skeleton: str
    legal_form: str
    company_number: str
    charity_number: str
    postcode: str
    is_small: bool | None
    is_third_sector: bool | None
    is_mutual: bool | None
    is_public_body: bool | None


@frozen
class Known:
    """What registers say of one supplier, and what joined it to them."""

    by: JoinedBy
    postcode: str
    is_small: bool | None
    is_third_sector: bool | None
    is_mutual: bool | None
    is_public_body: bool | None

    @property
    def is_by_number(self) -> bool:
        return self.by is not JoinedBy.NAME


@frozen
class Sought:
    """One supplier to look for: its numbers in standard form, and its name taken apart."""

    key: int
    company_numbers: frozenset[str]
    charity_numbers: frozenset[str]
    skeleton: str
    legal_form: str
    word_count: int
    kinds: frozenset[str]

    @property
    def may_join_by_name(self) -> bool:
        return bool(self.skeleton) and not self.kinds & NOT_BY_NAME


@define
class _Kept:
    """The entries that some supplier could be, under what they would be found by."""

    company: dict[str, list[Entry]] = field(factory=dict)
    charity: dict[str, list[Entry]] = field(factory=dict)
    name: dict[str, list[Entry]] = field(factory=dict)


def known_of(suppliers: Collection[Sought], entries: Iterable[Entry]) -> dict[int, Known]:
    """Supplier key -> what registers say; a supplier that nobody lists is not in it.

    entries : in the order in which they were loaded: where two registers differ, the later tells

    Entries pass by one at a time, and only those that some supplier could be are held.
    """
    wanted = _Kept(
        company={number: [] for each in suppliers for number in each.company_numbers},
        charity={number: [] for each in suppliers for number in each.charity_numbers},
        name={each.skeleton: [] for each in suppliers if each.may_join_by_name},
    )
    for entry in entries:
        if entry.company_number in wanted.company:
            wanted.company[entry.company_number].append(entry)
        if entry.charity_number in wanted.charity:
            wanted.charity[entry.charity_number].append(entry)
        if entry.skeleton in wanted.name:
            wanted.name[entry.skeleton].append(entry)
    found = ((each.key, _known(each, wanted)) for each in suppliers)
    return {key: known for key, known in found if known is not None}


def _known(supplier: Sought, kept: _Kept) -> Known | None:
    # A supplier under two company numbers holds a publisher's mistake: neither tells by itself.
    if len(supplier.company_numbers) == 1:
        (number,) = supplier.company_numbers
        if entries := kept.company[number]:
            beside = [
                entry
                for charity in sorted(supplier.charity_numbers)
                for entry in kept.charity[charity]
                if not entry.company_number
            ]
            return _together(JoinedBy.COMPANY_NUMBER, [*beside, *entries])
    if len(supplier.charity_numbers) == 1:
        (number,) = supplier.charity_numbers
        entries = [entry for entry in kept.charity[number] if not _contradicts(entry, supplier)]
        if entries and _are_one(entries):
            return _together(JoinedBy.CHARITY_NUMBER, entries)
    if supplier.may_join_by_name:
        entries = kept.name[supplier.skeleton]
        if (
            entries
            and _are_one(entries)
            and not any(_contradicts(entry, supplier) for entry in entries)
            and _names_enough(supplier, entries)
        ):
            return _together(JoinedBy.NAME, entries)
    return None


def _contradicts(entry: Entry, supplier: Sought) -> bool:
    """Whether a number, or the legal form, says that the entry is somebody else."""
    forms = {entry.legal_form, supplier.legal_form} - {""}
    return (
        bool(entry.company_number and supplier.company_numbers)
        and entry.company_number not in supplier.company_numbers
    ) or (
        (
            bool(entry.charity_number and supplier.charity_numbers)
            and entry.charity_number not in supplier.charity_numbers
        )
        or len(forms) > 1
    )


def _are_one(entries: Collection[Entry]) -> bool:
    """Whether entries can all be one organisation: no number differs, none stands beside another.

    A register lists an organisation once, so two entries of one register are two organisations,
    unless the same number or the same postcode says otherwise.
    """
    companies = {entry.company_number for entry in entries} - {""}
    charities = {entry.charity_number for entry in entries} - {""}
    if len(companies) > 1 or len(charities) > 1:
        return False
    within: dict[str, Entry] = {}
    for entry in entries:
        other = within.setdefault(entry.register, entry)
        if other is not entry and not (
            (entry.company_number and entry.company_number == other.company_number)
            or (entry.charity_number and entry.charity_number == other.charity_number)
            or (entry.postcode and entry.postcode == other.postcode)
        ):
            return False
    return True


def _names_enough(supplier: Sought, entries: Collection[Entry]) -> bool:
    """Whether the name is telling: more than one word, or one with the same legal form."""
    if supplier.word_count > 1:
        return True
    return bool(supplier.legal_form) and all(
        entry.legal_form == supplier.legal_form for entry in entries
    )


def _together(by: JoinedBy, entries: Collection[Entry]) -> Known:
    def latest(fact: str, nothing: object) -> object:
        said = [value for entry in entries if (value := getattr(entry, fact)) != nothing]
        return said[-1] if said else nothing

    flags = ("is_small", "is_third_sector", "is_mutual", "is_public_body")
    told = {fact: latest(fact, None) for fact in flags}
    return Known(by=by, postcode=str(latest("postcode", "")), **told)  # type: ignore[arg-type]
