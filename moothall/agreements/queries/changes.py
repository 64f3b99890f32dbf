"""What do the pages about changes show: the ledger, and one variation with its test?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen
from django.utils import timezone

from moothall.agreements.engine.change_ledger import ASKED_IN_WORDS, AskedBy, DemandAlarm, Ledger
from moothall.agreements.engine.regimes import CODED, Outcome, threshold_of
from moothall.agreements.engine.variation import OPEN, VARIATION
from moothall.agreements.models import Agreement, Member, Variation
from moothall.agreements.queries import variations as held
from moothall.agreements.queries.register import reads, withheld_from
from moothall.agreements.queries.wait import Wait
from moothall.core.permissions import Viewer
from moothall.core.rules import rules_of
from moothall.directory.models import Deed
from moothall.values.wording import number_of, percentage, pounds_in_words

COLOURS = {
    Outcome.MAY.value: "green",
    Outcome.MAY_NOT.value: "red",
    Outcome.DEPENDS.value: "yellow",
    Outcome.OPEN.value: "yellow",
    Outcome.WARNS.value: "yellow",
    Outcome.NOT_ASSESSED.value: "grey",
}


@frozen
class ChangeRow:
    """A variation as the list shows it. GBP without VAT."""

    number: int
    title: str
    asked_by: str
    state: str
    state_words: str
    in_force_from: date
    value_gbp: Decimal | None
    term_months: Decimal
    effects: tuple[str, ...]
    value_after_gbp: Decimal | None
    small_used_gbp: Decimal | None
    ground: str

    @property
    def asked_words(self) -> str:
        return ASKED_IN_WORDS[AskedBy(self.asked_by)]

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "title": self.title,
            "asked_by": self.asked_by,
            "state": self.state,
            "in_force_from": self.in_force_from.isoformat(),
            "value_gbp": _text(self.value_gbp),
            "term_months": _text(self.term_months),
            "effects": list(self.effects),
            "value_after_gbp": _text(self.value_after_gbp),
            "small_used_gbp": _text(self.small_used_gbp),
            "ground": self.ground,
        }


@frozen
class ChangesPage:
    """The ledger of an agreement as this reader reads it."""

    said: str
    ledger: Ledger
    rows: tuple[ChangeRow, ...]
    asked: tuple[tuple[str, int, Decimal | None], ...]
    used: tuple[tuple[str, str], ...]  # what all changes moved, and what of the room that used
    alarms: tuple[DemandAlarm, ...]
    unwatched: tuple[str, ...]
    lacking: tuple[str, ...]
    is_read: bool
    is_value_withheld: bool

    def as_json(self) -> dict[str, Any]:
        shown = not self.is_value_withheld
        return {
            "original_gbp": _text(self.ledger.original_gbp) if shown else None,
            "current_gbp": _text(self.ledger.current_gbp) if shown else None,
            "forecast_gbp": _text(self.ledger.forecast_gbp) if shown else None,
            "rows": [row.as_json() for row in self.rows],
            "used": [f"{what}: {said}" for what, said in self.used],
            "alarms": [alarm.sentence for alarm in self.alarms],
        }


def why_withheld(agreement: Agreement, viewer: Viewer) -> str | None:
    """Why this reader does not read the changes of a public agreement, or None."""
    found = withheld_from(agreement, viewer).get("changes")
    return found.why if found else None


def changes_page(agreement: Agreement, *, viewer: Viewer) -> ChangesPage:
    ledger = held.ledger_of(agreement)
    is_read = reads(agreement, viewer, agreement.members.all())
    hides = "value" in withheld_from(agreement, viewer)
    today = timezone.localdate()
    after = {row.entry.number: row for row in ledger.rows}
    rows = []
    for one in agreement.variations.order_by("-number"):
        if not is_read and one.state != "IN_FORCE":
            continue
        row = after.get(one.number)
        rows.append(
            ChangeRow(
                one.number,
                one.title,
                one.side,
                one.state,
                VARIATION.state(one.state).words,
                one.in_force_from,
                None if hides else held.stated_or_priced(one),
                one.term_months,
                tuple(one.effects),
                row.value_after_gbp if row and not hides and row.entry.is_in_force else None,
                row.net_used_gbp if row and not hides and one.small_pence else None,
                ground_words(agreement, one.relied_on),
            )
        )
    asked = tuple(
        (ASKED_IN_WORDS[who], count, None if hides else gbp)
        for who, (count, gbp) in ledger.asked().items()
    )
    return ChangesPage(
        said=_said(ledger, len([row for row in rows if row.state == "IN_FORCE"]), hides),
        ledger=ledger,
        rows=tuple(rows),
        asked=asked,
        used=() if hides else tuple(_used(agreement, ledger)),
        alarms=tuple(held.alarms_of(agreement, today)) if is_read else (),
        unwatched=tuple(title for _, title in held.unwatched_facts(agreement)) if is_read else (),
        lacking=tuple(_lacking(agreement)) if is_read else (),
        is_read=is_read,
        is_value_withheld=hides,
    )


def _said(ledger: Ledger, in_force: int, hides: bool) -> str:
    if hides:
        are = "is" if in_force == 1 else "are"
        return f"{number_of(in_force, 'change')} {are} in force; what they cost is withheld."
    return ledger.in_words()


def _used(agreement: Agreement, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """What all changes made so far moved, against the limits of the law on an agreement."""
    made, contract = held.changes_made(agreement), held.contract_of(agreement)
    if not made:
        return
    rules, on = rules_of("agreements", "modification"), made[-1].on
    moved = sum((one.value_gbp for one in made), Decimal(0))
    if contract.value_gbp:
        said = (
            f"{pounds_in_words(moved)} with VAT, {percentage(moved / contract.value_gbp)} of award"
        )
        if contract.regime == "PSR_2023":
            limit = pounds_in_words(rules["psr_2023_value_gbp"].on(on).value)
            said += f", against below {limit} or {percentage(rules['psr_2023_share'].on(on).value)}"
        yield "Value moved by all changes", said
    months = sum((one.term_months for one in made), Decimal(0))
    if months and contract.term_months:
        share = percentage(months / contract.term_months)
        yield (
            "Term moved by all changes",
            (f"{months.normalize():f} of {contract.term_months.normalize():f} months, {share}"),
        )
    last = ledger.rows[-1] if ledger.rows else None
    if last and last.gross_used_gbp:
        threshold = threshold_of(contract, rules_of("agreements", "thresholds"))
        of = pounds_in_words(threshold.value) if threshold else "a threshold that is not known"
        yield (
            "Room for small changes used",
            (
                f"{pounds_in_words(last.net_used_gbp)} net (rises less falls) and "
                f"{pounds_in_words(last.gross_used_gbp)} gross, with VAT, of {of}"
            ),
        )


def _lacking(agreement: Agreement) -> list[str]:
    basis, found = held.basis_of(agreement), []
    if not agreement.regime:
        found.append("the procurement law it was bought under")
    if agreement.regime_began_on is None:
        found.append("when its procurement commenced")
    if agreement.value_pence is None:
        found.append("its value at award")
    if basis is None or basis.vat_rate is None:
        found.append("the VAT on its price")
    if basis is None or basis.term_months is None:
        found.append("its longest term at award")
    return found


def said_on_record(agreement: Agreement, viewer: Viewer) -> str | None:
    """The sentence about changes on an agreement's own page; None where they are withheld."""
    if why_withheld(agreement, viewer) is not None:
        return None
    ledger = held.ledger_of(agreement)
    count = sum(row.entry.is_in_force for row in ledger.rows)
    waiting = agreement.variations.filter(state__in=OPEN).count()
    said = _said(ledger, count, "value" in withheld_from(agreement, viewer))
    if waiting and reads(agreement, viewer, agreement.members.all()):
        said += f" {waiting} more {'is' if waiting == 1 else 'are'} asked for."
    return said


