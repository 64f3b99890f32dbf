"""Which appraisals are there for this reader, and what does one come to?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet

from moothall.appraisal import permissions
from moothall.appraisal.engine.documents import PARTS, Entry, Part, entries, is_begun
from moothall.appraisal.engine.reading import appraisal_and_findings
from moothall.appraisal.engine.result import CannotAppraise, Result, result
from moothall.appraisal.models import Appraisal, AppraisalVersion
from moothall.appraisal.queries.rules import rule_books
from moothall.core.permissions import Viewer
from moothall.deals.deal import Finding, Weight
from moothall.deals.typed import CannotWrite, document_of
from moothall.directory.models import Deed, Organisation

PAGE_ROWS = 50
DRAWS, SEED = 10_000, 1
ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "body": ("body__name", "-pk"),
    "-body": ("-body__name", "-pk"),
    "saved": ("saved_at", "pk"),
    "-saved": ("-saved_at", "-pk"),
}


@frozen
class AppraisalRow:
    """One appraisal, as the list shows it."""

    id: int
    slug: str
    name: str
    body: str
    version: int
    saved_at: datetime

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "body": self.body,
            "version": self.version,
            "saved_at": self.saved_at.isoformat(),
        }


@frozen
class VersionRow:
    number: int
    note: str
    by: str
    at: datetime


@frozen
class Task:
    """A part of an appraisal with where it stands. state: to do, to mend, or done."""

    part: Part
    entries: tuple[Entry, ...]
    state: str
    findings: tuple[Finding, ...]

    @property
    def colour(self) -> str:
        return {"To do": "grey", "To mend": "red", "Begun": "green"}[self.state]


@frozen(eq=False)
class AppraisalPage:
    """An appraisal as its page shows it.

    result   : None while something must be mended
    findings : what must be mended, and what to look at
    """

    id: int
    slug: str
    name: str
    body: str
    is_away: bool
    begun_from: str
    version: int
    text: str
    digest: str
    tasks: tuple[Task, ...]
    findings: tuple[Finding, ...]
    result: Result | None
    versions: tuple[VersionRow, ...]
    why_not_work: str | None

    @property
    def to_mend(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.weight is Weight.MUST)

    @property
    def begun(self) -> int:
        return sum(1 for task in self.tasks if task.state == "Begun")


def bodies_read(viewer: Viewer) -> QuerySet[Organisation]:
    """The bodies whose appraisals this reader may read."""
    held = Organisation.objects.order_by("name")
    if viewer.reads_all:
        return held
    return held.filter(pk__in=[body for deed, body in viewer.deeds if deed == Deed.READ_APPRAISAL])


def bodies_appraised_for(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Slug and name of each body for which this reader may begin an appraisal."""
    keys = [body for deed, body in viewer.deeds if deed == Deed.WORK_ON_APPRAISAL]
    held = Organisation.objects.filter(pk__in=keys).order_by("name")
    return tuple(held.values_list("slug", "name"))


def appraisal_list_page(
    number: str | int | None,
    *,
    viewer: Viewer,
    words: str = "",
    body: str = "",
    away: str = "",
    order: str = "-saved",
) -> Page[Any]:
    """One page of the appraisals that this reader may read, as frozen rows."""
    held = Appraisal.objects.filter(body__in=bodies_read(viewer)).select_related("body")
    if words:
        held = held.filter(name__icontains=words)
    if body:
        held = held.filter(body__slug=body)
    held = held.filter(put_away_at__isnull=away != "yes").annotate(
        saved_at=Max("versions__at"), version=Max("versions__number")
    )
    page: Page[Any] = Paginator(
        held.order_by(*ORDERS.get(order, ORDERS["-saved"])), PAGE_ROWS
    ).get_page(number)
    page.object_list = [
        AppraisalRow(one.pk, one.body.slug, one.name, one.body.name, one.version, one.saved_at)
        for one in page.object_list
    ]
    return page


def appraisal_of(body: Organisation, appraisal_id: int) -> Appraisal | None:
    return Appraisal.objects.select_related("body").filter(pk=appraisal_id, body=body).first()


def latest_of(appraisal: Appraisal, number: int | None = None) -> AppraisalVersion | None:
    """A version of an appraisal, the latest unless numbered."""
    held = appraisal.versions.select_related("by", "appraisal__body")
    return held.filter(number=number).first() if number else held.order_by("-number").first()


def worked_out(text: str) -> tuple[Result | None, tuple[Finding, ...]]:
    """Return what an appraisal's text comes to, and what was found in it."""
    found, findings = appraisal_and_findings(text)
    if found is None or any(one.weight is Weight.MUST for one in findings):
        return None, tuple(findings)
    try:
        return result(found, rule_books(), draws=DRAWS, seed=SEED), tuple(findings)
    except CannotAppraise as refusal:
        return None, (*findings, *refusal.findings)


def appraisal_page(
    appraisal: Appraisal, *, viewer: Viewer, text: str | None = None
) -> AppraisalPage:
    """An appraisal as this reader reads it; `text`: instead of what was last saved."""
    version = latest_of(appraisal)
    assert version is not None  # noqa: S101
    shown = version.text if text is None else text
    done, findings = worked_out(shown)
    try:
        document = document_of(shown)
    except CannotWrite:
        document = {}
    held = appraisal.versions.select_related("by").order_by("-number")
    return AppraisalPage(
        id=appraisal.pk,
        slug=appraisal.body.slug,
        name=appraisal.name,
        body=appraisal.body.name,
        is_away=appraisal.put_away_at is not None,
        begun_from=appraisal.begun_from,
        version=version.number,
        text=shown,
        digest=version.digest,
        tasks=tuple(_tasks(document, findings)),
        findings=findings,
        result=done,
        versions=tuple(VersionRow(one.number, one.note, one.by.name, one.at) for one in held),
        why_not_work=permissions.why_not_work_on_appraisal(viewer, appraisal.body),
    )


def _tasks(document: dict[str, Any], findings: Iterable[Finding]) -> Iterable[Task]:
    for part in PARTS:
        found = tuple(
            one
            for one in findings
            if one.weight is Weight.MUST and one.place.partition(".")[0] == part.section
        )
        state = "To mend" if found else "Begun" if is_begun(document, part) else "To do"
        yield Task(part, tuple(entries(document, part)), state, found)
