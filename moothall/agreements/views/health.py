"""The health check of a partnership: its eight answers, and the form that gives them."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions.health import answer_health
from moothall.agreements.forms.health import HealthForm
from moothall.agreements.queries.health import health_page
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.downloads import json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def health(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """Eight answers with their evidence, and what is in it for each member."""
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)
    page = health_page(held, viewer=viewer_for(request.user))
    if request.GET.get("format") == "json":
        return json_file(f"agreement-{agreement_id}-health", page.as_json())
    shown = {"page": page, "agreement": held, "trail": agreement_trail(held, ("Health check", ""))}
    return render(request, "agreements/health.html", shown)


@route(deed=Deed.KEEP_AGREEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask the eight questions; and, sent, keep what was answered, all or none of it."""
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement)
    page = health_page(held, viewer=viewer_for(request.user))
    first = {}
    for row in page.rows:
        first[f"{row.question.key}.answer"] = row.answer or ""
        first[f"{row.question.key}.evidence"] = row.evidence
    form, refusal = HealthForm(request.POST or None, initial=first), None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                for question, said, evidence in form.answered():
                    answer_health(
                        agreement=held, question=question, answer=said, evidence=evidence,
                        by=request.user, at=timezone.now(),
                    )  # fmt: skip
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "The answers are kept.")
            return redirect("agreements:health", agreement_id)
    shown = {
        "form": form,
        "caption": held.name,
        "heading": "Answer the health check",
        "answer": "Each answer needs what shows it. “Not applicable” is an answer too.",
        "label": "Keep the answers",
        "refusal": refusal,
        "back_url": reverse("agreements:health", args=[agreement_id]),
        "trail": agreement_trail(
            held,
            ("Health check", reverse("agreements:health", args=[agreement_id])),
            ("Answer it", ""),
        ),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/record_form.html", shown, status=status)
