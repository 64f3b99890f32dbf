"""Who may vote on a motion, how did they, and what does that come to?"""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from moothall.agreements.engine.deadlock import Clock
from moothall.agreements.engine.matters import Decided, decided_by, matters
from moothall.agreements.engine.powers import Rules
from moothall.agreements.engine.voting import Choice, ClassVotes, Outcome, Rule, outcome
from moothall.agreements.models import (
    AgendaItem,
    Board,
    Deadlock,
    DeadlockStep,
    ItemInterest,
    Meeting,
    Motion,
    Seat,
)


def seats_held(board: Board, on: date) -> QuerySet[Seat]:
    """The seats that somebody holds on a day."""
    return Seat.objects.filter(
        Q(ends_before=None) | Q(ends_before__gt=on), seat_class__board=board, starts_on__lte=on
    ).select_related("seat_class__board__agreement__body", "organisation", "person")


def day_of(meeting: Meeting) -> date:
    return timezone.localdate(meeting.held_at)


def settings_of(board: Board) -> dict[str, str]:
    """How the board takes kinds of decision, where that is not as the catalogue has it."""
    return dict(board.matters.values_list("matter", "decided"))


def decided(item: AgendaItem) -> Decided:
    return decided_by(item.matter, settings_of(item.meeting.board))


def rule_of(motion: Motion) -> Rule:
    return motion.item.meeting.board.rule_for(decided(motion.item))


def taking_no_part(item: AgendaItem) -> set[int]:
    """The seats whose holders declared a conflict on an item and take no part in it."""
    held = ItemInterest.objects.filter(item=item, takes_part=False)
    return set(held.values_list("seat_id", flat=True))


def entitled(motion: Motion) -> tuple[Seat, ...]:
    """The seats that may vote on a motion: held on the day, without a conflict on the item."""
    meeting, out = motion.item.meeting, taking_no_part(motion.item)
    return tuple(seat for seat in seats_held(meeting.board, day_of(meeting)) if seat.pk not in out)


def class_votes(motion: Motion) -> tuple[ClassVotes, ...]:
    """How each class voted, whoever has a conflict left out."""
    meeting = motion.item.meeting
    may = {seat.pk: seat.seat_class_id for seat in entitled(motion)}
    there = set(meeting.attendance.values_list("seat_id", flat=True))
    votes = dict(motion.votes.values_list("seat_id", "choice"))
    cast = Counter((may[seat], choice) for seat, choice in votes.items() if seat in may)
    return tuple(
        ClassVotes(
            str(each.pk),
            each.name,
            entitled=sum(held == each.pk for held in may.values()),
            for_=cast[each.pk, Choice.FOR],
            against=cast[each.pk, Choice.AGAINST],
            abstained=cast[each.pk, Choice.ABSTAIN],
            weight=each.weight,
            quorum=each.quorum,
            present=sum(
                held == each.pk and (seat in there or seat in votes) for seat, held in may.items()
            ),
        )
        for each in meeting.board.classes.all()
    )


def outcome_of(motion: Motion) -> Outcome:
    """What would become of a motion if the votes so far were all."""
    casting = Choice(motion.casting) if motion.casting else None
    return outcome(rule_of(motion), class_votes(motion), casting=casting)


def rules_of_board(board: Board) -> Rules:
    """A board's rules, as the checks ask of them."""
    return Rules(
        tuple(each.as_engine() for each in board.classes.all()),
        board.rule_for(Decided.ORDINARY),
        board.rule_for(Decided.RESERVED),
        board.rule_for(Decided.RULE_CHANGE),
        board.rule_for(decided_by("conversion", settings_of(board))),
        board.has_asset_lock,
        reserved_count(board),
    )


def reserved_count(board: Board) -> int:
    """How many kinds of decision are reserved at a board."""
    settings = settings_of(board)
    return sum(decided_by(key, settings) is Decided.RESERVED for key in matters())


def clock_of(deadlock: Deadlock) -> Clock:
    """The clock of the step on which a deadlock stands."""
    return clock_on(deadlock.steps.order_by("-pk")[0])


def clock_on(step: DeadlockStep) -> Clock:
    return Clock(step.step, step.began_on, step.days)
