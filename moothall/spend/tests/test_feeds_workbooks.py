"""Does a workbook give its payment lines to the penny, and can it do no harm?"""

import datetime
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.feeds import sheet_rows, workbooks
from moothall.spend.feeds.reading import Asked, CannotRead, Reading, Stamp
from moothall.spend.feeds.sheet_rows import cell_text, number_text
from moothall.spend.feeds.workbooks import WorkbookLimits, propose_workbook, read_workbook

HEADER = ("Expenditure Category", "Date", "Net Amount", "Supplier Name")
APRIL = [
    ("Fuel", datetime.date(2025, 4, 1), 120.5, "Alder Works Ltd"),
    ("Repairs", datetime.date(2025, 4, 2), -20.25, "Beech and Sons"),
    ("Printing", datetime.date(2025, 4, 30), 999.99, "Cedar Press Ltd"),
]
MAY = [
    ("Fuel", datetime.date(2025, 5, 1), 10.0, "Alder Works Ltd"),
    ("Training", datetime.date(2025, 5, 9), 30.0, "Damson Training CIC"),
]


def workbook(path: Path, sheets: dict[str, list[tuple]], *, hidden: str = "") -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if name == hidden:
            sheet.hide()
    book.close()
    return path


def read(path: Path, **options) -> tuple[Reading, pl.DataFrame, pl.DataFrame]:
    lines, aside = path.with_name("lines.parquet"), path.with_name("aside.parquet")
    limits = options.pop("limits", None)
    asked = {"path": path, "name": path.name, "stamp": Stamp(1, 2, 3), **options}
    reading = read_workbook(Asked(**asked, lines_path=lines, aside_path=aside), limits)
    return reading, pl.read_parquet(lines), pl.read_parquet(aside)


def test_each_sheet_has_its_own_header_and_keeps_its_name_and_row_numbers(tmp_path):
    moved = [(), ("Payments over £500",), ("Net Amount", "Supplier Name", "Date")]
    may = [(row[2], row[3], row[1]) for row in MAY]
    path = workbook(tmp_path / "spend.xlsx", {"Apr 25": [HEADER, *APRIL], "May 25": [*moved, *may]})
    reading, lines, _ = read(path)
    assert (reading.rows_read, reading.rows_kept) == (5, 5)
    assert reading.amount_kept == Decimal("1140.24")
    assert lines.select("sheet", "row", "amount", "supplier_name").rows()[-2:] == [
        ("May 25", 4, Decimal("10.00"), "Alder Works Ltd"),
        ("May 25", 5, Decimal("30.00"), "Damson Training CIC"),
    ]
    assert lines["paid_on"][0] == datetime.date(2025, 4, 1)


def test_pieces_of_each_sheet_are_gone_when_the_workbook_is_read(tmp_path):
    read(workbook(tmp_path / "spend.xlsx", {"A": [HEADER, *APRIL], "B": [HEADER, *MAY]}))
    assert {file.name for file in tmp_path.iterdir()} == {
        "spend.xlsx", "lines.parquet", "aside.parquet",
    }  # fmt: skip


def test_a_hidden_sheet_is_left_out_and_said(tmp_path):
    path = workbook(
        tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL], "Working": [HEADER, *MAY]}, hidden="Working"
    )
    reading, _, _ = read(path)
    assert reading.rows_kept == 3
    assert any("“Working” is hidden and was left out" in word for word in reading.warnings)


def test_a_sheet_of_notes_is_left_out_and_said_and_the_others_load(tmp_path):
    notes = [("About these figures",), ("Published under the transparency code",)]
    path = workbook(tmp_path / "s.xlsx", {"Notes": notes, "Apr": [HEADER, *APRIL]})
    reading, _, _ = read(path)
    assert reading.rows_kept == 3
    assert any("“Notes” was left out" in word for word in reading.warnings)


def test_a_workbook_with_no_sheet_of_payments_is_refused(tmp_path):
    path = workbook(tmp_path / "s.xlsx", {"Notes": [("About these figures",)], "Empty": []})
    with pytest.raises(CannotRead, match="has no sheet of payments"):
        read(path)
    assert [file.name for file in tmp_path.iterdir()] == ["s.xlsx"]


