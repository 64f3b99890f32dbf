"""The deeds of changing an agreement: ask, price and test, agree, and bring into force."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine import variation as engine
from moothall.agreements.engine.change_ledger import AskedBy, Effect
from moothall.agreements.engine.impact import CannotPrice, impact
from moothall.agreements.engine.life import LIFE
from moothall.agreements.engine.modification import legal_test
from moothall.agreements.engine.regimes import Answer, LegalTest, Outcome
from moothall.agreements.models import Agreement, AgreementVersion, Variation
from moothall.agreements.queries import variations as held
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.core.rules import rules_of
from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_ask_variation
from moothall.values.state_table import CannotMove
from moothall.values.wording import listed, plain_date

FIELDS = (
    *("title", "side", "what", "why", "risk", "effects", "text", "value_pence", "term_months"),
    *("scope_is_material", "favours_supplier", "ground", "in_force_from", "splits_period"),
)
FREE_TEXT = ("title", "what", "why", "risk", "text")
MAY_BE_VARIED = ("IN_FORCE", "VARIED")


class CannotVary(CannotDo):
    """The agreement and the variation are as they were."""


@transaction.atomic
def ask_variation(
    *,
    agreement: Agreement,
    organisation: Organisation,
    title: str,
    side: str,
    in_force_from: date,
    by: Person,
    at: datetime,
    **fields: Any,
) -> Variation:
    """Ask for a change to an agreement, on behalf of one of its bodies.

    side   : who wants it: the party that buys, the party that supplies, or the law
    fields : any of FIELDS

    :raises CannotVary: when the person may not, the agreement cannot be varied now, or what is
        asked for does not hold together.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if organisation not in permissions.bodies_of(agreement):
        raise CannotVary(
            f"{organisation.name} has no part in {agreement.name}, so it asks for no change of it."
        )
    if reason := why_not_ask_variation(by, organisation):
        raise CannotVary(reason)
    if agreement.state not in MAY_BE_VARIED:
        raise CannotVary(
            f"{agreement.name} is {LIFE.state(agreement.state).words}: only an agreement in force "
            "is varied. Change its draft, or wait until it is in force."
        )
    variation = Variation(
        agreement=agreement,
        number=held.next_number(agreement),
        organisation=organisation,
        by=by,
        at=at,
    )
    _put(variation, {"title": title, "side": side, "in_force_from": in_force_from, **fields})
    variation.save()
    audit.record(
        by=by, at=at, did="agreements.variation_asked", to=variation, body_id=agreement.body_id,
        agreement=agreement.pk, number=variation.number, side=variation.side,
    )  # fmt: skip
    return variation


@transaction.atomic
def set_variation(*, variation: Variation, by: Person, at: datetime, **fields: Any) -> Variation:
    """Change what is asked for. It is priced and tested anew, and agreed to anew.

    fields : any of FIELDS

    :raises CannotVary: when the person may not, or it is approved, closed or in force already.
    """
    variation = locked(variation)
    _refuse_others(by, variation)
    if variation.state not in ("ASKED", "ASSESSED"):
        raise CannotVary(
            f"What is asked for is not changed: the {engine.VARIATION.thing} is "
            f"{_words(variation)}. Ask for another."
        )
    before = {name: getattr(variation, name) for name in fields}
    _put(variation, fields)
    variation.state, variation.legal, variation.impact = "ASKED", None, None
    variation.save()
    variation.assents.all().delete()
    audit.record(
        by=by, at=at, did="agreements.variation_changed", to=variation,
        body_id=variation.agreement.body_id,
        changes=audit.changes(_plain(before), _plain(fields), personal=FREE_TEXT),
    )  # fmt: skip
    return variation


@transaction.atomic
def assess_variation(*, variation: Variation, by: Person, at: datetime) -> Variation:
    """Run the deal before and after, and test the change by the law of the agreement.

    :raises CannotVary: when the person may not, or the variation is past that.
    """
    variation = locked(variation)
    _refuse_others(by, variation)
    state = _after(variation, "ASSESS")
    variation.impact, variation.not_priced_because = _impact(variation)
    test = tested(variation)
    variation.legal = test.as_json()
    variation.relied_on = _relied_on(variation, test)
    is_small = variation.relied_on == "below_threshold"
    with_vat = held.with_vat(variation.agreement, held.stated_or_priced(variation))
    variation.small_pence = int(with_vat * 100) if is_small and with_vat is not None else 0
    variation.state, variation.assessed_at = state, at
    variation.save()
    variation.assents.all().delete()
    audit.record(
        by=by, at=at, did="agreements.variation_assessed", to=variation,
        body_id=variation.agreement.body_id, outcome=test.outcome.name,
        regime=variation.agreement.regime, relied_on=variation.relied_on,
    )  # fmt: skip
    return variation


