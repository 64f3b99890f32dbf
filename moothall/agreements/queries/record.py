"""What is one agreement, where does it stand, and what else is there to read of it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from attrs import frozen
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.documents import deal_as_tried
from moothall.agreements.models import Agreement, Execution, Member, Withholding
from moothall.agreements.queries import changes, exit_pages
from moothall.agreements.queries.boards import said_of_boards
from moothall.agreements.queries.company_list import said_of_companies
from moothall.agreements.queries.due import (
    said_of_days,
    said_of_due_diligence,
    said_of_performance,
    said_of_promises,
    said_of_risks,
)
from moothall.agreements.queries.health import said_of_health
from moothall.agreements.queries.history import HistoryRow, history_of
from moothall.agreements.queries.published import Published, published
from moothall.agreements.queries.register import (
    AgreementRow,
    MemberRow,
    agreement_read_by,
    kind_of,
    member_row,
    rows_of,
    subject_of,
)
from moothall.agreements.queries.settlement import said_of_settlement
from moothall.agreements.queries.signing import said_of_signing
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.deals.deal import Deal
from moothall.decisions.queries import About, Subject, about
from moothall.directory.models import Organisation

Said = Callable[[Agreement, Viewer], str | None]


@frozen
class Section:
    """A page of an agreement of its own.

    route : takes agreement_id
    said  : its one sentence on the record's page, or None where this reader has no such page
    """

    label: str
    route: str
    said: Said


# Each subject that has pages of its own adds a line here, in the order in which they are read.
SECTIONS: tuple[Section, ...] = (
    Section("Health check", "agreements:health", said_of_health),
    Section("Signing", "agreements:signing", said_of_signing),
    Section("Boards", "agreements:boards", said_of_boards),
    Section("Companies", "agreements:companies_of", said_of_companies),
    Section("Settlement", "agreements:settlement", said_of_settlement),
    Section("Changes", "agreements:variations", changes.said_on_record),
    Section("Leaving", "agreements:exit", exit_pages.said_on_record),
    Section("Risks", "agreements:risks", said_of_risks),
    Section("Promises", "agreements:promises", said_of_promises),
    Section("Performance", "agreements:performance", said_of_performance),
    Section("Due diligence", "agreements:due_diligence", said_of_due_diligence),
    Section("Calendar", "agreements:agreement_calendar", said_of_days),
)


@frozen
class SectionRow:
    label: str
    url: str
    text: str


@frozen
class VersionRow:
    number: int
    digest: str
    in_force_from: date | None
    why: str


@frozen
class ExecutionRow:
    member: str
    version: int
    method: str
    signatory: str
    signed_on: date
    document_name: str
    document_digest: str


@frozen
class AgreementPage:
    """An agreement as this reader reads it, with what they may do about it."""

    row: AgreementRow
    outcomes: tuple[str, ...]
    area: str
    power: str
    answers_to: str
    notice_months: int | None
    leaving_terms: str
    regime: str
    regime_began_on: date | None
    prevails: str
    has_board: bool
    is_binding: bool
    past_members: tuple[MemberRow, ...]
    versions: tuple[VersionRow, ...]
    executions: tuple[ExecutionRow, ...]
    sections: tuple[SectionRow, ...]
    decisions: About
    history: tuple[HistoryRow, ...]
    published: tuple[Published, ...]
    why_not_keep: str | None

    def as_json(self) -> dict[str, object]:
        return self.row.as_json() | {
            "outcomes": list(self.outcomes),
            "area": self.area,
            "power": self.power,
            "answers_to": self.answers_to,
            "notice_months": self.notice_months,
            "leaving_terms": self.leaving_terms,
            "regime": self.regime,
            "regime_began_on": self.regime_began_on and self.regime_began_on.isoformat(),
            "prevails": self.prevails,
            "versions": [
                {
                    "number": each.number,
                    "digest": each.digest,
                    "in_force_from": each.in_force_from and each.in_force_from.isoformat(),
                    "why": each.why,
                }
                for each in self.versions
            ],
            "published": [each.as_json() for each in self.published],
        }


def agreement_page(agreement: Agreement, *, viewer: Viewer) -> AgreementPage:
    """An agreement as this reader reads it; the agreement is one that they read something of."""
    (row,) = rows_of([agreement], viewer)
    versions = agreement.versions.order_by("-number")
    members = agreement.members.exclude(left_on=None).select_related("organisation")
    return AgreementPage(
        row=row,
        outcomes=tuple(line.strip() for line in agreement.outcomes.splitlines() if line.strip()),
        area=agreement.area,
        power=agreement.power,
        answers_to=agreement.answers_to,
        notice_months=None if "exit" in row.hidden else agreement.notice_months,
        leaving_terms="" if "exit" in row.hidden else agreement.leaving_terms,
        regime=agreement.get_regime_display() if agreement.regime else "",
        regime_began_on=agreement.regime_began_on,
        prevails=agreement.get_prevails_display() if agreement.prevails else "",
        has_board=kind_of(agreement).has_board,
        is_binding=kind_of(agreement).is_binding,
        past_members=tuple(map(member_row, members)),
        versions=()
        if {"terms", "changes"} & {*row.hidden}  # why a version came is what changed
        else tuple(VersionRow(v.number, v.digest, v.in_force_from, v.why) for v in versions),
        executions=tuple(map(_execution_row, _executions(agreement))) if row.is_read else (),
        sections=tuple(
            SectionRow(each.label, reverse(each.route, args=[agreement.pk]), text)
            for each in SECTIONS
            if (text := each.said(agreement, viewer)) is not None
        ),
        decisions=about(subject_of(agreement), agreement.body.slug, viewer=viewer),
        history=history_of(agreement) if row.is_read else (),
        published=published(agreement, on=timezone.localdate(), is_read=row.is_read),
        why_not_keep=permissions.why_not_keep_agreement(viewer, agreement),
    )


def as_subject(number: int, viewer: Viewer) -> Subject | None:
    """What a decision about an agreement is about, for whoever reads anything of it."""
    held = agreement_read_by(viewer, number)
    url = reverse("agreements:agreement", args=[number])
    return Subject(held.name, url, held.body_id) if held else None


def _executions(agreement: Agreement) -> QuerySet[Execution]:
    held = Execution.objects.filter(version__agreement=agreement)
    return held.select_related("version", "member__organisation").order_by("pk")


def _execution_row(each: Execution) -> ExecutionRow:
    return ExecutionRow(
        member=each.member.organisation.name,
        version=each.version.number,
        method=each.get_method_display(),
        signatory=each.signatory_name,
        signed_on=each.signed_on,
        document_name=each.document_name,
        document_digest=each.document_digest,
    )


# ── what the forms ask from ──────────────────────────────────────────────────────────────────


def said_of(agreement: Agreement) -> dict[str, object]:
    """The record as its form shows it."""
    held = {name: getattr(agreement, name) for name in FORM_FIELDS}
    pence = agreement.value_pence
    return held | {"value_gbp": None if pence is None else Decimal(pence).scaleb(-2)}


FORM_FIELDS = (
    *("name", "kind", "reference", "purpose", "outcomes", "area", "power", "answers_to"),
    *("starts_on", "ends_before", "review_on", "notice_months", "leaving_terms"),
    *("regime", "regime_began_on", "prevails", "is_public"),
)


def member_of(agreement: Agreement, member_id: int) -> Member | None:
    """A member of an agreement that has not left, or None."""
    held = agreement.members.select_related("organisation", "agreement__body")
    return held.filter(pk=member_id, left_on=None).first()


def bodies_to_add(agreement: Agreement) -> list[tuple[str, str]]:
    """Slug and name of each body that is not a member of an agreement today."""
    members = agreement.members.filter(left_on=None).values("organisation_id")
    held = Organisation.objects.exclude(pk__in=members).order_by("name")
    return list(held.values_list("slug", "name"))


def deal_of(agreement: Agreement) -> Deal | None:
    """The deal of an agreement's latest version; None without terms, or while it has findings."""
    version = agreement.versions.order_by("-number").first()
    return deal_as_tried(version.text, "")[0] if version else None


def parties_of(agreement: Agreement) -> list[tuple[str, str]]:
    """The parties of its deal: key and name."""
    deal = deal_of(agreement)
    return [(key, party.name) for key, party in deal.parties.items()] if deal else []


def parts_to_withhold(agreement: Agreement) -> list[tuple[str, str]]:
    """The parts that are not withheld yet."""
    held = agreement.withholdings.filter(lifted_at=None).values_list("part", flat=True)
    return [(key, said) for key, said in Withholding.Part.choices if key not in held]


def parts_withheld(agreement: Agreement) -> list[tuple[str, str, str, date]]:
    """Each part that is withheld: key, what it is called, why, and when that is asked again."""
    held = agreement.withholdings.filter(lifted_at=None)
    return [(each.part, each.get_part_display(), each.why, each.review_on) for each in held]


class NoSuchAgreement(CannotDo):
    """No agreement has this number."""


def numbered(number: int) -> Agreement:
    """The agreement of a number, for whoever is at the keyboard.

    :raises NoSuchAgreement: when there is none.
    """
    held = Agreement.objects.select_related("body").filter(pk=number).first()
    if held is None:
        raise NoSuchAgreement(
            f"No agreement has the number {number}. `moothall agreements list` shows them all."
        )
    return held
