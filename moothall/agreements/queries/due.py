"""What of an agreement's promises, risks and performance is due, and from whom?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.performance import PERFORMANCE
from moothall.agreements.models import Agreement, IndicatorResult, Obligation, PromiseKept, Risk
from moothall.agreements.queries import calendar, due_diligence, performance, promises, risks
from moothall.agreements.queries.wait import Wait, few
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed
from moothall.values.periods import months_after
from moothall.values.wording import number_of, plain_date

AHEAD_MONTHS = 1  # a promise is asked for so long before it is due


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What is due of promises, results, steps, risks and days, for whoever may act on it."""
    found = [
        *_promises_to_report(viewer, on),
        *_promises_to_check(viewer, on),
        *_results_to_check(viewer),
        *_kept_by(viewer, on),
    ]
    return sorted(found, key=lambda wait: (wait.due_on or on, wait.label))


def _bodies(viewer: Viewer, deed: Deed) -> list[int]:
    return [body for held, body in viewer.deeds if held == deed]


def _live(prefix: str = "") -> Q:
    return Q(**{f"{prefix}state__in": calendar.LIVE})


def _promises_to_report(viewer: Viewer, on: date) -> Iterator[Wait]:
    bodies = _bodies(viewer, Deed.REPORT_FACTS)
    held = Obligation.objects.filter(_live("agreement__"))
    held = held.filter(owner__organisation_id__in=bodies)
    for each in held.select_related("agreement").prefetch_related("dues"):
        said = {kept.due_on: kept.state for kept in each.dues.all()}
        for day in promises.days_due(each, until=months_after(on, AHEAD_MONTHS)):
            if said.get(day, "DUE") == "DUE":
                why = "Nothing was said yet of how it was kept."
                yield Wait(f"Report: {each.what}", day, _promise_url(each), why)


def _promises_to_check(viewer: Viewer, on: date) -> Iterator[Wait]:
    bodies = _bodies(viewer, Deed.CHECK_FACTS)
    held = PromiseKept.objects.filter(
        _live("obligation__agreement__"),
        state="EVIDENCED",
        obligation__agreement__body_id__in=bodies,
    ).exclude(reported_by_id=viewer.person_id)
    for each in held.select_related("obligation__agreement", "reported_by"):
        who = each.reported_by.name if each.reported_by else "Somebody"
        why = f"{who} says that the promise due on {plain_date(each.due_on)} was kept."
        day = each.reported_at.date() if each.reported_at else on
        yield Wait(f"Check: {each.obligation.what}", day, _promise_url(each.obligation), why)


def _results_to_check(viewer: Viewer) -> Iterator[Wait]:
    bodies = _bodies(viewer, Deed.CHECK_FACTS)
    held = IndicatorResult.objects.filter(
        _live("indicator__agreement__"),
        checked_at=None,
        indicator__agreement__body_id__in=bodies,
    ).exclude(by_id=viewer.person_id)
    corrected = Q(indicator__results__starts_on=F("starts_on")) & Q(
        indicator__results__number__gt=F("number")
    )
    for each in held.exclude(corrected).select_related("indicator__agreement", "by"):
        agreement = each.indicator.agreement
        url = reverse("agreements:performance", args=[agreement.pk])
        why = (
            f"{each.by.name} reported it for the period from {plain_date(each.starts_on)}, and "
            "credits follow once it is checked."
        )
        yield Wait(f"Check: {each.indicator.name}, {agreement.name}", each.at.date(), url, why)


