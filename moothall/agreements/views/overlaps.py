"""Pages across agreements: who sits in which, and which do much the same."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from moothall.agreements.queries import overlaps as queries
from moothall.core.downloads import csv_file, json_file
from moothall.core.permissions import route
from moothall.directory.queries import viewer_for
from moothall.values.tables import Cell, Column, Download, Table
from moothall.values.wording import number_of


@route(public=True)
@require_safe
def matrix(request: HttpRequest) -> HttpResponseBase:
    """Bodies down, running agreements across: who has which part in which."""
    viewer = viewer_for(request.user)
    if request.GET.get("format") == "csv":
        found = queries.matrix(viewer, most=None)
        head = ("body", "sector", *(name for _, name in found.agreements))
        rows = ((name, sector, *parts) for name, _, sector, parts in found.rows)
        return csv_file("who-sits-where", head, rows)
    found = queries.matrix(viewer)
    page = {"found": found, "table": _matrix_table(found), "trail": _trail("Who sits where")}
    return render(request, "agreements/matrix.html", page)


@route(public=True)
@require_safe
def overlaps(request: HttpRequest) -> HttpResponseBase:
    """Running agreements with the same members, outcomes or place, drawn and listed."""
    found = queries.overlaps_page(viewer_for(request.user))
    if request.GET.get("format") == "json":
        rows = [row.as_json() for row in found.rows]
        return json_file("overlaps", {"compared": found.compared, "rows": rows})
    page = {
        "found": found,
        "pairs": [(row.first[1], row.second[1], row.ways) for row in found.rows],
        "table": _overlaps_table(found),
        "trail": _trail("Where agreements overlap"),
    }
    return render(request, "agreements/overlaps.html", page)


def _trail(here: str) -> list[tuple[str, str]]:
    return [("Agreements", reverse("agreements:home")), (here, "")]


def _matrix_table(found: queries.Matrix) -> Table:
    left_out = number_of(found.left_out, "agreement")
    return Table(
        caption="Who sits where",
        columns=(Column("Body"), *(Column(name) for _, name in found.agreements)),
        rows=[
            (
                Cell(name, reverse("directory:body", args=[slug])),
                *(part.capitalize() if part else "–" for part in parts),
            )
            for name, slug, _sector, parts in found.rows
        ],
        downloads=(Download("?format=csv", "CSV"),),
        note=f"{left_out} with fewer members stand in the file alone." if found.left_out else "",
        is_caption_quiet=True,
    )


def _overlaps_table(found: queries.OverlapsPage) -> Table:
    def to(each: tuple[int, str]) -> Cell:
        return Cell(each[1], reverse("agreements:agreement", args=[each[0]]))

    return Table(
        caption="What each two have in common",
        columns=(
            Column("Agreement"),
            Column("And"),
            Column("Same members"),
            Column("Same outcomes"),
            Column("Same place"),
        ),
        rows=[
            (
                to(row.first),
                to(row.second),
                "; ".join(row.members) or "–",
                "; ".join(row.outcomes) or "–",
                row.area or "–",
            )
            for row in found.rows
        ],
        downloads=(Download("?format=json", "JSON"),),
    )
