"""Mend rows that were set aside and load them, each under its own file and row.

What a person types is read by the same reader as the file was. The line joins those of the file,
the row leaves those set aside, and the file's counts move with it. Undone, all goes back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from attrs import frozen
from django.db import transaction

from moothall.core import audit, lake
from moothall.core.errors import CannotDo
from moothall.core.lake_tables import ASIDE, LINES
from moothall.core.models import LakeFile, Publication
from moothall.core.permissions import Viewer
from moothall.directory.models import Person
from moothall.directory.permissions import why_not_correct_rows
from moothall.spend.actions.refreshing import refresh_soon
from moothall.spend.engine.dates import DAY_FIRST, date_read
from moothall.spend.engine.mapping import Mapping
from moothall.spend.feeds.reading import Asked, CannotRead, Stamp
from moothall.spend.feeds.typed import read_rows
from moothall.spend.models import RowCorrection, SourceFile
from moothall.values.money import PENNY
from moothall.values.periods import Period


class CannotCorrect(CannotDo):
    """The row stays set aside as it was."""


@frozen
class Mended:
    """A set-aside row as a person says it should read.

    cells       : every cell of the row, in the file's own columns
    accept_date : the date is right, although it lies outside the file's period
    """

    source_id: int
    row: int
    cells: tuple[str, ...]
    sheet: str | None = None
    accept_date: bool = False


@frozen
class StillAside:
    """A mended row that still cannot be read, and why."""

    row: int
    sheet: str | None
    sentence: str


def correct_row(mended: Mended, *, by: Person | None, at: datetime) -> RowCorrection:
    """Load one set-aside row as a person mended it.

    :raises CannotCorrect: when the role is missing, the row is not set aside, or it still cannot
        be read: in the reader's own sentence.
    """
    corrections, still_aside = correct_rows([mended], by=by, at=at)
    if still_aside:
        raise CannotCorrect(f"Row {mended.row} stays set aside. {still_aside[0].sentence}")
    return corrections[0]


def correct_rows(
    rows: Iterable[Mended], *, by: Person | None, at: datetime
) -> tuple[list[RowCorrection], list[StillAside]]:
    """Load set-aside rows as a person mended them; return those loaded, and those still aside.

    :raises CannotCorrect: when a role is missing, or a row is not among those set aside.
    """
    by_source: dict[int, list[Mended]] = {}
    for row in rows:
        by_source.setdefault(row.source_id, []).append(row)
    loaded: list[RowCorrection] = []
    still_aside: list[StillAside] = []
    with lake.writer():
        for source_id, mended in sorted(by_source.items()):
            done, left = _correct_in(source_id, mended, by=by, at=at)
            loaded += done
            still_aside += left
    return loaded, still_aside


def undo_correction(*, correction_id: int, by: Person | None, at: datetime) -> None:
    """Take a corrected row out of the lines and put it back, as published, with those set aside.

    :raises CannotCorrect: when the role is missing, or the file no longer stands.
    """
    with lake.writer():
        correction = RowCorrection.objects.select_related("source").get(pk=correction_id)
        source = _standing_source(correction.source_id, by)
        was = correction.values["was"]
        place = (correction.sheet or None, correction.row)
        held, line = _without_line(source, place)
        aside_rows = [*_aside_of(source).to_pylist(), _aside_row(source, place, was)]
        aside_rows.sort(key=lambda row: (row["sheet"] or "", row["row"]))
        new = [lake.keep_table("aside", _table(aside_rows, ASIDE), **_belongs(source))]
        if held.rows:
            new.append(lake.keep_table("lines", _table(held.rows, LINES), **_belongs(source)))
        with transaction.atomic():
            generation = lake.next_generation(
                add=new,
                remove=[*_current(source, "aside"), *held.files],
                why="spend.correction_undone",
                at=at,
            )
            _move_counts(source, [(was, line)], back=True)
            subject = f"spend.rowcorrection:{correction.pk}"
            correction.delete()
            refresh_soon(key=f"generation:{generation.number}", after=generation.number)
            audit.record(
                by=by,
                at=at,
                did="spend.correction_undone",
                to=subject,
                body_id=source.body_id,
                source=source.pk,
                row=place[1],
                amount_gbp=str(line["amount"]),
            )


def _correct_in(
    source_id: int, mended: list[Mended], *, by: Person | None, at: datetime
) -> tuple[list[RowCorrection], list[StillAside]]:
    """Correct rows of one file, in one transaction."""
    source = _standing_source(source_id, by)
    aside = _aside_of(source).to_pylist()
    was_at = {(row["sheet"], row["row"]): row for row in aside}
    for row in mended:
        if (row.sheet, row.row) not in was_at:
            raise CannotCorrect(
                f"Row {row.row} of {source.name} is not set aside: it was corrected already, or "
                "never was. Look at the list of rows set aside."
            )
    lines, still_aside = _read_again(source, mended)
    if not lines:
        return [], still_aside
    left = [row for row in aside if (row["sheet"], row["row"]) not in lines]
    held = _corrected_lines(source)
    new = [
        lake.keep_table("aside", _table(left, ASIDE), **_belongs(source)),
        lake.keep_table("lines", _table([*held.rows, *lines.values()], LINES), **_belongs(source)),
    ]
    typed = {(row.sheet, row.row): row for row in mended}
    with transaction.atomic():
        generation = lake.next_generation(
            add=new,
            remove=[*_current(source, "aside"), *held.files],
            why="spend.rows_corrected",
            at=at,
        )
        corrections = [
            RowCorrection.objects.create(
                source=source,
                sheet=place[0] or "",
                row=place[1],
                values={
                    "cells": list(typed[place].cells),
                    "was": _plain(was_at[place]),
                },
                by=by,
                at=at,
            )
            for place in lines
        ]
        _move_counts(source, [(_plain(was_at[place]), line) for place, line in lines.items()])
        refresh_soon(key=f"generation:{generation.number}", after=generation.number)
        audit.record(
            by=by,
            at=at,
            did="spend.rows_corrected",
            to=f"spend.sourcefile:{source.pk}",
            body_id=source.body_id,
            amount_gbp=str(sum((line["amount"] for line in lines.values()), Decimal(0))),
            **audit.bulk(f"{sheet or ''}:{row}" for sheet, row in lines),
        )
    return corrections, still_aside


def _standing_source(source_id: int, by: Person | None) -> SourceFile:
    source = SourceFile.objects.select_related("body", "publication").get(pk=source_id)
    if reason := why_not_correct_rows(by or Viewer.operator(), source.body):
        raise CannotCorrect(reason)
    publication = source.publication
    if publication is None or publication.state != Publication.State.CURRENT:
        stands = publication.get_state_display() if publication else "refused"
        raise CannotCorrect(
            f"Rows of {source.name} cannot be corrected: it is {stands}. Correct the file that "
            "stands now."
        )
    return source


def _read_again(
    source: SourceFile, mended: list[Mended]
) -> tuple[dict[tuple[str | None, int], dict[str, Any]], list[StillAside]]:
    """Read mended rows as the file was read: the lines they give, and those that give none."""
    document = source.reading["mapping"]
    mapping = Mapping.from_json(document)
    order = source.reading.get("date_order") or DAY_FIRST
    day_at, width = (
        mapping.index_of("paid_on"),
        max([len(mapping.headers), *(column.index + 1 for column in mapping.columns.values())]),
    )
    found: dict[tuple[str | None, int], dict[str, Any]] = {}
    still_aside: list[StillAside] = []
    with lake.incoming() as scratch:
        for number, row in enumerate(mended):
            cells = [*row.cells, *[""] * (width - len(row.cells))]
            day = date_read(cells[day_at], order) if day_at is not None else None
            if day_at is not None and day is not None:
                cells[day_at] = day.isoformat()  # one row alone is no evidence of the order
            line, sentence = _one_line(
                source, mapping, row, cells, _period_for(source, row, day), scratch / str(number)
            )
            if line is None:
                still_aside.append(StillAside(row.row, row.sheet, sentence))
            else:
                found[(row.sheet, row.row)] = line
    return found, still_aside


def _one_line(
    source: SourceFile,
    mapping: Mapping,
    row: Mended,
    cells: list[str],
    period: Period,
    scratch: Path,
) -> tuple[dict[str, Any] | None, str]:
    """The line that one mended row gives, or the sentence why it gives none."""
    scratch.mkdir(parents=True)
    lines, aside = scratch / "lines.parquet", scratch / "aside.parquet"
    batch = [(0, list(mapping.headers))] if mapping.headers else []
    try:
        asked = Asked(
            path=lake.raw_path(source.sha256),
            name=source.name,
            stamp=Stamp(source.body_id, source.publication_id or 0, source.pk),
            lines_path=lines,
            aside_path=aside,
            sha256=source.sha256,
            confirmed=mapping,
            period=period,
            sheet=row.sheet,
        )
        read_rows([[*batch, (row.row, cells)]], asked)
    except CannotRead as refused:
        return None, str(refused)
    kept = pl.read_parquet(lines).to_arrow().cast(_named_as(lines)).to_pylist()
    if kept:
        return kept[0], ""
    left = pl.read_parquet(aside)
    return None, left.item(0, "sentence") if left.height else "The row says nothing."


def _named_as(path: Path) -> pa.Schema:
    """The lake's types for the columns of a file, in the file's own order."""
    names = pq.read_schema(path).names
    return pa.schema([LINES.field(name) for name in names])


def _period_for(source: SourceFile, row: Mended, day: date | None) -> Period:
    """The file's period; with the row's own day in it where a person vouches for that day."""
    publication = source.publication
    if publication is None:  # a refused file has no rows to mend
        raise CannotCorrect(f"{source} was refused, so it has no rows. Load it again.")
    starts, ends = publication.starts_on, publication.ends_before
    if row.accept_date and day is not None:
        starts, ends = min(starts, day), max(ends, day + timedelta(days=1))
    return Period(starts, ends)


# ── what stands in the lake ──────────────────────────────────────────────────────────────────


@frozen
class _Held:
    """Lines of a file that came by correction, and the lake's files that hold them."""

    rows: list[dict[str, Any]]
    files: list[int]


