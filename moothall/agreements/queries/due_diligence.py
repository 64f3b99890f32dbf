"""What was found out about the partners of an agreement, and is it still fresh?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from attrs import frozen
from django.db.models import F
from django.urls import reverse

from moothall.agreements import permissions
from moothall.agreements.engine.due_diligence import (
    Check,
    Done,
    checks,
    good_until,
    older_than_limit,
    standing,
)
from moothall.agreements.models import Agreement, DueDiligence, Member
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.directory.models import Organisation

PRIVATE_KINDS = (
    Organisation.Kind.COMPANY,
    Organisation.Kind.CHARITY,
    Organisation.Kind.MUTUAL,
    Organisation.Kind.COMMUNITY_GROUP,
)
COLOURS = {"clear": "green", "concern": "yellow", "against": "red"}


@frozen
class CheckRow:
    """One kind of check of one partner: the last time, and until when that is good."""

    partner: str
    check: str
    checked_on: date | None
    good_until: date | None
    outcome: str
    colour: str
    said: str
    evidence: str
    by: str
    is_needed: bool
    is_old: bool


@frozen
class DueDiligencePage:
    partners: tuple[tuple[int, str], ...]
    rows: tuple[CheckRow, ...]
    too_old: tuple[str, ...]
    standings: tuple[tuple[str, date, str, str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    why_not_record: str | None


def checks_on(on: date) -> dict[str, Check]:
    return checks(rule_on(on, "agreements", "due_diligence", "due_diligence"))


def partners_of(agreement: Agreement) -> tuple[Organisation, ...]:
    """The members of today that are no public bodies: those are looked into before one signs."""
    held = agreement.members.filter(left_on=None, organisation__kind__in=PRIVATE_KINDS)
    found = {
        each.organisation_id: each.organisation for each in held.select_related("organisation")
    }
    found.pop(agreement.body_id, None)
    return tuple(found.values())


def due_diligence_older_than_limit(agreement: Agreement, on: date) -> tuple[str, ...]:
    """A sentence for each check of a partner that is too old, or is needed and missing."""
    return older_of([agreement], on)[agreement.pk]


def older_of(agreements: Iterable[Agreement], on: date) -> dict[int, tuple[str, ...]]:
    """The same for each of many agreements, by its number, in two questions."""
    agreements, kinds = list(agreements), checks_on(on).values()
    partners: dict[int, dict[int, str]] = {each.pk: {} for each in agreements}
    private = Member.objects.filter(
        agreement__in=agreements, left_on=None, organisation__kind__in=PRIVATE_KINDS
    ).exclude(organisation=F("agreement__body"))
    for key, partner, name in private.order_by("pk").values_list(
        "agreement_id", "organisation_id", "organisation__name"
    ):
        partners[key][partner] = name
    done: dict[tuple[int, int], list[Done]] = {}
    bodies = {each.body_id for each in agreements}
    for each in DueDiligence.objects.filter(body__in=bodies).select_related("partner"):
        made = Done(each.partner.name, each.kind, each.checked_on)
        done.setdefault((each.body_id, each.partner_id), []).append(made)
    return {
        each.pk: older_than_limit(
            list(partners[each.pk].values()),
            [one for key in partners[each.pk] for one in done.get((each.body_id, key), [])],
            kinds,
            on=on,
        )
        for each in agreements
    }


def due_diligence_page(agreement: Agreement, *, viewer: Viewer, on: date) -> DueDiligencePage:
    partners = partners_of(agreement)
    kinds = checks_on(on)
    done = _done(agreement, partners)
    latest: dict[tuple[int, str], DueDiligence] = {}
    for each in done:  # the newest first
        latest.setdefault((each.partner_id, each.kind), each)
    rows = [
        _row(partner, check, latest.get((partner.pk, check.key)), on)
        for partner in partners
        for check in kinds.values()
    ]
    return DueDiligencePage(
        partners=tuple((partner.pk, partner.name) for partner in partners),
        rows=tuple(row for row in rows if row.is_needed or row.checked_on),
        too_old=due_diligence_older_than_limit(agreement, on),
        standings=tuple(
            found
            for partner in partners
            if (found := _standing(agreement, partner, latest.get((partner.pk, "finances")), on))
        ),
        kinds=tuple((check.key, check.label) for check in kinds.values()),
        why_not_record=permissions.why_not_keep_agreement(viewer, agreement),
    )


def url_of(agreement: Agreement) -> str:
    return reverse("agreements:due_diligence", args=[agreement.pk])


def _done(agreement: Agreement, partners: tuple[Organisation, ...]) -> list[DueDiligence]:
    held = DueDiligence.objects.filter(body=agreement.body, partner__in=partners)
    return list(held.select_related("partner", "by"))


def _row(partner: Organisation, check: Check, last: DueDiligence | None, on: date) -> CheckRow:
    until = good_until(Done(partner.name, check.key, last.checked_on), check) if last else None
    return CheckRow(
        partner=partner.name,
        check=check.label,
        checked_on=last.checked_on if last else None,
        good_until=until,
        outcome=last.get_outcome_display() if last else "Not checked",
        colour=COLOURS[last.outcome] if last else "grey",
        said=last.said if last else "",
        evidence=last.evidence if last else "",
        by=last.by.name if last else "",
        is_needed=check.needed,
        is_old=until is not None and until < on,
    )


def _standing(
    agreement: Agreement, partner: Organisation, last: DueDiligence | None, on: date
) -> tuple[str, date, str, str, str] | None:
    """Name, day, and the ratios in words; None where there are no accounts."""
    if last is None:
        return None
    began = agreement.regime_began_on or agreement.starts_on or on
    try:
        multiple = rule_on(began, "agreements", "due_diligence", "turnover_multiple")
    except LookupError:
        multiple = rule_on(on, "agreements", "due_diligence", "turnover_multiple")
    found = standing(
        turnover_gbp=_gbp(last.turnover_pence),
        yearly_value_gbp=_yearly_gbp(agreement),
        current_assets_gbp=_gbp(last.current_assets_pence),
        current_liabilities_gbp=_gbp(last.current_liabilities_pence),
        multiple=multiple,
    )
    if found.times is None and found.current_ratio is None:
        return None
    times = "" if found.times is None else f"{found.times} times"
    ratio = "" if found.current_ratio is None else str(found.current_ratio)
    return partner.name, last.checked_on, times, ratio, found.said


def _yearly_gbp(agreement: Agreement) -> Decimal | None:
    if agreement.value_pence is None or not (agreement.starts_on and agreement.ends_before):
        return None
    years = Decimal((agreement.ends_before - agreement.starts_on).days) / Decimal("365.25")
    return Decimal(agreement.value_pence) / 100 / max(years, Decimal(1))


def _gbp(pence: int | None) -> Decimal | None:
    return None if pence is None else Decimal(pence) / 100
