"""The deeds of keeping a register of agreements: enter one, change its record, say who is in it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.kinds import kinds
from moothall.agreements.models import Agreement, Member, Withholding
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_keep_agreement
from moothall.values.wording import plain_date

FIELDS = (
    *("name", "kind", "reference", "purpose", "outcomes", "area", "power", "answers_to"),
    *("starts_on", "ends_before", "review_on", "notice_months", "leaving_terms"),
    *("value_pence", "regime", "regime_began_on", "prevails", "is_public"),
)
MEMBER_FIELDS = ("role", "party", "gets", "joined_on")
FREE_TEXT = ("name", "purpose", "outcomes", "area", "power", "answers_to", "leaving_terms", "gets")


class CannotKeep(CannotDo):
    """The register is as it was."""


@transaction.atomic
def add_agreement(
    *,
    body: Organisation,
    name: str,
    kind: str,
    by: Person,
    at: datetime,
    role: str = "",
    **fields: Any,
) -> Agreement:
    """Enter an agreement in a body's register, as a draft; with a role, the body is a member.

    fields : any of FIELDS

    :raises CannotKeep: when the person may not, or what is said does not hold together.
    """
    if reason := why_not_keep_agreement(by, body):
        raise CannotKeep(reason)
    agreement = Agreement(body=body, by=by, at=at)
    put(agreement, {"name": name, "kind": kind, **fields})
    agreement.save()
    if role:
        Member.objects.create(
            agreement=agreement, organisation=body, role=role, joined_on=agreement.starts_on
        )
    audit.record(
        by=by, at=at, did="agreements.entered", to=agreement, body_id=body.pk, kind=agreement.kind
    )
    return agreement


@transaction.atomic
def set_agreement(*, agreement: Agreement, by: Person, at: datetime, **fields: Any) -> Agreement:
    """Change what the register says of an agreement; its terms change by a variation alone.

    :raises CannotKeep: when the person may not, or what is said does not hold together.
    """
    agreement = _kept_by(agreement, by)
    before = {name: getattr(agreement, name) for name in fields}
    put(agreement, fields)
    agreement.save(update_fields=list(fields))
    changed = audit.changes(before, fields, personal=FREE_TEXT)
    audit.record(
        by=by, at=at, did="agreements.changed", to=agreement, body_id=agreement.body_id,
        changes=changed,
    )  # fmt: skip
    return agreement


@transaction.atomic
def add_member(
    *,
    agreement: Agreement,
    organisation: Organisation,
    role: str,
    by: Person,
    at: datetime,
    **fields: Any,
) -> Member:
    """Say that a body is a member of an agreement, and in which part.

    fields : any of party, gets, joined_on

    :raises CannotKeep: when the person may not, or the body is a member already.
    """
    agreement = _kept_by(agreement, by)
    if agreement.members.filter(organisation=organisation, left_on=None).exists():
        raise CannotKeep(
            f"{organisation.name} is a member of {agreement.name} already. Change its part instead."
        )
    member = Member(agreement=agreement, organisation=organisation)
    put_member(member, {"role": role, **fields})
    member.save()
    audit.record(
        by=by, at=at, did="agreements.member_added", to=agreement, body_id=agreement.body_id,
        organisation=organisation.pk, role=member.role,
    )  # fmt: skip
    return member


@transaction.atomic
def set_member(*, member: Member, by: Person, at: datetime, **fields: Any) -> Member:
    """Change a member's part: its role, its party in the deal, what is in it for that body.

    :raises CannotKeep: when the person may not, or what is said does not hold together.
    """
    agreement = _kept_by(member.agreement, by)
    before = {name: getattr(member, name) for name in fields}
    put_member(member, fields)
    member.save(update_fields=list(fields))
    audit.record(
        by=by, at=at, did="agreements.member_changed", to=agreement, body_id=agreement.body_id,
        organisation=member.organisation_id,
        changes=audit.changes(before, fields, personal=FREE_TEXT),
    )  # fmt: skip
    return member


@transaction.atomic
def withhold(
    *, agreement: Agreement, part: str, why: str, review_on: date, by: Person, at: datetime
) -> Withholding:
    """Keep one part of an agreement from the public: everybody reads why, and until when.

    :raises CannotKeep: when the person may not, a reason or a later day of review is not given,
        or the part is withheld already.
    """
    agreement = _kept_by(agreement, by)
    if part not in Withholding.Part.values:
        raise CannotKeep(f"No part of an agreement is called {part!r}. Choose one of the list.")
    said = Withholding.Part(part).label
    if not why.strip():
        raise CannotKeep(
            f"The {said} is not withheld without a reason. Say why: everybody reads it."
        )
    if too_long := why_too_long(Withholding, why=why.strip()):
        raise CannotKeep(f"The {said} is not withheld. {too_long}")
    if review_on <= at.date():
        raise CannotKeep(
            f"The {said} is not withheld: {plain_date(review_on)} is not to come. Give the day on "
            "which somebody asks again whether it must be."
        )
    if agreement.withholdings.filter(part=part, lifted_at=None).exists():
        raise CannotKeep(
            f"The {said} is withheld already. Show it first, then give another reason."
        )
    made = Withholding.objects.create(
        agreement=agreement, part=part, why=why.strip(), review_on=review_on, by=by, at=at
    )
    audit.record(
        by=by, at=at, did="agreements.withheld", to=agreement, body_id=agreement.body_id,
        part=part, review_on=review_on, why=audit.digest(made.why),
    )  # fmt: skip
    return made


@transaction.atomic
def show_again(*, agreement: Agreement, part: str, by: Person, at: datetime) -> Withholding:
    """Withhold a part no longer.

    :raises CannotKeep: when the person may not, or it is not withheld.
    """
    agreement = _kept_by(agreement, by)
    held = agreement.withholdings.filter(part=part, lifted_at=None).first()
    if held is None:
        raise CannotKeep(f"Nothing called {part!r} is withheld of {agreement.name}.")
    held.lifted_at = at
    held.save(update_fields=["lifted_at"])
    audit.record(
        by=by, at=at, did="agreements.shown_again", to=agreement, body_id=agreement.body_id,
        part=part,
    )  # fmt: skip
    return held


def _kept_by(agreement: Agreement, by: Person) -> Agreement:
    agreement = Agreement.objects.select_for_update().select_related("body").get(pk=agreement.pk)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotKeep(reason)
    return agreement


def put(agreement: Agreement, fields: dict[str, Any]) -> None:
    """Put what is said into the record, whole or not at all."""
    _take(agreement, fields, FIELDS)
    if not agreement.name:
        raise CannotKeep("An agreement needs a name by which it is found again. Give it one.")
    if agreement.kind not in kinds():
        raise CannotKeep(
            f"There is no kind of agreement called {agreement.kind!r}. Choose one of the list."
        )
    if agreement.regime and agreement.regime not in Agreement.Regime.values:
        raise CannotKeep(
            f"There is no procurement law called {agreement.regime!r} here. Choose one of the list."
        )
    if (
        agreement.starts_on
        and agreement.ends_before
        and agreement.ends_before <= agreement.starts_on
    ):
        raise CannotKeep(
            f"{agreement.name} cannot end before {plain_date(agreement.ends_before)}: it starts on "
            f"{plain_date(agreement.starts_on)}. Give a later end, or an earlier start."
        )
    others = Agreement.objects.filter(body=agreement.body, reference=agreement.reference)
    if agreement.reference and (twin := others.exclude(pk=agreement.pk).first()):
        raise CannotKeep(
            f"{agreement.body.name} has an agreement of reference {agreement.reference} already: "
            f"{twin.name}. Change that one, or give another reference."
        )


def put_member(member: Member, fields: dict[str, Any]) -> None:
    _take(member, fields, MEMBER_FIELDS)
    if member.role not in Member.Role.values:
        raise CannotKeep(f"There is no part called {member.role!r}. Choose one of the list.")


def _take(record: Agreement | Member, fields: dict[str, Any], known: tuple[str, ...]) -> None:
    if strays := sorted(set(fields) - set(known)):
        raise TypeError(f"The register has no field {strays[0]!r}: it has {', '.join(known)}.")
    texts = {name: value.strip() for name, value in fields.items() if isinstance(value, str)}
    if too_long := why_too_long(type(record), **texts):
        raise CannotKeep(f"The register is as it was. {too_long}")
    for name, value in (fields | texts).items():
        setattr(record, name, value)
