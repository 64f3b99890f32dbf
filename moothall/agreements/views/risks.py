"""Pages of an agreement's risk register."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import risks as actions
from moothall.agreements.forms import risks as forms
from moothall.agreements.queries import risks as queries
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.keeping import kept
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.values.tables import Cell, Column, Kind, Table
from moothall.values.wording import plain_date, pounds_in_words

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement, Risk

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
NO_RISK = "No risk of this number is read here. The page of risks has them all."
ANSWER = "A cause, the event it may lead to, and the effect of that; and who can best manage it."
CASES = {"P50": "5 in 10", "P80": "8 in 10", "P90": "9 in 10"}


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def risks(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """What may go wrong, how bad it is, and what it would cost together."""
    agreement = agreement_for(
        agreement_id, who=request.user, why_not=permissions.why_not_read_agreement
    )
    return _page(request, agreement)


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def risk(request: PersonsRequest, agreement_id: int, risk_id: int) -> HttpResponse:
    """One risk: what it is, who bears it, what is done about it."""
    agreement, held = _risk(request, agreement_id, risk_id, permissions.why_not_read_agreement)
    row = queries.risk_row(held, on=timezone.localdate())
    shown = {
        "agreement": agreement,
        "row": row,
        "facts": _facts(row),
        "why_not_keep": permissions.why_not_keep_agreement(request.user, agreement),
        "trail": agreement_trail(agreement, _home(agreement), (row.name, "")),
    }
    return render(request, "agreements/risk.html", shown)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def add(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Enter a risk."""
    agreement = _kept_by(request, agreement_id)
    initial = {"authority_percent": 100, "proximity": "year"}
    form = forms.RiskForm(request.POST or None, initial=initial, **_choices(agreement))

    def deed() -> str:
        made = actions.record_risk(
            agreement=agreement, by=request.user, at=timezone.now(), **form.said()
        )
        return f"{made.name} is on the register."

    home = _home(agreement)
    return kept(
        request, agreement, form, deed, heading="Add a risk", answer=ANSWER, back=home[1],
        trail=(home, ("Add a risk", "")),
    )  # fmt: skip


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def change(request: PersonsRequest, agreement_id: int, risk_id: int) -> HttpResponse:
    """Say a risk anew."""
    agreement, held = _risk(request, agreement_id, risk_id, permissions.why_not_keep_agreement)
    initial = forms.initial_of(held)
    form = forms.RiskForm(request.POST or None, initial=initial, **_choices(agreement))

    def deed() -> str:
        actions.change_risk(risk=held, by=request.user, at=timezone.now(), **form.said())
        return "The risk is changed."

    back = reverse("agreements:risk", args=[agreement.pk, held.pk])
    return kept(
        request, agreement, form, deed, heading="Change the risk", answer=ANSWER, back=back,
        trail=(_home(agreement), (initial["name"], back), ("Change", "")),
    )  # fmt: skip


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def move(request: PersonsRequest, agreement_id: int, risk_id: int) -> HttpResponse:
    """Say that a risk happened, close it, or open it again."""
    agreement, held = _risk(request, agreement_id, risk_id, permissions.why_not_keep_agreement)
    try:
        moved = actions.move_risk(
            risk=held, move=request.POST.get("move", ""), by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"{moved.name} is {moved.get_state_display()}.")
    return redirect("agreements:risk", agreement.pk, held.pk)


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def take_off(request: PersonsRequest, agreement_id: int, uplift_id: int) -> HttpResponse:
    """Record that an estimate is no longer raised for optimism bias there."""
    held = queries.uplift_of(_kept_by(request, agreement_id), uplift_id)
    if held is None:
        raise Http404("That uplift is not there: it was taken off already.")
    actions.take_off_uplift(uplift=held, by=request.user, at=timezone.now())
    messages.success(request, "The uplift is taken off.")
    return redirect("agreements:risks", agreement_id)


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def do(request: PersonsRequest, agreement_id: int, deed: str) -> HttpResponse:
    """Record that an estimate is raised for optimism bias."""
    agreement = _kept_by(request, agreement_id)
    return attempted(
        request,
        _doings(agreement, None),
        deed,
        _home(agreement)[1],
        partial(_page, request, agreement),
    )


