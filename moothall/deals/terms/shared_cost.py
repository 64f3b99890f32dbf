"""A shared cost: members refund a host by keys, within floors and caps, trued up each year."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Numbers, minimum, positive, ratio, split, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import UNRESOLVED, Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, in_sentence
from moothall.values.periods import Period, financial_year_of
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

WAYS = ("keys", "baseline", "equal gain")


@frozen
class CostKey:
    name: str = fields.text("Key: headcount, transactions, equal")
    weight: Decimal = fields.share("Weight of the key")
    amounts: dict[str, Decimal] | None = fields.amounts_by_party("Each member's amount", None)
    counted: dict[str, str] | None = fields.facts_by_party(
        "Or: each member's amount, as reported each period", None
    )

    @property
    def members(self) -> list[str]:
        return [*(self.amounts or {}), *(self.counted or {})]

    def part(self, now: Now, member: str) -> tuple[Array, Array]:
        """Return a member's amount and all of them; where there is none at all, equal ones."""
        if self.counted is None:
            amounts = {key: now.numbers.full(gbp) for key, gbp in (self.amounts or {}).items()}
        else:
            amounts = {key: positive(now.facts[fact]) for key, fact in self.counted.items()}
        whole = sum(amounts.values(), now.numbers.zero)
        is_none = whole == 0
        return (
            where(is_none, now.one(1), amounts[member]),
            where(is_none, now.one(len(amounts)), whole),
        )


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
    Then, each step as far as others have room, and in proportion to their room:
    floors     : a share below its floor is raised to it by the members above theirs
    protect    : a share above the member's baseline moves to the members that still gain
    caps       : a share above its cap moves to the members below theirs (without a cap, the room
                 is the rest of the cost); what nobody has room for is unresolved, and is said so
    With `on_account` members pay by the estimate, and are trued up to the actual cost in the
    period in which a financial year ends, and when the deal ends.
    """

    host: str = fields.party("Who pays the cost first")
    cost: str = fields.fact("Cost")
    method: str = fields.choice("Method", WAYS, "keys")
    keys: tuple[CostKey, ...] = fields.rows("Cost keys", CostKey, ())
    baseline: dict[str, Decimal] | None = fields.amounts_by_party(
        "What each member paid before, a period (GBP)", None
    )
    protect: bool = fields.yes_or_no("No member worse than its baseline", False)
    floors: dict[str, Decimal] | None = fields.amounts_by_party(
        "Least that a member bears, a period (GBP)", None
    )
    caps: dict[str, Decimal] | None = fields.amounts_by_party(
        "Most that a member bears, a period (GBP)", None
    )
    on_account: str | None = fields.fact("Estimated cost, paid on account until year end", None)

    def members(self) -> list[str]:
        named = [*(self.baseline or {}), *(key for one in self.keys for key in one.members)]
        return list(dict.fromkeys(named))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        members = set(self.members())
        if self.host not in members:
            said = f"{deal.party_name(self.host)} hosts the service and is no member of it."
            yield "host", said, "Give it a part of each key, or 0."
        if self.method == "keys":
            yield from self._findings_of_keys(members)
        needs = self.protect or self.method != "keys"
        if needs and set(self.baseline or {}) != members:
            said = "What each member paid before is not given for all of them."
            yield "baseline", said, "Give each member's baseline."
        for name, limits in (("floors", self.floors), ("caps", self.caps)):
            for party in set(limits or {}) - members:
                said = f"{deal.party_name(party)} is no member of the service."
                yield name, said, "Leave it out, or give it a part of each key."
        for party, floor in (self.floors or {}).items():
            most = (self.caps or {}).get(party, floor)
            if floor > most:
                said = f"{deal.party_name(party)} bears at least {pounds_in_words(floor)} and at "
                said += f"most {pounds_in_words(most)}."
                yield "floors", said, "Lower the floor or raise the cap."

    def _findings_of_keys(self, members: set[str]) -> Iterator[tuple[str, str, str]]:
        weights = sum(one.weight for one in self.keys)
        if weights != 1:
            yield "keys", f"The weights add up to {weights}.", "Make them add up to 1."
        for place, one in enumerate(self.keys, start=1):
            if one.amounts is not None and one.counted is not None:
                said = f"{one.name} has amounts and reported amounts."
                yield f"keys.{place}", said, "Keep amounts or counted."
            elif set(one.members) != members or not any((one.amounts or {"": Decimal(1)}).values()):
                said = f"{one.name} does not give an amount for every member."
                yield f"keys.{place}", said, "Give each member its amount, 0 where it has none."

    def opening(self, numbers: Numbers) -> State:
        names = [UNRESOLVED] if self.caps is not None else []
        if self.on_account is not None:
            names += map(_owes, self.members())
        return dict.fromkeys(names, numbers.zero)

    def step(self, now: Now) -> Step:
        cost = now.facts[self.cost]
        members = self.members()
        bites: list[Because] = []
        due, unresolved = self._parts(now, cost, bites)
        state: dict[str, Array] = {}
        if self.caps is not None:
            state[UNRESOLVED] = now.state[UNRESOLVED] + unresolved
        paid, trued = due, dict.fromkeys(members, now.numbers.zero)
        if self.on_account is not None:
            paid, _ = self._parts(now, now.facts[self.on_account], [])
            owed = {key: now.state[_owes(key)] + due[key] - paid[key] for key in members}
            is_trued_up = now.is_last | _ends_a_year(now.period)
            trued = {key: where(is_trued_up, owed[key], now.one(0)) for key in members}
            state |= {_owes(key): owed[key] - trued[key] for key in members}

        def why(member: str) -> Iterator[Because]:
            told = f"A cost of {{cost:pounds}}, shared by {self.method}."
            if self.on_account is not None:
                estimate = {"cost": now.facts[self.on_account]}
                yield Because(f"On account: {told[0].lower()}{told[1:]}", estimate)
                up = "Trued up to actual cost: {trued:pounds}."
                yield Because(up, {"trued": trued[member]}, trued[member] != 0)
            else:
                yield Because(told, {"cost": cost})
            yield from bites
            if self.protect:
                yield Because("No member bears more than it paid before, where that can be.")
            nobody = "{left:pounds} is unresolved: no member is bound to bear it."
            yield Because(nobody, {"left": unresolved}, unresolved > 0)

        flows = tuple(
            Flow(key, self.host, paid[key] + trued[key], partial(why, key))
            for key in members
            if key != self.host
        )
        return Step(flows, state)

    def _parts(self, now: Now, cost: Array, bites: list[Because]) -> tuple[dict[str, Array], Array]:
        """Return member -> what it bears of a cost, and what nobody is bound to bear."""
        members = self.members()
        shares = [self._share(now, member, cost) for member in members]
        if self.floors:
            least = [now.numbers.full(self.floors.get(key, Decimal(0))) for key in members]
            raised = [-share for share in shares]
            shares = [-share for share in _held_below(raised, [-one for one in least])]
            bites += self._bites(now, "at least", self.floors, shares)
        if self.protect:
            shares = _held_below(
                shares, [now.numbers.full((self.baseline or {})[key]) for key in members]
            )
        unresolved = now.numbers.zero
        if self.caps:
            most = [
                now.numbers.full(self.caps[key]) if key in self.caps else cost for key in members
            ]
            shares = _held_below(shares, most)
            capped = [minimum(share, one) for share, one in zip(shares, most, strict=True)]
            unresolved = positive(cost - sum(most, now.numbers.zero))
            shares = capped
            bites += self._bites(now, "at most", self.caps, shares)
        return dict(zip(members, split(cost - unresolved, shares), strict=True)), unresolved

    def _bites(
        self, now: Now, how: str, limits: dict[str, Decimal], shares: list[Array]
    ) -> Iterator[Because]:
        for member, share in zip(self.members(), shares, strict=True):
            if member in limits:
                numbers = {"who": now.deal.party_name(member), "limit": limits[member]}
                told = f"{{who}} bears {how} {{limit:pounds}}."
                yield Because(told, numbers, abs(share - now.one(limits[member])) < now.one("0.01"))

    def _share(self, now: Now, member: str, cost: Array) -> Array:
        """Return a member's share in pounds: the split that follows keeps every penny."""
        if self.method == "keys":
            share = now.numbers.zero
            for one in self.keys:
                part, whole = one.part(now, member)
                share = share + cost * now.one(one.weight) * part / whole
            return share
        before = self.baseline or {}
        whole = now.one(sum(before.values(), Decimal(0)))
        was: Array = now.numbers.full(before[member])
        gain_each: Array = (whole - cost) / now.one(len(before))
        in_proportion: Array = cost * was / whole
        return in_proportion if self.method == "baseline" else was - gain_each

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
        for how, bounds in (("At least", self.floors), ("At most", self.caps)):
            if bounds:
                listed = ", ".join(
                    f"{deal.party_name(key)} {pounds_in_words(gbp)}" for key, gbp in bounds.items()
                )
                said += f" {how} is borne: {listed}."
        if self.caps:
            said += " What the caps leave nobody is bound to bear: the members must settle it."
        if self.on_account is not None:
            estimate = in_sentence(deal.facts[self.on_account].title)
            said += f" It is paid on account by {estimate}, and trued up at each year end."
        return said


def _held_below(shares: Sequence[Array], limits: Sequence[Array]) -> list[Array]:
    """Move what is above its limit to those below theirs, as far as they have room."""
    over = [positive(share - limit) for share, limit in zip(shares, limits, strict=True)]
    room = [positive(limit - share) for share, limit in zip(shares, limits, strict=True)]
    all_over, all_room = sum(over[1:], over[0]), sum(room[1:], room[0])
    moved = minimum(all_over, all_room)
    return [
        share - ratio(moved * more, all_over) + ratio(moved * less, all_room)
        for share, more, less in zip(shares, over, room, strict=True)
    ]


def _owes(member: str) -> str:
    """Return the name of what a member still owes, or is owed, for what it paid on account."""
    return f"{member} owes"


def _ends_a_year(period: Period) -> bool:
    year = Period.financial_year(financial_year_of(period.starts_on))
    return year.last_day in period
