"""Who there is: organisations through time, people, and the roles they hold."""

from datetime import date
from decimal import Decimal
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

# Other slices meet this one at its front doors: they take these three names from here.
from moothall.directory.engine.exempt import ExemptUnder as ExemptUnder
from moothall.directory.engine.roles import MAY as MAY
from moothall.directory.engine.roles import Deed as Deed
from moothall.directory.engine.roles import Role as Role


class Organisation(models.Model):
    """A body that acts in the place: council, health body, police, company, charity."""

    class Kind(models.TextChoices):
        COUNCIL = "council", "council"
        COMBINED_AUTHORITY = "combined authority", "combined authority"
        HEALTH = "health body", "health body"
        POLICE = "police", "police"
        FIRE = "fire and rescue", "fire and rescue"
        SCHOOL = "school or college", "school or college"
        GOVERNMENT = "government", "government department or agency"
        OTHER_PUBLIC = "other public body", "other public body"
        COMPANY = "company", "company"
        CHARITY = "charity", "charity"
        MUTUAL = "mutual", "mutual"
        COMMUNITY_GROUP = "community group", "community group"

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.COUNCIL)
    gss_code = models.CharField(max_length=9, blank=True)
    is_of_the_place = models.BooleanField(default=True)  # one of the place's own public bodies
    began_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(began_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("began_on")),
                name="organisation_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AlternativeName(models.Model):
    """Another name that a body goes by, or went by: 'LBC', 'Borough of X'."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "organisation", name="alternative_name_once_per_body"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """One body takes over all or part of another: from which day, and what share.

    Shares of one predecessor on one day add up to 1 when it ends, or to less when it goes on.
    """

    predecessor = models.ForeignKey(Organisation, models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Organisation, models.CASCADE, related_name="accessions")
    on = models.DateField()
    share = models.DecimalField(max_digits=7, decimal_places=6, default=Decimal(1))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "on"], name="succession_once_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="no_body_succeeds_itself"
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0) & Q(share__lte=1), name="succession_share_is_a_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} to {self.successor} on {self.on}"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Add a person; without a password they cannot sign in until they set one."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email__iexact=email)


class Person(AbstractBaseUser):
    """Someone who signs in. What they may do comes from the roles they hold, per body."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email_address")]

    def __str__(self) -> str:
        return self.name

    @property
    def person_id(self) -> int:
        return self.pk

    @cached_property
    def _deeds(self) -> frozenset[tuple[Deed, int]]:
        held = self.roles.in_force(timezone.localdate()).values_list("role", "organisation_id")
        return frozenset((deed, body) for role, body in held for deed in MAY[Role(role)])

    def holds(self, deed: Deed, on: int) -> bool:
        """Whether a role that they hold today at the body `on` allows `deed`.

        Asked many times for one page: roles are read once per loaded person.
        """
        return self.is_active and (deed, on) in self._deeds


class RoleHeldQuerySet(models.QuerySet["RoleHeld"]):
    def in_force(self, day: date) -> "RoleHeldQuerySet":
        return self.filter(starts_on__lte=day).filter(
            Q(ends_before__isnull=True) | Q(ends_before__gt=day)
        )


class RoleHeld(models.Model):
    """A person's role at one body, from a day until before another."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=30, choices=[(role.value, role.words) for role in Role])
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)
    # A deputy acts with the role's own powers, and never for longer than whom they stand in for.
    deputy_for = models.ForeignKey("self", models.CASCADE, null=True, related_name="deputies")

    objects = RoleHeldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="role_is_held_for_a_day_or_more",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="role_is_a_known_role"
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role", "starts_on"],
                name="role_begins_once_a_day",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="role_held_by_body")]

    def __str__(self) -> str:
        return f"{self.person}, {Role(self.role).words} of {self.organisation}"


class DeclaredInterest(models.Model):
    """What a person has told a body about their own or their partner's interests."""

    class Kind(models.TextChoices):
        """The headings of the disclosable interests regulations (S.I. 2012/1464), and other."""

        EMPLOYMENT = "EMPLOYMENT", "employment, office, trade, profession or vocation"
        SPONSORSHIP = "SPONSORSHIP", "sponsorship"
        CONTRACTS = "CONTRACTS", "contracts"
        LAND = "LAND", "land"
        LICENCES = "LICENCES", "licences"
        TENANCIES = "TENANCIES", "corporate tenancies"
        SECURITIES = "SECURITIES", "securities"
        GIFT = "GIFT", "gift or hospitality"
        OTHER = "OTHER", "another interest"

    person = models.ForeignKey(Person, models.CASCADE, related_name="interests")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=12, choices=Kind)
    what = models.CharField(max_length=300)
    declared_on = models.DateField()
    ended_on = models.DateField(null=True)
    # Details withheld from the public register: Localism Act 2011, section 32.
    is_sensitive = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("declared_on")),
                name="interest_ends_after_it_is_declared",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"
