"""Whatever order facts come in, what is paid in total is what the final facts imply."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from moothall.agreements.actions.facts import CannotReportFacts
from moothall.agreements.actions.paying import (
    CannotSettlePeriod,
    dispute_line,
    resolve_dispute,
)
from moothall.agreements.engine.settling import STATED
from moothall.agreements.models import (
    FactsReport,
    LineDispute,
    Payment,
    Settlement,
    Statement,
    StatementLine,
)
from moothall.agreements.queries.issued import rerun
from moothall.agreements.queries.terms import terms_of
from moothall.agreements.tests.lamps import AT, QUARTERS, lamp_place
from moothall.deals.settlement import settled
from moothall.deals.vat import vat_rates

pytestmark = pytest.mark.django_db

reports = st.tuples(
    st.sampled_from(QUARTERS), st.integers(0, 1500), st.booleans(), st.booleans()
)  # whose period, lamps, whether it is sent twice, and whether a line is disputed after


def taken_as_far_as_it_goes(place, at):
    """Check, settle, approve and pay everything that can be."""
    for period in Settlement.objects.order_by("starts_on", "round"):
        if period.reports.filter(state="SUBMITTED").exists() and period.state != "REQUESTED":
            place.check(period.starts_on, at=at)
    for period in Settlement.objects.order_by("starts_on", "round"):
        try:
            place.settle(period.starts_on, at=at, round=period.round)
        except CannotSettlePeriod:
            continue
    for period in Settlement.objects.filter(state="SETTLED").order_by("starts_on", "round"):
        place.approve(period.starts_on, at=at, round=period.round)
    for period in Settlement.objects.filter(state__in=("APPROVED", "PART_PAID")):
        place.pay(period.starts_on, at=at, round=period.round)


def some_line_disputed(place, at):
    held = StatementLine.objects.filter(payment=None, disputes=None).exclude(net_pence=0)
    if line := held.order_by("pk").first():
        dispute_line(line=line, why="Look at this.", by=place.checker, at=at)


def every_dispute_ended(place, at):
    for number, dispute in enumerate(LineDispute.objects.filter(resolved_at=None)):
        has_come = FactsReport.objects.filter(is_correction=True, at__gte=dispute.at).exists()
        outcome = "ADJUSTED" if has_come and number % 2 == 0 else "AS_STATED"
        resolve_dispute(dispute=dispute, outcome=outcome, how="Settled.", by=place.checker, at=at)


@pytest.mark.slow
@given(st.lists(reports, min_size=1, max_size=8))
@example([(QUARTERS[0], 800, False, True), (QUARTERS[0], 700, True, False)])
@example([(QUARTERS[3], 9, False, False), (QUARTERS[3], 1500, False, True)])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_paid_in_total_is_what_the_final_facts_imply(sequence):
    with transaction.atomic():  # each sequence begins with books of its own
        all_is_paid_as_implied(sequence)
        transaction.set_rollback(True)


def all_is_paid_as_implied(sequence):
    place, at = lamp_place(), AT
    final = dict.fromkeys(QUARTERS, Decimal(0))
    place.report(0, depots=2, at=at)
    for number, (quarter, lamps, is_repeated, is_disputed) in enumerate(sequence):
        at += timedelta(hours=1)
        key = f"{number}"
        first = place.report(lamps, quarter, key=key, at=at)
        if is_repeated:
            assert place.report(lamps, quarter, key=key, at=at + timedelta(minutes=1)) == first
            with pytest.raises(CannotReportFacts, match="was used on"):
                place.report(lamps + 1, quarter, key=key, at=at)
        final[quarter] = Decimal(lamps)
        if is_disputed:
            taken_as_far_as_it_goes_but_paid(place, at)
            some_line_disputed(place, at)
        taken_as_far_as_it_goes(place, at)
    at += timedelta(hours=1)
    for quarter in QUARTERS:  # what was never said comes late
        if quarter not in {each[0] for each in sequence} | {QUARTERS[0]}:
            place.report(0, quarter, at=at)
    taken_as_far_as_it_goes(place, at)
    every_dispute_ended(place, at)
    for _ in range(3):
        taken_as_far_as_it_goes(place, at)
    assert Settlement.objects.filter(state="PAID").count() == Settlement.objects.count()
    assert total_paid() == implied(place, final)
    assert all(rerun(one).holds for one in Statement.objects.all())


def taken_as_far_as_it_goes_but_paid(place, at):
    for period in Settlement.objects.order_by("starts_on", "round"):
        if period.state not in STATED and period.reports.filter(state="SUBMITTED").exists():
            if period.state == "SUBMITTED":
                place.check(period.starts_on, at=at)
            try:
                place.settle(period.starts_on, at=at, round=period.round)
            except CannotSettlePeriod:
                continue


def total_paid():
    total = {}
    for payment in Payment.objects.all():
        pair = (payment.payer, payment.payee)
        net, vat = total.get(pair, (0, 0))
        total[pair] = (net + payment.net_pence, vat + payment.vat_pence)
    return total


def implied(place, lamps):
    """What one settlement of every period has due, had the final facts been known all along."""
    facts = {"lamps": lamps, "depots": dict.fromkeys(QUARTERS, Decimal(2))}
    versions = terms_of(place.agreement).versions
    issued, total = [], {}
    for period in versions[0].deal.periods:
        made = settled(versions, facts, up_to=period, issued=issued, vat_rate=vat_rates())
        issued.append(made)
        for line in made.lines:
            pair = (line.payer, line.payee)
            net, vat = total.get(pair, (0, 0))
            total[pair] = (net + int(line.owed.amount * 100), vat + int(line.owed.vat * 100))
    return total
