"""When a body is abolished, what passes to whom, whole or split, to the last share and penny?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from moothall.values.money import Money

MILLIONTHS = 1_000_000


def parts_for(whole: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Divide a whole number (pence, or shares held) among successors by largest remainder.

    shares : successor -> part, above 0, to six decimals; they need not add up to 1, so that one
             thing may pass to some of the successors only

    :raises ValueError: when nobody is named, or a part is not above 0.
    """
    if not shares or any(part <= 0 for part in shares.values()):
        raise ValueError("Each successor named takes a part above 0. Leave out who takes none.")
    weights = tuple(int(part * MILLIONTHS) for part in shares.values())
    parts = Money.from_pence(whole).split(weights)
    return {heir: part.pence for heir, part in zip(shares, parts, strict=True)}
