"""Which step in the settlement of agreements waits for a person?"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from moothall.agreements import permissions
from moothall.agreements.engine.settling import PAYABLE, missing
from moothall.agreements.models import Agreement
from moothall.agreements.queries.facts import facts_said_by
from moothall.agreements.queries.issued import open_dispute, waits_for_disputes
from moothall.agreements.queries.payment_clocks import clocks_of, rule_of
from moothall.agreements.queries.period_books import PeriodBooks, books_of_all
from moothall.agreements.queries.settlement import PeriodRow, period_rows
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed

STEPS = {
    *(Deed.KEEP_AGREEMENT, Deed.REPORT_FACTS, Deed.CHECK_FACTS, Deed.APPROVE_PAYMENT, Deed.PAY),
}


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What of every period waits for this reader, in a fixed number of questions."""
    bodies = {body for deed, body in viewer.deeds if deed in STEPS}
    at_a_member = Q(members__organisation_id__in=bodies, members__left_on=None)
    held = Agreement.objects.filter(Q(body_id__in=bodies) | at_a_member, versions__isnull=False)
    held = held.select_related("body").prefetch_related("versions", "members__organisation")
    return [
        Wait(
            f"{books.agreement.name}, {row.label}",
            _due_on(books, row),
            row.url,
            row.step.words + (" Its facts are overdue." if row.is_overdue(on) else ""),
        )
        for books in books_of_all(held.distinct())
        if not books.terms.why_not
        for row in period_rows(books, on=on)
        if row.step.who and _is_for(viewer, books, row)
    ]


def _due_on(books: PeriodBooks, row: PeriodRow) -> date | None:
    """By when the next step is due: its facts as they were asked for, payment by its clock."""
    if row.settlement is None or row.state not in PAYABLE:
        return row.due_on if row.state == "REQUESTED" else None
    lines, rule = books.lines.get(row.settlement.pk, ()), rule_of(books.agreement)
    days = [
        clock.last_day
        for invoice in books.invoices.get(row.settlement.pk, ())
        for clock in clocks_of(
            [one for one in lines if (one.payer, one.payee) == (invoice.payer, invoice.payee)],
            invoice,
            rule,
        )
        if clock.paid_on is None
    ]
    return min(days, default=None)


def _is_for(viewer: Viewer, books: PeriodBooks, row: PeriodRow) -> bool:
    """Whether the next step of a period is one that this reader may take."""
    agreement, settlement = books.agreement, row.settlement
    if settlement is None:
        return permissions.why_not_keep_agreement(viewer, agreement) is None
    reports = books.reports.get(settlement.pk, ())
    if row.state == "REQUESTED" or row.waits_for_confirmation:
        entered = {report.organisation_id for report in reports if report.state == "ENTERED"}
        gone = {fact.key for fact in missing(books.terms.versions, row.period, books.facts)}
        return any(
            body.pk in entered
            or gone & {fact.key for fact in facts_said_by(body, agreement, books.terms, row.period)}
            for body in permissions.bodies_of(agreement)
            if permissions.reports_for(viewer, body)
        )
    waiting = [report for report in reports if report.state == "SUBMITTED"]
    if waiting:
        return all(permissions.why_not_check_report(viewer, one) is None for one in waiting)
    if row.state == "CHECKED":
        return permissions.why_not_settle(viewer, agreement) is None
    if row.state in ("SETTLED", "APPROVED_ONCE"):
        return permissions.why_not_approve_payment(viewer, settlement) is None
    if row.state not in PAYABLE:
        return False
    lines = books.lines.get(settlement.pk, ())
    if waits_for_disputes(lines):
        disputes = [dispute for line in lines if (dispute := open_dispute(line))]
        return any(permissions.why_not_resolve(viewer, one) is None for one in disputes)
    return permissions.why_not_pay(viewer, agreement) is None
