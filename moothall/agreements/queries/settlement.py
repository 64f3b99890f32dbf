"""Where does each period of an agreement stand, and who does what next?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from attrs import frozen
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.settling import (
    PAYABLE,
    REPORTED,
    SETTLING,
    Difference,
    differences,
    missing,
    wanted,
    whole_of,
)
from moothall.agreements.models import Agreement, FactsReport, Settlement, StatementLine
from moothall.agreements.queries.facts import facts_said_by
from moothall.agreements.queries.issued import is_nothing, open_dispute, waits_for_disputes
from moothall.agreements.queries.period_books import PeriodBooks, books_of
from moothall.agreements.queries.terms import Terms, parties_of
from moothall.deals.deal import Fact
from moothall.directory.engine.roles import Deed, in_words, roles_that_may
from moothall.directory.models import Organisation
from moothall.directory.permissions import Asker
from moothall.values.money import Money
from moothall.values.periods import Period
from moothall.values.wording import listed, number_of, pounds_in_words

COLOURS = {"PAID": "green", "REQUESTED": "yellow", "PART_PAID": "yellow", "SUBMITTED": "blue"}


@frozen
class Step:
    """What is done next, and who may do it; `who` is empty where nothing is."""

    words: str
    who: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.words} {self.who}".strip()


@frozen
class PeriodRow:
    """A period where it stands. Amounts are net of VAT, in GBP; None where nothing is stated."""

    period: Period
    round: int
    settlement: Settlement | None  # None: not begun
    state: str
    words: str
    step: Step
    due_on: date | None
    stated_gbp: Decimal | None
    disputed_gbp: Decimal
    paid_gbp: Decimal
    statement: int | None
    url: str
    waits_for_confirmation: bool = False
    missing: tuple[Fact, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.period}{', corrections' if self.round > 1 else ''}"

    @property
    def colour(self) -> str:
        return "red" if self.disputed_gbp else COLOURS.get(self.state, "grey")

    def is_overdue(self, on: date) -> bool:
        return self.state == "REQUESTED" and self.due_on is not None and self.due_on < on


@frozen
class HomePage:
    """What the settlement page of an agreement shows."""

    agreement: Agreement
    answer: str
    why_not: str | None
    rows: tuple[PeriodRow, ...]
    stated_gbp: Decimal
    paid_gbp: Decimal
    disputed_gbp: Decimal


@frozen
class ReportRow:
    """One report of a period, as a page lists it."""

    id: int
    by: str
    organisation: str
    at: object
    values: tuple[tuple[str, str], ...]
    evidence: str
    state: str
    words: str
    is_on_behalf: bool
    is_correction: bool
    sent_back_why: str
    why_not_confirm: str | None
    why_not_send_back: str | None


@frozen
class PeriodPage:
    """What the page of one period shows: its state, its facts, its reports, its figures."""

    agreement: Agreement
    settlement: Settlement | None
    row: PeriodRow
    reports: tuple[ReportRow, ...]
    differences: tuple[Difference, ...]
    missing: tuple[Fact, ...]
    reporters: tuple[tuple[Organisation, tuple[Fact, ...]], ...]
    is_over: bool


def agreement_at(agreement_id: int) -> Agreement | None:
    return Agreement.objects.select_related("body").filter(pk=agreement_id).first()


def gbp(pence: int) -> Decimal:
    return Money.from_pence(pence).gbp


def period_rows(books: PeriodBooks, *, on: date) -> list[PeriodRow]:
    """Return every period of an agreement's deal, and every further round, in order."""
    held = {(one.starts_on, one.round): one for one in books.settlements}
    periods = {period.starts_on: period for period in books.terms.periods}
    known: dict[tuple[date, int], Settlement | None] = {(day, 1): None for day in periods} | held
    rows = []
    for (starts_on, round_), settlement in sorted(known.items()):
        period = (
            Period(settlement.starts_on, settlement.ends_before)
            if settlement
            else periods[starts_on]
        )
        rows.append(_row(books, period, round_, settlement, on))
    return rows


