"""The spend room for programs: the numbers of the pages, as JSON, for whoever is asking.

Each address asks one question of `queries` and answers what its `as_json` says, as the command line
does. Which payments may be asked for is said once, in `engine.questions`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import GenericAlias
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import create_model

from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_named, viewer_for
from moothall.spend.analysis.payments import Filters
from moothall.spend.engine.questions import (
    FILTERS,
    By,
    DuplicateKey,
    DuplicateStatus,
    Filter,
    LineOrder,
    MarketBy,
    Span,
    TogetherBy,
    TrendBy,
)
from moothall.spend.queries import (
    categories,
    comparing,
    duplicates,
    figures,
    files,
    lines,
    suppliers,
    trends,
)
from moothall.spend.queries.asking import Reading, reading_for

router = Router(tags=["Spending"])
BIGGEST = 2**63 - 1
Number = Annotated[int, Field(ge=-BIGGEST, le=BIGGEST)]
Page = Annotated[int, Field(ge=1, le=20_000)]
Top = Annotated[int, Field(ge=1, le=1000)]
Text = Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")]
Pounds = Annotated[Decimal, Field(max_digits=16, decimal_places=2, allow_inf_nan=False)]
TAKES: dict[type, Any] = {str: Text, date: date, Decimal: Pounds}


class Refusal(Schema):
    """What is refused, why, and what to do next."""

    sentence: str


REFUSALS = {400: Refusal, 422: Refusal}
NOT_THERE = {404: Refusal, **REFUSALS}
NOT_YOURS = {403: Refusal, **REFUSALS}


def _parameter(said: Filter) -> tuple[Any, Any]:
    """A filter's type and field, as pydantic takes them."""
    takes = TAKES[said.takes]
    named: Any = {"alias": said.said, "description": said.help}
    if said.is_many:
        return GenericAlias(list, (takes,)), Field(default=[], max_length=50, **named)
    return takes | None, Field(default=None, **named)


_PARAMETERS: Any = {each.name: _parameter(each) for each in FILTERS}
_EVERY_FILTER: Any = create_model("EveryFilter", __base__=Schema, **_PARAMETERS)


class Asked(_EVERY_FILTER):
    """Which payments: everything given must hold."""

    def filters(self, reading: Reading) -> Filters:
        return figures.filters_named(viewer=reading, **self.dict())


class Headline(Schema):
    """A total of several bodies: gross, and net of what they pay each other and only pass on."""

    gross_gbp: str
    net_gbp: str
    between_own_gbp: str
    pass_through_gbp: str
    own_purpose_gbp: str
    payment_count: int
    supplier_count: int | None
    body_count: int


class SummaryRow(Schema):
    key: str
    label: str
    id: int | None
    spend_gbp: str
    payment_count: int
    share: float | None


class Coverage(Schema):
    row_count: int
    payment_count: int
    classified_gbp: str
    classified_share: float | None
    bodies: list[str]
    publication_count: int
    first_month: str | None
    last_month: str | None
    counted_twice_rows: int
    counted_twice_gbp: str


class Summary(Schema):
    """Amounts are strings in pounds: exact money."""

    rows: list[SummaryRow]
    total_gbp: str
    coverage: Coverage
    headline: Headline


class SpanRow(Schema):
    key: str
    label: str
    spend_gbp: str
    month_count: int


class TrendRow(Schema):
    key: str
    label: str
    id: int | None
    spend_gbp: str
    amounts_gbp: list[str]


class Trends(Schema):
    """One amount of each row for each span; rows and others add up to the spans."""

    by: str
    span: str
    spans: list[SpanRow]
    rows: list[TrendRow]
    others: TrendRow | None
    total_gbp: str
    headline: Headline


class SupplierDetail(Schema):
    id: int
    name: str
    kind: str
    known: list[str]
    total_gbp: str
    payment_count: int
    bodies: list[SummaryRow]
    years: list[SummaryRow]
    kinds: list[SummaryRow]
    headline: Headline


class LineRow(Schema):
    source_id: int
    row: int
    sheet: str | None
    paid_on: date
    body: str
    supplier: str
    supplier_id: int | None
    department: str | None
    purpose: str | None
    category: str
    amount_gbp: str


class Lines(Schema):
    rows: list[LineRow]
    total_gbp: str
    payment_count: int
    headline: Headline
    page: int
    page_count: int


class KindRow(Schema):
    code: str
    label: str
    definition: str
    spend_gbp: str
    payment_count: int


class GroupRow(Schema):
    code: str
    label: str
    definition: str
    spend_gbp: str
    share: float | None
    kinds: list[KindRow]


class HowRow(Schema):
    how: str
    spend_gbp: str
    share: float


