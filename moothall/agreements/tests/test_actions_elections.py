"""An election is called, its lot drawn before its papers; a deadlock climbs by its clock."""

from datetime import date, timedelta

import pytest

from moothall.agreements.actions import deadlocks, elections
from moothall.agreements.actions.deadlocks import CannotClimb
from moothall.agreements.actions.elections import CannotElect
from moothall.agreements.models import BallotPaper
from moothall.agreements.queries import tallies
from moothall.agreements.tests.board_factories import (
    NOW,
    board_of,
    class_of,
    committee,
    seat_of,
)
from moothall.agreements.tests.factories import agreement_of
from moothall.core.models import AuditEntry
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
PAPERS = """\
4, Orange
2, pear , ORANGE
8, Chocolate, Strawberry
4, Chocolate, Sweets

1, Strawberry
1, Sweets
3, Chocolate, Chocolate
1, Nobody
"""


@pytest.fixture
def residents():
    board = board_of(agreement_of(OrganisationFactory()))
    return class_of(board, "Residents", seats=3, is_elected=True)


def election_of(residents, electors=40, **given):
    by = residents.board.by
    called = elections.call_election(
        seat_class=residents, seats=3, electors=electors, closes_on=NOW.date(), by=by, at=NOW
    )
    for name in ("Orange", "Pear", "Chocolate", "Strawberry", "Sweets"):
        elections.nominate(election=called, name=name, by=by, at=NOW)
    return elections.open_voting(election=called, by=by, at=NOW, shuffle=lambda lot: None)


def test_an_election_is_counted_from_its_papers_and_says_who_is_elected(residents):
    election, by = election_of(residents), residents.board.by
    entered = elections.enter_papers(election=election, text=PAPERS, by=by, at=NOW)
    assert entered.counted == 20
    assert entered.rejected == (
        (3, "Line 8: It names Chocolate twice."),
        (1, "Line 9: Nobody is no candidate."),
    )
    count = elections.count_election(election=election, by=by, at=NOW)
    names = {str(each.pk): each.name for each in election.candidates.all()}
    assert [names[each] for each in count.elected] == ["Chocolate", "Orange", "Strawberry"]
    election.refresh_from_db()
    assert (election.state, election.result["quota"]) == ("COUNTED", 6)
    assert election.result["stages"][1]["did"].startswith("The surplus of")
    seat = {"election": election, "starts_on": date(2026, 12, 1), "by": by, "at": NOW}
    seats = elections.seat_elected(**seat)
    assert [each.name for each in seats] == ["Chocolate", "Orange", "Strawberry"]
    assert set(tallies.seats_held(residents.board, date(2026, 12, 1))) == set(seats)
    with pytest.raises(CannotElect, match="are seated already, from 1 December 2026"):
        elections.seat_elected(**seat)
    with pytest.raises(CannotElect, match="You cannot count the papers: the election is counted"):
        elections.count_election(election=election, by=by, at=NOW)


def test_the_lot_is_drawn_once_before_any_paper_and_is_in_the_log(residents):
    election = election_of(residents)
    assert sorted(election.lot) == sorted(election.candidates.values_list("pk", flat=True))
    entry = AuditEntry.objects.get(did="agreements.voting_opened")
    assert str(election.lot[0]) in entry.detail
    with pytest.raises(CannotElect, match="You cannot close nominations and take votes"):
        elections.open_voting(election=election, by=residents.board.by, at=NOW)


def test_there_are_never_more_papers_than_electors_and_nothing_is_half_entered(residents):
    election, by = election_of(residents, electors=22), residents.board.by
    with pytest.raises(CannotElect, match="there would be 24 papers from 22 electors"):
        elections.enter_papers(election=election, text=PAPERS, by=by, at=NOW)
    with pytest.raises(CannotElect, match="line 2 does not begin with how many papers"):
        elections.enter_papers(election=election, text="1, Orange\nPear", by=by, at=NOW)
    assert not BallotPaper.objects.exists()


