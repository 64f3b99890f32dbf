"""What did a trial find, as far as this body may know it?"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.agreements import permissions
from moothall.agreements.engine.documents import place_in_words
from moothall.agreements.models import Trial
from moothall.core.permissions import Viewer
from moothall.deals.deal import Deal
from moothall.deals.reading import deal_and_findings
from moothall.deals.solving import MEASURES, SCANNED, said
from moothall.deals.statement import Source, Unpriced
from moothall.directory.models import Organisation
from moothall.values.wording import pounds_in_words


@frozen
class PartyResult:
    """One party's results, for its part of the page. Amounts in GBP, rounded to pounds.

    is_said : whether its costs and its reference are known; else no number of its result is said
    """

    key: str
    name: str
    is_said: bool
    mean: Decimal | None
    p5: Decimal | None
    p50: Decimal | None
    p95: Decimal | None
    cvar5: Decimal | None
    loss_probability: float | None
    failure_probability: float
    peak_cash_need: Decimal | None
    years: tuple[tuple[str, Decimal, Decimal, Decimal], ...]  # (year, P5, P50, P95)
    drivers: tuple[tuple[str, Decimal, Decimal], ...]  # (fact, result at its P10, at its P90)
    waterfall: tuple[tuple[str, Decimal], ...]
    investor_said: str
    budgets_said: tuple[str, ...]
    sentence: str
    reward_share: float | None
    risk_share: float | None
    cost_basis: str
    joint_tail: Decimal | None  # mean over the worst 5% of futures of all parties together
    tail_to_resources: float | None


@frozen
class ResultPage:
    """A trial on its page.

    is_stale : the draft was saved again since
    found    : its JSON; None until it is done
    """

    id: int
    slug: str
    draft_id: int
    draft: str
    body: str
    is_own: bool
    kind: str
    is_solving: bool
    is_working: bool
    percent: int
    is_done: bool
    refusal: str
    version: int
    is_stale: bool
    asked: dict[str, Any]
    found: dict[str, Any] | None
    deal: Deal | None
    parties: tuple[PartyResult, ...]
    flags: tuple[str, ...]
    rests_on: tuple[str, ...]  # what the fairness statement rests on, in sentences
    notes: tuple[str, ...]
    answer: str
    measure: str
    beside: str  # what was followed along, in words; empty where nothing was
    trials: tuple[tuple[str, str, str], ...]
    curve: tuple[tuple[str, Decimal], ...]  # (number tried, result), for a chart; chances in %
    beside_curve: tuple[tuple[str, Decimal], ...]  # the same of what was followed along
    at: datetime
    ended_at: datetime | None
    by: str
    releases: tuple[tuple[str, str, datetime], ...]
    to_release_to: tuple[tuple[str, str], ...]
    why_not_draft: str | None


def trial_read_by(body: Organisation, trial_id: int) -> Trial | None:
    """A trial whose result this body may read, or None."""
    trial = Trial.objects.select_related("version__draft__body", "by").filter(pk=trial_id).first()
    return trial if trial is not None and permissions.may_read_result(trial, body) else None


def result_page(trial: Trial, body: Organisation, *, viewer: Viewer) -> ResultPage:
    draft = trial.version.draft
    is_own = draft.body_id == body.pk
    deal, _ = deal_and_findings(trial.version.text)
    found = trial.result if trial.state == Trial.State.DONE else None
    is_solving = trial.kind == Trial.Kind.SOLVE
    latest = draft.versions.order_by("-number").values_list("number", flat=True).first()
    return ResultPage(
        id=trial.pk,
        slug=body.slug,
        draft_id=draft.pk,
        draft=draft.name,
        body=draft.body.name,
        is_own=is_own,
        kind=trial.get_kind_display(),
        is_solving=is_solving,
        is_working=trial.state in (Trial.State.WAITING, Trial.State.RUNNING),
        percent=trial.percent,
        is_done=found is not None,
        refusal=trial.refusal,
        version=trial.version.number,
        is_stale=trial.version.number != latest,
        asked=trial.asked,
        found=found,
        deal=deal,
        parties=_parties(deal, found) if deal and found and not is_solving else (),
        flags=tuple(flag["sentence"] for flag in found["fairness"]["flags"])
        if found and not is_solving
        else (),
        rests_on=_rests_on(found["statement"]) if found and not is_solving else (),
        notes=tuple(found.get("notes", ())) if found and not is_solving else (),
        answer=_answer(deal, found) if deal and found and is_solving else "",
        measure=MEASURES.get(trial.asked.get("measure", ""), ""),
        beside=_beside(deal, trial.asked) if deal else "",
        trials=_trials(trial.asked, found) if found and is_solving else (),
        curve=_curve(trial.asked, found, "result") if found and is_solving else (),
        beside_curve=_curve(trial.asked, found, "beside") if found and is_solving else (),
        at=trial.at,
        ended_at=trial.ended_at,
        by=trial.by.name,
        releases=tuple(
            (release.body.name, release.why, release.at)
            for release in trial.releases.select_related("body")
        )
        if is_own
        else (),
        to_release_to=tuple(
            Organisation.objects.exclude(pk=draft.body_id)
            .exclude(results_released__trial=trial)
            .order_by("name")
            .values_list("slug", "name")
        )
        if is_own
        else (),
        why_not_draft=permissions.why_not_draft_deal(viewer, draft.body),
    )


def _answer(deal: Deal, found: dict[str, Any]) -> str:
    words = place_in_words(deal.document, found["place"])
    sentence: str = found["sentence"]
    return sentence.replace(found["place"], words, 1)


def _beside(deal: Deal, asked: dict[str, Any]) -> str:
    party = asked.get("beside_party")
    return f"{deal.party_name(party)}'s {MEASURES[asked['beside_measure']]}" if party else ""


def _trials(asked: dict[str, Any], found: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            f"{Decimal(each['number']):,f}",
            said(each["result"], asked["measure"]),
            "" if each["beside"] is None else said(each["beside"], asked["beside_measure"]),
        )
        for each in found["trials"]
        if each["number"] in _even(asked) or each["number"] == found["number"]
    )


def _even(asked: dict[str, Any]) -> set[str]:
    """The values by which the range was scanned: at even distances."""
    low, high = Decimal(asked["low"]), Decimal(asked["high"])
    return {f"{low + (high - low) * n / (SCANNED - 1):f}" for n in range(SCANNED)}


def _curve(
    asked: dict[str, Any], found: dict[str, Any], which: str
) -> tuple[tuple[str, Decimal], ...]:
    """The values that the range was scanned by, chances as so many in a hundred."""
    even = _even(asked)
    tried = [
        (each["number"], each[which])
        for each in found["trials"]
        if each["number"] in even and each[which] is not None
    ]
    is_chance = all(-1 <= result <= 1 for _number, result in tried)
    return tuple(
        (
            pounds_in_words(Decimal(number)),
            Decimal(round(100 * result if is_chance else result)),
        )
        for number, result in tried
    )


def _parties(deal: Deal, found: dict[str, Any]) -> tuple[PartyResult, ...]:
    return tuple(
        PartyResult(
            key=key,
            name=deal.party_name(key),
            is_said=party["npv_gbp"]["mean"] is not None,
            mean=_pounds(party["npv_gbp"]["mean"]),
            p5=_pounds(party["npv_gbp"]["p5"]),
            p50=_pounds(party["npv_gbp"]["p50"]),
            p95=_pounds(party["npv_gbp"]["p95"]),
            cvar5=_pounds(party["npv_gbp"]["cvar5"]),
            loss_probability=party["loss_probability"],
            failure_probability=party["failure_probability"],
            peak_cash_need=_pounds(party["peak_cash_need_gbp"]),
            years=tuple(
                (year["year"], *(Decimal(round(year[name])) for name in ("p5", "p50", "p95")))
                for year in party["by_year"]
            ),
            drivers=tuple(
                (driver["title"], Decimal(round(driver["low"])), Decimal(round(driver["high"])))
                for driver in party["drivers"]
            ),
            waterfall=tuple(
                (bar["label"], Decimal(round(bar["gbp"]))) for bar in party["waterfall"]
            ),
            investor_said=party["investor_said"],
            budgets_said=tuple(party["budgets_said"]),
            sentence=found["fairness"]["parties"][key]["sentence"],
            reward_share=found["fairness"]["parties"][key]["reward_share"],
            risk_share=found["fairness"]["parties"][key]["risk_share"],
            cost_basis=found["fairness"]["parties"][key]["cost_basis"],
            joint_tail=_pounds(found["fairness"]["parties"][key]["joint_tail_gbp"]),
            tail_to_resources=found["fairness"]["parties"][key]["tail_to_resources"],
        )
        for key, party in found["parties"].items()
        if key in deal.parties
    )


def _rests_on(statement: dict[str, Any]) -> tuple[str, ...]:
    widened = statement["widened"]
    return (
        statement["rests_on"],
        *(Unpriced(**one).sentence for one in statement["unpriced"]),
        *(Source(**one).sentence for one in statement["distributions"]),
        *((widened["sentence"],) if widened else ()),
    )


def _pounds(amount: float | None) -> Decimal | None:
    return None if amount is None else Decimal(round(amount))
