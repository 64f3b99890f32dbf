"""How do the five invented bodies print their payments: which files, in which shapes and slips?

The slips are those met in really published files: preambles, moved and missing headers, control
totals, padding, three notations of a credit, four of a day, old code pages, redaction spelt many
ways, corrected and overlapping files, and files that are not payments at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter
from attrs import evolve

from moothall.site.demo import place
from moothall.site.demo.payments import Payment, Spend, month_start
from moothall.site.demo.suppliers import Supplier

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
_EXCEL_DAY_NOUGHT = date(1899, 12, 30)


def write_files(folder: Path, spend: Spend) -> dict[str, Path]:
    """Write what each body published, one folder a body, and the county's extract; by key.

    Written in full each time: the same bytes for the same spend.
    """
    folders = {body.key: folder / body.key for body in place.BODIES}
    for path in (*folders.values(), folder / "register", folder / "county-extract"):
        path.mkdir(parents=True, exist_ok=True)
    _county(folders["county"], spend)
    _district(folders["district"], spend)
    _health(folders["health"], spend)
    _police(folders["police"], spend)
    _fire(folders["fire"], spend)
    _extract(folder / "county-extract", spend)
    _register(folder / "register", spend)
    return {**folders, "extract": folder / "county-extract", "register": folder / "register"}


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
    return str((day - _EXCEL_DAY_NOUGHT).days)


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def _write_csv(path: Path, rows: Iterable[Row], encoding: str = "utf-8") -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def _write_workbook(path: Path, sheets: dict[str, list[Row]]) -> None:
    # A workbook says when it was made: always the same moment, so that its bytes are the same.
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 4, 14, 9, 30)})  # noqa: DTZ001 (Excel has no zones)
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def _months(spend: Spend, body: int) -> list[list[Payment]]:
    """A body's payments by month, in the order of days, as it publishes them."""
    by_month: list[list[Payment]] = [[] for _ in range(place.MONTHS)]
    for payment in spend.of(body):
        year, month = payment.paid_on.year - place.FIRST_YEAR, payment.paid_on.month
        by_month[year * 12 + month - 4].append(payment)
    return by_month


def _redacted(payment: Payment) -> Payment:
    """The payment with a private payee's name hidden, in one of the spellings."""
    if not payment.is_redacted:
        return payment
    # Now and then a clerk forgets: the same supplier number then stands beside a clear name.
    if payment.pence % 307 == 0:
        return payment
    return evolve(payment, name=REDACTIONS[payment.supplier % len(REDACTIONS)])


def _file_month(month: int) -> str:
    return f"{month_start(month):%Y-%m}"


# ── the county: monthly CSV, three layouts in three years, and cards ─────────────────────────


def _county(folder: Path, spend: Spend) -> None:
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    for month, payments in enumerate(_months(spend, 0)):
        published = [_redacted(payment) for payment in payments]
        name = f"{_file_month(month)}.csv"
        if month < 12:
            _county_first(folder / f"aldermoor-spend-over-500-{name}", month, published)
        elif month < 24:
            _county_second(folder / name, published, numbers)
        else:
            _county_third(folder / f"Payments_{name}", published, numbers)
    _county_correction(folder, spend, numbers)
    _county_cards(folder, spend)
    _contracts_register(folder / "2024-11b.csv")


def _county_first(path: Path, month: int, payments: list[Payment]) -> None:
    """Two lines of preamble, a pound sign in an old code page, a control total below."""
    total = sum(payment.pence for payment in payments)
    if month == 7:
        total += 48_213_00  # a line was added after the total was taken
    rows: list[Row] = [
        ["Aldermoor County Council"],
        [f"Payments over £500, {month_start(month):%B %Y}"],
        [],
        ["Directorate", "Payment Date", "Supplier Name", "Supplier ID", "Purpose of spend",
         "Expenditure Category", "Amount (£)", "Transaction Number"],
    ]  # fmt: skip
    for each in payments:
        rows.append(
            [each.department, slashed(each.paid_on), each.name, each.ref, each.purpose, each.label,
             f"£{with_commas(each.pence)}" if month % 3 == 0 else plain(each.pence),
             each.transaction]
        )  # fmt: skip
    rows += [[], ["", "", "", "", "", "", with_commas(total), ""]]
    _write_csv(path, rows, "cp1252")


