"""The spend room at work: hand over files, confirm what they say, see what a load did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer, route
from moothall.decisions import queries as decisions
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.spend.actions import corrections
from moothall.spend.actions import uploads as deeds
from moothall.spend.actions.categorising import correct_category, undo_category
from moothall.spend.actions.matching import decide_match, undo_match
from moothall.spend.actions.refreshing import restore_shown, share_shown, withdraw_hidden
from moothall.spend.forms.work import (
    CategoryForm,
    DuplicateFilter,
    MappingForm,
    ReturnedForm,
    RowForm,
    SharingForm,
    UploadForm,
    VerdictForm,
)
from moothall.spend.permissions import why_not_at_any_body
from moothall.spend.queries import (
    aside,
    categorising,
    duplicates,
    loads,
    matching,
    sharing,
    uploads,
    work,
)
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
def load(request: PersonsRequest, load_id: int) -> HttpResponse:
    """The report of one load."""
    at_a_body(request, Deed.READ_LINES)
    body_id = loads.body_of_load(load_id)
    if body_id is None:
        raise Http404("There is no such load. The list of loads has them all.")
    at_this_body(request, Deed.READ_LINES, body_id)
    return render(request, "spend/work/load.html", {"report": loads.load_report(load_id)})


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
        source=_number(request.GET.get("source")),
        load=_number(request.GET.get("load")),
        reason=request.GET.get("reason", aside.TO_LOOK_AT),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 19 else None


@route(deed=Deed.READ_LINES)
@require_safe
def aside_list(request: PersonsRequest) -> HttpResponse:
    """The rows set aside, by file or reason."""
    viewer = at_a_body(request, Deed.READ_LINES)
    asked = _aside_filter(request)
    number = max(1, _number(request.GET.get("page")) or 1)
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


# ── who may read a publication ───────────────────────────────────────────────────────────────


@route(deed=Deed.READ_LINES)
@require_safe
def publication_list(request: PersonsRequest) -> HttpResponseBase:
    """Every publication, who may read it, and where it stands."""
    viewer = at_a_body(request, Deed.READ_LINES)
    rows = sharing.publications_of(
        viewer, body=request.GET.get("body", ""), state=request.GET.get("state", "")
    )
    order = request.GET.get("order", "")
    rows = work_tables.in_order(rows, order)
    document = {"rows": work_tables.publications_as_rows(rows)}
    if file := as_file(request, "publications", document, work_tables.PUBLICATION_COLUMNS):
        return file
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    table = work_tables.publications_table(
        list(page.object_list),
        order=order or "-period",
        count=len(rows),
        downloads=downloads(request),
    )
    shown = {"page": page, "table": table, "bodies": work.body_choices(viewer)}
    return render(request, "spend/work/publication_list.html", shown)


def _publication(request: HttpRequest, publication_id: int, deed: Deed) -> sharing.PublicationRow:
    at_a_body(request, deed)
    found = sharing.publication(publication_id)
    if found is None:
        raise Http404("There is no such publication. The list of publications has them all.")
    at_this_body(request, deed, found.body_id)
    return found


def _publication_page(
    request: HttpRequest, found: sharing.PublicationRow, form: SharingForm, refusal: str | None
) -> HttpResponse:
    why_not = work.why_not(Deed.SHARE, found.body_id, request.user)
    viewer = viewer_for(request.user)
    decided = decisions.about(f"core.publication:{found.id}", found.body_slug, viewer=viewer)
    shown = {"found": found, "form": form, "refusal": refusal, "why_not": why_not}
    shown |= {"decisions": decided}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/work/publication.html", shown, status=status)


def _sharing_form(found: sharing.PublicationRow, data: object = None) -> SharingForm:
    initial = {"sharing": found.sharing, "with_bodies": found.shared_with}
    return SharingForm(data, bodies=sharing.other_bodies(found.body_id), initial=initial)


@route(deed=Deed.READ_LINES)
@require_safe
def publication(request: PersonsRequest, publication_id: int) -> HttpResponse:
    """One publication: what it holds, who may read it, and withdrawing it."""
    found = _publication(request, publication_id, Deed.READ_LINES)
    return _publication_page(request, found, _sharing_form(found), None)


@route(deed=Deed.SHARE)
@require_POST
def publication_share(request: PersonsRequest, publication_id: int) -> HttpResponse:
    """Say who may read a publication."""
    found = _publication(request, publication_id, Deed.SHARE)
    form = _sharing_form(found, request.POST)
    refusal = None
    if form.is_valid():
        try:
            share_shown(
                publication_id=publication_id,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Who may read it is changed, from this moment.")
            return redirect("spend:publication", publication_id)
    return _publication_page(request, found, form, refusal)


@route(deed=Deed.SHARE)
@require_POST
def publication_withdraw(request: PersonsRequest, publication_id: int) -> HttpResponse:
    """Hide a publication from every answer, or show it again."""
    found = _publication(request, publication_id, Deed.SHARE)
    deed = restore_shown if found.state == "WITHDRAWN" else withdraw_hidden
    try:
        deed(publication_id=publication_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        return _publication_page(request, found, _sharing_form(found), refused.sentence)
    said = "shown again" if found.state == "WITHDRAWN" else "withdrawn: no answer counts it"
    messages.success(request, f"The publication is {said}.")
    return redirect("spend:publication", publication_id)


# ── which names are one supplier ─────────────────────────────────────────────────────────────


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def match_list(request: PersonsRequest) -> HttpResponse:
    """The pairs of names that may be one supplier, surest first."""
    viewer = at_a_body(request, Deed.SEE_PRIVATE)
    number = max(1, _number(request.GET.get("page")) or 1)
    text = request.GET.get("text", "")[:80]
    queue = matching.match_queue(viewer, request.user, page=number, text=text)
    pager = Paginator(range(queue.pair_count), matching.PAGE_PAIRS).get_page(number)
    shown = {"queue": queue, "pager": pager, "text": text}
    return render(request, "spend/work/match_list.html", shown)


@route(deed=Deed.DECIDE_MATCH)
@require_POST
def match_decide(request: PersonsRequest) -> HttpResponse:
    """Say that two names are one supplier, or that they are not."""
    at_a_body(request, Deed.DECIDE_MATCH)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        raise SuspiciousOperation("Two names and a verdict are wanted.")
    asked = form.cleaned_data
    viewer = viewer_for(request.user, deed=Deed.SEE_PRIVATE)
    rests_on = matching.bodies_of_pair(viewer, asked["left"], asked["right"])
    if rests_on is None:
        raise Http404("This pair no longer waits for anyone. The list shows those that do.")
    is_same = asked["verdict"] == "same"
    try:
        made = decide_match(
            name_key=asked["left"],
            other_key=asked["right"],
            same=is_same,
            rests_on=rests_on,
            why=asked["why"],
            by=request.user,
            at=timezone.now(),
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return redirect("spend:match_list")
    said = "one supplier" if is_same else "two suppliers"
    messages.success(
        request,
        f"From now on the two names are {said}. Totals follow in a moment. You can undo it below.",
    )
    return redirect(f"{reverse('spend:match_list')}#d{made.pk}")


@route(deed=Deed.DECIDE_MATCH)
@require_POST
def match_undo(request: PersonsRequest, decision_id: int) -> HttpResponse:
    """Take a decision about two names back."""
    at_a_body(request, Deed.DECIDE_MATCH)
    viewer = viewer_for(request.user, deed=Deed.SEE_PRIVATE)
    if not matching.may_see_decision(viewer, decision_id):
        raise Http404("There is no such decision. The list shows those that stand.")
    try:
        undo_match(decision_id=decision_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The decision is undone: the two names stand as before.")
    return redirect("spend:match_list")


# ── payments that may have been made twice ───────────────────────────────────────────────────


def _duplicates(request: HttpRequest) -> tuple[DuplicateFilter, duplicates.Duplicates | None]:
    viewer = at_a_body(request, Deed.SEE_PRIVATE)
    form = DuplicateFilter(
        request.GET,
        bodies=work.body_choices(viewer),
        years=work.years_of(viewer),
        keys=duplicates.KEY_WORDS,
        statuses={status.value: words for status, words in duplicates.STATUS_WORDS.items()},
    )
    if not form.is_valid():
        return form, None
    body = form.cleaned_data["body"]
    found = duplicates.duplicates(
        viewer,
        work.filters_for(bodies=(work.body_at(body).pk,) if body else (), year=form.year_asked),
        day=timezone.localdate(),
        in_ledger=form.cleaned_data["ledger"],
    )
    return form, found


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def duplicate_list(request: PersonsRequest) -> HttpResponse:
    """Payments that may have been made twice, each with its lines."""
    form, found = _duplicates(request)
    if found is None:
        return render(request, "spend/work/duplicate_list.html", {"form": form}, status=422)
    chosen = found.with_key(form.cleaned_data["key"], form.cleaned_data["status"])
    page = Paginator(chosen, 25).get_page(request.GET.get("page"))
    shown = {
        "form": form,
        "found": found,
        "page": page,
        "count": len(chosen),
        "query": request.GET.urlencode(),
    }
    return render(request, "spend/work/duplicate_list.html", shown)


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def duplicate_csv(request: PersonsRequest) -> HttpResponse:
    """The same, a row for each payment of each candidate."""
    form, found = _duplicates(request)
    if found is None:
        raise SuspiciousOperation("The filters in the address cannot be read.")
    rows = [
        (
            number,
            each.key,
            each.status,
            each.body,
            line.supplier,
            line.reference,
            line.paid_on,
            line.amount,
            each.counted,
            line.source_id,
            line.sheet or "",
            line.row,
        )
        for number, each in enumerate(
            found.with_key(form.cleaned_data["key"], form.cleaned_data["status"]), start=1
        )
        for line in each.lines
    ]
    head = ("candidate", "key", "status", "body", "supplier", "reference", "paid_on")
    tail = ("amount_gbp", "overpaid_gbp", "source_id", "sheet", "row")
    return csv_answer("duplicate-candidates.csv", (*head, *tail), rows)


# ── what a payment really is ─────────────────────────────────────────────────────────────────


@route(deed=Deed.READ_LINES)
@require_safe
def category_corrections(request: PersonsRequest) -> HttpResponse:
    """What people said that payments are; it holds for files to come."""
    viewer = at_a_body(request, Deed.READ_LINES)
    shown = {"corrections": categorising.corrections_of(viewer, request.user)}
    return render(request, "spend/work/category_list.html", shown)


@route(deed=Deed.CATEGORISE)
@require_http_methods(GET_OR_POST)
def correct_line_category(request: PersonsRequest, source_id: int, row: int) -> HttpResponse:
    """Say what the payments like one line really are."""
    at_a_body(request, Deed.CATEGORISE)
    subject = categorising.subject_of_line(
        viewer_for(request.user), source_id, row, request.GET.get("sheet") or None
    )
    if subject is None:
        raise Http404("There is no such line, or you may not read it.")
    return _correct_category(request, subject)


@route(deed=Deed.CATEGORISE)
@require_http_methods(GET_OR_POST)
def correct_supplier_category(request: PersonsRequest, slug: str, supplier_id: int) -> HttpResponse:
    """Say what everything from one supplier really is, at one body."""
    at_a_body(request, Deed.CATEGORISE)
    body_id = work.body_id_at(slug)
    subject = (
        categorising.subject_of_supplier(viewer_for(request.user), supplier_id, body_id)
        if body_id
        else None
    )
    if subject is None:
        raise Http404("There is no such supplier or body, or you may not read it.")
    return _correct_category(request, subject)


def _correct_category(request: HttpRequest, subject: categorising.Subject) -> HttpResponse:
    at_this_body(request, Deed.CATEGORISE, subject.body_id)
    form = CategoryForm(
        request.POST or None,
        about=[(each.value, each.words) for each in subject.choices],
        categories=categorising.category_choices(),
        initial={"about": subject.choices[0].value, "category": subject.category},
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        scope, _, matches = form.cleaned_data["about"].partition(":")
        try:
            correct_category(
                body=work.body_numbered(subject.body_id),
                scope=scope,
                matches=matches,
                category=form.cleaned_data["category"],
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(
                request, "Noted. The lines move in a moment, and files to come follow it too."
            )
            return redirect("spend:category_corrections")
    shown = {"subject": subject, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/work/category_form.html", shown, status=status)


@route(deed=Deed.CATEGORISE)
@require_POST
def undo_category_correction(request: PersonsRequest, correction_id: int) -> HttpResponse:
    """Take a correction of a category back."""
    at_a_body(request, Deed.CATEGORISE)
    body_id = categorising.body_of_correction(correction_id)
    if body_id is None:
        raise Http404("There is no such correction. The list shows them all.")
    at_this_body(request, Deed.CATEGORISE, body_id)
    try:
        undo_category(correction_id=correction_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The correction is undone; its lines are sorted afresh.")
    return redirect("spend:category_corrections")
