"""Releases that anyone may download and check; and, at work, publishing, redaction and purge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.decisions import queries as decisions
from moothall.directory import permissions
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at, viewer_for
from moothall.spend.actions import publishing as deeds
from moothall.spend.actions import purging, redacting
from moothall.spend.actions.refreshing import names_wait
from moothall.spend.engine.publishing import quarter_named
from moothall.spend.exports import public_key_pem
from moothall.spend.forms.publishing import PurgeForm, RedactionForm
from moothall.spend.permissions import why_not_at_any_body
from moothall.spend.queries import releases as queries
from moothall.spend.queries.purges import purge_page
from moothall.spend.queries.redactions import redaction_page
from moothall.spend.views.asked import as_file, downloads
from moothall.values.tables import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from moothall.directory.models import Organisation, Person


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: Person


GET_OR_POST = ("GET", "HEAD", "POST")
KINDS = {".csv": "text/csv", ".json": "application/json", ".pem": "application/x-pem-file"}


def _body(slug: str) -> Organisation:
    body = body_at(slug)
    if body is None:
        raise Http404("No body has this address. The list of bodies has them all.")
    return body


# ── in public ────────────────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    rows = queries.release_list()
    shown = {"rows": rows, "table": _releases(rows)}
    return render(request, "spend/publishing/release_list.html", shown)


def _releases(rows: Iterable[queries.ReleaseRow]) -> Table:
    return Table(
        caption="Releases",
        columns=(
            Column("Body and quarter"),
            Column("Lines", Kind.COUNT),
            Column("Published payments", Kind.POUNDS),
            Column("Published on", Kind.DATE),
            Column("Edition", Kind.COUNT),
        ),
        rows=[
            (
                Cell(f"{row.body}, {row.period}", reverse("spend:release", args=[row.id])),
                row.rows,
                row.published_gbp,
                timezone.localdate(row.at),
                row.edition,
            )
            for row in rows
        ],
        empty="No body has published a quarter here yet.",
        empty_next="A finance officer publishes a quarter once its payments are loaded.",
        is_caption_quiet=True,
    )


@route(public=True)
@require_safe
def release(request: HttpRequest, release_id: int) -> HttpResponse:
    """What was published for one quarter, the proof, and the files to download and check."""
    page = queries.release_page(release_id)
    if page is None:
        raise Http404("There is no such release. The list of releases has them all.")
    viewer = viewer_for(request.user)
    decided = decisions.about(f"spend.release:{release_id}", page.row.slug, viewer=viewer)
    shown = {"page": page, "decisions": decided}
    return render(request, "spend/publishing/release.html", shown)


@route(public=True)
@require_safe
def release_file(request: HttpRequest, release_id: int, name: str) -> FileResponse:
    path = queries.offered_file(release_id, name)
    if path is None:
        raise Http404("That file is not offered. The release's page lists those that are.")
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=KINDS.get(path.suffix, "application/octet-stream"),
    )


@route(public=True)
@require_safe
def signing_key(request: HttpRequest) -> HttpResponse:
    return HttpResponse(public_key_pem(), content_type=KINDS[".pem"])


# ── publishing ───────────────────────────────────────────────────────────────────────────────


@route(deed=Deed.PUBLISH)
@require_safe
def publishing_home(request: PersonsRequest) -> HttpResponse:
    """The bodies for which the reader may publish; the only one at once."""
    viewer = viewer_for(request.user, deed=Deed.PUBLISH)
    if reason := why_not_at_any_body(Deed.PUBLISH, viewer):
        raise PermissionDenied(reason)
    pages = queries.publishing_bodies(viewer)
    if len(pages) == 1:
        return redirect("spend:publishing", pages[0].slug)
    return render(request, "spend/publishing/home.html", {"pages": pages})


@route(deed=Deed.PUBLISH)
@require_safe
def quarters(request: PersonsRequest, slug: str) -> HttpResponse:
    """The quarters of a body, and whether each is published."""
    body = _body(slug)
    if reason := permissions.why_not_publish(request.user, body):
        raise PermissionDenied(reason)
    rows = queries.quarters_to_publish(body, viewer=viewer_for(request.user))
    return render(request, "spend/publishing/quarters.html", {"body": body, "rows": rows})


@route(deed=Deed.PUBLISH)
@require_http_methods(GET_OR_POST)
def quarter(request: PersonsRequest, slug: str, quarter: str) -> HttpResponse:
    """The proof and the alerts before a quarter is published; and, sent, publish it."""
    body = _body(slug)
    if reason := permissions.why_not_publish(request.user, body):
        raise PermissionDenied(reason)
    try:
        period = quarter_named(quarter)
    except ValueError as error:
        raise Http404(str(error)) from None
    refusal, draft = None, None
    try:
        if request.method == "POST":
            done = deeds.publish_quarter(
                body=body, period=period, by=request.user, at=timezone.now()
            )
            said = (
                "Nothing has changed since it was published."
                if done.status == "unchanged"
                else (f"{quarter.upper()} is published, edition {done.release.edition}.")
            )
            messages.success(request, said)
            return redirect("spend:release", done.release.pk)
        draft = deeds.drafted(body, period)
    except CannotDo as refused:
        refusal = refused.sentence
    shown = {
        "body": body,
        "quarter": quarter.upper(),
        "period": period,
        "due": queries.due_date(period),
        "draft": draft,
        "proof": draft and draft.proof_json(),
        "refusal": refusal,
        "reason": draft and deeds.alert_sentence(draft),
    }
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "spend/publishing/quarter.html", shown, status=status)


# ── redaction ────────────────────────────────────────────────────────────────────────────────


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def redactions(request: PersonsRequest, slug: str) -> HttpResponseBase:
    """Supplier ids and names that wait for a decision, and the decisions made."""
    body = _body(slug)
    viewer = viewer_for(request.user, deed=Deed.SEE_PRIVATE)
    page = redaction_page(body, viewer=viewer, day=timezone.localdate())
    if page.why_not_see:
        raise PermissionDenied(page.why_not_see)
    document = page.as_json()
    columns = ("id", "about", "matches", "verdict", "by", "at", "is_undone")
    if file := as_file(request, "redactions", document, columns, rows=document["decisions"]):
        return file
    shown = {"page": page, "is_settling": names_wait(), "downloads": downloads(request)}
    return render(request, "spend/publishing/redactions.html", shown)


@route(deed=Deed.PUBLISH)
@require_POST
def decide(request: PersonsRequest, slug: str) -> HttpResponse:
    """Withhold or show what was ticked."""
    body = _body(slug)
    if reason := permissions.why_not_publish(request.user, body):
        raise PermissionDenied(reason)
    page = redaction_page(body, viewer=viewer_for(request.user), day=timezone.localdate())
    form = RedactionForm(
        request.POST,
        refs=tuple(alert.ref for alert in page.alerts),
        names=tuple(proposal.name for proposal in page.proposals),
    )
    if not form.is_valid():
        messages.error(request, "Nothing was decided: what was ticked no longer waits.")
        return redirect("spend:redactions", slug)
    ticked = [("SUPPLIER_REF", form.cleaned_data["ref"]), ("NAME", form.cleaned_data["name"])]
    try:
        count = len(
            redacting.decide_redactions(
                body=body,
                ticked=ticked,
                redact=form.cleaned_data["redact"],
                by=request.user,
                at=timezone.now(),
            )
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        word = "withheld" if form.cleaned_data["redact"] else "shown"
        messages.success(
            request, f"{count:,} decided: {word}, in files to come too. Pages follow in a moment."
        )
    return redirect("spend:redactions", slug)


@route(deed=Deed.PUBLISH)
@require_POST
def undo_decision(request: PersonsRequest, slug: str, decision_id: int) -> HttpResponse:
    body = _body(slug)
    if reason := permissions.why_not_publish(request.user, body):
        raise PermissionDenied(reason)
    try:
        redacting.undo_redaction(decision_id=decision_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(
            request,
            "Undone: the names stand as if it had not been decided. Pages follow in a moment.",
        )
    return redirect("spend:redactions", slug)


# ── purge ────────────────────────────────────────────────────────────────────────────────────


@route(deed=Deed.REQUEST_PURGE)
@require_http_methods(GET_OR_POST)
def purges(request: PersonsRequest, slug: str) -> HttpResponse:
    """The purges of a body; and, sent, ask for one."""
    body = _body(slug)
    if reason := permissions.why_not_request_purge(request.user, body):
        raise PermissionDenied(reason)
    form, refusal = PurgeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            asked = purging.request_purge(
                body=body, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"Purge {asked.pk} waits for a second person.")
            return redirect("spend:purges", slug)
    page = purge_page(body, person=request.user)
    status = 409 if refusal else 422 if form.errors else 200
    shown = {"page": page, "form": form, "refusal": refusal}
    return render(request, "spend/publishing/purges.html", shown, status=status)


@route(deed=Deed.CONFIRM_PURGE)
@require_http_methods(GET_OR_POST)
def confirm_purge(request: PersonsRequest, slug: str, purge_id: int) -> HttpResponse:
    """Ask once more, with what would go; and, sent, carry the purge out."""
    body = _body(slug)
    if reason := permissions.why_not_confirm_purge(request.user, body, requested_by_id=None):
        raise PermissionDenied(reason)
    page = purge_page(body, person=request.user)
    row = next((row for row in page.rows if row.id == purge_id and row.waits), None)
    if row is None:
        raise Http404("No such purge waits here. The body's list of purges has them all.")
    refusal = row.why_not_confirm
    if request.method == "POST":
        try:
            done = purging.confirm_purge(purge_id=purge_id, by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(
                request,
                f"Purged from {len(done.found['tombstones']):,} rows. Take a new backup now, and "
                "delete those made before.",
            )
            return redirect("spend:purges", slug)
    shown = {"page": page, "row": row, "refusal": refusal}
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "spend/publishing/purge_confirm.html", shown, status=status)


@route(deed=Deed.REQUEST_PURGE)
@require_POST
def refuse_purge(request: PersonsRequest, slug: str, purge_id: int) -> HttpResponse:
    body = _body(slug)
    if reason := permissions.why_not_request_purge(request.user, body):
        raise PermissionDenied(reason)
    try:
        purging.refuse_purge(purge_id=purge_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Refused: nothing was purged.")
    return redirect("spend:purges", slug)
