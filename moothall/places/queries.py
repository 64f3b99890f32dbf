"""Which place is served here, and which postcodes are local to it?"""

from collections.abc import Collection

from moothall.places.engine.postcodes import is_local
from moothall.places.models import LocalPostcode, Place


def the_place() -> Place | None:
    """The one place that this installation serves, or None before it is named."""
    return Place.objects.select_related("area").first()


def local_prefixes() -> frozenset[str]:
    """How the postcodes begin that count as local, as `engine.postcodes.is_local` takes them."""
    return frozenset(LocalPostcode.objects.values_list("prefix", flat=True))


def is_local_postcode(postcode: str, prefixes: Collection[str]) -> bool | None:
    """Whether a postcode is local; None when it cannot be read, or nobody said what is local."""
    return is_local(postcode, prefixes) if prefixes else None
