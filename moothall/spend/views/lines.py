"""Which payment lines are behind a figure, and where does each one come from?"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moothall.core.downloads import csv_file
from moothall.core.permissions import route
from moothall.spend.queries import lines
from moothall.spend.views import tables
from moothall.spend.views.asked import (
    asked_by,
    beyond_the_last,
    downloads,
    instead,
    link,
    numbered,
    page_number,
    wanted_format,
)

TRAIL = [("Front page", "/"), ("Spending", "/spending/")]
LARGEST_NUMBER = 2**62


@route(public=True)
@require_safe
def line_list(request: HttpRequest) -> HttpResponseBase:
    """Every payment line that passes the filters: sorted, paged, downloaded."""
    asked = asked_by(request)
    if other := instead(request, asked):
        return other
    if wanted_format(request) == "csv":
        found = lines.lines_in_batches(asked.reading, asked.filters)
        rows = (tuple(row.values()) for batch in found for row in batch)
        return csv_file("published-payments", lines.DOWNLOADED, rows)
    order = request.GET.get("order") or "-paid"
    number = page_number(request)
    answer = lines.lines_page(asked.reading, asked.filters, order=order, page=number)
    if first := beyond_the_last(request, answer.lines, number):
        return first
    page = asked.page(
        answer=answer,
        table=tables.lines_table(
            answer.lines,
            caption="Payment lines",
            order=order,
            downloads=downloads(request, "csv"),
            note=f"{answer.payment_count:,} lines",
            clear_url=request.path,
        ),
        list_page=numbered(answer.payment_count, lines.LINES_A_PAGE, number),
        clear_url=link(request.path),
        trail=[*TRAIL, ("Payment lines", "")],
    )
    return render(request, "spend/line_list.html", page)


@route(public=True)
@require_safe
def line(request: HttpRequest, source_id: int, row: int) -> HttpResponse:
    """One payment line, beside the row of the file that it came from."""
    asked = asked_by(request, every_year=True)
    found = None
    if source_id <= LARGEST_NUMBER and row < 2**31:
        found = lines.line_page(
            asked.reading, source_id=source_id, row=row, sheet=request.GET.get("sheet")
        )
    if found is None:
        raise Http404(
            "No payment line stands there in what you may read. It may have been withdrawn, or its "
            "file replaced by a later one."
        )
    page = {"answer": found, "trail": [*TRAIL, ("Payment lines", "/spending/lines"), ("Line", "")]}
    return render(request, "spend/line.html", page)
