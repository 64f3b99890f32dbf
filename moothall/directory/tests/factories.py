"""Bodies, people and roles for tests."""

from datetime import date
from decimal import Decimal

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from moothall.directory import models
from moothall.directory.engine.roles import Role

PASSWORD = "correct-horse-battery"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence(lambda n: f"Borough {n}")
    slug = factory.Sequence(lambda n: f"borough-{n}")


class AlternativeNameFactory(DjangoModelFactory):
    class Meta:
        model = models.AlternativeName

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"BC {n}")


class SuccessionFactory(DjangoModelFactory):
    class Meta:
        model = models.Succession

    predecessor = factory.SubFactory(OrganisationFactory)
    successor = factory.SubFactory(OrganisationFactory)
    on = date(2023, 4, 1)
    share = Decimal(1)


class PersonFactory(DjangoModelFactory):
    """Someone who can sign in with PASSWORD."""

    class Meta:
        model = models.Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def sign_in(self, create, extracted, **kwargs):
        self.set_password(PASSWORD)
        self.save(update_fields=["password"])
        EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class RoleHeldFactory(DjangoModelFactory):
    class Meta:
        model = models.RoleHeld

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.FINANCE_OFFICER.value
    starts_on = date(2020, 4, 1)


class DeclaredInterestFactory(DjangoModelFactory):
    class Meta:
        model = models.DeclaredInterest

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    kind = models.DeclaredInterest.Kind.LAND
    what = "A field by the canal"
    declared_on = date(2024, 5, 1)
