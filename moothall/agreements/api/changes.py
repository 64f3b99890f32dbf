"""What changed in an agreement and what leaving it costs, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from moothall.agreements.api.asked import NotRead, Number, Refusal
from moothall.agreements.permissions import why_not_read_agreement
from moothall.agreements.queries import changes, exit_pages
from moothall.agreements.queries.register import agreement_read_by
from moothall.directory.queries import viewer_for

router = Router()


class ChangeRow(Schema):
    number: int
    title: str
    asked_by: str
    state: str
    in_force_from: date
    value_gbp: str | None
    term_months: str | None
    effects: list[str]
    value_after_gbp: str | None
    small_used_gbp: str | None
    ground: str


class Changes(Schema):
    """The ledger of an agreement. Pounds without VAT; nothing where it is withheld or not known."""

    original_gbp: str | None
    current_gbp: str | None
    forecast_gbp: str | None
    rows: list[ChangeRow]
    used: list[str] = Field(description="What all changes moved, against the limits of the law.")
    alarms: list[str] = Field(description="Volume paid by activity, held against the need.")


class LeavingCost(Schema):
    """Estimates in pounds, net of VAT."""

    party: str
    name: str
    on: date
    p50: float
    p90: float
    paid_p50: float = Field(description="Of it, what the deal’s terms make it pay the others.")
    stakes: float | None
    is_punitive: bool


class Leaving(Schema):
    empty_parts: list[str]
    stale: list[str]
    costs: list[LeavingCost]
    findings: list[str]
    ends_on: date | None
    items_open: int


@router.get(
    "/{agreement_id}/changes",
    response={200: Changes, 404: Refusal, 422: Refusal},
    url_name="agreements_changes",
)
def ledger(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """What an agreement was worth, is worth, and each change of it that you read."""
    viewer = viewer_for(request.user)
    held = agreement_read_by(viewer, agreement_id)
    if held is None or changes.why_withheld(held, viewer) is not None:
        raise NotRead(f"No changes of an agreement {agreement_id} are read here by you.")
    return changes.changes_page(held, viewer=viewer).as_json()


@router.get(
    "/{agreement_id}/exit",
    response={200: Leaving, 404: Refusal, 422: Refusal},
    url_name="agreements_exit",
)
def leaving(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """What leaving costs each party by date, and what the exit plan lacks, for its readers."""
    viewer = viewer_for(request.user)
    held = agreement_read_by(viewer, agreement_id)
    if held is None or why_not_read_agreement(viewer, held) is not None:
        raise NotRead(f"No exit plan of an agreement {agreement_id} is read here by you.")
    return exit_pages.exit_page(held).as_json()
