"""A person's word on two names holds, is undone, and rests on what they may read."""

from datetime import UTC, datetime

import pytest
from django_tasks_db.models import DBTaskResult

from moothall.core import lake
from moothall.core.models import AuditEntry
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Deed, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.matching import CannotDecideMatch, decide_match, undo_match
from moothall.spend.actions.projecting import project
from moothall.spend.actions.refreshing import rename_again, restore_shown, withdraw_hidden
from moothall.spend.models import MatchDecision, SourceFile
from moothall.spend.queries.matching import bodies_of_pair, match_queue

AT = datetime(2025, 5, 9, 10, tzinfo=UTC)
OPERATOR = Viewer.operator()
HEAD = "Payment Date,Supplier Name,Amount,Purpose\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury")


@pytest.fixture
def southwold():
    return OrganisationFactory(name="Southwold")


@pytest.fixture
def loaded(norbury, southwold, tmp_path):
    """Each body paid one of two names that are alike."""
    for body, name in ((norbury, "Ashmere Highways LLP"), (southwold, "Ashmere Highway LLP")):
        path = tmp_path / f"{body.name} 2025-04.csv"
        path.write_text(HEAD + f"01/04/2025,{name},1200.00,Road repairs\n" * 3)
        load_files([path], body=body, by=None, at=AT)
    project(at=AT)


def officer(*bodies):
    first, *others = bodies
    person = RoleHeldFactory(organisation=first, role=Role.FINANCE_OFFICER.value).person
    for body in others:
        RoleHeldFactory(organisation=body, role=Role.FINANCE_OFFICER.value, person=person)
    return person


def queue(person):
    return match_queue(viewer_for(person, deed=Deed.SEE_PRIVATE), person)


def supplier_count() -> int:
    names = lake.payments_for(OPERATOR).names
    return int(names.supplier_id.nunique().to_pyarrow().as_py())


def decided(person, same: bool = True) -> MatchDecision:
    (pair,) = queue(person).pairs
    return decide_match(
        name_key=pair.left.name_key,
        other_key=pair.right.name_key,
        same=same,
        rests_on=pair.body_ids,
        by=person,
        at=AT,
    )


def test_a_pair_that_rests_on_two_bodies_is_shown_to_those_who_may_see_both(
    loaded, norbury, southwold
):
    (pair,) = queue(officer(norbury, southwold)).pairs
    assert set(pair.bodies) == {"Norbury", "Southwold"}
    assert {pair.left.body, pair.right.body} == {"Norbury", "Southwold"}
    assert queue(officer(norbury)).pair_count == 0
    viewer = viewer_for(officer(southwold), deed=Deed.SEE_PRIVATE)
    assert bodies_of_pair(viewer, pair.left.name_key, pair.right.name_key) is None


def test_a_decision_needs_the_role_at_every_body_it_rests_on(loaded, norbury, southwold):
    (pair,) = queue(officer(norbury, southwold)).pairs
    with pytest.raises(CannotDecideMatch, match="You cannot decide a supplier match for"):
        decide_match(
            name_key=pair.left.name_key,
            other_key=pair.right.name_key,
            same=True,
            rests_on=pair.body_ids,
            by=officer(norbury),
            at=AT,
        )
    assert supplier_count() == 2


def test_accepting_joins_two_names_and_undoing_parts_them(loaded, norbury, southwold):
    person = officer(norbury, southwold)
    decision = decided(person)
    assert supplier_count() == 1
    assert queue(person).pair_count == 0
    undo_match(decision_id=decision.pk, by=person, at=AT)
    assert supplier_count() == 2
    assert queue(person).pair_count == 1


def test_a_decision_holds_when_everything_is_projected_afresh(loaded, norbury, southwold):
    person = officer(norbury, southwold)
    decided(person)
    project(at=AT)
    assert supplier_count() == 1


def test_a_refused_pair_does_not_come_back(loaded, norbury, southwold):
    person = officer(norbury, southwold)
    decided(person, same=False)
    project(at=AT)
    assert queue(person).pair_count == 0
    assert supplier_count() == 2


def test_withdrawing_suspends_what_rests_on_it(loaded, norbury, southwold):
    person = officer(norbury, southwold)
    source = SourceFile.objects.get(body=southwold)
    withdraw_hidden(publication_id=source.publication_id, by=None, at=AT)
    assert queue(person).pair_count == 0
    restore_shown(publication_id=source.publication_id, by=None, at=AT)
    assert queue(person).pair_count == 1


def test_the_log_holds_keys_and_never_names(loaded, norbury, southwold):
    decided(officer(norbury, southwold))
    entry = AuditEntry.objects.get(did="spend.match_accepted")
    assert "Ashmere" not in entry.detail
    assert f'"bodies":[{norbury.pk},{southwold.pk}]' in entry.detail.replace(" ", "")


def test_a_decision_is_quick_and_a_worker_settles_the_names(loaded, norbury, southwold, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    person = officer(norbury, southwold)
    assert supplier_count() == 2
    decision = decided(person)
    assert supplier_count() == 2
    assert queue(person).pair_count == 0  # the word stands, though the names wait
    undo_match(decision_id=decision.pk, by=person, at=AT)
    decided(person)
    assert rename_again.func("spend.match_decided") is None  # a job that waits will do it
    DBTaskResult.objects.update(status="RUNNING")
    assert rename_again.func("spend.match_decided") is not None
    assert supplier_count() == 1
