"""Every component is shown in the gallery, and every page of the frame answers."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import PASSWORD, PersonFactory, RoleHeldFactory
from moothall.values.tables import Column, Kind, Table

COMPONENTS = Path(__file__).resolve().parent.parent / "templates/components"


def drawn(source: str, address: str = "/", **values: object) -> str:
    """A template with the components loaded, as HTML with single spaces."""
    context = Context({"request": RequestFactory().get(address), **values})
    return re.sub(r"\s+", " ", Template("{% load moothall %}" + source).render(context))


@pytest.mark.django_db
def test_every_component_is_shown_in_the_gallery(client):
    page = client.get("/components")
    assert page.status_code == 200
    shown = {template.name for template in page.templates if template.name}
    # Notices are shown only after a deed; the banner they are made of is in the gallery.
    components = {f"components/{file.name}" for file in COMPONENTS.glob("*.html")}
    assert components - shown == set()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accessibility", "/privacy", "/cookies", "/components"])
def test_every_page_has_one_title_one_main_and_one_first_heading(client, address):
    html = client.get(address).content.decode()
    assert html.count("<h1") == html.count("<main") == html.count('id="main-content"') == 1
    assert re.search(r"<title>\S[^<]+ – [^<]+</title>", html)


@pytest.mark.django_db
def test_no_page_carries_a_style_attribute_or_an_inline_script(client):
    html = client.get("/components").content.decode()
    assert " style=" not in html
    assert " onclick=" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_what_to_do(client):
    page = client.get("/no-such-page")
    assert page.status_code == 404
    assert "There is nothing at this address" in page.content.decode()


@pytest.mark.django_db
def test_the_failure_page_reads_no_books(client, django_assert_num_queries):
    from moothall.site.views import went_wrong

    with django_assert_num_queries(0):
        page = went_wrong(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "Something went wrong" in page.content.decode()


def test_a_heading_sorts_numbers_from_the_largest_and_then_turns_round():
    columns = (Column("Supplier", order="supplier"), Column("Amount", Kind.POUNDS, order="spend"))
    rows = [("Lantern", 12)]
    fresh = Table(caption="Suppliers", columns=columns, rows=rows)
    html = drawn("{% table t %}", "/?year=2025&page=3", t=fresh)
    assert 'href="?year=2025&amp;order=supplier"' in html
    assert 'href="?year=2025&amp;order=-spend"' in html
    sorted_down = Table(caption="Suppliers", columns=columns, rows=rows, ordered_by="-spend")
    html = drawn("{% table t %}", t=sorted_down)
    assert 'aria-sort="descending"' in html
    assert 'href="?order=spend"' in html


def test_a_table_without_rows_says_what_to_do():
    empty = Table(caption="Suppliers", columns=(Column("Supplier"),), rows=(), empty="None match.")
    assert "None match." in drawn("{% table t %}", t=empty)
    assert "<table" not in drawn("{% table t %}", t=empty)


def test_a_value_not_known_is_not_shown_as_nothing():
    table = Table(
        caption="Suppliers",
        columns=(Column("Supplier"), Column("Amount", Kind.POUNDS)),
        rows=[("Lantern", None), ("Wick", 0)],
    )
    html = drawn("{% table t %}", t=table)
    assert "Not known" in html
    assert "£0.00" in html


def test_a_deed_that_is_refused_stays_visible_and_says_why():
    html = drawn(
        '{% include "components/refused_button.html" with label="Publish" reason=why name="p" %}',
        why="Three lines wait for a decision.",
    )
    assert "disabled" in html
    assert 'aria-describedby="why-not-p"' in html
    assert '<p id="why-not-p">Three lines wait for a decision.</p>' in html


@pytest.mark.django_db
def test_fields_tie_their_hints_and_errors_to_their_inputs(client):
    html = client.get("/components").content.decode()
    described = re.findall(r'aria-describedby="([^"]+)"', html)
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    assert {name for names in described for name in names.split()} <= ids
    assert len(ids) == len(re.findall(r'\bid="([^"]+)"', html)), "an id is used twice"
    for link in re.findall(r'href="#([^"]+)"', html):
        assert link in ids, f"a link leads to #{link}, which is not on the page"


@pytest.mark.django_db
def test_a_librarys_words_read_as_the_houses_do(client):
    client.force_login(PersonFactory())
    told = client.get("/account/password/change/").content.decode()
    assert "<title>Change password –" in told
    assert "Current password" in told
    assert "placeholder" not in told
    assert 'href="/my-account">Your account</a>' in told


@pytest.mark.django_db
def test_whoever_manages_people_is_led_to_them_and_nobody_else_is(client):
    held = RoleHeldFactory(role=Role.SYSTEM_ADMINISTRATOR.value)
    client.force_login(held.person)
    told = client.get("/needs-attention/").content.decode()
    assert f"People of {held.organisation.name}" in told
    assert f'href="/bodies/{held.organisation.slug}/people"' in told
    assert "The spend room at work" not in told
    client.force_login(RoleHeldFactory(role=Role.FINANCE_OFFICER.value).person)
    told = client.get("/needs-attention/").content.decode()
    assert "The spend room at work" in told
    assert "People of" not in told


@pytest.mark.django_db
def test_whoever_is_sent_to_sign_in_is_told_why(client):
    told = client.get("/needs-attention/", follow=True).content.decode()
    assert "That page is for people who hold a role here. Sign in, and it opens." in told
    assert "That page is for people" not in client.get("/account/login/").content.decode()


@pytest.mark.django_db
def test_a_link_for_a_password_that_is_spent_leads_to_another(client):
    told = client.get("/account/password/reset/key/1-a-b/").content.decode()
    assert "This link no longer works" in told
    assert "Ask for another" in told


@pytest.mark.django_db
def test_whoever_signs_in_comes_to_what_waits_for_them(client):
    person = PersonFactory()
    answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/needs-attention/"
