"""How one audit entry seals the one before it: canonical text and its hash. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

GENESIS = "0" * 64  # the hash that stands before the first entry


def plain(value: object) -> object:
    """The value as JSON can hold it without losing anything; a float is refused."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(held) for held in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(held) for held in value]
    raise TypeError(
        f"{value!r} is a {type(value).__name__}, which the audit log does not hold. Give exact "
        "values: text, whole numbers, Decimal, dates, or lists of these."
    )


def instant(at: datetime) -> str:
    """The moment in UTC, to the microsecond: 2026-04-01T09:00:00.000000Z."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone. Give the moment with one: timezone.now().")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: object) -> str:
    """One text per value: keys sorted, no spaces, ASCII only."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def entry_hash(previous: str, seq: int, content: str) -> str:
    """sha256 of the hash before, the number, and the entry's canonical text, one to a line."""
    return hashlib.sha256(f"{previous}\n{seq}\n{content}".encode("ascii")).hexdigest()


def manifest_hash(items: Iterable[object]) -> str:
    """sha256 over many identifiers, whatever their order: what a bulk deed touched."""
    lines = "\n".join(sorted(str(item) for item in items))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
