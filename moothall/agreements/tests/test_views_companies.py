"""Who opens which page about companies, exposure, routes and succession; what each says."""

import json
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from moothall.agreements.actions import companies as deeds
from moothall.agreements.actions import company_plans
from moothall.agreements.commands import agreements
from moothall.agreements.forms.routes import CannotReadFacts, facts_typed
from moothall.agreements.models import Company, CompanyExposure, Holding, Novation, RouteKept
from moothall.agreements.queries.company_waits import waits
from moothall.agreements.tests.company_factories import company_of, company_story
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.directory.actions.bodies import record_succession
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
APRIL = date(2025, 4, 1)
PRIVATE_WORDS = (
    "No director has declared an interest",
    "No business plan is recorded",
    "Nothing is recorded as at risk",
)


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def manager(norbury):
    return manager_of(norbury)


@pytest.fixture
def company(norbury, manager):
    homes = OrganisationFactory(name="Norbury Homes", slug="norbury-homes", kind="company")
    made = company_of(norbury, homes, by=manager, reserved_matters=0)
    ordinary = deeds.add_class(company=made, name="Ordinary shares", by=manager, at=timezone.now())
    for count, whose in ((199, {"holder": norbury}), (801, {"holder_name": "Investors"})):
        deeds.record_holding(
            of_class=ordinary, count=count, on=APRIL, by=manager, at=timezone.now(), **whose
        )
    return made


@pytest.fixture
def plan(company, manager):
    return company_plans.write_plan(
        company=company, name="Plan 2026/27", starts_on=date(2026, 4, 1),
        lines=[("Rents", True, (1, 1, 1, 1))], by=manager, at=timezone.now(),
    )  # fmt: skip


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def browser_of(role: Role | None, body) -> Client:
    person = RoleHeldFactory(organisation=body, role=role.value).person if role else PersonFactory()
    return signed_in(person)


def text_of(answer) -> str:
    return unescape(
        b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    )


def at(name: str, *keys: object) -> str:
    return reverse(f"agreements:{name}", args=keys)


@pytest.mark.parametrize("role", [None, *Role])
def test_a_private_company_is_read_by_those_who_read_its_owners_agreements(company, norbury, role):
    answer = browser_of(role, norbury).get(at("company", company.pk))
    reads = role is not None and Deed.READ_AGREEMENT in MAY[role]
    assert answer.status_code == (200 if reads else 404)


def test_the_public_sees_of_a_public_company_who_holds_it_and_no_more(company, manager):
    page = at("company", company.pk)
    assert Client().get(page).status_code == 404
    assert "Norbury Homes" not in text_of(Client().get(at("companies")))
    deeds.set_company(company=company, is_public=True, by=manager, at=timezone.now())
    said = text_of(Client().get(page))
    assert "Investors" in said
    assert "19.9% of the votes cannot stop a special resolution" in said
    assert not [words for words in PRIVATE_WORDS if words in said]
    assert all(words in text_of(signed_in(manager).get(page)) for words in PRIVATE_WORDS)
    assert "Norbury Homes" in text_of(Client().get(at("companies")))


def test_another_holder_s_people_read_it_while_it_holds_it(company, manager):
    easton = OrganisationFactory(name="Easton")
    client = browser_of(Role.SCRUTINY_MEMBER, easton)
    assert client.get(at("company", company.pk)).status_code == 404
    deeds.record_holding(
        of_class=company.classes.get(), count=5, on=APRIL, holder=easton, by=manager,
        at=timezone.now(),
    )  # fmt: skip
    assert client.get(at("company", company.pk)).status_code == 200


@pytest.mark.parametrize("role", [None, *Role])
def test_only_those_who_keep_agreements_keep_a_company_s_record(company, norbury, role):
    client = browser_of(role, norbury)
    keeps = role is not None and Deed.KEEP_AGREEMENT in MAY[role]
    reads = role is not None and Deed.READ_AGREEMENT in MAY[role]
    refused = 403 if reads else 404
    for name in (
        "company_edit",
        "company_holdings",
        "company_board",
        "company_years",
        "write_plan",
    ):
        answer = client.get(at(name, company.pk))
        assert answer.status_code == (200 if keeps else refused), name
    assert client.get(at("register_company", "norbury")).status_code == (200 if keeps else 403)


