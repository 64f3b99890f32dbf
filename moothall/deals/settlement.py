"""Who owes whom now, given the versions of a deal, the facts as known, and what was stated before?

For each original period and term a statement pays the entitlement as it now stands minus what was
stated already. The difference is an adjustment line in the current period that names the old one:
past periods are never recomputed silently. Amounts are exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from attrs import evolve, frozen

from moothall.deals.deal import Deal, Finding, Weight
from moothall.deals.evaluation import (
    DealState,
    Line,
    evaluation,
    facts_as_read,
    has_ended,
    step,
)
from moothall.deals.numbers import PENNY, Array, Numbers, to_pence
from moothall.deals.reading import deal_from_document
from moothall.deals.terms.term import UNRESOLVED
from moothall.deals.versions import EXACT, Course, Stretch, Version, stretches
from moothall.deals.writing import canonical, plain
from moothall.values.periods import Period
from moothall.values.wording import plain_date, pounds

ZERO = Decimal("0.00")
Known = Mapping[str, Mapping[date, Decimal]]  # fact -> first day of the period -> its value
VatRate = Callable[[str, date], Decimal]  # treatment, day -> rate as a fraction


@frozen
class Key:
    """What an entitlement is for: one term, between two parties, in one period."""

    period: Period
    term: str
    payer: str
    payee: str


@frozen
class Owed:
    """An amount in GBP, net of VAT, and the VAT on it."""

    amount: Decimal = ZERO
    vat: Decimal = ZERO

    def less(self, other: Owed) -> Owed:
        return Owed(self.amount - other.amount, self.vat - other.vat)

    def __bool__(self) -> bool:
        return bool(self.amount or self.vat)


@frozen
class StatementLine:
    """One line of a statement. `adjusts` is the earlier period whose entitlement has changed."""

    period: Period
    term: str
    payer: str
    payee: str
    owed: Owed
    because: str
    adjusts: Period | None = None

    def as_json(self) -> dict[str, Any]:
        line = {
            "period": period_text(self.period),
            "term": self.term,
            "payer": self.payer,
            "payee": self.payee,
            "amount_gbp": str(self.owed.amount),
            "vat_gbp": str(self.owed.vat),
            "because": self.because,
        }
        return line if self.adjusts is None else {**line, "adjusts": period_text(self.adjusts)}


@frozen
class Statement:
    """What is paid for a period, with everything needed to work it out again.

    inputs : versions, facts, what was stated before, VAT rates: in JSON's own types
    digest : SHA-256 of its canonical lines
    """

    period: Period
    lines: tuple[StatementLine, ...]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, Any]
    digest: str

    @property
    def net(self) -> dict[str, Decimal]:
        """Return party -> GBP it receives less what it pays, net of VAT; they sum to zero."""
        found: dict[str, Decimal] = {}
        for line in self.lines:
            found[line.payer] = found.get(line.payer, ZERO) - line.owed.amount
            found[line.payee] = found.get(line.payee, ZERO) + line.owed.amount
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "flows": [line.as_json() for line in self.lines],
            "net": {party: str(amount) for party, amount in self.net.items()},
            "findings": [finding.as_json() for finding in self.findings],
        }

    def stored(self) -> dict[str, Any]:
        """Return what to keep of it: `re_run` gives it again from this."""
        return {
            "period": period_text(self.period),
            "inputs": dict(self.inputs),
            "digest": self.digest,
            **self.as_json(),
        }


@frozen
class _Entitlement:
    owed: Owed
    line: Line
    share: Decimal | None = None

    def because(self) -> str:
        said = self.line.because()
        if self.share is None:
            return said
        return f"{said} Taken for {_fraction_words(self.share)} of the period."


class CannotSettle(ValueError):
    """No statement was made. The message says why, and what to do."""


def settled(
    versions: Sequence[Version],
    facts: Known,
    *,
    up_to: Period,
    issued: Iterable[Statement] = (),
    vat_rate: VatRate | None = None,
) -> Statement:
    """Return the statement of a period: what is due for it, and every adjustment of earlier ones.

    versions : in the order in which they take effect
    facts    : as known now, for this period and all before it
    issued   : statements already made
    vat_rate : the rate on a day; without it no VAT is worked out

    :raises CannotSettle: when the period is not one of the deal.
    """
    stated = _stated(issued)
    periods = [stretch.period for stretch in stretches(versions)]
    if up_to not in periods:
        last = periods[-1].last_day
        raise CannotSettle(
            f"{up_to} is no period of this deal: it runs from {plain_date(periods[0].starts_on)} "
            f"to {plain_date(last)}. Give the first day of one of its periods."
        )
    findings: list[Finding] = []
    entitled = _entitled(versions, facts, up_to, vat_rate, findings)
    lines = []
    for key in dict.fromkeys((*stated, *entitled)):
        now = entitled.get(key)
        before = stated.get(key, Owed())
        due = (now.owed if now else Owed()).less(before)
        if key.period == up_to and key not in stated:
            if now is not None:
                lines.append(_line(key, up_to, due, now.because(), None))
        elif due and key.period.starts_on <= up_to.starts_on:
            lines.append(
                _line(key, up_to, due, _why_adjusted(key, stated.get(key), now), key.period)
            )
    inputs = _inputs(versions, facts, stated, vat_rate, up_to)
    return Statement(
        period=up_to,
        lines=tuple(lines),
        findings=tuple(findings),
        inputs=inputs,
        digest=_digest(lines),
    )


def re_run(stored: Mapping[str, Any]) -> Statement:
    """Work a stored statement out again from its own inputs.

    :raises CannotSettle: when the lines are no longer what was stated, to the penny.
    """
    inputs = stored["inputs"]
    versions = [
        Version(
            number=one["number"],
            deal=deal_from_document(one["deal"]),
            effective_from=date.fromisoformat(one["effective_from"]),
            splits_period=one["splits_period"],
            carries_over=None if one["carries_over"] is None else tuple(one["carries_over"]),
        )
        for one in inputs["versions"]
    ]
    facts = {
        key: {date.fromisoformat(day): Decimal(value) for day, value in values.items()}
        for key, values in inputs["facts"].items()
    }
    before = tuple(
        StatementLine(
            period=period_of(one["period"]),
            term=one["term"],
            payer=one["payer"],
            payee=one["payee"],
            owed=Owed(Decimal(one["amount_gbp"]), Decimal(one["vat_gbp"])),
            because="",
        )
        for one in inputs["stated"]
    )
    rates = {
        (one["treatment"], date.fromisoformat(one["on"])): Decimal(one["rate"])
        for one in inputs["vat_rates"]
    }
    again = settled(
        versions,
        facts,
        up_to=period_of(stored["period"]),
        issued=(Statement(versions[0].deal.period, before, (), {}, ""),) if before else (),
        vat_rate=(lambda treatment, day: rates[treatment, day]) if rates else None,
    )
    if again.digest != stored["digest"]:
        raise CannotSettle(
            f"The statement of {stored['period']} no longer comes out as it was stated. A formula "
            "that has settled something has changed: add a new edition of that kind of term, and "
            "put the old formula back."
        )
    return again


def statement_from(stored: Mapping[str, Any]) -> Statement:
    """Read back a statement as `stored` gave it."""
    lines = tuple(
        StatementLine(
            period=period_of(one["period"]),
            term=one["term"],
            payer=one["payer"],
            payee=one["payee"],
            owed=Owed(Decimal(one["amount_gbp"]), Decimal(one["vat_gbp"])),
            because=one["because"],
            adjusts=period_of(one["adjusts"]) if "adjusts" in one else None,
        )
        for one in stored["flows"]
    )
    period = period_of(stored["period"])
    return Statement(period, lines, (), stored["inputs"], stored["digest"])


def settled_together(deal: Deal, facts: Mapping[str, Sequence[Array]], size: int) -> list[Line]:
    """Settle many contracts of one deal shape side by side: (contract,) arrays in every line.

    facts : fact -> one array a period, of Decimals, (contract,)

    A line's sentence is written out only for the contract that asks: `line.because(place)`.
    """
    periods = evaluation(deal, facts, Numbers(True, size))
    return [line for _state, lines in periods for line in lines]


def period_text(period: Period) -> str:
    """Return first and last day: '2026-04-01/2026-06-30'."""
    return f"{period.starts_on}/{period.last_day}"


def period_of(text: str) -> Period:
    first, last = map(date.fromisoformat, text.split("/"))
    return Period(first, date.fromordinal(last.toordinal() + 1))


def _entitled(
    versions: Sequence[Version],
    facts: Known,
    up_to: Period,
    vat_rate: VatRate | None,
    findings: list[Finding],
) -> dict[Key, _Entitlement]:
    """Return what each term pays in each period as far as the facts are known, without a gap."""
    found: dict[Key, _Entitlement] = {}
    course = Course()
    for stretch in stretches(versions):
        if stretch.period.starts_on > up_to.starts_on:
            break
        deal = stretch.version.deal
        first_day = deal.periods[stretch.index].starts_on
        before = course.begin(stretch)
        if has_ended(before).all():
            break
        missing = _missing(deal, facts, stretch.index)
        if missing:
            findings += missing
            break
        of_period = {
            key: np.array([values[first_day]], dtype=object)
            for key, values in facts.items()
            if key in deal.facts and first_day in values
        } | _fixed(deal, stretch.index)
        after, lines = step(
            deal, stretch.index, before, facts_as_read(deal.facts, of_period), EXACT
        )
        findings += _unresolved(deal, before, after, stretch)
        for line in course.end(after, lines):
            key = Key(stretch.period, line.term.key, line.payer, line.payee)
            amount = line.amount[0]
            owed = Owed(amount, _vat(line, amount, stretch.period, vat_rate))
            earlier = found.get(key)
            if earlier is not None:
                total = Owed(earlier.owed.amount + owed.amount, earlier.owed.vat + owed.vat)
                found[key] = evolve(earlier, owed=total, line=line)
            else:
                found[key] = _Entitlement(owed, line, stretch.share)
    return found


def _fixed(deal: Deal, index: int) -> dict[str, Array]:
    """Return the facts that the deal itself states."""
    found = {}
    for key, fact in deal.facts.items():
        if fact.value is not None:
            value = fact.value[index] if isinstance(fact.value, tuple) else fact.value
            found[key] = EXACT.full(value)
    return found


def _missing(deal: Deal, facts: Known, index: int) -> list[Finding]:
    wanted: dict[str, str] = {}
    for term in deal.terms:
        if term.is_in_force(deal.periods[index]):
            for key in term.facts():
                wanted.setdefault(key, term.name)
    return [
        Finding(
            f"facts.{key}",
            f"{deal.facts[key].title} is not known for {deal.periods[index]}: {name.lower()} "
            "cannot be settled, nor anything after it.",
            f"Report it: {_who_reports(deal, key)}.",
            Weight.MUST,
        )
        for key, name in wanted.items()
        if deal.facts[key].value is None and deal.periods[index].starts_on not in facts.get(key, {})
    ]


def _unresolved(
    deal: Deal, before: DealState, after: DealState, stretch: Stretch
) -> Iterator[Finding]:
    """Yield what by a term no party is bound to bear: it is said, and given to nobody."""
    for term in deal.terms:
        if UNRESOLVED in after[term.key]:
            left = after[term.key][UNRESOLVED] - before[term.key][UNRESOLVED]
            left = to_pence(left if stretch.share is None else left * stretch.share)[0]
            if left:
                yield Finding(
                    f"terms.{term.key}",
                    f"{pounds(left)} of {stretch.period} is unresolved: by {term.name.lower()} no "
                    "party is bound to bear it.",
                    "Agree who bears it, and record that as a variation.",
                    Weight.LOOK,
                )


def _who_reports(deal: Deal, key: str) -> str:
    reporter = deal.facts[key].reported_by
    return f"{deal.party_name(reporter)} does" if reporter else "the deal does not say who does"


def _vat(line: Line, amount: Decimal, period: Period, vat_rate: VatRate | None) -> Decimal:
    if vat_rate is None or line.term.vat not in ("standard", "reduced"):
        return ZERO
    return (amount * vat_rate(line.term.vat, period.last_day)).quantize(PENNY, ROUND_HALF_UP)


def _stated(issued: Iterable[Statement]) -> dict[Key, Owed]:
    found: dict[Key, Owed] = {}
    for statement in issued:
        for line in statement.lines:
            key = Key(line.adjusts or line.period, line.term, line.payer, line.payee)
            before = found.get(key, Owed())
            found[key] = Owed(before.amount + line.owed.amount, before.vat + line.owed.vat)
    return found


def _line(
    key: Key, period: Period, owed: Owed, because: str, adjusts: Period | None
) -> StatementLine:
    return StatementLine(period, key.term, key.payer, key.payee, owed, because, adjusts)


def _why_adjusted(key: Key, before: Owed | None, now: _Entitlement | None) -> str:
    if before is None and now is not None:
        return f"{key.period} was not stated before: {now.because()}"
    before = before or Owed()
    if now is None:
        return (
            f"{key.period} was stated as {pounds(before.amount)}; nothing is due for it as the "
            "deal and its facts now stand."
        )
    return (
        f"{key.period} was stated as {pounds(before.amount)} and is now "
        f"{pounds(now.owed.amount)}: {now.because()}"
    )


def _fraction_words(share: Decimal) -> str:
    return f"{share * 100:.1f}%"


def _inputs(
    versions: Sequence[Version],
    facts: Known,
    stated: Mapping[Key, Owed],
    vat_rate: VatRate | None,
    up_to: Period,
) -> dict[str, Any]:
    days = {stretch.period.last_day for stretch in stretches(versions)}
    treatments = {term.vat for version in versions for term in version.deal.terms}
    rates = [
        {"treatment": treatment, "on": day.isoformat(), "rate": str(vat_rate(treatment, day))}
        for treatment in sorted(treatments & {"standard", "reduced"})
        for day in sorted(days)
        if vat_rate is not None and day <= up_to.last_day
    ]
    return {
        "versions": [
            {
                "number": version.number,
                "deal": plain(version.deal.document),
                "effective_from": version.effective_from.isoformat(),
                "splits_period": version.splits_period,
                "carries_over": plain(version.carries_over),
                "kinds": {term.key: term.kind for term in version.deal.terms},
            }
            for version in versions
        ],
        "facts": {
            key: {day.isoformat(): str(value) for day, value in sorted(values.items())}
            for key, values in sorted(facts.items())
        },
        "stated": [
            {
                "period": period_text(key.period),
                "term": key.term,
                "payer": key.payer,
                "payee": key.payee,
                "amount_gbp": str(owed.amount),
                "vat_gbp": str(owed.vat),
            }
            for key, owed in stated.items()
        ],
        "vat_rates": rates,
    }


def _digest(lines: Sequence[StatementLine]) -> str:
    return hashlib.sha256(canonical([line.as_json() for line in lines]).encode()).hexdigest()
