"""Which payments may have been made twice?

Keys, after the practice of public audit matching:
(a) same supplier, reference and amount;
(b) same supplier and amount within some days, another reference or none;
(c) another supplier record, same reference and amount: for review, never counted;
(d) references equal once punctuation, leading noughts and O for 0 are set aside;
(e) VAT above the rate.
A credit of the same amount to the same supplier resolves one repeat. A candidate is a question for
a person, not a finding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from attrs import frozen

PENNY = Decimal("0.01")


class Status(StrEnum):
    OPEN = "open"  # paid once more than credited
    RESOLVED = "resolved"  # a credit took the repeat back
    REVIEW = "review"  # to be looked at; its amount is not counted


@frozen
class Payment:
    """One payment as it was made: where a source prints one line per item, its lines summed.

    line  whatever leads the caller back to the line or lines
    """

    line: int
    body_id: int
    supplier: int
    reference: str | None
    amount_gbp: Decimal
    paid_on: date
    vat_gbp: Decimal | None = None
    net_gbp: Decimal | None = None


@frozen
class Candidate:
    """Payments that may be one payment made twice.

    amount_gbp  what would have been overpaid if so; for review, the amount in question
    """

    key: str
    status: Status
    lines: tuple[int, ...]
    credits: tuple[int, ...]
    amount_gbp: Decimal
    sentence: str

    @property
    def counted_gbp(self) -> Decimal:
        """What counts towards a total of possible overpayment: only what is open."""
        return self.amount_gbp if self.status is Status.OPEN else Decimal(0)


def plain_reference(reference: str | None) -> str | None:
    """A reference without punctuation, leading noughts, or the letter O where 0 may be meant.

    "INV-100" and "inv 1OO" are both INV100. Analysis does the same in its own words; a test holds
    the two together.
    """
    if reference is None:
        return None
    return re.sub(r"[^A-Z0-9]", "", reference.upper()).replace("O", "0").lstrip("0") or None


def duplicate_candidates(
    payments: Iterable[Payment],
    *,
    within_days: int,
    vat_rate_on: Callable[[date], Decimal] | None = None,
    regular_count: int | None = None,
) -> list[Candidate]:
    """Return every candidate, by key a, d, b, c, e; each payment under the first key that fits.

    within_days    key b: the two dates lie no further apart
    vat_rate_on    key e: the highest rate of VAT in force on a day, a share (0.20); None: not asked
    regular_count  key b: from this many payments of one amount to one supplier on, it is a regular
                   payment (a placement by the week) and no candidate; None: never
    Credits take back the earliest payment that they match, first by reference, then by amount alone
    where the credit is not earlier than the payment.
    """
    rows = sorted(payments, key=lambda p: (p.paid_on, p.line))
    vat = _vat_candidates(rows, vat_rate_on) if vat_rate_on else []
    paid = [row for row in rows if row.amount_gbp > 0]
    loose = _by(
        [row for row in rows if row.amount_gbp < 0],
        lambda p: (p.body_id, p.supplier, -p.amount_gbp),
    )
    found: list[Candidate] = []
    standing: list[Payment] = []  # what is left to ask keys b and c about
    repeats: list[tuple[list[Payment], list[Payment]]] = []
    for group in _by(paid, _same_reference).values():
        credits = _credits_for(group, loose, by_reference=True)
        if len(group) > 1:
            repeats.append((group, credits))
        else:
            standing += group[len(credits) :]
    for group, credits in repeats:
        if len(group) - len(credits) > 1:
            credits = credits + _credits_for(group[len(credits) :], loose, by_reference=False)
        found += _repeated(group, credits)
        standing += group[len(credits) :][-1:]
    found += _close_in_time(standing, loose, within_days, regular_count)
    found += _across_suppliers(standing)
    return sorted(found, key=lambda c: "adbc".index(c.key)) + vat


def _by(rows: Iterable[Payment], key: Callable[[Payment], object]) -> dict[object, list[Payment]]:
    groups: dict[object, list[Payment]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def _same_reference(payment: Payment) -> tuple[object, ...]:
    """Payments without a reference are never the same by reference."""
    plain = plain_reference(payment.reference)
    alone = payment.line if plain is None else None
    return payment.body_id, payment.supplier, plain, payment.amount_gbp, alone


def _credits_for(
    group: Sequence[Payment], loose: dict[object, list[Payment]], *, by_reference: bool
) -> list[Payment]:
    """Take, from the credits not yet used, those that answer this group; at most one a payment.

    By reference a whole group may be taken back. By amount alone the last payment stands: such a
    credit says only that a repeat was noticed.
    """
    first = group[0]
    waiting = loose.get((first.body_id, first.supplier, first.amount_gbp), [])
    if by_reference:
        plain = plain_reference(first.reference)
        fits = [c for c in waiting if plain and plain_reference(c.reference) == plain]
        taken = fits[: len(group)]
    else:
        taken = [c for c in waiting if c.paid_on >= first.paid_on][: len(group) - 1]
    for credit in taken:
        waiting.remove(credit)
    return taken


def _repeated(group: list[Payment], credits: list[Payment]) -> list[Candidate]:
    """One candidate for the group's repeats: open for what credits have not taken back."""
    amount = group[0].amount_gbp
    references = {row.reference for row in group}
    key = "a" if len(references) == 1 else "d"
    open_count = max(0, len(group) - 1 - len(credits))
    how = "the same reference" if key == "a" else "references that differ only in how they are put"
    taken = f", and {_number(credits, 'credit')} of that amount" if credits else ""
    end = "." if open_count else ": nothing is left overpaid."
    return [
        Candidate(
            key=key,
            status=Status.OPEN if open_count else Status.RESOLVED,
            lines=tuple(row.line for row in group),
            credits=tuple(row.line for row in credits),
            amount_gbp=amount * (open_count or len(group) - 1),
            sentence=f"{len(group)} payments of £{amount:,.2f} to one supplier with {how}"
            f"{taken}{end}",
        )
    ]


