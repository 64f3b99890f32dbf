"""How is a case worked out: its deal settled on its published facts, its figures held to print?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from moothall.deals.deal import Deal
from moothall.deals.numbers import Array
from moothall.deals.settlement import settled_together
from moothall.values.cases import CaseFigure

Given = Decimal | int | str
CHECKED = date(2026, 11, 24)  # when the figures were last held to their sources
Facts = Mapping[str, Given | Sequence[Given]]


def paid(deal: Deal, facts: Facts) -> dict[tuple[str, str, str], Decimal]:
    """Return (term, payer, payee) -> GBP over the whole deal, settled exactly.

    facts : fact -> one number for every period, or one a period
    """
    found: dict[tuple[str, str, str], Decimal] = {}
    for line in settled_together(deal, _arrays(deal, facts), 1):
        key = (line.term.key, line.payer, line.payee)
        found[key] = found.get(key, Decimal(0)) + line.amount[0]
    return found


def figure(
    name: str,
    published: Given | None,
    computed: Given,
    unit: str,
    places: int = 0,
    note: str = "",
    source: str = "",
    nearest: int | None = None,
) -> CaseFigure:
    """Hold a figure to what was printed, at so many decimals.

    nearest : what the printed figure was rounded to, where that is coarser than one
    """
    step = Decimal(1).scaleb(-places)
    exact = Decimal(computed).quantize(step, ROUND_HALF_UP)
    if published is None:
        return CaseFigure(name, None, exact, unit, None, note, source)
    printed = Decimal(published)
    held = exact
    if nearest is not None:
        held = (exact / nearest).quantize(Decimal(1), ROUND_HALF_UP) * nearest
    return CaseFigure(name, printed, exact, unit, held == printed.quantize(step), note, source)


def _arrays(deal: Deal, facts: Facts) -> dict[str, list[Array]]:
    return {
        key: [
            np.array([Decimal(value)], dtype=object)
            for value in (
                given
                if isinstance(given, Sequence) and not isinstance(given, str)
                else [given] * len(deal.periods)
            )
        ]
        for key, given in facts.items()
    }
