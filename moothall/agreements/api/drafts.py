"""Drafts and results for programs: what the pages show, for whoever is asking."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moothall.agreements import permissions
from moothall.agreements.api.asked import NotRead, Number, Refusal, Text
from moothall.agreements.queries import drafts, results
from moothall.directory.queries import body_at, viewer_for

if TYPE_CHECKING:
    from moothall.directory.models import Organisation

router = Router()


class Asked(Schema):
    """Which drafts: everything given must hold."""

    words: Text = Field(default="", description="In the name.")
    body: Text = Field(default="", description="Only those drafted by this body, by its slug.")


class DraftRow(Schema):
    id: int
    name: str
    body: str
    is_own: bool = Field(description="Drafted by a body of yours; else shared with one.")
    begun_from: str
    version: int
    saved_at: datetime


class Drafts(Schema):
    rows: list[DraftRow]
    count: int
    page: int
    page_count: int


class FindingRow(Schema):
    place: str
    sentence: str
    mend: str
    weight: str


class DraftText(Schema):
    """A draft as this body reads it: another's leaves out what is private to others."""

    id: int
    name: str
    body: str
    version: int
    digest: str
    text: str
    findings: list[FindingRow]
    said: dict[str, list[str]]


class Result(Schema):
    """What a trial found: `found` is what `moothall deal simulate --format json` prints."""

    id: int
    draft: str
    body: str
    version: int
    is_stale: bool
    kind: str
    asked: dict[str, Any]
    found: dict[str, Any]


@router.get("/drafts", response={200: Drafts, 422: Refusal}, url_name="agreements_drafts")
def draft_rows(
    request: HttpRequest,
    asked: Query[Asked],
    page: Annotated[int, Field(ge=1, le=20_000)] = 1,
) -> dict[str, Any]:
    """Drafts of deals that you read, the latest saved first, fifty to a page."""
    found = drafts.draft_list_page(page, viewer=viewer_for(request.user), **asked.dict())
    return {
        "rows": [row.as_json() for row in found.object_list],
        "count": found.paginator.count,
        "page": found.number,
        "page_count": found.paginator.num_pages,
    }


@router.get(
    "/drafts/{body}/{draft_id}",
    response={200: DraftText, 404: Refusal, 422: Refusal},
    url_name="agreements_draft",
)
def draft(request: HttpRequest, body: Text, draft_id: Number) -> dict[str, Any]:
    """One draft as the people of a body read it, with what is to be mended and in plain English."""
    reader = _body(request, body)
    held = drafts.draft_read_by(reader, draft_id) if reader else None
    if reader is None or held is None:
        raise NotRead(
            f"No draft of number {draft_id} is read here by you. /agreements/drafts has yours."
        )
    return drafts.draft_page(held, reader, viewer=viewer_for(request.user)).as_json()


@router.get(
    "/results/{body}/{trial_id}",
    response={200: Result, 404: Refusal, 422: Refusal},
    url_name="agreements_result",
)
def result(request: HttpRequest, body: Text, trial_id: Number) -> dict[str, Any]:
    """What a trial found, for the people of the body that ran it or that it was released to."""
    reader = _body(request, body)
    held = results.trial_read_by(reader, trial_id) if reader else None
    page = reader and held and results.result_page(held, reader, viewer=viewer_for(request.user))
    if not page or page.found is None:
        raise NotRead(
            f"No result of number {trial_id} is read here by you. Its draft's page lists its own."
        )
    return {
        "id": page.id,
        "draft": page.draft,
        "body": page.body,
        "version": page.version,
        "is_stale": page.is_stale,
        "kind": page.kind,
        "asked": page.asked,
        "found": page.found,
    }


def _body(request: HttpRequest, slug: str) -> Organisation | None:
    """The body of an address, for whoever reads its deals; None for anybody else."""
    body = body_at(slug)
    who = request.user
    return body if body and not permissions.why_not_read_deal(who, body) else None
