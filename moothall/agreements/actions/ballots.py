"""The deeds of those who elect from their own sign-in: the roll, and a paper that stays secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.board_lives import ELECTION
from moothall.agreements.engine.stv import why_not_valid
from moothall.agreements.models import BallotPaper, Election, Elector
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import Person
from moothall.values.wording import number_of, plain_date

MAY_JOIN = ("NOMINATIONS", "VOTING")


class CannotVote(CannotDo):
    """The roll and the papers are as they were."""


@transaction.atomic
def put_on_roll(
    *, election: Election, people: Iterable[Person], by: Person, at: datetime
) -> tuple[Elector, ...]:
    """Put people on the roll of those who vote from their own sign-in; who is on it stays.

    :raises CannotVote: when the person may not, it is too late, or there are fewer electors.
    """
    election = _kept(election, by)
    if election.state not in MAY_JOIN:
        raise CannotVote(f"Nobody is put on the roll now: the election is {_words(election)}.")
    known = set(election.roll.values_list("person_id", flat=True))
    new = {person.pk: person for person in people if person.pk not in known}
    room = election.electors - entered(election) - len(known)
    if len(new) > room:
        raise CannotVote(
            f"Nobody was put on the roll: of {number_of(election.electors, 'elector')}, "
            f"{len(known):,} are on it and {entered(election):,} voted on paper. There is room for "
            f"{max(room, 0):,}, not {len(new):,}. Check the numbers."
        )
    made = tuple(Elector.objects.create(election=election, person=each) for each in new.values())
    audit.record(
        by=by, at=at, did="agreements.put_on_roll", to=election,
        body_id=election.board.agreement.body_id, people=sorted(new),
    )  # fmt: skip
    return made


@transaction.atomic
def take_off_roll(*, elector: Elector, by: Person, at: datetime) -> None:
    """Take somebody off the roll who will vote on paper, or has no vote.

    :raises CannotVote: when the person may not, it is too late, or they have voted.
    """
    election = _kept(elector.election, by)
    elector.refresh_from_db()
    if election.state not in MAY_JOIN:
        raise CannotVote(f"Nobody is taken off the roll: the election is {_words(election)}.")
    if elector.has_voted:
        raise CannotVote(
            f"{elector} stays on the roll: they have voted, and nobody knows which paper is theirs."
        )
    person = elector.person_id
    elector.delete()
    audit.record(
        by=by, at=at, did="agreements.taken_off_roll", to=election,
        body_id=election.board.agreement.body_id, people=[person],
    )  # fmt: skip


def why_not_cast(person: Person, election: Election, on: date) -> str | None:
    """Return why `person` may not vote in an election from their own sign-in now, or None."""
    elector = election.roll.filter(person_id=person.person_id).first()
    if elector is None:
        return (
            "You have no vote in this election here: you are not on its roll. Whoever keeps the "
            "agreement puts electors on it."
        )
    if elector.has_voted:
        return "You have voted. A paper is secret, so it can be neither shown nor taken back."
    if election.state != "VOTING":
        return f"No vote is taken: the election is {_words(election)}."
    if on >= election.closes_on:
        return f"No vote is taken: votes closed on {plain_date(election.closes_on)}."
    return None


@transaction.atomic
def cast_ballot(
    *, election: Election, preferences: Sequence[int], by: Person, at: datetime
) -> None:
    """Put in a paper: candidates' numbers, the first preference first.

    That the person voted is kept, and what they voted is kept apart: no record, time or order of
    papers leads from one to the other.

    :raises CannotVote: when the person may not now, or the paper could not be counted.
    """
    election = Election.objects.select_for_update().get(pk=election.pk)
    if reason := why_not_cast(by, election, timezone.localdate(at)):
        raise CannotVote(reason)
    names = {each.pk: each.name for each in election.candidates.all()}
    paper = tuple(names.get(key, "Whoever has this number") for key in preferences)
    if reason := why_not_valid(paper, tuple(names.values())):
        raise CannotVote(f"Your paper could not be counted. {reason} Mend it, and send it again.")
    Elector.objects.filter(election=election, person=by).update(has_voted=True)
    add_papers(election, Counter({tuple(preferences): 1}))
    audit.record(
        by=by, at=at, did="agreements.ballot_cast", to=election,
        body_id=election.board.agreement.body_id,
    )  # fmt: skip


def entered(election: Election) -> int:
    """How many papers were entered by hand, those set aside too."""
    here = election.roll.filter(has_voted=True).count()
    held = sum(election.papers.values_list("count", flat=True))
    return held - here + sum(count for count, _why in election.rejected)


def add_papers(election: Election, found: Counter[tuple[int, ...]]) -> None:
    """Lay papers among those there are, all in a new order: none shows which came when."""
    held = Counter({tuple(each.preferences): each.count for each in election.papers.all()})
    held.update(found)
    election.papers.all().delete()
    BallotPaper.objects.bulk_create(
        BallotPaper(election=election, preferences=preferences, count=count)
        for preferences, count in sorted(held.items())
    )


def _words(election: Election) -> str:
    return ELECTION.state(election.state).words


def _kept(election: Election, by: Person) -> Election:
    election = Election.objects.select_for_update().get(pk=election.pk)
    if reason := permissions.why_not_keep_agreement(by, election.board.agreement):
        raise CannotVote(reason)
    return election
