"""The deeds of the legal-route helper: keep what it answered, and what a solicitor said of it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from moothall.agreements.models import RouteKept
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory import permissions as directory
from moothall.directory.models import Organisation, Person


class CannotKeepRoute(CannotDo):
    """Nothing was kept."""


@transaction.atomic
def keep_route(
    *,
    body: Organisation,
    name: str,
    facts: dict[str, Any],
    result: list[dict[str, Any]],
    by: Person,
    at: datetime,
) -> RouteKept:
    """Keep what was asked and what the helper answered, with the rules of that day.

    :raises CannotKeepRoute: when the person may not, or it has no name.
    """
    _refuse_others(by, body)
    name = " ".join(name.split())
    if not name:
        raise CannotKeepRoute("What is kept has a name: the service it is about. Give it one.")
    if too_long := why_too_long(RouteKept, name=name):
        raise CannotKeepRoute(too_long)
    made = RouteKept.objects.create(body=body, name=name, facts=facts, result=result, by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.route_kept", to=made, body_id=body.pk,
        states={str(one["key"]): str(one["state"]).replace(" ", "_") for one in result},
    )  # fmt: skip
    return made


@transaction.atomic
def confirm_route(
    *, kept: RouteKept, solicitor: str, on: date, said: str, by: Person, at: datetime
) -> RouteKept:
    """Record what a solicitor said of a route; a later word replaces an earlier one.

    :raises CannotKeepRoute: when the person may not, or no solicitor or word is given.
    """
    _refuse_others(by, kept.body)
    solicitor, said = " ".join(solicitor.split()), said.strip()
    if not solicitor or not said:
        raise CannotKeepRoute(
            "A confirmation names the solicitor and says what they confirm. Give both."
        )
    if too_long := why_too_long(RouteKept, solicitor=solicitor, confirmation=said):
        raise CannotKeepRoute(too_long)
    kept.solicitor, kept.confirmed_on, kept.confirmation = solicitor, on, said
    kept.save(update_fields=["solicitor", "confirmed_on", "confirmation"])
    audit.record(
        by=by, at=at, did="agreements.route_confirmed", to=kept, body_id=kept.body_id, on=on,
        solicitor=audit.digest(solicitor), said=audit.digest(said),
    )  # fmt: skip
    return kept


def _refuse_others(by: Person, body: Organisation) -> None:
    if reason := directory.why_not_keep_agreement(by, body):
        raise CannotKeepRoute(reason)
