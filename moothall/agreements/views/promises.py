"""Pages of the promises of an agreement that are not payments, and of its partners' checks."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import performing
from moothall.agreements.actions import promises as actions
from moothall.agreements.forms import promises as forms
from moothall.agreements.queries import due_diligence, risks
from moothall.agreements.queries import promises as queries
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.keeping import kept
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.values.tables import Cell, Column, Kind, Table
from moothall.values.wording import plain_date

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement, Obligation

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
NO_PROMISE = "No promise of this number is read here. The page of promises has them all."


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def promises(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """What was promised beside payments, and what of it is due."""
    agreement = agreement_for(
        agreement_id, who=request.user, why_not=permissions.why_not_read_agreement
    )
    page = queries.promises_page(
        agreement, viewer=viewer_for(request.user), on=timezone.localdate()
    )
    shown = {
        "agreement": agreement,
        "page": page,
        "table": _table(page, agreement.pk),
        "add_url": reverse("agreements:add_promise", args=[agreement.pk]),
        "trail": agreement_trail(agreement, ("Promises", "")),
    }
    return render(request, "agreements/promises.html", shown)


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def promise(request: PersonsRequest, agreement_id: int, obligation_id: int) -> HttpResponse:
    """One promise: when it was due, how it was kept, and what is found of that."""
    return _promise(request, *_obligation(request, agreement_id, obligation_id))


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def add(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Enter a promise."""
    agreement = agreement_for(
        agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement
    )
    form = forms.PromiseForm(request.POST or None, owners=risks.owners_of(agreement))

    def deed() -> str:
        said = dict(form.cleaned_data)
        said["owner"] = risks.owner_of(agreement, said["owner"])
        actions.make_promise(agreement=agreement, **said, by=request.user, at=timezone.now())
        return "The promise is entered."

    home = _home(agreement)
    return kept(
        request, agreement, form, deed, heading="Add a promise",
        answer="What a member promised beside payments, and how anyone can tell that it was kept.",
        back=home[1], trail=(home, ("Add a promise", "")),
    )  # fmt: skip


@route(deed=Deed.READ_AGREEMENT)
@require_POST
def do(request: PersonsRequest, agreement_id: int, obligation_id: int, deed: str) -> HttpResponse:
    """Say how a promise was kept, check that, or end the promise."""
    agreement, held = _obligation(request, agreement_id, obligation_id)
    page = _page(request, held)
    return attempted(
        request, _doings(held, page), deed, _at(held), partial(_promise, request, agreement, held)
    )


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def checks(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """What the keeper's side found out about partners."""
    return _checks(request, _own_side(request, agreement_id))


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def checks_do(request: PersonsRequest, agreement_id: int, deed: str) -> HttpResponse:
    """Record that a partner was looked into."""
    agreement = agreement_for(
        agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement
    )
    here = reverse("agreements:due_diligence", args=[agreement.pk])
    page = _found_out(request, agreement)
    return attempted(
        request, _checks_doings(agreement, page), deed, here, partial(_checks, request, agreement)
    )


def _own_side(request: PersonsRequest, agreement_id: int) -> "Agreement":
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_own_side)


def _found_out(request: PersonsRequest, agreement: "Agreement") -> due_diligence.DueDiligencePage:
    return due_diligence.due_diligence_page(
        agreement, viewer=viewer_for(request.user), on=timezone.localdate()
    )


def _checks_doings(agreement: "Agreement", page: due_diligence.DueDiligencePage) -> list[Doing]:
    partners = {each.pk: each for each in due_diligence.partners_of(agreement)}

    def record(said: dict[str, Any], by: Any, at: Any) -> str:
        partner = partners[said.pop("partner")]
        performing.record_check(
            body=agreement.body, partner=partner, **forms.in_pence(said), by=by, at=at
        )
        return f"The check of {partner.name} is recorded."

    form = partial(
        forms.DueDiligenceForm,
        initial={"checked_on": timezone.localdate(), "outcome": "clear"},
        partners=page.partners,
        kinds=page.kinds,
    )
    return [Doing("record", "Record a check", form, record, page.why_not_record)] * bool(partners)


