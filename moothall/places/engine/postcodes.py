"""Is this postcode one of those that count as local?"""

from __future__ import annotations

import re
from collections.abc import Iterable

_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})")
_PREFIX = re.compile(r"([A-Z]{1,2})(\d[A-Z\d]?)?(?: (\d)([A-Z]{2})?)?")


def tidy_prefix(text: str) -> str:
    """Return the beginning of a postcode as it is kept: an area, district, sector or the whole.

    :raises ValueError: when postcodes do not begin so.
    """
    wanted = " ".join(text.upper().split())
    found = _PREFIX.fullmatch(wanted)
    if not found or (found[3] and not found[2]):
        raise ValueError(
            f"{text!r} is not how a postcode begins. Give an area (BB), a district (BB5), a sector "
            "(BB5 1) or a whole postcode (BB5 1AA)."
        )
    return wanted


def is_local(postcode: str | None, prefixes: Iterable[str]) -> bool | None:
    """Return whether a postcode begins as one of `prefixes`; None when it cannot be read.

    A district is not the beginning of a longer one: BB1 holds BB1 1AA and not BB10 1AA.
    """
    found = _POSTCODE.fullmatch((postcode or "").strip().upper())
    if not found:
        return None
    district, rest = found[1], found[2]
    area = district[:2] if district[1].isalpha() else district[:1]
    return any(
        prefix in (area, district, f"{district} {rest[0]}", f"{district} {rest}")
        for prefix in prefixes
    )
