"""Companies and legal routes for programs: what the pages show, for whoever is asking."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from moothall.agreements.api.asked import NotRead, Number, Refusal, Text
from moothall.agreements.forms.routes import facts_typed
from moothall.agreements.queries import companies, company_list, routes
from moothall.directory.queries import viewer_for

router = Router()
Fact = Annotated[str, Field(max_length=100, pattern=r"^[a-z_]+=[^\x00]*$")]


class AskedCompanies(Schema):
    """Which companies: everything given must hold."""

    words: Text = Field(default="", description="In its name, or its keeper's.")
    form: Text = Field(default="", description="Only of this form, as limited_by_shares.")


class CompanyRow(Schema):
    id: int
    name: str
    form: str
    body: str
    holders: int | None = Field(description="How many hold it; null: withheld from you.")
    publicly_held: float | None = Field(description="Part of the votes of public bodies, 0 to 1.")
    activity: str = Field(description="The activity test; empty where you do not read it.")
    is_warned: bool
    is_public: bool


class Companies(Schema):
    rows: list[CompanyRow]
    count: int
    page: int
    page_count: int


class StakeRow(Schema):
    holder: str
    shares: float | None
    votes: float | None
    seats: float | None


class BringsRow(Schema):
    holder: str
    what: str
    count: str
    state: str
    because: str
    source: str
    is_verified: bool


class ActivityRow(Schema):
    verdict: str
    because: str
    warning: str
    share_for_owners: float | None
    latest_share: float | None


class CompanyRecord(Schema):
    id: int
    name: str
    form: str
    body: str
    registered_number: str
    began_on: date | None
    reserved_matters: int | None
    stakes: list[StakeRow]
    brings: list[BringsRow]
    activity_test: ActivityRow | None


class RuleRow(Schema):
    rule: str
    value: str
    in_force_from: date
    source: str
    is_verified: bool


class RouteRow(Schema):
    key: str
    title: str
    state: str = Field(description="open, closed or not assessed")
    because: str
    doubts: list[str]
    rules: list[RuleRow]


class RoutesAnswer(Schema):
    began_on: date
    routes: list[RouteRow]
    always: list[str]
    not_advice: str


class AskedRoutes(Schema):
    began_on: date = Field(description="When procurement begins, or began.")
    fact: list[Fact] = Field(
        default=[],
        max_length=40,
        description="As owners_percent=82.5; what is left out is unknown.",
    )


@router.get("/companies", response={200: Companies, 422: Refusal}, url_name="agreements_companies")
def company_rows(
    request: HttpRequest,
    asked: Query[AskedCompanies],
    page: Annotated[int, Field(ge=1, le=20_000)] = 1,
) -> dict[str, Any]:
    """Companies and mutuals whose owners are public, and those of your bodies, fifty to a page."""
    found = company_list.company_list(
        page, viewer=viewer_for(request.user), day=timezone.localdate(), **asked.dict()
    )
    return {
        "rows": [row.as_json() for row in found.object_list],
        "count": found.paginator.count,
        "page": found.number,
        "page_count": found.paginator.num_pages,
    }


@router.get(
    "/companies/{company_id}",
    response={200: CompanyRecord, 404: Refusal, 422: Refusal},
    url_name="agreements_company",
)
def company(request: HttpRequest, company_id: Number) -> dict[str, Any]:
    """Who holds a company, what that brings by each count, and its activity test if you read it."""
    viewer = viewer_for(request.user)
    held = companies.company_numbered(viewer, company_id)
    if held is None:
        raise NotRead(
            f"No company of number {company_id} is read here by you. /agreements/companies has "
            "those that are."
        )
    return companies.company_page(held, viewer=viewer, day=timezone.localdate()).as_json()


@router.get(
    "/routes",
    response={200: RoutesAnswer, 400: Refusal, 422: Refusal},
    url_name="agreements_routes",
)
def legal_routes(request: HttpRequest, asked: Query[AskedRoutes]) -> dict[str, Any]:
    """Which routes without a competition are open, closed or not assessed. Nothing is saved.

    Not legal advice.
    """
    said = {"began_on": asked.began_on.isoformat()}
    return routes.as_json(facts_typed(said, asked.fact, kinds=routes.kinds_bought()))
