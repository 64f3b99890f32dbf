"""The page of a body's exposure register: what is at risk, and what a failure would leave."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from moothall.agreements.actions import companies as deeds
from moothall.agreements.engine.exposure import Standing
from moothall.agreements.forms import companies as forms
from moothall.agreements.queries import companies
from moothall.agreements.queries import exposure as queries
from moothall.agreements.views.several import GET_OR_POST, Part, answer, typed
from moothall.agreements.views.whose import PersonsRequest, body_for
from moothall.core.downloads import csv_file
from moothall.core.permissions import Viewer, route
from moothall.directory.engine.roles import Deed
from moothall.directory.permissions import why_not_read_agreement
from moothall.directory.queries import viewer_for
from moothall.values.money import Money
from moothall.values.tables import Cell, Column, Download, Kind, Table
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.directory.models import Organisation

Said = dict[str, Any]


@route(deed=Deed.READ_AGREEMENT)
@GET_OR_POST
def register(request: PersonsRequest, slug: str) -> HttpResponseBase:
    """A body's exposure to its companies, stressed against its reserves."""
    body = body_for(slug, who=request.user, why_not=why_not_read_agreement)
    stress = forms.StressForm(request.GET)
    percents = stress.percents() if stress.is_valid() else {}
    viewer = viewer_for(request.user)
    page = queries.exposure_page(body, viewer=viewer, day=timezone.localdate(), percents=percents)
    if request.GET.get("format") == "csv":
        head = ("company", "standing", "about", "amount_gbp", "from")
        rows = (
            (x.company, x.standing, x.what, Money.from_pence(x.pence).gbp, x.starts_on)
            for x in page.rows
        )
        return csv_file(f"exposure-{slug}", head, rows)
    shown = {
        "page": page,
        "said": _said(page),
        "stress": stress,
        "is_stressed": bool(percents),
        "companies": _companies_table(page),
        "rows": _rows_table(page),
        "stresses": _stress_table(page),
        "trail": [("Companies", reverse("agreements:companies")), (f"Exposure of {body}", "")],
    }
    parts = [] if page.why_not_keep else _parts(request, body, page, viewer)
    return answer(request, "agreements/exposure.html", shown, parts, request.path)


def _said(page: queries.ExposurePage) -> str:
    if not page.rows:
        return f"Nothing of {page.body} is recorded as at risk in a company."
    count = len(page.companies)
    said = (
        f"{page.body} has {pounds_in_words(Money.from_pence(page.total_pence))} at risk in "
        f"{count} {'company' if count == 1 else 'companies'}"
    )
    if page.reserves_pence is None:
        return f"{said}. Its reserves are not recorded."
    reserves = pounds_in_words(Money.from_pence(page.reserves_pence))
    share = page.share_of_reserves
    part = "" if share is None else f", {percentage(share)} of its usable reserves of {reserves}"
    return f"{said}{part}."


def _parts(
    request: HttpRequest, body: "Organisation", page: queries.ExposurePage, viewer: Viewer
) -> list[Part]:
    person: Any = request.user
    known = {str(one.pk): one for one in companies.readable(viewer)}

    def record(said: Said) -> str:
        made = deeds.record_exposure(
            company=known[said.pop("company")], holder=body, by=person, at=timezone.now(), **said
        )
        return f"{Money.from_pence(made.pence)} at risk in {made.company} is kept."

    def end(said: Said) -> str:
        held = queries.exposure_numbered(body, int(said["exposure"]))
        assert held is not None  # noqa: S101  # a choice of the form
        deeds.end_exposure(exposure=held, on=said["on"], by=person, at=timezone.now())
        return f"It is at risk no longer from {said['on']:%-d %B %Y}."

    def reserves(said: Said) -> str:
        deeds.record_reserves(body=body, by=person, at=timezone.now(), **said)
        return "The reserves are kept."

    names = [(key, str(one)) for key, one in known.items()]
    rows = [
        (str(x.id), f"{x.company}: {x.standing} of {Money.from_pence(x.pence)}") for x in page.rows
    ]
    parts = [
        Part("expose", "Record an exposure", "Keep it",
             forms.ExposureForm(**typed(request, "expose"), companies=names), record),
        Part("reserves", "Record reserves", "Keep them",
             forms.ReservesForm(**typed(request, "reserves")), reserves),
    ]  # fmt: skip
    if rows:
        form = forms.EndExposureForm(**typed(request, "end"), rows=rows)
        parts.append(Part("end", "An exposure ends", "Keep it", form, end))
    return parts if names else parts[1:]


def _companies_table(page: queries.ExposurePage) -> Table:
    return Table(
        caption="At risk by company",
        columns=(
            Column("Company"),
            *(Column(each.words.capitalize(), Kind.POUNDS) for each in Standing),
            Column("All", Kind.POUNDS),
            Column("Lost if it fails", Kind.POUNDS),
        ),
        rows=[
            (
                Cell(x.company, reverse("agreements:company", args=[x.company_id])),
                *(Money.from_pence(pence) for pence in x.by_standing),
                Money.from_pence(x.total_pence),
                Money.from_pence(x.lost_pence),
            )
            for x in page.companies
        ],
        empty="Nothing is recorded as at risk.",
        empty_next="Record equity, loans, guarantees and unpaid balances as they arise.",
    )


def _rows_table(page: queries.ExposurePage) -> Table:
    return Table(
        caption="Each exposure",
        columns=(
            Column("Company"),
            Column("What"),
            Column("More about it"),
            Column("Amount", Kind.POUNDS),
            Column("From", Kind.DATE),
        ),
        rows=[
            (x.company, x.standing, x.what, Money.from_pence(x.pence), x.starts_on)
            for x in page.rows
        ],
        downloads=(Download("?format=csv", "CSV"),),
    )


def _stress_table(page: queries.ExposurePage) -> Table:
    return Table(
        caption="If companies fail",
        columns=(
            Column("What happens"),
            Column("Lost", Kind.POUNDS),
            Column("Reserves left", Kind.POUNDS),
            Column("Enough"),
        ),
        rows=[
            (
                x.said,
                Money.from_pence(x.lost_pence),
                None if x.left_pence is None else Money.from_pence(x.left_pence),
                "not known" if x.left_pence is None else "no" if x.is_more_than_reserves else "yes",
            )
            for x in page.stresses
        ],
    )
