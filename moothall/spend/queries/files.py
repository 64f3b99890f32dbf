"""Which published files do the figures come from?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from attrs import asdict, frozen

from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.spend.models import Load, SourceFile
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading


@frozen
class PublishedFile:
    """A file as loaded: what it holds, and that nothing of it was lost."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "name",
        "sha256",
        "body",
        "starts_on",
        "last_on",
        "rows_read",
        "rows_kept",
        "rows_set_aside",
        "kept_gbp",
        "set_aside_gbp",
        "control_gbp",
    )

    id: int
    name: str
    sha256: str
    body: str
    starts_on: date
    last_on: date
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    kept_gbp: Decimal
    set_aside_gbp: Decimal
    control_gbp: Decimal
    loaded_at: datetime
    sharing: str

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        held = asdict(self)
        return {
            name: f"{held[name]:.2f}" if name.endswith("_gbp") else held[name]
            for name in self.COLUMNS
        }


@frozen
class RecentLoad:
    """One load, for the front page."""

    body: str
    at: datetime
    file_count: int
    rows_kept: int
    kept_gbp: Decimal


def files_published(
    reader: Viewer | Reading,
    *,
    bodies: Sequence[int] = (),
    count: int | None = None,
    skip: int = 0,
) -> tuple[PublishedFile, ...]:
    """The files behind what a reader may read, newest period first.

    bodies : only these; of every body when there are none
    """
    reading = figures.reading_of(reader)
    held = (
        SourceFile.objects.filter(
            publication__in=reading.reach.all, publication__state=Publication.State.CURRENT
        )
        .exclude(status=SourceFile.Status.REFUSED)
        .select_related("publication", "load")
        .order_by("-publication__starts_on", "body__name", "name", "id")
    )
    if bodies:
        held = held.filter(body__in=bodies)
    return tuple(
        PublishedFile(
            id=file.pk,
            name=file.name,
            sha256=file.sha256,
            body=reading.body_names.get(file.body_id, ""),
            starts_on=publication.starts_on,
            last_on=date.fromordinal(publication.ends_before.toordinal() - 1),
            rows_read=file.rows_read,
            rows_kept=file.rows_kept,
            rows_set_aside=file.rows_set_aside,
            kept_gbp=_pounds(file.kept_pence),
            set_aside_gbp=_pounds(file.set_aside_pence),
            control_gbp=_pounds(file.control_pence),
            loaded_at=file.load.at,
            sharing=publication.get_sharing_display(),
        )
        for file in held[skip : None if count is None else skip + count]
        if (publication := file.publication) is not None
    )


def recent_loads(reader: Viewer | Reading, *, count: int = 5) -> tuple[RecentLoad, ...]:
    """The last loads of which this reader may read something, as far as they may."""
    reading = figures.reading_of(reader)
    files = SourceFile.objects.filter(publication__in=reading.reach.all)
    found = []
    for load in Load.objects.filter(pk__in=files.values("load_id")).order_by("-at", "-id")[:count]:
        own = list(files.filter(load=load))
        found.append(
            RecentLoad(
                body=reading.body_names.get(load.body_id, ""),
                at=load.at,
                file_count=len(own),
                rows_kept=sum(file.rows_kept for file in own),
                kept_gbp=_pounds(sum(file.kept_pence for file in own)),
            )
        )
    return tuple(found)


def _pounds(pence: int) -> Decimal:
    return Decimal(pence) / 100
