"""Deeds about bodies: adding, succeeding, exporting and removing them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from moothall.core import audit, ownership
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.core.ownership import Counted
from moothall.directory import permissions
from moothall.directory.actions.acting import asker, authority
from moothall.directory.engine.roles import Deed
from moothall.directory.models import (
    AlternativeName,
    Organisation,
    Person,
    Succession,
)


class CannotAddBody(CannotDo):
    """No body was added."""


class CannotRecordSuccession(CannotDo):
    """The bodies stand as they stood."""


class CannotRemoveBody(CannotDo):
    """The body and everything it owns are still there."""


@transaction.atomic
def add_body(
    *,
    name: str,
    by: Person | None,
    at: datetime,
    kind: str = Organisation.Kind.COUNCIL,
    gss_code: str = "",
    is_of_the_place: bool = True,
    other_names: Iterable[str] = (),
    began_on: date | None = None,
    ended_on: date | None = None,
) -> Organisation:
    """Add a body that acts in the place.

    :raises CannotAddBody: when its name or address is taken, or its kind is not known.
    """
    name = " ".join(name.split())
    slug = slugify(name)[:80]
    if not slug:
        raise CannotAddBody("A body needs a name with letters in it. Give its full name.")
    others = sorted({" ".join(other.split()) for other in other_names} - {"", name})
    too_long = why_too_long(Organisation, name=name, gss_code=gss_code.strip())
    for other in others:
        too_long = too_long or why_too_long(AlternativeName, name=other)
    if too_long:
        raise CannotAddBody(too_long)
    if kind not in Organisation.Kind.values:
        raise CannotAddBody(
            f"{kind} is not a kind of body that Moothall knows. Choose one of: "
            f"{', '.join(Organisation.Kind.values)}."
        )
    if ended_on and began_on and ended_on < began_on:
        raise CannotAddBody(
            f"{name} cannot end on {ended_on:%-d %B %Y}, before it began on "
            f"{began_on:%-d %B %Y}. Correct one of the two dates."
        )
    taken = Organisation.objects.filter(slug=slug).first()
    taken = taken or Organisation.objects.filter(name__iexact=name).first()
    if taken:
        raise CannotAddBody(
            f"There is already a body called {taken.name}. Use it, or give the new one a name "
            "that tells them apart."
        )
    body = Organisation.objects.create(
        name=name,
        slug=slug,
        kind=kind,
        gss_code=gss_code.strip().upper(),
        is_of_the_place=is_of_the_place,
        began_on=began_on,
        ended_on=ended_on,
    )
    AlternativeName.objects.bulk_create(
        AlternativeName(organisation=body, name=other) for other in others
    )
    audit.record(by=by, at=at, did="directory.body_added", to=body, body_id=body.pk)
    return body


@transaction.atomic
def record_succession(
    *,
    predecessor: Organisation,
    shares: dict[Organisation, Decimal],
    on: date,
    by: Person | None,
    at: datetime,
) -> tuple[Succession, ...]:
    """Record which bodies take over a body on a day, and in what shares.

    Shares that add up to 1 end the predecessor the day before; less, and it goes on.

    :raises CannotRecordSuccession: when the shares or the days cannot be.
    """
    Organisation.objects.select_for_update().get(pk=predecessor.pk)
    if not shares:
        raise CannotRecordSuccession(
            f"Nobody is named to take over {predecessor.name}. Name each successor with its share."
        )
    if predecessor in shares:
        raise CannotRecordSuccession(
            f"{predecessor.name} cannot take over itself. Leave out the share that it keeps."
        )
    if any(not 0 < share <= 1 or share != round(share, 6) for share in shares.values()):
        raise CannotRecordSuccession(
            f"A share of {predecessor.name} lies above 0 and at most 1, to six decimals. Write "
            "43.2% as 0.432."
        )
    already = Succession.objects.filter(predecessor=predecessor, on=on)
    whole = sum(shares.values(), Decimal(0)) + sum((each.share for each in already), Decimal(0))
    if whole > 1:
        raise CannotRecordSuccession(
            f"The shares of {predecessor.name} on {on:%-d %B %Y} add up to {whole:f}, which is "
            "more than the whole. Shares add up to 1, or to less when it goes on."
        )
    for successor in shares:
        if successor.ended_on and successor.ended_on < on:
            raise CannotRecordSuccession(
                f"{successor.name} cannot take over {predecessor.name} on {on:%-d %B %Y}: it "
                f"ended on {successor.ended_on:%-d %B %Y}. Name the body that was there then."
            )
        if already.filter(successor=successor).exists():
            raise CannotRecordSuccession(
                f"{successor.name} already takes over {predecessor.name} on {on:%-d %B %Y}. "
                "Name only the successors that are missing."
            )
    made = tuple(
        Succession.objects.create(predecessor=predecessor, successor=successor, on=on, share=share)
        for successor, share in shares.items()
    )
    if whole == 1:
        predecessor.ended_on = date.fromordinal(on.toordinal() - 1)
        predecessor.save(update_fields=["ended_on"])
    audit.record(
        by=by,
        at=at,
        did="directory.succession_recorded",
        to=predecessor,
        body_id=predecessor.pk,
        on=on,
        shares={str(each.successor_id): each.share for each in made},
    )
    return made


def export_body(*, body: Organisation, folder: Path, by: Person | None, at: datetime) -> Counted:
    """Write everything that a body owns into a new folder, in open formats.

    :raises CannotExport: with a sentence.
    """
    if reason := permissions.why_not_export_body(asker(by), body):
        raise ownership.CannotExport(reason)
    return ownership.export_body(body.pk, folder, by=by, at=at)


def remove_body(*, body: Organisation, confirm: str, by: Person | None, at: datetime) -> Counted:
    """Delete a body and everything it owns, for good. The audit log keeps its number.

    :raises CannotRemoveBody: with a sentence.
    """
    if reason := permissions.why_not_remove_body(asker(by), body):
        raise CannotRemoveBody(reason)
    if confirm != body.name:
        raise CannotRemoveBody(
            f"Nothing was removed: the confirmation must repeat the name exactly, {body.name}. All "
            "that it owns here would be deleted for good. Export it first: `moothall export --all`."
        )
    on_authority = authority(by, Deed.REMOVE_BODY, body, on=timezone.localdate(at))
    return ownership.remove_body(body.pk, by=by, at=at, authority=on_authority)
