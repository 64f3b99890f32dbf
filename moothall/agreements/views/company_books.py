"""Pages on which a company's record is kept: its holders, its board, its years and plans."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions import companies as deeds
from moothall.agreements.actions import company_plans as plan_deeds
from moothall.agreements.engine.company_year import (
    PLAN_LIFE,
    QUARTERS,
    Variance,
    in_words,
    variances,
)
from moothall.agreements.forms import companies as forms
from moothall.agreements.queries import companies
from moothall.agreements.views.companies import (
    board_table,
    company_kept,
    company_read,
    trail,
    years_table,
)
from moothall.agreements.views.several import GET_OR_POST, Part, answer, typed
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.downloads import csv_file
from moothall.core.permissions import Viewer, route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at, body_list, viewer_for
from moothall.values.money import Money
from moothall.values.tables import Column, Download, Kind, Table

if TYPE_CHECKING:
    from moothall.agreements.models import BusinessPlan, Company

Said = dict[str, Any]


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def holdings(request: PersonsRequest, company_id: int) -> HttpResponse:
    """Add a class of shares or members, and say who has how many from a day on."""
    held = company_kept(request, company_id)
    classes = {str(one.pk): one for one in held.classes.all()}
    bodies = [(x.slug, x.name) for x in body_list() if x.slug != held.organisation.slug]

    def add(said: Said) -> str:
        is_share = said.pop("is_share") == "share"
        made = deeds.add_class(
            company=held, by=request.user, at=timezone.now(), is_share=is_share, **said
        )
        return f"{made} is a class of {held} now. Say who has how many."

    def hold(said: Said) -> str:
        holder = body_at(said["holder"])
        deeds.record_holding(
            of_class=classes[said["of_class"]], count=said["count"], on=said["on"], holder=holder,
            holder_name=said["holder_name"], by=request.user, at=timezone.now(),
        )  # fmt: skip
        return f"That holding is kept from {said['on']:%-d %B %Y}."

    parts = [
        Part("class", "Add a class", "Add it", forms.ClassForm(**typed(request, "class")), add)
    ]
    if classes:
        form = forms.HoldingForm(
            **typed(request, "hold"),
            classes=[(key, one.name) for key, one in classes.items()],
            bodies=bodies,
        )
        parts.insert(0, Part("hold", "Record a holding", "Keep it", form, hold))
    page = companies.company_page(held, viewer=viewer_for(request.user), day=timezone.localdate())
    shown = {
        "heading": "Who holds it",
        "caption": str(held),
        "answer": page.form.said,
        "tables": [_holdings_table(page)],
        "trail": trail(held, ("Who holds it", "")),
    }
    return answer(request, "agreements/company_books.html", shown, parts, request.path)


def _holdings_table(page: companies.CompanyPage) -> Table:
    return Table(
        caption="Holdings, the latest first",
        columns=(
            Column("Class"),
            Column("Holder"),
            Column("How many", Kind.COUNT),
            Column("From", Kind.DATE),
            Column("Before", Kind.DATE),
        ),
        rows=[
            (x.of_class, x.holder, x.count, x.starts_on, x.ends_before or "still held")
            for x in (*page.holdings, *page.earlier)
        ],
        empty="Nobody is recorded as holding it.",
        empty_next="Add a class first.",
    )


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def board(request: PersonsRequest, company_id: int) -> HttpResponse:
    """Say who joins and leaves the board, and which interests directors declared in an item."""
    held = company_kept(request, company_id)
    page = companies.company_page(held, viewer=viewer_for(request.user), day=timezone.localdate())
    seats = {str(one.pk): one for one in held.directorships.filter(ends_before=None)}
    filled = [(key, str(one)) for key, one in seats.items() if one.name]
    bodies = [(x.slug, x.name) for x in body_list()]

    def appoint(said: Said) -> str:
        seat = deeds.appoint_director(
            company=held, name=said["name"], appointed_by=body_at(said["appointed_by"]),
            on=said["on"], by=request.user, at=timezone.now(),
        )  # fmt: skip
        return f"{seat} is on the board from {said['on']:%-d %B %Y}."

    def leave(said: Said) -> str:
        seat = seats[said["seat"]]
        deeds.end_directorship(seat=seat, on=said["on"], by=request.user, at=timezone.now())
        return f"{seat} left on {said['on']:%-d %B %Y}."

    def declare(said: Said) -> str:
        seat = seats[said.pop("seat")]
        deeds.declare_conflict(seat=seat, by=request.user, at=timezone.now(), **said)
        return f"The interest of {seat} in that item is kept."

    parts = [
        Part("appoint", "Somebody joins the board", "Keep it",
             forms.DirectorForm(**typed(request, "appoint"), bodies=bodies), appoint),
    ]  # fmt: skip
    if filled:
        parts += [
            Part("conflict", "A director declares an interest in an item", "Keep it",
                 forms.ConflictForm(**typed(request, "conflict"), seats=filled), declare),
            Part("leave", "A director leaves", "Keep it",
                 forms.LeaveForm(**typed(request, "leave"), seats=filled), leave),
        ]  # fmt: skip
    shown = {
        "heading": "Board and interests",
        "caption": str(held),
        "answer": _board_said(page),
        "tables": [board_table(page)],
        "trail": trail(held, ("Board and interests", "")),
    }
    return answer(request, "agreements/company_books.html", shown, parts, request.path)


def _board_said(page: companies.CompanyPage) -> str:
    if not page.board:
        return "No director is recorded yet."
    filled = len(page.board) - page.to_fill
    waits = f", and {page.to_fill} to be filled" if page.to_fill else ""
    are = "is" if filled == 1 else "are"
    return f"{filled} of {len(page.board)} seats on the board {are} filled{waits}."


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def years(request: PersonsRequest, company_id: int) -> HttpResponse:
    """Record a company's year; declare a dividend out of it."""
    held = company_kept(request, company_id)
    page = companies.company_page(held, viewer=viewer_for(request.user), day=timezone.localdate())

    def record(said: Said) -> str:
        made = deeds.record_year(company=held, by=request.user, at=timezone.now(), **said)
        return f"The year to {made.ends_on:%-d %B %Y} is kept."

    def declare(said: Said) -> str:
        year = companies.year_numbered(held, int(said["year"]))
        if year is None:
            raise Http404("This company has no such year. Its page lists them.")
        made = plan_deeds.declare_dividend(
            year=year, pence=said["pence"], on=said["on"], by=request.user, at=timezone.now()
        )
        return f"A dividend of {Money.from_pence(made.pence)} is declared."

    parts = [
        Part("year", "Record a year", "Keep it", forms.YearForm(**typed(request, "year")), record)
    ]
    if choices := [
        (str(x.id), f"{x.ends_on:%-d %B %Y}") for x in page.years if not x.is_projection
    ]:
        form = forms.DividendForm(**typed(request, "dividend"), years=choices)
        parts.append(Part("dividend", "Declare a dividend", "Declare it", form, declare))
    shown = {
        "heading": "Work, accounts and dividends",
        "caption": str(held),
        "answer": page.activity.because if page.activity else "",
        "warning": page.activity.warning if page.activity else "",
        "tables": [years_table(page)],
        "trail": trail(held, ("Work and accounts", "")),
    }
    return answer(request, "agreements/company_books.html", shown, parts, request.path)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def write_plan(request: PersonsRequest, company_id: int) -> HttpResponse:
    """Write a company's plan for a year."""
    held = company_kept(request, company_id)
    return _plan_form(request, held, None)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def rewrite_plan(request: PersonsRequest, company_id: int, plan_id: int) -> HttpResponse:
    """Write again a plan that is not put, or was refused."""
    held = company_kept(request, company_id)
    return _plan_form(request, held, _plan(held, plan_id))


