"""Settlement for programs: where each period stands, facts in, statements out.

A provider's own system comes with a key, made on the agreement's page of keys, and is answered as
the person who made it, for that agreement alone. A person's session reads, and posts nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status
from ninja.security import HttpBearer

from moothall.agreements import permissions
from moothall.agreements.actions.facts import LONGEST_EVIDENCE, report_facts
from moothall.agreements.actions.facts_doors import key_of
from moothall.agreements.api.asked import NotRead, Number, Refusal
from moothall.agreements.queries import settlement, statements

router = Router()
MOST_VALUES = 200
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class FactsKeyAuth(HttpBearer):
    """A key made for a provider's own system."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return key_of(token)


def a_session(request: HttpRequest) -> Any:
    """Whoever has signed in."""
    return request.user if request.user.is_authenticated else None


with_key, to_read = FactsKeyAuth(), [FactsKeyAuth(), a_session]


class WantedFact(Schema):
    key: str
    title: str
    unit: str


class PeriodOut(Schema):
    """One period: where it stands, what is done next and who may do it."""

    starts_on: date
    last_day: date
    round: int = Field(description="1; a later one holds corrections after the last period.")
    state: str
    next_step: str
    who: str
    due_on: date | None
    statement: int | None
    stated_gbp: str | None = Field(description="Net of VAT.")
    disputed_gbp: str
    paid_gbp: str
    missing: list[WantedFact] = Field(description="What is still to be reported.")


class Periods(Schema):
    rows: list[PeriodOut]
    said: str


