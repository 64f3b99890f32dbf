"""Pages about a statement: its lines, disputes, approvals, invoices and payments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import paying
from moothall.agreements.exports.statement_pdf import statement_pdf
from moothall.agreements.forms import settlement as forms
from moothall.agreements.queries import issued, statements
from moothall.agreements.views.settlement import GET_OR_POST, agreement_for, trail
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.downloads import csv_file, json_file
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed

NO_STATEMENT = "This agreement has no statement of that number. Its settlement page lists them."
NO_LINE = "This agreement has no such line. Its statements list them."


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def statement(request: PersonsRequest, agreement_id: int, number: int) -> HttpResponseBase:
    """A statement, as a page, PDF, CSV or JSON."""
    if (wanted := request.GET.get("format")) in ("pdf", "csv", "json"):
        page = _page(request, agreement_id, number)
        name = f"agreement-{agreement_id}-statement-{number}"
        if wanted == "json":
            return json_file(name, page.as_json())
        if wanted == "csv":
            head = statements.LINE_HEAD
            rows = statements.every_line(page.agreement, on=timezone.localdate(), number=number)
            return csv_file(name, head, ([row[part] for part in head] for row in rows))
        return HttpResponse(
            statement_pdf(page),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
        )
    return _statement(request, agreement_id, number)


@route(deed=Deed.APPROVE_PAYMENT)
@require_POST
def approve(request: PersonsRequest, agreement_id: int, number: int) -> HttpResponse:
    """Say, as one of two, that a statement may be paid."""
    held = _held(request, agreement_id, number)
    return _done(
        request, agreement_id, number, "Approved.",
        lambda: paying.approve_payment(
            settlement=held.settlement, by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@route(deed=Deed.PAY)
@require_POST
def invoice(request: PersonsRequest, agreement_id: int, number: int) -> HttpResponse:
    """Record what came for a statement, and when a valid one did."""
    held = _held(request, agreement_id, number)
    form = forms.InvoiceForm(request.POST, pairs=_pairs(_page(request, agreement_id, number)))
    if not form.is_valid():
        return _statement(request, agreement_id, number, invoice_form=form, status=422)
    given = form.cleaned_data
    return _done(
        request, agreement_id, number, "The invoice is recorded.",
        lambda: paying.record_invoice(
            statement=held, **form.parties(), kind=given["kind"], reference=given["reference"],
            arrived_on=given["arrived_on"], by=request.user, at=timezone.now(),
        ),
    )  # fmt: skip


@route(deed=Deed.PAY)
@require_POST
def pay(request: PersonsRequest, agreement_id: int, number: int) -> HttpResponse:
    """Record that what a statement has due, and nobody disputes, was paid."""
    held = _held(request, agreement_id, number)
    form = forms.PaymentForm(request.POST, pairs=_pairs(_page(request, agreement_id, number)))
    if not form.is_valid():
        return _statement(request, agreement_id, number, payment_form=form, status=422)
    given = form.cleaned_data
    return _done(
        request, agreement_id, number, "The payment is recorded.",
        lambda: paying.record_payment(
            settlement=held.settlement, **form.parties(), paid_on=given["paid_on"],
            reference=given["reference"], by=request.user, at=timezone.now(),
        ),
    )  # fmt: skip


@route(signed_in=True)
@GET_OR_POST
def dispute(request: PersonsRequest, agreement_id: int, line_id: int) -> HttpResponse:
    """Keep one line from payment, with the reason; or end the dispute of it."""
    agreement = agreement_for(request, agreement_id)
    line = issued.line_at(agreement, line_id)
    if line is None:
        raise Http404(NO_LINE)
    number, held = line.statement.number, issued.open_dispute(line)
    reason = (
        permissions.why_not_resolve(request.user, held)
        if held
        else permissions.why_not_dispute(request.user, agreement)
    )
    if reason:
        raise PermissionDenied(reason)
    form: Any = (
        forms.ResolveForm(request.POST or None)
        if held
        else forms.WhyForm(request.POST or None, label="What is wrong with it")
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            if held:
                paying.resolve_dispute(
                    dispute=held, **form.cleaned_data, by=request.user, at=timezone.now()
                )
            else:
                paying.dispute_line(
                    line=line, why=form.cleaned_data["why"], by=request.user, at=timezone.now()
                )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            said = "The dispute is ended." if held else "Disputed: this line waits."
            messages.success(request, said)
            return redirect("agreements:statement", agreement_id, number)
    page = _page(request, agreement_id, number)
    here = reverse("agreements:statement", args=[agreement_id, number])
    shown = {
        "page": page,
        "agreement": agreement,
        "line": next(row for row in page.lines if row.id == line.pk),
        "dispute": held,
        "form": form,
        "refusal": refusal,
        "back_url": here,
        "trail": trail(agreement, (f"Statement {number}", here), ("Dispute", "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/line_dispute.html", shown, status=status)


def _held(request: PersonsRequest, agreement_id: int, number: int) -> Any:
    held = statements.statement_of(agreement_for(request, agreement_id), number)
    if held is None:
        raise Http404(NO_STATEMENT)
    return held


def _page(request: PersonsRequest, agreement_id: int, number: int) -> statements.StatementPage:
    held = _held(request, agreement_id, number)
    return statements.statement_page(held, viewer=request.user, on=timezone.localdate())


def _pairs(page: statements.StatementPage) -> list[tuple[str, str]]:
    return [(pair.key, f"{pair.payer_name} pays {pair.payee_name}") for pair in page.pairs]


def _statement(
    request: PersonsRequest,
    agreement_id: int,
    number: int,
    *,
    refusal: str | None = None,
    invoice_form: Any = None,
    payment_form: Any = None,
    status: int = 200,
) -> HttpResponse:
    page = _page(request, agreement_id, number)
    period = reverse(
        "agreements:settlement_period", args=[agreement_id, page.period.starts_on, page.round]
    )
    today: dict[str, date] = {"arrived_on": timezone.localdate(), "paid_on": timezone.localdate()}
    pairs = _pairs(page)
    to_pay = [pair for pair in page.pairs if pair.to_pay_gbp]
    shown = {
        "page": page,
        "agreement": page.agreement,
        "refusal": refusal,
        "form": invoice_form if invoice_form is not None and invoice_form.errors else payment_form,
        "invoice_form": invoice_form
        or forms.InvoiceForm(pairs=pairs, initial=today, auto_id="invoice_%s"),
        "payment_form": payment_form
        or forms.PaymentForm(
            pairs=[pair for pair in pairs if pair[0] in {one.key for one in to_pay}],
            initial=today,
            auto_id="payment_%s",
        ),
        "to_pay": to_pay,
        "is_to_approve": page.state in ("SETTLED", "APPROVED_ONCE"),
        "trail": trail(page.agreement, (str(page.period), period), (f"Statement {number}", "")),
    }
    return render(request, "agreements/statement.html", shown, status=status)


def _done(
    request: PersonsRequest,
    agreement_id: int,
    number: int,
    said: str,
    deed: Callable[[], object],
) -> HttpResponse:
    try:
        deed()
    except CannotDo as refused:
        return _statement(request, agreement_id, number, refusal=refused.sentence, status=409)
    messages.success(request, said)
    return redirect("agreements:statement", agreement_id, number)
