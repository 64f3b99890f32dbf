"""The deeds of appraising: begin one, save what it says, go back to a version, put it away."""

import hashlib
from datetime import datetime

from django.db import transaction

from moothall.appraisal import permissions
from moothall.appraisal.cases.beginnings import frame, text_of_case
from moothall.appraisal.models import LONGEST_NAME, LONGEST_NOTE, Appraisal, AppraisalVersion
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.deals.typed import CannotWrite, document_of
from moothall.directory.models import Organisation, Person

LONGEST_TEXT = 500_000


class CannotKeepAppraisal(CannotDo):
    """Nothing was saved; the appraisal is as it was."""


@transaction.atomic
def begin_appraisal(
    *, body: Organisation, name: str, by: Person, at: datetime, case: str = "", text: str = ""
) -> Appraisal:
    """Begin an appraisal: from a published case, from a file's text, or from a bare frame.

    :raises CannotKeepAppraisal: when the person may not, or it begins from nothing that is there.
    """
    _refuse_others(by, body)
    name = name.strip()
    if not name:
        raise CannotKeepAppraisal("An appraisal needs a name by which you find it. Give it one.")
    begun_from = "a file" if text else "a bare frame"
    if case:
        begun_from, text = f"the case {case}", text_of_case(case) or ""
        if not text:
            raise CannotKeepAppraisal(
                f"There is no case {case} with an appraisal. The list of cases has them."
            )
    appraisal = Appraisal.objects.create(
        body=body, name=name[:LONGEST_NAME], begun_from=begun_from, by=by, at=at
    )
    text = text or frame(appraisal.name, body.name, at.date())
    version = _saved(appraisal, text, "As begun", by=by, at=at)
    audit.record(
        by=by, at=at, did="appraisal.begun", to=appraisal, body_id=body.pk, text=version.digest
    )
    return appraisal


@transaction.atomic
def save_appraisal(
    *,
    appraisal: Appraisal,
    text: str,
    by: Person,
    at: datetime,
    note: str = "",
    seen: int | None = None,
) -> AppraisalVersion:
    """Save what an appraisal says as its next version; the same text again saves nothing.

    seen : the number of the version that was changed; None where that does not matter

    :raises CannotKeepAppraisal: when the person may not, it is no TOML, or somebody else saved.
    """
    appraisal = Appraisal.objects.select_for_update().get(pk=appraisal.pk)
    _refuse_others(by, appraisal.body)
    latest = latest_version(appraisal)
    if seen is not None and seen != latest.number:
        raise CannotKeepAppraisal(
            f"This was not saved: {latest.by.name} saved version {latest.number} meanwhile, and "
            f"you changed version {seen}. Copy your change, open it again, and put it in."
        )
    text = text.replace("\r\n", "\n")
    if text == latest.text:
        return latest
    version = _saved(appraisal, text, note, by=by, at=at)
    audit.record(
        by=by,
        at=at,
        did="appraisal.saved",
        to=appraisal,
        body_id=appraisal.body_id,
        version=version.number,
        text=version.digest,
    )
    return version


@transaction.atomic
def restore_version(
    *, appraisal: Appraisal, number: int, by: Person, at: datetime
) -> AppraisalVersion:
    """Save an earlier version's text as the latest.

    :raises CannotKeepAppraisal: when the person may not, or there is no such version.
    """
    earlier = appraisal.versions.filter(number=number).first()
    if earlier is None:
        raise CannotKeepAppraisal(
            f"There is no version {number} of {appraisal.name}. Choose one from the list."
        )
    note = f"Version {number} again"
    return save_appraisal(appraisal=appraisal, text=earlier.text, by=by, at=at, note=note)


@transaction.atomic
def put_away(*, appraisal: Appraisal, is_away: bool, by: Person, at: datetime) -> Appraisal:
    """Take an appraisal off the list, or bring it back; nothing of it is lost.

    :raises CannotKeepAppraisal: when the person may not.
    """
    _refuse_others(by, appraisal.body)
    appraisal.put_away_at = at if is_away else None
    appraisal.save(update_fields=["put_away_at"])
    did = "appraisal.put_away" if is_away else "appraisal.brought_back"
    audit.record(by=by, at=at, did=did, to=appraisal, body_id=appraisal.body_id)
    return appraisal


def latest_version(appraisal: Appraisal) -> AppraisalVersion:
    version = appraisal.versions.select_related("by").order_by("-number").first()
    if version is None:
        raise RuntimeError(f"Appraisal {appraisal.pk} has no version.")
    return version


def _saved(
    appraisal: Appraisal, text: str, note: str, *, by: Person, at: datetime
) -> AppraisalVersion:
    if len(text) > LONGEST_TEXT:
        raise CannotKeepAppraisal(
            f"This was not saved: {len(text):,} letters are more than an appraisal's file may "
            f"have, {LONGEST_TEXT:,}. Check that it is one."
        )
    try:
        document_of(text)
    except CannotWrite as refusal:
        raise CannotKeepAppraisal(
            f"This was not saved: {refusal} Mend it at that place and save again."
        ) from None
    last = appraisal.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return AppraisalVersion.objects.create(
        appraisal=appraisal,
        number=last + 1,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        note=note.strip()[:LONGEST_NOTE],
        by=by,
        at=at,
    )


def _refuse_others(by: Person, body: Organisation) -> None:
    if reason := permissions.why_not_work_on_appraisal(by, body):
        raise CannotKeepAppraisal(reason)
