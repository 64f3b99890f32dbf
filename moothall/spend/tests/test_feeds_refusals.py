"""Is what is not spend refused, with a sentence, quickly and in little memory?"""

import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from moothall.spend.feeds.read_files import files_found, readings
from moothall.spend.feeds.reading import Stamp
from moothall.spend.feeds.refusals import LONGEST_RECORD, why_not_read

ROWS = b"Supplier,Date,Amount\r\nAlder Works,01/04/2025,10.00\r\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def directory_entry(name: str) -> bytes:
    """A compound file's 128-byte directory entry for a stream of this name."""
    text = name.encode("utf-16-le")
    return text.ljust(64, b"\0") + (len(text) + 2).to_bytes(2, "little") + b"\2" + b"\0" * 61


def refusal_of(tmp_path: Path, content: bytes, name: str = "april.csv") -> str | None:
    path = tmp_path / name
    path.write_bytes(content)
    return why_not_read(path, name=name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "april.csv is empty: it holds 0 bytes."),
        (b"\xef\xbb\xbf \r\n\r\n", "april.csv is empty: it holds 8 bytes of blanks."),
        (b",,,\r\n" * 40_000, "april.csv is empty: it holds 200,000 bytes of blanks."),
        (b"%PDF-1.7\n%\xe2\xe3", "april.csv is a PDF, not a table."),
        (b"\n\n<!DOCTYPE html>\n<title>404</title>", "april.csv is a web page, not a table"),
        (b"\xef\xbb\xbf<HTML><body>", "april.csv is a web page, not a table"),
        ("\ufeff<html>".encode("utf-16-le"), "april.csv is a web page, not a table"),
        (b'<?xml version="1.0"?><rss/>', "april.csv is an XML document"),
        (b'[{"supplier": "Alder"}]', "april.csv is a JSON document"),
        (b"\x89PNG\r\n\x1a\n\0\0", "april.csv is a PNG picture, not a table."),
        (b"\xff\xd8\xff\xe0", "april.csv is a JPEG picture, not a table."),
        (b"RIFF\0\0\0\0WEBPVP8 ", "april.csv is a WebP picture, not a table."),
        (b"7z\xbc\xaf\x27\x1c\0\4", "april.csv is a 7-Zip archive, which is not read here."),
        (b"Rar!\x1a\x07\0", "april.csv is a RAR archive, which is not read here."),
        (b"a" * 257 + b"ustar\x0000", "april.csv is a tar archive, which is not read here."),
        (b"PAR1" + b"\0" * 9, "april.csv is a Parquet file, which is not read here."),
        (b"MZ\x90\0", "april.csv is a Windows program"),
        (b"{\\rtf1\\ansi", "april.csv is a rich-text document"),
        (b"\x01\x02\0\0\x03\0\0\0" * 99, "april.csv is not text: it holds zero bytes"),
        (OLE + directory_entry("WordDocument"), "april.csv is a Word document"),
        (OLE + directory_entry("EncryptedPackage"), "april.csv is locked with a password."),
        (OLE + directory_entry("Other"), "april.csv is an Office file with no workbook in it"),
        (
            OLE + directory_entry("Workbook") + directory_entry("_VBA_PROJECT"),
            "april.csv is a workbook with macros, which is never opened here.",
        ),
        (b"x" * (LONGEST_RECORD + 1), "april.csv has no line end in its first 1,048,576 bytes"),
    ],
)
def test_what_is_not_a_table_is_refused_by_what_it_is(tmp_path, content, words):
    sentence = refusal_of(tmp_path, content)
    assert sentence is not None
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        b"\xef\xbb\xbf\xef\xbb\xbf" + ROWS,
        ROWS.decode().encode("utf-16"),
        ROWS.decode().encode("utf-16-le"),
        b",,,\r\n" * 3 + ROWS,
        b'"A note <html> in a cell",1\n' + ROWS,
        OLE + directory_entry("Workbook"),
        OLE + directory_entry("Book"),
    ],
)
def test_what_may_be_spend_is_not_refused_at_the_door(tmp_path, content):
    assert refusal_of(tmp_path, content) is None


def office_file(path: Path, *parts: str, mimetype: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", f"application/vnd.oasis.{mimetype}")
        else:
            archive.writestr("[Content_Types].xml", "<Types/>")
        for part in parts:
            archive.writestr(part, "x")
    return path


@pytest.mark.parametrize(
    ("parts", "mimetype", "words"),
    [
        (["xl/workbook.xml", "xl/vbaProject.bin"], "", "a workbook with macros"),
        (["Basic/Standard/a.xml"], "opendocument.spreadsheet", "a workbook with macros"),
        (["word/document.xml"], "", "a word-processor document"),
        (["ppt/presentation.xml"], "", "a presentation"),
        (["visio/document.xml"], "", "an office document that is not a workbook"),
        (["content.xml"], "opendocument.text", "a word-processor document"),
        (["xl/workbook.xml"], "", None),
        (["content.xml"], "opendocument.spreadsheet", None),
    ],
)
def test_an_office_file_is_judged_by_its_parts_not_its_name(tmp_path, parts, mimetype, words):
    path = office_file(tmp_path / "april.xlsx", *parts, mimetype=mimetype)
    sentence = why_not_read(path, name="april.xlsx")
    assert (sentence is None) == (words is None)
    assert words is None or words in sentence


def test_a_file_that_is_not_there_is_refused_with_where_to_look(tmp_path):
    assert why_not_read(tmp_path / "gone.csv", name="gone.csv") == (
        "gone.csv is not there. Check the address, or upload the file again."
    )


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="An administrator may read all.")
def test_a_file_that_may_not_be_read_is_refused_by_that(tmp_path):
    path = tmp_path / "shut.csv"
    path.write_bytes(ROWS)
    path.chmod(0)
    assert "may not be read by this account" in why_not_read(path, name="shut.csv")


