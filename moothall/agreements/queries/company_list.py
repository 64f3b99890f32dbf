"""Which companies and mutuals are there for this reader, and under which agreement?"""

from datetime import date
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from moothall.agreements import permissions
from moothall.agreements.models import Agreement, Company
from moothall.agreements.queries.companies import (
    AUTHORITIES,
    activity_of,
    form_called,
    ownership_withheld,
    readable,
    stakes_of,
)
from moothall.agreements.queries.register import kind_of, reads
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.values.wording import listed

PAGE_ROWS = 50
Kind = Organisation.Kind
PUBLIC_BODIES = AUTHORITIES | {Kind.HEALTH, Kind.SCHOOL, Kind.GOVERNMENT, Kind.OTHER_PUBLIC}
ORDERS = {"name": "organisation__name", "form": "form", "body": "body__name"}


@frozen
class CompanyRow:
    """One company, as the list shows it.

    holders, publicly_held : how many hold it, and the part of the votes that public bodies have;
                             None where that is withheld
    """

    id: int
    name: str
    form: str
    body: str
    holders: int | None
    publicly_held: float | None
    activity: str
    is_warned: bool
    is_public: bool

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "form": self.form,
            "body": self.body,
            "holders": self.holders,
            "publicly_held": self.publicly_held,
            "activity": self.activity,
            "is_warned": self.is_warned,
            "is_public": self.is_public,
        }


def company_list(
    number: str | int | None, *, viewer: Viewer, day: date, **asked: Any
) -> Page[CompanyRow]:
    """One page of the companies that this reader reads, as frozen rows."""
    page: Page[Any] = Paginator(_found(viewer, **asked), PAGE_ROWS).get_page(number)
    page.object_list = [_row(each, viewer, day) for each in page.object_list]
    return page


def company_rows(*, viewer: Viewer, day: date, **asked: Any) -> list[CompanyRow]:
    """Every company that fits, for a download or the command."""
    return [_row(each, viewer, day) for each in _found(viewer, **asked)]


def _found(
    viewer: Viewer,
    *,
    words: str = "",
    form: str = "",
    agreement: int | None = None,
    order: str = "name",
) -> QuerySet[Company]:
    held = readable(viewer)
    if agreement is not None:
        held = held.filter(agreement=agreement)
    if words:
        held = held.filter(Q(organisation__name__icontains=words) | Q(body__name__icontains=words))
    if form:
        held = held.filter(form=form)
    first = ORDERS.get(order.removeprefix("-"), ORDERS["name"])
    return held.order_by(f"{'-' if order.startswith('-') else ''}{first}", "organisation__name")


def _row(company: Company, viewer: Viewer, day: date) -> CompanyRow:
    reads = permissions.why_not_read_company(viewer, company) is None
    is_withheld = not reads and ownership_withheld(company) is not None
    held = () if is_withheld else stakes_of(company, day)
    test = activity_of(company, day) if reads else None
    public = set(
        Organisation.objects.filter(
            kind__in=PUBLIC_BODIES, name__in=[x.holder for x in held]
        ).values_list("name", flat=True)
    )
    votes = [one.votes for one in held if one.holder in public and one.votes is not None]
    return CompanyRow(
        id=company.pk,
        name=company.organisation.name,
        form=form_called(company.form).label,
        body=company.body.name,
        holders=None if is_withheld else len(held),
        publicly_held=float(sum(votes)) if held else None,
        activity="" if test is None else test.verdict,
        is_warned=bool(test and test.warning),
        is_public=company.is_public,
    )


def said_of_companies(agreement: Agreement, viewer: Viewer) -> str | None:
    """The companies under an agreement in a sentence; None where there is nothing to say of any."""
    names = [str(each) for each in readable(viewer).filter(agreement=agreement)]
    if names:
        return f"{listed(names)}: who holds each, and what that brings."
    if kind_of(agreement).key != "company" or not reads(agreement, viewer, agreement.members.all()):
        return None
    return "No company is recorded under it."
