"""What do the real spend files hold, read the plain way? The second opinion on our own reader.

Nothing here imports anything of ours. Each family of files is described from its raw bytes, by
hand: where its header is, which column is the amount, what stands below the last payment. It is
slow, row by row, and as simple as it can be; where it and the reader differ, one of them is wrong.
"""

import csv
import io
import lzma
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path

PENNY = Decimal("0.01")
ZERO = Decimal("0.00")

AMOUNT_HEADERS = {
    "amount", "net amount", "netamount", "net amount(£)", "net amount (£)", "amount paid",
    "total invoice amount", "total", "sum of invoice nett amount", "invoice nett amount",
}  # fmt: skip
DATE_HEADERS = {
    "date", "date paid", "datepaid", "payment date", "paymentdate", "paid date", "paid_date",
    "payment_date", "transaction date", "invoice creation date",
}  # fmt: skip
SUPPLIER_HEADERS = {
    "supplier name", "suppliername", "supplier_name", "beneficiary name", "benificiary name",
    "beneficiaryname", "beneficiary_name", "supplier(beneficiary) name", "name", "name:",
    "supplier", "supplier final",
}  # fmt: skip
# Further than this from the months a file's payments lie in, a date is a slip of the year.
MONTHS_BEFORE, MONTHS_AFTER = 12, 6
DATE_FORMS = (
    "%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%d %b %Y",
)  # fmt: skip


@dataclass
class PlainReading:
    """What one file holds. Pounds are exact; `kept` is the sum of lines rounded to the penny."""

    rows_kept: int = 0
    rows_set_aside: int = 0
    rows_blank: int = 0
    rows_without_amount: int = 0
    negatives: int = 0
    negative_hairs: int = 0  # below nothing, and nothing at the penny: -1.82E-12
    kept: Decimal = ZERO
    kept_as_published: Decimal = ZERO
    set_aside: Decimal = ZERO
    control: Decimal = ZERO
    controls: list[tuple[Decimal, Decimal]] = field(default_factory=list)  # printed, computed
    reasons: Counter = field(default_factory=Counter)
    months: Counter = field(default_factory=Counter)

    def __add__(self, other: "PlainReading") -> "PlainReading":
        return PlainReading(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        )


def plain_bytes(path: Path) -> bytes:
    """The published bytes of a file in the data folder, unpacked."""
    if path.suffix == ".xz":
        return lzma.decompress(path.read_bytes())
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (member,) = archive.namelist()
            return archive.read(member)
    return path.read_bytes()


def plain_reading(path: Path) -> PlainReading | None:
    """Read one real file; None when it holds no payments at all."""
    if path.suffix == ".xlsx":
        return _workbook(path)
    raw = plain_bytes(path)
    if not raw.strip():
        return None
    return _table(_text_rows(raw))


def _text_rows(raw: bytes) -> list[list[str]]:
    text = raw.decode("latin-1")
    while text.startswith("\xef\xbb\xbf"):
        text = text[3:]
    return list(csv.reader(io.StringIO(text, newline="")))


