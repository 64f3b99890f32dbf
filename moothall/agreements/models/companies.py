"""Which companies and mutuals do public bodies hold, with whom, at what risk, on which plan?"""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from moothall.agreements.engine.company_year import PLAN_LIFE
from moothall.agreements.engine.exposure import Standing
from moothall.agreements.models.register import Agreement
from moothall.directory.models import Organisation


class Dated(models.QuerySet[Any]):
    """Rows that hold from a day until before another."""

    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day).filter(Q(ends_before=None) | Q(ends_before__gt=day))


class Company(models.Model):
    """The record of a company or a mutual, kept by one of the bodies that stand behind it."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="companies_kept")
    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="company")
    agreement = models.ForeignKey(
        Agreement, models.SET_NULL, null=True, related_name="companies"
    )  # the one under which it was set up
    form = models.CharField(max_length=30)  # a key of rules/company_forms.toml
    registered_number = models.CharField(max_length=20, blank=True)
    purpose = models.TextField(blank=True)
    began_on = models.DateField(null=True)
    reserved_matters = models.PositiveSmallIntegerField(null=True)  # null: not recorded
    # What the test for a public service mutual asks; null: not known.
    delivers_services = models.BooleanField(null=True)
    shares_profit_outside = models.BooleanField(null=True)
    employees_control = models.BooleanField(null=True)
    is_public = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["organisation__name"]

    def __str__(self) -> str:
        return self.organisation.name


class HoldingClass(models.Model):
    """A class of shares, or of members: what each share or place in it carries."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="classes")
    name = models.CharField(max_length=80)
    is_share = models.BooleanField(default=True)  # else a place as a member
    votes = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_class_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """How much of a class one holder has, from a day until before another."""

    of_class = models.ForeignKey(HoldingClass, models.CASCADE, related_name="holdings")
    holder = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="holdings")
    holder_name = models.CharField(max_length=200, blank=True)  # who is no body: 'Employees'
    count = models.BigIntegerField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(holder__isnull=False, holder_name="")
                | (Q(holder__isnull=True) & ~Q(holder_name="")),
                name="a_holding_has_one_holder",
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="a_holding_is_of_something"),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gte=F("starts_on")),
                name="a_holding_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.holder.name if self.holder else self.holder_name


class Directorship(models.Model):
    """A seat on a company's board: who sits in it, named by whom. Nameless: to be filled."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="directorships")
    name = models.CharField(max_length=120, blank=True)
    appointed_by = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, related_name="directorships"
    )
    votes = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gte=F("starts_on")),
                name="a_directorship_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name or "to be filled"


class DirectorConflict(models.Model):
    """An interest that a director declared in one item, and what was done about it."""

    class Done(models.TextChoices):
        LEFT = "LEFT", "left the room"
        NO_VOTE = "NO_VOTE", "stayed and did not vote"
        ALLOWED = "ALLOWED", "was allowed to vote"

    directorship = models.ForeignKey(Directorship, models.CASCADE, related_name="conflicts")
    item = models.CharField(max_length=200)
    met_on = models.DateField()
    interest = models.CharField(max_length=300)
    done = models.CharField(max_length=10, choices=Done)
    allowed_by = models.CharField(max_length=200, blank=True)  # who allowed it, under what

    class Meta:
        ordering = ["-met_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(done="ALLOWED") | ~Q(allowed_by=""),
                name="a_conflict_is_allowed_by_somebody",
            )
        ]


class CompanyYear(models.Model):
    """A company's year: its work for its owners and for others, and what its accounts say."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="years")
    ends_on = models.DateField()
    own_pence = models.BigIntegerField()  # turnover from the bodies that control it
    other_pence = models.BigIntegerField()
    is_projection = models.BooleanField(default=False)
    distributable_pence = models.BigIntegerField(null=True)  # accumulated, at the end of the year
    net_assets_pence = models.BigIntegerField(null=True)
    # From the body that keeps the record: for the business-relationship test.
    paid_pence = models.BigIntegerField(null=True)
    grants_and_shares_pence = models.BigIntegerField(null=True)
    has_cheap_land = models.BooleanField(null=True)

    class Meta:
        ordering = ["-ends_on"]
        constraints = [
            models.UniqueConstraint(fields=["company", "ends_on"], name="a_company_year_ends_once"),
            models.CheckConstraint(
                condition=Q(own_pence__gte=0) & Q(other_pence__gte=0),
                name="turnover_is_not_below_nothing",
            ),
        ]


