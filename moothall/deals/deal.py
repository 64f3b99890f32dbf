"""What is a deal? Parties, periods, facts and terms, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from moothall.deals.wording import in_sentence
from moothall.values.periods import Period, financial_year_of, months_after

if TYPE_CHECKING:
    from moothall.deals.terms.term import Term


class PartyKind(StrEnum):
    """What a party is, for the flags of the fairness statement."""

    PUBLIC = "public body"
    SUPPLIER = "supplier"
    CHARITY = "charity"
    MUTUAL = "mutual"
    COMMUNITY = "community body"
    INVESTOR = "investor"


@frozen
class Party:
    """Who pays and is paid.

    reference       : what it would do without the deal; None where nobody has said
    resources_gbp   : what it can lose before it fails; None: it does not fail
    guarantee_gbp   : what a guarantor or bond adds to that
    residual_bearer : the party on whom its duties fall when it has failed
    relet_cost_gbp  : what finding another then costs that bearer
    vat_recovered   : share (0-1) of the VAT it pays that it recovers
    keeps_private   : which of these only it sees
    hides_costs     : it bears costs that only it sees, and that are not in this deal
    """

    key: str
    name: str
    kind: PartyKind
    reference: str | None = None
    resources_gbp: Decimal | None = None
    guarantee_gbp: Decimal = Decimal(0)
    residual_bearer: str | None = None
    relet_cost_gbp: Decimal = Decimal(0)
    vat_recovered: Decimal = Decimal(1)
    keeps_private: tuple[str, ...] = ()
    hides_costs: bool = False

    @property
    def is_public(self) -> bool:
        return self.kind is PartyKind.PUBLIC


class Basis(StrEnum):
    """How well a party's cost is known."""

    SUPPLIED = "supplied"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@frozen
class Fact:
    """A named measure of each period, or of the whole deal.

    unit         : 'GBP', 'people', 'days', 'index', ...
    once         : one value for the whole deal, the same in every period
    reported_by  : the party that says it
    borne_by, enjoyed_by : who bears or enjoys it outside the flows, at `price_gbp` a unit
    without_deal : it is borne or enjoyed in the reference, had there been no deal
    private_to   : the only party that may see it; None: shared
    places       : decimals it is rounded to before terms read it; None: as reported
    value        : known beforehand: one Decimal, or one a period
    distribution : how it may turn out, for simulation
    at_zero_effect : how it would turn out by chance alone, if the service did nothing
    grade        : of its evidence, A to E
    supplied_by  : who gave its distribution
    stands_for   : the private fact of another party of which it is an estimate
    """

    key: str
    title: str
    unit: str
    once: bool = False
    reported_by: str | None = None
    borne_by: str | None = None
    enjoyed_by: str | None = None
    price_gbp: Decimal | None = None
    without_deal: bool = False
    private_to: str | None = None
    basis: Basis = Basis.SUPPLIED
    places: int | None = None
    value: Decimal | tuple[Decimal, ...] | None = None
    distribution: Mapping[str, Any] | None = None
    at_zero_effect: Mapping[str, Any] | None = None
    grade: str | None = None
    supplied_by: str | None = None
    stands_for: str | None = None

    @property
    def labelled(self) -> str:
        """Its title, and that it is an estimate where it is: 'Cost (our estimate, grade D)'."""
        if self.basis is not Basis.ESTIMATED:
            return self.title
        return f"{self.title} (our estimate{f', grade {self.grade}' if self.grade else ''})"

    @property
    def in_sentence(self) -> str:
        return in_sentence(self.title)


@frozen
class Budget:
    """What a public body has approved for what it books in one line.

    approved_gbp : GBP by financial year, keyed by the year in which it begins
    """

    key: str
    party: str
    ring_fence: str
    kind: str
    approved_gbp: Mapping[int, Decimal]


@frozen
class Deal:
    """A deal, read and found sound.

    rate         : the common discount rate, per year
    price_base   : the year whose prices it is in, as '2026/27'
    correlations : (fact, fact, rank correlation from -1 to 1)
    budgets      : what public bodies have approved, by financial year
    payment_days : from the day after a period's last until it is paid
    document     : what it was read from
    """

    name: str
    parties: Mapping[str, Party]
    periods: tuple[Period, ...]
    facts: Mapping[str, Fact]
    terms: tuple[Term, ...]
    rate: Decimal = Decimal("0.035")
    price_base: str = ""
    summary: str = ""
    correlations: tuple[tuple[str, str, Decimal], ...] = ()
    budgets: tuple[Budget, ...] = ()
    payment_days: int = 30
    document: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def period(self) -> Period:
        return Period(self.periods[0].starts_on, self.periods[-1].ends_before)

    def term(self, key: str) -> Term:
        return next(term for term in self.terms if term.key == key)

    def approved(self, party: str, kind: str, ring_fence: str, year: int) -> Decimal | None:
        """Return what a body has approved for one line in a year, None where nothing is said."""
        for budget in self.budgets:
            if (budget.party, budget.kind, budget.ring_fence) == (party, kind, ring_fence):
                return budget.approved_gbp.get(year)
        return None

    def party_name(self, key: str) -> str:
        return self.parties[key].name


class Weight(StrEnum):
    """Whether a finding stops the deal from being used."""

    MUST = "must be mended"
    LOOK = "look at this"


@frozen
class Finding:
    """One thing found when a deal is checked.

    place : where it stands in the file: 'terms.fee.amount_gbp'
    mend  : what to do about it
    """

    place: str
    sentence: str
    mend: str
    weight: Weight = Weight.MUST

    def as_json(self) -> dict[str, str]:
        return {
            "place": self.place,
            "sentence": self.sentence,
            "mend": self.mend,
            "weight": self.weight.value,
        }


def periods_every(months: int | None, starts_on: date, ends_before: date) -> tuple[Period, ...]:
    """Return periods of so many months from a day; the last ends with the deal.

    months : None makes the whole deal one period
    """
    if months is None:
        return (Period(starts_on, ends_before),)
    found = []
    begins, number = starts_on, 0
    while begins < ends_before:
        number += months
        after = min(months_after(starts_on, number), ends_before)
        found.append(Period(begins, after))
        begins = after
    return tuple(found)


def years_between(start: date, end: date) -> Decimal:
    """Return years from a day to another: whole months, and the days over as parts of a year."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return Decimal(months) / 12 + Decimal(end.day - start.day) / Decimal("365.25")


def year_shares(period: Period) -> dict[int, float]:
    """Return the share of a period's days that fall in each financial year, by its first year."""
    found = {}
    last = financial_year_of(period.last_day)
    for year in range(financial_year_of(period.starts_on), last + 1):
        inside = period.overlap(Period.financial_year(year))
        if inside is not None:
            found[year] = inside.days / period.days
    return found
