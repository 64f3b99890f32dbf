"""The papers say what the result says, and read as papers in Word, as PDF and as HTML."""

from html.parser import HTMLParser
from io import BytesIO

import docx
import pytest

from moothall.appraisal.engine.papers import Grid, Points, briefing, business_case, questions
from moothall.appraisal.engine.result import result
from moothall.appraisal.exports.papers import docx_of, html_of, pdf_of
from moothall.appraisal.queries.rules import rule_books
from moothall.appraisal.tests.files import leisure, read
from moothall.values.wording import pounds

DIGEST = "ab" * 32
CASES = ["Strategic case", "Economic case", "Commercial case", "Financial case", "Management case"]


@pytest.fixture(scope="module")
def worked():
    return result(leisure(), rule_books(), draws=200)


@pytest.fixture(scope="module")
def paper(worked):
    return business_case(worked, digest=DIGEST)


def said(paper):
    """Every word of a paper, a line each."""
    for section in paper.sections:
        yield section.title
        for block in section.blocks:
            if isinstance(block, str):
                yield block
            elif isinstance(block, Points):
                yield from block.points
            else:
                yield from (cell for row in block.rows for cell in row)


def grid(paper, caption):
    found = [
        block
        for section in paper.sections
        for block in section.blocks
        if isinstance(block, Grid) and block.caption.startswith(caption)
    ]
    assert len(found) == 1, caption
    return found[0]


def test_the_business_case_has_the_five_cases_in_order(paper):
    assert [one.title for one in paper.sections if one.title in CASES] == CASES


def test_every_table_has_a_cell_under_each_heading(paper, worked):
    for one in (paper, briefing(worked)):
        for section in one.sections:
            for block in section.blocks:
                if isinstance(block, Grid):
                    assert {len(row) for row in block.rows} <= {len(block.head)}, block.caption


def test_the_papers_figures_are_those_of_the_result(paper, worked):
    rows = {row[0]: row for row in grid(paper, "Present values").rows}
    for one in worked.options.values():
        if one.sifted.goes_on:
            assert rows[one.option.name][1] == pounds(one.cost)
            assert rows[one.option.name][3] == pounds(one.npv)


def test_an_option_that_was_dropped_stands_in_both_papers_with_its_reason(paper, worked):
    assert "Strategic fit: the pools would close." in list(said(paper))
    assert any(
        "Sale of the centres (strategic fit: the pools would close)" in line
        for line in said(briefing(worked))
    )


def test_the_reconciliation_of_the_preferred_option_adds_up(worked):
    chosen = read(options__company__is_preferred=True)
    paper = business_case(result(chosen, rule_books(), draws=200))
    amounts = [
        float(row[2].replace("£", "").replace(",", "").replace("\u2212", "-"))
        for row in grid(paper, "Each line").rows
    ]
    totals = [row[1] for row in grid(paper, "Each line").rows]
    running = 0.0
    for amount, words in zip(amounts, totals, strict=True):
        if words == "In the council's budget":
            running = amount
        elif words == "In the economic case":
            assert amount == pytest.approx(running, abs=0.04)
        else:
            running += amount


def test_members_are_told_what_to_ask(worked):
    asked = questions(worked)
    assert "Those who weighed do not put the same way first. Whose view is this?" in asked
    assert "Some who weighed gain by an option. Does the answer hold without them?" in asked
    assert asked[-1] == "What happens if we do nothing?"


def test_a_paper_opens_in_word_with_headings_and_tables(paper):
    made = docx_of(paper, leisure().on)
    opened = docx.Document(BytesIO(made))
    headings = [one.text for one in opened.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [one.title for one in paper.sections]
    grids = [b for s in paper.sections for b in s.blocks if isinstance(b, Grid)]
    assert [one.rows[0].cells[0].text for one in opened.tables] == [g.head[0] for g in grids]
    assert DIGEST in opened.sections[0].footer.paragraphs[0].text


def test_a_paper_is_a_pdf_for_screen_readers_and_the_same_each_time(paper):
    made = pdf_of(paper)
    assert made.startswith(b"%PDF")
    assert b"/MarkInfo" in made
    assert pdf_of(paper) == made


class Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.headings, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_a_page_of_html_is_closed_and_its_headings_go_down_a_step_at_a_time(paper):
    page = Outline()
    page.feed(html_of(paper))
    assert page.open == []
    assert page.headings[0] == 1
    pairs = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in pairs)


def test_words_of_the_file_are_no_markup_in_html():
    named = read(appraisal__name="<script>alert(1)</script>")
    page = html_of(business_case(result(named, rule_books(), draws=200)))
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
