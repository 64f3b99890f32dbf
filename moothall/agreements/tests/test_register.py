"""Who enters what in the register, who reads it, and what each refusal says."""

from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions import register
from moothall.agreements.actions.register import CannotKeep
from moothall.agreements.models import Agreement, Company
from moothall.agreements.queries.register import agreement_list, agreement_read_by
from moothall.agreements.tests.company_factories import company_story
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.core.models import AuditEntry
from moothall.core.permissions import PUBLIC, Viewer
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def care():
    return OrganisationFactory(
        name="Norbury Care", slug="care", kind="charity", is_of_the_place=False
    )


@pytest.fixture
def agreement(norbury, care):
    return agreement_of(
        norbury, care, purpose="Care at home", value_pence=120_000_000, by=manager_of(norbury)
    )


def entered(body, **fields):
    said = {"name": "Care at home", "kind": "contract", "by": manager_of(body), "at": NOW}
    return register.add_agreement(body=body, **{**said, **fields})


def browser_of(role, body) -> Client:
    client = Client()
    client.force_login(RoleHeldFactory(organisation=body, role=role.value).person)
    return client


def page(client, name="agreement", *args) -> str:
    answer = client.get(reverse(f"agreements:{name}", args=args))
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def test_an_agreement_is_entered_as_a_draft_with_its_keeper_as_a_member(norbury):
    made = entered(norbury, role="commissioner", reference="C-17", value_pence=5)
    assert (made.state, made.reference, made.value_pence) == ("DRAFT", "C-17", 5)
    assert [(m.organisation, m.role) for m in made.members.all()] == [(norbury, "commissioner")]
    assert AuditEntry.objects.latest("seq").did == "agreements.entered"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "  "}, "An agreement needs a name by which it is found again"),
        ({"kind": "pact"}, "There is no kind of agreement called 'pact'"),
        ({"regime": "EU"}, "There is no procurement law called 'EU' here"),
        ({"name": "x" * 201}, "The name has 201 letters, and at most 200 fit"),
        (
            {"starts_on": date(2026, 4, 1), "ends_before": date(2026, 4, 1)},
            "cannot end before 1 April 2026: it starts on 1 April 2026",
        ),
    ],
)
def test_what_does_not_hold_together_is_not_entered(norbury, fields, sentence):
    with pytest.raises(CannotKeep, match=sentence):
        entered(norbury, **fields)
    assert not Agreement.objects.exists()


def test_two_agreements_of_a_body_do_not_share_a_reference(norbury, care):
    entered(norbury, reference="C-17")
    entered(care, reference="C-17")  # another body's own numbers are its own
    with pytest.raises(CannotKeep, match="has an agreement of reference C-17 already: Care at"):
        entered(norbury, reference="C-17")


def test_who_keeps_no_register_enters_nothing(norbury):
    officer = RoleHeldFactory(organisation=norbury, role=Role.FINANCE_OFFICER.value).person
    with pytest.raises(CannotKeep, match="You cannot keep the agreements of Norbury Council"):
        entered(norbury, by=officer)


def test_a_change_of_the_record_is_kept_with_what_it_was(agreement):
    register.set_agreement(
        agreement=agreement, answers_to="Cabinet", notice_months=6, by=agreement.by, at=NOW
    )
    agreement.refresh_from_db()
    assert (agreement.answers_to, agreement.notice_months) == ("Cabinet", 6)
    entry = AuditEntry.objects.latest("seq")
    assert '"notice_months":[null,6]' in entry.detail
    assert "Cabinet" not in entry.detail  # free text stands in the log as a digest


def test_a_body_is_a_member_once_at_a_time_and_its_part_changes(agreement, care):
    by = agreement.by
    with pytest.raises(CannotKeep, match="Norbury Care is a member of Urban services already"):
        register.add_member(agreement=agreement, organisation=care, role="partner", by=by, at=NOW)
    part = agreement.members.get(organisation=care)
    register.set_member(member=part, gets="Steady work", joined_on=date(2025, 4, 1), by=by, at=NOW)
    assert agreement.members.get(organisation=care).gets == "Steady work"


