"""The deeds of setting up a board: its rules, classes, seats and what it may not decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.deadlock import LastStep
from moothall.agreements.engine.matters import Decided, decided_by, matters, why_not_lift
from moothall.agreements.engine.principles import why_not_score
from moothall.agreements.engine.voting import Majority, Method
from moothall.agreements.models import (
    Agreement,
    Board,
    BoardMatter,
    Motion,
    PrincipleScore,
    Seat,
    SeatClass,
)
from moothall.agreements.queries import tallies
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import Organisation, Person

RULES = (
    *("method", "majority", "reserved_majority", "change_majority", "quorum", "chair_casts"),
    *("has_asset_lock", "officer_days", "chief_executive_days", "mediation_days", "expert_days"),
    "last_step",
)
CHOSEN = {
    "method": Method,
    "majority": Majority,
    "reserved_majority": Majority,
    "change_majority": Majority,
    "last_step": LastStep,
}


class CannotChangeBoard(CannotDo):
    """The board is as it was."""


@transaction.atomic
def set_up_board(
    *, agreement: Agreement, name: str, by: Person, at: datetime, **rules: Any
) -> Board:
    """Set up a board of an agreement, with its rules.

    :raises CannotChangeBoard: when the person may not, or it has a board of that name.
    """
    _refuse_others(by, agreement)
    if not name.strip():
        raise CannotChangeBoard("A board needs a name by which its papers call it. Give it one.")
    if Board.objects.filter(agreement=agreement, name=name.strip()).exists():
        raise CannotChangeBoard(
            f"{agreement.name} has a {name.strip()} already. Change that one, or choose a name."
        )
    board = Board(agreement=agreement, name=name.strip()[:200], by=by, at=at)
    _give(board, rules)
    board.save()
    audit.record(
        by=by, at=at, did="agreements.board_set_up", to=board, body_id=agreement.body_id,
        rules=audit.digest(str(sorted(rules.items()))),
    )  # fmt: skip
    return board


@transaction.atomic
def change_rules(
    *, board: Board, by: Person, at: datetime, motion: Motion | None = None, **rules: Any
) -> Board:
    """Change a board's rules: freely before it first meets, then by a motion that it carried.

    :raises CannotChangeBoard: when the person may not, or the board has not voted for it.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    _refuse_others(by, board.agreement)
    _refuse_without_a_vote(board, motion)
    before = {name: getattr(board, name) for name in rules}
    _give(board, rules)
    board.save()
    changed: dict[str, Any] = dict(
        audit.changes(before, {name: getattr(board, name) for name in rules})
    )
    audit.record(
        by=by, at=at, did="agreements.board_rules_changed", to=board,
        body_id=board.agreement.body_id, motion=motion.pk if motion else None,
        **changed,
    )  # fmt: skip
    return board


@transaction.atomic
def add_class(
    *,
    board: Board,
    name: str,
    seats: int,
    by: Person,
    at: datetime,
    weight: int = 1,
    quorum: int = 0,
    is_public: bool = False,
    is_elected: bool = False,
    motion: Motion | None = None,
) -> SeatClass:
    """Add a class of seats to a board.

    :raises CannotChangeBoard: when the person may not, the numbers do not fit, or the board has
        met and has not voted for it.
    """
    _refuse_others(by, board.agreement)
    _refuse_without_a_vote(board, motion)
    if board.classes.filter(name=name.strip()).exists():
        raise CannotChangeBoard(f"{board} has a class {name.strip()} already. Change that one.")
    _refuse_numbers(name, seats, weight, quorum)
    made = SeatClass.objects.create(
        board=board, name=name.strip()[:120], seats=seats, weight=weight, quorum=quorum,
        is_public=is_public, is_elected=is_elected,
    )  # fmt: skip
    audit.record(
        by=by, at=at, did="agreements.class_added", to=made, body_id=board.agreement.body_id,
        seats=seats, weight=weight, quorum=quorum, motion=motion.pk if motion else None,
    )  # fmt: skip
    return made


