"""How may partners share a cost fairly? Four methods on one table of costs, and what each leaves.

A table says what each partner would pay alone, what all pay together, and what groups between would
pay. All costs are exact; shares are whole pence that add up to the whole.

Shapley value  : what a partner adds to the cost, averaged over every order of joining
proportional   : in proportion to what each would pay alone
equal gain     : what each would pay alone, less an equal part of what is saved together
equal parts    : the same for each

The core: no group of partners pays more than it would by itself.
Also an agreed sharing may be held to the same questions.
Source: Shapley, A value for n-person games (1953); Gillies on the core (1959).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Any

from attrs import frozen

from moothall.deals.wording import listed
from moothall.values.wording import pounds

MOST_PARTNERS = 12  # 4,095 groups; more cannot be asked of anybody
Group = frozenset[str]
ZERO = Decimal("0.00")
PENNY = Decimal("0.01")


class CannotShare(ValueError):
    """The costs cannot be shared. The message is a sentence."""


@frozen
class Costs:
    """What groups of partners would pay, each by itself.

    partners : in their order
    gbp      : group -> GBP; each partner alone, all together, and groups between as far as known
    """

    partners: tuple[str, ...]
    gbp: Mapping[Group, Decimal]

    @property
    def together(self) -> Decimal:
        return self.gbp[frozenset(self.partners)]

    def alone(self, partner: str) -> Decimal:
        return self.gbp[frozenset([partner])]

    @property
    def saved(self) -> Decimal:
        return sum((self.alone(one) for one in self.partners), ZERO) - self.together

    @property
    def sentence(self) -> str:
        alone = ", ".join(f"{one} {pounds(self.alone(one))}" for one in self.partners)
        verb = "saves" if self.saved >= 0 else "costs more by"
        return (
            f"Alone {alone}; all together {pounds(self.together)}, "
            f"which {verb} {pounds(abs(self.saved))}."
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "alone_gbp": {one: str(self.alone(one)) for one in self.partners},
            "together_gbp": str(self.together),
            "saved_gbp": str(self.saved),
        }

    def unknown(self) -> list[Group]:
        """Return the groups whose cost nobody has stated."""
        return [group for group in _groups(self.partners) if group not in self.gbp]


@frozen
class Objection:
    """A group that would pay less by itself: by so much, GBP."""

    group: tuple[str, ...]
    gbp: Decimal

    def __str__(self) -> str:
        worse = f"{pounds(self.gbp)} worse off than"
        if len(self.group) == 1:
            return f"{self.group[0]} is {worse} alone."
        return f"{listed(self.group)} are together {worse} by themselves."


@frozen
class Sharing:
    """A cost shared by one method. GBP.

    shares     : partner -> what it pays
    gains      : partner -> what it pays less than alone; negative: more
    objections : groups that would pay less by themselves, the worst first
    """

    method: str
    title: str
    shares: Mapping[str, Decimal]
    gains: Mapping[str, Decimal]
    objections: tuple[Objection, ...]
    groups_unknown: int

    @property
    def worse_than_alone(self) -> tuple[str, ...]:
        return tuple(partner for partner, gain in self.gains.items() if gain < 0)

    @property
    def is_in_core(self) -> bool | None:
        """Whether no group would leave; None where some group's cost is not known."""
        if self.objections:
            return False
        return None if self.groups_unknown else True

    @property
    def sentence(self) -> str:
        said = ", ".join(f"{partner} {pounds(gbp)}" for partner, gbp in self.shares.items())
        if self.worse_than_alone:
            alone = f"{listed(self.worse_than_alone)} would pay less alone."
        elif nothing := [partner for partner, gain in self.gains.items() if not gain]:
            alone = f"Nobody pays more than alone; {listed(nothing)} gains nothing."
        else:
            alone = "Everybody pays less than alone."
        among = [one for one in self.objections if len(one.group) > 1]
        if among:
            core = f" {among[0]}"
        elif self.groups_unknown:
            groups = f"{self.groups_unknown} group{'' if self.groups_unknown == 1 else 's'}"
            core = f" The costs of {groups} are not stated, so no more is said."
        elif not self.worse_than_alone:
            core = " No group would pay less by itself."
        else:
            core = ""
        return f"{self.title}: {said}. {alone}{core}"

    def as_json(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "shares_gbp": {partner: str(gbp) for partner, gbp in self.shares.items()},
            "gains_gbp": {partner: str(gbp) for partner, gbp in self.gains.items()},
            "worse_than_alone": list(self.worse_than_alone),
            "in_core": self.is_in_core,
            "objections": [
                {"group": list(one.group), "gbp": str(one.gbp)} for one in self.objections
            ],
            "sentence": self.sentence,
        }


