"""Where this is: areas with their official codes, and the one place that is served here."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper


class Area(models.Model):
    """An area that the Office for National Statistics gives a code."""

    gss_code = models.CharField(max_length=9, primary_key=True)  # 'E10000017'
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, blank=True)  # 'county', 'district', 'unitary'
    within = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """The one place that this installation serves."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="place_is_one_row")]

    def __str__(self) -> str:
        return self.name


class LocalPostcode(models.Model):
    """The beginning of the postcodes that count as local: 'BB', 'BB5' or 'BB5 1'."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="local_postcodes")
    prefix = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(Upper("prefix"), "place", name="local_postcode_once")
        ]

    def __str__(self) -> str:
        return self.prefix
