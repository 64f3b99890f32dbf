"""Which drafts are there for this reader, and what does one say?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from moothall.agreements import permissions
from moothall.agreements.engine.documents import deal_as_tried, forms_of, places_in, shared_with
from moothall.agreements.models import Draft, DraftVersion, Trial
from moothall.core.permissions import Viewer
from moothall.deals.deal import Deal, Finding, Weight
from moothall.deals.explaining import explained
from moothall.deals.typed import CannotWrite, document_of
from moothall.directory.models import Deed, Organisation

PAGE_ROWS = 50
MOST_OTHERS = 200
ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "body": ("body__name", "-pk"),
    "-body": ("-body__name", "-pk"),
    "saved": ("saved_at", "pk"),
    "-saved": ("-saved_at", "-pk"),
}


@frozen
class DraftRow:
    """One draft, as the list shows it. `slug` is the body through which this reader reads it."""

    id: int
    slug: str
    name: str
    body: str
    is_own: bool
    begun_from: str
    version: int
    saved_at: datetime
    trials: int
    is_away: bool

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "body": self.body,
            "is_own": self.is_own,
            "begun_from": self.begun_from,
            "version": self.version,
            "saved_at": self.saved_at.isoformat(),
        }


@frozen
class VersionRow:
    number: int
    note: str
    by: str
    at: datetime
    digest: str


@frozen
class TrialRow:
    id: int
    kind: str
    state: str
    version: int
    is_latest: bool
    at: datetime
    by: str


@frozen
class DraftPage:
    """A draft as one body reads it.

    text     : the whole of it for its own body; for another, without what is private to others
    deal     : None while it is no sound deal
    said     : heading -> sentences, in plain English
    places   : section -> (key, what it is called) of everything in it
    forms    : the places that a form can open
    """

    id: int
    slug: str
    name: str
    body: str
    is_own: bool
    is_competition: bool
    is_away: bool
    party: str
    begun_from: str
    version: int
    text: str
    digest: str
    deal: Deal | None
    findings: tuple[Finding, ...]
    said: Mapping[str, list[str]]
    places: Mapping[str, list[tuple[str, str]]]
    forms: frozenset[str]
    parties: tuple[tuple[str, str], ...]
    versions: tuple[VersionRow, ...]
    trials: tuple[TrialRow, ...]
    shares: tuple[tuple[str, str], ...]
    why_not_draft: str | None
    why_not_try: str | None

    def form_of(self, finding: Finding) -> str:
        """The part of the deal whose form mends a finding; '' where the text does."""
        section, _, path = finding.place.partition(".")
        key = path.partition(".")[0]
        form = "deal" if section == "deal" else f"{section}.{key}"
        return form if form in self.forms else ""

    @property
    def listed(self) -> list[tuple[bool, Finding, str]]:
        """(must be mended, finding, its form): first what must be mended."""
        return [
            *((True, one, self.form_of(one)) for one in self.to_mend),
            *((False, one, self.form_of(one)) for one in self.to_look_at),
        ]

    @property
    def to_mend(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.weight is Weight.MUST)

    @property
    def to_look_at(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.weight is not Weight.MUST)

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "body": self.body,
            "version": self.version,
            "digest": self.digest,
            "text": self.text,
            "findings": [one.as_json() for one in self.findings],
            "said": dict(self.said),
        }


def bodies_read(viewer: Viewer) -> QuerySet[Organisation]:
    """The bodies whose drafts this reader may read."""
    held = Organisation.objects.order_by("name")
    if viewer.reads_all:
        return held
    return held.filter(pk__in=[body for deed, body in viewer.deeds if deed == Deed.READ_DEAL])


def bodies_drafted_for(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Slug and name of each body for which this reader may begin a draft."""
    keys = [body for deed, body in viewer.deeds if deed == Deed.DRAFT_DEAL]
    held = Organisation.objects.filter(pk__in=keys).order_by("name")
    return tuple(held.values_list("slug", "name"))


def draft_list_page(
    number: str | int | None,
    *,
    viewer: Viewer,
    words: str = "",
    body: str = "",
    away: str = "",
    order: str = "-saved",
) -> Page[Any]:
    """One page of the drafts that this reader may read, as frozen rows."""
    read = dict(bodies_read(viewer).values_list("pk", "slug"))
    held = Draft.objects.filter(Q(body_id__in=read) | Q(shares__body_id__in=read)).distinct()
    if words:
        held = held.filter(name__icontains=words)
    if body:
        held = held.filter(body__slug=body)
    held = held.filter(put_away_at__isnull=away != "yes")
    held = held.select_related("body").annotate(
        saved_at=Max("versions__at"),
        version=Max("versions__number"),
        tried=Count("versions__trials", distinct=True),
        shared_to=Subquery(
            Organisation.objects.filter(drafts_shared__draft=OuterRef("pk"), pk__in=read).values(
                "slug"
            )[:1]
        ),
    )
    page: Page[Any] = Paginator(
        held.order_by(*ORDERS.get(order, ORDERS["-saved"])), PAGE_ROWS
    ).get_page(number)
    page.object_list = [_row(each, read) for each in page.object_list]
    return page


