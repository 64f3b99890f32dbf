"""How is a field of a file shown in a form, and read back from what was typed?

A form shows each field as text, written as the file would write it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.deals.writing import inline

# Kinds of field that a person fills in as they stand; the rest are written as the file writes them.
PLAIN = frozenset(
    {"gbp", "share", "rate", "number", "count", "whole", "text", "day", "financial_year"}
)
CHOSEN = frozenset({"choice", "party", "fact", "term", "yes_or_no"})
LINES = "texts"  # a list of texts, one a line


class CannotWrite(ValueError):
    """What was typed is not written as a file would write it."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("; ".join(found.values()))
        self.found = found


@frozen
class FieldAt:
    """One field of a place, as a form shows it.

    value   : as text; '' where nothing is said
    options : (value, label) to choose from; none where text is typed
    parts   : (key, its name, text) where each key has a value of its own
    """

    name: str
    label: str
    kind: str
    is_required: bool
    value: str
    options: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str, str], ...] = ()


def document_of(text: str) -> dict[str, Any]:
    """Read a file as tables.

    :raises CannotWrite: when it is not TOML.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as refusal:
        raise CannotWrite({"text": f"This is not TOML: {refusal}."}) from None


def shown(value: Any, kind: str) -> str:
    """Return a value of a file as a form shows it."""
    if value is None:
        return ""
    if kind == LINES and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    if kind in PLAIN and not isinstance(value, Mapping | list | bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if kind in CHOSEN and not isinstance(value, Mapping | list):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return inline(value)


def said(text: str, kind: str) -> Any:
    """Return what was typed as the file holds it.

    :raises ValueError: when it is not written as the file would write it.
    """
    if kind in PLAIN:
        return " ".join(text.split()) if kind == "text" else text
    if kind == LINES:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind in CHOSEN:
        return text == "true" if kind == "yes_or_no" else text
    try:
        return tomllib.loads(f"value = {text}", parse_float=Decimal)["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        raise ValueError(
            'It is not written as in the file. Write a list as ["a", "b"], a table as '
            '{ council = "0.5", contractor = "0.5" }.'
        ) from None
