"""What columns do lines and rows set aside have in the lake, and how are they written?"""

from typing import Any

import polars as pl

MONEY = pl.Decimal(18, 2)
LINE_SCHEMA = pl.Schema(
    {  # type: ignore[arg-type]  # the stub is narrower than polars
        "publication_id": pl.Int64,
        "body_id": pl.Int64,
        "source_id": pl.Int64,
        "row": pl.Int32,
        "sheet": pl.String,
        "paid_on": pl.Date,
        "date_basis": pl.String,
        "date_meaning": pl.String,
        "amount": MONEY,
        "amount_text": pl.String,
        "irrecoverable_vat": MONEY,
        "supplier_name": pl.String,
        "supplier_ref": pl.String,
        "vat_number": pl.String,
        "company_number": pl.String,
        "charity_number": pl.String,
        "department": pl.String,
        "service": pl.String,
        "purpose": pl.String,
        "category_text": pl.String,
        "proclass": pl.String,
        "cpv": pl.String,
        "sercop": pl.String,
        "account_code": pl.String,
        "transaction_ref": pl.String,
        "capital_revenue": pl.String,
        "is_card": pl.Boolean,
        "is_redacted": pl.Boolean,
        "name_key": pl.Int64,
        "category_key": pl.Int64,
        "invoice_number": pl.String,
        "invoice_date": pl.Date,
        "received_date": pl.Date,
        "vat": MONEY,
        "gross": MONEY,
        "purchase_order": pl.String,
        "cost_centre": pl.String,
    }
)
ASIDE_SCHEMA = pl.Schema(
    {  # type: ignore[arg-type]  # the stub is narrower than polars
        "publication_id": pl.Int64,
        "body_id": pl.Int64,
        "source_id": pl.Int64,
        "row": pl.Int32,
        "sheet": pl.String,
        "reason": pl.String,
        "sentence": pl.String,
        "amount": MONEY,
        "cells": pl.String,
    }
)
NAME_COLUMNS = ("supplier_name", "supplier_ref", "vat_number", "company_number", "charity_number")
CATEGORY_COLUMNS = (
    "supplier_name",
    "department",
    "service",
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
)
PARQUET: dict[str, Any] = {"compression": "snappy"}  # zstd takes a fifth longer to write
