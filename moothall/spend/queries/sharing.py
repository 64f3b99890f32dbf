"""Which publications are there, who may read each, and what may I do with it?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from attrs import frozen

from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.spend.models import SourceFile
from moothall.spend.queries.uploads import KIND_WORDS
from moothall.values.money import PENNY
from moothall.values.periods import Period


@frozen
class PublicationRow:
    """One publication as a list shows it. amount: GBP, kept."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "body",
        "period",
        "starts_on",
        "kind",
        "files",
        "row_count",
        "set_aside_count",
        "kept_gbp",
        "who_may_read_it",
        "state",
    )

    id: int
    body: str
    body_id: int
    body_slug: str
    files: tuple[tuple[int, str], ...]
    period: str
    starts_on: date
    kind: str
    is_extract: bool
    row_count: int
    set_aside_count: int
    amount: Decimal
    sharing: str
    sharing_words: str
    shared_with: tuple[int, ...]
    shared_with_names: tuple[str, ...]
    state: str
    state_words: str

    @property
    def who_may_read(self) -> str:
        """Such as 'Public', 'Shared: Ashmere Health', or where it stands when not current."""
        if self.state != "CURRENT":
            return self.state_words.capitalize()
        named = f": {', '.join(self.shared_with_names)}" if self.shared_with_names else ""
        return self.sharing_words.capitalize() + named

    def as_json(self) -> dict[str, Any]:
        """As a file and the command line give it; amounts as strings."""
        return {
            "id": self.id,
            "body": self.body,
            "period": self.period,
            "starts_on": self.starts_on.isoformat(),
            "kind": self.kind,
            "files": ", ".join(name for _id, name in self.files),
            "row_count": self.row_count,
            "set_aside_count": self.set_aside_count,
            "kept_gbp": str(self.amount),
            "who_may_read_it": self.who_may_read,
            "state": self.state,
        }


def publications_of(viewer: Viewer, *, body: str = "", state: str = "") -> list[PublicationRow]:
    """The publications of the bodies that `viewer` reads, newest period first."""
    held = Publication.objects.order_by("-starts_on", "body_id", "id")
    if not viewer.reads_all:
        held = held.filter(body_id__in=viewer.bodies_read)
    if body:
        held = held.filter(
            body_id__in=Organisation.objects.filter(slug=body).values_list("pk", flat=True)
        )
    if state:
        held = held.filter(state=state)
    return _rows(held)


def publication(publication_id: int) -> PublicationRow | None:
    """One publication, or None when there is none of that number."""
    found = _rows(Publication.objects.filter(pk=publication_id))
    return found[0] if found else None


def other_bodies(body_id: int) -> tuple[tuple[str, str], ...]:
    """The bodies that a publication of this one can be shared with: id, name."""
    held = Organisation.objects.exclude(pk=body_id).filter(ended_on=None).order_by("name")
    return tuple((str(key), name) for key, name in held.values_list("pk", "name"))


def _rows(held: object) -> list[PublicationRow]:
    bodies = {body.pk: body for body in Organisation.objects.all()}
    publications = list(held.prefetch_related("shares"))  # type: ignore[attr-defined]
    files: dict[int, list[SourceFile]] = {}
    for source in SourceFile.objects.filter(publication__in=publications).order_by("pk"):
        if source.publication_id is not None:
            files.setdefault(source.publication_id, []).append(source)
    rows = []
    for each in publications:
        own = files.get(each.pk, [])
        body = bodies[each.body_id]
        shares = tuple(sorted(share.body_id for share in each.shares.all()))
        rows.append(
            PublicationRow(
                id=each.pk,
                body=body.name,
                body_id=body.pk,
                body_slug=body.slug,
                files=tuple((source.pk, source.name) for source in own),
                period=str(Period(each.starts_on, each.ends_before)),
                starts_on=each.starts_on,
                kind=KIND_WORDS.get(each.kind, each.kind),
                is_extract=each.kind == "ap_extract",
                row_count=sum(source.rows_kept for source in own),
                set_aside_count=sum(source.rows_set_aside for source in own),
                amount=PENNY * sum(source.kept_pence for source in own),
                sharing=each.sharing,
                sharing_words=each.get_sharing_display(),
                shared_with=shares,
                shared_with_names=tuple(bodies[key].name for key in shares if key in bodies),
                state=each.state,
                state_words=each.get_state_display(),
            )
        )
    return rows
