"""A tournament: prizes fixed beforehand go to those that improved most, shocks to all aside."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, Mask, passes, ratio, reaches, split, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because, quantity
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal


@frozen
class Entrant:
    party: str = fields.party("Entrant")
    gain: str = fields.fact("Its improvement", meets_threshold=True)
    error: str = fields.fact("Standard error of that improvement", meets_threshold=True)


@term_kind(
    "tournament_prize",
    title="Tournament prize",
    source="Tournaments: Lazear and Rosen, Rank-order tournaments as optimum labor contracts, 1981",
)
@frozen
class TournamentPrize(Term):
    """Each entrant is placed by score = gain / standard error; a place has its prize.

    Entrants of one score share the prizes of the places that they take together. Whoever is below
    the least score takes no place; prizes that nobody takes stay with the payer. Paid when the
    deal ends. Entrants of other standing have a tournament of their own: another term.
    """

    payer: str = fields.party("Who pays")
    entrants: tuple[Entrant, ...] = fields.rows("Entrants", Entrant)
    prizes: tuple[Decimal, ...] = fields.numbers("Prizes, the first place first (GBP)")
    least: Decimal | None = fields.number("Least score that takes a place", None)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if any(one < 0 for one in self.prizes) or any(b > a for a, b in pairwise(self.prizes)):
            said = f"The prizes are {', '.join(map(str, self.prizes))}."
            yield "prizes", said, "List the first prize first, each next one no larger."
        if len(self.prizes) > len(self.entrants):
            said = f"There are {len(self.prizes)} prizes for {len(self.entrants)} entrants."
            yield "prizes", said, "Leave some out: nobody can take them."
        names = [one.party for one in self.entrants]
        if len(set(names)) < len(names) or self.payer in names:
            said = "Somebody enters twice, or pays the prizes and enters too."
            yield "entrants", said, "Name each entrant once, and not the payer."

    def step(self, now: Now) -> Step:
        shares = self._shares(now)
        parts = split(sum(shares[1:], shares[0]), shares)
        flows = []
        for one, part in zip(self.entrants, parts, strict=True):
            amount = where(now.is_last, part, now.one(0))
            flows.append(Flow(self.payer, one.party, amount, partial(self._why, now, one)))
        return Step(tuple(flows))

    def _shares(self, now: Now) -> list[Array]:
        """Return what each entrant's place is worth, before pennies are settled."""
        takes_place = [self._takes_place(now, one) for one in self.entrants]
        shares = []
        for one, is_placed in zip(self.entrants, takes_place, strict=True):
            better, alike = now.numbers.zero, now.numbers.zero
            for other, other_placed in zip(self.entrants, takes_place, strict=True):
                # Multiplied out, so that equal scores are equal: a / b > c / d as a x d > c x b.
                mine = now.facts[one.gain] * now.facts[other.error]
                theirs = now.facts[other.gain] * now.facts[one.error]
                is_alike = reaches(theirs, mine) & reaches(mine, theirs)
                better = better + where(other_placed & passes(theirs, mine), now.one(1), now.one(0))
                alike = alike + where(other_placed & is_alike, now.one(1), now.one(0))
            prizes = now.numbers.zero
            for place, prize in enumerate(self.prizes):
                is_theirs = is_placed & (better <= place) & (better + alike > place)
                prizes = prizes + where(is_theirs, now.one(prize), now.one(0))
            shares.append(ratio(prizes, alike))
        return shares

    def _takes_place(self, now: Now, one: Entrant) -> Mask:
        gain, error = now.facts[one.gain], now.facts[one.error]
        placed: Mask = error > 0
        if self.least is not None:
            placed = placed & reaches(gain, error * now.one(self.least))
        return placed

    def _why(self, now: Now, one: Entrant) -> Iterator[Because]:
        gain, error = now.facts[one.gain], now.facts[one.error]
        placed = self._takes_place(now, one)
        numbers = {"gain": gain, "error": error, "score": ratio(gain, error), "least": self.least}
        told = "A gain of {gain:number} with a standard error of {error:number}: a score of "
        yield Because(told + "{score:about}.", numbers, error > 0)
        yield Because("Without a standard error it has no score.", numbers, error <= 0)
        if self.least is not None:
            below = "Below {least:number}, the least that takes a place."
            yield Because(below, numbers, ~placed & (error > 0))
        yield Because("Prizes are paid when the deal ends.", only=~now.is_last)

    def in_words(self, deal: "Deal") -> str:
        names = ", ".join(deal.party_name(one.party) for one in self.entrants)
        prizes = ", ".join(pounds_in_words(prize) for prize in self.prizes)
        least = ""
        if self.least is not None:
            least = f" A score below {quantity(self.least)} takes no place."
        return (
            f"When the deal ends {deal.party_name(self.payer)} pays prizes of {prizes} to {names}, "
            f"placed by improvement over its standard error; equal scores share.{least}"
        )