def test_there_is_no_part_by_another_name(agreement, norbury):
    other = OrganisationFactory()
    with pytest.raises(CannotKeep, match="There is no part called 'friend'"):
        register.add_member(
            agreement=agreement, organisation=other, role="friend", by=agreement.by, at=NOW
        )


def test_the_public_reads_what_is_public_and_members_people_what_is_not(agreement, norbury, care):
    assert agreement_read_by(PUBLIC, agreement.pk) is None
    for body in (norbury, care):
        reader = RoleHeldFactory(organisation=body, role=Role.SCRUTINY_MEMBER.value).person
        assert agreement_read_by(viewer_for(reader), agreement.pk) == agreement
    stranger = RoleHeldFactory(role=Role.COMMISSIONER.value).person
    assert agreement_read_by(viewer_for(stranger), agreement.pk) is None
    register.set_agreement(agreement=agreement, is_public=True, by=agreement.by, at=NOW)
    assert agreement_read_by(PUBLIC, agreement.pk) == agreement
    register.set_agreement(agreement=agreement, is_public=False, by=agreement.by, at=NOW)
    agreement.members.filter(organisation=care).update(left_on=date(2026, 11, 1))
    gone = RoleHeldFactory(organisation=care, role=Role.SCRUTINY_MEMBER.value).person
    assert agreement_read_by(viewer_for(gone), agreement.pk) is None


def test_what_is_withheld_gives_its_reason_and_day_to_the_public_and_the_amount_to_members(
    agreement, client
):
    by = agreement.by
    register.set_agreement(agreement=agreement, is_public=True, by=by, at=NOW)
    address = reverse("agreements:agreement", args=[agreement.pk])
    assert "£1,200,000.00" in page(client, "agreement", agreement.pk)
    said = {"part": "value", "why": "A tender runs.", "review_on": date(2027, 3, 31)}
    register.withhold(agreement=agreement, **said, by=by, at=NOW)
    (row,) = agreement_list(viewer=PUBLIC)
    assert row.value_gbp is None
    shown = page(client, "agreement", agreement.pk)
    assert "1,200,000" not in shown
    assert "1.2m" not in shown
    assert "Withheld: A tender runs. This is asked again on 31 March 2027." in shown
    assert "120" not in str(client.get(address, {"format": "json"}).json()["value_gbp"])
    (row,) = agreement_list(viewer=viewer_for(by))
    assert row.value_gbp == 1_200_000
    with pytest.raises(CannotKeep, match="The price is withheld already"):
        register.withhold(agreement=agreement, **said, by=by, at=NOW)
    register.show_again(agreement=agreement, part="value", by=by, at=NOW)
    assert "£1,200,000.00" in page(client, "agreement", agreement.pk)
    with pytest.raises(CannotKeep, match="Nothing called 'value' is withheld"):
        register.show_again(agreement=agreement, part="value", by=by, at=NOW)


WITHHELD = {"why": "A tender runs.", "review_on": date(2027, 3, 31)}


@pytest.fixture
def told(norbury, care):
    """A public agreement of which there is something to tell in every part."""
    held = agreement_of(
        norbury, care, kind="company", by=manager_of(norbury), is_public=True,
        value_pence=120_000_000, ends_before=date(2027, 1, 31), notice_months=7,
        leaving_terms="Staff go back.",
    )  # fmt: skip
    held.versions.update(why="The lamps were added")
    company_story(norbury, care)
    Company.objects.update(agreement=held)
    return held


