"""What may go wrong with an agreement, who bears it, and what would it cost?"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from moothall.agreements.engine.risks import RISK
from moothall.agreements.models.register import Agreement, Member
from moothall.values.counted_once import Uncertainty

FIVE = [MinValueValidator(1), MaxValueValidator(5)]
UNCERTAINTIES = [(each.name, each.value[:1].upper() + each.value[1:]) for each in Uncertainty]


class Risk(models.Model):
    """A cause, the event it may lead to and the effect of that, scored before and after mitigation.

    A chance and an amount go together: with both, the risk is quantified.
    """

    class Proximity(models.TextChoices):
        NOW = "now", "Now"
        QUARTER = "quarter", "Within three months"
        YEAR = "year", "Within a year"
        LATER = "later", "Later"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="risks")
    name = models.CharField(max_length=120)
    cause = models.CharField(max_length=300)
    event = models.CharField(max_length=300)
    effect = models.CharField(max_length=300)
    uncertainty = models.CharField(max_length=20, choices=UNCERTAINTIES)
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="risks")
    owner_post = models.CharField(max_length=120, blank=True)  # a post, not a person
    # How much of it the body that keeps the agreement bears: 100 all of it, 0 the other side.
    authority_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    proximity = models.CharField(max_length=10, choices=Proximity)
    trigger = models.CharField(max_length=200, blank=True)
    mitigation = models.TextField(blank=True)
    mitigation_pence = models.BigIntegerField(null=True)
    inherent_likelihood = models.PositiveSmallIntegerField(validators=FIVE)
    inherent_impact = models.PositiveSmallIntegerField(validators=FIVE)
    residual_likelihood = models.PositiveSmallIntegerField(validators=FIVE)
    residual_impact = models.PositiveSmallIntegerField(validators=FIVE)
    inherent_chance = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    inherent_pence = models.BigIntegerField(null=True)
    residual_chance = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    residual_pence = models.BigIntegerField(null=True)
    review_on = models.DateField(null=True)
    is_private = models.BooleanField(default=False)  # only the keeper's readers see it
    state = models.CharField(
        max_length=10,
        choices=[(state.key, state.words) for state in RISK.states],
        default=RISK.begins.key,
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(inherent_likelihood__range=(1, 5))
                & Q(inherent_impact__range=(1, 5))
                & Q(residual_likelihood__range=(1, 5))
                & Q(residual_impact__range=(1, 5)),
                name="a_risk_is_scored_from_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(authority_percent__range=(0, 100)),
                name="a_risk_is_borne_in_parts_of_a_hundred",
            ),
            models.CheckConstraint(
                condition=~Q(uncertainty="REPUTATION") | Q(authority_percent=100),
                name="a_reputation_is_not_passed_on",
            ),
            models.CheckConstraint(
                condition=Q(inherent_chance=None, inherent_pence=None)
                | Q(inherent_chance__range=(0, 1), inherent_pence__gte=0),
                name="an_inherent_chance_and_its_amount_go_together",
            ),
            models.CheckConstraint(
                condition=Q(residual_chance=None, residual_pence=None)
                | Q(residual_chance__range=(0, 1), residual_pence__gte=0),
                name="a_residual_chance_and_its_amount_go_together",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OptimismUplift(models.Model):
    """That an estimate behind an agreement was raised for optimism bias, and for what."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="uplifts")
    uncertainty = models.CharField(max_length=20, choices=UNCERTAINTIES)
    percent = models.DecimalField(max_digits=6, decimal_places=2)
    source = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "uncertainty"], name="one_uplift_of_an_uncertainty"
            )
        ]

    def __str__(self) -> str:
        return f"{self.percent:f}% for {Uncertainty[self.uncertainty].value}"
