"""Each question has the same answer on the pages, at the keyboard and through the API.

Whoever asks: each door is tried as the public and as people with several roles, and with no filter
as with many at once. What a page shows is read from the page itself.
"""

import csv
import html
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve, frozen
from django.test import Client
from typer.testing import CliRunner

from moothall.core.permissions import Viewer
from moothall.places.tests.factories import LocalPostcodeFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.registers import load_register
from moothall.spend.commands import app
from moothall.spend.engine.questions import FILTERS
from moothall.spend.queries import figures
from moothall.spend.queries.asking import reading_for
from moothall.spend.tests.little_place import AT, HEADER, LittlePlace, little_place, officer_of
from moothall.values.wording import percentage, pounds, pounds_in_words

pytestmark = pytest.mark.django_db
PUBLIC, REFUSED = "public", 4
REGISTER = """\
Organisation name,Company number,Postcode,Legal form,SME
Bright Lantern Energy Ltd,01234567,AS1 1AA,Private limited company,no
Marlowe Roofing Ltd,07654321,ZZ1 1ZZ,Private limited company,yes
"""
TWICE = (
    ("03/04/2026", "Tansy Lane Catering Ltd", "Schools", "Meals", "812.40"),
    ("03/04/2026", "Tansy Lane Catering Ltd", "Schools", "Meals", "812.40"),
    ("03/05/2026", "Marlowe Roofing Ltd", "Housing", "Roof repairs", "99.99"),
)


@frozen
class Question:
    """What is asked at each door: a command, an address of the API, an address of the pages."""

    command: str
    api: str
    page: str
    takes_filters: bool = True
    shows: str = ""  # the rows whose pounds the page shows, where they are not called rows
    has_json: bool = True  # the page gives the same document as a file


QUESTIONS = [
    *(
        Question(f"summary --by {by}", f"summary?by={by}", f"/spending/by/{by}")
        for by in ("category", "kind", "supplier", "department", "body", "month", "year")
    ),
    Question("summary --by supplier --top 2", "summary?by=supplier&top=2", "", has_json=False),
    *(
        Question(
            f"trends --by {by} --span {span}",
            f"trends?by={by}&span={span}",
            f"/spending/trends?by={by}&span={span}",
            shows="spans" if span == "month" else "rows",
        )
        for by, span in (
            ("category", "year"),
            ("supplier", "month"),
            ("body", "year"),
            ("body-as-now", "year"),
        )
    ),
    Question("suppliers", "suppliers?", "/spending/suppliers", has_json=False),
    Question(
        "suppliers lantern",
        "suppliers?find=lantern",
        "/spending/suppliers?find=lantern",
        has_json=False,
    ),
    Question("categories", "categories?", "/spending/categories"),
    Question(
        "category utilities",
        "categories/utilities?",
        "/spending/categories/utilities",
        shows="bodies",
    ),
    Question("lines --top 500", "lines?count=500", "/spending/lines", has_json=False),
    Question(
        "lines --order -amount",
        "lines?order=-amount",
        "/spending/lines?order=-amount",
        has_json=False,
    ),
    Question("bodies", "bodies?", "/spending/bodies"),
    Question("between", "between?", "/spending/between"),
    Question("shares", "shares?", "/spending/local"),
    Question("concentration --by kind", "concentration?by=kind", "/spending/concentration?by=kind"),
    Question("together --by category", "together?by=category", "/spending/together?by=category"),
    Question("together", "together?", "/spending/together"),
    Question(
        "supplier {lantern}",
        "suppliers/{lantern}?",
        "/spending/suppliers/{lantern}",
        takes_filters=False,
        shows="bodies",
    ),
    Question("files", "files?", "/spending/download", takes_filters=False),
]
MANY = {
    "bodies": ["Ashmere Council", "Ashmere Health"],
    "starts": "2025-04-02",
    "ends": "2026-03-20",
    "category": "utilities",
    "text": "electricity",
    "least_gbp": "-200",
    "most_gbp": "21000.00",
}


