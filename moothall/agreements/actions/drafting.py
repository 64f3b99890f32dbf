"""The deeds of drafting: begin, save, go back, put away, and share with another body."""

import hashlib
from datetime import datetime

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.beginnings import deal_of_case, frame
from moothall.agreements.models import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Draft,
    DraftShare,
    DraftVersion,
)
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.deals.typed import CannotWrite, document_of
from moothall.directory.models import Organisation, Person

LONGEST_TEXT = 200_000


class CannotDraft(CannotDo):
    """Nothing was saved; the draft is as it was."""


@transaction.atomic
def begin_draft(
    *,
    body: Organisation,
    name: str,
    by: Person,
    at: datetime,
    case: str = "",
    text: str = "",
    copied_from: Draft | None = None,
) -> Draft:
    """Begin a draft: from a published case, from a text, or from a bare frame.

    :raises CannotDraft: when the person may not, or what it begins from is no deal file.
    """
    _refuse_others(by, body)
    begun_from = "a bare frame"
    if copied_from is not None:
        begun_from = f"a copy of {copied_from.name} of {copied_from.body.name}"
    elif case:
        begun_from, text = f"the case {case}", deal_of_case(case) or ""
        if not text:
            raise CannotDraft(f"There is no case {case} with a deal. The list of cases has them.")
    elif text:
        begun_from = "a file"
    draft = Draft.objects.create(
        body=body,
        name=_name(name),
        begun_from=begun_from[:LONGEST_NAME],
        by=by,
        at=at,
    )
    version = _saved(draft, text or frame(draft.name, body.name), "As begun", by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.draft_begun", to=draft, body_id=body.pk, text=version.digest
    )
    return draft


@transaction.atomic
def save_draft(
    *, draft: Draft, text: str, by: Person, at: datetime, note: str = "", seen: int | None = None
) -> DraftVersion:
    """Save a draft's text as its next version; the same text again saves nothing.

    seen : the number of the version that was changed; None where that does not matter

    :raises CannotDraft: when the person may not, it is no TOML, or somebody saved in between.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    _refuse_others(by, draft.body)
    latest = latest_version(draft)
    if seen is not None and seen != latest.number:
        raise CannotDraft(
            f"This was not saved: {latest.by.name} saved version {latest.number} meanwhile, and "
            f"you changed version {seen}. Copy your change, open the draft again, and put it in."
        )
    text = text.replace("\r\n", "\n")
    if text == latest.text:
        return latest
    version = _saved(draft, text, note, by=by, at=at)
    audit.record(
        by=by,
        at=at,
        did="agreements.draft_saved",
        to=draft,
        body_id=draft.body_id,
        version=version.number,
        text=version.digest,
    )
    return version


@transaction.atomic
def restore_version(*, draft: Draft, number: int, by: Person, at: datetime) -> DraftVersion:
    """Save an earlier version's text as the latest.

    :raises CannotDraft: when the person may not, or there is no such version.
    """
    earlier = draft.versions.filter(number=number).first()
    if earlier is None:
        raise CannotDraft(
            f"There is no version {number} of {draft.name}. Choose one from the list."
        )
    return save_draft(draft=draft, text=earlier.text, by=by, at=at, note=f"Version {number} again")


@transaction.atomic
def set_draft(
    *, draft: Draft, name: str, party: str, is_competition: bool, by: Person, at: datetime
) -> Draft:
    """Rename a draft, say which of its parties the body is, and whether bidders read it.

    :raises CannotDraft: when the person may not, or there is no such party.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    _refuse_others(by, draft.body)
    if party and party not in document_of(latest_version(draft).text).get("parties", {}):
        raise CannotDraft(f"The deal has no party {party}. Choose one of its parties.")
    draft.name, draft.party, draft.is_competition = _name(name), party, is_competition
    draft.save(update_fields=["name", "party", "is_competition"])
    audit.record(
        by=by,
        at=at,
        did="agreements.draft_set",
        to=draft,
        body_id=draft.body_id,
        is_competition=is_competition,
    )
    return draft


@transaction.atomic
def put_away(*, draft: Draft, is_away: bool, by: Person, at: datetime) -> Draft:
    """Take a draft off the list, or bring it back; nothing of it is lost.

    :raises CannotDraft: when the person may not.
    """
    _refuse_others(by, draft.body)
    draft.put_away_at = at if is_away else None
    draft.save(update_fields=["put_away_at"])
    did = "agreements.draft_put_away" if is_away else "agreements.draft_brought_back"
    audit.record(by=by, at=at, did=did, to=draft, body_id=draft.body_id)
    return draft


@transaction.atomic
def share_draft(
    *, draft: Draft, with_body: Organisation, party: str, by: Person, at: datetime
) -> DraftShare:
    """Let another body read a draft, without what is private to others.

    :raises CannotDraft: when the person may not, or it is shared with that body already.
    """
    _refuse_others(by, draft.body)
    if with_body.pk == draft.body_id:
        raise CannotDraft(f"{with_body.name} drafts it itself. Choose another body.")
    if permissions.is_shared_with(draft, with_body):
        raise CannotDraft(f"{with_body.name} reads it already. There is nothing to do.")
    share = DraftShare.objects.create(draft=draft, body=with_body, party=party, by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.draft_shared", to=draft, body_id=draft.body_id,
        with_body=with_body.pk,
    )  # fmt: skip
    return share


@transaction.atomic
def unshare_draft(*, draft: Draft, with_body: Organisation, by: Person, at: datetime) -> None:
    """Let another body read a draft no longer; copies that it made are its own.

    :raises CannotDraft: when the person may not, or it is not shared with that body.
    """
    _refuse_others(by, draft.body)
    deleted, _ = draft.shares.filter(body=with_body).delete()
    if not deleted:
        raise CannotDraft(f"{with_body.name} does not read it. There is nothing to undo.")
    audit.record(
        by=by, at=at, did="agreements.draft_unshared", to=draft, body_id=draft.body_id,
        with_body=with_body.pk,
    )  # fmt: skip


def latest_version(draft: Draft) -> DraftVersion:
    version = draft.versions.select_related("by").order_by("-number").first()
    if version is None:
        raise RuntimeError(f"Draft {draft.pk} has no version.")
    return version


def _saved(draft: Draft, text: str, note: str, *, by: Person, at: datetime) -> DraftVersion:
    if len(text) > LONGEST_TEXT:
        raise CannotDraft(
            f"This was not saved: {len(text):,} letters are more than a deal file may have, "
            f"{LONGEST_TEXT:,}. Check that it is one."
        )
    try:
        document_of(text)
    except CannotWrite as refusal:
        raise CannotDraft(
            f"This was not saved: {refusal} Mend it at that place and save again."
        ) from None
    last = draft.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return DraftVersion.objects.create(
        draft=draft,
        number=last + 1,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        note=note.strip()[:LONGEST_NOTE],
        by=by,
        at=at,
    )


def _name(name: str) -> str:
    if not name.strip():
        raise CannotDraft("A draft needs a name by which you find it again. Give it one.")
    if len(name.strip()) > LONGEST_NAME:
        raise CannotDraft(f"A name of more than {LONGEST_NAME} letters does not fit. Shorten it.")
    return name.strip()


def _refuse_others(by: Person, body: Organisation) -> None:
    if reason := permissions.why_not_draft_deal(by, body):
        raise CannotDraft(reason)
