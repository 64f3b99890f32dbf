"""A residual asset value: when a deal ends, who keeps an asset pays for what it is still worth."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.deal import years_between
from moothall.deals.numbers import maximum, minimum, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because, years
from moothall.values.wording import percentage, plain_date, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

BOOK, VALUED, LOWER, HIGHER = BASES = (
    "book value",
    "valuation",
    "lower of the two",
    "higher of the two",
)


@term_kind(
    "residual_asset_value",
    title="Residual asset value",
    source="Straight-line depreciation to a residual value: IAS 16, paragraphs 50 and 62",
)
@frozen
class ResidualAssetValue(Term):
    """pays = share x worth, when the deal ends.

    Book value = cost - (cost - worth at the end of its life) x min(age, life) / life. The worth is
    the book value, a valuation, or the lower or higher of the two.
    """

    payer: str = fields.party("Who keeps the asset")
    payee: str = fields.party("Who paid for it")
    cost_gbp: Decimal = fields.gbp("What it cost")
    bought_on: date | None = fields.day("Bought on; else the first day of the deal", None)
    life_years: Decimal = fields.count("Its life in years")
    end_worth_gbp: Decimal = fields.gbp("What it is worth at the end of its life", Decimal(0))
    basis: str = fields.choice("What it is worth", BASES, BOOK)
    valuation: str | None = fields.fact("Valuation (GBP)", None)
    share: Decimal = fields.share("Share of its worth that is paid", Decimal(1))

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        if not self.life_years:
            yield "life_years", "An asset of no life is worth nothing.", "Give its life in years."
        if self.end_worth_gbp > self.cost_gbp:
            said = f"It would end worth {pounds_in_words(self.end_worth_gbp)}, more than it cost."
            yield "end_worth_gbp", said, "Enter less, or use a valuation."
        if (self.basis == BOOK) != (self.valuation is None):
            said = f"The basis is {self.basis}, and a valuation is "
            said += "named." if self.valuation else "not named."
            yield "valuation", said, "Name the fact that values it, or change the basis."

    def step(self, now: Now) -> Step:
        book = now.numbers.full(self._book_value(now))
        worth = book
        if self.valuation is not None:
            valued = now.facts[self.valuation]
            worth = {LOWER: minimum(book, valued), HIGHER: maximum(book, valued)}.get(
                self.basis, valued
            )
        amount = worth * now.one(self.share)
        ends = self.closes(now)

        def why() -> Iterator[Because]:
            numbers = {"book": book, "worth": worth, "share": self.share, "basis": self.basis}
            yield Because("The asset stays in use: the deal goes on.", only=~ends)
            yield Because("Book value: {book:pounds}.", numbers, ends)
            if self.valuation is not None:
                at = {"valued": now.facts[self.valuation]}
                yield Because("Valuation: {valued:pounds}.", at, ends)
            told = "{share:percent} of the {basis}, {worth:pounds}, is paid."
            yield Because(told, numbers, ends)

        return Step((Flow(self.payer, self.payee, where(ends, amount, now.one(0)), why),))

    def _book_value(self, now: Now) -> Decimal:
        bought_on = self.bought_on or now.deal.period.starts_on
        age = max(years_between(bought_on, now.period.ends_before), Decimal(0))
        lost = (self.cost_gbp - self.end_worth_gbp) * min(age, self.life_years) / self.life_years
        return self.cost_gbp - lost

    def in_words(self, deal: "Deal") -> str:
        payer, payee = deal.party_name(self.payer), deal.party_name(self.payee)
        since = f", bought on {plain_date(self.bought_on)}" if self.bought_on else ""
        book = (
            f"an asset of {pounds_in_words(self.cost_gbp)}{since}, written down over "
            f"{years(self.life_years)} to {pounds_in_words(self.end_worth_gbp)}"
        )
        worth = f"the {self.basis}"
        if self.valuation is not None:
            worth += f" ({deal.facts[self.valuation].in_sentence})"
        return (
            f"When the deal ends, {payer} keeps {book}, and pays {payee} "
            f"{percentage(self.share)} of its worth: {worth}."
        )
