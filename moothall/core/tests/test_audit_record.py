"""One entry per deed, in the deed's own transaction, holding nothing that names a person."""

import json
import stat
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from moothall.core import audit, chain
from moothall.core.models import AuditEntry

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_a_transaction():
    with pytest.raises(audit.NotRecorded, match="no transaction is open"):
        audit.record(by=None, at=AT, did="load.made", to="load:1")
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_fails_leaves_no_entry_and_no_hole():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(by=None, at=AT, did="load.made", to="load:1")
        raise ZeroDivisionError
    assert audit.read_head_file() is None
    with transaction.atomic():
        audit.record(by=None, at=AT, did="load.made", to="load:2")
    assert audit.verify().entries == 1
    assert audit.read_head_file() == audit.current_head()


@pytest.mark.django_db
def test_exact_values_are_kept_as_text_and_in_one_order():
    entry = audit.record(
        by="person:7",
        at=AT,
        did="load.made",
        to="spend.load:17",
        body_id=3,
        authority="finance_officer:3",
        rows=12,
        amount_gbp=Decimal("1234.50"),
        first=date(2026, 4, 1),
        reasons={"no_amount": 2},
    )
    assert entry.detail == (
        '{"amount_gbp":"1234.50","first":"2026-04-01","reasons":{"no_amount":2},"rows":12}'
    )
    assert list(audit.history_of("spend.load:17")) == [entry]


@pytest.mark.django_db
def test_a_float_never_enters_the_log():
    with pytest.raises(TypeError, match="Give exact values"):
        audit.record(by=None, at=AT, did="load.made", to="load:1", amount=0.1)


@pytest.mark.django_db
def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        audit.record(by=None, at=datetime(2026, 4, 1, 9), did="x", to="load:1")  # noqa: DTZ001 (refused)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "detail",
    [
        {"supplier": "Jane Example"},
        {"who": "jane@example.org"},
        {"note": ["fine", "not fine"]},
        {"changed": {"name": ["Old Name", "NewName"]}},
        {"text": "x" * 201},
    ],
)
def test_free_text_is_refused_because_it_could_name_a_person(detail):
    with pytest.raises(audit.NotRecorded, match=r"holds free text.*audit\.digest"):
        audit.record(by=None, at=AT, did="match.accepted", to="match:1", **detail)


@pytest.mark.django_db
def test_a_person_is_recorded_by_number_and_never_by_name():
    with pytest.raises(audit.NotRecorded, match="does not say who acted"):
        audit.record(by="Jane", at=AT, did="x", to="load:1")
    with pytest.raises(audit.NotRecorded, match="is not an identifier"):
        audit.record(by=None, at=AT, did="x", to="Jane Example")


@pytest.mark.django_db
def test_a_saved_row_and_a_person_name_themselves():
    first = audit.record(by=None, at=AT, did="x", to="load:1")
    second = audit.record(by=first, at=AT, did="y", to=first)
    assert (second.by, second.subject) == ("person:1", "core.auditentry:1")


def test_a_digest_is_the_same_for_the_same_text_and_says_nothing_without_its_key(
    settings, tmp_path
):
    here = audit.digest("Jane Example")
    assert here == audit.digest("Jane Example") != audit.digest("Jane Sample")
    key = tmp_path / "secrets" / "audit-digest.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    settings.HOME = tmp_path / "elsewhere"
    assert audit.digest("Jane Example") != here


def test_changes_show_what_changed_and_hide_what_could_name_a_person():
    changed = audit.changes(
        {"name": "Jane", "role": "member", "limit": 5, "note": ""},
        {"name": "Janet", "role": "member", "limit": 6, "note": "two words"},
        personal={"name"},
    )
    assert changed["limit"] == [5, 6]
    assert changed["name"] == [audit.digest("Jane"), audit.digest("Janet")]
    assert changed["note"] == ["", audit.digest("two words")]
    assert "role" not in changed


def test_a_bulk_deed_is_a_count_and_one_hash_whatever_the_order():
    assert audit.bulk([3, 1, 2]) == audit.bulk([1, 2, 3]) != audit.bulk([1, 2])
    assert audit.bulk([1, 2])["count"] == 2


def test_the_hash_is_what_anyone_can_compute_with_a_shell():
    content = chain.canonical({"b": Decimal("1.10"), "a": "é"})
    assert content == '{"a":"\\u00e9","b":"1.10"}'
    assert json.loads(content) == {"a": "é", "b": "1.10"}
    # printf '%s\n1\n%s' "$(printf '0%.0s' $(seq 64))" '{"a":"\u00e9","b":"1.10"}' | sha256sum
    assert chain.entry_hash(chain.GENESIS, 1, content) == (
        "95fc3c277f8788d1b3efd142e3546c9667c5b2b5b98d5ce93ce82e90a1074914"
    )


def test_a_head_reads_back_as_it_was_printed():
    head = audit.Head(12, "ab" * 32)
    assert audit.Head.from_text(f"{head}\n") == head
    with pytest.raises(ValueError, match="Give it as it was printed"):
        audit.Head.from_text("12:abc")


def test_the_head_file_never_moves_back():
    audit.write_head_file(5, "a" * 64)
    audit.write_head_file(4, "b" * 64)
    assert audit.read_head_file() == audit.Head(5, "a" * 64)
