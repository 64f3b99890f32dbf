"""What do the pages of an election to a board, and of a deadlock, show?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from attrs import frozen
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.board_lives import ELECTION
from moothall.agreements.engine.deadlock import LADDER
from moothall.agreements.models import Board, Deadlock, Election
from moothall.agreements.queries import tallies
from moothall.agreements.queries.boards import Choices
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer
from moothall.directory.models import Person

# ── deadlocks ────────────────────────────────────────────────────────────────────────────────


@frozen
class StepRow:
    words: str
    began_on: date
    due_on: date | None
    note: str
    by: str


@frozen
class DeadlockPage:
    id: int
    board_id: int
    agreement_id: int
    board: str
    about: str
    motion_url: str
    stands: str
    state: str
    ahead: tuple[str, ...]
    steps: tuple[StepRow, ...]
    moves: Choices
    last_step: str
    is_at_work: bool
    why_not_keep: str | None


def deadlock_of(agreement_id: int, board_id: int, deadlock_id: int) -> Deadlock | None:
    held = Deadlock.objects.filter(
        pk=deadlock_id, board_id=board_id, board__agreement_id=agreement_id
    )
    return held.select_related("board__agreement__body", "motion").first()


def deadlock_page(deadlock: Deadlock, *, viewer: Viewer, today: date) -> DeadlockPage:
    board = deadlock.board
    skipped = {"BUY_SELL": "WIND_UP", "WIND_UP": "BUY_SELL"}[board.last_step]
    args = [board.agreement_id, board.pk]
    rungs = ["OFFICER", "CHIEF_EXECUTIVE", "MEDIATION", "EXPERT"]
    rungs.append("BUY_SELL" if board.last_step == "BUY_SELL" else "WINDING_UP")
    here = rungs.index(deadlock.state) if deadlock.state in rungs else len(rungs)
    return DeadlockPage(
        id=deadlock.pk,
        board_id=board.pk,
        agreement_id=board.agreement_id,
        board=board.name,
        about=deadlock.about,
        motion_url=(
            reverse("agreements:motion", args=[*args, deadlock.motion_id])
            if deadlock.motion_id
            else ""
        ),
        stands=tallies.clock_of(deadlock).words(today),
        state=deadlock.state,
        ahead=tuple(LADDER.state(key).words for key in rungs[here + 1 :]),
        steps=tuple(
            StepRow(
                LADDER.state(each.step).words,
                each.began_on,
                tallies.clock_on(each).due_on if each.days else None,
                each.note,
                each.by.name,
            )
            for each in deadlock.steps.select_related("by")
        ),
        moves=tuple(
            (move.key, move.words[:1].upper() + move.words[1:])
            for move in LADDER.open_from(deadlock.state)
            if move.key != skipped
        ),
        last_step=board.get_last_step_display(),
        is_at_work=not viewer.is_public,
        why_not_keep=permissions.why_not_keep_agreement(viewer, board.agreement),
    )


# ── elections ────────────────────────────────────────────────────────────────────────────────


@frozen
class CandidateRow:
    id: int
    name: str
    statement: str
    is_elected: bool


@frozen
class StageRow:
    number: int
    did: str
    votes: tuple[Decimal, ...]  # in the order of the candidates
    exact: tuple[str, ...]
    set_aside: Decimal
    elected: str


@frozen
class ElectionPage:
    id: int
    board_id: int
    agreement_id: int
    board: str
    of_class: str
    seats: int
    electors: int
    closes_on: date
    seated_on: date | None
    state: str
    state_key: str
    candidates: tuple[CandidateRow, ...]
    lot: tuple[str, ...]
    valid: int
    on_roll: int
    voted_here: int
    roll: tuple[tuple[str, bool], ...]  # who, and whether they have voted: for the keeper's side
    rejected: tuple[tuple[int, str], ...]
    quota: int | None
    elected: tuple[str, ...]
    stages: tuple[StageRow, ...]
    is_at_work: bool
    why_not_keep: str | None

    @property
    def set_aside(self) -> int:
        return sum(count for count, _why in self.rejected)

    def as_json(self) -> dict[str, object]:
        """The count with its exact fractions, so that anyone may count again."""
        return {
            "board": self.board,
            "class": self.of_class,
            "seats": self.seats,
            "electors": self.electors,
            "valid": self.valid,
            "on_roll": self.on_roll,
            "voted_from_own_sign_in": self.voted_here,
            "set_aside": [{"papers": count, "why": why} for count, why in self.rejected],
            "quota": self.quota,
            "lot": list(self.lot),
            "elected": list(self.elected),
            "stages": [
                {
                    "number": stage.number,
                    "did": stage.did,
                    "votes": dict(zip(self.lot, stage.exact, strict=True)),
                }
                for stage in self.stages
            ],
        }

    @property
    def turnout(self) -> Decimal | None:
        given = self.valid + self.set_aside
        return Decimal(given) / self.electors if self.electors else None


def election_of(agreement_id: int, board_id: int, election_id: int) -> Election | None:
    held = Election.objects.filter(
        pk=election_id, board_id=board_id, board__agreement_id=agreement_id
    )
    return held.select_related("board__agreement__body", "seat_class").first()


def election_page(election: Election, *, viewer: Viewer) -> ElectionPage:
    result = election.result or {}
    names = {each.pk: each.name for each in election.candidates.all()}
    elected = tuple(names[key] for key in result.get("elected", ()))
    order = [str(key) for key in election.lot]
    board: Board = election.board
    why_not_keep = permissions.why_not_keep_agreement(viewer, board.agreement)
    roll = tuple((str(each), each.has_voted) for each in election.roll.select_related("person"))
    return ElectionPage(
        id=election.pk,
        board_id=board.pk,
        agreement_id=board.agreement_id,
        board=board.name,
        of_class=election.seat_class.name,
        seats=election.seats,
        electors=election.electors,
        closes_on=election.closes_on,
        seated_on=election.seated_on,
        state=ELECTION.state(election.state).words,
        state_key=election.state,
        candidates=tuple(
            CandidateRow(each.pk, each.name, each.statement, each.name in elected)
            for each in election.candidates.all()
        ),
        lot=tuple(names[key] for key in election.lot),
        valid=sum(election.papers.values_list("count", flat=True)),
        on_roll=len(roll),
        voted_here=sum(voted for _who, voted in roll),
        roll=roll if why_not_keep is None else (),
        rejected=tuple((count, why) for count, why in election.rejected),
        quota=result.get("quota"),
        elected=elected,
        stages=tuple(
            StageRow(
                stage["number"],
                _named(stage["did"], names),
                tuple(_decimal(stage["votes"][key]) for key in order),
                tuple(stage["votes"][key] for key in order),
                _decimal(stage["set_aside"]),
                ", ".join(names[key] for key in stage["elected"]),
            )
            for stage in result.get("stages", ())
        ),
        is_at_work=not viewer.is_public,
        why_not_keep=why_not_keep,
    )


def candidate_choices(election: Election) -> tuple[tuple[int, str, str], ...]:
    """Each candidate's number, name and what they say, in the order that the lot put them.

    The lot is drawn, so that nobody stands first for their name.
    """
    by_key = {each.pk: each for each in election.candidates.all()}
    return tuple((key, by_key[key].name, by_key[key].statement) for key in election.lot)


def roll_choices(election: Election) -> Choices:
    """Those on the roll who have not voted."""
    held = election.roll.filter(has_voted=False).select_related("person")
    return tuple((str(each.pk), str(each)) for each in held)


def people_for_roll(
    election: Election, emails: Sequence[str], who_sits: bool
) -> tuple[list[Person], list[str]]:
    """Those who sign in with these addresses, or sit on the board; and addresses nobody has."""
    at = {email.lower() for email in emails}
    held = Person.objects.alias(address=Lower("email")).filter(is_active=True, address__in=at)
    found: dict[str, Person] = {each.email.lower(): each for each in held}
    unknown = [email for email in emails if email.lower() not in found]
    people = {each.pk: each for each in found.values()}
    if who_sits:
        seats = tallies.seats_held(election.board, timezone.localdate())
        people |= {seat.person.pk: seat.person for seat in seats if seat.person is not None}
    return list(people.values()), unknown


# ── what waits ───────────────────────────────────────────────────────────────────────────────


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """The elections in which somebody has still to vote."""
    if viewer.person_id is None:
        return []
    open_ = Election.objects.filter(
        state="VOTING", closes_on__gt=on, roll__person_id=viewer.person_id, roll__has_voted=False
    )
    return [
        Wait(
            f"Vote for {each.seat_class} of {each.board}",
            each.closes_on - timedelta(days=1),
            address_of(each),
            "You are on the roll, and have not voted.",
        )
        for each in open_.select_related("seat_class", "board__agreement")
    ]


def address_of(election: Election) -> str:
    board = election.board
    return reverse("agreements:election", args=[board.agreement_id, board.pk, election.pk])


def _decimal(exact: str) -> Decimal:
    """A fraction to four places, for a page; the exact one goes beside it into the file."""
    held = Fraction(exact)
    return (Decimal(held.numerator) / held.denominator).quantize(Decimal("0.0001")).normalize()


def _named(did: str, names: dict[int, str]) -> str:
    """A stage's sentence with the candidate's name for their number."""
    return " ".join(
        names.get(int(word), word) if word.isdigit() else word for word in did.split(" ")
    )
