"""Pages about companies: the list, a company's record, and registering or changing one."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import companies as deeds
from moothall.agreements.forms import companies as forms
from moothall.agreements.queries import companies
from moothall.agreements.queries import company_list as queries
from moothall.agreements.views.several import GET_OR_POST, Part, answer, typed
from moothall.agreements.views.whose import (
    PersonsRequest,
    agreement_read,
    agreement_trail,
    body_for,
)
from moothall.core.downloads import csv_file, json_file
from moothall.core.permissions import Viewer, route
from moothall.directory.engine.roles import Deed
from moothall.directory.permissions import why_not_keep_agreement
from moothall.directory.queries import body_at, body_list, viewer_for
from moothall.values.money import Money
from moothall.values.tables import Cell, Column, Download, Kind, Table

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement, Company

NO_COMPANY = "No company of this number is read here. The list of companies has them all."
NAMED_BY_NOBODY = "Nobody: elected or independent"
HEAD = (
    *("id", "name", "form", "body", "holders", "publicly_held", "activity", "is_warned"),
    "is_public",
)
COLOURS = {"yes": "green", "no": "grey", "passes": "green", "fails": "red"}


@route(public=True)
@require_safe
def company_list(request: HttpRequest, agreement_id: int | None = None) -> HttpResponseBase:
    """Every company whose owners are public, and those of the reader's own bodies.

    agreement_id : only those set up under this agreement
    """
    viewer, day = viewer_for(request.user), timezone.localdate()
    kinds = [(form.key, form.label) for form in companies.forms_of_company()]
    form = forms.CompanyFilter(request.GET, kinds=kinds)
    if not form.is_valid():
        return render(request, "agreements/company_list.html", {"form": form}, status=400)
    under = None if agreement_id is None else agreement_read(agreement_id, who=request.user)
    order = request.GET.get("order", "name")
    asked = form.cleaned_data | {"agreement": agreement_id, "order": order}
    if (wanted := request.GET.get("format")) in ("csv", "json"):
        rows = queries.company_rows(viewer=viewer, day=day, **asked)
        if wanted == "json":
            return json_file("companies", {"rows": [row.as_json() for row in rows]})
        return csv_file("companies", HEAD, (list(row.as_json().values()) for row in rows))
    found = queries.company_list(request.GET.get("page"), viewer=viewer, day=day, **asked)
    rows = list(found.object_list)
    is_filtered = any(form.cleaned_data.values())
    page = {
        "form": form,
        "found": found,
        "count": found.paginator.count,
        "warned": sum(row.is_warned for row in rows),
        "is_filtered": is_filtered,
        "clear_url": "?" if is_filtered else "",
        "register_for": companies.bodies_with(viewer, Deed.KEEP_AGREEMENT).values_list(
            "slug", "name"
        ),
        "exposure_of": companies.bodies_with(viewer, Deed.READ_AGREEMENT).values_list(
            "slug", "name"
        ),
        "is_at_work": not viewer.is_public,
        "under": under,
        "trail": agreement_trail(under, ("Companies", "")) if under else [],
        "table": _list_table(rows, order, request.GET.copy()),
    }
    return render(request, "agreements/company_list.html", page)


def _list_table(rows: list[queries.CompanyRow], order: str, query: Any) -> Table:
    def as_file(name: str) -> str:
        query["format"] = name
        return f"?{query.urlencode()}"

    return Table(
        caption="Companies and mutuals",
        columns=(
            Column("Company", order="name"),
            Column("Form", order="form"),
            Column("Record kept by", order="body"),
            Column("Holders", Kind.COUNT),
            Column("Votes of public bodies", Kind.SHARE),
            Column("Activity test"),
        ),
        rows=[
            (
                Cell(row.name, reverse("agreements:company", args=[row.id])),
                row.form,
                row.body,
                "Withheld" if row.holders is None else row.holders,
                row.publicly_held,
                sentence_begun(
                    f"{row.activity}, warned" if row.is_warned else row.activity or "not shown"
                ),
            )
            for row in rows
        ],
        ordered_by=order,
        downloads=(Download(as_file("csv"), "CSV"), Download(as_file("json"), "JSON")),
        is_caption_quiet=True,
    )


def company_read(request: HttpRequest, number: int) -> "tuple[Company, Viewer]":
    """A company and who reads it, or the sentence that there is none for them."""
    viewer = viewer_for(request.user)
    company = companies.company_numbered(viewer, number)
    if company is None:
        raise Http404(NO_COMPANY)
    return company, viewer


def company_kept(request: HttpRequest, number: int) -> "Company":
    """A company whose record this person keeps."""
    company, viewer = company_read(request, number)
    if reason := permissions.why_not_keep_company(viewer, company):
        raise PermissionDenied(reason)
    return company


def trail(company: "Company", *more: tuple[str, str]) -> list[tuple[str, str]]:
    home = reverse("agreements:companies")
    here = reverse("agreements:company", args=[company.pk])
    return [("Companies", home), (str(company), here if more else ""), *more]


@route(public=True)
@require_safe
def company(request: HttpRequest, company_id: int) -> HttpResponseBase:
    """A company's record: who holds it, what that brings, its board, its work, its risks."""
    held, viewer = company_read(request, company_id)
    page = companies.company_page(held, viewer=viewer, day=timezone.localdate())
    if (wanted := request.GET.get("format")) == "json":
        return json_file(f"company-{company_id}", page.as_json())
    if wanted == "csv":
        head = ("class", "holder", "count", "from", "before")
        rows = (
            (x.of_class, x.holder, x.count, x.starts_on, x.ends_before)
            for x in (*page.holdings, *page.earlier)
        )
        return csv_file(f"company-{company_id}-holdings", head, rows)
    shown = {
        "page": page,
        "trail": trail(held),
        "summary": _summary(page),
        "stakes": _stakes_table(page),
        "brings": [
            (holder, [(one, COLOURS.get(one.state, "yellow")) for one in found])
            for holder, found in page.brings
        ],
        "mutual": [
            (
                "yes" if x.holds else "no" if x.holds is False else "not known",
                sentence_begun(x.because.removeprefix("Not known: ")),
            )
            for x in page.mutual
        ],
        "board": board_table(page),
        "conflicts": _conflicts_table(page),
        "years": years_table(page),
        "plans": _plans_table(page),
        "dividends": _dividends_table(page),
        "at_risk": _at_risk_table(page),
        "room": ""
        if page.activity is None or page.activity.most_outside_pence is None
        else Money.from_pence(page.activity.most_outside_pence).in_words(),
        "activity_colour": COLOURS.get(page.activity.verdict, "yellow") if page.activity else "",
    }
    return render(request, "agreements/company.html", shown)


