"""What does a place gain from a contract beyond the service, and how are bids marked for it?

The measures are our own and free to use; none carries a value in pounds. A place enters its own, or
imports values that it holds a licence for; nothing licensed comes with the program.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from attrs import frozen

from moothall.deals.terms.fields import decimal_of, nearest
from moothall.values.rules import Rule
from moothall.values.wording import listed

NIL, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
Rules = Mapping[str, Rule]


@frozen
class Measure:
    """Something that a contract can bring a place. not_counted: what is like it, and no gain."""

    key: str
    theme: str
    title: str
    unit: str
    counts: str
    not_counted: str


@cache
def measures() -> Mapping[str, Measure]:
    """The measures that come with the program, by theme."""
    path = files("moothall.appraisal") / "catalogues" / "social_value_measures.toml"
    return {
        key: Measure(key, **given)
        for key, given in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


@frozen
class UnitValue:
    """What a place takes a unit of a measure to be worth. GBP.

    licence : under which it may use the value; empty where it is the place's own
    """

    measure: str
    title: str
    unit: str
    gbp: Decimal
    source: str
    licence: str = ""


class CannotImport(ValueError):
    """Nothing was imported. The message says why."""


COLUMNS = {
    "measure": ("measure", "reference", "ref", "code"),
    "title": ("title", "description", "measure description"),
    "unit": ("unit", "units"),
    "gbp": ("gbp", "value", "proxy", "proxy value", "value (£)"),
}


def licensed_values(
    text: str, *, licence: str, holder: str, source: str
) -> tuple[tuple[UnitValue, ...], tuple[str, ...]]:
    """Read a table of values that somebody holds a licence for; and say what was set aside.

    text : CSV with a measure's reference, a title, a unit and a value in pounds

    :raises CannotImport: without a licence and its holder, or without those columns.
    """
    if not licence.strip() or not holder.strip() or not source.strip():
        raise CannotImport(
            "Values of others are imported by whoever holds a licence for them. Say which licence, "
            "who holds it, and from which edition the values are."
        )
    rows = list(csv.DictReader(io.StringIO(text)))
    by_name = {" ".join(name.lower().split()): name for name in (rows[0] if rows else {}) if name}
    where = {}
    for field, names in COLUMNS.items():
        where[field] = next((by_name[name] for name in names if name in by_name), "")
    if lacking := [field for field, name in where.items() if not name]:
        raise CannotImport(
            f"The file has no column for {listed(lacking)}. Name its columns measure, title, unit "
            "and value."
        )
    found, aside = [], []
    for number, row in enumerate(rows, start=2):
        try:
            gbp = decimal_of((row[where["gbp"]] or "").strip())
        except ValueError as refusal:
            aside.append(f"Row {number} is set aside: {refusal}")
            continue
        title = (row[where["title"]] or "").strip()
        key = (row[where["measure"]] or "").strip()
        unit = (row[where["unit"]] or "").strip()
        if not key or not unit:
            aside.append(f"Row {number} is set aside: it has no reference or no unit.")
            continue
        said = f"{licence.strip()}, held by {holder.strip()}"
        found.append(UnitValue(key, title, unit, gbp, source.strip(), said))
    return tuple(found), tuple(aside)


@frozen
class Promise:
    """What a bidder promises of one measure.

    units      : in the measure's unit, over the contract
    by_law     : of those, what the law asks for anyway
    deadweight : share (0-1) of the rest that would come anyway
    local      : share (0-1) of it that falls in the place
    """

    measure: str
    units: Decimal
    by_law: Decimal = NIL
    deadweight: Decimal = NIL
    local: Decimal = ONE

    @property
    def counted(self) -> Decimal:
        """Units that are a gain to the place."""
        return max(self.units - self.by_law, NIL) * (1 - self.deadweight) * self.local


def promised_gbp(
    promises: Iterable[Promise], values: Mapping[str, UnitValue]
) -> tuple[Decimal, tuple[str, ...]]:
    """Return what promises are worth, and the measures of which no value is known: not nought."""
    total, unknown = NIL, []
    for one in promises:
        if one.measure in values:
            total += one.counted * values[one.measure].gbp
        else:
            unknown.append(one.measure)
    return total, tuple(unknown)


def why_no_measure(key: str, values: Collection[str]) -> str | None:
    """Say why a measure is none, with the nearest; None where it is one."""
    known = [*measures(), *values]
    if key in known:
        return None
    return f"There is no measure {key!r}.{nearest(key, known)}"


class Scoring(StrEnum):
    RELATIVE = "relative"  # to the best bid: dropping one may turn the others round
    ABSOLUTE = "absolute"  # to a target that was published beforehand


@frozen
class Marking:
    """How bids are marked. The three weights, 0 to 1, add up to 1.

    amount_share : of the marks for social value, what goes by the amount; the rest by its quality
    target_gbp   : the amount that earns all marks, when scoring is absolute
    price_gbp    : the price that earns all marks, when scoring is absolute; None: the lowest
    """

    price: Decimal
    quality: Decimal
    social: Decimal
    amount_share: Decimal = Decimal("0.5")
    scoring: Scoring = Scoring.RELATIVE
    target_gbp: Decimal | None = None
    price_gbp: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        whole = self.price + self.quality + self.social
        if whole != 1:
            raise ValueError(f"The weights add up to {whole}, not to 1. Mend one of them.")
        if self.scoring is Scoring.ABSOLUTE and not self.target_gbp:
            raise ValueError(
                "Absolute scoring needs the amount that earns all marks. Publish it with the "
                "tender, as a share of the contract's value."
            )


@frozen
class Bid:
    """A bid. quality, social_quality : as judged, 0 to 100; social_gbp : what it promises."""

    key: str
    name: str
    price: Decimal
    quality: Decimal
    social_gbp: Decimal
    social_quality: Decimal


@frozen
class Marks:
    """What a bid was given, out of 100 in all."""

    bid: Bid
    price: Decimal
    quality: Decimal
    social: Decimal

    @property
    def total(self) -> Decimal:
        return self.price + self.quality + self.social

    @property
    def promised_share(self) -> Decimal | None:
        """What it promises for each pound of its price."""
        return self.bid.social_gbp / self.bid.price if self.bid.price else None

    def as_json(self) -> dict[str, object]:
        share = self.promised_share
        return {
            "key": self.bid.key,
            "name": self.bid.name,
            "price": round(float(self.price), 4),
            "quality": round(float(self.quality), 4),
            "social_value": round(float(self.social), 4),
            "total": round(float(self.total), 4),
            "promised_share_of_price": None if share is None else round(float(share), 4),
        }


def marked(bids: Sequence[Bid], marking: Marking) -> tuple[Marks, ...]:
    """Return every bid's marks, in the order of the bids."""
    if not bids:
        return ()
    is_absolute = marking.scoring is Scoring.ABSOLUTE
    lowest = min(bid.price for bid in bids)
    best_price = marking.price_gbp if is_absolute and marking.price_gbp else lowest
    most = (
        marking.target_gbp
        if is_absolute and marking.target_gbp
        else max(bid.social_gbp for bid in bids)
    )
    found = []
    for bid in bids:
        cheap = min(ONE, best_price / bid.price) if bid.price else ONE
        amount = min(ONE, bid.social_gbp / most) if most else NIL
        social = marking.amount_share * amount
        social += (1 - marking.amount_share) * bid.social_quality / HUNDRED
        found.append(
            Marks(
                bid,
                HUNDRED * marking.price * cheap,
                marking.quality * bid.quality,
                HUNDRED * marking.social * social,
            )
        )
    return tuple(found)


