"""How is a file of the lake written, so that it is read quickly?

Tables that are looked up by a key (names, categories) stand in its order in small row groups, their
numbers plain and uncompressed: a page that shows fifty lines reads the key column, and little else.
Cubes are scanned, a period at a time: larger row groups, lightly compressed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import ibis.expr.types as ir

LOOKED_UP_TOGETHER = 16_384  # rows of a row group
SCANNED_TOGETHER = 65_536


def write_looked_up(rows: pa.Table, path: Path) -> None:
    """Write a table that is looked up by the key in whose order its rows stand."""
    texts = [
        column.name
        for column in rows.schema
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    ]
    pq.write_table(
        rows,
        path,
        row_group_size=LOOKED_UP_TOGETHER,
        use_dictionary=texts,
        compression={name: "snappy" if name in texts else "none" for name in rows.column_names},
    )


def write_scanned(con: Any, rows: ir.Table, path: Path) -> None:
    """Write what an expression over the tables of a DuckDB connection gives, in its order."""
    con.to_parquet(rows, path, compression="snappy", row_group_size=SCANNED_TOGETHER)
