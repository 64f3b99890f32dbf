"""What of a deal may a party see? What is shared, and what is private to it.

A deal file may hold facts that are private to a party, what a party can lose, and its budgets.
Others see the rest. A fact that a term reads keeps its name and unit, without what is thought of
it; any other private fact is gone. This works on a document before it is read, so that not even a
finding tells what was private.

A party's estimate of another's private fact says which it `stands_for`. Seen by the party whose
estimate it is, it takes that fact's place, and is called our estimate wherever it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moothall.deals.deal import Basis, Deal
from moothall.deals.reading import deal_from_document

PRIVATE_IN = ("parties", "facts", "budgets")
MEASURE = ("title", "unit", "once", "places", "reported_by", "private_to")  # what terms need of it


def seen_by(deal: Deal, party: str | None) -> Deal:
    """Return a deal as a party tries it; as everybody may, where it is None."""
    return deal_from_document(as_tried(deal.document, party))


def owners(document: Mapping[str, Any]) -> list[str]:
    """Return the parties to whom anything in a document is private, in the order of its parties."""
    owning = {
        str(fact.get("private_to")) for fact in _tables(document, "facts").values() if _says(fact)
    }
    owning |= {str(budget.get("party")) for budget in _tables(document, "budgets").values()}
    return [
        key
        for key, party in _tables(document, "parties").items()
        if key in owning or any(name in party for name in _kept_private(party))
    ]


def as_seen(document: Mapping[str, Any], party: str | None) -> dict[str, Any]:
    """Return the document of a deal without what is private to others."""
    seen = dict(document)
    if any(_tables(document, name) != document.get(name, {}) for name in PRIVATE_IN):
        return seen  # no table of tables: whoever reads it says so, and nothing of what is in it
    facts = _tables(document, "facts")
    read = set(_texts(document.get("terms", {})))
    hidden = {key for key, fact in facts.items() if _is_private_to_others(fact, party)}
    if facts:
        seen["facts"] = {
            key: _measure(fact) if key in hidden else fact
            for key, fact in facts.items()
            if key not in hidden - read
        }
    if "parties" in document:
        seen["parties"] = {
            key: _party_seen(key, one, facts, hidden, party)
            for key, one in _tables(document, "parties").items()
        }
    correlations = document.get("correlations", [])
    if isinstance(correlations, list):
        _keep(seen, "correlations", [row for row in correlations if not hidden & set(_texts(row))])
    budgets = _tables(document, "budgets").items()
    _keep(seen, "budgets", {key: one for key, one in budgets if one.get("party") == party})
    return seen


def as_tried(document: Mapping[str, Any], party: str | None) -> dict[str, Any]:
    """The same with each estimate of the party's in the place of what it stands for."""
    seen = as_seen(document, party)
    facts = _tables(seen, "facts")
    estimates = {
        str(fact["stands_for"]): key for key, fact in facts.items() if "stands_for" in fact
    }
    tried: dict[str, Mapping[str, Any]] = {}
    for key, fact in facts.items():
        if key in estimates and not _says(fact):
            ours = _without(facts[estimates[key]], ("title", "stands_for"))
            tried[key] = {**fact, **ours, "basis": Basis.ESTIMATED.value}
        elif (of := str(fact.get("stands_for"))) not in facts:
            tried[key] = _without(fact, ("stands_for",))
        elif _says(facts[of]):
            tried[key] = fact
    return {**seen, "facts": tried} if tried else seen


def _measure(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fact[name] for name in MEASURE if name in fact}


def _party_seen(
    key: str,
    party: Mapping[str, Any],
    facts: Mapping[str, Mapping[str, Any]],
    hidden: set[str],
    viewer: str | None,
) -> dict[str, Any]:
    seen = dict(party) if key == viewer else _without(party, _kept_private(party))
    if any(facts[fact].get("borne_by") == key == facts[fact].get("private_to") for fact in hidden):
        seen["hides_costs"] = True
    return seen


def _kept_private(party: Mapping[str, Any]) -> tuple[str, ...]:
    told = party.get("keeps_private", [])
    return tuple(map(str, told)) if isinstance(told, list) else ()


def _is_private_to_others(fact: Mapping[str, Any], party: str | None) -> bool:
    return fact.get("private_to") not in (None, party)


def _says(fact: Mapping[str, Any]) -> bool:
    """Whether a fact tells more than what terms need of it."""
    return any(name not in MEASURE for name in fact)


def _without(table: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name not in names}


def _keep(seen: dict[str, Any], name: str, value: Any) -> None:
    if value:
        seen[name] = value
    else:
        seen.pop(name, None)


def _tables(document: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    tables = document.get(name, {})
    if not isinstance(tables, Mapping):
        return {}
    return {key: one for key, one in tables.items() if isinstance(one, Mapping)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
