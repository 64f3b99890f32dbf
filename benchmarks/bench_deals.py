"""What does one engine for every deal cost, against code written by hand for a single one?

Simulating: 100,000 futures x 40 quarters x 10 terms x 5 parties, against NumPy that draws the same
numbers and returns the same per-party mean, P5/P50/P95 and worst-5% mean; and against the same deal
as plain Python objects (fewer futures, scaled). Uncertainty is drawn for each fact and period; how
much wider results are when each fact is drawn once for the whole deal is said beside it. What moves
each result, and an investor's rates of return, are no part of that bar: they are timed apart.
Settling: 10,000 contracts of 20 shapes x 4 quarters, grouped by shape, against a bare loop over
Decimals; the sentences are written on demand and timed apart.
Run: `python benchmarks/bench_deals.py`.
"""

import argparse
import math
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from moothall.deals.investors import investor_result  # noqa: E402  after the path
from moothall.deals.reading import deal_from_toml  # noqa: E402  after the path
from moothall.deals.settlement import settled_together  # noqa: E402  after the path
from moothall.deals.simulation import CHUNK, facts_drawn, simulation  # noqa: E402  after the path
from moothall.deals.spreads import drivers  # noqa: E402  after the path

SIMULATED, FASTER, SETTLED = 2.0, 100, 3.0
SEED, PENNY = 7, Decimal("0.01")

DEAL = """
[deal]
name = "Ten terms"
starts_on = 2026-04-01
ends_before = 2036-04-01
every = "quarter"

[parties]
council = { name = "Council", kind = "public body", reference = "in-house" }
contractor = { name = "Contractor", kind = "supplier" }
charity = { name = "Charity", kind = "charity" }
neighbour = { name = "Neighbour", kind = "public body", reference = "in-house" }
mutual = { name = "Mutual", kind = "mutual" }

[facts.volume]
title = "Volume"
unit = "units"
distribution = { kind = "triangular", low = 800, mode = 1000, high = 1400 }
[facts.hours]
title = "Hours"
unit = "hours"
distribution = { kind = "normal", mean = 500, sd = 60 }
[facts.cost]
title = "Cost"
borne_by = "contractor"
distribution = { kind = "normal", mean = 60000, sd = 6000 }
[facts.care]
title = "Cost of care"
borne_by = "charity"
distribution = { kind = "triangular", low = 8000, mode = 10000, high = 15000 }
[facts.kept]
title = "Homes kept"
unit = "homes"
distribution = { kind = "poisson", mean = 12 }

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 20000
[terms.grant]
kind = "fixed_fee"
payer = "neighbour"
payee = "charity"
amount_gbp = 5000
[terms.volume]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "volume"
least = 900
bands = [{ price_gbp = 30 }, { above = 1100, price_gbp = 22 }]
[terms.hours]
kind = "unit_price"
payer = "council"
payee = "charity"
volume = "hours"
bands = [{ price_gbp = 12 }]
[terms.hours_too]
kind = "unit_price"
payer = "neighbour"
payee = "mutual"
volume = "hours"
most = 600
bands = [{ price_gbp = 9 }]
[terms.gain]
kind = "gain_share"
payer = "council"
payee = "contractor"
actual = "cost"
baseline_gbp = 60000
ranges = [{ share = "0.3" }, { above = "0.9", share = "0.5" }, { above = "1.1", share = "0.2" }]
[terms.gain_too]
kind = "gain_share"
payer = "neighbour"
payee = "charity"
actual = "care"
baseline_gbp = 11000
ranges = [{ share = "0.5" }]
[terms.homes]
kind = "rate_card"
payer = "council"
payee = "charity"
tariffs = [{ outcome = "kept", price_gbp = 450, most = 400 }]
total_cap_gbp = 150000
[terms.homes_too]
kind = "rate_card"
payer = "neighbour"
payee = "mutual"
tariffs = [{ outcome = "kept", price_gbp = 100 }]
period_cap_gbp = 1500
[terms.cap]
kind = "total_cap"
payer = "council"
payee = "contractor"
over = ["fee", "volume"]
cap_gbp = 2000000
"""
PARTIES = ("council", "contractor", "charity", "neighbour", "mutual")
PERIODS = 40


