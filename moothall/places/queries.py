"""What counts as local here?"""

from moothall.places.models import LocalPostcode


def local_prefixes() -> tuple[str, ...]:
    """The beginnings of local postcodes, in capitals: 'BB', 'BB5' or 'BB5 1'."""
    return tuple(
        " ".join(prefix.upper().split())
        for prefix in LocalPostcode.objects.values_list("prefix", flat=True)
    )


def is_local_postcode(postcode: str, prefixes: tuple[str, ...]) -> bool | None:
    """Whether a postcode lies in the place; None where nobody has said what is local.

    'BB' holds every BB postcode, 'BB5' the district BB5 and not BB50, 'BB5 1' the one sector.
    """
    if not prefixes:
        return None
    bare = "".join(postcode.upper().split())
    outward, inward = bare[:-3], bare[-3:]
    area = outward.rstrip("0123456789") or outward
    whole = {area, outward, f"{outward} {inward[:1]}"}
    return not whole.isdisjoint(prefixes)
