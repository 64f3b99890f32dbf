"""The spend room at work: who may read a publication, and since when."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.decisions import queries as decisions
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.spend.actions.refreshing import restore_shown, share_shown, withdraw_hidden
from moothall.spend.forms.work import SharingForm
from moothall.spend.queries import sharing, work
from moothall.spend.views import work_tables
from moothall.spend.views.asked import as_file, downloads
from moothall.spend.views.work import PersonsRequest, at_a_body, at_this_body


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
    document = {"rows": [row.as_json() for row in rows]}
    if file := as_file(request, "publications", document, sharing.PublicationRow.COLUMNS):
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
