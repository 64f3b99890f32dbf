"""Electors vote from their own sign-in, once, and nothing kept leads from a paper to a name."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions import ballots, elections
from moothall.agreements.actions.ballots import CannotVote
from moothall.agreements.actions.elections import CannotElect
from moothall.agreements.forms.boards import BallotForm
from moothall.agreements.models import Elector
from moothall.agreements.queries.elections import people_for_roll, waits
from moothall.agreements.tests.board_factories import NOW, board_of, class_of
from moothall.agreements.tests.factories import agreement_of
from moothall.core.models import AuditEntry
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
NAMES = ("Ann Ashe", "Bob Birch", "Cat Cope")


def election_of(electors=10, *, closes_in=7):
    board = board_of(agreement_of(OrganisationFactory()))
    staff = class_of(board, "Staff", PersonFactory(name="Sam Seated"), seats=2, is_elected=True)
    called = elections.call_election(
        seat_class=staff, seats=1, electors=electors, by=board.by, at=NOW,
        closes_on=NOW.date() + timedelta(closes_in),
    )  # fmt: skip
    for name in NAMES:
        elections.nominate(election=called, name=name, by=board.by, at=NOW)
    return elections.open_voting(election=called, by=board.by, at=NOW, shuffle=lambda lot: None)


def on_roll(election, *people):
    return ballots.put_on_roll(election=election, people=people, by=election.by, at=NOW)


def cast(election, person, *names, at=NOW):
    by_name = {each.name: each.pk for each in election.candidates.all()}
    preferences = [by_name.get(name, 0) for name in names]
    ballots.cast_ballot(election=election, preferences=preferences, by=person, at=at)


def test_who_is_on_the_roll_votes_once_and_their_paper_is_counted():
    election, people = election_of(), PersonFactory.create_batch(3)
    on_roll(election, *people)
    for person, first in zip(people, ("Bob Birch", "Bob Birch", "Ann Ashe"), strict=True):
        cast(election, person, first)
    with pytest.raises(CannotVote, match="You have voted"):
        cast(election, people[0], "Cat Cope")
    at = NOW + timedelta(7)
    found = elections.count_election(election=election, by=election.by, at=at)
    names = {str(each.pk): each.name for each in election.candidates.all()}
    assert (found.valid, [names[key] for key in found.elected]) == (3, ["Bob Birch"])


def test_nothing_that_is_kept_leads_from_a_paper_to_a_name():
    election, people = election_of(), PersonFactory.create_batch(2)
    on_roll(election, *people)
    cast(election, people[0], "Cat Cope", "Bob Birch")
    cast(election, people[1], "Ann Ashe")
    first = [paper.preferences[0] for paper in election.papers.all()]
    assert first == sorted(first)  # Ann before Cat, who was voted for first
    entries = AuditEntry.objects.filter(did="agreements.ballot_cast")
    assert (entries.count(), len({entry.detail for entry in entries})) == (2, 1)
    assert {field.name for field in Elector._meta.fields} == {
        "id", "election", "person", "has_voted",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "It gives no first preference"),
        (("Ann Ashe", "Ann Ashe"), "It names Ann Ashe twice"),
        (("Dan Dale",), "Whoever has this number is no candidate"),
    ],
)
def test_a_paper_that_could_not_be_counted_is_handed_back(names, words):
    election, person = election_of(), PersonFactory()
    on_roll(election, person)
    with pytest.raises(CannotVote, match=words):
        cast(election, person, *names)
    assert not election.roll.get().has_voted


def test_nobody_votes_who_is_not_on_the_roll_nor_once_votes_have_closed():
    election, person = election_of(), PersonFactory()
    with pytest.raises(CannotVote, match="you are not on its roll"):
        cast(election, person, "Ann Ashe")
    on_roll(election, person)
    with pytest.raises(CannotVote, match="votes closed on 1 December 2026"):
        cast(election, person, "Ann Ashe", at=NOW + timedelta(7))
    elections.call_off(election=election, by=election.by, at=NOW)
    with pytest.raises(CannotVote, match="No vote is taken: the election is called off"):
        cast(election, person, "Ann Ashe")
    with pytest.raises(CannotVote, match="Nobody is put on the roll now"):
        on_roll(election, PersonFactory())
    with pytest.raises(CannotVote, match="Nobody is taken off the roll"):
        ballots.take_off_roll(elector=election.roll.get(), by=election.by, at=NOW)


def test_nobody_votes_both_here_and_on_paper():
    election, people = election_of(electors=4), PersonFactory.create_batch(3)
    on_roll(election, *people)
    cast(election, people[0], "Ann Ashe")
    with pytest.raises(CannotElect, match="2 papers from 4 electors, 3 of whom vote from their ow"):
        elections.enter_papers(election=election, text="2, Bob Birch", by=election.by, at=NOW)
    elections.enter_papers(election=election, text="1, Bob Birch", by=election.by, at=NOW)
    with pytest.raises(CannotVote, match="3 are on it and 1 voted on paper"):
        on_roll(election, PersonFactory())
    assert on_roll(election, people[0]) == ()  # who is on it stays, and takes no room
    with pytest.raises(CannotVote, match="they have voted, and nobody knows which paper is theirs"):
        ballots.take_off_roll(elector=election.roll.get(person=people[0]), by=election.by, at=NOW)
    ballots.take_off_roll(elector=election.roll.get(person=people[1]), by=election.by, at=NOW)
    elections.enter_papers(election=election, text="1, Bob Birch", by=election.by, at=NOW)
    assert [paper.count for paper in election.papers.all()] == [1, 2]
    with pytest.raises(CannotVote, match="You cannot keep the agreements"):
        ballots.put_on_roll(election=election, people=[], by=people[0], at=NOW)


def test_the_roll_is_found_by_address_and_seat_and_names_who_signs_in_nowhere():
    election, ann = election_of(), PersonFactory(email="Ann@example.org")
    people, unknown = people_for_roll(election, ["ann@example.org", "nobody@example.org"], True)
    assert (people[0], people[1].name, unknown) == (ann, "Sam Seated", ["nobody@example.org"])


def test_a_vote_waits_for_whoever_is_on_the_roll_until_it_is_given():
    election, person = election_of(), PersonFactory()
    on_roll(election, person)
    today = NOW.date()
    (wait,) = waits(viewer_for(person), on=today)
    assert (wait.label, wait.due_on) == ("Vote for Staff of Joint Committee", today + timedelta(6))
    assert wait.url.endswith(f"/elections/{election.pk}")
    assert not waits(viewer_for(PersonFactory()), on=today)
    assert not waits(viewer_for(person), on=today + timedelta(7))
    cast(election, person, "Ann Ashe")
    assert not waits(viewer_for(person), on=today)


# ── the page ─────────────────────────────────────────────────────────────────────────────────

CANDIDATES = ((1, "Ann", ""), (2, "Bob", ""), (3, "Cat", ""))


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({}, "Give at least one candidate a place"),
        ({1: 1, 2: 1}, "Ann and Bob both have place 1"),
        ({1: 2, 2: 2, 3: 2}, "Nobody has place 1, and somebody has place 2"),
        ({1: 1, 2: 1, 3: 1}, "Ann, Bob and Cat all have place 1"),
        ({1: 9}, "9"),
    ],
)
def test_a_ballot_filled_in_wrong_says_what_to_mend(places, words):
    form = BallotForm({f"place.{n}": places.get(n, 0) for n in (1, 2, 3)}, candidates=CANDIDATES)
    assert not form.is_valid()
    assert words in unescape(str(form.errors))


def test_a_ballot_is_read_in_the_order_of_its_places():
    form = BallotForm({"place.1": "2", "place.2": "0", "place.3": "1"}, candidates=CANDIDATES)
    assert form.is_valid()
    assert form.cleaned_data == {"preferences": (3, 1)}


def test_an_elector_without_any_role_votes_on_the_page_of_the_election():
    election, person = election_of(), PersonFactory()
    board, client = election.board, Client()
    args = [board.agreement_id, board.pk, election.pk]
    client.force_login(person)
    page = reverse("agreements:election", args=args)
    assert client.get(page).status_code == 403
    on_roll(election, person)
    assert "No preference" in client.get(page).content.decode()
    vote = reverse("agreements:election_do", args=[*args, "vote"])
    first, *others = election.candidates.values_list("pk", flat=True)
    paper = {f"place.{key}": "0" for key in others}
    assert client.post(vote, {**paper, f"place.{first}": "2"}).status_code == 422
    answer = client.post(vote, {**paper, f"place.{first}": "1"}, follow=True)
    assert "You have voted. A paper is secret" in answer.content.decode()
    assert "whether they have voted" not in answer.content.decode().lower()
    roll = reverse("agreements:election_do", args=[*args, "roll"])
    client.force_login(election.by)
    answer = client.post(roll, {"emails": "who@example.org", "who_sits": "on"}, follow=True)
    assert "1 person put on the roll. Nobody signs in here as who@example.org" in (
        unescape(answer.content.decode())
    )
    strike = reverse("agreements:election_do", args=[*args, "off-roll"])
    waiting = election.roll.get(has_voted=False)
    assert "Sam Seated is off the roll" in (
        client.post(strike, {"elector": waiting.pk}, follow=True).content.decode()
    )
