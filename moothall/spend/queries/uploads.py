"""Where do a person's files stand between arriving and being loaded, and what was believed of them?

What was believed of the files (columns, samples, doubts) is kept beside them, not in the books: a
sample holds names, and must go when the files go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from moothall.core.models import JobKey
from moothall.spend.engine.mapping import Mapping
from moothall.spend.models import BodyMapping, Upload

# What each field is called on a page, in the order in which a person thinks of them.
FIELD_WORDS = {
    "paid_on": "Date of the payment",
    "amount": "Amount, net of VAT",
    "supplier_name": "Supplier's name",
    "supplier_ref": "Supplier's number",
    "purpose": "Purpose or description",
    "department": "Department or directorate",
    "service": "Service",
    "category_text": "Category, in words",
    "transaction_ref": "Transaction number",
    "irrecoverable_vat": "VAT that cannot be recovered",
    "vat_number": "VAT registration number",
    "company_number": "Company number",
    "charity_number": "Charity number",
    "proclass": "ProClass code",
    "cpv": "CPV code",
    "sercop": "SeRCOP code",
    "account_code": "Account code",
    "capital_revenue": "Capital or revenue",
    "is_card": "Paid by card",
    "invoice_number": "Invoice number",
    "invoice_date": "Invoice date",
    "received_date": "Date the invoice was received",
    "vat": "VAT",
    "gross": "Gross amount",
    "purchase_order": "Purchase order",
    "cost_centre": "Cost centre",
}
USUAL_FIELDS = tuple(FIELD_WORDS)[:9]
KIND_WORDS = {
    "spend": "payments",
    "cards": "payments by card",
    "ap_extract": "an extract of the ledger, never public",
}
MEANING_WORDS = {
    "paid": "the day it was paid",
    "posted": "the day it was entered in the ledger",
    "cleared": "the day it left the bank",
    "invoiced": "the date of the invoice",
    "unknown": "the file does not say",
}


def upload_folder(token: str) -> Path:
    """Where an upload's files and what was believed of them lie, until they are loaded."""
    return Path(settings.HOME) / "uploads" / token


def uploaded_paths(upload: Upload) -> list[Path]:
    """The uploaded files, each in a folder of its own so that it keeps its name."""
    folder = upload_folder(upload.token) / "files"
    return [folder / f"{number:04d}" / name for number, (name, _size) in enumerate(upload.files)]


