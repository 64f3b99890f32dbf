"""What runs, was waived and was commented on before an agreement was executed?"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.agreements.engine.signing import OFFICES
from moothall.agreements.models.register import Agreement, AgreementVersion
from moothall.directory.models import Organisation


class Signing(models.Model):
    """The clocks before execution, and the waiver of reserved matters, of one agreement."""

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="signing")
    call_in_ends_on = models.DateField(null=True)  # the last day on which it can be called in
    standstill_ends_on = models.DateField(null=True)
    waived_why = models.CharField(max_length=300, blank=True)  # why no matter is reserved
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(waived_why="", waived_by=None)
                | (~Q(waived_why="") & Q(waived_by__isnull=False)),
                name="a_waiver_has_its_reason_and_its_person",
            )
        ]


class OfficerComment(models.Model):
    """What a statutory officer said of one version before it was executed."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="comments")
    office = models.CharField(max_length=12, choices=list(OFFICES.items()))
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class CommentLimit(models.Model):
    """Above which value the statutory officers of a body comment, by its own constitution."""

    body = models.OneToOneField(Organisation, models.CASCADE, related_name="comment_limit")
    above_pence = models.BigIntegerField()
    source = models.CharField(max_length=200)  # where the body says so
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(above_pence__gte=0), name="a_comment_limit_is_nothing_or_more"
            )
        ]
