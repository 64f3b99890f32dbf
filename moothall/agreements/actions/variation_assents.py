"""The deeds of agreeing to a change: each member's word, and the levels by which bodies give it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from attrs import frozen
from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.actions.variations import CannotVary, locked, why_law_refuses
from moothall.agreements.engine.regimes import Reading
from moothall.agreements.engine.variation import VARIATION, Level
from moothall.agreements.models import (
    Agreement,
    ApprovalLevel,
    ChangeBasis,
    Member,
    NeedIndicator,
    NeedReading,
    Variation,
    VariationAssent,
)
from moothall.agreements.queries import variations as held
from moothall.core import audit
from moothall.core.lengths import why_too_long
from moothall.core.rules import rules_of
from moothall.directory.models import Organisation, Person, Role
from moothall.directory.permissions import why_not_approve_variation, why_not_execute_agreement
from moothall.values.money import PENNY
from moothall.values.state_table import CannotMove
from moothall.values.wording import listed, plain_date, pounds_in_words


@transaction.atomic
def approve_variation(
    *, variation: Variation, member: Member, by: Person, at: datetime, decision: str = ""
) -> VariationAssent:
    """Agree to a change for a member: a public body at the level of its size, others by signing.

    decision : the record of the decision, where the level asks for one

    :raises CannotVary: when it is not priced and tested, the law refuses it, the person's level
        does not reach so far, or the same person asked for it or spoke for another party.
    """
    variation = locked(variation)
    if reason := why_not_agree(variation, member, by, at.date()):
        raise CannotVary(reason)
    role = ""
    if not held.is_private(member.organisation):
        role = _role_for(variation, member.organisation, by, at.date(), decision)
    return _say(variation, member, role=role, decision=decision.strip(), by=by, at=at)


@transaction.atomic
def record_assent(
    *,
    variation: Variation,
    member: Member,
    document_name: str,
    document_digest: str,
    by: Person,
    at: datetime,
) -> VariationAssent:
    """Enter the word of a member that gave it on paper; the document is kept by its hash.

    :raises CannotVary: when the person may not keep the record, or there is no document.
    """
    variation = locked(variation)
    if reason := permissions.why_not_keep_agreement(by, variation.agreement):
        raise CannotVary(reason)
    if sentence := _why_not_asked(variation, member) or why_law_refuses(variation):
        raise CannotVary(sentence)
    if member.organisation_id == variation.agreement.body_id:
        raise CannotVary(
            f"{member.organisation.name} keeps this record itself: it approves at its own level."
        )
    if not document_name.strip() or not document_digest.strip():
        raise CannotVary(
            "The word of another is not entered without its document. Attach what was signed."
        )
    if reason := why_too_long(VariationAssent, document_name=document_name.strip()):
        raise CannotVary(reason)
    return _say(
        variation, member, is_on_behalf=True, document_name=document_name.strip(),
        document_digest=document_digest, by=by, at=at,
    )  # fmt: skip


def why_not_agree(variation: Variation, member: Member, by: Person, day: date) -> str | None:
    """Return why `by` may not agree to a change for a member today, or None."""
    body = member.organisation
    if reason := _why_not_asked(variation, member) or why_law_refuses(variation):
        return reason
    if held.is_private(body):
        reason = why_not_execute_agreement(by, body)
    else:
        reason = why_not_approve_variation(by, body)
        if reason is None and by.pk == variation.by_id:
            reason = (
                "You asked for this variation, so another person approves it. Ask one of your "
                "body's."
            )
        if reason is None and _level(variation, body, by, day) is None:
            size = pounds_in_words(abs(held.stated_or_priced(variation)))
            levels = held.levels_for(variation, body)
            who = listed([one.words for one in levels], last="or") or "nobody, by its own levels"
            reason = (
                f"A change of {size} is approved for {body.name} by its {who}: your level does "
                "not reach so far. Ask one of them."
            )
    others = variation.assents.filter(by=by, is_on_behalf=False).exclude(member=member)
    if reason is None and others.exists():
        reason = (
            "You agreed for another party already: one person does not act for two. Ask somebody "
            f"else at {body.name}."
        )
    return reason


def _level(variation: Variation, body: Organisation, by: Person, day: date) -> Level | None:
    return held.role_among(by, body, held.levels_for(variation, body), day)


def _say(
    variation: Variation, member: Member, *, by: Person, at: datetime, **fields: Any
) -> VariationAssent:
    assent = VariationAssent.objects.create(
        variation=variation, member=member, by=by, at=at, **fields
    )
    if not held.members_open(variation):
        variation.state = VARIATION.after(variation.state, "APPROVE")
        variation.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.variation_agreed", to=variation,
        body_id=variation.agreement.body_id, member=member.pk, role=assent.role,
        on_behalf=assent.is_on_behalf, state=variation.state,
    )  # fmt: skip
    return assent


def _role_for(
    variation: Variation, body: Organisation, by: Person, day: date, decision: str
) -> str:
    level = _level(variation, body, by, day)
    if level is None:
        return ""
    if level.asks_decision and not decision.strip():
        raise CannotVary(
            f"At this size the {level.words} approves by a recorded decision. Give its reference."
        )
    if reason := why_too_long(VariationAssent, decision=decision.strip()):
        raise CannotVary(reason)
    return level.role


def _why_not_asked(variation: Variation, member: Member) -> str | None:
    """Why a member's word is not asked for now, or None."""
    try:
        VARIATION.after(variation.state, "ASSENT")
    except CannotMove as refusal:
        if variation.state == "ASKED":
            return "This variation is not approved: it is not priced and tested yet. Do that first."
        return str(refusal)
    name = member.organisation.name
    if member not in held.who_must_agree(variation.agreement):
        return f"{name} is no party to this agreement today: its word is not needed."
    given = variation.assents.filter(member=member).first()
    if given is not None:
        return (
            f"{name} agreed to this variation on {plain_date(given.at.date())}. There is nothing "
            "to do."
        )
    return None


