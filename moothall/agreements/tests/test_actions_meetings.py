"""A meeting is called, votes by the board's rule, keeps out conflicts, and is minuted by two."""

import pytest

from moothall.agreements.actions import boards, meetings
from moothall.agreements.actions.meetings import CannotDecide, CannotMeet
from moothall.agreements.engine.voting import Choice, Result
from moothall.agreements.models import Motion, RefusedDecision, Vote
from moothall.agreements.queries import tallies
from moothall.agreements.tests.board_factories import (
    NOW,
    board_of,
    committee,
    item_of,
    meeting_of,
    motion_of,
    seat_of,
    votes,
)
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.core.models import AuditEntry
from moothall.directory.models import Organisation
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return committee()


def declared(motion, by=None):
    found = meetings.declare_result(motion=motion, by=by or motion.by, at=NOW)
    motion.refresh_from_db()
    return found


# ── the sovereignty guarantee ────────────────────────────────────────────────────────────────


def test_what_is_ring_fenced_is_refused_in_a_sentence_and_the_refusal_is_kept(board):
    item = item_of(meeting_of(board), "council_tax", "Council tax of Southam")
    southam = Organisation.objects.get(slug="southam")
    with pytest.raises(CannotDecide, match="ring-fenced by the sovereignty guarantee, and Southam"):
        meetings.move_motion(
            item=item, text="Raise it by 2%", mover=seat_of(board, "Norbury Two"), owner=southam,
            by=board.by, at=NOW,
        )  # fmt: skip
    kept = RefusedDecision.objects.get()
    assert (kept.matter, kept.text, kept.owner) == ("council_tax", "Raise it by 2%", southam)
    assert kept.sentence.endswith("Take it to Southam Council’s own meeting.")
    assert not Motion.objects.exists()
    entry = AuditEntry.objects.get(did="agreements.decision_refused")
    assert "Raise" not in entry.detail


def test_it_is_refused_whoever_moves_it_and_however_many_would_vote_for_it(board):
    item = item_of(meeting_of(board), "own_members")
    one = seat_of(board, "Southam One")
    for seat, by in ((one, one.person), (seat_of(board, "Residents Two"), board.by)):
        with pytest.raises(CannotDecide, match="Joint Committee cannot decide this"):
            meetings.move_motion(item=item, text="Do it", mover=seat, by=by, at=NOW)
    assert RefusedDecision.objects.count() == 2


# ── voting ───────────────────────────────────────────────────────────────────────────────────


def test_a_motion_is_carried_by_the_boards_rule_and_its_result_is_kept_as_counted(board):
    motion = motion_of(item_of(meeting_of(board)))
    votes(motion, Norbury_One="FOR", Norbury_Two="FOR", Southam_One="AGAINST")
    assert declared(motion).result is Result.CARRIED
    assert motion.state == "CARRIED"
    assert motion.result["words"] == (
        "Carried: 2 of 3 votes, 66.7%, in favour, and it takes more than half."
    )
    assert [reading["way"] for reading in motion.result["readings"]] == ["MEMBERS", "COLLEGE"]
    boards.end_seat(seat=seat_of(board, "Norbury Two"), ends_before=NOW.date(), by=board.by, at=NOW)
    motion.refresh_from_db()
    assert motion.result["classes"][0]["for"] == 2  # as it was counted then


def test_a_reserved_matter_takes_everyone_who_may_vote(board):
    motion = motion_of(item_of(meeting_of(board), "business_plan"))
    everyone = {
        f"{name}_{n}": "FOR" for name in ("Norbury", "Southam", "Residents") for n in ("One", "Two")
    }
    votes(motion, **everyone | {"Residents_Two": "ABSTAIN"})
    assert tallies.outcome_of(motion).words == "Lost: 5 of the 6 who may vote are in favour."
    votes(motion, Residents_Two="FOR")
    assert declared(motion).is_carried


