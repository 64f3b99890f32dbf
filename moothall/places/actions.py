"""Deeds about the place: naming it, and saying what is local."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.places.engine.postcodes import tidy_prefix
from moothall.places.models import Area, LocalPostcode, Place


class CannotDescribePlace(CannotDo):
    """The place is as it was."""


@transaction.atomic
def describe_place(
    *,
    name: str,
    by: models.Model | None,
    at: datetime,
    gss_code: str = "",
    local_postcodes: Iterable[str] = (),
) -> Place:
    """Name the one place that is served here, its area and the postcodes that count as local.

    What is given replaces what was there. `by` is None for the operator at the keyboard, whose
    deed this is.

    :raises CannotDescribePlace: when there is no name, or a postcode cannot begin so.
    """
    name = " ".join(name.split())
    if not name:
        raise CannotDescribePlace("The place needs a name. Give the one that people there use.")
    if too_long := why_too_long(Place, name=name) or why_too_long(Area, gss_code=gss_code.strip()):
        raise CannotDescribePlace(too_long)
    try:
        prefixes = sorted({tidy_prefix(each) for each in local_postcodes})
    except ValueError as not_one:
        raise CannotDescribePlace(str(not_one)) from not_one
    code = gss_code.strip().upper()
    area = Area.objects.get_or_create(gss_code=code, defaults={"name": name})[0] if code else None
    place, _ = Place.objects.update_or_create(pk=1, defaults={"name": name, "area": area})
    LocalPostcode.objects.filter(place=place).delete()
    LocalPostcode.objects.bulk_create(
        LocalPostcode(place=place, prefix=prefix) for prefix in prefixes
    )
    audit.record(
        by=by,
        at=at,
        did="places.place_described",
        to=place,
        gss_code=code,
        postcodes=len(prefixes),
    )
    return place