def by_hand(draws):
    """The same deal for this deal alone; (party, draw) results."""
    rng = np.random.default_rng(SEED)
    sizes = [min(CHUNK, draws - start) for start in range(0, draws, CHUNK)]
    factors = 1.035 ** -(np.arange(PERIODS) / 4)
    chunks = []
    for generator, size in zip(rng.spawn(len(sizes)), sizes, strict=True):
        shape = (PERIODS, size)
        volume = generator.triangular(800, 1000, 1400, shape)
        hours = generator.normal(500, 60, shape)
        cost = generator.normal(60000, 6000, shape)
        care = generator.triangular(8000, 10000, 15000, shape)
        kept = generator.poisson(12, shape).astype(np.float64)
        paid_for = np.maximum(volume, 900)
        units = np.minimum(paid_for, 1100) * 30 + np.maximum(paid_for - 1100, 0) * 22

        def shares(x):
            low = np.minimum(x, 54000) * 0.3
            middle = np.clip(x - 54000, 0, 12000) * 0.5
            return low + middle + np.maximum(x - 66000, 0) * 0.2

        gain = 54000 * 0.3 + 6000 * 0.5 - shares(cost)
        gain_too = (11000 - np.maximum(care, 0)) * 0.5
        homes = np.minimum(np.cumsum(kept, axis=0), 400) * 450
        homes = np.diff(np.minimum(homes, 150000), axis=0, prepend=0)
        homes_too = np.minimum(kept * 100, 1500)
        core = np.cumsum(20000 + units, axis=0)
        core = np.diff(np.minimum(core, 2_000_000), axis=0, prepend=0)
        hours_due = np.maximum(hours, 0) * 12
        hours_too = np.maximum(np.minimum(hours, 600), 0) * 9
        cash = {
            "council": -(core + hours_due + gain + homes),
            "contractor": core + gain - cost,
            "charity": 5000 + hours_due + gain_too + homes - care,
            "neighbour": -(5000 + hours_too + gain_too + homes_too),
            "mutual": hours_too + homes_too,
        }
        chunks.append(np.stack([factors @ cash[party] for party in PARTIES]))
    return spread(np.concatenate(chunks, axis=1))


def spread(results):
    """(party, statistic): mean, P5, P50, P95, worst-5% mean."""
    worst = int(np.ceil(results.shape[1] * 0.05))
    found = []
    for of in results:
        tail = np.partition(of, worst - 1)[:worst].mean()
        found.append([of.mean(), *np.percentile(of, (5, 50, 95)), tail])
    return np.array(found)


def by_engine(deal, draws):
    done = simulation(deal, seed=SEED, draws=draws)
    told = [done.parties[party] for party in PARTIES]
    return np.array([[one.mean, one.p5, one.p50, one.p95, one.cvar5] for one in told])


@dataclass(frozen=True)
class Flow:
    payer: str
    payee: str
    amount: float


@dataclass
class Party:
    """Whoever pays and is paid: what its flows are worth on the first day."""

    worth: float = 0.0

    def books(self, amount, factor):
        self.worth += amount * factor


@dataclass
class Fact:
    draw: Callable[[], float]
    borne_by: str | None = None


@dataclass
class Fee:
    payer: str
    payee: str
    amount: float

    def due(self, facts):
        return self.amount


@dataclass
class UnitPrice:
    payer: str
    payee: str
    volume: str
    bands: list[tuple[float, float]]
    least: float = 0.0
    most: float = math.inf

    def due(self, facts):
        volume = min(max(facts[self.volume], self.least), self.most)
        return in_bands(volume, self.bands)


@dataclass
class GainShare:
    payer: str
    payee: str
    actual: str
    baseline: float
    bands: list[tuple[float, float]]

    def due(self, facts):
        return in_bands(self.baseline, self.bands) - in_bands(facts[self.actual], self.bands)


@dataclass
class RateCard:
    payer: str
    payee: str
    outcome: str
    price: float
    most: float = math.inf
    period_cap: float = math.inf
    total_cap: float = math.inf
    counted: float = 0.0
    paid: float = 0.0

    def due(self, facts):
        taken = min(facts[self.outcome], self.most - self.counted)
        due = min(taken * self.price, self.period_cap, self.total_cap - self.paid)
        self.counted += taken
        self.paid += due
        return due


@dataclass
class TotalCap:
    payer: str
    payee: str
    over: list[Fee | UnitPrice]
    cap: float
    total: float = 0.0

    def due(self, facts):
        before = self.total
        self.total += sum(term.due(facts) for term in self.over)
        return -(max(self.total - self.cap, 0) - max(before - self.cap, 0))


def in_bands(amount, bands):
    """What an amount comes to at a rate above each limit; bands rise from nothing."""
    total = 0.0
    for place, (above, rate) in enumerate(bands):
        below = bands[place + 1][0] if place + 1 < len(bands) else math.inf
        total += max(min(amount, below) - above, 0) * rate
    return total


