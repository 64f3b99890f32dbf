"""How much of a market do its largest suppliers hold?

Source: standard definitions: shares s = x / sum(x); CR_n is the sum of the n largest; the
Herfindahl-Hirschman index is 10,000 times the sum of squared shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

SHARES_SQUARED_TO_INDEX = 10_000


def shares(spend_gbp: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Return each supplier's share of the market, 0 to 1, in the order given.

    spend_gbp  net spend per supplier, GBP, each above nought
    """
    amounts = tuple(spend_gbp)
    if not amounts or any(amount <= 0 for amount in amounts):
        raise ValueError(
            "A market is made of suppliers paid more than nought. "
            "Leave out those whose credits outweigh their payments, and say how many they were."
        )
    whole = sum(amounts)
    return tuple(amount / whole for amount in amounts)


def concentration_ratio(spend_gbp: Iterable[Decimal], largest: int) -> Decimal:
    """Return CR_n: the share, 0 to 1, that the n largest suppliers hold together."""
    if largest < 1:
        raise ValueError(f"CR_n counts one supplier or more, not {largest}.")
    return sum(sorted(shares(spend_gbp), reverse=True)[:largest], Decimal(0))


def herfindahl_hirschman_index(spend_gbp: Iterable[Decimal]) -> Decimal:
    """Return the HHI, above 0 up to 10,000; 10,000 is one supplier alone."""
    return SHARES_SQUARED_TO_INDEX * sum((share * share for share in shares(spend_gbp)), Decimal(0))


def effective_supplier_count(spend_gbp: Iterable[Decimal]) -> Decimal:
    """Return how many equal suppliers would give the same index."""
    return SHARES_SQUARED_TO_INDEX / herfindahl_hirschman_index(spend_gbp)


def concentration_band(index: Decimal | float, bands: Sequence[Mapping[str, object]]) -> str:
    """Return the word for an index: the band with the highest floor that the index exceeds.

    bands  each {"above": index, "band": word}; a dated rule gives them
    """
    passed = [
        (Decimal(str(band["above"])), str(band["band"]))
        for band in bands
        if Decimal(str(index)) > Decimal(str(band["above"]))
    ]
    return max(passed)[1] if passed else "not concentrated"


def leakage_rate(off_contract_gbp: Decimal, category_gbp: Decimal) -> Decimal:
    """Return the share of a category, 0 to 1, bought off contract while a contract existed."""
    if category_gbp <= 0:
        raise ValueError(f"A category with {category_gbp} spent has no leakage rate.")
    return off_contract_gbp / category_gbp


def leakage_cost(off_contract_gbp: Decimal, contract_to_paid: Decimal) -> Decimal:
    """Return what buying off contract cost, GBP.

    contract_to_paid  the contract's price over the price paid: 0.88 where 12% was saved by contract
    """
    return off_contract_gbp * (1 - contract_to_paid)
