"""What waits for me in the spend room, and at which bodies may I act?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from moothall.core.downloads import plain_cell
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.directory import permissions
from moothall.directory.engine.roles import Deed
from moothall.directory.models import Organisation
from moothall.spend.analysis.payments import Filters
from moothall.values.periods import Period, financial_year_of


def body_choices(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """The bodies at which the viewer holds the deed they were made for: slug, name."""
    held = Organisation.objects.order_by("name")
    if not viewer.reads_all:
        held = held.filter(pk__in=viewer.bodies_read)
    return tuple(held.values_list("slug", "name"))


def body_at(slug: str) -> Organisation:
    return Organisation.objects.get(slug=slug)


def body_numbered(body_id: int) -> Organisation:
    return Organisation.objects.get(pk=body_id)


def body_id_at(slug: str) -> int | None:
    return Organisation.objects.filter(slug=slug).values_list("pk", flat=True).first()


def years_of(viewer: Viewer) -> tuple[int, ...]:
    """The financial years with payments at the viewer's bodies, latest first."""
    held = Publication.objects.filter(state=Publication.State.CURRENT)
    if not viewer.reads_all:
        held = held.filter(body_id__in=viewer.bodies_read)
    years: set[int] = set()
    for starts, ends in held.values_list("starts_on", "ends_before").distinct():
        first, last = financial_year_of(starts), financial_year_of(ends - timedelta(days=1))
        years |= set(range(first, last + 1))
    return tuple(sorted(years, reverse=True))


def filters_for(*, bodies: tuple[int, ...], year: int | None) -> Filters:
    """Payments of these bodies (of all, where none is named), in one financial year or any."""
    period = Period.financial_year(year) if year else None
    return Filters(
        bodies=bodies,
        starts_on=period.starts_on if period else None,
        ends_before=period.ends_before if period else None,
    )


def why_not(deed: Deed, body_id: int, person: Any) -> str:
    """The sentence that refuses `deed` at a body to a person."""
    asked = getattr(permissions, f"why_not_{deed.value.lower()}")
    return asked(person, Organisation.objects.get(pk=body_id)) or ""


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the text of a CSV file, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        writer.writerow([plain_cell(cell) for cell in row])
    return text.getvalue()
