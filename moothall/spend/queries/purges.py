"""Which purges wait for a second person, and what became of the others?"""

from __future__ import annotations

import json
from datetime import datetime

from attrs import frozen

from moothall.core import lake
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_confirm_purge, why_not_request_purge
from moothall.spend.models import Purge

# Codes, not free text: a reason typed freely would name whom it is to protect.
REASONS = {
    "personal_data": "Personal data published in error",
    "safety": "A person would be put at risk",
    "confidential": "Confidential or exempt information published in error",
    "court_order": "Ordered by a court or the Information Commissioner",
}
RAW_TOMBSTONE = "purged"


@frozen
class PurgeRow:
    """A purge as a page shows it. The value is shown only while it waits for the second person."""

    id: int
    value: str
    reason: str
    state: str
    waits: bool
    requested_by: str
    requested_at: datetime
    settled_by: str
    settled_at: datetime | None
    found: dict[str, int]
    why_not_confirm: str | None


@frozen
class PurgePage:
    body: str
    slug: str
    rows: tuple[PurgeRow, ...]
    why_not_request: str | None


def purge_page(body: Organisation, *, person: Person | Viewer | None) -> PurgePage:
    """Every purge of a body, those that wait first."""
    held = Purge.objects.filter(body=body).select_related("requested_by", "settled_by")
    rows = tuple(_row(purge, body, person) for purge in held.order_by("-requested_at", "-pk"))
    return PurgePage(
        body=body.name,
        slug=body.slug,
        rows=tuple(sorted(rows, key=lambda row: not row.waits)),
        why_not_request=why_not_request_purge(person, body),
    )


def _row(purge: Purge, body: Organisation, person: Person | Viewer | None) -> PurgeRow:
    waits = purge.state == Purge.State.REQUESTED
    return PurgeRow(
        id=purge.pk,
        value=purge.value,
        reason=REASONS.get(purge.reason, purge.reason),
        state=purge.get_state_display(),
        waits=waits,
        requested_by=purge.requested_by.name if purge.requested_by else "",
        requested_at=purge.requested_at,
        settled_by=purge.settled_by.name if purge.settled_by else "",
        settled_at=purge.settled_at,
        found=purge.found.get("counts", {}),
        why_not_confirm=why_not_confirm_purge(person, body, requested_by_id=purge.requested_by_id),
    )


def why_purged(sha256: str) -> str | None:
    """Why a file of these bytes is not loaded again: a value was purged from it."""
    path = lake.raw_path(sha256)
    if not path.is_file() or path.stat().st_size > 1000:
        return None
    try:
        told = json.loads(path.read_bytes())
    except ValueError:
        return None
    if not isinstance(told, dict) or RAW_TOMBSTONE not in told:
        return None
    return (
        "These bytes are not loaded: a value published in error was purged from them on "
        f"{told[RAW_TOMBSTONE][:10]}. Their other rows are loaded already. Load a file without "
        "the value if they have changed."
    )
