"""Which supplier names, with which numbers beside them, do the real files print?

A plain reading for measuring the matcher: it shares no code with the feeds. One record per body,
name and set of numbers. Nothing read here is ever written into the repository.
"""

import csv
import io
import lzma
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl

SUPPLIER = {
    "supplier name",
    "supplier_name",
    "beneficiary name",
    "beneficiaryname",
    "beneficiary_name",
    "supplier(beneficiary) name",
    "suppliername",
    "name",
    "supplier",
}
NUMBERS = {
    "supplier_ref": {"supplier id", "supplier number", "beneficiaryotherid"},
    "vat_number": {"vat registration number", "vat reg no", "vatregistrationnumber"},
    "company_number": {
        "supplier registered company number",
        "company registration",
        "company registraation number",
        "comp. reg. no",
    },
    "charity_number": {
        "supplier registered charity number",
        "charity registration",
        "charity registration number",
        "charity number",
    },
}
AMOUNT = {
    "amount",
    "net amount",
    "netamount",
    "total",
    "sum of invoice nett amount",
}
BODIES = (
    "bradford/clean",
    "calderdale/clean",
    "devon",
    "gm-supplier-matched",
    "lambeth",
    "lancashire-hyndburn/raw",
    "leeds/raw",
    "oxford",
    "trafford",
    "wakefield/clean",
)


def file_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each table in a folder, compressed or not."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield f"{path.name}!{member}", archive.read(member).decode("utf-8", "replace")
        elif ".csv" in path.name:
            raw = path.read_bytes()
            data = lzma.decompress(raw) if path.suffix == ".xz" else raw
            try:
                yield path.name, data.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield path.name, data.decode("cp1252", "replace")


def _columns(header: list[str]) -> dict[str, int] | None:
    names = [" ".join(cell.split()).lower() for cell in header]
    found = {
        field: next((i for i, name in enumerate(names) if name in wanted), None)
        for field, wanted in [("supplier_name", SUPPLIER), ("amount", AMOUNT), *NUMBERS.items()]
    }
    if found["supplier_name"] is None:
        return None
    return {field: place for field, place in found.items() if place is not None}


def _pence(text: str) -> int:
    digits = "".join(letter for letter in text if letter.isdigit() or letter in ".-")
    try:
        return round(float(digits) * 100)
    except ValueError:
        return 0


def records(spend: Path, bodies: tuple[str, ...] = BODIES) -> pl.DataFrame:
    """One row per body, supplier name and set of numbers, with what was paid.

    Columns as the matcher wants them (`moothall.spend.engine.matching.RECORD_COLUMNS`), plus
    `body` (folder), `is_card` and `line_count`.
    """
    totals: dict[tuple[str | None, ...], list[int]] = defaultdict(lambda: [0, 0])
    for body in bodies:
        for name, text in file_texts(spend / body):
            columns = None
            is_card = "card" in name
            for cells in csv.reader(io.StringIO(text, newline="")):
                if columns is None:
                    columns = _columns(cells)
                    continue
                if len(cells) <= columns["supplier_name"]:
                    continue
                got = {
                    field: cells[place].strip() or None
                    for field, place in columns.items()
                    if place < len(cells)
                }
                supplier = got.get("supplier_name")
                if not supplier:
                    continue
                payer = name.split("_")[0] if body.startswith("gm-") else body
                key = (payer, supplier, *(got.get(field) for field in NUMBERS), str(is_card))
                totals[key][0] += _pence(got.get("amount") or "")
                totals[key][1] += 1
    rows = [(*key, *sums) for key, sums in totals.items()]
    frame = pl.DataFrame(
        rows,
        orient="row",
        schema={
            "body": pl.String,
            "supplier_name": pl.String,
            **dict.fromkeys(NUMBERS, pl.String),
            "is_card": pl.String,
            "spend_pence": pl.Int64,
            "line_count": pl.Int64,
        },
    )
    return frame.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("name_key"),
        pl.col("body").rank("dense").cast(pl.Int64).alias("body_id"),
        pl.col("is_card") == "True",
    )
