"""A shared cost: members refund a host by weighted keys, none worse off than before if agreed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, minimum, positive, ratio, split
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

WAYS = ("keys", "baseline", "equal gain")


@frozen
class CostKey:
    name: str = fields.text("Key: headcount, transactions, equal")
    weight: Decimal = fields.share("Weight of the key")
    amounts: dict[str, Decimal] = fields.amounts_by_party("Each member's amount")


@term_kind(
    "shared_cost",
    title="Shared cost",
    source="Shared services practice: weighted cost keys, and no member worse than its baseline",
)
@frozen
class SharedCost(Term):
    """A member's share of the cost, the host's own included, by one of three methods.

    keys       : sum over keys of weight x the member's part of the key
    baseline   : in proportion to what each paid before
    equal gain : what each paid before, less an equal part of the gain
    With `protect` a share above a member's baseline moves to the members that still gain, in
    proportion to their gain, as far as there is any.
    """

    host: str = fields.party("Who pays the cost first")
    cost: str = fields.fact("Cost")
    method: str = fields.choice("Method", WAYS, "keys")
    keys: tuple[CostKey, ...] = fields.rows("Cost keys", CostKey, ())
    baseline: dict[str, Decimal] | None = fields.amounts_by_party(
        "What each member paid before, a period (GBP)", None
    )
    protect: bool = fields.yes_or_no("No member worse than its baseline", False)

    def members(self) -> list[str]:
        named = [*(self.baseline or {}), *(key for one in self.keys for key in one.amounts)]
        return list(dict.fromkeys(named))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        members = set(self.members())
        if self.host not in members:
            said = f"{deal.party_name(self.host)} hosts the service and is no member of it."
            yield "host", said, "Give it a part of each key, or 0."
        if self.method == "keys":
            weights = sum(one.weight for one in self.keys)
            if weights != 1:
                yield "keys", f"The weights add up to {weights}.", "Make them add up to 1."
            for place, one in enumerate(self.keys, start=1):
                if set(one.amounts) != members or not sum(one.amounts.values()):
                    said = f"{one.name} does not give an amount for every member."
                    yield f"keys.{place}", said, "Give each member its amount, 0 where it has none."
        needs = self.protect or self.method != "keys"
        if needs and set(self.baseline or {}) != members:
            said = "What each member paid before is not given for all of them."
            yield "baseline", said, "Give each member's baseline."

    def step(self, now: Now) -> Step:
        cost = now.facts[self.cost]
        members = self.members()
        shares = [self._share(now, member, cost) for member in members]
        if self.protect:
            shares = self._protected(now, members, shares)
        parts = dict(zip(members, split(cost, shares), strict=True))

        def why() -> Iterator[Because]:
            yield Because("A cost of {cost:pounds}, shared by " + self.method + ".", {"cost": cost})
            if self.protect:
                yield Because("No member bears more than it paid before, where that can be.")

        return Step(
            tuple(
                Flow(member, self.host, part, why)
                for member, part in parts.items()
                if member != self.host
            )
        )

    def _share(self, now: Now, member: str, cost: Array) -> Array:
        """Return a member's share in pounds: the split that follows keeps every penny."""
        if self.method == "keys":
            share = now.numbers.zero
            for one in self.keys:
                whole = now.one(sum(one.amounts.values(), Decimal(0)))
                part = now.one(one.weight * one.amounts[member])
                share = share + cost * part / whole
            return share
        before = self.baseline or {}
        whole = now.one(sum(before.values(), Decimal(0)))
        was: Array = now.numbers.full(before[member])
        gain_each: Array = (whole - cost) / now.one(len(before))
        in_proportion: Array = cost * was / whole
        return in_proportion if self.method == "baseline" else was - gain_each

    def _protected(self, now: Now, members: list[str], shares: list[Array]) -> list[Array]:
        before = [now.one((self.baseline or {})[member]) for member in members]
        over = [positive(share - was) for share, was in zip(shares, before, strict=True)]
        room = [positive(was - share) for share, was in zip(shares, before, strict=True)]
        all_over, all_room = sum(over[1:], over[0]), sum(room[1:], room[0])
        moved = minimum(all_over, all_room)
        return [
            share - ratio(moved * more, all_over) + ratio(moved * less, all_room)
            for share, more, less in zip(shares, over, room, strict=True)
        ]

    def in_words(self, deal: "Deal") -> str:
        host = deal.party_name(self.host)
        said = f"{host} pays {deal.facts[self.cost].in_sentence}, and the members refund it"
        if self.method == "keys":
            keys = ", ".join(f"{percentage(one.weight)} by {one.name}" for one in self.keys)
            said += f" by these keys: {keys}."
        elif self.method == "baseline":
            said += " in proportion to what each paid before."
        else:
            said += " so that each gains the same against what it paid before."
        if self.protect and self.baseline:
            limits = ", ".join(
                f"{deal.party_name(key)} {pounds_in_words(gbp)}"
                for key, gbp in self.baseline.items()
            )
            said += f" No member bears more than it paid before: {limits}."
        return said
