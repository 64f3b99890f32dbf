"""Pages about what a trial found, and the deeds that start one or show it to others."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import drafting, trying
from moothall.agreements.engine.documents import numbers_to_change
from moothall.agreements.forms import drafts as forms
from moothall.agreements.queries import drafts, results
from moothall.agreements.views.whose import (
    PersonsRequest,
    body_for,
    latest,
    own_draft,
)
from moothall.core.downloads import csv_file, json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.deals.reading import deal_from_toml
from moothall.deals.varying import with_number
from moothall.deals.writing import toml_of
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at, viewer_for
from moothall.values.tables import Column, Kind, Table

NO_RESULT = "No result of this number is read here. The draft's page lists its own."


@route(deed=Deed.TRY_DEAL)
@require_POST
def simulate(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Draw the futures of the latest version."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_try_deal)
    held = own_draft(body, draft_id)
    form = forms.SimulateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give from 1,000 to 200,000 futures, and a seed from 0.")
        return redirect("agreements:draft", slug, draft_id)
    try:
        trial = trying.start_simulation(
            version=latest(held), **form.cleaned_data, by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return redirect("agreements:draft", slug, draft_id)
    return redirect("agreements:result", slug, trial.pk)


@route(deed=Deed.TRY_DEAL)
@require_POST
def solve(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponse:
    """Look for the number that brings a result to a target."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_try_deal)
    held = own_draft(body, draft_id)
    page = drafts.draft_page(held, body, viewer=viewer_for(request.user))
    places = numbers_to_change(page.deal)
    form = forms.SolveForm(request.POST, places=places, parties=page.parties)
    if not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {errors[0]}")
        return redirect("agreements:draft", slug, draft_id)
    try:
        trial = trying.start_solving(
            version=latest(held), **form.cleaned_data, seed=1, by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return redirect("agreements:draft", slug, draft_id)
    return redirect("agreements:result", slug, trial.pk)


@route(deed=Deed.READ_DEAL)
@require_safe
def result(request: PersonsRequest, slug: str, trial_id: int) -> HttpResponseBase:
    """What a trial found, with its charts and the fairness statement."""
    page = _page(request, slug, trial_id)
    if page.found is not None and request.GET.get("format") == "json":
        return json_file(f"result-{trial_id}", page.found)
    if page.found is not None and request.GET.get("format") == "csv" and not page.is_solving:
        head = ("party", "year", "p5_gbp", "p50_gbp", "p95_gbp")
        rows = ((party.name, *year) for party in page.parties for year in party.years)
        return csv_file(f"result-{trial_id}-by-year", head, rows)
    shown = {
        "page": page,
        "table": _results_table(page),
        "release_form": forms.ReleaseForm(bodies=page.to_release_to),
        "trail": [*_way(page, slug), (page.kind.capitalize(), "")],
    }
    return render(request, "agreements/result.html", shown)


@route(deed=Deed.READ_DEAL)
@require_safe
def fairness(request: PersonsRequest, slug: str, trial_id: int) -> HttpResponse:
    """The fairness statement on one page, to be printed."""
    page = _page(request, slug, trial_id)
    if page.found is None or page.is_solving:
        raise Http404("This trial has no fairness statement. Simulate the deal to have one.")
    shown = {
        "page": page,
        "shares": _shares_table(page),
        "when_wrong": _when_wrong_table(page),
        "trail": [*_way(page, slug), ("Fairness", "")],
    }
    return render(request, "agreements/fairness.html", shown)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def apply(request: PersonsRequest, slug: str, trial_id: int) -> HttpResponse:
    """Put the number that was found into the draft, as its next version."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    trial = results.trial_read_by(body, trial_id)
    if trial is None or trial.version.draft.body_id != body.pk:
        raise Http404(NO_RESULT)
    draft = trial.version.draft
    found = trial.result
    if not found or "place" not in found:
        raise Http404("There is no number to put in.")
    try:
        whole = deal_from_toml(latest(draft).text)
        changed = with_number(whole, found["place"], Decimal(found["number"]))
        version = drafting.save_draft(
            draft=draft, text=toml_of(changed.document),
            note=f"{found['place']} = {found['number']}", by=request.user, at=timezone.now(),
        )  # fmt: skip
    except (CannotDo, ValueError) as refused:
        messages.error(request, f"It was not put in: {refused}")
        return redirect("agreements:result", slug, trial_id)
    messages.success(request, f"Put in, as version {version.number}.")
    return redirect("agreements:draft", slug, draft.pk)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def release(request: PersonsRequest, slug: str, trial_id: int) -> HttpResponse:
    """Show what a trial found to another body; recorded, and not taken back."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    trial = results.trial_read_by(body, trial_id)
    if trial is None or trial.version.draft.body_id != body.pk:
        raise Http404(NO_RESULT)
    to = body_at(request.POST.get("body", ""))
    if to is None:
        messages.error(request, "Nothing was released: choose a body.")
        return redirect("agreements:result", slug, trial_id)
    try:
        trying.release_result(
            trial=trial, to=to, why=request.POST.get("why", ""), by=request.user, at=timezone.now()
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"{to.name} reads this result from now on.")
    return redirect("agreements:result", slug, trial_id)


def _page(request: PersonsRequest, slug: str, trial_id: int) -> results.ResultPage:
    body = body_for(slug, who=request.user, why_not=permissions.why_not_read_deal)
    trial = results.trial_read_by(body, trial_id)
    if trial is None:
        raise Http404(NO_RESULT)
    return results.result_page(trial, body, viewer=viewer_for(request.user))


def _results_table(page: results.ResultPage) -> Table:
    return Table(
        caption="Each party’s result, against its own alternative",
        columns=(
            Column("Party"),
            Column("Expected", Kind.ESTIMATE),
            Column("Bad future (P5)", Kind.ESTIMATE),
            Column("Middle (P50)", Kind.ESTIMATE),
            Column("Good future (P95)", Kind.ESTIMATE),
            Column("Loses in", Kind.SHARE),
        ),
        rows=[(x.name, x.mean, x.p5, x.p50, x.p95, x.loss_probability) for x in page.parties],
    )


def _shares_table(page: results.ResultPage) -> Table:
    return Table(
        caption="Shares of reward and risk",
        columns=(
            Column("Party"),
            Column("Share of reward", Kind.SHARE),
            Column("Share of risk", Kind.SHARE),
            Column("Loses in", Kind.SHARE),
            Column("Its costs are"),
        ),
        rows=[
            (x.name, x.reward_share, x.risk_share, x.loss_probability, x.cost_basis)
            for x in page.parties
        ],
    )


def _when_wrong_table(page: results.ResultPage) -> Table:
    return Table(
        caption="When it goes wrong",
        columns=(
            Column("Party"),
            Column("In its own worst 5% of futures", Kind.ESTIMATE),
            Column("As a share of what it can lose", Kind.SHARE),
            Column("In the worst 5% for all together", Kind.ESTIMATE),
            Column("Fails in", Kind.SHARE),
        ),
        rows=[
            (x.name, x.cvar5, x.tail_to_resources, x.joint_tail, x.failure_probability)
            for x in page.parties
        ],
    )


def _way(page: results.ResultPage, slug: str) -> list[tuple[str, str]]:
    """The links that lead here: a result released to another has no draft that it may read."""
    home = ("Deals", reverse("agreements:drafts"))
    if not page.is_own:
        return [home]
    return [home, (page.draft, reverse("agreements:draft", args=[slug, page.draft_id]))]
