"""What does one file hold, text or workbook? What one reader of a run is asked to do."""

from pathlib import Path

from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.reading import Reading, Stamp
from moothall.spend.feeds.refusals import FileKind, kind_of_path
from moothall.spend.feeds.text import read_text
from moothall.spend.feeds.workbooks import WorkbookLimits, read_workbook
from moothall.values.periods import Period


def read_one(
    path: Path,
    *,
    stamp: Stamp,
    lines_path: Path,
    aside_path: Path,
    name: str,
    sha256: str | None,
    confirmed: Mapping | None,
    period: Period | None,
    careful: bool = False,
    limits: WorkbookLimits | None = None,
) -> Reading:
    """Read a file of either kind into two Parquet files; return its Reading.

    :raises CannotRead: with a sentence when it holds no payment lines.
    """
    if kind_of_path(path) is FileKind.WORKBOOK:
        return read_workbook(
            path,
            stamp=stamp,
            lines_path=lines_path,
            aside_path=aside_path,
            confirmed=confirmed,
            name=name,
            period=period,
            limits=limits,
        )
    return read_text(
        path,
        stamp=stamp,
        lines_path=lines_path,
        aside_path=aside_path,
        confirmed=confirmed,
        name=name,
        careful=careful,
        period=period,
        sha256=sha256,
    )