def as_objects(draws):
    """The same deal as straightforward Python objects; how long it takes."""
    chance = random.Random(SEED)
    facts = {
        "volume": Fact(lambda: chance.triangular(800, 1400, 1000)),
        "hours": Fact(lambda: chance.gauss(500, 60)),
        "cost": Fact(lambda: chance.gauss(60000, 6000), borne_by="contractor"),
        "care": Fact(lambda: chance.triangular(8000, 15000, 10000), borne_by="charity"),
        "kept": Fact(lambda: poisson(chance, 12)),
    }
    began = time.process_time()
    results = []
    for _ in range(draws):
        parties = {party: Party() for party in PARTIES}
        fee = Fee("council", "contractor", 20000)
        volume = UnitPrice("council", "contractor", "volume", [(0, 30), (1100, 22)], least=900)
        shares = [(0, 0.3), (54000, 0.5), (66000, 0.2)]
        terms = [
            fee,
            Fee("neighbour", "charity", 5000),
            volume,
            UnitPrice("council", "charity", "hours", [(0, 12)]),
            UnitPrice("neighbour", "mutual", "hours", [(0, 9)], most=600),
            GainShare("council", "contractor", "cost", 60000, shares),
            GainShare("neighbour", "charity", "care", 11000, [(0, 0.5)]),
            RateCard("council", "charity", "kept", 450, most=400, total_cap=150_000),
            RateCard("neighbour", "mutual", "kept", 100, period_cap=1500),
            TotalCap("council", "contractor", [fee, volume], 2_000_000),
        ]
        for quarter in range(PERIODS):
            factor = 1.035 ** -(quarter / 4)
            known = {key: fact.draw() for key, fact in facts.items()}
            for flow in [Flow(term.payer, term.payee, term.due(known)) for term in terms]:
                parties[flow.payer].books(-flow.amount, factor)
                parties[flow.payee].books(flow.amount, factor)
            for key, fact in facts.items():
                if fact.borne_by is not None:
                    parties[fact.borne_by].books(-known[key], factor)
        results.append({key: party.worth for key, party in parties.items()})
    seconds = time.process_time() - began
    return seconds, np.array([[of[party] for of in results] for party in PARTIES])


def poisson(chance, mean):
    """A count, by multiplying chances until they are small enough."""
    least, product, count = math.exp(-mean), chance.random(), 0
    while product > least:
        product *= chance.random()
        count += 1
    return count


def processor(of, *arguments):
    began = time.process_time()
    answer = of(*arguments)
    return time.process_time() - began, answer


SHAPE = """
[deal]
name = "Shape {n}"
starts_on = 2026-04-01
ends_before = 2027-04-01
every = "quarter"
[parties]
council = {{ name = "Council", kind = "public body", reference = "in-house" }}
provider = {{ name = "Provider", kind = "charity" }}
[facts.volume]
title = "Volume"
unit = "units"
[facts.kept]
title = "Homes kept"
unit = "homes"
[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "provider"
amount_gbp = "{fee}"
[terms.units]
kind = "unit_price"
payer = "council"
payee = "provider"
volume = "volume"
bands = [{{ price_gbp = "3.335" }}, {{ above = 500, price_gbp = "2.115" }}]
[terms.homes]
kind = "rate_card"
payer = "council"
payee = "provider"
tariffs = [{{ outcome = "kept", price_gbp = "450.25" }}]
total_cap_gbp = 9000
"""
SHAPES, OF_EACH, QUARTERS = 20, 500, 4


def shapes():
    chance = np.random.default_rng(SEED)
    found = []
    for n in range(SHAPES):
        fee = f"{1000 + n}.50"
        facts = {
            key: [
                np.array([Decimal(int(one)) for one in chance.integers(0, most, OF_EACH)])
                for _ in range(QUARTERS)
            ]
            for key, most in (("volume", 1200), ("kept", 12))
        }
        found.append((deal_from_toml(SHAPE.format(n=n, fee=fee)), Decimal(fee), facts))
    return found