@transaction.atomic
def change_class(
    *,
    seat_class: SeatClass,
    seats: int,
    weight: int,
    quorum: int,
    by: Person,
    at: datetime,
    motion: Motion | None = None,
) -> SeatClass:
    """Change what a class counts for. It is a change of the rules, and asks for its majority.

    :raises CannotChangeBoard: when the person may not, the numbers do not fit, or the board has
        met and has not voted for it.
    """
    seat_class = SeatClass.objects.select_for_update().get(pk=seat_class.pk)
    board = seat_class.board
    _refuse_others(by, board.agreement)
    _refuse_without_a_vote(board, motion)
    _refuse_numbers(seat_class.name, seats, weight, quorum)
    was = {"seats": seat_class.seats, "weight": seat_class.weight, "quorum": seat_class.quorum}
    seat_class.seats, seat_class.weight, seat_class.quorum = seats, weight, quorum
    seat_class.save(update_fields=["seats", "weight", "quorum"])
    now = {"seats": seats, "weight": weight, "quorum": quorum}
    changed: dict[str, Any] = dict(audit.changes(was, now))
    audit.record(
        by=by, at=at, did="agreements.class_changed", to=seat_class,
        body_id=board.agreement.body_id, motion=motion.pk if motion else None,
        **changed,
    )  # fmt: skip
    return seat_class


@transaction.atomic
def fill_seat(
    *,
    seat_class: SeatClass,
    starts_on: date,
    by: Person,
    at: datetime,
    name: str = "",
    person: Person | None = None,
    organisation: Organisation | None = None,
    is_chair: bool = False,
) -> Seat:
    """Say who holds a seat of a class from a day on: a person who signs in here, or a name.

    :raises CannotChangeBoard: when the person may not, no seat is free, or there is a chair.
    """
    board = seat_class.board
    _refuse_others(by, board.agreement)
    name = person.name if person else name.strip()
    if not name:
        raise CannotChangeBoard("A seat is filled by someone. Give their name.")
    # Whoever begins later is counted too: they take a seat that is not free from then on.
    held = [seat for seat in seat_class.held.all() if seat.ends_before is None]
    held += list(seat_class.held.filter(ends_before__gt=starts_on))
    if len(held) >= seat_class.seats:
        raise CannotChangeBoard(
            f"No seat of {seat_class} is free on {starts_on:%-d %B %Y}: all {seat_class.seats} "
            "are held. Say first when one of them ends."
        )
    if is_chair and tallies.seats_held(board, starts_on).filter(is_chair=True).exists():
        raise CannotChangeBoard(f"{board} has a chair on that day. End their seat first.")
    if person and tallies.seats_held(board, starts_on).filter(person=person).exists():
        raise CannotChangeBoard(f"{person.name} holds a seat of {board} already. Choose another.")
    made = Seat.objects.create(
        seat_class=seat_class, person=person, name=name[:120], organisation=organisation,
        is_chair=is_chair, starts_on=starts_on,
    )  # fmt: skip
    audit.record(
        by=by, at=at, did="agreements.seat_filled", to=made, body_id=board.agreement.body_id,
        person=person.pk if person else audit.digest(name), starts_on=starts_on,
    )  # fmt: skip
    return made


@transaction.atomic
def end_seat(*, seat: Seat, ends_before: date, by: Person, at: datetime) -> Seat:
    """Say from which day somebody holds a seat no longer.

    :raises CannotChangeBoard: when the person may not, or it would end before it began.
    """
    board = seat.seat_class.board
    _refuse_others(by, board.agreement)
    if ends_before <= seat.starts_on:
        raise CannotChangeBoard(
            f"{seat} holds the seat from {seat.starts_on:%-d %B %Y}: it cannot end before. Give a "
            "later day."
        )
    seat.ends_before = ends_before
    seat.save(update_fields=["ends_before"])
    audit.record(
        by=by, at=at, did="agreements.seat_ended", to=seat, body_id=board.agreement.body_id,
        ends_before=ends_before,
    )  # fmt: skip
    return seat


