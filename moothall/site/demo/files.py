"""How do the five invented bodies print their payments: which files, in which shapes and slips?

The slips are those met in really published files: preambles, moved and missing headers, control
totals, padding, three notations of a credit, four of a day, old code pages, redaction spelt many
ways, corrected and overlapping files, and files that are not payments at all.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from moothall.site.demo import place
from moothall.site.demo.county_files import county, extract, register
from moothall.site.demo.district_files import district
from moothall.site.demo.notations import (
    Cell,
    Row,
    by_month,
    file_month,
    in_brackets,
    redacted,
    short_month,
    slashed,
    with_commas,
    write_csv,
    write_workbook,
)
from moothall.site.demo.payments import Payment, Spend, month_start


def write_files(folder: Path, spend: Spend) -> dict[str, Path]:
    """Write what each body published, one folder a body, and the county's extract; by key.

    Written in full each time: the same bytes for the same spend.
    """
    folders = {body.key: folder / body.key for body in place.BODIES}
    for path in (*folders.values(), folder / "register", folder / "county-extract"):
        path.mkdir(parents=True, exist_ok=True)
    county(folders["county"], spend)
    district(folders["district"], spend)
    _health(folders["health"], spend)
    _police(folders["police"], spend)
    _fire(folders["fire"], spend)
    extract(folder / "county-extract", spend)
    register(folder / "register", spend)
    return {**folders, "extract": folder / "county-extract", "register": folder / "register"}


# ── the health body: over £25,000, in the health service's columns ───────────────────────────

_HEALTH: Row = [
    "Department Family", "Entity", "Date", "Expense Type", "Expense Area", "Supplier",
    "Transaction Number", "AP Amount (£)", "Supplier Number", "VAT Registration Number",
]  # fmt: skip


def _health(folder: Path, spend: Spend) -> None:
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    months = by_month(spend, 2)

    def row(each: Payment, day: Callable[[date], Cell], money: Callable[[int], Cell]) -> Row:
        supplier = numbers.get(each.supplier)
        vat = supplier.vat_number if supplier and supplier.trade % 2 else ""
        return [
            "Department of Health and Social Care", "NHS Aldermoor ICB", day(each.paid_on),
            each.label, each.purpose, each.name, each.transaction, money(each.pence), each.ref,
            vat,
        ]  # fmt: skip

    for month in range(24):
        payments = [redacted(payment) for payment in months[month]]
        write_csv(
            folder / f"icb_over25k_{month_start(month):%Y_%m}.csv",
            [_HEALTH, *(row(each, slashed, with_commas) for each in payments)],
            "cp1252",
        )
    for quarter in range(8, 12):
        sheets = {
            f"{month_start(month):%B}": [
                _HEALTH,
                *(
                    row(redacted(each), lambda day: day, lambda pence: pence / 100)
                    for each in months[month]
                ),
            ]
            for month in range(quarter * 3, quarter * 3 + 3)
        }
        write_workbook(folder / f"ICB expenditure 2025-26 Q{quarter - 7}.xlsx", sheets)


# ── the police: one workbook a year ──────────────────────────────────────────────────────────


def _police(folder: Path, spend: Spend) -> None:
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    months = by_month(spend, 3)
    for year in range(3):
        sheets: dict[str, list[Row]] = {}
        for month in range(year * 12, year * 12 + 12):
            first = month_start(month)
            title = (f"{first:%b %y}", f"{first:%b %y}".upper(), f"{first:%b} '{first:%y}")[
                month % 3
            ]
            rows: list[Row] = [
                ["Date of payment", "* Supplier", "Supplier Ref", "Company Registration Number",
                 "Expense Type", "Description", "Cost Centre Name", "Net Amount", "Doc No"]
            ]  # fmt: skip
            for each in months[month]:
                supplier = numbers.get(each.supplier)
                rows.append(
                    [each.paid_on, each.name, each.ref,
                     supplier.company_number if supplier and each.supplier % 3 == 0 else "",
                     each.label, each.purpose, each.department, each.pence / 100, each.transaction]
                )  # fmt: skip
            if month == 26:
                rows[0] = [*rows[0], "Column1"]
            sheets[title] = rows
        first_year = place.FIRST_YEAR + year
        write_workbook(
            folder / f"Aldermoor PCC spend {first_year}-{first_year - 1999}.xlsx", sheets
        )


# ── fire and rescue: small, private until shared ─────────────────────────────────────────────


def _fire(folder: Path, spend: Spend) -> None:
    header: Row = ["Date", "Supplier Name", "Supplier ID", "Directorate", "Expense Type",
                   "Description", "Amount", "Reference"]  # fmt: skip

    def rows(payments: list[Payment]) -> list[Row]:
        return [
            [short_month(each.paid_on), each.name, each.ref, each.department, each.label,
             each.purpose, in_brackets(each.pence), each.transaction]
            for each in payments
        ]  # fmt: skip

    months = by_month(spend, 4)
    # Some lines of November 2025 came late, in a file of their own, with a few printed before.
    late_lines = [*months[31][3::6], *months[31][:3]]
    months[31] = [each for number, each in enumerate(months[31]) if number % 6 != 3]
    for month, payments in enumerate(months):
        body = rows(payments)
        if month == 20:  # a column too narrow for its numbers was exported as it looked
            body[3][6] = "########"
            body[7][6] = "#REF!"
        if month == 29:  # the last line's day was dragged down a year too far
            late = payments[-1].paid_on
            body[-1][0] = short_month(late.replace(year=late.year + 3))
        write_csv(folder / f"fire-{file_month(month)}.csv", [header, *body])
    (folder / "fire-2024-02-copy.csv").write_bytes(b"")
    write_csv(folder / "fire-2025-11-late-entries.csv", [header, *rows(late_lines)])
