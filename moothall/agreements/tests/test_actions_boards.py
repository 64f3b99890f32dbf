"""A board is set up by who keeps the agreement, and after it has met it changes its own rules."""

from datetime import date

import pytest

from moothall.agreements.actions import boards, meetings
from moothall.agreements.actions.boards import CannotChangeBoard
from moothall.agreements.engine.matters import Decided
from moothall.agreements.models import Board, PrincipleScore, Vote
from moothall.agreements.queries import tallies
from moothall.agreements.tests.board_factories import (
    NOW,
    SINCE,
    board_of,
    busy_board,
    class_of,
    committee,
    item_of,
    meeting_of,
    motion_of,
    votes,
)
from moothall.agreements.tests.factories import agreement_of
from moothall.core.models import AuditEntry
from moothall.directory.actions import remove_body
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    return agreement_of(OrganisationFactory(name="Norbury Council", slug="norbury"))


def carried(board, matter="rules"):
    motion = motion_of(item_of(meeting_of(board), matter, "A change of the rules"))
    everyone = [
        seat.name.replace(" ", "_") for each in board.classes.all() for seat in each.held.all()
    ]
    votes(motion, **dict.fromkeys(everyone, "FOR"))
    meetings.declare_result(motion=motion, by=board.by, at=NOW)
    motion.refresh_from_db()
    return motion


def test_a_board_is_set_up_with_its_rules_and_the_log_says_so(agreement):
    board = board_of(agreement, method="COLLEGE", majority="TWO_THIRDS", quorum=3)
    rule = board.rule_for(Decided.ORDINARY)
    assert (rule.method.value, rule.majority.value, rule.quorum) == ("COLLEGE", "TWO_THIRDS", 3)
    assert board.rule_for(Decided.RESERVED).majority.value == "EVERYONE"
    assert board.rule_for(Decided.RULE_CHANGE).majority.value == "THREE_QUARTERS"
    assert AuditEntry.objects.filter(did="agreements.board_set_up").count() == 1


def test_only_who_keeps_the_agreement_sets_up_its_board(agreement):
    with pytest.raises(CannotChangeBoard, match="You cannot keep the agreements of Norbury"):
        board_of(agreement, by=PersonFactory())


def test_a_board_has_a_name_of_its_own_and_rules_that_are_known(agreement):
    board_of(agreement)
    with pytest.raises(CannotChangeBoard, match="has a Joint Committee already"):
        board_of(agreement)
    with pytest.raises(CannotChangeBoard, match="A board needs a name"):
        board_of(agreement, name=" ")
    with pytest.raises(TypeError, match="A board has no rule colour"):
        board_of(agreement, name="Other", colour="red")
    with pytest.raises(ValueError, match="A_BIT"):
        board_of(agreement, name="Other", majority="A_BIT")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " ", "seats": 2}, "A class needs a name"),
        ({"name": "Staff", "seats": 0}, "a class has one seat or more"),
        ({"name": "Staff", "seats": 2, "weight": -1}, "a weight of nought or more"),
        ({"name": "Staff", "seats": 2, "quorum": 3}, "a quorum of 3 can never be met by 2 seats"),
        ({"name": "Users", "seats": 1}, "has a class Users already"),
    ],
)
def test_a_class_that_could_not_sit_is_refused(agreement, given, sentence):
    board = board_of(agreement)
    class_of(board, "Users")
    with pytest.raises(CannotChangeBoard, match=sentence):
        boards.add_class(board=board, by=board.by, at=NOW, **given)


def test_a_seat_is_filled_once_and_is_free_again_when_it_ends(agreement):
    board = board_of(agreement)
    staff = class_of(board, "Staff", "Ann Ashe", seats=1)
    fill = {"seat_class": staff, "starts_on": date(2026, 6, 1), "by": board.by, "at": NOW}
    with pytest.raises(CannotChangeBoard, match="No seat of Staff is free on 1 June 2026: all 1"):
        boards.fill_seat(name="Bob Birch", **fill)
    ann = staff.held.get()
    with pytest.raises(CannotChangeBoard, match="it cannot end before"):
        boards.end_seat(seat=ann, ends_before=SINCE, by=board.by, at=NOW)
    boards.end_seat(seat=ann, ends_before=date(2026, 6, 1), by=board.by, at=NOW)
    boards.fill_seat(name="Bob Birch", **fill)
    held = tallies.seats_held(board, date(2026, 6, 1))
    assert [seat.name for seat in held] == ["Bob Birch"]
    with pytest.raises(CannotChangeBoard, match="A seat is filled by someone"):
        boards.fill_seat(name=" ", **fill)