def ground_words(agreement: Agreement, key: str) -> str:
    return next((words for one, words in grounds_of(agreement) if one == key), "")


def grounds_of(agreement: Agreement) -> list[tuple[str, str]]:
    """The grounds of the law of an agreement: key and words."""
    if agreement.regime not in CODED:
        return []
    law, _ = CODED[agreement.regime]
    versions = rules_of("agreements", "modification")[f"grounds_{law}"].versions
    return [(one["key"], one["words"]) for one in versions[-1].value]


# ── one variation ────────────────────────────────────────────────────────────────────────────


@frozen
class AssentRow:
    member_id: int
    member: str
    is_private: bool
    on: date | None
    how: str
    levels: str


@frozen
class VariationPage:
    """One variation, as whoever reads the agreement reads it."""

    variation: Variation
    row: ChangeRow
    asked_by: str
    impact: dict[str, Any] | None
    legal: dict[str, Any] | None
    colour: str
    assents: tuple[AssentRow, ...]
    is_stale: bool  # other terms came into force after it was priced


def variation_page(variation: Variation, *, viewer: Viewer) -> VariationPage:
    agreement = variation.agreement
    page = changes_page(agreement, viewer=viewer)
    (row,) = (row for row in page.rows if row.number == variation.number)
    given = {one.member_id: one for one in variation.assents.select_related("by")}
    latest = held.latest_version(agreement)
    return VariationPage(
        variation=variation,
        row=row,
        asked_by=ASKED_IN_WORDS[AskedBy(variation.side)],
        impact=variation.impact,
        legal=variation.legal,
        colour=COLOURS.get((variation.legal or {}).get("outcome", ""), "grey"),
        assents=tuple(_assent_row(variation, one, given) for one in held.who_must_agree(agreement)),
        is_stale=bool(
            latest
            and variation.assessed_at
            and variation.state == "ASSESSED"
            and latest.at > variation.assessed_at
        ),
    )


