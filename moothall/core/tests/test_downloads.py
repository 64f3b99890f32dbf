"""A file that leaves is safe to open: no cell is taken for a sum to be worked out."""

import csv
import io

import pytest

from moothall.core.downloads import csv_file


def rows_of(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 161", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]
)
def test_no_cell_of_text_is_taken_for_a_sum(cell):
    held = rows_of(csv_file("any", ["name"], [[cell]]))[1][0]
    assert held == "'" + cell


def test_amounts_stay_numbers_and_what_is_not_known_stays_empty():
    assert rows_of(csv_file("any", ["a", "b"], [[-12, None]]))[1] == ["-12", ""]
