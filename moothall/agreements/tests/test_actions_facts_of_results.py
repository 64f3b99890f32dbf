"""What an indicator came to is measured once: the scorecard and the settlement read one number."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.agreements.actions.facts import confirm_report, report_facts
from moothall.agreements.actions.paying import settle_period
from moothall.agreements.actions.performing import check_result, report_result, set_indicator
from moothall.agreements.models import AgreementVersion, FactsReport
from moothall.agreements.queries.performance import credits_for, performance_page
from moothall.agreements.tests.promises import NOW, Contract
from moothall.directory.queries import viewer_for
from moothall.values.periods import Period

pytestmark = pytest.mark.django_db
FIRST = Period(date(2026, 4, 1), date(2026, 7, 1))
SECOND = Period(date(2026, 7, 1), date(2026, 10, 1))


@pytest.fixture
def contract():
    held = Contract()
    version = AgreementVersion.objects.get()
    version.text = version.text.partition("[terms.leave]")[0]  # what else its deal asks for
    version.save(update_fields=["text"])
    for name, better, edges, measure in (
        ("Response", "higher", (95, 90, 80), "response"),
        ("Complaints", "lower", (20, 25, 40), "complaints"),
    ):
        target, approaching, improve = map(Decimal, edges)
        set_indicator(
            agreement=held.agreement, name=name, better=better, target=target,
            approaching=approaching, improve=improve, measure=measure, by=held.manager, at=NOW,
        )  # fmt: skip
    return held


def result(contract, name, value, period=FIRST, by=None, checker=None):
    made = report_result(
        indicator=contract.agreement.indicators.get(name=name),
        period=period,
        value=Decimal(value),
        by=by or contract.provider,
        at=NOW,
    )
    return check_result(result=made, by=checker or contract.officer, at=NOW)


def say(contract, period=FIRST, **values):
    return report_facts(
        agreement=contract.agreement, starts_on=period.starts_on, values=values,
        organisation=contract.supplier, key=f"{period.starts_on}-{values}", by=contract.provider,
        at=NOW,
    )  # fmt: skip


def settled(contract, period=FIRST):
    settlement = contract.agreement.settlements.get(starts_on=period.starts_on)
    return settle_period(settlement=settlement, by=contract.officer, at=NOW)


def scores(contract, name):
    page = performance_page(contract.agreement, viewer=viewer_for(contract.officer), on=NOW.date())
    row = next(row for row in page.rows if row.name == name)
    return [score and (score.shown, score.rating, score.is_checked) for score in row.scores]


def test_a_period_takes_its_facts_from_checked_results(contract):
    result(contract, "Response", "94")
    result(contract, "Complaints", "21")
    held = contract.agreement.settlements.get()
    assert (held.state, held.checked_by) == ("CHECKED", contract.officer)
    response, complaints = FactsReport.objects.all()
    assert (response.values, response.state) == ({"response": "94"}, "CHECKED")
    assert response.evidence == "The checked result of Response."
    assert (complaints.organisation, complaints.by) == (contract.supplier, contract.provider)
    line = settled(contract).lines.get(term="credits")
    assert (line.net_pence, "94 against 95" in line.because) == (-10_000_00, True)


def test_a_result_that_another_body_reported_waits_for_the_word_of_whose_fact_it_is(contract):
    version = AgreementVersion.objects.get()
    title = 'title = "Reports answered in time"'
    version.text = version.text.replace(title, f'{title}\nreported_by = "contractor"')
    version.save(update_fields=["text"])
    result(contract, "Response", "94", by=contract.commissioner)
    report = FactsReport.objects.get()
    assert (report.state, report.is_on_behalf, report.organisation) == (
        "ENTERED", True, contract.supplier,
    )  # fmt: skip
    confirm_report(report=report, by=contract.provider, at=NOW)
    report.refresh_from_db()
    assert report.state == "SUBMITTED"


def test_a_corrected_result_adjusts_the_next_statement(contract):
    result(contract, "Response", "94")
    result(contract, "Complaints", "10")
    settled(contract)
    result(contract, "Response", "96")
    report = FactsReport.objects.last()
    assert (report.is_correction, report.state) == (True, "CHECKED")
    result(contract, "Response", "97", SECOND)
    result(contract, "Complaints", "10", SECOND)
    adjusted = settled(contract, SECOND).lines.get(adjusts_on=FIRST.starts_on)
    assert adjusted.net_pence == 6_000_00  # the credit of six in a hundred is given back


def test_what_is_said_already_is_not_said_again(contract):
    say(contract, response="94")
    result(contract, "Response", "94.0")
    assert FactsReport.objects.count() == 1


def test_what_was_settled_is_on_the_scorecard_and_credits_follow_it(contract):
    say(contract, response="94", complaints="10")
    assert scores(contract, "Response") == [None, None]
    FactsReport.objects.update(state="CHECKED", checked_by=contract.officer, checked_at=NOW)
    assert scores(contract, "Response") == [("94", "Approaching target", True), None]
    (credit,) = credits_for(contract.agreement, FIRST)
    assert (credit.part, credit.waits_for) == (Decimal("0.06"), ())


def test_a_result_that_no_term_reads_is_no_fact(contract):
    set_indicator(
        agreement=contract.agreement, name="Bins", better="higher", target=Decimal(9),
        approaching=Decimal(8), improve=Decimal(7), by=contract.manager, at=NOW,
    )  # fmt: skip
    result(contract, "Bins", "9")
    assert not FactsReport.objects.exists()