def tested(variation: Variation) -> LegalTest:
    """The legal test of a variation, on what is known now."""
    agreement = variation.agreement
    variation.relied_on = ""
    return legal_test(
        held.contract_of(agreement),
        held.change_of(variation),
        held.changes_made(agreement, but=variation),
        rules=rules_of("agreements", "modification"),
        thresholds=rules_of("directory", "thresholds"),
    )


@transaction.atomic
def record_solicitor(
    *, variation: Variation, said: str, solicitor: str, on: date, by: Person, at: datetime
) -> Variation:
    """Record what a solicitor said of the law of a change; it settles what the test leaves open.

    :raises CannotVary: when the person may not keep the record, or nothing is said by anyone.
    """
    variation = locked(variation)
    if reason := permissions.why_not_keep_agreement(by, variation.agreement):
        raise CannotVary(reason)
    if variation.state not in ("ASKED", "ASSESSED"):
        raise CannotVary(
            f"Legal advice comes before approval: the variation is {_words(variation)}. Record it "
            "with the next one."
        )
    if not said.strip() or not solicitor.strip():
        raise CannotVary("Legal advice is not recorded without what was said and who said it.")
    if reason := why_too_long(Variation, solicitor=solicitor.strip()):
        raise CannotVary(reason)
    variation.solicitor_said, variation.solicitor = said.strip(), solicitor.strip()
    variation.solicitor_on = on
    variation.save(update_fields=["solicitor_said", "solicitor", "solicitor_on"])
    audit.record(
        by=by, at=at, did="agreements.variation_advised", to=variation,
        body_id=variation.agreement.body_id, said=audit.digest(variation.solicitor_said),
    )  # fmt: skip
    return variation


@transaction.atomic
def refuse_variation(*, variation: Variation, why: str, by: Person, at: datetime) -> Variation:
    """Say no to a change, for one of the agreement's bodies."""
    variation = locked(variation)
    if reason := permissions.why_not_refuse_variation(by, variation.agreement):
        raise CannotVary(reason)
    return _close(variation, "REFUSE", why, by, at)


@transaction.atomic
def withdraw_variation(*, variation: Variation, why: str, by: Person, at: datetime) -> Variation:
    """Take back what was asked for."""
    variation = locked(variation)
    _refuse_others(by, variation)
    return _close(variation, "WITHDRAW", why, by, at)


@transaction.atomic
def bring_into_force(*, variation: Variation, by: Person, at: datetime) -> Variation:
    """Make the agreed change: its terms are the agreement's next version, from its day on.

    :raises CannotVary: when the person may not keep the record, not all have agreed, or its day has
        not come.
    """
    variation = locked(variation)
    agreement = Agreement.objects.select_for_update().get(pk=variation.agreement_id)
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotVary(reason)
    state = _after(variation, "TAKE_EFFECT")
    if variation.in_force_from > at.date():
        raise CannotVary(
            f"This variation takes effect on {plain_date(variation.in_force_from)}. Bring it into "
            "force on that day."
        )
    try:
        agreement.state = LIFE.after(agreement.state, "VARY")
    except CannotMove as refusal:
        raise CannotVary(str(refusal)) from None
    if variation.text:
        variation.version = _next_version(variation, by, at)
        deal = held.sound_deal(variation.text)
        if deal is not None:
            agreement.ends_before = deal.period.ends_before
    elif variation.term_months and agreement.ends_before is not None:
        agreement.ends_before = held.moved_by(agreement.ends_before, variation.term_months)
    agreement.save(update_fields=["state", "ends_before"])
    variation.state = state
    variation.save(update_fields=["state", "version"])
    audit.record(
        by=by, at=at, did="agreements.varied", to=agreement, body_id=agreement.body_id,
        variation=variation.number, in_force_from=variation.in_force_from.isoformat(),
        text=variation.version.digest if variation.version else "",
    )  # fmt: skip
    return variation


def _next_version(variation: Variation, by: Person, at: datetime) -> AgreementVersion:
    agreement = variation.agreement
    number = max((one.number for one in agreement.versions.all()), default=0) + 1
    return AgreementVersion.objects.create(
        agreement=agreement,
        number=number,
        text=variation.text,
        digest=hashlib.sha256(variation.text.encode()).hexdigest(),
        in_force_from=variation.in_force_from,
        splits_period=variation.splits_period,
        why=f"Variation {variation.number}",
        by=by,
        at=at,
    )


def _impact(variation: Variation) -> tuple[dict[str, Any] | None, str]:
    """What running the deal before and after says, or why it is not run."""
    version = held.latest_version(variation.agreement)
    was = held.sound_deal(version.text) if version else None
    now = held.sound_deal(variation.text) if variation.text else None
    if was is None or now is None:
        missing = "agreement" if was is None else "variation"
        return None, (
            f"Not priced by running the deal: the {missing} has no deal file that can be run. The "
            "change in value is as it was stated."
        )
    try:
        return impact(was, now).as_json(), ""
    except CannotPrice as refusal:
        return None, str(refusal)


