"""Which partnerships and contracts are there, between whom, on which terms, signed by whom?"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moothall.agreements.engine.life import LIFE
from moothall.agreements.models.drafts import Draft
from moothall.directory.models import Organisation


class Agreement(models.Model):
    """What bodies have agreed, or are about to: a partnership, a company, a contract, a compact.

    One body keeps the record; its terms are those of its latest version in force.
    """

    class Prevails(models.TextChoices):
        DOCUMENT = "document", "the signed document"
        DEAL = "deal", "the deal file"

    class Regime(models.TextChoices):
        """The law under which it was bought, which also says how it may be changed."""

        PCR_2015 = "PCR_2015", "Public Contracts Regulations 2015"
        CCR_2016 = "CCR_2016", "Concession Contracts Regulations 2016"
        PSR_2023 = "PSR_2023", "Provider Selection Regime 2023"
        PA_2023 = "PA_2023", "Procurement Act 2023"
        BELOW_THRESHOLD = "BELOW_THRESHOLD", "below the threshold"
        EXEMPT = "EXEMPT", "exempt from procurement law"
        GRANT = "GRANT", "a grant"

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="agreements")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)  # a key of catalogues/kinds_of_agreement.toml
    reference = models.CharField(max_length=60, blank=True)  # the keeper's own number for it
    purpose = models.TextField(blank=True)
    outcomes = models.TextField(blank=True)  # one to a line
    area = models.CharField(max_length=200, blank=True)  # where it acts
    power = models.CharField(max_length=200, blank=True)  # the legal power it rests on
    answers_to = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True)
    ends_before = models.DateField(null=True)
    review_on = models.DateField(null=True)
    notice_months = models.PositiveSmallIntegerField(null=True)
    leaving_terms = models.TextField(blank=True)
    value_pence = models.BigIntegerField(null=True)  # at award, over its whole life, without VAT
    regime = models.CharField(max_length=20, choices=Regime, blank=True)  # blank: not recorded
    regime_began_on = models.DateField(null=True)  # when its procurement commenced
    state = models.CharField(
        max_length=20, choices=[(state.key, state.words) for state in LIFE.states], default="DRAFT"
    )
    prevails = models.CharField(max_length=10, choices=Prevails, blank=True)
    is_existing = models.BooleanField(default=False)  # recorded as it was found, in force
    is_public = models.BooleanField(default=False)
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="agreements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None)
                | Q(ends_before=None)
                | Q(ends_before__gt=F("starts_on")),
                name="agreement_lasts_a_day_or_more",
            ),
            models.UniqueConstraint(
                fields=["body", "reference"],
                condition=~Q(reference=""),
                name="one_agreement_of_a_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def members_today(self) -> "tuple[Member, ...]":
        """Those that have not left; asked for once, where they were fetched with the agreement."""
        held = self.members.all()
        if "members" not in getattr(self, "_prefetched_objects_cache", {}):
            held = held.filter(left_on=None).select_related("organisation")
        return tuple(member for member in held if member.left_on is None)


class Member(models.Model):
    """A body's part in an agreement, from a day until it leaves."""

    class Role(models.TextChoices):
        LEAD = "lead", "lead"
        PARTNER = "partner", "partner"
        COMMISSIONER = "commissioner", "commissioner"
        PROVIDER = "provider", "provider"
        FUNDER = "funder", "funder"
        OWNER = "owner", "owner"
        OBSERVER = "observer", "observer"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    party = models.CharField(max_length=60, blank=True)  # which party of the deal it is
    gets = models.CharField(max_length=300, blank=True)  # what is in it for that body
    joined_on = models.DateField(null=True)
    notice_on = models.DateField(null=True)  # when it gave notice
    leaves_on = models.DateField(null=True)  # the last day that it gave notice for
    leaving_because = models.CharField(max_length=300, blank=True)  # of notice that is short
    left_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                condition=Q(left_on=None),
                name="a_body_is_a_member_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(joined_on=None) | Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="a_member_leaves_after_it_joins",
            ),
            models.CheckConstraint(
                condition=Q(notice_on=None, leaves_on=None)
                | Q(notice_on__isnull=False, leaves_on__gte=F("notice_on")),
                name="a_member_leaves_after_its_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_role_display()}"


class AgreementVersion(models.Model):
    """The terms as they stood from one day on. A later version follows it; none is changed."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()  # a deal file
    digest = models.CharField(max_length=64)
    in_force_from = models.DateField(null=True)  # null: not yet
    splits_period = models.BooleanField(default=False)  # the period of that day goes by days
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["agreement_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="one_agreement_version_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Execution(models.Model):
    """That one member has signed one version, as it was recorded: how, by whom, and what."""

    class Method(models.TextChoices):
        SEAL = "seal", "under seal"
        HAND = "hand", "by hand"
        E_SIGNATURE = "e-signature", "by e-signature"

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="executions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="executions")
    method = models.CharField(max_length=12, choices=Method)
    signatory = models.ForeignKey(  # null: who signed does not sign in here
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="executions"
    )
    signatory_name = models.CharField(max_length=120)
    authority = models.CharField(max_length=200)  # the role held, or what the party says it is
    signed_on = models.DateField()
    document_name = models.CharField(max_length=200)
    document_digest = models.CharField(max_length=64)  # sha256 of the executed document
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "member"], name="a_member_executes_a_version_once"
            )
        ]
