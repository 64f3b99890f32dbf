"""The spend room at work: hand over files, confirm what they say, see what a load did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer, route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.spend.actions import corrections
from moothall.spend.actions import uploads as deeds
from moothall.spend.forms.work import MappingForm, ReturnedForm, RowForm, UploadForm
from moothall.spend.permissions import why_not_at_any_body
from moothall.spend.queries import aside, loads, uploads, work
from moothall.spend.views import work_tables
from moothall.spend.views.asked import as_file, downloads
from moothall.values.wording import number_of

if TYPE_CHECKING:
    from moothall.directory.models import Person


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: Person


GET_OR_POST = ("GET", "HEAD", "POST")


def at_a_body(request: HttpRequest, deed: Deed) -> Viewer:
    """The viewer, who must hold a role that allows `deed` at some body.

    :raises PermissionDenied: in a sentence, when they hold none.
    """
    viewer = viewer_for(request.user, deed=deed)
    if reason := why_not_at_any_body(deed, viewer):
        raise PermissionDenied(reason)
    return viewer


def at_this_body(request: HttpRequest, deed: Deed, body_id: int) -> Viewer:
    """The viewer, who must hold a role that allows `deed` at this body."""
    viewer = at_a_body(request, deed)
    if not viewer.reads(body_id):
        raise PermissionDenied(work.why_not(deed, body_id, request.user))
    return viewer


# ── handing over files ───────────────────────────────────────────────────────────────────────


@route(deed=Deed.LOAD_SPEND)
@require_http_methods(GET_OR_POST)
def upload(request: PersonsRequest) -> HttpResponse:
    """Hand over files; those that still wait are listed."""
    viewer = at_a_body(request, Deed.LOAD_SPEND)
    bodies = work.body_choices(viewer)
    form = UploadForm(request.POST or None, request.FILES or None, bodies=bodies)
    refusal = None
    if request.method == "POST" and form.is_valid():
        body = work.body_at(form.cleaned_data["body"])
        try:
            kept = deeds.receive_files(
                ((file.name or "file", file.chunks()) for file in form.cleaned_data["files"]),
                body=body,
                by=request.user,
                at=timezone.now(),
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            return redirect("spend:upload_page", kept.token)
    shown = {
        "form": form,
        "refusal": refusal,
        "waiting": uploads.uploads_of(viewer.bodies_read),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/work/upload.html", shown, status=status)


def _upload(request: HttpRequest, token: str) -> uploads.UploadPage:
    page = uploads.upload_page(token)
    if page is None:
        at_a_body(request, Deed.LOAD_SPEND)
        raise Http404("These files are no longer here: they were loaded, or thrown away.")
    at_this_body(request, Deed.LOAD_SPEND, page.body_id)
    return page


@route(deed=Deed.LOAD_SPEND)
@require_safe
def upload_page(request: PersonsRequest, token: str) -> HttpResponse:
    """Where an upload stands: being looked at, waiting for a person, being loaded, loaded."""
    page = _upload(request, token)
    return render(request, "spend/work/upload_page.html", _shown(page))


def _shown(page: uploads.UploadPage) -> dict[str, object]:
    report = None
    if page.report:
        report = loads.report_of(
            page.report, body=page.body, body_id=page.body_id, at=page.at, load_id=page.load_id
        )
    return {"page": page, "report": report}


@route(deed=Deed.LOAD_SPEND)
@require_http_methods(GET_OR_POST)
def upload_columns(request: PersonsRequest, token: str, number: int) -> HttpResponse:
    """What each column of one layout means: as proposed, or as a person corrects it."""
    page = _upload(request, token)
    layout = next((each for each in page.layouts if each.number == number), None)
    if layout is None:
        raise Http404("These files have no such layout. Their page lists them all.")
    form = MappingForm(request.POST or None, layout=layout)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            deeds.confirm_mapping(
                token=token,
                digest=layout.digest,
                columns=form.columns,
                date_meaning=form.cleaned_data["date_meaning"],
                kind=form.cleaned_data["kind"],
                by=request.user,
                at=timezone.now(),
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "What the columns mean is confirmed, for these files and on.")
            return redirect("spend:upload_page", token)
    shown = {"page": page, "layout": layout, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/work/upload_columns.html", shown, status=status)


@route(deed=Deed.LOAD_SPEND)
@require_POST
def upload_load(request: PersonsRequest, token: str) -> HttpResponse:
    """Start loading."""
    page = _upload(request, token)
    try:
        deeds.start_loading(token=token, by=request.user, at=timezone.now())
    except CannotDo as refused:
        shown = {**_shown(page), "refusal": refused.sentence}
        return render(request, "spend/work/upload_page.html", shown, status=409)
    return redirect("spend:upload_page", token)


@route(deed=Deed.LOAD_SPEND)
@require_POST
def upload_discard(request: PersonsRequest, token: str) -> HttpResponse:
    """Throw away files that were not loaded."""
    page = _upload(request, token)
    try:
        deeds.discard_upload(token=token, by=request.user, at=timezone.now())
    except CannotDo as refused:
        shown = {**_shown(page), "refusal": refused.sentence}
        return render(request, "spend/work/upload_page.html", shown, status=409)
    messages.success(request, "The files are thrown away. Nothing was loaded.")
    return redirect("spend:upload")


# ── what a load did ──────────────────────────────────────────────────────────────────────────


@route(deed=Deed.READ_LINES)
@require_safe
def load_list(request: PersonsRequest) -> HttpResponseBase:
    viewer = at_a_body(request, Deed.READ_LINES)
    may_load = any(deed == Deed.LOAD_SPEND for deed, _body in viewer.deeds)
    found = loads.loads_of(viewer)
    document = {"rows": work_tables.loads_as_rows(found)}
    if file := as_file(request, "loads", document, work_tables.LOAD_COLUMNS):
        return file
    shown = {"table": work_tables.loads_table(found, downloads(request)), "may_load": may_load}
    return render(request, "spend/work/load_list.html", shown)


@route(deed=Deed.READ_LINES)
@require_safe
def load(request: PersonsRequest, load_id: int) -> HttpResponseBase:
    """The report of one load."""
    at_a_body(request, Deed.READ_LINES)
    body_id = loads.body_of_load(load_id)
    if body_id is None:
        raise Http404("There is no such load. The list of loads has them all.")
    at_this_body(request, Deed.READ_LINES, body_id)
    report = loads.load_report(load_id)
    document = {"rows": [file.as_json() for file in report.files]}
    if file := as_file(request, f"load-{load_id}", document, loads.FileRow.COLUMNS):
        return file
    return render(request, "spend/work/load.html", {"report": report})


@route(deed=Deed.READ_LINES)
@require_safe
def changes(request: PersonsRequest, source_id: int, suffix: str = "") -> HttpResponse:
    """What a corrected file changed of the one it replaced, line by line; as CSV on request."""
    at_a_body(request, Deed.READ_LINES)
    body_id = loads.body_of_source(source_id)
    if body_id is None:
        raise Http404("There is no such file. The list of loads has them all.")
    at_this_body(request, Deed.READ_LINES, body_id)
    found = loads.changes_by(source_id)
    if found is None:
        raise Http404("This file replaced no other, so it changed nothing.")
    if suffix:
        rows = [
            (line.paid_on, line.supplier, line.reference, line.amount, line.change)
            for line in found.lines
        ]
        head = ("paid_on", "supplier", "reference", "amount_gbp", "change")
        return csv_answer("changes.csv", head, rows)
    return render(request, "spend/work/changes.html", {"changes": found})


def csv_answer(name: str, head: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Rows as a CSV file to download."""
    answer = HttpResponse(
        work.as_csv(head, rows), content_type="text/csv; charset=utf-8", headers=_as_file(name)
    )
    return answer


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


