"""Which payments do the five invented bodies make, day by day, for three years?"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import numpy as np
from attrs import evolve, frozen

from moothall.site.demo import place
from moothall.site.demo.suppliers import Supplier, invented_suppliers
from moothall.site.demo.trades import SEASONS, TRADES

YEARLY_GROWTH = (0.061, 0.048, 0.055, 0.043, 0.037)  # by body; prices and demand together
THRESHOLD_GBP = (500, 250, 25000, 500, 500)  # by body: what is published is above it
SPREAD = 0.9  # of the logarithm of a payment's size
# Fewer and larger payments than in a real ledger, so that three years load in seconds.
LARGER = 2.4


@frozen
class Payment:
    """One payment line before it is printed in a body's own way. Amounts in whole pence."""

    body: int
    paid_on: date
    supplier: int  # -1: not one of the invented suppliers; `name` says who
    name: str
    ref: str
    department: str
    purpose: str
    label: str
    pence: int
    transaction: str
    invoice: str
    is_capital: bool = False
    is_redacted: bool = False
    is_vatable: bool = True
    is_second_record: bool = False  # the ledger holds the supplier twice, under two numbers


@frozen
class Spend:
    """All that the bodies paid, in the order of days."""

    suppliers: tuple[Supplier, ...]
    payments: tuple[Payment, ...]

    def of(self, body: int) -> list[Payment]:
        return [payment for payment in self.payments if payment.body == body]


def invented_spend(seed: int = place.SEED) -> Spend:
    """Suppliers and payments, the same each time for one seed."""
    chance = np.random.default_rng(seed)
    suppliers = invented_suppliers(chance)
    by_trade: dict[int, list[Supplier]] = {}
    for supplier in suppliers:
        by_trade.setdefault(supplier.trade, []).append(supplier)
    payments: list[Payment] = []
    for body in range(5):
        made: list[Payment] = []
        for number, trade in enumerate(TRADES):
            if trade.yearly[body]:
                used = _used_by(body, by_trade[number], chance)
                made.extend(_trade_payments(body, number, used, chance))
        made.extend(_standing_payments(body))
        made.sort(key=lambda payment: (payment.paid_on, payment.name, payment.pence))
        made.extend(_credits(made, chance))
        made = _with_duplicates(made, body, chance)
        made.sort(key=lambda payment: payment.paid_on)
        start = (5100000, 88000, 3300000, 910000, 12000)[body]
        payments.extend(
            evolve(payment, transaction=payment.transaction or f"{start + place_in}")
            for place_in, payment in enumerate(made)
        )
    return Spend(suppliers, tuple(payments))


def month_start(month: int) -> date:
    """The first day of a month of the demonstration, from 0."""
    year, in_year = divmod(month + 3, 12)
    return date(place.FIRST_YEAR + year, in_year + 1, 1)


def _used_by(
    body: int, suppliers: list[Supplier], chance: np.random.Generator
) -> list[tuple[Supplier, float]]:
    """The suppliers of a trade that this body uses: most share some, each has some of its own."""
    share = (0.85, 0.45, 0.5, 0.45, 0.4)[body]
    chosen = [
        (supplier, supplier.weight * float(chance.lognormal(0, 0.5)))
        for supplier in suppliers
        if chance.random() < share
    ]
    return chosen or [(suppliers[0], 1.0)]


