"""The deeds from a draft to an agreement in force: agree in principle, comment, sign, commence.

Execution happens elsewhere, under seal, by hand or by e-signature: here it is recorded.
"""

import hashlib
import re
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.life import LIFE
from moothall.agreements.engine.signing import why_not_both
from moothall.agreements.models import (
    Agreement,
    AgreementVersion,
    CommentLimit,
    Draft,
    Execution,
    Member,
    OfficerComment,
    Signing,
)
from moothall.agreements.queries import signing as queries
from moothall.agreements.queries.due_diligence import PRIVATE_KINDS
from moothall.agreements.queries.register import subject_of
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.decisions.actions import record_decision
from moothall.decisions.models import Decision
from moothall.directory.models import Organisation, Person, Role
from moothall.directory.permissions import why_not_comment_agreement, why_not_execute_agreement
from moothall.values.state_table import CannotMove
from moothall.values.wording import listed, plain_date

SHA256 = re.compile(r"[0-9a-fA-F]{64}")
COMMENTS_AS = {
    Role.SECTION_151_OFFICER: "S151",
    Role.MONITORING_OFFICER: "MONITORING",
}


class CannotSign(CannotDo):
    """Nothing was recorded; the agreement stands where it stood."""


@transaction.atomic
def agree_in_principle(
    *, agreement: Agreement, by: Person, at: datetime, draft: Draft | None = None, why: str = ""
) -> AgreementVersion:
    """Take the terms of a draft as it stands, to be executed; a bare understanding has none.

    :raises CannotSign: when the person may not, or the agreement is past that.
    """
    agreement = _kept(agreement, by)
    state = _after(agreement, "AGREE")
    text = ""
    if draft is not None:
        if queries.draft_to_take(agreement, draft.pk) is None:
            raise CannotSign(
                f"The terms are not taken: {draft.name} is no draft of a body of {agreement.name}. "
                "Choose one of the list."
            )
        latest = draft.versions.order_by("-number").first()
        text = latest.text if latest else ""
    if draft is None and queries.kind_of(agreement).has_every_check:
        raise CannotSign(
            f"{agreement.name} is not agreed in principle: it moves money, staff or assets, and "
            "has no terms. Choose the draft that holds them."
        )
    last = agreement.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=last + 1,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        why=why.strip()[:300] or "As agreed in principle",
        by=by,
        at=at,
    )
    agreement.state, agreement.draft = state, draft
    agreement.save(update_fields=["state", "draft"])
    audit.record(
        by=by, at=at, did="agreements.agreed_in_principle", to=agreement,
        body_id=agreement.body_id, version=version.number, text=version.digest,
    )  # fmt: skip
    return version


@transaction.atomic
def reconsider(*, agreement: Agreement, why: str, by: Person, at: datetime) -> Agreement:
    """Go back to the draft. What was signed of this version stays on record, and binds nobody.

    :raises CannotSign: when the person may not, it is past that, or no reason is given.
    """
    return _move(agreement, "RECONSIDER", "reconsidered", why=why, by=by, at=at)


@transaction.atomic
def drop(*, agreement: Agreement, why: str, by: Person, at: datetime) -> Agreement:
    """Give up an agreement that nobody has signed; its record stays.

    :raises CannotSign: when the person may not, it is past that, or no reason is given.
    """
    return _move(agreement, "DROP", "dropped", why=why, by=by, at=at)


@transaction.atomic
def set_clocks(
    *,
    agreement: Agreement,
    call_in_ends_on: date | None,
    standstill_ends_on: date | None,
    by: Person,
    at: datetime,
) -> Signing:
    """Record until when a call-in and a standstill run.

    :raises CannotSign: when the person may not keep the record.
    """
    agreement = _kept(agreement, by)
    signing = queries.signing_of(agreement)
    signing.call_in_ends_on, signing.standstill_ends_on = call_in_ends_on, standstill_ends_on
    signing.save()
    audit.record(
        by=by, at=at, did="agreements.clocks_set", to=agreement, body_id=agreement.body_id,
        call_in_ends_on=call_in_ends_on, standstill_ends_on=standstill_ends_on,
    )  # fmt: skip
    return signing


@transaction.atomic
def waive_reserved_matters(*, agreement: Agreement, why: str, by: Person, at: datetime) -> Signing:
    """Say why a public body with a quarter or less needs no reserved matters.

    :raises CannotSign: when the person may not sign for the body that keeps it, or gives no reason.
    """
    agreement = _locked(agreement)
    if reason := why_not_execute_agreement(by, agreement.body):
        raise CannotSign(reason)
    why = _reason(why, "Reserved matters are not waived")
    if reason := why_too_long(Signing, waived_why=why):
        raise CannotSign(reason)
    signing = queries.signing_of(agreement)
    signing.waived_why, signing.waived_by = why, by
    signing.save()
    audit.record(
        by=by, at=at, did="agreements.reserved_matters_waived", to=agreement,
        body_id=agreement.body_id, why=audit.digest(why),
    )  # fmt: skip
    return signing


