"""What payment lines do the sheets of one published workbook hold (.xlsx, .xls, .ods)?

The workbook is opened in a child process (see `sheet_rows`): a crash or a bomb there becomes a
sentence here. Each sheet has its own header and goes through the same typed stage as text.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from attrs import evolve, frozen

from moothall.spend.feeds import sheet_rows
from moothall.spend.feeds.reading import Asked, CannotRead, Proposal, Reading
from moothall.spend.feeds.refusals import BLOCK, why_another_dataset
from moothall.spend.feeds.typed import Row, propose_rows, read_rows
from moothall.values.periods import Period

Document = dict[str, Any]  # one line of the child's JSON


@frozen
class WorkbookLimits:
    """What the child process may use. Units: bytes, seconds."""

    memory_bytes: int = 1024**3
    seconds: int = 300


@frozen
class Sheet:
    """One visible sheet: its name and its rows, which must be read before the next sheet's."""

    name: str
    batches: Iterator[list[Row]]


def read_workbook(asked: Asked, limits: WorkbookLimits | None = None) -> Reading:
    """Read every visible sheet into two Parquet files, lines and set-aside rows.

    :raises CannotRead: with a sentence when no sheet holds payment lines, or it cannot be opened.
    """
    asked = evolve(asked, sha256=asked.sha256 or _sha256(asked.path), marks_path=None)
    readings: list[Reading] = []
    parts: list[Asked] = []
    left_out: list[str] = []
    try:
        with _sheets(asked.path, asked.name, limits or WorkbookLimits(), left_out) as sheets:
            for number, sheet in enumerate(sheets):
                lines, aside = (
                    path.with_name(f"{path.name}.{number}")
                    for path in (asked.lines_path, asked.aside_path)
                )
                parts.append(evolve(asked, sheet=sheet.name, lines_path=lines, aside_path=aside))
                try:
                    readings.append(_read_sheet(sheet, parts[-1]))
                except CannotRead as refusal:
                    parts.pop()
                    lines.unlink(missing_ok=True)
                    aside.unlink(missing_ok=True)
                    left_out.append(f"The sheet “{sheet.name}” was left out: {refusal}")
        if not readings:
            raise CannotRead(
                left_out[0]
                if len(left_out) == 1
                else f"{asked.name} has no sheet of payments. {' '.join(left_out)}".strip()
            )
        _join([part.lines_path for part in parts], asked.lines_path)
        _join([part.aside_path for part in parts], asked.aside_path)
    finally:
        for part in parts:
            part.lines_path.unlink(missing_ok=True)
            part.aside_path.unlink(missing_ok=True)
    return _whole(readings, warnings=left_out)


def propose_workbook(
    source: Path, name: str | None = None, limits: WorkbookLimits | None = None
) -> Proposal:
    """Return what the first sheet of payments says about its columns.

    :raises CannotRead: with a sentence when no sheet has an amount column.
    """
    shown = name or source.name
    first_refusal = f"{shown} has no sheet with rows in it. Ask the body to publish it again."
    with _sheets(source, shown, limits or WorkbookLimits(), []) as sheets:
        refusals: list[str] = []
        for sheet in sheets:
            rows = next(sheet.batches, [])
            if not any(cells for _, cells in rows):
                continue
            try:
                return propose_rows(rows, name=shown, sheet=sheet.name)
            except CannotRead as refusal:
                refusals.append(str(refusal))
    raise CannotRead(refusals[0] if refusals else first_refusal)


@contextmanager
def sheets_of_workbook(
    source: Path, name: str, left_out: list[str], limits: WorkbookLimits | None = None
) -> Iterator[Iterator[Sheet]]:
    """The visible sheets of any workbook, in order, each to be read before the next.

    left_out : gains a sentence for every hidden sheet

    :raises CannotRead: with a sentence when it cannot be opened.
    """
    with _sheets(source, name, limits or WorkbookLimits(), left_out) as sheets:
        yield sheets


def _read_sheet(sheet: Sheet, asked: Asked) -> Reading:
    first = next(sheet.batches, [])
    if not any(cells for _, cells in first):
        raise CannotRead("it has no rows.")
    title = f"{asked.name}, sheet {sheet.name},"
    if reason := why_another_dataset((cells for _, cells in first[:20]), name=title):
        raise CannotRead(reason)
    return read_rows(itertools.chain([first], sheet.batches), asked)


