"""Which payment lines are there, and where in its published file does each one stand?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from django.db.models import Q

from moothall.core import audit, lake
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.directory.models import Person
from moothall.spend.analysis import listing
from moothall.spend.analysis.payments import EVERYTHING, NOT_CLASSIFIED, Filters
from moothall.spend.models import CategoryCorrection, MatchDecision, RowCorrection, SourceFile
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading
from moothall.spend.queries.rulebook import label_of

NOT_PUBLISHED = "Not published"
LINES_A_PAGE = 50
LONGEST_ROW = 1 << 20  # bytes of a source row that are shown
DOWNLOADED = (
    "paid_on",
    "body",
    "supplier",
    "supplier_id",
    "amount",
    "irrecoverable_vat",
    "department",
    "service",
    "purpose",
    "category",
    "how",
    "category_text",
    "transaction_ref",
    "date_meaning",
    "capital_revenue",
    "is_card",
    "is_redacted",
    "source_id",
    "sheet",
    "row",
)
AS_PUBLISHED = (
    ("supplier_name", "Supplier as published"),
    ("supplier_ref", "Supplier's number as published"),
    ("company_number", "Company number"),
    ("charity_number", "Charity number"),
    ("vat_number", "VAT registration number"),
    ("amount_text", "Amount as published"),
    ("irrecoverable_vat", "Irrecoverable VAT"),
    ("department", "Department"),
    ("service", "Service"),
    ("purpose", "Purpose"),
    ("category_text", "Category as published"),
    ("proclass", "ProClass"),
    ("cpv", "CPV"),
    ("sercop", "SeRCOP"),
    ("account_code", "Account code"),
    ("transaction_ref", "Transaction reference"),
    ("capital_revenue", "Capital or revenue"),
)
DATES = {
    "paid": "the day it was paid",
    "posted": "the day it was posted to the ledger",
    "cleared": "the day it cleared the bank",
    "invoiced": "the day of the invoice",
    "unknown": "a day that the file does not explain",
}
HOW = {
    "code": "a code that the body published",
    "supplier": "what this supplier usually provides",
    "words": "the words of the line",
    "model": "a classifier that learnt from bodies that publish a classification",
    "person": "a person's decision",
    "none": "nothing: no rule and no classifier was sure enough",
}
DEEDS = {
    "spend.publication_shared": "Shared",
    "spend.publication_withdrawn": "Withdrawn",
    "spend.publication_restored": "Restored",
    "spend.loaded": "Loaded",
}


@frozen
class Line:
    """One payment line as a list shows it."""

    source_id: int
    row: int
    sheet: str | None
    paid_on: date
    body: str
    supplier: str
    supplier_id: int | None
    department: str | None
    purpose: str | None
    category: str
    category_code: str
    amount: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "source_id": self.source_id,
            "row": self.row,
            "sheet": self.sheet,
            "paid_on": self.paid_on.isoformat(),
            "body": self.body,
            "supplier": self.supplier,
            "supplier_id": self.supplier_id,
            "department": self.department,
            "purpose": self.purpose,
            "category": self.category_code,
            "amount_gbp": f"{self.amount:.2f}",
        }


@frozen
class LinesPage:
    """One page of payment lines. The sums are of all that passes the filters."""

    lines: tuple[Line, ...]
    headline: figures.Headline

    @property
    def spend_gbp(self) -> Decimal:
        return self.headline.gross_gbp

    @property
    def payment_count(self) -> int:
        return self.headline.payment_count

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it: pounds as strings."""
        return {
            "rows": [line.as_json() for line in self.lines],
            "total_gbp": f"{self.spend_gbp:.2f}",
            "payment_count": self.payment_count,
            "headline": self.headline.as_json(),
        }


@frozen
class SourceRow:
    """A record as it stands in its file: its bytes as text, and where they begin."""

    text: str
    encoding: str


@frozen
class LinePage:
    """One payment line beside its source."""

    line: Line
    said: tuple[tuple[str, str | Decimal | None], ...]  # each column as published
    date_says: str
    date_is_published: bool
    is_card: bool
    is_redacted: bool
    how: str
    sureness: float | None
    file: str
    sha256: str
    body_slug: str
    starts_on: date
    last_on: date
    sharing: str
    is_read_in_full: bool
    source: SourceRow | None
    why_no_source: str | None
    history: tuple[tuple[datetime, str], ...]
    name_key: int
    category_key: int


