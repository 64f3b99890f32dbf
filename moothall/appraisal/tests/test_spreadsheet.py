"""The live spreadsheet works out anew, elsewhere, to what Moothall worked out."""

import re
import shutil
import subprocess
import zipfile
from functools import cache
from io import BytesIO

import formualizer
import pytest
from attrs import evolve
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

from moothall.appraisal.engine.reading import appraisal_from_toml
from moothall.appraisal.engine.result import result
from moothall.appraisal.exports.spreadsheet import spreadsheet
from moothall.appraisal.queries.rules import rule_books
from moothall.appraisal.tests.files import text_of

PENNY = 0.01
RECALCULATES = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""

# Lines in other prices, in the money of each year, on an index, biased and left out.
MORE = """
[indices]
energy = "0.04"

[lines.wages]
option = "as_now"
title = "=Wages, in last year's prices"
kind = "pay"
amount_gbp = [200000, 210000]
price_year = 2025
optimism_bias = "0.1"

[lines.energy]
option = "company"
title = "Heat and light"
kind = "premises"
amount_gbp = 50000
index = "energy"
drivers = ["visits"]

[lines.rates]
option = "company"
title = "Business rates"
kind = "business_rates"
amount_gbp = 19200
is_nominal = true
paid_to = "hmrc"

[criteria.open]
title = "Hours open"
group = "desirability"
scale = "local"

[criteria.reach]
title = "People reached"
group = "desirability"
worst = 0
best = 1000
unit = "people"
"""
CURVE = ((0.0, 0.0), (200.0, 60.0), (1000.0, 100.0))
SCORES = {"as_now": (40, 150), "outsourced": (60, 200), "company": (50, 700), "mutual": (80, 1000)}


@cache
def full_text():
    text = text_of() + MORE
    for option, (hours, people) in SCORES.items():
        text = text.replace(
            f"[scores.{option}]\n", f"[scores.{option}]\nopen = {hours}\nreach = {people}\n"
        )
    return text.replace("swings = { ", "swings = { open = 30, reach = 55, ")


def written_anew(text):
    """The book of an appraisal, on one of whose criteria the first people reached count most."""
    read = appraisal_from_toml(text)
    criteria = tuple(
        evolve(one, value=CURVE) if one.key == "reach" else one for one in read.criteria
    )
    return spreadsheet(result(evolve(read, criteria=criteria), rule_books(), draws=200))


sheet_of = cache(written_anew)


def figures(written):
    """Every number of a book as it was saved: (sheet, row, column) -> figure."""
    book = CalamineWorkbook.from_filelike(BytesIO(written))
    return {
        (name, row, column): figure
        for name in book.sheet_names
        for row, cells in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        for column, figure in enumerate(cells)
        if isinstance(figure, (int, float)) and not isinstance(figure, bool)
    }


def place_of(written, sheet, words, column):
    """The cell in a column of the row whose first or third cell says something."""
    rows = CalamineWorkbook.from_filelike(BytesIO(written)).get_sheet_by_name(sheet)
    for row, cells in enumerate(rows.to_python(skip_empty_area=False)):
        if words in (cells[0], cells[2]):
            return row, column
    raise AssertionError(f"{sheet} has no row of {words}")


def with_cells(written, changed):
    """The file with other figures in it, and not a formula touched: {(sheet, row, column): 5}."""
    names = CalamineWorkbook.from_filelike(BytesIO(written)).sheet_names
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(written)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            for (sheet, row, column), figure in changed.items():
                if part == f"xl/worksheets/sheet{names.index(sheet) + 1}.xml":
                    at = xl_rowcol_to_cell(row, column)
                    text, count = re.subn(
                        rf'(<c r="{at}"[^>]*>)<v>[^<]*</v>'.encode(),
                        rf"\g<1><v>{figure}</v>".encode(),
                        text,
                    )
                    assert count == 1, f"{sheet} {at} is no figure"
            new.writestr(part, text)
    return out.getvalue()


def changes(written):
    """Four figures of the book that a reader changes, and the appraisal's text with the same."""
    amount = place_of(written, "Lines", "Price of the contract", 14)
    visits = place_of(written, "Years", "Visits against today's", 3)
    score = place_of(written, "Scores", "Mutual", 2)
    swing = place_of(written, "Scores", "Staff side", 3)
    text = full_text()
    text = text.replace(
        "amount_gbp = 880000", "amount_gbp = [990000, 880000, 880000, 880000, 880000]"
    )
    text = text.replace(
        'title = "Visits against today\'s"\nvalue = 1',
        'title = "Visits against today\'s"\nvalue = ["1.5", 1, 1, 1, 1]',
    )
    text = text.replace(
        "[scores.mutual]\nopen = 80\nreach = 1000\ncommunity = { value = 100,",
        "[scores.mutual]\nopen = 80\nreach = 1000\ncommunity = { value = 20,",
    )
    text = text.replace(
        "reach = 55, community = 20, quality = 60", "reach = 55, community = 20, quality = 95"
    )
    return {
        ("Lines", *amount): 990000,
        ("Years", *visits): 1.5,
        ("Scores", *score): 20,
        ("Scores", *swing): 95,
    }, text


def stays(place):
    """Whether a cell says what was when the book was written, or what was drawn."""
    sheet, _, column = place
    return sheet == "Futures" or (sheet == "Summary" and column in (11, 12, 13, 14))


def test_the_same_appraisal_is_the_same_bytes():
    text = full_text()
    assert sheet_of(text) == written_anew(text)


def test_every_formula_comes_to_what_is_written_beside_it():
    written = sheet_of(full_text())
    book = formualizer.load_workbook_bytes(written)
    book.evaluate_all()
    saved = figures(written)
    assert len(saved) > 500
    for (name, row, column), figure in saved.items():
        assert book.evaluate_cell(name, row + 1, column + 1) == pytest.approx(figure, abs=1e-6), (
            name,
            row,
            column,
        )
    assert {
        figure for place, figure in saved.items() if place[0] == "Reconciliation" and place[2] == 10
    } == {0}


def test_what_a_reader_changes_comes_to_what_moothall_makes_of_the_same_change():
    written = sheet_of(full_text())
    changed, text = changes(written)
    wanted = figures(sheet_of(text))
    book = formualizer.load_workbook_bytes(with_cells(written, changed))
    book.evaluate_all()
    differs = 0
    for (name, row, column), figure in wanted.items():
        if stays((name, row, column)):
            continue
        assert book.evaluate_cell(name, row + 1, column + 1) == pytest.approx(figure, abs=PENNY)
        differs += figure != figures(written).get((name, row, column))
    assert differs > 20


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_works_it_out_to_the_same_penny(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip(
            "LibreOffice works the spreadsheet out for this test: install libreoffice-calc."
        )
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATES, encoding="utf-8")
    written = sheet_of(full_text())
    changed, text = changes(written)
    (tmp_path / "appraisal.xlsx").write_bytes(with_cells(written, changed))
    subprocess.run(
        [office, "--headless", "--norestore", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"),
         str(tmp_path / "appraisal.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    again = figures((tmp_path / "out" / "appraisal.xlsx").read_bytes())
    for place, figure in figures(sheet_of(text)).items():
        if not stays(place):
            assert again[place] == pytest.approx(figure, abs=PENNY), place


def test_words_that_look_like_a_formula_stay_words():
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet_of(full_text()))).get_sheet_by_name("Lines")
    assert "=Wages, in last year's prices" in [row[2] for row in rows.to_python()]