_COUNTY_SECOND: Row = [
    "Body Name", "Service Area", "Date Paid", "Beneficiary Name", "Supplier Number",
    "Company Registration No", "Net Amount", "Irrecoverable VAT", "Purpose of Expenditure",
    "Expenditure Category", "Trans No", "Capital or Revenue",
]  # fmt: skip


def _county_second(path: Path, payments: list[Payment], numbers: dict[int, Supplier]) -> None:
    """The publisher's own name in the first column; company numbers; a mark before the header."""
    _write_csv(path, [_COUNTY_SECOND, *_second_rows(payments, numbers)], "utf-8-sig")


def _second_rows(payments: list[Payment], numbers: dict[int, Supplier]) -> list[Row]:
    rows: list[Row] = []
    for each in payments:
        supplier = numbers.get(each.supplier) if not each.is_second_record else None
        company = supplier.company_number if supplier and not each.is_redacted else ""
        rows.append(
            ["Aldermoor County Council", each.department, short_month(each.paid_on), each.name,
             each.ref, company, plain(each.pence), "0.00", each.purpose, each.label,
             each.transaction, "Capital" if each.is_capital else "Revenue"]
        )  # fmt: skip
        # Food comes as one line an item: the same line several times over is no mistake.
        if each.label == "Catering supplies" and each.pence % 3 == 0 and each.pence > 0:
            item = plain(max(50, each.pence % 2000))
            rows += [[*rows[-1][:6], item, *rows[-1][7:]] for _ in range(6)]
    return rows


def _county_third(path: Path, payments: list[Payment], numbers: dict[int, Supplier]) -> None:
    """Today's columns, thousands with commas, VAT and charity numbers."""
    header: Row = [
        "Department", "Beneficiary Name", "Beneficiary Other ID", "Company Number",
        "Charity Number", "VAT Registration Number", "Payment Date", "Transaction Number",
        "Amount", "Purpose", "Category Name",
    ]  # fmt: skip
    rows: list[Row] = [header]
    for each in payments:
        is_told = not (each.is_redacted or each.is_second_record)
        supplier = numbers.get(each.supplier) if is_told else None
        rows.append(
            [each.department, each.name, each.ref,
             supplier.company_number if supplier else "",
             supplier.charity_number if supplier else "",
             f"GB{supplier.vat_number}" if supplier and supplier.vat_number else "",
             each.paid_on.isoformat(), each.transaction, with_commas(each.pence), each.purpose,
             each.label]
        )  # fmt: skip
    _write_csv(path, rows)


