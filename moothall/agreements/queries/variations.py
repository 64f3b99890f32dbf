"""What was changed in an agreement, what is asked for, and what may still be changed?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Max
from django.urls import reverse

from moothall.agreements.engine import change_ledger
from moothall.agreements.engine.change_ledger import AskedBy, DemandAlarm, Effect, Ledger
from moothall.agreements.engine.impact import months_between
from moothall.agreements.engine.regimes import Change, Contract, Reading
from moothall.agreements.engine.variation import OPEN, Level, levels_that_may
from moothall.agreements.models import (
    Agreement,
    AgreementVersion,
    ApprovalLevel,
    ChangeBasis,
    Member,
    NeedIndicator,
    Variation,
)
from moothall.agreements.queries.facts import facts_known
from moothall.agreements.queries.terms import terms_of
from moothall.core.rules import rule_on, rules_of
from moothall.deals.deal import Deal
from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.directory.models import Organisation, Person, Role, RoleHeld
from moothall.values.money import PENNY
from moothall.values.periods import months_after

IN_THE_LAW = ("APPROVED", "IN_FORCE")  # these count as changes made
ACTIVITY_KINDS = frozenset({"unit_price", "rate_card", "minimum_volume_guarantee"})
PRIVATE_KINDS = frozenset({"company", "charity", "mutual", "community group"})


def pounds_of(pence: int | None) -> Decimal | None:
    return None if pence is None else pence * PENNY


def variation_of(agreement: Agreement, number: int) -> Variation | None:
    return agreement.variations.filter(number=number).first()


def next_number(agreement: Agreement) -> int:
    highest: int | None = agreement.variations.aggregate(last=Max("number"))["last"]
    return (highest or 0) + 1


def latest_version(agreement: Agreement) -> AgreementVersion | None:
    """The terms that a variation starts from: those last brought into force, or else last written.

    A version that waits to be signed has no day yet.
    """
    return (
        agreement.versions.exclude(in_force_from=None).order_by("in_force_from", "number").last()
        or agreement.versions.order_by("number").last()
    )


def version_on(agreement: Agreement, day: date) -> AgreementVersion | None:
    """The terms in force on a day."""
    return (
        agreement.versions.filter(in_force_from__lte=day).order_by("in_force_from", "number").last()
    )


@lru_cache(maxsize=256)
def sound_deal(text: str) -> Deal | None:
    """The deal of a text; None where it is no sound one."""
    try:
        return deal_from_toml(text)
    except CannotReadDeal:
        return None


def deal_of(agreement: Agreement) -> Deal | None:
    version = latest_version(agreement)
    return sound_deal(version.text) if version else None


def is_private(organisation: Organisation) -> bool:
    """Whether it is no public body: it agrees to a variation by signing, not by a level."""
    return organisation.kind in PRIVATE_KINDS


def who_must_agree(agreement: Agreement) -> list[Member]:
    """The members whose word a variation needs: all of today's but observers."""
    return list(
        agreement.members.filter(left_on=None)
        .exclude(role=Member.Role.OBSERVER)
        .select_related("organisation")
    )


def members_open(variation: Variation) -> list[Member]:
    """Those whose word is still awaited."""
    given = set(variation.assents.values_list("member_id", flat=True))
    return [one for one in who_must_agree(variation.agreement) if one.pk not in given]


def basis_of(agreement: Agreement) -> ChangeBasis | None:
    return ChangeBasis.objects.filter(agreement=agreement).first()


def value_at_award(agreement: Agreement) -> Decimal | None:
    return pounds_of(agreement.value_pence)


def with_vat(agreement: Agreement, gbp: Decimal | None) -> Decimal | None:
    """The law tests values with VAT; None where the value or the rate is not recorded."""
    basis = basis_of(agreement)
    if gbp is None or basis is None or basis.vat_rate is None:
        return None
    return (gbp * (1 + basis.vat_rate)).quantize(PENNY)


def contract_of(agreement: Agreement) -> Contract:
    """The agreement as the legal test needs it."""
    basis = basis_of(agreement)
    value = with_vat(agreement, value_at_award(agreement))
    if basis is None:
        return Contract(agreement.regime, agreement.regime_began_on, value)
    return Contract(
        agreement.regime,
        agreement.regime_began_on,
        value,
        basis.term_months,
        basis.what,
        basis.is_light_touch,
        Reading(basis.reading) if basis.reading else None,
    )


def changes_made(agreement: Agreement, *, but: Variation | None = None) -> list[Change]:
    """The changes that are made, or approved, as the law counts them."""
    held = agreement.variations.filter(state__in=IN_THE_LAW)
    if but is not None:
        held = held.exclude(pk=but.pk)
    return [change_of(one) for one in held.order_by("in_force_from", "number")]


def change_of(variation: Variation) -> Change:
    value = with_vat(variation.agreement, stated_or_priced(variation)) or Decimal(0)
    return Change(
        variation.in_force_from,
        value,
        variation.term_months,
        variation.relied_on or variation.ground,
        variation.scope_is_material,
        variation.favours_supplier,
    )


