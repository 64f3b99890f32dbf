"""`moothall appraise`, as somebody at a terminal or a program meets it."""

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from moothall.appraisal.commands import appraise
from moothall.appraisal.tests.files import EXAMPLES, text_of

APP = typer.Typer()
APP.command()(appraise)
FILE = str(EXAMPLES / "leisure.toml")


def run(*words):
    return CliRunner().invoke(APP, [*words])


@pytest.fixture(scope="module")
def answer():
    return json.loads(run(FILE, "--draws", "500", "--format", "json").stdout)


def test_json_goes_to_standard_output_alone(answer):
    assert answer["draws"] == 500
    assert [one["name"] for one in answer["options"]][:2] == ["In-house as now", "Outsourced"]
    assert answer["findings"] == []


def test_the_same_seed_gives_the_same_answer(answer):
    assert json.loads(run(FILE, "--draws", "500", "--format", "json").stdout) == answer


def test_the_text_names_each_option_what_holds_and_what_to_look_at():
    told = run(FILE, "--draws", "500")
    assert told.exit_code == 0
    assert "Leisure centres from 2027/28, Norbury Council" in told.stdout
    assert "Sale of the centres is discounted. Strategic fit: the pools would close." in told.stdout
    assert "It does not say how: every delivery model that secures this is open." in told.stdout
    assert "Routes to In-house as now: own staff, open." in told.stdout
    assert "Look at this: The shortlist lacks the preferred way forward." in told.stdout


def test_a_file_that_must_be_mended_ends_with_4_and_its_findings(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(text_of().replace('form = "public_service_mutual"', 'form = "mutal"'))
    told = run(str(path))
    assert told.exit_code == 4
    assert "options.mutual.form: There is no delivery model 'mutal'." in told.stderr
    assert f"{path} is no sound appraisal yet: 1 findings must be mended." in told.stderr
    assert told.stdout == ""


def test_a_file_that_is_not_there_is_refused():
    assert "cannot be read" in run("nowhere.toml").stderr


def test_another_format_is_refused():
    told = run(FILE, "--format", "xml")
    assert told.exit_code == 2
    assert "'xml' is neither text nor json." in told.stderr


def test_a_spreadsheet_is_written_where_it_is_asked_for(tmp_path):
    book = tmp_path / "leisure.xlsx"
    assert run(FILE, "--draws", "500", "--xlsx", str(book)).exit_code == 0
    assert book.read_bytes().startswith(b"PK")
    told = run(FILE, "--draws", "500", "--xlsx", str(tmp_path / "nowhere" / "leisure.xlsx"))
    assert "was not written: No such file or directory" in told.stderr


def test_papers_are_written_where_they_are_asked_for(tmp_path):
    word, page = tmp_path / "case.docx", tmp_path / "brief.html"
    assert run(FILE, "--draws", "500", "--docx", str(word)).exit_code == 0
    assert word.read_bytes().startswith(b"PK")
    run(FILE, "--draws", "500", "--paper", "briefing", "--html", str(page))
    assert "briefing for members</h1>" in page.read_text(encoding="utf-8")
    told = run(FILE, "--paper", "leaflet")
    assert "'leaflet' is neither business-case nor briefing." in " ".join(told.stderr.split())


def test_the_appraisal_of_the_how_to_is_sound_and_is_worked_out(tmp_path):
    how_to = Path(__file__).parents[3] / "docs" / "how-to" / "appraise-a-service.md"
    (text,) = re.findall(r"```toml\n(.*?)```", how_to.read_text(), flags=re.DOTALL)
    path = tmp_path / "streets.toml"
    path.write_text(text)
    told = run(str(path), "--draws", "200")
    assert told.exit_code == 0
    assert "is worth the most on average over 200 futures" in told.stdout
    assert told.stderr == ""
