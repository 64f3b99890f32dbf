"""What does the district publish: an old system's files, then workbooks?"""

from pathlib import Path

from moothall.site.demo.notations import (
    Row,
    by_month,
    plain,
    redacted,
    serial,
    slashed,
    trailing_minus,
    write_csv,
    write_workbook,
)
from moothall.site.demo.payments import Payment, Spend, month_start


def district(folder: Path, spend: Spend) -> None:
    months = by_month(spend, 1)
    for month, payments in enumerate(months[:24]):
        published = [redacted(payment) for payment in payments]
        path = folder / f"{month_start(month):%B-%Y}.csv".lower()
        if month < 9:
            _district_old(path, published)
        elif month == 23:
            _district_headerless(path, published)
        else:
            _district_gapped(path, month, published)
    for quarter in range(8, 12):
        sheets = {
            f"{month_start(month):%b %y}": _district_sheet(
                [redacted(payment) for payment in months[month]]
            )
            for month in range(quarter * 3, quarter * 3 + 3)
        }
        name = f"Q{quarter - 7} 2025-26 payments over £250.xlsx"
        write_workbook(folder / name, sheets)
    # The same three months once more, as a quarter: what a harvester of links would count twice.
    again = [redacted(payment) for month in (18, 19, 20) for payment in months[month]]
    _district_gapped(folder / "2024-25-quarter-3.csv", 18, again)
    (folder / "may-2024-old-link.csv").write_text(
        "<!DOCTYPE html>\n<html><head><title>Page not found</title></head>\n"
        "<body><h1>Sorry, that page has moved</h1></body></html>\n",
        encoding="utf-8",
    )


def _district_old(path: Path, payments: list[Payment]) -> None:
    """A code page of the nineteen-eighties, credits with the minus behind, 400 lines of padding."""
    rows: list[Row] = [
        ["", "", "", "", "", "", ""],
        ["Service", "Supplier", "Supplier No", "Date Paid", "Net Amount(£)", "Description",
         "HBC Ref No".replace("HBC", "Our")],
    ]  # fmt: skip
    for each in payments:
        rows.append(
            [each.department, each.name, each.ref, slashed(each.paid_on),
             trailing_minus(each.pence), f"{each.label}: {each.purpose}", each.transaction]
        )  # fmt: skip
    rows += [["", "", "", "", "", "", ""] for _ in range(400)]
    write_csv(path, rows, "cp850")


def _district_gapped(path: Path, month: int, payments: list[Payment]) -> None:
    """Every other column blank, as an export leaves it; one month with its days as numbers."""
    names = ["Service", "Supplier Name", "Supplier No", "Payment Date", "Amount", "Purpose",
             "Category", "Reference"]  # fmt: skip
    day = serial if month == 16 else slashed
    rows: list[Row] = [[cell for name in names for cell in (name, "")]]
    for each in payments:
        values: Row = [each.department, each.name, each.ref, day(each.paid_on), plain(each.pence),
                       each.purpose, each.label, each.transaction]  # fmt: skip
        rows.append([cell for value in values for cell in (value, "")])
    write_csv(path, rows, "cp1252")


def _district_headerless(path: Path, payments: list[Payment]) -> None:
    write_csv(
        path,
        [
            [
                each.department,
                each.name,
                slashed(each.paid_on),
                plain(each.pence),
                each.purpose,
                each.transaction,
            ]
            for each in payments
        ],
    )


def _district_sheet(payments: list[Payment]) -> list[Row]:
    rows: list[Row] = [
        ["Ashmere District Council"],
        [],
        ["Service Area", "Supplier Name", "Supplier ID", "Payment Date", "Net Amount", "Purpose",
         "Expenditure Category", "Transaction No"],
    ]  # fmt: skip
    for each in payments:
        rows.append(
            [each.department, each.name, each.ref, each.paid_on, each.pence / 100, each.purpose,
             each.label, each.transaction]
        )  # fmt: skip
    total = sum(payment.pence for payment in payments)
    rows.append([None, None, None, None, total / 100, None, None, None])
    return rows
