"""A lake small enough to read, in the lake's own shape, for tests of the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import polars as pl

from moothall.spend.analysis.cubes import cubes_of
from moothall.spend.analysis.payments import LakeTables

MONEY = pl.Decimal(18, 2)
LINES = {
    "publication_id": pl.Int64,
    "body_id": pl.Int64,
    "source_id": pl.Int64,
    "row": pl.Int32,
    "sheet": pl.String,
    "paid_on": pl.Date,
    "date_basis": pl.String,
    "date_meaning": pl.String,
    "amount": MONEY,
    "irrecoverable_vat": MONEY,
    "department": pl.String,
    "service": pl.String,
    "purpose": pl.String,
    "category_text": pl.String,
    "transaction_ref": pl.String,
    "invoice_number": pl.String,
    "vat": MONEY,
    "capital_revenue": pl.String,
    "is_card": pl.Boolean,
    "is_redacted": pl.Boolean,
    "name_key": pl.Int64,
    "category_key": pl.Int64,
}
NAMES = {
    "name_key": pl.Int64,
    "body_id": pl.Int64,
    "supplier_name": pl.String,
    "supplier_id": pl.Int64,
    "supplier": pl.String,
    "public_name": pl.String,
    "kind": pl.String,
    "is_local": pl.Boolean,
    "is_small": pl.Boolean,
    "is_third_sector": pl.Boolean,
    "is_mutual": pl.Boolean,
    "public_body_id": pl.Int64,
}
CATEGORIES = {
    "category_key": pl.Int64,
    "category": pl.String,
    "group": pl.String,
    "how": pl.String,
    "sureness": pl.Float64,
    "words": pl.String,
}
USUAL_LINE: dict[str, Any] = {
    "publication_id": 1,
    "body_id": 1,
    "source_id": 1,
    "paid_on": date(2025, 5, 6),
    "date_basis": "published",
    "date_meaning": "paid",
    "is_card": False,
    "is_redacted": False,
    "name_key": 1,
    "category_key": 1,
}


def line(row: int, amount: str, **said: Any) -> dict[str, Any]:
    return USUAL_LINE | {"row": row, "amount": Decimal(amount)} | said


def name(name_key: int, supplier_id: int, supplier: str, **said: Any) -> dict[str, Any]:
    usual = {"body_id": 1, "supplier_name": supplier.upper(), "public_name": supplier}
    return usual | {
        "name_key": name_key,
        "supplier_id": supplier_id,
        "supplier": supplier,
        "kind": "company",
        **said,
    }


def category(category_key: int, code: str, words: str = "") -> dict[str, Any]:
    return {
        "category_key": category_key,
        "category": code,
        "group": code.split("/")[0],
        "how": "none" if code == "not-classified" else "words",
        "sureness": 0.9,
        "words": words,
    }


def lake_of(
    lines: Iterable[Mapping[str, Any]],
    names: Iterable[Mapping[str, Any]],
    categories: Iterable[Mapping[str, Any]],
    *,
    bodies: Mapping[int, str] | None = None,
    with_cubes: bool = True,
) -> LakeTables:
    """The tables of a generation holding just these rows, in a DuckDB of their own."""
    con = ibis.duckdb.connect()
    made = {
        "lines": pl.DataFrame(list(lines), schema=LINES),
        "names": pl.DataFrame(list(names), schema=NAMES),
        "categories": pl.DataFrame(list(categories), schema=CATEGORIES),
        "publications": pl.DataFrame(
            [
                {"publication_id": key, "body_id": key, "body": body}
                for key, body in (bodies or {1: "Ambleford", 2: "Brackley Vale"}).items()
            ]
        ),
    }
    for label, frame in made.items():
        con.con.register(label, frame.to_arrow())
    tables = {label: con.table(label) for label in made}

    def registered(label: str, cube: Any) -> Any:
        con.con.register(label, cube.to_pyarrow())
        return con.table(label)

    if with_cubes:
        return LakeTables(
            **tables, cubes=cubes_of(tables["lines"], tables["categories"], registered)
        )
    return LakeTables(**tables)


def rows(expression: Any) -> list[dict[str, Any]]:
    """The rows of an expression, money as Decimal."""
    return expression.to_pyarrow().to_pylist()
