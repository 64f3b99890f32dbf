"""What is a term? A step from the facts of a period to flows, and a sentence in plain English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import define, field, frozen

from moothall.deals.numbers import Array, Mask, Numbers, reaches
from moothall.deals.terms import fields
from moothall.deals.wording import Because
from moothall.values.periods import Period
from moothall.values.wording import pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

State = Mapping[str, Array]
PAID = "paid"  # kept for every term beside what it remembers itself
UNRESOLVED = "unresolved"  # where a term remembers it: GBP so far that no party is bound to bear
VAT_TREATMENTS = ("standard", "reduced", "zero", "exempt", "outside scope")
VAT_IN_WORDS = {
    "standard": "standard-rated, at the rate of the day",
    "reduced": "reduced-rated, at the rate of the day",
    "zero": "zero-rated",
    "exempt": "exempt",
}
RING_FENCES = ("General Fund", "HRA", "DSG", "public health", "other grant")


@frozen
class Flow:
    """What one party pays another in a period.

    amount : GBP, net of VAT; below zero the payee pays it back
    why    : called only by whoever asks: the sentences with the numbers that lead to it
    """

    payer: str
    payee: str
    amount: Array
    why: Callable[[], Iterable[Because]] = tuple


@frozen
class Step:
    """What a term does in one period: its flows, and what it remembers.

    ends : where the deal ends with this period, so that later periods are not in force
    """

    flows: tuple[Flow, ...]
    state: State = field(factory=dict)
    ends: Mask | None = None


@define
class Now:
    """What a term sees in one period.

    state  : what it remembers, and under PAID what it has paid before this period
    paid   : term above it -> what that pays this period (GBP)
    so_far : term -> what that has paid (GBP), this period included where it stands above
    states : term -> what that remembers, this period included where it stands above
    ending : where a term ends the deal with this period
    """

    numbers: Numbers
    deal: Deal
    index: int
    facts: Mapping[str, Array]
    state: State
    paid: Mapping[str, Array]
    so_far: Mapping[str, Array]
    states: Mapping[str, State]
    ending: Mask

    @property
    def period(self) -> Period:
        return self.deal.periods[self.index]

    @property
    def is_last(self) -> Mask:
        """Where the deal ends with this period: by its dates, or by a term."""
        return self.ending | (self.index + 1 == len(self.deal.periods))

    def one(self, value: Decimal | int | str) -> Any:
        return self.numbers.one(value)


@frozen
class Condition:
    """A fact that must stand at, above or below a number for a term to pay."""

    fact: str = fields.fact("Fact", meets_threshold=True)
    at_least: Decimal | None = fields.number("At least", None)
    below: Decimal | None = fields.number("Below", None)

    def holds(self, now: Now) -> Mask:
        value = now.facts[self.fact]
        held: Mask = value == value
        if self.at_least is not None:
            held = held & reaches(value, now.one(self.at_least))
        if self.below is not None:
            held = held & ~reaches(value, now.one(self.below))
        return held

    def in_words(self, deal: Deal) -> str:
        said = []
        if self.at_least is not None:
            said.append(f"is at least {self.at_least:,}")
        if self.below is not None:
            said.append(f"is below {self.below:,}")
        return f"{deal.facts[self.fact].in_sentence} {' and '.join(said)}"


@frozen
class BudgetLine:
    """Where a public body books a term."""

    kind: str = fields.choice("Revenue or capital", ("revenue", "capital"), "revenue")
    ring_fence: str = fields.choice("Ring-fence", RING_FENCES, "General Fund")


def _budgets(value: Any, names: fields.Names) -> dict[str, BudgetLine]:
    if not isinstance(value, Mapping):
        raise ValueError("It is a table with a line for each public party.")
    found = {}
    for key, line in value.items():
        if key not in names.parties:
            raise ValueError(f"There is no party {key!r}.")
        found[key] = fields.read_fields(BudgetLine, line, names)
    return found


@frozen
class Term:
    """What every term has beside its own fields.

    may_end_deal : such terms are worked out first in each period, so that every other sees the
                   end; they name no other terms
    caps_itself  : its step takes its caps a period and over the deal, in an order of its own
    pays_partly_for_results : a part is paid for starting; `could_earn` then tells the two apart
    standing     : names of what it remembers that is no sum, such as a price in force: where a
                   variation splits a period, sums go by days, these stand as the later leaves them
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    may_end_deal: ClassVar[bool] = False
    caps_itself: ClassVar[bool] = False
    standing: ClassVar[tuple[str, ...]] = ()
    pays_partly_for_results: ClassVar[bool] = False

    key: str = field(kw_only=True)
    label: str | None = fields.text("What the parties call it", None)
    starts_on: date | None = fields.day("From", None)
    ends_before: date | None = fields.day("Until (not including)", None)
    when: Condition | None = fields.table("Only when", Condition, None)
    period_floor_gbp: Decimal | None = fields.gbp("At least, in a period", None)
    period_cap_gbp: Decimal | None = fields.gbp("At most, in a period", None)
    total_cap_gbp: Decimal | None = fields.gbp("At most, over the deal", None)
    vat: str = fields.choice("VAT", VAT_TREATMENTS, "outside scope")
    budgets: Mapping[str, BudgetLine] = field(
        factory=dict,
        kw_only=True,
        metadata={"reads": _budgets, "kind": "budgets", "label": "Budgets it is booked to"},
    )

    @property
    def name(self) -> str:
        return self.label or self.title

    def opening(self, numbers: Numbers) -> State:
        """Return what it remembers before the first period."""
        return {}

    def step(self, now: Now) -> Step:
        """Return what it pays in one period. Never rounds, but by `split`."""
        raise NotImplementedError(self.kind)

    def could_earn(self, facts: Mapping[str, Array], numbers: Numbers) -> tuple[Array, Array]:
        """Return what could be earned in a period, and what of it depends on results (GBP)."""
        raise NotImplementedError(self.kind)

    def in_words(self, deal: Deal) -> str:
        """Return its own sentence; its limits are added by `sentence`."""
        raise NotImplementedError(self.kind)

    def findings(self, deal: Deal) -> Iterator[tuple[str, str, str]]:
        """Yield (field, sentence, how to mend it) for what its fields cannot see one by one."""
        yield from ()

    def parties(self) -> set[str]:
        """Return the keys of every party it names."""
        return _parties_in(self)

    def facts(self) -> set[str]:
        """Return the keys of every fact it reads, its condition's included."""
        return _facts_in(self)

    def facts_at_thresholds(self) -> set[str]:
        """Return the keys of facts at some value of which what it pays jumps."""
        return {
            value
            for asked, value in _values_of(self, {"fact"})
            if asked.get("meets_threshold", False)
        }

    def is_in_force(self, period: Period) -> bool:
        return (self.starts_on is None or period.starts_on >= self.starts_on) and (
            self.ends_before is None or period.starts_on < self.ends_before
        )

    def closes(self, now: Now) -> Mask:
        """Return where this is its last period: the deal ends, or it is not in force after it."""
        after = now.deal.periods[now.index + 1 : now.index + 2]
        return now.is_last | any(not self.is_in_force(period) for period in after)

    def sentence(self, deal: Deal) -> str:
        """Return the whole term in plain English, its limits included."""
        said = [self.in_words(deal)]
        if self.when is not None:
            said.append(f"It applies only when {self.when.in_words(deal)}.")
        if self.starts_on or self.ends_before:
            since = f" from {_plain(self.starts_on)}" if self.starts_on else ""
            until = f" until {_plain(self.ends_before)}" if self.ends_before else ""
            said.append(f"It applies{since}{until}.")
        if self.period_floor_gbp is not None:
            said.append(f"It pays at least {pounds_in_words(self.period_floor_gbp)} a period.")
        if self.period_cap_gbp is not None:
            said.append(f"It pays at most {pounds_in_words(self.period_cap_gbp)} a period.")
        if self.total_cap_gbp is not None:
            said.append(f"It pays at most {pounds_in_words(self.total_cap_gbp)} in all.")
        if self.vat != VAT_TREATMENTS[-1]:
            said.append(f"For VAT it is {VAT_IN_WORDS[self.vat]}.")
        for key, line in self.budgets.items():
            said.append(f"{deal.party_name(key)} books it as {line.kind}, {line.ring_fence}.")
        return " ".join(said)


