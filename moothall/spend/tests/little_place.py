"""A place small enough to add up by hand, loaded as real files are: for tests of the doors.

Ashmere Council and Ashmere Health publish openly; Brackwater Police keeps its payments private.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from attrs import frozen

from moothall.directory.models import Organisation
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
HEADER = "Payment Date,Supplier Name,Department,Purpose,Net Amount\n"
COUNCIL = (
    ("03/04/2025", "Marlowe Roofing Limited", "Housing", "Roof repairs", "1200.50"),
    ("14/05/2025", "Marlowe Roofing Ltd", "Housing", "Roof repairs", "800.00"),
    ("20/06/2025", "Ashmere Health", "Social Care", "Joint funding", "5000.00"),
    ("02/07/2025", "Mrs J Smith", "Social Care", "Direct payment", "640.00"),
    ("03/07/2025", "REDACTED PERSONAL DATA", "Social Care", "Foster care allowance", "310.25"),
    ("15/09/2025", "Bright Lantern Energy Ltd", "Property", "Electricity", "9100.10"),
    ("11/03/2026", "Bright Lantern Energy Ltd", "Property", "Electricity credit", "-100.10"),
)
HEALTH = (
    ("07/04/2025", "Bright Lantern Energy Limited", "Estates", "Electricity", "20400.00"),
    ("09/08/2025", "Quillon Software Ltd", "Digital", "Software licences", "7777.77"),
    ("30/03/2026", "Marlowe Roofing Ltd", "Estates", "=Roof repairs", "450.00"),
)
POLICE = (
    ("05/05/2025", "Bright Lantern Energy Ltd", "Stations", "Electricity", "3300.33"),
    ("05/03/2026", "Hidden Harbour Security Ltd", "Custody", "Guarding", "66000.00"),
)
# The public pages of spending, with questions that the place answers.
PAGES = (
    "/",
    "/spending/",
    "/spending/?year=all&text=electricity",
    "/spending/by/category",
    "/spending/by/kind?order=key",
    "/spending/by/supplier?find=lantern",
    "/spending/by/department?order=-payments",
    "/spending/by/body",
    "/spending/by/month",
    "/spending/by/year",
    "/spending/categories",
    "/spending/categories/utilities",
    "/spending/suppliers",
    "/spending/lines?order=-amount",
    "/spending/bodies",
    "/spending/between",
    "/spending/together",
    "/spending/together?by=kind",
    "/spending/concentration",
    "/spending/local",
    "/spending/download",
    "/cases",
    "/cases/lg-spend-2011",
    "/api/",
)


def sum_of(*rows: tuple[tuple[str, ...], ...]) -> Decimal:
    return sum((Decimal(row[-1]) for each in rows for row in each), Decimal(0))


@frozen
class LittlePlace:
    """The three bodies, and someone who may read each body's own rows."""

    council: Organisation
    health: Organisation
    police: Organisation


def little_place(folder: Path) -> LittlePlace:
    """Load it: two public publications and a private one."""
    council = OrganisationFactory(name="Ashmere Council", slug="ashmere-council")
    health = OrganisationFactory(name="Ashmere Health", slug="ashmere-health")
    police = OrganisationFactory(name="Brackwater Police", slug="brackwater-police")
    for body, rows, sharing in (
        (council, COUNCIL, "PUBLIC"),
        (health, HEALTH, "PUBLIC"),
        (police, POLICE, "PRIVATE"),
    ):
        body.is_of_the_place = True
        body.save(update_fields=["is_of_the_place"])
        path = folder / f"{body.slug}-payments-2025-26.csv"
        path.write_text(HEADER + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
        report = load_files([path], body=body, by=None, at=AT, sharing=sharing)
        assert report.count("loaded") == 1, report.as_json()
        assert report.as_json()["totals"]["rows_kept"] == len(rows), report.as_json()
    project(at=AT)
    return LittlePlace(council=council, health=health, police=police)


def officer_of(body: Organisation, role: str = "FINANCE_OFFICER"):
    """Someone who holds a role at a body."""
    return RoleHeldFactory(person=PersonFactory(), organisation=body, role=role).person
