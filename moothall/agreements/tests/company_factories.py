"""Invented companies for tests: one that two councils and investors hold, with all its books."""

from datetime import date

from django.utils import timezone

from moothall.agreements.actions import companies, company_plans
from moothall.agreements.actions.routes import keep_route
from moothall.agreements.queries.routes import answered, facts_as_kept
from moothall.agreements.tests.factories import manager_of
from moothall.directory.engine.routes import Facts
from moothall.directory.models import Organisation
from moothall.directory.tests.factories import OrganisationFactory


def company_of(body, organisation, *, form="limited_by_shares", by=None, **said):
    """The record of a company, kept by a body."""
    return companies.register_company(
        body=body,
        organisation=organisation,
        form=form,
        by=by or manager_of(body),
        at=timezone.now(),
        **said,
    )


def company_story(body, other):
    """A company of two bodies with holders, a board, years, a plan put, and what is at risk."""
    by, at = manager_of(body), timezone.now()
    number = Organisation.objects.count()
    firm = OrganisationFactory(name=f"{body.name} Homes", slug=f"homes-{number}", kind="company")
    company = company_of(body, firm, by=by, reserved_matters=0, is_public=True)
    said = {"by": by, "at": at}
    shares = companies.add_class(company=company, name="Ordinary shares", **said)
    since = date(2024, 4, 1)
    for holder, count in ((body, 199), (other, 300)):
        companies.record_holding(of_class=shares, count=count, on=since, holder=holder, **said)
    companies.record_holding(of_class=shares, count=501, on=since, holder_name="Investors", **said)
    seat = companies.appoint_director(
        company=company, name="Ada Brack", appointed_by=body, on=since, **said
    )
    companies.declare_conflict(
        seat=seat, item="Lease of the depot", met_on=date(2026, 6, 3),
        interest="Member of the landlord's board", done="LEFT", **said,
    )  # fmt: skip
    companies.record_year(
        company=company, ends_on=date(2026, 3, 31), own_pence=10**9, other_pence=26 * 10**7,
        distributable_pence=10**7, **said,
    )  # fmt: skip
    companies.record_exposure(
        company=company, holder=body, standing="LOAN", pence=10**8, on=since, **said
    )
    companies.record_reserves(body=body, on=since, pence=9 * 10**7, source="Accounts", **said)
    plan = company_plans.write_plan(
        company=company, name="Plan 2026/27", starts_on=date(2026, 4, 1),
        lines=[("Rents", True, (100, 100, 100, 100)), ("Pay", False, (60, 60, 60, 60))], **said,
    )  # fmt: skip
    plan = company_plans.put_plan(plan=plan, **said)
    return company, plan


def route_of(body):
    """An answer of the legal-route helper, kept by a body."""
    facts = Facts(began_on=date(2026, 11, 1), term_months=48)
    return keep_route(
        body=body, name="Supported living", facts=facts_as_kept(facts),
        result=[one.as_json() for one in answered(facts)], by=manager_of(body), at=timezone.now(),
    )  # fmt: skip
