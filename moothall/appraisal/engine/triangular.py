"""How are very many triangular factors drawn at once, and added up?

A triangular value is level + up x rising - down x falling, where rising and falling are roots of
one share, clipped at the mode from above and from below. They are in single precision: seven digits
of a factor, and far quicker than choosing a side of the mode for each value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
ONE = np.float32(1)


@frozen
class Triangular:
    """The parts of a triangular distribution. mode_at : share of values below the mode"""

    level: float
    up: float
    down: float
    mode_at: np.float32

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> Triangular:
        low, mode, high = (float(numbers[name]) for name in ("low", "mode", "high"))
        width = high - low
        return cls(
            level=low + high - mode,
            up=(width * (mode - low)) ** 0.5,
            down=(width * (high - mode)) ** 0.5,
            mode_at=np.float32((mode - low) / width),
        )

    def fill(self, roots: Single, rng: np.random.Generator) -> None:
        """Fill roots, (rising rows then falling rows, draw), from a generator."""
        half = len(roots) // 2
        rising, falling = roots[:half], roots[half:]
        rng.random(out=falling, dtype=np.float32)
        np.minimum(falling, self.mode_at, out=rising)
        np.maximum(falling, self.mode_at, out=falling)
        np.subtract(ONE, falling, out=falling)
        np.sqrt(roots, out=roots)

    def values(self, roots: Single) -> Floats:
        """Return (row, draw) values."""
        half = len(roots) // 2
        rising, falling = roots[:half].astype(np.float64), roots[half:].astype(np.float64)
        return np.asarray(self.level + self.up * rising - self.down * falling)

    def weights_of_roots(self, weights: Floats) -> Single:
        """Return (measure, rising rows then falling rows) weights, besides those of the level."""
        both = np.hstack([self.up * weights, -self.down * weights])
        return np.asarray(both, dtype=np.float32)
