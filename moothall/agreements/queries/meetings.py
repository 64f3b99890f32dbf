"""What do the pages of a meeting and a motion show, and what of boards waits for whom?"""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen
from django.urls import reverse
from django.utils import timezone

from moothall.agreements.engine.board_lives import MEETING, MOTION
from moothall.agreements.engine.matters import Decided, decided_by, matters
from moothall.agreements.engine.voting import ClassVotes, Method
from moothall.agreements.models import (
    AgendaItem,
    Deadlock,
    Meeting,
    Motion,
)
from moothall.agreements.queries import boards, tallies
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer


@frozen
class MotionRow:
    id: int
    url: str
    text: str
    state: str
    state_key: str
    words: str


@frozen
class InterestRow:
    seat: str
    kind: str
    what: str
    takes_part: bool


@frozen
class ItemRow:
    id: int
    number: int
    title: str
    matter: str
    decided: str
    is_ring_fenced: bool
    paper: str
    interests: tuple[InterestRow, ...]
    motions: tuple[MotionRow, ...]


@frozen
class MeetingPage:
    id: int
    board_id: int
    agreement_id: int
    board: str
    held_at: datetime
    place: str
    state: str
    state_key: str
    is_public: bool
    there: tuple[str, ...]
    away: tuple[str, ...]
    quorum: int
    items: tuple[ItemRow, ...]
    minutes: str
    minutes_by: str
    approved_by: str
    approved_at: datetime | None
    is_read: bool
    is_at_work: bool

    @property
    def said(self) -> str:
        items = len(self.items)
        motions = [motion for item in self.items for motion in item.motions]
        carried = sum(motion.state_key == "CARRIED" for motion in motions)
        return (
            f"The meeting is {self.state}: {items} item{'' if items == 1 else 's'}, "
            f"{carried} of {len(motions)} motions carried."
        )


@frozen
class ReadingRow:
    way: str
    words: str
    is_enough: bool
    is_rule: bool


@frozen
class TallyRow:
    name: str
    entitled: int
    there: int
    for_: int
    against: int
    abstained: int
    weight: int


@frozen
class SeatVote:
    seat: str
    of_class: str
    choice: str  # nothing: they have not voted


@frozen
class MotionPage:
    id: int
    board_id: int
    agreement_id: int
    meeting_id: int
    board: str
    item: str
    text: str
    mover: str
    seconder: str
    state_key: str
    rule: str
    words: str
    is_running: bool
    readings: tuple[ReadingRow, ...]
    classes: tuple[TallyRow, ...]
    votes: tuple[SeatVote, ...]
    out: tuple[str, ...]
    is_read: bool
    is_at_work: bool

    @property
    def because(self) -> str:
        """The words of its result, without the outcome where a tag says that."""
        if self.state_key not in ("CARRIED", "LOST"):
            return self.words
        said = self.words.partition(": ")[2]
        return said[:1].upper() + said[1:]

    @property
    def differs(self) -> bool:
        differ = len({each.is_enough for each in self.readings}) > 1
        return differ and any(each.is_rule for each in self.readings)


def meeting_of(agreement_id: int, board_id: int, meeting_id: int) -> Meeting | None:
    held = Meeting.objects.filter(
        pk=meeting_id, board_id=board_id, board__agreement_id=agreement_id
    )
    return held.select_related("board__agreement__body", "minutes_by", "approved_by").first()


def motion_of(agreement_id: int, board_id: int, motion_id: int) -> Motion | None:
    held = Motion.objects.filter(
        pk=motion_id, item__meeting__board_id=board_id,
        item__meeting__board__agreement_id=agreement_id,
    )  # fmt: skip
    return held.select_related("item__meeting__board__agreement__body", "mover", "seconder").first()


def meeting_page(meeting: Meeting, *, viewer: Viewer) -> MeetingPage:
    board = meeting.board
    reads = boards.is_read(viewer, board)
    there = set(meeting.attendance.values_list("seat_id", flat=True))
    seats = tuple(tallies.seats_held(board, tallies.day_of(meeting)))
    is_minuted = meeting.state == "MINUTED"
    return MeetingPage(
        id=meeting.pk,
        board_id=board.pk,
        agreement_id=board.agreement_id,
        board=board.name,
        held_at=meeting.held_at,
        place=meeting.place,
        state=MEETING.state(meeting.state).words,
        state_key=meeting.state,
        is_public=meeting.is_public,
        there=tuple(seat.name for seat in seats if seat.pk in there),
        away=tuple(seat.name for seat in seats if seat.pk not in there),
        quorum=board.quorum,
        items=tuple(_item_rows(meeting, reads=reads)),
        minutes=meeting.minutes if reads or is_minuted else "",
        minutes_by=meeting.minutes_by.name if meeting.minutes_by and reads else "",
        approved_by=meeting.approved_by.name if meeting.approved_by else "",
        approved_at=meeting.approved_at,
        is_read=reads,
        is_at_work=not viewer.is_public,
    )


