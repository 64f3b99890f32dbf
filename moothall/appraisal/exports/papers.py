"""A paper as a Word file, as a PDF that a screen reader reads, and as one page of HTML."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from html import escape
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from moothall.appraisal.engine.papers import Block, Grid, Paper, Points

if TYPE_CHECKING:
    from docx.document import Document

STYLE = (
    "body{font:1rem/1.5 Arial,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold}"
    "th,td{border-bottom:1px solid #b1b4b6;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    ".number{text-align:right;font-variant-numeric:tabular-nums}div{overflow-x:auto}"
)


def docx_of(paper: Paper, on: date) -> bytes:
    """Return a paper as a Word document, with real headings, tables and lists.

    on : the day that its properties name as that on which it was made
    """
    import docx

    document = docx.Document()
    document.core_properties.title = paper.title
    document.core_properties.author = ""
    made = datetime.combine(on, time(), UTC)
    document.core_properties.created = document.core_properties.modified = made
    _on_a4(document)
    document.add_heading(paper.title, level=0)
    document.add_paragraph(paper.intro)
    for section in paper.sections:
        document.add_heading(section.title, level=section.level)
        for block in section.blocks:
            _into_docx(document, block)
    document.sections[0].footer.paragraphs[0].text = paper.made_from
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _on_a4(document: Document) -> None:
    from docx.shared import Cm, Pt

    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.8)
    document.styles["Normal"].font.size = Pt(10)


def _into_docx(document: Document, block: Block) -> None:
    if isinstance(block, str):
        document.add_paragraph(block)
    elif isinstance(block, Points):
        for point in block.points:
            document.add_paragraph(point, style="List Bullet")
    else:
        _table_into_docx(document, block)


def _table_into_docx(document: Document, grid: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document.add_paragraph(grid.caption, style="Caption").paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(grid.head), style="Table Grid")
    repeats = OxmlElement("w:tblHeader")  # on each page that the table runs over
    repeats.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeats)
    for cell, words in zip(table.rows[0].cells, grid.head, strict=True):
        cell.text = words
        for run in cell.paragraphs[0].runs:
            run.bold, run.font.size = True, Pt(8)
    for row in grid.rows:
        for place, (cell, words) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.text = words
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)
            if place in grid.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def pdf_of(paper: Paper) -> bytes:
    """Return a paper as PDF/UA, the same to the byte each time it is made."""
    import typst  # heavy, and only a PDF needs it

    made: bytes = typst.compile(
        (files("moothall.appraisal") / "exports" / "paper.typ").read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(_said(paper), ensure_ascii=False)},
    )
    return made


def _said(paper: Paper) -> dict[str, object]:
    return {
        "title": paper.title,
        "intro": paper.intro,
        "made_from": paper.made_from,
        "sections": [
            {
                "title": section.title,
                "level": section.level,
                "blocks": [_block(block) for block in section.blocks],
            }
            for section in paper.sections
        ],
    }


def _block(block: Block) -> dict[str, object]:
    if isinstance(block, str):
        return {"kind": "words", "words": block}
    if isinstance(block, Points):
        return {"kind": "points", "points": list(block.points)}
    return {
        "kind": "grid",
        "caption": block.caption,
        "head": list(block.head),
        "rows": [list(row) for row in block.rows],
        "numbers": list(block.numbers),
    }


def html_of(paper: Paper) -> str:
    """Return a paper as one page of HTML that needs nothing else."""
    body = "".join(
        f"<h{section.level + 1}>{escape(section.title)}</h{section.level + 1}>"
        + "".join(_html(block) for block in section.blocks)
        for section in paper.sections
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(paper.title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(paper.title)}</h1><p>{escape(paper.intro)}</p>{body}</main>"
        f"<footer><p><small>{escape(paper.made_from)}</small></p></footer></body></html>\n"
    )


def _html(block: Block) -> str:
    if isinstance(block, str):
        return f"<p>{escape(block)}</p>"
    if isinstance(block, Points):
        return f"<ul>{''.join(f'<li>{escape(point)}</li>' for point in block.points)}</ul>"
    head = "".join(
        _cell("th", words, place, block, "col") for place, words in enumerate(block.head)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            _cell("td" if place else "th", words, place, block, "" if place else "row")
            for place, words in enumerate(row)
        )
        + "</tr>"
        for row in block.rows
    )
    return (
        f'<div tabindex="0" role="region" aria-label="{escape(block.caption)}"><table>'
        f"<caption>{escape(block.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(tag: str, words: str, place: int, grid: Grid, scope: str) -> str:
    tag = tag if words or tag == "td" else "td"  # a header says something
    kind = ' class="number"' if place in grid.numbers else ""
    of = f' scope="{scope}"' if scope and tag == "th" else ""
    return f"<{tag}{kind}{of}>{escape(words)}</{tag}>"
