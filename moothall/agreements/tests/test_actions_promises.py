"""Who makes, reports and checks promises and results, and which step follows from them."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.agreements.actions.performing import (
    CannotPerform,
    CannotRecordCheck,
    check_result,
    record_check,
    report_result,
    set_indicator,
    take_step,
)
from moothall.agreements.actions.promises import (
    CannotKeepPromise,
    check_promise,
    end_promise,
    make_promise,
    report_promise,
)
from moothall.agreements.queries import performance
from moothall.agreements.queries.due_diligence import due_diligence_older_than_limit
from moothall.agreements.queries.measured import measures_known
from moothall.agreements.queries.promises import promise_page, promises_page
from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.promises import NOW, Contract
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory
from moothall.values.periods import Period

pytestmark = pytest.mark.django_db
FIRST = Period(date(2026, 4, 1), date(2026, 7, 1))
SECOND = Period(date(2026, 7, 1), date(2026, 10, 1))
TODAY = NOW.date()
DUE = date(2026, 9, 30)


@pytest.fixture
def contract():
    return Contract()


# Promises


def promised(contract, **given):
    asked = {
        "kind": "apprenticeships",
        "what": "Two apprentices each year",
        "measure": "Apprentices in post",
        "owner": contract.member,
        "first_due_on": DUE,
        "every": "half-year",
        "by": contract.manager,
    }
    return make_promise(agreement=contract.agreement, at=NOW, **(asked | given))


def report(obligation, by, due_on=DUE, said="Both are in post", evidence="HR list, 30 September"):
    return report_promise(
        obligation=obligation, due_on=due_on, said=said, evidence=evidence, by=by, at=NOW
    )


def check(obligation, by, move="ACCEPT", why="", due_on=DUE):
    return check_promise(obligation=obligation, due_on=due_on, move=move, why=why, by=by, at=NOW)


def test_a_provider_says_how_it_kept_a_promise_and_the_council_checks_it(contract):
    obligation = promised(contract)
    assert report(obligation, contract.provider).state == "EVIDENCED"
    kept = check(obligation, contract.officer)
    assert (kept.state, kept.checked_by) == ("MET", contract.officer)


def test_whoever_reported_does_not_check(contract):
    obligation = promised(contract)
    report(obligation, contract.commissioner)
    with pytest.raises(CannotKeepPromise, match=r"said how it was kept, so another checks it"):
        check(obligation, contract.commissioner)


def test_evidence_that_was_refused_is_given_again(contract):
    obligation = promised(contract)
    report(obligation, contract.provider)
    assert check(obligation, contract.officer, "REFUSE", "Only one is").state == "NOT_MET"
    again = report(obligation, contract.provider, said="Now both are")
    assert (again.state, again.why, again.checked_by) == ("EVIDENCED", "", None)


def test_a_promise_that_another_member_made_is_not_reported_by_a_stranger(contract):
    obligation = promised(contract)
    with pytest.raises(CannotKeepPromise, match=r"report what happened under an agreement for Swe"):
        report(obligation, contract.stranger)
    with pytest.raises(CannotKeepPromise, match=r"check reported facts for Norbury Council"):
        check(obligation, contract.provider, "MISS", "Nothing came")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"measure": " "}, r"how it is measured\. Add both"),
        ({"what": "x" * 301}, r"has 301 letters, and at most 300 fit"),
        ({"kind": "prayers"}, r"of a kind and a rhythm that the form lists"),
        ({"every": "week"}, r"of a kind and a rhythm that the form lists"),
        ({"ends_before": DUE}, r"ends before it is first due, on 30 September 2026"),
    ],
)
def test_a_promise_says_what_how_and_when(contract, given, words):
    with pytest.raises(CannotKeepPromise, match=words):
        promised(contract, **given)


def test_only_the_keeper_enters_or_ends_a_promise(contract):
    with pytest.raises(CannotKeepPromise, match=r"keep the agreements of Norbury Council"):
        promised(contract, by=contract.provider)
    obligation = promised(contract)
    with pytest.raises(CannotKeepPromise, match=r"keep the agreements of Norbury Council"):
        end_promise(obligation=obligation, on=date(2027, 1, 1), by=contract.provider, at=NOW)
    with pytest.raises(CannotKeepPromise, match=r"first due on 30 September 2026\. End it after"):
        end_promise(obligation=obligation, on=DUE, by=contract.manager, at=NOW)
    end_promise(obligation=obligation, on=date(2027, 1, 1), by=contract.manager, at=NOW)
    with pytest.raises(CannotKeepPromise, match=r"not due on 30 March 2027"):
        report(obligation, contract.provider, due_on=date(2027, 3, 30))


def test_a_promise_of_another_agreements_member_is_refused(contract):
    other = agreement_of(contract.council, OrganisationFactory(name="Elsewhere"), text=None)
    with pytest.raises(CannotKeepPromise, match=r"^Elsewhere is no member of this agreement"):
        promised(contract, owner=other.members.get(organisation__name="Elsewhere"))


@pytest.mark.parametrize(
    ("said", "evidence", "words"),
    [
        ("Both", " ", r"without saying how, and where the evidence lies"),
        ("Both", "x" * 301, r"has 301 letters, and at most 300 fit"),
    ],
)
def test_a_promise_is_reported_with_its_evidence(contract, said, evidence, words):
    with pytest.raises(CannotKeepPromise, match=words):
        report(promised(contract), contract.provider, said=said, evidence=evidence)


def test_a_promise_is_not_missed_before_its_day_is_over_nor_without_a_reason(contract):
    obligation = promised(contract)
    with pytest.raises(CannotKeepPromise, match=r"Say why: whoever made the promise reads it"):
        check(obligation, contract.officer, "MISS")
    assert check(obligation, contract.officer, "MISS", "Nothing came").state == "NOT_MET"
    ahead = date(2027, 3, 30)
    with pytest.raises(CannotKeepPromise, match=r"due on 30 March 2027, and is not missed before"):
        check(obligation, contract.officer, "MISS", "Nothing came", due_on=ahead)
    assert check(obligation, contract.officer, "WAIVE", "Flood", due_on=ahead).state == "WAIVED"
    with pytest.raises(CannotKeepPromise, match=r"accepted, refused, missed or waived"):
        check(obligation, contract.officer, "REPORT", "So")
    with pytest.raises(CannotKeepPromise, match=r"has 301 letters"):
        check(obligation, contract.officer, "WAIVE", "x" * 301)
    with pytest.raises(CannotKeepPromise, match=r"You cannot accept the evidence: the promise is"):
        check(obligation, contract.officer, "ACCEPT")


def test_the_page_of_promises_shows_the_day_that_asks_for_something(contract):
    obligation = promised(contract)
    viewer = viewer_for(contract.manager)
    page = promises_page(contract.agreement, viewer=viewer, on=TODAY)
    assert (page.overdue, page.rows[0].words, page.rows[0].next_on) == (1, "overdue", DUE)
    report(obligation, contract.provider)
    check(obligation, contract.officer)
    page = promises_page(contract.agreement, viewer=viewer, on=TODAY)
    assert (page.overdue, page.rows[0].words) == (0, "due")
    assert page.rows[0].next_on == date(2027, 3, 30)
    days = promise_page(obligation, viewer=viewer, on=TODAY).days
    assert [(day.due_on, day.state) for day in days] == [
        (date(2027, 9, 30), "DUE"),
        (date(2027, 3, 30), "DUE"),
        (DUE, "MET"),
    ]


# Performance


def indicators(contract):
    made = [
        set_indicator(
            agreement=contract.agreement,
            name=name,
            better=better,
            target=Decimal(edges[0]),
            approaching=Decimal(edges[1]),
            improve=Decimal(edges[2]),
            measure=measure,
            is_critical=True,
            by=contract.manager,
            at=NOW,
        )
        for name, better, edges, measure in (
            ("Response", "higher", (95, 90, 80), "response"),
            ("Complaints", "lower", (20, 25, 40), "complaints"),
        )
    ]
    return made


def result(contract, indicator, value, period=FIRST, by=None, checked=True, said=""):
    made = report_result(
        indicator=indicator,
        period=period,
        value=None if value is None else Decimal(value),
        said=said,
        by=by or contract.provider,
        at=NOW,
    )
    return check_result(result=made, by=contract.officer, at=NOW) if checked else made


def step(contract, move, by=None, **given):
    return take_step(
        agreement=contract.agreement,
        move=move,
        by=by or contract.manager,
        at=NOW,
        **{"why": "Results fell", **given},
    )


def test_checked_results_become_the_facts_that_service_credits_read(contract):
    response, complaints = indicators(contract)
    result(contract, response, 94)
    known = measures_known(contract.agreement)
    assert known == {"response": {FIRST.starts_on: Decimal(94)}}
    (credit,) = performance.credits_for(contract.agreement, FIRST)
    assert credit.said == "Service credits waits for the result of Complaints."
    result(contract, complaints, 21, checked=False)
    (credit,) = performance.credits_for(contract.agreement, FIRST)
    assert credit.waits_for == ("Complaints",)
    check_result(result=complaints.results.get(), by=contract.officer, at=NOW)
    (credit,) = performance.credits_for(contract.agreement, FIRST)
    assert credit.part == Decimal("0.10")


def test_a_correction_counts_once_it_is_checked(contract):
    response, _ = indicators(contract)
    first = result(contract, response, 94, checked=False)
    later = result(contract, response, 96, checked=False)
    assert later.number == 2
    with pytest.raises(CannotPerform, match=r"corrected since\. Check the correction"):
        check_result(result=first, by=contract.officer, at=NOW)
    check_result(result=later, by=contract.officer, at=NOW)
    with pytest.raises(CannotPerform, match=r"checked already"):
        check_result(result=later, by=contract.officer, at=NOW)
    facts = measures_known(contract.agreement)
    assert facts["response"][FIRST.starts_on] == 96


def test_whoever_reported_a_result_does_not_check_it(contract):
    response, _ = indicators(contract)
    made = result(contract, response, 94, by=contract.commissioner, checked=False)
    with pytest.raises(CannotPerform, match=r"reported it, so another checks it"):
        check_result(result=made, by=contract.commissioner, at=NOW)
    with pytest.raises(CannotPerform, match=r"check reported facts for Norbury Council"):
        check_result(result=made, by=contract.provider, at=NOW)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"period": Period(date(2026, 10, 1), date(2027, 1, 1))},
            r"is not over: it ends on 31 Dec",
        ),
        ({"period": Period(date(2026, 4, 2), date(2026, 7, 1))}, r"no period of this agreement"),
        ({"value": None}, r"without a figure says why there is none"),
        ({"said": "x" * 301}, r"has 301 letters"),
    ],
)
def test_a_result_is_of_a_period_that_is_over(contract, given, words):
    response, _ = indicators(contract)
    with pytest.raises(CannotPerform, match=words):
        result(contract, response, **{"value": 94, **given})


def test_strangers_report_no_results_and_set_no_indicators(contract):
    response, _ = indicators(contract)
    with pytest.raises(CannotPerform, match=r"report what happened under an agreement"):
        result(contract, response, 94, by=contract.stranger)
    with pytest.raises(CannotPerform, match=r"keep the agreements of Norbury Council"):
        step(contract, "WARN", by=contract.provider)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": " "}, r"An indicator needs a name"),
        ({"name": "x" * 121}, r"has 121 letters"),
        ({"name": "Response"}, r"Response is set already"),
        ({"target": Decimal(10)}, r"^The bands cross"),
        ({"measure": "smiles"}, r"The deal has no fact smiles"),
        ({"measure": "response"}, r"Reports answered in time has an indicator already"),
    ],
)
def test_an_indicator_is_set_once_with_bands_in_order(contract, given, words):
    indicators(contract)
    asked = {
        "name": "Litter",
        "better": "higher",
        "target": Decimal(95),
        "approaching": Decimal(90),
        "improve": Decimal(80),
        **given,
    }
    with pytest.raises(CannotPerform, match=words):
        set_indicator(agreement=contract.agreement, by=contract.manager, at=NOW, **asked)


def test_credits_are_taken_from_the_deal_after_a_default_notice_and_once(contract):
    response, complaints = indicators(contract)
    step(contract, "NOTIFY", answer_by=date(2026, 12, 8))
    with pytest.raises(CannotPerform, match=r"^Credits are those of a period"):
        step(contract, "CREDIT")
    with pytest.raises(CannotPerform, match=r"No credits are taken yet: Service credits waits for"):
        step(contract, "CREDIT", period=FIRST)
    result(contract, response, 94)
    result(contract, complaints, 19)
    taken = step(contract, "CREDIT", period=FIRST)
    assert taken.state == "CREDITED"
    assert taken.credits_said.startswith("Service credits: 6.0% of the period's charges.")
    with pytest.raises(CannotPerform, match=r"The credits of .* are taken already"):
        step(contract, "CREDIT", period=FIRST)
    result(contract, response, 96, period=SECOND)
    result(contract, complaints, 19, period=SECOND)
    with pytest.raises(CannotPerform, match=r"no indicator that they hang on was missed"):
        step(contract, "CREDIT", period=SECOND)


def test_a_deal_without_service_credits_credits_nothing(contract):
    contract.agreement.versions.all().delete()
    step(contract, "NOTIFY")
    with pytest.raises(CannotPerform, match=r"the deal has no service credits in force"):
        step(contract, "CREDIT", period=FIRST)


@pytest.mark.parametrize(
    ("move", "given", "words"),
    [
        ("WARN", {"why": " "}, r"not taken without saying why"),
        ("WARN", {"on": date(2026, 11, 25)}, r"25 November 2026 is still to come"),
        ("WARN", {"answer_by": date(2026, 11, 1)}, r"An answer cannot be due before the step"),
        ("STEP_IN", {"trigger": "safety"}, r"You cannot step in: the performance is as agreed"),
    ],
)
def test_a_step_follows_from_where_performance_stands(contract, move, given, words):
    with pytest.raises(CannotPerform, match=words):
        step(contract, move, **given)


def test_stepping_in_says_what_brings_it_about_and_steps_go_forward_in_time(contract):
    step(contract, "NOTIFY")
    with pytest.raises(CannotPerform, match=r"Stepping in says what brings it about"):
        step(contract, "STEP_IN", trigger="whim")
    with pytest.raises(CannotPerform, match=r"The last step was taken on 24 November 2026"):
        step(contract, "PLAN", on=date(2026, 11, 1))
    assert step(contract, "STEP_IN", trigger="safety").state == "STEPPED_IN"
    assert step(contract, "STEP_OUT").state == "PERFORMING"


def test_the_performance_page_rates_suggests_and_warns(contract):
    response, _ = indicators(contract)
    for period in (FIRST, SECOND):
        result(contract, response, 70, period=period)
    page = performance.performance_page(
        contract.agreement, viewer=viewer_for(contract.provider), on=TODAY
    )
    assert page.periods == (FIRST, SECOND)
    assert [score.rating for score in page.rows[0].scores] == ["Inadequate", "Inadequate"]
    assert page.rows[0].hangs_on == "Reports answered in time"
    assert page.suggested[0].endswith("for 2 periods running: give a default notice.")
    assert "has 2 indicators: at least 3" in page.warnings[0]
    assert [(rating.key, count) for rating, _, count in page.counts] == [("inadequate", 1)]
    assert page.why_not_step
    assert page.why_not_report is None


def test_a_contract_bought_before_the_duty_is_not_warned_of(contract):
    contract.agreement.regime_began_on = date(2024, 1, 1)
    assert performance.duty_warnings(contract.agreement, on=TODAY, count=0) == ()


# Due diligence


def record(contract, kind="insurance", **given):
    asked = {"checked_on": TODAY, "outcome": "clear", "by": contract.manager, **given}
    return record_check(
        body=contract.council, partner=contract.supplier, kind=kind, at=NOW, **asked
    )


def test_an_agreement_may_be_signed_when_each_needed_check_of_its_partner_is_fresh(contract):
    assert len(due_diligence_older_than_limit(contract.agreement, TODAY)) == 5
    for kind in ("identity", "owners", "exclusion", "finances", "insurance"):
        record(contract, kind)
    assert due_diligence_older_than_limit(contract.agreement, TODAY) == ()
    (said,) = due_diligence_older_than_limit(contract.agreement, date(2027, 5, 25))
    assert said == (
        "Sweep Ltd was last checked for exclusion and debarment on 24 November 2026, and the "
        "limit is 6 months. Check it again."
    )


def test_public_bodies_are_not_asked_for_due_diligence(contract):
    contract.agreement.members.all().delete()
    assert due_diligence_older_than_limit(contract.agreement, TODAY) == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "horoscope"}, r"of a kind that the list has"),
        ({"checked_on": date(2026, 11, 25)}, r"25 November 2026 is still to come"),
        ({"outcome": "splendid"}, r"choose one of the three"),
        ({"outcome": "against"}, r"A check that found something says what"),
        ({"evidence": "x" * 301}, r"has 301 letters"),
    ],
)
def test_a_check_says_what_came_of_it(contract, given, words):
    with pytest.raises(CannotRecordCheck, match=words):
        record(contract, **given)


def test_a_partner_does_not_record_its_own_due_diligence(contract):
    with pytest.raises(CannotRecordCheck, match=r"keep the agreements of Norbury Council"):
        record(contract, by=contract.provider)
