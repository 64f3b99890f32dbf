"""What does the page of a board show, and of its checks?"""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.board_lives import ELECTION, MEETING
from moothall.agreements.engine.matters import Decided, decided_by, matters
from moothall.agreements.engine.powers import Check, State, checks, powers
from moothall.agreements.engine.principles import SCORES, Score, assessed, principles
from moothall.agreements.engine.voting import Majority, Method
from moothall.agreements.models import (
    Agreement,
    Board,
    Election,
    Meeting,
    Motion,
    Seat,
    SeatClass,
)
from moothall.agreements.queries import tallies
from moothall.core.permissions import Viewer
from moothall.directory.models import Person


@frozen
class ClassRow:
    id: int
    name: str
    seats: int
    held: int
    weight: int
    quorum: int
    share: float  # of votes, counted as the board counts them
    can: str
    is_elected: bool


@frozen
class SeatRow:
    id: int
    name: str
    of_class: str
    sits_for: str
    is_chair: bool
    starts_on: date
    ends_before: date | None


@frozen
class MeetingRow:
    id: int
    url: str
    held_at: datetime
    place: str
    state: str
    items: int
    carried: int
    lost: int


@frozen
class RefusedRow:
    on: date
    matter: str
    text: str
    sentence: str


@frozen
class DeadlockRow:
    id: int
    url: str
    about: str
    stands: str
    due_on: date | None
    is_over: bool


@frozen
class ElectionRow:
    id: int
    url: str
    of_class: str
    seats: int
    state: str
    closes_on: date


@frozen
class MatterRow:
    label: str
    key: str
    decided: str
    takes: str


@frozen
class BoardPage:
    """A board as one reader sees it. The public sees what is public of it."""

    id: int
    agreement_id: int
    agreement: str
    name: str
    rules: tuple[tuple[str, str], ...]
    ladder: str
    classes: tuple[ClassRow, ...]
    seats: tuple[SeatRow, ...]
    meetings: tuple[MeetingRow, ...]
    refused: tuple[RefusedRow, ...]
    deadlocks: tuple[DeadlockRow, ...]
    elections: tuple[ElectionRow, ...]
    matters: tuple[MatterRow, ...]
    failed: int
    is_weighted: bool
    is_read: bool  # the reader reads what is not public
    is_at_work: bool
    why_not_keep: str | None

    @property
    def vacant(self) -> int:
        return sum(each.seats - each.held for each in self.classes)

    @property
    def said(self) -> str:
        """The page's first sentence."""
        if not self.classes:
            return "Nobody sits on it yet."
        seats = sum(each.seats for each in self.classes)
        names = len(self.classes)
        met = len(self.meetings)
        return (
            f"{seats} seats in {names} class{'' if names == 1 else 'es'}, "
            f"{self.vacant or 'none'} vacant; it has been called to {met} "
            f"meeting{'' if met == 1 else 's'}."
        )


def board_of(agreement_id: int, board_id: int) -> Board | None:
    held = Board.objects.filter(pk=board_id, agreement_id=agreement_id)
    return held.select_related("agreement__body").first()


def agreement_with(agreement_id: int) -> Agreement | None:
    return Agreement.objects.filter(pk=agreement_id).select_related("body").first()


def is_read(viewer: Viewer, board: Board) -> bool:
    return permissions.why_not_read_board(viewer, board) is None


def boards_of(agreement: Agreement, viewer: Viewer) -> tuple[Board, ...]:
    """The boards of an agreement that this reader reads anything of."""
    held = Board.objects.filter(agreement=agreement).select_related("agreement__body")
    return tuple(each for each in held if agreement.is_public or is_read(viewer, each))


def said_of_boards(agreement: Agreement, viewer: Viewer) -> str | None:
    """One sentence about an agreement's boards, for its own page; None for who reads none."""
    if not agreement.is_public and permissions.why_not_read_agreement(viewer, agreement):
        return None
    held = Board.objects.filter(agreement=agreement)
    names = [each.name for each in held]
    if not names:
        return "No board is set up."
    refused = sum(each.refused.count() for each in held)
    more = f" Refused under the sovereignty guarantee: {refused}." if refused else ""
    return f"{', '.join(names)}.{more}"


