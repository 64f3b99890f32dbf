"""The settlement pages: who opens which, what they say, and what a click does."""

import json
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from moothall.agreements.actions.facts import request_facts
from moothall.agreements.actions.facts_doors import make_link
from moothall.agreements.actions.paying import dispute_line, record_invoice
from moothall.agreements.models import FactsKey, FactsReport
from moothall.agreements.queries.calendar import Kind, rows_of
from moothall.agreements.queries.settlement_waits import waits
from moothall.agreements.queries.statements import statement_page
from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.lamps import AT, FIRST, LAMPS, SECOND, holder, lamp_place
from moothall.directory.engine.roles import Deed, Role, roles_that_may
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
DAY = FIRST.isoformat()


@pytest.fixture(autouse=True)
def _nobody_has_tried():
    cache.clear()


@pytest.fixture
def place():
    return lamp_place()


def as_(person):
    client = Client()
    client.force_login(person)
    return client


def address(name, place, *more):
    return reverse(f"agreements:{name}", args=[place.agreement.pk, *more])


def said(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_the_pages_are_for_readers_of_a_member(place):
    place.stated(800, depots=2)
    for name, *more in (
        ("settlement",), ("settlement_period", DAY, 1), ("statement", 1),
    ):  # fmt: skip
        here = address(name, place, *more)
        assert Client().get(here).status_code == 302
        assert as_(PersonFactory()).get(here).status_code == 403
        for role in Role:
            may = role in roles_that_may(Deed.READ_AGREEMENT)
            for body in (place.council, place.provider):
                got = as_(holder(body, role)).get(here).status_code
                assert got == (200 if may else 403), (name, role, body)


@pytest.mark.parametrize(
    ("name", "more", "data", "deed"),
    [
        ("ask_facts", (DAY,), {"due_on": "2026-06-01"}, Deed.KEEP_AGREEMENT),
        ("settle_period", (DAY, 1), {}, Deed.CHECK_FACTS),
        ("check_facts", (DAY, 1), {}, Deed.CHECK_FACTS),
        ("approve_statement", (1,), {}, Deed.APPROVE_PAYMENT),
        ("record_invoice", (1,), {}, Deed.PAY),
        ("record_payment", (1,), {}, Deed.PAY),
    ],
)
def test_a_role_without_the_deed_changes_nothing(place, name, more, data, deed):
    place.stated(800, depots=2)
    for role in Role:
        if role not in roles_that_may(deed):
            before = place.period().state
            answer = as_(holder(place.council, role)).post(address(name, place, *more), data)
            assert answer.status_code in (403, 409, 422), role
            assert place.period().state == before


def test_an_agreement_without_terms_says_what_to_do_first(place):
    place.agreement.versions.update(in_force_from=None)
    answer = as_(place.manager).get(address("settlement", place))
    assert "Nothing is settled here yet." in said(answer)
    assert "Put a version of its deal in force first." in said(answer)


def test_every_period_says_where_it_stands_and_who_is_next(place):
    answer = said(as_(place.manager).get(address("settlement", place)))
    assert "0 of 4 periods that are over are paid" in answer
    assert "Ask for its facts." in answer
    request_facts(
        agreement=place.agreement, starts_on=FIRST, due_on=SECOND.replace(day=20),
        by=place.manager, at=AT,
    )  # fmt: skip
    answer = said(as_(place.manager).get(address("settlement", place)))
    assert "the facts of 1 period are overdue" in answer
    assert "Report lamps kept lit and depots used." in answer
    assert "Brightway Lamps and Norbury Council may." in answer


def test_a_period_is_taken_from_its_facts_to_its_payment_on_the_pages(place):
    provider, council, checker = map(as_, (place.reporter, place.manager, place.checker))
    form = address("report_facts", place, DAY)
    assert "Report facts as Brightway Lamps" in said(provider.get(form))
    sent = provider.post(
        f"{form}?for=brightway", {"fact_0": "800", "evidence": "Meter 7", "key": "a"}, follow=True
    )
    assert "Reported. Somebody else checks it now." in said(sent)
    council.post(f"{form}?for=norbury", {"fact_0": "2", "key": "b"})
    assert place.period().state == "SUBMITTED"
    check = address("check_facts", place, DAY, 1)
    shown = said(checker.get(check))
    assert "<strong>2 reports</strong> wait" in shown
    assert "Meter 7" in shown
    assert "800" in shown
    checker.post(check)
    settled = checker.post(address("settle_period", place, DAY, 1), follow=True)
    assert "Statement 1" in said(settled)
    for approver in place.approvers:
        as_(approver).post(address("approve_statement", place, 1))
    assert place.period().state == "APPROVED"
    pair = "council|contractor"
    checker.post(
        address("record_invoice", place, 1),
        {"pair": pair, "kind": "SELF_BILLING", "reference": "SB 4", "arrived_on": "2025-07-10"},
    )
    page = said(checker.get(address("statement", place, 1)))
    assert "Self-billing SB 4, 10 July 2025" in page
    assert "Late by" in page
    paid = checker.post(
        address("record_payment", place, 1), {"pair": pair, "paid_on": "2025-08-01"}, follow=True
    )
    assert "Paid on 1 August 2025, in time: the last day was 8 August 2025." in said(paid)
    assert place.period().state == "PART_PAID"  # the rent of the depots is not paid yet
    assert "100.0% within 30 days" in said(checker.get(address("settlement", place)))
    history = said(checker.get(address("settlement_period", place, DAY, 1)))
    assert "made its statement" in history
    assert "recorded a payment" in history


def test_a_form_that_cannot_be_read_is_given_back(place):
    place.stated(800, depots=2)
    checker, pair = as_(place.checker), "council|contractor"
    bad = checker.post(address("record_invoice", place, 1), {"pair": pair, "kind": "INVOICE"})
    assert bad.status_code == 422
    bad = checker.post(address("record_payment", place, 1), {"pair": pair, "paid_on": "soon"})
    assert bad.status_code == 422
    refused = checker.post(
        address("record_payment", place, 1), {"pair": pair, "paid_on": "2025-08-01"}
    )
    assert refused.status_code == 409
    assert "You cannot pay a part of it: the period is settled." in said(refused)
    bad = as_(place.manager).post(address("ask_facts", place, DAY), {"due_on": ""})
    assert bad.status_code == 422
    for lost in ("2025-04-02", "soon"):
        answer = checker.get(address("settlement_period", place, lost, 1))
        assert answer.status_code == 404


def test_facts_come_as_a_file_of_the_period(place):
    provider = as_(place.reporter)
    form = f"{address('report_facts', place, DAY)}?for=brightway"

    def send(text):
        file = SimpleUploadedFile("facts.csv", text.encode())
        return provider.post(form, {"file": file, "key": "k"})

    assert "has the columns period, fact and value" in said(send("a,b\n"))
    assert "has no fact 'owls'" in said(send("period,fact,value\n2025-04-01,owls,3\n"))
    assert "facts of the period from 2025-07-01" in said(
        send("period,fact,value\n2025-07-01,lamps,3\n")
    )
    assert send("period,fact,value\n2025-04-01,lamps,812.5\n").status_code == 302
    assert FactsReport.objects.get().values == {"lamps": "812.5"}


def test_facts_entered_on_a_bodys_behalf_say_so_and_wait(place):
    manager, provider = as_(place.manager), as_(place.reporter)
    form = f"{address('report_facts', place, DAY)}?for=brightway"
    assert "Enter facts on behalf of Brightway Lamps" in said(manager.get(form))
    manager.post(form, {"fact_0": "800", "key": "k"})
    report = FactsReport.objects.get()
    page = said(provider.get(address("settlement_period", place, DAY, 1)))
    assert "waiting for confirmation" in page
    assert "it waits for Brightway Lamps to confirm it" in page
    provider.post(address("refuse_facts", place, report.pk), {"why": "It was 790."})
    manager.post(form, {"fact_0": "790", "key": "k2"})
    provider.post(address("confirm_facts", place, FactsReport.objects.last().pk))
    states = FactsReport.objects.values_list("state", flat=True)
    assert list(states) == ["SENT_BACK", "SUBMITTED"]


def test_a_line_is_disputed_and_the_dispute_ended(place):
    statement = place.stated(800, depots=2)
    line = statement.lines.get(term="lamps")
    here, checker = address("dispute_line", place, line.pk), as_(place.checker)
    assert as_(holder(place.council, Role.SCRUTINY_MEMBER)).get(here).status_code == 403
    assert "It waits until the dispute is ended" in said(checker.get(here))
    checker.post(here, {"why": "Ten were dark."})
    page = said(checker.get(address("statement", place, 1)))
    assert "Norbury Council disputes it: Ten were dark. The rest is paid without it." in page
    refused = checker.post(here, {"outcome": "ADJUSTED", "how": "790."})
    assert refused.status_code == 409
    assert "no facts were corrected and no terms varied" in said(refused)
    assert as_(place.reporter).get(here).status_code == 403
    checker.post(here, {"outcome": "AS_STATED", "how": "They were lit."})
    page = said(checker.get(address("statement", place, 1)))
    assert "It ended on" in page
    assert as_(place.checker).get(address("dispute_line", place, 10**6)).status_code == 404


def test_a_statement_leaves_as_pdf_csv_and_json(place):
    statement = place.stated(800, depots=2)
    dispute_line(
        line=statement.lines.get(term="lamps"), why="Ten were dark.", by=place.checker, at=AT
    )
    reader, here = as_(place.checker), address("statement", place, 1)
    pdf = reader.get(f"{here}?format=pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert pdf.content == reader.get(f"{here}?format=pdf").content
    rows = b"".join(reader.get(f"{here}?format=csv").streaming_content).decode("utf-8-sig")
    head, *lines = rows.splitlines()
    assert "net_gbp,vat_gbp,gross_gbp" in head
    assert len(lines) == 3
    assert "1000.00,200.00,1200.00" in lines[0]
    assert "Ten were dark." in lines[1]
    document = json.loads(reader.get(f"{here}?format=json").content)
    assert document["between"][0]["gross_gbp"] == "2200.00"
    assert document["between"][0]["disputed_gbp"] == "1000.00"
    assert document["digest"] == statement.digest
    whole = address("settlement", place)
    assert len(b"".join(reader.get(f"{whole}?format=csv").streaming_content).splitlines()) == 4
    assert len(json.loads(reader.get(f"{whole}?format=json").content)["rows"]) == 3


def test_whoever_holds_a_link_sends_facts_without_an_account(place):
    place.report(1, depots=2)
    FactsReport.objects.filter(organisation=place.provider).delete()
    made = as_(place.manager).post(address("make_facts_link", place, DAY), {"for": "brightway"})
    assert "It is shown now and never again" in said(made)
    secret = made.context["link"][1].rsplit("/", 1)[1]
    here = reverse("agreements:facts_link", args=[secret])
    public = Client()
    assert "Norbury Council asks Brightway Lamps for the facts" in said(public.get(here))
    assert public.post(here, {"fact_0": "dark"}).status_code == 409
    assert "Thank you: it is sent" in said(public.post(here, {"fact_0": "800"}))
    used = public.get(here)
    assert used.status_code == 404
    assert "This link was used" in said(used)
    lost = public.get(reverse("agreements:facts_link", args=["guessed"]))
    assert "This is no link to send facts by" in said(lost)
    for _ in range(20):
        last = public.get(reverse("agreements:facts_link", args=["guessed"]))
    assert last.status_code == 429


def test_behind_a_proxy_one_who_guesses_links_shuts_nobody_else_out(place, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guessed = reverse("agreements:facts_link", args=["guessed"])

    def tried(address):
        return Client().get(guessed, headers={"X-Forwarded-For": address}).status_code

    assert [tried("198.51.100.7") for _ in range(21)] == [404] * 20 + [429]
    assert tried("203.0.113.5") == 404


def test_a_link_confirms_what_was_entered(place):
    report = place.report(800, by=place.manager)
    made = make_link(
        settlement=place.period(), organisation=place.provider, report=report,
        by=place.manager, at=AT.replace(year=2030),
    )  # fmt: skip
    here = reverse("agreements:facts_link", args=[made.secret])
    assert "Is this what happened?" in said(Client().get(here))
    assert "Thank you" in said(Client().post(here))
    report.refresh_from_db()
    assert report.state == "SUBMITTED"


def test_no_link_is_made_before_the_period_is_begun(place):
    answer = as_(place.manager).post(address("make_facts_link", place, DAY), {"for": "brightway"})
    assert answer.status_code == 409
    assert "ask for the facts of this period first" in said(answer)


def test_a_key_is_shown_once_and_ended(place):
    reporter, here = as_(place.reporter), address("facts_keys", place)
    assert "No key is in use." in said(reporter.get(here))
    made = said(reporter.post(here, {"name": "Lamp system", "body": "brightway"}))
    assert "It is shown once and kept nowhere." in made
    assert "moothall-" in made
    key = FactsKey.objects.get()
    ended = reporter.post(address("end_facts_key", place, key.pk), follow=True)
    assert "Lamp system opens nothing any more." in said(ended)
    assert reporter.post(address("end_facts_key", place, 999)).status_code == 404
    assert as_(place.checker).get(here).status_code == 403


def waiting(person):
    return [(each.label, each.why) for each in waits(viewer_for(person), on=AT.date())]


def test_each_step_waits_for_those_who_may_take_it(place):
    first = "Street lamps, 1 April 2025 to 30 June 2025"
    request_facts(
        agreement=place.agreement, starts_on=FIRST, due_on=AT.date(), by=place.manager, at=AT
    )
    assert dict(waiting(place.reporter))[first] == "Report lamps kept lit and depots used."
    assert first not in dict(waiting(place.checker))
    place.report(800, depots=2)
    assert dict(waiting(place.checker))[first] == "Check its facts."
    assert first not in dict(waiting(place.reporter))
    place.check()
    assert dict(waiting(place.checker))[first] == "Settle it: make its statement."
    statement = place.settle()
    one, other = place.approvers
    assert dict(waiting(one))[first] == "Two people approve its statement."
    assert first not in dict(waiting(place.checker))
    for line in statement.lines.all():
        dispute_line(line=line, why="Miscounted.", by=place.reporter, at=AT)
    place.approve()
    assert dict(waiting(place.reporter))[first] == "End the dispute of 3 lines, then pay."
    assert first not in dict(waiting(other))


def test_what_waits_is_found_in_as_many_questions_however_many_agreements(
    place, django_assert_num_queries
):
    place.stated(800, depots=2)
    viewer = viewer_for(place.manager)
    with CaptureQueriesContext(connection) as asked:
        few = waits(viewer, on=AT.date())
    for _ in range(3):
        agreement_of(place.council, place.provider, text=LAMPS)
    with django_assert_num_queries(len(asked)):
        assert len(waits(viewer, on=AT.date())) == len(few) + 3 * 4


def test_a_sum_that_is_paid_late_says_what_it_bears(place):
    statement = place.stated(800, depots=2)
    place.approve()
    record_invoice(
        statement=statement, payer="council", payee="contractor", kind="INVOICE",
        reference="INV 7", arrived_on=AT.date(), by=place.checker, at=AT,
    )  # fmt: skip
    pairs = statement_page(statement, viewer=place.checker, on=date(2026, 7, 2)).pairs
    late = next(pair for pair in pairs if pair.payer == "council")
    assert (late.late_days, late.interest_gbp) == (30, Decimal("21.25"))
    assert "on £2,200.00 for 30 days at 11.75% a year: £21.25, and £70.00" in late.interest[0]
    in_time = statement_page(statement, viewer=place.checker, on=date(2026, 6, 2)).pairs
    assert [pair.interest for pair in in_time] == [(), ()]


def test_a_payment_waits_until_the_last_day_of_its_clock(place):
    statement = place.stated(800, depots=2)
    place.approve()

    def due():
        return [each.due_on for each in waits(viewer_for(place.checker), on=AT.date())]

    assert due() == [None]  # no valid invoice has arrived
    record_invoice(
        statement=statement, payer="council", payee="contractor", kind="INVOICE",
        reference="INV 7", arrived_on=AT.date(), by=place.checker, at=AT,
    )  # fmt: skip
    assert due() == [date(2026, 6, 2)]


def test_the_calendar_has_the_day_by_which_facts_were_asked_for(place):
    request_facts(
        agreement=place.agreement, starts_on=FIRST, due_on=date(2026, 5, 20), by=place.manager,
        at=AT,
    )  # fmt: skip

    def asked():
        rows = rows_of([place.agreement], on=AT.date(), months=1)
        return [(row.on, row.said) for row in rows if row.kind is Kind.FACTS]

    assert asked() == [(date(2026, 5, 20), "Facts due of 1 April 2025 to 30 June 2025.")]
    place.report(800, depots=2)
    assert asked() == []
