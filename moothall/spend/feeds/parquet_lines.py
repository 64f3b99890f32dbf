"""How do the lines written to one set of Parquet files stand to those of another?"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from moothall.spend.engine.corrections import SAME_LINE, Comparison, comparison_of


def compared(old_paths: Iterable[Path], new_paths: Iterable[Path]) -> Comparison:
    """Count the lines that two sets of files share, in rows and pounds."""
    return comparison_of(_lines_of(old_paths), _lines_of(new_paths))


def _lines_of(paths: Iterable[Path]) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path, columns=list(SAME_LINE)) for path in paths])
