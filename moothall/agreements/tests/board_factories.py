"""Invented boards for tests: a joint committee of two councils and a charity, that has met."""

from contextlib import suppress
from datetime import UTC, date, datetime

from moothall.agreements.actions import boards, deadlocks, elections, meetings
from moothall.agreements.engine.voting import Choice
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SINCE = date(2026, 1, 1)


def board_of(agreement, *, by=None, name="Joint Committee", at=NOW, **rules):
    """A board of an agreement with no classes yet."""
    by = by or manager_of(agreement.body)
    return boards.set_up_board(agreement=agreement, name=name, by=by, at=at, **rules)


def class_of(board, name, *people, at=NOW, seats=None, **fields):
    """A class, and a seat for each of `people`: a person, or a name."""
    made = boards.add_class(
        board=board, name=name, seats=seats or max(len(people), 1), by=board.by, at=at, **fields
    )
    for each in people:
        who = {"name": each} if isinstance(each, str) else {"person": each}
        boards.fill_seat(seat_class=made, starts_on=SINCE, by=board.by, at=at, **who)
    return made


def committee(body=None, **rules):
    """A board of three classes with two seats each; the first of each class signs in here."""
    other = {} if body else {"slug": "southam", "name": "Southam Council"}
    body = body or OrganisationFactory(name="Norbury Council", slug="norbury")
    agreement = agreement_of(body, OrganisationFactory(**other))
    board = board_of(agreement, **rules)
    for name in ("Norbury", "Southam", "Residents"):
        class_of(board, name, PersonFactory(name=f"{name} One"), f"{name} Two")
    return board


def seat_of(board, name):
    return next(seat for each in board.classes.all() for seat in each.held.filter(name=name))


def meeting_of(board, *, at=NOW, is_open=True, **fields):
    made = meetings.call_meeting(board=board, held_at=at, by=board.by, at=at, **fields)
    return meetings.move_meeting(meeting=made, move="OPEN", by=board.by, at=at) if is_open else made


def item_of(meeting, matter="operations", title="Opening hours"):
    return meetings.add_item(
        meeting=meeting, title=title, matter=matter, by=meeting.board.by, at=NOW
    )


def motion_of(item, mover="Norbury Two", text="Open on Saturdays"):
    board = item.meeting.board
    return meetings.move_motion(
        item=item, text=text, mover=seat_of(board, mover), by=board.by, at=NOW
    )


def votes(motion, **given):
    """Vote for each seat by its holder's name, spaces as underscores: Norbury_One="FOR"."""
    board = motion.item.meeting.board
    for name, choice in given.items():
        seat = seat_of(board, name.replace("_", " "))
        meetings.vote(
            motion=motion, seat=seat, choice=Choice(choice), by=seat.person or board.by, at=NOW
        )


def busy_board(body=None, *, person=None, is_public=True):
    """A board with something of everything: by the name that an address calls it by."""
    board = committee(body, method="COLLEGE", quorum=2)
    board.agreement.is_public = is_public
    board.agreement.save(update_fields=["is_public"])
    by, tenants = board.by, class_of(board, "Tenants", seats=2, is_elected=True, weight=2)
    if person:
        boards.fill_seat(seat_class=tenants, person=person, starts_on=SINCE, by=by, at=NOW)
    meeting = meeting_of(board, is_public=is_public, place="The Guildhall")
    fenced = item_of(meeting, "council_tax", "Council tax of Southam")
    motion = motion_of(item_of(meeting))
    votes(motion, Norbury_One="FOR", Norbury_Two="FOR", Southam_One="AGAINST")
    with suppress(meetings.CannotDecide):  # and so it is listed among what was refused
        motion_of(fenced, text="Raise it by 2%")
    two = seat_of(board, "Southam Two")
    meetings.declare_interest(
        item=motion.item, seat=two, kind="LAND", what="Owns the building", by=by, at=NOW
    )
    boards.score_principle(board=board, principle=1, score=2, evidence="Rule 3", by=by, at=NOW)
    deadlock = deadlocks.declare_deadlock(board=board, about="The rent", by=by, at=NOW)
    election = elections.call_election(
        seat_class=tenants, seats=1, electors=90, closes_on=NOW.date(), by=by, at=NOW
    )
    for name in ("Ann Ashe", "Bob Birch", "Cat Cope"):
        elections.nominate(election=election, name=name, statement="Lower rents", by=by, at=NOW)
    elections.open_voting(election=election, by=by, at=NOW)
    papers = "30, Ann Ashe\n25, Bob Birch, Cat Cope\n11, Cat Cope, Bob Birch\n2, Dan Dale"
    elections.enter_papers(election=election, text=papers, by=by, at=NOW)
    elections.count_election(election=election, by=by, at=NOW)
    return {
        "agreement_id": board.agreement_id,
        "board_id": board.pk,
        "meeting_id": meeting.pk,
        "motion_id": motion.pk,
        "election_id": election.pk,
        "deadlock_id": deadlock.pk,
    }
