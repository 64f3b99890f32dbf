"""Tables that every slice stands on: the audit log, and what the lake holds."""

from django.db import models
from django.db.models import F, Q


class AuditEntry(models.Model):
    """One deed. Append-only; each entry's hash covers the one before."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)  # 'person:12', 'system'; never a name
    authority = models.CharField(max_length=120, blank=True)  # the role held, and for which body
    did = models.CharField(max_length=80)  # 'spend.loaded'
    subject = models.CharField(max_length=120)  # 'spend.load:17'
    body_id = models.BigIntegerField(null=True)
    detail = models.TextField()  # canonical JSON, exactly as hashed
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "seq"], name="audit_by_subject"),
            models.Index(fields=["body_id", "seq"], name="audit_by_body"),
        ]


class AuditHead(models.Model):
    """The last entry's number and hash, in one row, so that a cut tail shows."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_head_is_one_row")]


class Publication(models.Model):
    """A body's file set for a period: the unit of sharing, and of correction."""

    class Sharing(models.TextChoices):
        PRIVATE = "PRIVATE", "private"
        NAMED = "NAMED", "shared with named bodies"
        PUBLIC = "PUBLIC", "public"

    class State(models.TextChoices):
        CURRENT = "CURRENT", "current"
        SUPERSEDED = "SUPERSEDED", "replaced by a later publication"
        WITHDRAWN = "WITHDRAWN", "withdrawn"

    id = models.BigIntegerField(primary_key=True)  # minted before the load, so lines can carry it
    body_id = models.BigIntegerField(db_index=True)  # directory.Organisation
    kind = models.CharField(max_length=20)  # spend, cards, ap_extract
    starts_on = models.DateField()
    ends_before = models.DateField()
    sharing = models.CharField(max_length=10, choices=Sharing, default=Sharing.PRIVATE)
    state = models.CharField(max_length=12, choices=State, default=State.CURRENT)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="publication_has_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="ap_extract", sharing="PUBLIC"),
                name="ap_extract_is_never_public",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | Q(state="SUPERSEDED"),
                name="only_a_superseded_publication_names_its_successor",
            ),
        ]


class PublicationShare(models.Model):
    """One body that a publication is shared with."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="shares")
    body_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "body_id"], name="share_once_per_body")
        ]


class LakeGeneration(models.Model):
    """A state of the lake: readers take one and see only its files."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    why = models.CharField(max_length=80)


class LakeFile(models.Model):
    """An immutable Parquet file and the generations that hold it."""

    table = models.CharField(max_length=20)
    path = models.CharField(max_length=200, unique=True)  # below the lake folder
    row_count = models.BigIntegerField()
    publication = models.ForeignKey(Publication, models.PROTECT, null=True)
    source_id = models.BigIntegerField(null=True)
    added_in = models.ForeignKey(LakeGeneration, models.PROTECT, related_name="added")
    removed_in = models.ForeignKey(
        LakeGeneration, models.PROTECT, null=True, related_name="removed"
    )

    class Meta:
        indexes = [models.Index(fields=["table", "removed_in"], name="lake_file_current")]


class WorkerHeard(models.Model):
    """When each background worker last said that it was alive."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()


class JobKey(models.Model):
    """What a job is for, so that asking twice starts it once."""

    key = models.CharField(max_length=120, primary_key=True)
    job_id = models.CharField(max_length=64)