@pytest.mark.parametrize("role", [None, *Role])
def test_a_plan_and_exposure_are_read_by_those_who_read_agreements(plan, norbury, role):
    client = browser_of(role, norbury)
    reads = role is not None and Deed.READ_AGREEMENT in MAY[role]
    plan_page = client.get(at("plan", plan.company_id, plan.pk))
    assert plan_page.status_code == (200 if reads else 404)
    assert client.get(at("exposure", "norbury")).status_code == (200 if reads else 403)


def test_a_company_is_registered_and_its_record_begun(norbury, manager):
    trust = OrganisationFactory(name="Trust", slug="trust")
    client = signed_in(manager)
    said = {"organisation": "trust", "form": "limited_by_guarantee", "employees_control": "no"}
    agreement = agreement_of(norbury, by=manager)
    said["agreement"] = agreement.pk
    answer = client.post(at("register_company", "norbury") + "?do=register", said)
    assert answer.status_code == 302
    made = Company.objects.get(organisation=trust)
    assert (made.agreement, made.employees_control, made.delivers_services) == (
        agreement,
        False,
        None,
    )
    page = client.get(at("company", made.pk))
    assert at("agreement", agreement.pk) in text_of(page)
    edited = client.post(at("company_edit", made.pk) + "?do=edit", {"form": "cio"})
    assert edited.status_code == 302
    made.refresh_from_db()
    assert (made.form, made.agreement) == ("cio", None)
    again = client.post(at("register_company", "norbury") + "?do=register", said)
    assert again.status_code == 409
    assert "has a record already" in text_of(again)


def test_a_form_that_is_not_filled_is_shown_again_with_what_to_mend(company, manager):
    answer = signed_in(manager).post(
        at("company_holdings", company.pk) + "?do=hold", {"count": "x"}
    )
    assert answer.status_code == 422
    assert "There is something to mend" in text_of(answer)
    bare = signed_in(manager).post(at("company_holdings", company.pk), {})
    assert bare.status_code == 400
    assert "no form of this page was sent" in text_of(bare)


def test_a_holding_is_recorded_from_the_page(company, manager):
    key = str(company.classes.get().pk)
    answer = signed_in(manager).post(
        at("company_holdings", company.pk) + "?do=hold",
        {"of_class": key, "holder_name": "Employees", "count": 40, "on": "2026-01-01"},
    )
    assert answer.status_code == 302
    assert Holding.objects.get(holder_name="Employees").count == 40


def test_a_dividend_above_distributable_profit_is_refused_on_the_page(company, manager):
    client, page = signed_in(manager), at("company_years", company.pk)
    year = {
        "ends_on": "2026-03-31",
        "own_pence": "9000000",
        "other_pence": "900000",
        "distributable_pence": "1000",
    }
    assert client.post(page + "?do=year", year).status_code == 302
    made = company.years.get()
    assert (made.own_pence, made.distributable_pence) == (900_000_000, 100_000)
    sent = {"year": made.pk, "pence": "1000.01", "on": "2026-11-01"}
    refused = client.post(page + "?do=dividend", sent)
    assert refused.status_code == 409
    assert "which leaves £1,000.00" in text_of(refused)
    assert client.post(page + "?do=dividend", sent | {"pence": "1000"}).status_code == 302


