"""A purged value is in no store, every total stands, and an old backup does not bring it back."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django_tasks_db.models import DBTaskResult
from ibis import _

from moothall.core import audit, lake, purges
from moothall.core.backup import back_up
from moothall.core.models import LakeFile
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.publishing import publish_quarter
from moothall.spend.actions.purging import (
    CannotPurge,
    confirm_purge,
    purge_again,
    refuse_purge,
    request_purge,
)
from moothall.spend.actions.redacting import decide_redaction
from moothall.spend.actions.registers import CannotLoadRegister, load_register
from moothall.spend.engine.purging import TOMBSTONE
from moothall.spend.exports import verified_release
from moothall.spend.models import (
    ErrorReport,
    MatchDecision,
    Purge,
    Register,
    RegisterAside,
    RegisterEntry,
    SourceFile,
    Upload,
)
from moothall.spend.queries.releases import releases_folder
from moothall.spend.queries.uploads import upload_folder
from moothall.values.periods import Period

AT = datetime(2026, 4, 20, 9, tzinfo=UTC)
VALUE = "Mrs Jane Appletree-Quillfeather"
SPELLINGS = (VALUE, VALUE.upper(), "MRS JANE APPLETREE QUILLFEATHER", "JANEAPPLETREEQUILLFEATHER")
HEADER = ("Payment Date", "Supplier Name", "Supplier ID", "Net Amount", "Department", "Purpose")
ROWS = [
    ("15/01/2026", "Bright Build Ltd", "100", "12000.00", "Highways", "Resurfacing"),
    ("16/01/2026", VALUE, "101", "900.00", "Children", "Allowance"),
    ("17/01/2026", "Late Ltd", "102", "700.00", "Children", f"For  {VALUE.upper()}, taxi"),
    ("18/01/2026", "Bad Ltd", "103", "not a number", "Children", f"Owed to {VALUE}"),
    ("19/01/2026", "Bright Build Ltd", "100", "-600.00", "Highways", "Credit"),
]


def as_csv(rows) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue().encode("cp1252")


@pytest.fixture
def body(transactional_db, tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    lake._generation.cache_clear()
    yield OrganisationFactory(name="Testshire")
    lake._generation.cache_clear()


@pytest.fixture
def loaded(body, tmp_path):
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "payments-2026-01.csv").write_bytes(as_csv(ROWS))
    with xlsxwriter.Workbook(folder / "payments-2026-01-more.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADER, ROWS[1], ROWS[0], ROWS[4])):
            sheet.write_row(number, 0, row)
    old = [*ROWS[:1], ("16/12/2025", VALUE, "101", "450.00", "Children", "Allowance")]
    (folder / f"{VALUE} 2025-12.csv").write_bytes(as_csv(old))
    load_files([folder], body=body, by=None, at=AT)
    project(at=AT)
    return folder


@pytest.fixture
def two_people(body):
    return [
        RoleHeldFactory(organisation=body, role=role.value).person
        for role in (Role.DATA_PROTECTION_OFFICER, Role.SECTION_151_OFFICER)
    ]


def totals(body) -> tuple[int, Decimal]:
    lines = lake.payments_for(Viewer.operator()).lines
    row = lines.filter(_.body_id == body.pk).aggregate(n=_.count(), s=_.amount.sum())
    (found,) = row.to_pyarrow().to_pylist()
    return found["n"], found["s"]


def stores_holding(*values: str) -> list[str]:
    """Every file below the home, opened whatever it is, and every column of the books."""
    wanted = [value.casefold() for value in values]

    def holds(text: str) -> bool:
        plain = " ".join(text.casefold().split())
        return any(value in plain for value in wanted)

    found = []
    for session in Session.objects.all():  # packed in the books, so opened as a page does
        if holds(json.dumps(session.get_decoded(), default=str, ensure_ascii=False)):
            found.append("a visit")
    for path in Path(settings.HOME).rglob("*"):
        if path.is_file() and (holds(path.name) or any(holds(text) for text in readings_of(path))):
            found.append(str(path.relative_to(settings.HOME)))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = cursor.fetchall()
            if any(holds(json.dumps(row, default=str, ensure_ascii=False)) for row in rows):
                found.append(f"table {table}")
    if connection.vendor == "sqlite":  # every page of the books, those set free too
        pages = connection.connection.serialize()
        found += ["a page of the books"] if holds(pages.decode("utf-8", "replace")) else []
    return found


def readings_of(path: Path):
    data = path.read_bytes()
    yield from (data.decode(encoding, "replace") for encoding in ("utf-8", "cp1252", "utf-16-le"))
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        yield json.dumps(table.to_pylist(), default=str, ensure_ascii=False)
        statistics = pq.ParquetFile(path).metadata
        for group in range(statistics.num_row_groups):
            for column in range(statistics.num_columns):
                yield str(statistics.row_group(group).column(column).statistics)
    if data[:4] == b"PK\x03\x04":
        import zipfile

        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name
                yield archive.read(name).decode("utf-8", "replace")
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data).decode("utf-8", "replace")


@pytest.fixture
def register(body, tmp_path):
    """A register that lists the person as one entry, and once more on a row set aside."""
    path = tmp_path / "registers" / "Carers of the county.csv"
    path.parent.mkdir()
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(
            [
                ("Organisation name", "Trading name", "Charity number", "Postcode"),
                ("Bright Build Ltd", "", "", "NR1 1AA"),
                ("Bright Build Ltd", f"Care of {VALUE}", "", "NR1 1AA"),
                (VALUE.upper().replace("-", " "), "", "1000001", "NR1 1AB"),
                (VALUE, "", "1000001", "NR1 1AB"),
            ]
        )
    load_register(path, name="Carers", by=None, at=AT)
    assert RegisterAside.objects.count() == 2
    return path


def plant_in_passing(body) -> None:
    """The value in what only passes: uploads, jobs, visits, and what a kill left behind."""
    upload = Upload.objects.create(
        token="f" * 32, body=body, at=AT, state="WAITING", files=[[f"{VALUE}.csv", 10]]
    )
    samples = json.dumps([{"name": f"{VALUE}.csv", "samples": [list(row) for row in ROWS]}])
    home, lines = Path(settings.HOME), pa.table({"supplier_name": [VALUE]})
    for name, held in {
        f"uploads/{upload.token}/files/0000/{VALUE}.csv": as_csv(ROWS),
        f"uploads/{upload.token}/findings.json": samples.encode(),
        "uploads/of-nobody/file.csv": as_csv(ROWS),
        "exports/body/lines.csv": as_csv(ROWS),
        "demo-files/county.csv": as_csv(ROWS),
        "scratch/tmpabc/utf-8.txt": as_csv(ROWS),
        "lake/incoming/cut/off.csv": as_csv(ROWS),
        "lake/purging-0000": as_csv(ROWS),
        f"raw/ab/ab{'0' * 62}": as_csv(ROWS),
        f"raw/ab/ab{'0' * 62}.beef": as_csv(ROWS),
        "releases/of-nobody/payments.csv": as_csv(ROWS),
        ".backup-1/raw/file": as_csv(ROWS),
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(held)
    pq.write_table(lines, lake.new_path("lines"))
    pq.write_table(lines, home / "lake" / "incoming" / "cut" / "lines.parquet")
    DBTaskResult.objects.create(
        task_path="moothall.spend.actions.uploads.load_upload",
        args_kwargs={"args": [], "kwargs": {"name": VALUE}},
        return_value={"refused": f"{VALUE}.csv"},
        traceback=f"ValueError: {VALUE}",
        exception_class_path="ValueError",
        backend_name="default",
        run_after=AT,
    )
    visit = SessionStore()
    visit["message"] = f"Row 4 stays set aside. Owed to {VALUE}"
    visit.save()
    ErrorReport.objects.create(
        supplier_id=1, bodies=[body.pk], said=f"I am {VALUE}", at=AT, due_on=AT.date()
    )


def test_a_purged_value_is_in_no_store_and_every_total_stands(
    loaded, register, body, two_people, tmp_path
):
    dpo, treasurer = two_people
    plant_in_passing(body)
    MatchDecision.objects.create(
        name_key=1, other_key=2, rests_on=[body.pk], why=f"I know {VALUE}", verdict="SAME", at=AT
    )
    publish_quarter(body=body, period=Period.quarter(2026, 1), by=None, at=AT)
    decide_redaction(body=body, scope="NAME", named=[VALUE], redact=False, by=None, at=AT)
    replaced = publish_quarter(body=body, period=Period.quarter(2026, 1), by=None, at=AT)
    listed = Register.objects.values_list("rows_read", "rows_kept", "rows_set_aside").get()
    before, counted = totals(body), SourceFile.objects.values_list("rows_read", "kept_pence")
    counted = sorted(counted)
    assert stores_holding(VALUE)

    asked = request_purge(body=body, value=VALUE, reason="personal_data", by=dpo, at=AT)
    assert asked.found["counts"]["lines"] == 4
    assert asked.found["counts"]["set_aside"] == 1
    assert asked.found["counts"]["waiting_files"] == 6
    assert asked.found["counts"]["register_rows"] == 4
    done = confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)

    assert stores_holding(*SPELLINGS) == []
    assert totals(body) == before
    assert sorted(SourceFile.objects.values_list("rows_read", "kept_pence")) == counted
    assert done.state == Purge.State.DONE
    assert len(done.found["tombstones"]) == 5
    replaced.release.refresh_from_db()
    assert replaced.release.purged_at == AT
    assert verified_release(releases_folder() / replaced.release.folder).edition == 2
    assert audit.verify().holds
    for file in LakeFile.objects.all():
        assert (lake.lake_folder() / file.path).exists()
    assert Upload.objects.get().refusal.startswith("A value that was published in error was purged")
    assert Register.objects.values_list("rows_read", "rows_kept", "rows_set_aside").get() == listed
    kept = RegisterEntry.objects.get(charity_number="1000001")
    assert (kept.name, kept.name_skeleton, kept.postcode) == (TOMBSTONE, "", "NR1 1AB")
    made = back_up(tmp_path / "backup", at=AT)
    settings.HOME = made.folder
    assert [store for store in stores_holding(*SPELLINGS) if "table" not in store] == []


def test_another_bodys_waiting_files_are_its_own_to_purge(loaded, body, two_people):
    dpo, treasurer = two_people
    theirs = Upload.objects.create(
        token="e" * 32, body=OrganisationFactory(), at=AT, state="WAITING", files=[["a.csv", 1]]
    )
    file = upload_folder(theirs.token) / "files" / "0000" / "a.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(as_csv(ROWS))
    asked = request_purge(body=body, value=VALUE, reason="safety", by=dpo, at=AT)
    confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)
    assert file.read_bytes() == as_csv(ROWS)
    assert Upload.objects.get().state == "WAITING"


def test_a_register_from_which_a_value_was_purged_is_not_loaded_again(
    body, register, two_people, tmp_path
):
    dpo, treasurer = two_people
    asked = request_purge(body=body, value=VALUE, reason="safety", by=dpo, at=AT)
    confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)
    with pytest.raises(CannotLoadRegister, match="a value published in error was purged"):
        load_register(register, name="Carers", by=None, at=AT)
    cleared = tmp_path / "cleared.csv"
    cleared.write_text("Organisation name,Charity number\nBright Build Ltd,\nA Carer,1000001\n")
    load_register(cleared, name="Carers", by=None, at=AT)
    assert stores_holding(*SPELLINGS) == []


def test_an_old_backups_register_is_purged_again(body, register, two_people):
    value = VALUE.casefold()
    digests = [[audit.digest(value), len(value)]]
    purges.instruct("spend.value", at=AT, body=body.pk, spellings=digests, rows=[])
    assert stores_holding(*SPELLINGS)
    assert purges.reapply(AT) == 1
    assert stores_holding(*SPELLINGS) == []


def test_a_tombstone_fits_its_column(body, two_people, tmp_path):
    dpo, treasurer = two_people
    path = tmp_path / "register.csv"
    path.write_text("Organisation name,Company number\nBright Build Ltd,SC123456\n")
    load_register(path, name="Those of SC123456 and " + "x" * 58, by=None, at=AT)
    asked = request_purge(body=body, value="SC123456", reason="safety", by=dpo, at=AT)
    confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)
    entry, held = RegisterEntry.objects.get(), Register.objects.get()
    assert (entry.name, entry.company_number) == ("Bright Build Ltd", "")
    assert entry.register == held.name == f"Those of {TOMBSTONE} and {'x' * 58}"[:80]


def test_the_old_hash_leads_to_a_tombstone_and_the_old_bytes_are_refused(loaded, body, two_people):
    dpo, treasurer = two_people
    old = set(SourceFile.objects.values_list("sha256", flat=True))
    asked = request_purge(body=body, value=VALUE, reason="safety", by=dpo, at=AT)
    confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)
    for sha256 in old:
        assert json.loads(lake.raw_path(sha256).read_text())["purged"].startswith("2026-04-20")
    again = load_files([loaded], body=body, by=None, at=AT)
    assert {file.status for file in again.files} == {"refused"}
    assert "a value published in error was purged" in again.files[0].refusal
    now = SourceFile.objects.exclude(status="refused").values_list("sha256", flat=True)
    for sha256 in now:
        assert lake.raw_path(sha256).exists()
    assert b"15/01/2026" in b"".join(lake.raw_path(sha256).read_bytes() for sha256 in now)


def test_nobody_confirms_their_own_purge(loaded, body, two_people):
    dpo = two_people[0]
    asked = request_purge(body=body, value=VALUE, reason="safety", by=dpo, at=AT)
    with pytest.raises(CannotPurge, match="it takes two people"):
        confirm_purge(purge_id=asked.pk, by=dpo, at=AT)
    with pytest.raises(CannotPurge, match="two people, each by name"):
        confirm_purge(purge_id=asked.pk, by=None, at=AT)
    with pytest.raises(CannotPurge, match="you hold no such role"):
        confirm_purge(purge_id=asked.pk, by=PersonFactory(), at=AT)
    assert stores_holding(VALUE)


def test_a_refused_purge_forgets_the_value_and_touches_nothing(loaded, body, two_people):
    dpo, treasurer = two_people
    asked = request_purge(body=body, value=VALUE, reason="safety", by=dpo, at=AT)
    held = set(stores_holding(VALUE)) - {"table spend_purge"}
    refuse_purge(purge_id=asked.pk, by=treasurer, at=AT)
    assert {store for store in stores_holding(VALUE) if store.startswith("table")} <= held
    assert Purge.objects.get().value == ""
    with pytest.raises(CannotPurge, match="was refused"):
        confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("Jo", "stands in too much else"),
        ("900.00", "that is an amount"),
        ("Nobody Atall", "nowhere"),
    ],
)
def test_what_cannot_be_told_apart_is_not_purged(loaded, body, two_people, value, sentence):
    with pytest.raises(CannotPurge, match=sentence):
        request_purge(body=body, value=value, reason="safety", by=two_people[0], at=AT)


def test_an_old_backup_is_purged_again_without_being_told_the_value(loaded, body, two_people):
    """As a restore does it: the list of purges comes from the home that went on running."""
    request_purge(body=body, value=VALUE, reason="safety", by=two_people[0], at=AT)
    before = totals(body)
    digests = [[audit.digest(VALUE.casefold()), len(VALUE)]]
    purges.instruct("spend.value", at=AT, body=body.pk, spellings=digests, rows=[])
    assert VALUE.casefold() not in purges.list_file().read_text().casefold()
    assert purges.reapply(AT) == 1
    assert stores_holding(*SPELLINGS) == []
    assert totals(body) == before
    number = lake.current_generation().number
    for instruction in purges.instructions():
        purge_again(instruction, AT)
    assert lake.current_generation().number == number


def test_a_purge_that_was_cut_off_is_finished_by_confirming_again(
    loaded, body, two_people, monkeypatch
):
    dpo, treasurer = two_people
    asked = request_purge(body=body, value=VALUE, reason="safety", by=dpo, at=AT)
    from moothall.spend.actions import purging

    def cut_off(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(purging, "_delete", cut_off)
        with pytest.raises(KeyboardInterrupt):
            confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)
    assert any("raw/" in store for store in stores_holding(VALUE))
    confirm_purge(purge_id=asked.pk, by=treasurer, at=AT)
    assert stores_holding(*SPELLINGS) == []
