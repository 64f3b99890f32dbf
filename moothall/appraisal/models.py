"""Which appraisals does a body keep, in which versions?"""

from django.conf import settings
from django.db import models

from moothall.directory.models import Organisation

LONGEST_NAME = 200
LONGEST_NOTE = 200


class Appraisal(models.Model):
    """An appraisal of one body. Its text is that of its latest version."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="appraisals")
    name = models.CharField(max_length=LONGEST_NAME)
    begun_from = models.CharField(max_length=LONGEST_NAME)  # 'the case libraries-ten-options'
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class AppraisalVersion(models.Model):
    """An appraisal as it was saved. A later version follows it; none is changed."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["appraisal_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal", "number"], name="one_appraisal_version_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
