"""The register for programs: what its pages show, for whoever is asking."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moothall.agreements.api.asked import NotRead, Number, Refusal, Text
from moothall.agreements.queries import record, register
from moothall.directory.queries import viewer_for

router = Router()


class AskedRegister(Schema):
    """Which agreements: everything given must hold."""

    words: Text = Field(default="", description="In the name, the purpose or a member’s name.")
    kind: Text = Field(default="", description="Only of this kind, as contract.")
    state: Text = Field(default="", description="Only in this state, as IN_FORCE; or running.")
    member: Text = Field(default="", description="Only with this body as a member, by its slug.")
    sector: Text = Field(default="", description="Only with a member of this kind, as charity.")
    place: Text = Field(default="", description="Only those that act there.")
    lacks: Literal["", "yes"] = Field(default="", description="yes: only if its record lacks some.")


class MemberOut(Schema):
    name: str
    slug: str
    sector: str
    role: str
    gets: str = Field(description="What is in it for that body; empty: not answered.")
    joined_on: date | None
    leaves_on: date | None = Field(description="The last day that it gave notice for.")
    left_on: date | None


class WithheldOut(Schema):
    part: str
    why: str
    review_on: date = Field(description="When somebody asks again whether it must be.")


class AgreementOut(Schema):
    id: int
    name: str
    reference: str
    kind: str
    state: str
    body: str = Field(description="The body that keeps the record.")
    purpose: str
    members: list[MemberOut]
    starts_on: date | None
    ends_before: date | None
    review_on: date | None
    value_gbp: str | None = Field(description="At award; null: not known, or withheld from you.")
    withheld: list[WithheldOut]
    is_existing: bool = Field(description="Recorded as it was found, and not checked.")
    is_public: bool
    lacking: list[str] = Field(description="What the record lacks, for members’ people.")


class RegisterOut(Schema):
    rows: list[AgreementOut]
    count: int
    page: int
    page_count: int


class TermsVersionOut(Schema):
    number: int
    digest: str
    in_force_from: date | None
    why: str


class PublishedOut(Schema):
    """One part of what the public reads: price, payments, changes, results, shares, owners, end."""

    part: str
    label: str
    said: list[str] = Field(description="In sentences; empty where it is withheld from you.")
    why_withheld: str = Field(description="Why the public does not read it; empty: it does.")
    asked_again: date | None = Field(description="When somebody asks again whether it must be.")


class AgreementWhole(AgreementOut):
    outcomes: list[str]
    area: str
    power: str
    answers_to: str
    notice_months: int | None
    leaving_terms: str
    regime: str
    regime_began_on: date | None
    prevails: str
    versions: list[TermsVersionOut]
    published: list[PublishedOut]


@router.get("/register", response={200: RegisterOut, 422: Refusal}, url_name="agreements_register")
def agreement_rows(
    request: HttpRequest,
    asked: Query[AskedRegister],
    page: Annotated[int, Field(ge=1, le=20_000)] = 1,
) -> dict[str, Any]:
    """Agreements that you read anything of, by name, fifty to a page."""
    found = register.agreement_list_page(page, viewer=viewer_for(request.user), **asked.dict())
    return {
        "rows": [row.as_json() for row in found.object_list],
        "count": found.paginator.count,
        "page": found.number,
        "page_count": found.paginator.num_pages,
    }


@router.get(
    "/register/{agreement_id}",
    response={200: AgreementWhole, 404: Refusal, 422: Refusal},
    url_name="agreements_agreement",
)
def agreement(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """One agreement’s record, as far as you may read it."""
    viewer = viewer_for(request.user)
    held = register.agreement_read_by(viewer, agreement_id)
    if held is None:
        raise NotRead(
            f"No agreement of number {agreement_id} is read here by you. /agreements/register "
            "lists those that are."
        )
    return record.agreement_page(held, viewer=viewer).as_json()
