"""Which place is served here, and which postcodes are local to it?"""

from moothall.places.models import LocalPostcode, Place


def the_place() -> Place | None:
    """The one place that this installation serves, or None before it is named."""
    return Place.objects.select_related("area").first()


def local_prefixes() -> frozenset[str]:
    """How the postcodes begin that count as local, as `engine.postcodes.is_local` takes them."""
    return frozenset(LocalPostcode.objects.values_list("prefix", flat=True))