@frozen
class Layout:
    """Files of an upload whose headers are the same: one question to a person about all of them.

    columns  the header of each column, or its first value where there is no header
    samples  up to ten rows, as published
    """

    number: int
    digest: str
    files: tuple[str, ...]
    mapping: Mapping
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    periods: tuple[str, ...]
    sheet: str | None
    encoding: str
    delimiter: str
    confirmed_at: datetime | None

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person should look at; once they confirmed, nothing."""
        return () if self.confirmed_at else self.mapping.doubts

    @property
    def found(self) -> tuple[tuple[str, str], ...]:
        """Each field found, in words, with the column that holds it."""
        return tuple(
            (FIELD_WORDS[name], self.columns[column.index])
            for name, column in self.mapping.columns.items()
            if column.index < len(self.columns)
        )


@frozen
class UploadPage:
    """An upload as its pages show it."""

    token: str
    body: str
    body_id: int
    body_slug: str
    at: datetime
    state: str
    state_words: str
    file_count: int
    layouts: tuple[Layout, ...]
    refusals: tuple[tuple[str, str], ...]
    refusal: str
    load_id: int | None
    report: dict[str, Any]

    @property
    def is_working(self) -> bool:
        return self.state in {"LOOKING", "LOADING", "SORTING"}

    @property
    def in_doubt(self) -> tuple[Layout, ...]:
        return tuple(layout for layout in self.layouts if layout.doubts)

    @property
    def why_not_load(self) -> str | None:
        """Why the files may not be loaded yet, or None."""
        if not self.layouts:
            return "None of these files can be loaded. Each says why; hand over others."
        if self.in_doubt:
            many = len(self.in_doubt)
            return (
                f"Not yet: {many} layout{' has' if many == 1 else 's have'} a doubt about what "
                "a column means. Confirm or correct it first."
            )
        return None


def uploads_of(bodies: Iterable[int]) -> tuple[UploadPage, ...]:
    """The uploads of these bodies that are not yet loaded, newest first, without their layouts."""
    held = Upload.objects.filter(body_id__in=list(bodies)).exclude(state=Upload.State.DONE)
    return tuple(_page(upload, ()) for upload in held.select_related("body"))


def upload_page(token: str) -> UploadPage | None:
    """An upload with its layouts, or None when there is no such upload."""
    upload = Upload.objects.select_related("body").filter(pk=token).first()
    if upload is None:
        return None
    return _page(upload, findings_of(upload))


def _page(upload: Upload, findings: Iterable[dict[str, Any]]) -> UploadPage:
    findings = list(findings)
    state, refusal = upload.state, upload.refusal
    if state in {"LOOKING", "LOADING", "SORTING"} and (sentence := _why_the_job_ended(upload)):
        state, refusal = Upload.State.FAILED, sentence
    return UploadPage(
        token=upload.token,
        body=upload.body.name,
        body_id=upload.body_id,
        body_slug=upload.body.slug,
        at=upload.at,
        state=state,
        state_words=Upload.State(state).label,
        file_count=len(upload.files),
        layouts=_layouts(upload, findings),
        refusals=tuple((f["name"], f["refusal"]) for f in findings if f["refusal"]),
        refusal=refusal,
        load_id=upload.load_id,
        report=upload.report,
    )


def _why_the_job_ended(upload: Upload) -> str | None:
    """A sentence when the job behind an upload failed and nobody is at work on it any more."""
    keys = [f"spend.look:{upload.token}", f"spend.load:{upload.token}"]
    key = keys[upload.state != Upload.State.LOOKING]
    job_id = JobKey.objects.filter(pk=key).values_list("job_id", flat=True).first()
    if job_id is None or len(job_id) != 36:
        return None
    job = DBTaskResult.objects.filter(pk=job_id, status="FAILED").first()
    if job is None:
        return None
    return (
        "The work on these files ended before it was done, and nothing is half loaded. Start it "
        f"again; if it ends so once more, show your administrator the number of the job: {job_id}."
    )


def findings_file(token: str) -> Path:
    return upload_folder(token) / "findings.json"


def findings_of(upload: Upload) -> list[dict[str, Any]]:
    """What was believed of each file: one mapping a file, as `look_at_upload` wrote it."""
    try:
        return json.loads(findings_file(upload.token).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []


def _layouts(upload: Upload, findings: list[dict[str, Any]]) -> tuple[Layout, ...]:
    """The distinct layouts, those with doubts first, then by how many files have them."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        if not finding["refusal"]:
            grouped.setdefault(finding["digest"], []).append(finding)
    confirmed = {
        row.header: row
        for row in BodyMapping.objects.filter(body=upload.body_id, header__in=grouped)
    }
    layouts = []
    for number, (digest, alike) in enumerate(grouped.items(), start=1):
        # The file with most doubts speaks for those like it, so that no doubt goes unseen.
        spokesman = max(alike, key=lambda finding: len(finding["mapping"]["doubts"]))
        word = confirmed.get(digest)
        mapping = Mapping.from_json(word.mapping if word else spokesman["mapping"])
        samples = tuple(tuple(row) for row in spokesman["samples"])
        layouts.append(
            Layout(
                number=number,
                digest=digest,
                files=tuple(finding["name"] for finding in alike),
                mapping=mapping,
                columns=_column_words(mapping, samples),
                samples=samples,
                periods=tuple(sorted({f["period"] for f in alike if f["period"]})),
                sheet=spokesman["sheet"],
                encoding=spokesman["encoding"],
                delimiter=spokesman["delimiter"],
                confirmed_at=word.confirmed_at if word else None,
            )
        )
    return tuple(layouts)


def _column_words(mapping: Mapping, samples: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    width = max([len(mapping.headers), *(len(row) for row in samples)], default=0)
    return tuple(
        (mapping.headers[index].strip() if index < len(mapping.headers) else "")
        or f"Column {index + 1}"
        for index in range(width)
    )


@frozen
class MappingRow:
    """What a person confirmed of one header layout of a body."""

    digest: str
    headers: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    kind: str
    date_meaning: str
    confirmed_by: str
    confirmed_on: date


def mappings_of(body_id: int) -> tuple[MappingRow, ...]:
    """Every confirmed mapping of a body, the newest first."""
    held = BodyMapping.objects.filter(body_id=body_id).select_related("confirmed_by")
    rows = []
    for row in held.order_by("-confirmed_at", "pk"):
        mapping = Mapping.from_json(row.mapping)
        rows.append(
            MappingRow(
                digest=row.header,
                headers=mapping.headers,
                fields=tuple(
                    (name, column.header or f"column {column.index + 1}")
                    for name, column in mapping.columns.items()
                ),
                kind=mapping.kind,
                date_meaning=mapping.date_meaning,
                confirmed_by=str(row.confirmed_by) if row.confirmed_by else "the operator",
                confirmed_on=row.confirmed_at.date(),
            )
        )
    return tuple(rows)
