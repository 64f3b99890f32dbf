"""Pages that edit one part of a draft by a form: a party, a fact, a term, or the deal itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from moothall.agreements import permissions
from moothall.agreements.actions import drafting
from moothall.agreements.engine import documents
from moothall.agreements.forms import drafts as forms
from moothall.agreements.views.whose import (
    PersonsRequest,
    body_for,
    latest,
    own_draft,
    trail,
)
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.deals.kinds import term_kinds
from moothall.deals.reading import deal_and_findings_of
from moothall.deals.typed import CannotWrite, document_of
from moothall.deals.writing import toml_of
from moothall.directory.engine.roles import Deed


@route(deed=Deed.DRAFT_DEAL)
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: PersonsRequest, slug: str, draft_id: int, place: str) -> HttpResponse:
    """A form with the fields of one part; sent, it is saved with whatever is still to be mended."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    version = latest(held)
    document = document_of(version.text)
    try:
        fields = documents.fields_at(document, place)
    except documents.NoSuchPlace as missing:
        raise Http404(str(missing)) from None
    form = forms.PlaceForm(request.POST or None, held=fields)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = documents.with_fields(document, place, form.typed())
            drafting.save_draft(
                draft=held, text=toml_of(changed), note=f"Changed {place}",
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CannotWrite as wrong:
            form.refuse(wrong.found)
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            findings = _findings_at(changed, place)
            if not findings:
                messages.success(request, "Saved.")
                return redirect("agreements:draft", slug, draft_id)
            for finding in findings:
                messages.warning(request, f"Saved, and to be mended: {finding}")
            return redirect("agreements:place", slug, draft_id, place)
    section, _, key = place.partition(".")
    page = {
        "form": form,
        "place": place,
        "section": section,
        "key": key,
        "slug": slug,
        "draft": held,
        "heading": _heading(document, place),
        "kind": _kind(document, place),
        "has_common": any(field.value for field in fields if field.name in forms.COMMON),
        "findings": _findings_at(document, place),
        "refusal": refusal,
        "trail": trail(slug, held, (_heading(document, place), "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/place.html", page, status=status)


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def add(request: PersonsRequest, slug: str, draft_id: int, section: str) -> HttpResponse:
    """Add a party, fact or term, and open its form."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    if section not in documents.SECTIONS:
        raise Http404("A deal has parties, facts and terms.")
    key = request.POST.get("key", "").strip()
    try:
        document = document_of(latest(held).text)
        changed = documents.with_new(document, section, key, request.POST.get("kind", ""))
        drafting.save_draft(
            draft=held, text=toml_of(changed), note=f"Added {section}.{key}",
            by=request.user, at=timezone.now(),
        )  # fmt: skip
    except CannotWrite as wrong:
        for sentence in wrong.found.values():
            messages.error(request, f"Nothing was added. {sentence}")
        return redirect("agreements:draft", slug, draft_id)
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return redirect("agreements:draft", slug, draft_id)
    return redirect("agreements:place", slug, draft_id, f"{section}.{key}")


@route(deed=Deed.DRAFT_DEAL)
@require_POST
def remove(request: PersonsRequest, slug: str, draft_id: int, place: str) -> HttpResponse:
    """Take a party, fact or term out; the version before still has it."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_draft_deal)
    held = own_draft(body, draft_id)
    version = latest(held)
    try:
        changed = documents.without(document_of(version.text), place)
    except documents.NoSuchPlace as missing:
        raise Http404(str(missing)) from None
    drafting.save_draft(
        draft=held, text=toml_of(changed), note=f"Took out {place}",
        by=request.user, at=timezone.now(),
    )  # fmt: skip
    messages.success(
        request, f"{place} is out. To undo that, make version {version.number} the latest again."
    )
    return redirect("agreements:draft", slug, draft_id)


def _heading(document: dict[str, Any], place: str) -> str:
    section, _, key = place.partition(".")
    if section == "deal":
        return "The deal itself"
    return next((name for held, name in documents.places_in(document)[section] if held == key), key)


def _kind(document: dict[str, Any], place: str) -> str:
    section, _, key = place.partition(".")
    if section != "terms":
        return {"deal": "", "parties": "Party", "facts": "Fact"}[section]
    return term_kinds()[document["terms"][key]["kind"]].title


def _findings_at(document: dict[str, Any], place: str) -> list[str]:
    _deal, findings = deal_and_findings_of(document)
    return [
        f"{finding.sentence} {finding.mend}"
        for finding in findings
        if finding.place == place or finding.place.startswith(f"{place}.")
    ]