def _assent_row(variation: Variation, member: Member, given: dict[int, Any]) -> AssentRow:
    body = member.organisation
    one = given.get(member.pk)
    if one is None:
        how = "Awaited"
    elif one.is_on_behalf:
        how = f"On paper: {one.document_name}"
    elif one.role:
        how = f"Approved by its {one.role.replace('_', ' ').lower()}"
        how += f", {one.decision}" if one.decision else ""
    else:
        how = f"Agreed by {one.by.name}"
    private = held.is_private(body)
    levels = "; ".join(level.in_words() for level in held.levels_for(variation, body))
    levels = levels[:1].upper() + levels[1:]
    return AssentRow(
        member.pk,
        body.name,
        private,
        one.at.date() if one else None,
        how,
        "By signing" if private else levels,
    )


def member_of(variation: Variation, member_id: int) -> Member | None:
    return next(
        (one for one in held.who_must_agree(variation.agreement) if one.pk == member_id), None
    )


def waits(viewer: Viewer, *, on: date) -> list[Wait]:
    """What waits for a reader about changes."""
    found = []
    for one in Variation.objects.filter(state__in=OPEN).select_related("agreement__body"):
        agreement = one.agreement
        label = f"{agreement.name}: {one.title}"
        keeps = viewer.holds(Deed.KEEP_AGREEMENT, on=agreement.body_id)
        url = held.address_of(one)
        if one.state == "ASKED" and keeps:
            found.append(Wait(label, one.in_force_from, url, "Price it and test it"))
        elif one.state == "ASSESSED":
            found += [
                Wait(label, one.in_force_from, url, f"Agree to it for {member.organisation.name}")
                for member in held.members_open(one)
                if viewer.holds(
                    Deed.EXECUTE_AGREEMENT
                    if held.is_private(member.organisation)
                    else Deed.APPROVE_VARIATION,
                    on=member.organisation_id,
                )
            ]
        elif one.state == "APPROVED" and keeps:
            found.append(Wait(label, one.in_force_from, url, "Bring it into force"))
    return found


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
