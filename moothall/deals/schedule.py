"""The payment schedule that is annexed to the signed document: a deal in Word, with its hash."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from moothall.deals.deal import Deal
from moothall.deals.drawing import who_pays_whom
from moothall.deals.explaining import explained
from moothall.deals.wording import listed
from moothall.values.wording import plain_date

if TYPE_CHECKING:
    from docx.document import Document

PERIODS = ("Period", "From", "To")


def schedule_docx(deal: Deal, *, digest: str) -> bytes:
    """Return the schedule as a Word document: parties, what is paid and when, facts, periods.

    What is private to one party is left out: every party is given the same.

    digest : sha256 of the deal file, printed on the first page and in every footer
    """
    import docx

    document = docx.Document()
    told = explained(deal, viewer="")
    document.core_properties.title = f"Payment schedule: {deal.name}"
    document.core_properties.author = ""
    drawn = datetime.combine(deal.period.starts_on, time(), UTC)
    document.core_properties.created = document.core_properties.modified = drawn
    document.add_heading(f"Payment schedule: {deal.name}", level=0)
    document.add_paragraph(
        "This schedule is written from a deal file, which settles each period from what is "
        f"reported. The sha256 of that file is {digest}."
    )
    for heading in ("The deal", "Parties"):
        document.add_heading(heading, level=1)
        for sentence in told[heading]:
            document.add_paragraph(sentence)
    document.add_heading("What is paid", level=1)
    for number, term in enumerate(deal.terms, start=1):
        document.add_heading(f"{number}. {term.name}", level=2)
        document.add_paragraph(term.sentence(deal))
    document.add_heading("Who pays whom", level=1)
    _table(document, ("Payment", "Paid by", "Paid to"), _payments(deal))
    document.add_heading("What is reported", level=1)
    document.add_paragraph("Each payment is worked out from these facts and from nothing else.")
    for sentence in told["Facts"]:
        document.add_paragraph(sentence, style="List Bullet")
    document.add_heading("Periods", level=1)
    _table(
        document,
        PERIODS,
        (
            (str(number), plain_date(period.starts_on), plain_date(period.last_day))
            for number, period in enumerate(deal.periods, start=1)
        ),
    )
    footer = document.sections[0].footer.paragraphs[0]
    footer.text = f"Payment schedule of {deal.name}. Deal file: {digest}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _payments(deal: Deal) -> Iterable[Sequence[str]]:
    for arrow in who_pays_whom(deal):
        payers = dict.fromkeys(deal.party_name(payer) for payer, _ in arrow.pairs)
        payees = dict.fromkeys(deal.party_name(payee) for _, payee in arrow.pairs)
        if arrow.pairs:
            yield arrow.name, listed(payers), listed(payees)


def _table(document: Document, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(head), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = text
        cell.paragraphs[0].runs[0].bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