def _checks(
    request: PersonsRequest, agreement: "Agreement", tried: Tried | None = None
) -> HttpResponse:
    page = _found_out(request, agreement)
    here = reverse("agreements:due_diligence", args=[agreement.pk])
    shown = {
        "agreement": agreement,
        "page": page,
        "standings": Table(
            caption="Financial standing",
            columns=[
                Column("Partner"),
                Column("Accounts checked on", Kind.DATE),
                Column("Turnover over a year of this agreement"),
                Column("Current ratio"),
                Column("What that says"),
            ],
            rows=page.standings,
        ),
        "trail": agreement_trail(agreement, ("Due diligence", "")),
        **offered(_checks_doings(agreement, page), here, tried),
    }
    status = tried.status if tried else 200
    return render(request, "agreements/due_diligence.html", shown, status=status)


def _obligation(
    request: PersonsRequest, agreement_id: int, obligation_id: int
) -> "tuple[Agreement, Obligation]":
    agreement = agreement_for(
        agreement_id, who=request.user, why_not=permissions.why_not_read_agreement
    )
    held = queries.obligation_of(agreement, obligation_id)
    if held is None:
        raise Http404(NO_PROMISE)
    return agreement, held


def _page(request: PersonsRequest, held: "Obligation") -> queries.PromisePage:
    return queries.promise_page(held, viewer=viewer_for(request.user), on=timezone.localdate())


def _at(held: "Obligation") -> str:
    return reverse("agreements:promise", args=[held.agreement_id, held.pk])


def _doings(held: "Obligation", page: queries.PromisePage) -> list[Doing]:
    def report(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.report_promise(obligation=held, **said, by=by, at=at)
        return "It is reported, and waits to be checked."

    def check(said: dict[str, Any], by: Any, at: Any) -> str:
        kept_on = actions.check_promise(obligation=held, **said, by=by, at=at)
        return f"The promise due on {plain_date(kept_on.due_on)} is {kept_on.get_state_display()}."

    def end(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.end_promise(obligation=held, **said, by=by, at=at)
        return "It falls due no more from that day."

    days = [_choice(day) for day in reversed(page.days) if day.may_be_reported]
    open_ones = [day for day in reversed(page.days) if day.checks and not day.is_own_report]
    moves = {move.key: move.words.capitalize() for day in open_ones for move in day.checks}
    checked = partial(
        forms.CheckForm, days=[_choice(day) for day in open_ones], moves=list(moves.items())
    )
    doings = []
    if days:
        form = partial(forms.ReportForm, days=days)
        doings.append(Doing("report", "Say how it was kept", form, report, page.why_not_report))
    if open_ones:
        doings.append(Doing("check", "Check it", checked, check, page.why_not_check))
    doings.append(Doing("end", "End the promise", forms.EndForm, end, page.why_not_keep))
    return doings


def _choice(day: queries.DueRow) -> tuple[str, str]:
    return day.due_on.isoformat(), f"{plain_date(day.due_on)}: {day.words}"


def _promise(
    request: PersonsRequest,
    agreement: "Agreement",
    held: "Obligation",
    tried: Tried | None = None,
) -> HttpResponse:
    page = _page(request, held)
    shown = {
        "agreement": agreement,
        "page": page,
        "trail": agreement_trail(agreement, _home(agreement), (page.row.what, "")),
        **offered(_doings(held, page), _at(held), tried),
    }
    return render(request, "agreements/promise.html", shown, status=tried.status if tried else 200)


def _table(page: queries.PromisesPage, agreement_id: int) -> Table:
    return Table(
        caption="Promises",
        columns=[
            Column("Promise"),
            Column("Kind"),
            Column("Promised by"),
            Column("State"),
            Column("Due on", Kind.DATE),
            Column("Due again"),
            Column("Kept", Kind.COUNT),
            Column("Not kept", Kind.COUNT),
        ],
        rows=[
            (
                Cell(row.what, reverse("agreements:promise", args=[agreement_id, row.id])),
                row.kind,
                row.owner,
                row.words.capitalize(),
                row.next_on,
                row.every,
                row.kept,
                row.not_kept,
            )
            for row in page.rows
        ],
    )


def _home(agreement: "Agreement") -> tuple[str, str]:
    return "Promises", reverse("agreements:promises", args=[agreement.pk])