def _item_rows(meeting: Meeting, *, reads: bool) -> list[ItemRow]:
    board = meeting.board
    settings = tallies.settings_of(board)
    held = meeting.items.prefetch_related("motions", "interests__seat")
    args = [board.agreement_id, board.pk]
    return [
        ItemRow(
            id=item.pk,
            number=item.number,
            title=item.title,
            matter=matters()[item.matter].label,
            decided=(decided := decided_by(item.matter, settings)).words,
            is_ring_fenced=decided is Decided.RING_FENCED,
            paper=item.paper if reads else "",
            interests=tuple(
                InterestRow(x.seat.name, x.get_kind_display(), x.what, x.takes_part)
                for x in item.interests.all()
            ),
            motions=tuple(
                MotionRow(
                    motion.pk,
                    reverse("agreements:motion", args=[*args, motion.pk]),
                    motion.text,
                    MOTION.state(motion.state).words,
                    motion.state,
                    (motion.result or {}).get("words", ""),
                )
                for motion in item.motions.all()
                if reads or motion.state not in ("MOVED", "TIED", "WITHDRAWN")
            ),
        )
        for item in held
    ]


def motion_page(motion: Motion, *, viewer: Viewer) -> MotionPage:
    item, meeting = motion.item, motion.item.meeting
    board = meeting.board
    is_running = motion.result is None
    rule = tallies.rule_of(motion)
    readings: tuple[ReadingRow, ...]
    if motion.result is None:
        found = tallies.outcome_of(motion)
        words, said = found.words_so_far, rule.words
        readings = tuple(
            ReadingRow(x.method.words, x.words, x.is_enough, x.decides) for x in found.readings
        )
        classes = tuple(_tally(x) for x in tallies.class_votes(motion))
    else:
        kept = motion.result
        words, said = kept["words"], kept["rule"]
        readings = tuple(
            ReadingRow(Method(x["way"]).words, x["words"], x["is_enough"], x["decides"])
            for x in kept["readings"]
        )
        classes = tuple(
            TallyRow(
                x["name"], x["entitled"], x["there"], x["for"], x["against"], x["abstained"],
                x["weight"],
            )
            for x in kept["classes"]
        )  # fmt: skip
    choices = {vote.seat_id: vote.get_choice_display() for vote in motion.votes.all()}
    out = tallies.taking_no_part(item)
    seats = tuple(tallies.seats_held(board, tallies.day_of(meeting)))
    return MotionPage(
        id=motion.pk,
        board_id=board.pk,
        agreement_id=board.agreement_id,
        meeting_id=meeting.pk,
        board=board.name,
        item=f"{item.number}. {item.title}",
        text=motion.text,
        mover=motion.mover.name,
        seconder=motion.seconder.name if motion.seconder else "",
        state_key=motion.state,
        rule=said,
        words=words,
        is_running=is_running,
        readings=readings,
        classes=classes,
        votes=tuple(
            SeatVote(seat.name, seat.seat_class.name, choices.get(seat.pk, ""))
            for seat in seats
            if seat.pk not in out
        ),
        out=tuple(seat.name for seat in seats if seat.pk in out),
        is_read=boards.is_read(viewer, board),
        is_at_work=not viewer.is_public,
    )


def _tally(x: ClassVotes) -> TallyRow:
    return TallyRow(x.name, x.entitled, x.there, x.for_, x.against, x.abstained, x.weight)


def item_choices(meeting: Meeting) -> boards.Choices:
    return tuple((str(each.pk), f"{each.number}. {each.title}") for each in meeting.items.all())


def item_in(meeting: Meeting, item_id: int) -> AgendaItem:
    return meeting.items.select_related("meeting__board__agreement__body").get(pk=item_id)


# ── what waits ───────────────────────────────────────────────────────────────────────────────


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What of boards waits for a reader."""
    found: list[Wait] = []
    if viewer.person_id is None:
        return found
    open_ = Motion.objects.filter(
        state="MOVED", item__meeting__state="OPEN",
        item__meeting__board__classes__held__person_id=viewer.person_id,
    )  # fmt: skip
    for motion in open_.distinct().select_related("item__meeting__board__agreement"):
        seats = [seat for seat in tallies.entitled(motion) if seat.person_id == viewer.person_id]
        voted = set(motion.votes.values_list("seat_id", flat=True))
        if any(seat.pk not in voted for seat in seats):
            board = motion.item.meeting.board
            url = reverse("agreements:motion", args=[board.agreement_id, board.pk, motion.pk])
            why = f"It is before {board}, and you have not voted."
            found.append(Wait(f"Vote on “{motion}”", tallies.day_of(motion.item.meeting), url, why))
    kept = [body for deed, body in viewer.deeds if deed == "KEEP_AGREEMENT"]
    stuck = Deadlock.objects.filter(board__agreement__body_id__in=kept).exclude(state="RESOLVED")
    for deadlock in stuck.select_related("board__agreement"):
        clock = tallies.clock_of(deadlock)
        if clock.days and clock.has_run_out(on):
            board = deadlock.board
            url = reverse("agreements:deadlock", args=[board.agreement_id, board.pk, deadlock.pk])
            words = clock.words(on)
            found.append(Wait(f"Deadlock: {deadlock}", clock.due_on, url, f"It is {words}"))
    unminuted = Meeting.objects.filter(state="CLOSED", board__agreement__body_id__in=kept)
    for meeting in unminuted.select_related("board__agreement"):
        board, day = meeting.board, timezone.localdate(meeting.held_at)
        url = reverse("agreements:meeting", args=[board.agreement_id, board.pk, meeting.pk])
        what = "are to be approved" if meeting.minutes else "are to be written"
        found.append(Wait(f"Minutes of {board}", day, url, f"The minutes of the meeting {what}."))
    return found
