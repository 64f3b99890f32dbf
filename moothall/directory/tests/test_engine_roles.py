"""What each role may do, and above all what it may not."""

import pytest

from moothall.directory.engine.exempt import ExemptUnder
from moothall.directory.engine.roles import (
    APART_FROM_ADMINISTRATION,
    LOOKING,
    MAY,
    Deed,
    Role,
    in_words,
    roles_that_may,
)


def test_every_role_has_a_row_in_the_table():
    assert set(MAY) == set(Role)


def test_every_deed_has_words_and_someone_who_may_do_it():
    assert [deed for deed in Deed if not deed.words or not roles_that_may(deed)] == []


def test_a_system_administrator_cannot_approve_pay_or_see_case_data_or_private_rows():
    forbidden = {Deed.APPROVE_PAYMENT, Deed.PAY, Deed.SEE_CASE_DATA, Deed.READ_LINES}
    assert not MAY[Role.SYSTEM_ADMINISTRATOR] & (forbidden | {Deed.SEE_PRIVATE, Deed.PUBLISH})


@pytest.mark.parametrize("auditor", [Role.INTERNAL_AUDITOR, Role.EXTERNAL_AUDITOR])
def test_an_auditor_reads_all_of_a_body_and_changes_nothing(auditor):
    assert MAY[auditor] == LOOKING
    changing = set(Deed) - LOOKING
    assert {Deed.LOAD_SPEND, Deed.CORRECT_ROWS, Deed.PUBLISH, Deed.MANAGE_PEOPLE} <= changing


def test_only_a_system_administrator_hands_out_roles():
    assert roles_that_may(Deed.MANAGE_PEOPLE) == (Role.SYSTEM_ADMINISTRATOR,)


def test_whoever_pays_does_not_also_approve():
    assert [role for role in Role if MAY[role] >= {Deed.PAY, Deed.APPROVE_PAYMENT}] == []


def test_no_outside_party_reads_a_bodys_private_lines():
    outside = (Role.PROVIDER, Role.INVESTOR, Role.STAFF_OR_MUTUAL_MEMBER, Role.COMMUNITY_GROUP)
    assert [role for role in outside if Deed.READ_LINES in MAY[role]] == []


def test_roles_that_do_nothing_private_may_stand_beside_administration():
    assert Role.FINANCE_OFFICER in APART_FROM_ADMINISTRATION
    assert Role.CLAIMS_VALIDATOR in APART_FROM_ADMINISTRATION
    assert Role.OTHER_MEMBER not in APART_FROM_ADMINISTRATION


def test_roles_read_as_a_sentence_says_them():
    assert Role.SECTION_151_OFFICER.words == "section 151 officer"
    assert in_words([]) == "nobody"
    assert in_words([Role.INVESTOR]) == "investor"
    assert in_words([Role.INVESTOR, Role.PROVIDER]) == "investor or provider"


def test_exempt_material_names_one_of_the_seven_paragraphs():
    assert [paragraph.value for paragraph in ExemptUnder] == [1, 2, 3, 4, 5, 6, 7]
    assert ExemptUnder(3).words.startswith("paragraph 3: financial or business affairs")
