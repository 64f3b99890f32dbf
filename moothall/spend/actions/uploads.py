"""Take files from a person, show what they seem to say, and load them once that is confirmed.

The looking and the loading are long, so they are jobs: each is started in the transaction of the
deed that asks for it, once, and may be started again after a worker died.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import evolve
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from moothall.core import audit, jobs
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_load_spend
from moothall.spend.actions.loading import header_digest, load_files
from moothall.spend.actions.projecting import project
from moothall.spend.engine.mapping import FIELDS, Column, Mapping
from moothall.spend.feeds.read_files import proposals
from moothall.spend.models import BodyMapping, Upload
from moothall.spend.queries.uploads import (
    FIELD_WORDS,
    findings_file,
    upload_folder,
    upload_page,
    uploaded_paths,
)

LARGEST_UPLOAD = 4 * 1024**3  # bytes of all files together
KEPT_FOR = timedelta(days=14)  # files that nobody loads are forgotten
MAY_SHARE_A_COLUMN = ({"invoice_date", "paid_on"}, {"gross", "amount"}, {"sercop", "service"})


class CannotUpload(CannotDo):
    """The files were not taken, or stand as they stood."""


def receive_files(
    files: Iterable[tuple[str, Iterator[bytes]]],
    *,
    body: Organisation,
    by: Person | None,
    at: datetime,
) -> Upload:
    """Keep files in a private folder and start looking at what their columns mean.

    files : the name and the bytes, in blocks, of each

    :raises CannotUpload: when the role is missing, there is no file, or they are too large.
    """
    if reason := why_not_load_spend(by or Viewer.operator(), body):
        raise CannotUpload(reason)
    forget_old_uploads(at=at)
    token = secrets.token_hex(16)
    folder = upload_folder(token)
    kept: list[tuple[str, int]] = []
    try:
        for name, blocks in files:
            target = folder / "files" / f"{len(kept):04d}" / _plain_name(name)
            target.parent.mkdir(parents=True, mode=0o700)
            kept.append((target.name, _written(target, blocks, sum(size for _, size in kept))))
        if not kept:
            raise CannotUpload("Nothing was taken: no file was chosen. Choose at least one.")
        with transaction.atomic():
            upload = Upload.objects.create(token=token, body=body, by=by, at=at, files=kept)
            jobs.start_once(look_at_upload, key=f"spend.look:{token}", token=token)
            audit.record(
                by=by,
                at=at,
                did="spend.files_received",
                to=f"spend.upload:{token}",
                body_id=body.pk,
                files=len(kept),
                bytes=sum(size for _, size in kept),
            )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def confirm_mapping(
    *,
    token: str,
    digest: str,
    columns: dict[str, int],
    date_meaning: str,
    kind: str,
    by: Person | None,
    at: datetime,
) -> BodyMapping:
    """Say which column of a layout is which field. It holds for files of this layout to come.

    columns : field -> the place of its column, from 0

    :raises CannotUpload: when the role is missing, the upload no longer waits, no column is the
        amount, or two fields claim one column.
    """
    page = upload_page(token)
    if page is None or page.state != Upload.State.WAITING:
        raise CannotUpload("These files no longer wait to be confirmed. Hand them over again.")
    layout = next((each for each in page.layouts if each.digest == digest), None)
    if layout is None:
        raise CannotUpload("No file of this upload has that layout. Look at its page again.")
    body = Organisation.objects.get(pk=page.body_id)
    mapping = evolve(
        layout.mapping,
        columns={
            name: Column(columns[name], _header_at(layout.mapping, columns[name]))
            for name in FIELDS
            if name in columns
        },
        date_meaning=date_meaning,
        kind=kind,
        doubts=(),
    )
    return keep_mapping(mapping, body=body, by=by, at=at)


def keep_mapping(
    mapping: Mapping, *, body: Organisation, by: Person | None, at: datetime
) -> BodyMapping:
    """Remember what the columns of a layout mean for a body, in place of what was believed.

    :raises CannotUpload: when the role is missing, or the mapping cannot be read by.
    """
    if reason := why_not_load_spend(by or Viewer.operator(), body):
        raise CannotUpload(reason)
    if reason := why_not_map(mapping):
        raise CannotUpload(reason)
    digest = header_digest(mapping.headers)
    with transaction.atomic():
        kept, _made = BodyMapping.objects.update_or_create(
            body=body,
            header=digest,
            defaults={"mapping": mapping.as_json(), "confirmed_by": by, "confirmed_at": at},
        )
        audit.record(
            by=by,
            at=at,
            did="spend.mapping_confirmed",
            to=kept,
            body_id=body.pk,
            header=digest,
            columns={name: column.index for name, column in mapping.columns.items()},
            kind=mapping.kind,
            date_meaning=mapping.date_meaning,
        )
    return kept


def forget_mapping(*, body: Organisation, digest: str, by: Person | None, at: datetime) -> None:
    """Forget what was confirmed of a layout; files to come are proposed afresh.

    :raises CannotUpload: when the role is missing, or nothing was confirmed.
    """
    if reason := why_not_load_spend(by or Viewer.operator(), body):
        raise CannotUpload(reason)
    with transaction.atomic():
        held = BodyMapping.objects.filter(body=body, header=digest).first()
        if held is None:
            raise CannotUpload(
                f"{body} has no confirmed mapping of that number. "
                "`moothall spend mapping BODY` lists them."
            )
        subject = f"spend.bodymapping:{held.pk}"
        held.delete()
        audit.record(
            by=by, at=at, did="spend.mapping_forgotten", to=subject, body_id=body.pk, header=digest
        )


def mapping_to_change(body: Organisation, *, layout: str = "", like: Path | None = None) -> Mapping:
    """The mapping that a person wants to change: of a layout by its number, or of a file.

    :raises CannotUpload: when no layout, or more than one, is meant; when the file cannot be read.
    """
    if like is not None:
        with tempfile.TemporaryDirectory() as scratch:
            found = next(iter(proposals(like, scratch=Path(scratch))), None)
        if found is None or found[1] is None:
            raise CannotUpload((found and found[2]) or f"{like.name} holds nothing to read.")
        digest = header_digest(found[1].mapping.headers)
        held = BodyMapping.objects.filter(body=body, header=digest).first()
        return Mapping.from_json(held.mapping) if held else found[1].mapping
    alike = list(BodyMapping.objects.filter(body=body, header__startswith=layout)[:2])
    if len(alike) != 1:
        what = "no confirmed layout" if not alike else "more than one layout"
        raise CannotUpload(
            f"{what.capitalize()} of {body} begins with “{layout}”. `moothall spend mapping` lists "
            "their numbers; --like FILE starts from a file."
        )
    return Mapping.from_json(alike[0].mapping)


def mapping_with(mapping: Mapping, changes: Iterable[str]) -> Mapping:
    """A mapping with FIELD=COLUMN put in, the column by its header or its place from 1.

    :raises CannotUpload: for a field or a column that is not there.
    """
    columns = dict(mapping.columns)
    headers = [header.strip().casefold() for header in mapping.headers]
    for change in changes:
        name, _equals, column = change.partition("=")
        if name not in FIELDS:
            raise CannotUpload(f"{name} is not a field. The fields are {', '.join(FIELDS)}.")
        wanted = column.strip().casefold()
        if not wanted:
            columns.pop(name, None)
            continue
        if wanted in headers:
            place = headers.index(wanted)
        elif wanted.isdigit() and int(wanted) >= 1:
            place = int(wanted) - 1
        else:
            raise CannotUpload(
                f"No column is called “{column}”. The columns are {', '.join(mapping.headers)}."
            )
        columns[name] = Column(place, _header_at(mapping, place))
    ordered = {name: columns[name] for name in FIELDS if name in columns}
    return evolve(mapping, columns=ordered, doubts=())


def why_not_map(mapping: Mapping) -> str | None:
    """Return why files cannot be read by this mapping, or None when they can."""
    if "amount" not in mapping.columns:
        return "Say which column is the amount: without it nothing can be added up."
    claimed: dict[int, str] = {}
    for name, column in mapping.columns.items():
        other = claimed.setdefault(column.index, name)
        if other != name and {other, name} not in MAY_SHARE_A_COLUMN:
            said = f'"{column.header.strip()}"' if column.header.strip() else f"{column.index + 1}"
            return (
                f"Column {said} is both “{FIELD_WORDS[other]}” and “{FIELD_WORDS[name]}”. "
                "Choose another column for one of them, or none."
            )
    return None


def start_loading(*, token: str, by: Person | None, at: datetime) -> Upload:
    """Load an upload's files in the background.

    :raises CannotUpload: when the role is missing, a doubt is open, or it is under way already.
    """
    page = upload_page(token)
    if page is None:
        raise CannotUpload("There are no such files. Hand them over again.")
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=token)
        if reason := why_not_load_spend(by or Viewer.operator(), upload.body):
            raise CannotUpload(reason)
        again = page.state == Upload.State.FAILED and upload_folder(token).exists()
        if page.state != Upload.State.WAITING and not again:
            raise CannotUpload(
                f"These files cannot be loaded now: their state is “{page.state_words}”. "
                "Look at their page."
            )
        if reason := page.why_not_load:
            raise CannotUpload(reason)
        upload.state, upload.refusal = Upload.State.LOADING, ""
        upload.save(update_fields=["state", "refusal"])
        jobs.start_once(load_upload, key=f"spend.load:{token}", token=token)
        audit.record(
            by=by,
            at=at,
            did="spend.loading_started",
            to=f"spend.upload:{token}",
            body_id=upload.body_id,
        )
    return upload


def discard_upload(*, token: str, by: Person | None, at: datetime) -> None:
    """Throw away files that were handed over and not loaded.

    :raises CannotUpload: when the role is missing, or they are being loaded or were loaded.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=token)
        if reason := why_not_load_spend(by or Viewer.operator(), upload.body):
            raise CannotUpload(reason)
        if upload.state in {Upload.State.LOADING, Upload.State.SORTING, Upload.State.DONE}:
            raise CannotUpload(
                f"These files cannot be thrown away: they are {upload.get_state_display()}. "
                "Withdraw the publication instead."
            )
        body_id = upload.body_id
        upload.delete()
        audit.record(
            by=by, at=at, did="spend.files_discarded", to=f"spend.upload:{token}", body_id=body_id
        )
    shutil.rmtree(upload_folder(token), ignore_errors=True)


