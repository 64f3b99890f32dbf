"""Pages that edit one part of an appraisal by a form: the service, an option, a line, a score."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from moothall.appraisal import permissions
from moothall.appraisal.actions import appraising
from moothall.appraisal.engine import documents
from moothall.appraisal.queries import appraisals
from moothall.appraisal.views.whose import PersonsRequest, appraisal_at, body_for, trail
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.core.typed_forms import TypedForm
from moothall.deals.deal import Weight
from moothall.deals.typed import CannotWrite, document_of
from moothall.deals.writing import toml_of
from moothall.directory.engine.roles import Deed


@route(deed=Deed.WORK_ON_APPRAISAL)
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: PersonsRequest, slug: str, appraisal_id: int, place: str) -> HttpResponse:
    """A form with the fields of one part; sent, it is saved with whatever is still to be mended."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    held = appraisal_at(body, appraisal_id)
    document = document_of(_latest(held).text)
    try:
        fields = documents.fields_at(document, place)
    except documents.NoSuchPlace as missing:
        raise Http404(str(missing)) from None
    form = TypedForm(request.POST or None, held=fields)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = documents.with_fields(document, place, form.typed())
            appraising.save_appraisal(
                appraisal=held, text=toml_of(changed), note=f"Changed {place}",
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except CannotWrite as wrong:
            form.refuse(wrong.found)
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            findings = _findings_at(toml_of(changed), place)
            if not findings:
                messages.success(request, "Saved.")
                return redirect("appraisal:appraisal", slug, appraisal_id)
            for finding in findings:
                messages.warning(request, f"Saved, and to be mended: {finding}")
            return redirect("appraisal:place", slug, appraisal_id, place)
    part = documents.PART[place.partition(".")[0]]
    name = next(one.name for one in documents.entries(document, part) if one.place == place)
    page = {
        "form": form,
        "place": place,
        "part": part,
        "may_go": not part.is_single,
        "slug": slug,
        "appraisal": held,
        "heading": name,
        "findings": _findings_at(_latest(held).text, place),
        "refusal": refusal,
        "trail": trail(slug, held, (name, "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "appraisal/place.html", page, status=status)


@route(deed=Deed.WORK_ON_APPRAISAL)
@require_POST
def add(request: PersonsRequest, slug: str, appraisal_id: int, section: str) -> HttpResponse:
    """Add an option, a criterion, a line or other thing, and open its form."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    held = appraisal_at(body, appraisal_id)
    key = request.POST.get("key", "").strip()
    try:
        document = document_of(_latest(held).text)
        changed = documents.with_new(document, section, key)
        appraising.save_appraisal(
            appraisal=held, text=toml_of(changed), note=f"Added {section}.{key}",
            by=request.user, at=timezone.now(),
        )  # fmt: skip
    except CannotWrite as wrong:
        for sentence in wrong.found.values():
            messages.error(request, f"Nothing was added. {sentence}")
        return redirect("appraisal:appraisal", slug, appraisal_id)
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return redirect("appraisal:appraisal", slug, appraisal_id)
    return redirect("appraisal:place", slug, appraisal_id, f"{section}.{key}")


@route(deed=Deed.WORK_ON_APPRAISAL)
@require_POST
def remove(request: PersonsRequest, slug: str, appraisal_id: int, place: str) -> HttpResponse:
    """Take one thing out; the version before still has it."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_work_on_appraisal)
    held = appraisal_at(body, appraisal_id)
    version = _latest(held)
    try:
        changed = documents.without(document_of(version.text), place)
    except documents.NoSuchPlace as missing:
        raise Http404(str(missing)) from None
    appraising.save_appraisal(
        appraisal=held, text=toml_of(changed), note=f"Took out {place}",
        by=request.user, at=timezone.now(),
    )  # fmt: skip
    messages.success(
        request, f"{place} is out. To undo that, make version {version.number} the latest again."
    )
    return redirect("appraisal:appraisal", slug, appraisal_id)


def _latest(held: Any) -> Any:
    version = appraisals.latest_of(held)
    if version is None:
        raise Http404("This appraisal has no version.")
    return version


def _findings_at(text: str, place: str) -> list[str]:
    _result, findings = appraisals.worked_out(text)
    return [
        f"{one.sentence} {one.mend}"
        for one in findings
        if one.weight is Weight.MUST and (one.place == place or one.place.startswith(f"{place}."))
    ]
