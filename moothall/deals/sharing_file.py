"""Which costs are to be shared? A file of TOML says what groups would pay, and what is agreed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from moothall.deals.sharing import CannotShare, Costs, Sharing, costs, shared, sharings
from moothall.deals.terms.fields import decimal_of


def sharings_from(text: str) -> tuple[Costs, tuple[Sharing, ...]]:
    """Return stated costs, shared by each method, and as agreed where that is stated.

    :raises CannotShare: when the file cannot be used.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as refusal:
        raise CannotShare(f"This is not TOML: {refusal}. Mend it at that place.") from None
    given = _amounts(document, "costs")
    of = costs(
        ([name.strip() for name in group.split("+")], amount) for group, amount in given.items()
    )
    found = sharings(of)
    if "agreed" in document:
        agreed = _amounts(document, "agreed")
        whole = sum(agreed.values())
        if set(agreed) != set(of.partners) or whole != of.together:
            raise CannotShare(
                f"What is agreed comes to £{whole:,} for {', '.join(agreed) or 'nobody'}. State "
                f"what each of {', '.join(of.partners)} pays, £{of.together:,} in all."
            )
        in_order = {one: agreed[one] for one in of.partners}
        found = (shared(of, "agreed", "As agreed", in_order), *found)
    return of, found


def _amounts(document: Mapping[str, Any], table: str) -> dict[str, Decimal]:
    given = document.get(table)
    if not isinstance(given, Mapping):
        raise CannotShare(
            f"There is no table {table}. Write [{table}], and a line for each partner"
            + (' and group, as in "Ashby + Barton" = 2250000.' if table == "costs" else ".")
        )
    found = {}
    for name, value in given.items():
        try:
            found[name] = decimal_of(value)
        except ValueError as refusal:
            raise CannotShare(f"{name}: {refusal} State pounds.") from None
    return found
