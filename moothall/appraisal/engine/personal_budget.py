"""What is somebody's own budget for care, what of it comes back, and what does stopping save?

Sources: Care Act 2014, sections 26 and 31 to 33. Points, price of a point, factor and weeks kept
are each council's own.
"""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

WEEKS = 52
NIL = Decimal(0)


@frozen
class Budget:
    """A year of a personal budget. GBP.

    indicative   : by points; allocated : within the floor and the ceiling
    contribution : what the person pays; net : what the council pays
    """

    indicative: Decimal
    allocated: Decimal
    contribution: Decimal

    @property
    def net(self) -> Decimal:
        return max(self.allocated - self.contribution, NIL)

    def kept_at_most(self, weeks: int) -> Decimal:
        """Return what may stand in the account before more is recovered: so many weeks of it."""
        if weeks < 0:
            raise ValueError(f"{weeks} weeks cannot be kept. Give a number from 0 on.")
        return self.allocated / WEEKS * weeks

    def recovered(self, held: Decimal, weeks: int) -> Decimal:
        """Return what is recovered of what stands in the account."""
        return max(held - self.kept_at_most(weeks), NIL)


def personal_budget(
    points: Decimal,
    gbp_a_point: Decimal,
    area_factor: Decimal = Decimal(1),
    *,
    weekly_contribution: Decimal = NIL,
    floor: Decimal = NIL,
    ceiling: Decimal | None = None,
) -> Budget:
    """Return a year's budget: points x price of a point x area factor, within floor and ceiling.

    :raises ValueError: when an amount is below 0, or the floor above the ceiling.
    """
    if min(points, gbp_a_point, area_factor, weekly_contribution, floor) < 0:
        raise ValueError("A personal budget is made of amounts from 0 on. Mend the one below it.")
    if ceiling is not None and ceiling < floor:
        raise ValueError(
            f"The floor of £{floor:,} is above the ceiling of £{ceiling:,}. Swap them."
        )
    indicative = points * gbp_a_point * area_factor
    allocated = max(indicative, floor)
    if ceiling is not None:
        allocated = min(allocated, ceiling)
    return Budget(indicative, allocated, weekly_contribution * WEEKS)


@frozen
class Saved:
    """What stopping a service saves in a year, and what it costs once. GBP."""

    saved: Decimal
    moved_to_others: Decimal
    once: Decimal

    @property
    def saved_by_all(self) -> Decimal:
        """What the public sector saves: the council's saving less the need that others take up."""
        return self.saved - self.moved_to_others

    @property
    def pays_back_years(self) -> Decimal | None:
        """Years until what it costs once is back, for all; None when it never is."""
        return self.once / self.saved_by_all if self.saved_by_all > 0 else None


def saved_by_stopping(
    cost: Decimal,
    overhead: Decimal,
    *,
    redundancy: Decimal = NIL,
    dilapidations: Decimal = NIL,
    moved_to_others: Decimal = NIL,
) -> Saved:
    """Return what stopping saves: what can be avoided alone, for its overhead stays.

    cost, overhead : of a year, the overhead within the cost
    """
    if not 0 <= overhead <= cost:
        raise ValueError(
            f"An overhead of £{overhead:,} is no part of £{cost:,}. Give the cost with it."
        )
    return Saved(cost - overhead, moved_to_others, redundancy + dilapidations)