def line_from(reading: Reading, row: dict[str, Any]) -> Line:
    """A line as lists show it, from a row of the lake."""
    code = row["category"] or NOT_CLASSIFIED
    return Line(
        source_id=row["source_id"],
        row=row["row"],
        sheet=row["sheet"],
        paid_on=row["paid_on"],
        body=reading.body_names.get(row["body_id"], ""),
        supplier=row["supplier"] or NOT_PUBLISHED,
        supplier_id=row["supplier_id"] if row["supplier"] else None,
        department=row["department"],
        purpose=row["purpose"],
        category=label_of(code),
        category_code=code,
        amount=row["amount"],
    )


@frozen
class PublishedMonths:
    """In which months, and of which publications, are the payments that pass the filters?"""

    counts: tuple[tuple[date, int, int], ...]  # month, publication, payments; in order of time
    spend_gbp: tuple[tuple[date, Decimal], ...]  # by month, in order of time

    @classmethod
    def found(cls, reading: Reading, filters: Filters) -> PublishedMonths:
        rows = [
            row for row in reading.rows(listing.months_of_publications, filters) if row["month"]
        ]
        spend: dict[date, Decimal] = {}
        for row in rows:
            spend[row["month"]] = spend.get(row["month"], Decimal(0)) + row["spend_gbp"]
        counts = sorted((row["month"], row["publication_id"], row["payment_count"]) for row in rows)
        return cls(counts=tuple(counts), spend_gbp=tuple(sorted(spend.items())))

    def without_gaps(self) -> tuple[tuple[date, Decimal | None], ...]:
        """Pounds by month, None for a month in between of which nothing is published."""
        every: list[tuple[date, Decimal | None]] = []
        for month, amount in self.spend_gbp:
            while every and _next_month(every[-1][0]) < month:
                every.append((_next_month(every[-1][0]), None))
            every.append((month, amount))
        return tuple(every)

    def newest(self, wanted: int) -> tuple[date | None, frozenset[int]]:
        """The first of the last months that hold so many payments, and their publications."""
        found, first = 0, None
        publications: set[int] = set()
        for month, publication, count in reversed(self.counts):
            if found >= wanted and month != first:
                break
            first = month
            found += count
            publications.add(publication)
        return first, frozenset(publications)


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def newest_lines(
    reading: Reading, filters: Filters, months: PublishedMonths, *, count: int = LINES_A_PAGE
) -> tuple[Line, ...]:
    """The newest lines that pass the filters, read from the few files that hold them."""
    first, publications = months.newest(count)
    if first is None:
        return ()
    starts_on = max(filter(None, (filters.starts_on, first)))
    latest = evolve(filters, starts_on=starts_on)
    found = reading.rows(listing.lines_page, latest, among=publications, count=count)
    return tuple(line_from(reading, row) for row in found)


def lines_page(
    reader: Viewer | Reading,
    filters: Filters = EVERYTHING,
    *,
    order: str = "-paid",
    page: int = 1,
    count: int = LINES_A_PAGE,
) -> LinesPage:
    """One page of the lines that pass the filters, newest first unless asked otherwise."""
    reading = figures.reading_of(reader)
    if order.removeprefix("-") not in listing.LINE_ORDERS:
        order = "-paid"
    head = figures.headline_from(figures.totals(reading, filters, with_supplier_count=False))
    skip = (max(page, 1) - 1) * count
    found = []
    if skip < head.payment_count:
        found = reading.rows(
            listing.lines_page, filters, once=skip > 0, order=order, count=count, skip=skip
        )
    return LinesPage(
        lines=tuple(line_from(reading, row) for row in found),
        headline=head,
    )


def lines_in_batches(
    reader: Viewer | Reading, filters: Filters = EVERYTHING
) -> Iterator[list[dict[str, Any]]]:
    """Every line that passes the filters, a few thousand at a time, as `DOWNLOADED` names them."""
    reading = figures.reading_of(reader)
    for batch in reading.batches(listing.lines_to_download, filters):
        yield [_downloaded(reading, row) for row in batch]


def _downloaded(reading: Reading, row: dict[str, Any]) -> dict[str, Any]:
    body = reading.body_names.get(row["body_id"], "")
    return {name: body if name == "body" else row[name] for name in DOWNLOADED}


