"""Where does the settlement of a period stand, and which facts are known for it?

The life of a period as one table; and, from every report that was made of a fact, the one that
holds: the latest that was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.deals.deal import Deal, Fact
from moothall.deals.versions import Version, stretches
from moothall.values.periods import Period
from moothall.values.state_table import StateTable, moves, states

SETTLING = StateTable(
    "period",
    states(
        REQUESTED="waiting for its facts",
        SUBMITTED="waiting to be checked",
        CHECKED="checked",
        SETTLED="settled",
        APPROVED_ONCE="approved by one of two",
        APPROVED="approved",
        PART_PAID="paid in part",
        PAID="paid",
    ),
    moves(
        ("SUBMIT", "REQUESTED", "SUBMITTED", "submit its facts"),
        ("SUBMIT", "SUBMITTED", "SUBMITTED", "submit its facts"),
        ("SUBMIT", "CHECKED", "SUBMITTED", "submit its facts"),
        ("SEND_BACK", "SUBMITTED", "REQUESTED", "send its facts back"),
        ("CHECK", "SUBMITTED", "CHECKED", "check its facts"),
        ("SETTLE", "CHECKED", "SETTLED", "settle it"),
        ("APPROVE", "SETTLED", "APPROVED_ONCE", "approve its statement"),
        ("APPROVE", "APPROVED_ONCE", "APPROVED", "approve its statement"),
        ("PAY_PART", "APPROVED", "PART_PAID", "pay a part of it"),
        ("PAY_PART", "PART_PAID", "PART_PAID", "pay a part of it"),
        ("PAY_ALL", "APPROVED", "PAID", "pay it"),
        ("PAY_ALL", "PART_PAID", "PAID", "pay it"),
    ),
)
# Its statement is made: what is reported after is an adjustment in a later statement.
STATED = frozenset({"SETTLED", "APPROVED_ONCE", "APPROVED", "PART_PAID", "PAID"})
PAYABLE = frozenset({"APPROVED", "PART_PAID"})

REPORTED = StateTable(
    "report",
    states(
        ENTERED="waiting for confirmation",
        SUBMITTED="waiting to be checked",
        CHECKED="checked",
        SENT_BACK="sent back",
    ),
    moves(
        ("CONFIRM", "ENTERED", "SUBMITTED", "confirm it"),
        ("SEND_BACK", "ENTERED", "SENT_BACK", "send it back"),
        ("SEND_BACK", "SUBMITTED", "SENT_BACK", "send it back"),
        ("CHECK", "SUBMITTED", "CHECKED", "check it"),
    ),
)

Known = dict[str, dict[date, Decimal]]


@frozen
class Report:
    """What was said of one period: `values` by fact."""

    starts_on: date
    values: Mapping[str, Decimal]


@frozen
class Difference:
    """A fact of a period beside the period before. `before` is None where nothing was known."""

    fact: Fact
    before: Decimal | None
    now: Decimal | None

    @property
    def change(self) -> Decimal | None:
        if self.before is None or self.now is None:
            return None
        return self.now - self.before

    @property
    def share(self) -> Decimal | None:
        """The change as a share of what it was; None where it was nothing."""
        return self.change / abs(self.before) if self.change is not None and self.before else None


def periods_of(versions: Sequence[Version]) -> list[Period]:
    """Return every period of a deal as varied, in order."""
    return [stretch.period for stretch in stretches(versions)]


def whole_of(versions: Sequence[Version], starts_on: date) -> Period:
    """Return the whole period of which one that begins on a day is all or, where split, a part.

    What happened is said of the whole: each version takes its part of it by days.
    """
    return next(one.whole for one in stretches(versions) if one.period.starts_on == starts_on)


def wanted(versions: Sequence[Version], period: Period) -> list[Fact]:
    """Return the facts without which a period cannot be settled, in the deal's order."""
    for stretch in stretches(versions):
        if stretch.period == period:
            deal = stretch.version.deal
            read = set().union(
                *(term.facts() for term in deal.terms if term.is_in_force(stretch.whole)), set()
            )
            return [fact for key, fact in deal.facts.items() if key in read and fact.value is None]
    return []


def known(reports: Iterable[Report], versions: Sequence[Version]) -> Known:
    """Return what is known from reports in the order in which they were made: the latest holds.

    A fact that is the same for the whole deal is known for every period once it is reported.
    """
    found: Known = {}
    days = {one.period.starts_on: one.whole.starts_on for one in stretches(versions)}
    for report in reports:
        for key, value in report.values.items():
            said_of = days.values() if _is_once(key, versions) else [days[report.starts_on]]
            found.setdefault(key, {}).update(dict.fromkeys(said_of, value))
    return found


def missing(versions: Sequence[Version], period: Period, facts: Known) -> list[Fact]:
    """Return the facts of a period that nobody has reported."""
    day = whole_of(versions, period.starts_on).starts_on
    return [fact for fact in wanted(versions, period) if day not in facts.get(fact.key, {})]


def differences(
    asked: Iterable[Fact], facts: Known, before: date | None, now: date
) -> list[Difference]:
    """Return each fact of a period beside the same fact of the one before."""
    return [
        Difference(
            fact,
            facts.get(fact.key, {}).get(before) if before else None,
            facts.get(fact.key, {}).get(now),
        )
        for fact in asked
    ]


def _is_once(key: str, versions: Sequence[Version]) -> bool:
    deals: list[Deal] = [version.deal for version in versions]
    return any(key in deal.facts and deal.facts[key].once for deal in deals)
