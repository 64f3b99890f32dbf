"""A decision is recorded by who may, and read by who may."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from moothall.core.models import AuditEntry
from moothall.core.permissions import PUBLIC
from moothall.decisions import actions, queries
from moothall.decisions.tests.factories import DecisionFactory
from moothall.directory.models import ExemptUnder, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SAID = {
    "subject": "spend.match:17",
    "what": "They are one supplier",
    "why": "One company number",
    "authority": "Minute 14 of 3 May",
}


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury")


def test_a_decision_keeps_what_why_who_and_on_whose_authority(norbury):
    officer = RoleHeldFactory(organisation=norbury, role=Role.SECTION_151_OFFICER.value).person
    actions.record_decision(body=norbury, **SAID, by=officer, at=NOW)
    (row,) = queries.decisions_about("spend.match:17", viewer=PUBLIC)
    assert (row.what, row.why, row.by) == (SAID["what"], SAID["why"], officer.name)
    assert (row.authority, row.exempt) == (SAID["authority"], "")
    entry = AuditEntry.objects.get()
    assert entry.did == "decisions.recorded"
    assert "supplier" not in entry.detail


def test_who_may_not_decide_is_told_why(norbury):
    with pytest.raises(actions.CannotRecordDecision, match="You cannot record a decision of Norb"):
        actions.record_decision(body=norbury, **SAID, by=PersonFactory(), at=NOW)


def test_a_decision_without_its_reason_is_none(norbury):
    officer = RoleHeldFactory(organisation=norbury, role=Role.SECTION_151_OFFICER.value).person
    unsaid = {**SAID, "why": " ", "authority": ""}
    with pytest.raises(
        actions.CannotRecordDecision, match="without saying why and on whose authority"
    ):
        actions.record_decision(body=norbury, **unsaid, by=officer, at=NOW)
    assert not AuditEntry.objects.exists()


def test_of_an_exempt_decision_the_public_learns_only_the_paragraph(norbury):
    DecisionFactory(
        body=norbury,
        what="Settle for £10,000",
        exempt_under=ExemptUnder.LEGAL_PROFESSIONAL_PRIVILEGE,
    )
    (row,) = queries.decisions_about("spend.match:17", viewer=PUBLIC)
    assert row.what.startswith("Exempt under paragraph 5: legal professional privilege")
    assert row.why == ""
    member = RoleHeldFactory(organisation=norbury, role=Role.SCRUTINY_MEMBER.value).person
    (row,) = queries.decisions_about("spend.match:17", viewer=viewer_for(member))
    assert row.what == "Settle for £10,000"


def test_there_are_seven_paragraphs():
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionFactory(exempt_under=8)
