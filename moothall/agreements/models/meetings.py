"""What did a board meet about, who moved what, who voted how, and who is elected to it?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.agreements.engine.board_lives import ELECTION, MEETING, MOTION
from moothall.agreements.engine.voting import Choice
from moothall.agreements.models.boards import LONGEST_SAID, Board, Seat, SeatClass
from moothall.directory.models import DeclaredInterest

CHOICES = [(each.value, each.words) for each in Choice]


class Meeting(models.Model):
    """A meeting of a board, from its calling to its approved minutes."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="meetings")
    held_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    is_public = models.BooleanField(default=False)  # anybody reads its agenda and its results
    state = models.CharField(
        max_length=12,
        choices=[(state.key, state.words) for state in MEETING.states],
        default=MEETING.begins.key,
    )
    minutes = models.TextField(blank=True)
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="minutes_approved_at_and_by_go_together",
            )
        ]


class Attendance(models.Model):
    """That whoever holds a seat was at a meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="attended")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="a_seat_attends_once")
        ]


class AgendaItem(models.Model):
    """One item on a meeting's agenda, and the kind of decision that it asks for."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    matter = models.CharField(max_length=40)  # a key of catalogues/kinds_of_decision.toml
    paper = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_item_of_a_number")
        ]

    def __str__(self) -> str:
        return self.title


class ItemInterest(models.Model):
    """A conflict of interest that whoever holds a seat declared on one item."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="interests")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=12, choices=DeclaredInterest.Kind)
    what = models.CharField(max_length=LONGEST_SAID)
    takes_part = models.BooleanField(default=False)  # no: they neither vote nor make a quorum
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "seat"], name="an_interest_is_declared_once")
        ]


class Motion(models.Model):
    """What the board is asked to decide. Once declared, its result is kept as it was counted."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="motions")
    text = models.CharField(max_length=500)
    mover = models.ForeignKey(Seat, models.PROTECT, related_name="moved")
    seconder = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="seconded")
    state = models.CharField(
        max_length=12,
        choices=[(state.key, state.words) for state in MOTION.states],
        default=MOTION.begins.key,
    )
    casting = models.CharField(max_length=8, choices=CHOICES, blank=True)
    result = models.JSONField(null=True)  # rule, words, readings and classes, as declared
    decided_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["MOVED", "WITHDRAWN"]) | Q(result__isnull=False),
                name="a_declared_motion_has_a_result",
            )
        ]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    """How one seat voted on one motion."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="votes")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=8, choices=CHOICES)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["seat__seat_class_id", "seat_id"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "seat"], name="a_seat_votes_once_on_a_motion")
        ]


class Election(models.Model):
    """An election to the seats of one class, by the single transferable vote."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="elections")
    seat_class = models.ForeignKey(SeatClass, models.CASCADE, related_name="elections")
    seats = models.PositiveSmallIntegerField()
    electors = models.PositiveIntegerField()
    closes_on = models.DateField()
    state = models.CharField(
        max_length=12,
        choices=[(state.key, state.words) for state in ELECTION.states],
        default=ELECTION.begins.key,
    )
    lot = models.JSONField(default=list)  # candidates' numbers, as the lot put them
    rejected = models.JSONField(default=list)  # papers that cannot be counted: how many and why
    result = models.JSONField(null=True)
    counted_on = models.DateField(null=True)
    seated_on = models.DateField(null=True)  # from when those elected sit
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="an_election_fills_a_seat"),
            models.CheckConstraint(
                condition=~Q(state="COUNTED") | Q(result__isnull=False),
                name="a_counted_election_has_a_result",
            ),
        ]


class Candidate(models.Model):
    """Somebody who stands in an election."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="candidates")
    name = models.CharField(max_length=120)
    statement = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["election", "name"], name="a_candidate_stands_once")
        ]

    def __str__(self) -> str:
        return self.name


class Elector(models.Model):
    """Somebody on the roll of an election who votes from their own sign-in, and whether they have.

    What they voted stands nowhere beside their name.
    """

    election = models.ForeignKey(Election, models.CASCADE, related_name="roll")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    has_voted = models.BooleanField(default=False)

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "person"], name="an_elector_is_on_the_roll_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class BallotPaper(models.Model):
    """Papers with the same preferences, and how many there are. Nobody is named on them."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="papers")
    preferences = models.JSONField()  # candidates' numbers, the first preference first
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
