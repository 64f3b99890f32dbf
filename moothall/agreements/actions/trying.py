"""The deeds of trying a deal: draw its futures, solve for a number, show what was found."""

from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from moothall.agreements import permissions
from moothall.agreements.engine.documents import deal_as_tried, who_asks
from moothall.agreements.models import LONGEST_NOTE, DraftVersion, Trial, TrialRelease
from moothall.agreements.queries.policy import adopted_policy
from moothall.core import audit, jobs
from moothall.core.errors import CannotDo
from moothall.deals.budgets import budget_year_in_words
from moothall.deals.deal import Deal, Weight
from moothall.deals.policy_file import CannotReadPolicy
from moothall.deals.privacy import as_tried
from moothall.deals.reading import CannotReadDeal, deal_from_document, document_from_toml
from moothall.deals.simulation import CannotSimulate, Told, simulation, why_not_simulate
from moothall.deals.solving import Beside, CannotSolve, Target, solution, why_not_target
from moothall.deals.spreads import drivers, simulation_as_json
from moothall.deals.varying import NoSuchNumber, number_at
from moothall.deals.vat import vat_rates
from moothall.deals.waterfall import waterfall
from moothall.directory.models import Organisation, Person
from moothall.values.wording import number_of

FEWEST_DRAWS, MOST_DRAWS = 1_000, 200_000
SOLVING_DRAWS = 4_000


class CannotTry(CannotDo):
    """Nothing was started."""


@transaction.atomic
def start_simulation(
    *, version: DraftVersion, draws: int, seed: int, by: Person, at: datetime
) -> Trial:
    """Draw the futures of a version in the background.

    :raises CannotTry: when the person may not, or the deal cannot be simulated yet.
    """
    _deal, asking = _sound(version, by)
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise CannotTry(
            f"{draws:,} futures are not drawn here. Give from {FEWEST_DRAWS:,} to {MOST_DRAWS:,}."
        )
    asked = {"draws": draws, "seed": seed, "asked_by": asking}
    return _start(version, Trial.Kind.SIMULATE, asked, by=by, at=at)


@transaction.atomic
def start_solving(
    *,
    version: DraftVersion,
    place: str,
    low: Decimal,
    high: Decimal,
    party: str,
    measure: str,
    target: Decimal,
    seed: int,
    by: Person,
    at: datetime,
    beside_party: str = "",
    beside_measure: str = "",
) -> Trial:
    """Look, in the background, for the value of one number that brings a result to a target.

    beside_party, beside_measure : another result to follow along

    :raises CannotTry: when the person may not, or there is no such number, party or measure.
    """
    deal, asking = _sound(version, by)
    try:
        number_at(deal, place)
    except NoSuchNumber as refusal:
        raise CannotTry(str(refusal)) from None
    if sentence := why_not_target(deal, Target(party, measure, float(target))):
        raise CannotTry(sentence)
    if beside_party and (sentence := why_not_target(deal, Beside(beside_party, beside_measure))):
        raise CannotTry(sentence)
    if low >= high:
        raise CannotTry(f"{low} is not below {high}. Give the range from low to high.")
    asked = {
        "place": place,
        "low": f"{low:f}",
        "high": f"{high:f}",
        "party": party,
        "measure": measure,
        "target": f"{target:f}",
        "beside_party": beside_party,
        "beside_measure": beside_measure if beside_party else "",
        "seed": seed,
        "draws": SOLVING_DRAWS,
        "asked_by": asking,
    }
    return _start(version, Trial.Kind.SOLVE, asked, by=by, at=at)


@transaction.atomic
def release_result(
    *, trial: Trial, to: Organisation, why: str, by: Person, at: datetime
) -> TrialRelease:
    """Show another body what a trial found; this is recorded and is not taken back.

    :raises CannotTry: when the person may not, or no reason is given.
    """
    if reason := permissions.why_not_release(by, trial, to):
        raise CannotTry(reason)
    if not why.strip():
        raise CannotTry("A result is not released without saying why. Add it.")
    release, is_new = TrialRelease.objects.get_or_create(
        trial=trial, body=to, defaults={"why": why.strip()[:LONGEST_NOTE], "by": by, "at": at}
    )
    if is_new:
        body_id = trial.version.draft.body_id
        audit.record(
            by=by, at=at, did="agreements.result_released", to=trial, body_id=body_id,
            to_body=to.pk, why=audit.digest(release.why),
        )  # fmt: skip
    return release


