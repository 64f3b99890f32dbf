"""What was promised beside payments, how well is it performed, and was the partner looked into?"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moothall.agreements.engine.obligations import EVERY, PROMISE
from moothall.agreements.engine.performance import PERFORMANCE, TRIGGERS
from moothall.agreements.models.register import Agreement, Member
from moothall.directory.models import Organisation


class Obligation(models.Model):
    """A promise that is no payment: what, how it is measured, who keeps it, and when it is due."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="obligations")
    kind = models.CharField(max_length=30)  # a key of catalogues/kinds_of_obligation.toml
    what = models.CharField(max_length=300)
    measure = models.CharField(max_length=200)
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="obligations")
    first_due_on = models.DateField()
    every = models.CharField(max_length=10, choices=EVERY, blank=True)  # blank: once
    ends_before = models.DateField(null=True)  # null: with the agreement
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["first_due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=F("first_due_on")),
                name="a_promise_is_due_once_or_more",
            )
        ]

    def __str__(self) -> str:
        return self.what


class PromiseKept(models.Model):
    """What became of a promise on one of the days it was due. No row: nothing was said yet."""

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="dues")
    due_on = models.DateField()
    state = models.CharField(
        max_length=12, choices=[(state.key, state.words) for state in PROMISE.states]
    )
    said = models.TextField(blank=True)  # how it was kept
    evidence = models.CharField(max_length=300, blank=True)  # where it lies: a link or a reference
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reported_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)  # of what was found
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["obligation", "due_on"], name="a_promise_is_due_once"),
            models.CheckConstraint(
                condition=Q(reported_at=None, reported_by=None)
                | Q(reported_at__isnull=False, reported_by__isnull=False),
                name="promise_reported_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="promise_checked_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None)
                | Q(reported_by=None)
                | ~Q(checked_by=F("reported_by")),
                name="a_promise_is_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation}, due {self.due_on}"


class PerformanceIndicator(models.Model):
    """What performance is rated by, with the bands of each rating and the direction of good."""

    class Better(models.TextChoices):
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="indicators")
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=60, blank=True)  # the fact of the deal that it is
    better = models.CharField(max_length=10, choices=Better)
    target = models.DecimalField(max_digits=18, decimal_places=4)
    approaching = models.DecimalField(max_digits=18, decimal_places=4)
    improve = models.DecimalField(max_digits=18, decimal_places=4)
    is_critical = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "name"], name="an_indicator_is_set_once_by_its_name"
            ),
            models.UniqueConstraint(
                fields=["agreement", "measure"],
                condition=~Q(measure=""),
                name="an_indicator_is_set_once_for_a_fact",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorResult(models.Model):
    """What an indicator came to in a period. A correction is a later row; the last one counts."""

    indicator = models.ForeignKey(PerformanceIndicator, models.CASCADE, related_name="results")
    starts_on = models.DateField()
    ends_before = models.DateField()
    number = models.PositiveSmallIntegerField(default=1)
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # null: cannot be said
    said = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on", "number"], name="one_result_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="a_result_is_of_a_day_or_more"
            ),
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="result_checked_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("by")),
                name="a_result_is_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} from {self.starts_on}"


class PerformanceStep(models.Model):
    """One step from an early warning to stepping in. Where performance stands is the last one's."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="steps")
    move = models.CharField(max_length=12)
    state = models.CharField(
        max_length=12, choices=[(state.key, state.words) for state in PERFORMANCE.states]
    )  # after it
    on = models.DateField()
    why = models.TextField()
    answer_by = models.DateField(null=True)
    trigger = models.CharField(max_length=12, choices=TRIGGERS, blank=True)
    credited_from = models.DateField(null=True)  # the period whose credits are taken, by its start
    credits_said = models.TextField(blank=True)  # as the deal's terms say them
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "credited_from"],
                condition=Q(credited_from__isnull=False),
                name="the_credits_of_a_period_are_taken_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} from {self.on}"


class DueDiligence(models.Model):
    """That a body looked into a partner in one way, on a day, and what came of it."""

    class Outcome(models.TextChoices):
        CLEAR = "clear", "Nothing against it"
        CONCERN = "concern", "Something to watch"
        AGAINST = "against", "A reason not to sign"

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="due_diligence_done")
    partner = models.ForeignKey(Organisation, models.CASCADE, related_name="due_diligence_of")
    kind = models.CharField(max_length=30)  # a key of rules/due_diligence.toml
    checked_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    said = models.TextField(blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    turnover_pence = models.BigIntegerField(null=True)
    current_assets_pence = models.BigIntegerField(null=True)
    current_liabilities_pence = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-checked_on", "-pk"]
        indexes = [models.Index(fields=["body", "partner"], name="due_diligence_of_a_partner")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.partner}, {self.checked_on}"