def _number(rows: Sequence[object], word: str) -> str:
    return f"{len(rows)} {word}{'' if len(rows) == 1 else 's'}"


def _close_in_time(
    standing: list[Payment],
    loose: dict[object, list[Payment]],
    within_days: int,
    regular_count: int | None,
) -> list[Candidate]:
    found = []
    groups = _by(standing, lambda p: (p.body_id, p.supplier, p.amount_gbp))
    for group in groups.values():
        if len(group) < 2 or (regular_count is not None and len(group) >= regular_count):
            continue
        group.sort(key=lambda p: (p.paid_on, p.line))
        # A chain: each payment is near the one before it.
        chain = [group[0]]
        for row in [*group[1:], None]:
            if row is not None and (row.paid_on - chain[-1].paid_on).days <= within_days:
                chain.append(row)
                continue
            if len(chain) > 1:
                found.append(_near(chain, _credits_for(chain, loose, by_reference=False)))
            if row is not None:
                chain = [row]
    return found


def _near(chain: list[Payment], credits: list[Payment]) -> Candidate:
    amount = chain[0].amount_gbp
    days = (chain[-1].paid_on - chain[0].paid_on).days
    open_count = max(0, len(chain) - 1 - len(credits))
    taken = f", and {_number(credits, 'credit')} of that amount" if credits else ""
    return Candidate(
        key="b",
        status=Status.OPEN if open_count else Status.RESOLVED,
        lines=tuple(row.line for row in chain),
        credits=tuple(row.line for row in credits),
        amount_gbp=amount * (open_count or len(chain) - 1),
        sentence=f"{len(chain)} payments of £{amount:,.2f} to one supplier within "
        f"{_number(range(days), 'day') if days else 'one day'}, under different references or none"
        f"{taken}.",
    )


def _across_suppliers(standing: list[Payment]) -> list[Candidate]:
    found = []
    with_reference = [row for row in standing if plain_reference(row.reference)]
    with_reference.sort(key=lambda p: (p.paid_on, p.line))
    groups = _by(with_reference, lambda p: (p.body_id, plain_reference(p.reference), p.amount_gbp))
    for group in groups.values():
        suppliers = {row.supplier for row in group}
        if len(suppliers) < 2:
            continue
        amount = group[0].amount_gbp
        found.append(
            Candidate(
                key="c",
                status=Status.REVIEW,
                lines=tuple(row.line for row in group),
                credits=(),
                amount_gbp=amount * (len(group) - 1),
                sentence=f"{len(group)} payments of £{amount:,.2f} with one reference to "
                f"{len(suppliers)} supplier records: one supplier held twice, or chance.",
            )
        )
    return found


def _vat_candidates(rows: list[Payment], vat_rate_on: Callable[[date], Decimal]) -> list[Candidate]:
    found = []
    for row in rows:
        if row.vat_gbp is None or row.net_gbp is None or row.vat_gbp <= 0 or row.net_gbp < 0:
            continue
        rate = vat_rate_on(row.paid_on)
        most = (row.net_gbp * rate).quantize(PENNY, rounding=ROUND_HALF_UP)
        if row.vat_gbp <= most + PENNY:  # a penny of rounding on the invoice
            continue
        found.append(
            Candidate(
                key="e",
                status=Status.OPEN,
                lines=(row.line,),
                credits=(),
                amount_gbp=row.vat_gbp - most,
                sentence=f"VAT of £{row.vat_gbp:,.2f} on £{row.net_gbp:,.2f} net is more than "
                f"{rate:.1%}, which gives £{most:,.2f}.",
            )
        )
    return found