def sentence_begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _summary(page: companies.CompanyPage) -> list[dict[str, object]]:
    url = "" if page.why_not_keep else reverse("agreements:company_edit", args=[page.id])
    rows: list[dict[str, object]] = [
        {"key": "Form", "value": page.form.label, "url": url},
        {"key": "Registered number", "value": page.registered_number or None, "url": url},
        {"key": "Began on", "value": page.began_on and f"{page.began_on:%-d %B %Y}", "url": url},
        {"key": "What it is for", "value": page.purpose or None, "url": url},
        {"key": "Record kept by", "value": page.body},
        {"key": "Votes", "value": sentence_begun(page.form.votes)},
        {"key": "What may reach its members", "value": sentence_begun(page.form.pays)},
        {"key": "Assets locked in", "value": "Yes" if page.form.has_asset_lock else "No"},
        {"key": "Registered with", "value": page.form.registers_with},
        {"key": "Reserved matters", "value": page.reserved_matters, "url": url},
    ]
    if page.agreement:
        rows.append({"key": "Set up under", "value": page.agreement[1]})
    return rows


def _part(part: Fraction | None) -> float | None:
    return None if part is None else float(part)


def _stakes_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Who holds it today",
        columns=(
            Column("Holder"),
            Column("Shares", Kind.SHARE),
            Column("Votes", Kind.SHARE),
            Column("Seats filled", Kind.SHARE),
        ),
        rows=[
            (one.holder, _part(one.shares), _part(one.votes), _part(one.seats))
            for one in page.stakes
        ],
        downloads=(Download("?format=csv", "CSV"), Download("?format=json", "JSON")),
        empty="Nobody is recorded as holding it.",
        empty_next="Add its classes of shares or members, then who holds them.",
    )


def board_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Board",
        columns=(Column("Director"), Column("Named by"), Column("From", Kind.DATE)),
        rows=[
            (x.name or "To be filled", x.appointed_by or NAMED_BY_NOBODY, x.starts_on)
            for x in page.board
        ],
        empty="No director is recorded.",
        is_caption_quiet=True,
    )


def _conflicts_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Interests declared, item by item",
        columns=(
            Column("Meeting", Kind.DATE),
            Column("Director"),
            Column("What was decided"),
            Column("Interest"),
            Column("What was done"),
        ),
        rows=[
            (
                x.met_on,
                x.director,
                x.item,
                x.interest,
                f"{x.done}: {x.allowed_by}" if x.allowed_by else x.done,
            )
            for x in page.conflicts
        ],
        empty="No director has declared an interest in an item.",
    )