def test_a_contracts_register_in_a_workbook_is_refused_as_another_dataset(tmp_path):
    register = [
        ("Contract Title", "Supplier", "Contract Start Date", "Contract End Date"),
        ("Grass", "Alder Works Ltd", "01/04/2020", "31/03/2024"),
    ]
    with pytest.raises(CannotRead, match="those of a contracts register, not of payments"):
        read(workbook(tmp_path / "s.xlsx", {"Register": register}))


def test_two_sheets_that_add_up_alike_are_pointed_out(tmp_path):
    path = workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL], "Copy": [HEADER, *APRIL]})
    reading, _, _ = read(path)
    assert any("both add up to £1,100.24" in word for word in reading.warnings)


def test_blank_rows_that_pad_a_sheet_are_counted_apart(tmp_path):
    path = workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL[:2], ("",), (" ",), APRIL[2]]})
    reading, lines, _ = read(path)
    assert (reading.rows_read, reading.rows_kept, reading.rows_blank) == (3, 3, 2)
    assert lines["row"].to_list() == [2, 3, 6]


def test_a_number_a_hair_from_a_penny_is_that_penny(tmp_path):
    hairs = [("Fuel", day, 4442.269999999991, name) for _, day, _, name in APRIL]
    reading, lines, _ = read(workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *hairs]}))
    assert lines["amount"].to_list() == [Decimal("4442.27")] * 3
    assert reading.rounding_difference == 0


def test_a_number_of_half_pennies_is_rounded_to_even_and_the_difference_is_reported(tmp_path):
    amounts = (1.005, 1.015, 2.0)
    halves = [("Fuel", row[1], amount, row[3]) for row, amount in zip(APRIL, amounts, strict=True)]
    reading, lines, _ = read(workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *halves]}))
    assert lines["amount"].to_list() == [Decimal("1.00"), Decimal("1.02"), Decimal("2.00")]
    assert reading.rounding_difference == Decimal("4.020") - Decimal("4.02")


@given(pence=st.integers(-(10**13), 10**13))
def test_any_amount_of_pence_survives_the_float_of_a_sheet(pence):
    assert Decimal(number_text(pence / 100)) == Decimal(pence) / 100


@given(number=st.floats(-1e12, 1e12))
def test_a_number_of_a_sheet_is_told_at_fifteen_digits_and_without_an_exponent(number):
    text = number_text(number)
    assert "e" not in text.lower()
    assert abs(Decimal(text) - Decimal(f"{number:.15g}")) < Decimal("0.000001")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime.datetime(2020, 6, 1, 1, 0), "2020-06-01"),  # noqa: DTZ001  sheets have no zone
        (datetime.datetime(2020, 6, 1), "2020-06-01"),  # noqa: DTZ001
        (datetime.datetime(2020, 6, 1, 9, 30), "2020-06-01 09:30:00"),  # noqa: DTZ001
        (datetime.date(2020, 6, 1), "2020-06-01"),
        (43658.0, "43658"),
        (-1.82e-12, "0.00"),
        (123456789012345.0, "123456789012345"),
        (True, "TRUE"),
        (None, ""),
        ("  as typed ", "  as typed "),
    ],
)
def test_a_cell_is_told_as_a_person_reads_it(cell, text):
    assert cell_text(cell) == text


def test_the_columns_of_the_first_sheet_of_payments_are_proposed(tmp_path):
    path = workbook(tmp_path / "s.xlsx", {"Notes": [("About",)], "Apr": [HEADER, *APRIL]})
    proposal = propose_workbook(path)
    assert proposal.sheet == "Apr"
    assert proposal.mapping.index_of("amount") == 2
    assert proposal.mapping.index_of("supplier_name") == 3


def test_nothing_is_proposed_for_a_workbook_with_no_rows(tmp_path):
    with pytest.raises(CannotRead, match="has no sheet with rows in it"):
        propose_workbook(workbook(tmp_path / "s.xlsx", {"Empty": []}))


def test_a_damaged_workbook_is_refused_with_a_sentence(tmp_path):
    whole = workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL]}).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CannotRead, match=r"^cut\.xlsx is not a workbook that opens"):
        read(cut)