def _belongs(source: SourceFile) -> dict[str, int | None]:
    return {"publication_id": source.publication_id, "source_id": source.pk}


def _current(source: SourceFile, table: str) -> list[int]:
    return [file.pk for file in _files(source, table)]


def _files(source: SourceFile, table: str) -> list[LakeFile]:
    held = LakeFile.objects.filter(table=table, source_id=source.pk, removed_in=None)
    return list(held.order_by("id"))


def _aside_of(source: SourceFile) -> pa.Table:
    tables = [pq.read_table(lake.lake_folder() / file.path) for file in _files(source, "aside")]
    names = ASIDE.names
    return pa.concat_tables([ASIDE.empty_table(), *(t.select(names).cast(ASIDE) for t in tables)])


def _corrected_lines(source: SourceFile) -> _Held:
    """The lines that corrections added before: kept together in one small file."""
    places = {(sheet or None, row) for sheet, row in source.corrections.values_list("sheet", "row")}
    for file in _files(source, "lines"):
        if not 0 < file.row_count <= len(places):
            continue
        rows = pq.read_table(lake.lake_folder() / file.path).select(LINES.names).cast(LINES)
        held = rows.to_pylist()
        if all((row["sheet"], row["row"]) in places for row in held):
            return _Held(rows=held, files=[file.pk])
    return _Held(rows=[], files=[])


