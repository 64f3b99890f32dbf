"""Pages of the register: the list, one agreement's record, and the forms that keep it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import register as actions
from moothall.agreements.engine.life import LIFE
from moothall.agreements.forms import register as forms
from moothall.agreements.queries import record
from moothall.agreements.queries import register as queries
from moothall.agreements.views.whose import (
    PersonsRequest,
    agreement_for,
    agreement_read,
    agreement_trail,
    body_for,
)
from moothall.core.downloads import csv_file, json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.permissions import why_not_keep_agreement
from moothall.directory.queries import body_at, viewer_for
from moothall.values.tables import Cell, Column, Download, Kind, Table

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
NOT_CHECKED = ", as recorded, not checked"
HEAD = (
    *("id", "name", "reference", "kind", "state", "body", "purpose", "members", "starts_on"),
    *("ends_before", "review_on", "value_gbp", "is_existing", "lacking"),
)


@route(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Every agreement that the reader reads anything of, and where to enter one."""
    viewer = viewer_for(request.user)
    form = forms.AgreementFilter(request.GET, bodies=queries.bodies_with_agreements(viewer))
    if not form.is_valid():
        return render(request, "agreements/agreement_list.html", {"form": form}, status=400)
    order = request.GET.get("order", "name")
    asked = {**form.cleaned_data, "order": order, "on": timezone.localdate()}
    if (wanted := request.GET.get("format")) in ("csv", "json"):
        rows = queries.agreement_list(viewer=viewer, **asked)
        if wanted == "json":
            return json_file("agreements", {"rows": [row.as_json() for row in rows]})
        return csv_file("agreements", HEAD, map(_as_line, rows))
    found = queries.agreement_list_page(request.GET.get("page"), viewer=viewer, **asked)
    is_filtered = any(form.cleaned_data.values())
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "form": form,
        "found": found,
        "count": found.paginator.count,
        "running": queries.running_count(viewer),
        "is_filtered": is_filtered,
        "clear_url": "?" if is_filtered else "",
        "keep_for": queries.bodies_kept_for(viewer),
        "is_at_work": not viewer.is_public,
        "table": _table(found.object_list, order, query),
    }
    return render(request, "agreements/agreement_list.html", page)