# ── rows set aside ───────────────────────────────────────────────────────────────────────────


def _aside_filter(request: HttpRequest) -> aside.AsideFilter:
    return aside.AsideFilter(
        source=whole_number(request.GET.get("source")),
        load=whole_number(request.GET.get("load")),
        reason=request.GET.get("reason", aside.TO_LOOK_AT),
    )


def whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 19 else None


@route(deed=Deed.READ_LINES)
@require_safe
def aside_list(request: PersonsRequest) -> HttpResponse:
    """The rows set aside, by file or reason."""
    viewer = at_a_body(request, Deed.READ_LINES)
    asked = _aside_filter(request)
    number = max(1, whole_number(request.GET.get("page")) or 1)
    found = aside.aside_page(viewer, asked, page=number)
    shown = {
        "found": found,
        "asked": asked,
        "pager": Paginator(range(found.row_count), aside.PAGE_ROWS).get_page(number),
        "corrections": aside.corrections_of(viewer, count=20),
        "returned": ReturnedForm(),
        "query": request.GET.urlencode(),
    }
    return render(request, "spend/work/aside_list.html", shown)


@route(deed=Deed.READ_LINES)
@require_safe
def aside_csv(request: PersonsRequest) -> HttpResponse:
    """The rows set aside, every cell in a column of its own, to be mended and sent back."""
    viewer = at_a_body(request, Deed.READ_LINES)
    head, rows = aside.as_rows(aside.all_aside(viewer, _aside_filter(request)))
    return csv_answer("set-aside.csv", head, rows)


