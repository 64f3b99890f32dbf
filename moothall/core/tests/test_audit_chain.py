"""Whoever changes the audit log behind its back is named by the entry they touched first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from moothall.core import audit, chain, triggers
from moothall.core.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def five_deeds(settings, tmp_path: Path) -> audit.Head:
    settings.HOME = tmp_path
    for number in range(1, 6):
        with transaction.atomic():
            audit.record(by="person:1", at=AT, did="load.made", to=f"load:{number}", count=number)
    return audit.current_head()


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def triggers_dropped() -> Iterator[None]:
    triggers.remove(connection)
    yield
    triggers.place(connection)


@contextmanager
def triggers_bypassed() -> Iterator[None]:
    """As a database's owner can: PostgreSQL by its replication role, SQLite by dropping them."""
    if connection.vendor == "postgresql":
        run("SET session_replication_role = replica")
        yield
        run("SET session_replication_role = DEFAULT")
    else:
        with triggers_dropped():
            yield


WAYS_ROUND = [triggers_dropped, triggers_bypassed]


def sealed_again(seq: int) -> None:
    """Give an altered entry the hash that fits its new content, as a careful forger would."""
    entry = AuditEntry.objects.get(seq=seq)
    fits = chain.entry_hash(entry.previous_hash, seq, audit.content_of(entry))
    AuditEntry.objects.filter(seq=seq).update(hash=fits)


def a_forged_entry(seq: int, previous: str) -> AuditEntry:
    entry = AuditEntry(
        seq=seq, at=AT, by="system", did="x", subject="y:1", detail="{}", previous_hash=previous
    )
    entry.hash = chain.entry_hash(previous, seq, audit.content_of(entry))
    return entry


def test_an_untouched_log_holds(five_deeds):
    verdict = audit.verify(five_deeds)
    assert verdict.holds
    assert (verdict.entries, verdict.head, verdict.doubts) == (5, five_deeds, ())
    assert verdict.sentence.startswith("The audit log holds: 5 entries, unbroken")


def test_an_empty_log_holds(settings, tmp_path):
    settings.HOME = tmp_path
    assert audit.verify().holds
    assert audit.current_head() == audit.Head(0, chain.GENESIS)


def test_every_entry_carries_the_hash_of_the_one_before(five_deeds):
    entries = list(AuditEntry.objects.order_by("seq"))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in entries[1:]] == [e.hash for e in entries[:-1]]
    assert entries[0].previous_hash == "0" * 64


@pytest.mark.parametrize("way_round", WAYS_ROUND)
@pytest.mark.parametrize("column", ["detail", "by", "did", "subject", "authority", "at", "body_id"])
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_altered_entry_is_named(five_deeds, way_round, column, seq):
    value = {"at": "2026-04-02 09:00:00+00:00", "body_id": "9"}.get(column, "person:2")
    with way_round():
        run(f"UPDATE core_auditentry SET \"{column}\" = '{value}' WHERE seq = {seq}")
    verdict = audit.verify()
    assert verdict.broken_at == seq
    assert f"broken at entry {seq}. Entry {seq} was altered" in verdict.sentence


@pytest.mark.parametrize(("seq", "named"), [(1, 2), (3, 4), (5, 5)])
def test_an_altered_entry_is_named_even_when_its_hash_was_made_to_fit(five_deeds, seq, named):
    with triggers_dropped():
        run(f"UPDATE core_auditentry SET did = 'x' WHERE seq = {seq}")
        sealed_again(seq)
    assert audit.verify().broken_at == named


@pytest.mark.parametrize("way_round", WAYS_ROUND)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_deleted_entry_is_named(five_deeds, way_round, seq):
    with way_round():
        run(f"DELETE FROM core_auditentry WHERE seq = {seq}")
    verdict = audit.verify()
    assert verdict.broken_at == seq
    assert f"Entry {seq} is missing" in verdict.sentence


def test_a_log_emptied_whole_is_seen_by_the_head_row(five_deeds):
    with triggers_dropped():
        run("DELETE FROM core_auditentry")
    assert audit.verify().broken_at == 1


def test_a_tail_cut_with_the_head_row_moved_back_is_seen_by_the_head_file(five_deeds):
    with triggers_dropped():
        run("DELETE FROM core_auditentry WHERE seq > 3")
        AuditHead.objects.update(seq=3, hash=AuditEntry.objects.get(seq=3).hash)
    verdict = audit.verify()
    assert verdict.broken_at == 4
    assert "Entry 4 is missing: the head kept in audit-head.json is at 5" in verdict.sentence


def test_entries_and_head_row_all_gone_are_seen_by_the_head_file(five_deeds):
    with triggers_dropped():
        run("DELETE FROM core_auditentry", "DELETE FROM core_audithead")
    assert audit.verify().broken_at == 1


def test_a_last_entry_written_again_with_its_head_row_is_seen_by_the_head_file(five_deeds):
    with triggers_dropped():
        run("UPDATE core_auditentry SET did = 'x' WHERE seq = 5")
        sealed_again(5)
        AuditHead.objects.update(hash=AuditEntry.objects.get(seq=5).hash)
    verdict = audit.verify()
    assert verdict.broken_at == 5
    assert "is not the one that the head kept in audit-head.json names" in verdict.sentence


