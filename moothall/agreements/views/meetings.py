"""Pages of a board's meetings and of what is moved there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import deadlocks
from moothall.agreements.actions import meetings as actions
from moothall.agreements.engine.board_lives import MEETING, MOTION
from moothall.agreements.forms import boards as forms
from moothall.agreements.queries import boards as boards_queries
from moothall.agreements.queries import meetings as queries
from moothall.agreements.queries.tallies import day_of, taking_no_part
from moothall.agreements.views.boards import NO_BOARD, board_trail, refuse_others
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.permissions import route
from moothall.directory.queries import body_at, viewer_for
from moothall.values.tables import Column, Kind, Table
from moothall.values.wording import plain_date

if TYPE_CHECKING:
    from moothall.agreements.models import Board, Meeting, Motion

NO_SEAT = "You hold no seat of this board on the day, and record for none."


# ── a meeting ────────────────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def meeting(
    request: HttpRequest, agreement_id: int, board_id: int, meeting_id: int
) -> HttpResponse:
    """One meeting: agenda, interests, motions, who was there, minutes."""
    return _meeting(request, _meeting_for(request, agreement_id, board_id, meeting_id))


@route(signed_in=True)
@require_POST
def meeting_do(
    request: PersonsRequest, agreement_id: int, board_id: int, meeting_id: int, deed: str
) -> HttpResponse:
    """Put on the agenda, declare an interest, move, take attendance, minute, open and close."""
    held = _meeting_for(request, agreement_id, board_id, meeting_id)
    here = reverse("agreements:meeting", args=[agreement_id, board_id, meeting_id])
    return attempted(
        request, _meeting_doings(request, held), deed, here, partial(_meeting, request, held)
    )


def _meeting_for(
    request: HttpRequest, agreement_id: int, board_id: int, meeting_id: int
) -> Meeting:
    held = queries.meeting_of(agreement_id, board_id, meeting_id)
    if held is None:
        raise Http404(NO_BOARD)
    refuse_others(request, permissions.why_not_read_meeting(request.user, held))
    return held


def _named(meeting: Meeting) -> str:
    return f"Meeting of {plain_date(day_of(meeting))}"


def _meeting(request: HttpRequest, held: Meeting, tried: Tried | None = None) -> HttpResponse:
    page = queries.meeting_page(held, viewer=viewer_for(request.user))
    doings = _meeting_doings(request, held) if page.is_read and page.is_at_work else []
    here = reverse("agreements:meeting", args=[page.agreement_id, page.board_id, held.pk])
    shown = {
        "page": page,
        **offered(doings, here, tried),
        "trail": board_trail(held.board, (_named(held), "")),
        "interests": _interests_table(page),
        "life": MEETING,
    }
    return render(request, "agreements/meeting.html", shown, status=tried.status if tried else 200)


def _meeting_doings(request: HttpRequest, meeting: Meeting) -> list[Doing]:
    board, day, viewer = meeting.board, day_of(meeting), viewer_for(request.user)
    keep = permissions.why_not_keep_agreement(request.user, board.agreement)
    items = queries.item_choices(meeting)
    own = boards_queries.own_seat_choices(board, day, viewer)
    seats = boards_queries.seat_choices(board, day)
    no_item = None if items else "There is nothing on the agenda yet."
    no_seat = None if own else NO_SEAT
    words = MEETING.state(meeting.state).words
    over = (
        None if meeting.state in ("CALLED", "OPEN") else f"It is too late: the meeting is {words}."
    )
    doings: list[Doing] = []

    def add(said: dict[str, Any], by: Any, at: Any) -> str:
        item = actions.add_item(meeting=meeting, **said, by=by, at=at)
        return f"It is item {item.number}."

    def declare(said: dict[str, Any], by: Any, at: Any) -> str:
        said["item"] = queries.item_in(meeting, said["item"])
        said["seat"] = boards_queries.seat_in(board, said["seat"])
        actions.declare_interest(**said, by=by, at=at)
        return "The interest is declared, and stands with the item."

    def move(said: dict[str, Any], by: Any, at: Any) -> str:
        said["item"] = queries.item_in(meeting, said["item"])
        said["mover"] = boards_queries.seat_in(board, said["mover"])
        said["seconder"] = boards_queries.seat_in(board, said["seconder"])
        said["owner"] = body_at(said["owner"])
        actions.move_motion(**said, by=by, at=at)
        return "It is moved."

    def attend(said: dict[str, Any], by: Any, at: Any) -> str:
        there = [seat for x in said["seats"] if (seat := boards_queries.seat_in(board, x))]
        actions.record_attendance(meeting=meeting, seats=there, by=by, at=at)
        return "Who is there is recorded."

    def minute(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.write_minutes(meeting=meeting, text=said["text"], by=by, at=at)
        return "The minutes are kept, and wait for somebody else’s approval."

    def step(move: str) -> Any:
        def act(_said: dict[str, Any], by: Any, at: Any) -> str:
            moved = actions.move_meeting(meeting=meeting, move=move, by=by, at=at)
            return f"The meeting is {MEETING.state(moved.state).words}."

        return act

    for each in MEETING.open_from(meeting.state):
        refusal = keep
        if each.key == "APPROVE":
            refusal = actions.why_not_approve_minutes(request.user, meeting)  # type: ignore[arg-type]
        label = each.words[:1].upper() + each.words[1:]
        kind = "warning" if each.key == "CANCEL" else ""
        doings.append(
            Doing(each.key.lower(), label, forms.NothingForm, step(each.key), refusal, kind)
        )
    if over is None:
        motion = partial(
            forms.MotionForm,
            choices={
                "item": items, "mover": own, "seconder": (forms.NOBODY, *seats),
                "owner": (("", "No one body’s"), *boards_queries.body_choices(board)),
            },
        )  # fmt: skip
        interest = partial(forms.InterestForm, choices={"item": items, "seat": own})
        item = partial(forms.ItemForm, choices={"matter": boards_queries.matter_choices()})
        doings += [
            Doing("item", "Put an item on the agenda", item, add, keep),
            Doing("interest", "Declare an interest", interest, declare, no_item or no_seat),
            Doing("move", "Move a motion", motion, move, no_item or no_seat),
        ]
    if meeting.state in ("OPEN", "CLOSED"):
        there = [str(x) for x in meeting.attendance.values_list("seat_id", flat=True)]
        attendance = partial(
            forms.AttendanceForm, initial={"seats": there}, choices={"seats": seats}
        )
        minutes = partial(forms.MinutesForm, initial={"text": meeting.minutes})
        doings += [
            Doing("attend", "Record who is there", attendance, attend, keep),
            Doing("minute", "Write the minutes", minutes, minute, keep),
        ]
    return doings


def _interests_table(page: queries.MeetingPage) -> Table:
    return Table(
        caption="Interests declared",
        columns=(
            Column("Item"), Column("Who"), Column("Kind"), Column("What"), Column("Takes part"),
        ),
        rows=[
            (
                f"{item.number}. {item.title}", x.seat, x.kind.capitalize(), x.what,
                "Yes" if x.takes_part else "No",
            )
            for item in page.items
            for x in item.interests
        ],
        empty="Nobody declared an interest.",
    )  # fmt: skip


# ── a motion ─────────────────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def motion(request: HttpRequest, agreement_id: int, board_id: int, motion_id: int) -> HttpResponse:
    """One motion: the rule in words, the tally, and the same votes counted either way."""
    return _motion(request, _motion_for(request, agreement_id, board_id, motion_id))


@route(signed_in=True)
@require_POST
def motion_do(
    request: PersonsRequest, agreement_id: int, board_id: int, motion_id: int, deed: str
) -> HttpResponse:
    """Vote, declare the result, give the casting vote, withdraw."""
    held = _motion_for(request, agreement_id, board_id, motion_id)
    here = reverse("agreements:motion", args=[agreement_id, board_id, motion_id])
    return attempted(
        request, _motion_doings(request, held), deed, here, partial(_motion, request, held)
    )


def _motion_for(request: HttpRequest, agreement_id: int, board_id: int, motion_id: int) -> Motion:
    held = queries.motion_of(agreement_id, board_id, motion_id)
    if held is None:
        raise Http404(NO_BOARD)
    meeting = held.item.meeting
    refuse_others(request, permissions.why_not_read_meeting(request.user, meeting))
    if held.result is None:  # what is not declared is for those who read the board
        refuse_others(request, permissions.why_not_read_board(request.user, meeting.board))
    return held


def _motion(request: HttpRequest, held: Motion, tried: Tried | None = None) -> HttpResponse:
    page = queries.motion_page(held, viewer=viewer_for(request.user))
    meeting = held.item.meeting
    doings = _motion_doings(request, held) if page.is_read and page.is_at_work else []
    args = [page.agreement_id, page.board_id]
    at_meeting = reverse("agreements:meeting", args=[*args, page.meeting_id])
    here = reverse("agreements:motion", args=[*args, held.pk])
    shown = {
        "page": page,
        **offered(doings, here, tried),
        "trail": board_trail(meeting.board, (_named(meeting), at_meeting), ("Motion", "")),
        "readings": _readings_table(page),
        "tally": _tally_table(page),
        "votes": _votes_table(page),
        "life": MOTION,
    }
    return render(request, "agreements/motion.html", shown, status=tried.status if tried else 200)


def _motion_doings(request: HttpRequest, motion: Motion) -> list[Doing]:
    meeting = motion.item.meeting
    board: Board = meeting.board
    keep = permissions.why_not_keep_agreement(request.user, board.agreement)
    own = boards_queries.own_seat_choices(board, day_of(meeting), viewer_for(request.user))
    words = MEETING.state(meeting.state).words
    closed = (
        None
        if meeting.state == "OPEN"
        else f"Votes are taken while the meeting is open: it is {words}."
    )

    def vote(said: dict[str, Any], by: Any, at: Any) -> str:
        seat = boards_queries.seat_in(board, said["seat"])
        assert seat is not None  # noqa: S101  # the form lists them
        actions.vote(motion=motion, seat=seat, choice=said["choice"], by=by, at=at)
        return f"The vote of {seat} is recorded. It can be changed until the result is declared."

    def declare(_said: dict[str, Any], by: Any, at: Any) -> str:
        return actions.declare_result(motion=motion, by=by, at=at).words

    def cast(said: dict[str, Any], by: Any, at: Any) -> str:
        return actions.give_casting_vote(motion=motion, **said, by=by, at=at).words

    def withdraw(_said: dict[str, Any], by: Any, at: Any) -> str:
        actions.withdraw_motion(motion=motion, by=by, at=at)
        return "The motion is withdrawn."

    def deadlock(said: dict[str, Any], by: Any, at: Any) -> str:
        deadlocks.declare_deadlock(board=board, motion=motion, **said, by=by, at=at)
        return "The deadlock is declared, and its clock runs."

    if motion.state == "MOVED":
        out = {str(pk) for pk in taking_no_part(motion.item)}
        may = tuple(seat for seat in own if seat[0] not in out)
        mover = permissions.why_not_act_for_seat(request.user, motion.mover, "withdraw a motion")
        form = partial(forms.VoteForm, choices={"seat": may})
        no_seat = None if may else _why_no_seat(request, motion, own)
        return [
            Doing("vote", "Vote", form, vote, closed or no_seat),
            Doing("declare", "Declare the result", forms.NothingForm, declare, keep or closed),
            Doing("withdraw", "Withdraw it", forms.NothingForm, withdraw, mover, "secondary"),
        ]
    if motion.state == "TIED":
        return [Doing("cast", "Give the casting vote", forms.CastingForm, cast)]
    if motion.state in ("LOST", "INQUORATE"):
        sits = None if permissions.holds_a_seat(request.user, board) else keep
        about = partial(forms.DeadlockForm, initial={"about": motion.text[:300]})
        home = reverse("agreements:board", args=[board.agreement_id, board.pk])
        return [Doing("deadlock", "Declare a deadlock", about, deadlock, sits, back=home)]
    return []


def _why_no_seat(request: HttpRequest, motion: Motion, own: boards_queries.Choices) -> str:
    """Why the reader has no vote on a motion: they hold no seat, or a conflict keeps it out."""
    board = motion.item.meeting.board
    seat = boards_queries.seat_in(board, own[0][0]) if own else None
    if seat is None:
        return NO_SEAT
    return actions.why_not_vote(request.user, motion, seat) or NO_SEAT  # type: ignore[arg-type]


def _readings_table(page: queries.MotionPage) -> Table:
    # Where everyone or every class must agree, neither way of counting decides.
    enough = "Is it enough" if any(x.is_rule for x in page.readings) else "Is it more than half"
    return Table(
        caption="The same votes, counted either way",
        columns=(Column("Counted"), Column("Comes to"), Column(enough), Column("Decides")),
        rows=[
            (
                x.way.capitalize(), x.words, "Yes" if x.is_enough else "No",
                "Yes: it is the rule" if x.is_rule else "No",
            )
            for x in page.readings
        ],
    )  # fmt: skip


def _tally_table(page: queries.MotionPage) -> Table:
    rows = page.classes
    return Table(
        caption="Votes by class",
        columns=(
            Column("Class"), Column("May vote", Kind.COUNT), Column("There", Kind.COUNT),
            Column("For", Kind.COUNT), Column("Against", Kind.COUNT),
            Column("Abstained", Kind.COUNT), Column("Weight", Kind.COUNT),
        ),
        rows=[
            (x.name, x.entitled, x.there, x.for_, x.against, x.abstained, x.weight) for x in rows
        ],
        total=(
            "All classes", sum(x.entitled for x in rows), sum(x.there for x in rows),
            sum(x.for_ for x in rows), sum(x.against for x in rows),
            sum(x.abstained for x in rows), sum(x.weight for x in rows),
        ),
    )  # fmt: skip


def _votes_table(page: queries.MotionPage) -> Table:
    return Table(
        caption="How each seat voted",
        columns=(Column("Who"), Column("Class"), Column("Vote")),
        rows=[(x.seat, x.of_class, x.choice.capitalize() or "Has not voted") for x in page.votes],
        empty="Nobody may vote on it.",
    )
