"""Who sits on which board, under which rules, and what may it not decide?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moothall.agreements.engine.deadlock import LADDER, LastStep
from moothall.agreements.engine.matters import Decided
from moothall.agreements.engine.powers import SeatClass as EngineClass
from moothall.agreements.engine.voting import Majority, Method, Rule
from moothall.agreements.models.register import Agreement
from moothall.directory.models import Organisation

LONGEST_SAID = 300
METHODS = [(each.value, each.words) for each in Method]
MAJORITIES = [(each.value, each.words) for each in Majority]
DECIDED = [(each.value, each.words) for each in Decided]


class Board(models.Model):
    """Where the members of an agreement decide together, and the rules they decide by."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="boards")
    name = models.CharField(max_length=200)
    method = models.CharField(max_length=10, choices=METHODS, default=Method.MEMBERS.value)
    majority = models.CharField(
        max_length=20, choices=MAJORITIES, default=Majority.MORE_THAN_HALF.value
    )
    reserved_majority = models.CharField(
        max_length=20, choices=MAJORITIES, default=Majority.EVERYONE.value
    )
    change_majority = models.CharField(
        max_length=20, choices=MAJORITIES, default=Majority.THREE_QUARTERS.value
    )
    quorum = models.PositiveSmallIntegerField(default=2)
    chair_casts = models.BooleanField(default=False)
    has_asset_lock = models.BooleanField(null=True)  # null: it is no mutual
    # The ladder: how many days each step has before the next may be taken.
    officer_days = models.PositiveSmallIntegerField(default=10)
    chief_executive_days = models.PositiveSmallIntegerField(default=10)
    mediation_days = models.PositiveSmallIntegerField(default=30)
    expert_days = models.PositiveSmallIntegerField(default=30)
    last_step = models.CharField(
        max_length=10,
        choices=[(LastStep.BUY_SELL, "one side buys or sells"), (LastStep.WIND_UP, "winding up")],
        default=LastStep.WIND_UP,
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "name"], name="one_board_of_a_name_in_an_agreement"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def rule_for(self, decided: Decided) -> Rule:
        """The rule that a kind of decision is taken by."""
        majority = {
            Decided.RESERVED: self.reserved_majority,
            Decided.RULE_CHANGE: self.change_majority,
        }.get(decided, self.majority)
        return Rule(Method(self.method), Majority(majority), self.quorum, self.chair_casts)

    def days_at(self, step: str) -> int:
        """How long a step of the ladder has; the last has no clock."""
        days = {
            "OFFICER": self.officer_days,
            "CHIEF_EXECUTIVE": self.chief_executive_days,
            "MEDIATION": self.mediation_days,
            "EXPERT": self.expert_days,
        }
        return days.get(step, 0)


class SeatClass(models.Model):
    """A class of those who sit on a board: so many seats, a weight, a quorum of its own."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="classes")
    name = models.CharField(max_length=120)
    seats = models.PositiveSmallIntegerField()
    weight = models.PositiveIntegerField(default=1)  # in the college, or the shares held
    quorum = models.PositiveSmallIntegerField(default=0)
    is_public = models.BooleanField(default=False)  # its seats are public bodies'
    is_elected = models.BooleanField(default=False)  # its members elect whoever sits

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "name"], name="one_class_of_a_name_on_a_board"
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="a_class_has_a_seat"),
            models.CheckConstraint(
                condition=Q(quorum__lte=F("seats")), name="a_class_can_meet_its_quorum"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_engine(self) -> EngineClass:
        return EngineClass(
            str(self.pk), self.name, self.seats, self.weight, self.quorum, self.is_public
        )


class Seat(models.Model):
    """A seat while somebody holds it: a person who signs in here, or a name."""

    seat_class = models.ForeignKey(SeatClass, models.CASCADE, related_name="held")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="seats"
    )
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, related_name="seats"
    )  # the body that they sit for, where they sit for one
    is_chair = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    class Meta:
        ordering = ["seat_class_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=F("starts_on")),
                name="a_seat_is_held_for_a_day_or_more",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BoardMatter(models.Model):
    """How one kind of decision is taken at a board, where that is not as the catalogue has it."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="matters")
    matter = models.CharField(max_length=40)
    decided = models.CharField(max_length=12, choices=DECIDED)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "matter"], name="a_matter_is_decided_one_way_at_a_board"
            )
        ]


class RefusedDecision(models.Model):
    """What a board was asked to decide and could not, since the bodies keep it for themselves."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="refused")
    matter = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(Organisation, models.SET_NULL, null=True, related_name="+")
    sentence = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]


class PrincipleScore(models.Model):
    """How far one co-operative principle is met, on what evidence; the latest stands."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="scores")
    principle = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    evidence = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["principle", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(principle__range=(1, 7), score__range=(0, 2)),
                name="a_principle_is_scored_0_to_2",
            )
        ]


class Deadlock(models.Model):
    """What a board cannot agree on, and the step of the ladder on which it stands."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="deadlocks")
    about = models.CharField(max_length=LONGEST_SAID)
    state = models.CharField(
        max_length=16,
        choices=[(state.key, state.words) for state in LADDER.states],
        default=LADDER.begins.key,
    )
    motion = models.ForeignKey(
        "agreements.Motion", models.SET_NULL, null=True, related_name="deadlocks"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.about


class DeadlockStep(models.Model):
    """A deadlock on one step: since when, for how many days, and why it came there."""

    deadlock = models.ForeignKey(Deadlock, models.CASCADE, related_name="steps")
    step = models.CharField(max_length=16)
    began_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