def test_a_file_the_system_may_not_open_is_refused_by_that(tmp_path, monkeypatch):
    path = tmp_path / "shut.csv"
    path.write_bytes(ROWS)

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert why_not_read(path, name="shut.csv") == (
        "shut.csv may not be read by this account. Change its permissions and load it again."
    )


def refused(tmp_path: Path, content: bytes, name: str) -> str | None:
    """The sentence with which the reader proper refuses a file, or None when it is read."""
    (tmp_path / name).write_bytes(content)
    (reading,) = readings(
        tmp_path / name, new_stamp=lambda: Stamp(1, 1, 1), scratch=tmp_path / "scratch"
    )
    return reading.refusal


REGISTER = "Contract Ref,Contract Title,Supplier,Start Date,End Date,Review Date,Contract Value"


def test_a_contracts_register_in_a_spend_slot_is_refused_as_another_dataset(tmp_path):
    rows = (
        f"Register of contracts\r\n\r\n{REGISTER}\r\nC1,Grass,Alder,1/4/20,1/4/24,1/4/23,9.00\r\n"
    )
    sentence = refused(tmp_path, rows.encode(), "2022-07.csv")
    assert "its columns are those of a contracts register, not of payments" in sentence


@pytest.mark.parametrize(
    "header",
    [
        "Body,Supplier Name,Payment Date,Net Amount,Contract Reference,Contract Title",
        "Contract Title,Supplier,Date,Amount,Contract Reference,Contract Number",
        "Organisation Name,Supplier Name,Payment Date,Net Amount,Contract,Description",
        "Job title of approver,Supplier,Date,Amount,Grade,Department",
    ],
)
def test_payments_that_name_their_contract_are_still_payments(tmp_path, header):
    row = "Anytown,Alder Works,01/04/2025,10.00,C1,Grass"
    assert refused(tmp_path, f"{header}\n{row}\n{row}\n".encode(), "april-2025.csv") is None


def test_payments_for_salary_sacrifice_are_not_a_list_of_salaries(tmp_path):
    rows = ROWS + b"Mgnt fees - salary sacrifice,01/04/2025,36.00\r\nAVC grade,02/04/2025,3.00\r\n"
    assert refused(tmp_path, rows, "april.csv") is None


@pytest.mark.parametrize(
    ("header", "dataset"),
    [
        ("Job title,Grade,Salary ceiling,Reports to", "senior salaries list"),
        ("UPRN,Property name,Tenure,Easting,Northing", "land and property register"),
        ("Recipient Org:Name,Grant Programme,Amount Awarded,Award Date", "grants register"),
    ],
)
def test_other_published_datasets_are_known_by_their_headers(tmp_path, header, dataset):
    rows = f"{header}\n1,2,3,4\n".encode()
    assert f"those of a {dataset}, not of payments" in refused(tmp_path, rows, "list-2025.csv")


def test_a_line_of_two_gigabytes_is_refused_at_once_and_in_little_memory(tmp_path):
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:  # sparse: two gigabytes long, two megabytes on disk
        file.write(b"x" * (2 * LONGEST_RECORD))
        file.truncate(2 * 1024**3)
    tracemalloc.start()
    sentence = why_not_read(path, name="endless.csv")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "no line end in its first 1,048,576 bytes" in sentence
    assert peak < 8 * 1024**2


def test_a_line_of_two_gigabytes_below_good_rows_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(ROWS + ROWS.splitlines(keepends=True)[1] * 5_000)
        file.write(b"Beech,02/04/2025,1.00," + b"x" * (2 * LONGEST_RECORD))
        file.truncate(2 * 1024**3)
    tracemalloc.start()
    (reading,) = readings(path, new_stamp=lambda: Stamp(1, 1, 1), scratch=tmp_path / "scratch")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reading.refusal.startswith("endless.csv was not read: ")
    assert peak < 64 * 1024**2


def test_a_record_longer_than_a_mebibyte_is_refused_wherever_it_stands(tmp_path):
    rows = ROWS + ROWS.splitlines(keepends=True)[1] * 5_000
    sentence = refused(tmp_path, rows + b"x" * (3 * LONGEST_RECORD) + b"\r\n" + rows, "a.csv")
    assert "1 MiB" in sentence or "1,048,576" in sentence


def test_a_refused_file_does_not_stop_the_rest_of_its_folder(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"%PDF-1.4")
    (tmp_path / "b.csv").write_bytes(ROWS)
    (tmp_path / ".hidden.csv").write_bytes(ROWS)
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "c.csv").write_bytes(ROWS)
    found = list(files_found(tmp_path, scratch=tmp_path / ".scratch"))
    assert [(file.name, file.refusal is None) for file in found] == [
        ("a.csv", False),
        ("b.csv", True),
        ("later/c.csv", True),
    ]
