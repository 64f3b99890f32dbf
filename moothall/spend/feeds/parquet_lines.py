"""How do the lines written to one set of Parquet files stand to those of another?"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from moothall.spend.engine.corrections import SAME_LINE, Comparison, comparison_of

# Most files that meet in time share nothing: these two columns show it without reading the names.
_QUICK = ("paid_on", "amount")


def compared(
    old_paths: Sequence[Path], new_paths: Sequence[Path], *, at_least: float
) -> Comparison | None:
    """Count the lines that two sets of files share, in rows and pounds.

    at_least : the share (0-1) of either side that is worth counting; None where they share less
    """
    old, new = (_lines_of(paths, _QUICK) for paths in (old_paths, new_paths))
    in_both = (one.join(other, on=_QUICK, how="semi") for one, other in ((old, new), (new, old)))
    most = zip(in_both, (old, new), strict=True)
    if all(some.height < at_least * every.height for some, every in most):
        return None
    return comparison_of(_lines_of(old_paths, SAME_LINE), _lines_of(new_paths, SAME_LINE))


def _lines_of(paths: Iterable[Path], columns: Iterable[str]) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path, columns=list(columns)) for path in paths])
