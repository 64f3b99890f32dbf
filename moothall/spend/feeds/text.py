"""What payment lines does one published text file (CSV, TSV) hold?"""

from pathlib import Path

from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.reading import CannotRead, Proposal, Reading, Span, Stamp


def read_text(
    source: Path,
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    confirmed: Mapping | None = None,
    name: str | None = None,
    careful: bool = False,
    period: Span | None = None,
) -> Reading:
    """Read one text file into two Parquet files, lines and set-aside rows; return its Reading.

    :raises CannotRead: with a sentence when the file is not payment lines in text.
    """
    raise CannotRead("Reading text is not ready.")


def propose_mapping(source: Path, name: str | None = None) -> Proposal:
    """Return which column of a text file is which field, with doubts and ten sample rows.

    :raises CannotRead: with a sentence when the file is not payment lines in text.
    """
    raise CannotRead("Reading text is not ready.")
