"""A statement as a PDF that a screen reader can read, the same to the byte each time it is made."""

from __future__ import annotations

import json
from importlib.resources import files

from moothall.agreements.queries.statements import StatementPage
from moothall.values.wording import plain_date, pounds


def statement_pdf(page: StatementPage) -> bytes:
    """Return a statement as PDF/UA: lines, between whom, facts, and each line's sentence."""
    import typst  # heavy, and only a PDF needs it

    source = (files("moothall.agreements") / "exports" / "statement.typ").read_bytes()
    made: bytes = typst.compile(
        source,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        sys_inputs={"page": json.dumps(_said(page), ensure_ascii=False)},
    )
    return made


def _said(page: StatementPage) -> dict[str, object]:
    return {
        "title": f"Statement {page.number}: {page.agreement.name}, {page.label}",
        "answer": page.answer,
        "intro": f"The period is {page.words}."
        + (f" Approved by {' and '.join(page.approvals)}." if page.approvals else ""),
        "lines": [
            {
                "term": line.term,
                "payer": line.payer,
                "payee": line.payee,
                "net": pounds(line.net_gbp),
                "vat": pounds(line.vat_gbp),
                "gross": pounds(line.gross_gbp),
                "stands": line.stands,
                "adjusts": line.adjusts,
                "because": line.because,
                "dispute": f"Disputed: {line.why_disputed}" if line.why_disputed else "",
            }
            for line in page.lines
        ],
        "pairs": [
            {
                "payer": pair.payer_name,
                "payee": pair.payee_name,
                "net": pounds(pair.net_gbp),
                "vat": pounds(pair.vat_gbp),
                "gross": pounds(pair.gross_gbp),
                "invoice": pair.invoice_words,
                "clock": " ".join((pair.clock, *pair.interest)),
            }
            for pair in page.pairs
        ],
        "facts": [list(fact) for fact in page.facts],
        "notes": list(page.findings),
        "made": (
            f"Made by {page.made_by} on {plain_date(page.made_at.date())} from "
            f"{'; '.join(page.versions)}. SHA-256 of what is kept of it: {page.digest}."
        ),
        "footer": f"{page.agreement.name}, statement {page.number}",
    }
