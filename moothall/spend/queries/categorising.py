"""What did people say that payments are, and what could a correction be about?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.directory.permissions import why_not_categorise
from moothall.spend.models import CategoryCorrection
from moothall.spend.queries.rulebook import scheme


@frozen
class About:
    """What a correction could be about: a scope, what it matches, and how a page says it."""

    scope: str
    matches: str
    words: str

    @property
    def value(self) -> str:
        """As a form carries it."""
        return f"{self.scope}:{self.matches}"


@frozen
class Subject:
    """The line or supplier from which a correction starts."""

    body_id: int
    body: str
    words: str
    category: str
    how: str
    choices: tuple[About, ...]


@frozen
class CorrectionRow:
    """One correction on record."""

    id: int
    body: str
    about: str
    category: str
    by: str
    at: datetime
    undone_at: datetime | None
    why_not: str | None


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The scheme, group by group, for a list to choose from."""
    whole = scheme()
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in whole.categories():
        groups.setdefault(whole.label(code.split("/")[0]), []).append((code, whole.label(code)))
    return list(groups.items())


def subject_of_line(viewer: Viewer, source_id: int, row: int, sheet: str | None) -> Subject | None:
    """What a correction that starts from one line could be about, or None when there is no line."""
    held = lake.payments_for(viewer)
    lines = held.lines.filter(_.source_id == source_id, _.row == row)
    lines = lines.filter(_.sheet == sheet) if sheet else lines
    found = lines.limit(1).to_pyarrow().to_pylist()
    if not found:
        return None
    line = found[0]
    name = _first(held.names.filter(_.name_key == line["name_key"]))
    category = _first(held.categories.filter(_.category_key == line["category_key"]))
    choices = []
    if name:
        choices.append(
            About(
                "SUPPLIER",
                str(name["supplier_id"]),
                f"Everything from {name['supplier'] or 'this supplier'}",
            )
        )
    if line["category_text"]:
        choices.append(
            About(
                "PUBLISHED",
                line["category_text"],
                f"Everything published under “{line['category_text']}”",
            )
        )
    choices.append(
        About("SIGNATURE", str(line["category_key"]), "Only lines described exactly like this one")
    )
    body = Organisation.objects.get(pk=line["body_id"])
    what = line["purpose"] or line["service"] or line["department"] or "no purpose published"
    return Subject(
        body_id=body.pk,
        body=body.name,
        words=f"{(name or {}).get('supplier') or 'Not published'}: {what}",
        category=category["category"] if category else "not-classified",
        how=category["how"] if category else "none",
        choices=tuple(choices),
    )


def subject_of_supplier(viewer: Viewer, supplier_id: int, body_id: int) -> Subject | None:
    """What a correction that starts from a supplier's page could be about, at one body."""
    held = lake.payments_for(viewer)
    name = _first(held.names.filter(_.supplier_id == supplier_id))
    body = Organisation.objects.filter(pk=body_id).first()
    if not name or body is None:
        return None
    return Subject(
        body_id=body.pk,
        body=body.name,
        words=name["supplier"] or "Not published",
        category="",
        how="",
        choices=(About("SUPPLIER", str(supplier_id), f"Everything from {name['supplier']}"),),
    )


def corrections_of(viewer: Viewer, person: Any, *, count: int = 200) -> tuple[CorrectionRow, ...]:
    """The corrections of the bodies that `viewer` reads, newest first."""
    held = CategoryCorrection.objects.select_related("body", "by").order_by("-at", "-pk")
    if not viewer.reads_all:
        held = held.filter(body_id__in=viewer.bodies_read)
    rows = list(held[:count])
    names = _supplier_names(viewer, rows)
    return tuple(
        CorrectionRow(
            id=row.pk,
            body=row.body.name if row.body else "Every body",
            about=_about(row, names),
            category=scheme().label(row.category),
            by=str(row.by) if row.by else "the operator",
            at=row.at,
            undone_at=row.undone_at,
            why_not=why_not_categorise(person, row.body) if row.body else None,
        )
        for row in rows
    )


def body_of_correction(correction_id: int) -> int | None:
    """The body a correction holds for, or None when there is none such."""
    held = CategoryCorrection.objects.filter(pk=correction_id)
    return held.values_list("body_id", flat=True).first()


def _supplier_names(viewer: Viewer, rows: list[CategoryCorrection]) -> dict[str, str]:
    ids = sorted({int(row.matches) for row in rows if row.scope == "SUPPLIER"})
    if not ids:
        return {}
    names = lake.payments_for(viewer).names.filter(_.supplier_id.isin(ids))
    found = names.select("supplier_id", "supplier").distinct().to_pyarrow().to_pylist()
    return {str(row["supplier_id"]): row["supplier"] or "Not published" for row in found}


def _about(row: CategoryCorrection, names: dict[str, str]) -> str:
    if row.scope == "SUPPLIER":
        return f"Everything from {names.get(row.matches, 'a supplier no longer published')}"
    if row.scope == "PUBLISHED":
        return f"Everything published under “{row.matches}”"
    return "Lines described exactly alike"


def _first(rows: Any) -> dict[str, Any] | None:
    found = rows.limit(1).to_pyarrow().to_pylist()
    return found[0] if found else None