def _trade_payments(
    body: int, number: int, used: list[tuple[Supplier, float]], chance: np.random.Generator
) -> list[Payment]:
    trade = TRADES[number]
    season = np.array(SEASONS[trade.season])
    season = season * 12 / season.sum()
    weights = np.array([weight for _, weight in used])
    weights = weights / weights.sum()
    least = THRESHOLD_GBP[body]
    typical = max(trade.typical * LARGER, least * 1.7)
    made = []
    for month in range(place.MONTHS):
        growth = (1 + YEARLY_GROWTH[body]) ** (month / 12)
        budget = trade.yearly[body] * 1e6 / 12 * season[month % 12] * growth
        count = int(chance.poisson(budget / typical / growth**0.5))
        if not count:
            continue
        sizes = chance.lognormal(0, SPREAD, count)
        sizes = least + sizes / sizes.sum() * max(budget - count * least, budget * 0.2)
        pence = np.round(sizes * 100).astype(np.int64)
        round_pounds = chance.random(count) < 0.25
        pence[round_pounds] = pence[round_pounds] // 1000 * 1000 + 1000
        who = chance.choice(len(used), size=count, p=weights)
        first = month_start(month)
        days = chance.integers(0, monthrange(first.year, first.month)[1], count)
        what = chance.integers(0, len(trade.purposes), count)
        slips = chance.random(count) < 0.3
        invoices = chance.integers(1000, 99999, count)
        for i in range(count):
            supplier = used[int(who[i])][0]
            spellings = supplier.spellings[body]
            # Some clerks say nothing of what was bought, and some suppliers nobody describes.
            is_second = body == 0 and bool(slips[i]) and supplier.number % 7 == 4
            is_vague = int(pence[i]) % 29 == 0 or (body > 2 and supplier.number % 23 == 5)
            paid_on = _working_day(first + timedelta(days=int(days[i])))
            made.append(
                Payment(
                    body=body,
                    paid_on=paid_on,
                    supplier=supplier.number,
                    name=spellings[-1] if slips[i] else spellings[0],
                    ref=f"2{supplier.refs[body]}" if is_second else supplier.refs[body],
                    is_second_record=is_second,
                    department=trade.departments[body],
                    purpose="Invoice" if is_vague else trade.purposes[int(what[i])],
                    label="Other supplies" if is_vague else trade.label,
                    pence=int(pence[i]),
                    transaction="",
                    invoice=_invoice(supplier, int(invoices[i])),
                    is_capital=trade.is_capital and bool(slips[i] or pence[i] > 5_000_000),
                    is_redacted=trade.is_redacted,
                    is_vatable=not trade.code.startswith(("social-care", "other")),
                )
            )
    return made


def _invoice(supplier: Supplier, number: int) -> str:
    style = supplier.number % 4
    return (f"INV-{number:05d}", f"{number}", f"SI{number:06d}", f"{number:05d}/A")[style]


def _working_day(day: date) -> date:
    """The day itself, or the Friday before a week-end, within the same month."""
    early = day - timedelta(days=max(0, day.weekday() - 4))
    return early if early.month == day.month else day + timedelta(days=7 - day.weekday())


# body, payee, department, purpose, label, GBP a month in 2023/24, months of the year (from April)
_EVERY = tuple(range(12))
_TEN = tuple(range(10))
_STANDING = (
    (1, "Aldermoor County Council", "Council tax precept", "Precepts", 3_700_000, _TEN),
    (1, "Aldermoor Police and Crime Commissioner", "Police precept", "Precepts", 640_000, _TEN),
    (1, "ALDERMOOR FIRE & RESCUE AUTHORITY", "Fire authority precept", "Precepts", 230_000, _TEN),
    (1, "Besktarn Parish Council", "Parish precept", "Precepts", 41_000, (0, 5)),
    (1, "Lorskdale Town Council", "Parish precept", "Precepts", 76_000, (0, 5)),
    (1, "Aldermoor Pension Fund", "Employer's pension contribution", "Pensions", 210_000, _EVERY),
    (1, "HM REVENUE & CUSTOMS", "PAYE and national insurance", "Tax", 260_000, _EVERY),
    (0, "HM Revenue & Customs", "PAYE and national insurance", "Tax", 1_050_000, _EVERY),
    (0, "Aldermoor Pension Fund", "Employer's pension contribution", "Pensions", 920_000, _EVERY),
    (0, "Tarnfell Money Market Fund", "Short-term investment", "Treasury", 1_500_000, (2, 8)),
    (0, "Ashmere District Council", "Agency grass cutting", "Other local authorities", 62_000,
     _EVERY),
    (0, "NHS Aldermoor ICB", "Integrated equipment contribution", "Joint services", 88_000, _EVERY),
    (2, "ALDERMOOR COUNTY COUNCIL", "Better care contribution", "Joint services", 1_350_000,
     _EVERY),
    (2, "Aldermoor Hospitals NHS Foundation Trust", "Acute contract", "NHS trusts", 2_300_000,
     _EVERY),
    (2, "Ashmere Community Health NHS Trust", "Community contract", "NHS trusts", 800_000,
     _EVERY),
    (3, "Aldermoor CC", "Shared legal and property services", "Joint services", 71_000, _EVERY),
    (3, "HM Revenue & Customs", "PAYE and national insurance", "Tax", 480_000, _EVERY),
    (3, "Aldermoor Pension Fund", "Employer's pension contribution", "Pensions", 310_000, _EVERY),
    (4, "Aldermoor Police", "Shared control room", "Joint services", 74_000, _EVERY),
    (4, "Aldermoor Pension Fund", "Employer's pension contribution", "Pensions", 96_000, _EVERY),
)  # fmt: skip


