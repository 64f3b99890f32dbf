"""Take a value out of the lake's files, of every generation, leaving each row where it was.

Files are never changed in place: a purged file is written afresh under a new name, and the books
then name it where they named the old one, in every generation that held it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from attrs import frozen

from moothall.core import lake
from moothall.core.models import LakeFile

# The amount as published stays: totals are proved by it.
UNTOUCHED = frozenset({"amount_text"})
PLACE = ("source_id", "sheet", "row")


@frozen
class Touched:
    """A row in which the value stood."""

    table: str
    source_id: int | None
    sheet: str | None
    row: int | None
    columns: tuple[str, ...]


@frozen
class Rewritten:
    """A file without the value, settled under a new name, for the books to name."""

    file_id: int
    old: Path
    new: Path
    touched: tuple[Touched, ...]


Purged = Callable[[str], str]


def texts_in(files: Iterable[LakeFile]) -> Iterator[str]:
    """Every distinct text of some files, file by file."""
    for file in files:
        table = pq.read_table(lake.lake_folder() / file.path)
        for column in _text_columns(table.schema):
            for text in pc.unique(table[column]).to_pylist():
                if text:
                    yield text


def rows_touched(file: LakeFile, purged: Purged) -> tuple[Touched, ...]:
    """The rows of a file that hold the value."""
    return _purged_table(file, purged)[1]


def rewritten(file: LakeFile, purged: Purged) -> Rewritten | None:
    """Write the file afresh without the value; None where it does not hold it."""
    table, touched = _purged_table(file, purged)
    if not touched:
        return None
    old = lake.lake_folder() / file.path
    groups = pq.ParquetFile(old).metadata
    size = max((groups.row_group(n).num_rows for n in range(groups.num_row_groups)), default=1)
    new = lake.new_path(file.table)
    pq.write_table(table, new, compression="zstd", row_group_size=max(size, 1))
    lake.settle(new)
    return Rewritten(file_id=file.pk, old=old, new=new, touched=touched)


def _text_columns(schema: pa.Schema) -> list[str]:
    return [
        column.name
        for column in schema
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        if column.name not in UNTOUCHED
    ]


def _purged_table(file: LakeFile, purged: Purged) -> tuple[pa.Table, tuple[Touched, ...]]:
    table = pq.read_table(lake.lake_folder() / file.path)
    changed: dict[int, list[str]] = {}
    for column in _text_columns(table.schema):
        values = table[column].combine_chunks()
        texts = pc.unique(values).drop_null().to_pylist()
        replaced = {text: new for text in texts if (new := purged(text)) != text}
        if not replaced:
            continue
        held = pc.is_in(values, value_set=pa.array(list(replaced), values.type))
        for place in pc.indices_nonzero(held).to_pylist():
            changed.setdefault(place, []).append(column)
        fresh = [replaced.get(text, text) for text in values.to_pylist()]
        at = table.schema.get_field_index(column)
        table = table.set_column(at, table.schema.field(at), pa.array(fresh, values.type))
    if "is_redacted" in table.column_names and changed:
        hidden = table["is_redacted"].to_pylist()
        for place, columns in changed.items():
            hidden[place] = hidden[place] or "supplier_name" in columns
        at = table.schema.get_field_index("is_redacted")
        table = table.set_column(at, table.schema.field(at), pa.array(hidden, pa.bool_()))
    places = [
        table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
        for name in PLACE
    ]
    touched = tuple(
        Touched(
            table=file.table,
            **{name: values[place] for name, values in zip(PLACE, places, strict=True)},
            columns=tuple(columns),
        )
        for place, columns in sorted(changed.items())
    )
    return table, touched
