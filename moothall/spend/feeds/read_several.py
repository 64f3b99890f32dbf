"""What do these files hold, text or workbooks? What one reader of a run is asked to do."""

from collections.abc import Sequence

from moothall.spend.feeds.reading import Asked, CannotRead, Reading
from moothall.spend.feeds.refusals import FileKind, kind_of_path
from moothall.spend.feeds.text import read_texts
from moothall.spend.feeds.workbooks import WorkbookLimits, read_workbook


def read_several(
    files: Sequence[Asked], *, careful: bool = False, limits: WorkbookLimits | None = None
) -> list[Reading | CannotRead]:
    """Read each file into two Parquet files; return its Reading, or why it holds no payments."""
    books = {asked.path for asked in files if kind_of_path(asked.path) is FileKind.WORKBOOK}
    texts = [asked for asked in files if asked.path not in books]
    told = iter(read_texts(texts, careful=careful))
    return [_workbook(asked, limits) if asked.path in books else next(told) for asked in files]


def _workbook(asked: Asked, limits: WorkbookLimits | None) -> Reading | CannotRead:
    try:
        return read_workbook(asked, limits)
    except CannotRead as refusal:
        return refusal
