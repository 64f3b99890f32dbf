"""A deal with one number changed: where does the number stand, and what deal does it make?"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.deals.deal import Deal
from moothall.deals.reading import deal_from_document
from moothall.deals.terms.fields import decimal_of
from moothall.deals.writing import plain


class NoSuchNumber(ValueError):
    """The place named holds no number. The message lists what does."""


def number_at(deal: Deal, place: str) -> Decimal:
    """Return the number at a place such as 'terms.lamps.bands.2.price_gbp'.

    :raises NoSuchNumber: with the places that do hold one.
    """
    try:
        return decimal_of(_inside(deal.document, place.split(".")))
    except (KeyError, IndexError, ValueError, TypeError):
        known = ", ".join(numbers_in(deal))
        raise NoSuchNumber(f"{place} is no number of this deal. It has: {known}.") from None


def numbers_in(deal: Deal) -> list[str]:
    """Return the place of every number in the terms, parties and facts of a deal."""
    return [
        path
        for path, value in _leaves(deal.document)
        if path.split(".")[0] in ("terms", "parties", "facts")
        and not isinstance(value, bool)
        and _is_number(value)
    ]


def with_number(deal: Deal, place: str, value: Decimal) -> Deal:
    """Return the deal with another number at a place.

    :raises NoSuchNumber: when there is no number.
    :raises CannotReadDeal: when that number makes no sound deal.
    """
    number_at(deal, place)
    document = copy.deepcopy(dict(deal.document))
    *path, last = place.split(".")
    inside = _inside(document, path)
    inside[_step(inside, last)] = f"{value:f}"
    return deal_from_document(document)


@frozen
class Difference:
    """One place where two deals differ. None: the deal has nothing there."""

    place: str
    was: str | None
    now: str | None

    def as_json(self) -> dict[str, str | None]:
        return {"place": self.place, "was": self.was, "now": self.now}


def differences(was: Deal, now: Deal) -> list[Difference]:
    """Return every place where two deals' documents differ, in the order of the files."""
    return differences_between(was.document, now.document)


def differences_between(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """The same of two documents, sound or not."""
    old, new = (dict(_leaves(plain(document))) for document in (was, now))
    return [
        Difference(place, _text(old.get(place)), _text(new.get(place)))
        for place in dict.fromkeys((*old, *new))
        if old.get(place) != new.get(place)
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value, start=1):
            yield from _leaves(one, f"{path}.{place}")
    else:
        yield path, value


def _inside(document: Any, path: list[str]) -> Any:
    for name in path:
        document = document[_step(document, name)]
    return document


def _step(inside: Any, name: str) -> Any:
    if not isinstance(inside, list):
        return name
    if int(name) < 1:
        raise IndexError(name)
    return int(name) - 1


def _is_number(value: Any) -> bool:
    try:
        decimal_of(value)
    except ValueError:
        return False
    return True