def _doings(agreement: "Agreement", why_not: str | None) -> list[Doing]:
    def uplift(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.raise_for_optimism(agreement=agreement, **said, by=by, at=at)
        return "The uplift is recorded."

    label = "Record that an estimate is raised for optimism bias"
    return [Doing("uplift", label, forms.UpliftForm, uplift, why_not)]


def _page(
    request: PersonsRequest, agreement: "Agreement", tried: Tried | None = None
) -> HttpResponse:
    page = queries.risks_page(agreement, viewer=viewer_for(request.user), on=timezone.localdate())
    shown = {
        "agreement": agreement,
        "page": page,
        "table": _table(page, agreement.pk),
        "parts": _parts(page),
        "add_url": reverse("agreements:add_risk", args=[agreement.pk]),
        "trail": agreement_trail(agreement, ("Risks", "")),
        **offered(_doings(agreement, page.why_not_keep), _home(agreement)[1], tried),
    }
    return render(request, "agreements/risks.html", shown, status=tried.status if tried else 200)


def _table(page: queries.RisksPage, agreement_id: int) -> Table:
    return Table(
        caption="Risks, the gravest first",
        columns=[
            Column("Risk"),
            Column("State"),
            Column("Now"),
            Column("Before mitigation"),
            Column("Borne by"),
            Column("Owner"),
            Column("How soon"),
            Column("Expected cost", Kind.ESTIMATE),
        ],
        rows=[
            (
                Cell(row.name, reverse("agreements:risk", args=[agreement_id, row.id])),
                row.state_words.capitalize(),
                f"{row.residual} {row.residual_grade}",
                f"{row.inherent} {row.inherent_grade}",
                row.allocation,
                row.owner,
                row.proximity,
                "Not quantified" if row.expected_gbp is None else row.expected_gbp,
            )
            for row in page.rows
        ],
    )


def _parts(page: queries.RisksPage) -> Table | None:
    if page.quantified is None:
        return None
    return Table(
        caption="What the quantified risks cost together",
        columns=[
            Column("In so many cases no more than"),
            Column("In all", Kind.ESTIMATE),
            Column(f"Borne by {page.keeper}", Kind.ESTIMATE),
        ],
        rows=[
            (f"{CASES[name]} ({name})", whole, borne)
            for name, whole, borne in page.quantified.parts
        ],
        note=page.quantified.said,
    )


def _facts(row: queries.RiskRow) -> list[tuple[str, str]]:
    quantity = ""
    if row.cost_gbp is not None:
        quantity = (
            f"{row.chance} of {pounds_in_words(row.cost_gbp)}: "
            f"{pounds_in_words(row.expected_gbp)} expected"
        )
    cost = f" It costs {pounds_in_words(row.mitigation_gbp)}." if row.mitigation_gbp else ""
    return [
        ("Cause", row.cause),
        ("Event", row.event),
        ("Effect", row.effect),
        ("What is uncertain", row.uncertainty[:1].upper() + row.uncertainty[1:]),
        ("Borne by", row.allocation),
        ("Owner", row.owner),
        ("How soon", row.proximity),
        ("Trigger", row.trigger),
        ("Mitigation", f"{row.mitigation}{cost}"),
        ("In figures, after mitigation", quantity or "Not quantified"),
        ("Looked at again on", plain_date(row.review_on) if row.review_on else ""),
    ]


def _risk(
    request: PersonsRequest, agreement_id: int, risk_id: int, why_not: Callable[..., str | None]
) -> "tuple[Agreement, Risk]":
    agreement = agreement_for(agreement_id, who=request.user, why_not=why_not)
    held = queries.risk_of(agreement, risk_id, viewer_for(request.user))
    if held is None:
        raise Http404(NO_RISK)
    return agreement, held


def _kept_by(request: PersonsRequest, agreement_id: int) -> "Agreement":
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement)


def _choices(agreement: "Agreement") -> dict[str, Any]:
    return {
        "owners": queries.owners_of(agreement),
        "scales": queries.scales_on(timezone.localdate()),
        "keeper": agreement.body.name,
    }


def _home(agreement: "Agreement") -> tuple[str, str]:
    return "Risks", reverse("agreements:risks", args=[agreement.pk])
