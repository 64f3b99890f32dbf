"""The deeds of an election to a board, by the single transferable vote."""

from __future__ import annotations

import csv
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from attrs import frozen
from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions import ballots
from moothall.agreements.actions.boards import fill_seat
from moothall.agreements.engine.board_lives import ELECTION
from moothall.agreements.engine.stv import Count, counted, why_not_valid
from moothall.agreements.models import (
    Board,
    Candidate,
    Election,
    Seat,
    SeatClass,
)
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import Person
from moothall.values.state_table import CannotMove
from moothall.values.wording import number_of, plain_date


class CannotElect(CannotDo):
    """The election is as it was."""


@transaction.atomic
def call_election(
    *,
    seat_class: SeatClass,
    seats: int,
    electors: int,
    closes_on: date,
    by: Person,
    at: datetime,
) -> Election:
    """Call an election to seats of a class, by the single transferable vote.

    :raises CannotElect: when the person may not, the class is not elected, or has fewer seats.
    """
    board = seat_class.board
    _refuse_others(by, board)
    if not seat_class.is_elected:
        raise CannotElect(
            f"{seat_class} are appointed, not elected. Call an election to a class whose members "
            "elect whoever sits."
        )
    if not 1 <= seats <= seat_class.seats:
        raise CannotElect(
            f"No election fills {number_of(seats, 'seat')} of {seat_class}, which has "
            f"{seat_class.seats}. Give a number from 1 to {seat_class.seats}."
        )
    made = Election.objects.create(
        board=board, seat_class=seat_class, seats=seats, electors=electors, closes_on=closes_on,
        by=by, at=at,
    )  # fmt: skip
    audit.record(
        by=by, at=at, did="agreements.election_called", to=made,
        body_id=board.agreement.body_id, seats=seats, electors=electors,
    )  # fmt: skip
    return made


@transaction.atomic
def nominate(
    *, election: Election, name: str, by: Person, at: datetime, statement: str = ""
) -> Candidate:
    """Enter a candidate, while nominations are open.

    :raises CannotElect: when the person may not, it is too late, or they stand already.
    """
    _refuse_others(by, election.board)
    if election.state != "NOMINATIONS":
        raise CannotElect(f"Nobody can be nominated now: the election is {_words(election)}.")
    name = " ".join(name.split())
    if not name or "," in name:
        raise CannotElect("A candidate needs a name, without a comma in it. Give it so.")
    if election.candidates.filter(name__iexact=name).exists():
        raise CannotElect(f"{name} stands already. Nobody stands twice.")
    made = Candidate.objects.create(election=election, name=name[:120], statement=statement.strip())
    audit.record(
        by=by, at=at, did="agreements.candidate_nominated", to=made,
        body_id=election.board.agreement.body_id, name=audit.digest(name),
    )  # fmt: skip
    return made


@transaction.atomic
def open_voting(
    *,
    election: Election,
    by: Person,
    at: datetime,
    shuffle: Callable[[list[int]], None] | None = None,
) -> Election:
    """Close nominations and draw the lot, before any paper is seen.

    :raises CannotElect: when the person may not, it is not the time, or nobody stands.
    """
    election = Election.objects.select_for_update().get(pk=election.pk)
    _refuse_others(by, election.board)
    state = _after(election, "OPEN")
    lot = list(election.candidates.order_by("pk").values_list("pk", flat=True))
    if not lot:
        raise CannotElect("Votes are not taken yet: nobody stands. Enter a candidate first.")
    (shuffle or secrets.SystemRandom().shuffle)(lot)
    election.state, election.lot = state, lot
    election.save(update_fields=["state", "lot"])
    audit.record(
        by=by, at=at, did="agreements.voting_opened", to=election,
        body_id=election.board.agreement.body_id, lot=lot,
    )  # fmt: skip
    return election


@frozen
class Entered:
    """What came of a batch of papers: how many count, and those set aside with the reason."""

    counted: int
    rejected: tuple[tuple[int, str], ...]


