"""Bodies are added once, and taken over in shares that add up."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from moothall.core.models import AuditEntry
from moothall.directory import actions, queries
from moothall.directory.engine.roles import Role
from moothall.directory.engine.succession import Amount
from moothall.directory.models import Organisation, Succession
from moothall.directory.tests.factories import (
    AlternativeNameFactory,
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
    SuccessionFactory,
)
from moothall.values.money import Money

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
APRIL_2023 = date(2023, 4, 1)


def test_a_body_is_added_with_its_names_and_found_by_any_of_them():
    made = actions.add_body(
        name="Norbury  Borough Council",
        gss_code="e07000999",
        other_names=["NBC", "", "Norbury Borough Council", "NBC"],
        by=None,
        at=NOW,
    )
    for name in ("norbury borough council", "NBC", "norbury-borough-council", "E07000999"):
        assert queries.body_named(name) == made
    assert list(made.other_names.values_list("name", flat=True)) == ["NBC"]
    assert AuditEntry.objects.get().did == "directory.body_added"
    assert queries.bodies_of_the_place() == {made.pk}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " ! "}, "A body needs a name with letters in it"),
        ({"name": "Norbury", "kind": "club"}, "club is not a kind of body that Moothall knows"),
        ({"name": "sudbury council"}, "There is already a body called Sudbury Council"),
        (
            {"name": "Norbury", "began_on": date(2023, 4, 1), "ended_on": date(2023, 3, 31)},
            "Norbury cannot end on 31 March 2023, before it began on 1 April 2023",
        ),
    ],
)
def test_a_body_that_cannot_be_added_says_why(fields, sentence):
    OrganisationFactory(name="Sudbury Council", slug="sudbury-council")
    with pytest.raises(actions.CannotAddBody, match=sentence):
        actions.add_body(**fields, by=None, at=NOW)
    assert not AuditEntry.objects.exists()


def test_a_name_that_nobody_bears_brings_the_nearest():
    OrganisationFactory(name="Norbury Borough Council")
    with pytest.raises(
        queries.NoSuchBody,
        match=r"No body goes by the name of Norbery Boro Council\. Did you mean Norbury Borough C",
    ):
        queries.body_named("Norbery Boro Council")
    with pytest.raises(queries.NoSuchBody, match=r"`moothall body list` shows them all"):
        queries.body_named("zzz")


def test_a_name_that_two_bodies_bear_is_not_guessed():
    AlternativeNameFactory(name="NBC", organisation__name="Norbury")
    AlternativeNameFactory(name="NBC", organisation__name="Northby")
    with pytest.raises(queries.NoSuchBody, match="NBC is the name of more than one body"):
        queries.body_named("NBC")


def test_a_council_split_in_two_ends_and_its_series_reads_as_now():
    old, east, west = OrganisationFactory.create_batch(3)
    actions.record_succession(
        predecessor=old,
        shares={east: Decimal("0.432"), west: Decimal("0.568")},
        on=APRIL_2023,
        by=None,
        at=NOW,
    )
    old.refresh_from_db()
    assert old.ended_on == date(2023, 3, 31)
    series = [Amount(body=old.pk, day=date(2022, 5, 1), gbp=Money("100.00"))]
    now = queries.series_as_now(series, on=NOW.date())
    assert [(each.body, str(each.gbp)) for each in now] == [
        (east.pk, "£43.20"),
        (west.pk, "£56.80"),
    ]
    assert AuditEntry.objects.get().did == "directory.succession_recorded"


def test_a_body_that_gives_up_a_part_goes_on():
    county, new = OrganisationFactory.create_batch(2)
    actions.record_succession(
        predecessor=county, shares={new: Decimal("0.1")}, on=APRIL_2023, by=None, at=NOW
    )
    county.refresh_from_db()
    assert county.ended_on is None


def test_a_succession_that_cannot_be_says_why():
    old = OrganisationFactory(name="Old")
    new = OrganisationFactory(name="New")
    gone = OrganisationFactory(name="Gone", ended_on=date(2020, 1, 1))
    taken = OrganisationFactory(name="Taken")
    SuccessionFactory(predecessor=old, successor=taken, share=Decimal("0.5"), on=APRIL_2023)
    for shares, sentence in (
        ({}, "Nobody is named to take over Old"),
        ({old: Decimal(1)}, "Old cannot take over itself"),
        ({new: Decimal(0)}, "A share of Old lies above 0 and at most 1"),
        ({new: Decimal("0.1234567")}, "Write 43.2% as 0.432"),
        ({new: Decimal("0.6")}, r"The shares of Old on 1 April 2023 add up to 1\.1"),
        ({gone: Decimal("0.5")}, "Gone cannot take over Old on 1 April 2023: it ended on 1 Jan"),
        ({taken: Decimal("0.5")}, "Taken already takes over Old on 1 April 2023"),
    ):
        with pytest.raises(actions.CannotRecordSuccession, match=sentence):
            actions.record_succession(
                predecessor=old, shares=shares, on=APRIL_2023, by=None, at=NOW
            )
    assert Succession.objects.count() == 1


def test_what_must_never_be_false_is_held_by_the_books():
    norbury = OrganisationFactory()
    PersonFactory(email="ada@example.org")
    for wrong in (
        lambda: PersonFactory(email="ADA@example.org"),
        lambda: OrganisationFactory(began_on=APRIL_2023, ended_on=date(2023, 3, 31)),
        lambda: SuccessionFactory(predecessor=norbury, successor=norbury),
        lambda: SuccessionFactory(share=Decimal(0)),
        lambda: RoleHeldFactory(role="KING"),
        lambda: RoleHeldFactory(starts_on=APRIL_2023, ends_before=APRIL_2023),
        lambda: AlternativeNameFactory.create_batch(2, name="NBC", organisation=norbury),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    assert Organisation.objects.filter(ended_on__lt=date(2023, 4, 1)).count() == 0


def test_a_name_that_the_books_cannot_hold_is_refused_on_either_database():
    for given, words in (
        ({"name": "Norbury " * 30}, "The name has 239 letters, and at most 200 fit"),
        ({"name": "Norbury", "gss_code": "E0700099912"}, "The GSS code has 11 letters"),
        ({"name": "Norbury", "other_names": ["N" * 201]}, "The name has 201 letters"),
    ):
        with pytest.raises(actions.CannotAddBody, match=words):
            actions.add_body(**given, by=None, at=NOW)
    assert not Organisation.objects.exists()


def test_a_removal_is_recorded_on_the_authority_of_the_role_that_allows_it():
    body = OrganisationFactory()
    officer = RoleHeldFactory(organisation=body, role=Role.SECTION_151_OFFICER).person
    RoleHeldFactory(organisation=body, role=Role.COMMISSIONER, person=officer)
    actions.remove_body(body=body, confirm=body.name, by=officer, at=NOW)
    entry = AuditEntry.objects.get(did="body.removed")
    assert entry.authority == f"section_151_officer:{body.pk}"
    assert not Organisation.objects.exists()
