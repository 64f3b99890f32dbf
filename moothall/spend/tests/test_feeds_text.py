"""Does every text file give the same lines, whole and exact, whatever its bytes are like?"""

import io
import lzma
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.spend.feeds import encodings
from moothall.spend.feeds import text as text_room
from moothall.spend.feeds.read_files import BATCH_BYTES
from moothall.spend.feeds.reading import Asked, CannotRead, Stamp
from moothall.spend.feeds.text import propose_mapping, read_texts

STAMP = Stamp(body_id=1, publication_id=2, source_id=3)
HEADER = "Service,Payment Date,Supplier Name,Net Amount (£)"
ROWS = (
    "Parks,03/04/2023,Able Ltd,250.00",
    "Parks,13/04/2023,Baker Ltd,-12.50",
    '"Roads, bridges",14/04/2023,"Cable ""C"" Ltd","1,300.25"',
    "Roads,15/04/2023,Total Gas & Power,62.25",
)
TOTAL = Decimal("1600.00")


def written(
    folder: Path, content: str | bytes, encoding: str = "utf-8", name: str = "April-2023.csv"
) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read_all(paths: list[Path], *, careful: bool = False, **options):
    """Of each file its Reading, lines and rows set aside; or why it was not read."""
    files = [
        Asked(
            **{"path": path, "name": path.name, "stamp": STAMP, **options},
            lines_path=path.parent / f"{place}-lines.parquet",
            aside_path=path.parent / f"{place}-aside.parquet",
        )
        for place, path in enumerate(paths)
    ]
    told = []
    for asked, reading in zip(files, read_texts(files, careful=careful), strict=True):
        if isinstance(reading, CannotRead):
            told.append(reading)
            continue
        lines, aside = pl.read_parquet(asked.lines_path), pl.read_parquet(asked.aside_path)
        assert reading.rows_read == reading.rows_kept + reading.rows_set_aside
        assert (lines.height, aside.height) == (reading.rows_kept, reading.rows_set_aside)
        assert (lines["amount"].sum() or 0) == reading.amount_kept
        told.append((reading, lines, aside))
    return told


def read(path: Path, **options):
    (told,) = read_all([path], **options)
    if isinstance(told, CannotRead):
        raise told
    return told


def agree(some, others) -> bool:
    if isinstance(some, CannotRead) or isinstance(others, CannotRead):
        return str(some) == str(others)
    return some[0] == others[0] and some[1].equals(others[1]) and some[2].equals(others[2])


def csv_of(*rows: str, end: str = "\r\n", header: str = HEADER) -> str:
    return end.join([header, *rows]) + end


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("cp437", "cp850"),
        ("cp850", "cp850"),
        ("utf-16", "utf-8"),
        ("utf-16-le", "utf-8"),
        ("utf-16-be", "utf-8"),
    ],
)
def test_the_pound_sign_is_read_in_every_encoding(tmp_path, encoding, found):
    rows = [row.replace("250.00", "£250.00") for row in ROWS]
    reading, lines, _ = read(written(tmp_path, csv_of(*rows), encoding))
    assert (reading.encoding, reading.amount_kept) == (found, TOTAL)
    assert lines["amount_text"][0] == "£250.00"


def test_a_doubled_mark_at_the_start_does_not_hide_the_first_column(tmp_path):
    _, lines, _ = read(written(tmp_path, b"\xef\xbb\xbf\xef\xbb\xbf" + csv_of(*ROWS).encode()))
    assert lines["department"][0] == "Parks"


def test_a_replacement_character_in_the_header_hides_nothing(tmp_path):
    assert read(written(tmp_path, csv_of(*ROWS).replace("£", "\ufffd")))[0].amount_kept == TOTAL


def test_stray_bytes_in_a_utf8_file_are_read_as_windows_letters(tmp_path):
    content = csv_of(*ROWS).encode().replace(b"Able Ltd", b"Able\x92s Ltd")
    reading, lines, _ = read(written(tmp_path, content))
    assert reading.encoding == "mixed"
    assert lines["supplier_name"][0] == "Able’s Ltd"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_record_and_counts_a_line(tmp_path, end):
    reading, lines, _ = read(written(tmp_path, csv_of(*ROWS, end=end)))
    assert reading.amount_kept == TOTAL
    assert lines["row"].to_list() == [2, 3, 4, 5]


