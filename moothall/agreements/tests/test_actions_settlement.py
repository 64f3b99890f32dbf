"""From facts to payment: who may take each step, what each refuses, and what is kept of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from moothall.agreements.actions import facts as deeds
from moothall.agreements.actions.facts import (
    CannotAskFacts,
    CannotCheckFacts,
    CannotReportFacts,
    check_facts,
    confirm_report,
    report_facts,
    request_facts,
    send_back,
)
from moothall.agreements.actions.paying import (
    CannotApprovePayment,
    CannotDispute,
    CannotPay,
    CannotSettlePeriod,
    approve_payment,
    dispute_line,
    record_invoice,
    record_payment,
    resolve_dispute,
    settle_period,
)
from moothall.agreements.models import FactsReport, Settlement, Statement
from moothall.agreements.queries.issued import rerun
from moothall.agreements.tests.factories import manager_of
from moothall.agreements.tests.lamps import (
    AT,
    FIRST,
    LAST,
    QUARTERS,
    SECOND,
    THIRD,
    holder,
    lamp_place,
)
from moothall.core import audit
from moothall.core.models import AuditEntry
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return lamp_place()


def amounts(statement):
    return [
        (line.term, line.net_pence, line.adjusts_on) for line in statement.lines.order_by("place")
    ]


def test_a_period_goes_from_its_facts_to_its_payment(place):
    asked = request_facts(
        agreement=place.agreement, starts_on=FIRST, due_on=date(2025, 7, 15),
        by=place.manager, at=AT,
    )  # fmt: skip
    assert asked.state == "REQUESTED"
    place.report(800)
    assert place.period().state == "REQUESTED"  # the council has yet to say its depots
    place.report(800, depots=2)
    assert place.period().state == "SUBMITTED"
    place.check()
    assert place.period().state == "CHECKED"
    statement = place.settle()
    assert amounts(statement) == [
        ("fee", 100000, None), ("lamps", 100000, None), ("depots", 10000, None),
    ]  # fmt: skip
    assert [line.vat_pence for line in statement.lines.all()] == [20000, 0, 0]
    approve_payment(settlement=place.period(), by=place.approvers[0], at=AT)
    assert place.period().state == "APPROVED_ONCE"
    approve_payment(settlement=place.period(), by=place.approvers[1], at=AT)
    first, second = place.pay()
    assert (first.net_pence, first.vat_pence) == (200000, 20000)
    assert (second.payer, second.net_pence) == ("contractor", 10000)
    assert place.period().state == "PAID"
    assert audit.verify().broken_at is None
    did = list(AuditEntry.objects.order_by("seq").values_list("did", flat=True))
    for deed in ("facts_requested", "facts_reported", "facts_checked", "settled", "paid"):
        assert f"agreements.{deed}" in did
    assert did.count("agreements.payment_approved") == 2


def test_a_past_statement_comes_out_the_same_to_the_byte(place):
    statements = [place.stated(800 + n, quarter, depots=1) for n, quarter in enumerate(QUARTERS)]
    for statement in statements:
        again = rerun(Statement.objects.get(pk=statement.pk))
        assert again.holds, again.sentence
        assert again.sentence.endswith("comes out the same to the byte.")


def test_a_statement_that_was_tampered_with_does_not_come_out(place):
    statement = place.stated(800, depots=2)
    Statement.objects.filter(pk=statement.pk).update(
        text=statement.text.replace('"800"', '"801"', 1)
    )
    assert "no longer comes out" in rerun(Statement.objects.get(pk=statement.pk)).sentence
    Statement.objects.filter(pk=statement.pk).update(text=statement.text.replace("£", "GBP "))
    said = rerun(Statement.objects.get(pk=statement.pk))
    assert not said.holds
    assert "DOES NOT come out as it is kept" in said.sentence


def test_corrected_facts_give_an_adjustment_line_in_the_current_period(place):
    place.stated(800, depots=2)
    place.report(790)  # ten lamps fewer in the first quarter
    place.check(FIRST)
    statement = place.stated(810, SECOND)
    kept = [one for one in amounts(statement) if one[2] is None]
    assert ("lamps", -1250, FIRST) in amounts(statement)
    assert [one[:2] for one in kept] == [("fee", 100000), ("lamps", 101250), ("depots", 10000)]
    assert Statement.objects.get(number=1).lines.get(term="lamps").net_pence == 100000


def test_a_correction_after_the_last_period_opens_a_further_round_of_it(place):
    for quarter in QUARTERS:
        place.stated(800, quarter, depots=2)
    place.report(700, SECOND)
    opened = place.check(SECOND)
    assert (opened.starts_on, opened.round, opened.state) == (LAST, 2, "CHECKED")
    statement = place.settle(LAST, round=2)
    # 3,000 are the most in all: 3 x 1,000 fill it; 875 leave room for 125 in the last.
    assert amounts(statement) == [("lamps", -12500, SECOND), ("lamps", 12500, LAST)]
    assert rerun(statement).holds


def test_the_same_report_sent_twice_is_kept_once(place):
    first = place.report(800, key="2025-Q1")
    assert place.report(800, key="2025-Q1").pk == first.pk
    assert FactsReport.objects.count() == 1
    assert AuditEntry.objects.filter(did="agreements.facts_reported").count() == 1


def test_a_key_with_other_facts_is_refused(place):
    place.report(800, key="2025-Q1")
    with pytest.raises(CannotReportFacts, match="the key 2025-Q1 was used on 4 May 2026"):
        place.report(801, key="2025-Q1")
    assert FactsReport.objects.get().values == {"lamps": "800"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "no value was given. Brightway Lamps reports lamps kept lit"),
        ({"depots": 2}, "'depots' is no fact that Brightway Lamps reports"),
        ({"owls": 2}, "'owls' is no fact"),
        ({"lamps": "many"}, "is given as 'many', which is no number"),
        ({"lamps": "NaN"}, "is given as 'NaN', which is no number"),
        ({"lamps": "1e15"}, "beyond what can be settled"),
        ({"lamps": "0.0000000001"}, "beyond what can be settled"),
    ],
)
def test_what_is_no_fact_of_the_period_is_refused(place, values, said):
    with pytest.raises(CannotReportFacts, match=said):
        report_facts(
            agreement=place.agreement, starts_on=FIRST, values=values,
            organisation=place.provider, key="k", by=place.reporter, at=AT,
        )  # fmt: skip
    assert not FactsReport.objects.exists()


def test_facts_are_reported_by_members_of_ended_periods_that_are_in_force(place):
    with pytest.raises(CannotReportFacts, match="No period of this deal begins on 2025-04-02"):
        place.report(800, date(2025, 4, 2))
    early = AT.replace(year=2025, month=6)
    with pytest.raises(CannotReportFacts, match="not reported yet: it lasts until 30 June 2025"):
        place.report(800, at=early)
    with pytest.raises(CannotReportFacts, match="You cannot report what happened"):
        place.report(800, by=PersonFactory())
    with pytest.raises(CannotReportFacts, match="Northwold reports nothing of Street lamps"):
        report_facts(
            agreement=place.agreement, starts_on=FIRST, values={"lamps": 1},
            organisation=OrganisationFactory(name="Northwold"), key="k", by=place.reporter, at=AT,
        )  # fmt: skip
    for key in ("", " ", "k" * 81, "a\nb"):
        with pytest.raises(CannotReportFacts, match="its key has 1 to 80 letters"):
            report_facts(
                agreement=place.agreement, starts_on=FIRST, values={"lamps": 1},
                organisation=place.provider, key=key, by=place.reporter, at=AT,
            )  # fmt: skip
    with pytest.raises(CannotReportFacts, match="its evidence takes 4,001 letters"):
        report_facts(
            agreement=place.agreement, starts_on=FIRST, values={"lamps": 1}, evidence="e" * 4001,
            organisation=place.provider, key="k", by=place.reporter, at=AT,
        )  # fmt: skip
    place.agreement.state = "DRAFT"
    place.agreement.save()
    with pytest.raises(CannotReportFacts, match=r"it is a draft\. Bring it into force first"):
        place.report(800)


def test_facts_entered_on_a_bodys_behalf_wait_for_its_confirmation(place):
    report = place.report(800, depots=2, by=place.manager)
    assert (report.state, report.is_on_behalf) == ("ENTERED", True)
    assert place.period().state == "REQUESTED"
    with pytest.raises(CannotCheckFacts, match=r"lamps kept lit was not reported"):
        place.check()
    with pytest.raises(CannotReportFacts, match="the word of Brightway Lamps"):
        confirm_report(report=report, by=place.manager, at=AT)
    confirm_report(report=report, by=place.reporter, at=AT)
    assert place.period().state == "SUBMITTED"
    with pytest.raises(CannotReportFacts, match="You cannot confirm it: the report is waiting to"):
        confirm_report(report=report, by=place.reporter, at=AT)


def test_a_body_may_refuse_what_was_entered_on_its_behalf(place):
    report = place.report(900, by=place.manager)
    sent = send_back(report=report, why="It was 800.", by=place.reporter, at=AT)
    assert (sent.state, sent.sent_back_why) == ("SENT_BACK", "It was 800.")


def test_whoever_reported_facts_does_not_check_them(place):
    place.report(800, depots=2)
    both = holder(place.council, Role.COMMISSIONER)
    report_facts(
        agreement=place.agreement, starts_on=FIRST, values={"depots": 3},
        organisation=place.council, key="again", by=both, at=AT,
    )  # fmt: skip
    with pytest.raises(CannotCheckFacts, match="you reported or confirmed them yourself"):
        check_facts(settlement=place.period(), by=both, at=AT)
    assert place.period().state == "SUBMITTED"
    assert not FactsReport.objects.filter(state="CHECKED").exists()


def test_a_provider_does_not_check_its_own_facts(place):
    place.report(800, depots=2)
    own = holder(place.provider, Role.FINANCE_OFFICER)
    FactsReport.objects.filter(organisation=place.council).update(state="CHECKED")
    with pytest.raises(CannotCheckFacts, match="a body does not check its own"):
        check_facts(settlement=place.period(), by=own, at=AT)
    with pytest.raises(CannotCheckFacts, match="You cannot check reported facts"):
        check_facts(settlement=place.period(), by=place.manager, at=AT)


def test_facts_that_are_sent_back_are_said_anew(place):
    report = place.report(800, depots=2)
    with pytest.raises(CannotCheckFacts, match="without saying what is wrong"):
        send_back(report=report, why=" ", by=place.checker, at=AT)
    send_back(report=report, why="The survey says 780.", by=place.checker, at=AT)
    assert place.period().state == "REQUESTED"
    with pytest.raises(CannotCheckFacts, match="You cannot send it back: the report is sent back"):
        send_back(report=report, why="Again.", by=place.checker, at=AT)
    place.report(780)
    assert place.period().state == "SUBMITTED"
    place.check()
    with pytest.raises(CannotCheckFacts, match="Nothing of 1 April 2025 to 30 June 2025 waits"):
        place.check()


def test_a_fact_corrected_before_the_statement_is_checked_again(place):
    place.report(800, depots=2)
    place.check()
    place.report(805)
    assert place.period().state == "SUBMITTED"
    with pytest.raises(CannotSettlePeriod, match="You cannot settle it: the period is waiting to"):
        place.settle()


def test_periods_are_settled_in_their_order(place):
    place.report(800, depots=2)
    place.report(800, SECOND)
    place.check(SECOND)
    with pytest.raises(CannotSettlePeriod, match=r"1 April 2025 to 30 June 2025 comes before it"):
        place.settle(SECOND)
    with pytest.raises(CannotSettlePeriod, match="You cannot check reported facts"):
        settle_period(settlement=place.period(), by=place.reporter, at=AT)


def test_facts_are_asked_for_once_and_after_the_period(place):
    def ask(due_on, by=place.manager, starts_on=FIRST):
        return request_facts(
            agreement=place.agreement, starts_on=starts_on, due_on=due_on, by=by, at=AT
        )

    with pytest.raises(CannotAskFacts, match="cannot be due on 30 June 2025"):
        ask(date(2025, 6, 30))
    with pytest.raises(CannotAskFacts, match="You cannot keep the agreements"):
        ask(date(2025, 7, 15), by=place.reporter)
    ask(date(2025, 7, 15))
    with pytest.raises(CannotAskFacts, match="asked for already: it is waiting for its facts"):
        ask(date(2025, 7, 15))
    assert ask(date(2025, 7, 20)).due_on == date(2025, 7, 20)


def test_nothing_is_settled_without_terms_in_force(place):
    place.agreement.versions.update(in_force_from=None)
    with pytest.raises(CannotReportFacts, match="no terms of it are in force"):
        place.report(800)
    place.agreement.versions.update(in_force_from=FIRST, text="[deal]\nname = 'x'\n")
    with pytest.raises(CannotReportFacts, match="its deal has findings, the first"):
        place.report(800)


def test_a_statement_is_approved_by_two_who_did_not_check_it(place):
    place.stated(800, depots=2)
    one, other = place.approvers
    checks_too = holder(place.council, Role.COMMISSIONER)
    Settlement.objects.update(checked_by=checks_too)
    with pytest.raises(CannotApprovePayment, match="you checked its facts yourself"):
        approve_payment(settlement=place.period(), by=checks_too, at=AT)
    with pytest.raises(CannotApprovePayment, match="You cannot approve a payment of Norbury"):
        approve_payment(settlement=place.period(), by=place.checker, at=AT)
    approve_payment(settlement=place.period(), by=one, at=AT)
    with pytest.raises(CannotApprovePayment, match="it takes two people, and you are one"):
        approve_payment(settlement=place.period(), by=one, at=AT)
    approve_payment(settlement=place.period(), by=other, at=AT)
    with pytest.raises(CannotApprovePayment, match="the period is approved"):
        approve_payment(
            settlement=place.period(), by=holder(place.council, Role.COMMISSIONER), at=AT
        )


def test_a_disputed_line_waits_and_the_rest_is_paid(place):
    statement = place.stated(800, depots=2)
    lamps = statement.lines.get(term="lamps")
    dispute = dispute_line(line=lamps, why="Ten were dark.", by=place.checker, at=AT)
    assert dispute.organisation == place.council
    place.approve()
    paid = place.pay()
    assert [one.net_pence for one in paid] == [100000, 10000]
    assert place.period().state == "PART_PAID"
    with pytest.raises(CannotPay, match="what is left was paid, or is disputed"):
        record_payment(
            settlement=place.period(), payer="council", payee="contractor",
            paid_on=AT.date(), by=place.checker, at=AT,
        )  # fmt: skip
    resolve_dispute(
        dispute=dispute, outcome="AS_STATED", how="They were lit.", by=place.checker, at=AT
    )
    assert [one.net_pence for one in place.pay()] == [100000]
    assert place.period().state == "PAID"


def test_a_line_that_is_adjusted_is_paid_together_with_its_adjustment(place):
    statement = place.stated(800, depots=2)
    lamps = statement.lines.get(term="lamps")
    dispute = dispute_line(line=lamps, why="Ten were dark.", by=place.checker, at=AT)
    place.approve()
    place.pay()
    with pytest.raises(CannotDispute, match="no facts were corrected and no terms varied"):
        resolve_dispute(dispute=dispute, outcome="ADJUSTED", how="790.", by=place.checker, at=AT)
    later = AT + timedelta(days=1)
    place.report(790, at=later)
    place.check(at=later)
    resolve_dispute(dispute=dispute, outcome="ADJUSTED", how="790.", by=place.checker, at=later)
    assert place.pay(at=later) == []  # it waits for what adjusts it
    place.report(810, SECOND, at=later)
    place.check(SECOND, at=later)
    place.settle(SECOND, at=later)
    place.approve(SECOND, at=later)
    to_provider, _rent = place.pay(SECOND, at=later)
    assert to_provider.net_pence == 100000 - 1250 + 100000 + 101250
    assert place.period(FIRST).state == place.period(SECOND).state == "PAID"


def test_what_may_not_be_disputed_is_said(place):
    statement = place.stated(800, depots=2)
    line = statement.lines.get(term="fee")
    with pytest.raises(CannotDispute, match="without a reason"):
        dispute_line(line=line, why=" ", by=place.checker, at=AT)
    with pytest.raises(CannotDispute, match="You cannot check reported facts"):
        dispute_line(line=line, why="No.", by=PersonFactory(), at=AT)
    with pytest.raises(CannotDispute, match="for Norbury Council: you neither report nor check"):
        dispute_line(line=line, why="No.", by=place.reporter, at=AT, organisation=place.council)
    dispute = dispute_line(line=line, why="No.", by=place.reporter, at=AT)
    with pytest.raises(CannotDispute, match="disputed already"):
        dispute_line(line=line, why="No.", by=place.checker, at=AT)
    with pytest.raises(CannotDispute, match="Brightway Lamps raised it, and ends it"):
        resolve_dispute(dispute=dispute, outcome="AS_STATED", how="Yes.", by=place.checker, at=AT)
    with pytest.raises(CannotDispute, match="without saying how"):
        resolve_dispute(dispute=dispute, outcome="AS_STATED", how="", by=place.reporter, at=AT)
    resolve_dispute(dispute=dispute, outcome="AS_STATED", how="Yes.", by=place.reporter, at=AT)
    with pytest.raises(CannotDispute, match="This dispute ended on 4 May 2026"):
        resolve_dispute(dispute=dispute, outcome="AS_STATED", how="Y", by=place.reporter, at=AT)
    place.approve()
    place.pay()
    with pytest.raises(CannotDispute, match=r"it was paid\. Report the facts as they should be"):
        dispute_line(line=line, why="No.", by=place.checker, at=AT)


def test_a_line_of_nothing_is_not_disputed(place):
    for quarter in (FIRST, SECOND, THIRD):
        place.stated(800, quarter, depots=2)
    nothing = place.stated(800, LAST).lines.get(term="lamps")  # the cap is reached
    with pytest.raises(CannotDispute, match="nothing is to be paid for it"):
        dispute_line(line=nothing, why="Why?", by=place.reporter, at=AT)


def test_what_may_not_be_paid_is_said(place):
    statement = place.stated(800, depots=2)
    pair = {"payer": "council", "payee": "contractor"}

    def invoice(**given):
        asked = {
            "statement": statement, "kind": "INVOICE", "reference": "INV 1",
            "arrived_on": AT.date(), "by": place.checker, "at": AT, **pair, **given,
        }  # fmt: skip
        return record_invoice(**asked)

    def pay(**given):
        asked = {
            "settlement": place.period(), "paid_on": AT.date(), "by": place.checker, "at": AT,
            **pair, **given,
        }  # fmt: skip
        return record_payment(**asked)

    with pytest.raises(CannotPay, match="You cannot pay a part of it: the period is settled"):
        pay()
    place.approve()
    with pytest.raises(CannotPay, match="no invoice or self-billing reference is"):
        pay()
    with pytest.raises(CannotPay, match="without its reference"):
        invoice(reference=" ")
    with pytest.raises(CannotPay, match="A reference has at most 60 letters"):
        invoice(reference="x" * 61)
    with pytest.raises(CannotPay, match="5 May 2026 has not come yet"):
        invoice(arrived_on=date(2026, 5, 5))
    with pytest.raises(CannotPay, match="Nothing is due between these two"):
        invoice(payee="council")
    with pytest.raises(CannotPay, match="You cannot pay on behalf of Norbury"):
        invoice(by=place.reporter)
    invoice(reference="INV 0")
    assert invoice().reference == "INV 1"  # a later, valid one in place of the first
    with pytest.raises(CannotPay, match="5 May 2026 has not come yet"):
        pay(paid_on=date(2026, 5, 5))
    with pytest.raises(CannotPay, match="at most 60 letters"):
        pay(reference="x" * 61)
    with pytest.raises(CannotPay, match="You cannot pay on behalf of Norbury"):
        pay(by=place.manager)
    assert pay(reference="BACS 5").net_pence == 200000
    with pytest.raises(CannotPay, match="something was paid by it already"):
        invoice()


def test_what_is_known_of_the_whole_deal_is_asked_once(place):
    place.stated(800, depots=2)
    place.report(800, SECOND)
    assert place.period(SECOND).state == "SUBMITTED"


def test_a_period_of_which_nothing_is_reported_waits_for_nobody(place):
    text = place.agreement.versions.get().text
    only_fee = (
        text[: text.index("[facts.lamps]")]
        + text[text.index("[terms.fee]") : text.index("[terms.lamps]")]
    )
    place.agreement.versions.update(text=only_fee)
    asked = request_facts(
        agreement=place.agreement, starts_on=FIRST, due_on=date(2025, 7, 15),
        by=place.manager, at=AT,
    )  # fmt: skip
    assert asked.state == "CHECKED"
    assert amounts(place.settle()) == [("fee", 100000, None)]


def test_numbers_are_kept_as_they_were_said(place):
    report = place.report("1,234.50", depots=2)
    assert report.values == {"lamps": "1234.50"}
    assert Decimal(report.values["lamps"]) * 2 == 2469
    assert manager_of(place.council) != place.manager
    assert deeds.LARGEST_FACT == 10**15