def test_a_plan_is_typed_put_and_decided_by_another(company, norbury, manager):
    client = signed_in(manager)
    rows = "income; Rents; 100; 100; 100; 100\ncost; Pay; £1,000.50; 0; 0; 0"
    said = {"name": "Plan", "starts_on": "2026-04-01", "lines": rows}
    assert client.post(at("write_plan", company.pk) + "?do=plan", said).status_code == 302
    plan = company.plans.get()
    assert plan.lines.get(title="Pay").planned_1 == 100_050
    page = at("plan", company.pk, plan.pk)
    assert client.post(page + "?do=put").status_code == 302
    refused = client.post(page + "?do=decide", {"answer": "approve"})
    assert refused.status_code == 409
    assert "record a decision of Norbury Council" in text_of(refused)
    member = browser_of(Role.EXECUTIVE_MEMBER, norbury)
    assert member.post(page + "?do=decide", {"answer": "approve"}).status_code == 302
    keys = {f"line_{key}": "90" for key in plan.lines.values_list("pk", flat=True)}
    assert client.post(page + "?do=report", {"quarter": "1", **keys}).status_code == 302
    assert "worse than planned" in text_of(client.get(page))


@pytest.mark.parametrize(
    "row", ["Rents; 1; 1; 1; 1", "income; Rents; 1; 1; 1", "cost; ; 1; 1; 1; 1"]
)
def test_a_plan_s_row_that_cannot_be_read_is_named(company, manager, row):
    said = {"name": "Plan", "starts_on": "2026-04-01", "lines": row}
    answer = signed_in(manager).post(at("write_plan", company.pk) + "?do=plan", said)
    assert answer.status_code == 422
    assert "Row 1 is not ‘income’ or ‘cost’" in text_of(answer)
    said["lines"] = "income; Rents; 1; x; 1; 1"
    answer = signed_in(manager).post(at("write_plan", company.pk) + "?do=plan", said)
    assert "Row 1 has an amount that is not pounds and pence" in text_of(answer)


def test_exposure_is_stressed_by_what_stands_in_the_address(company, norbury, manager):
    client, page = signed_in(manager), at("exposure", "norbury")
    assert "Nothing of Norbury Council is recorded as at risk" in text_of(client.get(page))
    said = {"company": company.pk, "standing": "LOAN", "pence": "1000", "on": "2026-01-01"}
    assert client.post(page + "?do=expose", said).status_code == 302
    reserves = {"pence": "800", "on": "2026-03-31", "source": "Accounts"}
    assert client.post(page + "?do=reserves", reserves).status_code == 302
    assert "£−200.00" in text_of(client.get(page)) or "−£200.00" in text_of(client.get(page))
    assert "£300.00" in text_of(client.get(page, {"loan": "50"}))
    ended = {"exposure": CompanyExposure.objects.get().pk, "on": "2026-05-01"}
    assert client.post(page + "?do=end", ended).status_code == 302
    assert "is recorded as at risk" in text_of(client.get(page))


def test_an_auditor_reads_exposure_and_is_shown_no_form(norbury):
    said = text_of(browser_of(Role.INTERNAL_AUDITOR, norbury).get(at("exposure", "norbury")))
    assert "You cannot keep the agreements of Norbury Council" in said
    assert "Record reserves" not in said


ASKED = {
    "began_on": "2026-11-01",
    "kind": "light_touch",
    "value_pence": "500000",
    "owners_percent": "68.63",
    "is_controlled": "yes",
}


def test_anyone_asks_the_helper_and_nothing_is_saved():
    said = text_of(Client().get(at("routes"), ASKED))
    assert "68.63% of its activities are for those who control it; it takes more than 80%" in said
    assert "This is not legal advice" in said
    found = Client().get(at("routes"), ASKED | {"format": "json"}).json()
    states = {one["key"]: one["state"] for one in found["routes"]}
    assert (states["vertical"], states["below_threshold"]) == ("closed", "open")
    assert not RouteKept.objects.exists()
    assert Client().get(at("routes"), {"began_on": "soon"}).status_code == 400
    assert text_of(Client().get(at("routes"), ASKED | {"format": "csv"})).count("\r\n") == 8


def test_the_helper_begins_with_what_a_company_s_record_knows(company, manager):
    deeds.record_year(
        company=company, ends_on=date(2026, 3, 31), own_pence=90, other_pence=10, by=manager,
        at=timezone.now(),
    )  # fmt: skip
    asked = {"company": company.pk}
    assert 'value="90.0000"' in text_of(signed_in(manager).get(at("routes"), asked))
    assert 'value="90.0000"' not in text_of(Client().get(at("routes"), asked))


