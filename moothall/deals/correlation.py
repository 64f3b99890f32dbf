"""Which facts move together? Draws are reordered until their ranks do, and keep their values.

Scores are normal and have the stated rank correlations; each fact's draws take the order of its
scores, so that every distribution stays as it is. A pair that is not named is uncorrelated.

Source: R. L. Iman and W. J. Conover, A distribution-free approach to inducing rank correlation
among input variables, 1982. A rank correlation of p is one of 2 sin(p pi / 6) between normals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from moothall.deals.deal import Deal, Finding
from moothall.deals.distributions import is_drawn_once
from moothall.deals.wording import in_sentence

Floats = NDArray[np.float64]
Pairs = Sequence[tuple[str, str, Decimal | float]]
TINY = 1e-9
HALVINGS = 40


def correlated_facts(deal: Deal) -> list[str]:
    """Return the facts that move with others, those drawn once for the whole deal first."""
    named = dict.fromkeys(key for one, other, _ in deal.correlations for key in (one, other))
    return sorted(named, key=lambda key: not is_once(deal, key))


def is_once(deal: Deal, key: str) -> bool:
    """Whether one draw of a fact holds for the whole deal."""
    fact = deal.facts[key]
    return fact.once or is_drawn_once(fact.distribution or {})


def in_order_of_scores(
    deal: Deal, drawn: Mapping[str, Floats], scores: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return drawn facts, those that are correlated in the order of their scores.

    drawn  : fact -> (period, draw)
    scores : correlated fact -> independent normal (period, draw); of one drawn once (1, draw)
    """
    found = dict(drawn)
    for key, ordered in reordered(correlated_facts(deal), deal.correlations, drawn, scores).items():
        found[key] = np.broadcast_to(ordered, drawn[key].shape)
    return found


def reordered(
    keys: Sequence[str], pairs: Pairs, drawn: Mapping[str, Floats], scores: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return the draws of keys in the order of their correlated scores, as many rows as those have.

    keys : those drawn once first: a lower triangle never asks them to know a later period
    """
    if not keys:
        return {}
    matrix = _matrix(keys, pairs)
    mixing = np.linalg.cholesky(matrix * (1 - TINY) + TINY * np.eye(len(keys)))
    found = {}
    for place, key in enumerate(keys):
        score = sum(mixing[place, n] * scores[keys[n]] for n in range(place + 1))
        rows = np.asarray(score)
        values = np.sort(drawn[key][: len(rows)], axis=1)
        ordered = np.empty_like(values)
        np.put_along_axis(ordered, np.argsort(rows, axis=1), values, axis=1)
        found[key] = ordered
    return found


def why_not_together(deal: Deal) -> Iterator[Finding]:
    """Yield what stops the correlations of a deal from holding all at once."""
    titles = {key: fact.title for key, fact in deal.facts.items()}
    drawn = {key for key, fact in deal.facts.items() if fact.distribution is not None}
    yield from why_not_correlated(deal.correlations, titles, drawn)


def why_not_correlated(
    pairs: Pairs, titles: Mapping[str, str], drawn: Collection[str]
) -> Iterator[Finding]:
    """Yield what stops such correlations from holding all at once.

    drawn : the keys that have a distribution
    """
    seen: dict[frozenset[str], int] = {}
    for place, (one, other, _) in enumerate(pairs, start=1):
        pair = frozenset((one, other))
        if pair in seen:
            said = f"{_together(titles, one, other)} are named together twice."
            yield Finding(f"correlations.{place}", said, f"Leave correlations.{seen[pair]} only.")
            return
        seen[pair] = place
        for key in (one, other):
            if key not in drawn:
                said = f"{titles[key]} is not drawn, so it moves with nothing."
                mend = "Give it a distribution, or take the correlation out."
                yield Finding(f"correlations.{place}", said, mend)
                return
    if pairs and _least_eigenvalue(pairs) < -TINY:
        yield _impossible(pairs, titles)


def _impossible(pairs: Pairs, titles: Mapping[str, str]) -> Finding:
    """Name the last pair that alone can mend the whole, with the ranks it may have."""
    places = reversed(range(len(pairs)))
    ranges = ((place, _range_of(pairs, place)) for place in places)
    place, between = next(
        ((place, between) for place, between in ranges if between is not None),
        (len(pairs) - 1, None),
    )
    one, other, rank = pairs[place]
    said = (
        f"{_together(titles, one, other)} cannot have the rank correlation {rank} beside the "
        "others: no facts move so. A pair that is not named counts as 0."
    )
    if between is None:
        mend = "No value of one pair alone mends it. Bring several nearer to 0."
    else:
        # Inwards to two decimals, so that what is proposed can be.
        low, high = np.ceil(between[0] * 100) / 100, np.floor(between[1] * 100) / 100
        mend = f"Give it a rank from {low + 0.0:g} to {high + 0.0:g}, or name the pairs left out."
    return Finding(f"correlations.{place + 1}", said, mend)


def _range_of(pairs: Pairs, place: int) -> tuple[float, float] | None:
    """Return the ranks that one pair may have while the others stay, None where there are none.

    The least eigenvalue is concave in one entry: climb to its top, then halve down both sides.
    """

    def least(rank: float) -> float:
        one, other, _ = pairs[place]
        return _least_eigenvalue([*pairs[:place], (one, other, rank), *pairs[place + 1 :]])

    low, high = -1.0, 1.0
    for _ in range(HALVINGS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (left, high) if least(left) < least(right) else (low, right)
    top = (low + high) / 2
    if least(top) < -TINY:
        return None
    return _edge(least, top, -1.0), _edge(least, top, 1.0)


def _edge(least: Callable[[float], float], inside: float, outside: float) -> float:
    if least(outside) >= -TINY:
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if least(middle) >= -TINY else (inside, middle)
    return inside


def _least_eigenvalue(pairs: Pairs) -> float:
    keys = list(dict.fromkeys(key for one, other, _ in pairs for key in (one, other)))
    return float(np.linalg.eigvalsh(_matrix(keys, pairs))[0])


def _matrix(keys: Sequence[str], pairs: Pairs) -> Floats:
    """Return the correlations of the normal scores."""
    matrix = np.eye(len(keys))
    for one, other, rank in pairs:
        row, column = keys.index(one), keys.index(other)
        matrix[row, column] = matrix[column, row] = 2 * np.sin(float(rank) * np.pi / 6)
    return matrix


def _together(titles: Mapping[str, str], one: str, other: str) -> str:
    return f"{titles[one]} and {in_sentence(titles[other])}"
