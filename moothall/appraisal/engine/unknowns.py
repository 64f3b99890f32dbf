"""What is uncertain in an appraisal's money, and how does it turn out, future by future?

Each unknown has a generator of its own, from the seed and its key: changing one leaves the draws of
every other as they were, so results differ by what was changed alone. Years are drawn a block of
futures at a time, so that memory stays small and a block stays in a processor's cache.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from threading import Lock
from typing import Any

import numpy as np
from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import PER_LINE, PER_YEAR, CostLine
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.triangular import Floats as Floats
from moothall.appraisal.engine.triangular import Single, Triangular
from moothall.deals.correlation import reordered, why_not_correlated
from moothall.deals.deal import Finding
from moothall.deals.distributions import KINDS, numbers_of

BLOCK = 2048  # futures of a block: what is drawn of 15 years stays in a cache
KEPT_BYTES = 128 * 2**20
MOMENTS_AT = (np.arange(2000) + 0.5) / 2000  # even shares, at which moments are taken


@lru_cache(maxsize=4096)
def _kind_and_numbers(distribution: tuple[tuple[str, Any], ...]) -> tuple[str, Mapping[str, Any]]:
    given = {
        name: list(value) if isinstance(value, tuple) else value for name, value in distribution
    }
    return str(given["kind"]), numbers_of(given)


@frozen
class Unknown:
    """Something that may turn out otherwise: what amounts are multiplied by, 1 being as stated.

    distribution : its numbers, as pairs, so that unknowns can be told apart by content
    is_yearly    : each year has a draw of its own; otherwise one holds for all years
    option       : of a line's own unknown, its option; None of a driver, which others may follow
    """

    key: str
    title: str
    distribution: tuple[tuple[str, Any], ...]
    is_yearly: bool
    option: str | None = None

    @property
    def kind(self) -> str:
        return _kind_and_numbers(self.distribution)[0]

    @property
    def numbers(self) -> Mapping[str, Any]:
        return _kind_and_numbers(self.distribution)[1]

    def drawn(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
        """Return draws of an unknown, from a generator."""
        return KINDS[self.kind].draw(rng, shape, self.numbers)

    @property
    def content(self) -> tuple[Any, ...]:
        return self.key, self.distribution, self.is_yearly


def content_of(distribution: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return a distribution as pairs that can be compared and kept by."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(distribution.items())
    )


def own_key(line: CostLine) -> str:
    """The key of a line's own unknown."""
    return f"{line.option}.{line.key}"


def unknowns_of(costing: Costing) -> dict[str, Unknown]:
    """Return every unknown by key: the drivers, then the lines' own."""
    found: dict[str, Unknown] = {}
    for key, driver in costing.drivers.items():
        if driver.distribution is not None:
            content = content_of(driver.distribution)
            found[key] = Unknown(key, driver.title, content, driver.per == PER_YEAR)
    for line in costing.lines:
        if line.distribution is not None:
            key, content = own_key(line), content_of(line.distribution)
            title = f"{line.title} ({costing.options[line.option]})"
            found[key] = Unknown(key, title, content, line.per == PER_YEAR, line.option)
    return found


def factors_of(line: CostLine, unknowns: Mapping[str, Unknown]) -> tuple[Unknown, ...]:
    """Return the unknowns that a line is multiplied by."""
    keys = dict.fromkeys((*line.drivers, own_key(line)))
    return tuple(unknowns[key] for key in keys if key in unknowns)


@lru_cache(maxsize=4096)
def moments(distribution: tuple[tuple[str, Any], ...]) -> tuple[float, float]:
    """Return the mean and the standard deviation of a distribution."""
    kind, numbers = _kind_and_numbers(distribution)
    values = KINDS[kind].quantile(MOMENTS_AT, numbers)
    return float(values.mean()), float(values.std())


def findings(costing: Costing) -> Iterator[Finding]:
    """Yield what stops the correlations of an appraisal from holding all at once."""
    unknowns = unknowns_of(costing)
    titles = {key: one.title for key, one in unknowns.items()}
    for place, (one, other, rank) in enumerate(costing.correlations, start=1):
        absent = [key for key in (one, other) if key not in unknowns]
        if absent or one == other or not -1 <= rank <= 1:
            said = f"{one} and {other} at {rank} is no correlation of two unknowns."
            mend = (
                "Name two drivers or lines that have a distribution, a line as option.line, and a "
                "rank from -1 to 1."
            )
            yield Finding(f"correlations.{place}", said, mend)
            return
    yield from why_not_correlated(costing.correlations, titles, unknowns)


