"""Pages about drafts: the list, beginning one, its workbench, versions and who else reads it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import drafting
from moothall.agreements.engine.beginnings import cases_to_begin_from
from moothall.agreements.engine.documents import SECTIONS, numbers_to_change
from moothall.agreements.forms import drafts as forms
from moothall.agreements.queries import drafts, settling
from moothall.agreements.views.whose import (
    PersonsRequest,
    body_for,
    own_draft,
    read_draft,
    trail,
)
from moothall.core.downloads import csv_file, json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.deals.kinds import term_kinds
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at, viewer_for
from moothall.values.tables import Cell, Column, Download, Kind, Table

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@route(signed_in=True)
@require_safe
def home(request: PersonsRequest) -> HttpResponseBase:
    """Every draft that whoever signed in may read, and where to begin one."""
    viewer = viewer_for(request.user)
    bodies = drafts.bodies_read(viewer).values_list("slug", "name")
    form = forms.DraftFilter(request.GET, bodies=bodies)
    if not form.is_valid():
        return render(request, "agreements/draft_list.html", {"form": form}, status=400)
    order = request.GET.get("order", "-saved")
    found = drafts.draft_list_page(
        request.GET.get("page"), viewer=viewer, order=order, **form.cleaned_data
    )
    if request.GET.get("format") == "json":
        return json_file("drafts", {"rows": [row.as_json() for row in found.object_list]})
    is_filtered = any(form.cleaned_data.values())
    page = {
        "form": form,
        "found": found,
        "count": found.paginator.count,
        "is_filtered": is_filtered,
        "clear_url": "?" if is_filtered else "",
        "begin_for": drafts.bodies_drafted_for(viewer),
        "reads_none": not bodies,
        "table": _table(found.object_list, order),
    }
    return render(request, "agreements/draft_list.html", page)


@route(deed=Deed.DRAFT_DEAL)
@GET_OR_POST
def begin(request: PersonsRequest, slug: str) -> HttpResponse:
    """Ask from what a draft begins; and, sent, begin it."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    case = request.GET.get("case", "")
    initial = {"case": case, "name": dict(cases_to_begin_from()).get(case, "")}
    form = forms.BeginForm(
        request.POST or None, request.FILES or None, cases=cases_to_begin_from(), initial=initial
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            draft = drafting.begin_draft(
                body=body, name=said["name"], case=said["case"] if not said["file"] else "",
                text=said["file"], by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            return redirect("agreements:draft", slug, draft.pk)
    page = {
        "form": form,
        "body": body.name,
        "refusal": refusal,
        "trail": [("Deals", reverse("agreements:drafts")), ("Begin a draft", "")],
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/begin.html", page, status=status)


@route(deed=Deed.READ_DEAL)
@require_safe
def draft(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponseBase:
    """The workbench: the deal in plain English, as text and forms, with what is to be mended."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_read_deal)
    held = read_draft(body, draft_id)
    if (wanted := request.GET.get("format")) in ("toml", "json"):
        page = drafts.draft_page(held, body, viewer=viewer_for(request.user))
        if wanted == "json":
            return json_file(f"deal-{draft_id}", page.as_json())
        return HttpResponse(
            page.text,
            content_type="application/toml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="deal-{draft_id}.toml"'},
        )
    return _workbench(request, slug, held, body)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def save(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Save the text as the next version; what cannot be saved stays in the form."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    form = forms.TextForm(request.POST)
    if not form.is_valid():
        return _workbench(request, slug, held, body, form=form, status=422)
    if "look" in request.POST:  # findings as one goes; nothing is saved
        return _workbench(request, slug, held, body, form=form)
    try:
        version = drafting.save_draft(
            draft=held, text=form.cleaned_data["text"], note=form.cleaned_data["note"],
            seen=form.cleaned_data["seen"], by=request.user, at=timezone.now(),
        )  # fmt: skip
    except CannotDo as refused:
        return _workbench(request, slug, held, body, form=form, refusal=refused, status=409)
    messages.success(request, f"Saved as version {version.number}.")
    return redirect("agreements:draft", slug, draft_id)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def restore(request: PersonsRequest, slug: str, draft_id: int, number: int) -> HttpResponse:
    """Make an earlier version the latest again."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    try:
        version = drafting.restore_version(
            draft=held, number=number, by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        return _workbench(request, slug, held, body, refusal=refused, status=409)
    messages.success(request, f"Version {number} is back, as version {version.number}.")
    return redirect("agreements:draft", slug, draft_id)


@route(deed=Deed.READ_DEAL)
@require_safe
def settle(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponseBase:
    """Try what would be paid for a period, if the facts were these."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_read_deal)
    held = read_draft(body, draft_id)
    deal = drafts.draft_page(held, body, viewer=viewer_for(request.user)).deal
    page: dict[str, Any] = {
        "draft": held,
        "slug": slug,
        "deal": deal,
        "trail": trail(slug, held, ("Try a payment", "")),
    }
    status = 200
    if deal is not None:
        periods, facts = settling.periods_of(deal), settling.facts_asked(deal)
        form = forms.SettleForm(request.GET or None, periods=periods, facts=facts)
        page["form"] = form
        if request.GET and form.is_valid():
            found = settling.tried_statement(deal, form.cleaned_data["period"], form.known())
            page["found"] = found
            if found is not None and request.GET.get("format") == "csv":
                head = ("payer", "payee", "term", "amount_gbp", "because")
                rows = ([x.payer, x.payee, x.term, x.gbp, x.because] for x in found.lines)
                return csv_file(f"deal-{draft_id}-{form.cleaned_data['period']}", head, rows)
            page["table"] = found and _statement_table(found, request)
        elif request.GET:
            status = 400
    return render(request, "agreements/settle.html", page, status=status)


@route(deed=Deed.DRAFT_DEAL)
@GET_OR_POST
def settings(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Its name, which party the body is, whether bidders read it, and who else does."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    shown = drafts.draft_page(held, body, viewer=viewer_for(request.user))
    first = {"name": held.name, "party": held.party, "is_competition": held.is_competition}
    form = forms.SettingsForm(request.POST or None, parties=shown.parties, initial=first)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            drafting.set_draft(draft=held, **form.cleaned_data, by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "That is kept.")
            return redirect("agreements:settings", slug, draft_id)
    page = {
        "form": form,
        "share_form": forms.ShareForm(
            bodies=drafts.bodies_to_share_with(held), parties=shown.parties, auto_id="share_%s"
        ),
        "page": shown,
        "slug": slug,
        "refusal": refusal,
        "trail": trail(slug, held, ("Settings and sharing", "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/settings.html", page, status=status)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def share(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Let another body read a draft, or no longer."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    other = body_at(request.POST.get("body", ""))
    if other is None:
        messages.error(request, "Nothing was shared: choose a body.")
        return redirect("agreements:settings", slug, draft_id)
    try:
        if "undo" in request.POST:
            drafting.unshare_draft(draft=held, with_body=other, by=request.user, at=timezone.now())
            messages.success(request, f"{other.name} reads it no longer.")
        else:
            drafting.share_draft(
                draft=held, with_body=other, party=request.POST.get("party", "")[:60],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, f"{other.name} reads it now.")
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    return redirect("agreements:settings", slug, draft_id)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def put_away(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Take a draft off the list, or bring it back."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    is_away = "undo" not in request.POST
    drafting.put_away(draft=held, is_away=is_away, by=request.user, at=timezone.now())
    messages.success(request, "Put away; nothing of it is lost." if is_away else "It is back.")
    return redirect("agreements:draft", slug, draft_id)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def copy(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Begin a draft of the body's own from one that it reads."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = read_draft(body, draft_id)
    shown = drafts.draft_page(held, body, viewer=viewer_for(request.user))
    made = drafting.begin_draft(
        body=body, name=f"{held.name} (copy)"[:200], text=shown.text, copied_from=held,
        by=request.user, at=timezone.now(),
    )  # fmt: skip
    messages.success(request, "This copy is yours: nobody else reads it.")
    return redirect("agreements:draft", slug, made.pk)


def _workbench(
    request: HttpRequest,
    slug: str,
    held: Any,
    body: Any,
    *,
    form: forms.TextForm | None = None,
    refusal: CannotDo | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = form.data.get("text") if form is not None else None
    text = typed.replace("\r\n", "\n") if typed else None
    page = drafts.draft_page(held, body, viewer=viewer_for(request.user), text=text)
    if form is None:
        form = forms.TextForm(initial={"text": page.text, "seen": page.version})
    shown = {
        "page": page,
        "form": form,
        "is_unsaved": text is not None,
        "refusal": refusal.sentence if refusal else None,
        "simulate_form": forms.SimulateForm(auto_id="simulate_%s"),
        "solve_form": forms.SolveForm(
            auto_id="solve_%s",
            places=numbers_to_change(page.deal),
            parties=page.parties,
        ),
        "parts": [
            (
                section,
                word,
                page.places[section],
                forms.AddForm(auto_id=f"{section}_%s", kinds=_kinds(section)),
            )
            for section, word in SECTIONS.items()
        ],
        "trail": trail(slug, held),
    }
    return render(request, "agreements/draft.html", shown, status=status)


def _kinds(section: str) -> list[tuple[str, str]]:
    if section != "terms":
        return []
    return sorted(((name, kind.title) for name, kind in term_kinds().items()), key=lambda x: x[1])


def _table(rows: Any, order: str) -> Table:
    return Table(
        caption="Drafts",
        columns=(
            Column("Deal", order="name"),
            Column("Drafted by", order="body"),
            Column("Begun from"),
            Column("Version", Kind.COUNT),
            Column("Saved on", Kind.DATE, order="saved"),
            Column("Times tried", Kind.COUNT),
        ),
        rows=[
            (
                Cell(row.name, reverse("agreements:draft", args=[row.slug, row.id])),
                row.body,
                row.begun_from,
                row.version,
                timezone.localdate(row.saved_at),
                row.trials,
            )
            for row in rows
        ],
        ordered_by=order,
        downloads=(Download("?format=json", "JSON"),),
        is_caption_quiet=True,
    )


def _statement_table(found: settling.TriedStatement, request: HttpRequest) -> Table:
    query = request.GET.copy()
    query["format"] = "csv"
    return Table(
        caption="Statement",
        columns=(
            Column("Who pays"),
            Column("Who is paid"),
            Column("For"),
            Column("Amount", Kind.POUNDS),
            Column("Because"),
        ),
        rows=[(x.payer, x.payee, x.term, x.gbp, x.because) for x in found.lines],
        downloads=(Download(f"?{query.urlencode()}", "CSV"),),
        empty="Nothing is due.",
        is_caption_quiet=True,
    )