@transaction.atomic
def set_matter(*, board: Board, matter: str, decided: Decided, by: Person, at: datetime) -> None:
    """Say how a kind of decision is taken at a board.

    What is ring-fenced stays so once the board has met: no board, and no secretary of one, takes
    from a body what it kept for itself.

    :raises CannotChangeBoard: when the person may not, or the guarantee stands against it.
    """
    _refuse_others(by, board.agreement)
    if matter not in matters():
        raise CannotChangeBoard(f"There is no kind of decision {matter}. Choose one of the list.")
    was = decided_by(matter, tallies.settings_of(board))
    if reason := why_not_lift(board.name, matter, was, decided, _times_met(board)):
        raise CannotChangeBoard(reason)
    BoardMatter.objects.update_or_create(
        board=board, matter=matter, defaults={"decided": decided.value}
    )
    audit.record(
        by=by, at=at, did="agreements.matter_set", to=board, body_id=board.agreement.body_id,
        matter=matter, was=was.value, decided=decided.value,
    )  # fmt: skip


@transaction.atomic
def score_principle(
    *, board: Board, principle: int, score: int, evidence: str, by: Person, at: datetime
) -> PrincipleScore:
    """Score one co-operative principle, with its evidence. The latest score stands.

    :raises CannotChangeBoard: when the person may not, or it is no score.
    """
    _refuse_others(by, board.agreement)
    if reason := why_not_score(principle, score, evidence):
        raise CannotChangeBoard(reason)
    made = PrincipleScore.objects.create(
        board=board, principle=principle, score=score, evidence=evidence.strip(), by=by, at=at
    )
    audit.record(
        by=by, at=at, did="agreements.principle_scored", to=made,
        body_id=board.agreement.body_id, principle=principle, score=score,
    )  # fmt: skip
    return made


def _give(board: Board, rules: dict[str, Any]) -> None:
    for name, value in rules.items():
        if name not in RULES:
            raise TypeError(f"A board has no rule {name}. There are: {', '.join(RULES)}.")
        setattr(board, name, CHOSEN[name](value).value if name in CHOSEN else value)


def _times_met(board: Board) -> int:
    return board.meetings.filter(state__in=["OPEN", "CLOSED", "MINUTED"]).count()


def _refuse_without_a_vote(board: Board, motion: Motion | None) -> None:
    """Once a board has met, its rules are its own: a carried motion changes them."""
    if not _times_met(board):
        return
    if motion is None:
        words = board.rule_for(Decided.RULE_CHANGE).majority.words
        raise CannotChangeBoard(
            f"The rules of {board} are not changed: it has met, and since then a change takes a "
            f"motion that it carries ({words}). Put one on its agenda, and name it here."
        )
    if motion.item.meeting.board_id != board.pk or motion.state != "CARRIED":
        raise CannotChangeBoard(
            f"The rules of {board} are not changed: that motion is not one that it carried. "
            "Choose one that it did."
        )
    if tallies.decided(motion.item) is not Decided.RULE_CHANGE:
        raise CannotChangeBoard(
            f"The rules of {board} are not changed: “{motion}” was carried as another kind of "
            "decision. It takes a motion on a change of the rules."
        )


def _refuse_numbers(name: str, seats: int, weight: int, quorum: int) -> None:
    if not name.strip():
        raise CannotChangeBoard("A class needs a name: whose seats are they? Give it one.")
    if seats < 1 or weight < 0:
        raise CannotChangeBoard(
            f"{name} is not kept: a class has one seat or more, and a weight of nought or more. "
            "Change the number."
        )
    if not 0 <= quorum <= seats:
        raise CannotChangeBoard(
            f"{name} is not kept: a quorum of {quorum} can never be met by {seats} seats. "
            "Lower the quorum."
        )


def _refuse_others(by: Person, agreement: Agreement) -> None:
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotChangeBoard(reason)
