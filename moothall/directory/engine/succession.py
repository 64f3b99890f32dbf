"""What would a series of amounts be, had today's bodies always been there?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby

from attrs import field, frozen

from moothall.values.money import Money

MILLIONTHS = 1_000_000


def _a_part(value: Decimal) -> Decimal:
    if not 0 < value <= 1 or value * MILLIONTHS % 1:
        raise ValueError(
            f"A successor's share lies above 0 and at most 1, to six decimals; got {value}. "
            "Write 43.2% as 0.432."
        )
    return value


@frozen
class Handover:
    """One body takes over all or part of another. share: 0 to 1, to six decimals."""

    predecessor: int
    successor: int
    on: date
    share: Decimal = field(converter=_a_part)


@frozen
class Amount:
    """What one body paid, or was owed, on one day. Unit: GBP, exact to the penny."""

    body: int
    day: date
    gbp: Money


def as_constituted_then(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Return the series as the bodies of the day published it: unchanged."""
    return tuple(amounts)


def as_now(
    amounts: Iterable[Amount], handovers: Iterable[Handover], *, on: date
) -> tuple[Amount, ...]:
    """Return the series with each amount at the bodies that stand in its body's place `on` a day.

    A body whose shares on one day add up to 1 has ended: all its amounts pass on, also those it
    published late. When they add up to less it goes on: only what came before that day is
    divided, and the rest stays with it. Every amount is split by largest remainder, so no penny
    is lost, and a successor's own successors take over in their turn.

    :raises ValueError: when one body hands over more than the whole of itself on one day.
    """
    steps = []
    in_time = sorted(
        (each for each in handovers if each.on <= on),
        key=lambda each: (each.on, each.predecessor, each.successor),
    )
    for (day, body), group in groupby(in_time, key=lambda each: (each.on, each.predecessor)):
        parts = list(group)
        whole = sum((part.share for part in parts), Decimal(0))
        if whole > 1:
            raise ValueError(
                f"Body {body} hands over {whole} of itself on {day}. Its successors' shares add "
                "up to 1 when it ends, and to less when it goes on: correct them."
            )
        steps.append((day, body, parts, 1 - whole))
    return tuple(each for amount in amounts for each in _passed_on(amount, steps))


def _passed_on(
    amount: Amount, steps: list[tuple[date, int, list[Handover], Decimal]]
) -> list[Amount]:
    held = [amount]
    for day, body, parts, kept in steps:
        after = []
        for each in held:
            if each.body != body or (kept and each.day >= day):
                after.append(each)
                continue
            heirs = [part.successor for part in parts]
            shares = [int(part.share * MILLIONTHS) for part in parts]
            if kept:
                heirs, shares = [*heirs, body], [*shares, int(kept * MILLIONTHS)]
            split = each.gbp.split(tuple(shares))
            after += [
                Amount(body=heir, day=each.day, gbp=gbp)
                for heir, gbp in zip(heirs, split, strict=True)
            ]
        held = after
    return held
