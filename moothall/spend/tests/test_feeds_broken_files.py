"""However a file is broken, do its rows and pounds still add up to what was written in it?

Files are made at random, broken in the ways of the mess catalogue, and each knows its own answer.
"""

import csv
import io
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
from attrs import field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from moothall.spend.feeds.read_files import FileRead, files_read
from moothall.spend.feeds.reading import Stamp

HEADER = ("Directorate", "Supplier Name", "Supplier ID", "Payment Date", "Net Amount(£)")
NAMES = (
    "Alder Works Ltd",
    "Beech & Sons",
    "TOTAL GAS & POWER",
    "Total People Ltd",
    "Cedar, Damson and Elder",
    'The "Fennel" Kitchen',
    "Gorse\nand Hazel",
    "Grand Total Fitness",
    "REDACTED PERSONAL DATA",
    "Café Ivy",
    "Juniper – Kale £1 Shop",
)
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "cp850")
MINUS = ("-{}", "({})", "{}-", "-£{}", "£-{}", "(£{})", "{}CR", "{} -")
UNREADABLE = ("#####", "n/a", "see note", "34405..40", "#REF!", "1.2.3")


@frozen
class Broken:
    """A file as written, and what a reader must find in it."""

    content: bytes
    amounts: tuple[Decimal, ...]
    set_aside: int
    without_amount: int
    blank: int
    control: Decimal
    controls: tuple[bool, ...] = field(converter=tuple)


def money_text(pence: int, minus: str, *, commas: bool, pound: bool) -> str:
    """Write an amount as one of the publishers does."""
    digits = f"{abs(pence) / Decimal(100):,.2f}" if commas else f"{abs(pence) / Decimal(100):.2f}"
    if pence < 0:
        return minus.format(digits)
    return f"£{digits}" if pound else digits


@st.composite
def broken_files(draw) -> Broken:
    encoding = draw(st.sampled_from(ENCODINGS))
    names = [name for name in NAMES if _can_write(name, encoding)]
    date_form = draw(st.sampled_from(["%d/%m/%Y", "%d-%b-%y", "%Y-%m-%d", "%d %B %Y"]))
    padding = draw(st.integers(0, 5)) * [""]
    rows: list[list[str]] = []
    rows += [
        [title] for title in draw(st.lists(st.sampled_from(["Payments", "April 2025"]), max_size=2))
    ]
    rows += draw(st.integers(0, 2)) * [[""] * 5]
    rows.append([*HEADER, *padding])
    amounts: list[Decimal] = []
    controls: list[bool] = []
    set_aside = without_amount = blank = 0
    control = Decimal("0.00")

    def payment() -> list[str]:
        day = date(2025, 4, 1) + timedelta(draw(st.integers(0, 29)))
        pence = draw(st.integers(-(10**7), 10**9).filter(bool))
        amounts.append(Decimal(pence) / 100)
        return [
            draw(st.sampled_from(["Highways", "Schools", "Care"])),
            draw(st.sampled_from(names)),
            str(draw(st.integers(100, 999))),
            day.strftime(date_form),
            money_text(
                pence,
                draw(st.sampled_from(MINUS)),
                commas=draw(st.booleans()),
                pound=draw(st.booleans()),
            ),
        ]

    for _ in range(5):
        rows.append(payment())
    for kind in draw(st.lists(st.sampled_from("pppppppbhxs"), max_size=25)):
        if kind == "p":
            rows.append([*payment(), *padding])
        elif kind == "b":
            rows.append([""] * draw(st.integers(1, 9)))
            blank += 1
        elif set_aside + 1 >= len(amounts):
            continue  # a column of which most cells are no amounts is not read as the amount
        elif kind == "h":
            rows.append(list(HEADER))
            set_aside += 1
            without_amount += 1
        else:
            row = payment()
            amounts.pop()
            if kind == "x":
                row[4] = draw(st.sampled_from(UNREADABLE))
            else:  # an unquoted comma in the name has pushed every later cell along
                row.insert(2, "and Sons")
            rows.append(row)
            set_aside += 1
            without_amount += 1
    if (whole := sum(amounts)) and draw(st.booleans()):
        agrees = draw(st.booleans())
        control = whole if agrees else whole + 1
        rows.append(["", "", "", "", f"{control:.2f}"])
        controls.append(agrees)
        set_aside += 1
    if draw(st.booleans()):
        rows += [[""] * 5] * 3
        blank += 3
    out = io.StringIO(newline="")
    line_end = draw(st.sampled_from(["\r\n", "\n", "\r"]))
    csv.writer(
        out,
        delimiter=draw(st.sampled_from(",;\t|")),
        lineterminator=line_end,
        # Where rows end in a bare return, Python leaves a line feed in a cell without its quotes.
        quoting=csv.QUOTE_ALL
        if line_end == "\r"
        else draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    ).writerows(rows)
    return Broken(
        out.getvalue().encode(encoding),
        tuple(amounts),
        set_aside,
        without_amount,
        blank,
        control,
        controls,
    )


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def read(content: bytes, folder: Path, *, careful: bool = False) -> FileRead:
    path = folder / "april-2025.csv"
    path.write_bytes(content)
    (file,) = files_read(
        path,
        new_stamp=lambda: Stamp(1, 2, 3),
        scratch=folder / ("careful" if careful else "fast"),
        careful=careful,
    )
    return file