@task()
def try_deal(trial_id: int) -> str:
    """Do what a trial asks; what becomes of it is written beside it."""
    trial = Trial.objects.select_related("version").filter(pk=trial_id).first()
    if trial is None or trial.state == Trial.State.DONE:
        return "nothing to do"
    Trial.objects.filter(pk=trial_id).update(state=Trial.State.RUNNING)

    def told(part: float) -> None:
        Trial.objects.filter(pk=trial_id).update(percent=int(100 * part))

    try:
        document = document_from_toml(trial.version.text)
        deal = deal_from_document(as_tried(document, trial.asked["asked_by"]))
        found = (
            _simulated(deal, trial.asked, told)
            if trial.kind == Trial.Kind.SIMULATE
            else _solved(deal, trial.asked, told)
        )
    except (
        CannotReadDeal, CannotReadPolicy, CannotSimulate, CannotSolve, NoSuchNumber
    ) as refusal:  # fmt: skip
        trial.state, trial.refusal = Trial.State.REFUSED, str(refusal)
    else:
        trial.state, trial.result = Trial.State.DONE, _finite(found)
    trial.ended_at = timezone.now()
    trial.save(update_fields=["state", "refusal", "result", "ended_at"])
    return trial.state


def _finite(found: Any) -> Any:
    """Return a result with nothing where a number is not finite: PostgreSQL's JSON has none."""
    if isinstance(found, dict):
        return {key: _finite(one) for key, one in found.items()}
    if isinstance(found, list | tuple):
        return [_finite(one) for one in found]
    return None if isinstance(found, float) and not isfinite(found) else found


def _simulated(deal: Deal, asked: dict[str, Any], told: Told) -> dict[str, Any]:
    done = simulation(
        deal,
        seed=asked["seed"],
        draws=asked["draws"],
        policy=adopted_policy(),
        told=lambda part: told(part / 3),
    )
    driven, rates = drivers(deal, seed=asked["seed"]), vat_rates()
    found: dict[str, Any] = {"party": asked["asked_by"], **simulation_as_json(done, driven, rates)}
    for place, (key, party) in enumerate(done.parties.items(), start=1):
        told((1 + place / len(done.parties)) / 2)
        name, held = deal.party_name(key), found["parties"][key]
        is_said = done.fairness.parties[key].is_said
        held["waterfall"] = [bar.as_json() for bar in waterfall(done, key)] if is_said else []
        held["budgets_said"] = [budget_year_in_words(year, name) for year in held["budgets"]]
        held["investor_said"] = party.investor.in_words(name) if party.investor else ""
    return found


def _solved(deal: Deal, asked: dict[str, Any], told: Told) -> dict[str, Any]:
    found = solution(
        deal,
        place=asked["place"],
        between=(Decimal(asked["low"]), Decimal(asked["high"])),
        target=Target(asked["party"], asked["measure"], float(asked["target"])),
        seed=asked["seed"],
        draws=asked["draws"],
        beside=Beside(asked["beside_party"], asked["beside_measure"])
        if asked.get("beside_party")
        else None,
        told=told,
    )
    return {"asked_by": asked["asked_by"], **found.as_json()}


def _sound(version: DraftVersion, by: Person) -> tuple[Deal, str | None]:
    """The deal as its body tries it, and which party that is."""
    if reason := permissions.why_not_try_deal(by, version.draft.body):
        raise CannotTry(reason)
    party = version.draft.party
    deal, findings = deal_as_tried(version.text, party)
    must = [finding for finding in findings if finding.weight is Weight.MUST]
    if deal is None or must:
        raise CannotTry(
            f"This deal cannot be tried yet: {number_of(len(must), 'finding')} must be mended "
            f"first. {must[0].sentence} {must[0].mend}"
        )
    if sentence := why_not_simulate(deal):
        raise CannotTry(f"This deal cannot be tried yet. {sentence}")
    return deal, who_asks(document_from_toml(version.text), party)


def _start(
    version: DraftVersion, kind: str, asked: dict[str, Any], *, by: Person, at: datetime
) -> Trial:
    trial = Trial.objects.create(version=version, kind=kind, asked=asked, by=by, at=at)
    jobs.start_once(try_deal, key=f"agreements.trial:{trial.pk}", trial_id=trial.pk)
    audit.record(
        by=by,
        at=at,
        did="agreements.trial_started",
        to=trial,
        body_id=version.draft.body_id,
        version=version.number,
    )
    return trial
