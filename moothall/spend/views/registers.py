"""Registers of organisations at work, and which payees are the place's own bodies."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.downloads import csv_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import NoSuchBody, body_named
from moothall.spend import permissions
from moothall.spend.actions import own_bodies as own_body_deeds
from moothall.spend.actions import registers as deeds
from moothall.spend.forms.registers import NONE, OwnBodyForm, RegisterForm
from moothall.spend.queries import own_bodies as own_body_queries
from moothall.spend.queries import registers as queries
from moothall.spend.views.asked import as_file, downloads
from moothall.spend.views.work import at_a_body
from moothall.values.tables import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from moothall.directory.models import Person

GET_OR_POST = ("GET", "HEAD", "POST")


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: Person


def _refuse_others(request: PersonsRequest) -> None:
    if reason := permissions.why_not_load_register(request.user):
        raise PermissionDenied(reason)


def _register(register_id: int) -> queries.RegisterRow:
    row = queries.register_row(register_id)
    if row is None:
        raise Http404("No register has this number. The list of registers has them all.")
    return row


@route(deed=Deed.LOAD_SPEND)
@require_http_methods(GET_OR_POST)
def register_list(request: PersonsRequest) -> HttpResponse:
    """The registers that are loaded; and, sent, load one."""
    _refuse_others(request)
    form = RegisterForm(request.POST or None, request.FILES or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "register"
            with path.open("wb") as out:
                out.writelines(sent["file"].chunks())
            try:
                register = deeds.load_register(
                    path,
                    name=sent["name"],
                    every=sent["every"],
                    file_name=sent["file"].name,
                    by=request.user,
                    at=timezone.now(),
                )
            except CannotDo as refused:
                refusal = refused.sentence
            else:
                messages.success(
                    request,
                    f"{register} is loaded. What it says of suppliers is shown in a moment.",
                )
                return redirect("spend:register", register.pk)
    page = {"table": _registers(queries.register_list()), "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/registers/register_list.html", page, status=status)


def _registers(rows: Iterable[queries.RegisterRow]) -> Table:
    counted = ("Organisations", "Set aside", "With a number", "With a postcode", "Third sector")
    return Table(
        caption="Loaded",
        columns=(
            Column("Register"),
            *(Column(label, Kind.COUNT) for label in (*counted, "Mutuals")),
            Column("Loaded on", Kind.DATE),
        ),
        rows=[
            (
                Cell(row.name, reverse("spend:register", args=[row.id])),
                row.rows_kept,
                row.rows_set_aside,
                row.number_count,
                row.postcode_count,
                row.third_sector_count,
                row.mutual_count,
                timezone.localdate(row.loaded_at),
            )
            for row in rows
        ],
        empty="No register is loaded.",
        empty_next="Load one below: of charities, of co-operatives, of companies in your area.",
    )


@route(deed=Deed.LOAD_SPEND)
@require_safe
def register(request: PersonsRequest, register_id: int) -> HttpResponse:
    """What one register said, row for row."""
    _refuse_others(request)
    row = _register(register_id)
    aside = queries.aside_page(register_id, request.GET.get("page"))
    page = {
        "register": row,
        "aside": aside,
        "trail": [("Registers", reverse("spend:register_list")), (row.name, "")],
    }
    return render(request, "spend/registers/register.html", page)


@route(deed=Deed.LOAD_SPEND)
@require_safe
def register_aside(request: PersonsRequest, register_id: int) -> StreamingHttpResponse:
    """The rows that were set aside, as CSV."""
    _refuse_others(request)
    _register(register_id)

    head = ("sheet", "row", "reason", "sentence", "cells as published")
    rows = (
        (row.sheet, row.row, row.reason, row.sentence, *row.cells)
        for row in queries.aside_rows(register_id)
    )
    return csv_file(f"register-{register_id}-aside", head, rows)


@route(deed=Deed.LOAD_SPEND)
@require_http_methods(GET_OR_POST)
def register_remove(request: PersonsRequest, register_id: int) -> HttpResponse:
    """Ask once more before a register goes; and, sent, take it out."""
    _refuse_others(request)
    row = _register(register_id)
    refusal = None
    if request.method == "POST":
        try:
            deeds.remove_register(name=row.name, by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"{row.name} is taken out.")
            return redirect("spend:register_list")
    page = {"register": row, "refusal": refusal}
    status = 409 if refusal else 200
    return render(request, "spend/registers/register_remove.html", page, status=status)


# ── the place's own bodies as payees ─────────────────────────────────────────────────────────


@route(deed=Deed.DECIDE_MATCH)
@require_http_methods(GET_OR_POST)
def own_body_list(request: PersonsRequest) -> HttpResponseBase:
    """Which payees are the place's own bodies; and, sent, say so of one."""
    viewer = at_a_body(request, Deed.DECIDE_MATCH)
    found = own_body_queries.own_bodies(viewer, day=timezone.localdate())
    document = found.as_json()
    every = [*document["rows"], *document["unmatched"]]
    columns = own_body_queries.OwnPayee.COLUMNS
    if file := as_file(request, "own-bodies", document, columns, rows=every):
        return file
    form = OwnBodyForm(request.POST or None, bodies=found.bodies)
    refusal = None
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            decision = own_body_deeds.say_who_payee_is(
                name=sent["name"],
                paid_by=body_named(sent["paid_by"]),
                organisation=None if sent["body"] == NONE else body_named(sent["body"]),
                by=request.user,
                at=timezone.now(),
            )
        except (own_body_deeds.CannotDecideOwnBody, NoSuchBody) as refused:
            refusal = refused.sentence
        else:
            said = decision.organisation or "none of the place's bodies"
            messages.success(
                request,
                f"{decision.name}, paid by {decision.body}, is {said}. Totals follow in a moment.",
            )
            return redirect("spend:own_body_list")
    page = {"found": found, "form": form, "refusal": refusal, "downloads": downloads(request)}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/registers/own_body_list.html", page, status=status)


@route(deed=Deed.DECIDE_MATCH)
@require_POST
def own_body_undo(request: PersonsRequest, decision_id: int) -> HttpResponse:
    """Take a word on a payee back."""
    at_a_body(request, Deed.DECIDE_MATCH)
    try:
        undone = own_body_deeds.undo_own_body(
            decision_id=decision_id, by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"Undone. The directory decides again about {undone.name}.")
    return redirect("spend:own_body_list")
