"""What does an appraisal come to? The whole answer, out of one file and the rules of its day.

Everything that a page, a paper, a spreadsheet or a program shows is taken from here. What did not
change since the last answer is not worked out again: each part is kept by a digest of what it rests
on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from attrs import evolve, frozen

from moothall.appraisal.engine.appraisal import Appraisal, Option
from moothall.appraisal.engine.costed import (
    Costed,
    Money,
    RuleBooks,
    best_value,
    costed,
    money_of,
)
from moothall.appraisal.engine.delivery_models import DeliveryModel, delivery_models
from moothall.appraisal.engine.evidence import Headline, Weak, weakest_first, with_answers
from moothall.appraisal.engine.gates import Gate, duties_read, gates, preconditions_in_words
from moothall.appraisal.engine.longlist import Sieve, Sifted, sifted
from moothall.appraisal.engine.measures import Measures, Weighted
from moothall.appraisal.engine.model_costs import answers
from moothall.appraisal.engine.model_costs import findings as rows_left_out
from moothall.appraisal.engine.robustness import on_options
from moothall.appraisal.engine.social_value import Marks, marked, warnings
from moothall.appraisal.engine.trials import TrialResult, read
from moothall.appraisal.engine.weighed import Weighed, may_be_first, weighed
from moothall.deals.deal import Finding, Weight
from moothall.deals.wording import in_sentence
from moothall.directory.engine.routes import NOT_ADVICE, Route, State, routes
from moothall.values.money import PENNY
from moothall.values.money import Money as Pounds
from moothall.values.periods import year_words
from moothall.values.wording import listed

DRAWS, SEED = 10_000, 1
KEPT = 24  # parts of answers that are kept, the latest used last
Part = TypeVar("Part")


@frozen(eq=False)
class OptionResult:
    """One option of the longlist with all that is said of it; None: not known, or not asked.

    routes : which legal routes are open to it, by what the file knows of it; empty: nothing is
    """

    option: Option
    model: DeliveryModel
    sifted: Sifted
    routes: tuple[Route, ...]
    npv: Decimal | None
    public_npv: Decimal | None
    why_no_npv: str
    cost: Decimal | None
    council_cost: Decimal | None
    public_cost: Decimal | None
    against_usual: Decimal | None
    bcr: Decimal | None
    bcr_basis: str
    measures: Measures | None
    weighted: Weighted | None
    score: float | None
    rank: int | None
    first_probability: float | None
    best_probability: float | None
    percentiles: Mapping[str, float]

    @property
    def ways(self) -> tuple[Route, ...]:
        """The legal routes that may lead to its form; none where nothing is known of them."""
        return tuple(route for route in self.routes if route.key in self.model.routes)

    def why_no_way(self) -> str | None:
        """Say that every route to its form is closed, or None."""
        if not self.ways or any(route.state is not State.CLOSED for route in self.ways):
            return None
        why = " ".join(dict.fromkeys(route.because for route in self.ways))
        return f"Every legal route that leads to {self.option.name} is closed. {why} {NOT_ADVICE}"

    def as_json(self, basis: Mapping[str, str]) -> dict[str, object]:
        return {
            "key": self.option.key,
            "name": self.option.name,
            "form": self.option.form,
            "overlays": list(self.option.overlays),
            "role": self.option.role.value,
            "outcome": self.sifted.outcome.value,
            "because": self.sifted.because,
            "npv_gbp": _pounds(self.npv),
            "npv_basis": dict(basis),
            "why_no_npv": self.why_no_npv,
            "public_sector_npv_gbp": _pounds(self.public_npv),
            "public_sector_npv_basis": dict(basis),
            "cost_gbp": _pounds(self.cost),
            "council_cost_gbp": _pounds(self.council_cost),
            "public_sector_cost_gbp": _pounds(self.public_cost),
            "against_business_as_usual_gbp": _pounds(self.against_usual),
            "bcr": None if self.bcr is None else round(float(self.bcr), 4),
            "bcr_basis": self.bcr_basis,
            **_measured(self.measures),
            "npv_weighted_by_income_gbp": (
                None if self.weighted is None else _pounds(self.weighted.weighted)
            ),
            "score": None if self.score is None else round(self.score, 4),
            "rank": self.rank,
            "first_rank_probability": self.first_probability,
            "best_npv_probability": self.best_probability,
            "npv_percentiles": dict(self.percentiles),
            "routes": [one.as_json() for one in self.routes],
        }


def _measured(found: Measures | None) -> dict[str, object]:
    """The figures of an option against another; every one None where its money is not known."""
    switching = None if found is None else found.switching
    return {
        "against": None if found is None else found.against,
        "payback_years": None if found is None else _number(found.payback),
        "discounted_payback_years": None if found is None else _number(found.discounted_payback),
        "rate_of_return": None if found is None else _number(found.rate_of_return),
        "equivalent_annual_gbp": None if found is None else _pounds(found.equivalent_annual),
        "switching_values": None
        if switching is None
        else {
            "benefits_fall": _number(switching.benefits_fall),
            "costs_rise": _number(switching.costs_rise),
        },
    }


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else round(float(amount), 4)


def _pounds(amount: Decimal | None) -> float | None:
    return None if amount is None else round(float(amount), 2)


@frozen(eq=False)
class Result:
    """An appraisal worked out.

    weighed       : what scores and weights come to, or why they come to nothing yet
    money         : what is costed
    robustness    : how far the answer holds, a sentence each
    weak          : all evidence, the weakest first
    trials, marks : what trials of behaviour came to; what bids were given
    notes         : what to look at before anyone relies on it
    """

    appraisal: Appraisal
    draws: int
    seed: int
    gates: tuple[Gate, ...]
    sieve: Sieve
    options: Mapping[str, OptionResult]
    weighed: Weighed | str
    money: Costed
    robustness: tuple[str, ...]
    weak: tuple[Weak, ...]
    trials: tuple[TrialResult, ...]
    marks: tuple[Marks, ...]
    notes: tuple[str, ...]

    @property
    def basis(self) -> dict[str, str]:
        """The sign, basis and prices of every net present value."""
        return {
            "sign": "benefits above nought, costs below",
            "real_or_nominal": "real",
            "price_year": year_words(self.appraisal.price_year),
            "discounted_to": year_words(self.appraisal.first_year),
            "discounting": self.money.costing.frame.schedule.parameter.source,
        }

    def as_json(self) -> dict[str, Any]:
        """The answer in JSON's own types: estimates are numbers."""
        made = self.weighed.weighing if isinstance(self.weighed, Weighed) else None
        return {
            "appraisal": self.appraisal.name,
            "body": self.appraisal.body,
            "draws": self.draws,
            "seed": self.seed,
            "basis": self.money.economic.basis,
            "service": _service(self.appraisal),
            "duties": [one.sentence for one in duties_read(self.appraisal)],
            "preconditions": preconditions_in_words(self.appraisal.preconditions),
            "gates": [one.as_json() for one in self.gates],
            "choices": [one.as_json() for one in self.sieve.choices],
            "options": [one.as_json(self.basis) for one in self.options.values()],
            "robustness": list(self.robustness),
            "weighing": None if made is None else made.as_json(),
            "weakest_evidence": [one.as_json() for one in self.weak],
            "trials": [one.as_json() for one in self.trials],
            "bids": [one.as_json() for one in self.marks],
            "notes": list(self.notes),
        }