@route(deed=Deed.CORRECT_ROWS)
@require_http_methods(GET_OR_POST)
def correct_row(request: PersonsRequest, source_id: int, row: int) -> HttpResponse:
    """Mend one row set aside, and load it."""
    at_a_body(request, Deed.CORRECT_ROWS)
    sheet = request.GET.get("sheet") or None
    held = aside.one_aside(viewer_for(request.user), source_id, sheet, row)
    if held is None:
        raise Http404("This row is not set aside: it was corrected, or its file was replaced.")
    at_this_body(request, Deed.CORRECT_ROWS, held.body_id)
    may_accept = held.reason == "outside_period"
    form = RowForm(request.POST or None, cells=aside.cells_asked(held), may_accept=may_accept)
    refusal = None
    if request.method == "POST" and form.is_valid():
        mended = corrections.Mended(
            source_id=source_id,
            row=row,
            sheet=sheet,
            cells=form.cells,
            accept_date=form.cleaned_data.get("accept_date", False),
        )
        try:
            made = corrections.correct_row(mended, by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"Row {row} of {held.file} is loaded as you mended it.")
            return redirect(f"{reverse('spend:aside_list')}?source={source_id}#c{made.pk}")
    shown = {"held": held, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/work/aside_row.html", shown, status=status)


@route(deed=Deed.CORRECT_ROWS)
@require_POST
def correct_rows(request: PersonsRequest) -> HttpResponse:
    """Load the rows of a downloaded file whose cells a person mended."""
    at_a_body(request, Deed.CORRECT_ROWS)
    form = ReturnedForm(request.POST, request.FILES)
    back = redirect("spend:aside_list")
    if not form.is_valid():
        (said,) = form.errors["file"][:1]
        messages.error(request, f"No row was mended. {said}")
        return back
    try:
        changed = aside.rows_returned(viewer_for(request.user), form.cleaned_data["file"].read())
        done, left = corrections.correct_rows(
            [corrections.Mended(r.source_id, r.row, r.cells, r.sheet) for r in changed],
            by=request.user,
            at=timezone.now(),
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return back
    messages.success(request, f"{number_of(len(done), 'row')} mended and loaded.")
    for row in left[:10]:
        messages.error(request, f"Row {row.row} stays set aside. {row.sentence}")
    return back


@route(deed=Deed.CORRECT_ROWS)
@require_POST
def undo_correction(request: PersonsRequest, correction_id: int) -> HttpResponse:
    """Put a corrected row back with those set aside."""
    at_a_body(request, Deed.CORRECT_ROWS)
    body_id = aside.body_of_correction(correction_id)
    if body_id is None:
        raise Http404("There is no such correction: it was undone already.")
    at_this_body(request, Deed.CORRECT_ROWS, body_id)
    try:
        corrections.undo_correction(correction_id=correction_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The row is set aside again, as it was published.")
    return redirect("spend:aside_list")
