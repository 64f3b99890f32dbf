"""A quarter is published with its proof, and only once every redaction holds."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from moothall.core import lake
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.publishing import CannotPublish, CannotPublishYet, publish_quarter
from moothall.spend.actions.redacting import (
    CannotDecideRedaction,
    decide_redaction,
    undo_redaction,
)
from moothall.spend.exports import CannotVerify, verified_release
from moothall.spend.models import Release
from moothall.spend.queries.releases import releases_folder
from moothall.values.periods import Period

AT = datetime(2026, 4, 20, 9, tzinfo=UTC)
QUARTER = Period.quarter(2026, 1)
EXTRACT = (
    "Invoice Number,Invoice Date,Date Received,Payment Date,Supplier Name,Supplier ID,Net Amount,"
    "VAT Amount,Gross Amount,Irrecoverable VAT,Purchase Order,Cost Centre,Department,"
    "Expenditure Category,Purpose\n"
)


def extract_line(number, paid, name, ref, net, vat="0.00", category="Road works", purpose="Works"):
    return (
        f"{number},01/01/2026,02/01/2026,{paid},{name},{ref},{net},0.00,{net},{vat},,C1,"
        f"Highways,{category},{purpose}\n"
    )


LINES = [
    extract_line("A1", "15/01/2026", "Bright Build Ltd", 100, "12000.00", vat="20.00"),
    extract_line("A2", "15/01/2026", "Small Shop Ltd", 101, "120.50"),
    extract_line("A3", "16/01/2026", "Bright Build Ltd", 100, "-800.00"),
    extract_line("A4", "17/01/2026", "HMRC", 102, "50000.00", purpose="PAYE"),
    extract_line("A5", "18/01/2026", "Mrs Jane Appletree", 103, "900.00", purpose="Fostering"),
    extract_line("A6", "18/01/2026", "REDACTED", 104, "900.00", purpose="Fostering"),
    extract_line("A7", "19/01/2026", "Redactive Publishing Ltd", 105, "1000.00", purpose="=1+1"),
    extract_line("A9", "15/04/2026", "Later Ltd", 106, "1000.00"),
]


PAYMENTS = "Payment Date,Supplier Name,Supplier ID,Net Amount,Department,Purpose\n"
PAID = [
    "15/01/2026,Bright Build Ltd,100,12000.00,Roads,Works\n",
    "16/01/2026,Mrs Jane Appletree,103,900.00,Children,Fostering\n",
]


@pytest.fixture
def body(transactional_db, tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    lake._generation.cache_clear()
    yield OrganisationFactory(name="Testshire")
    lake._generation.cache_clear()


@pytest.fixture
def load(body, tmp_path):
    def loaded(name: str, text: str) -> None:
        path = tmp_path / name
        path.write_text(text)
        report = load_files([path], body=body, by=None, at=AT, sharing="PUBLIC")
        assert report.files[0].status in {"loaded", "superseded"}, report.files[0].refusal
        project(at=AT)

    return loaded


def publish(body, **said):
    return publish_quarter(body=body, period=QUARTER, at=AT, **({"by": None} | said))


def payments_of(release: Release) -> list[dict[str, str]]:
    with (releases_folder() / release.folder / "payments.csv").open(newline="") as text:
        return list(csv.DictReader(text))


def test_the_extract_is_published_below_the_threshold_left_out_or_redacted(body, load):
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    done = publish(body)
    parts = {
        part["end"]: (part["rows"], part["amount_gbp"]) for part in done.release.proof["parts"]
    }
    assert parts == {
        "published": (3, "12220.00"),
        "redacted": (2, "1800.00"),
        "below_threshold": (1, "120.50"),
        "salaries": (0, "0.00"),
        "hmrc": (1, "50000.00"),
        "financing": (0, "0.00"),
        "compensation": (0, "0.00"),
    }
    assert done.release.proof["source"]["amount_gbp"] == "64140.50"
    assert done.release.proof["agrees"]
    (file,) = done.release.proof["files"]
    assert (file["rows_in_quarter"], file["rows_outside_quarter"]) == (7, 1)
    rows = payments_of(done.release)
    assert sum(Decimal(row["Net amount"]) for row in rows) == Decimal("14020.00")
    assert [row["Supplier name"] for row in rows].count("REDACTED PERSONAL DATA") == 2
    assert "Redactive Publishing Ltd" in {row["Supplier name"] for row in rows}
    assert "'=1+1" in {row["Purpose"] for row in rows}
    assert {row["Transaction date"] for row in rows} >= {"15/01/2026"}
    assert "Appletree" not in (releases_folder() / done.release.folder / "payments.csv").read_text()


def test_publishing_the_same_again_changes_nothing(body, load):
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    first = publish(body)
    assert publish(body).status == "unchanged"
    assert publish(body).release == first.release
    assert Release.objects.count() == 1


def test_an_id_with_a_hidden_and_a_clear_name_stops_the_release_until_decided(body, load):
    """The clear name stands in another month's file."""
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    load(
        "extract-2025.csv",
        EXTRACT + extract_line("Z1", "15/10/2025", "Mr John Oaktree", 104, "910.00"),
    )
    with pytest.raises(CannotPublishYet, match="both a redacted and a clear name") as refused:
        publish(body)
    assert [alert.ref for alert in refused.value.alerts] == ["104"]
    assert Release.objects.count() == 0
    decide_redaction(body=body, scope="SUPPLIER_REF", named=["104"], redact=True, by=None, at=AT)
    assert publish(body).status == "published"


