"""The deeds of a deadlock that climbs its ladder."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.deadlock import LADDER, LastStep, why_not_climb
from moothall.agreements.models import Board, Deadlock, DeadlockStep, Motion
from moothall.agreements.queries import tallies
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import Person
from moothall.values.state_table import CannotMove


class CannotClimb(CannotDo):
    """The deadlock stays where it is."""


@transaction.atomic
def declare_deadlock(
    *, board: Board, about: str, by: Person, at: datetime, motion: Motion | None = None
) -> Deadlock:
    """Say that a board cannot agree: its officers have the first days of the ladder.

    :raises CannotClimb: when the person may not, or nothing is said.
    """
    if not permissions.holds_a_seat(by, board):
        _refuse_others(by, board)
    if not about.strip():
        raise CannotClimb("A deadlock is not declared without what it is about. Say it.")
    made = Deadlock.objects.create(
        board=board, about=about.strip()[:300], motion=motion, by=by, at=at
    )
    _step(made, made.state, "The deadlock was declared.", by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.deadlock_declared", to=made,
        body_id=board.agreement.body_id, motion=motion.pk if motion else None,
    )  # fmt: skip
    return made


@transaction.atomic
def move_deadlock(
    *,
    deadlock: Deadlock,
    move: str,
    note: str,
    by: Person,
    at: datetime,
    all_agree: bool = False,
) -> Deadlock:
    """Take a deadlock a step up its ladder, or record how it was resolved.

    all_agree : every side wants the next step before this one's days are over

    :raises CannotClimb: when the person may not, its clock still runs, or nothing is said.
    """
    deadlock = Deadlock.objects.select_for_update().get(pk=deadlock.pk)
    board = deadlock.board
    _refuse_others(by, board)
    if not note.strip():
        raise CannotClimb("A deadlock is not moved without what came of this step. Say it.")
    try:
        state = LADDER.after(deadlock.state, move)
    except CannotMove as refusal:
        raise CannotClimb(str(refusal)) from None
    last = {"BUY_SELL": LastStep.BUY_SELL, "WIND_UP": LastStep.WIND_UP}.get(move)
    if last is not None and last.value != board.last_step:
        raise CannotClimb(
            f"The rules of {board} end a deadlock otherwise: with {board.get_last_step_display()}. "
            "Take that step."
        )
    if move != "RESOLVE" and (
        reason := why_not_climb(
            tallies.clock_of(deadlock), timezone.localdate(at), all_agree=all_agree
        )
    ):
        raise CannotClimb(reason)
    deadlock.state = state
    deadlock.save(update_fields=["state"])
    _step(deadlock, state, note, by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.deadlock_moved", to=deadlock,
        body_id=board.agreement.body_id, step=state, all_agree=all_agree,
    )  # fmt: skip
    return deadlock


def _step(deadlock: Deadlock, step: str, note: str, *, by: Person, at: datetime) -> None:
    DeadlockStep.objects.create(
        deadlock=deadlock, step=step, began_on=timezone.localdate(at),
        days=deadlock.board.days_at(step),
        note=note.strip()[:500], by=by, at=at,
    )  # fmt: skip


def _refuse_others(by: Person, board: Board) -> None:
    if reason := permissions.why_not_keep_agreement(by, board.agreement):
        raise CannotClimb(reason)
