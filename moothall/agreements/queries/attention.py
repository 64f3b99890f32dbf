"""What of the register waits for a person: gaps, reviews that are due, ends that have passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from moothall.agreements.engine.life import RUNNING
from moothall.agreements.models import Agreement, Withholding
from moothall.agreements.queries.register import AgreementRow, rows_of
from moothall.agreements.queries.wait import Wait, few
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed
from moothall.values.wording import number_of, plain_date


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What waits for whoever keeps the register: what is overdue first, then what is missing."""
    bodies = [body for deed, body in viewer.deeds if deed == Deed.KEEP_AGREEMENT]
    kept = Agreement.objects.filter(body_id__in=bodies).exclude(state="ENDED")
    rows = list(rows_of(kept.order_by("name", "pk"), viewer))
    found = [wait for row in rows for wait in _of_days(row, on)]
    found += _withheld(bodies, on)
    found += few(
        [_lacking(row) for row in rows if row.lacking and row.state in RUNNING],
        rest="{count} more records lack something",
        url=f"{reverse('agreements:home')}?state=running&lacks=yes",
        why="The register lists them, and its download says what each lacks.",
    )
    return found


def _lacking(row: AgreementRow) -> Wait:
    first, *others = row.lacking
    more = f", and {number_of(len(others), 'thing')} more" if others else ""
    label = f"The record of {row.name} lacks {number_of(len(row.lacking), 'thing')}"
    url = reverse("agreements:change_agreement", args=[row.id])
    return Wait(label, None, url, f"Say {first}{more}.")


def _of_days(row: AgreementRow, on: date) -> Iterator[Wait]:
    url = reverse("agreements:agreement", args=[row.id])
    if row.state in RUNNING and row.ends_before and row.ends_before <= on:
        next_ = "Carry its exit plan out, and close it."
        if row.state != "ENDING":
            next_ = "If it goes on, give its new end; if not, begin to end it."
        why = f"It was to end before {plain_date(row.ends_before)}. {next_}"
        yield Wait(f"{row.name} is {row.state_words}", row.ends_before, url, why)
    if row.review_on and row.review_on <= on:
        why = f"It was to be reviewed on {plain_date(row.review_on)}. Give the next day of review."
        yield Wait(f"{row.name} waits for its review", row.review_on, url, why)


def _withheld(bodies: list[int], on: date) -> Iterator[Wait]:
    due = Withholding.objects.filter(
        agreement__body_id__in=bodies, agreement__is_public=True, lifted_at=None, review_on__lte=on
    )
    for each in due.select_related("agreement").order_by("review_on", "pk"):
        url = reverse("agreements:withhold", args=[each.agreement_id])
        label = f"The {each.get_part_display()} of {each.agreement} is still withheld"
        why = (
            f"That was to be asked again on {plain_date(each.review_on)}. Show it, or say why not."
        )
        yield Wait(label, each.review_on, url, why)
