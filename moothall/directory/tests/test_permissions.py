"""Every refusal is a sentence: what, why, and what to do next."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from moothall.core.permissions import PUBLIC, Viewer
from moothall.directory import permissions, queries
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.models import Person
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db

ASKED = {
    Deed.READ_LINES: permissions.why_not_read_lines,
    Deed.SEE_PRIVATE: permissions.why_not_see_private,
    Deed.LOAD_SPEND: permissions.why_not_load_spend,
    Deed.CORRECT_ROWS: permissions.why_not_correct_rows,
    Deed.DECIDE_MATCH: permissions.why_not_decide_match,
    Deed.CATEGORISE: permissions.why_not_categorise,
    Deed.PUBLISH: permissions.why_not_publish,
    Deed.SHARE: permissions.why_not_share,
    Deed.REQUEST_PURGE: permissions.why_not_request_purge,
    Deed.MANAGE_PEOPLE: permissions.why_not_manage_people,
    Deed.READ_INTERESTS: permissions.why_not_read_interests,
    Deed.READ_AUDIT: permissions.why_not_read_audit,
    Deed.READ_EXEMPT: permissions.why_not_read_exempt,
    Deed.MARK_EXEMPT: permissions.why_not_mark_exempt,
    Deed.EXPORT_BODY: permissions.why_not_export_body,
    Deed.REMOVE_BODY: permissions.why_not_remove_body,
    Deed.RECORD_DECISION: permissions.why_not_record_decision,
}


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury", slug="norbury")


def holder(role: Role, body, **fields):
    return RoleHeldFactory(role=role.value, organisation=body, **fields).person


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_exactly_what_the_table_says(role, norbury):
    person = holder(role, norbury)
    may = {deed for deed, why_not in ASKED.items() if why_not(person, norbury) is None}
    assert may == MAY[role] & set(ASKED)


@pytest.mark.parametrize("role", Role)
def test_a_viewer_holds_what_the_person_holds(role, norbury):
    viewer = queries.viewer_for(holder(role, norbury))
    may = {deed for deed, why_not in ASKED.items() if why_not(viewer, norbury) is None}
    assert may == MAY[role] & set(ASKED)


@pytest.mark.parametrize("deed", ASKED)
def test_a_role_at_one_body_gives_nothing_at_another(deed, norbury):
    person = PersonFactory()
    for role in Role:
        RoleHeldFactory(role=role.value, person=person)
    assert ASKED[deed](person, norbury) is not None


@pytest.mark.parametrize("nobody", [None, PUBLIC, AnonymousUser()], ids=["none", "public", "anon"])
@pytest.mark.parametrize("deed", ASKED)
def test_the_public_is_told_to_sign_in(deed, nobody, norbury):
    sentence = ASKED[deed](nobody, norbury)
    assert sentence.startswith("You cannot ")
    assert sentence.endswith("you have not signed in. Sign in first.")
    assert "Norbury" in sentence


@pytest.mark.parametrize("deed", ASKED)
def test_a_person_without_the_role_is_told_who_has_it(deed, norbury):
    sentence = ASKED[deed](PersonFactory(), norbury)
    assert sentence.startswith(f"You cannot {deed.words.format(body='Norbury')}: only its ")
    assert "you hold no such role there. Ask one of them to do it" in sentence


def test_the_operator_at_the_keyboard_may(norbury):
    assert permissions.why_not_load_spend(Viewer.operator(), norbury) is None


@pytest.mark.parametrize(
    ("starts_on", "ends_before"),
    [(date(2999, 1, 1), None), (date(2001, 1, 1), date(2002, 1, 1))],
    ids=["to come", "ended"],
)
def test_a_role_counts_only_while_it_is_held(starts_on, ends_before, norbury):
    person = holder(Role.FINANCE_OFFICER, norbury, starts_on=starts_on, ends_before=ends_before)
    assert permissions.why_not_load_spend(person, norbury)
    assert queries.viewer_for(person).roles == ()


def test_a_person_who_was_shut_out_holds_nothing(norbury):
    person = holder(Role.FINANCE_OFFICER, norbury)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    shut_out = Person.objects.get(pk=person.pk)
    assert permissions.why_not_load_spend(shut_out, norbury)
    assert queries.viewer_for(shut_out) == PUBLIC


def test_a_purge_takes_two_people(norbury):
    asker = holder(Role.SECTION_151_OFFICER, norbury)
    other = holder(Role.DATA_PROTECTION_OFFICER, norbury)
    clerk = holder(Role.FINANCE_OFFICER, norbury)
    why_not = permissions.why_not_confirm_purge
    assert why_not(other, norbury, requested_by_id=asker.pk) is None
    assert why_not(asker, norbury, requested_by_id=asker.pk) == (
        "You cannot confirm a purge at Norbury that you asked for yourself: it takes two people. "
        "Ask another section 151 officer, monitoring officer or data protection officer to "
        "confirm it."
    )
    assert why_not(clerk, norbury, requested_by_id=asker.pk).startswith(
        "You cannot confirm a purge at Norbury: only its section 151 officer, monitoring officer "
        "or data protection officer may"
    )


def test_declaring_an_interest_takes_a_role_there(norbury):
    why_not = permissions.why_not_declare_interest
    assert why_not(holder(Role.OTHER_MEMBER, norbury), norbury) is None
    assert why_not(AnonymousUser(), norbury).endswith("you have not signed in. Sign in first.")
    assert why_not(PersonFactory(), norbury) == (
        "You cannot declare an interest to Norbury: you hold no role there. Declare it to a body "
        "where you do, or ask its system administrator for a role."
    )


def test_lines_and_private_findings_are_seen_by_different_roles(norbury):
    member = holder(Role.SCRUTINY_MEMBER, norbury)
    assert queries.viewer_for(member).bodies_read == {norbury.pk}
    assert queries.viewer_for(member, deed=Deed.SEE_PRIVATE).bodies_read == frozenset()


def test_a_viewer_is_made_of_roles_in_two_queries_or_fewer(norbury, django_assert_max_num_queries):
    person = holder(Role.FINANCE_OFFICER, norbury)
    with django_assert_max_num_queries(1):
        viewer = queries.viewer_for(person)
    assert viewer.roles == (("FINANCE_OFFICER", norbury.pk),)
    assert viewer.holds(Deed.LOAD_SPEND, norbury.pk)
    with django_assert_max_num_queries(1):
        assert all(person.holds(Deed.LOAD_SPEND, on=norbury.pk) for _ in range(50))
