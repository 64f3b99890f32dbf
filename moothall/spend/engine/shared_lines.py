"""How many lines do two publications share, each line being known by a few numbers?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moothall.spend.engine.corrections import REFERENCE, Comparison, pounds_of, same_line

MARK = np.dtype(
    [
        ("line", np.uint64),
        ("unreferenced", np.uint64),  # the line without its reference
        ("pence", np.int64),
        ("has_reference", np.bool_),
    ]
)
SLOTS_A_LINE = 32  # so that few lines that are not shared fall on a slot that is taken
Marks = NDArray[np.void]


def marks_beside(lines_path: Path) -> Path:
    """Return where the marks of a file's lines are kept while it is being loaded."""
    return lines_path.with_suffix(".marks")


def marks_in(path: Path) -> Marks:
    return np.fromfile(path, dtype=MARK)


def shared_lines(old: Marks, new: Marks, *, at_least: float) -> Comparison | None:
    """Count the lines that two publications share, in rows and pounds, as multisets.

    at_least : the share (0-1) of either side that is worth counting; None where they share less
    """
    lines = old["unreferenced"], new["unreferenced"]
    if all(_most_shared(*sides) < at_least * len(sides[0]) for sides in (lines, lines[::-1])):
        return None
    told_by = same_line(*(bool(side["has_reference"].any()) for side in (old, new)))
    key = "line" if REFERENCE in told_by else "unreferenced"
    old_keys, old_places, old_counts = np.unique(old[key], return_index=True, return_counts=True)
    new_keys, new_counts = np.unique(new[key], return_counts=True)
    _, in_old, in_new = np.intersect1d(old_keys, new_keys, assume_unique=True, return_indices=True)
    both = np.minimum(old_counts[in_old], new_counts[in_new])
    same, same_pence = int(both.sum()), int((both * old["pence"][old_places[in_old]]).sum())
    return Comparison(
        same=same,
        only_old=len(old) - same,
        only_new=len(new) - same,
        same_gbp=pounds_of(same_pence),
        only_old_gbp=pounds_of(int(old["pence"].sum()) - same_pence),
        only_new_gbp=pounds_of(int(new["pence"].sum()) - same_pence),
    )


def _most_shared(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> int:
    """Return how many of some stand among the others, or a few more.

    Most publications that meet in time share nothing, and this shows it without sorting.
    """
    slots = 1 << (len(others) * SLOTS_A_LINE).bit_length()
    seen, last = np.zeros(slots, dtype=np.bool_), np.uint64(slots - 1)
    seen[others & last] = True
    return int(np.count_nonzero(seen[some & last]))
