"""The spend room at work: who is who, what was paid twice and what it was for, as people judge."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for
from moothall.spend.actions.categorising import correct_category, undo_category
from moothall.spend.actions.matching import decide_match, undo_match
from moothall.spend.forms.work import CategoryForm, DuplicateFilter, VerdictForm
from moothall.spend.queries import categorising, duplicates, matching, work
from moothall.spend.views.work import (
    GET_OR_POST,
    PersonsRequest,
    at_a_body,
    at_this_body,
    csv_answer,
    whole_number,
)

# ── which names are one supplier ─────────────────────────────────────────────────────────────


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def match_list(request: PersonsRequest) -> HttpResponse:
    """The pairs of names that may be one supplier, surest first."""
    viewer = at_a_body(request, Deed.SEE_PRIVATE)
    number = max(1, whole_number(request.GET.get("page")) or 1)
    text = request.GET.get("text", "")[:80]
    queue = matching.match_queue(viewer, request.user, page=number, text=text)
    pager = Paginator(range(queue.pair_count), matching.PAGE_PAIRS).get_page(number)
    shown = {"queue": queue, "pager": pager, "text": text}
    return render(request, "spend/work/match_list.html", shown)


@route(deed=Deed.DECIDE_MATCH)
@require_POST
def match_decide(request: PersonsRequest) -> HttpResponse:
    """Say that two names are one supplier, or that they are not."""
    at_a_body(request, Deed.DECIDE_MATCH)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        raise SuspiciousOperation("Two names and a verdict are wanted.")
    asked = form.cleaned_data
    viewer = viewer_for(request.user, deed=Deed.SEE_PRIVATE)
    rests_on = matching.bodies_of_pair(viewer, asked["left"], asked["right"])
    if rests_on is None:
        raise Http404("This pair no longer waits for anyone. The list shows those that do.")
    is_same = asked["verdict"] == "same"
    try:
        made = decide_match(
            name_key=asked["left"],
            other_key=asked["right"],
            same=is_same,
            rests_on=rests_on,
            why=asked["why"],
            by=request.user,
            at=timezone.now(),
        )
    except CannotDo as refused:
        messages.error(request, refused.sentence)
        return redirect("spend:match_list")
    said = "one supplier" if is_same else "two suppliers"
    messages.success(
        request,
        f"From now on the two names are {said}. Totals follow in a moment. You can undo it below.",
    )
    return redirect(f"{reverse('spend:match_list')}#d{made.pk}")


@route(deed=Deed.DECIDE_MATCH)
@require_POST
def match_undo(request: PersonsRequest, decision_id: int) -> HttpResponse:
    """Take a decision about two names back."""
    at_a_body(request, Deed.DECIDE_MATCH)
    viewer = viewer_for(request.user, deed=Deed.SEE_PRIVATE)
    if not matching.may_see_decision(viewer, decision_id):
        raise Http404("There is no such decision. The list shows those that stand.")
    try:
        undo_match(decision_id=decision_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The decision is undone: the two names stand as before.")
    return redirect("spend:match_list")


# ── payments that may have been made twice ───────────────────────────────────────────────────


def _duplicates(request: HttpRequest) -> tuple[DuplicateFilter, duplicates.Duplicates | None]:
    viewer = at_a_body(request, Deed.SEE_PRIVATE)
    form = DuplicateFilter(
        request.GET,
        bodies=work.body_choices(viewer),
        years=work.years_of(viewer),
        keys=duplicates.KEY_WORDS,
        statuses={status.value: words for status, words in duplicates.STATUS_WORDS.items()},
    )
    if not form.is_valid():
        return form, None
    body = form.cleaned_data["body"]
    found = duplicates.duplicates(
        viewer,
        work.filters_for(bodies=(work.body_at(body).pk,) if body else (), year=form.year_asked),
        day=timezone.localdate(),
        in_ledger=form.cleaned_data["ledger"],
    )
    return form, found


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def duplicate_list(request: PersonsRequest) -> HttpResponse:
    """Payments that may have been made twice, each with its lines."""
    form, found = _duplicates(request)
    if found is None:
        return render(request, "spend/work/duplicate_list.html", {"form": form}, status=422)
    chosen = found.with_key(form.cleaned_data["key"], form.cleaned_data["status"])
    page = Paginator(chosen, 25).get_page(request.GET.get("page"))
    shown = {
        "form": form,
        "found": found,
        "page": page,
        "count": len(chosen),
        "query": request.GET.urlencode(),
    }
    return render(request, "spend/work/duplicate_list.html", shown)


@route(deed=Deed.SEE_PRIVATE)
@require_safe
def duplicate_csv(request: PersonsRequest) -> HttpResponse:
    """The same, a row for each payment of each candidate."""
    form, found = _duplicates(request)
    if found is None:
        raise SuspiciousOperation("The filters in the address cannot be read.")
    rows = [
        (
            number,
            each.key,
            each.status,
            each.body,
            line.supplier,
            line.reference,
            line.paid_on,
            line.amount,
            each.counted,
            line.source_id,
            line.sheet or "",
            line.row,
        )
        for number, each in enumerate(
            found.with_key(form.cleaned_data["key"], form.cleaned_data["status"]), start=1
        )
        for line in each.lines
    ]
    head = ("candidate", "key", "status", "body", "supplier", "reference", "paid_on")
    tail = ("amount_gbp", "overpaid_gbp", "source_id", "sheet", "row")
    return csv_answer("duplicate-candidates.csv", (*head, *tail), rows)


# ── what a payment really is ─────────────────────────────────────────────────────────────────


@route(deed=Deed.READ_LINES)
@require_safe
def category_corrections(request: PersonsRequest) -> HttpResponse:
    """What people said that payments are; it holds for files to come."""
    viewer = at_a_body(request, Deed.READ_LINES)
    shown = {"corrections": categorising.corrections_of(viewer, request.user)}
    return render(request, "spend/work/category_list.html", shown)


@route(deed=Deed.CATEGORISE)
@require_http_methods(GET_OR_POST)
def correct_line_category(request: PersonsRequest, source_id: int, row: int) -> HttpResponse:
    """Say what the payments like one line really are."""
    at_a_body(request, Deed.CATEGORISE)
    subject = categorising.subject_of_line(
        viewer_for(request.user), source_id, row, request.GET.get("sheet") or None
    )
    if subject is None:
        raise Http404("There is no such line, or you may not read it.")
    return _correct_category(request, subject)


@route(deed=Deed.CATEGORISE)
@require_http_methods(GET_OR_POST)
def correct_supplier_category(request: PersonsRequest, slug: str, supplier_id: int) -> HttpResponse:
    """Say what everything from one supplier really is, at one body."""
    at_a_body(request, Deed.CATEGORISE)
    body_id = work.body_id_at(slug)
    subject = (
        categorising.subject_of_supplier(viewer_for(request.user), supplier_id, body_id)
        if body_id
        else None
    )
    if subject is None:
        raise Http404("There is no such supplier or body, or you may not read it.")
    return _correct_category(request, subject)


def _correct_category(request: HttpRequest, subject: categorising.Subject) -> HttpResponse:
    at_this_body(request, Deed.CATEGORISE, subject.body_id)
    form = CategoryForm(
        request.POST or None,
        about=[(each.value, each.words) for each in subject.choices],
        categories=categorising.category_choices(),
        initial={"about": subject.choices[0].value, "category": subject.category},
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        scope, _, matches = form.cleaned_data["about"].partition(":")
        try:
            correct_category(
                body=work.body_numbered(subject.body_id),
                scope=scope,
                matches=matches,
                category=form.cleaned_data["category"],
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(
                request, "Noted. The lines move in a moment, and files to come follow it too."
            )
            return redirect("spend:category_corrections")
    shown = {"subject": subject, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "spend/work/category_form.html", shown, status=status)


@route(deed=Deed.CATEGORISE)
@require_POST
def undo_category_correction(request: PersonsRequest, correction_id: int) -> HttpResponse:
    """Take a correction of a category back."""
    at_a_body(request, Deed.CATEGORISE)
    body_id = categorising.body_of_correction(correction_id)
    if body_id is None:
        raise Http404("There is no such correction. The list shows them all.")
    at_this_body(request, Deed.CATEGORISE, body_id)
    try:
        undo_category(correction_id=correction_id, by=request.user, at=timezone.now())
    except CannotDo as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The correction is undone; its lines are sorted afresh.")
    return redirect("spend:category_corrections")