def settled_by_hand(fee, facts):
    """A bare loop over Decimals."""
    total = Decimal(0)
    first, second, price, cap = Decimal("3.335"), Decimal("2.115"), Decimal("450.25"), Decimal(9000)
    fee_due = fee.quantize(PENNY, ROUND_HALF_UP)
    for place in range(OF_EACH):
        paid = Decimal(0)
        for quarter in range(QUARTERS):
            volume, kept = facts["volume"][quarter][place], facts["kept"][quarter][place]
            inside = min(volume, 500) * first + max(volume - 500, 0) * second
            due = min(kept * price, cap - paid).quantize(PENNY, ROUND_HALF_UP)
            paid += due
            total += fee_due + inside.quantize(PENNY, ROUND_HALF_UP) + due
    return total


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--draws", type=int, default=100_000)
    arguments.add_argument("--runs", type=int, default=5)
    asked = arguments.parse_args()
    deal = deal_from_toml(DEAL)
    hand, engine = [], []
    for _ in range(asked.runs):
        seconds, by_numpy = processor(by_hand, asked.draws)
        hand.append(seconds)
        seconds, by_us = processor(by_engine, deal, asked.draws)
        engine.append(seconds)
    np.testing.assert_allclose(by_us, by_numpy, rtol=1e-9)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hand_s, engine_s = statistics.median(hand), statistics.median(engine)
    few = 400
    objects_s, by_objects = as_objects(few)
    standard_errors = by_objects.std(axis=1) / math.sqrt(few)
    assert (abs(by_objects.mean(axis=1) - by_us[:, 0]) < 5 * standard_errors).all()
    objects_s *= asked.draws / few
    drawing_s, _ = processor(drawn_only, asked.draws)
    ratio = engine_s / hand_s
    print(f"{asked.draws:,} futures x 40 quarters x 10 terms x 5 parties, medians of {asked.runs}")
    print(f"by hand in NumPy {hand_s:6.2f} s of processor")
    print(
        f"simulated        {engine_s:6.2f} s: {ratio:.2f} times (bar {SIMULATED}, "
        f"{'met' if ratio <= SIMULATED else 'NOT met'}); {engine_s / drawing_s:.1f} times the draws"
    )
    print(f"drawn for each fact and period; once for the whole deal {wider(by_us, asked.draws)}")
    driving_s, _ = processor(partial(drivers, deal, seed=SEED))
    print(f"drivers          {driving_s:6.2f} s: what moves each party's result, apart")
    flows, paid_in, years = invested(asked.draws)
    rates_s, _ = processor(investor_result, flows, paid_in, years)
    print(f"investor         {rates_s:6.2f} s: a rate of return in each future, apart")
    times = objects_s / engine_s
    print(
        f"plain objects    {objects_s:6.0f} s by {few} futures: {times:.0f} times slower "
        f"(bar {FASTER}, {'met' if times >= FASTER else 'NOT met'})"
    )
    print(f"peak memory      {peak:6.0f} MB (bar 1,024, {'met' if peak < 1024 else 'NOT met'})")

    every = shapes()
    bare, ours = [], []
    for _ in range(asked.runs):
        began = time.process_time()
        totals = [settled_by_hand(fee, facts) for _, fee, facts in every]
        bare.append(time.process_time() - began)
        began = time.process_time()
        lines = [settled_together(shape, facts, OF_EACH) for shape, _, facts in every]
        ours.append(time.process_time() - began)
    for total, made in zip(totals, lines, strict=True):
        assert total == sum(amount for line in made for amount in line.amount)
    bare_s, ours_s = statistics.median(bare), statistics.median(ours)
    ratio = ours_s / bare_s
    began = time.process_time()
    count = sum(bool(line.because(place)) for line in lines[0] for place in range(OF_EACH))
    sentences_s = (time.process_time() - began) / count
    print(f"{SHAPES * OF_EACH:,} contracts of {SHAPES} shapes x {QUARTERS} quarters")
    print(f"bare Decimals    {bare_s:6.2f} s of processor")
    print(
        f"settled          {ours_s:6.2f} s: {ratio:.2f} times (bar {SETTLED}, "
        f"{'met' if ratio <= SETTLED else 'NOT met'})"
    )
    print(f"sentences        {sentences_s * 1e6:6.0f} microseconds each, on demand")


def wider(results, draws):
    """Say how much wider results are when each fact is drawn once for the whole deal."""
    once = deal_from_toml(re.sub(r"(distribution = \{.*?) \}", r'\1, per = "deal" }', DEAL))
    _, low, _, high, _ = by_engine(once, draws).T
    ratios = (high - low) / (results[:, 3] - results[:, 1])
    return f"P5 to P95 is {ratios.min():.1f} to {ratios.max():.1f} times as wide"


def invested(draws):
    """An investor's flows: (period, draw) in four quarters and back in 36; paid in; years."""
    rng = np.random.default_rng(SEED)
    back = rng.triangular(0, 15_000, 30_000, (PERIODS - 4, draws))
    return (
        np.vstack([np.full((4, draws), -100_000.0), back]),
        np.full(draws, 400_000.0),
        np.arange(PERIODS) / 4,
    )


def drawn_only(draws):
    deal = deal_from_toml(DEAL)
    rng = np.random.default_rng(SEED)
    for start in range(0, draws, CHUNK):
        facts_drawn(deal, rng, min(CHUNK, draws - start))


if __name__ == "__main__":
    main()
