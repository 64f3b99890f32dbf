"""What waits for me in the spend room, and at which bodies may I act?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from moothall.core.permissions import Viewer
from moothall.directory import permissions
from moothall.directory.engine.roles import Deed
from moothall.directory.models import Organisation

# A cell that a spreadsheet would take for a formula is marked as text.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def body_choices(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """The bodies at which the viewer holds the deed they were made for: slug, name."""
    held = Organisation.objects.order_by("name")
    if not viewer.reads_all:
        held = held.filter(pk__in=viewer.bodies_read)
    return tuple(held.values_list("slug", "name"))


def body_at(slug: str) -> Organisation:
    return Organisation.objects.get(slug=slug)


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
        writer.writerow([_harmless(cell) for cell in row])
    return text.getvalue()


def _harmless(cell: Any) -> Any:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_MARKS) else cell
