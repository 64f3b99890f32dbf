"""The spend room for programs: the numbers of the pages, as JSON, for whoever is asking."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moothall.directory.queries import viewer_for
from moothall.spend.analysis.payments import Filters
from moothall.spend.queries import comparing, explorer, figures, files, lines, suppliers
from moothall.spend.queries.asking import Reading, reading_for
from moothall.spend.queries.categories import category_list

router = Router(tags=["Spending"])
BIGGEST = 2**63 - 1
Number = Annotated[int, Field(ge=-BIGGEST, le=BIGGEST)]
Text = Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")]
Pounds = Annotated[Decimal, Field(max_digits=16, decimal_places=2, allow_inf_nan=False)]


class Refusal(Schema):
    """What is refused, why, and what to do next."""

    sentence: str


REFUSALS = {400: Refusal, 422: Refusal}
NOT_THERE = {404: Refusal, **REFUSALS}


class Asked(Schema):
    """Which payments: everything given must hold."""

    body: Annotated[list[Text], Field(max_length=50)] = Field(
        default=[], description="Only these bodies, by name, slug or GSS code."
    )
    starts: date | None = Field(default=None, alias="from", description="First day of payment.")
    ends: date | None = Field(default=None, alias="to", description="Last day of payment.")
    category: Text | None = Field(default=None, description="Code of a category or a kind.")
    supplier: Text | None = Field(default=None, description="A supplier's name, or part of it.")

    def filters(self, reading: Reading) -> Filters:
        return figures.filters_named(
            viewer=reading,
            bodies=[body for body in self.body if body],
            starts=self.starts,
            ends=self.ends,
            category=self.category,
            supplier=self.supplier,
        )


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


class Summary(Schema):
    """Amounts are strings in pounds: exact money."""

    rows: list[SummaryRow]
    total_gbp: str
    coverage: Coverage


class SupplierDetail(Schema):
    id: int
    name: str
    kind: str
    total_gbp: str
    payment_count: int
    bodies: list[SummaryRow]
    years: list[SummaryRow]
    kinds: list[SummaryRow]


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


class Categories(Schema):
    rows: list[GroupRow]
    not_classified_gbp: str
    total_gbp: str
    classified_share: float | None


class BodyRow(Schema):
    slug: str
    name: str
    spend_gbp: str
    payment_count: int


class Headline(Schema):
    """A total of several bodies: gross, and net of what they pay each other and only pass on."""

    gross_gbp: str
    net_gbp: str
    between_own_gbp: str
    pass_through_gbp: str
    own_purpose_gbp: str
    payment_count: int
    supplier_count: int
    body_count: int


class Bodies(Schema):
    rows: list[BodyRow]
    headline: Headline


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
    identified_share: float | None
    band: str


class Markets(Schema):
    rows: list[MarketRow]


class TogetherRow(Schema):
    key: str
    label: str
    body_count: int
    spend_gbp: str
    largest_gbp: str
    saving_estimate_gbp: float


class Together(Schema):
    rows: list[TogetherRow]


def _reading(request: HttpRequest) -> Reading:
    return reading_for(viewer_for(request.user))


def _gbp(amount: Decimal | int) -> str:
    return f"{amount:.2f}"


def _row(row: figures.SummaryRow) -> dict[str, Any]:
    return row.as_json()


@router.get(
    "/summary",
    response={200: Summary, **REFUSALS},
    url_name="spend_summary",
    summary="Published payments by one dimension",
)
def summary(
    request: HttpRequest,
    asked: Query[Asked],
    by: Literal["category", "kind", "supplier", "department", "body", "month", "year"],
    top: Annotated[int, Field(ge=1, le=1000)] | None = None,
):
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
    return figures.headline_json(figures.headline(reading, asked.filters(reading)))


@router.get(
    "/suppliers",
    response={200: Summary, **REFUSALS},
    url_name="spend_suppliers",
    summary="Suppliers, spellings joined, fifty at a time",
)
def supplier_list(
    request: HttpRequest,
    asked: Query[Asked],
    find: Text = "",
    page: Annotated[int, Field(ge=1, le=20_000)] = 1,
):
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
    found = suppliers.supplier_page(_reading(request), supplier_id)
    return {
        "id": found.id,
        "name": found.name,
        "kind": found.kind,
        "total_gbp": _gbp(found.headline.gross_gbp),
        "payment_count": found.headline.payment_count,
        "bodies": list(map(_row, found.bodies.rows)),
        "years": list(map(_row, found.years.rows)),
        "kinds": list(map(_row, found.categories.rows)),
    }


@router.get(
    "/lines",
    response={200: Lines, **REFUSALS},
    url_name="spend_lines",
    summary="Payment lines, newest first, a page at a time",
)
def line_list(
    request: HttpRequest,
    asked: Query[Asked],
    text: Text | None = None,
    least: Pounds | None = None,
    most: Pounds | None = None,
    order: Literal["-paid", "paid", "-amount", "amount"] = "-paid",
    page: Annotated[int, Field(ge=1, le=20_000)] = 1,
    count: Annotated[int, Field(ge=1, le=500)] = 50,
):
    reading = _reading(request)
    filters = figures.narrowed(asked.filters(reading), text=text, least_gbp=least, most_gbp=most)
    found = lines.lines_page(reading, filters, order=order, page=page, count=count)
    return found.as_json() | {
        "page": page,
        "page_count": -(-found.payment_count // count),
    }


@router.get(
    "/categories",
    response={200: Categories, **REFUSALS},
    url_name="spend_categories",
    summary="The scheme of categories, with what was paid under each",
)
def categories(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    found = category_list(reading, asked.filters(reading))
    return {
        "rows": [
            {
                "code": group.code,
                "label": group.label,
                "definition": group.definition,
                "spend_gbp": _gbp(group.spend_gbp),
                "share": group.share,
                "kinds": [
                    {
                        "code": kind.code,
                        "label": kind.label,
                        "definition": kind.definition,
                        "spend_gbp": _gbp(kind.spend_gbp),
                        "payment_count": kind.payment_count,
                    }
                    for kind in group.kinds
                ],
            }
            for group in found.groups
        ],
        "not_classified_gbp": _gbp(found.not_classified_gbp),
        "total_gbp": _gbp(found.total_gbp),
        "classified_share": found.coverage.classified_share,
    }


@router.get(
    "/bodies",
    response={200: Bodies, **REFUSALS},
    url_name="spend_bodies",
    summary="The bodies that published, and their total gross and net",
)
def bodies(request: HttpRequest, asked: Query[Asked]):
    reading = _reading(request)
    filters = asked.filters(reading)
    slugs = {body_id: slug for slug, _name, body_id in explorer.choices_for(reading).bodies}
    found = figures.summary(reading, "body", filters)
    return {
        "rows": [
            {
                "slug": slugs.get(row.id or 0, ""),
                "name": row.label,
                "spend_gbp": _gbp(row.spend_gbp),
                "payment_count": row.payment_count,
            }
            for row in found.rows
        ],
        "headline": figures.headline_json(figures.headline(reading, filters)),
    }


@router.get(
    "/files",
    response={200: Files, **REFUSALS},
    url_name="spend_files",
    summary="The published files behind every figure",
)
def file_list(request: HttpRequest, page: Annotated[int, Field(ge=1, le=20_000)] = 1):
    found = files.files_published(_reading(request), count=200, skip=(page - 1) * 200)
    rows = [
        {
            "id": file.id,
            "name": file.name,
            "sha256": file.sha256,
            "body": file.body,
            "starts_on": file.starts_on,
            "last_on": file.last_on,
            "rows_read": file.rows_read,
            "rows_kept": file.rows_kept,
            "rows_set_aside": file.rows_set_aside,
            "kept_gbp": _gbp(file.kept_gbp),
            "set_aside_gbp": _gbp(file.set_aside_gbp),
            "control_gbp": _gbp(file.control_gbp),
        }
        for file in found
    ]
    return {"rows": rows}


@router.get(
    "/concentration",
    response={200: Markets, **REFUSALS},
    url_name="spend_concentration",
    summary="How much of each category its four largest suppliers hold",
)
def concentration(
    request: HttpRequest, asked: Query[Asked], by: Literal["category", "kind"] = "category"
):
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
    request: HttpRequest,
    asked: Query[Asked],
    by: Literal["supplier", "category", "kind"] = "supplier",
    top: Annotated[int, Field(ge=1, le=1000)] = 100,
):
    reading = _reading(request)
    found = comparing.together(reading, by, asked.filters(reading), top=top)
    return {"rows": [row.as_json() for row in found]}