class Categories(Schema):
    rows: list[GroupRow]
    not_classified_gbp: str
    total_gbp: str
    classified_share: float | None
    how: list[HowRow]
    headline: Headline


class MonthRow(Schema):
    month: str
    spend_gbp: str | None


class CategoryDetail(Schema):
    code: str
    label: str
    definition: str
    category: str
    is_pass_through: bool
    total_gbp: str
    payment_count: int
    share: float | None
    kinds: list[SummaryRow]
    suppliers: list[SummaryRow]
    bodies: list[SummaryRow]
    months: list[MonthRow]
    headline: Headline


class BodyRow(Schema):
    """What one body's publications include. Shares are of lines unless the name says pounds."""

    id: int
    slug: str
    name: str
    spend_gbp: str
    payment_count: int
    month_count: int
    first_on: date
    last_on: date
    below_upper_share: float | None
    credit_share: float
    card_share: float
    redacted_share: float
    redacted_gbp_share: float | None
    date_meaning: str


class CautionRow(Schema):
    code: str
    bodies: list[str]
    sentence: str


class Bodies(Schema):
    rows: list[BodyRow]
    cautions: list[CautionRow]
    upper_threshold_gbp: int


class BetweenRow(Schema):
    payer: str
    payee: str
    name: str
    supplier_id: int | None
    spend_gbp: str
    payment_count: int


class Between(Schema):
    rows: list[BetweenRow]
    total_gbp: str
    headline: Headline


class ShareRow(Schema):
    """How much went to one sort of supplier, of what is known of suppliers."""

    key: str
    label: str
    spend_gbp: str
    known_gbp: str
    share: float | None
    coverage: float | None


class Shares(Schema):
    rows: list[ShareRow]
    total_gbp: str


class FileRow(Schema):
    id: int
    name: str
    sha256: str
    body: str
    starts_on: date
    last_on: date
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    kept_gbp: str
    set_aside_gbp: str
    control_gbp: str


class Files(Schema):
    rows: list[FileRow]


class MarketRow(Schema):
    code: str
    label: str
    spend_gbp: str
    supplier_count: int
    top_share: float
    hhi: float
    effective_supplier_count: float
    identified_share: float | None
    band: str


class Markets(Schema):
    rows: list[MarketRow]


class TogetherBody(Schema):
    body: str
    spend_gbp: str


class TogetherRow(Schema):
    key: str
    label: str
    id: int | None
    body_count: int
    bodies: list[TogetherBody]
    spend_gbp: str
    largest_gbp: str
    payment_count: int
    saving_estimate_gbp: float


class Together(Schema):
    rows: list[TogetherRow]


class SuspectLine(Schema):
    source_id: int
    sheet: str | None
    row: int
    paid_on: date
    reference: str
    amount_gbp: str


class SuspicionRow(Schema):
    key: str
    status: str
    body: str
    supplier: str
    amount_gbp: str
    sentence: str
    lines: list[SuspectLine]


class KeyTotal(Schema):
    key: str
    what: str
    open: int
    resolved: int
    review: int
    open_gbp: str


class Duplicates(Schema):
    rows: list[SuspicionRow]
    totals: list[KeyTotal]
    open_gbp: str


def _reading(request: HttpRequest) -> Reading:
    return reading_for(viewer_for(request.user))


@router.get(
    "/summary",
    response={200: Summary, **REFUSALS},
    url_name="spend_summary",
    summary="Published payments by one dimension",
)
def summary(request: HttpRequest, asked: Query[Asked], by: By, top: Top | None = None):
    """The same numbers as the pages and `moothall spend summary --by`."""
    reading = _reading(request)
    return figures.summary(reading, by, asked.filters(reading), top=top or 1000).as_json()


