"""One place, and what is local to it."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from typer.testing import CliRunner

from moothall.core.models import AuditEntry
from moothall.places import actions, queries
from moothall.places.commands import place
from moothall.places.engine.postcodes import is_local, tidy_prefix
from moothall.places.tests.factories import LocalPostcodeFactory, PlaceFactory

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("postcode", "prefix", "local"),
    [
        ("BB1 1AA", "BB1", True),
        ("BB10 1AA", "BB1", False),
        ("bb101aa", "BB10", True),
        ("BB1 1AA", "BB", True),
        ("B1 1AA", "BB", False),
        ("BB1 1AA", "B", False),
        ("B1 1AA", "B", True),
        ("BB5 1AA", "BB5 1", True),
        ("BB5 2AA", "BB5 1", False),
        ("BB5 2AA", "BB5 2AA", True),
        ("EC1A 1BB", "EC1A", True),
        ("EC1A 1BB", "EC", True),
        ("BB5", "BB5", None),
        (None, "BB5", None),
        ("unknown", "BB5", None),
    ],
)
def test_a_postcode_is_local_when_it_begins_so_and_unknown_is_neither(postcode, prefix, local):
    assert is_local(postcode, [prefix]) is local


@pytest.mark.parametrize("wrong", ["", "5", "BBB", "BB 5", "BB5 1A", "BB5 1AAA"])
def test_what_no_postcode_begins_with_is_refused(wrong):
    with pytest.raises(ValueError, match="is not how a postcode begins"):
        tidy_prefix(wrong)


@pytest.mark.django_db
def test_describing_the_place_replaces_what_was_there():
    actions.describe_place(name="Old", by=None, at=NOW, local_postcodes=["bb5", "BB5 "])
    actions.describe_place(
        name=" Marl  Shire ", by=None, at=NOW, gss_code="e10000099", local_postcodes=["bb", "pr6 7"]
    )
    served = queries.the_place()
    assert (served.name, served.area.gss_code) == ("Marl Shire", "E10000099")
    assert queries.local_prefixes() == {"BB", "PR6 7"}
    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "postcodes", "sentence"),
    [(" ", [], "The place needs a name"), ("Marlshire", ["5B"], "is not how a postcode begins")],
)
def test_a_place_that_cannot_be_described_stays_as_it_was(name, postcodes, sentence):
    with pytest.raises(actions.CannotDescribePlace, match=sentence):
        actions.describe_place(name=name, by=None, at=NOW, local_postcodes=postcodes)
    assert queries.the_place() is None
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_there_is_one_place_and_each_prefix_once():
    held = PlaceFactory()
    LocalPostcodeFactory(place=held, prefix="BB5")
    for wrong in (
        lambda: PlaceFactory(id=2),
        lambda: LocalPostcodeFactory(place=held, prefix="bb5"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


@pytest.mark.django_db
def test_the_place_is_named_and_shown_by_the_keyboard():
    run = CliRunner().invoke
    assert run(place, ["show"]).exit_code == 4
    assert run(place, ["set", "Marlshire", "--postcode", "5"]).exit_code == 4
    assert run(place, ["set", "Marlshire", "--postcode", "BB5"]).exit_code == 0
    assert run(place, ["show"]).stdout == "Marlshire\nlocal: BB5\n"


@pytest.mark.django_db
def test_a_name_that_the_books_cannot_hold_is_refused():
    with pytest.raises(actions.CannotDescribePlace, match="The name has 121 letters, and at most"):
        actions.describe_place(name="M" * 121, by=None, at=NOW)
    with pytest.raises(actions.CannotDescribePlace, match="The GSS code has 10 letters"):
        actions.describe_place(name="Marlshire", gss_code="E100000170", by=None, at=NOW)
