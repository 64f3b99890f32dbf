"""Pages that enter agreements which are in force already: one by a form, many by a file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from moothall.agreements.actions import existing as actions
from moothall.agreements.engine.existing import COLUMNS, NEEDED, NotAFile, set_aside
from moothall.agreements.forms import existing as forms
from moothall.agreements.queries import existing as queries
from moothall.agreements.views.whose import PersonsRequest, body_for
from moothall.core.downloads import csv_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.permissions import why_not_keep_agreement
from moothall.values.tables import Column, Kind, Table
from moothall.values.wording import number_of

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
EXAMPLE = (
    *("C-17", "Care at home", "contract", "Norbury Council = commissioner; Lantern = provider"),
    *("PA_2023", "People stay at home", "Norbury", "", "Cabinet", "", "2026-04-01", "2030-04-01"),
    *("2028-04-01", "2025-06-01", "Fewer falls; Longer at home", "6", "1250000.00", "no"),
)
WILL = {"enter": "Entered", "already": "There already", "aside": "Set aside"}


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def record(request: PersonsRequest, slug: str) -> HttpResponse:
    """Ask what an agreement in force says; and, sent, enter it as it was found."""
    body = body_for(slug, who=request.user, why_not=why_not_keep_agreement)
    form = forms.ExistingForm(request.POST or None, words=queries.words_of_files())
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.record_existing(
                body=body, says=form.says(), by=request.user, at=timezone.now()
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "It is in the register, as recorded, not checked.")
            return redirect("agreements:agreement", made.pk)
    page = {
        "form": form,
        "caption": body.name,
        "heading": "Record an existing agreement",
        "answer": "It is entered as in force. Leave empty what is not known: it is listed as "
        "missing, and never shown as checked.",
        "label": "Record it",
        "refusal": refusal,
        "back_url": reverse("agreements:home"),
        "other_url": reverse("agreements:record_file", args=[slug]),
        "other": "Record many from a CSV file",
        "trail": _trail("Record an existing agreement"),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/record_form.html", page, status=status)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def record_file(request: PersonsRequest, slug: str) -> HttpResponseBase:
    """Ask for a file, show what it would do row by row; and, sent again, record it."""
    body = body_for(slug, who=request.user, why_not=why_not_keep_agreement)
    seen = forms.SeenForm(request.POST or None)
    if request.method == "POST" and "text" in request.POST and seen.is_valid():
        text = seen.cleaned_data["text"]
        if "aside" in request.POST:
            return _set_aside(request, body, text)
        return _recorded(request, body, text)
    if request.GET.get("format") == "csv":
        return csv_file("existing-agreements", COLUMNS, [EXAMPLE])
    form = forms.FileForm(request.POST or None, request.FILES or None)
    page: dict[str, Any] = _page(body, form)
    if request.method == "POST" and form.is_valid():
        try:
            rows = queries.preview(body, form.cleaned_data["file"])
        except NotAFile as refusal:
            form.add_error("file", str(refusal))
        else:
            page["seen"] = forms.SeenForm(initial={"text": form.cleaned_data["file"]})
            page["preview"] = _preview_table(rows)
            page["counts"] = {will: sum(row.will == will for row in rows) for will in WILL}
    return render(request, "agreements/record_file.html", page, status=422 if form.errors else 200)


def _recorded(request: PersonsRequest, body: Any, text: str) -> HttpResponse:
    try:
        found = actions.record_file(body=body, text=text, by=request.user, at=timezone.now())
    except CannotDo as refused:
        page = _page(body, forms.FileForm()) | {"refusal": refused.sentence}
        return render(request, "agreements/record_file.html", page, status=409)
    entered = number_of(len(found.entered), "agreement")
    said = f"{entered} recorded; {len(found.already)} there already; {len(found.aside)} set aside."
    messages.success(request, said)
    if not found.aside:
        return redirect("agreements:home")
    page = _page(body, forms.FileForm()) | {
        "seen": forms.SeenForm(initial={"text": text}),
        "aside": Table(
            caption="What was set aside",
            columns=(Column("Row", Kind.COUNT), Column("Reference"), Column("Why")),
            rows=[(row.number, row.reference, why) for row, why in found.aside],
            note="Mend these rows and load the file again: what is there already stays as it is.",
        ),
    }
    return render(request, "agreements/record_file.html", page)


def _set_aside(request: HttpRequest, body: Any, text: str) -> HttpResponseBase:
    """The rows of a file that are not recorded, each as it stands there with its reason."""
    try:
        why = {row.number: row.said for row in queries.preview(body, text) if row.will == "aside"}
        return csv_file("set-aside", *set_aside(text, why))
    except NotAFile as refusal:
        page = _page(body, forms.FileForm()) | {"refusal": str(refusal)}
        return render(request, "agreements/record_file.html", page, status=422)


def _page(body: Any, form: Any) -> dict[str, Any]:
    return {
        "form": form,
        "body": body.name,
        "slug": body.slug,
        "columns": COLUMNS,
        "needed": NEEDED,
        "back_url": reverse("agreements:home"),
        "trail": _trail("Record existing agreements from a file"),
    }


def _trail(here: str) -> list[tuple[str, str]]:
    return [("Agreements", reverse("agreements:home")), (here, "")]


def _preview_table(rows: tuple[queries.PreviewRow, ...]) -> Table:
    return Table(
        caption="What this file would do",
        columns=(
            Column("Row", Kind.COUNT),
            Column("Reference"),
            Column("Agreement"),
            Column("What happens"),
            Column("Because"),
        ),
        rows=[(row.number, row.reference, row.name, WILL[row.will], row.said) for row in rows],
        empty="The file has no rows below its headings.",
    )
