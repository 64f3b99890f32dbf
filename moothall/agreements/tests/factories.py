"""Invented drafts and agreements for tests."""

import hashlib
from datetime import date

from django.utils import timezone

from moothall.agreements.actions.drafting import begin_draft
from moothall.agreements.engine.beginnings import deal_of_case
from moothall.agreements.models import Agreement, AgreementVersion, Member
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import RoleHeldFactory

CASE = "salford-urban-vision"


def manager_of(organisation):
    """A partnership manager of a body."""
    return RoleHeldFactory(role=Role.PARTNERSHIP_MANAGER.value, organisation=organisation).person


def draft_of(organisation, *, by=None, case=CASE, text="", name="Urban services"):
    """A draft of a body, begun by its partnership manager."""
    return begin_draft(
        body=organisation,
        name=name,
        case="" if text else case,
        text=text,
        by=by or manager_of(organisation),
        at=timezone.now(),
    )


def agreement_of(
    body, *members, kind="contract", text="", state="IN_FORCE", case=CASE, by=None, **fields
):
    """An agreement that a body keeps, with the others as its members, on a case's deal.

    The first of `members` is the provider; `text=None` leaves it without terms.
    """
    by, at = by or manager_of(body), timezone.now()
    given = {"name": "Urban services", "starts_on": date(2025, 4, 1), **fields}
    agreement = Agreement.objects.create(body=body, kind=kind, state=state, by=by, at=at, **given)
    Member.objects.create(agreement=agreement, organisation=body, role="commissioner")
    for number, each in enumerate(members):
        role = "partner" if number else "provider"
        Member.objects.create(agreement=agreement, organisation=each, role=role)
    if text is not None:
        text = text or deal_of_case(case)
        AgreementVersion.objects.create(
            agreement=agreement,
            number=1,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            in_force_from=agreement.starts_on,
            by=by,
            at=at,
        )
    return agreement