def _workbook(path: Path) -> PlainReading:
    from python_calamine import CalamineWorkbook

    whole = PlainReading()
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        rows = [[_cell(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        whole += _table(rows)
    return whole


def _cell(cell: object) -> str:
    if isinstance(cell, float):
        return format(Decimal(repr(round(cell, 6))), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _folded(cell: str) -> str:
    cell = cell.replace("Â£", "£").replace("\x9c", "£").replace("ï¿½", "£").replace("\ufffd", "£")
    return " ".join(cell.replace("* ", "").lower().split())


def _is_blank(row: list[str]) -> bool:
    return not "".join(row).replace("\xa0", "").strip()


def _is_header(row: list[str]) -> bool:
    """Whether a row names the amount and holds none: a supplier may be called Total."""
    return bool(AMOUNT_HEADERS.intersection(map(_folded, row))) and not any(
        plain_amount(cell) is not None for cell in row if cell.strip()
    )


@cache
def plain_amount(cell: str) -> Decimal | None:
    """An amount in any notation met, or None. The sign is the only thing never dropped."""
    bare = re.sub(r"[£\x9c\xa3\xa0\ufffd, ]|Â", "", cell.strip())
    negative = False
    if re.fullmatch(r"\(.*\)", bare):
        negative, bare = True, bare[1:-1]
    elif bare.endswith("-"):
        negative, bare = True, bare[:-1]
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", bare):
        return None
    amount = Decimal(bare)
    return -amount if negative else amount


@cache
def plain_date(cell: str) -> date | None:
    """A day written in any way met, or None."""
    bare = cell.strip()
    for form in DATE_FORMS:
        try:
            return datetime.strptime(bare, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    if re.fullmatch(r"[34]\d{4}(\.0)?", bare):
        return date(1899, 12, 30) + timedelta(int(float(bare)))
    return None


def _table(rows: list[list[str]]) -> PlainReading:
    reading = PlainReading()
    filled = [row for row in rows if not _is_blank(row)]
    reading.rows_blank = len(rows) - len(filled)
    if not filled:
        return reading
    places = [place for place, row in enumerate(filled) if _is_header(row)]
    early = [place for place in places if place < 12]
    if early:
        # A header of two lines is Lambeth's: "Sum of ..." over "Supplier Name,Total".
        header = filled[max(place for place in early if place <= early[0] + 1)]
        at = next(number for number, row in enumerate(rows) if row is header)
        body = filled[next(n for n, row in enumerate(filled) if row is header) + 1 :]
        reading.rows_blank = sum(map(_is_blank, rows[at + 1 :]))  # those above it are its preamble
    elif places:  # three Hyndburn files were sorted with their header, which came to rest last
        header, body = filled[places[-1]], filled
    else:
        raise AssertionError("no header anywhere: describe this family here")
    names = [_folded(cell) for cell in header]
    amount_at = next(place for place, name in enumerate(names) if name in AMOUNT_HEADERS)
    date_at = next((place for place, name in enumerate(names) if name in DATE_HEADERS), None)
    supplier_at = next((place for place, name in enumerate(names) if name in SUPPLIER_HEADERS), 0)
    invoice_dates = date_at is not None and names[date_at] == "invoice creation date"
    _read_rows(reading, body, amount_at, date_at, supplier_at, invoice_dates)
    return reading


def _read_rows(
    reading: PlainReading,
    body: list[list[str]],
    amount_at: int,
    date_at: int | None,
    supplier_at: int,
    invoice_dates: bool,
) -> None:
    payments: list[tuple[Decimal, date | None]] = []
    running = ZERO
    for row in body:
        cell = row[amount_at] if len(row) > amount_at else ""
        amount = plain_amount(cell)
        when = row[date_at].strip() if date_at is not None and len(row) > date_at else ""
        if re.fullmatch(r"00:00(:00)?", when):
            when = ""  # a time of day is no day: the column was saved in the wrong form
        if amount is None and _folded(cell) in AMOUNT_HEADERS:
            _aside(reading, "repeated_header", None)
        elif amount is None:
            _aside(reading, "no_amount" if not cell.strip() else "amount_not_a_number", None)
        elif _is_control_total(row, amount, when, running, date_at, supplier_at) or (
            row is body[-1] and date_at is None and amount * 10 > running * 9
        ):  # the second: a grand total that disagrees, because a line above it is broken
            reading.rows_set_aside += 1
            reading.reasons["control_total"] += 1
            reading.control += amount
            reading.controls.append((amount, running))
        elif when and plain_date(when) is None:
            _aside(reading, "no_date_readable", amount)
        else:
            running += amount.quantize(PENNY, ROUND_HALF_EVEN)
            payments.append((amount, plain_date(when) if when else None))
    homes = _main_months(payments)
    for amount, day in payments:
        if day and not invoice_dates and _is_slip(_month(day), homes):
            _aside(reading, "outside_period", amount)
            continue
        reading.rows_kept += 1
        reading.negatives += amount < 0
        reading.negative_hairs += amount < 0 and amount.quantize(PENNY, ROUND_HALF_EVEN) == 0
        reading.kept += amount.quantize(PENNY, ROUND_HALF_EVEN)
        reading.kept_as_published += amount
        if day:
            reading.months[f"{day:%Y-%m}"] += 1


def _aside(reading: PlainReading, reason: str, amount: Decimal | None) -> None:
    reading.rows_set_aside += 1
    reading.reasons[reason] += 1
    if amount is None:
        reading.rows_without_amount += 1
    else:
        reading.set_aside += amount.quantize(PENNY, ROUND_HALF_EVEN)


def _is_control_total(
    row: list[str],
    amount: Decimal,
    when: str,
    running: Decimal,
    date_at: int | None,
    supplier_at: int,
) -> bool:
    """A row whose amount is the sum above it; or one with neither supplier nor date."""
    if amount == running and running and (date_at is None or not when):
        return True
    supplier = row[supplier_at].strip(" \xa0â€†") if len(row) > supplier_at else ""
    return date_at is not None and not when and not supplier


def _main_months(payments: list[tuple[Decimal, date | None]]) -> list[int]:
    months = Counter(_month(day) for _, day in payments if day)
    few = sum(months.values()) / 20
    return [month for month, count in months.items() if count >= few]


def _is_slip(month: int, homes: list[int]) -> bool:
    return month < min(homes) - MONTHS_BEFORE or month > max(homes) + MONTHS_AFTER


def _month(day: date) -> int:
    return day.year * 12 + day.month


def real_files(folder: Path) -> Iterator[Path]:
    """Every spend file of the data folder that a body or a peer published as a table."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".csv", ".xz", ".zip", ".xlsx") and path.parent != folder:
            yield path