def _plan(company: "Company", number: int) -> "BusinessPlan":
    plan = companies.plan_numbered(company, number)
    if plan is None:
        raise Http404("This company has no such plan. Its page lists them.")
    return plan


def _plan_form(
    request: PersonsRequest, company: "Company", plan: "BusinessPlan | None"
) -> HttpResponse:
    first = (
        {}
        if plan is None
        else {"name": plan.name, "starts_on": plan.starts_on, "lines": _as_typed(plan)}
    )
    made: list[int] = []

    def write(said: Said) -> str:
        kept = plan_deeds.write_plan(
            company=company, plan=plan, by=request.user, at=timezone.now(), **said
        )
        made.append(kept.pk)
        return f"{kept} is written. Put it to the owners when it is ready."

    shown = {
        "heading": "Write the plan again" if plan else "Write a business plan",
        "caption": str(company),
        "answer": "What the company means to earn and spend, quarter by quarter.",
        "trail": trail(company, ("Business plan", "")),
    }
    form = forms.PlanForm(**typed(request, "plan"), initial=first)
    back = reverse("agreements:company", args=[company.pk])
    if plan is not None:
        back = reverse("agreements:plan", args=[company.pk, plan.pk])
    parts = [Part("plan", "", "Keep the plan", form, write)]
    return answer(request, "agreements/company_form.html", shown, parts, back)


def _as_typed(plan: "BusinessPlan") -> str:
    rows = []
    for line in companies.lines_of(plan):
        amounts = "; ".join(f"{Money.from_pence(pence).gbp:f}" for pence in line.planned)
        rows.append(f"{'income' if line.is_income else 'cost'}; {line.title}; {amounts}")
    return "\n".join(rows)


