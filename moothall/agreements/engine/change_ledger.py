"""What an agreement was worth, is worth, and may come to be worth, change by change.

Each change says who asked for it: the party that buys, the party that supplies, or the law.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from moothall.agreements.engine.regimes import Rules
from moothall.values.wording import percentage, plain_date, pounds_in_words, whole_number

ZERO = Decimal(0)


class AskedBy(StrEnum):
    """Who asked for a change."""

    CLIENT = "client"
    SUPPLIER = "supplier"
    LAW = "law"


ASKED_IN_WORDS = {
    AskedBy.CLIENT: "the party that buys",
    AskedBy.SUPPLIER: "the party that supplies",
    AskedBy.LAW: "a change in law",
}


class Effect(StrEnum):
    """What a change does, beside its sum."""

    PRICE = "price"
    SCOPE_ADDED = "scope added"
    SCOPE_RETURNED = "scope returned"
    TERM = "term"
    SETTLEMENT = "settlement of a claim or dispute"
    GAIN_SHARE_CANCELLED = "gain share cancelled"
    EARLY_END = "early end"
    OTHER = "other"


@frozen
class Entry:
    """One change: GBP without VAT, months.

    is_in_force : it is; otherwise it is asked for, or agreed and not yet in force
    small_gbp   : GBP with VAT that it uses of the room for below-threshold changes
    """

    number: int
    on: date
    title: str
    asked_by: AskedBy
    value_gbp: Decimal = ZERO
    term_months: Decimal = ZERO
    effects: tuple[Effect, ...] = ()
    is_in_force: bool = True
    small_gbp: Decimal = ZERO


@frozen
class Row:
    """An entry with what stands after it: the value, and the room used so far, net and gross."""

    entry: Entry
    value_after_gbp: Decimal | None
    term_after_months: Decimal | None
    net_used_gbp: Decimal
    gross_used_gbp: Decimal


@frozen
class Ledger:
    """GBP without VAT; None: what it was worth at award is not recorded.

    current  : with the changes in force
    forecast : with those that are asked for or agreed, too
    """

    original_gbp: Decimal | None
    current_gbp: Decimal | None
    forecast_gbp: Decimal | None
    original_months: Decimal | None
    current_months: Decimal | None
    rows: tuple[Row, ...]

    def asked(self) -> dict[AskedBy, tuple[int, Decimal]]:
        """Who asked for how many changes in force, and what these come to (GBP)."""
        found = {}
        for who in AskedBy:
            theirs = [row.entry for row in self.rows if row.entry.asked_by is who]
            theirs = [entry for entry in theirs if entry.is_in_force]
            found[who] = len(theirs), sum((entry.value_gbp for entry in theirs), ZERO)
        return found

    def has_effect(self, effect: Effect) -> date | None:
        """The day of the first change in force with this effect."""
        days = [
            row.entry.on
            for row in self.rows
            if effect in row.entry.effects and row.entry.is_in_force
        ]
        return min(days, default=None)

    def in_words(self) -> str:
        count = sum(row.entry.is_in_force for row in self.rows)
        if self.original_gbp is None or self.current_gbp is None:
            return (
                "What it was worth at award is not recorded. Add it: changes are told against it."
            )
        was, now, then = _apart(self.original_gbp, self.current_gbp, self.forecast_gbp)
        if not count:
            said = f"It was worth {was} at award, and nothing has changed since."
        else:
            moved = self.current_gbp - self.original_gbp
            share = f" ({percentage(moved / self.original_gbp)})" if self.original_gbp else ""
            said = f"It was worth {was} at award, and is worth {now} now{share}."
        if self.forecast_gbp != self.current_gbp:
            said += f" With what is asked for it would be {then}."
        return said


def _apart(*amounts: Decimal | None) -> list[str]:
    """Amounts in words; to the pound where two that differ would read the same."""
    held = [amount or ZERO for amount in amounts]
    words = [pounds_in_words(amount) for amount in held]
    if len(set(words)) == len(set(held)):
        return words
    return [f"£{whole_number(round(amount))}" for amount in held]


def ledger(
    original_gbp: Decimal | None, original_months: Decimal | None, entries: Sequence[Entry]
) -> Ledger:
    """Write up the changes in the order in which they took, or would take, effect."""
    value, months = original_gbp, original_months
    forecast = original_gbp
    net = gross = ZERO
    rows = []
    for entry in sorted(entries, key=lambda entry: (entry.on, entry.number)):
        if forecast is not None:
            forecast += entry.value_gbp
        if entry.is_in_force:
            value = None if value is None else value + entry.value_gbp
            months = None if months is None else months + entry.term_months
            net, gross = net + entry.small_gbp, gross + abs(entry.small_gbp)
        rows.append(Row(entry, value, months, net, gross))
    return Ledger(original_gbp, value, forecast, original_months, months, tuple(rows))


@frozen
class Demand:
    """Volumes that are paid for by activity beside what they should follow, by period."""

    fact: str
    title: str
    need: str
    readings: tuple[tuple[date, Decimal, Decimal], ...]  # first day, volume, need


@frozen
class DemandAlarm:
    """How both grew from the first readings to the last. Shares: 0.1 is a tenth more."""

    fact: str
    title: str
    volume_growth: Decimal | None
    need_growth: Decimal | None
    is_raised: bool
    sentence: str


def demand_alarm(demand: Demand, rules: Rules, on: date) -> DemandAlarm:
    """Say whether a volume outgrew the need behind it.

    The last readings are held against as many first ones, at most a year's worth of quarters each
    and none in both.
    """
    readings = sorted(demand.readings)
    most = rules["demand_ahead_of_need"].on(on).value
    size = min(4, len(readings) // 2)
    if not size:
        return DemandAlarm(
            demand.fact, demand.title, None, None, False,
            f"{demand.title}: two readings or more, with the need beside each, say whether it "
            "outgrows the need. Add them.",
        )  # fmt: skip
    first, last = readings[:size], readings[-size:]
    was, now = (sum((one[1] for one in part), ZERO) for part in (first, last))
    needed, needs = (sum((one[2] for one in part), ZERO) for part in (first, last))
    if not was or not needed:
        return DemandAlarm(
            demand.fact, demand.title, None, None, False,
            f"{demand.title}: it began at nothing, so no growth can be told.",
        )  # fmt: skip
    grew, need_grew = now / was - 1, needs / needed - 1
    is_raised = grew - need_grew > most
    since = plain_date(first[0][0])
    said = (
        f"{demand.title} moved by {percentage(grew)} since {since}, and "
        f"{demand.need[:1].lower()}{demand.need[1:]} by {percentage(need_grew)}."
    )
    if is_raised:
        said += (
            " What is paid for by activity outgrows the need: ask who orders it, and cap or band "
            "its price."
        )
    return DemandAlarm(demand.fact, demand.title, grew, need_grew, is_raised, said)
