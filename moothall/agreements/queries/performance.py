"""How well is an agreement performed, what do its results credit, and what step comes next?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from attrs import frozen

from moothall.agreements import permissions
from moothall.agreements.engine.performance import (
    PERFORMANCE,
    TRIGGERS,
    Course,
    Credit,
    credits_of,
    measures_of,
    suggested,
)
from moothall.agreements.engine.scorecard import (
    Bands,
    Rating,
    scale,
    warnings_of_duty,
)
from moothall.agreements.models import (
    Agreement,
    IndicatorResult,
    PerformanceIndicator,
    PerformanceStep,
)
from moothall.agreements.queries.exits import step_in_of
from moothall.agreements.queries.measured import Result, measures_known, results_of
from moothall.agreements.queries.terms import terms_of
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.deals.deal import Deal, periods_every
from moothall.values.periods import Period
from moothall.values.state_table import Move
from moothall.values.wording import decimal_number

PERIODS_SHOWN = 6
SCORE_HEAD = (
    *("indicator", "unit", "starts_on", "last_day", "result", "rating", "is_checked"),
    *("is_corrected", "said"),
)
COLOURS = {"good": "green", "approaching": "blue", "improve": "yellow", "inadequate": "red"}
WITHOUT_DEAL_MONTHS = 3


@frozen
class Scored:
    """An indicator's result of one period, as the scorecard shows it."""

    shown: str
    rating: str
    colour: str
    is_checked: bool
    is_corrected: bool
    result_id: int | None
    said: str
    by: str
    why_not_check: str | None

    @property
    def needs_check(self) -> bool:
        return self.result_id is not None and not self.is_checked


@frozen
class ScoreRow:
    id: int
    name: str
    unit: str
    better: str
    bands: str
    is_critical: bool
    hangs_on: str  # the fact of the deal that credits hang on; '' for none
    scores: tuple[Scored | None, ...]


@frozen
class StepRow:
    state: str
    move: str
    on: date
    why: str
    answer_by: date | None
    trigger: str
    credits_said: str
    by: str


@frozen
class PerformancePage:
    """What the page of an agreement's performance shows."""

    periods: tuple[Period, ...]
    rows: tuple[ScoreRow, ...]
    counts: tuple[tuple[Rating, str, int], ...]
    latest: Period | None
    state: str
    state_words: str
    moves: tuple[Move, ...]
    steps: tuple[StepRow, ...]
    suggested: tuple[str, ...]
    credits: tuple[tuple[Period, tuple[Credit, ...]], ...]
    step_in: tuple[tuple[str, str], ...]  # each trigger, and what the exit plan says of it
    step_in_terms: tuple[tuple[str, str], ...]
    unmeasured: tuple[str, ...]
    warnings: tuple[str, ...]
    why_not_set: str | None
    why_not_report: str | None
    why_not_step: str | None

    def scores(self) -> Iterator[dict[str, object]]:
        """Every result of the periods shown, a row each, as a file and the API have them."""
        for row in self.rows:
            for period, score in zip(self.periods, row.scores, strict=True):
                if score is not None:
                    yield {
                        "indicator": row.name,
                        "unit": row.unit,
                        "starts_on": period.starts_on.isoformat(),
                        "last_day": period.last_day.isoformat(),
                        "result": score.shown,
                        "rating": score.rating,
                        "is_checked": score.is_checked,
                        "is_corrected": score.is_corrected,
                        "said": score.said,
                    }

    def as_json(self) -> dict[str, object]:
        return {
            "state": self.state_words,
            "rows": list(self.scores()),
            "credits": [
                {"starts_on": period.starts_on.isoformat(), "said": credit.said}
                for period, credits in self.credits
                for credit in credits
            ],
            "steps": [
                {"on": step.on.isoformat(), "state": step.state, "why": step.why,
                 "answer_by": step.answer_by and step.answer_by.isoformat()}
                for step in self.steps
            ],
        }  # fmt: skip

    @property
    def has_checks(self) -> bool:
        return any(score and score.needs_check for row in self.rows for score in row.scores)


def deal_of(agreement: Agreement, on: date | None = None) -> Deal | None:
    """The deal in force on a day, or the latest; None without one, or while it has findings."""
    versions = terms_of(agreement).versions
    begun = [each for each in versions if on is None or each.effective_from <= on]
    return begun[-1].deal if begun else None


