"""What is kept of an agreement between its statements: risks, promises, results, days to keep."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from moothall.agreements.api.asked import NotRead, Number, Refusal
from moothall.agreements.permissions import why_not_read_agreement
from moothall.agreements.queries import calendar, performance, promises, risks
from moothall.agreements.queries.register import agreement_read_by
from moothall.directory.queries import viewer_for

router = Router()
MonthsAhead = Annotated[int, Field(ge=1, le=120)]


class RiskOut(Schema):
    id: int
    name: str
    cause: str
    event: str
    effect: str
    uncertainty: str
    owner: str
    borne_by: str
    proximity: str
    trigger: str
    mitigation: str
    mitigation_gbp: str | None
    inherent: int = Field(description="Likelihood times impact, 1 to 25, before mitigation.")
    residual: int = Field(description="The same after it.")
    residual_grade: str
    expected_gbp: str | None
    review_on: date | None
    state: str


class PartOfTotal(Schema):
    part: str = Field(description="P50: in half of all cases the total is no more.")
    total_gbp: str
    keepers_gbp: str = Field(description="Of it, what the body that keeps the agreement bears.")


class QuantifiedOut(Schema):
    """What the open risks with figures cost together, worked out exactly."""

    count: int
    expected_gbp: str
    standard_deviation_gbp: str
    most_gbp: str
    parts: list[PartOfTotal]


class Raised(Schema):
    uncertainty: str
    share: str
    source: str


class Risks(Schema):
    rows: list[RiskOut]
    quantified: QuantifiedOut | None
    raised_for_optimism: list[Raised]


class PromiseOut(Schema):
    id: int
    kind: str
    what: str
    measure: str
    owner: str
    every: str
    next_on: date | None
    state: str
    kept: int
    not_kept: int


class Promises(Schema):
    rows: list[PromiseOut]
    overdue: int
    to_check: int


class Score(Schema):
    indicator: str
    unit: str
    starts_on: date
    last_day: date
    result: str
    rating: str
    is_checked: bool
    is_corrected: bool
    said: str


class CreditOut(Schema):
    starts_on: date
    said: str


class StepOut(Schema):
    on: date
    state: str
    why: str
    answer_by: date | None


class Performance(Schema):
    state: str
    rows: list[Score]
    credits: list[CreditOut]
    steps: list[StepOut]


class DayOut(Schema):
    on: date
    kind: str
    agreement: str
    agreement_id: int
    said: str


class Days(Schema):
    rows: list[DayOut]


@router.get("/calendar", response={200: Days, 422: Refusal}, url_name="agreements_calendar")
def every_day(request: HttpRequest, months: MonthsAhead = calendar.MONTHS_AHEAD) -> dict[str, Any]:
    """The days to keep of every agreement that you read."""
    agreements = calendar.agreements_read_by(viewer_for(request.user))
    return _days(agreements, months)


@router.get(
    "/{agreement_id}/calendar",
    response={200: Days, 404: Refusal, 422: Refusal},
    url_name="agreements_days",
)
def days(
    request: HttpRequest, agreement_id: Number, months: MonthsAhead = calendar.MONTHS_AHEAD
) -> dict[str, Any]:
    """The days of one agreement that must not be missed."""
    return _days((_read(request, agreement_id),), months)


@router.get(
    "/{agreement_id}/risks",
    response={200: Risks, 404: Refusal, 422: Refusal},
    url_name="agreements_risks",
)
def risk_register(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """The risks of an agreement, the gravest first, and what they cost together."""
    held, viewer = _read(request, agreement_id), viewer_for(request.user)
    return risks.risks_page(held, viewer=viewer, on=timezone.localdate()).as_json()


@router.get(
    "/{agreement_id}/promises",
    response={200: Promises, 404: Refusal, 422: Refusal},
    url_name="agreements_promises",
)
def promise_register(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """What was promised beside payments, and how it was kept."""
    held, viewer = _read(request, agreement_id), viewer_for(request.user)
    return promises.promises_page(held, viewer=viewer, on=timezone.localdate()).as_json()


@router.get(
    "/{agreement_id}/performance",
    response={200: Performance, 404: Refusal, 422: Refusal},
    url_name="agreements_performance",
)
def scorecard(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """The scorecard of the last periods, what it credits, and the steps that were taken."""
    held, viewer = _read(request, agreement_id), viewer_for(request.user)
    return performance.performance_page(held, viewer=viewer, on=timezone.localdate()).as_json()


def _days(agreements: Any, months: int) -> dict[str, Any]:
    found = calendar.rows_of(agreements, on=timezone.localdate(), months=months)
    return {"rows": [row.as_json() for row in found]}


def _read(request: HttpRequest, agreement_id: int) -> Any:
    viewer = viewer_for(request.user)
    held = agreement_read_by(viewer, agreement_id)
    if held is None or why_not_read_agreement(viewer, held) is not None:
        raise NotRead(
            f"What is kept of an agreement {agreement_id} is not read here by you. Its own page "
            "says what is public."
        )
    return held
