"""All the money of an appraisal: its frame, options, lines, drivers and bodies; is it sound?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import (
    GRADED,
    KNOWN,
    NOT_ECONOMIC,
    Body,
    CostLine,
    Driver,
    Kind,
)
from moothall.appraisal.engine.frame import Frame
from moothall.appraisal.engine.parameters import Parameter
from moothall.deals.deal import Finding, Weight
from moothall.deals.wording import in_sentence
from moothall.values.wording import listed

Amounts = tuple[Decimal, ...]
WORTH = frozenset({Kind.FISCAL, Kind.ECONOMIC, Kind.SOCIAL})


@frozen
class Costing:
    """What the cases, the views and the futures of an appraisal are worked out from.

    options  : key -> name, in the order of the appraisal
    partners : beside the bodies that every appraisal knows
    usual    : the option with which the others are compared; None: none is business as usual
    of_lines : the dated parameters that lines rest on, besides those of the frame
    """

    frame: Frame
    options: Mapping[str, str]
    lines: tuple[CostLine, ...]
    drivers: Mapping[str, Driver] = field(factory=dict)
    partners: Mapping[str, Body] = field(factory=dict)
    usual: str | None = None
    correlations: tuple[tuple[str, str, Decimal], ...] = ()
    of_lines: tuple[Parameter, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The dated parameters that it rests on."""
        return (*self.frame.parameters, *self.of_lines)

    def lines_of(self, option: str) -> tuple[CostLine, ...]:
        return tuple(line for line in self.lines if line.option == option)

    @property
    def bodies(self) -> Mapping[str, Body]:
        return {**KNOWN, **self.partners}

    @property
    def has_benefits(self) -> bool:
        """Whether there is anything to net costs against: income only makes a cost less."""
        return any(line.kind in WORTH for line in self.lines)

    def real(self, line: CostLine) -> Amounts:
        return self.frame.real(line, self.drivers)

    def nominal(self, line: CostLine) -> Amounts:
        return self.frame.nominal(line, self.drivers)


def findings(costing: Costing, followed: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what must be mended, or looked at, before its results are used.

    followed : drivers that the facts of deals follow
    """
    seen: set[tuple[str, str]] = set()
    for line in costing.lines:
        place = f"lines.{line.key}"
        if (line.option, line.key) in seen:
            said = f"{line.title} stands twice under one key in the same option."
            yield Finding(place, said, "Give one of them another key.")
        seen.add((line.option, line.key))
        if line.option not in costing.options:
            said = (
                f"{line.title} is of the option {line.option}, which the appraisal does not have."
            )
            yield Finding(f"{place}.option", said, f"Name one of {', '.join(costing.options)}.")
        for body in line.bodies:
            if body not in costing.bodies:
                said = f"{line.title} falls on {body}, which is no body of this appraisal."
                mend = f"Name one of {', '.join(costing.bodies)}, or add it as a partner."
                yield Finding(f"{place}.falls_on", said, mend)
        if line.falls_on == line.paid_to:
            said = f"{line.title} would be paid by {line.falls_on} to itself."
            yield Finding(f"{place}.paid_to", said, "Name another body, or leave paid_to out.")
        if line.kind is Kind.FUNDING and line.paid_to is None and line.option in costing.options:
            said = f"{line.title} comes from no body of the appraisal."
            mend = (
                "Where a public body gives it, name it as paid_to (hmrc for the Treasury): "
                "otherwise the whole public sector looks richer by it."
            )
            yield Finding(f"{place}.paid_to", said, mend, Weight.LOOK)
        for name in line.drivers:
            if name not in costing.drivers:
                said = f"{line.title} follows {name}, which is no driver of this appraisal."
                known = ", ".join(costing.drivers) or "none yet"
                yield Finding(f"{place}.drivers", said, f"Add it; there are: {known}.")
        if line.index and line.index not in costing.frame.indices:
            said = f"The price of {line.title} follows {line.index}, whose growth is not stated."
            yield Finding(f"{place}.index", said, "State its growth per year among the indices.")
        if isinstance(line.amount_gbp, tuple) and len(line.amount_gbp) > costing.frame.years:
            said = (
                f"{line.title} has amounts for {len(line.amount_gbp)} years, and the appraisal is "
                f"of {costing.frame.years}."
            )
            yield Finding(f"{place}.amount_gbp", said, "Take out those after its end.")
        if line.cashable_share and not line.kind.is_benefit:
            said = f"{line.title} is a cost, and only a benefit is cashed."
            yield Finding(f"{place}.cashable_share", said, "Leave cashable_share out.")
        if line.cashable_share and line.cashable_from is None:
            said = f"{line.title} can be cashed, and no year says from when."
            yield Finding(f"{place}.cashable_from", said, "Add the first year in which it is.")
        if line.grades and any(one not in GRADED for one in line.grades):
            said = f"The evidence of {line.title} is graded {listed(map(str, line.grades))}."
            yield Finding(f"{place}.grades", said, "A grade is from 1, the best, to 6.")
        if line.optimism_bias and line.distribution is not None:
            said = f"{line.title} has both an optimism bias and a spread of its own."
            mend = "See that the spread is not lopsided for the same reason: it would count twice."
            yield Finding(place, said, mend, Weight.LOOK)
    yield from _costless_partners(costing)
    for key, driver in costing.drivers.items():
        if key not in followed and not any(key in line.drivers for line in costing.lines):
            said = f"Nothing follows {driver.title}."
            yield Finding(f"drivers.{key}", said, "Use it, or take it out.", Weight.LOOK)


def not_evaluated(costing: Costing) -> str | None:
    """Say which benefits nobody has said how to evaluate, or None."""
    titles = dict.fromkeys(
        in_sentence(line.title)
        for line in costing.lines
        if line.kind in WORTH and not line.evaluated_by
    )
    if not titles:
        return None
    return (
        f"Nothing says how it will be known whether these came: {listed(titles)}. Name a trial, a "
        "comparison or a theory, and the day when what came of it replaces the forecast."
    )


def _costless_partners(costing: Costing) -> Iterator[Finding]:
    """Yield partners that are paid to do something and bear no cost of doing it.

    What one body pays another is left out to society: the cost must stand where it is borne.
    """
    for option in costing.options:
        lines = costing.lines_of(option)
        bearing = {line.falls_on for line in lines if not line.kind.is_benefit}
        for line in lines:
            payee = line.paid_to
            if payee is None or payee in bearing or payee not in costing.partners:
                continue
            if line.kind not in NOT_ECONOMIC and not line.kind.is_benefit:
                name = costing.partners[payee].name
                said = (
                    f"{line.title} pays {name}, which bears no cost in {costing.options[option]}."
                )
                mend = "Add what it costs them, or leave paid_to out: to society it would be free."
                yield Finding(f"lines.{line.key}.paid_to", said, mend, Weight.LOOK)