def _service(appraisal: Appraisal) -> dict[str, object]:
    """The service as the file defines it; what nobody has said is None."""
    of = appraisal.service
    return {
        "name": of.name,
        "function": of.function,
        "users": of.users,
        "volume": None if of.volume is None else str(of.volume),
        "volume_unit": of.volume_unit,
        "cost_gbp": None if of.cost_gbp is None else str(of.cost_gbp),
        "cost_year": of.cost_year,
        "spend_filter": of.spend_filter,
        "staff_fte": None if of.staff_fte is None else str(of.staff_fte),
        "level": None if of.level is None else of.level.value,
        "held_by": of.held_by,
        "power": of.power,
        "case_for_change": of.case_for_change,
    }


def result(
    appraisal: Appraisal,
    rules: RuleBooks,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    models: Mapping[str, DeliveryModel] | None = None,
) -> Result:
    """Work an appraisal out.

    rules  : the dated rules, from which those of its day are taken
    models : the catalogue of delivery models; that which comes with the program unless given

    :raises CannotAppraise: with what must be mended of its money.
    """
    known = delivery_models() if models is None else models
    sieve = sifted(appraisal)
    shortlist = sieve.shortlist
    if must := [one for one in money_findings(appraisal, rules) if one.weight is Weight.MUST]:
        raise CannotAppraise(must)
    weighing = _weighed(appraisal, shortlist, draws, seed)
    money = _costed(money_of(appraisal, shortlist, rules), draws, seed)
    options = {
        one.key: _option(appraisal, one, known, weighing, money, rules) for one in sieve.options
    }
    weak = with_answers(
        appraisal,
        weakest_first(appraisal),
        lambda changed: headline(changed, rules, money),
    )
    notes = (*(f"The shortlist lacks {in_sentence(one)}" for one in sieve.lacks), *money.notes)
    notes += tuple(no for one in options.values() if (no := one.why_no_way()) is not None)
    notes += tuple(_rows_without_answer(appraisal, money))
    notes += (weighing,) if isinstance(weighing, str) else weighing.notes
    tender = appraisal.tender
    return Result(
        appraisal=appraisal,
        draws=draws,
        seed=seed,
        gates=gates(appraisal),
        sieve=sieve,
        options=options,
        weighed=weighing,
        money=money,
        robustness=tuple(_robustness(weighing, money)),
        weak=weak,
        trials=tuple(map(read, appraisal.trials)),
        marks=() if tender is None else marked(tender.bids, tender.marking),
        notes=(*notes, *_of_bids(appraisal)),
    )


