"""What was purged stays purged, also when an old backup comes back."""

from datetime import UTC, datetime

import pytest

from moothall.core import purges

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    monkeypatch.setattr(purges, "_again", {})


def test_an_instruction_is_written_once_and_read_back():
    first = purges.instruct("spend.values", at=AT, source="ab" * 32, rows=[3, 4])
    purges.instruct("spend.values", at=AT, rows=[3, 4], source="ab" * 32)
    assert purges.instructions() == [first]


def test_a_line_cut_short_by_a_crash_is_passed_over_and_the_next_stands_alone():
    first = purges.instruct("spend.values", at=AT, rows=[1])
    with purges.list_file().open("a") as out:
        out.write('{"id":"12')
    second = purges.instruct("spend.values", at=AT, rows=[2])
    assert purges.instructions() == [first, second]


def test_a_restore_does_every_purge_again():
    done = []
    purges.apply_after_restore("spend.values", lambda one, at: done.append(one.where["rows"]))
    purges.instruct("spend.values", at=AT, rows=[1])
    purges.instruct("spend.values", at=AT, rows=[2])
    assert purges.reapply(AT) == 2
    assert done == [[1], [2]]


def test_a_purge_that_nobody_can_do_again_is_refused_before_any_is_done():
    done = []
    purges.apply_after_restore("spend.values", lambda one, at: done.append(one))
    purges.instruct("spend.values", at=AT, rows=[1])
    purges.instruct("other.values", at=AT, rows=[1])
    with pytest.raises(LookupError, match=r"holds other\.values, which this version"):
        purges.reapply(AT)
    assert not done


def test_a_list_from_elsewhere_joins_this_one(tmp_path):
    first = purges.instruct("spend.values", at=AT, rows=[1])
    later = purges.Instruction(id="x" * 32, kind="spend.values", at="later", where={})
    assert purges.add([first, later]) == 1
    assert purges.instructions() == [first, later]