def test_whoever_declared_a_conflict_is_out_of_vote_and_quorum(board):
    meeting = meeting_of(board)
    motion = motion_of(item_of(meeting, "business_plan"))
    one = seat_of(board, "Southam One")
    votes(motion, Southam_One="FOR")
    meetings.declare_interest(
        item=motion.item, seat=one, kind="CONTRACTS", what="Director of the builder",
        by=one.person, at=NOW,
    )  # fmt: skip
    assert not Vote.objects.exists()  # the vote given before is out
    with pytest.raises(CannotMeet, match="Southam One has no vote on this item: a conflict"):
        votes(motion, Southam_One="FOR")
    rest = ("Norbury_One", "Norbury_Two", "Southam_Two", "Residents_One", "Residents_Two")
    votes(motion, **dict.fromkeys(rest, "FOR"))
    assert declared(motion).words == "Carried: 5 of the 5 who may vote are in favour."


def test_an_interest_on_which_one_takes_part_is_declared_and_leaves_the_vote(board):
    motion = motion_of(item_of(meeting_of(board)))
    seat = seat_of(board, "Norbury Two")
    meetings.declare_interest(
        item=motion.item, seat=seat, kind="OTHER", what="Lives near by", takes_part=True,
        by=board.by, at=NOW,
    )  # fmt: skip
    votes(motion, Norbury_Two="FOR")
    with pytest.raises(CannotMeet, match="without saying what it is"):
        meetings.declare_interest(
            item=motion.item, seat=seat, kind="OTHER", what=" ", by=board.by, at=NOW
        )


def test_nobody_with_a_conflict_moves_or_seconds(board):
    item = item_of(meeting_of(board))
    seat, other = seat_of(board, "Norbury Two"), seat_of(board, "Southam Two")
    meetings.declare_interest(
        item=item, seat=seat, kind="LAND", what="Owns it", by=board.by, at=NOW
    )
    with pytest.raises(CannotMeet, match="moves and seconds nothing"):
        motion_of(item)
    with pytest.raises(CannotMeet, match="moves and seconds nothing"):
        meetings.move_motion(
            item=item, text="Buy it", mover=other, seconder=seat, by=board.by, at=NOW
        )
    with pytest.raises(CannotMeet, match="Southam Two moves it, and another seconds it"):
        meetings.move_motion(
            item=item, text="Buy it", mover=other, seconder=other, by=board.by, at=NOW
        )


def test_each_seat_is_voted_by_its_holder_and_only_a_holder_without_an_account_is_recorded(board):
    motion = motion_of(item_of(meeting_of(board)))
    one, two = seat_of(board, "Norbury One"), seat_of(board, "Norbury Two")
    with pytest.raises(CannotMeet, match="You cannot vote for Norbury One, who signs in here"):
        meetings.vote(motion=motion, seat=one, choice=Choice.FOR, by=board.by, at=NOW)
    with pytest.raises(CannotMeet, match="You cannot keep the agreements of Norbury Council"):
        meetings.vote(motion=motion, seat=two, choice=Choice.FOR, by=one.person, at=NOW)
    votes(motion, Norbury_One="FOR", Norbury_Two="AGAINST")
    votes(motion, Norbury_One="AGAINST")  # until the result is declared, one may think again
    assert tallies.class_votes(motion)[0].against == 2


def test_a_vote_is_taken_while_the_meeting_and_the_motion_are_open(board):
    called = meeting_of(board, is_open=False)
    motion = motion_of(item_of(called))
    with pytest.raises(
        CannotMeet, match=r"the meeting is called\. Votes are taken while it is open"
    ):
        votes(motion, Norbury_One="FOR")
    with pytest.raises(CannotMeet, match="A result is declared while the meeting is open"):
        declared(motion)
    meetings.move_meeting(meeting=called, move="OPEN", by=board.by, at=NOW)
    motion.refresh_from_db()
    motion.item.meeting.refresh_from_db()
    votes(motion, Norbury_One="FOR", Southam_One="FOR")
    declared(motion)
    with pytest.raises(CannotMeet, match="No vote is taken: the motion is carried"):
        votes(motion, Norbury_One="AGAINST")
    with pytest.raises(CannotMeet, match="You cannot declare the result: the motion is carried"):
        declared(motion)


