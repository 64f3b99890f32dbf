"""What happened in each period, who checked it, what is due for it, and what was paid?"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moothall.agreements.engine.settling import REPORTED, SETTLING
from moothall.agreements.models.register import Agreement
from moothall.directory.models import Organisation

LONGEST_REFERENCE = 60
LONGEST_KEY = 80
LONGEST_WHY = 500
LONGEST_NAME_IN_DEAL = 200  # of a party or term
CHECKED_PAIR = Q(checked_by=None, checked_at=None) | Q(
    checked_by__isnull=False, checked_at__isnull=False
)


class Settlement(models.Model):
    """One period of an agreement's deal on its way from its facts to its payment.

    round : 1; a later one holds only what was corrected after the last period was settled
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="settlements")
    starts_on = models.DateField()
    ends_before = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=20,
        choices=[(state.key, state.words) for state in SETTLING.states],
        default=SETTLING.begins.key,
    )
    due_on = models.DateField(null=True)  # by when its facts are asked for
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["agreement_id", "starts_on", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "starts_on", "round"], name="a_period_is_settled_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="a_settled_period_has_a_day"
            ),
            models.CheckConstraint(
                condition=CHECKED_PAIR,
                name="settlement_checked_by_and_at_go_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}, from {self.starts_on}"


class FactsReport(models.Model):
    """What was said of one period, as it came. A later report corrects it; none is changed."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="reports")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="facts_reports"
    )  # whose word it is
    values = models.JSONField()  # fact -> its value as decimal text
    evidence = models.TextField(blank=True)
    key = models.CharField(max_length=LONGEST_KEY)  # the sender's own: sent twice, kept once
    digest = models.CharField(max_length=64)  # of what was sent
    state = models.CharField(
        max_length=20, choices=[(state.key, state.words) for state in REPORTED.states]
    )
    is_on_behalf = models.BooleanField(default=False)  # entered by another body's person
    is_correction = models.BooleanField(default=False)  # of a period that was stated already
    by = models.ForeignKey(  # null: by whoever held a one-time link
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)  # alone, where a one-time link confirmed it
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)
    sent_back_why = models.CharField(max_length=LONGEST_WHY, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "organisation", "key"], name="facts_of_a_key_are_kept_once"
            ),
            models.CheckConstraint(
                condition=CHECKED_PAIR,
                name="report_checked_by_and_at_go_together",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class FactsLink(models.Model):
    """A link by which whoever has no account here sends, or confirms, the facts of a period once.

    Only the digest of its secret is kept.
    """

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="links")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="facts_links")
    report = models.ForeignKey(  # the one to be confirmed; null: facts are to be sent
        FactsReport, models.CASCADE, null=True, related_name="links"
    )
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class FactsKey(models.Model):
    """A key by which a provider's system sends the facts of one agreement and reads statements.

    Only the digest of its secret is kept. What it does is done by the person who made it.
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="facts_keys")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="facts_keys")
    name = models.CharField(max_length=LONGEST_REFERENCE)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]


class Statement(models.Model):
    """What is due for a period, as it was worked out: its inputs and its lines in one text."""

    settlement = models.OneToOneField(Settlement, models.CASCADE, related_name="statement")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()
    text = models.TextField()  # JSON: worked out again, it is the same to the byte
    digest = models.CharField(max_length=64)  # of the text
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["agreement_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="one_statement_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"statement {self.number}"


class PaymentApproval(models.Model):
    """One person's word that a statement may be paid. It takes two."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "by"], name="a_person_approves_a_statement_once"
            )
        ]


class Invoice(models.Model):
    """What one party sends another for a statement, and when a valid one arrived."""

    class Kind(models.TextChoices):
        INVOICE = "INVOICE", "invoice"
        SELF_BILLING = "SELF_BILLING", "self-billing"
        NONE = "NONE", "none: nothing is supplied for it"

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="invoices")
    payer = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    payee = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    kind = models.CharField(max_length=12, choices=Kind)
    reference = models.CharField(max_length=LONGEST_REFERENCE, blank=True)
    arrived_on = models.DateField()  # a valid one
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "payer", "payee"], name="one_invoice_a_statement_and_pair"
            )
        ]


class Payment(models.Model):
    """Money that one party paid another: the lines that name it, net of VAT and with it."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="payments")
    payer = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    payee = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    paid_on = models.DateField()
    reference = models.CharField(max_length=LONGEST_REFERENCE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class StatementLine(models.Model):
    """One line of a statement: what a term has one party pay another."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    term = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    payer = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    payee = models.CharField(max_length=LONGEST_NAME_IN_DEAL)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    because = models.TextField()
    adjusts_on = models.DateField(null=True)  # first day of the earlier period that it adjusts
    payment = models.ForeignKey(Payment, models.SET_NULL, null=True, related_name="lines")

    class Meta:
        ordering = ["statement_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "place"], name="a_line_has_its_place")
        ]

    def __str__(self) -> str:
        return f"line {self.place}"


class LineDispute(models.Model):
    """A body's word that a line is not to be paid as it stands, until that is resolved."""

    class Outcome(models.TextChoices):
        AS_STATED = "AS_STATED", "it is paid as stated"
        ADJUSTED = "ADJUSTED", "it is paid with an adjustment in the next statement"

    line = models.ForeignKey(StatementLine, models.CASCADE, related_name="disputes")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="line_disputes")
    why = models.CharField(max_length=LONGEST_WHY)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    how = models.CharField(max_length=LONGEST_WHY, blank=True)  # how it was resolved
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(resolved_at=None),
                name="a_line_is_disputed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(resolved_by=None) & Q(resolved_at=None) & Q(outcome=""))
                | (Q(resolved_by__isnull=False) & Q(resolved_at__isnull=False) & ~Q(outcome="")),
                name="a_dispute_is_resolved_by_at_and_how",
            ),
        ]
