"""Which companies and mutuals do the bodies of the demonstration place hold, and at what risk?

One whose work for others comes near the limit, one that owes more than its owner's reserves would
bear, and a mutual of its staff and users.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from moothall.agreements.actions import companies, company_plans
from moothall.agreements.models import Agreement, Company
from moothall.directory.models import Organisation, Person

BEGAN_ON = date(2024, 10, 1)
YEARS = (
    (date(2025, 3, 31), 4_610_000, 480_000, 240_000),
    (date(2026, 3, 31), 4_480_000, 905_000, 310_000),
)
PLAN = (
    ("Work for its owners", True, (1_130_000, 1_130_000, 1_140_000, 1_140_000)),
    ("Work for others", True, (230_000, 230_000, 240_000, 240_000)),
    ("Staff", False, (820_000, 820_000, 830_000, 830_000)),
    ("Materials and plant", False, (470_000, 470_000, 470_000, 470_000)),
)
REPORTED = ((1_118_000, 246_000, 826_500, 481_000), (1_121_500, 259_000, 834_000, 479_500))
PENCE = 100


def make_companies(
    bodies: Mapping[str, Organisation],
    works: Agreement,
    *,
    keeper: Person,
    decides: Person,
    at: datetime,
) -> None:
    """Register three companies of the county, with their books."""
    county, district = bodies["county"], bodies["district"]
    said: dict[str, Any] = {"by": keeper, "at": at}
    company = companies.register_company(
        body=county, organisation=bodies["works"], form="limited_by_shares", agreement=works,
        registered_number="09900001", purpose=works.purpose, began_on=BEGAN_ON,
        reserved_matters=8, is_public=True, **said,
    )  # fmt: skip
    shares = companies.add_class(company=company, name="Ordinary shares", **said)
    for whose, count in (
        ({"holder": county}, 60), ({"holder": district}, 20), ({"holder_name": "Employees"}, 20)
    ):  # fmt: skip
        companies.record_holding(of_class=shares, count=count, on=BEGAN_ON, **whose, **said)
    seats = [
        companies.appoint_director(
            company=company, name=name, appointed_by=by, on=BEGAN_ON, **said
        )
        for name, by in (
            ("Wren Colbeck", county), ("Hollis Tarnmoor", county), ("Bea Lindwell", county),
            ("Ned Ashgarth", district), ("Una Fellrigg", None),
        )
    ]  # fmt: skip
    companies.declare_conflict(
        seat=seats[3], item="Lease of the depot at Lowbeck", met_on=date(2026, 6, 9),
        interest="A director of the landlord", done="LEFT", **said,
    )  # fmt: skip
    for ends_on, own, other, distributable in YEARS:
        year = companies.record_year(
            company=company, ends_on=ends_on, own_pence=own * PENCE, other_pence=other * PENCE,
            distributable_pence=distributable * PENCE, net_assets_pence=1_900_000 * PENCE,
            paid_pence=own * PENCE, grants_and_shares_pence=60_000 * PENCE, has_cheap_land=False,
            **said,
        )  # fmt: skip
    company_plans.declare_dividend(year=year, pence=100_000 * PENCE, on=date(2026, 7, 1), **said)
    _plan(company, decides=decides, **said)
    for holder, standing, pounds, what in (
        (county, "EQUITY", 60_000, "Ordinary shares"),
        (county, "LOAN", 1_500_000, "Working capital, repaid by 2031"),
        (county, "GUARANTEE", 400_000, "Pensions of staff who moved over"),
        (district, "EQUITY", 20_000, "Ordinary shares"),
    ):
        companies.record_exposure(
            company=company, holder=holder, standing=standing, pence=pounds * PENCE,
            on=BEGAN_ON, what=what, **said,
        )  # fmt: skip
    _homes(county, **said)
    _mutual(county, **said)
    companies.record_reserves(
        body=county, on=date(2026, 3, 31), pence=11_200_000 * PENCE,
        source="Statement of accounts 2025/26, usable reserves", **said,
    )  # fmt: skip


def _plan(company: Company, *, decides: Person, **said: Any) -> None:
    plan = company_plans.write_plan(
        company=company, name="Business plan 2026/27", starts_on=date(2026, 4, 1),
        lines=[(what, is_in, tuple(each * PENCE for each in by)) for what, is_in, by in PLAN],
        **said,
    )  # fmt: skip
    plan = company_plans.put_plan(plan=plan, **said)
    company_plans.decide_plan(
        plan=plan, approve=True, why="", by=decides,
        at=datetime.combine(date(2026, 3, 20), time(10), UTC),
    )  # fmt: skip
    plan.refresh_from_db()
    keys = {line.title: line.pk for line in plan.lines.all()}
    for quarter, amounts in enumerate(REPORTED, start=1):
        actual = {
            keys[what]: pounds * PENCE for (what, *_), pounds in zip(PLAN, amounts, strict=True)
        }
        company_plans.report_quarter(plan=plan, quarter=quarter, actual=actual, **said)


def _homes(county: Organisation, **said: Any) -> None:
    """A company that its one owner has lent more than its reserves would bear."""
    company = companies.register_company(
        body=county, organisation=Organisation.objects.get(name="Aldermoor Homes Ltd"),
        form="limited_by_shares", purpose="New homes to rent", began_on=date(2022, 7, 1), **said,
    )  # fmt: skip
    shares = companies.add_class(company=company, name="Ordinary shares", **said)
    companies.record_holding(of_class=shares, count=1, on=date(2022, 7, 1), holder=county, **said)
    companies.record_exposure(
        company=company, holder=county, standing="LOAN", pence=12_000_000 * PENCE,
        on=date(2022, 7, 1), what="Repaid on sale", **said,
    )  # fmt: skip


def _mutual(county: Organisation, **said: Any) -> None:
    """A mutual that nobody holds shares in: members of two classes, each with a vote."""
    company = companies.register_company(
        body=county, organisation=Organisation.objects.get(name="Careline Aldermoor Mutual"),
        form="community_benefit", purpose="Answer alarms day and night", is_public=True,
        delivers_services=True, shares_profit_outside=False, employees_control=True, **said,
    )  # fmt: skip
    for name, count in (("Staff", 42), ("People with an alarm", 30)):
        of_class = companies.add_class(company=company, name=name, is_share=False, **said)
        companies.record_holding(
            of_class=of_class, count=count, on=date(2025, 1, 6), holder_name=name, **said
        )
