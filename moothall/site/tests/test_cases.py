from html import unescape

import pytest
from typer.testing import CliRunner

from moothall.site.cases import CASES, case_named
from moothall.site.commands import whole_command
from moothall.values.wording import plain_date

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_case_shows_its_story_its_sources_and_where_to_write(client, settings, name):
    settings.CONTACT = "corrections@place.example"
    page = client.get(f"/cases/{name}").content.decode()
    case = CASES[name]()
    assert case.story in unescape(page)
    assert f"Sources: {case_named(name).source}." in unescape(page)
    assert f"last held to them on {plain_date(case.checked_on)}." in page
    assert page.count("Not printed") == sum(
        figure.published is None for figure in case_named(name).figures
    )
    assert "mailto:corrections@place.example" in page
    assert ("mh-picture__line" in page) == bool(case.deal)


def test_a_picture_says_in_words_who_pays_whom(client):
    page = client.get("/cases/west-cheshire").content.decode()
    said = "The council, The NHS, The police and Work and Pensions pay one another."
    assert f"Equal benefit-cost transfer: {said}" in page


def test_a_case_of_ours_says_that_nothing_was_printed(client):
    page = client.get("/cases/rates-relief-trust").text
    assert "<strong>6</strong> figures are worked out here; none was printed." in page
    assert "Every figure that was printed" in client.get("/cases/salford-urban-vision").text


def test_an_unknown_case_is_not_found(client):
    assert client.get("/cases/nothing").status_code == 404


def test_a_case_of_shared_power_says_who_decides_beside_what_is_paid():
    names = [figure.name for figure in case_named("southwest-one").figures]
    assert names[0] == "Value as quoted, a year, over ten years"
    assert names[-3] == "Majorities that IBM's 75% carries alone"


@pytest.mark.parametrize("name", [name for name in sorted(CASES) if case_named(name).deal])
def test_the_deal_file_of_a_case_is_downloaded_as_it_is_printed(client, name):
    assert 'href="?format=toml"' in client.get(f"/cases/{name}").text
    answer = client.get(f"/cases/{name}", {"format": "toml"})
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.toml"'
    assert answer.text == case_named(name).deal.lstrip()


@pytest.mark.parametrize("name", [name for name in sorted(CASES) if CASES[name]().appraisal])
def test_the_appraisal_of_a_case_is_downloaded_and_printed(client, name):
    page = client.get(f"/cases/{name}").text
    assert f"moothall appraise {name}.toml" in page
    answer = client.get(f"/cases/{name}", {"format": "toml"})
    assert answer.text == case_named(name).appraisal.lstrip()
    told = CliRunner().invoke(whole_command(), ["cases", "appraisal", name])
    assert told.stdout.strip() == case_named(name).appraisal.strip()


def test_a_case_without_an_appraisal_says_so():
    told = CliRunner().invoke(whole_command(), ["cases", "appraisal", "rikers-sib"])
    assert told.exit_code == 4
    assert "is no appraisal: it has no such file to copy." in told.stderr