def board_page(board: Board, *, viewer: Viewer, today: date) -> BoardPage:
    reads = is_read(viewer, board)
    settings = tallies.settings_of(board)
    held = tuple(tallies.seats_held(board, today))
    found = powers([each.as_engine() for each in board.classes.all()], Method(board.method))
    counts = {x.key: x for x in found}
    args = [board.agreement_id, board.pk]
    failed = [each for each in checks_of(board) if each.state is State.FAILED]
    return BoardPage(
        id=board.pk,
        agreement_id=board.agreement_id,
        agreement=board.agreement.name,
        name=board.name,
        rules=tuple(
            (decided.words.capitalize(), board.rule_for(decided).words)
            for decided in (Decided.ORDINARY, Decided.RESERVED, Decided.RULE_CHANGE)
        ),
        ladder=(
            f"Officers have {board.officer_days} days, chief executives "
            f"{board.chief_executive_days}, mediation {board.mediation_days}, an expert "
            f"{board.expert_days}; then {board.get_last_step_display()}."
        ),
        classes=tuple(
            ClassRow(
                each.pk, each.name, each.seats, sum(s.seat_class_id == each.pk for s in held),
                each.weight, each.quorum, float(counts[str(each.pk)].share),
                counts[str(each.pk)].words, each.is_elected,
            )
            for each in board.classes.all()
        ),
        seats=tuple(_seat_row(seat) for seat in held),
        meetings=tuple(_meeting_rows(board, args, is_public_only=not reads)),
        refused=tuple(
            RefusedRow(
                timezone.localdate(each.at), matters()[each.matter].label, each.text, each.sentence
            )
            for each in board.refused.all()
        ),
        deadlocks=tuple(_deadlock_rows(board, args, today)) if reads else (),
        elections=tuple(_election_row(each, args) for each in _elections(board)),
        matters=tuple(
            MatterRow(
                each.label, each.key, decided_by(each.key, settings).words,
                _takes(board, decided_by(each.key, settings)),
            )
            for each in matters().values()
        ),
        failed=len(failed),
        is_weighted=board.method != Method.MEMBERS.value,
        is_read=reads,
        is_at_work=not viewer.is_public,
        why_not_keep=permissions.why_not_keep_agreement(viewer, board.agreement),
    )  # fmt: skip


def _takes(board: Board, decided: Decided) -> str:
    if decided is Decided.RING_FENCED:
        return "The board cannot decide it"
    words = board.rule_for(decided).majority.words
    return words[:1].upper() + words[1:]


def _seat_row(seat: Seat) -> SeatRow:
    return SeatRow(
        seat.pk, seat.name, seat.seat_class.name,
        seat.organisation.name if seat.organisation else "", seat.is_chair, seat.starts_on,
        seat.ends_before,
    )  # fmt: skip


def _meeting_rows(board: Board, args: list[int], *, is_public_only: bool) -> list[MeetingRow]:
    held = Meeting.objects.filter(board=board)
    if is_public_only:
        held = held.filter(is_public=True)
    counted = held.annotate(
        item_count=Count("items", distinct=True),
        carried=Count("items__motions", filter=Q(items__motions__state="CARRIED"), distinct=True),
        lost=Count("items__motions", filter=Q(items__motions__state="LOST"), distinct=True),
    ).order_by("-held_at", "-pk")  # a count forgets the order that meetings have of their own
    return [
        MeetingRow(
            each.pk, reverse("agreements:meeting", args=[*args, each.pk]), each.held_at,
            each.place, MEETING.state(each.state).words, each.item_count, each.carried, each.lost,
        )
        for each in counted
    ]  # fmt: skip


def _deadlock_rows(board: Board, args: list[int], today: date) -> list[DeadlockRow]:
    rows = []
    for each in board.deadlocks.all():
        clock = tallies.clock_of(each)
        rows.append(
            DeadlockRow(
                each.pk,
                reverse("agreements:deadlock", args=[*args, each.pk]),
                each.about,
                clock.words(today),
                clock.due_on if clock.days else None,
                each.state == "RESOLVED",
            )
        )
    return rows


def _elections(board: Board) -> tuple[Election, ...]:
    return tuple(board.elections.select_related("seat_class"))


def _election_row(each: Election, args: list[int]) -> ElectionRow:
    return ElectionRow(
        each.pk, reverse("agreements:election", args=[*args, each.pk]), each.seat_class.name,
        each.seats, ELECTION.state(each.state).words, each.closes_on,
    )  # fmt: skip


