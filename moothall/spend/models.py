"""What people decided about published spend, and the record of each load."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.core.models import Publication
from moothall.directory.models import Organisation


class Load(models.Model):
    """One run of loading files for one body."""

    body = models.ForeignKey(Organisation, models.PROTECT, related_name="loads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField()
    report = models.JSONField()  # what `moothall spend ingest --format json` prints

    class Meta:
        ordering = ["-at", "-id"]


class SourceFile(models.Model):
    """One published file as read: its bytes by hash, its counts, and where it stands."""

    class Status(models.TextChoices):
        LOADED = "loaded", "loaded"
        REFUSED = "refused", "refused"
        SUPERSEDED = "superseded", "replaced by a later file"

    id = models.BigIntegerField(primary_key=True)  # minted: every line carries it
    load = models.ForeignKey(Load, models.PROTECT, related_name="files")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="source_files")
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, related_name="files")
    name = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status)
    refusal = models.TextField(blank=True)
    rows_read = models.BigIntegerField(default=0)
    rows_kept = models.BigIntegerField(default=0)
    rows_set_aside = models.BigIntegerField(default=0)
    rows_blank = models.BigIntegerField(default=0)
    rows_without_amount = models.BigIntegerField(default=0)
    kept_pence = models.BigIntegerField(default=0)
    set_aside_pence = models.BigIntegerField(default=0)
    control_pence = models.BigIntegerField(default=0)
    first_date = models.DateField(null=True)
    last_date = models.DateField(null=True)
    reading = models.JSONField(default=dict)  # mapping, encoding, control totals, reasons, warnings
    changes = models.JSONField(default=dict)  # against the file it replaced, in rows and pounds

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "sha256"],
                condition=Q(status="loaded"),
                name="one_loaded_file_per_bytes",
            ),
            models.CheckConstraint(
                condition=Q(rows_read=models.F("rows_kept") + models.F("rows_set_aside")),
                name="rows_read_are_kept_or_set_aside",
            ),
            models.CheckConstraint(
                condition=Q(status="refused", publication__isnull=True)
                | (~Q(status="refused") & Q(publication__isnull=False)),
                name="a_read_file_belongs_to_a_publication",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """Files that a person handed over, from the moment they arrive until they are loaded.

    The files lie in a private folder below MOOTHALL_HOME and go as soon as they are loaded.
    """

    class State(models.TextChoices):
        LOOKING = "LOOKING", "being looked at"
        WAITING = "WAITING", "waits for you"
        LOADING = "LOADING", "being loaded"
        SORTING = "SORTING", "loaded; suppliers and categories are being sorted"
        DONE = "DONE", "loaded"
        FAILED = "FAILED", "not loaded"

    token = models.CharField(max_length=32, primary_key=True)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.LOOKING)
    files = models.JSONField(default=list)  # [name, bytes] of each, in the order given
    report = models.JSONField(default=dict)  # what `moothall spend ingest --format json` prints
    refusal = models.TextField(blank=True)
    load = models.ForeignKey(Load, models.PROTECT, null=True, related_name="uploads")

    class Meta:
        ordering = ["-at"]


class BodyMapping(models.Model):
    """Which column means what, as a person confirmed it for one header layout of a body."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="mappings")
    header = models.CharField(max_length=64)  # digest of the header cells
    mapping = models.JSONField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "header"], name="one_mapping_per_header")
        ]


class RowCorrection(models.Model):
    """A set-aside row that a person mended and loaded."""

    source = models.ForeignKey(SourceFile, models.CASCADE, related_name="corrections")
    sheet = models.CharField(max_length=120, blank=True)
    row = models.IntegerField()
    values = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "sheet", "row"], name="a_row_is_corrected_once"
            )
        ]


class MatchDecision(models.Model):
    """A person's word on two names: the same supplier, or not. Undone, never deleted."""

    class Verdict(models.TextChoices):
        SAME = "SAME", "the same supplier"
        DIFFERENT = "DIFFERENT", "different suppliers"

    name_key = models.BigIntegerField()
    other_key = models.BigIntegerField()
    rests_on = models.JSONField(default=list)  # body ids whose rows the evidence comes from
    why = models.TextField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "other_key"],
                condition=Q(undone_at=None),
                name="one_standing_decision_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(name_key__lt=models.F("other_key")), name="pair_is_in_order"
            ),
        ]


class CategoryCorrection(models.Model):
    """A person's word on what a kind of line is. Holds for files still to come."""

    class Scope(models.TextChoices):
        SUPPLIER = "SUPPLIER", "everything from this supplier"
        PUBLISHED = "PUBLISHED", "everything published under this category"
        SIGNATURE = "SIGNATURE", "lines exactly like this one"

    body = models.ForeignKey(Organisation, models.CASCADE, null=True)  # null: every body
    scope = models.CharField(max_length=10, choices=Scope)
    matches = models.TextField()  # supplier id, published category text, or category key
    category = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)


