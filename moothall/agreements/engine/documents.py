"""How is a deal's document edited by forms, and what of it may another party read?

A document is what a deal file says, as tables. A place is a dotted path into it: 'terms.fee'. A
form shows each field of a place as text, written as the file would write it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from moothall.deals.deal import Deal, Finding
from moothall.deals.explaining import fields_explained
from moothall.deals.kinds import term_kinds
from moothall.deals.privacy import as_seen, as_tried, owners
from moothall.deals.reading import (
    FIELDS_OF,
    CannotReadDeal,
    deal_and_findings_of,
    document_from_toml,
)
from moothall.deals.typed import CannotWrite, FieldAt, said, shown
from moothall.deals.varying import numbers_in
from moothall.deals.writing import toml_of

SECTIONS = {"parties": "party", "facts": "fact", "terms": "term"}


class NoSuchPlace(ValueError):
    """The document has nothing there."""


class NobodyAsks(ValueError):
    """What is private to several parties stands in a deal, and nobody says which of them asks."""


def places_in(document: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return section -> (key, what it is called) of everything that a form can open."""
    return {
        section: [
            (key, _called(section, key, table))
            for key, table in _section(document, section).items()
            if isinstance(table, Mapping)
        ]
        for section in SECTIONS
    }


def forms_of(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the places that a form can open: not a term whose kind is unknown."""
    held = {
        f"{section}.{key}"
        for section, entries in places_in(document).items()
        for key, _name in entries
        if section != "terms" or _section(document, section)[key].get("kind") in term_kinds()
    }
    return frozenset(held | {"deal"} if isinstance(document.get("deal"), Mapping) else held)


def fields_at(document: Mapping[str, Any], place: str) -> list[FieldAt]:
    """Return the fields of a place, in the order in which a form asks for them.

    :raises NoSuchPlace: when the document has no such table, or a term has no known kind.
    """
    table = _table(document, place)
    section, _, key = place.partition(".")
    return [
        FieldAt(
            name=field["name"],
            label=field["label"],
            kind=field["kind"],
            is_required=field["required"],
            value=shown(table.get(field["name"]), field["kind"]),
            options=_options(document, section, key, field),
            parts=_parts(document, field, table.get(field["name"])),
        )
        for field in _fields(section, table)
    ]


def place_in_words(document: Mapping[str, Any], place: str) -> str:
    """Return what stands at a place as its form calls it: 'Dividend: Shareholdings, Capita'."""
    section, key, name, *rest = [*place.split("."), "", ""]
    if section == "deal":
        key, name, rest = "", key, [name, *rest]
    try:
        fields = fields_at(document, f"{section}.{key}" if key else section)
        table = _section(document, section)
    except NoSuchPlace:
        return place
    label = next((field.label for field in fields if field.name == name), name)
    parties = _section(document, "parties")
    of = [
        _called("parties", part, parties[part]) if part in parties else part
        for part in rest
        if part
    ]
    words = ", ".join([label, *of])
    return f"{_called(section, key, table[key])}: {words}" if key else f"The deal: {words}"


def numbers_to_change(deal: Deal | None) -> list[tuple[str, str]]:
    """Return the place of every number of a sound deal, and its words."""
    if deal is None:
        return []
    return [(place, place_in_words(deal.document, place)) for place in numbers_in(deal)]


def with_fields(
    document: Mapping[str, Any], place: str, typed: Mapping[str, str]
) -> dict[str, Any]:
    """Return the document with the fields of a place as they were typed; '' takes a field out.

    :raises NoSuchPlace: as `fields_at`.
    :raises CannotWrite: field -> what is wrong, for what a file could not say.
    """
    section, _, _key = place.partition(".")
    whole = copy.deepcopy(dict(document))
    table = _table(whole, place)
    wrong: dict[str, str] = {}
    for field in _fields(section, table):
        if field["kind"].endswith("_by_party"):
            parts = _by_party(typed, field["name"])
            table.pop(field["name"], None)
            table |= {field["name"]: parts} if parts else {}
            continue
        text = typed.get(field["name"], "").strip()
        if not text:
            table.pop(field["name"], None)
            continue
        try:
            table[field["name"]] = said(text, field["kind"])
        except ValueError as refusal:
            wrong[field["name"]] = str(refusal)
    if wrong:
        raise CannotWrite(wrong)
    return whole


def with_new(document: Mapping[str, Any], section: str, key: str, kind: str = "") -> dict[str, Any]:
    """Return the document with one more party, fact or term, still to be filled in.

    :raises CannotWrite: when the key is taken or no key, or a term's kind is unknown.
    """
    wrong = {}
    if not key or not all(
        letter.isascii() and (letter.isalnum() or letter == "_") for letter in key
    ):
        wrong["key"] = f"{key!r} is no short name. Use small letters, digits and _, as in care_fee."
    elif key in _section(document, section):
        wrong["key"] = f"There is a {SECTIONS[section]} called {key} already. Give another name."
    if section == "terms" and kind not in term_kinds():
        wrong["kind"] = "Choose what kind of term it is."
    if wrong:
        raise CannotWrite(wrong)
    whole = copy.deepcopy(dict(document))
    made = {"kind": kind} if section == "terms" else {}
    whole.setdefault(section, {})[key] = made
    return whole


def without(document: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the document without one party, fact or term.

    :raises NoSuchPlace: when it is not there.
    """
    _table(document, place)
    section, _, key = place.partition(".")
    whole = copy.deepcopy(dict(document))
    del whole[section][key]
    return whole


def shared_with(document: Mapping[str, Any], party: str | None = None) -> str:
    """Write what of a deal a party may read; None: what everybody may, the same to the byte."""
    return toml_of(as_seen(document, party))


def who_asks(document: Mapping[str, Any], party: str) -> str | None:
    """Return which party tries a deal: the one named, or the only one with anything private in it.

    :raises NobodyAsks: when several have, and none is named.
    """
    owning = owners(document)
    if party or not owning:
        return party or None
    if len(owning) > 1:
        raise NobodyAsks(f"It holds what is private to {' and to '.join(owning)}.")
    return owning[0]


def deal_as_tried(text: str, party: str) -> tuple[Deal | None, list[Finding]]:
    """Read a deal as a party tries it, and everything that is found in it so."""
    try:
        document = document_from_toml(text)
        return deal_and_findings_of(as_tried(document, who_asks(document, party)))
    except CannotReadDeal as refusal:
        return None, refusal.findings
    except NobodyAsks as refusal:
        mend = "Say in the settings which party your body is: only what it may see is then tried."
        return None, [Finding("parties", str(refusal), mend)]


def _section(document: Mapping[str, Any], section: str) -> dict[str, Any]:
    found = document.get(section, {})
    return found if isinstance(found, dict) else {}


def _table(document: Mapping[str, Any], place: str) -> dict[str, Any]:
    section, _, key = place.partition(".")
    found = document.get("deal", {}) if place == "deal" else _section(document, section).get(key)
    if not isinstance(found, dict) or (place != "deal" and section not in SECTIONS):
        raise NoSuchPlace(f"The deal has no {place}. Go back to the draft and choose one it has.")
    return found


def _fields(section: str, table: Mapping[str, Any]) -> list[dict[str, Any]]:
    if section != "terms":
        return fields_explained(FIELDS_OF[section])
    kind = term_kinds().get(table.get("kind", ""))
    if kind is None:
        raise NoSuchPlace("This term has no kind that we know. Mend its kind in the text.")
    return fields_explained(kind)


def _called(section: str, key: str, table: Mapping[str, Any]) -> str:
    if section == "terms":
        kind = term_kinds().get(table.get("kind", ""))
        return str(table.get("label") or (kind.title if kind else key))
    return str(table.get("name") or table.get("title") or key)


def _options(
    document: Mapping[str, Any], section: str, key: str, field: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    match field["kind"]:
        case "choice":
            return tuple((option, option.capitalize()) for option in field["options"])
        case "yes_or_no":
            return (("true", "Yes"), ("false", "No"))
        case "party" | "fact" | "term":
            named = {"party": "parties", "fact": "facts", "term": "terms"}[field["kind"]]
            return tuple(
                (other, _called(named, other, table))
                for other, table in _section(document, named).items()
                if not (named == section and other == key) and isinstance(table, Mapping)
            )
    return ()


def _parts(
    document: Mapping[str, Any], field: Mapping[str, Any], value: Any
) -> tuple[tuple[str, str, str], ...]:
    if not field["kind"].endswith("_by_party"):
        return ()
    of = value if isinstance(value, Mapping) else {}
    return tuple(
        (key, _called("parties", key, table), "" if key not in of else str(of[key]))
        for key, table in _section(document, "parties").items()
        if isinstance(table, Mapping)
    )


def _by_party(typed: Mapping[str, str], name: str) -> dict[str, str]:
    return {
        key.removeprefix(f"{name}."): text.strip()
        for key, text in typed.items()
        if key.startswith(f"{name}.") and text.strip()
    }
