"""What of leaving waits for a reader: plans to write, to check, to rehearse, and to carry out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse

from moothall.agreements.engine.exit_plan import is_old
from moothall.agreements.engine.kinds import kinds
from moothall.agreements.engine.life import RUNNING
from moothall.agreements.models import Agreement, ExitItem, ExitPart
from moothall.agreements.queries.exits import months_of
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed
from moothall.values.periods import months_after
from moothall.values.wording import number_of, plain_date


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What waits for a reader about leaving."""
    kept = [body for deed, body in viewer.deeds if deed == Deed.KEEP_AGREEMENT]
    asked = [key for key, kind in kinds().items() if kind.has_every_check]
    live = Agreement.objects.filter(body_id__in=kept, kind__in=asked, state__in=RUNNING)
    return [
        *_to_carry_out(viewer),
        *_to_write(live),
        *_to_check(live, on),
        *_to_rehearse(live, on),
    ]


def _to_carry_out(viewer: Viewer) -> Iterator[Wait]:
    ending = ExitItem.objects.filter(agreement__state="ENDING", done_on=None)
    ending = ending.filter(set_aside_because="").exclude(part="step_in")
    for item in ending.select_related("agreement__ending", "owner"):
        owner = item.owner.organisation_id if item.owner else item.agreement.body_id
        deed = Deed.REPORT_FACTS if item.owner else Deed.KEEP_AGREEMENT
        if viewer.holds(deed, on=owner):
            address = reverse("agreements:exit_item", args=[item.agreement_id, item.pk])
            due = item.agreement.ending.ends_on - timedelta(days=item.days_before)
            yield Wait(f"{item.agreement.name}: {item.what}", due, address, "Carry it out")


def _to_write(live: QuerySet[Agreement]) -> Iterator[Wait]:
    """Agreements in force without anything of a plan, such as those that were found so."""
    begun = ExitPart.objects.filter(agreement=OuterRef("pk"))
    for each in live.filter(~Exists(begun)).order_by("name"):
        why = "Agree how it would be left: begin from what plans usually say."
        yield Wait(f"{each.name} has no exit plan", None, _page(each.pk), why)


def _to_check(live: QuerySet[Agreement], on: date) -> Iterator[Wait]:
    months = months_of(on, "information")
    old: dict[tuple[int, str], list[date]] = {}
    held = ExitPart.objects.filter(agreement__in=live).order_by("agreement__name")
    for key, name, day in held.values_list("agreement_id", "agreement__name", "checked_on"):
        if day and is_old(day, on, months):
            old.setdefault((key, name), []).append(day)
    for (key, name), days in old.items():
        parts = number_of(len(days), "part")
        holds = "it still holds" if len(days) == 1 else "they still hold"
        why = f"{parts} not checked for {number_of(months, 'month')}. Check that {holds}."
        due = months_after(min(days), months)
        yield Wait(f"Check the exit plan of {name}", due, _page(key), why)


def _to_rehearse(live: QuerySet[Agreement], on: date) -> Iterator[Wait]:
    """Plans that nobody rehearsed for so long, or since the agreement began."""
    months = months_of(on, "rehearsal")
    begun = ExitPart.objects.filter(agreement=OuterRef("pk"))
    held = live.filter(Exists(begun)).exclude(state="ENDING")
    for each in held.annotate(last=Max("exit_rehearsals__held_on")).order_by("pk"):
        since = each.last or each.starts_on
        if since is None or not is_old(since, on, months):
            continue
        said = f"last rehearsed on {plain_date(each.last)}" if each.last else "never rehearsed"
        why = f"It was {said}; the questions of a rehearsal say whether the plan works."
        url = reverse("agreements:exit_deed", args=[each.pk, "rehearsal"])
        yield Wait(f"Rehearse the exit of {each.name}", months_after(since, months), url, why)


def _page(agreement_id: int) -> str:
    return reverse("agreements:exit", args=[agreement_id])