def forget_old_uploads(*, at: datetime) -> int:
    """Delete the files of uploads that nobody loaded in time; return how many."""
    old = Upload.objects.filter(at__lt=at - KEPT_FOR).exclude(
        state__in=[Upload.State.DONE, Upload.State.LOADING, Upload.State.SORTING]
    )
    tokens = list(old.values_list("token", flat=True))
    old.delete()
    for token in tokens:
        shutil.rmtree(upload_folder(token), ignore_errors=True)
    return len(tokens)


# ── jobs ─────────────────────────────────────────────────────────────────────────────────────


@task()
def look_at_upload(token: str) -> int:
    """Work out what the columns of each uploaded file mean; return how many can be read."""
    upload = Upload.objects.filter(pk=token, state=Upload.State.LOOKING).first()
    if upload is None:
        return 0
    scratch = upload_folder(token) / "scratch"
    findings = [
        _finding(name, proposal, refusal)
        for name, proposal, refusal in proposals(uploaded_paths(upload), scratch=scratch)
    ]
    shutil.rmtree(scratch, ignore_errors=True)
    findings_file(token).write_text(json.dumps(findings, ensure_ascii=False), encoding="utf-8")
    Upload.objects.filter(pk=token, state=Upload.State.LOOKING).update(state=Upload.State.WAITING)
    return sum(not finding["refusal"] for finding in findings)


