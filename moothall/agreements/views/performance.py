"""Pages of an agreement's performance, scorecard, steps and credits; and of its calendar."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import performing as actions
from moothall.agreements.engine.icalendar import icalendar
from moothall.agreements.forms import promises as forms
from moothall.agreements.queries import calendar
from moothall.agreements.queries import performance as queries
from moothall.agreements.queries.exits import step_in_of
from moothall.agreements.queries.performance import SCORE_HEAD
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.keeping import kept, number_in
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.downloads import csv_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.values.tables import Cell, Column, Download, Kind, Table

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
HEAD = ("on", "kind", "agreement", "what")
NO_INDICATOR = "No indicator of this number is set here. The scorecard has them all."


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def performance(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """How well an agreement is performed, what that credits, and which step comes next."""
    agreement = _read(request, agreement_id)
    if request.GET.get("format") == "csv":
        scores = (
            [score[name] for name in SCORE_HEAD] for score in _found(request, agreement).scores()
        )
        return csv_file(f"agreement-{agreement_id}-scorecard", SCORE_HEAD, scores)
    return _page(request, agreement)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def add_indicator(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Set what performance is rated by."""
    agreement = agreement_for(
        agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement
    )
    form = forms.IndicatorForm(request.POST or None, facts=queries.facts_of(agreement).items())

    def deed() -> str:
        made = actions.set_indicator(
            agreement=agreement, **form.cleaned_data, by=request.user, at=timezone.now()
        )
        return f"{made.name} is set."

    home = ("Performance", _at(agreement))
    return kept(
        request, agreement, form, deed, heading="Set a performance indicator",
        answer="Say where each rating begins before there is a result, and which way is good.",
        back=home[1], trail=(home, ("Set an indicator", "")),
    )  # fmt: skip


@route(deed=Deed.READ_AGREEMENT)
@require_POST
def do(request: PersonsRequest, agreement_id: int, deed: str) -> HttpResponse:
    """Say what an indicator came to, or take a step from an early warning to stepping in."""
    agreement = _read(request, agreement_id)
    return attempted(
        request,
        _doings(agreement, _found(request, agreement)),
        deed,
        _at(agreement),
        partial(_page, request, agreement),
    )