def line_page(
    reader: Viewer | Reading, *, source_id: int, row: int, sheet: str | None = None
) -> LinePage | None:
    """A line as this reader may read it, or None where they may read none at that place."""
    reading = figures.reading_of(reader)
    found = reading.rows(listing.line_at, once=True, source_id=source_id, row=row)
    if sheet is not None:
        found = [line for line in found if (line["sheet"] or "") == sheet] or found[:0]
    file = SourceFile.objects.filter(pk=source_id).select_related("body").first()
    if not found:
        return None
    line = found[0]
    publication = Publication.objects.get(pk=line["publication_id"])
    in_full = publication.pk in reading.reach.full
    source, why = (None, None)
    if file is None:
        why = "The file's own record is not in these books."
    elif in_full:
        source, why = _source_row(file, row)
    else:
        why = "The row as it stands in the file is shown to those who may read the body's own rows."
    return LinePage(
        line=line_from(reading, line),
        said=tuple((label, line[name]) for name, label in AS_PUBLISHED),
        date_says=DATES.get(line["date_meaning"], DATES["unknown"]),
        date_is_published=line["date_basis"] == "published",
        is_card=bool(line["is_card"]),
        is_redacted=bool(line["is_redacted"]),
        how=HOW.get(line["how"], HOW["none"]),
        sureness=line["sureness"],
        file=file.name if file else "",
        sha256=file.sha256 if file else "",
        body_slug=file.body.slug if file else "",
        starts_on=publication.starts_on,
        last_on=date.fromordinal(publication.ends_before.toordinal() - 1),
        sharing=publication.get_sharing_display(),
        is_read_in_full=in_full,
        source=source,
        why_no_source=why,
        history=_history(publication, file, line, in_full=in_full),
        name_key=line["name_key"],
        category_key=line["category_key"],
    )


def _source_row(file: SourceFile, row: int) -> tuple[SourceRow | None, str | None]:
    """The physical line on which a record begins, from the bytes kept under the file's hash."""
    path = lake.raw_path(file.sha256)
    if not path.is_file():
        return None, "The file's bytes are not kept here any more."
    with path.open("rb") as held:
        first = held.read(4)
        if first[:2] in (b"PK", b"\x1f\x8b", b"\xd0\xcf") or first.startswith(b"\xfd7zX"):
            return None, "The file is a workbook or an archive: open it to see the row."
        held.seek(0)
        for _number in range(row - 1):
            if not held.readline(LONGEST_ROW):
                return None, "The file ends before this row: its rows end in another way."
        found = held.readline(LONGEST_ROW)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return SourceRow(text=found.decode(encoding).rstrip("\r\n"), encoding=encoding), None
        except UnicodeDecodeError:
            continue
    return SourceRow(text=found.decode("latin-1").rstrip("\r\n"), encoding="latin-1"), None


def _history(
    publication: Publication, file: SourceFile | None, line: dict[str, Any], *, in_full: bool
) -> tuple[tuple[datetime, str], ...]:
    """What has been done with the line and its publication, oldest first, in words.

    Who decided what about the line itself is told to those who may read it in full.
    """
    done: list[tuple[datetime, str]] = []
    if file is not None:
        done.append((file.load.at, f"Loaded from {file.name}"))
        for earlier in SourceFile.objects.filter(publication__superseded_by=publication):
            done.append((file.load.at, f"Took the place of {earlier.name}"))
    for entry in audit.history_of(f"core.publication:{publication.pk}"):
        if entry.did in DEEDS:
            after = json.loads(entry.detail).get("after", "")
            words = {"PUBLIC": "Made public", "PRIVATE": "Made private"}.get(after)
            done.append((entry.at, words or DEEDS[entry.did]))
    if in_full:
        done += _decided(line)
    return tuple(sorted(done))


def _decided(line: dict[str, Any]) -> Iterator[tuple[datetime, str]]:
    """What people decided about the row, the supplier's name and the category of a line."""
    row = {"source_id": line["source_id"], "row": line["row"], "sheet": line["sheet"] or ""}
    for mended in RowCorrection.objects.filter(**row).select_related("by"):
        yield mended.at, f"Set aside, mended and loaded{_by(mended.by)}"
    key = line["name_key"]
    of_name = Q(name_key=key) | Q(other_key=key)
    for match in MatchDecision.objects.filter(of_name).select_related("by", "undone_by"):
        is_same = match.verdict == MatchDecision.Verdict.SAME
        said = "joined with another name" if is_same else "kept apart from a likely name"
        yield match.at, f"The supplier was {said}{_by(match.by)}"
        if match.undone_at:
            yield match.undone_at, f"That decision on the name was undone{_by(match.undone_by)}"
    of_line = Q(scope="SIGNATURE", matches=str(line["category_key"]))
    of_line |= Q(scope="SUPPLIER", matches=str(line["supplier_id"]))
    of_body = Q(body=None) | Q(body_id=line["body_id"])
    corrections = CategoryCorrection.objects.filter(of_line, of_body)
    for corrected in corrections.select_related("by", "undone_by"):
        yield corrected.at, f"Category set to {label_of(corrected.category)}{_by(corrected.by)}"
        if corrected.undone_at:
            yield corrected.undone_at, f"That category was taken back{_by(corrected.undone_by)}"


def _by(person: Person | None) -> str:
    return f" by {person.name}" if person else ""