@pytest.mark.parametrize(
    ("part", "told_by"),
    [
        ("value", ("1,200,000", "£1.2m")),
        ("exit", ("31 January 2027", "7 months", "Staff go back.")),
        ("terms", ("The lamps were added",)),
        ("changes", ("The lamps were added", "nothing has changed")),
        ("ownership", ("Ada Brack", "has 50.1%", "Ordinary shares")),
    ],
)
def test_no_page_tells_the_public_what_is_withheld_and_each_says_why(told, client, part, told_by):
    company = told.companies.get()
    asked = [
        reverse(f"agreements:{name}", args=args) + form
        for name, args, forms in (
            ("home", [], ("", "?format=csv")),
            ("agreement", [told.pk], ("", "?format=json")),
            ("companies_of", [told.pk], ("", "?format=csv")),
            ("company", [company.pk], ("", "?format=json", "?format=csv")),
        )
        for form in forms
    ]

    def pages(client):
        return unescape("".join(b"".join(client.get(url)).decode() for url in asked))

    before = pages(client)
    assert [each for each in told_by if each not in before] == []
    register.withhold(agreement=told, part=part, **WITHHELD, by=told.by, at=NOW)
    after = pages(client)
    assert [each for each in told_by if each in after] == []
    assert "A tender runs. This is asked again on 31 March 2027." in after
    members = browser_of(Role.SCRUTINY_MEMBER, told.body)
    inside = pages(members)
    assert [each for each in told_by if each not in inside] == []
    assert "Withheld: A tender runs." not in inside


def test_an_end_that_is_withheld_is_not_told_by_an_order_a_filter_or_a_state(told, client):
    other = agreement_of(told.body, name="A", is_public=True, ends_before=date(2027, 1, 1))
    Agreement.objects.filter(pk=told.pk).update(ends_before=date(2026, 11, 1))
    rows = agreement_list(viewer=PUBLIC, order="ends")
    assert [(row.id, row.state_words) for row in rows] == [
        (told.pk, "in force, past its end"),
        (other.pk, "in force"),
    ]
    register.withhold(agreement=told, part="exit", **WITHHELD, by=told.by, at=NOW)
    rows = agreement_list(viewer=PUBLIC, order="ends")
    assert [(row.id, row.state_words) for row in rows] == [
        (other.pk, "in force"),
        (told.pk, "in force"),
    ]
    found = agreement_list(viewer=PUBLIC, ends_within="6", on=date(2026, 10, 1))
    assert [row.id for row in found] == [other.pk]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"why": " "}, "The price is not withheld without a reason"),
        ({"why": "x" * 301}, "The why has 301 letters"),
        ({"review_on": date(2026, 11, 24)}, "24 November 2026 is not to come"),
        ({"part": "colour"}, "No part of an agreement is called 'colour'"),
    ],
)
def test_nothing_is_withheld_without_a_reason_and_a_day_to_come(agreement, said, sentence):
    given = {"part": "value", "why": "A tender runs.", "review_on": date(2027, 3, 31), **said}
    with pytest.raises(CannotKeep, match=sentence):
        register.withhold(agreement=agreement, **given, by=agreement.by, at=NOW)


def test_an_order_by_value_tells_nothing_of_a_price_that_is_withheld(norbury, care):
    agreements = [
        agreement_of(norbury, care, name=name, value_pence=pence, is_public=True)
        for name, pence in (("A", 300), ("B", 100), ("C", 200))
    ]
    said = {"part": "value", "why": "A tender runs.", "review_on": date(2027, 3, 31)}
    register.withhold(agreement=agreements[0], **said, by=manager_of(norbury), at=NOW)
    rows = agreement_list(viewer=PUBLIC, order="value")
    assert [row.name for row in rows][:2] == ["B", "C"]
    rows = agreement_list(viewer=PUBLIC, order="-value")
    assert [row.name for row in rows if row.value_gbp is not None] == ["C", "B"]
    assert [row.name for row in rows][-1] == "A"