def _county_correction(folder: Path, spend: Spend, numbers: dict[int, Supplier]) -> None:
    """July 2024 was published again: four lines mended, two left out."""
    published = [_redacted(payment) for payment in _months(spend, 0)[15]]
    mended = [
        evolve(payment, pence=payment.pence // 10) if place_in in {40, 90, 140, 190} else payment
        for place_in, payment in enumerate(published)
        if place_in not in {60, 120}
    ]
    _write_csv(
        folder / "2024-07_revised.csv",
        [_COUNTY_SECOND, *_second_rows(mended, numbers)],
        "utf-8-sig",
    )


_CARD_HOLDERS = ("Children and Families", "Adults and Health", "Place and Environment")
_MERCHANTS = (
    ("STATIONERY*ORDER 55120", "Office supplies", 18), ("WWW.LESKTICKETS.CO.UK", "Rail travel", 61),
    ("SUMUP *LORSKDALE CAFE", "Catering", 9), ("QUORL HOTEL 0417", "Accommodation", 92),
    ("NESKBECK GARAGE 12", "Fuel", 54), ("PASKERMERE HARDWARE", "Tools", 27),
    ("SP THRELGATE CRAFTS", "Activities", 33), ("TAMSEL SUPERSTORE 2231", "Groceries", 41),
    ("ULSKWICK LEISURE POOL", "Activities", 22), ("ZTL*FESKSHAW TRAINING", "Training", 145),
)  # fmt: skip


def _county_cards(folder: Path, spend: Spend) -> None:
    chance = np.random.default_rng(77)
    for month in range(24, place.MONTHS):
        rows: list[Row] = [
            ["Transaction Date", "Merchant Name", "Merchant Category", "Directorate", "Net Amount",
             "Transaction Reference"]
        ]  # fmt: skip
        first = month_start(month)
        for number in range(int(chance.integers(90, 150))):
            merchant, category, typical = _MERCHANTS[int(chance.integers(len(_MERCHANTS)))]
            pence = int(typical * 100 * float(chance.lognormal(0, 0.6))) + 1
            if chance.random() < 0.03:
                pence = -pence
            day = first + timedelta(days=int(chance.integers(0, 28)))
            rows.append(
                [slashed(day), merchant, category,
                 _CARD_HOLDERS[number % 3], plain(pence), f"PC{month:02d}{number:04d}"]
            )  # fmt: skip
        _write_csv(folder / f"purchase-cards-{_file_month(month)}.csv", rows)


def _contracts_register(path: Path) -> None:
    """The contracts register, which once stood behind the link to a month's payments."""
    rows: list[Row] = [
        ["Contract Reference", "Contract Title", "Supplier Name", "Contract Start Date",
         "Contract End Date", "Review Date", "Contract Value", "Option to Extend", "Process Type"]
    ]  # fmt: skip
    for number in range(60):
        start = date(2021 + number % 4, 1 + number % 12, 1)
        rows.append(
            [f"AC{number:04d}", f"Framework lot {number}", f"Lot holder {number} Ltd",
             slashed(start), slashed(date(start.year + 4, start.month, 1)),
             slashed(date(start.year + 3, start.month, 1)), f"{(number + 3) * 41000}.00", "Yes",
             "Open procedure"]
        )  # fmt: skip
    _write_csv(path, rows)


# ── the district: an old system, then workbooks ──────────────────────────────────────────────


def _district(folder: Path, spend: Spend) -> None:
    months = _months(spend, 1)
    for month, payments in enumerate(months[:24]):
        published = [_redacted(payment) for payment in payments]
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
                [_redacted(payment) for payment in months[month]]
            )
            for month in range(quarter * 3, quarter * 3 + 3)
        }
        name = f"Q{quarter - 7} 2025-26 payments over £250.xlsx"
        _write_workbook(folder / name, sheets)
    # The same three months once more, as a quarter: what a harvester of links would count twice.
    again = [_redacted(payment) for month in (18, 19, 20) for payment in months[month]]
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
    _write_csv(path, rows, "cp850")


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
    _write_csv(path, rows, "cp1252")