def test_what_the_head_file_cannot_show_a_head_published_outside_does(five_deeds):
    with triggers_dropped():
        run("UPDATE core_auditentry SET did = 'x' WHERE seq = 5")
        sealed_again(5)
        AuditHead.objects.update(hash=AuditEntry.objects.get(seq=5).hash)
    audit.head_file().unlink()
    unaided = audit.verify()
    assert unaided.holds
    assert "There is no audit-head.json" in unaided.doubts[0]
    verdict = audit.verify(audit.Head.from_text(str(five_deeds)))
    assert verdict.broken_at == 5
    assert "the head published outside names" in verdict.sentence


@pytest.mark.parametrize("way_round", WAYS_ROUND)
def test_an_entry_added_at_the_end_is_named(five_deeds, way_round):
    with way_round():
        a_forged_entry(6, five_deeds.hash).save(force_insert=True)
    verdict = audit.verify()
    assert verdict.broken_at == 6
    assert "added behind the log's back" in verdict.sentence


def test_an_entry_added_at_the_end_with_its_head_row_is_doubted(five_deeds):
    entry = a_forged_entry(6, five_deeds.hash)
    entry.save(force_insert=True)
    AuditHead.objects.update(seq=6, hash=entry.hash)
    assert "audit-head.json is at entry 5, behind the last" in audit.verify().doubts[0]


@pytest.mark.parametrize(("seq", "named"), [(0, 0), (-3, -3)])
def test_an_entry_added_before_the_first_is_named(five_deeds, seq, named):
    with triggers_bypassed():
        a_forged_entry(seq, chain.GENESIS).save(force_insert=True)
    assert audit.verify().broken_at == named


def test_an_entry_squeezed_in_by_renumbering_is_named(five_deeds):
    with triggers_dropped():
        for seq in (5, 4, 3):
            run(f"UPDATE core_auditentry SET seq = {seq + 1} WHERE seq = {seq}")
        a_forged_entry(3, AuditEntry.objects.get(seq=2).hash).save(force_insert=True)
    assert audit.verify().broken_at == 4


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE core_auditentry SET did = 'x'", "entries are never changed or removed"),
        ("DELETE FROM core_auditentry WHERE seq = 5", "entries are never changed or removed"),
        ("UPDATE core_audithead SET seq = 4", "only moves forward, one entry at a time"),
        ("UPDATE core_audithead SET hash = 'x'", "only moves forward, one entry at a time"),
        ("DELETE FROM core_audithead", "only moves forward, one entry at a time"),
    ],
)
def test_the_database_refuses_to_change_the_log(five_deeds, statement, words):
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        run(statement)
    assert audit.verify().holds


@pytest.mark.parametrize("seq", [0, 3, 7])
def test_the_database_refuses_an_entry_out_of_its_turn(five_deeds, seq):
    with (
        pytest.raises(DatabaseError, match="takes the number after the last"),
        transaction.atomic(),
    ):
        a_forged_entry(seq, five_deeds.hash).save(force_insert=True)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_to_replace_an_entry(five_deeds, recursive):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's alone.")
    run(f"PRAGMA recursive_triggers = {recursive}")
    try:
        with pytest.raises(DatabaseError, match="append-only"):
            run(
                "INSERT OR REPLACE INTO core_auditentry SELECT seq, at, 'person:2', authority, "
                "did, subject, body_id, detail, previous_hash, hash "
                "FROM core_auditentry WHERE seq = 5"
            )
    finally:
        run("PRAGMA recursive_triggers = ON")
    assert audit.verify().holds


def test_an_entry_replaced_with_no_trigger_in_the_way_is_named(five_deeds):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's alone.")
    with triggers_dropped():
        run(
            "INSERT OR REPLACE INTO core_auditentry (seq, at, 'by', authority, did, subject, "
            "body_id, detail, previous_hash, hash) SELECT seq, at, 'person:2', authority, did, "
            "subject, body_id, detail, previous_hash, hash FROM core_auditentry WHERE seq = 5"
        )
    assert audit.verify().broken_at == 5


@pytest.mark.parametrize("table", ["core_auditentry", "core_audithead"])
def test_postgresql_refuses_to_truncate_the_log(five_deeds, table):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's alone.")
    with pytest.raises(DatabaseError, match="audit log"), transaction.atomic():
        run(f"TRUNCATE {table}")


def test_the_triggers_stand_after_migrate_and_their_absence_shows(five_deeds):
    from django.core.management import call_command

    assert triggers.missing(connection) == ()
    triggers.remove(connection)
    assert len(triggers.missing(connection)) >= 4
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == ()


def test_a_trigger_that_was_weakened_shows(five_deeds):
    if connection.vendor == "postgresql":
        run("ALTER TABLE core_auditentry DISABLE TRIGGER audit_entry_by_row")
        weakened = "audit_entry_by_row"
    else:
        weakened = "audit_entry_is_never_deleted"
        run(
            f"DROP TRIGGER {weakened}",
            f"CREATE TRIGGER {weakened} BEFORE DELETE ON core_auditentry WHEN 0 "
            "BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
    assert triggers.missing(connection) == (weakened,)
    triggers.place(connection)
    assert triggers.missing(connection) == ()