def test_the_list_finds_by_words_kind_state_member_sector_place_and_end(norbury, care):
    agreement_of(norbury, care, name="Lamps", area="Norbury North", ends_before=date(2027, 2, 1))
    agreement_of(norbury, name="Pact", kind="compact", state="DRAFT", purpose="Work together")

    def names(**asked):
        found = agreement_list(viewer=Viewer.operator(), on=NOW.date(), **asked)
        return [row.name for row in found]

    assert names() == ["Lamps", "Pact"]
    assert names(order="-name") == ["Pact", "Lamps"]
    assert names(words="together") == ["Pact"]
    assert names(words="norbury care") == ["Lamps"]
    assert names(kind="compact") == ["Pact"]
    assert names(state="running") == ["Lamps"]
    assert names(state="DRAFT") == ["Pact"]
    assert names(member="care") == ["Lamps"]
    assert names(sector="charity") == ["Lamps"]
    assert names(place="north") == ["Lamps"]
    assert names(ends_within="6") == ["Lamps"]
    assert names(ends_within="6", words="Pact") == []


def test_the_list_asks_as_many_questions_of_ten_agreements_as_of_one(
    norbury, care, django_assert_max_num_queries
):
    for number in range(10):
        agreement_of(norbury, care, name=f"No {number}")
    with django_assert_max_num_queries(5):
        rows = agreement_list(viewer=Viewer.operator())
    assert len(rows) == 10
    assert rows[0].member_names == "Norbury Council; Norbury Care"


def test_a_record_lists_what_one_of_its_kind_lacks(norbury, care):
    bare = agreement_of(norbury, care, kind="contract", text=None, regime="")
    (row,) = agreement_list(viewer=Viewer.operator())
    assert "the procurement law that governs it" in row.lacking
    assert "its terms as a deal" in row.lacking
    assert "the executed document, from each party" in row.lacking
    Agreement.objects.filter(pk=bare.pk).update(
        kind="compact", purpose="Work together", review_on=NOW.date(), leaving_terms="On notice"
    )
    (row,) = agreement_list(viewer=Viewer.operator())
    assert row.lacking == ()


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_that_keep_agreements_come_to_its_forms(agreement, norbury, role):
    client = browser_of(role, norbury)
    may = Deed.KEEP_AGREEMENT in MAY[role]
    part = agreement.members.first().pk
    addresses = [
        reverse("agreements:add_agreement", args=["norbury"]),
        reverse("agreements:change_agreement", args=[agreement.pk]),
        reverse("agreements:add_member", args=[agreement.pk]),
        reverse("agreements:member", args=[agreement.pk, part]),
        reverse("agreements:leave", args=[agreement.pk, part]),
        reverse("agreements:withhold", args=[agreement.pk]),
    ]
    turned_away = 403 if Deed.READ_AGREEMENT in MAY[role] else 404
    for address in addresses:
        expected = 200 if may else 403 if address == addresses[0] else turned_away
        assert client.get(address).status_code == expected, address
        if not may:
            assert client.post(address, {}).status_code == expected, address


def test_a_manager_enters_an_agreement_and_its_members_on_the_pages(norbury, care):
    client = browser_of(Role.PARTNERSHIP_MANAGER, norbury)
    sent = {"name": "Care at home", "kind": "contract", "role": "commissioner", "value_gbp": "12.5"}
    answer = client.post(reverse("agreements:add_agreement", args=["norbury"]), sent)
    made = Agreement.objects.get()
    assert answer["Location"] == reverse("agreements:agreement", args=[made.pk])
    assert made.value_pence == 1250
    sent = {"organisation": "care", "role": "provider", "gets": "Steady work"}
    client.post(reverse("agreements:add_member", args=[made.pk]), sent)
    shown = page(client, "agreement", made.pk)
    assert "2 bodies" in shown
    assert "Steady work" in shown
    assert "Member added" in shown
    assert "Care at home" in page(client, "home")


def test_a_form_that_is_refused_keeps_what_was_filled_in(norbury):
    client = browser_of(Role.PARTNERSHIP_MANAGER, norbury)
    entered(norbury, reference="C-17")
    sent = {"name": "Another", "kind": "contract", "reference": "C-17"}
    answer = client.post(reverse("agreements:add_agreement", args=["norbury"]), sent)
    assert answer.status_code == 409
    html = unescape(answer.content.decode())
    assert "has an agreement of reference C-17 already" in html
    assert 'value="Another"' in html
