"""Decisions for tests."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from moothall.decisions import models
from moothall.directory.models import ExemptUnder
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = models.Decision

    body = factory.SubFactory(OrganisationFactory)
    subject = "spend.match:17"
    what = "The two names are one supplier"
    why = "Both carry the same company number"
    by = factory.SubFactory(PersonFactory)
    at = datetime(2026, 5, 1, 9, tzinfo=UTC)
    authority = "finance officer"


class ExemptionFactory(DjangoModelFactory):
    class Meta:
        model = models.Exemption

    decision = factory.SubFactory(DecisionFactory)
    paragraph = ExemptUnder.FINANCIAL_OR_BUSINESS_AFFAIRS.value
    why = "It would tell bidders what the body would pay"
    by = factory.SubFactory(PersonFactory)
    at = datetime(2026, 5, 2, 9, tzinfo=UTC)
