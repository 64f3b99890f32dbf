from collections import Counter
from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.corrections import SAME_LINE, Comparison
from moothall.spend.engine.shared_lines import marks_in, shared_lines
from moothall.spend.feeds.marks import keep_marks, marks_of, marks_of_files
from moothall.spend.feeds.schemas import LINE_SCHEMA

LINES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["Able", "Bole"]),
        st.sampled_from([None, "1", "2"]),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=12,
)


def frame(lines):
    rows = [(date(2024, 1, day), name, ref, Decimal(pounds)) for day, name, ref, pounds in lines]
    schema = {column: LINE_SCHEMA[column] for column in SAME_LINE}
    return pl.DataFrame(rows, schema=schema, orient="row")


def counted(old, new):
    """Count the same with a plain Counter, line by line."""
    has_references = all(any(ref for _, _, ref, _ in side) for side in (old, new))
    old, new = (
        Counter((day, name, ref if has_references else None, gbp) for day, name, ref, gbp in side)
        for side in (old, new)
    )
    same, only_old, only_new = old & new, old - new, new - old

    def gbp(lines):
        return sum((Decimal(line[3]) * count for line, count in lines.items()), Decimal("0.00"))

    return Comparison(
        *(sum(lines.values()) for lines in (same, only_old, only_new)),
        *map(gbp, (same, only_old, only_new)),
    )


@given(LINES, LINES, st.sampled_from([0.05, 0.5, 1.0]))
def test_what_marks_share_is_what_the_lines_share(old, new, at_least):
    said = shared_lines(marks_of(frame(old)), marks_of(frame(new)), at_least=at_least)
    truth = counted(old, new)
    if said is None:
        assert max(truth.share_of_old, truth.share_of_new) < at_least
    else:
        assert said == truth


def test_publications_that_share_no_line_are_not_counted():
    old, new = ([(1, "Able", None, 1)], [(2, "Able", None, 1), (1, "Able", None, 2)])
    assert shared_lines(marks_of(frame(old)), marks_of(frame(new)), at_least=0.05) is None


def test_marks_kept_while_loading_are_those_made_of_the_lake(tmp_path):
    lines = frame([(1, "Able", "7", 1), (2, "Bole", None, 2)])
    paths = [tmp_path / "able.parquet", tmp_path / "bole.parquet"]
    for part, path in zip((lines[:1], lines[1:]), paths, strict=True):
        keep_marks(part, tmp_path / "kept")
        part.write_parquet(path)
    marks_of_files(paths, to=tmp_path / "made")
    assert (marks_in(tmp_path / "kept") == marks_in(tmp_path / "made")).all()
