"""Which changes to an agreement were asked for, by whom, at what price, on which ground of law?"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.agreements.engine.change_ledger import AskedBy
from moothall.agreements.engine.regimes import Reading
from moothall.agreements.engine.variation import VARIATION
from moothall.agreements.models.register import Agreement, AgreementVersion, Member
from moothall.directory.models import Organisation

LONGEST_TITLE = 200
LONGEST_FACT = 60


class ChangeBasis(models.Model):
    """What was awarded, as the law on changes asks it: beside the agreement's value and regime."""

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="change_basis")
    what = models.CharField(max_length=40, default="goods_services_sub_central")  # of thresholds
    is_light_touch = models.BooleanField(default=False)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)  # null: not recorded
    term_months = models.DecimalField(
        max_digits=7, decimal_places=2, null=True
    )  # longest, at award
    reading = models.CharField(
        max_length=5, choices=[(one.value, one.value) for one in Reading], blank=True
    )  # how legal advice adds earlier changes up; blank: nobody has said
    advised_by = models.CharField(max_length=LONGEST_TITLE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reading="") | ~Q(advised_by=""), name="a_reading_names_who_advised_it"
            )
        ]


class Variation(models.Model):
    """A change to an agreement on its way from whoever asked for it to the terms in force.

    value_pence and term_months are the change, below zero where it falls; without VAT.
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="variations")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE)
    side = models.CharField(max_length=10, choices=[(one.value, one.value) for one in AskedBy])
    organisation = models.ForeignKey(  # which member asked; null: none did
        Organisation, models.SET_NULL, null=True, related_name="variations_asked"
    )
    what = models.TextField(blank=True)
    why = models.TextField(blank=True)
    risk = models.TextField(blank=True)
    effects = models.JSONField(default=list)  # of engine.change_ledger.Effect
    text = models.TextField(blank=True)  # the deal as it would be; blank: no deal file
    value_pence = models.BigIntegerField(null=True)  # null: as running the deal says
    term_months = models.DecimalField(max_digits=7, decimal_places=2, default=Decimal(0))
    scope_is_material = models.BooleanField(null=True)
    favours_supplier = models.BooleanField(null=True)
    ground = models.CharField(max_length=40, blank=True)  # that is claimed
    in_force_from = models.DateField()
    splits_period = models.BooleanField(default=False)
    state = models.CharField(
        max_length=12,
        choices=[(state.key, state.words) for state in VARIATION.states],
        default=VARIATION.begins.key,
    )
    impact = models.JSONField(null=True)
    not_priced_because = models.TextField(blank=True)
    legal = models.JSONField(null=True)
    relied_on = models.CharField(max_length=40, blank=True)  # the ground it is made on
    small_pence = models.BigIntegerField(default=0)  # with VAT, of the room for small changes
    solicitor_said = models.TextField(blank=True)
    solicitor = models.CharField(max_length=LONGEST_TITLE, blank=True)
    solicitor_on = models.DateField(null=True)
    closed_because = models.TextField(blank=True)  # why it was refused or withdrawn
    version = models.OneToOneField(
        AgreementVersion, models.SET_NULL, null=True, related_name="variation"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    assessed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["agreement_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="one_variation_of_a_number"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ASSESSED", "APPROVED", "IN_FORCE"])
                | Q(legal__isnull=False),
                name="what_is_assessed_has_a_legal_test",
            ),
            models.CheckConstraint(
                condition=Q(solicitor_said="") | ~Q(solicitor=""),
                name="what_a_solicitor_said_names_the_solicitor",
            ),
        ]

    def __str__(self) -> str:
        return f"variation {self.number}"


class VariationAssent(models.Model):
    """A member's word that it agrees to a variation."""

    variation = models.ForeignKey(Variation, models.CASCADE, related_name="assents")
    member = models.ForeignKey(Member, models.CASCADE, related_name="assents")
    role = models.CharField(max_length=40, blank=True)  # in which it was approved; blank: signed
    decision = models.CharField(max_length=LONGEST_TITLE, blank=True)  # the record of a decision
    is_on_behalf = models.BooleanField(default=False)  # entered by the keeper, from a document
    document_name = models.CharField(max_length=LONGEST_TITLE, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["variation", "member"], name="a_member_agrees_to_a_variation_once"
            ),
            models.CheckConstraint(
                condition=Q(is_on_behalf=False) | ~Q(document_digest=""),
                name="a_word_entered_for_another_has_its_document",
            ),
        ]


class ApprovalLevel(models.Model):
    """Up to which size a role of a body approves variations, by that body's own scheme."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="approval_levels")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    up_to_pence = models.BigIntegerField(null=True)  # null: no limit
    up_to_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    asks_decision = models.BooleanField(default=False)

    class Meta:
        ordering = ["body_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["body", "role"], name="one_approval_level_of_a_role")
        ]


class NeedIndicator(models.Model):
    """What a volume that is paid for by activity should follow: a count of need."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="need_indicators")
    fact = models.CharField(max_length=LONGEST_FACT)  # of the deal: the volume
    title = models.CharField(max_length=LONGEST_TITLE)
    source = models.CharField(max_length=LONGEST_TITLE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "fact"], name="one_need_indicator_of_a_volume"
            )
        ]


class NeedReading(models.Model):
    """The need in one period, beside the volume of it where nobody reports that as a fact."""

    indicator = models.ForeignKey(NeedIndicator, models.CASCADE, related_name="readings")
    starts_on = models.DateField()
    need = models.DecimalField(max_digits=18, decimal_places=4)
    volume = models.DecimalField(max_digits=18, decimal_places=4, null=True)

    class Meta:
        ordering = ["indicator_id", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on"], name="need_is_read_once_a_period"
            )
        ]