def _kept_by(viewer: Viewer, on: date) -> Iterator[Wait]:
    """What whoever keeps an agreement looks to: answers, risks, and the days of the next month."""
    bodies = _bodies(viewer, Deed.KEEP_AGREEMENT)
    kept = Agreement.objects.filter(_live(), body_id__in=bodies).select_related("body")
    agreements = tuple(kept.prefetch_related("obligations", "versions", "settlements", "steps"))
    for agreement in agreements:
        last = next(reversed(agreement.steps.all()), None)
        if last is not None and last.answer_by is not None and last.state != "PERFORMING":
            yield Wait(
                f"Act on the performance of {agreement.name}",
                last.answer_by,
                reverse("agreements:performance", args=[agreement.pk]),
                f"It is {last.get_state_display()}, and an answer is due by then.",
            )
    due = Risk.objects.filter(agreement__in=agreements, review_on__lte=months_after(on, 1))
    for risk in due.exclude(state="CLOSED").select_related("agreement"):
        if risk.review_on is not None:
            url = reverse("agreements:risk", args=[risk.agreement_id, risk.pk])
            why = "The register says to look at it again then."
            yield Wait(f"Look again: {risk.name}, {risk.agreement.name}", risk.review_on, url, why)
    for row in calendar.rows_of(agreements, on=on, months=AHEAD_MONTHS):
        if row.kind not in (calendar.Kind.PROMISE, calendar.Kind.FACTS):  # said by their own
            yield Wait(f"{row.kind.label}: {row.agreement}", row.on, row.url, row.said)
    old = due_diligence.older_of(agreements, on)
    yield from few(
        [
            Wait(
                f"Look into the partners of {each.name}",
                on,
                reverse("agreements:due_diligence", args=[each.pk]),
                f"{number_of(len(old[each.pk]), 'check')}: {old[each.pk][0]}",
            )
            for each in agreements
            if old[each.pk]
        ],
        rest="Look into the partners of {count} more agreements",
        url=f"{reverse('agreements:home')}?state=running",
        why="Each agreement’s page says which checks are missing or too old.",
    )


def _promise_url(obligation: Obligation) -> str:
    return reverse("agreements:promise", args=[obligation.agreement_id, obligation.pk])


def said_of_risks(agreement: Agreement, viewer: Viewer) -> str | None:
    if permissions.why_not_read_agreement(viewer, agreement) is not None:
        return None
    on = timezone.localdate()
    open_ones = [each for each in risks.risks_read_by(agreement, viewer) if each.state != "CLOSED"]
    if not open_ones:
        return "No open risk is on the register."
    least = risks.attention_above(on)
    high = [each for each in open_ones if each.residual_likelihood * each.residual_impact >= least]
    return (
        f"{number_of(len(open_ones), 'open risk')}, {len(high) or 'none'} of them high after "
        "mitigation."
    )


def said_of_promises(agreement: Agreement, viewer: Viewer) -> str | None:
    if permissions.why_not_read_agreement(viewer, agreement) is not None:
        return None
    page = promises.promises_page(agreement, viewer=viewer, on=timezone.localdate())
    if not page.rows:
        return "No promise beside payments is on the register."
    return (
        f"{number_of(len(page.rows), 'promise')}, {page.overdue or 'none'} of them overdue or not "
        "kept."
    )


def said_of_performance(agreement: Agreement, viewer: Viewer) -> str | None:
    if permissions.why_not_read_agreement(viewer, agreement) is not None:
        return None
    words = PERFORMANCE.state(performance.state_of(agreement)).words
    count = agreement.indicators.count()
    rated = f"rated by {number_of(count, 'indicator')}" if count else "and no indicator rates it"
    return f"Performance is {words}, {rated}."


def said_of_due_diligence(agreement: Agreement, viewer: Viewer) -> str | None:
    if permissions.why_not_read_own_side(viewer, agreement) is not None:
        return None
    old = due_diligence.due_diligence_older_than_limit(agreement, timezone.localdate())
    if old:
        return f"{number_of(len(old), 'check')} of partners missing or too old."
    return "No check of a partner is missing or too old."


def said_of_days(agreement: Agreement, viewer: Viewer) -> str | None:
    if permissions.why_not_read_agreement(viewer, agreement) is not None:
        return None
    rows = calendar.rows_of((agreement,), on=timezone.localdate(), months=120)
    if not rows:
        return "No day to keep is known."
    return f"The next day to keep is {plain_date(rows[0].on)}: {rows[0].said}"