def stated_or_priced(variation: Variation) -> Decimal:
    """Its change in value, GBP without VAT: as stated, or else as running the deal says.

    What is priced is an estimate, in whole pounds.
    """
    if variation.value_pence is not None:
        return variation.value_pence * PENNY
    priced = (variation.impact or {}).get("price_change")
    return Decimal(0) if priced is None else Decimal(round(priced))


def months_moved(was: Deal, now: Deal) -> Decimal:
    return months_between(was.period.ends_before, now.period.ends_before)


def moved_by(day: date, months: Decimal) -> date:
    return months_after(day, int(months))


def ledger_of(agreement: Agreement) -> Ledger:
    """What it was worth, is worth, and would be worth, change by change."""
    basis = basis_of(agreement)
    entries = [
        change_ledger.Entry(
            one.number,
            one.in_force_from,
            one.title,
            AskedBy(one.side),
            stated_or_priced(one),
            one.term_months,
            tuple(Effect(effect) for effect in one.effects),
            is_in_force=one.state == "IN_FORCE",
            small_gbp=one.small_pence * PENNY,
        )
        for one in agreement.variations.filter(state__in=[*OPEN, "IN_FORCE"])
    ]
    return change_ledger.ledger(
        value_at_award(agreement), basis.term_months if basis else None, entries
    )


def levels_of(body: Organisation, day: date) -> tuple[Level, ...]:
    """A body's own levels of approval, or else the common ones."""
    own = [
        Level(
            one.role,
            Role(one.role).words,
            pounds_of(one.up_to_pence),
            one.up_to_share,
            one.asks_decision,
        )
        for one in ApprovalLevel.objects.filter(body=body)
    ]
    if own:
        return tuple(own)
    return tuple(
        Level(
            row["role"],
            Role(row["role"]).words,
            Decimal(row["up_to_gbp"]) if "up_to_gbp" in row else None,
            Decimal(row["up_to_share"]) if "up_to_share" in row else None,
            row["asks_decision"],
        )
        for row in rule_on(day, "agreements", "approval_levels", "levels").value
    )


def has_own_levels(body: Organisation) -> bool:
    return ApprovalLevel.objects.filter(body=body).exists()


def levels_for(variation: Variation, body: Organisation) -> tuple[Level, ...]:
    """The levels of a body that reach as far as this variation."""
    return levels_that_may(
        levels_of(body, variation.in_force_from),
        stated_or_priced(variation),
        value_at_award(variation.agreement),
    )


def role_among(
    person: Person, body: Organisation, levels: Iterable[Level], day: date
) -> Level | None:
    """The first of some levels whose role a person holds at a body on a day."""
    held = set(
        RoleHeld.objects.in_force(day)
        .filter(person=person, organisation=body)
        .values_list("role", flat=True)
    )
    return next((level for level in levels if level.role in held), None)


def alarms_of(agreement: Agreement, day: date) -> list[DemandAlarm]:
    """What is said of each volume that is watched against need."""
    return [one for one in (_alarm(each, day) for each in _indicators(agreement)) if one]


def activity_facts(deal: Deal | None) -> list[tuple[str, str]]:
    """(key, title) of the volumes that terms pay for by activity."""
    if deal is None:
        return []
    paid_by = (term for term in deal.terms if term.kind in ACTIVITY_KINDS)
    volumes = set().union(*(term.facts() for term in paid_by))
    return [(key, deal.facts[key].title) for key in deal.facts if key in volumes]


def unwatched_facts(agreement: Agreement) -> list[tuple[str, str]]:
    """The volumes paid for by activity that no need stands behind yet."""
    watched = set(agreement.need_indicators.values_list("fact", flat=True))
    return [one for one in activity_facts(deal_of(agreement)) if one[0] not in watched]


def volumes_reported(agreement: Agreement, fact: str) -> Mapping[date, Decimal]:
    """First day of a period -> the volume that was reported and checked for it."""
    terms = terms_of(agreement)
    return facts_known(agreement, terms).get(fact, {}) if terms.versions else {}


def _indicators(agreement: Agreement) -> Iterable[NeedIndicator]:
    return agreement.need_indicators.prefetch_related("readings")


def _alarm(indicator: NeedIndicator, day: date) -> DemandAlarm | None:
    agreement = indicator.agreement
    deal = deal_of(agreement)
    title = indicator.fact
    if deal is not None and indicator.fact in deal.facts:
        title = deal.facts[indicator.fact].title
    reported = volumes_reported(agreement, indicator.fact)
    readings = []
    for one in indicator.readings.all():
        volume = reported.get(one.starts_on, one.volume)
        if volume is not None and one.starts_on <= day:
            readings.append((one.starts_on, volume, one.need))
    return change_ledger.demand_alarm(
        change_ledger.Demand(indicator.fact, title, indicator.title, tuple(readings)),
        rules_of("agreements", "modification"),
        day,
    )


def address_of(variation: Variation) -> str:
    return reverse("agreements:variation", args=[variation.agreement_id, variation.number])