def _without_line(
    source: SourceFile, place: tuple[str | None, int]
) -> tuple[_Held, dict[str, Any]]:
    held = _corrected_lines(source)
    line = next(row for row in held.rows if (row["sheet"], row["row"]) == place)
    rest = [row for row in held.rows if row is not line]
    return _Held(rows=rest, files=held.files), line


def _table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A set-aside row as the books keep it, to put it back as it was."""
    amount = row["amount"]
    return {
        "reason": row["reason"],
        "sentence": row["sentence"],
        "amount": None if amount is None else str(amount),
        "cells": row["cells"],
    }


def _aside_row(
    source: SourceFile, place: tuple[str | None, int], was: dict[str, Any]
) -> dict[str, Any]:
    return {
        "publication_id": source.publication_id,
        "body_id": source.body_id,
        "source_id": source.pk,
        "row": place[1],
        "sheet": place[0],
        "reason": was["reason"],
        "sentence": was["sentence"],
        "amount": None if was["amount"] is None else Decimal(was["amount"]),
        "cells": was["cells"],
    }


def _move_counts(
    source: SourceFile, moved: list[tuple[dict[str, Any], dict[str, Any]]], *, back: bool = False
) -> None:
    """Move rows and pounds from set aside to kept in a file's counts, or back.

    moved : (the row as it was set aside, the line it became)
    """
    source = SourceFile.objects.select_for_update().get(pk=source.pk)
    way = -1 if back else 1
    reasons = dict(source.reading.get("reasons", {}))
    for was, line in moved:
        pence = 0 if was["amount"] is None else int(Decimal(was["amount"]) / PENNY)
        source.rows_kept += way
        source.rows_set_aside -= way
        source.kept_pence += way * int(line["amount"] / PENNY)
        if was["reason"] == "control_total":
            source.control_pence -= way * pence
        elif was["amount"] is None:
            source.rows_without_amount -= way
        else:
            source.set_aside_pence -= way * pence
        reasons[was["reason"]] = reasons.get(was["reason"], 0) - way
        if not back:
            source.first_date = min(filter(None, (source.first_date, line["paid_on"])))
            source.last_date = max(filter(None, (source.last_date, line["paid_on"])))
    if back:
        source.first_date, source.last_date = _days_of(source)
    source.reading = {
        **source.reading,
        "reasons": {code: count for code, count in sorted(reasons.items()) if count},
    }
    source.save()


def _days_of(source: SourceFile) -> tuple[date | None, date | None]:
    """The first and last day of a file's lines as they stand now."""
    paths = [lake.lake_folder() / file.path for file in _files(source, "lines")]
    if not paths:
        return None, None
    days = pl.scan_parquet(paths).select(
        first=pl.col("paid_on").min(), last=pl.col("paid_on").max()
    )
    return days.collect().row(0)


def cells_of(text: str) -> tuple[str, ...]:
    """The cells of a set-aside row, as the lake keeps them."""
    return tuple("" if cell is None else str(cell) for cell in json.loads(text))