@pytest.mark.parametrize("role", [None, *Role])
def test_an_answer_is_kept_by_those_who_keep_agreements(norbury, role):
    client = browser_of(role, norbury)
    keeps = role is not None and Deed.KEEP_AGREEMENT in MAY[role]
    address = at("keep_route", "norbury") + "?began_on=2026-11-01&kind=works"
    answer = client.post(address, {"body": "norbury", "name": "Bridges"})
    assert answer.status_code == (302 if keeps else 403)
    assert RouteKept.objects.exists() is keeps
    if keeps:
        assert answer["Location"] == at("route_kept", "norbury", RouteKept.objects.get().pk)


def test_a_solicitor_s_word_is_recorded_on_an_answer_that_was_kept(norbury, manager):
    client = signed_in(manager)
    client.post(
        at("keep_route", "norbury") + "?began_on=2026-11-01&kind=works",
        {"body": "norbury", "name": "Bridges"},
    )
    page = at("route_kept", "norbury", RouteKept.objects.get().pk)
    said = {"solicitor": "B. Lawson", "on": "2026-11-20", "said": "Compete."}
    assert client.post(page + "?do=confirm", said).status_code == 302
    assert "B. Lawson confirmed it on 20 November 2026." in text_of(client.get(page))
    member = browser_of(Role.SCRUTINY_MEMBER, norbury)
    assert member.get(page).status_code == 200
    assert member.post(page + "?do=confirm", said).status_code == 409


@pytest.fixture
def heirs(norbury):
    north, south = (
        OrganisationFactory(name=name, slug=name.lower()) for name in ("North", "South")
    )
    record_succession(
        predecessor=norbury, shares={north: Decimal("0.6"), south: Decimal("0.4")},
        on=timezone.localdate() - timedelta(days=30), by=None, at=timezone.now(),
    )  # fmt: skip
    return north, south


def test_what_an_abolished_body_held_is_passed_on_from_its_page(company, norbury, heirs):
    north, _ = heirs
    client = signed_in(manager_of(north))
    listed = text_of(client.get(at("abolished")))
    assert "Norbury Council" in listed
    page = at("succession", "norbury")
    key = company.classes.get().pk
    deed = SimpleUploadedFile("novation.pdf", b"signed")
    sent = {"thing": f"HOLDING:{key}", "part_north": "60", "part_south": "40", "how": "DEED"}
    refused = client.post(page + "?do=pass", sent)
    assert refused.status_code == 409
    assert "attach the deed" in text_of(refused)
    assert client.post(page + "?do=pass", sent | {"document": deed}).status_code == 302
    made = Novation.objects.filter(thing="HOLDING")
    assert {one.quantity for one in made} == {119, 80}
    assert "novation.pdf" in text_of(client.get(page, {"format": "csv"}))
    assert client.post(page + "?do=pass", sent).status_code == 422


def test_a_stranger_passes_nothing_on(norbury, heirs):
    client = signed_in(PersonFactory())
    assert client.get(at("succession", "norbury")).status_code == 403
    assert "No abolished body’s things are yours" in text_of(client.get(at("abolished")))
    assert client.get(at("succession", "north")).status_code == 404


# ── what waits ───────────────────────────────────────────────────────────────────────────────


def waiting(person, day=None):
    return waits(viewer_for(person), on=day or timezone.localdate())


def test_a_plan_waits_for_those_who_decide_for_an_owner(norbury):
    company_story(norbury, OrganisationFactory(name="Easton"))
    member = RoleHeldFactory(role=Role.EXECUTIVE_MEMBER.value, organisation=norbury).person
    assert [label for label, *_ in waiting(member)] == ["Decide on Plan 2026/27"]
    assert waiting(PersonFactory()) == []
    assert waits(viewer_for(None), on=timezone.localdate()) == []


