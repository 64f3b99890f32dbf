"""The payment schedule that is annexed, in Word."""

import io
from pathlib import Path

import docx
from typer.testing import CliRunner

from moothall.deals.commands import deal as commands
from moothall.deals.reading import deal_from_toml
from moothall.deals.schedule import schedule_docx

EXAMPLES = Path(__file__).parent / "examples"
DIGEST = "ab" * 32


def words_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    footers = (part.text for section in document.sections for part in section.footer.paragraphs)
    return "\n".join([*(part.text for part in document.paragraphs), *cells, *footers])


def test_the_schedule_says_each_payment_and_carries_the_hash_of_the_deal():
    text = (EXAMPLES / "service_credits.toml").read_text(encoding="utf-8")
    deal = deal_from_toml(text)
    said = words_of(schedule_docx(deal, digest=DIGEST))
    assert said.count(DIGEST) == 2
    for term in deal.terms:
        assert term.sentence(deal) in said
    assert "Ashby Council\nBrightway Ltd" in said
    assert f"{len(deal.periods)}\n1 January 2029\n31 March 2029" in said


def test_what_is_private_to_a_party_is_not_annexed():
    text = (EXAMPLES / "service_credits.toml").read_text(encoding="utf-8")
    text += '\n[facts.margin]\ntitle = "Margin of the contractor"\nprivate_to = "contractor"\n'
    said = words_of(schedule_docx(deal_from_toml(text), digest=DIGEST))
    assert "Margin of the contractor" not in said


def test_the_command_writes_it_with_the_hash_of_its_file(tmp_path):
    to = tmp_path / "schedule.docx"
    file = EXAMPLES / "service_credits.toml"
    ran = CliRunner().invoke(commands, ["export", str(file), "--docx", str(to)])
    assert ran.exit_code == 0, ran.output
    digest = ran.output.split("deal file ")[1].strip(" .\n").replace("\n", "")
    assert digest in words_of(to.read_bytes())
    ran = CliRunner().invoke(commands, ["export", str(file), "--docx", str(tmp_path)])
    assert ran.exit_code == 4
    assert "was not written" in ran.output
