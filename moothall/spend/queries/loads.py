"""What did a load do, file by file: what was kept, set aside, refused, replaced, changed?"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from attrs import frozen

from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.spend.models import Load, SourceFile
from moothall.spend.queries.publications import changed_lines, line_paths

REASON_WORDS = {
    "no_amount": "no amount",
    "amount_not_a_number": "amount not a number",
    "no_date_readable": "date cannot be read",
    "outside_period": "date outside the file's period",
    "control_total": "control total",
    "repeated_header": "repeat of the header",
    "footer": "footer",
    "shifted_cells": "cells out of their columns",
    "too_few_cells": "too few cells",
    "another_dataset": "another kind of dataset",
}
STATUS_WORDS = {
    "loaded": ("loaded", "green"),
    "superseded": ("replaces an earlier file", "green"),
    "unchanged": ("loaded before", "grey"),
    "refused": ("refused", "red"),
}
SETTLED = frozenset({"control_total", "repeated_header", "footer"})


def reason_words(code: str) -> str:
    """A reason code in words."""
    return REASON_WORDS.get(code, code.replace("_", " "))


@frozen
class ControlTotalRow:
    """A total printed in a file, beside the sum of the rows it covers. Amounts in GBP."""

    row: int
    sheet: str | None
    printed: Decimal
    computed: Decimal
    agrees: bool


@frozen
class FileRow:
    """One file of a load as its report shows it. Amounts in GBP."""

    name: str
    status: str
    colour: str
    refusal: str
    source_id: int | None
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_blank: int
    amount_kept: Decimal
    amount_set_aside: Decimal
    amount_control: Decimal
    first_date: date | None
    last_date: date | None
    control_totals: tuple[ControlTotalRow, ...]
    reasons: tuple[tuple[str, str, int], ...]  # code, words, rows
    warnings: tuple[str, ...]
    replaces: str
    changes: dict[str, Any]

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "file",
        "status",
        "refusal",
        "first_date",
        "last_date",
        "rows_read",
        "rows_kept",
        "rows_set_aside",
        "rows_blank",
        "kept_gbp",
        "set_aside_gbp",
        "control_gbp",
        "replaces",
        "warnings",
    )

    def as_json(self) -> dict[str, object]:
        """As a file gives it; amounts as strings."""
        return {
            "file": self.name,
            "status": self.status,
            "refusal": self.refusal,
            "first_date": self.first_date and self.first_date.isoformat(),
            "last_date": self.last_date and self.last_date.isoformat(),
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_set_aside": self.rows_set_aside,
            "rows_blank": self.rows_blank,
            "kept_gbp": f"{self.amount_kept:.2f}",
            "set_aside_gbp": f"{self.amount_set_aside:.2f}",
            "control_gbp": f"{self.amount_control:.2f}",
            "replaces": self.replaces,
            "warnings": " ".join(self.warnings),
        }

    @property
    def rows_to_look_at(self) -> int:
        return sum(count for code, _words, count in self.reasons if code not in SETTLED)


@frozen
class Report:
    """What a run of loading did. Amounts in GBP."""

    load_id: int | None
    body: str
    body_id: int
    at: datetime
    files: tuple[FileRow, ...]
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    amount_kept: Decimal
    amount_set_aside: Decimal
    amount_control: Decimal

    @property
    def amount_read(self) -> Decimal:
        return self.amount_kept + self.amount_set_aside + self.amount_control

    def count(self, status: str) -> int:
        return sum(file.status == STATUS_WORDS[status][0] for file in self.files)

    @property
    def loaded_count(self) -> int:
        return self.count("loaded") + self.count("superseded")

    @property
    def refused_count(self) -> int:
        return self.count("refused")

    @property
    def unchanged_count(self) -> int:
        return self.count("unchanged")

    @property
    def disagreeing(self) -> tuple[FileRow, ...]:
        """The files with a control total that the rows above it do not give."""
        return tuple(f for f in self.files if any(not t.agrees for t in f.control_totals))


@frozen
class LoadRow:
    """One load in a list."""

    id: int
    body: str
    at: datetime
    by: str
    file_count: int
    rows_kept: int
    rows_set_aside: int
    amount_kept: Decimal


def loads_of(viewer: Viewer, *, count: int = 200) -> tuple[LoadRow, ...]:
    """The loads of the bodies that `viewer` reads, newest first."""
    held = Load.objects.select_related("body", "by").order_by("-at", "-id")
    if not viewer.reads_all:
        held = held.filter(body_id__in=viewer.bodies_read)
    return tuple(
        LoadRow(
            id=load.pk,
            body=load.body.name,
            at=load.at,
            by=str(load.by) if load.by else "the operator",
            file_count=len(load.report["files"]),
            rows_kept=load.report["totals"]["rows_kept"],
            rows_set_aside=load.report["totals"]["rows_set_aside"],
            amount_kept=Decimal(load.report["totals"]["amount_kept"]),
        )
        for load in held[:count]
    )


def body_of_load(load_id: int) -> int | None:
    """The body a load was for, or None when there is no such load."""
    return Load.objects.filter(pk=load_id).values_list("body_id", flat=True).first()


def body_of_source(source_id: int) -> int | None:
    """The body a file is of, or None when there is no such file."""
    return SourceFile.objects.filter(pk=source_id).values_list("body_id", flat=True).first()


def load_report(load_id: int) -> Report:
    """The report of a load on record."""
    load = Load.objects.select_related("body").get(pk=load_id)
    return report_of(
        load.report, body=load.body.name, body_id=load.body_id, at=load.at, load_id=load_id
    )


def report_of(
    document: dict[str, Any], *, body: str, body_id: int, at: datetime, load_id: int | None
) -> Report:
    """A report as `moothall spend ingest --format json` prints it, for a page."""
    totals = document["totals"]
    sources = {
        (name, sha256): key
        for key, name, sha256 in SourceFile.objects.filter(body_id=body_id)
        .exclude(status=SourceFile.Status.REFUSED)
        .order_by("load_id")
        .values_list("id", "name", "sha256")
    }
    by_bytes = {sha256: key for (_name, sha256), key in sources.items()}
    return Report(
        load_id=load_id,
        body=body,
        body_id=body_id,
        at=at,
        files=tuple(
            _file_row(
                file, sources.get((file["file"], file["sha256"])) or by_bytes.get(file["sha256"])
            )
            for file in document["files"]
        ),
        rows_read=totals["rows_read"],
        rows_kept=totals["rows_kept"],
        rows_set_aside=totals["rows_set_aside"],
        amount_kept=Decimal(totals["amount_kept"]),
        amount_set_aside=Decimal(totals["amount_set_aside"]),
        amount_control=Decimal(totals.get("amount_control", "0.00")),
    )


def _file_row(file: dict[str, Any], source_id: int | None) -> FileRow:
    words, colour = STATUS_WORDS[file["status"]]
    return FileRow(
        name=file["file"],
        status=words,
        colour=colour,
        refusal=file.get("refusal", ""),
        source_id=source_id if file["status"] != "refused" else None,
        rows_read=file["rows_read"],
        rows_kept=file["rows_kept"],
        rows_set_aside=file["rows_set_aside"],
        rows_blank=file["rows_blank"],
        amount_kept=Decimal(file["amount_kept"]),
        amount_set_aside=Decimal(file["amount_set_aside"]),
        amount_control=Decimal(file["amount_control"]),
        first_date=_day(file["first_date"]),
        last_date=_day(file["last_date"]),
        control_totals=tuple(
            ControlTotalRow(
                row=total["row"],
                sheet=total["sheet"],
                printed=Decimal(total["printed"]),
                computed=Decimal(total["computed"]),
                agrees=total["agrees"],
            )
            for total in file["control_totals"]
        ),
        reasons=tuple((code, reason_words(code), n) for code, n in file["reasons"].items()),
        warnings=tuple(file.get("warnings", ())),
        replaces=file.get("replaces", ""),
        changes=_with_amounts(file.get("changes", {})),
    )


def _with_amounts(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        key: Decimal(value) if key.startswith("amount_") else value
        for key, value in changes.items()
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# ── what a correction changed ────────────────────────────────────────────────────────────────


@frozen
class ChangedLine:
    """A line that a corrected file has more often, or less often, than the file it replaced."""

    paid_on: date
    supplier: str
    reference: str
    amount: Decimal
    change: int  # how many more of it the new file has

    @property
    def words(self) -> str:
        many = abs(self.change)
        times = "" if many == 1 else f", {many} times"
        return ("added" if self.change > 0 else "removed") + times


@frozen
class Changes:
    """What a file changed of the one it replaced, line by line. `row_count`: before the cut."""

    name: str
    replaced: str
    body: str
    counts: dict[str, Any]
    lines: tuple[ChangedLine, ...]
    is_cut: bool


MOST_CHANGES = 5000


def changes_by(source_id: int) -> Changes | None:
    """What a file changed, or None when it replaced nothing."""
    source = SourceFile.objects.select_related("body", "publication").get(pk=source_id)
    old = Publication.objects.filter(superseded_by_id=source.publication_id).first()
    if source.publication_id is None or old is None:
        return None
    before = SourceFile.objects.filter(publication_id=old.pk).order_by("pk").first()
    found = changed_lines(
        line_paths(old.pk), line_paths(source.publication_id), limit=MOST_CHANGES + 1
    )
    return Changes(
        name=source.name,
        replaced=before.name if before else "an earlier file",
        body=source.body.name,
        counts=_with_amounts(source.changes),
        lines=tuple(
            ChangedLine(
                paid_on=row["paid_on"],
                supplier=row["supplier_name"] or "",
                reference=row["transaction_ref"] or "",
                amount=row["amount"],
                change=int(row["change"]),
            )
            for row in found[:MOST_CHANGES]
        ),
        is_cut=len(found) > MOST_CHANGES,
    )