def test_what_comes_too_late_or_too_soon_is_refused(residents):
    by = residents.board.by
    call = {"seat_class": residents, "electors": 9, "by": by, "at": NOW}
    later = elections.call_election(seats=1, closes_on=NOW.date() + timedelta(1), **call)
    with pytest.raises(CannotElect, match="No papers are taken now: the election is open to cand"):
        elections.enter_papers(election=later, text="1, Ann", by=by, at=NOW)
    with pytest.raises(CannotElect, match="Votes are not taken yet: nobody stands"):
        elections.open_voting(election=later, by=by, at=NOW)
    elections.nominate(election=later, name="Ann  Ashe", by=by, at=NOW)
    with pytest.raises(CannotElect, match="ann ashe stands already"):
        elections.nominate(election=later, name="ann ashe", by=by, at=NOW)
    with pytest.raises(CannotElect, match="without a comma"):
        elections.nominate(election=later, name="Ashe, Ann", by=by, at=NOW)
    later = elections.open_voting(election=later, by=by, at=NOW)
    with pytest.raises(CannotElect, match="Nobody can be nominated now"):
        elections.nominate(election=later, name="Bob", by=by, at=NOW)
    with pytest.raises(CannotElect, match="Nobody is seated yet: the election is open to votes"):
        elections.seat_elected(election=later, starts_on=NOW.date(), by=by, at=NOW)
    with pytest.raises(CannotElect, match="Nothing is counted before 25 November 2026"):
        elections.count_election(election=later, by=by, at=NOW)
    assert elections.call_off(election=later, by=by, at=NOW).state == "CALLED_OFF"


def test_an_election_fills_elected_seats_and_no_more_than_there_are(residents):
    by, board = residents.board.by, residents.board
    appointed = class_of(board, "Council")
    call = {"electors": 9, "closes_on": NOW.date(), "at": NOW}
    with pytest.raises(CannotElect, match="Council are appointed, not elected"):
        elections.call_election(seat_class=appointed, seats=1, by=by, **call)
    with pytest.raises(CannotElect, match="No election fills 4 seats of Residents, which has 3"):
        elections.call_election(seat_class=residents, seats=4, by=by, **call)
    with pytest.raises(CannotElect, match="You cannot keep the agreements"):
        elections.call_election(seat_class=residents, seats=1, by=PersonFactory(), **call)


# ── deadlock ─────────────────────────────────────────────────────────────────────────────────


def later(days):
    return NOW + timedelta(days)


def test_a_deadlock_climbs_step_by_step_as_its_days_run_out():
    board = committee(officer_days=5, expert_days=20)
    one = seat_of(board, "Residents One").person
    held = deadlocks.declare_deadlock(board=board, about="The budget", by=one, at=NOW)
    climb = {"deadlock": held, "move": "CLIMB", "note": "No agreement", "by": board.by}
    with pytest.raises(CannotClimb, match="with the officers until 29 November 2026: 1 day left"):
        deadlocks.move_deadlock(**climb, at=later(4))
    assert deadlocks.move_deadlock(**climb, at=later(5)).state == "CHIEF_EXECUTIVE"
    assert deadlocks.move_deadlock(**climb, at=later(5), all_agree=True).state == "MEDIATION"
    assert deadlocks.move_deadlock(**climb, at=later(35)).state == "EXPERT"
    held.refresh_from_db()
    assert tallies.clock_of(held).due_on == date(2027, 1, 18)
    with pytest.raises(CannotClimb, match="You cannot take it to the chief executives"):
        deadlocks.move_deadlock(**climb, at=later(90))
    end = {"deadlock": held, "note": "Nothing helped", "by": board.by, "at": later(60)}
    with pytest.raises(CannotClimb, match="end a deadlock otherwise: with winding up"):
        deadlocks.move_deadlock(move="BUY_SELL", **end)
    assert deadlocks.move_deadlock(move="WIND_UP", **end).state == "WINDING_UP"
    assert held.steps.count() == 5


def test_a_deadlock_is_resolved_at_any_step_and_says_what_came_of_it():
    board = committee()
    declare = {"board": board, "by": board.by, "at": NOW}
    held = deadlocks.declare_deadlock(about="The lease", **declare)
    with pytest.raises(CannotClimb, match="without what came of this step"):
        deadlocks.move_deadlock(deadlock=held, move="RESOLVE", note=" ", by=board.by, at=NOW)
    done = deadlocks.move_deadlock(
        deadlock=held, move="RESOLVE", note="Five years", by=board.by, at=NOW
    )
    assert done.state == "RESOLVED"
    with pytest.raises(CannotClimb, match="without what it is about"):
        deadlocks.declare_deadlock(about=" ", **declare)
    with pytest.raises(CannotClimb, match="You cannot keep the agreements"):
        deadlocks.declare_deadlock(board=board, about="x", by=PersonFactory(), at=NOW)
