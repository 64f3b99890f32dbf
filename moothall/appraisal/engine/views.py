"""What is an option worth to each body, and to the whole public sector? Kept apart from society.

Taxes and transfers count: they leave one budget for another. In the whole public sector what one
public body pays another comes to nothing, so savings that only move a tax are seen to be moved.
Real and discounted, so that bodies can be compared; budgets are in the financial case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.cost_lines import COUNCIL, SOCIETY, CostLine, Kind
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.discounting import present_value
from moothall.appraisal.engine.financial_case import cashed_share
from moothall.values.wording import pounds_in_words

NIL = Decimal(0)
NO_MONEY = frozenset(
    {Kind.OPPORTUNITY, Kind.DEPRECIATION, Kind.SUNK, Kind.ECONOMIC, Kind.SOCIAL, Kind.BORROWING}
)
"""Kinds that change no body's money, and borrowing, which discounting already answers for."""


@frozen
class View:
    """What an option is worth to some bodies together. GBP, real, present values.

    by_body : each of them; received is above nought, paid below
    """

    option: str
    bodies: tuple[str, ...]
    by_body: Mapping[str, Decimal]

    @property
    def net(self) -> Decimal:
        return sum(self.by_body.values(), NIL)

    @property
    def cost(self) -> Decimal:
        return -self.net


def flow(line: CostLine, body: str) -> int:
    """Return 1 where a line is received by a body, -1 where it pays, 0 where neither."""
    if line.kind in NO_MONEY:
        return 0
    if body == line.falls_on:
        return line.sign
    return -line.sign if body == line.paid_to else 0


def view(costing: Costing, option: str, bodies: Collection[str]) -> View:
    """Return what an option is worth to each of some bodies."""
    found = dict.fromkeys(bodies, NIL)
    factors = costing.frame.factors
    for line in costing.lines_of(option):
        signs = {body: sign for body in bodies if (sign := flow(line, body))}
        if signs:
            worth = present_value(costing.real(line), factors)
            for body, sign in signs.items():
                found[body] += sign * worth
    return View(option, tuple(bodies), found)


def council_view(costing: Costing, option: str) -> View:
    return view(costing, option, (COUNCIL,))


def public_bodies(costing: Costing) -> tuple[str, ...]:
    return tuple(key for key, body in costing.bodies.items() if body.is_public)


def public_sector_view(costing: Costing, option: str) -> View:
    """Return what an option is worth to all public bodies together, the Treasury among them."""
    return view(costing, option, public_bodies(costing))


def partner_views(costing: Costing, option: str) -> Mapping[str, View]:
    """Return what an option is worth to each partner alone."""
    return {key: view(costing, option, (key,)) for key in costing.partners if key != SOCIETY}


def moved_between_bodies(costing: Costing, option: str, usual: str) -> str | None:
    """Say how much of what the council saves is only moved to other public bodies, or None."""
    return moved_in_words(
        council_view(costing, option).net - council_view(costing, usual).net,
        public_sector_view(costing, option).net - public_sector_view(costing, usual).net,
    )


def moved_in_words(council: Decimal, whole: Decimal) -> str | None:
    """The same, of what the council and what the whole public sector gain. GBP, present values."""
    if council <= 0 or whole >= council:
        return None
    kept = "nothing" if whole <= 0 else pounds_in_words(whole.quantize(Decimal(1)))
    return (
        f"The council saves {pounds_in_words(council.quantize(Decimal(1)))}, and the public sector "
        f"as a whole {kept}: the rest other public bodies pay."
    )


@frozen
class Benefits:
    """What a body has of an option's fiscal benefits. GBP, real, present values.

    cashable : what can be taken out of its budget; freed : capacity that stays in it
    """

    body: str
    cashable: Decimal
    freed: Decimal


def benefits_by_body(costing: Costing, option: str) -> tuple[Benefits, ...]:
    """Return the fiscal benefits of an option by who has them, cashable and not kept apart."""
    factors, first = costing.frame.factors, costing.frame.first_year
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for line in costing.lines_of(option):
        if line.kind is not Kind.FISCAL:
            continue
        real = costing.real(line)
        cashed = tuple(one * cashed_share(line, first + year) for year, one in enumerate(real))
        whole, cashable = present_value(real, factors), present_value(cashed, factors)
        before = found.get(line.falls_on, (NIL, NIL))
        found[line.falls_on] = (before[0] + cashable, before[1] + whole - cashable)
    return tuple(Benefits(body, *parts) for body, parts in found.items())
