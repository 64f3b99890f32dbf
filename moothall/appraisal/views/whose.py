"""What the pages of this room share: whose things are, and what is refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from moothall.appraisal.queries import appraisals
from moothall.directory.queries import body_at

if TYPE_CHECKING:
    from moothall.appraisal.models import Appraisal
    from moothall.directory.models import Organisation, Person

    WhyNot = Callable[[Person, Organisation], str | None]


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: "Person"


def body_for(slug: str, *, who: "Person", why_not: "WhyNot") -> "Organisation":
    """The body of an address, for whoever may do this there."""
    body = body_at(slug)
    if body is None:
        raise Http404("No body has this address. The list of bodies has them all.")
    if reason := why_not(who, body):
        raise PermissionDenied(reason)
    return body


def appraisal_at(body: "Organisation", appraisal_id: int) -> "Appraisal":
    found = appraisals.appraisal_of(body, appraisal_id)
    if found is None:
        raise Http404("No appraisal of this number is read here. The list has them all.")
    return found


def trail(slug: str, found: "Appraisal", *more: tuple[str, str]) -> list[tuple[str, str]]:
    here = reverse("appraisal:appraisal", args=[slug, found.pk])
    return [("Appraisals", reverse("appraisal:home")), (found.name, here if more else ""), *more]
