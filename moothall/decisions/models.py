"""What was decided, why, by whom, on whose authority, and what of it is kept from the public?"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.directory.models import ExemptUnder, Organisation

LONGEST_WHAT = 300
LONGEST_AUTHORITY = 200


class Decision(models.Model):
    """One decision about one thing. It is superseded by a later one, never changed."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="decisions")
    subject = models.CharField(max_length=120)  # what it is about: 'spend.match:17'
    what = models.CharField(max_length=LONGEST_WHAT)
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    # The role, delegation or minute it rests on: everybody reads this, exempt or not.
    authority = models.CharField(max_length=LONGEST_AUTHORITY)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="decision_by_subject")]

    def __str__(self) -> str:
        return self.what


class Exemption(models.Model):
    """A person's word that a decision is exempt under Schedule 12A. Lifted, never deleted."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="exemptions")
    paragraph = models.PositiveSmallIntegerField(
        choices=[(paragraph.value, paragraph.words) for paragraph in ExemptUnder]
    )
    why = models.TextField()  # why the public interest is in keeping it: everybody reads this
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(lifted_at=None),
                name="one_standing_exemption_of_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(paragraph__range=(1, 7)), name="exempt_under_a_known_paragraph"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="exemption_lifted_at_and_by_go_together",
            ),
        ]
