"""Pages about appraisals: the list, beginning one, its tasks, results, papers and versions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.appraisal import permissions
from moothall.appraisal.actions import appraising
from moothall.appraisal.cases.beginnings import cases_to_begin_from
from moothall.appraisal.engine.papers import (
    Block,
    Grid,
    Paper,
    Points,
    briefing,
    business_case,
    shortlist,
)
from moothall.appraisal.engine.result import Result
from moothall.appraisal.exports.papers import docx_of, html_of, pdf_of
from moothall.appraisal.exports.spreadsheet import spreadsheet
from moothall.appraisal.forms import appraisals as forms
from moothall.appraisal.queries import appraisals
from moothall.appraisal.views.whose import PersonsRequest, appraisal_at, body_for, trail
from moothall.core.downloads import json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.values.tables import Cell, Column, Download, Kind, Table

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
PAPERS = {"business-case": business_case, "briefing": briefing}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@route(signed_in=True)
@require_safe
def home(request: PersonsRequest) -> HttpResponseBase:
    """Every appraisal that whoever signed in may read, and where to begin one."""
    viewer = viewer_for(request.user)
    bodies = list(appraisals.bodies_read(viewer).values_list("slug", "name"))
    form = forms.AppraisalFilter(request.GET, bodies=bodies)
    if not form.is_valid():
        return render(request, "appraisal/appraisal_list.html", {"form": form}, status=400)
    order = request.GET.get("order", "-saved")
    found = appraisals.appraisal_list_page(
        request.GET.get("page"), viewer=viewer, order=order, **form.cleaned_data
    )
    if request.GET.get("format") == "json":
        return json_file("appraisals", {"rows": [row.as_json() for row in found.object_list]})
    is_filtered = any(form.cleaned_data.values())
    page = {
        "form": form,
        "found": found,
        "count": found.paginator.count,
        "is_filtered": is_filtered,
        "clear_url": "?" if is_filtered else "",
        "begin_for": appraisals.bodies_appraised_for(viewer),
        "reads_none": not bodies,
        "table": _table(found.object_list, order),
    }
    return render(request, "appraisal/appraisal_list.html", page)


@route(deed=Deed.WORK_ON_APPRAISAL)
@GET_OR_POST
def begin(request: PersonsRequest, slug: str) -> HttpResponse:
    """Ask from what an appraisal begins; and, sent, begin it."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    cases = cases_to_begin_from()
    case = request.GET.get("case", "")
    initial = {"case": case, "name": dict(cases).get(case, "")}
    form = forms.BeginForm(
        request.POST or None, request.FILES or None, cases=cases, initial=initial
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = appraising.begin_appraisal(
                body=body, name=said["name"], case="" if said["file"] else said["case"],
                text=said["file"], by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            return redirect("appraisal:appraisal", slug, made.pk)
    page = {
        "form": form,
        "body": body.name,
        "refusal": refusal,
        "trail": [("Appraisals", reverse("appraisal:home")), ("Begin an appraisal", "")],
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "appraisal/begin.html", page, status=status)


@route(deed=Deed.READ_APPRAISAL)
@require_safe
def appraisal(request: PersonsRequest, slug: str, appraisal_id: int) -> HttpResponseBase:
    """The task list, with what the appraisal comes to so far beside it."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_read_appraisal)
    held = appraisal_at(body, appraisal_id)
    page = appraisals.appraisal_page(held, viewer=viewer_for(request.user))
    if (wanted := request.GET.get("format")) in ("toml", "json", "xlsx"):
        return _file(wanted, page)
    return _shown(request, page, held)


@route(deed=Deed.READ_APPRAISAL)
@require_safe
def paper(request: PersonsRequest, slug: str, appraisal_id: int, name: str) -> HttpResponseBase:
    """The business case or the members' briefing: as a page, in Word, as PDF or as HTML."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_read_appraisal)
    held = appraisal_at(body, appraisal_id)
    if name not in PAPERS:
        raise Http404("An appraisal has two papers: business-case and briefing.")
    page = appraisals.appraisal_page(held, viewer=viewer_for(request.user))
    if page.result is None:
        messages.error(request, "There is no paper yet: mend what is found first.")
        return redirect("appraisal:appraisal", slug, appraisal_id)
    made = PAPERS[name](page.result, digest=page.digest)
    file = f"{name}-{appraisal_id}"
    match request.GET.get("format"):
        case "docx":
            return _download(docx_of(made, page.result.appraisal.on), WORD, f"{file}.docx")
        case "pdf":
            return _download(pdf_of(made), "application/pdf", f"{file}.pdf")
        case "html":
            return _download(html_of(made).encode(), "text/html; charset=utf-8", f"{file}.html")
    shown = {
        "paper": made,
        "sections": _sections(made),
        "trail": trail(slug, held, (made.title, "")),
    }
    return render(request, "appraisal/paper.html", shown)


@route(deed=Deed.WORK_ON_APPRAISAL)
@GET_OR_POST
def text(request: PersonsRequest, slug: str, appraisal_id: int) -> HttpResponse:
    """The whole appraisal as text; what cannot be saved stays in the form."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    held = appraisal_at(body, appraisal_id)
    page = appraisals.appraisal_page(held, viewer=viewer_for(request.user))
    form = forms.TextForm(request.POST or None, initial={"text": page.text, "seen": page.version})
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            version = appraising.save_appraisal(
                appraisal=held, text=said["text"], note=said["note"], seen=said["seen"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"Saved as version {version.number}.")
            return redirect("appraisal:appraisal", slug, appraisal_id)
    shown = {
        "form": form,
        "page": page,
        "refusal": refusal,
        "trail": trail(slug, held, ("As text", "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "appraisal/text.html", shown, status=status)


@route(deed=Deed.WORK_ON_APPRAISAL)
@require_POST
def restore(request: PersonsRequest, slug: str, appraisal_id: int, number: int) -> HttpResponse:
    """Make an earlier version the latest again."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    held = appraisal_at(body, appraisal_id)
    try:
        version = appraising.restore_version(
            appraisal=held, number=number, by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"Version {number} is back, as version {version.number}.")
    return redirect("appraisal:appraisal", slug, appraisal_id)


@route(deed=Deed.WORK_ON_APPRAISAL)
@require_POST
def put_away(request: PersonsRequest, slug: str, appraisal_id: int) -> HttpResponse:
    """Take an appraisal off the list, or bring it back."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    held = appraisal_at(body, appraisal_id)
    is_away = "undo" not in request.POST
    appraising.put_away(appraisal=held, is_away=is_away, by=request.user, at=timezone.now())
    messages.success(request, "Put away; nothing of it is lost." if is_away else "It is back.")
    return redirect("appraisal:appraisal", slug, appraisal_id)


def _file(wanted: str, page: appraisals.AppraisalPage) -> HttpResponse:
    if wanted == "toml":
        kind = "application/toml; charset=utf-8"
        return _download(page.text.encode(), kind, f"appraisal-{page.id}.toml")
    if page.result is None:
        found = [one.as_json() for one in page.findings]
        return json_file(f"appraisal-{page.id}", {"findings": found})
    if wanted == "xlsx":
        return _download(spreadsheet(page.result), SHEET, f"appraisal-{page.id}.xlsx")
    return json_file(f"appraisal-{page.id}", page.result.as_json())


def _download(contents: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(contents, content_type=kind, headers=headers)


def _shown(request: PersonsRequest, page: appraisals.AppraisalPage, held: Any) -> HttpResponse:
    shown = {
        "page": page,
        "result": page.result,
        "headline": None if page.result is None else _headline(page.result),
        "trail": trail(page.slug, held),
    }
    return render(request, "appraisal/appraisal.html", shown)


def _headline(result: Result) -> Table:
    return Table(
        caption="The shortlist",
        columns=(
            Column("Option"),
            Column("Costs society", Kind.ESTIMATE),
            Column("Worth to society, net", Kind.ESTIMATE),
            Column("Costs the council", Kind.ESTIMATE),
            Column("Score of 100"),
            Column("First over all weightings", Kind.SHARE),
            Column("Best in futures", Kind.SHARE),
        ),
        rows=[
            (
                one.option.name,
                one.cost,
                one.npv,
                one.council_cost,
                "" if one.score is None else f"{one.score:.1f}",
                one.first_probability,
                one.best_probability,
            )
            for one in shortlist(result)
        ],
        empty="No option is on the shortlist yet.",
        is_caption_quiet=True,
    )


def _sections(paper: Paper) -> list[dict[str, object]]:
    return [
        {
            "title": section.title,
            "is_within": section.level > 1,
            "blocks": [_block(block) for block in section.blocks],
        }
        for section in paper.sections
    ]


def _block(block: Block) -> dict[str, object]:
    if isinstance(block, str):
        return {"words": block}
    if isinstance(block, Points):
        return {"points": block.points}
    return {"table": _as_table(block)}


def _as_table(grid: Grid) -> Table:
    return Table(
        caption=grid.caption,
        columns=tuple(Column(name or "What") for name in grid.head),
        rows=list(grid.rows),
        empty="Nothing is known yet.",
    )


def _table(rows: Any, order: str) -> Table:
    return Table(
        caption="Appraisals",
        columns=(
            Column("Appraisal", order="name"),
            Column("Of", order="body"),
            Column("Version", Kind.COUNT),
            Column("Saved on", Kind.DATE, order="saved"),
        ),
        rows=[
            (
                Cell(row.name, reverse("appraisal:appraisal", args=[row.slug, row.id])),
                row.body,
                row.version,
                timezone.localdate(row.saved_at),
            )
            for row in rows
        ],
        ordered_by=order,
        downloads=(Download("?format=json", "JSON"),),
        is_caption_quiet=True,
    )