def test_without_a_quorum_nothing_is_decided(board):
    boards.change_rules(board=board, quorum=4, by=board.by, at=NOW)
    meeting = meeting_of(board)
    motion = motion_of(item_of(meeting))
    votes(motion, Norbury_One="FOR", Southam_One="FOR")
    assert tallies.outcome_of(motion).result is Result.INQUORATE
    seats = [seat_of(board, f"{name} Two") for name in ("Norbury", "Southam")]
    meetings.record_attendance(meeting=meeting, seats=seats, by=board.by, at=NOW)
    assert declared(motion).is_carried


def test_a_tie_is_the_chairs_and_where_there_is_none_it_is_lost():
    board = committee(chair_casts=True)
    motion = motion_of(item_of(meeting_of(board)))
    votes(motion, Norbury_One="FOR", Southam_One="AGAINST")
    with pytest.raises(CannotMeet, match="There is no tie to decide: the motion is open to votes"):
        meetings.give_casting_vote(motion=motion, choice=Choice.FOR, by=board.by, at=NOW)
    assert declared(motion).result is Result.TIED
    assert motion.state == "TIED"
    cast = {"motion": motion, "by": board.by, "at": NOW}
    with pytest.raises(CannotMeet, match="Joint Committee has no chair on that day"):
        meetings.give_casting_vote(choice=Choice.FOR, **cast)
    chair = seat_of(board, "Southam Two")
    type(chair).objects.filter(pk=chair.pk).update(is_chair=True)
    with pytest.raises(CannotMeet, match="A casting vote is for or against"):
        meetings.give_casting_vote(choice=Choice.ABSTAIN, **cast)
    assert meetings.give_casting_vote(choice=Choice.FOR, **cast).words == (
        "Carried: on a tie the chair voted for."
    )
    without = motion_of(item_of(meeting_of(committee(OrganisationFactory()))))
    votes(without, Norbury_One="FOR", Southam_One="AGAINST")
    assert declared(without).result is Result.LOST


def test_a_chair_with_a_conflict_has_no_casting_vote():
    board = committee(chair_casts=True)
    motion = motion_of(item_of(meeting_of(board)))
    chair = seat_of(board, "Southam Two")
    type(chair).objects.filter(pk=chair.pk).update(is_chair=True)
    meetings.declare_interest(
        item=motion.item, seat=chair, kind="GIFT", what="A dinner", by=board.by, at=NOW
    )
    votes(motion, Norbury_One="FOR", Southam_One="AGAINST")
    declared(motion)
    with pytest.raises(CannotMeet, match="Southam Two has no casting vote on this item"):
        meetings.give_casting_vote(motion=motion, choice=Choice.FOR, by=board.by, at=NOW)


def test_a_motion_is_withdrawn_by_who_moved_it_before_its_result(board):
    one = seat_of(board, "Norbury One")
    item = item_of(meeting_of(board))
    motion = meetings.move_motion(item=item, text="Wait", mover=one, by=one.person, at=NOW)
    with pytest.raises(CannotMeet, match="You cannot withdraw a motion for Norbury One"):
        meetings.withdraw_motion(motion=motion, by=board.by, at=NOW)
    assert meetings.withdraw_motion(motion=motion, by=one.person, at=NOW).state == "WITHDRAWN"
    with pytest.raises(CannotMeet, match="A motion is not moved without its words"):
        meetings.move_motion(item=item, text=" ", mover=one, by=one.person, at=NOW)


def test_a_seat_of_another_board_has_no_vote_here(board):
    other = committee(OrganisationFactory(), name="Other")
    motion = motion_of(item_of(meeting_of(board)))
    stranger = seat_of(other, "Norbury One")
    with pytest.raises(CannotMeet, match="holds no seat of Joint Committee on the day"):
        meetings.vote(motion=motion, seat=stranger, choice=Choice.FOR, by=stranger.person, at=NOW)


# ── the meeting itself ───────────────────────────────────────────────────────────────────────


