"""Pages about the periods of an agreement: where each stands, its facts, and checking them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import facts as deeds
from moothall.agreements.actions import facts_doors, paying
from moothall.agreements.forms import settlement as forms
from moothall.agreements.queries import settlement as queries
from moothall.agreements.queries import statements
from moothall.agreements.queries.facts import report_at
from moothall.agreements.queries.settlement_history import history
from moothall.agreements.queries.terms import terms_of
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.downloads import csv_file, json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at
from moothall.values.tables import Cell, Column, Download, Kind, Table
from moothall.values.wording import decimal_number, percentage

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement

NO_AGREEMENT = "No agreement of this number is read here. The list of agreements has them all."
NO_PERIOD = "No period of this agreement begins on that day. Its settlement page lists them all."
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
USUAL_DAYS = 14  # after a period, by when its facts are asked for unless the form says otherwise


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def home(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """Every period of an agreement: where it stands, the next step, and who may take it."""
    agreement = agreement_for(request, agreement_id)
    page = queries.home_page(agreement, on=timezone.localdate())
    if (wanted := request.GET.get("format")) in ("csv", "json"):
        lines = statements.every_line(agreement, on=timezone.localdate())
        if wanted == "json":
            return json_file(f"agreement-{agreement_id}-payments", {"rows": lines})
        head = statements.LINE_HEAD
        rows = ([row[name] for name in head] for row in lines)
        return csv_file(f"agreement-{agreement_id}-payments", head, rows)
    shown = {
        "page": page,
        "agreement": agreement,
        "table": _periods_table(page),
        "promptness": statements.promptness_of(agreement),
        "waits": [row for row in page.rows if row.step.who],
        "reports_for": [
            body for body in permissions.bodies_of(agreement)
            if permissions.why_not_keep_facts_keys(request.user, body) is None
        ],
        "trail": trail(agreement),
    }  # fmt: skip
    return render(request, "agreements/settlement.html", shown)


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def period(request: PersonsRequest, agreement_id: int, day: str, round: int) -> HttpResponse:
    """One period: its state, what was reported of it, and the next step."""
    return _period(request, agreement_id, day, round)


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def ask(request: PersonsRequest, agreement_id: int, day: str) -> HttpResponse:
    """Ask for the facts of a period by a day."""
    agreement = agreement_for(request, agreement_id, permissions.why_not_keep_agreement)
    form = forms.AskFactsForm(request.POST)
    if not form.is_valid():
        return _period(request, agreement_id, day, 1, refusal="Give the day by which.", status=422)
    return _done(
        request, agreement_id, day, 1, "The facts are asked for.",
        lambda: deeds.request_facts(
            agreement=agreement, starts_on=day_of(day), due_on=form.cleaned_data["due_on"],
            by=request.user, at=timezone.now(),
        ),
    )  # fmt: skip


@route(deed=Deed.REPORT_FACTS)
@GET_OR_POST
def facts(request: PersonsRequest, agreement_id: int, day: str) -> HttpResponse:
    """Say what happened in a period, as a body's own word or on its behalf."""
    agreement = agreement_for(request, agreement_id)
    page = _page_of(request, agreement, day, 1)
    asked = request.POST.get("for") or request.GET.get("for") or ""
    reporters = {body.slug: (body, found) for body, found in page.reporters}
    own = [slug for slug, (body, _) in reporters.items()
           if permissions.reports_for(request.user, body)]  # fmt: skip
    slug = asked if asked in reporters else next(iter([*own, *reporters]), "")
    if not slug:
        raise Http404("Nothing is to be reported of this period.")
    body, asked_facts = reporters[slug]
    if reason := permissions.why_not_report_facts(request.user, agreement, body):
        raise PermissionDenied(reason)
    form = forms.FactsForm(
        request.POST or None, request.FILES or None, facts=asked_facts,
        deal=terms_of(agreement).latest, starts_on=page.row.period.starts_on,
    )  # fmt: skip
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            report = deeds.report_facts(
                agreement=agreement, starts_on=page.row.period.starts_on, values=form.said(),
                organisation=body, key=form.cleaned_data["key"],
                evidence=form.cleaned_data["evidence"], by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(
                request,
                f"Kept. It waits for {body.name} to confirm it."
                if report.is_on_behalf
                else "Reported. Somebody else checks it now.",
            )
            return redirect("agreements:settlement_period", agreement_id, day, 1)
    shown = {
        "page": page,
        "agreement": agreement,
        "form": form,
        "body": body,
        "others": [(each, one.name) for each, (one, _) in reporters.items() if each != slug],
        "is_on_behalf": not permissions.reports_for(request.user, body),
        "refusal": refusal,
        "trail": trail(agreement, (page.row.label, page.row.url), ("Report facts", "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/facts_form.html", shown, status=status)


@route(deed=Deed.CHECK_FACTS)
@GET_OR_POST
def check(request: PersonsRequest, agreement_id: int, day: str, round: int) -> HttpResponse:
    """What was reported beside the period before, with its evidence; and, sent, its check."""
    agreement = agreement_for(request, agreement_id)
    page = _page_of(request, agreement, day, round)
    settlement = page.settlement
    if settlement is None:
        raise Http404("Nothing was reported of this period yet. Its page says what is to be done.")
    if reason := permissions.why_not_settle(request.user, agreement):
        raise PermissionDenied(reason)
    if request.method == "POST":
        return _done(
            request, agreement_id, day, round, "Checked.",
            lambda: deeds.check_facts(settlement=settlement, by=request.user, at=timezone.now()),
        )  # fmt: skip
    waiting = [report for report in page.reports if report.state == "SUBMITTED"]
    reasons = [report.why_not_send_back for report in waiting if report.why_not_send_back]
    shown = {
        "page": page,
        "agreement": agreement,
        "waiting": waiting,
        "table": _differences_table(page),
        "why_not": reasons[0] if reasons else "",
        "trail": trail(agreement, (page.row.label, page.row.url), ("Check", "")),
    }
    return render(request, "agreements/facts_check.html", shown)


@route(deed=Deed.REPORT_FACTS)
@require_POST
def confirm(request: PersonsRequest, agreement_id: int, facts_id: int) -> HttpResponse:
    """Say that what was entered on a body's behalf is what happened."""
    return _about_report(
        request, agreement_id, facts_id, "Confirmed. Somebody else checks it now.",
        lambda report: deeds.confirm_report(report=report, by=request.user, at=timezone.now()),
    )  # fmt: skip


@route(deed=Deed.REPORT_FACTS)
@require_POST
def refuse(request: PersonsRequest, agreement_id: int, facts_id: int) -> HttpResponse:
    """Say that what was entered on a body's behalf is not what happened."""
    return _sent_back(request, agreement_id, facts_id)


@route(deed=Deed.CHECK_FACTS)
@require_POST
def send_back(request: PersonsRequest, agreement_id: int, facts_id: int) -> HttpResponse:
    """Send a report back, saying what is wrong with it."""
    return _sent_back(request, agreement_id, facts_id)


@route(deed=Deed.CHECK_FACTS)
@require_POST
def settle(request: PersonsRequest, agreement_id: int, day: str, round: int) -> HttpResponse:
    """Make the statement of a period."""
    agreement = agreement_for(request, agreement_id)
    page = _page_of(request, agreement, day, round)
    settlement = page.settlement
    if settlement is None:
        raise Http404(NO_PERIOD)
    try:
        made = paying.settle_period(settlement=settlement, by=request.user, at=timezone.now())
    except CannotDo as refused:
        return _period(request, agreement_id, day, round, refusal=refused.sentence, status=409)
    messages.success(request, "Settled: this is the statement.")
    return redirect("agreements:statement", agreement_id, made.number)


@route(deed=Deed.REPORT_FACTS)
@require_POST
def make_link(request: PersonsRequest, agreement_id: int, day: str) -> HttpResponse:
    """Make a one-time link for a body without an account; its address is shown once."""
    agreement = agreement_for(request, agreement_id)
    page = _page_of(request, agreement, day, 1)
    body = body_at(request.POST.get("for", ""))
    if page.settlement is None or body is None:
        return _period(
            request, agreement_id, day, 1, status=409,
            refusal="No link was made: ask for the facts of this period first, and choose a body.",
        )  # fmt: skip
    entered = next(
        (report for report in page.settlement.reports.filter(organisation=body, state="ENTERED")),
        None,
    )
    try:
        made = facts_doors.make_link(
            settlement=page.settlement, organisation=body, report=entered, by=request.user,
            at=timezone.now(),
        )  # fmt: skip
    except CannotDo as refused:
        return _period(request, agreement_id, day, 1, refusal=refused.sentence, status=409)
    address = request.build_absolute_uri(reverse("agreements:facts_link", args=[made.secret]))
    return _period(request, agreement_id, day, 1, link=(body.name, address, made.held))


def agreement_for(
    request: PersonsRequest,
    agreement_id: int,
    why_not: Callable[[Any, Agreement], str | None] = permissions.why_not_read_agreement,
) -> Agreement:
    """The agreement of an address, for whoever may do this with it."""
    agreement = queries.agreement_at(agreement_id)
    if agreement is None:
        raise Http404(NO_AGREEMENT)
    if reason := permissions.why_not_read_agreement(request.user, agreement):
        raise PermissionDenied(reason)
    if reason := why_not(request.user, agreement):
        raise PermissionDenied(reason)
    return agreement


def trail(agreement: Agreement, *more: tuple[str, str]) -> list[tuple[str, str]]:
    record = reverse("agreements:agreement", args=[agreement.pk])
    here = reverse("agreements:settlement", args=[agreement.pk])
    home = ("Agreements", reverse("agreements:home"))
    return [home, (agreement.name, record), ("Settlement", here if more else ""), *more]


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404(NO_PERIOD) from None


def _page_of(
    request: PersonsRequest, agreement: Agreement, day: str, round: int
) -> queries.PeriodPage:
    page = queries.period_page(
        agreement, day_of(day), round, viewer=request.user, on=timezone.localdate()
    )
    if page is None:
        raise Http404(NO_PERIOD)
    return page


def _period(
    request: PersonsRequest,
    agreement_id: int,
    day: str,
    round: int,
    *,
    refusal: str | None = None,
    link: tuple[str, str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    agreement = agreement_for(request, agreement_id)
    page = _page_of(request, agreement, day, round)
    settlement, row, who = page.settlement, page.row, request.user
    due = row.period.ends_before + timedelta(days=USUAL_DAYS)
    shown = {
        "page": page,
        "row": row,
        "agreement": agreement,
        "refusal": refusal,
        "link": link,
        "ask_form": forms.AskFactsForm(initial={"due_on": row.due_on or due}),
        "why_not_ask": permissions.why_not_keep_agreement(who, agreement),
        "why_not_settle": permissions.why_not_settle(who, agreement),
        "can_report": [
            (body, permissions.reports_for(who, body)) for body, _facts in page.reporters
            if permissions.why_not_report_facts(who, agreement, body) is None
        ],
        "reports_for_others": any(
            not permissions.reports_for(who, body)
            and permissions.why_not_report_facts(who, agreement, body) is None
            for body, _facts in page.reporters
        ),
        "has_to_check": any(report.state == "SUBMITTED" for report in page.reports),
        "is_open": settlement is not None,
        "life": queries.SETTLING,
        "history": history(settlement) if settlement else (),
        "trail": trail(agreement, (row.label, "")),
    }  # fmt: skip
    return render(request, "agreements/settlement_period.html", shown, status=status)


def _done(
    request: PersonsRequest,
    agreement_id: int,
    day: str,
    round: int,
    said: str,
    deed: Callable[[], object],
) -> HttpResponse:
    """Do a deed of a period, and come back to its page."""
    try:
        deed()
    except CannotDo as refused:
        return _period(request, agreement_id, day, round, refusal=refused.sentence, status=409)
    messages.success(request, said)
    return redirect("agreements:settlement_period", agreement_id, day, round)


def _sent_back(request: PersonsRequest, agreement_id: int, facts_id: int) -> HttpResponse:
    return _about_report(
        request, agreement_id, facts_id, "Sent back.",
        lambda report: deeds.send_back(
            report=report, why=request.POST.get("why", ""), by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


def _about_report(
    request: PersonsRequest,
    agreement_id: int,
    facts_id: int,
    said: str,
    deed: Callable[[Any], object],
) -> HttpResponse:
    agreement = agreement_for(request, agreement_id)
    report = report_at(agreement, facts_id)
    if report is None:
        raise Http404("This agreement has no such report. Its settlement page lists its periods.")
    day = report.settlement.starts_on.isoformat()
    return _done(request, agreement_id, day, 1, said, lambda: deed(report))


def _periods_table(page: queries.HomePage) -> Table:
    address = reverse("agreements:settlement", args=[page.agreement.pk])
    return Table(
        caption="Periods",
        columns=(
            Column("Period"),
            Column("Where it stands"),
            Column("Next step"),
            Column("Stated", Kind.POUNDS),
            Column("Disputed", Kind.POUNDS),
            Column("Paid", Kind.POUNDS),
        ),
        rows=[
            (
                Cell(row.label, row.url),
                row.words,
                row.step.words,
                row.stated_gbp if row.stated_gbp is not None else "not stated",
                row.disputed_gbp,
                row.paid_gbp,
            )
            for row in page.rows
        ],
        downloads=(
            Download(f"{address}?format=csv", "every line as CSV"),
            Download(f"{address}?format=json", "JSON"),
        ),
        note="Without VAT; a payment the other way is counted beside the rest.",
        empty="No period is to be settled yet.",
        empty_next="A version of its deal that is in force says which periods there are.",
        is_caption_quiet=True,
    )


def _differences_table(page: queries.PeriodPage) -> Table:
    return Table(
        caption="Beside the period before",
        columns=(Column("Fact"), Column("Before"), Column("Now"), Column("Change")),
        rows=[
            (
                f"{one.fact.title} ({one.fact.unit})",
                _number(one.before, one.fact.private_to),
                _number(one.now, one.fact.private_to),
                _change(one),
            )
            for one in page.differences
        ],
        empty="Nothing is reported of this period.",
    )


def _number(value: Any, private_to: str | None) -> str:
    if value is None:
        return "not known"
    return "private" if private_to else decimal_number(value)


def _change(one: Any) -> str:
    if one.change is None or one.fact.private_to:
        return "not known"
    sign = "+" if one.change > 0 else "−" if one.change < 0 else ""
    share = f" ({sign}{percentage(abs(one.share))})" if one.share is not None else ""
    return f"{sign}{decimal_number(abs(one.change))}{share}"
