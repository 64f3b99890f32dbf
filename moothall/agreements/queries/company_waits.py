"""What of companies and of abolished bodies waits for a person?"""

from datetime import date

from django.db.models import Q
from django.urls import reverse

from moothall.agreements import permissions
from moothall.agreements.models import BusinessPlan, Company
from moothall.agreements.queries.companies import activity_of, lines_of
from moothall.agreements.queries.passing_on import abolished
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer

MONTHS_TO_REPORT = 1  # after the end of a quarter


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What waits of plans, quarters, seats and warnings, and of what is to be passed on."""
    if viewer.person_id is None:
        return []
    bodies = {
        deed: [body for each, body in viewer.deeds if each == deed] for deed, _ in viewer.deeds
    }
    kept = Company.objects.filter(body__in=bodies.get("KEEP_AGREEMENT", []))
    kept = kept.select_related("organisation", "body")
    found = [wait for company in kept for wait in _of_company(company, on)]
    decides = bodies.get("RECORD_DECISION", [])
    plans = BusinessPlan.objects.filter(state="PUT").filter(
        Q(company__body__in=decides)
        | Q(
            company__classes__holdings__holder__in=decides,
            company__classes__holdings__ends_before=None,
        )
    )
    for plan in plans.distinct().select_related("company__organisation", "company__body"):
        if permissions.why_not_decide_plan(viewer, plan) is None:
            url = reverse("agreements:plan", args=[plan.company_id, plan.pk])
            why = f"It is put to the owners of {plan.company}."
            found.append(Wait(f"Decide on {plan}", plan.starts_on, url, why))
    for body in abolished(viewer, day=on):
        if body.left:
            url = reverse("agreements:succession", args=[body.slug])
            left = "1 thing has" if body.left == 1 else f"{body.left} things have"
            why = f"It ended on {body.ended_on:%-d %B %Y}, and {left} not passed to a successor."
            found.append(Wait(f"Pass on what {body.name} left", None, url, why))
    return found


def _of_company(company: Company, today: date) -> list[Wait]:
    """What waits for whoever keeps the record of one company."""
    found: list[Wait] = []
    page = reverse("agreements:company", args=[company.pk])
    test = activity_of(company, today)
    if test is not None and test.warning:
        found.append(Wait(f"Work for others of {company}", None, page, test.warning))
    empty = company.directorships.on(today).filter(name="").count()
    if empty:
        seats = "1 seat waits" if empty == 1 else f"{empty} seats wait"
        url = reverse("agreements:company_board", args=[company.pk])
        found.append(Wait(f"Fill the board of {company}", None, url, f"{seats} to be filled."))
    for plan in company.plans.filter(state="APPROVED").prefetch_related("lines"):
        due = _quarter_due(plan, today)
        if due is not None:
            quarter, day = due
            url = reverse("agreements:plan", args=[company.pk, plan.pk])
            why = f"Quarter {quarter} has ended and is not reported."
            found.append(Wait(f"Report on {plan} of {company}", day, url, why))
    return found


def _quarter_due(plan: BusinessPlan, today: date) -> tuple[int, date] | None:
    """The first quarter that has ended and is not reported, and the day on which it is due."""
    for quarter in range(1, 5):
        ended = _months_on(plan.starts_on, 3 * quarter)
        if ended > today:
            return None
        if any(line.actual[quarter - 1] is None for line in lines_of(plan)):
            return quarter, _months_on(ended, MONTHS_TO_REPORT)
    return None


def _months_on(day: date, months: int) -> date:
    """The same day so many months later; the 28th where a month has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, 28))
