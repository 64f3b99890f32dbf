"""Who may read a publication: nobody else, named bodies, or everyone. Withdrawing hides at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.models import Publication, PublicationShare
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_share


class CannotShare(CannotDo):
    """The publication is shared as far as it was."""


@transaction.atomic
def share_publication(
    *,
    publication_id: int,
    sharing: str,
    by: Person | None,
    at: datetime,
    with_bodies: Iterable[int] = (),
) -> Publication:
    """Make a publication private, shared with named bodies, or public.

    :raises CannotShare: when the role is missing, it is no longer current, it is an extract of a
        ledger (never public), or it is shared with no one by name.
    """
    publication = _standing(publication_id, by)
    named = sorted(set(with_bodies) - {publication.body_id})
    if sharing == Publication.Sharing.PUBLIC and publication.kind == "ap_extract":
        raise CannotShare(
            "An extract of the ledger is never public. Publish the quarter from it instead."
        )
    if sharing == Publication.Sharing.NAMED and not named:
        raise CannotShare("Sharing with named bodies needs at least one. Choose the bodies.")
    before = publication.sharing
    publication.sharing = sharing
    publication.save(update_fields=["sharing"])
    publication.shares.all().delete()
    if sharing == Publication.Sharing.NAMED:
        PublicationShare.objects.bulk_create(
            PublicationShare(publication=publication, body_id=body) for body in named
        )
    audit.record(
        by=by,
        at=at,
        did="spend.publication_shared",
        to=f"core.publication:{publication.pk}",
        body_id=publication.body_id,
        before=before,
        after=sharing,
        bodies=named if sharing == Publication.Sharing.NAMED else [],
    )
    return publication


@transaction.atomic
def withdraw_publication(*, publication_id: int, by: Person | None, at: datetime) -> Publication:
    """Take a publication out of every answer at once. Its file and rows are kept.

    :raises CannotShare: when the role is missing, or it no longer stands.
    """
    publication = _standing(publication_id, by)
    publication.state = Publication.State.WITHDRAWN
    publication.save(update_fields=["state"])
    audit.record(
        by=by,
        at=at,
        did="spend.publication_withdrawn",
        to=f"core.publication:{publication.pk}",
        body_id=publication.body_id,
    )
    return publication


@transaction.atomic
def restore_publication(*, publication_id: int, by: Person | None, at: datetime) -> Publication:
    """Undo a withdrawal.

    :raises CannotShare: when the role is missing, or it was not withdrawn.
    """
    publication = _found(publication_id)
    _refuse_without_role(publication, by)
    if publication.state != Publication.State.WITHDRAWN:
        raise CannotShare("This publication was not withdrawn, so there is nothing to restore.")
    publication.state = Publication.State.CURRENT
    publication.save(update_fields=["state"])
    audit.record(
        by=by,
        at=at,
        did="spend.publication_restored",
        to=f"core.publication:{publication.pk}",
        body_id=publication.body_id,
    )
    return publication


def _standing(publication_id: int, by: Person | None) -> Publication:
    publication = _found(publication_id)
    _refuse_without_role(publication, by)
    if publication.state != Publication.State.CURRENT:
        raise CannotShare(
            f"This publication is {publication.get_state_display()}. Only a current one is shared "
            "or withdrawn."
        )
    return publication


def _found(publication_id: int) -> Publication:
    found = Publication.objects.select_for_update().filter(pk=publication_id).first()
    if found is None:
        raise CannotShare(
            f"There is no publication {publication_id}. `moothall spend publications list` has "
            "them all with their numbers."
        )
    return found


def _refuse_without_role(publication: Publication, by: Person | None) -> None:
    body = Organisation.objects.get(pk=publication.body_id)
    if reason := why_not_share(by or Viewer.operator(), body):
        raise CannotShare(reason)
