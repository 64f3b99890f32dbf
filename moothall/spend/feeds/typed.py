"""What does each row of cells say, as a payment line or as a row set aside with its reason?

Rows of text and rows of sheets go through this one stage.
"""

from collections.abc import Iterable
from pathlib import Path

from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.reading import CannotRead, Proposal, Reading, Span, Stamp

Row = tuple[int, list[str]]  # physical row number from 1, cells as published


def read_rows(
    batches: Iterable[list[Row]],
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    name: str,
    sha256: str,
    sheet: str | None = None,
    confirmed: Mapping | None = None,
    period: Span | None = None,
) -> Reading:
    """Write one sheet's rows as lines and set-aside rows; return its Reading.

    batches : lists of (row number, cells), in order; cells are text, '' where empty.
              The rows above the header are included: the header is found here.
              At most 64k rows or 16 MB a batch keeps memory flat.
              Dates of sheets come as 'YYYY-MM-DD', numbers in plain notation ('1234.5').

    :raises CannotRead: with a sentence when the rows are not payment lines.
    """
    raise CannotRead("Reading rows is not ready.")


def propose_rows(
    rows: list[Row], *, name: str, sheet: str | None = None, confirmed: Mapping | None = None
) -> Proposal:
    """Return what the first rows of a sheet say about its columns.

    :raises CannotRead: with a sentence when no amount column can be found.
    """
    raise CannotRead("Reading rows is not ready.")
