"""An indexed price: what other terms pay moves with a composite index, within a collar."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Numbers, maximum, minimum
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import Flow, Now, State, Step, term_kind
from moothall.deals.wording import Because, listed
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class IndexPart:
    index: str = fields.fact("Index, as published")
    base: Decimal = fields.count("Its value when the price was agreed")
    weight: Decimal = fields.share("Part of the price that it moves")


@frozen
class CompositeIndex:
    """value = fixed + sum of weight x index / base; 1 when nothing has moved."""

    parts: tuple[IndexPart, ...] = fields.rows("Indices", IndexPart)
    fixed: Decimal = fields.share("Part of the price that never moves", Decimal(0))

    def value(self, now: Now) -> Array:
        value = now.numbers.full(self.fixed)
        for part in self.parts:
            value = value + now.facts[part.index] * now.one(part.weight) / now.one(part.base)
        return value

    def findings(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Yield what is wrong with it, as the field `name` of a term."""
        whole = self.fixed + sum(part.weight for part in self.parts)
        if whole != 1:
            said = f"The weights and the fixed part add up to {whole}."
            yield f"{name}.parts", said, "Make them add up to 1."
        if not all(part.base for part in self.parts):
            said = "An index whose base is 0 cannot be compared with it."
            yield f"{name}.parts", said, "Enter its value when the price was agreed."

    def in_words(self, deal: "Deal") -> str:
        said = [
            f"{percentage(part.weight)} by {deal.facts[part.index].in_sentence}"
            for part in self.parts
        ]
        if self.fixed:
            said.append(f"{percentage(self.fixed)} not at all")
        return listed(said)


@term_kind(
    "indexed_price",
    title="Indexed price",
    source="Contract practice: price variation by a composite index of published indices, collared",
)
@frozen
class IndexedPrice(OverTerms):
    """pays = what its terms pay x (index in force - 1).

    At a review the index in force moves as the composite index has moved since the last review, by
    no less than `lowest` and no more than `highest`. What the collar held back is lost; where it
    `catches_up`, later reviews move towards the composite index itself.
    """

    standing = ("index", "seen")

    index: CompositeIndex = fields.table("Composite index", CompositeIndex)
    every: int = fields.whole("Periods from one review to the next", 1)
    lowest: Decimal | None = fields.rate("A review moves it by at least", None)
    highest: Decimal | None = fields.rate("A review moves it by at most", None)
    catches_up: bool = fields.yes_or_no("What the collar holds back is caught up later", False)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        yield from super().findings(deal)
        yield from self.index.findings("index")
        if not 0 < self.every <= len(deal.periods):
            said = f"A review every {self.every} periods never takes place."
            yield "every", said, f"Review it at least once in {len(deal.periods)} periods."
        if self.lowest is not None and self.highest is not None and self.lowest > self.highest:
            said = f"A review moves it by at least {percentage(self.lowest)} and at most "
            yield (
                "lowest",
                f"{said}{percentage(self.highest)}.",
                "Lower the one or raise the other.",
            )

    def opening(self, numbers: Numbers) -> State:
        return {"index": numbers.full(1), "seen": numbers.full(1)}

    def step(self, now: Now) -> Step:
        before, seen = now.state["index"], now.state["seen"]
        composite = self.index.value(now)
        is_review = now.index % self.every == 0
        moved = composite if self.catches_up else before * composite / seen
        after = moved
        if self.lowest is not None:
            after = maximum(after, before * now.one(1 + self.lowest))
        if self.highest is not None:
            after = minimum(after, before * now.one(1 + self.highest))
        held_back = after != moved
        if not is_review:
            after, composite = before, seen
        paid = self.paid(now)
        amount = paid * (after - now.one(1))

        def why() -> Iterator[Because]:
            numbers = {"after": after, "moved": moved, "paid": paid, "change": after - now.one(1)}
            if not is_review:
                yield Because("The index is not reviewed in this period.")
            else:
                yield Because("The index moves to {moved:about}.", numbers)
                yield Because("The collar holds it at {after:about}.", numbers, held_back)
            yield Because("{paid:pounds} moves by {change:percent}.", numbers)

        return Step(
            (Flow(self.payer, self.payee, amount, why),), {"index": after, "seen": composite}
        )

    def in_words(self, deal: "Deal") -> str:
        when = "Each period" if self.every == 1 else f"Every {self.every} periods"
        collar = []
        if self.lowest is not None:
            collar.append(f"at least {percentage(self.lowest)}")
        if self.highest is not None:
            collar.append(f"at most {percentage(self.highest)}")
        said = f"{when} what is paid by {self.names(deal)} moves: {self.index.in_words(deal)}."
        if collar:
            later = "is caught up later" if self.catches_up else "is lost"
            said += f" A review moves it by {' and '.join(collar)}; what that holds back {later}."
        return said
