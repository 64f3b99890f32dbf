"""Which version of a deal holds when, and what is remembered from one to the next?

A variation takes effect at the first period that begins on its day or later; or, if it says so, on
the day itself. That period is then worked out whole under each version, from what was remembered
at its start, and both what is paid and what is remembered are taken by days. So a version that
changes nothing changes no penny and no memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from attrs import Factory, define, evolve, frozen

from moothall.deals.deal import Deal
from moothall.deals.evaluation import THE_DEAL, DealState, Line, opening_state
from moothall.deals.numbers import Array, Numbers, to_pence
from moothall.deals.terms.term import PAID
from moothall.values.periods import Period

EXACT = Numbers(True, 1)
OfFlow = tuple[str, str, str, int]  # term, payer, payee, and which of several between these two


@frozen
class Version:
    """A deal as varied from a day on.

    effective_from : it takes effect in the first period that begins on this day or later
    splits_period  : it takes effect on the day itself; that period's amounts under the old and the
                     new version are each taken by their days
    carries_over   : terms whose state goes on; None: every term of the same key and kind
    """

    number: int
    deal: Deal
    effective_from: date
    splits_period: bool = False
    carries_over: tuple[str, ...] | None = None

    def goes_on(self, under: Version) -> set[str]:
        """Return the keys of terms that remember what they did under the version before."""
        kinds = {term.key: term.kind for term in under.deal.terms}
        return {
            term.key
            for term in self.deal.terms
            if kinds.get(term.key) == term.kind
            and (self.carries_over is None or term.key in self.carries_over)
        }


@frozen
class Stretch:
    """A period of a version, or the part of one for which that version holds."""

    index: int
    period: Period
    version: Version

    @property
    def whole(self) -> Period:
        return self.version.deal.periods[self.index]

    @property
    def share(self) -> Decimal | None:
        """Return its part of the period, by days; None where it is the whole."""
        if self.period == self.whole:
            return None
        return Decimal(self.period.days) / Decimal(self.whole.days)


def stretches(versions: Sequence[Version]) -> Iterator[Stretch]:
    """Yield every period under the version in force at its start, in parts where it is split."""
    for place, version in enumerate(versions):
        after = versions[place + 1] if place + 1 < len(versions) else None
        for index, period in enumerate(version.deal.periods):
            begins, ends = period.starts_on, period.ends_before
            if place and begins < version.effective_from:
                if not version.splits_period or version.effective_from not in period:
                    continue
                begins = version.effective_from
            if after is not None and ends > after.effective_from:
                if begins >= after.effective_from:
                    continue
                if after.splits_period:
                    ends = after.effective_from
            yield Stretch(index, Period(begins, ends), version)


@define
class Course:
    """What is remembered along the stretches of a deal.

    state : after the last stretch; None before the first
    """

    state: DealState | None = None
    _version: Version | None = None
    _stretch: Stretch | None = None
    _start: DealState = Factory(dict)
    _parts: list[tuple[int, DealState]] = Factory(list)  # days, and the state of the whole period
    _weighed: dict[OfFlow, Array] = Factory(dict)  # amounts of the whole period x days
    _paid: dict[OfFlow, Array] = Factory(dict)

    def begin(self, stretch: Stretch) -> DealState:
        """Return the state from which a stretch is worked out."""
        version, under = stretch.version, self._version or stretch.version
        is_same_period = self._stretch is not None and self._stretch.whole == stretch.whole
        if is_same_period and stretch.share is not None:
            kept = version.goes_on(under)
            self._start = carried(self._start, under, version)
            self._parts = [(days, carried(of, under, version)) for days, of in self._parts]
            self._weighed = {key: of for key, of in self._weighed.items() if key[0] in kept}
            self._paid = {key: of for key, of in self._paid.items() if key[0] in kept}
        else:
            self._start = carried(self.state, under, version)
            self._parts, self._weighed, self._paid = [], {}, {}
        self._version, self._stretch = version, stretch
        return self._start

    def end(self, after: DealState, lines: list[Line]) -> list[Line]:
        """Take in what a stretch led to; return its lines, those of a part by its days."""
        stretch = self._stretch
        if stretch is None or stretch.share is None:
            self.state = after
            return lines
        self._parts.append((stretch.period.days, after))
        lines = list(self._by_days(lines, stretch))
        self.state = self._remembered(stretch)
        return lines

    def _by_days(self, lines: list[Line], stretch: Stretch) -> Iterator[Line]:
        """Yield lines so that those of all parts add up: each has what is due by its last day."""
        seen: Counter[tuple[str, str, str]] = Counter()
        for line in lines:
            ends = (line.term.key, line.payer, line.payee)
            key = (*ends, seen[ends])
            seen[ends] += 1
            before = self._paid.get(key, EXACT.zero)
            weighed = self._weighed.get(key, EXACT.zero) + line.amount * stretch.period.days
            unrounded = weighed / stretch.whole.days
            self._weighed[key], self._paid[key] = weighed, to_pence(unrounded)
            yield evolve(line, unrounded=unrounded - before, amount=self._paid[key] - before)

    def _remembered(self, stretch: Stretch) -> DealState:
        """Return the state after a part: each sum by days, all else as this version leaves it."""
        gone = sum(days for days, _ in self._parts)
        after = self._parts[-1][1]
        state = {THE_DEAL: after[THE_DEAL]}
        for term in stretch.version.deal.terms:
            start = self._start[term.key]
            paid = [amount for key, amount in self._paid.items() if key[0] == term.key]
            remembered = {
                name: value
                if name in term.standing
                else (
                    sum(days * of[term.key][name] for days, of in self._parts)
                    + start[name] * (stretch.whole.days - gone)
                )
                / stretch.whole.days
                for name, value in after[term.key].items()
            }
            state[term.key] = {**remembered, PAID: sum(paid, start[PAID])}
        return state


def carried(state: DealState | None, under: Version, version: Version) -> DealState:
    """Return what a version remembers of the one before; the terms it starts afresh, of nothing."""
    if state is not None and under is version:
        return state
    opening = opening_state(version.deal, EXACT)
    if state is None:
        return opening
    kept = {
        key: {name: state[key].get(name, value) for name, value in opening[key].items()}
        for key in version.goes_on(under)
    }
    return {**opening, **kept, THE_DEAL: state[THE_DEAL]}
