"""A correction takes the place of what it corrects; the same bytes again change nothing."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from moothall.core import lake
from moothall.core.models import AuditEntry, LakeFile, LakeGeneration, Publication
from moothall.core.permissions import Viewer
from moothall.directory.tests.factories import OrganisationFactory
from moothall.spend.actions.loading import LoadReport, load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.sharing import withdraw_publication
from moothall.spend.models import Load, SourceFile
from moothall.spend.queries.figures import summary
from moothall.spend.queries.publications import changed_lines, line_paths

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_lake")]
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HEADER = "Supplier,Date,Amount,Reference"


@pytest.fixture
def body():
    return OrganisationFactory()


def published(folder: Path, name: str, *lines: str, header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def april(*, last: str = "90.00") -> list[str]:
    return [f"SUPPLIER {n} LTD,{n:02}/04/2024,{n}.25,R{n}" for n in range(1, 20)] + [
        f"LAST LTD,30/04/2024,{last},R99"
    ]


def load(body, *paths: Path, **said) -> LoadReport:
    return load_files(paths, body=body, by=None, at=NOW, **said)


def total() -> Decimal:
    lines = lake.payments_for(Viewer.operator()).lines
    return lines.amount.sum().to_pyarrow().as_py() or Decimal("0.00")


def books() -> dict[str, object]:
    """Everything that a run could have changed."""
    home = lake.lake_folder().parent
    return {
        "files": sorted(SourceFile.objects.values_list()),
        "publications": sorted(Publication.objects.values_list("id", "state", "superseded_by")),
        "lake": sorted(LakeFile.objects.values_list()),
        "generations": LakeGeneration.objects.count(),
        "loads": Load.objects.count(),
        "audit": list(AuditEntry.objects.order_by("seq").values_list("hash", flat=True)),
        "disk": sorted(str(path) for path in home.glob("[lr]a*/*/*") if path.is_file()),
    }


def test_the_same_bytes_again_change_nothing_under_any_name(body, tmp_path):
    first = published(tmp_path, "April 2024.csv", *april())
    load(body, first)
    before = books()
    again = published(tmp_path, "the same April 2024.csv", *april())
    report = load(body, first, again)
    assert [file.status for file in report.files] == ["unchanged", "unchanged"]
    assert report.files[0].as_json()["amount_kept"] == "284.75"
    assert report.load_id is None
    assert books() == before


def test_a_refused_file_is_put_on_record_once(body, tmp_path):
    page = tmp_path / "April 2024.csv"
    page.write_text("<!DOCTYPE html><html><body>Not found</body></html>")
    load(body, page)
    before = books()
    assert [file.status for file in load(body, page).files] == ["refused"]
    assert books() == before


def test_the_same_bytes_twice_in_one_run_count_once(body, tmp_path):
    one = published(tmp_path, "April 2024.csv", *april())
    two = published(tmp_path, "Copy of April 2024.csv", *april())
    report = load(body, one, two)
    assert [file.status for file in report.files] == ["loaded", "unchanged"]
    assert "not counted again" in report.files[1].warnings[0]
    assert total() == Decimal("284.75")


def test_a_correction_supersedes_and_says_what_changed_line_by_line(body, tmp_path):
    load(body, published(tmp_path, "April 2024.csv", *april()), sharing="PUBLIC")
    (old,) = Publication.objects.all()
    report = load(body, published(tmp_path, "April 2024 v2.csv", *april(last="-90.00")))
    (file,) = report.files
    assert (file.status, file.replaces) == ("superseded", "April 2024.csv")
    assert file.as_json()["changes"] == {
        "rows_same": 19,
        "rows_removed": 1,
        "rows_added": 1,
        "amount_removed": "90.00",
        "amount_added": "-90.00",
    }
    assert total() == Decimal("104.75")
    old.refresh_from_db()
    new = old.superseded_by
    assert (old.state, new.state, new.sharing) == ("SUPERSEDED", "CURRENT", "PUBLIC")
    changed = changed_lines(line_paths(old.pk), line_paths(new.pk))
    assert [(row["supplier_name"], row["amount"], row["change"]) for row in changed] == [
        ("LAST LTD", Decimal("-90.00"), 1),
        ("LAST LTD", Decimal("90.00"), -1),
    ]


def test_what_was_superseded_stays_retrievable(body, tmp_path):
    path = published(tmp_path, "April 2024.csv", *april())
    load(body, path)
    source = SourceFile.objects.get()
    load(body, published(tmp_path, "April 2024 v2.csv", *april(last="1.00")))
    lake.sweep(at=datetime(2036, 1, 5, tzinfo=UTC))
    assert lake.raw_path(source.sha256).read_bytes() == path.read_bytes()
    old = lake.table_of(line_paths(source.publication_id), "lines", local=True)
    assert old.amount.sum().to_pyarrow().as_py() == Decimal("284.75")


def test_bytes_that_were_replaced_stay_replaced_when_the_folder_is_offered_again(body, tmp_path):
    first = published(tmp_path, "April 2024.csv", *april())
    second = published(tmp_path, "April 2024 v2.csv", *april(last="1.00"))
    load(body, first)
    load(body, second)
    before = books()
    report = load(body, first, second)
    assert [file.status for file in report.files] == ["unchanged", "unchanged"]
    assert "A later file replaced these bytes" in report.files[0].warnings[0]
    assert books() == before


def test_replaced_bytes_load_again_once_what_replaced_them_is_withdrawn(body, tmp_path):
    first = published(tmp_path, "April 2024.csv", *april())
    load(body, first)
    load(body, published(tmp_path, "April 2024 v2.csv", *april(last="1.00")))
    current = Publication.objects.get(state="CURRENT")
    withdraw_publication(publication_id=current.pk, by=None, at=NOW)
    assert total() == Decimal("0.00")
    assert [file.status for file in load(body, first).files] == ["loaded"]
    assert total() == Decimal("284.75")


def test_versions_of_one_month_in_one_run_leave_only_the_last(body, tmp_path):
    paths = [published(tmp_path, f"April 2024 v{n}.csv", *april(last=f"{n}.00")) for n in (1, 2, 3)]
    report = load(body, *paths)
    assert [file.status for file in report.files] == ["loaded", "superseded", "superseded"]
    assert total() == Decimal("197.75")
    held = {path for _, path, _ in lake.current_generation().files if "/lines/" in path}
    assert len(held) == 1
    before = books()
    load(body, *paths)
    assert books() == before


def test_a_quarter_over_its_months_is_reported_and_neither_is_dropped(body, tmp_path):
    load(body, published(tmp_path, "April 2024.csv", *april()))
    may = [line.replace("/04/", "/05/").replace("30/05", "29/05") for line in april()]
    quarter = published(tmp_path, "Q1 2024-25.csv", *april(), *may)
    (file,) = load(body, quarter).files
    assert file.status == "loaded"
    assert file.warnings == (
        "20 of its lines (£284.75) also stand in April 2024.csv. Both are loaded: withdraw one so "
        "that nothing counts twice.",
    )
    assert file.needs_an_eye
    assert total() == 3 * Decimal("284.75")


def test_totals_say_what_they_count_twice_until_one_publication_is_withdrawn(body, tmp_path):
    load(body, published(tmp_path, "April 2024.csv", *april()))
    first = Publication.objects.get()
    may = [line.replace("/04/", "/05/").replace("30/05", "29/05") for line in april()]
    load(body, published(tmp_path, "Q1 2024-25.csv", *april(), *may))
    project(at=NOW)
    coverage = summary(Viewer.operator(), "supplier").coverage
    assert coverage.twice == (
        "20 lines (£284.75) stand in two publications of one body, and are counted twice until one "
        "of the two is withdrawn."
    )
    withdraw_publication(publication_id=first.pk, by=None, at=NOW)
    coverage = summary(Viewer.operator(), "supplier").coverage
    assert (coverage.twice_rows, coverage.twice) == (0, "")


def test_lines_without_references_are_still_seen_to_overlap(body, tmp_path):
    load(body, published(tmp_path, "April 2024.csv", *april()))
    bare = [line.rpartition(",")[0] for line in april()]
    may = [line.replace("/04/", "/05/").replace("30/05", "29/05") for line in bare]
    quarter = published(tmp_path, "Q1 2024-25.csv", *bare, *may, header=HEADER.rpartition(",")[0])
    (file,) = load(body, quarter).files
    assert "20 of its lines (£284.75) also stand in April 2024.csv" in file.warnings[0]


def test_cards_of_the_same_days_do_not_supersede_invoices(body, tmp_path):
    load(body, published(tmp_path, "April 2024.csv", *april()))
    cards = [f"SHOP {n},{n:02}/04/2024,{n}.10,C{n}" for n in range(1, 31)]
    (file,) = load(body, published(tmp_path, "Purchase cards April 2024.csv", *cards)).files
    assert (file.status, file.warnings) == ("loaded", ())
    assert set(Publication.objects.values_list("kind", "state")) == {
        ("spend", "CURRENT"),
        ("cards", "CURRENT"),
    }


def test_another_set_for_the_same_days_stands_beside(body, tmp_path):
    load(body, published(tmp_path, "April 2024.csv", *april()))
    others = [f"SCHOOL {n},{n:02}/04/2024,{n}.10,S{n}" for n in range(1, 31)]
    (file,) = load(body, published(tmp_path, "Schools April 2024.csv", *others)).files
    assert (file.status, file.warnings) == ("loaded", ())


def test_another_body_may_publish_the_same_bytes(body, tmp_path):
    path = published(tmp_path, "April 2024.csv", *april())
    load(body, path)
    assert [file.status for file in load(OrganisationFactory(), path).files] == ["loaded"]
