"""The deeds of a meeting: call it, declare interests, move, vote, declare, minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.board_lives import DECLARES, MEETING, MOTION
from moothall.agreements.engine.matters import matters, why_not_decide
from moothall.agreements.engine.voting import Choice, Outcome, Result, outcome
from moothall.agreements.models import (
    AgendaItem,
    Attendance,
    Board,
    ItemInterest,
    Meeting,
    Motion,
    RefusedDecision,
    Seat,
    Vote,
)
from moothall.agreements.queries import tallies
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import DeclaredInterest, Organisation, Person
from moothall.values.state_table import CannotMove, StateTable
from moothall.values.wording import listed


class CannotMeet(CannotDo):
    """The meeting, and what stands on its agenda, is as it was."""


class CannotDecide(CannotDo):
    """The board cannot take this decision. That it was asked to is recorded."""


@transaction.atomic
def call_meeting(
    *,
    board: Board,
    held_at: datetime,
    by: Person,
    at: datetime,
    place: str = "",
    is_public: bool = False,
) -> Meeting:
    """Call a meeting of a board.

    :raises CannotMeet: when the person may not, or nobody could come.
    """
    _refuse_others(by, board)
    made = Meeting(board=board, held_at=held_at, place=place.strip()[:200], is_public=is_public)
    if not tallies.seats_held(board, tallies.day_of(made)).exists():
        raise CannotMeet(f"Nobody holds a seat of {board} on that day. Fill its seats first.")
    made.by, made.at = by, at
    made.save()
    _record(by, at, "agreements.meeting_called", made, board, held_at=held_at)
    return made


@transaction.atomic
def add_item(
    *,
    meeting: Meeting,
    title: str,
    matter: str,
    by: Person,
    at: datetime,
    paper: str = "",
) -> AgendaItem:
    """Put an item on the agenda. What is ring-fenced may be talked about; no motion is taken.

    :raises CannotMeet: when the person may not, the meeting is over, or something is left unsaid.
    """
    _refuse_others(by, meeting.board)
    if meeting.state not in ("CALLED", "OPEN"):
        raise CannotMeet(
            f"Nothing is added to this agenda: the meeting is {MEETING.state(meeting.state).words}."
            " Put it on the next."
        )
    if not title.strip():
        raise CannotMeet("An item is not added without what it is about. Give it a title.")
    if matter not in matters():
        raise CannotMeet(f"There is no kind of decision {matter}. Choose one of the list.")
    last = meeting.items.order_by("-number").values_list("number", flat=True).first() or 0
    made = AgendaItem.objects.create(
        meeting=meeting, number=last + 1, title=title.strip()[:200], matter=matter,
        paper=paper.strip(),
    )  # fmt: skip
    _record(by, at, "agreements.item_added", made, meeting.board, matter=matter)
    return made


@transaction.atomic
def move_meeting(*, meeting: Meeting, move: str, by: Person, at: datetime) -> Meeting:
    """Open, cancel or close a meeting, or approve its minutes.

    :raises CannotMeet: when the person may not, or it is not the time.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    board = meeting.board
    state = _after(MEETING, meeting.state, move)
    if move == "APPROVE":
        if reason := why_not_approve_minutes(by, meeting):
            raise CannotMeet(reason)
        meeting.approved_by, meeting.approved_at = by, at
    else:
        _refuse_others(by, board)
    if move == "CLOSE":
        waiting = Motion.objects.filter(item__meeting=meeting, state__in=["MOVED", "TIED"])
        if names := [f"“{motion}”" for motion in waiting]:
            raise CannotMeet(
                f"The meeting is not closed: {listed(names)} waits for its result. Declare it, or "
                "withdraw it."
            )
    meeting.state = state
    meeting.save(update_fields=["state", "approved_by", "approved_at"])
    _record(by, at, f"agreements.meeting_{state.lower()}", meeting, board)
    return meeting


