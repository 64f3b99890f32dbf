"""The deeds of a company's year: plan, decision on it, quarters reported, dividend."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions.companies import CannotKeepCompany
from moothall.agreements.engine.company_year import (
    PLAN_LIFE,
    QUARTERS,
    dividend_shares,
    why_not_dividend,
)
from moothall.agreements.models import (
    BusinessPlan,
    Company,
    CompanyYear,
    Dividend,
    DividendShare,
    Holding,
    PlanLine,
)
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.core.rules import rules_of
from moothall.directory.actions.acting import asker
from moothall.directory.models import Person
from moothall.values.state_table import CannotMove

Line = tuple[str, bool, Sequence[int]]  # title, whether it is income, pence planned by quarter


class CannotPlan(CannotDo):
    """The plan is as it was."""


class CannotDeclareDividend(CannotDo):
    """No dividend is declared."""


@transaction.atomic
def write_plan(
    *,
    company: Company,
    name: str,
    starts_on: date,
    lines: Iterable[Line],
    by: Person | None,
    at: datetime,
    plan: BusinessPlan | None = None,
) -> BusinessPlan:
    """Write a company's plan for a year, or write one again that is not yet put.

    :raises CannotPlan: when the person may not, it has no line, or it was put already.
    """
    _refuse_others(company, by)
    name, lines = " ".join(name.split()), tuple(lines)
    titles = [title for title, _, _ in lines]
    if not name or not lines or len(set(titles)) < len(titles):
        raise CannotPlan(
            "A plan has a name, and lines of income and cost with each title once. Add them."
        )
    if too_long := why_too_long(BusinessPlan, name=name) or next(
        filter(None, (why_too_long(PlanLine, title=title) for title in titles)), None
    ):
        raise CannotPlan(too_long)
    if plan is None:
        plan = BusinessPlan(company=company)
    else:
        plan = BusinessPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if plan.state == "REFUSED":
            plan.state = PLAN_LIFE.after(plan.state, "rewrite")
            plan.decided_by = plan.decided_at = None
        if plan.state != "DRAFT":
            raise CannotPlan(
                f"{plan} is {PLAN_LIFE.state(plan.state).words} and is not written over. Write a "
                "new plan for the year."
            )
        plan.lines.all().delete()
    plan.name, plan.starts_on = name, starts_on
    plan.save()
    for title, is_income, planned in lines:
        amounts = {f"planned_{i + 1}": planned[i] for i in range(QUARTERS)}
        PlanLine.objects.create(plan=plan, title=title, is_income=is_income, **amounts)
    audit.record(
        by=by, at=at, did="agreements.plan_written", to=plan, body_id=company.body_id,
        lines=len(lines),
    )  # fmt: skip
    return plan


@transaction.atomic
def put_plan(*, plan: BusinessPlan, by: Person, at: datetime) -> BusinessPlan:
    """Put a plan to the company's owners.

    :raises CannotPlan: when the person may not, or it was put before.
    """
    _refuse_others(plan.company, by)
    return _moved(plan, "put", by=by, at=at, put_by=by)


@transaction.atomic
def decide_plan(
    *, plan: BusinessPlan, approve: bool, why: str, by: Person, at: datetime
) -> BusinessPlan:
    """Approve a plan for the owners, or refuse it with a reason.

    An approved plan replaces the one that was approved for the same year.

    :raises CannotPlan: when the person may not, put it themselves, or gives no reason to refuse.
    """
    why = " ".join(why.split())
    if reason := permissions.why_not_decide_plan(by, plan):
        raise CannotPlan(reason)
    if not approve and not why:
        raise CannotPlan(f"{plan} is not refused without a reason. Say what would have to change.")
    if too_long := why_too_long(BusinessPlan, why=why):
        raise CannotPlan(too_long)
    move = "approve" if approve else "refuse"
    moved = _moved(plan, move, by=by, at=at, decided_by=by, decided_at=at, why=why)
    if approve:
        same = plan.company.plans.filter(starts_on=plan.starts_on, state="APPROVED")
        for earlier in same.exclude(pk=plan.pk):
            _moved(earlier, "replace", by=by, at=at)
    return moved


def _moved(
    plan: BusinessPlan, move: str, *, by: Person, at: datetime, **fields: object
) -> BusinessPlan:
    plan = BusinessPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    before = plan.state
    try:
        plan.state = PLAN_LIFE.after(plan.state, move)
    except CannotMove as refusal:
        raise CannotPlan(str(refusal)) from refusal
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.save(update_fields=["state", *fields])
    audit.record(
        by=by, at=at, did=f"agreements.plan_{move}", to=plan, body_id=plan.company.body_id,
        state=[before, plan.state],
    )  # fmt: skip
    return plan


@transaction.atomic
def report_quarter(
    *, plan: BusinessPlan, quarter: int, actual: dict[int, int], by: Person | None, at: datetime
) -> None:
    """Report what came of each line in a quarter; the same quarter again corrects it.

    actual : line number -> whole pence

    :raises CannotPlan: when the person may not, the plan is not approved, or a line is missing.
    """
    _refuse_others(plan.company, by)
    if plan.state != "APPROVED":
        raise CannotPlan(
            f"{plan} is {PLAN_LIFE.state(plan.state).words}: only an approved plan is reported on."
        )
    lines = list(plan.lines.select_for_update())
    if quarter not in range(1, QUARTERS + 1) or {line.pk for line in lines} != set(actual):
        raise CannotPlan(
            "A quarter is reported whole: quarter 1 to 4, with an amount for each line. Give them."
        )
    if quarter > 1 and any(getattr(line, f"actual_{quarter - 1}") is None for line in lines):
        raise CannotPlan(f"Quarter {quarter - 1} is not reported yet. Report it first.")
    for line in lines:
        setattr(line, f"actual_{quarter}", actual[line.pk])
        line.save(update_fields=[f"actual_{quarter}"])
    audit.record(
        by=by, at=at, did="agreements.quarter_reported", to=plan, body_id=plan.company.body_id,
        quarter=quarter, lines={str(key): pence for key, pence in actual.items()},
    )  # fmt: skip


@transaction.atomic
def declare_dividend(
    *, year: CompanyYear, pence: int, by: Person, at: datetime, on: date | None = None
) -> Dividend:
    """Declare a dividend out of a year's distributable profit, split by shares to the penny.

    :raises CannotDeclareDividend: above what is distributable, or where nobody holds a share.
    """
    day = on or timezone.localdate(at)
    company = Company.objects.select_for_update(of=("self",)).get(pk=year.company_id)
    if reason := permissions.why_not_keep_company(asker(by), company):
        raise CannotDeclareDividend(reason)
    if pence <= 0:
        raise CannotDeclareDividend("A dividend is of more than nothing. Give the amount.")
    form = rules_of("agreements", "company_forms")[company.form].versions[-1].value
    year.refresh_from_db()
    already = sum(year.dividends.values_list("pence", flat=True))
    if reason := why_not_dividend(
        pence=pence,
        distributable_pence=year.distributable_pence,
        already_pence=already,
        pays=form["pays"],
        rules=rules_of("agreements", "distributions"),
        on=day,
    ):
        raise CannotDeclareDividend(reason)
    shares = _shares_on(company, day)
    if not shares:
        raise CannotDeclareDividend(
            f"No dividend is declared: nobody held a share of {company} on {day:%-d %B %Y}. "
            "Record who does."
        )
    made = Dividend.objects.create(year=year, pence=pence, declared_on=day, by=by, at=at)
    for holder, part in dividend_shares(pence, shares).items():
        DividendShare.objects.create(
            dividend=made, holder=holder, shares=shares[holder], pence=part
        )
    audit.record(
        by=by, at=at, did="agreements.dividend_declared", to=made, body_id=company.body_id,
        pence=pence, year=year.pk,
    )  # fmt: skip
    return made


def _shares_on(company: Company, day: date) -> dict[str, int]:
    """Holder -> shares held on a day, in the order in which they came."""
    found: dict[str, int] = {}
    held = Holding.objects.filter(of_class__company=company, of_class__is_share=True)
    for one in held.on(day).select_related("holder").order_by("pk"):
        found[str(one)] = found.get(str(one), 0) + one.count
    return found


def _refuse_others(company: Company, by: Person | None) -> None:
    if reason := permissions.why_not_keep_company(asker(by), company):
        raise CannotKeepCompany(reason)
