"""Can an agreement be executed now, who has signed, and what stands in the way?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.agreements import permissions
from moothall.agreements.engine.documents import deal_as_tried
from moothall.agreements.engine.life import LIFE
from moothall.agreements.engine.powers import QUARTER, powers
from moothall.agreements.engine.signing import Check, Ready, checks
from moothall.agreements.models import (
    Agreement,
    AgreementVersion,
    CommentLimit,
    Draft,
    Execution,
    Member,
    OfficerComment,
    Signing,
    Trial,
)
from moothall.agreements.queries.companies import stakes_of
from moothall.agreements.queries.due_diligence import PRIVATE_KINDS, due_diligence_older_than_limit
from moothall.agreements.queries.exits import empty_parts
from moothall.agreements.queries.register import kind_of, rows_of, subject_of
from moothall.agreements.queries.tallies import reserved_count, rules_of_board
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.deals.deal import Deal, PartyKind, Weight
from moothall.decisions.models import Decision
from moothall.directory.engine.roles import roles_that_may
from moothall.directory.models import Deed, Organisation, Person, Role, RoleHeld
from moothall.directory.permissions import why_not_comment_agreement, why_not_execute_agreement
from moothall.values.state_table import Move
from moothall.values.wording import listed, number_of

SIGNS = (
    *(Member.Role.LEAD, Member.Role.PARTNER, Member.Role.COMMISSIONER, Member.Role.PROVIDER),
    *(Member.Role.FUNDER, Member.Role.OWNER),
)


@frozen
class PartyRow:
    """A member that signs. execution: None until it is recorded."""

    id: int
    name: str
    slug: str
    is_public: bool
    execution: Execution | None
    signatories: tuple[tuple[int, str], ...]  # who holds a role to sign there today
    why_not_record: str | None


@frozen
class CommentRow:
    office: str
    text: str
    by: str
    at: object


@frozen
class SigningPage:
    """How far an agreement is from being in force, as those who read all of it see it."""

    agreement: Agreement
    version: AgreementVersion | None
    checks: tuple[Check, ...]
    parties: tuple[PartyRow, ...]
    comments: tuple[CommentRow, ...]
    signing: Signing
    moves: tuple[Move, ...]
    drafts: tuple[tuple[int, str], ...]
    undecided: tuple[tuple[str, str], ...]  # slug and name
    why_not_keep: str | None
    why_not_comment: str | None
    why_not_waive: str | None
    needs_waiver: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way to being in force."""
        return self.may("AGREE") or self.may("EXECUTE")

    @property
    def open(self) -> int:
        return sum(not each.is_met for each in self.checks)

    @property
    def unsigned(self) -> int:
        return sum(each.execution is None for each in self.parties)

    def may(self, move: str) -> bool:
        return any(each.key == move for each in self.moves)


def signing_page(agreement: Agreement, *, viewer: Viewer, on: date) -> SigningPage:
    version = version_to_sign(agreement)
    why_not_keep = permissions.why_not_keep_agreement(viewer, agreement)
    ready = ready_to_sign(agreement, on)
    return SigningPage(
        agreement=agreement,
        version=version,
        checks=checks_of(ready, on),
        parties=tuple(_parties(agreement, version, viewer, why_not_keep, on)),
        comments=tuple(
            CommentRow(each.get_office_display(), each.text, each.by.name, each.at)
            for each in _comments(version)
        ),
        signing=signing_of(agreement),
        moves=LIFE.open_from(agreement.state),
        drafts=_drafts(agreement),
        undecided=tuple((body.slug, body.name) for body in undecided(agreement))
        if ready.moves_something
        else (),
        why_not_keep=why_not_keep,
        why_not_comment=why_not_comment_agreement(viewer, agreement.body),
        why_not_waive=why_not_execute_agreement(viewer, agreement.body),
        needs_waiver=bool(ready.small_public and not ready.reserved),
    )


def version_to_sign(agreement: Agreement) -> AgreementVersion | None:
    """The latest version that is not in force, or else the one that is."""
    return agreement.versions.order_by("-number").first()