@transaction.atomic
def comment(*, agreement: Agreement, text: str, by: Person, at: datetime) -> OfficerComment:
    """Record what a statutory officer of the keeper says of the version to be signed.

    :raises CannotSign: when the person holds neither office, or says nothing.
    """
    agreement = _locked(agreement)
    if reason := why_not_comment_agreement(by, agreement.body):
        raise CannotSign(reason)
    version = queries.version_to_sign(agreement)
    if version is None:
        raise CannotSign(
            f"{agreement.name} has no version to comment on. Agree it in principle first."
        )
    text = _reason(text, "The comment is not recorded")
    held = by.roles.in_force(timezone.localdate(at)).filter(organisation=agreement.body)
    office = next(COMMENTS_AS[Role(each.role)] for each in held if Role(each.role) in COMMENTS_AS)
    made = OfficerComment.objects.create(version=version, office=office, text=text, by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.officer_commented", to=agreement,
        body_id=agreement.body_id, office=office, version=version.number, text=audit.digest(text),
    )  # fmt: skip
    return made


@transaction.atomic
def set_comment_limit(
    *, body: Organisation, above_gbp: Decimal, source: str, by: Person, at: datetime
) -> CommentLimit:
    """Say above which value a body's statutory officers comment before it signs, and where it says.

    :raises CannotSign: when the person holds neither office there, or says no amount or source.
    """
    if reason := why_not_comment_agreement(by, body):
        raise CannotSign(reason)
    if above_gbp < 0 or not source.strip():
        raise CannotSign(
            "The limit is not set: give an amount of nothing or more, and where the constitution "
            "or the financial regulations say so."
        )
    if reason := why_too_long(CommentLimit, source=source.strip()):
        raise CannotSign(reason)
    held, _ = CommentLimit.objects.update_or_create(
        body=body,
        defaults={
            "above_pence": int(above_gbp * 100), "source": source.strip(), "by": by, "at": at,
        },
    )  # fmt: skip
    audit.record(
        by=by, at=at, did="agreements.comment_limit_set", to=body, body_id=body.pk,
        above_pence=held.above_pence,
    )  # fmt: skip
    return held


@transaction.atomic
def decide_to_sign(
    *, agreement: Agreement, body: Organisation, why: str, authority: str, by: Person, at: datetime
) -> Decision:
    """Record a public party's decision to enter into it, with the power and the delegation.

    :raises CannotDo: when the person may not decide there, or something is left unsaid.
    """
    if not agreement.power:
        raise CannotSign(
            f"The decision is not recorded: the record of {agreement.name} names no legal power. "
            "Enter it in the register first."
        )
    return record_decision(
        body=body,
        subject=subject_of(agreement),
        what=f"To enter into {agreement.name}"[:300],
        why=f"{_reason(why, 'The decision is not recorded')}\n\nPower: {agreement.power}.",
        authority=authority,
        by=by,
        at=at,
    )


@transaction.atomic
def record_execution(
    *,
    agreement: Agreement,
    member: Member,
    method: str,
    signed_on: date,
    document_name: str,
    document_digest: str,
    by: Person,
    at: datetime,
    signatory: Person | None = None,
    signatory_name: str = "",
    authority: str = "",
) -> Execution:
    """Record that one party executed the version agreed in principle.

    signatory       : who signed, where they hold a role here; a public body's always does
    signatory_name, authority : else their name, and what they say entitles them to sign
    document_digest : sha256 of the executed document, in hexadecimal

    :raises CannotSign: with the first check that is not met, or the fact about the signatory.
    """
    agreement = _locked(agreement)
    body = member.organisation
    if permissions.why_not_keep_agreement(by, agreement) and (
        reason := why_not_execute_agreement(by, body)
    ):
        raise CannotSign(reason)
    state, version = _after(agreement, "EXECUTE"), queries.version_to_sign(agreement)
    if version is None or member not in queries.parties_to_sign(agreement):
        raise CannotSign(f"{body.name} is no party that signs {agreement.name}. Choose one.")
    if version.executions.filter(member=member).exists():
        raise CannotSign(f"{body.name} has executed this version already. There is nothing to do.")
    if signed_on > timezone.localdate(at):
        raise CannotSign(
            f"{plain_date(signed_on)} is still to come. Record the execution once it is done."
        )
    agreed_on = timezone.localdate(version.at)
    if signed_on < agreed_on:
        raise CannotSign(
            f"{plain_date(signed_on)} is before {plain_date(agreed_on)}, when this version was "
            "agreed in principle here. Give the day of signing; what was signed before it was "
            "drawn up here is recorded as an agreement in force."
        )
    if method not in Execution.Method.values:
        known = listed(Execution.Method.labels, last="or")
        raise CannotSign(f"Say how {body.name} executed it: {known}.")
    name, authority = _signatory(body, signatory, signatory_name, authority, signed_on)
    others = [(each.signatory_name, each.member.organisation.name) for each in _signed(version)]
    if reason := why_not_both(name, body.name, others):
        raise CannotSign(reason)
    if not document_name.strip() or not SHA256.fullmatch(document_digest):
        raise CannotSign(
            "An execution is not recorded without the executed document. Attach it, or give its "
            "name and its sha256."
        )
    ready = queries.ready_to_sign(agreement, signed_on)
    for check in queries.checks_of(ready, signed_on):
        if not check.is_met:
            raise CannotSign(check.refusal)
    if reason := why_too_long(
        Execution, document_name=document_name.strip(), signatory_name=name, authority=authority
    ):
        raise CannotSign(reason)
    made = Execution.objects.create(
        version=version,
        member=member,
        method=method,
        signatory=signatory,
        signatory_name=name,
        authority=authority,
        signed_on=signed_on,
        document_name=document_name.strip(),
        document_digest=document_digest.lower(),
        by=by,
        at=at,
    )
    agreement.state = state
    agreement.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.executed", to=agreement, body_id=agreement.body_id,
        organisation=body.pk, version=version.number, method=made.method, signed_on=signed_on,
        document=made.document_digest,
    )  # fmt: skip
    return made