def test_a_bare_return_inside_a_cell_ends_nothing(tmp_path):
    rows = [
        *ROWS[:2],
        "Parks,13/04/2023,Baker\rand Sons,10.00",
        'Parks,13/04/2023,"Dray\rLtd",-10.00',
        *ROWS[2:],
    ]
    reading, lines, _ = read(written(tmp_path, csv_of(*rows)))
    assert reading.amount_kept == TOTAL
    assert lines["supplier_name"].to_list()[2:4] == ["Baker and Sons", "Dray Ltd"]
    assert lines["row"].to_list() == [2, 3, 4, 5, 6, 7]


def test_a_cell_of_several_lines_is_one_row_that_begins_on_the_first(tmp_path):
    rows = [ROWS[0], 'Parks,13/04/2023,"Baker\r\nLtd\r\n",-12.50', *ROWS[2:]]
    reading, lines, _ = read(written(tmp_path, csv_of(*rows)))
    assert reading.amount_kept == TOTAL
    assert lines["row"].to_list() == [2, 3, 6, 7]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    content = "\n".join(
        delimiter.join(cells)
        for cells in [
            ("Service", "Payment Date", "Supplier Name", "Net Amount"),
            ("Parks, green", "03/04/2023", "Able Ltd", "1,250.00"),
            ("Roads", "04/04/2023", "Baker Ltd", "-2.00"),
        ]
    )
    reading, _, _ = read(written(tmp_path, content))
    assert (reading.delimiter, reading.amount_kept) == (delimiter, Decimal("1248.00"))


def test_an_unclosed_quote_swallows_no_payment_and_is_reported(tmp_path):
    many = [f"Parks,03/04/2023,Firm {n} Ltd,1.00" for n in range(120)]
    rows = ['Parks,03/04/2023,"Able Ltd,250.00', *many, *ROWS[1:]]
    reading, lines, _ = read(written(tmp_path, csv_of(*rows)))
    assert reading.amount_kept == TOTAL + 120
    assert lines["supplier_name"][0] == '"Able Ltd'
    assert "quote on line 2 is never closed" in reading.warnings[0]


def test_an_unclosed_quote_near_the_end_swallows_nothing_either(tmp_path):
    rows = [*ROWS[:2], 'Roads,14/04/2023,"Cable Ltd,1300.25', ROWS[3]]
    reading, _, _ = read(written(tmp_path, csv_of(*rows)))
    assert reading.amount_kept == TOTAL
    assert reading.warnings


def test_two_stray_quotes_do_not_make_the_rows_between_them_one_cell(tmp_path):
    between = [f"Parks,03/04/2023,Firm {n} Ltd,1.00" for n in range(8)]
    rows = [
        'Parks,03/04/2023,"Able Ltd,250.00',
        *between,
        'Parks,13/04/2023,Baker" Ltd,-12.50',
        *ROWS[2:],
    ]
    assert read(written(tmp_path, csv_of(*rows)))[0].amount_kept == TOTAL + 8


def test_what_cannot_be_kept_is_set_aside_with_its_reason(tmp_path):
    rows = [
        *ROWS,
        "Parks,05/04/2023,Dray Ltd,",
        "Parks,05/04/2023,Dray Ltd,####",
        "Parks,31/02/2023,Dray Ltd,5.00",
        "Parks,05/04/2033,Dray Ltd,7.00",
        HEADER,
        ",,,",
        "",
        ",,,1600.00",
        "Figures are provisional,,,",
    ]
    reading, _, aside = read(written(tmp_path, csv_of(*rows)))
    assert reading.amount_kept == TOTAL
    assert dict(zip(aside["row"], aside["reason"], strict=True)) == {
        6: "no_amount",
        7: "amount_not_a_number",
        8: "no_date_readable",
        9: "outside_period",
        10: "repeated_header",
        13: "control_total",
        14: "footer",
    }
    assert (reading.rows_blank, reading.rows_without_amount) == (2, 4)
    assert (reading.amount_set_aside, reading.amount_control) == (Decimal("12.00"), TOTAL)
    assert reading.amount_read == TOTAL + Decimal("12.00") + TOTAL
    assert reading.control_totals[0].agrees
    assert aside["sentence"][1] == 'Amount not a number: "####".'
    assert "outside the file's period, April 2023" in aside["sentence"][3]