def checks_of(ready: Ready, on: date) -> tuple[Check, ...]:
    limit = Decimal(rule_on(on, "agreements", "signing", "comments_above").value)
    return checks(ready, on=on, comments_above_gbp=limit)


def ready_to_sign(agreement: Agreement, on: date) -> Ready:
    """What is known of an agreement before it is executed."""
    kind, version, signing = kind_of(agreement), version_to_sign(agreement), signing_of(agreement)
    (row,) = rows_of([agreement], Viewer.operator())
    text = version.text if version else ""
    deal, findings = deal_as_tried(text, "") if text else (None, [])
    to_mend = next((each for each in findings if each.weight is Weight.MUST), None)
    small = small_public(agreement, deal, on)
    return Ready(
        name=agreement.name,
        kind=kind,
        members=len(row.members),
        lacking=row.lacking,
        has_terms=bool(text),
        finding=f"at {to_mend.place}: {to_mend.sentence}".rstrip(".") if to_mend else "",
        is_simulated=bool(text) and was_simulated(version),
        exit_empty=empty_parts(agreement),
        small_public=small,
        reserved=_reserved(agreement),
        waived_why=signing.waived_why,
        old_checks=due_diligence_older_than_limit(agreement, on),
        power=agreement.power,
        undecided=tuple(body.name for body in undecided(agreement)),
        runs=tuple(
            (what, day)
            for what, day in (
                ("a call-in", signing.call_in_ends_on),
                ("a standstill", signing.standstill_ends_on),
            )
            if day is not None
        ),
        value_gbp=None if agreement.value_pence is None else Decimal(agreement.value_pence) / 100,
        comments=tuple(each.office for each in _comments(version)),
        prevails=agreement.prevails,
        own_limit_gbp=own_limit_gbp(agreement.body),
    )


def own_limit_gbp(body: Organisation) -> Decimal | None:
    """Above which value a body’s statutory officers comment; None: it has not said."""
    held = CommentLimit.objects.filter(body=body).first()
    return None if held is None else Decimal(held.above_pence) / 100


def was_simulated(version: AgreementVersion | None) -> bool:
    """Whether a body tried exactly this text to the end."""
    return (
        version is not None
        and Trial.objects.filter(
            version__digest=version.digest, kind=Trial.Kind.SIMULATE, state=Trial.State.DONE
        ).exists()
    )


def parties_to_sign(agreement: Agreement) -> list[Member]:
    held = agreement.members.filter(left_on=None, role__in=SIGNS)
    return list(held.select_related("organisation").order_by("pk"))


def why_not_all_signed(agreement: Agreement, version: AgreementVersion | None) -> str | None:
    """Return which parties have not signed, or None when all have."""
    signed = set(version.executions.values_list("member_id", flat=True)) if version else set()
    open_ = [each.organisation.name for each in parties_to_sign(agreement) if each.pk not in signed]
    if not open_ and version is not None:
        return None
    return (
        f"{agreement.name} is not brought into force: {listed(open_)} "
        f"{'has' if len(open_) == 1 else 'have'} not executed it. Record that they did."
    )


def small_public(agreement: Agreement, deal: Deal | None, on: date) -> tuple[str, ...]:
    """The public bodies that hold a quarter or less: by shares, votes or seats, or in the deal."""
    found: dict[str, None] = {}
    public = {
        each.organisation.name
        for each in agreement.members.filter(left_on=None).select_related("organisation")
        if each.organisation.kind not in PRIVATE_KINDS
    }
    for company in agreement.companies.all():
        for stake in stakes_of(company, on):
            parts = [part for part in (stake.shares, stake.votes, stake.seats) if part is not None]
            if stake.holder in public and parts and min(parts) <= QUARTER:
                found[stake.holder] = None
    for board in agreement.boards.all():
        rules = rules_of_board(board)
        for each, held in zip(
            rules.classes, powers(rules.classes, rules.ordinary.method), strict=True
        ):
            if each.is_public and held.share <= QUARTER:
                found[each.name] = None
    for term in deal.terms if deal else ():
        for party, share in getattr(term, "holdings", {}).items():
            if deal and deal.parties[party].kind is PartyKind.PUBLIC and share <= QUARTER:
                found[deal.party_name(party)] = None
    return tuple(found)


