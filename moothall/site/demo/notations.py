"""How is an amount, a day or a whole file written, in the ways that bodies really write them?"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from attrs import evolve

from moothall.site.demo import place
from moothall.site.demo.payments import Payment, Spend, month_start

Cell = str | int | float | date | None
Row = list[Cell]

REDACTIONS = (
    "REDACTED",
    "Redacted Personal Data",
    "REDCATED",
    "Name withheld",
    "REDACTED - PERSONAL DATA",
    "Redacted",
)
EXCEL_DAY_NOUGHT = date(1899, 12, 30)


# ── notations ────────────────────────────────────────────────────────────────────────────────


def plain(pence: int) -> str:
    """-1234.50"""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def with_commas(pence: int) -> str:
    """-1,234.50"""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def trailing_minus(pence: int) -> str:
    """1,234.50-"""
    return with_commas(abs(pence)) + ("-" if pence < 0 else "")


def in_brackets(pence: int) -> str:
    """(1,234.50)"""
    return f"({with_commas(-pence)})" if pence < 0 else with_commas(pence)


def slashed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def short_month(day: date) -> str:
    return f"{day:%d-%b-%y}"


def serial(day: date) -> str:
    """The day as a spreadsheet counts it, from 30 December 1899."""
    return str((day - EXCEL_DAY_NOUGHT).days)


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def write_csv(path: Path, rows: Iterable[Row], encoding: str = "utf-8") -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_workbook(path: Path, sheets: dict[str, list[Row]]) -> None:
    # A workbook says when it was made: always the same moment, so that its bytes are the same.
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 4, 14, 9, 30)})  # noqa: DTZ001 (Excel has no zones)
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def by_month(spend: Spend, body: int) -> list[list[Payment]]:
    """A body's payments by month, in the order of days, as it publishes them."""
    months: list[list[Payment]] = [[] for _ in range(place.MONTHS)]
    for payment in spend.of(body):
        year, month = payment.paid_on.year - place.FIRST_YEAR, payment.paid_on.month
        months[year * 12 + month - 4].append(payment)
    return months


def redacted(payment: Payment) -> Payment:
    """The payment with a private payee's name hidden, in one of the spellings."""
    if not payment.is_redacted:
        return payment
    # Now and then a clerk forgets: the same supplier number then stands beside a clear name.
    if payment.pence % 307 == 0:
        return payment
    return evolve(payment, name=REDACTIONS[payment.supplier % len(REDACTIONS)])


def file_month(month: int) -> str:
    return f"{month_start(month):%Y-%m}"