@transaction.atomic
def record_attendance(*, meeting: Meeting, seats: Sequence[Seat], by: Person, at: datetime) -> None:
    """Say whose seats are filled at the meeting, in place of what was said before.

    :raises CannotMeet: when the person may not, or the minutes are approved.
    """
    _refuse_others(by, meeting.board)
    if meeting.state not in ("OPEN", "CLOSED"):
        raise CannotMeet(
            f"Attendance is taken at a meeting: this is {MEETING.state(meeting.state).words}. "
            "Open it first."
        )
    held = set(tallies.seats_held(meeting.board, tallies.day_of(meeting)))
    meeting.attendance.all().delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, seat=seat) for seat in seats if seat in held
    )
    _record(
        by, at, "agreements.attendance_taken", meeting, meeting.board,
        seats=sorted(seat.pk for seat in seats if seat in held),
    )  # fmt: skip


@transaction.atomic
def write_minutes(*, meeting: Meeting, text: str, by: Person, at: datetime) -> Meeting:
    """Write a meeting's minutes, until they are approved.

    :raises CannotMeet: when the person may not, or they are approved.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _refuse_others(by, meeting.board)
    if meeting.state not in ("OPEN", "CLOSED"):
        raise CannotMeet(
            f"Minutes are not written now: the meeting is {MEETING.state(meeting.state).words}. "
            "A correction goes into the minutes of the next."
        )
    meeting.minutes, meeting.minutes_by = text.strip(), by
    meeting.save(update_fields=["minutes", "minutes_by"])
    _record(
        by, at, "agreements.minutes_written", meeting, meeting.board, text=audit.digest(text)
    )  # fmt: skip
    return meeting


def why_not_approve_minutes(person: Person, meeting: Meeting) -> str | None:
    """Return why `person` may not approve the minutes, or None: a second pair of eyes."""
    if not permissions.holds_a_seat(person, meeting.board) and (
        reason := permissions.why_not_keep_agreement(person, meeting.board.agreement)
    ):
        return reason
    if not meeting.minutes:
        return "These minutes are not approved: they are not written. Write them first."
    if meeting.minutes_by_id == person.pk:
        return (
            "These minutes are not approved by whoever wrote them: it takes two. Ask somebody who "
            f"sits on {meeting.board}."
        )
    return None


@transaction.atomic
def declare_interest(
    *,
    item: AgendaItem,
    seat: Seat,
    kind: str,
    what: str,
    by: Person,
    at: datetime,
    takes_part: bool = False,
) -> ItemInterest:
    """Declare a conflict of interest on one item. Who takes no part is out of vote and quorum.

    :raises CannotMeet: when the person may not, the item is decided, or nothing is said.
    """
    _refuse_for_seat(by, seat, item.meeting, "declare an interest")
    if not what.strip():
        raise CannotMeet("An interest is not declared without saying what it is. Say it.")
    kind = DeclaredInterest.Kind(kind).value
    if item.meeting.state not in ("CALLED", "OPEN"):
        raise CannotMeet(
            f"No interest is declared now: the meeting is {MEETING.state(item.meeting.state).words}"
            ". Tell its monitoring officer."
        )
    made, _ = ItemInterest.objects.update_or_create(
        item=item,
        seat=seat,
        defaults={
            "kind": kind, "what": what.strip()[:300], "takes_part": takes_part, "by": by, "at": at,
        },
    )  # fmt: skip
    if not takes_part:  # a vote given before it was declared is no vote
        Vote.objects.filter(motion__item=item, motion__state="MOVED", seat=seat).delete()
    _record(
        by, at, "agreements.item_interest_declared", item, item.meeting.board,
        seat=seat.pk, takes_part=takes_part, what=audit.digest(what),
    )  # fmt: skip
    return made


def move_motion(
    *,
    item: AgendaItem,
    text: str,
    mover: Seat,
    by: Person,
    at: datetime,
    seconder: Seat | None = None,
    owner: Organisation | None = None,
) -> Motion:
    """Move that the board decide something.

    owner : the body on whose own ground it would fall, where one is meant

    :raises CannotDecide: when the sovereignty guarantee stands against it; that it was tried is
        recorded, and is listed with the board.
    :raises CannotMeet: when the person may not, or the meeting is over.
    """
    board = item.meeting.board
    _refuse_for_seat(by, mover, item.meeting, "move a motion")
    if not text.strip():
        raise CannotMeet("A motion is not moved without its words: say what is to be decided.")
    settings = tallies.settings_of(board)
    if reason := why_not_decide(
        board.name, item.matter, settings, owner=owner.name if owner else ""
    ):
        _refuse_and_record(item, text, owner, reason, by=by, at=at)
    return _moved(item, text, mover, seconder, by=by, at=at)


@transaction.atomic
def _moved(
    item: AgendaItem, text: str, mover: Seat, seconder: Seat | None, *, by: Person, at: datetime
) -> Motion:
    if item.meeting.state not in ("CALLED", "OPEN"):
        raise CannotMeet(
            f"Nothing is moved now: the meeting is {MEETING.state(item.meeting.state).words}. Move "
            "it at the next."
        )
    if seconder is not None and seconder.pk == mover.pk:
        raise CannotMeet(f"{mover} moves it, and another seconds it. Choose somebody else.")
    out = tallies.taking_no_part(item)
    if mover.pk in out or (seconder and seconder.pk in out):
        raise CannotMeet(
            "Whoever declared a conflict on this item takes no part in it, and moves and seconds "
            "nothing. Choose somebody else."
        )
    made = Motion.objects.create(
        item=item, text=text.strip()[:500], mover=mover, seconder=seconder, by=by, at=at
    )
    _record(by, at, "agreements.motion_moved", made, item.meeting.board, mover=mover.pk)
    return made


def _refuse_and_record(
    item: AgendaItem,
    text: str,
    owner: Organisation | None,
    reason: str,
    *,
    by: Person,
    at: datetime,
) -> NoReturn:
    """The refusal outlasts the deed that failed: it is written in a transaction of its own."""
    board = item.meeting.board
    with transaction.atomic():
        held = RefusedDecision.objects.create(
            board=board, matter=item.matter, text=text.strip()[:500], owner=owner,
            sentence=reason, by=by, at=at,
        )  # fmt: skip
        _record(
            by, at, "agreements.decision_refused", held, board,
            matter=item.matter, owner=owner.pk if owner else None, text=audit.digest(held.text),
        )  # fmt: skip
    raise CannotDecide(reason)


@transaction.atomic
def vote(*, motion: Motion, seat: Seat, choice: Choice, by: Person, at: datetime) -> Vote:
    """Vote on a motion, or vote otherwise before its result is declared.

    :raises CannotMeet: when the person may not, or the seat has no vote on it.
    """
    motion = Motion.objects.select_for_update().get(pk=motion.pk)
    if reason := why_not_vote(by, motion, seat):
        raise CannotMeet(reason)
    made, _ = Vote.objects.update_or_create(
        motion=motion, seat=seat, defaults={"choice": choice.value, "by": by, "at": at}
    )
    _record(
        by, at, "agreements.voted", motion, motion.item.meeting.board,
        seat=seat.pk, choice=choice.value,
    )  # fmt: skip
    return made


def why_not_vote(person: Person, motion: Motion, seat: Seat) -> str | None:
    """Return why `person` may not vote for a seat on a motion now, or None."""
    meeting = motion.item.meeting
    if reason := permissions.why_not_act_for_seat(person, seat, "vote"):
        return reason
    if motion.state != "MOVED":
        return f"No vote is taken: the motion is {MOTION.state(motion.state).words}."
    if meeting.state != "OPEN":
        return (
            f"No vote is taken: the meeting is {MEETING.state(meeting.state).words}. Votes are "
            "taken while it is open."
        )
    if seat.pk in tallies.taking_no_part(motion.item):
        return (
            f"{seat} has no vote on this item: a conflict of interest was declared on it. Leave "
            "it to the others."
        )
    if seat not in tallies.entitled(motion):
        return f"{seat} holds no seat of {meeting.board} on the day of the meeting."
    return None


@transaction.atomic
def declare_result(*, motion: Motion, by: Person, at: datetime) -> Outcome:
    """Declare what became of a motion; on a tie it waits for the chair.

    :raises CannotMeet: when the person may not, or it is declared.
    """
    motion = Motion.objects.select_for_update().get(pk=motion.pk)
    _refuse_others(by, motion.item.meeting.board)
    if motion.item.meeting.state != "OPEN":
        raise CannotMeet("A result is declared while the meeting is open. Open it first.")
    return _declared(motion, by=by, at=at)


@transaction.atomic
def give_casting_vote(*, motion: Motion, choice: Choice, by: Person, at: datetime) -> Outcome:
    """Decide a tie, from the chair.

    :raises CannotMeet: when the person may not, or it is no tie.
    """
    motion = Motion.objects.select_for_update().get(pk=motion.pk)
    if motion.state != "TIED":
        raise CannotMeet(
            f"There is no tie to decide: the motion is {MOTION.state(motion.state).words}."
        )
    meeting = motion.item.meeting
    there = tallies.seats_held(meeting.board, tallies.day_of(meeting))
    chair = there.filter(is_chair=True).first()
    if chair is None:
        raise CannotMeet(f"{meeting.board} has no chair on that day. Say who holds the chair.")
    _refuse_for_seat(by, chair, meeting, "give the casting vote")
    if chair.pk in tallies.taking_no_part(motion.item):
        raise CannotMeet(
            f"{chair} has no casting vote on this item: a conflict of interest was declared."
        )
    if choice is Choice.ABSTAIN:
        raise CannotMeet("A casting vote is for or against. Choose one.")
    motion.casting = choice.value
    return _declared(motion, by=by, at=at)


def _declared(motion: Motion, *, by: Person, at: datetime) -> Outcome:
    rule, classes = tallies.rule_of(motion), tallies.class_votes(motion)
    found = outcome(rule, classes, casting=Choice(motion.casting) if motion.casting else None)
    motion.state = _after(MOTION, motion.state, DECLARES[found.result])
    motion.decided_at = None if found.result is Result.TIED else at
    motion.result = {
        "rule": rule.words,
        "words": found.words,
        "readings": [
            {
                "way": x.method.value, "words": x.words, "is_enough": x.is_enough,
                "decides": x.decides,
            }
            for x in found.readings
        ],
        "classes": [
            {
                "name": x.name, "entitled": x.entitled, "for": x.for_, "against": x.against,
                "abstained": x.abstained, "weight": x.weight, "there": x.there,
            }
            for x in classes
        ],
    }  # fmt: skip
    motion.save(update_fields=["state", "casting", "decided_at", "result"])
    votes = {name: sum(getattr(x, name) for x in classes) for name in ("for_", "against")}
    _record(
        by, at, f"agreements.motion_{motion.state.lower()}", motion, motion.item.meeting.board,
        votes_for=votes["for_"], votes_against=votes["against"],
    )  # fmt: skip
    return found


@transaction.atomic
def withdraw_motion(*, motion: Motion, by: Person, at: datetime) -> Motion:
    """Withdraw a motion before its result is declared; whoever moved it does.

    :raises CannotMeet: when the person may not, or it is declared.
    """
    motion = Motion.objects.select_for_update().get(pk=motion.pk)
    _refuse_for_seat(by, motion.mover, motion.item.meeting, "withdraw a motion")
    motion.state = _after(MOTION, motion.state, "WITHDRAW")
    motion.save(update_fields=["state"])
    _record(by, at, "agreements.motion_withdrawn", motion, motion.item.meeting.board)
    return motion


def _after(table: StateTable, state: str, move: str) -> str:
    try:
        return table.after(state, move)
    except CannotMove as refusal:
        raise CannotMeet(str(refusal)) from None


def _refuse_others(by: Person, board: Board) -> None:
    if reason := permissions.why_not_keep_agreement(by, board.agreement):
        raise CannotMeet(reason)


def _refuse_for_seat(by: Person, seat: Seat, meeting: Meeting, doing: str) -> None:
    if seat not in tallies.seats_held(meeting.board, tallies.day_of(meeting)):
        raise CannotMeet(f"{seat} holds no seat of {meeting.board} on the day of the meeting.")
    if reason := permissions.why_not_act_for_seat(by, seat, doing):
        raise CannotMeet(reason)


def _record(by: Person, at: datetime, did: str, to: object, board: Board, **detail: object) -> None:
    body_id = board.agreement.body_id
    audit.record(by=by, at=at, did=did, to=to, body_id=body_id, **detail)  # type: ignore[arg-type]
