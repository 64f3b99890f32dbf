"""Invented drafts for tests."""

from django.utils import timezone

from moothall.agreements.actions.drafting import begin_draft
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
