from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.corrections import SAME_LINE, comparison_of
from moothall.spend.feeds.parquet_lines import compared
from moothall.spend.feeds.schemas import LINE_SCHEMA

LINES = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["Able", "Bole"]), st.integers(1, 3)),
    min_size=1,
    max_size=12,
)


def frame(lines: list[tuple[int, str, int]]) -> pl.DataFrame:
    rows = [(date(2024, 1, day), name, None, Decimal(pounds)) for day, name, pounds in lines]
    schema = {column: LINE_SCHEMA[column] for column in SAME_LINE}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lines")


@given(LINES, LINES, st.sampled_from([0.05, 0.5, 1.0]))
def test_files_left_uncounted_share_less_than_is_worth_counting(folder, old, new, at_least):
    paths = folder / "old.parquet", folder / "new.parquet"
    for path, lines in zip(paths, (old, new), strict=True):
        frame(lines).write_parquet(path)
    said = compared([paths[0]], [paths[1]], at_least=at_least)
    counted = comparison_of(frame(old), frame(new))
    if said is None:
        assert max(counted.share_of_old, counted.share_of_new) < at_least
    else:
        assert said == counted


def test_files_that_share_no_day_and_amount_are_not_counted(folder):
    paths = folder / "a.parquet", folder / "b.parquet"
    frame([(1, "Able", 1)]).write_parquet(paths[0])
    frame([(2, "Able", 1), (1, "Able", 2)]).write_parquet(paths[1])
    assert compared([paths[0]], [paths[1]], at_least=0.05) is None
