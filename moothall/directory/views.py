"""Pages about bodies, the people who act for them, and what those people have declared."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory import actions, forms, permissions, queries
from moothall.directory.engine.roles import Deed
from moothall.values.tables import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from moothall.directory.models import Organisation, Person


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: "Person"


def _body(slug: str) -> "Organisation":
    body = queries.body_at(slug)
    if body is None:
        raise Http404("No body has this address. The list of bodies has them all.")
    return body


@route(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "directory/body_list.html", {"table": _bodies(queries.body_list())})


@route(public=True)
@require_safe
def body(request: HttpRequest, slug: str) -> HttpResponse:
    page = queries.body_page(_body(slug), viewer=queries.viewer_for(request.user))
    return render(request, "directory/body.html", {"page": page})


@route(public=True)
@require_safe
def interests(request: HttpRequest, slug: str) -> HttpResponse:
    page = queries.interests_page(
        _body(slug), viewer=queries.viewer_for(request.user), day=timezone.localdate()
    )
    shown = {"page": page, "table": _interests(page)}
    return render(request, "directory/interest_list.html", shown)


@route(deed=Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: PersonsRequest, slug: str) -> HttpResponse:
    """Who holds which role; and, sent, give someone a role."""
    at_body = _body(slug)
    if reason := permissions.why_not_manage_people(request.user, at_body):
        raise PermissionDenied(reason)
    page = queries.people_page(at_body, day=timezone.localdate())
    form = forms.RoleForm(
        request.POST or None,
        holders=page.holders,
        initial={"starts_on": timezone.localdate()},
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data.pop("last_day")
        deputy_for = form.cleaned_data.pop("deputy_for")
        try:
            held = actions.add_to_body(
                **form.cleaned_data,
                ends_before=last_day + timedelta(days=1) if last_day else None,
                deputy_for=queries.role_numbered(deputy_for) if deputy_for else None,
                body=at_body,
                by=request.user,
                at=timezone.now(),
                site_url=request.build_absolute_uri("/"),
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"{held}: given.")
            return redirect("directory:people", slug)
    shown = {"page": page, "table": _roles(page), "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "directory/people.html", shown, status=status)


@route(deed=Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def end_role(request: PersonsRequest, slug: str, role_id: int) -> HttpResponse:
    """Ask once more before a role is ended; and, sent, end it."""
    at_body = _body(slug)
    if reason := permissions.why_not_manage_people(request.user, at_body):
        raise PermissionDenied(reason)
    held = queries.role_at(at_body, role_id, day=timezone.localdate())
    if held is None:
        raise Http404("This body has no such role. The page of its people lists them all.")
    refusal = None
    if request.method == "POST":
        try:
            actions.end_role(role_id=role_id, by=request.user, at=timezone.now())
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"{held.person} is no longer {held.role} of {held.body}.")
            return redirect("directory:people", slug)
    shown = {"held": held, "refusal": refusal}
    return render(request, "directory/role_end.html", shown, status=409 if refusal else 200)


@route(signed_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: PersonsRequest) -> HttpResponse:
    """What I hold and have declared; and, sent, declare an interest."""
    page = queries.account_page(request.user, day=timezone.localdate())
    form = forms.InterestForm(
        request.POST or None, bodies=tuple((each.slug, each.name) for each in page.bodies)
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_interest(
                body=_body(form.cleaned_data.pop("body")),
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Your interest is in the register.")
            return redirect("directory:my_account")
    shown = {"page": page, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "directory/my_account.html", shown, status=status)


@route(signed_in=True)
@require_POST
def end_interest(request: PersonsRequest, interest_id: int) -> HttpResponse:
    if not queries.is_my_interest(request.user, interest_id):
        raise Http404("You have declared no such interest. Your account lists them all.")
    try:
        actions.end_interest(interest_id=interest_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The register says that this interest has ended.")
    return redirect("directory:my_account")


# ── tables ───────────────────────────────────────────────────────────────────────────────────


def _bodies(rows: tuple[queries.BodyRow, ...]) -> Table:
    return Table(
        caption="Bodies",
        columns=(
            Column("Body"),
            Column("Kind"),
            Column("GSS code"),
            Column("Where it stands"),
            Column("Began on", Kind.DATE),
            Column("Ended on", Kind.DATE),
        ),
        rows=[
            (
                Cell(each.name, reverse("directory:body", args=[each.slug])),
                each.kind[:1].upper() + each.kind[1:],
                each.gss_code,
                "A public body of this place" if each.is_of_the_place else "Acts in this place",
                each.began_on or "",
                each.ended_on or "",
            )
            for each in rows
        ],
        is_caption_quiet=True,
    )


def _roles(page: queries.PeoplePage) -> Table:
    return Table(
        caption="Held now and to come",
        columns=(
            Column("Who"),
            Column("E-mail address"),
            Column("Role"),
            Column("Deputy for"),
            Column("From", Kind.DATE),
            Column("Until before", Kind.DATE),
            Column("Change"),
        ),
        rows=[
            (
                each.person,
                each.email,
                each.role.capitalize(),
                each.deputy_for,
                each.starts_on,
                each.ends_before or "No end is known",
                Cell(
                    "End",
                    reverse("directory:end_role", args=[page.body.slug, each.id]),
                    about=f"{each.person}, {each.role}",
                ),
            )
            for each in page.roles
        ],
        empty="Nobody holds a role here.",
        empty_next="Give someone the first one below.",
    )


def _interests(page: queries.InterestsPage) -> Table:
    return Table(
        caption="Interests",
        columns=(
            Column("Who"),
            Column("Heading"),
            Column("What"),
            Column("Declared on", Kind.DATE),
            *((Column("Sensitive"), Column("Ended on", Kind.DATE)) if page.shows_all else ()),
        ),
        rows=[
            (
                each.person,
                each.kind[:1].upper() + each.kind[1:],
                each.what,
                each.declared_on,
                *(
                    ("Yes" if each.is_sensitive else "", each.ended_on or "")
                    if page.shows_all
                    else ()
                ),
            )
            for each in page.interests
        ],
        empty="Nothing is declared here.",
        empty_next="A person who holds a role at this body declares interests in their account.",
        is_caption_quiet=True,
    )
