"""Which value of a distribution has so much of its chance below it? For quasi-random draws.

Each takes shares (0 < u < 1) and the distribution's numbers, and returns values, u by u.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import lgamma
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FINE = 8001  # points of a table that is read by straight lines between them


def normal(u: Floats, p: Mapping[str, Any]) -> Floats:
    return np.asarray(p["mean"] + p["sd"] * standard_normal(u), dtype=np.float64)


def standard_normal(u: Floats) -> Floats:
    lower, at = _normal_table()
    # Below the middle only: near 1 a float cannot tell shares apart.
    size = np.interp(np.minimum(u, 1 - u), lower, at)
    return np.where(u < 0.5, size, -size)


@cache
def _normal_table() -> tuple[Floats, Floats]:
    at = np.linspace(-10, 0, FINE)
    below = NormalDist().cdf
    return np.array([below(float(x)) for x in at]), at


def lognormal(u: Floats, p: Mapping[str, Any]) -> Floats:
    spread = np.log1p((p["sd"] / p["mean"]) ** 2)
    values: Floats = np.exp(np.log(p["mean"]) - spread / 2 + np.sqrt(spread) * standard_normal(u))
    return values


def uniform(u: Floats, p: Mapping[str, Any]) -> Floats:
    return np.asarray(p["low"] + (p["high"] - p["low"]) * u, dtype=np.float64)


def triangular(u: Floats, p: Mapping[str, Any]) -> Floats:
    low, mode, high = p["low"], p["mode"], p["high"]
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    values: Floats = np.where(u * (high - low) < mode - low, rising, falling)
    return values


def pert(u: Floats, p: Mapping[str, Any]) -> Floats:
    low, mode, high, weight = p["low"], p["mode"], p["high"], p.get("weight", 4.0)
    left = 1 + weight * (mode - low) / (high - low)
    right = 1 + weight * (high - mode) / (high - low)
    return beta(u, {"a": left, "b": right, "low": low, "high": high})


def beta(u: Floats, p: Mapping[str, Any]) -> Floats:
    """Read from a table over s = ln(x / (1 - x)): there the density, x^a (1 - x)^b, is smooth."""
    a, b = p["a"], p["b"]
    middle, width = np.log(a / b), np.sqrt(1 / a + 1 / b)
    near = np.linspace(middle - 12 * width, middle + 12 * width, FINE)
    far = np.linspace(near[0] - 40 / a, near[-1] + 40 / b, FINE)
    s = np.union1d(near, far)
    log_density = -a * np.logaddexp(0, -s) - b * np.logaddexp(0, s)
    density = np.exp(log_density - log_density.max())
    below = np.append(0, np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(s)))
    share = 1 / (1 + np.exp(-np.clip(np.interp(u, below / below[-1], s), -700, 700)))
    low, high = p.get("low", 0.0), p.get("high", 1.0)
    return np.asarray(low + (high - low) * share, dtype=np.float64)


def beta_binomial(u: Floats, p: Mapping[str, Any]) -> Floats:
    n, a, b = int(p["n"]), p["a"], p["b"]
    counts = np.arange(n)
    # Each chance from the one before it.
    steps = np.log((n - counts) * (counts + a)) - np.log((counts + 1) * (n - counts - 1 + b))
    first = lgamma(a + b) + lgamma(n + b) - lgamma(b) - lgamma(n + a + b)
    return _counted(u, first + np.append(0, np.cumsum(steps)))


def poisson(u: Floats, p: Mapping[str, Any]) -> Floats:
    mean = p["mean"]
    counts = np.arange(1, int(mean + 12 * np.sqrt(mean) + 40))
    return _counted(u, -mean + np.append(0, np.cumsum(np.log(mean) - np.log(counts))))


def _counted(u: Floats, log_chances: Floats) -> Floats:
    below = np.cumsum(np.exp(log_chances))
    places = np.searchsorted(below / below[-1], u)
    return places.astype(np.float64)


def empirical(u: Floats, p: Mapping[str, Any]) -> Floats:
    values = np.asarray(p["values"], dtype=np.float64)
    weights = np.asarray(p.get("weights") or np.ones(len(values)), dtype=np.float64)
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(below, u), len(values) - 1)
    found: Floats = values[order][places]
    return found
