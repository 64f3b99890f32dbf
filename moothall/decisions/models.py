"""What was decided, why, by whom, and on whose authority?"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.directory.models import ExemptUnder, Organisation


class Decision(models.Model):
    """One decision about one thing. It is superseded by a later one, never changed."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="decisions")
    subject = models.CharField(max_length=120)  # what it is about: 'spend.match:17'
    what = models.CharField(max_length=300)
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    authority = models.CharField(max_length=200)  # the role, delegation or minute it rests on
    exempt_under = models.PositiveSmallIntegerField(
        null=True, choices=[(paragraph.value, paragraph.words) for paragraph in ExemptUnder]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(exempt_under__isnull=True) | Q(exempt_under__range=(1, 7)),
                name="decision_is_exempt_under_a_known_paragraph",
            )
        ]
        indexes = [models.Index(fields=["subject", "at"], name="decision_by_subject")]

    def __str__(self) -> str:
        return self.what