@contextmanager
def _sheets(
    source: Path, name: str, limits: WorkbookLimits, left_out: list[str]
) -> Iterator[Iterator[Sheet]]:
    """Start the child, give its sheets in order, and end it whatever happens.

    left_out : gains a sentence for every hidden sheet.
    :raises CannotRead: with a sentence when the child stops before its last word.
    """
    child = subprocess.Popen(
        [sys.executable, "-I", sheet_rows.__file__, str(source.resolve()),
         str(limits.memory_bytes), str(limits.seconds)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    overran = threading.Event()

    def stop() -> None:
        overran.set()
        child.kill()

    clock = threading.Timer(limits.seconds, stop)
    clock.daemon = True
    clock.start()
    assert child.stdout is not None  # noqa: S101  PIPE was asked for
    documents = (_document(line) for line in child.stdout)
    try:
        yield _sheets_told(
            documents, name, left_out, lambda: _why_stopped(child, name, limits, overran)
        )
    finally:
        clock.cancel()
        child.kill()
        child.stdout.close()
        child.wait()


def _sheets_told(
    documents: Iterator[Document],
    name: str,
    left_out: list[str],
    why_stopped: Callable[[], str],
) -> Iterator[Sheet]:
    """The sheets in the order the child tells of them, each with its batches of rows."""
    pending: list[Document] = []

    def following() -> Document:
        return pending.pop() if pending else next(documents, {})

    def batches() -> Iterator[list[Row]]:
        while True:
            document = following()
            if "rows" not in document:
                pending.append(document)
                return
            yield [(number, cells) for number, cells in document["rows"]]

    while True:
        document = following()
        if "sheet" in document:
            yield Sheet(document["sheet"], batches())
        elif "rows" in document:
            continue  # what is left of a sheet that was refused
        elif "hidden" in document:
            left_out.append(
                f"The sheet “{document['hidden']}” is hidden and was left out. "
                "Show it and load the workbook again if it holds payments."
            )
        elif "end" in document:
            return
        elif document.get("fault") == "password":
            raise CannotRead(
                f"{name} is locked with a password. Save it without one and load that."
            )
        elif document.get("fault") == "damaged":
            words = str(document.get("words", "")).strip().rstrip(".")[:200]
            raise CannotRead(
                f"{name} is not a workbook that opens ({words}). Download it again, or save it "
                "afresh as .xlsx and load that."
            )
        else:
            raise CannotRead(why_stopped())


def _document(line: bytes) -> Document:
    with suppress(ValueError):
        document = json.loads(line)
        if isinstance(document, dict):
            return document
    return {}  # a line cut short by the child's end


def _why_stopped(
    child: subprocess.Popen[bytes], name: str, limits: WorkbookLimits, overran: threading.Event
) -> str:
    code = child.wait()
    if overran.is_set() or code == -24:  # SIGXCPU
        return (
            f"{name} took more than {limits.seconds:,} seconds to open, which is the most a "
            "workbook may. Save its sheets as CSV and load those."
        )
    return (
        f"{name} could not be opened within {limits.memory_bytes // 1024**2:,} MiB of memory, "
        "which is the most a workbook may use. Save its sheets as CSV and load those."
    )


def _join(parts: list[Path], whole: Path) -> None:
    """Write the sheets' files as one, in order, without holding more than a few row groups."""
    pl.concat([pl.scan_parquet(part) for part in parts]).sink_parquet(whole, compression="zstd")


def _whole(readings: list[Reading], *, warnings: list[str]) -> Reading:
    """One reading for the workbook: the sheets' counts and pounds added up."""
    first = readings[0]
    reasons: Counter[str] = Counter()
    for reading in readings:
        reasons.update(reading.reasons)
    days = [day for reading in readings for day in (reading.first_date, reading.last_date) if day]
    periods = [reading.period for reading in readings if reading.period]
    if same := _sheets_with_one_total(readings):
        warnings = [*warnings, same]
    return evolve(
        first,
        rows_read=sum(reading.rows_read for reading in readings),
        rows_kept=sum(reading.rows_kept for reading in readings),
        rows_set_aside=sum(reading.rows_set_aside for reading in readings),
        rows_blank=sum(reading.rows_blank for reading in readings),
        rows_without_amount=sum(reading.rows_without_amount for reading in readings),
        amount_kept=sum((reading.amount_kept for reading in readings), Decimal("0.00")),
        amount_set_aside=sum((reading.amount_set_aside for reading in readings), Decimal("0.00")),
        amount_control=sum((reading.amount_control for reading in readings), Decimal("0.00")),
        rounding_difference=sum(
            (reading.rounding_difference for reading in readings), Decimal("0.00")
        ),
        first_date=min(days, default=None),
        last_date=max(days, default=None),
        control_totals=tuple(total for reading in readings for total in reading.control_totals),
        reasons=dict(reasons),
        period=Period(
            min(period.starts_on for period in periods),
            max(period.ends_before for period in periods),
        )
        if periods
        else None,
        warnings=(
            *dict.fromkeys(word for reading in readings for word in reading.warnings),
            *warnings,
        ),
    )


def _sheets_with_one_total(readings: list[Reading]) -> str | None:
    """A sentence when two sheets say the same: a summary beside its own lines, or a copy."""
    totals = Counter(reading.amount_kept for reading in readings if reading.rows_kept > 1)
    twice = [total for total, count in totals.items() if count > 1 and total]
    if not twice:
        return None
    return (
        f"Two sheets of this workbook both add up to £{twice[0]:,.2f}. One may repeat the other: "
        "look at both before publishing a total."
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
