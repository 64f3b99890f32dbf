"""How sure is a share that was counted, and how is one written?"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

Z_95 = 1.959963984540054  # two-sided 95% of the normal distribution


def wilson_interval(held: float, of: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson interval of `held` out of `of`, as fractions.

    It keeps to 0 and 1 where the plain interval does not, and says something of small numbers.

    source : E. B. Wilson, Journal of the American Statistical Association 22 (1927)
    :raises ValueError: when nothing was counted, or more held than were counted.
    """
    if of <= 0 or not 0 <= held <= of:
        raise ValueError(f"{held} of {of} is not a share. Count at least one, and none twice.")
    share, over = held / of, z * z / of
    middle = share + over / 2
    half = z * sqrt(share * (1 - share) / of + over / (4 * of))
    return (middle - half) / (1 + over), (middle + half) / (1 + over)


def z_against(held: int, of: int, expected: float) -> float:
    """Return by how many standard errors a share differs from an expected one (a fraction)."""
    return (held / of - expected) / sqrt(expected * (1 - expected) / of)


def in_percent(part: Fraction | None) -> str:
    """'19.9%': to as many places as it takes, at most two."""
    if part is None:
        return "none to hold"
    shown = f"{float(part * 100):.2f}".rstrip("0").rstrip(".")
    return f"{shown}%"