def years_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Work by year",
        columns=(
            Column("Year to", Kind.DATE),
            Column("For its owners", Kind.POUNDS),
            Column("For others", Kind.POUNDS),
            Column("For its owners", Kind.SHARE),
            Column("Distributable", Kind.POUNDS),
            Column("Dividends declared", Kind.POUNDS),
            Column("Basis"),
        ),
        rows=[
            (
                x.ends_on,
                Money.from_pence(x.own_pence),
                Money.from_pence(x.other_pence),
                _of(x.own_pence, x.own_pence + x.other_pence),
                None if x.distributable_pence is None else Money.from_pence(x.distributable_pence),
                Money.from_pence(x.declared_pence),
                "Projected" if x.is_projection else "Actual",
            )
            for x in page.years
        ],
        empty="No year is recorded.",
        empty_next="Record what it turned over for its owners and for others.",
    )


def _of(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


def _plans_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Business plans",
        columns=(
            Column("Plan"),
            Column("Year from", Kind.DATE),
            Column("Stands"),
            Column("Quarters reported", Kind.COUNT),
            Column("Result against plan", Kind.POUNDS),
        ),
        rows=[
            (
                Cell(x.name, reverse("agreements:plan", args=[page.id, x.id])),
                x.starts_on,
                sentence_begun(x.state),
                x.quarters,
                Money.from_pence(x.result.better_pence) if x.quarters else None,
            )
            for x in page.plans
        ],
        empty="No business plan is recorded.",
        empty_next="Write one for its owners to approve or refuse.",
    )


def _dividends_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Dividends",
        columns=(
            Column("Declared on", Kind.DATE),
            Column("Holder"),
            Column("Shares", Kind.COUNT),
            Column("Amount", Kind.POUNDS),
        ),
        rows=[
            (one.declared_on, holder, shares, Money.from_pence(pence))
            for one in page.dividends
            for holder, shares, pence in one.parts
        ],
        empty="No dividend is recorded.",
    )


def _at_risk_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="What its holders stand to lose",
        columns=(Column("Holder"), Column("What"), Column("Amount", Kind.POUNDS)),
        rows=[(holder, what, Money.from_pence(pence)) for holder, what, pence in page.at_risk],
        total=(
            "All holders",
            "",
            Money.from_pence(sum(pence for _, _, pence in page.at_risk)),
        )
        if page.at_risk
        else (),
        empty="Nothing is recorded as at risk.",
    )


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def register(request: PersonsRequest, slug: str) -> HttpResponse:
    """Enter a company or mutual in a body's register."""
    body = body_for(slug, who=request.user, why_not=why_not_keep_agreement)
    others = [(x.slug, x.name) for x in body_list() if x.slug != slug]
    kept = companies.agreements_kept(body)
    form = forms.CompanyForm(
        **typed(request, "register"), kinds=_kinds(), agreements=_names(kept), bodies=others
    )
    made: list[Company] = []

    def act(said: dict[str, Any]) -> str:
        organisation = body_at(said.pop("organisation"))
        said["agreement"] = kept.get(said["agreement"])
        assert organisation is not None  # noqa: S101  # a choice of the form
        made.append(
            deeds.register_company(
                body=body, organisation=organisation, by=request.user, at=timezone.now(), **said
            )
        )
        return f"{organisation.name} has a record. Say now who holds it."

    page = {
        "heading": "Register a company or mutual",
        "caption": body.name,
        "answer": "A body that this one holds, alone or with others.",
        "trail": [("Companies", reverse("agreements:companies")), ("Register", "")],
    }
    parts = [Part("register", "", "Register it", form, act)]
    return answer(request, "agreements/company_form.html", page, parts, _list_url())


def _list_url() -> str:
    return reverse("agreements:companies")


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def edit(request: PersonsRequest, company_id: int) -> HttpResponse:
    """Change what is said of a company."""
    held = company_kept(request, company_id)
    kept = companies.agreements_kept(held.body)
    first = {name: getattr(held, name) for name in deeds.SETTABLE}
    first["agreement"] = held.agreement_id
    form = forms.CompanyForm(
        **typed(request, "edit"), kinds=_kinds(), agreements=_names(kept), initial=first
    )

    def act(said: dict[str, Any]) -> str:
        said["agreement"] = kept.get(said["agreement"])
        deeds.set_company(company=held, by=request.user, at=timezone.now(), **said)
        return "That is kept."

    page = {
        "heading": "Change the record",
        "caption": str(held),
        "answer": "",
        "trail": trail(held, ("Change the record", "")),
    }
    parts = [Part("edit", "", "Keep", form, act)]
    back = reverse("agreements:company", args=[held.pk])
    return answer(request, "agreements/company_form.html", page, parts, back)


def _names(kept: "dict[str, Agreement]") -> list[tuple[str, str]]:
    return [(key, one.name) for key, one in kept.items()]


def _kinds() -> list[tuple[str, str]]:
    return [(form.key, form.label) for form in companies.forms_of_company()]
