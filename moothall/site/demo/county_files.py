"""What does the county publish: monthly CSV in three layouts and cards; and its own ledger?"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from attrs import evolve

from moothall.site.demo import place
from moothall.site.demo.notations import (
    Row,
    by_month,
    file_month,
    plain,
    redacted,
    short_month,
    slashed,
    with_commas,
    write_csv,
)
from moothall.site.demo.payments import Payment, Spend, month_start
from moothall.site.demo.suppliers import Supplier


def county(folder: Path, spend: Spend) -> None:
    numbers = {supplier.number: supplier for supplier in spend.suppliers}
    for month, payments in enumerate(by_month(spend, 0)):
        published = [redacted(payment) for payment in payments]
        name = f"{file_month(month)}.csv"
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
    write_csv(path, rows, "cp1252")


_COUNTY_SECOND: Row = [
    "Body Name", "Service Area", "Date Paid", "Beneficiary Name", "Supplier Number",
    "Company Registration No", "Net Amount", "Irrecoverable VAT", "Purpose of Expenditure",
    "Expenditure Category", "Trans No", "Capital or Revenue",
]  # fmt: skip


def _county_second(path: Path, payments: list[Payment], numbers: dict[int, Supplier]) -> None:
    """The publisher's own name in the first column; company numbers; a mark before the header."""
    write_csv(path, [_COUNTY_SECOND, *_second_rows(payments, numbers)], "utf-8-sig")


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
    write_csv(path, rows)


def _county_correction(folder: Path, spend: Spend, numbers: dict[int, Supplier]) -> None:
    """July 2024 was published again: four lines mended, two left out."""
    published = [redacted(payment) for payment in by_month(spend, 0)[15]]
    mended = [
        evolve(payment, pence=payment.pence // 10) if place_in in {40, 90, 140, 190} else payment
        for place_in, payment in enumerate(published)
        if place_in not in {60, 120}
    ]
    write_csv(
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
        write_csv(folder / f"purchase-cards-{file_month(month)}.csv", rows)


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
    write_csv(path, rows)


def extract(folder: Path, spend: Spend) -> None:
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
            each = redacted(each)
        rows.append(_extract_row(each, numbers, chance))
        if each.supplier >= 0 and chance.random() < 0.4:  # what stays below the threshold
            small = evolve(
                each,
                pence=int(chance.integers(900, 49_900)),
                invoice=f"{int(chance.integers(10000, 99999))}",
                transaction=f"59{len(rows):05d}",
            )
            rows.append(_extract_row(small, numbers, chance))
    write_csv(folder / "aldermoor-ap-extract-2026-01-to-03.csv", rows)


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


def register(folder: Path, spend: Spend) -> None:
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
    write_csv(folder / "organisations.csv", rows)
