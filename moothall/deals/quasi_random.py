"""Points that fill a space more evenly than chance does: a Halton sequence, its digits shuffled.

Point n has in each dimension the digits of n in that dimension's prime base, read backwards behind
the point, every digit place shuffled by a permutation of its own. Each point alone is uniform, so
means are unbiased; another seed shuffles otherwise.

Source: A. B. Owen, A randomized Halton algorithm in R, 2017.
"""

from __future__ import annotations

from math import ceil, log

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS_TO = 2.0**50  # a finer point is no other float


@frozen
class Halton:
    """shuffles : for each dimension (digit place, digit) -> digit; its base is its width"""

    shuffles: tuple[NDArray[np.int64], ...]

    def points(self, start: int, size: int) -> Floats:
        """Return (dimension, point) shares above 0 and below 1, from point number `start` on."""
        found = np.empty((len(self.shuffles), size))
        for dimension, shuffles in enumerate(self.shuffles):
            base = shuffles.shape[1]
            left = np.arange(start, start + size)
            share, worth = np.zeros(size), 1.0
            for shuffle in shuffles:
                worth /= base
                share += worth * shuffle[left % base]
                left //= base
            found[dimension] = share + worth / 2
        return found


def halton(rng: np.random.Generator, dimensions: int) -> Halton:
    """Return a sequence with the shuffles that a generator gives."""
    return Halton(
        tuple(
            np.array([rng.permutation(base) for _ in range(ceil(log(DIGITS_TO) / log(base)))])
            for base in _primes(dimensions)
        )
    )


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found