def _row(draft: Any, read: Mapping[int, str]) -> DraftRow:
    is_own = draft.body_id in read
    return DraftRow(
        id=draft.pk,
        slug=read[draft.body_id] if is_own else draft.shared_to,
        name=draft.name,
        body=draft.body.name,
        is_own=is_own,
        begun_from=draft.begun_from,
        version=draft.version,
        saved_at=draft.saved_at,
        trials=draft.tried if is_own else 0,
        is_away=draft.put_away_at is not None,
    )


def draft_read_by(body: Organisation, draft_id: int) -> Draft | None:
    """A draft that this body drafts or that is shared with it, or None."""
    draft = Draft.objects.select_related("body").filter(pk=draft_id).first()
    if draft is None or not (draft.body_id == body.pk or permissions.is_shared_with(draft, body)):
        return None
    return draft


def draft_of(body: Organisation, draft_id: int) -> Draft | None:
    """A draft of this body's own, or None."""
    return Draft.objects.select_related("body").filter(pk=draft_id, body=body).first()


def version_of(draft: Draft, number: int | None = None) -> DraftVersion | None:
    """A version of a draft, the latest unless numbered."""
    held = draft.versions.select_related("by", "draft__body")
    return held.filter(number=number).first() if number else held.order_by("-number").first()


def text_for(draft: Draft, body: Organisation, text: str) -> str:
    """What of a version's text the people of a body read."""
    if draft.body_id == body.pk:
        return text
    return shared_with(document_of(text), party_of(draft, body) or None)


def party_of(draft: Draft, body: Organisation) -> str:
    """Which party of a deal a body is; '' where it is none, or may not read as one."""
    if draft.body_id == body.pk:
        return draft.party
    return "" if draft.is_competition else draft.shares.get(body=body).party


def others_read(body: Organisation, draft: Draft) -> list[tuple[str, str]]:
    """Number and name of each other draft in use that this body reads, the newest first."""
    held = Draft.objects.filter(Q(body=body) | Q(shares__body=body), put_away_at=None)
    held = held.exclude(pk=draft.pk).select_related("body").distinct().order_by("-pk")
    return [
        (str(each.pk), each.name if each.body_id == body.pk else f"{each.name} ({each.body.name})")
        for each in held[:MOST_OTHERS]
    ]


def draft_page(
    draft: Draft, body: Organisation, *, viewer: Viewer, text: str | None = None
) -> DraftPage:
    """A draft as this body reads it; `text`: instead of what was last saved."""
    version = version_of(draft)
    assert version is not None  # noqa: S101
    is_own = draft.body_id == body.pk
    shown = text_for(draft, body, version.text) if text is None else text
    deal, findings = deal_as_tried(shown, party_of(draft, body))
    try:
        document = document_of(shown)
    except CannotWrite:
        document = {}
    places = places_in(document)
    return DraftPage(
        id=draft.pk,
        slug=body.slug,
        name=draft.name,
        body=draft.body.name,
        is_own=is_own,
        is_competition=draft.is_competition,
        is_away=draft.put_away_at is not None,
        party=draft.party,
        begun_from=draft.begun_from,
        version=version.number,
        text=shown,
        digest=hashlib.sha256(shown.encode()).hexdigest(),
        deal=deal,
        findings=tuple(findings),
        said=explained(deal) if deal else {},
        places=places,
        forms=forms_of(document),
        parties=tuple(places["parties"]),
        versions=tuple(map(_version_row, draft.versions.select_related("by").order_by("-number")))
        if is_own
        else (),
        trials=_trials(draft, version.number) if is_own else (),
        shares=tuple(draft.shares.order_by("body__name").values_list("body__slug", "body__name"))
        if is_own
        else (),
        why_not_draft=permissions.why_not_draft_deal(viewer, body),
        why_not_try=permissions.why_not_try_deal(viewer, body),
    )


def bodies_to_share_with(draft: Draft) -> list[tuple[str, str]]:
    """Slug and name of each body that does not read a draft yet."""
    held = Organisation.objects.exclude(pk=draft.body_id).exclude(drafts_shared__draft=draft)
    return list(held.order_by("name").values_list("slug", "name"))


def _version_row(version: DraftVersion) -> VersionRow:
    return VersionRow(version.number, version.note, version.by.name, version.at, version.digest)


def _trials(draft: Draft, latest: int) -> tuple[TrialRow, ...]:
    held = Trial.objects.filter(version__draft=draft).select_related("version", "by")
    return tuple(
        TrialRow(
            id=trial.pk,
            kind=trial.get_kind_display(),
            state=trial.get_state_display(),
            version=trial.version.number,
            is_latest=trial.version.number == latest,
            at=trial.at,
            by=trial.by.name,
        )
        for trial in held[:20]
    )
