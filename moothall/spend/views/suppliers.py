"""Who is paid? The public pages of suppliers, and the reports of what is wrong on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core.permissions import route
from moothall.spend.actions import reporting
from moothall.spend.forms.reports import AnswerForm, ErrorReportForm
from moothall.spend.queries import error_reports as reports
from moothall.spend.queries import figures, suppliers
from moothall.spend.views import tables
from moothall.spend.views.asked import (
    as_file,
    asked_by,
    beyond_the_last,
    downloads,
    instead,
    link,
    numbered,
    page_number,
)
from moothall.values.wording import plain_date

TRAIL = [("Front page", "/"), ("Spending", "/spending/"), ("Suppliers", "/spending/suppliers")]
ROWS_A_PAGE = 50

if TYPE_CHECKING:
    from moothall.directory.models import Person


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: Person


@route(public=True)
@require_safe
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Every supplier in what the reader may read: searched by name, sorted, paged."""
    asked = asked_by(request, every_year=True)
    if other := instead(request, asked):
        return other
    number = page_number(request)
    find = request.GET.get("find", "")[:80]
    order = request.GET.get("order", "")
    answer = figures.summary_page(
        asked.reading,
        "supplier",
        asked.filters,
        order=order,
        text=find,
        page=number,
        count=ROWS_A_PAGE,
    )
    if first := beyond_the_last(request, answer.rows, number):
        return first
    page = asked.page(
        answer=answer,
        find=find,
        table=tables.summary_table(
            answer,
            query=asked.query,
            slugs=asked.slugs,
            order=order or "-spend",
            clear_url=request.path,
            downloads=downloads(
                request,
                path=reverse("spend:by", args=["supplier"]),
                year=request.GET.get("year") or "all",
            ),
        ),
        list_page=numbered(answer.row_count, ROWS_A_PAGE, number),
        trail=[*TRAIL[:-1], ("Suppliers", "")],
    )
    return render(request, "spend/supplier_list.html", page)


@route(public=True)
@require_safe
def supplier(request: HttpRequest, supplier_id: int) -> HttpResponseBase:
    """A supplier: what was paid, by whom, for what, under which names."""
    asked = asked_by(request, every_year=True)
    try:
        answer = suppliers.supplier_page(asked.reading, supplier_id)
    except suppliers.NoSuchSupplier as missing:
        now = suppliers.supplier_now(asked.reading, supplier_id)
        if now is not None and now != supplier_id:
            return redirect("spend:supplier", now)
        raise Http404(missing.sentence) from None
    columns = ("what", "label", "key", "spend_gbp", "payment_count", "share")
    if file := as_file(request, "supplier", answer.as_json(), columns, rows=answer.as_rows()):
        file["X-Robots-Tag"] = "noindex"
        return file
    page = {
        "answer": answer,
        "downloads": downloads(request),
        "years": [(row.label, row.spend_gbp) for row in answer.years.rows],
        "bodies": tables.plain_summary_table(answer.bodies, caption="Paid by"),
        "categories": [
            (row.label, row.spend_gbp, reverse("spend:category", args=[row.key]))
            for row in answer.categories.rows
        ],
        "names": tables.names_table(answer.names),
        "newest": tables.lines_table(
            answer.newest, caption="Newest payments", names_supplier=False
        ),
        "lines_url": link(reverse("spend:line_list"), supplier=supplier_id, year="all"),
        "report_url": reverse("spend:report_error", args=[supplier_id]),
        "trail": [*TRAIL, (answer.name, "")],
    }
    answered = render(request, "spend/supplier.html", page)
    answered["X-Robots-Tag"] = "noindex"
    return answered


@route(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report_error(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """Say what is wrong on a supplier's page; the clock starts."""
    asked = asked_by(request, every_year=True)
    try:
        answer = suppliers.supplier_page(asked.reading, supplier_id)
    except suppliers.NoSuchSupplier as missing:
        raise Http404(missing.sentence) from None
    form = ErrorReportForm(request.POST or None)
    page = {"form": form, "answer": answer, "trail": [*TRAIL, (answer.name, "")], "refusal": ""}
    page["days"] = reports.days_to_answer(timezone.localdate())
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "spend/error_report_form.html", page, status=status)
    try:
        report = reporting.report_error(
            supplier_id=supplier_id,
            bodies=[row.id for row in answer.bodies.rows if row.id is not None],
            said=form.cleaned_data["said"],
            email=form.cleaned_data["email"],
            at=timezone.now(),
        )
    except reporting.CannotReport as refusal:
        page["refusal"] = refusal.sentence
        return render(request, "spend/error_report_form.html", page, status=409)
    messages.success(
        request,
        f"Thank you. Your report is number {report.pk}, and the bodies concerned answer it by "
        f"{plain_date(report.due_on)}.",
    )
    return redirect("spend:supplier", supplier_id)


@route(signed_in=True)
@require_safe
def error_reports(request: HttpRequest) -> HttpResponseBase:
    """What people say is wrong on the pages of the reader's own bodies."""
    rows = reports.error_reports_for(request.user, on=timezone.localdate())
    document = {"rows": [row.as_json() for row in rows]}
    if file := as_file(request, "error-reports", document, reports.ErrorReportRow.COLUMNS):
        return file
    page = {
        "rows": rows,
        "downloads": downloads(request),
        "waiting": [row for row in rows if row.answered_at is None],
        "trail": [*TRAIL[:2], ("Reports of errors", "")],
    }
    return render(request, "spend/error_report_list.html", page)


@route(signed_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_error(request: PersonsRequest, report_id: int) -> HttpResponse:
    """Say what came of one report."""
    report = reports.error_report_for(request.user, report_id, on=timezone.localdate())
    if report is None:
        raise Http404("There is no such report about a body whose rows you may correct.")
    form = AnswerForm(request.POST or None)
    page = {"form": form, "report": report, "refusal": ""}
    page["trail"] = [*TRAIL[:2], ("Reports of errors", reverse("spend:error_reports")), ("One", "")]
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "spend/error_report.html", page, status=status)
    try:
        reporting.answer_report(
            report_id=report_id,
            answer=form.cleaned_data["answer"],
            by=request.user,
            at=timezone.now(),
        )
    except reporting.CannotAnswerReport as refusal:
        page["refusal"] = refusal.sentence
        return render(request, "spend/error_report.html", page, status=409)
    messages.success(request, "Your answer is kept, and the clock has stopped.")
    return redirect("spend:error_reports")