@transaction.atomic
def set_change_basis(
    *,
    agreement: Agreement,
    what: str,
    by: Person,
    at: datetime,
    vat_rate: Decimal | None = None,
    term_months: Decimal | None = None,
    is_light_touch: bool = False,
    reading: str = "",
    advised_by: str = "",
) -> ChangeBasis:
    """Record what was awarded, as the law on changes asks it; law and commencement stand beside it.

    reading : how legal advice adds earlier changes up: 'net' or 'gross'; '' where nobody has said

    :raises CannotVary: when the person may not keep the record, or a reading names no adviser.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotVary(reason)
    if what not in rules_of("directory", "thresholds"):
        raise CannotVary(f"No threshold is known for {what}. Choose from the list.")
    if reading and reading not in list(Reading):
        raise CannotVary("Earlier changes are added up net or gross. Choose one, or neither.")
    if reading and not advised_by.strip():
        raise CannotVary("Which way earlier changes are added up is legal advice. Say who gave it.")
    if vat_rate is not None and not 0 <= vat_rate < 1:
        raise CannotVary("VAT is a share from 0 to below 1: 0.2 is 20%.")
    if reason := why_too_long(ChangeBasis, advised_by=advised_by.strip()):
        raise CannotVary(reason)
    basis, _ = ChangeBasis.objects.update_or_create(
        agreement=agreement,
        defaults={
            "what": what,
            "is_light_touch": is_light_touch,
            "vat_rate": vat_rate,
            "term_months": term_months,
            "reading": reading,
            "advised_by": advised_by.strip(),
            "by": by,
            "at": at,
        },
    )
    audit.record(
        by=by, at=at, did="agreements.change_basis_set", to=agreement, body_id=agreement.body_id,
        what=what, reading=reading,
    )  # fmt: skip
    return basis


@transaction.atomic
def set_approval_levels(
    *, body: Organisation, levels: Sequence[Level], by: Person, at: datetime
) -> None:
    """Enter a body's own scheme of who approves variations up to which size; none: the common one.

    :raises CannotVary: when the person may not, a role cannot approve, or each level has a limit.
    """
    if reason := permissions.why_not_set_levels(by, body):
        raise CannotVary(reason)
    if sentence := _why_no_scheme(levels):
        raise CannotVary(sentence)
    ApprovalLevel.objects.filter(body=body).delete()
    for position, level in enumerate(levels):
        ApprovalLevel.objects.create(
            body=body,
            position=position,
            role=level.role,
            up_to_pence=None if level.up_to_gbp is None else int(level.up_to_gbp / PENNY),
            up_to_share=level.up_to_share,
            asks_decision=level.asks_decision,
        )
    audit.record(
        by=by, at=at, did="agreements.approval_levels_set", to=body, body_id=body.pk,
        levels=len(levels),
    )  # fmt: skip


def _why_no_scheme(levels: Sequence[Level]) -> str | None:
    known = permissions.roles_that_approve()
    for level in levels:
        if level.role not in known:
            words = Role(level.role).words if level.role in list(Role) else level.role
            return (
                f"A {words} approves no variations here: give levels to "
                f"{listed([Role(one).words for one in known], last='or')}."
            )
    if len({level.role for level in levels}) < len(levels):
        return "A role has one level: give each role once."
    if levels and all(
        level.up_to_gbp is not None or level.up_to_share is not None for level in levels
    ):
        return "No level is without limit, so nobody could approve the largest change. Add one."
    return None


@frozen
class Need:
    """The need in one period, and its volume where nobody reports that."""

    starts_on: date
    need: Decimal
    volume: Decimal | None = None


@transaction.atomic
def watch_need(
    *,
    agreement: Agreement,
    fact: str,
    title: str,
    source: str,
    readings: Sequence[Need],
    by: Person,
    at: datetime,
) -> NeedIndicator:
    """Hold a volume that is paid for by activity against the need it should follow.

    The same volume again adds its readings; a reading of the same day takes the other's place.

    :raises CannotVary: when the person may not keep the record, or no source is named.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotVary(reason)
    if not fact.strip() or not title.strip() or not source.strip():
        raise CannotVary("A need is a volume, a title and a source. Give all three.")
    deal = held.deal_of(agreement)
    if deal is not None and fact not in deal.facts:
        raise CannotVary(f"The deal has no fact {fact}. Choose a volume that it pays for.")
    texts = {"fact": fact.strip(), "title": title.strip(), "source": source.strip()}
    if reason := why_too_long(NeedIndicator, **texts):
        raise CannotVary(reason)
    indicator, _ = NeedIndicator.objects.update_or_create(
        agreement=agreement,
        fact=texts["fact"],
        defaults={"title": texts["title"], "source": texts["source"], "by": by, "at": at},
    )
    for one in readings:
        NeedReading.objects.update_or_create(
            indicator=indicator,
            starts_on=one.starts_on,
            defaults={"need": one.need, "volume": one.volume},
        )
    audit.record(
        by=by, at=at, did="agreements.need_watched", to=agreement, body_id=agreement.body_id,
        indicator=indicator.pk, readings=len(readings),
    )  # fmt: skip
    return indicator