def test_a_workbook_that_needs_more_memory_than_it_may_use_is_refused(tmp_path):
    far = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(far)
    sheet = book.add_worksheet("Apr")
    sheet.write_row(0, 0, HEADER)
    sheet.write(1_048_575, 16_383, "one cell at the far corner makes a sheet of 17 milliard")
    book.close()
    with pytest.raises(CannotRead, match="could not be opened within 256 MiB of memory"):
        read(far, limits=WorkbookLimits(memory_bytes=256 * 1024**2))


def test_a_bomb_of_a_workbook_is_refused_and_the_parent_stays_small(tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    shutil.copy(workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL]}), bomb)
    with (
        zipfile.ZipFile(tmp_path / "s.xlsx") as whole,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts,
    ):
        for name in whole.namelist():
            if name != "xl/sharedStrings.xml":
                parts.writestr(name, whole.read(name))
        with parts.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(
                b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            )
            for _ in range(300):
                strings.write(b"<si><t>" + b"x" * 1024**2 + b"</t></si>")
            strings.write(b"</sst>")
    with pytest.raises(CannotRead, match="could not be opened within 200 MiB of memory"):
        read(bomb, limits=WorkbookLimits(memory_bytes=200 * 1024**2))


def test_a_child_that_never_answers_is_stopped_by_the_clock(tmp_path, monkeypatch):
    path = workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL]})
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sheet_rows, "__file__", str(sleeper))
    with pytest.raises(CannotRead, match="took more than 1 seconds to open"):
        read(path, limits=WorkbookLimits(seconds=1))


def test_a_child_that_dies_halfway_leaves_nothing_half_read(tmp_path, monkeypatch):
    path = workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *APRIL]})
    dying = tmp_path / "dying.py"
    dying.write_text(
        'import os, sys\nsys.stdout.write(\'{"sheet":"Apr"}\\n{"rows":[[1,["Date","Net Amount"\')\n'
        "sys.stdout.flush()\nos.abort()\n"
    )
    monkeypatch.setattr(sheet_rows, "__file__", str(dying))
    with pytest.raises(CannotRead):
        read(path)
    assert not list(tmp_path.glob("*.parquet*"))


def test_the_child_is_ended_when_reading_stops_early(tmp_path, monkeypatch):
    started = []
    popen = subprocess.Popen

    def remembered(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(workbooks.subprocess, "Popen", remembered)
    rows = [("Fuel", datetime.date(2025, 4, 1), 1.0, "Alder Works Ltd")] * 20_000
    propose_workbook(workbook(tmp_path / "s.xlsx", {"Apr": [HEADER, *rows]}))
    assert started[0].returncode is not None


ODS_CONTENT = """<?xml version="1.0"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Apr">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""


def ods_cell(cell: object) -> str:
    if isinstance(cell, datetime.date):
        told = f'office:value-type="date" office:date-value="{cell}"'
    elif isinstance(cell, float):
        told = f'office:value-type="float" office:value="{cell}"'
    else:
        told = 'office:value-type="string"'
    return f"<table:table-cell {told}><text:p>{cell}</text:p></table:table-cell>"


def test_an_opendocument_sheet_is_read_too(tmp_path):
    rows = "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>"
        for row in (HEADER, *APRIL)
    )
    path = tmp_path / "spend.ods"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", ODS_CONTENT.format(rows=rows))
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
    reading, lines, _ = read(path)
    assert (reading.rows_kept, reading.amount_kept) == (3, Decimal("1100.24"))
    assert lines["paid_on"].to_list() == [row[1] for row in APRIL]


@pytest.mark.libreoffice
@pytest.mark.slow
def test_an_old_excel_workbook_is_read_too(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice makes the old workbook for this test: install libreoffice-calc.")
    path = workbook(tmp_path / "spend.xlsx", {"Apr": [HEADER, *APRIL], "May": [HEADER, *MAY]})
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xls", "--outdir", str(tmp_path / "out"), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    reading, lines, _ = read(tmp_path / "out" / "spend.xls")
    assert (reading.rows_kept, reading.amount_kept) == (5, Decimal("1140.24"))
    assert lines["sheet"].to_list() == ["Apr"] * 3 + ["May"] * 2