# ── checks ───────────────────────────────────────────────────────────────────────────────────


@frozen
class PrincipleRow:
    number: int
    label: str
    look_for: str
    score: int | None
    said: str
    evidence: str
    by: str
    on: date | None


@frozen
class ChecksPage:
    board: BoardPage
    checks: tuple[Check, ...]
    principles: tuple[PrincipleRow, ...]
    verdict: str
    because: str

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(each for each in self.checks if each.state is State.FAILED)


def checks_of(board: Board) -> tuple[Check, ...]:
    return checks(tallies.rules_of_board(board))


def checks_page(board: Board, *, viewer: Viewer, today: date) -> ChecksPage:
    latest = {each.principle: each for each in board.scores.select_related("by").order_by("pk")}
    scores = [Score(each.principle, each.score, each.evidence) for each in latest.values()]
    found = assessed(scores)
    rows = []
    for each in principles():
        held = latest.get(each.number)
        rows.append(
            PrincipleRow(
                each.number,
                each.label,
                each.look_for,
                held.score if held else None,
                SCORES[held.score] if held else "not scored",
                held.evidence if held else "",
                held.by.name if held else "",
                timezone.localdate(held.at) if held else None,
            )
        )
    return ChecksPage(
        board=board_page(board, viewer=viewer, today=today),
        checks=checks_of(board),
        principles=tuple(rows),
        verdict=found.verdict.value,
        because=found.because,
    )


# ── choices of the forms ─────────────────────────────────────────────────────────────────────

Choices = tuple[tuple[str, str], ...]


def class_choices(board: Board, *, elected: bool = False) -> Choices:
    held = board.classes.filter(is_elected=True) if elected else board.classes.all()
    return tuple((str(each.pk), each.name) for each in held)


def seat_choices(board: Board, on: date) -> Choices:
    held = tallies.seats_held(board, on)
    return tuple((str(each.pk), f"{each.name}, {each.seat_class.name}") for each in held)


def own_seat_choices(board: Board, on: date, viewer: Viewer) -> Choices:
    """The seats that this reader may vote, move or declare for."""
    return tuple(
        (str(each.pk), f"{each.name}, {each.seat_class.name}")
        for each in tallies.seats_held(board, on)
        if permissions.why_not_act_for_seat(viewer, each, "vote") is None
    )


def principle_choices() -> tuple[tuple[int, str], ...]:
    return tuple((each.number, each.label) for each in principles())


def matter_choices() -> Choices:
    return tuple((each.key, each.label) for each in matters().values())


def rule_motion_choices(board: Board) -> Choices:
    """The motions on its rules that a board carried, the latest first."""
    held = Motion.objects.filter(item__meeting__board=board, state="CARRIED")
    return tuple(
        (str(each.pk), each.text)
        for each in held.select_related("item__meeting__board").order_by("-pk")
        if tallies.decided(each.item) is Decided.RULE_CHANGE
    )


def body_choices(board: Board) -> Choices:
    return tuple((each.slug, each.name) for each in permissions.bodies_of(board.agreement))


def person_choices(board: Board) -> Choices:
    """Those who hold a role at one of the agreement's bodies, and so sign in here."""
    bodies = permissions.bodies_of(board.agreement)
    held = Person.objects.filter(roles__organisation__in=bodies, is_active=True).distinct()
    return tuple((str(each.pk), each.name) for each in held.order_by("name", "pk"))


MAJORITIES: Choices = tuple((each.value, each.words.capitalize()) for each in Majority)
METHODS: Choices = tuple((each.value, each.words.capitalize()) for each in Method)


# ── what a form's choice stands for ──────────────────────────────────────────────────────────


def seat_in(board: Board, number: str) -> Seat | None:
    held = Seat.objects.filter(seat_class__board=board, pk=number or 0)
    return held.select_related("seat_class__board__agreement__body", "person").first()


def class_in(board: Board, number: str) -> SeatClass:
    return SeatClass.objects.select_related("board__agreement__body").get(board=board, pk=number)


def motion_in(board: Board, number: str) -> Motion | None:
    held = Motion.objects.filter(item__meeting__board=board, pk=number or 0)
    return held.select_related("item__meeting__board").first()


def person_with(number: str) -> Person | None:
    return Person.objects.filter(pk=number or 0).first()