@router.get(
    "/headline",
    response={200: Headline, **REFUSALS},
    url_name="spend_headline",
    summary="Gross, net between the place's own bodies, and without pass-through",
)
def headline(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    return figures.headline(reading, asked.filters(reading)).as_json()


@router.get(
    "/trends",
    response={200: Trends, **REFUSALS},
    url_name="spend_trends",
    summary="How published payments changed, by month or financial year",
)
def trend(
    request: HttpRequest,
    asked: Query[Asked],
    by: TrendBy = "category",
    span: Span = "year",
    top: Annotated[int, Field(ge=1, le=200)] = trends.LARGEST_SHOWN,
):
    reading = _reading(request)
    return trends.trends(reading, by, asked.filters(reading), span=span, top=top).as_json()


@router.get(
    "/suppliers",
    response={200: Summary, **REFUSALS},
    url_name="spend_suppliers",
    summary="Suppliers, spellings joined, fifty at a time",
)
def supplier_list(request: HttpRequest, asked: Query[Asked], find: Text = "", page: Page = 1):
    reading = _reading(request)
    found = figures.summary_page(
        reading, "supplier", asked.filters(reading), text=find, page=page, count=50
    )
    return found.as_json()


@router.get(
    "/suppliers/{supplier_id}",
    response={200: SupplierDetail, **NOT_THERE},
    url_name="spend_supplier",
    summary="One supplier over every year",
)
def supplier(request: HttpRequest, supplier_id: Number):
    return suppliers.supplier_page(_reading(request), supplier_id).as_json()


@router.get(
    "/lines",
    response={200: Lines, **REFUSALS},
    url_name="spend_lines",
    summary="Payment lines, newest first, a page at a time",
)
def line_list(
    request: HttpRequest,
    asked: Query[Asked],
    order: LineOrder = "-paid",
    page: Page = 1,
    count: Annotated[int, Field(ge=1, le=500)] = 50,
):
    reading = _reading(request)
    found = lines.lines_page(reading, asked.filters(reading), order=order, page=page, count=count)
    return found.as_json() | {"page": page, "page_count": -(-found.payment_count // count)}


@router.get(
    "/categories",
    response={200: Categories, **REFUSALS},
    url_name="spend_categories",
    summary="The scheme of categories, with what was paid under each",
)
def category_list(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    return categories.category_list(reading, asked.filters(reading)).as_json()


@router.get(
    "/categories/{path:code}",
    response={200: CategoryDetail, **NOT_THERE},
    url_name="spend_category",
    summary="One category or kind: to whom, by which bodies, month by month",
)
def category(request: HttpRequest, code: str, asked: Query[Asked]):
    reading = _reading(request)
    return categories.category_page(reading, code, asked.filters(reading)).as_json()


@router.get(
    "/bodies",
    response={200: Bodies, **REFUSALS},
    url_name="spend_bodies",
    summary="What each body published, includes and leaves out: whether they can be compared",
)
def bodies(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    return comparing.comparability_of(reading, asked.filters(reading)).as_json()


@router.get(
    "/between",
    response={200: Between, **REFUSALS},
    url_name="spend_between",
    summary="What the place's own bodies pay each other, which every net total leaves out",
)
def between(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    return comparing.between_own_bodies(reading, asked.filters(reading)).as_json()


@router.get(
    "/shares",
    response={200: Shares, **REFUSALS},
    url_name="spend_shares",
    summary="How much went to local, small, third-sector and mutual suppliers, of what is known",
)
def shares(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    return comparing.supplier_shares(reading, asked.filters(reading)).as_json()


@router.get(
    "/concentration",
    response={200: Markets, **REFUSALS},
    url_name="spend_concentration",
    summary="How much of each category its four largest suppliers hold",
)
def concentration(request: HttpRequest, asked: Query[Asked], by: MarketBy = "category"):
    reading = _reading(request)
    found = comparing.concentration(reading, asked.filters(reading), level=by)
    return {"rows": [market.as_json() for market in found]}


@router.get(
    "/together",
    response={200: Together, **REFUSALS},
    url_name="spend_together",
    summary="What two or more bodies buy",
)
def together(
    request: HttpRequest, asked: Query[Asked], by: TogetherBy = "supplier", top: Top = 100
):
    reading = _reading(request)
    found = comparing.together(reading, by, asked.filters(reading), top=top)
    return {"rows": [row.as_json() for row in found]}


@router.get(
    "/duplicates",
    response={200: Duplicates, **NOT_YOURS},
    url_name="spend_duplicates",
    summary="Payments that may have been made twice, for those who may see them: never the public",
)
def duplicate_list(
    request: HttpRequest,
    asked: Query[Asked],
    key: DuplicateKey | None = None,
    status: DuplicateStatus | None = None,
    ledger: bool = False,
):
    viewer = viewer_for(request.user, deed=Deed.SEE_PRIVATE)
    found = duplicates.duplicates(
        viewer,
        asked.filters(_reading(request)),
        day=timezone.localdate(),
        in_ledger=ledger,
    )
    return found.only(key or "", status or "").as_json()


@router.get(
    "/files",
    response={200: Files, **REFUSALS},
    url_name="spend_files",
    summary="The published files behind every figure",
)
def file_list(
    request: HttpRequest,
    body: Annotated[list[Text], Query(max_length=50, description="Only these bodies.")] = [],  # noqa: B006
    page: Page = 1,
):
    bodies = [body_named(name).pk for name in body]
    found = files.files_published(
        _reading(request), bodies=bodies, count=200, skip=(page - 1) * 200
    )
    return {"rows": [file.as_json() for file in found]}