def _standing_payments(body: int) -> list[Payment]:
    """Precepts, pension contributions, tax and payments to the place's other bodies."""
    made = []
    for row, (payer, payee, purpose, label, monthly, months) in enumerate(_STANDING):
        if payer != body:
            continue
        for month in range(place.MONTHS):
            if month % 12 not in months:
                continue
            growth = (1 + YEARLY_GROWTH[body]) ** (month // 12)
            day = _working_day(month_start(month) + timedelta(days=14 + row % 9))
            made.append(
                Payment(
                    body=body,
                    paid_on=day,
                    supplier=-1,
                    name=payee,
                    ref=f"{'CDHPF'[body]}9{row:03d}",
                    department=(
                        "Corporate Resources",
                        "Resources",
                        "Corporate",
                        "Business Support",
                        "Support",
                    )[body],
                    purpose=purpose,
                    label=label,
                    pence=int(monthly * growth) * 100 + (month * 7919 + row * 131) % 100,
                    transaction="",
                    invoice=f"{purpose[:3].upper()}{month:02d}{row:02d}",
                    is_vatable=False,
                )
            )
    return made


def _credits(made: list[Payment], chance: np.random.Generator) -> list[Payment]:
    """A credit note for about one payment in seventy: part of it back, some weeks later."""
    credit_notes = []
    for place_in in np.flatnonzero(chance.random(len(made)) < 0.014):
        of = made[int(place_in)]
        back = of.paid_on + timedelta(days=int(chance.integers(5, 45)))
        if of.supplier < 0 or back >= month_start(place.MONTHS):
            continue
        share = float(chance.choice([0.1, 0.25, 0.5, 0.2]))
        credit_notes.append(
            evolve(
                of,
                paid_on=_working_day(back),
                pence=-max(1, int(of.pence * share)),
                invoice=f"CR{of.invoice[-5:]}",
            )
        )
    return credit_notes


def _with_duplicates(made: list[Payment], body: int, chance: np.random.Generator) -> list[Payment]:
    """Some invoices paid twice; a credit takes some of them back."""
    wanted = (36, 10, 3, 8, 4)[body]
    large = [
        place_in
        for place_in, payment in enumerate(made)
        if payment.pence > 150_000 and payment.supplier >= 0 and not payment.is_redacted
    ]
    again = []
    for turn, choice in enumerate(chance.choice(len(large), size=wanted, replace=False)):
        at = large[int(choice)]
        shared = f"{(61, 62, 63, 64, 65)[body]}{at:06d}"
        of = evolve(made[at], transaction=shared)
        made[at] = of
        later = _working_day(of.paid_on + timedelta(days=int(chance.integers(2, 20))))
        if later >= month_start(place.MONTHS):
            continue
        reference = (shared, f"0{shared}", shared[:4] + "-" + shared[4:], "")[turn % 4]
        again.append(evolve(of, paid_on=later, transaction=reference))
        back = _working_day(later + timedelta(days=25))
        if turn % 3 == 0 and back < month_start(place.MONTHS):
            again.append(evolve(of, paid_on=back, transaction=shared, pence=-of.pence))
    return [*made, *again]
