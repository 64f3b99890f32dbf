"""Asking for a change, pricing and testing it, agreeing to it, and bringing it into force."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from moothall.agreements.actions import variation_assents, variations
from moothall.agreements.actions.variation_assents import Need
from moothall.agreements.actions.variations import CannotVary
from moothall.agreements.engine.change_ledger import AskedBy, Effect
from moothall.agreements.engine.variation import Level
from moothall.agreements.models import AgreementVersion, Variation
from moothall.agreements.queries import variations as held
from moothall.agreements.tests.factories import manager_of
from moothall.agreements.tests.upkeep import (
    DEARER,
    UPKEEP,
    person_of,
    provider_of,
    upkeep,
    with_basis,
)
from moothall.core.models import AuditEntry
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
FROM = date(2026, 4, 1)


def asked(agreement, by=None, **fields):
    given = {
        "title": "A dearer lamp",
        "side": AskedBy.SUPPLIER,
        "in_force_from": FROM,
        "text": DEARER,
        "scope_is_material": False,
        "favours_supplier": False,
        **fields,
    }
    return variations.ask_variation(
        agreement=agreement,
        organisation=agreement.body,
        by=by or manager_of(agreement.body),
        at=AT,
        **given,
    )


def assessed(agreement, **fields):
    variation = asked(agreement, **fields)
    return variations.assess_variation(variation=variation, by=variation.by, at=AT)


def member(agreement, organisation):
    return agreement.members.get(organisation=organisation)


def approved(variation, council, firm, role=Role.COMMISSIONER):
    agreement = variation.agreement
    variation_assents.approve_variation(
        variation=variation,
        member=member(agreement, council),
        by=person_of(council, role),
        at=AT,
        decision="Cabinet minute 41",
    )
    variation_assents.approve_variation(
        variation=variation, member=member(agreement, firm), by=provider_of(firm), at=AT
    )
    variation.refresh_from_db()
    return variation


def test_a_variation_goes_from_the_asking_to_the_terms_in_force():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement)
    # £2 more for 1,000 lamps over five years
    assert variation.impact["price_change"] == pytest.approx(10_000)
    assert variation.legal["outcome"] == "a ground holds"
    assert variation.relied_on == "not_substantial"
    approved(variation, council, firm)
    assert variation.state == "APPROVED"
    variations.bring_into_force(variation=variation, by=manager_of(council), at=AT)
    agreement.refresh_from_db()
    variation.refresh_from_db()
    assert agreement.state == "VARIED"
    version = variation.version
    assert (version.number, version.text, version.in_force_from) == (2, DEARER.strip(), FROM)
    assert held.version_on(agreement, date(2026, 3, 31)).number == 1
    assert held.version_on(agreement, FROM).number == 2
    assert AuditEntry.objects.filter(did="agreements.varied").count() == 1


def test_the_ledger_keeps_the_original_the_current_and_the_forecast_value():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = approved(assessed(agreement), council, firm)
    assert held.ledger_of(agreement).current_gbp == 280_000
    assert held.ledger_of(agreement).forecast_gbp == Decimal("290000.00")
    variations.bring_into_force(variation=variation, by=manager_of(council), at=AT)
    found = held.ledger_of(agreement)
    assert (found.original_gbp, found.current_gbp) == (280_000, Decimal("290000.00"))
    assert found.asked()[AskedBy.SUPPLIER] == (1, Decimal("10000.00"))


def test_room_for_small_changes_is_used_with_vat_where_that_is_the_ground():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = approved(assessed(agreement, ground="below_threshold"), council, firm)
    assert variation.small_pence == 1_200_000  # £10,000 and VAT at 20%
    variations.bring_into_force(variation=variation, by=manager_of(council), at=AT)
    row = held.ledger_of(agreement).rows[0]
    assert (row.net_used_gbp, row.gross_used_gbp) == (12_000, 12_000)


def test_what_was_priced_may_be_stated_otherwise_and_then_that_counts():
    agreement, *_ = upkeep()
    variation = assessed(agreement, value_pence=1_500_000)
    assert held.stated_or_priced(variation) == 15_000


def test_an_agreement_without_a_deal_file_is_varied_by_words_and_a_stated_value():
    agreement, council, firm = upkeep(text=None)
    variation = assessed(
        agreement, text="", what="A sixth lamp round", value_pence=500_000, term_months=Decimal(6)
    )
    assert variation.impact is None
    assert "the agreement has no deal file that can be run" in variation.not_priced_because
    with_basis(agreement, AT)
    variation = variations.assess_variation(variation=variation, by=variation.by, at=AT)
    approved(variation, council, firm)
    variations.bring_into_force(variation=variation, by=manager_of(council), at=AT)
    agreement.refresh_from_db()
    assert agreement.ends_before == date(2030, 10, 1)
    assert not AgreementVersion.objects.filter(agreement=agreement).exists()


def test_a_longer_deal_moves_the_end_of_the_agreement_and_its_term():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    longer = UPKEEP.replace("ends_before = 2030-04-01", "ends_before = 2030-10-01")
    variation = assessed(agreement, text=longer, effects=[Effect.TERM])
    assert variation.term_months == 6
    assert variation.relied_on == "not_substantial"
    approved(variation, council, firm, Role.SECTION_151_OFFICER)
    variations.bring_into_force(variation=variation, by=manager_of(council), at=AT)
    agreement.refresh_from_db()
    assert agreement.ends_before == date(2030, 10, 1)


def test_a_version_says_whether_it_splits_its_period():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    day = date(2026, 5, 15)
    variation = assessed(agreement, in_force_from=day, splits_period=True)
    approved(variation, council, firm)
    variations.bring_into_force(variation=variation, by=manager_of(council), at=AT)
    assert agreement.versions.get(number=2).splits_period


def refused(words, deed, **given):
    before = Variation.objects.values_list("state", flat=True)
    before = list(before)
    with pytest.raises(CannotVary, match=words):
        deed(at=AT, **given)
    assert list(Variation.objects.values_list("state", flat=True)) == before


def test_only_an_agreement_in_force_is_varied():
    agreement, *_ = upkeep(state="DRAFT")
    with pytest.raises(CannotVary, match="only an agreement in force is varied"):
        asked(agreement)


def test_a_stranger_asks_for_nothing():
    agreement, *_ = upkeep()
    stranger = OrganisationFactory(name="Elsewhere")
    given = {"title": "x", "side": "client", "in_force_from": FROM, "what": "y"}
    refused(
        "Elsewhere has no part in Urban services",
        variations.ask_variation,
        agreement=agreement,
        organisation=stranger,
        by=manager_of(stranger),
        **given,
    )
    refused(
        "You cannot ask for a variation on behalf of Norbury Council",
        variations.ask_variation,
        agreement=agreement,
        organisation=agreement.body,
        by=manager_of(stranger),
        **given,
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " "}, "A variation needs a title"),
        ({"title": "x" * 201}, "has 201 letters, and at most 200 fit"),
        ({"side": "somebody"}, "Say who asks for it: one of client, supplier and law"),
        ({"effects": ["joy"]}, "No effect is called joy"),
        ({"text": "[deal"}, "The deal file is not sound"),
        ({"text": UPKEEP}, "The deal file is the one in force: nothing changes"),
        ({"text": ""}, "This variation changes nothing"),
        ({"in_force_from": date(2024, 1, 1)}, "does not take effect before 1 April 2025"),
        ({"in_force_from": date(2030, 4, 1)}, "The deal as varied ends before 1 April 2030"),
        ({"colour": "red"}, "A variation has no colour"),
    ],
)
def test_what_is_asked_for_must_hold_together(fields, words):
    agreement, *_ = upkeep()
    with pytest.raises(CannotVary, match=words):
        asked(agreement, **fields)


def test_what_is_not_priced_and_tested_is_not_approved():
    agreement, council, _ = upkeep()
    variation = asked(agreement)
    refused(
        "it is not priced and tested yet",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=person_of(council, Role.COMMISSIONER),
    )


def test_the_law_keeps_back_what_no_ground_carries_until_a_solicitor_speaks():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement, scope_is_material=True, favours_supplier=True)
    assert variation.legal["outcome"] == "no ground holds"
    commissioner = person_of(council, Role.COMMISSIONER)
    refused(
        "no ground of the Procurement Act 2023",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=commissioner,
    )
    variations.record_solicitor(
        variation=variation,
        said="Paragraph 1 applies",
        solicitor="A. Pell",
        on=FROM,
        by=manager_of(council),
        at=AT,
    )
    assert approved(variation, council, firm).state == "APPROVED"


def test_questions_of_law_that_nobody_answered_keep_it_back():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement, scope_is_material=None)
    refused(
        "answer the open questions first",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=person_of(council, Role.COMMISSIONER),
    )


def test_a_law_nobody_recorded_is_not_assessed_and_keeps_nothing_back():
    agreement, council, firm = upkeep(regime="", regime_began_on=None)
    variation = assessed(agreement)
    assert variation.legal["outcome"] == "not assessed"
    assert approved(variation, council, firm).state == "APPROVED"


def test_whoever_asked_does_not_approve():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    commissioner = person_of(council, Role.COMMISSIONER)
    variation = assessed(agreement, by=commissioner)
    refused(
        "You asked for this variation, so another person approves it",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=commissioner,
    )


def test_a_level_that_does_not_reach_so_far_does_not_approve():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement, value_pence=6_000_000, ground="known_risk")
    refused(
        "A change of £60,000 is approved for Norbury Council by its section 151 officer or "
        "executive member",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=person_of(council, Role.COMMISSIONER),
    )


def test_the_highest_level_approves_by_a_recorded_decision():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement)
    member_of_cabinet = person_of(council, Role.EXECUTIVE_MEMBER)
    refused(
        "approves by a recorded decision",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=member_of_cabinet,
    )


def test_a_body_s_own_levels_take_the_place_of_the_common_ones():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    levels = (Level("COMMISSIONER", "", Decimal(1_000)), Level("EXECUTIVE_MEMBER", ""))
    officer = person_of(council, Role.SECTION_151_OFFICER)
    variation_assents.set_approval_levels(body=council, levels=levels, by=officer, at=AT)
    variation = assessed(agreement)
    refused(
        "by its executive member: your level",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, council),
        by=person_of(council, Role.COMMISSIONER),
    )


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ((Level("PROVIDER", ""),), "A provider approves no variations here"),
        ((Level("COMMISSIONER", ""), Level("COMMISSIONER", "")), "give each role once"),
        ((Level("COMMISSIONER", "", Decimal(5)),), "No level is without limit"),
    ],
)
def test_a_scheme_of_levels_must_hold_together(levels, words):
    council = OrganisationFactory()
    refused(
        words,
        variation_assents.set_approval_levels,
        body=council,
        levels=levels,
        by=person_of(council, Role.SECTION_151_OFFICER),
    )


def test_a_commissioner_does_not_set_the_levels():
    council = OrganisationFactory(name="Norbury Council")
    refused(
        "You cannot say who approves variations of Norbury Council",
        variation_assents.set_approval_levels,
        body=council,
        levels=(),
        by=person_of(council, Role.COMMISSIONER),
    )


def test_one_person_does_not_agree_for_two_parties():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement)
    both = person_of(council, Role.COMMISSIONER)
    firm.roles.create(person=both, role=Role.PROVIDER.value, starts_on=date(2020, 1, 1))
    variation_assents.approve_variation(
        variation=variation, member=member(agreement, council), by=both, at=AT
    )
    both = type(both).objects.get(pk=both.pk)
    refused(
        "one person does not act for two",
        variation_assents.approve_variation,
        variation=variation,
        member=member(agreement, firm),
        by=both,
    )


def test_a_member_agrees_once_and_an_observer_is_not_asked():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    watcher = OrganisationFactory(name="Watchful Trust")
    observer = agreement.members.create(organisation=watcher, role="observer")
    variation = assessed(agreement)
    commissioner = person_of(council, Role.COMMISSIONER)
    given = {"variation": variation, "member": member(agreement, council), "by": commissioner}
    variation_assents.approve_variation(**given, at=AT)
    refused(
        "Norbury Council agreed to this variation on 1 June 2026",
        variation_assents.approve_variation,
        **given,
    )
    refused(
        "Watchful Trust is no party to this agreement today",
        variation_assents.approve_variation,
        **given | {"member": observer},
    )


def test_the_word_of_a_member_without_an_account_is_entered_from_its_document():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement)
    keeper = manager_of(council)
    given = {"variation": variation, "member": member(agreement, firm), "by": keeper}
    refused(
        "not entered without its document",
        variation_assents.record_assent,
        **given,
        document_name="",
        document_digest="",
    )
    assent = variation_assents.record_assent(
        **given, document_name="Signed.pdf", document_digest="ab" * 32, at=AT
    )
    assert assent.is_on_behalf
    refused(
        "Norbury Council keeps this record itself",
        variation_assents.record_assent,
        **given | {"member": member(agreement, council)},
        document_name="x.pdf",
        document_digest="ab" * 32,
    )


def test_nothing_comes_into_force_before_its_day_or_before_all_have_agreed():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement, in_force_from=date(2027, 4, 1))
    keeper = manager_of(council)
    refused(
        "the variation is priced and tested",
        variations.bring_into_force,
        variation=variation,
        by=keeper,
    )
    approved(variation, council, firm)
    refused(
        "This variation takes effect on 1 April 2027",
        variations.bring_into_force,
        variation=variation,
        by=keeper,
    )


def test_what_is_changed_is_priced_and_agreed_to_anew():
    agreement, council, _ = upkeep()
    with_basis(agreement, AT)
    variation = assessed(agreement)
    variation_assents.approve_variation(
        variation=variation,
        member=member(agreement, council),
        by=person_of(council, Role.COMMISSIONER),
        at=AT,
    )
    variation = variations.set_variation(
        variation=variation, by=variation.by, at=AT, text=DEARER.replace('"52"', '"53"')
    )
    assert (variation.state, variation.impact) == ("ASKED", None)
    assert not variation.assents.exists()


def test_what_is_closed_stays_closed_and_says_why():
    agreement, *_ = upkeep()
    variation = asked(agreement)
    refused("Say why", variations.withdraw_variation, variation=variation, why=" ", by=variation.by)
    variations.withdraw_variation(variation=variation, why="Not needed", by=variation.by, at=AT)
    refused(
        "the variation is withdrawn",
        variations.assess_variation,
        variation=variation,
        by=variation.by,
    )
    other = asked(agreement)
    variations.refuse_variation(
        variation=other, why="Too dear", by=person_of(agreement.body, Role.COMMISSIONER), at=AT
    )
    other.refresh_from_db()
    assert (other.state, other.closed_because) == ("REFUSED", "Too dear")
    refused(
        "What is asked for is not changed: the variation is refused",
        variations.set_variation,
        variation=other,
        by=other.by,
        title="y",
    )


def test_a_reading_is_advice_and_names_whoever_gave_it():
    agreement, *_ = upkeep()
    with pytest.raises(CannotVary, match=r"is legal advice\. Say who gave it"):
        with_basis(agreement, AT, reading="net")
    with pytest.raises(CannotVary, match="No threshold is known for tea"):
        with_basis(agreement, AT, what="tea")
    with pytest.raises(CannotVary, match="VAT is a share from 0 to below 1"):
        with_basis(agreement, AT, vat_rate=Decimal(20))
    assert with_basis(agreement, AT, reading="net", advised_by="A. Pell").reading == "net"


def test_volume_paid_by_activity_that_outgrows_the_need_raises_the_alarm():
    agreement, council, _ = upkeep()
    readings = [
        Need(date(2025, 4, 1), Decimal(50_000), Decimal(200)),
        Need(date(2026, 4, 1), Decimal(50_500), Decimal(260)),
    ]
    assert ("repairs", "Repairs") in held.unwatched_facts(agreement)
    variation_assents.watch_need(
        agreement=agreement,
        fact="repairs",
        title="Lamps older than ten years",
        source="Asset register",
        readings=readings,
        by=manager_of(council),
        at=AT,
    )
    (alarm,) = held.alarms_of(agreement, AT.date())
    assert alarm.is_raised
    assert alarm.sentence.startswith("Repairs moved by 30.0% since 1 April 2025")
    refused(
        "The deal has no fact tea",
        variation_assents.watch_need,
        agreement=agreement,
        fact="tea",
        title="x",
        source="y",
        readings=[],
        by=manager_of(council),
    )
    refused(
        "A need is a volume, a title and a source",
        variation_assents.watch_need,
        agreement=agreement,
        fact="lamps",
        title="",
        source="",
        readings=[],
        by=manager_of(council),
    )


def test_the_books_refuse_a_tested_variation_without_its_test():
    agreement, *_ = upkeep()
    variation = asked(agreement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Variation.objects.filter(pk=variation.pk).update(state="APPROVED")