def facts_of(agreement: Agreement) -> dict[str, str]:
    """Return fact -> title of what the deal's terms read."""
    deal = deal_of(agreement)
    return {key: fact.title for key, fact in deal.facts.items()} if deal else {}


def periods_of(agreement: Agreement, *, on: date) -> tuple[Period, ...]:
    """The periods that are over by a day: the deal's, or without one every three months."""
    terms = terms_of(agreement)
    if terms.versions:
        held: Iterable[Period] = terms.periods
    elif agreement.starts_on is None or agreement.starts_on >= on:
        held = ()
    else:
        ends = agreement.ends_before or on + timedelta(days=366)
        held = periods_every(WITHOUT_DEAL_MONTHS, agreement.starts_on, ends)
    return tuple(period for period in held if period.ends_before <= on)


def credits_for(
    agreement: Agreement,
    period: Period,
    known: Mapping[str, Mapping[date, Decimal]] | None = None,
) -> tuple[Credit, ...]:
    """What the deal's service credits take for a period, by what was settled and checked.

    known : what each fact came to, where that was asked for already
    """
    deal = deal_of(agreement, period.starts_on)
    if deal is None:
        return ()
    facts = measures_known(agreement) if known is None else known
    return credits_of(
        deal,
        period,
        {key: days[period.starts_on] for key, days in facts.items() if period.starts_on in days},
    )


def state_of(agreement: Agreement) -> str:
    last: PerformanceStep | None = agreement.steps.last()
    return last.state if last else PERFORMANCE.begins.key


def indicators_of(agreement: Agreement) -> list[tuple[int, str]]:
    """The indicators, as a form offers them."""
    held = agreement.indicators.all()
    return [(each.pk, f"{each.name} ({each.unit})" if each.unit else each.name) for each in held]


def indicator_of(agreement: Agreement, indicator_id: int) -> PerformanceIndicator | None:
    return agreement.indicators.select_related("agreement__body").filter(pk=indicator_id).first()


def result_of(agreement: Agreement, result_id: int) -> IndicatorResult | None:
    held = IndicatorResult.objects.filter(indicator__agreement=agreement)
    return held.filter(pk=result_id).first()


def bands_of(indicator: PerformanceIndicator) -> Bands:
    return Bands(indicator.better, indicator.target, indicator.approaching, indicator.improve)


def performance_page(agreement: Agreement, *, viewer: Viewer, on: date) -> PerformancePage:
    """The scorecard of the last periods, where performance stands, and what is credited."""
    over = periods_of(agreement, on=on)
    periods = over[-PERIODS_SHOWN:]
    indicators = tuple(agreement.indicators.all())
    results = results_of(agreement)
    ratings = scale(rule_on(on, "agreements", "performance", "rating_scale"))
    deal = deal_of(agreement)
    measured = measures_of(deal) if deal else {}
    rows = tuple(
        _row(each, periods, results, ratings, measured, agreement, viewer) for each in indicators
    )
    state, agreed = state_of(agreement), step_in_of(agreement)
    latest = periods[-1] if periods else None
    checked = [each.checked_on for each in results.values() if each.checked_on]
    known = measures_known(agreement) if measured else {}
    credited = [(period, credits_for(agreement, period, known)) for period in reversed(periods)]
    return PerformancePage(
        periods=periods,
        rows=rows,
        counts=_counts(rows, ratings),
        latest=latest,
        state=state,
        state_words=PERFORMANCE.state(state).words,
        moves=PERFORMANCE.open_from(state),
        steps=tuple(_step(each) for each in agreement.steps.select_related("by").order_by("-pk")),
        suggested=to_consider(agreement, on=on),
        credits=tuple((period, found) for period, found in credited if found),
        step_in=tuple((words, _agreed(agreed.agreed.get(key))) for key, words in TRIGGERS.items()),
        step_in_terms=agreed.terms,
        unmeasured=tuple(
            title
            for key, title in measured.items()
            if key not in known and key not in {each.measure for each in indicators}
        ),
        warnings=duty_warnings(agreement, on=on, count=len(indicators), checked=checked),
        why_not_set=permissions.why_not_keep_agreement(viewer, agreement),
        why_not_report=permissions.why_not_report_result(viewer, agreement),
        why_not_step=permissions.why_not_keep_agreement(viewer, agreement),
    )


