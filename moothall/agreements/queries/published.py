"""What does the public read of an agreement: its price, changes, results, shares, owners, end?

Each part is said in sentences. One that is withheld says why, and when that is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from attrs import frozen

from moothall.agreements.engine.calendar import Dates, Kind, days_of, from_on
from moothall.agreements.engine.change_ledger import ASKED_IN_WORDS
from moothall.agreements.engine.performance import PERFORMANCE
from moothall.agreements.models import Agreement, Company, Withholding
from moothall.agreements.queries import exits, measured, performance
from moothall.agreements.queries.companies import stakes_of
from moothall.agreements.queries.settlement import home_page
from moothall.agreements.queries.variations import ledger_of
from moothall.core.rules import rule_on
from moothall.values.proportions import in_percent
from moothall.values.wording import (
    decimal_number,
    number_of,
    plain_date,
    pounds,
    pounds_in_words,
)

# The kinds of term by which what is gained, or lost, beside the price is shared.
SHARING = frozenset(
    {
        *("gain_share", "excess_profit_share", "dividend", "refinancing_gain", "clawback"),
        *("equal_benefit_transfer", "overspend", "early_end"),
    }
)
Part = Withholding.Part
Said = Callable[[Agreement, date, frozenset[str]], Iterator[str]]


@frozen
class Published:
    """One part. said: empty where it is withheld from this reader.

    why_withheld : why the public does not read it, and asked_again when that is looked at; also
        for those who do read it
    """

    part: str
    label: str
    said: tuple[str, ...]
    why_withheld: str = ""
    asked_again: date | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "part": self.part,
            "label": self.label,
            "said": list(self.said),
            "why_withheld": self.why_withheld,
            "asked_again": self.asked_again and self.asked_again.isoformat(),
        }


def published(agreement: Agreement, *, on: date, is_read: bool) -> tuple[Published, ...]:
    """Return every part. is_read: the reader is no stranger, and reads what is withheld too."""
    withheld = {each.part: each for each in agreement.withholdings.all() if each.lifted_at is None}
    hidden = frozenset() if is_read else frozenset(withheld)
    return tuple(
        Published(
            part=str(part),
            label=label,
            said=() if part in hidden else tuple(said(agreement, on, hidden)),
            why_withheld=withheld[part].why if part in withheld else "",
            asked_again=withheld[part].review_on if part in withheld else None,
        )
        for part, label, said in PARTS
    )


def _price(agreement: Agreement, _on: date, hidden: frozenset[str]) -> Iterator[str]:
    ledger = ledger_of(agreement)
    if ledger.original_gbp is None:
        yield "What it was worth at award is not recorded."
        return
    yield f"{pounds(ledger.original_gbp)} at award, over its whole life, without VAT."
    if Part.CHANGES not in hidden and ledger.current_gbp != ledger.original_gbp:
        yield f"{pounds(ledger.current_gbp)} now, with the changes in force."


def _payments(agreement: Agreement, on: date, _hidden: frozenset[str]) -> Iterator[str]:
    page = home_page(agreement, on=on)
    yield page.answer or "Nothing is settled here: its terms are not kept as a deal."


def _changes(agreement: Agreement, _on: date, hidden: frozenset[str]) -> Iterator[str]:
    entries = [row.entry for row in ledger_of(agreement).rows if row.entry.is_in_force]
    for entry in entries:
        said = f"{entry.title}, from {plain_date(entry.on)}, asked for by "
        said += ASKED_IN_WORDS[entry.asked_by]
        if entry.value_gbp and Part.VALUE not in hidden:
            more = "more" if entry.value_gbp > 0 else "less"
            said += f": {pounds_in_words(abs(entry.value_gbp))} {more}"
        yield f"{said}."
    if not entries:
        yield "Nothing has changed since it was agreed, as far as is recorded."


def _performance(agreement: Agreement, on: date, _hidden: frozenset[str]) -> Iterator[str]:
    ratings = performance.scale(rule_on(on, "agreements", "performance", "rating_scale"))
    indicators = list(agreement.indicators.all())
    results = measured.results_of(agreement) if indicators else {}
    state = performance.state_of(agreement)
    if state != PERFORMANCE.begins.key:
        yield f"Performance is {PERFORMANCE.state(state).words}."
    for indicator in indicators:
        own = {day: one for (key, day), one in results.items() if key == indicator.pk}
        days = [day for day, one in own.items() if one.is_checked]
        if not days:
            yield f"{indicator.name}: no checked result yet."
            continue
        last = own[max(days)].value
        bands = performance.bands_of(indicator)
        unit = f" {indicator.unit}" if indicator.unit else ""
        value = "no figure" if last is None else f"{decimal_number(last.normalize())}{unit}"
        yield (
            f"{indicator.name}: {value} in the period from {plain_date(max(days))}, "
            f"{ratings[bands.rating(last)].label.lower()}. Good is "
            f"{'at least' if indicator.better == 'higher' else 'at most'} "
            f"{decimal_number(bands.target.normalize())}{unit}."
        )
    if not indicators:
        yield "No performance indicator is set."


def _gain_share(agreement: Agreement, on: date, _hidden: frozenset[str]) -> Iterator[str]:
    deal = performance.deal_of(agreement, on) or performance.deal_of(agreement)
    if deal is None:
        yield "Its terms are not kept as a deal: whether gains are shared is not known here."
        return
    terms = [term for term in deal.terms if term.kind in SHARING]
    for term in terms:
        yield f"{term.name}: {term.sentence(deal)}"
    if not terms:
        yield "No term shares a gain or a loss between the parties, beside what is paid."


def _ownership(agreement: Agreement, on: date, _hidden: frozenset[str]) -> Iterator[str]:
    companies = list(agreement.companies.select_related("organisation"))
    for company in companies:
        yield from _owners(company, on)
    if companies:
        return
    if agreement.kind == "company":
        yield "Who owns the company is not recorded."
    else:
        yield "No company is set up under it: each member stays its own."


def _owners(company: Company, on: date) -> Iterator[str]:
    if not company.is_public:
        yield f"{company}: the record of who owns it is not public."
        return
    stakes = [stake for stake in stakes_of(company, on) if stake.votes]
    for stake in stakes:
        yield f"{company}: {stake.holder} has {in_percent(stake.votes)} of the votes."
    if not stakes:
        yield f"{company}: who owns it is not recorded."


def _end(agreement: Agreement, on: date, _hidden: frozenset[str]) -> Iterator[str]:
    ending = exits.ending_of(agreement)
    if ending is not None:
        yield f"It ends on {plain_date(ending.ends_on)}. {ending.why}"
    elif agreement.ends_before is not None:
        yield f"It runs until before {plain_date(agreement.ends_before)}."
    else:
        yield "No end is known."
    dates = Dates(agreement.ends_before, notice_months=agreement.notice_months)
    days = days_of(dates, performance.deal_of(agreement), ()) if ending is None else ()
    for day in from_on(days, on):
        if day.kind in (Kind.BREAK, Kind.EXTENSION, Kind.NOTICE):
            yield f"{plain_date(day.on)}: {day.said}"
    if agreement.leaving_terms:
        yield f"How a member leaves: {agreement.leaving_terms}"
    if agreement.notice_months is not None:
        yield f"Notice: {number_of(agreement.notice_months, 'month')}."


PARTS: tuple[tuple[Part, str, Said], ...] = (
    (Part.VALUE, "Price", _price),
    (Part.PAYMENTS, "What was paid", _payments),
    (Part.CHANGES, "What has changed", _changes),
    (Part.PERFORMANCE, "How it is performed", _performance),
    (Part.GAIN_SHARE, "How gains are shared", _gain_share),
    (Part.OWNERSHIP, "Who owns it", _ownership),
    (Part.EXIT, "When and how it ends", _end),
)