@route(deed=Deed.CHECK_FACTS)
@require_POST
def check(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Find that a result is as it was reported."""
    agreement = _read(request, agreement_id)
    result = queries.result_of(agreement, number_in(request.POST.get("result", "")))
    if result is None:
        raise Http404("No result of this number was reported here. The scorecard has them all.")
    try:
        actions.check_result(result=result, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The result is checked: credits follow it from now on.")
    return redirect("agreements:performance", agreement.pk)


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def agreement_calendar(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """The days of one agreement that must not be missed."""
    agreement = _read(request, agreement_id)
    trail = agreement_trail(agreement, ("Calendar", ""))
    return _calendar(request, (agreement,), agreement.name, trail, ahead="120")


@route(signed_in=True)
@require_safe
def days(request: PersonsRequest) -> HttpResponseBase:
    """The days of every agreement that whoever signed in reads."""
    agreements = calendar.agreements_read_by(viewer_for(request.user))
    trail = [("Agreements", reverse("agreements:home")), ("Calendar", "")]
    return _calendar(request, agreements, "All agreements", trail, ahead="24")


def _calendar(
    request: PersonsRequest,
    agreements: tuple["Agreement", ...],
    caption: str,
    trail: list[tuple[str, str]],
    *,
    ahead: str,
) -> HttpResponseBase:
    form = forms.CalendarFilter(request.GET)
    shown: dict[str, Any] = {"form": form, "caption": caption, "trail": trail}
    if not form.is_valid():
        return render(request, "agreements/calendar.html", shown, status=400)
    asked = form.cleaned_data
    on = timezone.localdate()
    months = int(asked["ahead"] or ahead)
    every = calendar.rows_of(agreements, on=on, months=months)
    rows = calendar.chosen(every, kind=asked["kind"], words=asked["words"])
    wanted = request.GET.get("format")
    if wanted == "ics":
        events = calendar.events_of(rows, site=request.build_absolute_uri("/").rstrip("/"))
        return HttpResponse(
            icalendar(f"Moothall: {caption}", events, at=timezone.now()),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="agreements.ics"'},
        )
    if wanted == "csv":
        lines = [(row.on.isoformat(), row.kind.label, row.agreement, row.said) for row in rows]
        return csv_file("agreements-calendar", HEAD, lines)
    query = request.GET.copy()
    query.pop("format", None)
    is_filtered = any(form.cleaned_data.values())
    shown |= {
        "rows": rows,
        "months": months,
        "next": rows[0] if rows else None,
        "is_filtered": is_filtered,
        "clear_url": "?" if is_filtered else "",
        "table": Table(
            caption="Days to keep",
            columns=[Column("On", Kind.DATE), Column("What"), Column("Agreement"), Column("Then")],
            rows=[(row.on, row.kind.label, Cell(row.agreement, row.url), row.said) for row in rows],
            downloads=[
                Download(f"?{_with(query, 'csv')}", "CSV"),
                Download(f"?{_with(query, 'ics')}", "iCalendar (.ics)"),
            ],
        ),
    }
    return render(request, "agreements/calendar.html", shown)


def _with(query: Any, wanted: str) -> str:
    query["format"] = wanted
    return str(query.urlencode())


def _found(request: PersonsRequest, agreement: "Agreement") -> queries.PerformancePage:
    return queries.performance_page(
        agreement, viewer=viewer_for(request.user), on=timezone.localdate()
    )


def _at(agreement: "Agreement") -> str:
    return reverse("agreements:performance", args=[agreement.pk])


def _page(
    request: PersonsRequest, agreement: "Agreement", tried: Tried | None = None
) -> HttpResponse:
    page = _found(request, agreement)
    shown = {
        "agreement": agreement,
        "page": page,
        "life": queries.PERFORMANCE,
        "add_url": reverse("agreements:add_indicator", args=[agreement.pk]),
        "trail": agreement_trail(agreement, ("Performance", "")),
        **offered(_doings(agreement, page), _at(agreement), tried),
    }
    status = tried.status if tried else 200
    return render(request, "agreements/performance.html", shown, status=status)


def _doings(agreement: "Agreement", page: queries.PerformancePage) -> list[Doing]:
    today = timezone.localdate()
    over = {period.starts_on: period for period in queries.periods_of(agreement, on=today)}

    def report(said: dict[str, Any], by: Any, at: Any) -> str:
        indicator = queries.indicator_of(agreement, said.pop("indicator"))
        if indicator is None:
            raise Http404(NO_INDICATOR)
        period = over[said.pop("period")]
        actions.report_result(indicator=indicator, period=period, **said, by=by, at=at)
        return "The result is reported. It counts once another has checked it."

    def step(said: dict[str, Any], by: Any, at: Any) -> str:
        period = over.get(said.pop("period"))
        taken = actions.take_step(agreement=agreement, period=period, **said, by=by, at=at)
        if taken.trigger and taken.trigger not in step_in_of(agreement).agreed:
            return (
                "The step is recorded. The exit plan does not name this trigger: note with it on "
                "what right the step rests."
            )
        return "The step is recorded."

    last_first = tuple(reversed(over.values()))
    result = partial(
        forms.ResultForm, indicators=queries.indicators_of(agreement), periods=last_first
    )
    moves = [(move.key, move.words.capitalize()) for move in page.moves]
    stepped = partial(forms.StepForm, initial={"on": today}, moves=moves, periods=last_first)
    doings = [Doing("step", "Take a step", stepped, step, page.why_not_step)]
    if page.rows and over:
        doings.insert(0, Doing("report", "Report a result", result, report, page.why_not_report))
    return doings


def _read(request: PersonsRequest, agreement_id: int) -> "Agreement":
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)
