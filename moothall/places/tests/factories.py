"""Places for tests."""

import factory
from factory.django import DjangoModelFactory

from moothall.places import models


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = models.Area

    gss_code = factory.Sequence(lambda n: f"E1{n:07}")
    name = factory.Sequence(lambda n: f"Area {n}")


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = models.Place

    name = "Marlshire"
    area = factory.SubFactory(AreaFactory)


class LocalPostcodeFactory(DjangoModelFactory):
    class Meta:
        model = models.LocalPostcode

    place = factory.SubFactory(PlaceFactory)
    prefix = factory.Sequence(lambda n: f"ZZ{n}")