KINDS: dict[str, type[Term]] = {}


def term_kind(
    kind: str, *, title: str, source: str, edition: int = 1
) -> Callable[[type[Term]], type[Term]]:
    """Make a frozen attrs class a kind of term that deals may use, as `kind`.

    A formula that has settled anything is never changed in place: a new edition stands beside it
    as `kind@2`, and deals say which they use.
    """
    name = kind if edition == 1 else f"{kind}@{edition}"

    def register(of: type[Term]) -> type[Term]:
        if name in KINDS:
            raise ValueError(f"There are two kinds of term called {name}.")
        of.kind, of.title, of.source = name, title, source
        KINDS[name] = of
        return of

    return register


def _plain(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _values_of(thing: Any, kinds: set[str]) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Yield what stands in fields of some kinds, each with what the field asks for."""
    for field_ in attrs.fields(type(thing)):
        value = getattr(thing, field_.name)
        kind = field_.metadata.get("kind", "")
        if value is None:
            continue
        if kind == "rows":
            for row in value:
                yield from _values_of(row, kinds)
        elif kind == "table":
            yield from _values_of(value, kinds)
        elif kind in kinds:
            yield field_.metadata, value


def _parties_in(term: Term) -> set[str]:
    found: set[str] = set()
    by_party = {"shares_by_party", "amounts_by_party", "facts_by_party"}
    for asked, value in _values_of(term, {"party", "parties", *by_party}):
        found |= {value} if asked["kind"] == "party" else set(value)
    return found


def _facts_in(term: Term) -> set[str]:
    found: set[str] = set()
    for asked, value in _values_of(term, {"fact", "facts", "facts_by_party"}):
        if asked["kind"] == "fact":
            found.add(value)
        else:
            found |= set(value.values() if asked["kind"] == "facts_by_party" else value)
    return found