class Register(models.Model):
    """A register of organisations as it was last loaded: whole, under a name of its own."""

    name = models.CharField(max_length=80, unique=True)
    file_name = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64)
    rows_read = models.BigIntegerField()
    rows_kept = models.BigIntegerField()
    rows_set_aside = models.BigIntegerField()
    rows_blank = models.BigIntegerField()
    reading = models.JSONField(default=dict)  # columns found, reasons, what holds for every one
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_read=models.F("rows_kept") + models.F("rows_set_aside")),
                name="register_rows_are_kept_or_set_aside",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RegisterAside(models.Model):
    """A row of a register that is no entry of its own, and why."""

    register = models.ForeignKey(Register, models.CASCADE, related_name="aside")
    sheet = models.CharField(max_length=120, blank=True)
    row = models.IntegerField()
    reason = models.CharField(max_length=30)
    sentence = models.TextField()
    cells = models.JSONField()

    class Meta:
        ordering = ["pk"]


class RegisterEntry(models.Model):
    """An organisation in an uploaded register, to tell local, small, charity and mutual apart."""

    register = models.CharField(max_length=80)
    name = models.CharField(max_length=300)
    name_skeleton = models.CharField(max_length=300, db_index=True)
    legal_form = models.CharField(max_length=10, blank=True)
    company_number = models.CharField(max_length=12, blank=True, db_index=True)
    charity_number = models.CharField(max_length=12, blank=True, db_index=True)
    postcode = models.CharField(max_length=10, blank=True)
    is_small = models.BooleanField(null=True)
    is_third_sector = models.BooleanField(null=True)
    is_mutual = models.BooleanField(null=True)
    is_public_body = models.BooleanField(null=True)


class RedactionDecision(models.Model):
    """A person's word on a payee's name: withhold it or show it. Holds for files still to come."""

    class Scope(models.TextChoices):
        SUPPLIER_REF = "SUPPLIER_REF", "every name under one supplier id"
        NAME = "NAME", "one name"

    class Verdict(models.TextChoices):
        REDACT = "REDACT", "withhold the name"
        PUBLISH = "PUBLISH", "show the name"

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="redaction_decisions")
    scope = models.CharField(max_length=12, choices=Scope)
    matches = models.TextField()  # the id without spaces, or the folded name
    verdict = models.CharField(max_length=7, choices=Verdict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "scope", "matches"],
                condition=Q(undone_at=None),
                name="one_standing_word_per_payee",
            )
        ]


class Release(models.Model):
    """A quarter's payments as published under the Transparency Code, with its proof."""

    body = models.ForeignKey(Organisation, models.PROTECT, related_name="releases")
    starts_on = models.DateField()
    ends_before = models.DateField()
    edition = models.IntegerField()
    replaces = models.OneToOneField("self", models.RESTRICT, null=True, related_name="replaced_by")
    basis = models.CharField(max_length=20)  # kind of publication it is derived from
    folder = models.CharField(max_length=80, unique=True)  # below the folder of releases
    manifest_sha256 = models.CharField(max_length=64)
    row_count = models.BigIntegerField()
    published_pence = models.BigIntegerField()
    proof = models.JSONField()  # what `moothall spend publish --format json` prints as proof
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "starts_on", "ends_before", "edition"],
                name="one_release_per_edition",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=models.F("starts_on")), name="release_has_a_day"
            ),
        ]


class Purge(models.Model):
    """A deed by two people: a value that was published in error, taken out everywhere."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "waits for a second person"
        REFUSED = "REFUSED", "refused"
        CONFIRMED = "CONFIRMED", "confirmed, being carried out"
        DONE = "DONE", "carried out"

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="purges")
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    value = models.TextField(blank=True)  # emptied when the purge is carried out or refused
    reason = models.CharField(max_length=20)  # a code of queries.purges.REASONS: no free text
    found = models.JSONField(default=dict)  # where it stands: counts, and the tombstones after
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None) | ~Q(state="REQUESTED"),
                name="a_settled_purge_is_not_requested",
            ),
            models.CheckConstraint(
                condition=Q(value="") | Q(state__in=["REQUESTED", "CONFIRMED"]),
                name="a_finished_purge_holds_no_value",
            ),
        ]


class PublicBodyDecision(models.Model):
    """A person's word on a payee of one body: this organisation, or none that is known here.

    It holds for every line of that body under the name, those still to come among them.
    """

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="+")  # who pays
    name = models.CharField(max_length=300)  # as published
    name_skeleton = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "name_skeleton"],
                condition=Q(undone_at=None),
                name="one_standing_word_on_a_payee",
            )
        ]


class ErrorReport(models.Model):
    """What someone says is wrong on a public page, and what came of it. Never shown in public."""

    supplier_id = models.BigIntegerField()
    bodies = models.JSONField(default=list)  # ids of the bodies whose payments the page shows
    said = models.TextField(max_length=2000)
    email = models.EmailField(blank=True)  # only if they want an answer
    at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(answered_at__isnull=False),
                name="error_report_answered_at_and_by_go_together",
            )
        ]