def test_moved_cells_are_called_so(tmp_path):
    rows = [*ROWS, "Parks,03/04/2023,Able Ltd,REDACTED PERSONAL DATA,250.00"]
    reading, _, aside = read(written(tmp_path, csv_of(*rows)))
    assert aside["reason"].to_list() == ["shifted_cells"]
    assert reading.amount_kept == TOTAL


def test_identical_lines_all_stay(tmp_path):
    reading, lines, _ = read(written(tmp_path, csv_of(*([ROWS[0]] * 168))))
    assert (reading.rows_kept, reading.amount_kept) == (168, Decimal("42000.00"))
    assert lines["name_key"].n_unique() == 1


def test_a_header_sorted_to_the_bottom_still_names_the_columns(tmp_path):
    content = "\r\n".join([*(ROWS * 3), HEADER])
    reading, lines, aside = read(written(tmp_path, content))
    assert reading.amount_kept == TOTAL * 3
    assert aside["sentence"].to_list() == ["The header, out of its place."]
    assert lines["department"][0] == "Parks"


def test_a_file_without_dates_takes_the_first_day_of_its_period(tmp_path):
    content = (
        "Supplier Name,Total\nAble Ltd,5.00\nBaker Ltd,6.00\nCable Ltd,7.00\nGrand Total,18.00\n"
    )
    reading, lines, _ = read(written(tmp_path, content))
    assert lines["date_basis"].unique().to_list() == ["file period"]
    assert reading.warnings == (
        "No column of this file looks like the date.",
        "Each line is dated the first day of the file's period, April 2023.",
    )
    assert str(lines["paid_on"][0]) == "2023-04-01"
    assert (reading.amount_kept, reading.amount_control) == (Decimal("18.00"), Decimal("18.00"))


def test_more_than_two_decimals_are_kept_to_the_penny_and_the_difference_told(tmp_path):
    rows = ["Parks,03/04/2023,Able Ltd,1.0049", "Parks,03/04/2023,Able Ltd,1.0049"]
    reading, lines, _ = read(written(tmp_path, csv_of(*rows)))
    assert (reading.amount_kept, reading.rounding_difference) == (
        Decimal("2.00"),
        Decimal("0.0098"),
    )
    assert lines["amount_text"][0] == "1.0049"


def test_placeholders_are_no_numbers_and_marks_are_no_names(tmp_path):
    content = (
        "Date,Supplier Name,Supplier ID,VAT Registration Number,Amount\n"
        "03/04/2023,REDCATED PERSONAL DATA,Redacted,N/A,5.00\n"
        "04/04/2023,Redactive Publishing Ltd,S12,123456789,6.00\n"
    )
    _, lines, _ = read(written(tmp_path, content))
    assert lines["supplier_ref"].to_list() == [None, "S12"]
    assert lines["vat_number"].to_list() == [None, "123456789"]
    assert lines["is_redacted"].to_list() == [True, False]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"a,b\0,c\n" * 20, "zero bytes"),
        (b"x" * (2**20 + 10), "more than 1 MiB"),
        (b"Name,Colour\nAble,Red\nBaker,Blue\n", "holds amounts"),
        (
            b"Contract Reference,Title,Contract Start Date,Contract End Date,Contract Value\n"
            b"A1,Pens,01/04/2023,31/03/2024,5.00\n",
            "contracts register",
        ),
    ],
)
def test_what_is_not_a_payments_file_is_refused_with_a_sentence(tmp_path, content, words):
    with pytest.raises(CannotRead, match=words):
        read(written(tmp_path, content))


def test_a_file_that_says_no_period_is_refused(tmp_path):
    with pytest.raises(CannotRead, match="put the month in its name"):
        read(written(tmp_path, "Supplier Name,Total\nAble Ltd,5.00\n", name="list.csv"))


def test_the_proposal_shows_columns_rows_and_doubts(tmp_path):
    proposal = propose_mapping(written(tmp_path, csv_of(*ROWS)))
    assert proposal.mapping.columns["amount"].header == "Net Amount (£)"
    assert proposal.sample_rows[0] == ("Parks", "03/04/2023", "Able Ltd", "250.00")
    assert proposal.doubts == ()