@transaction.atomic
def enter_papers(*, election: Election, text: str, by: Person, at: datetime) -> Entered:
    """Enter papers, a line each kind: how many, then the names in order of preference.

    What cannot be counted is set aside with its reason; the two add up to what was entered.

    :raises CannotElect: when the person may not, it is not the time, a line says no number, or
        there would be more papers than electors.
    """
    election = Election.objects.select_for_update().get(pk=election.pk)
    _refuse_others(by, election.board)
    if election.state != "VOTING":
        raise CannotElect(f"No papers are taken now: the election is {_words(election)}.")
    by_name = {each.name: each.pk for each in election.candidates.all()}
    called = {name.casefold(): name for name in by_name}
    found: Counter[tuple[int, ...]] = Counter()
    rejected: list[tuple[int, str]] = []
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells:
            continue
        if not (cells[0].isascii() and cells[0].isdigit() and 0 < int(cells[0]) < 10**7):
            raise CannotElect(
                f"No paper was entered: line {number} does not begin with how many papers it "
                "stands for. Write it as: 12, first name, second name."
            )
        names = tuple(called.get(name.casefold(), name) for name in cells[1:])
        if reason := why_not_valid(names, tuple(by_name)):
            rejected.append((int(cells[0]), f"Line {number}: {reason}"))
        else:
            found[tuple(by_name[name] for name in names)] += int(cells[0])
    on_paper = ballots.entered(election) + sum(found.values())
    on_paper += sum(count for count, _why in rejected)
    on_roll = election.roll.count()
    if on_paper > election.electors - on_roll:
        here = f", {on_roll:,} of whom vote from their own sign-in" if on_roll else ""
        raise CannotElect(
            f"No paper was entered: there would be {on_paper:,} papers from "
            f"{election.electors:,} electors{here}. Check the numbers."
        )
    ballots.add_papers(election, found)
    election.rejected = [*election.rejected, *map(list, rejected)]
    election.save(update_fields=["rejected"])
    audit.record(
        by=by, at=at, did="agreements.papers_entered", to=election,
        body_id=election.board.agreement.body_id, count=sum(found.values()),
        rejected=sum(count for count, _why in rejected), text=audit.digest(text),
    )  # fmt: skip
    return Entered(sum(found.values()), tuple(rejected))


@transaction.atomic
def count_election(*, election: Election, by: Person, at: datetime) -> Count:
    """Count the papers, stage by stage, once and for all.

    :raises CannotElect: when the person may not, or it is not the time.
    """
    election = Election.objects.select_for_update().get(pk=election.pk)
    _refuse_others(by, election.board)
    state = _after(election, "COUNT")
    if timezone.localdate(at) < election.closes_on:
        raise CannotElect(
            f"Nothing is counted before {plain_date(election.closes_on)}, when votes close. Count "
            "then."
        )
    papers: Counter[tuple[str, ...]] = Counter()
    for paper in election.papers.all():
        papers[tuple(str(each) for each in paper.preferences)] += paper.count
    found = counted(papers, [str(each) for each in election.lot], election.seats)
    election.state, election.result = state, _as_json(found)
    election.counted_on = timezone.localdate(at)
    election.save(update_fields=["state", "result", "counted_on"])
    audit.record(
        by=by, at=at, did="agreements.election_counted", to=election,
        body_id=election.board.agreement.body_id, valid=found.valid, quota=found.quota,
        elected=[int(each) for each in found.elected],
    )  # fmt: skip
    return found


@transaction.atomic
def seat_elected(
    *, election: Election, starts_on: date, by: Person, at: datetime
) -> tuple[Seat, ...]:
    """Fill the seats of the class with those who were elected, from a day on.

    :raises CannotElect: when the person may not, it is not counted, or they sit already.
    :raises CannotChangeBoard: when too few of the class's seats are free from that day.
    """
    election = Election.objects.select_for_update().get(pk=election.pk)
    _refuse_others(by, election.board)
    if election.result is None:
        raise CannotElect(f"Nobody is seated yet: the election is {_words(election)}.")
    if election.seated_on is not None:
        raise CannotElect(
            f"Those elected are seated already, from {plain_date(election.seated_on)}."
        )
    names = {each.pk: each.name for each in election.candidates.all()}
    made = tuple(
        fill_seat(
            seat_class=election.seat_class, name=names[key], starts_on=starts_on, by=by, at=at
        )
        for key in election.result["elected"]
    )
    election.seated_on = starts_on
    election.save(update_fields=["seated_on"])
    audit.record(
        by=by, at=at, did="agreements.elected_seated", to=election,
        body_id=election.board.agreement.body_id, seats=[seat.pk for seat in made],
    )  # fmt: skip
    return made


@transaction.atomic
def call_off(*, election: Election, by: Person, at: datetime) -> Election:
    """Call an election off before it is counted.

    :raises CannotElect: when the person may not, or it is counted.
    """
    election = Election.objects.select_for_update().get(pk=election.pk)
    _refuse_others(by, election.board)
    election.state = _after(election, "CALL_OFF")
    election.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.election_called_off", to=election,
        body_id=election.board.agreement.body_id,
    )  # fmt: skip
    return election


def _as_json(count: Count) -> dict[str, object]:
    """Votes as exact fractions in text: '19/7'."""
    return {
        "valid": count.valid,
        "quota": count.quota,
        "elected": [int(each) for each in count.elected],
        "stages": [
            {
                "number": stage.number,
                "did": stage.did,
                "votes": {name: str(votes) for name, votes in stage.votes.items()},
                "set_aside": str(stage.set_aside),
                "elected": [int(each) for each in stage.elected],
                "excluded": int(stage.excluded) if stage.excluded else None,
            }
            for stage in count.stages
        ],
    }


def _words(election: Election) -> str:
    return ELECTION.state(election.state).words


def _after(election: Election, move: str) -> str:
    try:
        return ELECTION.after(election.state, move)
    except CannotMove as refusal:
        raise CannotElect(str(refusal)) from None


def _refuse_others(by: Person, board: Board) -> None:
    if reason := permissions.why_not_keep_agreement(by, board.agreement):
        raise CannotElect(reason)
