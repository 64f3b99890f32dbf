"""A reader holds one generation; a sweep removes only what no one may still read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from django.db import transaction

from moothall.core import lake
from moothall.core.lake_tables import TABLES
from moothall.core.models import LakeFile, LakeGeneration

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_lake")]
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def names(*suppliers: str) -> lake.NewFile:
    rows = [{"name_key": key, "supplier": name} for key, name in enumerate(suppliers)]
    schema = TABLES["names"]
    whole = [dict.fromkeys(schema.names) | row for row in rows]
    return lake.keep_table("names", pa.Table.from_pylist(whole, schema=schema))


def generation_with(*files: lake.NewFile, without=(), at: datetime = NOW) -> LakeGeneration:
    with transaction.atomic():
        return lake.next_generation(add=files, remove=without, why="test.made", at=at)


def held() -> list[str]:
    return sorted(path for _, path, _ in lake.current_generation().files)


def test_a_generation_is_made_only_inside_its_deed():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        lake.next_generation(add=[names("A")], why="test.made", at=NOW)


def test_a_reader_keeps_its_generation_while_another_is_committed():
    first = names("A")
    generation_with(first)
    reading = lake.current_generation()
    old = LakeFile.objects.get()
    generation_with(names("B", "C"), without=[old.pk])
    assert reading.paths("names") == [str(first.path)]
    assert lake.table_of(reading.paths("names"), "names").count().to_pyarrow().as_py() == 1
    assert lake.current_generation().number == reading.number + 1
    again = lake.current_generation()
    assert lake.table_of(again.paths("names"), "names").count().to_pyarrow().as_py() == 2


def test_what_a_deed_wrote_before_it_failed_is_in_no_generation():
    generation_with(names("A"))
    before = held()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lake.next_generation(add=[names("B")], why="test.made", at=NOW)
        raise ZeroDivisionError
    assert held() == before


def test_a_sweep_leaves_what_a_reader_may_still_hold():
    generation_with(names("A"))
    generation_with(names("B"), without=LakeFile.objects.values_list("pk", flat=True))
    soon = NOW + timedelta(hours=1)
    assert lake.sweep(at=soon) == []
    assert LakeFile.objects.count() == 2


def test_a_sweep_removes_old_dimensions_and_files_that_nobody_names():
    old, stray = names("A"), names("stray")
    generation_with(old)
    new = names("B")
    generation_with(new, without=LakeFile.objects.values_list("pk", flat=True))
    gone = lake.sweep(at=datetime.now(tz=UTC) + timedelta(days=2))
    assert {"names/" + path.name for path in (old.path, stray.path)} <= set(gone)
    assert not old.path.exists()
    assert new.path.exists()
    assert held() == [str(new.path)]


def test_a_sweep_never_removes_a_young_file_that_a_writer_has_yet_to_name():
    stray = names("not named yet")
    lake.sweep(at=datetime.now(tz=UTC))
    assert stray.path.exists()


def test_two_writers_take_turns_and_a_deed_inside_another_writes_under_its_lock():
    def write() -> str:
        try:
            with lake.writer(wait=False):
                return "written"
        except lake.LakeIsBusy as busy:
            return busy.sentence

    with ThreadPoolExecutor(1) as beside:
        with lake.writer():
            assert write() == "written"
            assert "another load is writing" in beside.submit(write).result()
        assert beside.submit(write).result() == "written"


def test_the_same_bytes_are_kept_once(tmp_path):
    source = tmp_path / "April 2024.csv"
    source.write_bytes(b"Supplier,Date,Amount\n")
    kept = lake.keep_raw(source, "ab" * 32)
    written = kept.stat().st_mtime_ns
    assert lake.keep_raw(source, "ab" * 32) == kept
    assert kept.stat().st_mtime_ns == written
    assert list(kept.parent.iterdir()) == [kept]