def _district_headerless(path: Path, payments: list[Payment]) -> None:
    _write_csv(
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


# ── the health body: over £25,000, in the health service's columns ───────────────────────────

_HEALTH: Row = [
    "Department Family", "Entity", "Date", "Expense Type", "Expense Area", "Supplier",
    "Transaction Number", "AP Amount (£)", "Supplier Number", "VAT Registration Number",
]  # fmt: skip


def _health(folder: Path, spend: Spend) -> None:
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    months = _months(spend, 2)

    def row(each: Payment, day: Callable[[date], Cell], money: Callable[[int], Cell]) -> Row:
        supplier = numbers.get(each.supplier)
        vat = supplier.vat_number if supplier and supplier.trade % 2 else ""
        return [
            "Department of Health and Social Care", "NHS Aldermoor ICB", day(each.paid_on),
            each.label, each.purpose, each.name, each.transaction, money(each.pence), each.ref,
            vat,
        ]  # fmt: skip

    for month in range(24):
        payments = [_redacted(payment) for payment in months[month]]
        _write_csv(
            folder / f"icb_over25k_{month_start(month):%Y_%m}.csv",
            [_HEALTH, *(row(each, slashed, with_commas) for each in payments)],
            "cp1252",
        )
    for quarter in range(8, 12):
        sheets = {
            f"{month_start(month):%B}": [
                _HEALTH,
                *(
                    row(_redacted(each), lambda day: day, lambda pence: pence / 100)
                    for each in months[month]
                ),
            ]
            for month in range(quarter * 3, quarter * 3 + 3)
        }
        _write_workbook(folder / f"ICB expenditure 2025-26 Q{quarter - 7}.xlsx", sheets)


# ── the police: one workbook a year ──────────────────────────────────────────────────────────


def _police(folder: Path, spend: Spend) -> None:
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    months = _months(spend, 3)
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
        _write_workbook(
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

    months = _months(spend, 4)
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
        _write_csv(folder / f"fire-{_file_month(month)}.csv", [header, *body])
    (folder / "fire-2024-02-copy.csv").write_bytes(b"")
    _write_csv(folder / "fire-2025-11-late-entries.csv", [header, *rows(late_lines)])


# ── the county's own ledger for the last quarter, and the register ───────────────────────────


def _extract(folder: Path, spend: Spend) -> None:
    """Every line of January to March 2026, of any amount, as the county's ledger holds it.

    The ledger hides its private payees too, but for those entered as if they were firms.
    """
    chance = np.random.default_rng(2026)
    rows: list[Row] = [
        ["Supplier Number", "Supplier Name", "Company Number", "VAT Registration Number",
         "Invoice Number", "Invoice Date", "Received Date", "Payment Date", "Net Amount",
         "VAT Amount", "Gross Amount", "Purchase Order", "Cost Centre", "Directorate",
         "Expenditure Category", "Description", "Transaction Number"]
    ]  # fmt: skip
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    first = month_start(33)
    for each in spend.of(0):
        if each.paid_on < first:
            continue
        if each.supplier % 17:
            each = _redacted(each)
        rows.append(_extract_row(each, numbers, chance))
        if each.supplier >= 0 and chance.random() < 0.4:  # what stays below the threshold
            small = evolve(
                each,
                pence=int(chance.integers(900, 49_900)),
                invoice=f"{int(chance.integers(10000, 99999))}",
                transaction=f"59{len(rows):05d}",
            )
            rows.append(_extract_row(small, numbers, chance))
    _write_csv(folder / "aldermoor-ap-extract-2026-01-to-03.csv", rows)


def _extract_row(each: Payment, numbers: dict[int, Supplier], chance: np.random.Generator) -> Row:
    supplier = numbers.get(each.supplier) if not each.is_second_record else None
    invoiced = each.paid_on - timedelta(days=int(chance.integers(12, 48)))
    received = invoiced + timedelta(days=int(chance.integers(1, 9)))
    vat = round(each.pence * 0.2) if each.is_vatable else 0
    if each.is_vatable and each.pence % 997 == 0:
        vat = round(each.pence * 0.25)  # more than any rate allows
    return [
        each.ref, each.name, supplier.company_number if supplier else "",
        f"GB{supplier.vat_number}" if supplier and supplier.vat_number else "",
        each.invoice, slashed(invoiced), slashed(received), slashed(each.paid_on),
        plain(each.pence), plain(vat), plain(each.pence + vat),
        f"PO{each.pence % 90000 + 10000}" if each.is_vatable else "",
        f"{(each.supplier + 40) % 90 + 10}{abs(each.pence) % 900 + 100}", each.department,
        each.label, each.purpose, each.transaction,
    ]  # fmt: skip


def _register(folder: Path, spend: Spend) -> None:
    """Nine in ten of the organisations, as a register of companies and charities lists them."""
    rows: list[Row] = [
        [
            "Organisation Name",
            "Company Number",
            "Charity Number",
            "Postcode",
            "Size",
            "Third Sector",
            "Mutual",
        ]
    ]

    def answer(is_so: bool) -> str:
        return "yes" if is_so else "no"

    for supplier in spend.suppliers:
        if supplier.is_person or supplier.number % 10 == 3:
            continue
        rows.append(
            [supplier.name, supplier.company_number, supplier.charity_number, supplier.postcode,
             "small" if supplier.is_small else "large", answer(supplier.is_third_sector),
             answer(supplier.is_mutual)]
        )  # fmt: skip
    _write_csv(folder / "organisations.csv", rows)