@pytest.fixture(scope="module")
def place(books_of_the_module, tmp_path_factory) -> LittlePlace:
    """The little place, with a register, and payments made twice that are not public."""
    tmp_path = tmp_path_factory.mktemp("place")
    LocalPostcodeFactory(prefix="AS1")
    place = little_place(tmp_path)
    path = tmp_path / "register.csv"
    path.write_text(REGISTER)
    load_register(path, name="Firms", by=None, at=AT)
    path = tmp_path / "ashmere-council-payments-april-and-may-2026.csv"
    path.write_text(HEADER + "".join(",".join(row) + "\n" for row in TWICE))
    load_files([path], body=place.council, by=None, at=AT)
    project(at=AT)
    return place


@pytest.fixture
def readers(place) -> dict[str, Any]:
    """Who asks, by the name under which the command knows them."""
    people = [
        officer_of(place.council, "FINANCE_OFFICER"),
        officer_of(place.police, "INTERNAL_AUDITOR"),
    ]
    return {PUBLIC: None} | {person.email: person for person in people}


@pytest.fixture
def lantern(place) -> int:
    (found,) = figures.suppliers_called(reading_for(Viewer()), "Bright Lantern Energy")
    return found


def by_command(question: Question, who: str, said: dict) -> Any:
    words = question.command.split()
    for each in FILTERS:
        for value in said.get(each.name, []) if each.is_many else [said.get(each.name)]:
            words += [f"--{each.said}", value] if value else []
    done = CliRunner().invoke(app, [*words, "--as", who, "--format", "json"])
    assert done.exit_code in (0, 3), done.output
    return json.loads(done.stdout)


