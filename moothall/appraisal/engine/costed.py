"""What does the money of an appraisal come to? One answer out of all that is costed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.appraisal import Appraisal
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.economic_case import EconomicCase, economic_case
from moothall.appraisal.engine.financial_case import FinancialCase, financial_case
from moothall.appraisal.engine.frame import frame_on
from moothall.appraisal.engine.green_book import BenefitCostRatio, benefit_cost_ratio
from moothall.appraisal.engine.parameters import Rules, warnings
from moothall.appraisal.engine.views import (
    View,
    council_view,
    moved_between_bodies,
    public_sector_view,
)
from moothall.deals.wording import in_sentence
from moothall.values.wording import listed

Unknown = Mapping[str, tuple[str, ...]]


@frozen
class RuleBooks:
    """The dated rules that an appraisal is worked out by, as read from disk by whoever asks.

    without_competition, thresholds : of the legal routes
    """

    discounting: Rules
    deflators: Rules
    without_competition: Rules
    thresholds: Rules


@frozen(eq=False)
class Costed:
    """What each option costs and is worth.

    unknown : option -> what of it nobody knows the amount of; what it comes to is not known then
    """

    costing: Costing
    economic: EconomicCase
    financial: FinancialCase
    council: Mapping[str, View]
    public: Mapping[str, View]
    unknown: Unknown
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
        if self.why_no_npv(option):
            return None
        one = self.economic.options[option]
        private = one.costs - one.public_costs
        return benefit_cost_ratio(one.benefits - private, one.public_costs)

    def best(self) -> tuple[str, ...]:
        """Who is worth the most, or costs society the least; empty while anything is unknown."""
        if self.unknown:
            return ()
        nets = {
            key: one.net for key, one in self.economic.options.items() if self.costing.lines_of(key)
        }
        return tuple(key for key, net in nets.items() if net == max(nets.values()))


def costing_of(
    appraisal: Appraisal, shortlist: tuple[str, ...], rules: RuleBooks
) -> tuple[Costing, Unknown]:
    """Return the money of a shortlist, by the rules of its day, and what of it is unknown."""
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
    costing = Costing(
        frame=frame,
        options={key: appraisal.options[key].name for key in shortlist},
        lines=tuple(line for line in appraisal.lines if line.option in shortlist),
        drivers=appraisal.drivers,
        partners=appraisal.partners,
        usual=None if usual is None else usual.key,
        correlations=appraisal.correlations,
    )
    unknown: dict[str, tuple[str, ...]] = {}
    for line in appraisal.unknown_lines:
        if line.option in shortlist:
            unknown[line.option] = (*unknown.get(line.option, ()), line.title)
    return costing, unknown


def costed(costing: Costing, unknown: Unknown) -> Costed:
    """Return what options cost and are worth."""
    options = costing.options
    return Costed(
        costing=costing,
        economic=economic_case(costing),
        financial=financial_case(costing),
        council={key: council_view(costing, key) for key in options},
        public={key: public_sector_view(costing, key) for key in options},
        unknown=unknown,
        notes=tuple(_notes(costing, unknown)),
    )


def _notes(costing: Costing, unknown: Unknown) -> Iterator[str]:
    if not costing.lines:
        yield "Nothing has been costed yet."
        return
    yield from warnings(costing.frame.parameters)
    for option, titles in unknown.items():
        yield (
            f"What {costing.options[option]} comes to is not known: nobody knows the amount of "
            f"{listed(map(in_sentence, titles))}."
        )
    if costing.usual is not None and costing.usual in costing.options:
        for option in costing.options:
            if option != costing.usual and not {option, costing.usual} & unknown.keys():
                moved = moved_between_bodies(costing, option, costing.usual)
                if moved:
                    yield f"{costing.options[option]}: {in_sentence(moved)}"
