"""Decisions for programs: what the pages show, for whoever is asking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moothall.core.errors import CannotDo
from moothall.decisions import queries
from moothall.directory.queries import viewer_for

router = Router(tags=["Decisions"])
Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]


class NoSuchDecision(CannotDo):
    """No decision has that number."""


class Refusal(Schema):
    """What is refused, why, and what to do next."""

    sentence: str


class Asked(Schema):
    """Which decisions: everything given must hold."""

    body: Text = Field(default="", description="Only of this body, by its slug.")
    words: Text = Field(default="", description="In what was decided, why, or the authority.")
    kept: Literal["", "open", "exempt"] = Field(
        default="", description="Read by everybody, or exempt; all unless given."
    )


class DecisionRow(Schema):
    """Who may not read an exempt decision is given the paragraph, and why it is kept."""

    id: int
    body: str
    about: str | None
    what: str
    why: str
    by: str
    at: datetime
    authority: str
    exempt: str | None
    why_exempt: str | None
    is_withheld: bool


class Decisions(Schema):
    rows: list[DecisionRow]
    count: int
    page: int
    page_count: int


@router.get("", response={200: Decisions, 422: Refusal}, url_name="decisions")
def decisions(
    request: HttpRequest,
    asked: Query[Asked],
    page: Annotated[int, Field(ge=1, le=20_000)] = 1,
) -> dict[str, Any]:
    """Decisions, the latest first, fifty to a page."""
    found = queries.decision_list_page(page, viewer=viewer_for(request.user), **asked.dict())
    return {
        "rows": [row.as_json() for row in found.object_list],
        "count": found.paginator.count,
        "page": found.number,
        "page_count": found.paginator.num_pages,
    }


@router.get(
    "/{decision_id}",
    response={200: DecisionRow, 404: Refusal, 422: Refusal},
    url_name="decision",
)
def decision(
    request: HttpRequest, decision_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
) -> dict[str, Any]:
    """One decision."""
    row = queries.decision_row(decision_id, viewer=viewer_for(request.user))
    if row is None:
        raise NoSuchDecision(f"No decision has the number {decision_id}. /decisions has them all.")
    return row.as_json()
