"""How may a fact turn out? Distributions, as data, and draws from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from moothall.deals import quantiles

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...], Mapping[str, Any]], Floats]
Quantile = Callable[[Floats, Mapping[str, Any]], Floats]
PER = ("deal", "period")


@frozen
class Kind:
    """A kind of distribution: the numbers it needs, how it is drawn, and its quantiles."""

    needs: tuple[str, ...]
    draw: Draw
    quantile: Quantile
    optional: tuple[str, ...] = ()
    why_not: Callable[[Mapping[str, Any]], str | None] = lambda given: None


def _triangular(rng: np.random.Generator, shape: tuple[int, ...], p: Mapping[str, Any]) -> Floats:
    return rng.triangular(p["low"], p["mode"], p["high"], shape)


def _pert(rng: np.random.Generator, shape: tuple[int, ...], p: Mapping[str, Any]) -> Floats:
    low, mode, high, weight = p["low"], p["mode"], p["high"], p.get("weight", 4.0)
    left = 1 + weight * (mode - low) / (high - low)
    right = 1 + weight * (high - mode) / (high - low)
    values: Floats = low + (high - low) * rng.beta(left, right, shape)
    return values


def _lognormal(rng: np.random.Generator, shape: tuple[int, ...], p: Mapping[str, Any]) -> Floats:
    spread = np.log1p((p["sd"] / p["mean"]) ** 2)
    return rng.lognormal(np.log(p["mean"]) - spread / 2, np.sqrt(spread), shape)


def _beta(rng: np.random.Generator, shape: tuple[int, ...], p: Mapping[str, Any]) -> Floats:
    low, high = p.get("low", 0.0), p.get("high", 1.0)
    values: Floats = low + (high - low) * rng.beta(p["a"], p["b"], shape)
    return values


def _beta_binomial(
    rng: np.random.Generator, shape: tuple[int, ...], p: Mapping[str, Any]
) -> Floats:
    chance = rng.beta(p["a"], p["b"], shape)
    return rng.binomial(int(p["n"]), chance).astype(np.float64)


def _empirical(rng: np.random.Generator, shape: tuple[int, ...], p: Mapping[str, Any]) -> Floats:
    weights = p.get("weights")
    chances = None if weights is None else np.asarray(weights) / sum(weights)
    return rng.choice(np.asarray(p["values"], dtype=np.float64), shape, p=chances)


def _in_order(given: Mapping[str, Any]) -> str | None:
    low, mode, high = given["low"], given["mode"], given["high"]
    if low <= mode <= high and low < high:
        return None
    return f"Its low, mode and high ({low}, {mode}, {high}) are not in rising order."


def _above_zero(*names: str) -> Callable[[Mapping[str, Any]], str | None]:
    def why_not(given: Mapping[str, Any]) -> str | None:
        for name in names:
            if given[name] <= 0:
                return f"Its {name} is {given[name]}, and must be above 0."
        return None

    return why_not


def _pert_is_sound(given: Mapping[str, Any]) -> str | None:
    if given.get("weight", 4.0) < 0:
        return f"Its weight is {given['weight']}, and must not be below 0."
    return _in_order(given)


def _beta_is_sound(given: Mapping[str, Any]) -> str | None:
    if given.get("low", 0.0) >= given.get("high", 1.0):
        return "Its low is not below its high."
    return _above_zero("a", "b")(given)


def _counts_are_sound(given: Mapping[str, Any]) -> str | None:
    if given["n"] != int(given["n"]):
        return f"Its n is {given['n']}, and must be a whole number."
    return _above_zero("n", "a", "b")(given)


def _weights_match(given: Mapping[str, Any]) -> str | None:
    values, weights = given["values"], given.get("weights")
    if not values:
        return "It lists no values."
    if weights is not None and (
        len(weights) != len(values) or min(weights) < 0 or not sum(weights)
    ):
        return "Give one weight for each value, none below 0 and not all 0."
    return None


KINDS: dict[str, Kind] = {
    "fixed": Kind(
        ("value",),
        lambda rng, shape, p: np.full(shape, float(p["value"])),
        lambda u, p: np.full(u.shape, float(p["value"])),
    ),
    "uniform": Kind(
        ("low", "high"),
        lambda rng, shape, p: rng.uniform(p["low"], p["high"], shape),
        quantiles.uniform,
        why_not=lambda p: None if p["low"] < p["high"] else "Its low is not below its high.",
    ),
    "triangular": Kind(
        ("low", "mode", "high"), _triangular, quantiles.triangular, why_not=_in_order
    ),
    "pert": Kind(
        ("low", "mode", "high"), _pert, quantiles.pert, optional=("weight",), why_not=_pert_is_sound
    ),
    "normal": Kind(
        ("mean", "sd"),
        lambda rng, shape, p: rng.normal(p["mean"], p["sd"], shape),
        quantiles.normal,
        why_not=_above_zero("sd"),
    ),
    "lognormal": Kind(
        ("mean", "sd"), _lognormal, quantiles.lognormal, why_not=_above_zero("mean", "sd")
    ),
    "beta": Kind(
        ("a", "b"), _beta, quantiles.beta, optional=("low", "high"), why_not=_beta_is_sound
    ),
    "beta-binomial": Kind(
        ("n", "a", "b"), _beta_binomial, quantiles.beta_binomial, why_not=_counts_are_sound
    ),
    "poisson": Kind(
        ("mean",),
        lambda rng, shape, p: rng.poisson(p["mean"], shape).astype(np.float64),
        quantiles.poisson,
        why_not=_above_zero("mean"),
    ),
    "empirical": Kind(
        ("values",),
        _empirical,
        quantiles.empirical,
        optional=("weights",),
        why_not=_weights_match,
    ),
}


def why_not_a_distribution(given: Any) -> str | None:
    """Say what stops a table from being a distribution, or None."""
    if not isinstance(given, Mapping) or given.get("kind") not in KINDS:
        return f"It needs a kind: one of {', '.join(KINDS)}."
    kind = KINDS[given["kind"]]
    missing = [name for name in kind.needs if name not in given]
    if missing:
        return f"A {given['kind']} distribution needs {', '.join(missing)}."
    known = {"kind", "per", *kind.needs, *kind.optional}
    if unknown := [name for name in given if name not in known]:
        return f"A {given['kind']} distribution has no {', '.join(unknown)}."
    if given.get("per", "period") not in PER:
        return f"It is drawn per {' or per '.join(PER)}, not per {given['per']}."
    try:
        numbers = numbers_of(given)
    except (ValueError, ArithmeticError, TypeError):
        return "Its numbers are not all numbers."
    return kind.why_not(numbers)


def drawn(given: Mapping[str, Any], rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return draws from a distribution."""
    return KINDS[given["kind"]].draw(rng, shape, numbers_of(given))


def quantile(given: Mapping[str, Any], shares: Floats) -> Floats:
    """Return the values that have such shares (0 < share < 1) of a distribution below them."""
    return KINDS[given["kind"]].quantile(shares, numbers_of(given))


def is_drawn_once(given: Mapping[str, Any]) -> bool:
    """Whether one draw holds for the whole deal. Drawing each period understates the spread."""
    return bool(given.get("per", "period") == "deal")


def numbers_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a distribution, as floats."""
    return {
        name: [float(Decimal(str(one))) for one in value]
        if isinstance(value, list | tuple)
        else float(Decimal(str(value)))
        for name, value in given.items()
        if name not in ("kind", "per")
    }