class FactsIn(Schema):
    """What happened in one period, as the word of the key's body."""

    starts_on: date = Field(description="The first day of the period.")
    key: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")] = Field(
        description="Your own for this report: sent again with the same facts, nothing is added."
    )
    values: Annotated[dict[Word, Word | int], Field(min_length=1, max_length=MOST_VALUES)] = Field(
        description='Fact -> its value, as decimal text: {"lamps": "812.5"}.'
    )
    evidence: Annotated[str, Field(max_length=LONGEST_EVIDENCE, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Where each number comes from."
    )


class ReportOut(Schema):
    id: int
    starts_on: date
    key: str
    values: dict[str, str]
    state: str
    is_correction: bool = Field(description="The period was settled: the next statement adjusts.")
    at: datetime
    was_there_already: bool


class LineOut(Schema):
    term: str
    payer: str
    payee: str
    net_gbp: str
    vat_gbp: str
    gross_gbp: str
    because: str
    adjusts: str
    stands: str
    paid_on: date | None
    why_disputed: str


class PairOut(Schema):
    payer: str
    payee: str
    net_gbp: str
    vat_gbp: str
    gross_gbp: str
    disputed_gbp: str
    to_pay_gbp: str
    invoice: str
    clock: str
    interest_gbp: str = Field(
        description="Statutory interest on what was paid late, or is late today; no part of it."
    )
    late_days: int


class PeriodNamed(Schema):
    starts_on: date
    last_day: date


class StatementOut(Schema):
    """What is due for a period: amounts are exact, in pounds."""

    number: int
    agreement: int
    period: PeriodNamed
    round: int
    state: str
    lines: list[LineOut]
    between: list[PairOut]
    findings: list[str]
    facts: dict[str, str]
    made_at: datetime
    digest: str


class Statements(Schema):
    rows: list[StatementOut]


@router.get(
    "/{agreement_id}/settlement",
    auth=to_read,
    response={200: Periods, 401: Refusal, 404: Refusal, 422: Refusal},
    url_name="agreements_settlement",
)
def periods(request: HttpRequest, agreement_id: Number) -> dict[str, Any]:
    """Every period of an agreement: where it stands, and what is still to be reported."""
    agreement = _agreement(request, agreement_id)
    page = settlement.home_page(agreement, on=timezone.localdate())
    return {
        "said": page.why_not or page.answer,
        "rows": [
            {
                "starts_on": row.period.starts_on,
                "last_day": row.period.last_day,
                "round": row.round,
                "state": row.words,
                "next_step": row.step.words,
                "who": row.step.who,
                "due_on": row.due_on,
                "statement": row.statement,
                "stated_gbp": None if row.stated_gbp is None else str(row.stated_gbp),
                "disputed_gbp": str(row.disputed_gbp),
                "paid_gbp": str(row.paid_gbp),
                "missing": [
                    {"key": fact.key, "title": fact.title, "unit": fact.unit}
                    for fact in row.missing
                ],
            }
            for row in page.rows
        ],
    }


@router.post(
    "/{agreement_id}/facts",
    auth=with_key,
    response={
        200: ReportOut,
        201: ReportOut,
        400: Refusal,
        401: Refusal,
        404: Refusal,
        409: Refusal,
        422: Refusal,
    },
    url_name="agreements_facts",
)
def facts(request: HttpRequest, agreement_id: Number, said: FactsIn) -> Status[dict[str, Any]]:
    """Report what happened in a period: 201; 200 where the same came under this key before."""
    key = request.auth  # type: ignore[attr-defined]  # the key that opened this
    agreement, at = _agreement(request, agreement_id), timezone.now()
    report = report_facts(
        agreement=agreement,
        starts_on=said.starts_on,
        values=said.values,
        organisation=key.organisation,
        key=said.key,
        evidence=said.evidence,
        by=key.by,
        at=at,
    )
    was_there = report.at != at
    shown = {
        "id": report.pk,
        "starts_on": report.settlement.starts_on,
        "key": report.key,
        "values": report.values,
        "state": report.get_state_display(),
        "is_correction": report.is_correction,
        "at": report.at,
        "was_there_already": was_there,
    }
    return Status(200 if was_there else 201, shown)


@router.get(
    "/{agreement_id}/statements",
    auth=to_read,
    response={200: Statements, 401: Refusal, 404: Refusal, 422: Refusal},
    url_name="agreements_statements",
)
def statement_rows(
    request: HttpRequest,
    agreement_id: Number,
    since: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0,
) -> dict[str, Any]:
    """Every statement of an agreement after one of a number, the oldest first, fifty at most."""
    agreement = _agreement(request, agreement_id)
    return {"rows": [_shown(request, one) for one in statements.statements_after(agreement, since)]}


@router.get(
    "/{agreement_id}/statements/{number}",
    auth=to_read,
    response={200: StatementOut, 401: Refusal, 404: Refusal, 422: Refusal},
    url_name="agreements_statement",
)
def statement(
    request: HttpRequest,
    agreement_id: Number,
    number: Annotated[int, Field(ge=1, le=2**31 - 1)],
) -> dict[str, Any]:
    """One statement: its lines, between whom, its invoice and payment clock."""
    held = statements.statement_of(_agreement(request, agreement_id), number)
    if held is None:
        raise NotRead(f"This agreement has no statement {number}. /statements lists them.")
    return _shown(request, held)


def _shown(request: HttpRequest, held: Any) -> dict[str, Any]:
    page = statements.statement_page(held, viewer=_person(request), on=timezone.localdate())
    return page.as_json()


def _person(request: HttpRequest) -> Any:
    return getattr(request.auth, "by", request.auth)  # type: ignore[attr-defined]  # key or person


def _agreement(request: HttpRequest, agreement_id: int) -> Any:
    """The agreement of an address, for whoever reads it; a key opens its own alone."""
    agreement, who = settlement.agreement_at(agreement_id), request.auth  # type: ignore[attr-defined]
    is_keys = getattr(who, "agreement_id", agreement_id) == agreement_id
    if (
        agreement is None
        or not is_keys
        or permissions.why_not_read_agreement(_person(request), agreement)
    ):
        raise NotRead(
            f"No agreement of number {agreement_id} is read here by you. A key opens the one that "
            "it was made for."
        )
    return agreement