def test_a_corrected_mapping_is_followed(tmp_path):
    path = written(tmp_path, "Date,Supplier,Amount,Value\n03/04/2023,Able Ltd,12.00,10.00\n")
    mapping = propose_mapping(path).mapping
    mapping.columns["amount"] = type(mapping.columns["amount"])(3, "Value")
    assert read(path, confirmed=mapping)[0].amount_kept == Decimal("10.00")


cells = st.text(
    alphabet=st.sampled_from("abc XY£é,\"\r\n\t'()-0123456789.\u00a0"), max_size=12
).filter(lambda cell: not cell.strip().replace(",", "").replace(".", "").isdigit())
rows_of_cells = st.lists(
    st.tuples(cells, cells, st.integers(-(10**8), 10**8), st.integers(0, 3)),
    min_size=1,
    max_size=40,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=rows_of_cells, end=st.sampled_from(["\n", "\r\n"]), is_raw=st.booleans())
def test_the_fast_way_and_the_careful_way_agree_on_any_file(tmp_path, rows, end, is_raw):
    def quoted(cell: str) -> str:
        if is_raw:
            return cell.replace(",", "").replace("\n", "")
        return '"' + cell.replace('"', '""') + '"'

    content = csv_of(
        *(
            f"{quoted(service)},03/04/2023,{quoted(supplier)},{pence / 100:.2f}{',' * extra}"
            for service, supplier, pence, extra in rows
        ),
        end=end,
    )
    path = written(tmp_path, content)
    try:
        fast = read(path)
    except CannotRead as refusal:
        with pytest.raises(CannotRead, match=re.escape(str(refusal))):
            read(path, careful=True)
        return
    assert agree(fast, read(path, careful=True))


def test_a_file_of_several_blocks_reads_as_one(tmp_path, monkeypatch):
    rows = [ROWS[n % 4] for n in range(400)]
    path = written(tmp_path, csv_of(*rows, ",,,160000.00"))
    whole = read(path)
    monkeypatch.setattr(encodings, "BLOCK_BYTES", 2000)
    monkeypatch.setattr(text_room, "BATCH_ROWS", 90)
    for careful in (False, True):
        assert agree(read(path, careful=careful), whole)


# Of one layout with `csv_of`, and each odd in its own way.
MONTH_FIRST = ("Parks,04/13/2023,Able Ltd,1.00", "Parks,04/03/2023,Baker Ltd,2.00")
TOTALLED = (*ROWS, ",,,1600.00")
ASIDE = (*ROWS, "Parks,13/04/2023,No amount Ltd,", "Parks,13/04/1923,Old Ltd,5.00", ",,,")
ROUNDED = ("Parks,03/04/2023,Able Ltd,1.005", "Parks,03/04/2023,Able Ltd,2.005")
ALIKE = (ROWS, MONTH_FIRST, TOTALLED, ASIDE, ROUNDED)
OF_SEVERAL_LINES = (*ROWS, 'Parks,03/04/2023,"Able\nLtd",3.00')
LONGER_THAN_ITS_HEADER = (*ROWS, *["Parks,03/04/2023,Able Ltd,3.00"] * 250, ROWS[0] + ",,,")


def test_files_of_one_layout_are_read_as_one_frame_and_each_says_what_it_says_alone(
    tmp_path, monkeypatch
):
    texts = [csv_of(*rows) for rows in ALIKE]
    texts += [csv_of(*ROWS, end="\n"), csv_of(*ROWS).rstrip(), "Payments,,,\r\n" + texts[0]]
    paths = [written(tmp_path, text, name=f"April-2023-{n}.csv") for n, text in enumerate(texts)]
    alone = [read(path, careful=True) for path in paths]
    read_csv, parsed = pl.read_csv, []
    monkeypatch.setattr(pl, "read_csv", lambda *a, **k: parsed.append(1) or read_csv(*a, **k))
    together = read_all(paths)
    assert len(parsed) == 1
    assert [agree(*pair) for pair in zip(together, alone, strict=True)] == [True] * len(paths)
    assert {told[0].date_order for told in together} == {"day first", "month first"}


