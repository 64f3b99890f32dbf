"""Who opens the pages of risks, promises, performance, due diligence and days, and what they do."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moothall.agreements.actions.performing import report_result
from moothall.agreements.actions.promises import report_promise
from moothall.agreements.models import (
    DueDiligence,
    IndicatorResult,
    Obligation,
    PerformanceIndicator,
    PromiseKept,
    Risk,
)
from moothall.agreements.queries import due
from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.promises import NOW, Contract, busy_register, person_at
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.queries import viewer_for
from moothall.values.periods import Period

pytestmark = pytest.mark.django_db
PAGES = ("risks", "promises", "performance", "agreement_calendar")
FIRST = Period(date(2026, 4, 1), date(2026, 7, 1))
RISK = {
    "name": "Fuel", "cause": "Markets", "event": "Prices rise", "effect": "It costs more",
    "uncertainty": "INFLATION", "authority_percent": "100", "proximity": "now",
    "inherent_likelihood": "4", "inherent_impact": "4", "residual_likelihood": "3",
    "residual_impact": "4", "residual_chance": "12.5", "residual_gbp": "1000.50",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def contract():
    return Contract()


@pytest.fixture
def ids(contract):
    return busy_register(contract.agreement, by=contract.manager)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def at(name, contract, *more):
    return reverse(f"agreements:{name}", args=[contract.agreement.pk, *more])


def text(answer):
    return unescape(answer.content.decode())


@pytest.mark.parametrize("side", ["council", "supplier"])
def test_readers_of_either_side_read_them_and_only_the_keepers_side_its_due_diligence(
    contract, ids, side
):
    for role in Role:
        client = browser(person_at(getattr(contract, side), role))
        reads = Deed.READ_AGREEMENT in MAY[role]
        for name in PAGES:
            answer = client.get(at(name, contract)).status_code
            assert (answer == 200) is reads, (role, name)
            assert answer in (200, 403, 404), (role, name)
        found = client.get(at("due_diligence", contract)).status_code
        assert (found == 200) is (reads and side == "council"), role


def test_nobody_else_reads_them_and_nobody_without_signing_in(contract, ids):
    stranger = browser(contract.stranger)
    for name in (*PAGES, "due_diligence"):
        assert stranger.get(at(name, contract)).status_code in (403, 404), name
        assert Client().get(at(name, contract)).status_code == 302, name


def test_every_page_says_what_to_do_when_nothing_is_there(contract):
    empty = agreement_of(contract.council, text=None, by=contract.manager, name="Compact")
    client = browser(contract.manager)
    for name, words in (
        ("risks", "No risk is on the register yet."),
        ("promises", "No promise is on the register yet."),
        ("performance", "No performance indicator is set."),
        ("due_diligence", "There is nobody to look into."),
        ("agreement_calendar", "There is no day to keep."),
    ):
        assert words in text(client.get(reverse(f"agreements:{name}", args=[empty.pk]))), name


def test_a_risk_is_entered_by_form_and_says_what_it_costs(contract):
    client = browser(contract.manager)
    assert client.post(at("add_risk", contract), RISK).status_code == 302
    risk = Risk.objects.get()
    assert (risk.residual_chance, risk.residual_pence) == (Decimal("0.125"), 100_050)
    page = text(client.get(at("risks", contract)))
    assert "The chances add up to exactly 1." in page
    assert "£125" in page
    changed = {**RISK, "residual_chance": "50", "name": "Diesel"}
    assert client.post(at("change_risk", contract, risk.pk), changed).status_code == 302
    risk.refresh_from_db()
    assert (risk.name, risk.residual_chance) == ("Diesel", Decimal("0.5"))
    form = text(client.get(at("change_risk", contract, risk.pk)))
    assert 'value="50"' in form


def test_the_form_says_that_a_reputation_stays_and_the_deed_refuses_to_pass_it_on(contract):
    client = browser(contract.manager)
    assert "A risk to reputation stays where it is" in text(client.get(at("add_risk", contract)))
    given = {**RISK, "uncertainty": "REPUTATION", "authority_percent": "20"}
    answer = client.post(at("add_risk", contract), given)
    assert answer.status_code == 409
    assert "A risk to reputation is not passed on: 80% of it is put on others" in text(answer)
    assert not Risk.objects.exists()


def test_a_private_risk_is_not_there_for_the_other_side(contract, ids):
    Risk.objects.update(is_private=True)
    for person, status in ((contract.manager, 200), (contract.provider, 404)):
        answer = browser(person).get(at("risk", contract, ids["risk_id"]))
        assert answer.status_code == status
    assert "1 risk more is private to Norbury Council" not in text(
        browser(contract.manager).get(at("risks", contract))
    )


def test_a_risk_is_closed_and_an_uplift_recorded_and_taken_off(contract, ids):
    client = browser(contract.manager)
    sent = {"uncertainty": "WORKS_DURATION", "percent": "20", "source": "The business case"}
    answer = client.post(at("risks_do", contract, "uplift"), sent)
    assert answer.status_code == 409
    assert "about how long works take would be counted twice" in text(answer)
    client.post(at("move_risk", contract, ids["risk_id"]), {"move": "CLOSE"})
    assert Risk.objects.get().state == "CLOSED"
    assert client.post(at("risks_do", contract, "uplift"), sent).status_code == 302
    client.post(at("take_off_uplift", contract, ids["uplift_id"]))
    assert contract.agreement.uplifts.count() == 1
    assert client.post(at("take_off_uplift", contract, ids["uplift_id"])).status_code == 404
    answer = client.post(at("move_risk", contract, ids["risk_id"]), {"move": "HAPPEN"}, follow=True)
    assert "You cannot say that it happened: the risk is closed" in text(answer)


def test_a_promise_goes_from_form_to_evidence_to_check(contract):
    sent = {
        "kind": "insurance", "what": "Cover", "measure": "Certificate",
        "owner": contract.member.pk, "first_due_on": "2026-09-30", "every": "year",
    }  # fmt: skip
    assert browser(contract.manager).post(at("add_promise", contract), sent).status_code == 302
    held = Obligation.objects.get()
    said = {"due_on": "2026-09-30", "said": "Renewed", "evidence": "Policy 7"}
    report = at("promise_do", contract, held.pk, "report")
    assert browser(contract.provider).post(report, said).status_code == 302
    found = {"due_on": "2026-09-30", "move": "ACCEPT", "why": ""}
    check = at("promise_do", contract, held.pk, "check")
    refused = browser(contract.provider).post(check, found)
    assert refused.status_code in (404, 409, 422)
    assert PromiseKept.objects.get().state == "EVIDENCED"
    assert browser(contract.officer).post(check, found).status_code == 302
    assert PromiseKept.objects.get().state == "MET"
    ended = at("promise_do", contract, held.pk, "end")
    assert browser(contract.manager).post(ended, {"on": "2027-01-01"}).status_code == 302
    page = text(browser(contract.provider).get(at("promise", contract, held.pk)))
    assert "Renewed" in page
    assert browser(contract.provider).get(at("promise", contract, 999)).status_code == 404


def test_a_result_goes_from_form_to_check_and_credits_follow_it(contract):
    client = browser(contract.manager)
    for name, better, edges, measure in (
        ("Response", "higher", (95, 90, 80), "response"),
        ("Complaints", "lower", (20, 25, 40), "complaints"),
    ):
        sent = dict(zip(("target", "approaching", "improve"), edges, strict=True))
        sent |= {"name": name, "better": better, "measure": measure}
        assert client.post(at("add_indicator", contract), sent).status_code == 302
    report = at("performance_do", contract, "report")
    for indicator, value in zip(PerformanceIndicator.objects.all(), (94, 19), strict=True):
        sent = {"indicator": indicator.pk, "period": "2026-04-01", "value": value}
        assert browser(contract.provider).post(report, sent).status_code == 302
    step = at("performance_do", contract, "step")
    said = {"on": "2026-11-24", "why": "Response fell"}
    assert client.post(step, {**said, "move": "NOTIFY"}).status_code == 302
    credit = {**said, "move": "CREDIT", "period": "2026-04-01"}
    answer = client.post(step, credit)
    assert answer.status_code == 409
    assert "Service credits waits for the result of" in text(answer)
    for result in IndicatorResult.objects.all():
        browser(contract.officer).post(at("check_result", contract), {"result": result.pk})
    assert client.post(step, credit).status_code == 302
    page = text(client.get(at("performance", contract)))
    assert "Performance is in default with credits taken." in page
    assert "6.0% of the period's charges" in page
    again = browser(contract.officer).post(
        at("check_result", contract), {"result": result.pk}, follow=True
    )
    assert "checked already" in text(again)
    assert browser(contract.officer).post(at("check_result", contract)).status_code == 404


def test_a_check_of_a_partner_is_recorded_with_its_accounts(contract):
    client = browser(contract.manager)
    sent = {
        "partner": contract.supplier.pk, "kind": "finances", "checked_on": "2026-11-01",
        "outcome": "clear", "turnover_gbp": "20000000", "current_assets_gbp": "4200000",
        "current_liabilities_gbp": "3500000",
    }  # fmt: skip
    assert client.post(at("due_diligence_do", contract, "record"), sent).status_code == 302
    assert DueDiligence.objects.get().turnover_pence == 2_000_000_000
    page = text(client.get(at("due_diligence", contract)))
    assert "A year of this agreement is 10.0% of its turnover." in page
    assert "1.20" in page


def test_the_calendar_leaves_as_a_file_that_other_calendars_read(contract, ids):
    client = browser(contract.manager)
    answer = client.get(reverse("agreements:calendar"), {"format": "ics"})
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 5
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == len(uids)
    assert "DTSTART;VALUE=DATE:20270115" in lines
    assert "SUMMARY:Review: Street cleaning" in lines
    rows = b"".join(client.get(reverse("agreements:calendar"), {"format": "csv"})).decode()
    assert "2027-01-15,Review,Street cleaning,The agreement is reviewed." in rows


def test_the_calendar_is_filtered_and_holds_only_what_its_reader_reads(contract, ids):
    client = browser(contract.manager)
    reviews = text(client.get(reverse("agreements:calendar"), {"kind": "review"}))
    assert "1 day</strong> not to miss" in reviews
    none = text(client.get(reverse("agreements:calendar"), {"words": "zebra"}))
    assert "No day fits these filters." in none
    assert client.get(reverse("agreements:calendar"), {"kind": "feast"}).status_code == 400
    theirs = text(browser(contract.stranger).get(reverse("agreements:calendar")))
    assert "There is no day to keep." in theirs
    assert "Street cleaning" in text(browser(contract.provider).get(reverse("agreements:calendar")))


def waiting(person):
    return due.waits(viewer_for(person), on=timezone.localdate())


def test_what_waits_is_said_to_whoever_may_act_on_it(contract, ids):
    held = Obligation.objects.get()
    labels = [label for label, *_ in waiting(contract.provider)]
    assert labels == ["Report: Two apprentices"]
    report_promise(
        obligation=held, due_on=date(2026, 9, 30), said="Both", evidence="List",
        by=contract.provider, at=NOW,
    )  # fmt: skip
    report_result(
        indicator=PerformanceIndicator.objects.get(), period=FIRST, value=Decimal(94),
        by=contract.provider, at=NOW,
    )  # fmt: skip
    assert waiting(contract.provider) == []
    checks = [label for label, *_ in waiting(contract.officer)]
    assert sorted(checks) == ["Check: Response, Street cleaning", "Check: Two apprentices"]
    Risk.objects.update(review_on=date(2026, 12, 1))
    kept = {label: url for label, _, url, _ in waiting(contract.manager)}
    assert "Look again: Depot is late, Street cleaning" in kept
    assert "Look into the partners of Street cleaning" in kept
    assert waiting(contract.stranger) == []


def test_the_record_leads_to_each_of_them_in_a_sentence(contract, ids):
    page = text(browser(contract.manager).get(at("agreement", contract)))
    assert "1 open risk, 1 of them high after mitigation." in page
    assert "1 promise, 1 of them overdue or not kept." in page
    assert "Performance is as agreed, rated by 1 indicator." in page
    assert "5 checks of partners missing or too old." in page
    theirs = text(browser(contract.provider).get(at("agreement", contract)))
    assert "checks of partners" not in theirs