def _relied_on(variation: Variation, test: LegalTest) -> str:
    """The ground that is claimed, or else the first that holds."""
    if variation.ground:
        return variation.ground
    holding = [one.key for one in test.grounds if one.answer is Answer.HOLDS]
    return holding[0] if holding else ""


def why_law_refuses(variation: Variation) -> str | None:
    legal = variation.legal or {}
    return engine.why_not_approve(
        legal.get("outcome", Outcome.NOT_ASSESSED),
        legal.get("sentence", ""),
        solicitor_said=variation.solicitor_said,
        is_settled=variation.state == "ASSESSED",
    )


def _put(variation: Variation, fields: dict[str, Any]) -> None:
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise CannotVary(f"A variation has no {listed(unknown)}.")
    for name, value in fields.items():
        setattr(variation, name, value.strip() if isinstance(value, str) else value)
    variation.side = str(variation.side)
    variation.effects = [str(one) for one in variation.effects]
    if not variation.title:
        raise CannotVary("A variation needs a title. Say in a few words what changes.")
    texts = {"title": variation.title, "ground": variation.ground}
    if reason := why_too_long(Variation, **texts):
        raise CannotVary(reason)
    if variation.side not in list(AskedBy):
        raise CannotVary(f"Say who asks for it: one of {listed([one.value for one in AskedBy])}.")
    if strays := sorted(set(variation.effects) - set(Effect)):
        raise CannotVary(f"No effect is called {listed(strays)}. Choose from the list.")
    if variation.text:
        _sound(variation)
    elif variation.value_pence is None and not variation.what:
        raise CannotVary(
            "This variation changes nothing: it has no deal file, no change in value and no words. "
            "Give one of them."
        )
    version = held.latest_version(variation.agreement)
    first = version.in_force_from if version else variation.agreement.starts_on
    if first is not None and variation.in_force_from < first:
        raise CannotVary(
            f"A variation does not take effect before {plain_date(first)}, from which the terms in "
            "force hold. Give that day or a later one."
        )


def _sound(variation: Variation) -> None:
    try:
        deal = deal_from_toml(variation.text)
    except CannotReadDeal as refusal:
        first = refusal.findings[0]
        raise CannotVary(
            f"The deal file is not sound at {first.place}. {first.sentence} {first.mend}"
        ) from None
    if variation.in_force_from >= deal.period.ends_before:
        raise CannotVary(
            f"The deal as varied ends before {plain_date(deal.period.ends_before)}, so it is never "
            f"in force from {plain_date(variation.in_force_from)} on. Give an earlier day."
        )
    version = held.latest_version(variation.agreement)
    if version is None:
        return
    if version.text.strip() == variation.text.strip() and variation.value_pence is None:
        raise CannotVary(
            "The deal file is the one in force: nothing changes. Change it, or state a value."
        )
    was = held.sound_deal(version.text)
    if was is not None and not variation.term_months:
        variation.term_months = held.months_moved(was, deal)


def _close(variation: Variation, move: str, why: str, by: Person, at: datetime) -> Variation:
    state = _after(variation, move)
    if not why.strip():
        raise CannotVary("Say why: it stays in the ledger of changes.")
    variation.state, variation.closed_because = state, why.strip()
    variation.save(update_fields=["state", "closed_because"])
    audit.record(
        by=by, at=at, did=f"agreements.variation_{state.lower()}", to=variation,
        body_id=variation.agreement.body_id, why=audit.digest(variation.closed_because),
    )  # fmt: skip
    return variation


def locked(variation: Variation) -> Variation:
    return (
        Variation.objects.select_for_update(of=("self",))
        .select_related("agreement", "agreement__body")
        .get(pk=variation.pk)
    )


def _after(variation: Variation, move: str) -> str:
    try:
        return engine.VARIATION.after(variation.state, move)
    except CannotMove as refusal:
        raise CannotVary(str(refusal)) from None


def _words(variation: Variation) -> str:
    return engine.VARIATION.state(variation.state).words


def _refuse_others(by: Person, variation: Variation) -> None:
    """The keeper's people and those of the body that asked may work on it."""
    if reason := permissions.why_not_work_on_variation(by, variation):
        raise CannotVary(reason)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Values that the log can hold: amounts and days as text."""
    return {
        name: f"{value:f}" if isinstance(value, Decimal)
        else value.isoformat() if isinstance(value, date)
        else listed(value) if isinstance(value, list)
        else value
        for name, value in fields.items()
    }  # fmt: skip
