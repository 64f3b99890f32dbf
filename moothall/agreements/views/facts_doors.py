"""Pages for whoever has no account, by a one-time link; and of keys for a provider's system."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from moothall.agreements import permissions
from moothall.agreements.actions import facts_doors
from moothall.agreements.forms import settlement as forms
from moothall.agreements.queries import facts
from moothall.agreements.queries.terms import terms_of
from moothall.agreements.views.settlement import GET_OR_POST, agreement_for, trail
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at
from moothall.values.periods import Period


@route(public=True)
@never_cache
@GET_OR_POST
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """The facts of one period, sent or confirmed by whoever holds the link; once."""
    place = get_adapter().get_client_ip(request)  # behind a proxy, whom that names
    try:
        held = facts_doors.link_of(secret, at=timezone.now(), place=place)
    except facts_doors.TooManyTries as refused:
        return _closed(request, refused.sentence, 429)
    except CannotDo as refused:
        return _closed(request, refused.sentence, 404)
    agreement, settlement = held.settlement.agreement, held.settlement
    period = Period(settlement.starts_on, settlement.ends_before)
    terms = terms_of(agreement)
    if terms.why_not:
        return _closed(request, terms.why_not, 409)
    asked = facts.facts_said_by(held.organisation, agreement, terms, period)
    form: Any = None
    if held.report is None:
        form = forms.FactsForm(
            request.POST or None, request.FILES or None, facts=asked, deal=terms.latest,
            starts_on=period.starts_on,
        )  # fmt: skip
        form.fields["key"].required = False
    refusal = None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if form is None:
                facts_doors.confirm_by_link(secret=secret, at=timezone.now(), place=place)
            else:
                facts_doors.report_by_link(
                    secret=secret, values=form.said(), evidence=form.cleaned_data["evidence"],
                    at=timezone.now(), place=place,
                )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            return render(
                request,
                "agreements/facts_link.html",
                {"is_done": True, "agreement": agreement.name, "period": period},
            )
    shown = {
        "agreement": agreement.name,
        "period": period,
        "organisation": held.organisation.name,
        "asked_by": agreement.body.name,
        "expires_at": held.expires_at,
        "values": facts.values_of(held.report, terms) if held.report else (),
        "entered_by": held.report.by.name if held.report and held.report.by else "",
        "form": form,
        "refusal": refusal,
    }
    status = 409 if refusal else 422 if form is not None and form.errors else 200
    return render(request, "agreements/facts_link.html", shown, status=status)


@route(deed=Deed.REPORT_FACTS)
@GET_OR_POST
def keys(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """The keys by which a body's own system sends facts; and, sent, another."""
    agreement = agreement_for(request, agreement_id)
    bodies = [
        body for body in permissions.bodies_of(agreement)
        if permissions.why_not_keep_facts_keys(request.user, body) is None
    ]  # fmt: skip
    if not bodies:
        reason = permissions.why_not_report_facts(request.user, agreement, agreement.body)
        raise PermissionDenied(reason or "You report facts for no body of this agreement.")
    form = forms.KeyForm(request.POST or None, bodies=[(body.slug, body.name) for body in bodies])
    refusal, made = None, None
    if request.method == "POST" and form.is_valid():
        body = body_at(form.cleaned_data["body"])
        try:
            if body is not None:
                made = facts_doors.make_key(
                    agreement=agreement, organisation=body, name=form.cleaned_data["name"],
                    by=request.user, at=timezone.now(),
                )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
    shown = {
        "agreement": agreement,
        "keys": facts.keys_of(agreement, bodies),
        "form": form,
        "made": made,
        "refusal": refusal,
        "address": request.build_absolute_uri(f"/api/v1/agreements/{agreement.pk}/facts"),
        "trail": trail(agreement, ("Keys", "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/facts_keys.html", shown, status=status)


@route(deed=Deed.REPORT_FACTS)
@require_POST
def end_key(request: PersonsRequest, agreement_id: int, key_id: int) -> HttpResponse:
    """Let a key open nothing from now on."""
    agreement = agreement_for(request, agreement_id)
    held = facts.key_at(agreement, key_id)
    if held is None:
        raise Http404("This agreement has no such key. Its page of keys lists them.")
    try:
        facts_doors.end_key(key=held, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"{held.name} opens nothing any more.")
    return redirect("agreements:facts_keys", agreement_id)


def _closed(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "agreements/facts_link.html", {"closed": sentence}, status=status)