class Kept:
    """What was drawn, by its content, for whoever changes one thing and asks again.

    Bounded: what was asked for longest ago goes first, and what is too large is never kept. Several
    threads may ask; what two ask for at once is made twice, and is the same.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.drawn = 0  # how often something had to be drawn
        self._found: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Return what is kept under a key, or make it."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key][0]
        made = make()
        large = size(made)
        if large * 4 > self.most_bytes:
            return made
        with self._lock:
            if key not in self._found:
                self._found[key] = made, large
                self.bytes += large
            while self.bytes > self.most_bytes:
                _, (_, gone) = self._found.popitem(last=False)
                self.bytes -= gone
        return made


def spans(draws: int) -> Iterator[slice]:
    """Yield the places of the blocks in which years are drawn."""
    for start in range(0, draws, BLOCK):
        yield slice(start, min(start + BLOCK, draws))


@frozen
class Drawing:
    """How unknowns are drawn: the seed, futures and years, and which unknowns move together."""

    unknowns: Mapping[str, Unknown]
    years: int
    seed: int
    draws: int
    correlations: tuple[tuple[str, str, Any], ...]
    kept: Kept
    _rng: np.random.Generator = field(
        factory=lambda: np.random.Generator(np.random.PCG64(0)), repr=False, eq=False
    )
    _rooms: dict[int, Single] = field(factory=dict, repr=False, eq=False)

    def generator(self, key: str) -> np.random.Generator:
        """Return the generator, set to where the stream of a key begins.

        State and increment are a hash of the seed and the key: far quicker than a new generator
        for each of many unknowns. Use one stream up before the next is asked for.
        """
        digest = blake2b(f"{self.seed} {key}".encode(), digest_size=32).digest()
        begun = {
            "state": int.from_bytes(digest[:16], "big"),
            "inc": int.from_bytes(digest[16:], "big") | 1,
        }
        fresh = {"bit_generator": "PCG64", "state": begun, "has_uint32": 0, "uinteger": 0}
        self._rng.bit_generator.state = fresh
        return self._rng

    @cached_property
    def together(self) -> tuple[str, ...]:
        """The unknowns that move with others, those drawn once for all years first."""
        named = dict.fromkeys(key for one, other, _ in self.correlations for key in (one, other))
        return tuple(sorted(named, key=lambda key: self.unknowns[key].is_yearly))

    def content(self, unknown: Unknown) -> tuple[Any, ...]:
        """Return what the draws of an unknown follow from."""
        if unknown.key not in self.together:
            return unknown.content
        return (
            unknown.key,
            tuple(self.unknowns[key].content for key in self.together),
            self.correlations,
        )

    def of(self, unknown: Unknown) -> Floats:
        """Return (its rows, draw) factors: a row for each year, or one for all."""
        key = ("draws", self.seed, self.draws, self.years, self.content(unknown))
        if unknown.key in self.together:
            place = self.together.index(unknown.key)
            group = ("together", *key[1:4], self.content(unknown)[1:])
            found: Floats = self.kept.get(group, self._together, _size_of_all)[place]
            return found
        alone: Floats = self.kept.get(key, lambda: self._alone(unknown), _size)
        return alone

    def _alone(self, unknown: Unknown) -> Floats:
        self.kept.drawn += 1
        rng = self.generator(unknown.key)
        if not unknown.is_yearly:
            return unknown.drawn(rng, (1, self.draws))
        found = np.empty((self.years, self.draws))
        shape = Triangular.of(unknown.numbers) if unknown.kind == "triangular" else None
        for span in spans(self.draws):
            if shape is None:
                found[:, span] = unknown.drawn(rng, (self.years, span.stop - span.start))
            else:
                roots = self._roots(span)
                shape.fill(roots, rng)
                found[:, span] = shape.values(roots)
        return found

    def _together(self) -> list[Floats]:
        found = {key: self._alone(self.unknowns[key]) for key in self.together}
        scores = {
            key: self.generator(f"score of {key}").standard_normal(of.shape)
            for key, of in found.items()
        }
        return list(reordered(self.together, self.correlations, found, scores).values())

    def weighed(self, unknown: Unknown, weights: Floats) -> Floats:
        """Return (measure, draw) sums over years of weights times a line's own unknown.

        weights : (measure, year)
        """
        self.kept.drawn += 1
        rng = self.generator(unknown.key)
        if not unknown.is_yearly:
            return np.asarray(
                weights.sum(axis=1, keepdims=True) * unknown.drawn(rng, (self.draws,))
            )
        found = np.empty((len(weights), self.draws))
        if unknown.kind != "triangular":
            for span in spans(self.draws):
                size = span.stop - span.start
                np.matmul(weights, unknown.drawn(rng, (self.years, size)), out=found[:, span])
            return found
        shape = Triangular.of(unknown.numbers)
        of_roots = shape.weights_of_roots(weights)
        for span in spans(self.draws):
            roots = self._roots(span)
            shape.fill(roots, rng)
            found[:, span] = of_roots @ roots
        found += shape.level * weights.sum(axis=1, keepdims=True)
        return found

    def _roots(self, span: slice) -> Single:
        """Return the room for a block's roots, which every unknown uses in turn."""
        size = span.stop - span.start
        if size not in self._rooms:
            self._rooms[size] = np.empty((2 * self.years, size), dtype=np.float32)
        return self._rooms[size]


def _size(values: Floats) -> int:
    return values.nbytes


def _size_of_all(values: Collection[Floats]) -> int:
    return sum(one.nbytes for one in values)


def said_of_drawing(unknowns: Mapping[str, Unknown]) -> str:
    """Say how many unknowns are drawn once, and how many afresh each year."""
    yearly = sum(one.is_yearly for one in unknowns.values())
    return (
        f"Drawn once for all years (per {PER_LINE}): {len(unknowns) - yearly} unknowns; afresh "
        f"each year (per {PER_YEAR}): {yearly}."
    )
