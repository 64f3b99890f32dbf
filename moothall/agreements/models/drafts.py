"""Which deals are being drafted, in which versions, tried by whom, and shown to whom?"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.directory.models import Organisation

LONGEST_NAME = 200
LONGEST_NOTE = 200


class Draft(models.Model):
    """A deal being drafted by one body. Its text is that of its latest version."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="drafts")
    name = models.CharField(max_length=LONGEST_NAME)
    begun_from = models.CharField(max_length=LONGEST_NAME)  # 'the case salford-urban-vision'
    party = models.CharField(max_length=60, blank=True)  # which party of the deal the body is
    is_competition = models.BooleanField(default=False)  # bidders read it: one text for all
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class DraftVersion(models.Model):
    """A draft as it was saved. A later version follows it; none is changed."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["draft_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="one_version_of_a_number")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class DraftShare(models.Model):
    """A body that may read the shared text of another's draft."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="shares")
    body = models.ForeignKey(Organisation, models.CASCADE, related_name="drafts_shared")
    party = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "body"], name="a_draft_is_shared_once")
        ]


class Trial(models.Model):
    """One version tried: its futures drawn, or a number solved for. It belongs to the body."""

    class Kind(models.TextChoices):
        SIMULATE = "SIMULATE", "simulation"
        SOLVE = "SOLVE", "search for a number"

    class State(models.TextChoices):
        WAITING = "WAITING", "waiting"
        RUNNING = "RUNNING", "running"
        DONE = "DONE", "done"
        REFUSED = "REFUSED", "refused"

    version = models.ForeignKey(DraftVersion, models.CASCADE, related_name="trials")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked = models.JSONField()
    percent = models.PositiveSmallIntegerField(default=0)  # how far it is
    result = models.JSONField(null=True)
    refusal = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(result__isnull=False),
                name="what_is_done_has_a_result",
            )
        ]


class TrialRelease(models.Model):
    """A body's word that another may read what one of its trials found."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="releases")
    body = models.ForeignKey(Organisation, models.CASCADE, related_name="results_released")
    why = models.CharField(max_length=LONGEST_NOTE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "body"], name="a_result_is_released_once")
        ]