@task()
def load_upload(token: str) -> int | None:
    """Load an upload's files, then sort suppliers and categories; return the load's number."""
    upload = Upload.objects.select_related("body", "by").filter(pk=token).first()
    if upload is None or upload.state not in {Upload.State.LOADING, Upload.State.SORTING}:
        return None
    if upload.state == Upload.State.LOADING:
        try:
            report = load_files(
                uploaded_paths(upload), body=upload.body, by=upload.by, at=timezone.now()
            )
        except CannotDo as refused:
            upload.state, upload.refusal = Upload.State.FAILED, refused.sentence
            upload.save(update_fields=["state", "refusal"])
            return None
        upload.report, upload.load_id = report.as_json(), report.load_id
        upload.state = Upload.State.SORTING
        upload.save(update_fields=["report", "load_id", "state"])
        shutil.rmtree(upload_folder(token), ignore_errors=True)
    project(at=timezone.now())
    Upload.objects.filter(pk=token).update(state=Upload.State.DONE)
    return upload.load_id


def _finding(name: str, proposal: Any, refusal: str | None) -> dict[str, Any]:
    """One file's proposal as plain data."""
    if proposal is None:
        return {"name": name, "refusal": refusal or f"{name} cannot be read."}
    return {
        "name": name,
        "refusal": "",
        "digest": header_digest(proposal.mapping.headers),
        "mapping": proposal.mapping.as_json(),
        "samples": [list(row) for row in proposal.sample_rows[:10]],
        "period": str(proposal.period) if proposal.period else "",
        "sheet": proposal.sheet,
        "encoding": proposal.encoding,
        "delimiter": proposal.delimiter,
    }


def _header_at(mapping: Mapping, place: int) -> str:
    return mapping.headers[place] if place < len(mapping.headers) else ""


def _plain_name(name: str) -> str:
    """A file's own name, without folders or anything that a disk or a page would stumble on."""
    plain = re.sub(r"[\x00-\x1f\x7f/\\]", " ", Path(name).name).strip(" .")
    return plain[-150:] or "file"


def _written(target: Path, blocks: Iterator[bytes], before: int) -> int:
    """Write a file in blocks; return its size.

    :raises CannotUpload: when the files together are larger than an upload may be.
    """
    size = 0
    with target.open("wb") as out:
        for block in blocks:
            size += len(block)
            if before + size > LARGEST_UPLOAD:
                raise CannotUpload(
                    f"Nothing was taken: the files are larger than {LARGEST_UPLOAD // 1024**3} GB "
                    "together. Hand them over in parts, or load them at the keyboard: "
                    "moothall spend ingest."
                )
            out.write(block)
    return size
