"""The fog of partnerships: which have members, outcomes and place in common, and who sits where."""

from html import unescape

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine.overlaps import Partnership, groups, overlaps
from moothall.agreements.queries.overlaps import matrix, overlaps_page
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.core.permissions import PUBLIC, Viewer
from moothall.directory.tests.factories import OrganisationFactory

FUND = Partnership(1, "Fund", frozenset({1, 2, 3}), ("Fewer falls", "Shorter waits"), "Norbury")
STREETS = Partnership(2, "Streets", frozenset({1, 2, 3, 4}), ("fewer falls.",), "norbury ")
FORUM = Partnership(3, "Forum", frozenset({1, 2, 4}), (), "The Vale")
SHOP = Partnership(4, "Shop", frozenset({1, 9}), (), "The Vale")


def test_two_overlap_when_two_of_members_outcomes_and_place_are_the_same():
    (both,) = overlaps([FUND, STREETS, FORUM, SHOP])
    assert (both.first, both.second, both.ways) == (FUND, STREETS, 3)
    assert both.members == frozenset({1, 2, 3})
    assert both.outcomes == ("Fewer falls",)  # worded with other capitals and a full stop
    assert both.area == "Norbury"


def test_one_shared_member_or_a_few_among_many_are_not_the_same_members():
    one = Partnership(1, "A", frozenset({1}), ("x",))
    assert overlaps([one, Partnership(2, "B", frozenset({1}), ("x",))]) == ()
    two = Partnership(3, "C", frozenset({1, 2}), ("x",))
    many = Partnership(4, "D", frozenset(range(1, 6)), ("x",))
    assert overlaps([two, many]) == ()
    (found,) = overlaps([two, Partnership(5, "E", frozenset(range(1, 5)), ("x",))])
    assert found.members == {1, 2}  # two of four is half


def test_places_that_are_not_said_are_not_the_same_place():
    bare = [Partnership(number, str(number), frozenset({1, 2})) for number in (1, 2)]
    assert overlaps(bare) == ()


SEATS = st.frozensets(st.integers(1, 4), max_size=4)
WANTED = st.sampled_from([(), ("a",), ("a", "b")])
PARTNERSHIPS = st.lists(st.tuples(SEATS, WANTED, st.sampled_from(["", "N"])), max_size=6).map(
    lambda rows: [Partnership(key, "x", *row) for key, row in enumerate(rows)]
)


@given(PARTNERSHIPS)
def test_what_overlaps_does_so_whichever_is_named_first_and_each_stands_in_one_group(held):
    found = overlaps(held)
    turned = {frozenset({x.first.id, x.second.id}) for x in overlaps(held[::-1])}
    assert {frozenset({x.first.id, x.second.id}) for x in found} == turned
    members = [key for group in groups(found) for key in group]
    assert len(members) == len(set(members))
    assert set(members) == {key for x in found for key in (x.first.id, x.second.id)}


@pytest.fixture
def place(db):
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    health = OrganisationFactory(name="Norbury Health", slug="health", kind="health body")
    by = manager_of(norbury)
    same = {"area": "Norbury", "text": None, "by": by}
    fund = agreement_of(norbury, health, name="Fund", kind="pooled_fund", is_public=True, **same)
    agreement_of(norbury, health, name="Pact", kind="compact", is_public=True, **same)
    agreement_of(norbury, health, name="Hidden", kind="compact", **same)
    agreement_of(norbury, name="Draft", state="DRAFT", is_public=True, **same)
    return fund


def test_only_running_agreements_that_the_reader_reads_are_compared(place):
    public = overlaps_page(PUBLIC)
    assert (public.compared, len(public.rows)) == (2, 1)
    assert public.rows[0].members == ("Norbury Council", "Norbury Health")
    assert public.rows[0].said == "2 members and the place"
    everything = overlaps_page(Viewer.operator())
    assert (everything.compared, len(everything.rows)) == (3, 3)
    assert everything.groups == (("Fund", "Hidden", "Pact"),)


def test_the_matrix_shows_each_bodys_part_and_leaves_out_none_in_the_file(place, client):
    found = matrix(PUBLIC)
    assert [name for _, name in found.agreements] == ["Fund", "Pact"]
    assert found.rows[0] == ("Norbury Council", "norbury", "council", ("commissioner",) * 2)
    assert matrix(PUBLIC, most=1).left_out == 1
    file = b"".join(client.get(reverse("agreements:matrix"), {"format": "csv"})).decode()
    assert "Norbury Health,health body,provider,provider" in file
    assert "Hidden" not in file


def test_the_pages_are_there_with_and_without_agreements(place, client):
    html = unescape(client.get(reverse("agreements:overlaps")).content.decode())
    assert "<strong>1 pair</strong> of 2 running agreements has two things in common" in html
    assert "Fund and Pact have two things in common." in html  # the picture says itself
    assert "2 bodies" in client.get(reverse("agreements:matrix")).content.decode()
    type(place).objects.all().delete()
    html = client.get(reverse("agreements:overlaps")).content.decode()
    assert "Of 0 running agreements no two have more than one thing in common" in html
    assert (
        "No agreement with members is running"
        in client.get(reverse("agreements:matrix")).content.decode()
    )
