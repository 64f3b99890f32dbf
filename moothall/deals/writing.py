"""How is a deal written down: as TOML for people, as plain JSON for whoever stores it?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """Return a document in JSON's own types: decimals and dates as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def canonical(value: Any) -> str:
    """Return the one text that stands for a document, whoever writes it."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def toml_of(document: Mapping[str, Any]) -> str:
    """Write a deal's document as TOML; reading it gives an equal deal.

    A table of tables ([parties.council]) gets a heading each; what is deeper stands inline.
    """
    parts = []
    for name, value in document.items():
        if isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in value.values()):
            parts += [_heading(f"{name}.{_key(key)}", one) for key, one in value.items()]
        elif isinstance(value, Mapping):
            parts.append(_heading(name, value))
        elif isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            parts += [_heading(name, one, "[[{}]]") for one in value]
    return "\n".join(parts)


def _heading(name: str, table: Mapping[str, Any], brackets: str = "[{}]") -> str:
    lines = [f"{_key(key)} = {inline(one)}" for key, one in table.items()]
    return "\n".join([brackets.format(name), *lines, ""])


def _key(key: str) -> str:
    is_bare = key and all(
        letter.isascii() and (letter.isalnum() or letter in "-_") for letter in key
    )
    return key if is_bare else _text(key)


def inline(value: Any) -> str:
    """Write one value as it stands to the right of its key."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        listed = ", ".join(inline(one) for one in value)
        if any(isinstance(one, Mapping) for one in value):
            return "[\n" + "".join(f"    {inline(one)},\n" for one in value) + "]"
        return f"[{listed}]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return _text(str(value))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