@route(deed=Deed.READ_AGREEMENT)
@GET_OR_POST
def plan(request: PersonsRequest, company_id: int, plan_id: int) -> HttpResponseBase:
    """A plan: its lines, what came of them, and what may be done with it now."""
    company, viewer = company_read(request, company_id)
    if reason := permissions.why_not_read_company(viewer, company):
        raise PermissionDenied(reason)
    held = _plan(company, plan_id)
    lines = companies.lines_of(held)
    found = variances(lines)
    if request.GET.get("format") == "csv":
        head = ("line", "planned", "actual", "better_by")
        rows = ((x.title, *(each.gbp for each in _amounts(x))) for x in found)
        return csv_file(f"plan-{plan_id}", head, rows)
    reported = sum(all(line.actual[i] is not None for line in lines) for i in range(QUARTERS))
    shown = {
        "plan": held,
        "company": company,
        "state": held.get_state_display(),
        "said": in_words(found[-1]) if reported else "",
        "reported": reported,
        "decided_by": held.decided_by,
        "tables": [_lines_table(lines), _variance_table(found, reported)],
        "trail": trail(company, (held.name, "")),
        "life": PLAN_LIFE,
        "rewrite_url": reverse("agreements:rewrite_plan", args=[company.pk, held.pk])
        if held.state in ("DRAFT", "REFUSED")
        and permissions.why_not_keep_company(viewer, company) is None
        else "",
    }
    parts = _plan_parts(request, company, held, viewer)
    return answer(request, "agreements/plan.html", shown, parts, request.path)


def _plan_parts(
    request: HttpRequest, company: "Company", plan: "BusinessPlan", viewer: Viewer
) -> list[Part]:
    """What may be done with a plan in the state it is in, by whom."""
    person: Any = request.user
    why_not_keep = permissions.why_not_keep_company(viewer, company)

    def put(_said: Said) -> str:
        plan_deeds.put_plan(plan=plan, by=person, at=timezone.now())
        return "The plan is put to the owners. Somebody else decides on it for them."

    def decide(said: Said) -> str:
        plan_deeds.decide_plan(
            plan=plan, approve=said["answer"] == "approve", why=said["why"], by=person,
            at=timezone.now(),
        )  # fmt: skip
        return "That decision is kept."

    def report(_said: Said) -> str:
        plan_deeds.report_quarter(
            plan=plan, quarter=int(quarter.cleaned_data["quarter"]), actual=quarter.actual(),
            by=person, at=timezone.now(),
        )  # fmt: skip
        return f"Quarter {quarter.cleaned_data['quarter']} is kept."

    quarter = forms.QuarterForm(
        **typed(request, "report"),
        lines=plan.lines.values_list("pk", "title"),
        initial={"quarter": str(companies.next_quarter(plan))},
    )
    found = {
        "DRAFT": Part("put", "Put it to the owners", "Put it to the owners",
                      forms.NothingForm(**typed(request, "put")), put, why_not_keep),
        "PUT": Part("decide", "Decide for the owners", "Keep the decision",
                    forms.DecideForm(**typed(request, "decide")), decide,
                    permissions.why_not_decide_plan(person, plan)),
        "APPROVED": Part("report", "Report a quarter", "Keep it", quarter, report, why_not_keep),
    }  # fmt: skip
    return [found[plan.state]] if plan.state in found else []


def _amounts(one: Variance) -> tuple[Money, Money, Money]:
    planned, actual, better = one.planned_pence, one.actual_pence, one.better_pence
    return Money.from_pence(planned), Money.from_pence(actual), Money.from_pence(better)


def _lines_table(lines: tuple[Any, ...]) -> Table:
    return Table(
        caption="What is planned",
        columns=(
            Column("Line"),
            Column("Kind"),
            *(Column(f"Quarter {i + 1}", Kind.POUNDS) for i in range(QUARTERS)),
            Column("Year", Kind.POUNDS),
        ),
        rows=[
            (
                x.title,
                "income" if x.is_income else "cost",
                *(Money.from_pence(pence) for pence in x.planned),
                Money.from_pence(sum(x.planned)),
            )
            for x in lines
        ],
    )


def _variance_table(found: tuple[Any, ...], reported: int) -> Table:
    return Table(
        caption=f"Against the plan, {reported} quarter{'' if reported == 1 else 's'} reported",
        columns=(
            Column("Line"),
            Column("Planned so far", Kind.POUNDS),
            Column("Actual so far", Kind.POUNDS),
            Column("Better by", Kind.POUNDS),
            Column("In words"),
        ),
        rows=[
            (
                x.title,
                *_amounts(x),
                in_words(x),
            )
            for x in found
        ]
        if reported
        else [],
        downloads=(Download("?format=csv", "CSV"),) if reported else (),
        empty="No quarter is reported yet.",
        empty_next="Once the plan is approved, each quarter is compared with it here.",
    )
