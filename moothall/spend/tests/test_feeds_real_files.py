"""Do we read every real spend file as an independent, plain reading does, to the penny?

The plain reading (`plain_reader`) shares no code with ours. Both are held to the totals that came
with the files, and the page on Hyndburn is held to the plain reading.
"""

import csv
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from conftest import shared_data_folder
from moothall.spend.feeds.read_files import FileRead, files_read, readings
from moothall.spend.feeds.reading import Stamp
from moothall.spend.tests.plain_reader import PlainReading, plain_reading, real_files

FOLDER = shared_data_folder()
SPEND = FOLDER / "spend" if FOLDER else None
# One file of each family and of each trap; the rest are read in the full run.
QUICK = (
    "bradford/processed/2017-06_processed.csv.xz",
    "calderdale/clean/2022-06-card.csv.xz",
    "devon/DCCSpendingOver500_201206.csv.xz",
    "lambeth/2011-10-payments.csv",
    "lambeth/2011-11-payments.csv",
    "lambeth/2012-06-payments.csv.xz",
    "lancashire-hyndburn/raw/1703.csv",
    "lancashire-hyndburn/raw/1812.csv",
    "lancashire-hyndburn/raw/1908.csv",
    "lancashire-hyndburn/raw/2006.csv",
    "lancashire-hyndburn/raw/April-2023.csv.xz",
    "lancashire-hyndburn/raw/April-25-CSV.csv.xz",
    "lancashire-hyndburn/raw/June-23-csv.csv.xz",
    "lancashire-hyndburn/raw/Oct-24-CSV.csv.xz",
    "lancashire-hyndburn/raw/September-2022.csv",
    "lancashire-pcc/raw/pcc-2020-21.xlsx",
    "leeds/raw/2012-04.csv.xz",
    "leeds/raw/2013-04.csv.xz",
    "leeds/raw/2018-10.csv",
    "oxford/expenditure-over-500-apr-jun-2014.csv.xz",
    "oxford/expenditure-over-500-jan-mar-2014.csv.xz",
)
# Where the totals that came with the files differ from a careful reading, and why.
CHECK_TOTALS_ARE_OTHERWISE = {
    r"hyndburn/raw/(1812|Jan2021|Jan22)\.csv": "they count lines whose year is a slip",
    r"hyndburn/raw/.*(2[456]).*": "they leave out credits written 1,234.56-",
    r"lambeth/2011-(0[2-8]|1[01]).*|lambeth/2012-0[1-5].*": "they miss a header of two lines",
    r"lambeth/2012-06": "they count the printed total as a payment",
}

pytestmark = pytest.mark.skipif(
    SPEND is None,
    reason="The real published files are not on this machine: set MOOTHALL_SHARED_DATA.",
)