def home_page(agreement: Agreement, *, on: date) -> HomePage:
    """Return what the settlement page of an agreement shows."""
    books = books_of(agreement)
    terms = books.terms
    rows = [] if terms.why_not else period_rows(books, on=on)
    paid, disputed = (sum((getattr(row, f"{name}_gbp") for row in rows), Decimal(0))
                      for name in ("paid", "disputed"))  # fmt: skip
    return HomePage(
        agreement=agreement,
        answer=_answer(rows, on, paid, disputed),
        why_not=terms.why_not,
        rows=tuple(rows),
        stated_gbp=sum((row.stated_gbp or Decimal(0) for row in rows), Decimal(0)),
        paid_gbp=paid,
        disputed_gbp=disputed,
    )


def said_of_settlement(agreement: Agreement, viewer: Asker) -> str | None:
    """Say in a sentence how far its periods are settled; None to whoever does not read that."""
    if permissions.why_not_read_agreement(viewer, agreement):
        return None
    page = home_page(agreement, on=timezone.localdate())
    return page.answer or "Nothing is settled yet: no terms of it are in force."


def period_page(
    agreement: Agreement, starts_on: date, round_: int, *, viewer: Asker, on: date
) -> PeriodPage | None:
    """Return what the page of a period shows, or None where there is no such period."""
    books = books_of(agreement)
    terms, facts = books.terms, books.facts
    if terms.why_not:
        return None
    row = next(
        (
            one
            for one in period_rows(books, on=on)
            if (one.period.starts_on, one.round) == (starts_on, round_)
        ),
        None,
    )
    if row is None:
        return None
    settlement = row.settlement
    reports = [
        report
        for one in books.settlements
        if one.starts_on == starts_on
        for report in books.reports.get(one.pk, ())
    ]
    asked = wanted(terms.versions, row.period)
    whole = whole_of(terms.versions, starts_on)
    before = [one for one in terms.periods if one.starts_on < whole.starts_on]
    last = whole_of(terms.versions, before[-1].starts_on).starts_on if before else None
    parties = parties_of(agreement, terms)
    reporters = []
    for body in dict.fromkeys([*parties.values(), *permissions.bodies_of(agreement)]):
        theirs = [
            fact for fact in facts_said_by(body, agreement, terms, row.period)
            if not fact.reported_by or parties.get(fact.reported_by, body) == body
        ]  # fmt: skip
        if theirs:
            reporters.append((body, tuple(theirs)))
    return PeriodPage(
        agreement=agreement,
        settlement=settlement,
        row=row,
        reports=tuple(_report_row(report, terms, viewer, agreement) for report in reports),
        differences=tuple(differences(asked, facts, last, whole.starts_on)),
        missing=tuple(missing(terms.versions, row.period, facts)),
        reporters=tuple(reporters),
        is_over=on >= whole.ends_before,
    )


def _row(
    books: PeriodBooks, period: Period, round_: int, settlement: Settlement | None, on: date
) -> PeriodRow:
    state = settlement.state if settlement else ""
    lines = books.lines.get(settlement.pk, ()) if settlement else ()
    reports = books.reports.get(settlement.pk, ()) if settlement else ()
    disputed = [line for line in lines if open_dispute(line)]
    words = SETTLING.state(state).words if state else (
        "not begun" if on >= period.ends_before else "not over yet"
    )  # fmt: skip
    if disputed:
        words += f", {number_of(len(disputed), 'line')} disputed"
    return PeriodRow(
        period=period,
        round=round_,
        settlement=settlement,
        state=state,
        words=words,
        step=_step(books, period, state, on, lines, reports),
        due_on=settlement.due_on if settlement else None,
        stated_gbp=gbp(sum(line.net_pence for line in lines)) if lines else None,
        disputed_gbp=gbp(sum(line.net_pence for line in disputed)),
        paid_gbp=gbp(sum(line.net_pence for line in lines if line.payment_id)),
        statement=lines[0].statement.number if lines else None,
        url=reverse(
            "agreements:settlement_period", args=[books.agreement.pk, period.starts_on, round_]
        ),
        waits_for_confirmation=any(one.state == "ENTERED" for one in reports),
        missing=tuple(missing(books.terms.versions, period, books.facts)) if round_ == 1 else (),
    )


