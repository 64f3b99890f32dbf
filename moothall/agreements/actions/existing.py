"""The deeds of entering agreements that are in force already, as they were found."""

from datetime import datetime

from attrs import frozen
from django.db import transaction

from moothall.agreements.actions.register import CannotKeep, put
from moothall.agreements.engine.existing import (
    ExistingAgreement,
    MemberGiven,
    NotAFile,
    ReadRow,
    key_of,
    read_existing,
)
from moothall.agreements.models import Agreement, Member
from moothall.agreements.queries.existing import KnownBodies, held_keys, words_of_files
from moothall.core import audit
from moothall.directory.actions.bodies import CannotAddBody, add_body
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_keep_agreement


@frozen
class Recorded:
    """What came of a file: what was entered, what was there already, and what is set aside."""

    entered: tuple[Agreement, ...]
    already: tuple[ReadRow, ...]
    aside: tuple[tuple[ReadRow, str], ...]

    @property
    def rows(self) -> int:
        return len(self.entered) + len(self.already) + len(self.aside)


def record_existing(
    *, body: Organisation, says: ExistingAgreement, by: Person, at: datetime
) -> Agreement:
    """Enter one agreement as it was found: in force, with whatever is missing left open.

    :raises CannotKeep: when the person may not, what is there does not hold together, or the body
        has one of that reference, or of that name where neither has a reference.
    """
    if reason := why_not_keep_agreement(by, body):
        raise CannotKeep(reason)
    if not says.reference and key_of("", says.name) in held_keys(body):
        raise CannotKeep(
            f"{body.name} has an agreement called {says.name} already, and neither has a "
            "reference. Change that one, or give this one a reference."
        )
    return _entered(body, says, KnownBodies(), by=by, at=at)


def record_file(*, body: Organisation, text: str, by: Person, at: datetime) -> Recorded:
    """Enter every agreement of a CSV file that can be read; the same file again enters nothing.

    :raises CannotKeep: when the person may not, or nothing of the file can be read.
    """
    if reason := why_not_keep_agreement(by, body):
        raise CannotKeep(reason)
    try:
        rows = read_existing(text, words_of_files())
    except NotAFile as refusal:
        raise CannotKeep(f"Nothing was recorded. {refusal}") from None
    known = KnownBodies()
    held = held_keys(body)
    entered, already, aside = [], [], []
    for row in rows:
        if row.says is None:
            aside.append((row, " ".join(row.trouble)))
        elif row.key in held:
            already.append(row)
        else:
            try:
                entered.append(_entered(body, row.says, known, by=by, at=at))
            except CannotKeep as refused:
                aside.append((row, refused.sentence))
    return Recorded(tuple(entered), tuple(already), tuple(aside))


@transaction.atomic
def _entered(
    body: Organisation, says: ExistingAgreement, known: KnownBodies, *, by: Person, at: datetime
) -> Agreement:
    agreement = Agreement(body=body, by=by, at=at, state="IN_FORCE", is_existing=True)
    put(
        agreement,
        {"name": says.name, "kind": says.kind, "reference": says.reference, **says.fields},
    )
    agreement.save()
    for given in says.members:
        Member.objects.create(
            agreement=agreement,
            organisation=_body(given, known, by=by, at=at),
            role=given.role,
            joined_on=agreement.starts_on,
        )
    audit.record(
        by=by, at=at, did="agreements.recorded_existing", to=agreement, body_id=body.pk,
        kind=agreement.kind, members=len(says.members),
    )  # fmt: skip
    return agreement


def _body(given: MemberGiven, known: KnownBodies, *, by: Person, at: datetime) -> Organisation:
    found = known.named(given.name)
    if found is not None:
        return found
    try:
        made = add_body(
            name=given.name,
            kind=given.kind or Organisation.Kind.COMPANY,
            is_of_the_place=False,
            by=by,
            at=at,
        )
    except CannotAddBody as refused:
        raise CannotKeep(f"Its members are not all known. {refused.sentence}") from None
    known.add(made)
    return made
