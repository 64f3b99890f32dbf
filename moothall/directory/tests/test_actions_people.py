"""People are invited, given roles for days, and end them; each deed once in the audit log."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail

from moothall.core.models import AuditEntry
from moothall.directory import actions
from moothall.directory.engine.roles import Deed, Role
from moothall.directory.models import DeclaredInterest, Person, RoleHeld
from moothall.directory.tests.factories import (
    DeclaredInterestFactory,
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury", slug="norbury")


@pytest.fixture
def administrator(norbury):
    return RoleHeldFactory(role=Role.SYSTEM_ADMINISTRATOR.value, organisation=norbury).person


def recorded() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("did", flat=True))


def grant(person, body, role, *, by=None, starts_on=TODAY, **fields):
    return actions.grant_role(
        person=person, body=body, role=role, starts_on=starts_on, by=by, at=NOW, **fields
    )


def test_an_invited_person_signs_in_with_a_verified_address_and_holds_nothing(norbury):
    invitation = actions.invite_person(
        email=" Ada.Moss@Example.org ", name="Ada  Moss", by=None, at=NOW
    )
    person = Person.objects.get()
    assert (person.email, person.name) == ("ada.moss@example.org", "Ada Moss")
    assert not person.has_usable_password()
    assert person.emailaddress_set.get().verified
    assert invitation.set_password_path.startswith("/account/password/reset/key/")
    assert recorded() == ["directory.person_added"]
    entry = AuditEntry.objects.get()
    assert "ada" not in (entry.detail + entry.subject).lower()


@pytest.mark.parametrize(
    ("email", "name", "sentence"),
    [
        ("ada@example.org", " ", "A person needs a name. Give the one that colleagues will read."),
        ("ada", "Ada", "ada is not an e-mail address. Give one such as name@example.org."),
        ("", "Ada", "Nothing is not an e-mail address. Give one such as name@example.org."),
        (
            "TAKEN@example.org",
            "Ada",
            "Someone already signs in with taken@example.org. Give them the role; no invitation "
            "is needed.",
        ),
    ],
)
def test_an_invitation_that_cannot_be_says_why(email, name, sentence):
    PersonFactory(email="taken@example.org")
    with pytest.raises(actions.CannotInvitePerson) as refused:
        actions.invite_person(email=email, name=name, by=None, at=NOW)
    assert refused.value.sentence == sentence
    assert recorded() == []


def test_only_who_manages_people_invites_and_for_their_own_body(norbury, administrator):
    with pytest.raises(actions.CannotInvitePerson, match="An invitation comes from a body"):
        actions.invite_person(email="a@example.org", name="A", by=administrator, at=NOW)
    with pytest.raises(actions.CannotInvitePerson, match="You cannot manage the people of"):
        actions.invite_person(
            email="a@example.org", name="A", by=administrator, at=NOW, body=OrganisationFactory()
        )
    actions.invite_person(email="a@example.org", name="A", by=administrator, at=NOW, body=norbury)
    assert recorded() == ["directory.person_added"]


def test_a_role_is_given_for_days_and_recorded_with_its_authority(norbury, administrator):
    person = PersonFactory()
    held = grant(
        person,
        norbury,
        Role.FINANCE_OFFICER,
        by=administrator,
        ends_before=date(2027, 4, 1),
    )
    assert Person.objects.get(pk=person.pk).roles.in_force(TODAY).get() == held
    assert not person.roles.in_force(date(2027, 4, 1)).exists()
    entry = AuditEntry.objects.get()
    assert (entry.did, entry.body_id, entry.by) == (
        "directory.role_granted",
        norbury.pk,
        f"person:{administrator.pk}",
    )
    assert entry.authority == f"system_administrator:{norbury.pk}"


def test_nobody_gives_a_role_to_themselves(norbury, administrator):
    with pytest.raises(
        actions.CannotGrantRole,
        match=r"You cannot give yourself the role of community group at Norbury: whoever hands out "
        r"roles hands none to themselves. Ask another system administrator.",
    ):
        grant(administrator, norbury, Role.COMMUNITY_GROUP, by=administrator)


def test_a_finance_officer_gives_no_roles(norbury):
    clerk = RoleHeldFactory(organisation=norbury).person
    with pytest.raises(
        actions.CannotGrantRole,
        match=r"You cannot manage the people of Norbury: only its system administrator may",
    ):
        grant(PersonFactory(), norbury, Role.PROVIDER, by=clerk)


def test_a_system_administrator_holds_nothing_that_approves_pays_or_reads(norbury, administrator):
    with pytest.raises(
        actions.CannotGrantRole,
        match=r"cannot be section 151 officer of Norbury while system administrator there",
    ):
        grant(administrator, norbury, Role.SECTION_151_OFFICER)
    clerk = RoleHeldFactory(organisation=norbury).person
    with pytest.raises(
        actions.CannotGrantRole,
        match=r"cannot be system administrator of Norbury while finance officer there: whoever "
        r"hands out roles holds none that approves, pays or reads private rows. End the other",
    ):
        grant(clerk, norbury, Role.SYSTEM_ADMINISTRATOR)
    grant(administrator, norbury, Role.OTHER_MEMBER)
    grant(administrator, OrganisationFactory(), Role.SECTION_151_OFFICER)


def test_roles_that_exclude_each_other_may_follow_each_other(norbury):
    clerk = RoleHeldFactory(organisation=norbury, ends_before=date(2027, 4, 1)).person
    grant(clerk, norbury, Role.SYSTEM_ADMINISTRATOR, starts_on=date(2027, 4, 1))
    early = RoleHeldFactory(organisation=norbury, starts_on=date(2027, 4, 1)).person
    grant(early, norbury, Role.SYSTEM_ADMINISTRATOR, ends_before=date(2027, 4, 1))


def test_a_role_is_not_given_twice_for_one_day(norbury):
    clerk = RoleHeldFactory(organisation=norbury, person__name="Bo").person
    with pytest.raises(
        actions.CannotGrantRole,
        match=r"Bo is already finance officer of Norbury, from 1 April 2020. End that first",
    ):
        grant(clerk, norbury, Role.FINANCE_OFFICER)


def test_a_role_lasts_a_day_or_more(norbury):
    with pytest.raises(actions.CannotGrantRole, match="A role lasts a day or more"):
        grant(PersonFactory(), norbury, Role.FINANCE_OFFICER, ends_before=TODAY)


def test_nobody_takes_a_role_at_a_body_that_has_ended():
    gone = OrganisationFactory(name="Old East", ended_on=date(2023, 3, 31))
    with pytest.raises(
        actions.CannotGrantRole,
        match=r"Nobody can become finance officer of Old East on 22 November 2026: it ended on "
        r"31 March 2023. Give the role at the body that succeeded it.",
    ):
        grant(PersonFactory(), gone, Role.FINANCE_OFFICER)


# ── deputies ─────────────────────────────────────────────────────────────────────────────────


def test_a_deputy_acts_with_the_role_and_never_longer_than_the_principal(norbury):
    principal = RoleHeldFactory(organisation=norbury, ends_before=date(2027, 1, 1))
    deputy = grant(PersonFactory(), norbury, Role.FINANCE_OFFICER, deputy_for=principal)
    assert deputy.ends_before == date(2027, 1, 1)
    assert Person.objects.get(pk=deputy.person_id).holds(Deed.LOAD_SPEND, on=norbury.pk)
    actions.end_role(role_id=principal.pk, by=None, at=NOW, ends_before=date(2026, 12, 1))
    deputy.refresh_from_db()
    assert deputy.ends_before == date(2026, 12, 1)
    assert recorded() == ["directory.role_granted", "directory.role_ended"]


def test_a_deputy_stands_in_for_someone_else_who_holds_that_role_then(norbury):
    principal = RoleHeldFactory(
        organisation=norbury, person__name="Bo", ends_before=date(2026, 12, 1)
    )
    for person, role, starts_on, sentence in (
        (principal.person, Role.FINANCE_OFFICER, TODAY, "Bo cannot deputise for themselves"),
        (PersonFactory(), Role.INVESTOR, TODAY, "Bo is not investor of Norbury, so nobody can"),
        (
            PersonFactory(),
            Role.FINANCE_OFFICER,
            date(2026, 12, 1),
            "Bo is not finance officer of Norbury on 1 December 2026",
        ),
        (
            PersonFactory(),
            Role.FINANCE_OFFICER,
            date(2020, 3, 31),
            "Bo is not finance officer of Norbury on 31 March 2020",
        ),
    ):
        with pytest.raises(actions.CannotGrantRole, match=sentence):
            grant(person, norbury, role, starts_on=starts_on, deputy_for=principal)
    deputy = grant(PersonFactory(name="Cy"), norbury, Role.FINANCE_OFFICER, deputy_for=principal)
    with pytest.raises(actions.CannotGrantRole, match="Cy is a deputy, and a deputy has none"):
        grant(PersonFactory(), norbury, Role.FINANCE_OFFICER, deputy_for=deputy)


# ── ending ───────────────────────────────────────────────────────────────────────────────────


def test_an_ended_role_stops_today_and_stays_on_record(norbury, administrator):
    held = RoleHeldFactory(organisation=norbury)
    actions.end_role(role_id=held.pk, by=administrator, at=NOW)
    held.refresh_from_db()
    assert held.ends_before == TODAY
    assert recorded() == ["directory.role_ended"]


def test_a_role_that_had_not_begun_is_taken_back_whole(norbury):
    held = RoleHeldFactory(organisation=norbury, starts_on=date(2027, 1, 1))
    deputy = RoleHeldFactory(organisation=norbury, starts_on=date(2027, 2, 1), deputy_for=held)
    actions.end_role(role_id=held.pk, by=None, at=NOW)
    assert not RoleHeld.objects.filter(pk__in=[held.pk, deputy.pk]).exists()
    assert str(deputy.pk) in AuditEntry.objects.get().detail


def test_a_role_is_not_ended_in_the_past_or_twice(norbury):
    held = RoleHeldFactory(organisation=norbury, person__name="Bo")
    with pytest.raises(
        actions.CannotEndRole, match="A role cannot be ended on 1 June 2026, which has passed"
    ):
        actions.end_role(role_id=held.pk, by=None, at=NOW, ends_before=date(2026, 6, 1))
    actions.end_role(role_id=held.pk, by=None, at=NOW)
    with pytest.raises(
        actions.CannotEndRole,
        match=r"Bo stops being finance officer of Norbury before 22 November 2026 already.",
    ):
        actions.end_role(role_id=held.pk, by=None, at=NOW)


def test_the_last_system_administrator_of_a_body_stays(norbury):
    only = RoleHeldFactory(
        organisation=norbury, role=Role.SYSTEM_ADMINISTRATOR.value, person__name="Ada"
    )
    with pytest.raises(
        actions.CannotEndRole,
        match=r"Ada cannot stop being system administrator of Norbury: nobody else there could "
        r"then give or end roles. Give the role to someone else first.",
    ):
        actions.end_role(role_id=only.pk, by=only.person, at=NOW)
    RoleHeldFactory(organisation=norbury, role=Role.SYSTEM_ADMINISTRATOR.value)
    actions.end_role(role_id=only.pk, by=only.person, at=NOW)


def test_only_who_manages_people_ends_a_role(norbury):
    held = RoleHeldFactory(organisation=norbury)
    with pytest.raises(actions.CannotEndRole, match="You cannot manage the people of Norbury"):
        actions.end_role(role_id=held.pk, by=held.person, at=NOW)


# ── inviting and giving in one deed ──────────────────────────────────────────────────────────


def test_someone_new_is_invited_by_letter_and_given_the_role(
    norbury, administrator, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        held = actions.add_to_body(
            email="ada@example.org",
            name="Ada",
            body=norbury,
            role=Role.FINANCE_OFFICER,
            starts_on=TODAY,
            by=administrator,
            at=NOW,
            site_url="https://moothall.example.org/",
        )
    assert held.person.email == "ada@example.org"
    letter = mail.outbox[0]
    assert letter.to == ["ada@example.org"]
    assert "https://moothall.example.org/account/password/reset/key/" in letter.body
    assert recorded() == ["directory.person_added", "directory.role_granted"]


def test_when_the_role_is_refused_nobody_is_invited(norbury, administrator):
    with pytest.raises(actions.CannotGrantRole):
        actions.add_to_body(
            email="ada@example.org",
            name="Ada",
            body=norbury,
            role=Role.FINANCE_OFFICER,
            starts_on=TODAY,
            ends_before=TODAY,
            by=administrator,
            at=NOW,
        )
    assert not Person.objects.filter(email="ada@example.org").exists()
    assert recorded() == []


# ── interests ────────────────────────────────────────────────────────────────────────────────


def test_a_declared_interest_is_on_record_without_its_words_in_the_log(norbury):
    member = RoleHeldFactory(organisation=norbury, role=Role.OTHER_MEMBER.value).person
    made = actions.declare_interest(
        body=norbury, kind="LAND", what=" A  field ", by=member, at=NOW, is_sensitive=True
    )
    assert (made.what, made.declared_on, made.is_sensitive) == ("A field", TODAY, True)
    assert "field" not in AuditEntry.objects.get().detail


@pytest.mark.parametrize(
    ("kind", "what"), [("LAND", " "), ("MOON", "A field"), ("LAND", "x" * 301)]
)
def test_an_interest_needs_its_heading_and_what_it_is(kind, what, norbury):
    member = RoleHeldFactory(organisation=norbury).person
    with pytest.raises(actions.CannotDeclareInterest, match="An interest is not declared without"):
        actions.declare_interest(body=norbury, kind=kind, what=what, by=member, at=NOW)
    assert not DeclaredInterest.objects.exists()


def test_an_interest_is_declared_where_a_role_is_held(norbury):
    with pytest.raises(actions.CannotDeclareInterest, match="you hold no role there"):
        actions.declare_interest(
            body=norbury, kind="LAND", what="A field", by=PersonFactory(), at=NOW
        )


def test_only_who_declared_an_interest_says_that_it_has_ended_and_once():
    held = DeclaredInterestFactory()
    with pytest.raises(actions.CannotDeclareInterest, match="This interest is someone else's"):
        actions.end_interest(interest_id=held.pk, by=PersonFactory(), at=NOW)
    actions.end_interest(interest_id=held.pk, by=held.person, at=NOW)
    with pytest.raises(actions.CannotDeclareInterest, match="ended on 22 November 2026 already"):
        actions.end_interest(interest_id=held.pk, by=held.person, at=NOW)
    assert recorded() == ["directory.interest_ended"]


def test_a_name_or_address_that_the_books_cannot_hold_is_refused():
    for given, words in (
        ({"email": "ada@example.org", "name": "A" * 121}, "The name has 121 letters, and at most"),
        ({"email": f"{'a' * 250}@example.org", "name": "Ada"}, "The email has 262 letters"),
    ):
        with pytest.raises(actions.CannotInvitePerson, match=words):
            actions.invite_person(**given, by=None, at=NOW)
    assert not Person.objects.exists()