def undecided(agreement: Agreement) -> tuple[Organisation, ...]:
    """The public parties without a decision about it that names its power.

    A decision always names on whose authority it was taken: the delegation.
    """
    power = agreement.power.casefold()
    about = Decision.objects.filter(subject=subject_of(agreement))
    named = {
        each.body_id
        for each in about
        if power and power in f"{each.what} {each.why} {each.authority}".casefold()
    }
    held = (each.organisation for each in parties_to_sign(agreement))
    return tuple(body for body in held if body.kind not in PRIVATE_KINDS and body.pk not in named)


def signing_of(agreement: Agreement) -> Signing:
    """What is recorded of its signing; an empty record where nothing is."""
    return Signing.objects.filter(agreement=agreement).first() or Signing(agreement=agreement)


def draft_to_take(agreement: Agreement, draft_id: int) -> Draft | None:
    """A draft of one of the agreement's bodies, or None."""
    bodies = [body.pk for body in permissions.bodies_of(agreement)]
    return Draft.objects.filter(pk=draft_id, body_id__in=bodies, put_away_at=None).first()


def party_numbered(agreement: Agreement, member_id: int) -> Member | None:
    return next((each for each in parties_to_sign(agreement) if each.pk == member_id), None)


def _reserved(agreement: Agreement) -> int:
    boards = sum(reserved_count(board) for board in agreement.boards.all())
    return boards + sum(each.reserved_matters or 0 for each in agreement.companies.all())


def _parties(
    agreement: Agreement,
    version: AgreementVersion | None,
    viewer: Viewer,
    why_not_keep: str | None,
    on: date,
) -> Iterator[PartyRow]:
    signed = {each.member_id: each for each in version.executions.all()} if version else {}
    for member in parties_to_sign(agreement):
        body = member.organisation
        reason = why_not_execute_agreement(viewer, body) if why_not_keep else None
        yield PartyRow(
            id=member.pk,
            name=body.name,
            slug=body.slug,
            is_public=body.kind not in PRIVATE_KINDS,
            execution=signed.get(member.pk),
            signatories=signatories_of(body, on),
            why_not_record=reason,
        )


def signatories_of(body: Organisation, on: date) -> tuple[tuple[int, str], ...]:
    """Who holds a role that signs for a body on a day: number, and name with the role."""
    roles = [role.value for role in roles_that_may(Deed.EXECUTE_AGREEMENT)]
    held = RoleHeld.objects.in_force(on).filter(organisation=body, role__in=roles)
    found: dict[int, str] = {}
    for each in held.select_related("person").order_by("person__name", "pk"):
        found.setdefault(each.person_id, f"{each.person.name}, {Role(each.role).words}")
    return tuple(found.items())


def person_chosen(key: str) -> Person | None:
    """The person that a list of signatories named by number; None for nobody."""
    return Person.objects.filter(pk=int(key)).first() if key.isdigit() else None


def deal_to_annex(agreement: Agreement) -> tuple[Deal, str] | None:
    """The deal of the version to be signed, and its hash; None while it has findings or none."""
    version = version_to_sign(agreement)
    if version is None or not version.text:
        return None
    deal, _findings = deal_as_tried(version.text, "")
    return None if deal is None else (deal, version.digest)


def said_of_signing(agreement: Agreement, viewer: Viewer) -> str | None:
    """Its one sentence on the record's page; None for whoever does not read all of it."""
    if permissions.why_not_read_agreement(viewer, agreement) is not None:
        return None
    version = version_to_sign(agreement)
    signed = version.executions.count() if version else 0
    asked = len(parties_to_sign(agreement))
    return f"{signed} of {number_of(asked, 'party', 'parties')} recorded as having executed it."


def _comments(version: AgreementVersion | None) -> list[OfficerComment]:
    return list(version.comments.select_related("by")) if version else []


def _drafts(agreement: Agreement) -> tuple[tuple[int, str], ...]:
    bodies = [body.pk for body in permissions.bodies_of(agreement)]
    held = Draft.objects.filter(body_id__in=bodies, put_away_at=None)
    return tuple(held.order_by("-pk").values_list("pk", "name"))