@route(public=True)
@require_safe
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponseBase:
    """One agreement's record: what it is, where it stands, who is in it, and its other pages."""
    held = agreement_read(agreement_id, who=request.user)
    page = record.agreement_page(held, viewer=viewer_for(request.user))
    if request.GET.get("format") == "json":
        return json_file(f"agreement-{agreement_id}", page.as_json())
    shown = {
        "page": page,
        "trail": agreement_trail(held),
        "members": _members_table(page),
        "life": LIFE,
        "state_colour": "red" if page.row.is_past_end else "",
    }
    return render(request, "agreements/agreement.html", shown)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def add(request: PersonsRequest, slug: str) -> HttpResponse:
    """Ask what a body's agreement is; and, sent, enter it as a draft."""
    body = body_for(slug, who=request.user, why_not=why_not_keep_agreement)
    form = forms.AgreementForm(request.POST or None, is_new=True)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_agreement(
                body=body, **form.said(), by=request.user, at=timezone.now()
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "It is in the register, as a draft. Say who is in it.")
            return redirect("agreements:agreement", made.pk)
    page = {
        "form": form,
        "caption": body.name,
        "heading": "Enter an agreement",
        "answer": "It begins as a draft, read by its members’ people until you make it public.",
        "label": "Enter it",
        "refusal": refusal,
        "back_url": reverse("agreements:home"),
        "trail": [("Agreements", reverse("agreements:home")), ("Enter an agreement", "")],
    }
    return render(request, "agreements/record_form.html", page, status=_status(form, refusal))


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def change(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask what the register should say of an agreement; and, sent, say so."""
    held = _kept(request, agreement_id)
    form = forms.AgreementForm(request.POST or None, initial=record.said_of(held))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_agreement(agreement=held, **form.said(), by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "The record is changed.")
            return redirect("agreements:agreement", agreement_id)
    shown = _form(held, form, "Change the record", "Change it", refusal)
    shown["answer"] = "Its terms change by a variation alone."
    return render(request, "agreements/record_form.html", shown, status=_status(form, refusal))


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def add_member(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask which body is a member too; and, sent, add it."""
    held = _kept(request, agreement_id)
    form = forms.MemberForm(
        request.POST or None, bodies=record.bodies_to_add(held), parties=record.parties_of(held)
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        organisation = body_at(said.pop("organisation"))
        assert organisation is not None  # noqa: S101  # the form lists them
        try:
            actions.add_member(
                agreement=held, organisation=organisation, **said, by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"{organisation.name} is a member.")
            return redirect("agreements:agreement", agreement_id)
    shown = _form(held, form, "Add a member", "Add it", refusal)
    return render(request, "agreements/record_form.html", shown, status=_status(form, refusal))


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def member(request: PersonsRequest, agreement_id: int, member_id: int) -> HttpResponse:
    """Ask what a member's part is; and, sent, say so."""
    held = _kept(request, agreement_id)
    part = _member(held, member_id)
    initial = {name: getattr(part, name) for name in ("role", "party", "gets", "joined_on")}
    form = forms.MemberForm(request.POST or None, parties=record.parties_of(held), initial=initial)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_member(member=part, **form.cleaned_data, by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Its part is changed.")
            return redirect("agreements:agreement", agreement_id)
    shown = _form(held, form, f"The part of {part.organisation.name}", "Change it", refusal)
    shown["leave_url"] = reverse("agreements:leave", args=[agreement_id, member_id])
    return render(request, "agreements/record_form.html", shown, status=_status(form, refusal))


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def withhold(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask what is kept from the public, why and until when; and, sent, keep or show it."""
    held = _kept(request, agreement_id)
    is_undone = "undo" in request.POST
    form = forms.WithholdForm(
        None if is_undone else request.POST or None, parts=record.parts_to_withhold(held)
    )
    refusal = None
    if request.method == "POST" and (is_undone or form.is_valid()):
        try:
            if is_undone:
                actions.show_again(
                    agreement=held, part=request.POST["undo"], by=request.user, at=timezone.now()
                )
            else:
                actions.withhold(
                    agreement=held, **form.cleaned_data, by=request.user, at=timezone.now()
                )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Everybody reads it." if is_undone else "It is withheld.")
            return redirect("agreements:withhold", agreement_id)
    shown = _form(held, form, "What the public does not read", "Withhold it", refusal)
    shown["parts"] = record.parts_withheld(held)
    return render(request, "agreements/withhold.html", shown, status=_status(form, refusal))


def _kept(request: PersonsRequest, agreement_id: int) -> Any:
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement)


def _member(held: Any, member_id: int) -> Any:
    part = record.member_of(held, member_id)
    if part is None:
        raise Http404("This agreement has no such member today. Its page lists them all.")
    return part


def _status(form: Any, refusal: str | None) -> int:
    return 409 if refusal else 422 if form.errors else 200


def _form(held: Any, form: Any, heading: str, label: str, refusal: str | None) -> dict[str, Any]:
    return {
        "form": form,
        "caption": held.name,
        "heading": heading,
        "label": label,
        "refusal": refusal,
        "agreement_id": held.pk,
        "back_url": reverse("agreements:agreement", args=[held.pk]),
        "trail": agreement_trail(held, (heading, "")),
    }


def _as_line(row: queries.AgreementRow) -> list[object]:
    held = row.as_json() | {"members": row.member_names, "lacking": "; ".join(row.lacking)}
    return [held[name] for name in HEAD]


def _table(rows: Any, order: str, query: Any) -> Table:
    def as_file(name: str) -> str:
        query["format"] = name
        return f"?{query.urlencode()}"

    return Table(
        caption="Agreements",
        columns=(
            Column("Agreement", order="name"),
            Column("Kind", order="kind"),
            Column("Where it stands"),
            Column("Members", order="members"),
            Column("Began", Kind.DATE, order="starts"),
            Column("Ends before", Kind.DATE, order="ends"),
            Column("Value at award", Kind.POUNDS, order="value"),
        ),
        rows=[
            (
                Cell(row.name, reverse("agreements:agreement", args=[row.id])),
                row.kind_label,
                row.state_words.capitalize() + (NOT_CHECKED if row.is_existing else ""),
                row.member_names or "None yet",
                row.starts_on,
                "Withheld" if "exit" in row.hidden else row.ends_before or "No end is known",
                "Withheld" if "value" in row.hidden else row.value_gbp,
            )
            for row in rows
        ],
        ordered_by=order,
        downloads=(Download(as_file("csv"), "CSV"), Download(as_file("json"), "JSON")),
        is_caption_quiet=True,
    )


def _members_table(page: record.AgreementPage) -> Table:
    can_change = not page.why_not_keep
    columns = [
        Column("Body"),
        Column("Sector"),
        Column("Part"),
        Column("What is in it for them"),
        Column("Since", Kind.DATE),
    ]
    return Table(
        caption="Members",
        columns=[*columns, Column("Change")] if can_change else columns,
        rows=[
            [
                Cell(each.name, reverse("directory:body", args=[each.slug])),
                each.sector.capitalize(),
                each.part_in_words,
                each.gets or "Not answered",
                each.joined_on,
                *(
                    [
                        Cell(
                            "Change",
                            reverse("agreements:member", args=[page.row.id, each.id]),
                            about=each.name,
                        )
                    ]
                    if can_change
                    else []
                ),
            ]
            for each in page.row.members
        ],
        empty="Nobody is entered as a member yet.",
        empty_next="An agreement has two members or more.",
    )