def test_a_board_has_one_chair_and_nobody_sits_twice(agreement):
    board, person = board_of(agreement), PersonFactory(name="Ann Ashe")
    staff = class_of(board, "Staff", seats=4)
    fill = {"seat_class": staff, "starts_on": SINCE, "by": board.by, "at": NOW}
    boards.fill_seat(person=person, is_chair=True, **fill)
    with pytest.raises(CannotChangeBoard, match="has a chair on that day"):
        boards.fill_seat(name="Bob Birch", is_chair=True, **fill)
    with pytest.raises(CannotChangeBoard, match="Ann Ashe holds a seat of Joint Committee already"):
        boards.fill_seat(person=person, **fill)


# ── after it has met ─────────────────────────────────────────────────────────────────────────


def test_rules_change_freely_until_the_board_meets_and_then_by_a_motion_that_it_carried():
    board = committee()
    boards.change_rules(board=board, quorum=3, by=board.by, at=NOW)
    ordinary = carried(board, "operations")
    with pytest.raises(CannotChangeBoard, match=r"takes a motion that it carries \(three quarters"):
        boards.change_rules(board=board, quorum=1, by=board.by, at=NOW)
    with pytest.raises(CannotChangeBoard, match="was carried as another kind of decision"):
        boards.change_rules(board=board, quorum=1, by=board.by, at=NOW, motion=ordinary)
    open_ = motion_of(item_of(meeting_of(board), "rules"))
    with pytest.raises(CannotChangeBoard, match="that motion is not one that it carried"):
        boards.change_rules(board=board, quorum=1, by=board.by, at=NOW, motion=open_)
    boards.change_rules(board=board, quorum=1, by=board.by, at=NOW, motion=carried(board))
    board.refresh_from_db()
    assert board.quorum == 1


def test_no_class_is_given_more_weight_without_the_boards_vote():
    board = committee()
    meeting_of(board)
    first = board.classes.first()
    change = {"seat_class": first, "seats": 2, "weight": 9, "quorum": 0, "by": board.by, "at": NOW}
    with pytest.raises(CannotChangeBoard, match="The rules of Joint Committee are not changed"):
        boards.change_class(**change)
    boards.change_class(**change, motion=carried(board, "class_weights"))
    first.refresh_from_db()
    assert first.weight == 9
    with pytest.raises(CannotChangeBoard, match="are not changed: it has met"):
        class_of(board, "Newcomers")


def test_a_ring_fence_is_set_at_any_time_and_lifted_only_before_the_first_meeting():
    board = committee()
    give = {"board": board, "by": board.by, "at": NOW}
    boards.set_matter(matter="own_policy", decided=Decided.ORDINARY, **give)
    boards.set_matter(matter="own_policy", decided=Decided.RING_FENCED, **give)
    meeting_of(board)
    boards.set_matter(matter="budget", decided=Decided.RING_FENCED, **give)
    for matter in ("own_policy", "budget", "council_tax"):
        with pytest.raises(CannotChangeBoard, match="lifted by a variation that every body signs"):
            boards.set_matter(matter=matter, decided=Decided.ORDINARY, **give)
    with pytest.raises(CannotChangeBoard, match="There is no kind of decision tea"):
        boards.set_matter(matter="tea", decided=Decided.ORDINARY, **give)


def test_a_principle_is_scored_with_its_evidence_and_the_log_holds_no_words_of_it(agreement):
    board = board_of(agreement)
    boards.score_principle(
        board=board, principle=2, score=1, evidence="Rule 4: one vote each", by=board.by, at=NOW
    )
    assert PrincipleScore.objects.get().score == 1
    assert "Rule 4" not in AuditEntry.objects.get(did="agreements.principle_scored").detail
    with pytest.raises(CannotChangeBoard, match="Principle 2 is not scored without its evidence"):
        boards.score_principle(board=board, principle=2, score=1, evidence="", by=board.by, at=NOW)


def test_a_body_leaves_with_its_boards_and_a_member_leaves_a_board_behind():
    busy_board(OrganisationFactory(name="Norbury Council", slug="norbury"))
    board = Board.objects.get()
    member = board.agreement.members.exclude(organisation=board.agreement.body).get().organisation
    remove_body(body=member, confirm=member.name, by=None, at=NOW)
    assert Vote.objects.count() == 3
    remove_body(body=board.agreement.body, confirm="Norbury Council", by=None, at=NOW)
    assert not Board.objects.exists()
    assert not Vote.objects.exists()