def _step(
    books: PeriodBooks,
    period: Period,
    state: str,
    on: date,
    lines: Sequence[StatementLine],
    reports: Sequence[FactsReport],
) -> Step:
    """What is done next about a period, and who may do it."""
    agreement, terms, facts = books.agreement, books.terms, books.facts
    entered = [one for one in reports if one.state == "ENTERED"]

    def by(deed: Deed, before: str = "") -> str:
        return f"{before}{in_words(roles_that_may(deed)).capitalize()} may."

    if not state:
        if on < period.ends_before:
            return Step("Nothing: the period is not over.")
        return Step("Ask for its facts.", by(Deed.KEEP_AGREEMENT))
    if entered:
        names = listed(dict.fromkeys(one.organisation.name for one in entered))
        return Step(f"Have {names} confirm what was entered on its behalf.", f"{names} may.")
    if any(one.is_correction and one.state == "SUBMITTED" for one in reports):
        return Step("Check the corrected facts.", by(Deed.CHECK_FACTS))
    gone = missing(terms.versions, period, facts) if state == "REQUESTED" else []
    if gone:
        parties = parties_of(agreement, terms)
        whose = (parties.get(fact.reported_by or "") for fact in gone)
        names = listed(dict.fromkeys(body.name if body else "any member" for body in whose))
        said = listed(fact.in_sentence for fact in gone)
        return Step(f"Report {said}.", f"{names[:1].upper()}{names[1:]} may.")
    if state == "SUBMITTED":
        return Step("Check its facts.", by(Deed.CHECK_FACTS, "Not whoever reported them. "))
    if state == "CHECKED":
        return Step("Settle it: make its statement.", by(Deed.CHECK_FACTS))
    if state in ("SETTLED", "APPROVED_ONCE"):
        count = "Two people approve" if state == "SETTLED" else "One more person approves"
        return Step(
            f"{count} its statement.", by(Deed.APPROVE_PAYMENT, "Not whoever checked the facts. ")
        )
    if state in PAYABLE and waits_for_disputes(lines):
        disputes = [one for line in lines if not is_nothing(line) and (one := open_dispute(line))]
        return Step(
            f"End the dispute of {number_of(len(disputes), 'line')}, then pay.",
            f"{listed(dict.fromkeys(one.organisation.name for one in disputes))} may.",
        )
    if state in PAYABLE:
        return Step("Pay what is not disputed.", by(Deed.PAY))
    return Step("Nothing: it is paid.")


def _answer(rows: Sequence[PeriodRow], on: date, paid: Decimal, disputed: Decimal) -> str:
    if not rows:
        return ""
    over = [row for row in rows if row.period.ends_before <= on]
    done = sum(row.state == "PAID" for row in over)
    said = (
        f"{done} of {number_of(len(over), 'period')} that are over "
        f"{'is' if len(over) == 1 else 'are'} paid, {pounds_in_words(paid)} in all without VAT"
    )
    if not over:
        return "No period of this agreement is over yet: nothing is to be settled."
    if disputed:
        said += f"; {pounds_in_words(disputed)} is disputed"
    overdue = sum(row.is_overdue(on) for row in rows)
    if overdue:
        said += f"; the facts of {number_of(overdue, 'period')} are overdue"
    return f"{said}."


def _report_row(
    report: FactsReport, terms: Terms, viewer: Asker, agreement: Agreement
) -> ReportRow:
    facts = {key: fact for one in terms.versions for key, fact in one.deal.facts.items()}
    by = report.by.name if report.by else "a one-time link"
    own = permissions.reports_for(viewer, report.organisation)
    return ReportRow(
        id=report.pk,
        by=by,
        organisation=report.organisation.name,
        at=report.at,
        values=tuple(_said(key, value, facts) for key, value in report.values.items()),
        evidence=report.evidence,
        state=report.state,
        words=REPORTED.state(report.state).words,
        is_on_behalf=report.is_on_behalf,
        is_correction=report.is_correction,
        sent_back_why=report.sent_back_why,
        why_not_confirm=None
        if own
        else f"They are the word of {report.organisation.name}: ask whoever reports facts there.",
        why_not_send_back=permissions.why_not_check_report(viewer, report),
    )


def _said(key: str, value: str, facts: Mapping[str, Fact]) -> tuple[str, str]:
    """A fact's title and value with its unit; of one that is private, not the value."""
    if key not in facts:
        return key, value
    fact = facts[key]
    return fact.title, "private" if fact.private_to else f"{value} {fact.unit}"
