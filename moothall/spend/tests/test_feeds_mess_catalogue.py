"""Does the reader meet each demand, (a) to (l), of the catalogue of how real files are broken?"""

import csv
import io
import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from moothall.spend.feeds.read_files import FileRead, files_read
from moothall.spend.feeds.reading import Reading, Stamp

HEADER = "Directorate,Supplier Name,Supplier ID,Payment Date,Net Amount"
BODY = [
    ("Highways", "Alder Works Ltd", "101", "03/04/2025", "1200.50"),
    ("Highways", "Beech and Sons", "102", "14/04/2025", "99.99"),
    ("Schools", "Cedar Press Ltd", "103", "25/04/2025", "10.01"),
]


def text_of(rows: list[tuple[str, ...]] = BODY, *, header: str = HEADER) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return header + "\r\n" + out.getvalue()


def read(tmp_path: Path, content: bytes | str, name: str = "april-2025.csv") -> FileRead:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (file,) = files_read(path, new_stamp=lambda: Stamp(1, 2, 3), scratch=tmp_path / "scratch")
    return file


def lines_of(file: FileRead) -> pl.DataFrame:
    assert file.reading.refusal is None, file.reading.refusal
    return pl.read_parquet(file.lines)


def aside_of(file: FileRead) -> list[tuple]:
    return pl.read_parquet(file.aside).select("row", "reason", "amount").rows()


@pytest.mark.slow
def test_a_every_real_file_is_read_or_refused_by_name(shared_data, tmp_path):
    count, source = 0, itertools.count()
    for file in files_read(
        shared_data / "spend", new_stamp=lambda: Stamp(1, 2, next(source)), scratch=tmp_path
    ):
        count += 1
        reading = file.reading
        if reading.refusal is None:
            assert reading.rows_read > 0, file.name
            assert reading.rows_read == reading.rows_kept + reading.rows_set_aside
        else:
            assert file.name in reading.refusal
            assert not file.name.endswith((".csv", ".csv.xz", ".xlsx", ".zip")) or (
                file.name == "leeds/raw/2018-10.csv" or "CHECK" in file.name or "MANI" in file.name
            )
    assert count == 241


def test_b_kept_and_set_aside_and_blank_and_what_stands_above_are_all_the_rows(tmp_path):
    rows = [
        ("Payments over £500",),
        (),
        tuple(HEADER.split(",")),
        *BODY,
        ("", "", "", "", ""),
        ("Highways", "Damson Ltd", "104", "26/04/2025", "#####"),
        tuple(HEADER.split(",")),
        ("Highways", "Elder Ltd", "105", "99/99/2025", "5.00"),
        ("", "", "", "", "1310.50"),
        ("© Anytown Council 2025",),
    ]
    content = "\r\n".join(",".join(row) for row in rows) + "\r\n"
    reading = read(tmp_path, content).reading
    above = 3
    assert above + reading.rows_read + reading.rows_blank == len(rows)
    assert (reading.rows_kept, reading.rows_set_aside, reading.rows_blank) == (3, 5, 1)
    assert sum(reading.reasons.values()) == 5
    assert reading.amount_read == Decimal("1310.50") + Decimal("5.00") + Decimal("1310.50")


NEGATIVES = ["-12.50", "(12.50)", "12.50-", "-£12.50", "£-12.50", "(£12.50)", "12.50CR", "−12.50"]


@pytest.mark.parametrize("written", NEGATIVES)
def test_c_every_way_to_write_a_credit_keeps_its_sign(tmp_path, written):
    rows = [*BODY, ("Schools", "Cedar Press Ltd", "103", "26/04/2025", written)]
    lines = lines_of(read(tmp_path, text_of(rows)))
    assert lines["amount"].to_list()[-1] == Decimal("-12.50")
    assert lines["amount_text"].to_list()[-1] == written


def test_c_the_count_and_the_sum_of_credits_survive(tmp_path):
    credits = [("Schools", "Cedar Press Ltd", "103", "26/04/2025", text) for text in NEGATIVES]
    amounts = lines_of(read(tmp_path, text_of([*BODY, *credits, *BODY])))["amount"]
    negative = amounts.filter(amounts < 0)
    assert (len(negative), negative.sum()) == (len(NEGATIVES), Decimal("-100.00"))


def test_d_a_lone_amount_below_that_is_the_sum_is_a_control_total(tmp_path):
    file = read(tmp_path, text_of([*BODY, ("", "", "", "", "1310.50")]))
    (total,) = file.reading.control_totals
    assert (total.row, total.printed, total.computed, total.agrees) == (
        5, Decimal("1310.50"), Decimal("1310.50"), True,
    )  # fmt: skip
    assert file.reading.amount_kept == file.reading.amount_control == Decimal("1310.50")
    assert file.reading.amount_set_aside == 0
    assert file.reading.warnings == ()


def test_d_one_that_is_not_the_sum_is_reported(tmp_path):
    file = read(tmp_path, text_of([*BODY, ("", "", "", "", "1310.51")]))
    (total,) = file.reading.control_totals
    assert (total.printed, total.computed, total.agrees) == (
        Decimal("1310.51"), Decimal("1310.50"), False,
    )  # fmt: skip
    assert any("£1,310.51, does not agree" in warning for warning in file.reading.warnings)


