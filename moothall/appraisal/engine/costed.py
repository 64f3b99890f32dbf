"""What does the money of an appraisal come to? One answer out of all that is costed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.appraisal import Appraisal
from moothall.appraisal.engine.cost_lines import CostLine
from moothall.appraisal.engine.costing import Costing, not_evaluated
from moothall.appraisal.engine.costing import findings as costing_findings
from moothall.appraisal.engine.economic_case import EconomicCase, economic_case
from moothall.appraisal.engine.financial_case import FinancialCase, financial_case
from moothall.appraisal.engine.frame import frame_on
from moothall.appraisal.engine.futures import Futures, Spread, futures
from moothall.appraisal.engine.green_book import BenefitCostRatio
from moothall.appraisal.engine.measures import (
    Measures,
    TurningPoint,
    Weighted,
    measures,
    turning_points,
    weighted_by_income,
)
from moothall.appraisal.engine.parameters import Parameter, Rules, parameter, warnings
from moothall.appraisal.engine.partnership_cba import corrected
from moothall.appraisal.engine.payments import Payment, payment_futures, with_payments
from moothall.appraisal.engine.payments import findings as payment_findings
from moothall.appraisal.engine.unknowns import Kept
from moothall.appraisal.engine.unknowns import findings as unknown_findings
from moothall.appraisal.engine.views import (
    View,
    council_view,
    moved_in_words,
    public_sector_view,
)
from moothall.appraisal.engine.worth_knowing import (
    WorthKnowing,
    choice_in_words,
    choice_of_drawing,
    worth_knowing,
)
from moothall.deals.deal import Finding
from moothall.deals.wording import in_sentence
from moothall.values.wording import listed, percentage

Unknown = Mapping[str, tuple[str, ...]]
TOLD = 3  # turning points that are told of: the nearest


@frozen
class RuleBooks:
    """The dated rules that an appraisal is worked out by, as read from disk by whoever asks.

    without_competition, thresholds : of the legal routes
    """

    discounting: Rules
    deflators: Rules
    distributional: Rules
    confidence_grades: Rules
    without_competition: Rules
    thresholds: Rules


@frozen(eq=False)
class Costed:
    """What each option costs and is worth.

    costing  : with what deals are expected to pay as lines of their own
    unknown  : option -> what of it nobody knows the amount of; what it comes to is not known then
    futures  : of every option, the same for all; None where nothing has been costed
    spreads  : option -> how it spreads over them, to society
    knowing  : what is worth finding out; None where nothing is uncertain
    worth    : (option, line) -> what it is worth to society, present value
    measures : option -> its figures, against business as usual where there is one
    turning  : what one line alone would turn, the nearest first
    weighted : option -> with a pound counted by income; empty where no line says whose
    """

    costing: Costing
    economic: EconomicCase
    financial: FinancialCase
    council: Mapping[str, View]
    public: Mapping[str, View]
    unknown: Unknown
    futures: Futures | None
    spreads: Mapping[str, Spread]
    knowing: WorthKnowing | None
    worth: Mapping[tuple[str, str], Decimal]
    measures: Mapping[str, Measures]
    turning: tuple[TurningPoint, ...]
    weighted: Mapping[str, Weighted]
    notes: tuple[str, ...]

    def why_no_npv(self, option: str) -> str:
        """Say why an option has no net present value; empty where it has one."""
        if option in self.unknown:
            return f"Nobody knows the amount of {listed(map(in_sentence, self.unknown[option]))}."
        if not self.costing.lines_of(option):
            return "It has no line of cost or benefit."
        if not self.costing.has_benefits:
            return "There are only costs to compare, and nothing to net them against."
        return ""

    def npv(self, option: str) -> Decimal | None:
        """Benefits to society less costs, real and discounted; None where it cannot be said."""
        return None if self.why_no_npv(option) else self.economic.options[option].npsv

    def public_npv(self, option: str) -> Decimal | None:
        """The same of all public bodies together: taxes and transfers between them come to none."""
        return None if self.why_no_npv(option) else self.public[option].net

    def cost(self, option: str) -> Decimal | None:
        """Costs alone, present value, above nought; None where one is not known."""
        is_known = option not in self.unknown and self.costing.lines_of(option)
        return self.economic.options[option].costs if is_known else None

    def council_cost(self, option: str) -> Decimal | None:
        """What the council pays, net of what it receives, above nought."""
        is_known = option not in self.unknown and self.costing.lines_of(option)
        return self.council[option].cost if is_known else None

    def public_cost(self, option: str) -> Decimal | None:
        """What all public bodies together pay, net of what they receive, above nought."""
        is_known = option not in self.unknown and self.costing.lines_of(option)
        return self.public[option].cost if is_known else None

    def against_usual(self, option: str) -> Decimal | None:
        """How much better than business as usual to society; None where either is not known."""
        usual = self.economic.usual
        if usual is None or {option, usual} & self.unknown.keys():
            return None
        if not self.costing.lines_of(option) or not self.costing.lines_of(usual):
            return None
        return self.economic.against_usual(option)

    def ratio(self, option: str) -> BenefitCostRatio | None:
        """Benefits to society for a pound of public cost; None where there is no benefit to net."""
        return None if self.why_no_npv(option) else self.measures[option].ratio

    def best(self) -> tuple[str, ...]:
        return best_value(self.nets(self.costing), self.unknown)

    def nets(self, costing: Costing) -> dict[str, Decimal]:
        """Option -> benefits less costs of a costing whose lines are all among these."""
        found: dict[str, Decimal] = {}
        for line in costing.lines:
            worth = self.worth[line.option, line.key]
            found[line.option] = found.get(line.option, Decimal(0)) + worth
        return found

    def best_probability(self, option: str) -> float | None:
        """In which share of futures no other is worth more; None while anything is unknown."""
        if self.unknown or not self.costing.lines_of(option) or option not in self.spreads:
            return None
        return self.spreads[option].best

    def percentiles(self, option: str) -> Mapping[str, float]:
        """Of the net present value; empty where there is none."""
        if self.why_no_npv(option) or option not in self.spreads:
            return {}
        return self.spreads[option].percentiles

    def robustness(self) -> Iterator[str]:
        """How far the choice by money holds."""
        done = self.futures
        if done is None or self.unknown or len(done.costing.options) < 2 or not done.unknowns:
            return
        ahead = max(self.spreads.values(), key=lambda one: one.mean)
        most = max(self.spreads.values(), key=lambda one: one.best)
        yield (
            f"{ahead.name} is worth the most on average over {done.draws:,} futures, and is the "
            f"best of all in {percentage(ahead.best)} of them."
        )
        if most.option != ahead.option:
            yield f"{most.name} is the best in more of them: {percentage(most.best)}."
        yield choice_in_words(choice_of_drawing(done), done.unknowns)
        yield from (one.in_words() for one in self.turning[:TOLD])
        if self.knowing is not None:
            yield from (one.in_words() for one in self.knowing.unknowns)
            yield from self.knowing.notes


def best_value(nets: Mapping[str, Decimal], unknown: Unknown) -> tuple[str, ...]:
    """Who is worth the most, or costs society the least; empty while anything is unknown."""
    if unknown:
        return ()
    return tuple(key for key, net in nets.items() if net == max(nets.values()))


@frozen
class Money:
    """The money of a shortlist: what is certain, what is unknown, and the deals that pay."""

    costing: Costing
    unknown: Unknown
    payments: tuple[Payment, ...]
    distributional: Rules
    on: date

    def findings(self) -> Iterator[Finding]:
        """Yield what must be mended before its money is worked out."""
        followed = {one.driver for paid in self.payments for one in paid.follows.values()}
        yield from costing_findings(self.costing, followed)
        yield from unknown_findings(self.costing)
        for payment in self.payments:
            yield from payment_findings(payment, self.costing)


def money_of(appraisal: Appraisal, shortlist: tuple[str, ...], rules: RuleBooks) -> Money:
    """Return the money of a shortlist, by the rules of its day.

    :raises ValueError: when those rules have no such schedule, or no prices of such years.
    """
    frame = frame_on(
        rules.discounting,
        rules.deflators,
        appraisal.on,
        first_year=appraisal.first_year,
        years=appraisal.years,
        price_year=appraisal.price_year,
        vintage=appraisal.vintage,
        indices=appraisal.indices,
    )
    usual = appraisal.usual
    lines = tuple(
        corrected(line, rules.confidence_grades, appraisal.on)
        for line in appraisal.lines
        if line.option in shortlist
    )
    costing = Costing(
        frame=frame,
        options={key: appraisal.options[key].name for key in shortlist},
        lines=lines,
        of_lines=tuple(_of_lines(lines, rules, appraisal.on)),
        drivers=appraisal.drivers,
        partners=appraisal.partners,
        usual=None if usual is None else usual.key,
        correlations=appraisal.correlations,
    )
    unknown: dict[str, tuple[str, ...]] = {}
    for line in appraisal.unknown_lines:
        if line.option in shortlist:
            unknown[line.option] = (*unknown.get(line.option, ()), line.title)
    payments = tuple(
        payment for key in shortlist if (payment := appraisal.options[key].payment) is not None
    )
    return Money(costing, unknown, payments, rules.distributional, appraisal.on)


def _of_lines(lines: tuple[CostLine, ...], rules: RuleBooks, on: date) -> Iterator[Parameter]:
    """Yield the dated parameters that some line asks for."""
    if any(line.grades for line in lines):
        yield parameter(rules.confidence_grades, "corrections", on)
    if any(line.income_gbp is not None for line in lines):
        for key in ("marginal_utility", "median_income"):
            yield parameter(rules.distributional, key, on)


def costed(money: Money, *, draws: int, seed: int) -> Costed:
    """Return what options cost and are worth. Draws are kept for whoever changes one thing."""
    costing, unknown = money.costing, money.unknown
    done = None
    if costing.lines or money.payments:
        done = futures(costing, seed=seed, draws=draws, payments=money.payments, kept=_kept)
        paid = {
            one.option: (one, payment_futures(one, costing, done.drawing)) for one in money.payments
        }
        costing = with_payments(costing, paid)
    options = costing.options
    uncertain = done is not None and (done.unknowns or money.payments) and len(options) > 1
    economic = economic_case(costing)
    usual = costing.usual if costing.usual in options else None
    council = {key: council_view(costing, key) for key in options}
    public = {key: public_sector_view(costing, key) for key in options}
    return Costed(
        costing=costing,
        economic=economic,
        financial=financial_case(costing),
        council=council,
        public=public,
        unknown=unknown,
        futures=done,
        spreads={} if done is None else {one.option: one for one in done.spreads()},
        knowing=worth_knowing(done) if done is not None and uncertain else None,
        worth={
            (key, one.line.key): one.present_value
            for key, option in economic.options.items()
            for one in option.lines
        },
        measures={
            key: measures(costing, economic, key, against=None if key == usual else usual)
            for key in options
        },
        turning=turning_points(costing, economic) if len(options) > 1 else (),
        weighted={
            key: weighted_by_income(money.distributional, economic, key, money.on)
            for key in options
            if any(line.income_gbp is not None for line in costing.lines)
        },
        notes=(
            *_notes(costing, unknown),
            *_moved(costing, council, public, unknown),
            *_notes_of_deals(done),
        ),
    )


def _moved(
    costing: Costing, council: Mapping[str, View], public: Mapping[str, View], unknown: Unknown
) -> Iterator[str]:
    """Yield where the council saves what other public bodies pay."""
    usual = costing.usual
    if usual is None or usual not in costing.options or usual in unknown:
        return
    for option, name in costing.options.items():
        if option != usual and option not in unknown:
            gains = council[option].net - council[usual].net
            moved = moved_in_words(gains, public[option].net - public[usual].net)
            if moved:
                yield f"{name}: {in_sentence(moved)}"


def _notes_of_deals(done: Futures | None) -> tuple[str, ...]:
    """What deals have to say of themselves; the first note tells how lines are drawn."""
    return () if done is None else done.notes[bool(done.unknowns) :]


_kept = Kept()


def _notes(costing: Costing, unknown: Unknown) -> Iterator[str]:
    if not costing.lines:
        yield "Nothing has been costed yet."
        return
    yield from warnings(costing.parameters)
    if (sentence := not_evaluated(costing)) is not None:
        yield sentence
    for option, titles in unknown.items():
        yield (
            f"What {costing.options[option]} comes to is not known: nobody knows the amount of "
            f"{listed(map(in_sentence, titles))}."
        )