@pytest.mark.parametrize(
    "odd",
    [
        csv_of(*OF_SEVERAL_LINES),
        csv_of(*LONGER_THAN_ITS_HEADER),
        csv_of(*ROWS, 'Parks,03/04/2023,Able 2" Ltd,3.00'),
        csv_of(*MONTH_FIRST, header="Payment Date,Service,Supplier Name,Net Amount (£)"),
        csv_of(*MONTH_FIRST).replace(",", ";"),
        csv_of(*MONTH_FIRST).replace("Parks", "Parks\xa0"),
        "\ufeff" + csv_of(*MONTH_FIRST),
        "Name,Reading\nCold,1\n",
        "",
    ],
)
def test_an_odd_file_among_others_is_read_as_it_is_alone_and_so_are_they(tmp_path, odd):
    texts = [csv_of(*ROWS), odd, csv_of(*MONTH_FIRST)]
    paths = [written(tmp_path, text, name=f"April-2023-{n}.csv") for n, text in enumerate(texts)]
    for path, told in zip(paths, read_all(paths), strict=True):
        (alone,) = read_all([path], careful=True)
        assert agree(told, alone)


def test_the_date_order_is_decided_by_the_whole_of_a_long_file(tmp_path, monkeypatch):
    rows = ["Parks,03/04/2023,Able Ltd,1.00"] * 300 + ["Parks,04/25/2023,Able Ltd,1.00"]
    monkeypatch.setattr(encodings, "BLOCK_BYTES", 2000)
    reading, lines, _ = read(written(tmp_path, csv_of(*rows), name="spend.csv"))
    assert reading.date_order == "month first"
    assert str(lines["paid_on"].min()) == "2023-03-04"


def real_text_files(shared: Path):
    for path in sorted((shared / "spend").rglob("*")):
        if path.name in ("CHECK_totals.csv", "MANIFEST.csv"):
            continue
        if path.name.endswith(".csv"):
            yield path, path.read_bytes()
        elif path.name.endswith(".csv.xz"):
            yield path.with_suffix(""), lzma.decompress(path.read_bytes())
        elif path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
                for name in archive.namelist():
                    yield path.parent / name, archive.read(name)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_fast_way_and_the_careful_way_agree_on_every_real_file(shared_data, tmp_path):
    """As files are loaded: several small ones at a time."""
    differing, count = [], 0
    copies: list[Path] = []

    def compare():
        for copy, fast in zip(copies, read_all(copies), strict=True):
            if not agree(fast, *read_all([copy], careful=True)):
                differing.append(copy.name)
            copy.unlink()
        copies.clear()

    for path, content in real_text_files(shared_data):
        if not content:
            continue
        if sum(copy.stat().st_size for copy in copies) + len(content) > BATCH_BYTES:
            compare()
        (folder := tmp_path / str(count)).mkdir()
        copies.append(written(folder, content, name=path.name))
        count += 1
    compare()
    assert count > 200
    assert differing == []


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="The peak of a process is asked of Linux."
)
def test_memory_stays_flat_for_a_file_of_any_size(tmp_path):
    """300 MB of CSV in a process of its own, whose peak is asked of the system."""
    block = "".join(
        f"Parks and open spaces,{1 + n % 28:02d}/04/2023,Firm number {n % 5000} Ltd,"
        f"{n % 900}.{n % 90 + 10}\n"
        for n in range(50_000)
    )
    path = tmp_path / "April-2023.csv"
    with path.open("w") as file:
        file.write(HEADER + "\n")
        for _ in range(300 * 2**20 // len(block)):
            file.write(block)
    program = f"""
import re
from pathlib import Path
from moothall.spend.feeds.reading import Asked, Stamp
from moothall.spend.feeds.text import read_texts
folder = Path({str(tmp_path)!r})
path = folder / "April-2023.csv"
(reading,) = read_texts([Asked(path=path, name=path.name, stamp=Stamp(1, 2, 3),
    lines_path=folder / "lines.parquet", aside_path=folder / "aside.parquet")])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(reading.rows_kept, int(peak) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    rows, peak_mib = map(int, done.stdout.split())
    assert rows == pl.scan_parquet(tmp_path / "lines.parquet").select(pl.len()).collect().item()
    assert peak_mib < 400