@transaction.atomic
def commence(
    *, agreement: Agreement, in_force_from: date, by: Person, at: datetime
) -> AgreementVersion:
    """Bring the version that every party executed into force from a day.

    :raises CannotSign: when the person may not, a party has not signed, or the day does not fit.
    """
    agreement = _kept(agreement, by)
    state, version = _after(agreement, "COMMENCE"), queries.version_to_sign(agreement)
    if reason := queries.why_not_all_signed(agreement, version):
        raise CannotSign(reason)
    assert version is not None  # noqa: S101  # all have signed it
    if agreement.ends_before and in_force_from >= agreement.ends_before:
        raise CannotSign(
            f"It cannot begin on {plain_date(in_force_from)}: it ends before "
            f"{plain_date(agreement.ends_before)}. Give an earlier day, or mend its record."
        )
    version.in_force_from = in_force_from
    version.save(update_fields=["in_force_from"])
    agreement.state, agreement.starts_on = state, agreement.starts_on or in_force_from
    agreement.save(update_fields=["state", "starts_on"])
    audit.record(
        by=by, at=at, did="agreements.commenced", to=agreement, body_id=agreement.body_id,
        version=version.number, in_force_from=in_force_from,
    )  # fmt: skip
    return version


def _signatory(
    body: Organisation, signatory: Person | None, name: str, authority: str, on: date
) -> tuple[str, str]:
    """Who signed and on whose authority, as it is kept."""
    if signatory is not None:
        held = dict(queries.signatories_of(body, on))
        if signatory.pk not in held:
            raise CannotSign(
                f"{signatory.name} has no authority to sign for {body.name}: on {plain_date(on)} "
                "they held no role there that may. Give the role first, or name who may."
            )
        return signatory.name, held[signatory.pk].removeprefix(f"{signatory.name}, ")
    if body.kind not in PRIVATE_KINDS:
        raise CannotSign(
            f"Say who signed for {body.name}: one of those who hold a role to sign there."
        )
    if not name.strip() or not authority.strip():
        raise CannotSign(
            f"Say who signed for {body.name}, and what entitles them to: a director, or a "
            "resolution with its date."
        )
    return name.strip(), authority.strip()


def _signed(version: AgreementVersion) -> list[Execution]:
    return list(version.executions.select_related("member__organisation"))


def _move(
    agreement: Agreement, move: str, did: str, *, why: str, by: Person, at: datetime
) -> Agreement:
    agreement = _kept(agreement, by)
    state = _after(agreement, move)
    why = _reason(why, f"{agreement.name} stays as it is")
    agreement.state = state
    agreement.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did=f"agreements.{did}", to=agreement, body_id=agreement.body_id,
        why=audit.digest(why),
    )  # fmt: skip
    return agreement


def _after(agreement: Agreement, move: str) -> str:
    try:
        return LIFE.after(agreement.state, move)
    except CannotMove as refusal:
        raise CannotSign(str(refusal)) from None


def _reason(text: str, refused: str) -> str:
    if not text.strip():
        raise CannotSign(f"{refused} without a reason. Say why.")
    return text.strip()


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().select_related("body").get(pk=agreement.pk)


def _kept(agreement: Agreement, by: Person) -> Agreement:
    agreement = _locked(agreement)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotSign(reason)
    return agreement
