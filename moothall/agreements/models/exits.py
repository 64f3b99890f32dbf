"""How would an agreement be left, at what cost, and how far is its ending carried out?"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moothall.agreements.engine.exit_plan import parts
from moothall.agreements.models.register import Agreement, Member

LONGEST_WHAT = 300
LONGEST_SAID = 500
PARTS = [(key, part.label) for key, part in parts().items()]


class ExitPart(models.Model):
    """One part of an exit plan: when it was last checked, or why there is nothing of the kind."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="exit_parts")
    part = models.CharField(max_length=20, choices=PARTS)
    none_because = models.CharField(max_length=LONGEST_SAID, blank=True)
    checked_on = models.DateField(null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "part"], name="one_exit_part_of_a_kind"),
            models.CheckConstraint(
                condition=Q(checked_on=None, checked_by=None)
                | Q(checked_on__isnull=False, checked_by__isnull=False),
                name="exit_part_checked_on_and_by_go_together",
            ),
        ]


class ExitItem(models.Model):
    """One thing that an exit plan says, and once the agreement is ending, whether it is done."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="exit_items")
    part = models.CharField(max_length=20, choices=PARTS)
    what = models.CharField(max_length=LONGEST_WHAT)
    detail = models.TextField(blank=True)
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="exit_items")
    days_before = models.SmallIntegerField(default=30)  # the last day; below zero: after it
    done_on = models.DateField(null=True)
    evidence = models.CharField(max_length=LONGEST_SAID, blank=True)
    set_aside_because = models.CharField(max_length=LONGEST_SAID, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None) | (~Q(evidence="") & Q(set_aside_because="")),
                name="an_exit_item_is_done_with_evidence_or_set_aside",
            )
        ]

    def __str__(self) -> str:
        return self.what


class ExitCostLine(models.Model):
    """A cost of leaving beside what the deal's own terms charge, and who bears which share."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="exit_cost_lines")
    what = models.CharField(max_length=LONGEST_WHAT)
    low_pence = models.BigIntegerField()
    mode_pence = models.BigIntegerField()
    high_pence = models.BigIntegerField()
    written_off_from = models.DateField(null=True)
    months = models.PositiveSmallIntegerField(default=0)
    shares = models.JSONField(default=dict)  # member's key -> its share as decimal text
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(low_pence__gte=0)
                & Q(low_pence__lte=F("mode_pence"))
                & Q(mode_pence__lte=F("high_pence")),
                name="an_exit_cost_runs_from_least_to_most",
            )
        ]


class ExitStake(models.Model):
    """What a member has put in, or stands to lose when another leaves. Evidence makes it count."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="exit_stakes")
    member = models.ForeignKey(Member, models.CASCADE, related_name="exit_stakes")
    what = models.CharField(max_length=LONGEST_WHAT)
    pence = models.BigIntegerField()
    evidence = models.CharField(max_length=LONGEST_SAID, blank=True)
    written_off_from = models.DateField(null=True)
    months = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class ExitRehearsal(models.Model):
    """One rehearsal of an exit: what was asked, and what it showed."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="exit_rehearsals")
    held_on = models.DateField()
    answers = models.JSONField()  # check -> {"passed": bool, "note": text}
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-pk"]


class Ending(models.Model):
    """That an agreement is being ended, on which day, and who leaves it; then that it has ended."""

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="ending")
    ends_on = models.DateField()  # its last day
    why = models.CharField(max_length=LONGEST_SAID)
    leaver = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="endings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="ending_closed_by_and_at_go_together",
            )
        ]
