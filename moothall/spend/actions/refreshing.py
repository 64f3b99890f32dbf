"""Bring suppliers, categories and cubes up to date after a deed, in the background."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from moothall.core import jobs
from moothall.core.models import LakeGeneration, Publication
from moothall.directory.models import Person
from moothall.spend.actions.projecting import project, project_decisions
from moothall.spend.actions.sharing import (
    restore_publication,
    share_publication,
    withdraw_publication,
)

PROJECTED = "spend.projected"


def refresh_soon(*, key: str, after: int | None = None) -> str:
    """Start a projection, inside the transaction of the deed that asks for it; the job's id.

    after : the generation that the deed made: a projection that has seen it is enough
    """
    return jobs.start_once(project_again, key=f"spend.project:{key}", after=after)


@task()
def project_again(after: int | None = None) -> int | None:
    """Project the lines that stand now, unless that was done since generation `after`."""
    if after is not None:
        # A projection reads under the writer's lock: a later number has seen what came before.
        seen = LakeGeneration.objects.filter(number__gt=after, why=PROJECTED).first()
        if seen is not None:
            return seen.number
    return project(at=timezone.now(), why=PROJECTED)


def rename_soon(*, key: str, why: str) -> str:
    """Settle anew who is who, inside the transaction of the deed that asks for it; the job's id."""
    return jobs.start_once(rename_again, key=f"{why}:{key}", why=why)


@task()
def rename_again(why: str) -> int | None:
    """Settle who is who by the decisions and registers that stand now.

    Where another such job waits, it does the work of both.
    """
    if jobs.waits(rename_again):
        return None
    return project_decisions(at=timezone.now(), why=why)


def names_wait() -> bool:
    """Whether names and totals on the pages are still to follow what was decided."""
    return jobs.waits(rename_again) or jobs.waits(project_again)


def settle_now() -> None:
    """Do what the deeds before this queued, and return when it is done: for a command's end."""
    for work in (project_again, rename_again):
        jobs.work_off(work)


def share_shown(
    *,
    publication_id: int,
    sharing: str,
    by: Person | None,
    at: datetime,
    with_bodies: Iterable[int] = (),
) -> Publication:
    """Share a publication; the names that the public may now read are settled soon after.

    :raises CannotShare: as `share_publication` says.
    """
    with transaction.atomic():
        publication = share_publication(
            publication_id=publication_id, sharing=sharing, by=by, at=at, with_bodies=with_bodies
        )
        refresh_soon(key=f"shared:{publication_id}:{at.isoformat()}")
    return publication


def withdraw_hidden(*, publication_id: int, by: Person | None, at: datetime) -> Publication:
    """Withdraw a publication: hidden at once, and links that rest only on it fall soon after.

    :raises CannotShare: when the role is missing, or it no longer stands.
    """
    with transaction.atomic():
        publication = withdraw_publication(publication_id=publication_id, by=by, at=at)
        refresh_soon(key=f"withdrawn:{publication_id}:{at.isoformat()}")
    return publication


def restore_shown(*, publication_id: int, by: Person | None, at: datetime) -> Publication:
    """Show a withdrawn publication again, with the links and categories that rest on it.

    :raises CannotShare: when the role is missing, or it was not withdrawn.
    """
    with transaction.atomic():
        publication = restore_publication(publication_id=publication_id, by=by, at=at)
        refresh_soon(key=f"restored:{publication_id}:{at.isoformat()}")
    return publication