def test_e_a_supplier_called_total_survives_and_a_grand_total_does_not(tmp_path):
    rows = [
        ("Highways", "TOTAL GAS & POWER", "104", "03/04/2025", "500.00"),
        *BODY,
        ("Schools", "Total People Ltd", "105", "28/04/2025", "20.00"),
        ("Schools", "TOTAL GAS & POWER", "104", "29/04/2025", "1.00"),
        ("Grand Total", "", "", "", "1831.50"),
    ]
    file = read(tmp_path, text_of(rows))
    assert lines_of(file)["supplier_name"].to_list().count("TOTAL GAS & POWER") == 2
    assert file.reading.rows_kept == 6
    assert aside_of(file) == [(8, "control_total", Decimal("1831.50"))]


def test_e_a_supplier_called_total_may_come_last(tmp_path):
    rows = [*BODY, ("Highways", "TOTAL GAS & POWER", "104", "30/04/2025", "500.00")]
    assert lines_of(read(tmp_path, text_of(rows))).height == 4


def test_f_identical_lines_all_stay(tmp_path):
    rows = [*BODY, *[("Schools", "Fennel Foods Ltd", "109", "25/04/2025", "3.20")] * 168]
    lines = lines_of(read(tmp_path, text_of(rows)))
    assert lines.filter(pl.col("supplier_name") == "Fennel Foods Ltd").height == 168


@pytest.mark.parametrize(
    "pound", [b"\x9c", b"\xa3", b"\xc2\xa3", b"\xef\xbf\xbd"], ids=["9C", "A3", "C2A3", "FFFD"]
)
def test_g_a_pound_sign_in_any_encoding_is_read(tmp_path, pound):
    content = text_of(header=HEADER.replace("Net Amount", "Net Amount(#)")) + (
        'Schools,"Gorse, Ltd",110,30/04/2025,"#1,000.00"\r\n'
        "Schools,Hazel,111,30/04/2025,-#20.00\r\n"
    )
    file = read(tmp_path, content.encode("ascii").replace(b"#", pound))
    assert lines_of(file)["amount"].to_list()[-2:] == [Decimal("1000.00"), Decimal("-20.00")]
    assert file.reading.rows_set_aside == 0


@pytest.mark.parametrize("written", ["43658", "43658.42936"])
def test_h_an_excel_day_number_is_the_day_it_stands_for(tmp_path, written):
    rows = [(*row[:3], written, row[4]) for row in BODY]
    lines = lines_of(read(tmp_path, text_of(rows), "july-2019.csv"))
    assert lines["paid_on"].to_list() == [date(2019, 7, 12)] * 3


def test_i_a_year_far_from_the_files_own_is_set_aside(tmp_path):
    rows = [*BODY, *[("Schools", "Ivy Ltd", "112", f"30/04/{2026 + n}", "7.00") for n in range(3)]]
    file = read(tmp_path, text_of(rows))
    assert lines_of(file).height == 3
    assert aside_of(file) == [(row, "outside_period", Decimal("7.00")) for row in (5, 6, 7)]
    assert file.reading.amount_set_aside == Decimal("21.00")


def test_j_a_contracts_register_in_a_spend_slot_is_known_for_what_it_is(tmp_path):
    header = "Contract Title,Supplier Name,Start Date,End Date,Review Date,Contract Value"
    content = f"{header}\r\nGrass,Alder,01/04/2020,31/03/2024,01/01/2024,1000.00\r\n" * 2
    refusal = read(tmp_path, content, "2022-07.csv").reading.refusal
    assert "its columns are those of a contracts register, not of payments" in refusal


def test_k_a_supplier_id_with_a_clear_and_a_redacted_name_is_told_apart_line_by_line(tmp_path):
    """The alert before publication is the publishing deed's; it rests on these two columns."""
    rows = [
        *BODY,
        ("Care", "REDACTED PERSONAL DATA", "102", "26/04/2025", "40.00"),
        ("Care", "Redactive Publishing Ltd", "113", "26/04/2025", "50.00"),
    ]
    lines = lines_of(read(tmp_path, text_of(rows)))
    both = lines.group_by("supplier_ref").agg(pl.col("is_redacted").n_unique() == 2)
    assert both.filter("is_redacted")["supplier_ref"].to_list() == ["102"]
    assert lines["is_redacted"].to_list() == [False, False, False, True, False]


def test_l_the_same_bytes_give_the_same_files_to_the_byte(tmp_path):
    content = text_of([*BODY, ("", "", "", "", "1310.50")])
    (tmp_path / "again").mkdir()
    first, second = read(tmp_path, content), read(tmp_path / "again", content)
    assert first.sha256 == second.sha256
    assert first.lines.read_bytes() == second.lines.read_bytes()
    assert first.aside.read_bytes() == second.aside.read_bytes()
    assert first.reading == second.reading


def test_an_unclosed_quote_that_swallows_the_file_is_read_as_a_quote_and_reported(tmp_path):
    rows = [f"Schools,Juniper Pipes,{n},25/04/2025,1.00" for n in range(200)]
    rows[3] = 'Schools,"Juniper Pipes,3,25/04/2025,1.00'
    reading: Reading = read(tmp_path, HEADER + "\r\n" + "\r\n".join(rows) + "\r\n").reading
    assert (reading.rows_kept, reading.amount_kept) == (200, Decimal("200.00"))
    assert any("quote" in warning for warning in reading.warnings)
