"""The public pages show what may be shown, add up to the publications, and say so in words."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from moothall.core import lake
from moothall.core.models import AuditEntry, Publication
from moothall.core.permissions import PUBLIC, Viewer
from moothall.directory.queries import viewer_for
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.sharing import withdraw_publication
from moothall.spend.analysis import listing, summaries
from moothall.spend.analysis.payments import Filters
from moothall.spend.models import ErrorReport
from moothall.spend.queries import figures
from moothall.spend.queries.asking import reading_for, stand_ins, with_values
from moothall.spend.tests.little_place import (
    AT,
    COUNCIL,
    HEADER,
    HEALTH,
    PAGES,
    POLICE,
    little_place,
    officer_of,
    sum_of,
)

pytestmark = pytest.mark.django_db
PUBLIC_GBP = sum_of(COUNCIL, HEALTH)
EVERY_GBP = sum_of(COUNCIL, HEALTH, POLICE)


@pytest.fixture(scope="module")
def place(books_of_the_module, tmp_path_factory):
    return little_place(tmp_path_factory.mktemp("place"))


def supplier_called(name: str, viewer=PUBLIC) -> int:
    (found,) = figures.suppliers_called(viewer, name)
    return found


def total_on(client, address: str) -> Decimal:
    return Decimal(json.loads(client.get(address).content)["total_gbp"])


@pytest.mark.parametrize("address", PAGES)
def test_every_public_page_opens_for_whoever_has_not_signed_in(client, place, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"mh-answer" in answer.content


def test_no_public_page_looks_at_what_waits_for_an_officer(client, place, monkeypatch):
    def never(viewer, table, generation=None):
        raise AssertionError(f"A public page read {table}.")

    monkeypatch.setattr(lake, "private_table", never)
    monkeypatch.setattr(lake, "asides_for", never)
    supplier = supplier_called("Marlowe Roofing")
    for address in (*PAGES, f"/spending/suppliers/{supplier}", "/api/v1/spend/suppliers"):
        assert client.get(address).status_code == 200


def test_the_explorer_answers_in_its_first_sentence(client, place):
    said = " ".join(client.get("/spending/").content.decode().split())
    assert "2 bodies published <strong>£45,579</strong> of payments to" in said
    assert "£5,000 of it to each other" in said
    assert "spent" not in said


@pytest.mark.parametrize("by", figures.BY)
def test_every_door_gives_each_reader_the_sum_of_what_they_may_read(client, place, by):
    readers = [(None, PUBLIC_GBP), (officer_of(place.police), EVERY_GBP)]
    for person, expected in readers:
        if person:
            client.force_login(person)
        page = f"/spending/by/{by}?year=all&format=json"
        assert total_on(client, page) == expected
        assert total_on(client, f"/api/v1/spend/summary?by={by}") == expected
        rows = json.loads(client.get(page).content)["rows"]
        assert sum(Decimal(row["spend_gbp"]) for row in rows) == expected
        lines = json.loads(client.get("/api/v1/spend/lines?count=500").content)
        assert sum(Decimal(row["amount_gbp"]) for row in lines["rows"]) == expected


def test_the_command_gives_what_the_pages_give_whoever_holds_the_files(place, capsys):
    from typer.testing import CliRunner

    from moothall.spend.commands import app

    done = CliRunner().invoke(app, ["summary", "--by", "body", "--format", "json"])
    document = json.loads(done.stdout)
    assert Decimal(document["total_gbp"]) == EVERY_GBP
    assert [row["key"] for row in document["rows"]] == [
        "Brackwater Police",
        "Ashmere Health",
        "Ashmere Council",
    ]
    assert Decimal(document["headline"]["between_own_gbp"]) == Decimal("5000.00")


def test_gross_is_net_and_what_the_bodies_pay_each_other(place):
    head = figures.headline(PUBLIC)
    assert head.between_own_gbp == Decimal("5000.00")
    assert head.gross_gbp == head.net_gbp + head.between_own_gbp == PUBLIC_GBP
    assert head.net_gbp == head.own_purpose_gbp + head.pass_through_gbp


def test_withdrawing_a_publication_takes_it_out_of_every_page_at_once(client, place):
    held = Publication.objects.get(body_id=place.health.pk)
    withdraw_publication(publication_id=held.pk, by=None, at=AT)
    assert total_on(client, "/spending/by/year?year=all&format=json") == sum_of(COUNCIL)
    assert b"Quillon" not in client.get("/spending/suppliers").content


def test_an_extract_of_a_ledger_is_in_no_published_total(client, place):
    Publication.objects.filter(body_id=place.police.pk).update(kind="ap_extract")
    client.force_login(officer_of(place.police))
    assert total_on(client, "/spending/by/body?year=all&format=json") == PUBLIC_GBP


def test_a_likely_private_person_has_no_page_and_no_name_in_public(client, place):
    for address in PAGES:
        assert b"J Smith" not in client.get(address).content
    assert client.get("/spending/suppliers/0").status_code == 404
    assert client.get("/api/v1/spend/suppliers/0").status_code == 404
    with pytest.raises(figures.CannotAsk, match="No supplier goes by the name"):
        figures.suppliers_called(PUBLIC, "J Smith")
    assert b"J Smith" not in b"".join(client.get("/spending/lines?format=csv").streaming_content)


def test_a_supplier_is_one_under_all_its_spellings_and_says_what_it_is(client, place):
    supplier = supplier_called("Marlowe Roofing")
    answer = client.get(f"/spending/suppliers/{supplier}")
    said = " ".join(answer.content.decode().split())
    assert answer["X-Robots-Tag"] == "noindex"
    assert "published <strong>£2,451</strong>" in said
    assert "Names that look alike are joined only on strong evidence" in said


def test_an_old_address_of_a_supplier_leads_to_where_its_name_belongs_now(client, place):
    names = reading_for(PUBLIC).tables.names.to_pyarrow().to_pylist()
    supplier = supplier_called("Marlowe Roofing")
    others = [n["name_key"] for n in names if n["supplier_id"] == supplier != n["name_key"]]
    for name_key in others:
        answer = client.get(f"/spending/suppliers/{name_key}")
        assert answer["Location"] == f"/spending/suppliers/{supplier}"


def test_names_as_published_and_evidence_are_for_the_bodys_own_readers(client, place):
    supplier = supplier_called("Marlowe Roofing")
    address = f"/spending/suppliers/{supplier}"
    assert b"Names as published" not in client.get(address).content
    client.force_login(officer_of(place.council))
    said = client.get(address).content
    assert b"Names as published" in said
    assert b"Marlowe Roofing Limited" in said


def test_a_supplier_is_never_called_by_another_bodys_private_spelling(place, tmp_path):
    spelled = {"health": "Tallow Lane Roofing Limited", "police": "TALLOW-LANE ROOFING LTD"}
    for pounds, (key, name) in enumerate(spelled.items(), start=1):
        path = tmp_path / f"{key}-more.csv"
        path.write_text(f"{HEADER}05/05/2024,{name},Estates,Lease,{pounds}00.00\n")
        load_files([path], body=getattr(place, key), by=None, at=AT, sharing="PRIVATE")
    project(at=AT)

    def called(viewer) -> list[str]:
        rows = figures.summary(viewer, "supplier", Filters(text="tallow")).rows
        return [row.label.upper() for row in rows]

    assert len(called(Viewer.operator())) == 1  # the two spellings are one supplier
    for key, name in spelled.items():
        assert called(viewer_for(officer_of(getattr(place, key)))) == [name.upper()]


def test_a_line_stands_beside_its_row_for_those_who_may_read_it(client, place):
    found = json.loads(client.get("/api/v1/spend/lines?text=roof&count=1&order=paid").content)
    line = found["rows"][0]
    address = f"/spending/lines/{line['source_id']}/{line['row']}"
    said = client.get(address).content.decode()
    assert "£1,200.50" in said
    assert "03/04/2025" not in said
    client.force_login(officer_of(place.council))
    assert "03/04/2025,Marlowe Roofing Limited,Housing" in client.get(address).content.decode()


def test_a_private_line_is_not_there_for_others(client, place):
    client.force_login(officer_of(place.police))
    found = json.loads(client.get("/api/v1/spend/lines?text=guarding").content)["rows"]
    address = f"/spending/lines/{found[0]['source_id']}/{found[0]['row']}"
    assert client.get(address).status_code == 200
    client.logout()
    missing = client.get(address)
    assert missing.status_code == 404
    assert b"No payment line stands there" in missing.content


def test_a_cell_that_looks_like_a_formula_is_text_in_a_download(client, place):
    text = b"".join(client.get("/spending/lines?format=csv").streaming_content).decode()
    assert "'=Roof repairs" in text
    assert ",-100.10," in text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/spending/?starts=2026-01-01&ends=2025-01-01", "The last day is before the first"),
        ("/spending/?least=10&most=5", "The most is less than the least"),
        ("/spending/lines?starts=nonsense", "This is not a day. Give it as 31/03/2026."),
        ("/spending/lines?least=nonsense", "Give pounds, such as 500 or 1250.50."),
        ("/spending/?category=moon", "There is no category “moon” here."),
        ("/spending/?supplier=moon", "A supplier is asked for by its number."),
        ("/spending/lines?starts=0001-01-01", "is outside the years"),
    ],
)
def test_filters_that_make_no_sense_are_refused_in_a_sentence(client, place, address, sentence):
    answer = client.get(address)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_nothing_found_says_what_to_do(client, place):
    answer = client.get("/spending/?text=zzzzzz").content
    assert b"No payment matches these filters." in answer
    assert b"Look at every year" in answer


def test_a_report_of_an_error_starts_a_clock_and_reaches_the_bodys_officers(client, place):
    supplier = supplier_called("Quillon Software")
    address = reverse("spend:report_error", args=[supplier])
    assert client.post(address, {"said": ""}).status_code == 400
    answer = client.post(address, {"said": "This is a person.", "email": "a@example.org"})
    assert answer["Location"] == f"/spending/suppliers/{supplier}"
    report = ErrorReport.objects.get()
    assert report.bodies == [place.health.pk]
    assert (report.due_on - report.at.date()).days in (12, 13, 14)
    assert "This is a person" not in AuditEntry.objects.latest("seq").detail
    assert client.get("/spending/errors").status_code == 302
    client.force_login(officer_of(place.council))
    assert b"This is a person." not in client.get("/spending/errors").content
    assert client.get(f"/spending/errors/{report.pk}").status_code == 404
    client.force_login(officer_of(place.health))
    assert b"This is a person." in client.get("/spending/errors").content
    listed = b"".join(client.get("/spending/errors?format=csv")).decode()
    assert f"{report.pk}," in listed
    assert report.email not in listed
    client.post(f"/spending/errors/{report.pk}", {"answer": "It is a company; number shown."})
    report.refresh_from_db()
    assert report.answered_at is not None
    assert b"This is a person." not in client.get(f"/spending/suppliers/{supplier}").content


FILTERS = st.builds(
    Filters,
    starts_on=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    ends_before=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    categories=st.sampled_from([(), ("utilities",), ("utilities/electricity", "ict")]),
    departments=st.sampled_from([(), ("Housing",), ("O'Brien's",)]),
    text=st.sampled_from([None, "electric", "o'", "roof/repairs", "%"]),
    least_gbp=st.none() | st.decimals(-10, 10, places=2),
    suppliers=st.lists(st.integers(-(2**62), 2**62), max_size=2).map(tuple),
)


@given(filters=FILTERS)
def test_real_values_take_the_places_of_all_that_stood_in_for_them(filters):
    other, places = stand_ins(filters)
    sql = " ".join(stood for stood, _real in places)
    assert with_values(sql, places) == " ".join(real for _stood, real in places)
    assert other.columns == filters.columns
    assert other.is_whole_months == filters.is_whole_months


def test_a_question_made_ready_answers_as_one_composed_afresh(place):
    reading = reading_for(PUBLIC)
    reading.ready.clear()  # of what other tests asked
    questions = [
        Filters(),
        Filters(starts_on=date(2025, 4, 1), ends_before=date(2026, 4, 1)),
        Filters(starts_on=date(2025, 5, 2), text="roof"),
        Filters(starts_on=date(2025, 6, 3), text="electricity"),
        Filters(bodies=(place.health.pk,), categories=("utilities",)),
        Filters(bodies=(place.council.pk,), categories=("construction",)),
        Filters(least_gbp=Decimal("500"), departments=("Housing",)),
        Filters(least_gbp=Decimal("1000.5"), departments=("Estates",)),
    ]
    for filters in questions:
        for question, given_ in (
            (summaries.spend_by, {"dimension": "supplier", "top": None}),
            (summaries.spend_by, {"dimension": "body", "top": None}),
            (listing.lines_page, {"count": 50}),
            (summaries.totals, {"own_bodies": reading.own_bodies}),
        ):
            ready = reading.rows(question, filters, **given_)
            assert ready == reading.rows(question, filters, once=True, **given_)
    assert len(reading.ready) <= 20


def test_a_line_is_named_by_its_amount_its_supplier_and_its_day(client, place):
    line = client.get("/spending/lines").context["answer"].lines[0]
    path = reverse("spend:line", args=[line.source_id, line.row])
    told = client.get(path).content.decode()
    title = told.partition("<title>")[2].partition("–")[0]
    assert str(line.paid_on.year) in title
    assert line.supplier in title
    assert "£" in title


@pytest.mark.parametrize("address", ["/spending/lines", "/spending/suppliers", "/spending/by/kind"])
def test_a_page_past_the_last_leads_to_the_first(client, place, address):
    answer = client.get(f"{address}?year=all&page=9999")
    assert answer.status_code == 302
    assert answer["Location"] == f"{address}?year=all"


def test_a_way_of_looking_that_there_is_not_leads_to_the_usual_one(client, place):
    answer = client.get("/spending/together?by=moon")
    assert answer.status_code == 400
    assert "This page is not shown in that way" in answer.content.decode()
    assert 'href="?">Look at it in the usual way' in answer.content.decode()


def test_the_front_page_names_what_other_is(client, place):
    told = client.get("/").content.decode()
    kinds = client.get("/").context["front"].other_kinds
    assert len(kinds) <= 3
    for label, _gbp, url in kinds:
        assert label.lower() in told
        assert url.replace("&", "&amp;") in told
