"""Every table of a page can be taken away as a file, and by nobody who may not see the page."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

from moothall.directory.engine.roles import Role
from moothall.directory.models import DeclaredInterest
from moothall.directory.tests.factories import (
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
)
from moothall.site.table_files import TableFiles
from moothall.values.money import Money
from moothall.values.tables import Cell, Column, Download, Kind, Table

PAID = Table(
    caption="Paid by",
    columns=(Column("Body"), Column("Amount", Kind.POUNDS), Column("On", Kind.DATE), Column("Of")),
    rows=[
        (Cell("Norbury", "/norbury"), Money("1234.50"), date(2026, 4, 1), Decimal("0.25")),
        ("=SUM(A1)", None, None, None),
    ],
)


def drawn(address: str, table: Table = PAID, status: int = 200):
    """What comes back from a page with one table on it, asked for at an address."""

    def page(request):
        shown = Template("{% load moothall %}{% table table %}").render(
            Context({"table": table, "request": request})
        )
        return HttpResponse(shown, status=status)

    return TableFiles(page)(RequestFactory().get(address))


def rows_of(answer) -> list[list[str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_a_table_leaves_with_exact_values_and_no_sums():
    assert rows_of(drawn("/any?year=2026&download=paid-by")) == [
        ["Body", "Amount", "On", "Of"],
        ["Norbury", "1234.50", "2026-04-01", "0.25"],
        ["'=SUM(A1)", "", "", ""],
    ]


def test_the_way_to_the_file_keeps_the_filters():
    assert 'href="?year=2026&amp;download=paid-by"' in drawn("/any?year=2026").content.decode()


def test_a_table_with_files_of_its_own_keeps_those_alone():
    own = Table("Paid by", PAID.columns, PAID.rows, downloads=(Download("/whole.csv"),))
    assert re.findall(r'href="([^"]+)">CSV', drawn("/any", own).content.decode()) == ["/whole.csv"]


def test_a_page_that_is_refused_or_has_no_such_table_is_answered_as_always():
    assert drawn("/any?download=paid-by", status=403).status_code == 403
    assert "<table" in drawn("/any?download=another").content.decode()


@pytest.mark.django_db
def test_who_may_not_see_a_page_takes_no_table_from_it(client):
    body = OrganisationFactory()
    address = f"/bodies/{body.slug}/people?download=held-now-and-to-come"
    assert client.get(address).status_code == 302
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 403
    administrator = RoleHeldFactory(organisation=body, role=Role.SYSTEM_ADMINISTRATOR).person
    client.force_login(administrator)
    assert rows_of(client.get(address))[1][:3] == [
        administrator.name,
        administrator.email,
        "System administrator",
    ]


@pytest.mark.django_db
def test_a_register_that_leaves_withholds_what_its_page_withholds(client):
    body = OrganisationFactory()
    member = RoleHeldFactory(organisation=body, role=Role.OTHER_MEMBER).person
    DeclaredInterest.objects.create(
        person=member,
        organisation=body,
        kind="LAND",
        what="12 Mill Lane",
        declared_on=date(2026, 4, 1),
        is_sensitive=True,
    )
    answer = client.get(f"/bodies/{body.slug}/interests?download=interests")
    assert b"Details withheld" in answer.getvalue()
    assert b"Mill Lane" not in client.get(urlsplit(answer.request["PATH_INFO"]).path).content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/components", "/bodies", "/"])
def test_every_table_on_a_page_can_be_taken_away(client, address):
    OrganisationFactory()
    page = client.get(address).content.decode()
    tables = page.split("<table")[1:]
    assert tables or address == "/"  # nothing is published yet
    for each in tables:
        assert "Download these rows" in each
