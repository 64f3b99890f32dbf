"""A gain and pain share: parts of the difference between an agreed baseline and the actual cost."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from moothall.deals.numbers import Array, bands
from moothall.deals.terms import fields
from moothall.deals.terms.indexed_price import CompositeIndex
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class ShareRange:
    above: Decimal = fields.count("For cost above this part of the baseline", Decimal(0))
    share: Decimal = fields.share("Share of what falls inside the range")


@term_kind(
    "gain_share",
    title="Gain and pain share",
    source="NEC contracts, target cost: share ranges (the arithmetic, not the clauses)",
)
@frozen
class GainShare(Term):
    """share = F(T) - F(A), F(x) being the shares of each range summed from nothing up to x.

    T = baseline x index x volume factor x scope factor + agreed changes; A = actual cost.
    Above zero the payee gains; below zero it bears its part of the overrun.
    """

    payer: str = fields.party("Who keeps the saving and pays the share")
    payee: str = fields.party("Who shares in it")
    actual: str = fields.fact("Actual cost")
    baseline_gbp: Decimal = fields.gbp("Baseline each period")
    index: str | None = fields.fact("Index (1 = no change)", None)
    composite: CompositeIndex | None = fields.table("Or: composite index", CompositeIndex, None)
    volume_factor: str | None = fields.fact("Volume factor (1 = no change)", None)
    scope_factor: str | None = fields.fact("Scope factor (1 = no change)", None)
    changes: str | None = fields.fact("Agreed changes to the baseline (GBP)", None)
    ranges: tuple[ShareRange, ...] = fields.rows("Share ranges", ShareRange)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        edges = [one.above for one in self.ranges]
        if edges[0] != 0 or edges != sorted(set(edges)):
            yield (
                "ranges",
                f"The ranges start above {', '.join(map(str, edges))} of the baseline.",
                "Start the first range above 0 and each next range above a larger part.",
            )
        if self.composite is not None:
            yield from self.composite.findings("composite")
            if self.index is not None:
                yield "composite", "The baseline has two indices.", "Keep index or composite."

    def step(self, now: Now) -> Step:
        actual = now.facts[self.actual]
        target = self._target(now)
        edges = [target * now.one(one.above) for one in self.ranges]
        shares = [now.one(one.share) for one in self.ranges]
        amount = bands(target, edges, shares) - bands(actual, edges, shares)

        def why() -> Iterator[Because]:
            numbers = {
                "target": target,
                "actual": actual,
                "difference": abs(target - actual),
                "share": abs(amount),
            }
            told = "Baseline {target:pounds}, actual cost {actual:pounds}"
            agrees = Because(f"{told}: nothing to share.", numbers, actual == target)
            saved = "{difference:pounds} saved, of which the share is {share:pounds}."
            over = "{difference:pounds} over, of which the share borne is {share:pounds}."
            yield agrees
            yield evolve(agrees, template=f"{told}: {saved}", only=actual < target)
            yield evolve(agrees, template=f"{told}: {over}", only=actual > target)

        return Step((Flow(self.payer, self.payee, amount, why),))

    def _target(self, now: Now) -> Array:
        target = now.numbers.full(self.baseline_gbp)
        for factor in (self.index, self.volume_factor, self.scope_factor):
            if factor is not None:
                target = target * now.facts[factor]
        if self.composite is not None:
            target = target * self.composite.value(now)
        return target if self.changes is None else target + now.facts[self.changes]

    def in_words(self, deal: "Deal") -> str:
        shares = []
        for place, one in enumerate(self.ranges):
            upper = self.ranges[place + 1].above if place + 1 < len(self.ranges) else None
            between = f"above {percentage(one.above)}" if one.above else "from nothing"
            if upper is not None:
                between += f" up to {percentage(upper)}"
            shares.append(f"{percentage(one.share)} of the part {between} of it")
        payee, payer = deal.party_name(self.payee), deal.party_name(self.payer)
        factors = [
            deal.facts[factor].in_sentence
            for factor in (self.index, self.volume_factor, self.scope_factor)
            if factor is not None
        ]
        if self.composite is not None:
            factors.append(f"a composite index ({self.composite.in_words(deal)})")
        moved = f", moved by {' and '.join(factors)}" if factors else ""
        if self.changes is not None:
            moved += f", plus {deal.facts[self.changes].in_sentence}"
        return (
            f"Each period {deal.facts[self.actual].in_sentence} is set against a baseline of "
            f"{pounds_in_words(self.baseline_gbp)}{moved}. {payer} pays {payee} its share of a "
            f"saving, and {payee} pays back its share of an overrun: {'; '.join(shares)}."
        )