class CompanyExposure(models.Model):
    """What one body stands to lose in a company: equity, loan, guarantee or unpaid balance."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="exposures")
    holder = models.ForeignKey(Organisation, models.CASCADE, related_name="exposures")
    standing = models.CharField(
        max_length=10, choices=[(each.value, each.words) for each in Standing]
    )
    pence = models.BigIntegerField()
    what = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="an_exposure_is_of_something"),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gte=F("starts_on")),
                name="an_exposure_ends_after_it_begins",
            ),
        ]


class ReservesLevel(models.Model):
    """The usable reserves of a body on a day, against which its exposure is held."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="reserves_levels")
    on = models.DateField()
    pence = models.BigIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["body", "on"], name="reserves_once_a_day")]


class BusinessPlan(models.Model):
    """A company's plan for a year, which its owners approve or refuse."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="plans")
    starts_on = models.DateField()
    name = models.CharField(max_length=120)
    state = models.CharField(
        max_length=10,
        choices=[(state.key, state.words) for state in PLAN_LIFE.states],
        default=PLAN_LIFE.begins.key,
    )
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="plan_decided_at_and_by_go_together",
            ),
            models.CheckConstraint(
                condition=~Q(state="REFUSED") | ~Q(why=""), name="a_plan_is_refused_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanLine(models.Model):
    """A line of a plan: what is planned and what came of it, by quarter, in whole pence."""

    plan = models.ForeignKey(BusinessPlan, models.CASCADE, related_name="lines")
    title = models.CharField(max_length=120)
    is_income = models.BooleanField()
    planned_1 = models.BigIntegerField(default=0)
    planned_2 = models.BigIntegerField(default=0)
    planned_3 = models.BigIntegerField(default=0)
    planned_4 = models.BigIntegerField(default=0)
    actual_1 = models.BigIntegerField(null=True)
    actual_2 = models.BigIntegerField(null=True)
    actual_3 = models.BigIntegerField(null=True)
    actual_4 = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-is_income", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "title"], name="one_plan_line_of_a_title")
        ]


class Dividend(models.Model):
    """A dividend declared out of the profits that were there at the end of a year."""

    year = models.ForeignKey(CompanyYear, models.CASCADE, related_name="dividends")
    pence = models.BigIntegerField()
    declared_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-declared_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="a_dividend_is_of_something")
        ]


class DividendShare(models.Model):
    """What one shareholder gets of a dividend."""

    dividend = models.ForeignKey(Dividend, models.CASCADE, related_name="parts")
    holder = models.CharField(max_length=200)
    shares = models.BigIntegerField()
    pence = models.BigIntegerField()

    class Meta:
        ordering = ["-pence", "holder"]


class RouteKept(models.Model):
    """What the legal-route helper answered, kept by a body, and what its solicitor said of it."""

    body = models.ForeignKey(Organisation, models.CASCADE, related_name="routes_kept")
    name = models.CharField(max_length=200)
    facts = models.JSONField()
    result = models.JSONField()
    solicitor = models.CharField(max_length=120, blank=True)
    confirmed_on = models.DateField(null=True)
    confirmation = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_on=None, solicitor="")
                | (Q(confirmed_on__isnull=False) & ~Q(solicitor="")),
                name="a_solicitor_confirms_on_a_day",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Novation(models.Model):
    """That one thing of a body that was abolished passed to a successor, whole or in part."""

    class Thing(models.TextChoices):
        AGREEMENT = "AGREEMENT", "an agreement"
        HOLDING = "HOLDING", "a holding"
        EXPOSURE = "EXPOSURE", "an exposure"
        SEATS = "SEATS", "seats on a board"
        RECORD = "RECORD", "the record of a company"

    class How(models.TextChoices):
        ORDER = "ORDER", "by the order that abolished it"
        DEED = "DEED", "by a deed of novation"

    predecessor = models.ForeignKey(Organisation, models.CASCADE, related_name="novations_from")
    successor = models.ForeignKey(Organisation, models.CASCADE, related_name="novations_to")
    on = models.DateField()
    thing = models.CharField(max_length=10, choices=Thing)
    agreement = models.ForeignKey(Agreement, models.CASCADE, null=True, related_name="novations")
    company = models.ForeignKey(Company, models.CASCADE, null=True, related_name="novations")
    what = models.CharField(max_length=300)
    share = models.DecimalField(max_digits=7, decimal_places=6)
    quantity = models.BigIntegerField(null=True)  # pence, shares or seats; null: cannot be counted
    how = models.CharField(max_length=6, choices=How)
    document_name = models.CharField(max_length=200, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lte=1), name="a_novated_share_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, company=None)
                | Q(agreement=None, company__isnull=False),
                name="a_novation_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(how="DEED") | ~Q(document_digest=""),
                name="a_deed_of_novation_is_attached",
            ),
        ]
