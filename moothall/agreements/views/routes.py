"""Pages of the legal-route helper: what is open, closed or not assessed; and answers kept."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from moothall.agreements.actions import routes as deeds
from moothall.agreements.forms import routes as forms
from moothall.agreements.queries import routes as queries
from moothall.agreements.queries.companies import bodies_with, company_numbered
from moothall.agreements.views.several import GET_OR_POST, Part, answer, typed
from moothall.agreements.views.whose import PersonsRequest, body_for
from moothall.core.downloads import csv_file, json_file
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.engine.routes import ALWAYS, NOT_ADVICE, Facts
from moothall.directory.permissions import why_not_keep_agreement, why_not_read_agreement
from moothall.directory.queries import body_at, viewer_for
from moothall.values.tables import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from moothall.agreements.models import RouteKept

COLOURS = {"open": "green", "closed": "red", "not assessed": "yellow"}


@route(public=True)
@require_safe
def helper(request: HttpRequest) -> HttpResponseBase:
    """Who may deliver this without a competition? Asked by the address; nothing is saved."""
    viewer, day = viewer_for(request.user), timezone.localdate()
    kinds = queries.kinds_bought()
    first: dict[str, Any] = {"began_on": day}
    number = request.GET.get("company", "")
    if number.isascii() and number.isdigit() and len(number) < 10:
        company = company_numbered(viewer, int(number))
        if company is not None:
            first |= queries.known_of(company, day)
    is_asked = "began_on" in request.GET
    form = forms.RouteForm(request.GET if is_asked else None, kinds=kinds, initial=first)
    page: dict[str, Any] = {
        "form": form,
        "is_asked": is_asked,
        "always": ALWAYS,
        "not_advice": NOT_ADVICE,
        "kept": _kept_table(queries.kept_rows(bodies_with(viewer, Deed.READ_AGREEMENT))),
        "is_at_work": not viewer.is_public,
    }
    status = 200
    if is_asked and form.is_valid():
        facts = form.facts()
        if (wanted := request.GET.get("format")) == "json":
            return json_file("routes", queries.as_json(facts))
        found = queries.answered(facts)
        if wanted == "csv":
            head = ("route", "state", "because", "doubts")
            rows = ((x.title, x.state.value, x.because, " ".join(x.doubts)) for x in found)
            return csv_file("routes", head, rows)
        keepers = list(bodies_with(viewer, Deed.KEEP_AGREEMENT).values_list("slug", "name"))
        page |= {
            "routes": [x.as_json() | {"colour": COLOURS[x.state]} for x in found],
            "said": _said([x.state.value for x in found]),
            "query": request.GET.urlencode(),
            "keep_form": forms.KeepRouteForm(bodies=keepers, auto_id="keep_%s")
            if keepers
            else None,
        }
    elif is_asked:
        status = 400
    return render(request, "agreements/routes.html", page, status=status)


def _said(states: list[str]) -> str:
    count = {state: states.count(state) for state in COLOURS}
    return (
        f"{count['open']} of {len(states)} routes {'is' if count['open'] == 1 else 'are'} open, "
        f"{count['closed']} closed and {count['not assessed']} not assessed."
    )


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def keep(request: PersonsRequest, slug: str) -> HttpResponse:
    """Keep an answer of the helper for a body; what was asked stands in the address."""
    own = body_for(slug, who=request.user, why_not=why_not_keep_agreement)
    asked = forms.RouteForm(request.GET, kinds=queries.kinds_bought())
    if not asked.is_valid():
        return redirect("agreements:routes")  # nothing was asked yet
    facts: Facts = asked.facts()
    mine = list(
        bodies_with(viewer_for(request.user), Deed.KEEP_AGREEMENT).values_list("slug", "name")
    )
    sent = {"data": request.POST} if request.method == "POST" else {}
    form = forms.KeepRouteForm(bodies=mine, auto_id="keep_%s", initial={"body": slug}, **sent)
    where: list[str] = []

    def act(said: dict[str, Any]) -> str:
        made = deeds.keep_route(
            body=body_at(said["body"]) or own, name=said["name"],
            facts=queries.facts_as_kept(facts),
            result=[x.as_json() for x in queries.answered(facts)],
            by=request.user, at=timezone.now(),
        )  # fmt: skip
        where.append(reverse("agreements:route_kept", args=[made.body.slug, made.pk]))
        return f"What the helper answered about {made} is kept."

    page = {
        "heading": "Keep this answer",
        "caption": "Legal routes",
        "answer": NOT_ADVICE,
        "trail": [("Legal routes", reverse("agreements:routes")), ("Keep this answer", "")],
    }
    part = Part("keep", "", "Keep it", form, act)
    response = answer(
        request, "agreements/company_form.html", page, [part], reverse("agreements:routes")
    )
    if where:
        response["Location"] = where[0]
    return response


@route(deed=Deed.READ_AGREEMENT)
@GET_OR_POST
def kept(request: PersonsRequest, slug: str, kept_id: int) -> HttpResponseBase:
    """An answer that was kept, and the place for the solicitor's confirmation."""
    body = body_for(slug, who=request.user, why_not=why_not_read_agreement)
    held: RouteKept | None = queries.kept_numbered(body, kept_id)
    if held is None:
        raise Http404("No answer of this number is kept here. The helper's page lists them.")
    one = held
    page = queries.kept_page(one)
    if request.GET.get("format") == "json":
        return json_file(f"routes-{kept_id}", page.as_json())

    def confirm(said: dict[str, Any]) -> str:
        deeds.confirm_route(kept=one, by=request.user, at=timezone.now(), **said)
        return "The solicitor's confirmation is kept."

    why_not = why_not_keep_agreement(request.user, body)
    first = {"solicitor": one.solicitor, "said": one.confirmation, "on": one.confirmed_on}
    form = forms.ConfirmForm(**typed(request, "confirm"), initial=first)
    shown = {
        "page": page,
        "routes": [x | {"colour": COLOURS[x["state"]]} for x in page.routes],
        "not_advice": NOT_ADVICE,
        "facts": [{"key": _words(name), "value": value} for name, value in page.facts],
        "trail": [("Legal routes", reverse("agreements:routes")), (page.name, "")],
    }
    parts = [
        Part(
            "confirm", "What a solicitor confirms", "Keep the confirmation", form, confirm, why_not
        )
    ]
    return answer(request, "agreements/route_kept.html", shown, parts, request.path)


def _words(name: str) -> str:
    """A fact's name as the form asks it."""
    words = {"market_share": "market_percent", "share_for_owners": "owners_percent"}
    field = forms.RouteForm.base_fields.get(words.get(name, name))
    return str(field.label) if field is not None else name.replace("_", " ").capitalize()


def _kept_table(rows: tuple[queries.KeptRow, ...]) -> Table:
    return Table(
        caption="Answers kept",
        columns=(
            Column("About"),
            Column("Kept by"),
            Column("Kept on", Kind.DATE),
            Column("Open"),
            Column("Confirmed on"),
        ),
        rows=[
            (
                Cell(x.name, reverse("agreements:route_kept", args=[x.slug, x.id])),
                x.body,
                x.kept_on,
                x.open,
                x.confirmed_on or "not confirmed",
            )
            for x in rows
        ],
        empty="No answer is kept yet.",
        empty_next="Ask the helper, and keep what it answers.",
    )