def order(marks: Iterable[Marks]) -> tuple[str, ...]:
    """Return bids by their total, the best first."""
    return tuple(one.bid.key for one in sorted(marks, key=lambda one: -one.total))


def warnings(bids: Sequence[Bid], marking: Marking) -> Iterator[str]:
    """Yield what relative scoring may do, and what it does to these bids."""
    is_relative = marking.scoring is Scoring.RELATIVE
    if is_relative:
        yield (
            "Social value is scored against the best bid: what one bid is given depends on which "
            "others came in. Score against a published target instead."
        )
    if is_relative or marking.price_gbp is None:
        names = {bid.key: bid.name for bid in bids}
        whole = order(marked(bids, marking))
        for gone in bids:
            rest = [bid for bid in bids if bid.key != gone.key]
            before = tuple(key for key in whole if key != gone.key)
            after = order(marked(rest, marking))
            if not rest or before == after:
                continue
            if after[0] == before[0]:
                yield f"Without the bid of {gone.name} the others would stand in another order."
                continue
            yield (
                f"Without the bid of {gone.name}, {names[after[0]]} would be first of the rest; "
                f"with it, {names[before[0]]} is."
            )


@frozen
class LocalMultiplier:
    """Three rounds of spending, in GBP: the contract, what of it stays, and what of that."""

    contract: Decimal
    spent_locally: Decimal
    spent_again: Decimal

    @property
    def value(self) -> Decimal:
        return (self.contract + self.spent_locally + self.spent_again) / self.contract

    def in_words(self) -> str:
        return (
            f"Each pound of the contract makes £{self.value:.2f} of spending in the place, over "
            "three rounds. It says nothing of what the pound would have done elsewhere."
        )


def local_multiplier(contract: Decimal, locally: Decimal, again: Decimal) -> LocalMultiplier:
    """Return the multiplier over three rounds (LM3).

    locally : GBP of the contract that is spent in the place
    again   : share (0-1) of that which is spent there once more

    source : New Economics Foundation, The Money Trail (2002)
    """
    if contract <= 0 or not 0 <= locally <= contract or not 0 <= again <= 1:
        raise ValueError(
            f"Of £{contract:,} no £{locally:,} can be spent locally and {again} of it again. Give "
            "amounts within the contract and a share from 0 to 1."
        )
    return LocalMultiplier(contract, locally, locally * again)


@frozen
class Apprentices:
    """How many apprentices a contract is asked for.

    by_value : by each £1m of it; weeks : the same as person-weeks
    of_staff : least and most by its workforce, where the contract is as large as that asks for
    """

    by_value: Decimal
    weeks: Decimal
    of_staff: tuple[Decimal, Decimal] | None


def apprentices(
    rules: Rules, on: date, *, value_gbp: Decimal, months: int, staff: Decimal
) -> Apprentices:
    """Return the apprentices that a contract is asked for by the rules of a day."""
    per_million = Decimal(rules["apprentices_per_million"].on(on).value)
    by_value = value_gbp / 1_000_000 * per_million
    weeks = by_value * Decimal(rules["apprentice_weeks"].on(on).value)
    asked = rules["apprentices_of_workforce"].on(on).value
    is_large = value_gbp >= asked["from_gbp"] and months >= asked["from_months"]
    of_staff = (staff * Decimal(asked["low"]), staff * Decimal(asked["high"])) if is_large else None
    return Apprentices(by_value, weeks, of_staff)