def _of_bids(appraisal: Appraisal) -> Iterator[str]:
    """Yield what to look at of how bids are marked."""
    tender = appraisal.tender
    if tender is None:
        return
    yield from warnings(tender.bids, tender.marking)
    names = {bid.key: bid.name for bid in tender.bids}
    for key, unknown in tender.unknown.items():
        yield (
            f"{names[key]} promises {listed(unknown)}, of which no value is known: it counts for "
            "nothing in its marks by amount, and may be worth much."
        )


def _robustness(weighing: Weighed | str, money: Costed) -> Iterator[str]:
    """How far the answer holds: by weights, by weighers, by methods, by money."""
    if not isinstance(weighing, Weighed) or weighing.weighing is None:
        yield from money.robustness()
        return
    yield from weighing.weighing.robustness
    costs = {
        key: Pounds(cost.quantize(PENNY))
        for key in weighing.scores.options
        if (cost := money.cost(key)) is not None
    }
    yield from on_options(weighing.scores, (), (), weighing.against_cost(costs))
    yield from money.robustness()


def headline(appraisal: Appraisal, rules: RuleBooks, money: Costed) -> Headline:
    """Return the answer in short: what goes on, and who comes first by score and by money.

    money : of the whole appraisal; what is left out of it is not worked out again
    """
    shortlist = sifted(appraisal).shortlist
    left = money_of(appraisal, shortlist, rules)
    worth = [line for line in left.costing.lines if (line.option, line.key) in money.worth]
    return Headline(
        shortlist,
        may_be_first(appraisal, shortlist),
        best_value(money.nets(evolve(left.costing, lines=tuple(worth))), left.unknown),
        tuple(title for titles in left.unknown.values() for title in titles),
    )


