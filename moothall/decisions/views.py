"""Pages about what was decided, and what of it is kept from the public."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.downloads import csv_file, json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.decisions import actions, forms, permissions, queries
from moothall.directory.engine.roles import Deed
from moothall.directory.permissions import why_not_mark_exempt
from moothall.directory.queries import body_at, viewer_for
from moothall.values.tables import Cell, Column, Download, Kind, Table

if TYPE_CHECKING:
    from moothall.directory.models import Organisation, Person

HEAD = (
    *("id", "body", "about", "what", "why", "by", "at", "authority"),
    *("exempt", "why_exempt", "is_withheld"),
)


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: "Person"


@route(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Every decision, as far as the reader may know it."""
    viewer = viewer_for(request.user)
    form = forms.DecisionFilter(request.GET, bodies=queries.bodies_with_decisions())
    if not form.is_valid():
        page: dict[str, Any] = {"form": form}
        return render(request, "decisions/decision_list.html", page, status=400)
    order = request.GET.get("order", "-at")
    asked = {**form.cleaned_data, "order": order}
    if (wanted := request.GET.get("format")) in ("csv", "json"):
        rows = (row.as_json() for row in queries.decision_list(viewer=viewer, **asked))
        if wanted == "csv":
            return csv_file("decisions", HEAD, ([row[name] for name in HEAD] for row in rows))
        return json_file("decisions", {"rows": list(rows)})
    found = queries.decision_list_page(request.GET.get("page"), viewer=viewer, **asked)
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "form": form,
        "found": found,
        "count": found.paginator.count,
        "is_filtered": any(form.cleaned_data.values()),
        "clear_url": "?" if any(form.cleaned_data.values()) else "",
        "record_for": queries.bodies_to_record_for(viewer),
        "table": _table(found.object_list, order, query),
    }
    return render(request, "decisions/decision_list.html", page)


@route(public=True)
@require_safe
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One decision; for who may, with the forms that keep it from the public or no longer."""
    return _decision(request, decision_id)


@route(deed=Deed.MARK_EXEMPT)
@require_POST
def exempt(request: PersonsRequest, decision_id: int) -> HttpResponse:
    """Keep a decision from the public under a paragraph of Schedule 12A."""
    _refuse_others(request, decision_id)
    form = forms.ExemptForm(request.POST)
    if not form.is_valid():
        return _decision(request, decision_id, form=form, status=422)
    try:
        actions.mark_exempt(
            decision_id=decision_id, **form.cleaned_data, by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        return _decision(request, decision_id, form=form, refusal=refused.sentence, status=409)
    messages.success(request, "From now on only who may read exempt material reads it.")
    return redirect("decisions:decision", decision_id)


@route(deed=Deed.MARK_EXEMPT)
@require_POST
def lift(request: PersonsRequest, decision_id: int) -> HttpResponse:
    """Let everybody read a decision again."""
    _refuse_others(request, decision_id)
    try:
        actions.lift_exemption(decision_id=decision_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        return _decision(request, decision_id, refusal=refused.sentence, status=409)
    messages.success(request, "The exemption is lifted: everybody reads the decision now.")
    return redirect("decisions:decision", decision_id)


@route(deed=Deed.RECORD_DECISION)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: PersonsRequest, slug: str) -> HttpResponse:
    """Ask for a decision of a body's; and, sent, record it."""
    body = _body(slug)
    if reason := permissions.why_not_record_decision(request.user, body):
        raise PermissionDenied(reason)
    about = queries.subject_of(request.GET.get("about", ""), viewer_for(request.user))
    if about is not None and about.body_id != body.pk:
        about = None
    subject = request.GET["about"] if about else f"directory.organisation:{body.pk}"
    form, refusal = forms.DecisionForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.record_decision(
                body=body, subject=subject, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "The decision is recorded.")
            return redirect("decisions:decision", made.pk)
    page = {
        "form": form,
        "body": body.name,
        "about": about,
        "refusal": refusal,
        "trail": [("Decisions", reverse("decisions:home")), ("Record a decision", "")],
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "decisions/decision_form.html", page, status=status)


def _decision(
    request: HttpRequest,
    decision_id: int,
    *,
    form: forms.ExemptForm | None = None,
    refusal: str | None = None,
    status: int = 200,
) -> HttpResponse:
    page = queries.decision_page(decision_id, viewer=viewer_for(request.user))
    if page is None:
        raise Http404("No decision has this number. The list of decisions has them all.")
    shown = {
        "page": page,
        "form": form or forms.ExemptForm(),
        "refusal": refusal,
        "trail": [("Decisions", reverse("decisions:home")), (f"Decision {page.row.id}", "")],
    }
    return render(request, "decisions/decision.html", shown, status=status)


def _refuse_others(request: PersonsRequest, decision_id: int) -> None:
    row = queries.decision_row(decision_id, viewer=viewer_for(request.user))
    if row is None:
        raise Http404("No decision has this number. The list of decisions has them all.")
    if reason := why_not_mark_exempt(request.user, _body(row.body_slug)):
        raise PermissionDenied(reason)


def _body(slug: str) -> "Organisation":
    body = body_at(slug)
    if body is None:
        raise Http404("No body has this address. The list of bodies has them all.")
    return body


def _table(rows: Iterable[queries.DecisionRow], order: str, query: Any) -> Table:
    def download(name: str) -> Download:
        query["format"] = name
        return Download(f"{reverse('decisions:home')}?{query.urlencode()}", name.upper())

    return Table(
        caption="Decisions",
        columns=(
            Column("What was decided"),
            Column("Body", order="body"),
            Column("On", Kind.DATE, order="at"),
            Column("On whose authority"),
            Column("Exempt"),
        ),
        rows=[
            (
                Cell(row.what, reverse("decisions:decision", args=[row.id])),
                row.body,
                timezone.localdate(row.at),
                row.authority,
                row.exempt.capitalize() if row.exempt else "No",
            )
            for row in rows
        ],
        ordered_by=order,
        downloads=(download("csv"), download("json")),
        empty="No decision fits.",
        empty_next="Take a filter away, or record one.",
        is_caption_quiet=True,
    )