SLOW_DISK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@settings(SLOW_DISK, max_examples=80)
@given(broken=broken_files())
def test_rows_and_pounds_of_a_broken_file_add_up_to_what_was_written(broken):
    with tempfile.TemporaryDirectory() as folder:
        file = read(broken.content, Path(folder))
        reading = file.reading
        assert reading.refusal is None, reading.refusal
        lines, aside = pl.read_parquet(file.lines), pl.read_parquet(file.aside)
    assert reading.rows_read == reading.rows_kept + reading.rows_set_aside
    assert reading.amount_read == sum(broken.amounts) + broken.control
    assert lines["amount"].to_list() == list(broken.amounts)
    assert (reading.rows_kept, lines.height) == (len(broken.amounts), len(broken.amounts))
    assert (reading.rows_set_aside, aside.height) == (broken.set_aside, broken.set_aside)
    assert sum(reading.reasons.values()) == broken.set_aside
    assert reading.rows_without_amount == broken.without_amount
    assert reading.rows_blank == broken.blank
    assert reading.amount_control == broken.control
    assert tuple(total.agrees for total in reading.control_totals) == broken.controls
    assert aside["sentence"].str.ends_with(".").all()


@settings(SLOW_DISK, max_examples=60)
@given(broken=broken_files())
def test_the_careful_way_and_the_fast_way_read_the_same(broken):
    with tempfile.TemporaryDirectory() as folder:
        fast, slow = (read(broken.content, Path(folder), careful=way) for way in (False, True))
        for part in ("lines", "aside"):
            assert_frame_equal(
                pl.read_parquet(getattr(fast, part)), pl.read_parquet(getattr(slow, part))
            )


@settings(SLOW_DISK, max_examples=80)
@given(
    broken=broken_files(),
    where=st.floats(0, 1),
    damage=st.binary(min_size=1, max_size=6) | st.sampled_from([b"", b'"', b"\x00", b"\xff\xfe"]),
    cut=st.booleans(),
)
def test_a_file_damaged_anywhere_is_read_with_sums_that_add_up_or_refused_in_a_sentence(
    broken, where, damage, cut
):
    at = int(len(broken.content) * where)
    content = broken.content[:at] + damage + (b"" if cut else broken.content[at:])
    with tempfile.TemporaryDirectory() as folder:
        file = read(content, Path(folder))
        reading = file.reading
        if reading.refusal is not None:
            assert reading.refusal.endswith(".")
            assert "april-2025.csv" in reading.refusal
            assert file.lines is None
            return
        lines, aside = pl.read_parquet(file.lines), pl.read_parquet(file.aside)
    assert reading.rows_read == reading.rows_kept + reading.rows_set_aside
    assert (lines.height, aside.height) == (reading.rows_kept, reading.rows_set_aside)
    assert (lines["amount"].sum() or Decimal(0)) == reading.amount_kept
    control = aside.filter(pl.col("reason") == "control_total")["amount"].sum() or Decimal(0)
    other = aside.filter(pl.col("reason") != "control_total")["amount"].sum() or Decimal(0)
    assert (control, other) == (reading.amount_control, reading.amount_set_aside)
    assert aside.filter(pl.col("amount").is_null()).height == reading.rows_without_amount