class CannotAppraise(ValueError):
    """The money of an appraisal cannot be worked out yet. `findings` says what must be mended."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(" ".join(f"{f.place}: {f.sentence} {f.mend}" for f in findings))


def money_findings(appraisal: Appraisal, rules: RuleBooks) -> list[Finding]:
    """Return what must be mended of an appraisal's money, and what to look at."""
    try:
        money = money_of(appraisal, tuple(appraisal.options), rules)
    except (ValueError, LookupError) as refusal:
        return [Finding("appraisal", str(refusal), "Mend its years, prices or discounting.")]
    found = list(money.findings())
    if any(one.weight is Weight.MUST for one in found):
        return found
    zeros = {key: one.zero for key, one in appraisal.options.items()}
    said = {f"options.{option}.zero.{row}" for option, of in zeros.items() for row in of}
    return found + [
        evolve(one, weight=Weight.LOOK)
        for one in rows_left_out(money.costing, zeros)
        if one.place in said
    ]


def _rows_without_answer(appraisal: Appraisal, money: Costed) -> Iterator[str]:
    """Yield, for each option that is costed, the rows of model costs of which it says nothing."""
    zeros = {key: one.zero for key, one in appraisal.options.items()}
    for option, name in money.costing.options.items():
        if money.costing.lines_of(option):
            blank = [
                in_sentence(one.row.title)
                for one in answers(money.costing, option, zeros)
                if not one.lines and not one.zero
            ]
            if blank:
                yield (
                    f"{name} says nothing of {listed(blank)}. Give each a line, or say in zero why "
                    "it comes to nothing."
                )


def _option(
    appraisal: Appraisal,
    one: Sifted,
    models: Mapping[str, DeliveryModel],
    weighing: Weighed | str,
    money: Costed,
    rules: RuleBooks,
) -> OptionResult:
    option, key = appraisal.options[one.key], one.key
    open_to = (
        ()
        if option.legal is None
        else routes(option.legal, rules.without_competition, rules.thresholds)
    )
    of = weighing if isinstance(weighing, Weighed) and one.goes_on else None
    is_known = one.goes_on and money.cost(key) is not None
    ratio = money.ratio(key) if one.goes_on else None
    return OptionResult(
        option=option,
        model=models[option.form],
        sifted=one,
        routes=open_to,
        npv=money.npv(key) if one.goes_on else None,
        public_npv=money.public_npv(key) if one.goes_on else None,
        why_no_npv=money.why_no_npv(key) if one.goes_on else "It was discounted.",
        cost=money.cost(key) if one.goes_on else None,
        council_cost=money.council_cost(key) if one.goes_on else None,
        public_cost=money.public_cost(key) if one.goes_on else None,
        against_usual=money.against_usual(key) if one.goes_on else None,
        bcr=None if ratio is None else ratio.value,
        bcr_basis="" if ratio is None else ratio.side.value,
        measures=money.measures[key] if is_known else None,
        weighted=money.weighted.get(key) if is_known else None,
        score=None if of is None else of.score(key),
        rank=None if of is None else of.rank(key),
        first_probability=None if of is None else of.first_probability(key),
        best_probability=money.best_probability(key) if one.goes_on else None,
        percentiles=money.percentiles(key) if one.goes_on else {},
    )


# Each part is kept by what it rests on, so that a changed weight costs nothing in money.

_kept: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


def _once(name: str, rests_on: object, work: Callable[[], Part]) -> Part:
    """Return a part of an answer, worked out once for all that it rests on.

    Several threads may ask: two that ask for the same at once may both work it out.

    rests_on : frozen values, whose words say all that they hold
    """
    digest = sha256(f"{name} {rests_on!r}".encode()).hexdigest()
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
            found: Part = _kept[digest]
            return found
    made = work()
    with _lock:
        _kept[digest] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _weighed(
    appraisal: Appraisal, shortlist: tuple[str, ...], draws: int, seed: int
) -> Weighed | str:
    titles = [appraisal.options[key].name for key in shortlist]
    lines = [(line.key, line.title) for line in appraisal.lines]
    rests_on = (
        *(shortlist, titles, lines, draws, seed),
        *(appraisal.criteria, appraisal.scores, appraisal.weightings),
    )
    return _once("weighed", rests_on, lambda: weighed(appraisal, shortlist, draws=draws, seed=seed))


def _costed(money: Money, draws: int, seed: int) -> Costed:
    return _once("costed", (money, draws, seed), lambda: costed(money, draws=draws, seed=seed))