def by_api(question: Question, client: Client, said: dict) -> Any:
    query = [
        (each.said, value)
        for each in FILTERS
        for value in (said.get(each.name, []) if each.is_many else [said.get(each.name)])
        if value
    ]
    answer = client.get(f"/api/v1/spend/{question.api}&{urlencode(query)}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


SLUGS = {"Ashmere Council": "ashmere-council", "Ashmere Health": "ashmere-health"}


def page_of(question: Question, client: Client, said: dict, **more: str) -> str:
    """What the address of the pages answers, with the same filters in the pages' own words."""
    known = {"starts": "starts", "ends": "ends", "category": "category", "text": "text"}
    known |= {"least_gbp": "least", "most_gbp": "most"}
    query = [("year", "all"), *((known[name], said[name]) for name in known if name in said)]
    query += [("body", SLUGS[name]) for name in said.get("bodies", ())]
    joint = "&" if "?" in question.page else "?"
    answer = client.get(f"{question.page}{joint}{urlencode([*query, *more.items()])}")
    assert answer.status_code == 200, question.page
    return answer.content.decode()


def comparable(document: Any) -> Any:
    """A document without what only a list by pages has."""
    if isinstance(document, dict):
        document = {k: v for k, v in document.items() if k not in ("page", "page_count")}
    return json.loads(json.dumps(document, default=str))


def shown_on(document: dict, question: Question) -> Iterator[str]:
    """The amounts and shares that the page shows if it shows this answer."""
    for row in document[question.shows or "rows"]:
        # A trend shows each of its amounts, and not their sum.
        yield from map(pounds, row.get("amounts_gbp", ()))
        for name in ("spend_gbp", "known_gbp", "amount_gbp", "kept_gbp"):
            if name in row and "amounts_gbp" not in row:
                yield pounds(row[name])
        for name in ("share", "coverage", "top_share"):
            if row.get(name) is not None and question.shows == "":
                yield percentage(row[name])
    head = document.get("headline")
    if head and head["payment_count"] and "find" not in question.page:
        for name in ("net_gbp", "own_purpose_gbp") if Decimal(head["pass_through_gbp"]) else ():
            yield pounds_in_words(head[name])


def wrong_at(question: Question, client: Client, who: str, said: dict) -> tuple[str, list[str]]:
    """What the command answers, and where the other doors say something else."""
    document = comparable(by_command(question, who, said))
    wrong = []
    if comparable(by_api(question, client, said)) != document:
        wrong.append("the API")
    if question.has_json and json.loads(page_of(question, client, said, format="json")) != document:
        wrong.append("the file of the page")
    if question.page:
        page = html.unescape(page_of(question, client, said))
        wrong += [each for each in shown_on(document, question) if each not in page]
    return json.dumps(document), wrong


@pytest.mark.slow
def test_every_door_gives_every_reader_the_same_numbers(client, readers, lantern):
    found: dict[str, set[str]] = {}
    wrong = {}
    for each in QUESTIONS:
        words = (each.command, each.api, each.page)
        command, api, page = (word.format(lantern=lantern) for word in words)
        question = evolve(each, command=command, api=api, page=page)
        many = dict(MANY)
        if "/categories/" in page:
            del many["category"]  # the page is of one
        asked = [(who, {}) for who in readers] + [(PUBLIC, many)] * each.takes_filters
        for who, said in asked:
            person = readers[who]
            client.force_login(person) if person else client.logout()
            answer, differing = wrong_at(question, client, who, said)
            found.setdefault(each.command, set()).add(answer)
            if differing:
                wrong[each.command, who, *said] = differing
    assert wrong == {}
    # Some may read more than others, and filters leave less: no answer is the same for everyone.
    assert [command for command, answers in found.items() if len(answers) == 1] == []


def test_the_files_of_one_body_are_the_same_through_every_door(client, place):
    question = Question("files", "files?", "/spending/download")
    said = {"bodies": ["Ashmere Health"]}
    document, wrong = wrong_at(question, client, PUBLIC, said)
    assert wrong == []
    assert {row["body"] for row in json.loads(document)["rows"]} == {"Ashmere Health"}


def test_the_lines_of_a_page_add_up_to_what_every_door_says(client, readers):
    question = Question("lines", "lines?", "/spending/lines")
    totals = set()
    for who, person in readers.items():
        client.force_login(person) if person else client.logout()
        said = by_command(question, who, {})["total_gbp"]
        file = client.get("/spending/lines?year=all&format=csv")
        text = b"".join(file.streaming_content).decode("utf-8-sig")
        rows = csv.DictReader(text.splitlines())
        assert sum(Decimal(row["amount"]) for row in rows) == Decimal(said)
        totals.add(said)
    assert len(totals) == 3


def test_payments_made_twice_are_told_to_those_who_may_see_them_and_to_nobody_else(
    client, place, readers
):
    question = Question("duplicates", "duplicates?", "/spending/work/duplicates")
    told = {}
    for who, person in readers.items():
        client.force_login(person) if person else client.logout()
        answer = client.get("/api/v1/spend/duplicates")
        page = client.get("/spending/work/duplicates?year=all")
        done = CliRunner().invoke(app, ["duplicates", "--as", who, "--format", "json"])
        if answer.status_code == 403:
            sentence = json.loads(answer.content)["sentence"]
            assert sentence.startswith("You cannot see the duplicate candidates")
            assert done.exception.sentence == sentence
            assert page.status_code in (302, 403)
            continue
        told[who] = json.loads(answer.content)
        assert by_command(question, who, {}) == told[who]
        assert pounds_in_words(told[who]["open_gbp"]) in html.unescape(page.content.decode())
    council, police = told.values()
    assert (council["open_gbp"], police["open_gbp"]) == ("812.40", "0.00")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["summary", "--by", "body", "--from", "May"], "May is not a day. Write it as 2025-04-01."),
        (["summary", "--by", "body", "--least", "x"], "x is not an amount in pounds. Write it as"),
        (["lines", "--least", "9", "--most", "1"], "The most, 1, is less than the least, 9."),
        (["supplier", "a"], "suppliers have a in their name. Give the number of one"),
        (["supplier", "Nobody at all"], "No supplier goes by the name of Nobody at all."),
        (["category", "spoons"], "There is no category spoons."),
        (["lines", "--as", "nobody@example.org"], "Nobody signs in with nobody@example.org."),
    ],
)
def test_what_cannot_be_asked_at_the_keyboard_is_refused_in_a_sentence(place, words, sentence):
    refused = CliRunner().invoke(app, words)
    assert sentence in refused.exception.sentence


def test_a_question_that_there_is_not_is_a_slip_of_usage():
    slip = CliRunner().invoke(app, ["summary", "--by", "colour"])
    assert slip.exit_code == 2
    assert "'colour' is not one of" in slip.output