def to_consider(agreement: Agreement, *, on: date) -> tuple[str, ...]:
    """What the checked results say it is time for, a sentence each."""
    over, results = periods_of(agreement, on=on), results_of(agreement)
    return suggested(
        state_of(agreement),
        [_course(each, over, results) for each in agreement.indicators.all()],
        rule_on(on, "agreements", "performance", "when_to_act").value,
    )


def _agreed(how: str | None) -> str:
    if how is None:
        return "the exit plan does not name it"
    return f"agreed in the exit plan{': ' if how else ''}{how}"


def duty_warnings(
    agreement: Agreement, *, on: date, count: int, checked: Iterable[date] = ()
) -> tuple[str, ...]:
    """What the law may ask to be set and published that is not there. Warns, never refuses."""
    began = agreement.regime_began_on or agreement.starts_on
    try:
        rule = rule_on(began or on, "agreements", "performance", "indicator_duty")
    except LookupError:
        return ()  # bought before the duty began
    return warnings_of_duty(
        rule,
        regime=agreement.regime,
        value_pence=agreement.value_pence,
        indicators=count,
        assessed_on=max(checked, default=None),
        starts_on=agreement.starts_on,
        on=on,
    )


def _course(
    indicator: PerformanceIndicator,
    periods: Iterable[Period],
    results: dict[tuple[int, date], Result],
) -> Course:
    bands = bands_of(indicator)
    held = [results.get((indicator.pk, period.starts_on)) for period in periods]
    rated = tuple(bands.rating(each.value) for each in held if each and each.is_checked)
    return Course(indicator.name, indicator.is_critical, rated)


def _row(
    indicator: PerformanceIndicator,
    periods: tuple[Period, ...],
    results: dict[tuple[int, date], Result],
    ratings: dict[str, Rating],
    measured: dict[str, str],
    agreement: Agreement,
    viewer: Viewer,
) -> ScoreRow:
    bands = bands_of(indicator)
    reached = "at least" if indicator.better == "higher" else "at most"
    edges = ", ".join(
        f"{ratings[key].label.lower()} {reached} {_number(edge)}"
        for key, edge in (
            ("good", bands.target),
            ("approaching", bands.approaching),
            ("improve", bands.improve),
        )
    )
    may_not = permissions.why_not_check_result(viewer, agreement)
    held = [results.get((indicator.pk, period.starts_on)) for period in periods]
    return ScoreRow(
        id=indicator.pk,
        name=indicator.name,
        unit=indicator.unit,
        better=indicator.get_better_display(),
        bands=edges,
        is_critical=indicator.is_critical,
        hangs_on=measured.get(indicator.measure, ""),
        scores=tuple(_scored(each, bands, ratings, may_not, viewer) for each in held),
    )


def _scored(
    result: Result | None,
    bands: Bands,
    ratings: dict[str, Rating],
    may_not: str | None,
    viewer: Viewer,
) -> Scored | None:
    if result is None:
        return None
    key = bands.rating(result.value)
    own = f"{result.by} reported it, so another checks it."
    return Scored(
        shown="No figure" if result.value is None else _number(result.value),
        rating=ratings[key].label,
        colour=COLOURS.get(key, "grey"),
        is_checked=result.is_checked,
        is_corrected=result.is_corrected,
        result_id=result.id,
        said=result.said,
        by=result.by,
        why_not_check=may_not or (own if result.by_id == viewer.person_id else None),
    )


def _counts(
    rows: Iterable[ScoreRow], ratings: dict[str, Rating]
) -> tuple[tuple[Rating, str, int], ...]:
    """How many indicators have each rating in the last period, for the page's first sentence."""
    last = [row.scores[-1] for row in rows if row.scores and row.scores[-1] is not None]
    found = []
    for key, rating in ratings.items():
        count = len([score for score in last if score and score.rating == rating.label])
        if count:
            found.append((rating, COLOURS.get(key, "grey"), count))
    return tuple(found)


def _step(step: PerformanceStep) -> StepRow:
    words = next(move.words for move in PERFORMANCE.moves if move.key == step.move)
    return StepRow(
        state=step.get_state_display(),
        move=words,
        on=step.on,
        why=step.why,
        answer_by=step.answer_by,
        trigger=step.get_trigger_display() if step.trigger else "",
        credits_said=step.credits_said,
        by=step.by.name,
    )


def _number(value: Decimal) -> str:
    return decimal_number(value.normalize() if value % 1 else value.quantize(Decimal(1)))