def test_a_meeting_is_called_for_those_who_hold_seats():
    empty = board_of(agreement_of(OrganisationFactory()))
    with pytest.raises(CannotMeet, match="Nobody holds a seat of Joint Committee on that day"):
        meeting_of(empty)


def test_an_item_says_what_it_is_about_and_goes_on_an_agenda_that_is_not_over(board):
    meeting = meeting_of(board)
    with pytest.raises(CannotMeet, match="without what it is about"):
        item_of(meeting, title=" ")
    with pytest.raises(CannotMeet, match="There is no kind of decision tea"):
        item_of(meeting, "tea")
    item = item_of(meeting)
    assert [item.number, item_of(meeting).number] == [1, 2]
    meeting = meetings.move_meeting(meeting=meeting, move="CLOSE", by=board.by, at=NOW)
    with pytest.raises(CannotMeet, match=r"the meeting is closed\. Put it on the next"):
        item_of(meeting)
    item.refresh_from_db()
    item.meeting.refresh_from_db()
    with pytest.raises(CannotMeet, match="Nothing is moved now: the meeting is closed"):
        motion_of(item)
    with pytest.raises(CannotMeet, match="No interest is declared now: the meeting is closed"):
        meetings.declare_interest(
            item=item, seat=seat_of(board, "Norbury Two"), kind="LAND", what="x", by=board.by,
            at=NOW,
        )  # fmt: skip


def test_no_meeting_closes_on_an_open_motion(board):
    meeting = meeting_of(board)
    motion = motion_of(item_of(meeting))
    with pytest.raises(CannotMeet, match="“Open on Saturdays” waits for its result"):
        meetings.move_meeting(meeting=meeting, move="CLOSE", by=board.by, at=NOW)
    meetings.withdraw_motion(motion=motion, by=board.by, at=NOW)
    meetings.move_meeting(meeting=meeting, move="CLOSE", by=board.by, at=NOW)


def test_minutes_are_written_by_one_and_approved_by_another(board):
    meeting = meeting_of(board)
    closed = meetings.move_meeting(meeting=meeting, move="CLOSE", by=board.by, at=NOW)
    approve = {"meeting": closed, "move": "APPROVE", "at": NOW}
    one = seat_of(board, "Southam One").person
    with pytest.raises(CannotMeet, match=r"they are not written\. Write them first"):
        meetings.move_meeting(by=one, **approve)
    meetings.write_minutes(meeting=closed, text="Hours were agreed.", by=board.by, at=NOW)
    with pytest.raises(CannotMeet, match="not approved by whoever wrote them: it takes two"):
        meetings.move_meeting(by=board.by, **approve)
    with pytest.raises(CannotMeet, match="You cannot keep the agreements"):
        meetings.move_meeting(by=PersonFactory(), **approve)
    done = meetings.move_meeting(by=one, **approve)
    assert (done.state, done.approved_by) == ("MINUTED", one)
    with pytest.raises(CannotMeet, match="A correction goes into the minutes of the next"):
        meetings.write_minutes(meeting=done, text="Otherwise", by=board.by, at=NOW)
    with pytest.raises(CannotMeet, match="You cannot open the meeting"):
        meetings.move_meeting(meeting=done, move="OPEN", by=board.by, at=NOW)
    with pytest.raises(CannotMeet, match="Attendance is taken at a meeting: this is closed"):
        meetings.record_attendance(meeting=done, seats=[], by=board.by, at=NOW)


def test_the_secretarys_deeds_are_the_keepers(board):
    meeting, stranger = meeting_of(board), manager_of(OrganisationFactory())
    motion = motion_of(item_of(meeting))
    refused = "You cannot keep the agreements of Norbury Council"
    for deed in (
        lambda: meetings.call_meeting(board=board, held_at=NOW, by=stranger, at=NOW),
        lambda: meetings.move_meeting(meeting=meeting, move="CLOSE", by=stranger, at=NOW),
        lambda: meetings.write_minutes(meeting=meeting, text="x", by=stranger, at=NOW),
        lambda: meetings.declare_result(motion=motion, by=stranger, at=NOW),
    ):
        with pytest.raises(CannotMeet, match=refused):
            deed()
