"""Which lines do two publications share? Every line of a run as a few numbers, kept in a file.

Files for the same days are compared with one another: over numbers that costs a tenth of what it
does over names. They are good for one run, since polars may hash otherwise in another version.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from moothall.spend.engine.corrections import REFERENCE, SAME_LINE
from moothall.spend.engine.shared_lines import MARK
from moothall.spend.feeds.schemas import MONEY

_PENCE = pl.col("amount").cast(MONEY).to_physical().cast(pl.Int64)
# Each column by itself, added up: a third of what hashing them as one takes.
_HASHES = {name: pl.col(name).hash(seed=seed) for seed, name in enumerate(SAME_LINE)}
_UNREFERENCED = reduce(add, (each for name, each in _HASHES.items() if name != REFERENCE))


def marks_of(lines: pl.DataFrame) -> NDArray[np.void]:
    """Return what tells each line from the others, as numbers. lines : columns as in SAME_LINE"""
    found = lines.select(
        (_UNREFERENCED + _HASHES[REFERENCE]).alias("line"),
        _UNREFERENCED.alias("unreferenced"),
        _PENCE.alias("pence"),
        pl.col(REFERENCE).is_not_null().alias("has_reference"),
    )
    marks = np.empty(lines.height, dtype=MARK)
    for name in found.columns:
        marks[name] = found.get_column(name).to_numpy()
    return marks


def keep_marks(lines: pl.DataFrame, path: Path) -> None:
    """Add the marks of lines to a file."""
    with path.open("ab") as file:
        marks_of(lines).tofile(file)


def marks_of_files(paths: Sequence[Path], *, to: Path) -> None:
    """Write the marks of lines that stand in Parquet files."""
    for path in paths:
        keep_marks(pl.read_parquet(path, columns=list(SAME_LINE)), to)
