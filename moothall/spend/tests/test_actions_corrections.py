"""A row that was set aside is mended, loaded, and put back; totals add up at every step."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from moothall.core import lake
from moothall.core.models import AuditEntry, LakeGeneration
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory
from moothall.spend.actions import corrections
from moothall.spend.actions.corrections import CannotCorrect, Mended
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.models import RowCorrection, SourceFile
from moothall.spend.queries import aside, figures
from moothall.spend.queries.work import as_csv

AT = datetime(2025, 5, 9, 10, tzinfo=UTC)
OPERATOR = Viewer.operator()
FILE = """\
Payment Date,Supplier Name,Amount,Purpose
01/04/2025,Ashmere Highways LLP,1200.00,Road repairs
02/04/2025,Brackwater Homes Ltd,5.00,Care
02/04/2025,Brackwater Homes Ltd,#####,Care
13/04/2025,The Lantern Trust,-20.50,Grant returned
13/04/2019,The Lantern Trust,300.00,Grant
30/04/2025,Ashmere Highways LLP,99.99,Road repairs
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def body():
    return OrganisationFactory(name="Norbury")


@pytest.fixture
def source(body, tmp_path):
    path = tmp_path / "2025-04.csv"
    path.write_text(FILE)
    load_files([path], body=body, by=None, at=AT)
    project(at=AT)
    return SourceFile.objects.get()


@pytest.fixture
def officer(body):
    return RoleHeldFactory(organisation=body, role=Role.FINANCE_OFFICER.value).person


def counts(source: SourceFile) -> tuple[int, int, int, int, int]:
    source.refresh_from_db()
    return (
        source.rows_kept,
        source.rows_set_aside,
        source.rows_without_amount,
        source.kept_pence,
        source.set_aside_pence,
    )


def total() -> Decimal:
    return figures.headline(OPERATOR).gross_gbp


def asides() -> list[tuple[int, str]]:
    every = aside.AsideFilter(reason=aside.EVERY)
    return [(row.row, row.reason) for row in aside.all_aside(OPERATOR, every)]


CARE = ("02/04/2025", "Brackwater Homes Ltd", "(1,250.10)", "Care")


def test_a_mended_row_joins_the_lines_of_its_file_and_totals_follow(source, officer):
    assert counts(source) == (4, 2, 1, 128449, 30000)
    assert asides() == [(4, "amount_not_a_number"), (6, "outside_period")]
    corrections.correct_row(Mended(source.pk, 4, CARE), by=officer, at=AT)
    assert counts(source) == (5, 1, 0, 3439, 30000)
    assert asides() == [(6, "outside_period")]
    assert total() == Decimal("34.39")
    line = lake.payments_for(OPERATOR).lines.to_pyarrow().to_pylist()
    (mended,) = [each for each in line if each["row"] == 4]
    assert (mended["source_id"], mended["amount_text"]) == (source.pk, "(1,250.10)")


def test_undoing_puts_everything_back_as_it_was(source, officer):
    before, rows = counts(source), asides()
    made = corrections.correct_row(Mended(source.pk, 4, CARE), by=officer, at=AT)
    corrections.undo_correction(correction_id=made.pk, by=officer, at=AT)
    assert (counts(source), asides(), total()) == (before, rows, Decimal("1284.49"))
    assert not RowCorrection.objects.exists()


def test_one_correction_of_two_is_undone_alone(source, officer):
    first = corrections.correct_row(Mended(source.pk, 4, CARE), by=officer, at=AT)
    when = ("13/04/2025", "The Lantern Trust", "300.00", "Grant")
    corrections.correct_row(Mended(source.pk, 6, when), by=officer, at=AT)
    assert asides() == []
    corrections.undo_correction(correction_id=first.pk, by=officer, at=AT)
    assert asides() == [(4, "amount_not_a_number")]
    assert total() == Decimal("1584.49")


def test_a_row_that_still_cannot_be_read_stays_set_aside(source, officer):
    generation = LakeGeneration.objects.count()
    still = ("02/04/2025", "Brackwater Homes Ltd", "about ten", "Care")
    with pytest.raises(CannotCorrect, match=r'Row 4 stays set aside\. Amount not a number: "about'):
        corrections.correct_row(Mended(source.pk, 4, still), by=officer, at=AT)
    assert LakeGeneration.objects.count() == generation


def test_a_day_outside_the_period_is_loaded_once_a_person_vouches_for_it(source, officer):
    as_published = ("13/04/2019", "The Lantern Trust", "300.00", "Grant")
    with pytest.raises(CannotCorrect, match="outside the file's period"):
        corrections.correct_row(Mended(source.pk, 6, as_published), by=officer, at=AT)
    corrections.correct_row(Mended(source.pk, 6, as_published, accept_date=True), by=officer, at=AT)
    assert total() == Decimal("1584.49")


def test_only_the_bodys_own_finance_people_correct_its_rows(source):
    stranger = RoleHeldFactory(role=Role.FINANCE_OFFICER.value).person
    for person in (stranger, PersonFactory()):
        with pytest.raises(CannotCorrect, match="You cannot correct rows of Norbury"):
            corrections.correct_row(Mended(source.pk, 4, CARE), by=person, at=AT)


def test_a_row_is_corrected_once(source, officer):
    corrections.correct_row(Mended(source.pk, 4, CARE), by=officer, at=AT)
    with pytest.raises(CannotCorrect, match=r"Row 4 of 2025-04\.csv is not set aside"):
        corrections.correct_row(Mended(source.pk, 4, CARE), by=officer, at=AT)


def test_a_downloaded_file_is_mended_and_sent_back(source, officer):
    head, rows = aside.as_rows(aside.all_aside(OPERATOR, aside.AsideFilter(reason=aside.EVERY)))
    place = head.index("cell_3")
    mended = [[*row[:place], "12.00", *row[place + 1 :]] if row[3] == 4 else row for row in rows]
    text = "\ufeff" + as_csv(head, mended)
    changed = aside.rows_returned(OPERATOR, text.encode())
    assert [row.row for row in changed] == [4]
    done, left = corrections.correct_rows(
        [Mended(r.source_id, r.row, r.cells, r.sheet) for r in changed], by=officer, at=AT
    )
    assert (len(done), left) == (1, [])
    assert total() == Decimal("1296.49")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "it lacks the columns source_id"),
        (b"source_id,sheet,row,cell_1\n1.2E+15,,4,x\n", "Line 2 of the file does not say"),
        (b"source_id,sheet,row,cell_1\n", "No row of this file differs"),
    ],
)
def test_a_file_that_mends_nothing_is_refused(source, content, sentence):
    with pytest.raises(aside.CannotReadCorrections, match=sentence):
        aside.rows_returned(OPERATOR, content)


def test_the_log_says_who_mended_how_many_rows_and_never_what_they_say(source, officer):
    corrections.correct_row(Mended(source.pk, 4, CARE), by=officer, at=AT)
    entry = AuditEntry.objects.get(did="spend.rows_corrected")
    assert entry.by == f"person:{officer.pk}"
    assert entry.subject == f"spend.sourcefile:{source.pk}"
    assert "Brackwater" not in entry.detail
    assert "-1250.10" in entry.detail
