"""What of a public agreement is kept from the public, why, and until when it is looked at again?"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.agreements.models.register import Agreement


class Withholding(models.Model):
    """A keeper's word that one part of a public agreement is not shown. Lifted, never deleted."""

    class Part(models.TextChoices):
        VALUE = "value", "price"
        TERMS = "terms", "terms"
        CHANGES = "changes", "changes"
        PERFORMANCE = "performance", "performance"
        GAIN_SHARE = "gain_share", "gain share"
        PAYMENTS = "payments", "payments"
        OWNERSHIP = "ownership", "ownership"
        EXIT = "exit", "exit"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="withholdings")
    part = models.CharField(max_length=20, choices=Part)
    why = models.CharField(max_length=300)
    review_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "part"],
                condition=Q(lifted_at=None),
                name="a_part_is_withheld_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.get_part_display()}"