def every_real_file() -> list[object]:
    names = [path.relative_to(SPEND).as_posix() for path in real_files(SPEND)] if SPEND else []
    return [
        pytest.param(name, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name in names
    ]


@cache
def plainly(name: str) -> PlainReading | None:
    return plain_reading(SPEND / name)


def read(name: str, scratch: Path) -> FileRead:
    (file,) = files_read(SPEND / name, new_stamp=lambda: Stamp(1, 2, 3), scratch=scratch)
    return file


@pytest.mark.parametrize("name", every_real_file())
def test_our_reading_of_a_real_file_is_the_plain_one(name, tmp_path):
    file, plain = read(name, tmp_path), plainly(name)
    ours = file.reading
    if plain is None:
        assert ours.refusal
        assert file.lines is None
        return
    assert ours.refusal is None
    assert {
        "rows_kept": ours.rows_kept,
        "rows_set_aside": ours.rows_set_aside,
        "rows_blank": ours.rows_blank,
        "rows_without_amount": ours.rows_without_amount,
        "kept": ours.amount_kept,
        "set_aside": ours.amount_set_aside,
        "control": ours.amount_control,
        "controls": [(total.printed, total.computed) for total in ours.control_totals],
        "as_published": ours.amount_kept + ours.rounding_difference,
    } == {
        "rows_kept": plain.rows_kept,
        "rows_set_aside": plain.rows_set_aside,
        "rows_blank": plain.rows_blank,
        "rows_without_amount": plain.rows_without_amount,
        "kept": plain.kept,
        "set_aside": plain.set_aside,
        "control": plain.control,
        "controls": plain.controls,
        "as_published": plain.kept_as_published,
    }
    # What was written is what the reading says was read.
    lines, aside = pl.read_parquet(file.lines), pl.read_parquet(file.aside)
    assert (lines.height, lines["amount"].sum()) == (plain.rows_kept, plain.kept)
    assert (lines["amount"] < 0).sum() == plain.negatives - plain.negative_hairs
    assert aside.height == plain.rows_set_aside
    assert lines.select("sheet", "row").is_unique().all()
    published = lines.filter(pl.col("date_basis") == "published")["paid_on"]
    months = published.dt.strftime("%Y-%m").value_counts(name="rows")
    assert dict(months.iter_rows()) == dict(plain.months)


def check_totals() -> list[object]:
    if SPEND is None:
        return []
    with (SPEND / "CHECK_totals.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["net_sum"]]
    return [
        pytest.param(
            row, id=row["stored"], marks=() if row["stored"] in QUICK else pytest.mark.slow
        )
        for row in rows
    ]


@pytest.mark.parametrize("row", check_totals())
def test_the_totals_that_came_with_the_files_are_ours_but_where_they_are_wrong(row, tmp_path):
    name, plain = row["stored"], plainly(row["stored"])
    agrees = (int(row["data_rows"]), Decimal(row["net_sum"]), int(row["negative_rows"])) == (
        plain.rows_kept,
        plain.kept_as_published,
        plain.negatives,
    )
    known = [why for where, why in CHECK_TOTALS_ARE_OTHERWISE.items() if re.search(where, name)]
    assert agrees or known, f"{name}: {row} against {plain}"


@pytest.mark.slow
def test_every_total_a_council_printed_is_proved_or_its_difference_is_known():
    agreeing, others = 0, []
    for path in real_files(SPEND):
        plain = plainly(path.relative_to(SPEND).as_posix())
        for printed, computed in plain.controls if plain else ():
            agreeing += printed == computed
            if printed != computed:
                others.append((path.name, printed - computed))
    assert agreeing == 14
    assert others == [
        ("2011-10-payments.csv", Decimal("740.00")),
        ("2012-02-payments.csv", Decimal("740.00")),
        ("2012-06-payments.csv.xz", Decimal("516394.31")),
    ]


def test_what_is_no_payment_file_in_the_folder_is_refused_by_name(tmp_path):
    names = ["leeds/index.json", "leeds/raw/2018-10.csv", "trafford/csv-metadata.json"]
    refused = readings(
        [SPEND / name for name in names], new_stamp=lambda: Stamp(1, 2, 3), scratch=tmp_path
    )
    assert [reading.refusal.split(".")[1] for reading in refused] == [
        "json is a JSON document, not a table",
        "csv is empty: it holds 0 bytes",
        "json is a JSON document, not a table",
    ]


PAGE = Path(__file__).parents[3] / "docs/explanation/hyndburn-spend.md"
HEADER_LAST = ("March-25-CSV.csv", "April-25-CSV.csv", "Sept-25-CVS.csv")


def said(number: int | Decimal) -> str:
    """A figure as the page writes it: 35,961 or £241,262,911.31."""
    return f"£{number:,.2f}" if isinstance(number, Decimal) else f"{number:,}"


@pytest.mark.slow
def test_the_page_on_hyndburn_says_what_the_plain_reading_computes():
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    files = {
        path.name.removesuffix(".xz"): plainly(path.relative_to(SPEND).as_posix())
        for path in real_files(SPEND / "lancashire-hyndburn")
        if path.parent.name == "raw"
    }
    assert len(files) == 107
    whole = sum(files.values(), PlainReading())
    last = sum((files[name] for name in HEADER_LAST), PlainReading())
    slips = {name: file for name, file in files.items() if file.reasons["outside_period"]}
    lines, pounds = whole.rows_kept + whole.reasons["outside_period"], whole.kept + whole.set_aside
    assert f"{said(lines)} payment lines and {said(pounds)}" in page
    assert f"keeps {said(whole.rows_kept)} ({said(whole.kept)})" in page
    assert f"five ({said(whole.set_aside)})" in page
    assert f"{whole.negatives} of the lines are credits" in page
    assert f"{said(lines)} | {said(pounds)} | nothing" in page
    without = f"{said(lines - last.rows_kept)} | {said(pounds - last.kept)}"
    assert f"{without} | the three files" in page
    for name in HEADER_LAST:
        file = files[name]
        figures = f"{said(file.rows_kept)} | {said(file.kept)} | {file.negatives} |"
        assert f"`{name}` | {figures}" in page
        assert file.reasons["repeated_header"] == 1
    assert f"together | {said(last.rows_kept)} | {said(last.kept)} | {last.negatives} |" in page
    for name, file in slips.items():
        count = file.reasons["outside_period"]
        assert f"`{name}` | {count} | {said(file.set_aside)} |" in page
    assert f"{said(whole.rows_blank)} wholly blank lines" in page
    assert f"up to {said(max(file.rows_blank for file in files.values()))} in one" in page


@pytest.mark.slow
def test_the_page_on_hyndburn_says_what_the_cleaned_list_lost():
    import gzip
    import json

    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    folder = SPEND / "lancashire-hyndburn"
    peer = json.loads(gzip.decompress((folder / "peer/spending.json.gz").read_bytes()))
    pounds = sum(Decimal(str(row["amount"])).quantize(Decimal("0.01")) for row in peer)
    assert f"{said(len(peer))} | {said(pounds)} |" in page
    assert f"{said(35_961 - len(peer))} lines, by four faults" in page
    assert said(Decimal("241262911.31") - pounds) in page