def costs(stated: Iterable[tuple[Sequence[str], Decimal]]) -> Costs:
    """Check stated costs: (group, GBP) pairs.

    :raises CannotShare: naming what is missing or stated twice.
    """
    gbp: dict[Group, Decimal] = {}
    partners: dict[str, None] = {}
    for names, amount in stated:
        partners.update(dict.fromkeys(names))
        group = frozenset(names)
        if len(group) < len(names) or not names:
            raise CannotShare(f"{', '.join(names) or 'A group'} is no group: name each once.")
        if group in gbp:
            raise CannotShare(f"The cost of {listed(names)} is stated twice. Keep one.")
        if amount % PENNY:
            raise CannotShare(f"{listed(names)} would pay £{amount}: state whole pence.")
        gbp[group] = amount
    if len(partners) < 2:
        raise CannotShare("One partner shares with nobody. State the costs of at least two.")
    if len(partners) > MOST_PARTNERS:
        raise CannotShare(
            f"There are {len(partners)} partners, and at most {MOST_PARTNERS} are shared among: "
            "group those that act as one."
        )
    needed = [*([one] for one in partners), list(partners)]
    missing = [listed(names) for names in needed if frozenset(names) not in gbp]
    if missing:
        raise CannotShare(
            f"The cost of {'; of '.join(missing)} is missing. State what each would pay alone, "
            "and what all pay together."
        )
    return Costs(tuple(partners), gbp)


def sharings(of: Costs) -> tuple[Sharing, ...]:
    """Return the cost shared by each method that its table allows.

    The Shapley value needs the cost of every group, and is left out where one is unknown.
    """
    exact: dict[tuple[str, str], list[Fraction]] = {}
    if not of.unknown():
        exact["shapley", "Shapley value"] = [shapley(of, one) for one in of.partners]
    alone = [Fraction(of.alone(one)) for one in of.partners]
    count, together = len(of.partners), Fraction(of.together)
    if sum(alone):
        exact["proportional", "In proportion to what each would pay alone"] = [
            together * one / sum(alone) for one in alone
        ]
    gain = Fraction(of.saved) / count
    exact["equal_gain", "An equal part of what is saved"] = [one - gain for one in alone]
    exact["equal_parts", "Equal parts"] = [together / count] * count
    return tuple(
        shared(of, method, title, _in_pence(of, shares))
        for (method, title), shares in exact.items()
    )


def shapley(of: Costs, partner: str) -> Fraction:
    """Return the sum, over groups S without it, of |S|! (n-|S|-1)! / n! x what it adds to S."""
    others = [one for one in of.partners if one != partner]
    count = len(of.partners)
    total = Fraction(0)
    for size in range(count):
        weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
        for group in combinations(others, size):
            before = of.gbp[frozenset(group)] if group else ZERO
            total += weight * Fraction(of.gbp[frozenset((*group, partner))] - before)
    return total


def shared(of: Costs, method: str, title: str, shares: Mapping[str, Decimal]) -> Sharing:
    """Say what given shares leave: each partner's gain, and the groups that would leave."""
    objections = []
    for group in _groups(of.partners):
        if group in of.gbp and len(group) < len(of.partners):
            over = sum((shares[one] for one in group), ZERO) - of.gbp[group]
            # Shares are whole pence: less than a penny a partner is rounding, and no objection.
            if over > 0 and over >= PENNY * len(group):
                names = tuple(one for one in of.partners if one in group)
                objections.append(Objection(names, over))
    objections.sort(key=lambda one: (-one.gbp, one.group))
    gains = {one: of.alone(one) - shares[one] for one in of.partners}
    return Sharing(method, title, shares, gains, tuple(objections), len(of.unknown()))


def _in_pence(of: Costs, shares: Sequence[Fraction]) -> dict[str, Decimal]:
    """Return shares in whole pence that add up to the whole, by largest remainder."""
    pence = [share * 100 for share in shares]
    parts = [part.numerator // part.denominator for part in pence]
    left = round(sum(pence)) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - pence[i])
    for i in by_remainder[:left]:
        parts[i] += 1
    return {
        one: (Decimal(part) / 100).quantize(PENNY)
        for one, part in zip(of.partners, parts, strict=True)
    }


def _groups(partners: Sequence[str]) -> Iterator[Group]:
    for size in range(1, len(partners) + 1):
        yield from map(frozenset, combinations(partners, size))
