"""The best of several terms: only the largest, or the smallest, counts; the rest is taken back."""

from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import maximum, minimum
from moothall.deals.terms import fields
from moothall.deals.terms.over_terms import OverTerms
from moothall.deals.terms.term import PAID, Flow, Now, Step, term_kind
from moothall.deals.wording import Because

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

LARGEST, SMALLEST = "largest", "smallest"
PERIOD, WHOLE = "each period", "the deal so far"


@term_kind("best_of", title="Best of", source="Contract practice: the better of two formulas")
@frozen
class BestOf(OverTerms):
    """pays = best of the terms - sum of the terms, the best being the largest or the smallest.

    Over the deal so far, less what this line has paid before: an earlier choice is put right.
    """

    counts: str = fields.choice("Which of them counts", (LARGEST, SMALLEST), LARGEST)
    compared_over: str = fields.choice("Compared over", (PERIOD, WHOLE), PERIOD)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        yield from super().findings(deal)
        if len(self.over) == 1:
            yield "over", "One term alone is always the best.", "Name at least two."

    def step(self, now: Now) -> Step:
        is_whole = self.compared_over == WHOLE
        amounts = now.so_far if is_whole else now.paid
        chosen = maximum if self.counts == LARGEST else minimum
        best = reduce(chosen, [amounts[key] for key in self.over])
        taken = self.so_far(now) + now.state[PAID] if is_whole else self.paid(now)

        def why() -> Iterator[Because]:
            for key in self.over:
                of_term = {"name": now.deal.term(key).name, "amount": amounts[key]}
                yield Because("{name}: {amount:pounds}.", of_term)
            yield Because(f"The {self.counts} counts: {{best:pounds}}.", {"best": best})

        return Step((Flow(self.payer, self.payee, best - taken, why),))

    def in_words(self, deal: "Deal") -> str:
        when = "in each period" if self.compared_over == PERIOD else "over the deal so far"
        return f"Of {self.names(deal)} only the {self.counts} counts, {when}."
