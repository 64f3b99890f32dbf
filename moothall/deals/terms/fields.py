"""What may a term ask for? Each field says how it is read, and in which words a form asks for it.

A field reads what stands in the file (text, Decimal, whole number, date, list or table) and answers
with a value, or raises ValueError with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

import attrs
from attrs import NOTHING, frozen

from moothall.deals.distributions import why_not_a_distribution


@frozen
class Names:
    """What a field may refer to: the deal's parties, facts and terms, by key.

    terms     : those above the term that is read
    all_terms : of the deal
    """

    parties: Collection[str]
    facts: Collection[str]
    terms: Collection[str] = ()
    all_terms: Collection[str] = ()


Reads = Callable[[Any, Names], Any]


class FieldsNotRead(ValueError):
    """Several fields of a row could not be read: (place inside it, sentence) of each."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(sentence for _, sentence in found))
        self.found = found


def nearest(given: object, known: Collection[str]) -> str:
    """Return ' Did you mean 'fee'?' where something known is near to what was given, or ''."""
    near = get_close_matches(str(given), list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def asked(reads: Reads, kind: str, label: str, default: Any = NOTHING, **more: Any) -> Any:
    """A field of a file: how it is read, and in which words a form asks for it."""
    return attrs.field(
        default=default,
        kw_only=True,
        metadata={"reads": reads, "kind": kind, "label": label, **more},
    )


THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def decimal_of(value: Any) -> Decimal:
    """Return a number as written in the file.

    :raises ValueError: when it is not one.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValueError(f"{value!r} is not a number.")
    written = str(value).strip().removeprefix("£")
    if "," in written and not THOUSANDS.fullmatch(written):
        raise ValueError(f"{value!r} is not a number.")
    try:
        number = Decimal(written.replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number.") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number.")
    return number


def _between(lowest: int | None, highest: int | None, unit: str) -> Reads:
    def reads(value: Any, _names: Names) -> Decimal:
        number = decimal_of(value)
        if lowest is not None and number < lowest:
            raise ValueError(f"{number} is below {lowest}{unit}.")
        if highest is not None and number > highest:
            raise ValueError(f"{number} is above {highest}{unit}.")
        return number

    return reads


def gbp(label: str, default: Any = NOTHING, *, may_be_negative: bool = False) -> Any:
    """An amount in GBP."""
    lowest = None if may_be_negative else 0
    return asked(_between(lowest, None, " pounds"), "gbp", label, default)


def share(label: str, default: Any = NOTHING) -> Any:
    """A share from 0 to 1."""
    return asked(_between(0, 1, ": a share is from 0 to 1"), "share", label, default)


def rate(label: str, default: Any = NOTHING) -> Any:
    """A rate as a fraction: 0.035 is 3.5%; it may be negative."""
    return asked(_between(-1, None, ""), "rate", label, default)


def number(label: str, default: Any = NOTHING) -> Any:
    return asked(_between(None, None, ""), "number", label, default)


def count(label: str, default: Any = NOTHING) -> Any:
    """A number of people, days or things; never negative."""
    return asked(_between(0, None, ""), "count", label, default)


def whole(label: str, default: Any = NOTHING) -> Any:
    """A whole number, as int; never negative."""

    def reads(value: Any, names: Names) -> int:
        number = _between(0, None, "")(value, names)
        if number % 1:
            raise ValueError(f"{number} is not a whole number.")
        return int(number)

    return asked(reads, "whole", label, default)


def text(label: str, default: Any = NOTHING) -> Any:
    def reads(value: Any, _names: Names) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{value!r} is not text.")
        return value.strip()

    return asked(reads, "text", label, default)


def yes_or_no(label: str, default: Any = NOTHING) -> Any:
    def reads(value: Any, _names: Names) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} is neither true nor false.")
        return value

    return asked(reads, "yes_or_no", label, default)


def day(label: str, default: Any = NOTHING) -> Any:
    def reads(value: Any, _names: Names) -> date:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        if type(value) is not date:
            raise ValueError("It is not a date such as 2026-04-01.")
        return value

    return asked(reads, "day", label, default)


def choice(label: str, options: Sequence[str], default: Any = NOTHING) -> Any:
    def reads(value: Any, _names: Names) -> str:
        if value not in options:
            raise ValueError(f"{value!r} is none of: {', '.join(options)}.")
        return str(value)

    return asked(reads, "choice", label, default, options=tuple(options))


def distribution(label: str, default: Any = NOTHING) -> Any:
    """How it may turn out, as a table with a kind."""

    def reads(value: Any, _names: Names) -> Mapping[str, Any]:
        if sentence := why_not_a_distribution(value):
            raise ValueError(sentence)
        return dict(value)

    return asked(reads, "distribution", label, default)


def in_order(label: str, options: Sequence[str], default: Any = NOTHING) -> Any:
    """Some of the options, each once, in an order that matters."""

    def reads(value: Any, names: Names) -> tuple[str, ...]:
        found: tuple[str, ...] = _several(lambda item, _names: str(item))(value, names)
        for item in found:
            if item not in options:
                raise ValueError(f"{item!r} is none of: {', '.join(options)}.")
        if len(set(found)) < len(found):
            raise ValueError(f"One is named twice: {', '.join(found)}.")
        return found

    return asked(reads, "in_order", label, default, options=tuple(options))


def _one_of(known: Callable[[Names], Collection[str]], what: str) -> Reads:
    def reads(value: Any, names: Names) -> str:
        if value not in known(names):
            listed = ", ".join(known(names)) or "none yet"
            near = nearest(value, known(names))
            raise ValueError(f"There is no {what} {value!r}.{near} The deal has: {listed}.")
        return str(value)

    return reads


_party = _one_of(lambda names: names.parties, "party")
_fact = _one_of(lambda names: names.facts, "fact")
_term = _one_of(lambda names: names.terms, "term above this one called")
_any_term = _one_of(lambda names: names.all_terms, "term")


def party(label: str, default: Any = NOTHING) -> Any:
    """The key of a party."""
    return asked(_party, "party", label, default)


def fact(label: str, default: Any = NOTHING, *, meets_threshold: bool = False) -> Any:
    """The key of a fact.

    meets_threshold : what is paid jumps at some value of it, so it must say how it is rounded
    """
    return asked(_fact, "fact", label, default, meets_threshold=meets_threshold)


def earlier_term(label: str, default: Any = NOTHING) -> Any:
    """The key of a term that stands above this one."""
    return asked(_term, "term", label, default)


def any_term(label: str, default: Any = NOTHING) -> Any:
    """The key of a term, above this one or below; of one below, earlier periods are seen."""
    return asked(_any_term, "term", label, default)


def texts(label: str, default: Any = NOTHING) -> Any:
    """A list of texts, one or more."""

    def one(value: Any, _names: Names) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{value!r} is not text.")
        return value.strip()

    return asked(_several(one), "texts", label, default)


def _several(one: Reads) -> Reads:
    def reads(value: Any, names: Names) -> tuple[Any, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError("It is a list with at least one entry.")
        return tuple(one(item, names) for item in value)

    return reads


def earlier_terms(label: str, default: Any = NOTHING) -> Any:
    return asked(_several(_term), "terms", label, default)


def parties(label: str, default: Any = NOTHING) -> Any:
    return asked(_several(_party), "parties", label, default)


def facts(label: str, default: Any = NOTHING) -> Any:
    return asked(_several(_fact), "facts", label, default)


def numbers(label: str, default: Any = NOTHING) -> Any:
    return asked(_several(lambda value, _names: decimal_of(value)), "numbers", label, default)


def _by_party(one: Reads) -> Reads:
    def reads(value: Any, names: Names) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not value:
            raise ValueError("It is a table with a value for each party.")
        return {_party(key, names): one(item, names) for key, item in value.items()}

    return reads


def amounts_by_party(label: str, default: Any = NOTHING) -> Any:
    """Party -> GBP or weight, never negative."""
    return asked(_by_party(_between(0, None, "")), "amounts_by_party", label, default)


def shares_by_party(label: str, default: Any = NOTHING) -> Any:
    """Party -> share; the shares add up to 1."""

    def reads(value: Any, names: Names) -> dict[str, Decimal]:
        found: dict[str, Decimal] = _by_party(_between(0, 1, ": a share is from 0 to 1"))(
            value, names
        )
        if sum(found.values()) != 1:
            raise ValueError(f"The shares add up to {sum(found.values())}, not to 1.")
        return found

    return asked(reads, "shares_by_party", label, default)


def facts_by_party(label: str, default: Any = NOTHING) -> Any:
    """Party -> the key of a fact."""
    return asked(_by_party(_fact), "facts_by_party", label, default)


def rows(label: str, of: type, default: Any = NOTHING) -> Any:
    """A list of tables, each read into an attrs class with fields of its own."""

    def reads(value: Any, names: Names) -> tuple[Any, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError("It is a list of tables with at least one entry.")
        found: list[tuple[str, str]] = []
        made = []
        for place, item in enumerate(value):
            try:
                made.append(read_fields(of, item, names))
            except FieldsNotRead as unread:
                found += [(f"{place + 1}.{name}", sentence) for name, sentence in unread.found]
        if found:
            raise FieldsNotRead(found)
        return tuple(made)

    return asked(reads, "rows", label, default, of=of)


def table(label: str, of: type, default: Any = NOTHING) -> Any:
    """One table, read into an attrs class with fields of its own."""
    return asked(lambda value, names: read_fields(of, value, names), "table", label, default, of=of)


def read_fields(of: type, given: Any, names: Names, *, ignore: Collection[str] = ()) -> Any:
    """Build an attrs class from a table, or say everything that stops it.

    :raises FieldsNotRead: with each place and sentence.
    """
    if not isinstance(given, Mapping):
        raise FieldsNotRead([("", "It is not a table of fields.")])
    known = {field.name: field for field in attrs.fields(of) if "reads" in field.metadata}
    found: list[tuple[str, str]] = []
    for name in given:
        if name not in known and name not in ignore:
            near = nearest(name, known)
            said = f"There is no field {name!r} here.{near} It has: {', '.join(known)}."
            found.append((name, said))
    read = {}
    for name, field in known.items():
        if name not in given:
            if field.default is NOTHING:
                found.append((name, f'"{field.metadata["label"]}" is missing.'))
            continue
        try:
            read[name] = field.metadata["reads"](given[name], names)
        except FieldsNotRead as unread:
            found += [(f"{name}.{inner}".strip("."), said) for inner, said in unread.found]
        except ValueError as refusal:
            found.append((name, str(refusal)))
    if found:
        raise FieldsNotRead(found)
    return of(**read, **{name: given[name] for name in ignore if name in given})
