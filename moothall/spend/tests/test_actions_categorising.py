"""What a person says of a payment outweighs every rule, holds for files to come, and is undone."""

from datetime import UTC, datetime

import pytest

from moothall.core import lake
from moothall.core.models import AuditEntry
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.spend.actions.categorising import CannotCategorise, correct_category, undo_category
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.matching import decide_match
from moothall.spend.actions.projecting import project
from moothall.spend.models import CategoryCorrection
from moothall.spend.queries.categorising import subject_of_line

AT = datetime(2025, 5, 9, 10, tzinfo=UTC)
OPERATOR = Viewer.operator()
FILE = """\
Payment Date,Supplier Name,Amount,Purpose,Expenditure Category
01/04/2025,Ashmere Highways LLP,1200.00,Road repairs,Works
02/04/2025,Ashmere Highways LLP,50.00,Signs,Works
03/04/2025,Brackwater Homes Ltd,5.00,Residential care,Works
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def norbury(tmp_path):
    body = OrganisationFactory(name="Norbury")
    loaded(body, tmp_path, FILE, "2025-04.csv")
    return body


@pytest.fixture
def officer(norbury):
    return RoleHeldFactory(organisation=norbury, role=Role.PROCUREMENT_OFFICER.value).person


def loaded(body, folder, content: str, name: str) -> None:
    path = folder / name
    path.write_text(content)
    load_files([path], body=body, by=None, at=AT)
    project(at=AT)


def line(row: int) -> dict:
    held = lake.payments_for(OPERATOR)
    found = held.lines.filter(held.lines.row == row).to_pyarrow().to_pylist()
    return found[0]


def categories() -> dict[tuple[str, str], tuple[str, str]]:
    """(supplier, purpose) -> (category, how)."""
    held = lake.payments_for(OPERATOR)
    rows = held.lines.join(held.categories, "category_key").to_pyarrow().to_pylist()
    return {(r["supplier_name"], r["purpose"]): (r["category"], r["how"]) for r in rows}


def said(norbury, officer, scope: str, matches: object) -> CategoryCorrection:
    return correct_category(
        body=norbury, scope=scope, matches=str(matches), category="ict/software", by=officer, at=AT
    )


IT = ("ict/software", "person")
REPAIRS = ("Ashmere Highways LLP", "Road repairs")
SIGNS = ("Ashmere Highways LLP", "Signs")
CARE = ("Brackwater Homes Ltd", "Residential care")


def test_only_lines_described_alike_move_when_that_is_what_was_said(norbury, officer):
    said(norbury, officer, "SIGNATURE", line(2)["category_key"])
    found = categories()
    assert found[REPAIRS] == IT
    assert IT not in (found[SIGNS], found[CARE])


def test_everything_from_a_supplier_moves_and_no_other(norbury, officer):
    subject = subject_of_line(OPERATOR, line(2)["source_id"], 2, None)
    said(norbury, officer, "SUPPLIER", subject.choices[0].matches)
    found = categories()
    assert (found[REPAIRS], found[SIGNS]) == (IT, IT)
    assert found[CARE] != IT


def test_everything_published_under_one_category_moves(norbury, officer):
    said(norbury, officer, "PUBLISHED", "Works")
    assert set(categories().values()) == {IT}


def test_what_was_said_holds_for_files_to_come_and_for_names_joined_since(
    norbury, officer, tmp_path
):
    key = line(2)["name_key"]
    said(norbury, officer, "SUPPLIER", key)
    later = FILE.replace("/04/", "/05/").replace("Highways LLP", "Highway LLP")
    loaded(norbury, tmp_path, later, "2025-05.csv")
    names = lake.payments_for(OPERATOR).names
    other = names.filter(names.supplier_name == "Ashmere Highway LLP").to_pyarrow().to_pylist()[0]
    decide_match(
        name_key=key, other_key=other["name_key"], same=True, rests_on=[norbury.pk], by=None, at=AT
    )
    project(at=AT)
    assert categories()[("Ashmere Highway LLP", "Signs")] == IT


def test_undoing_sorts_the_lines_as_if_nothing_had_been_said(norbury, officer):
    before = categories()
    made = said(norbury, officer, "PUBLISHED", "Works")
    undo_category(correction_id=made.pk, by=officer, at=AT)
    assert categories() == before
    with pytest.raises(CannotCategorise, match="undone already"):
        undo_category(correction_id=made.pk, by=officer, at=AT)


def test_a_second_word_on_the_same_thing_takes_the_place_of_the_first(norbury, officer):
    said(norbury, officer, "PUBLISHED", "Works")
    said(norbury, officer, "PUBLISHED", "Works")
    assert CategoryCorrection.objects.filter(undone_at=None).count() == 1


@pytest.mark.parametrize(
    ("scope", "matches", "category", "sentence"),
    [
        ("SUPPLIER", "1", "ict", "is not a category of the second level"),
        ("SUPPLIER", " ", "ict/software", "Say what the correction is about"),
        ("ALL", "1", "ict/software", "Say what the correction is about"),
        ("SIGNATURE", "Works", "ict/software", "has no number"),
    ],
)
def test_a_correction_that_is_about_nothing_is_refused(
    norbury, officer, scope, matches, category, sentence
):
    with pytest.raises(CannotCategorise, match=sentence):
        correct_category(
            body=norbury, scope=scope, matches=matches, category=category, by=officer, at=AT
        )


def test_only_those_with_the_role_say_what_a_bodys_payments_are(norbury, officer):
    stranger = RoleHeldFactory(role=Role.PROCUREMENT_OFFICER.value).person
    with pytest.raises(CannotCategorise, match="You cannot change a category for Norbury"):
        said(norbury, stranger, "PUBLISHED", "Works")
    made = said(norbury, officer, "PUBLISHED", "Works")
    with pytest.raises(CannotCategorise, match="You cannot change a category for Norbury"):
        undo_category(correction_id=made.pk, by=stranger, at=AT)


def test_the_log_says_what_was_corrected_without_the_words(norbury, officer):
    said(norbury, officer, "PUBLISHED", "Works")
    entry = AuditEntry.objects.get(did="spend.category_corrected")
    assert "Works" not in entry.detail
    assert "ict/software" in entry.detail