def test_a_decision_is_what_the_public_reads_and_holds_for_files_to_come(body, load):
    load("payments-2026-01.csv", PAYMENTS + "".join(PAID))

    def public_names() -> dict[str, str | None]:
        names = lake.payments_for(Viewer.operator()).names
        rows = names.select("supplier_name", "public_name").to_pyarrow().to_pylist()
        return {row["supplier_name"]: row["public_name"] for row in rows}

    assert public_names()["Mrs Jane Appletree"] is None
    assert public_names()["Bright Build Ltd"] == "Bright Build Ltd"
    (shown,) = decide_redaction(
        body=body, scope="NAME", named=["Mrs Jane Appletree"], redact=False, by=None, at=AT
    )
    decide_redaction(body=body, scope="SUPPLIER_REF", named=["100"], redact=True, by=None, at=AT)
    assert public_names()["Mrs Jane Appletree"] == "Mrs Jane Appletree"
    assert public_names()["Bright Build Ltd"] is None
    load("payments-2025-10.csv", PAYMENTS + "15/10/2025,Bright Build,100,1.00,Roads,Works\n")
    assert public_names()["Bright Build"] is None
    with pytest.raises(CannotDecideRedaction, match="Undo it to decide again"):
        decide_redaction(
            body=body, scope="NAME", named=["mrs jane  APPLETREE"], redact=True, by=None, at=AT
        )
    undo_redaction(decision_id=shown.pk, by=None, at=AT)
    assert public_names()["Mrs Jane Appletree"] is None
    with pytest.raises(CannotDecideRedaction, match="undone already"):
        undo_redaction(decision_id=shown.pk, by=None, at=AT)


def test_a_later_release_replaces_the_first_and_tells_what_changed(body, load):
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    first = publish(body)
    changed = [line.replace("12000.00", "12500.00") for line in LINES]
    load("extract-2026.csv", EXTRACT + "".join(changed))
    second = publish(body)
    assert (second.status, second.release.edition) == ("replaced", 2)
    assert second.release.replaces == first.release
    folder = releases_folder() / second.release.folder
    with (folder / "errata.csv").open(newline="") as text:
        told = [(row["Change"], row["Net amount"]) for row in csv.DictReader(text)]
    assert told == [("was", "12020.00"), ("is now", "12520.00")]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["replaces"] == first.release.manifest_sha256
    assert manifest["rules"]["spend_threshold"]["verified"] is True


def test_anyone_can_check_a_release_and_every_change_shows(body, load):
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    folder = releases_folder() / publish(body).release.folder
    assert verified_release(folder).quarter == "2026Q1"
    for name in ("payments.csv", "manifest.json", "manifest.sig", "proof.json", "dictionary.csv"):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
        with pytest.raises(CannotVerify):
            verified_release(folder)
        (folder / name).unlink()
        with pytest.raises(CannotVerify):
            verified_release(folder)
        (folder / name).write_bytes(kept)
    assert verified_release(folder).files == 4


def test_without_an_extract_the_loaded_publication_is_the_source(body, load):
    header = "Payment Date,Supplier Name,Supplier ID,Net Amount,Department,Purpose\n"
    load(
        "payments-2026-01.csv",
        header
        + "15/01/2026,Bright Build Ltd,1,900.00,Highways,Works\n"
        + "16/01/2026,Small Shop Ltd,2,20.00,Highways,Paint\n",
    )
    done = publish(body)
    assert done.release.basis == "spend"
    assert (done.release.row_count, done.release.published_pence) == (1, 90_000)


def test_a_release_reads_back_to_its_own_total(body, load, tmp_path):
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    done = publish(body)
    other = OrganisationFactory(name="Reader")
    path = releases_folder() / done.release.folder / "payments.csv"
    copy = tmp_path / "testshire-2026-q1.csv"
    copy.write_bytes(path.read_bytes())
    (file,) = load_files([copy], body=other, by=None, at=AT).files
    assert file.status == "loaded"
    assert file.reading.rows_kept == done.release.row_count
    assert file.reading.amount_kept == Decimal(done.release.published_pence) / 100


def test_who_may_not_publish_is_told_who_may(body, load):
    load("extract-2026.csv", EXTRACT + "".join(LINES))
    auditor = RoleHeldFactory(organisation=body, role=Role.INTERNAL_AUDITOR.value).person
    with pytest.raises(CannotPublish, match="only its section 151 officer or finance officer may"):
        publish(body, by=auditor)
    officer = RoleHeldFactory(organisation=body, role=Role.FINANCE_OFFICER.value).person
    assert publish(body, by=officer).release.by == officer


def test_a_quarter_with_nothing_loaded_is_refused_and_says_what_is(body, load):
    with pytest.raises(CannotPublish, match=r"January 2026 to .*Nothing of it stands here yet"):
        publish(body)
    for month in (3, 4, 7, 9, 11, 1):
        load(f"2025-{month:02}.csv", PAYMENTS + PAID[0].replace("01/2026", f"{month:02}/2025"))
        if month == 7:
            days = "What stands here is of 1 March 2025 to 30 April 2025 and July 2025."
            with pytest.raises(CannotPublish, match=days):
                publish(body)
    with pytest.raises(CannotPublish, match="has gaps; the last of it is of November 2025"):
        publish(body)