def test_a_warning_seats_and_a_late_quarter_wait_for_whoever_keeps_the_record(norbury):
    company, plan = company_story(norbury, OrganisationFactory(name="Easton"))
    member = RoleHeldFactory(role=Role.EXECUTIVE_MEMBER.value, organisation=norbury).person
    company_plans.decide_plan(plan=plan, approve=True, why="", by=member, at=timezone.now())
    company.directorships.create(appointed_by=norbury, starts_on=APRIL)
    found = {label: (due, why) for label, due, _, why in waiting(plan.put_by, date(2026, 7, 20))}
    assert "for others, above 15%" in found["Work for others of Norbury Council Homes"][1]
    assert found["Fill the board of Norbury Council Homes"][1] == "1 seat waits to be filled."
    due, why = found["Report on Plan 2026/27 of Norbury Council Homes"]
    assert (due, why) == (date(2026, 8, 1), "Quarter 1 has ended and is not reported.")


def test_what_an_abolished_body_left_waits_for_a_successor_s_keeper(company, norbury, heirs):
    found = waiting(manager_of(heirs[0]))
    assert found[0][0] == "Pass on what Norbury Council left"
    assert "have not passed to a successor" in found[0][3]


# ── the keyboard and the API ─────────────────────────────────────────────────────────────────


def at_the_keyboard(*words: str):
    return CliRunner().invoke(agreements, list(words))


def test_the_keyboard_and_the_api_give_the_routes_that_the_page_gives():
    facts = ["kind=light_touch", "value_pounds=500000", "owners_percent=68.63", "is_controlled=yes"]
    page = Client().get(at("routes"), ASKED | {"format": "json"}).json()
    pairs = [word for fact in facts for word in ("--fact", fact)]
    typed = at_the_keyboard("route", "--began-on", "2026-11-01", *pairs, "--format", "json")
    assert json.loads(typed.stdout) == page
    asked = {"began_on": "2026-11-01", "fact": facts}
    assert Client().get(reverse("api:agreements_routes"), asked).json() == page
    plain = at_the_keyboard("route", "--began-on", "2026-11-01", *pairs)
    assert "A body that the authority controls: closed. 68.63%" in plain.stdout


def test_a_fact_that_is_not_asked_is_refused_in_a_sentence():
    with pytest.raises(CannotReadFacts, match=r"colour=red is no fact that is asked. Give one of"):
        facts_typed({"began_on": "2026-11-01"}, ["colour=red"], kinds=[("works", "Works")])
    with pytest.raises(CannotReadFacts, match="value_pounds=many cannot be read"):
        facts_typed({"began_on": "2026-11-01"}, ["value_pounds=many"], kinds=[("works", "Works")])
    answer = Client().get(
        reverse("api:agreements_routes"), {"began_on": "2026-11-01", "fact": "colour=red"}
    )
    assert answer.status_code == 400
    assert "is no fact that is asked" in answer.json()["sentence"]


def test_each_door_gives_a_reader_the_same_companies(company, norbury, manager):
    company_story(norbury, OrganisationFactory(name="Easton"))
    for client, names in (
        (Client(), ["Norbury Council Homes"]),
        (signed_in(manager), ["Norbury Council Homes", "Norbury Homes"]),
    ):
        page = client.get(at("companies"), {"format": "json"}).json()["rows"]
        assert [row["name"] for row in page] == names
        assert client.get(reverse("api:agreements_companies")).json()["rows"] == page
    typed = at_the_keyboard("companies", "--format", "json")
    assert len(json.loads(typed.stdout)["rows"]) == 2
    record = reverse("api:agreements_company", args=[company.pk])
    assert Client().get(record).status_code == 404
    found = signed_in(manager).get(record).json()
    assert found["stakes"][0]["holder"] == "Investors"
    assert found == signed_in(manager).get(at("company", company.pk), {"format": "json"}).json()


def test_a_company_s_record_says_what_was_done_to_whoever_reads_it(company, manager):
    said = text_of(signed_in(manager).get(at("company", company.pk)))
    assert "Investors has 80.1% of its votes, and Norbury Council 19.9%." in said
    assert "What was done" in said
