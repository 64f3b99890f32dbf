"""More ways of ordering options, each from its own paper.

None of them stands beside the six of `methods` on a page. Where a paper's score is the better the
less, it is turned round zero here, since every method's total is the more the better.

Left out: COMET, which judges every combination of the criteria's ends, by another method: 2 to the
power of the criteria of them for each weighting.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from moothall.appraisal.engine.criteria import Floats
from moothall.appraisal.engine.methods import Method, as_they_are
from moothall.appraisal.engine.normalising import (
    Costs,
    Normalisation,
    by_best,
    by_sum,
    divided,
    min_max,
    vector,
)


def _powers(shares: Floats, weights: Floats) -> Floats:
    """(draw, option, criterion): each share to the power of its weight."""
    found: Floats = shares[None, :, :] ** weights[:, None, :]
    return found


def _span(totals: Floats) -> Floats:
    """Totals (draw, option) from 0 for the least of each draw to 1 for the most."""
    least = totals.min(axis=1, keepdims=True)
    return divided(totals - least, totals.max(axis=1, keepdims=True) - least)


def _ideal(figures: Floats, costs: Costs) -> Floats:
    found: Floats = np.where(costs, figures.min(axis=0), figures.max(axis=0))
    return found


def additive_ratio(
    figures: Floats, weights: Floats, costs: Costs, *, ideal: Floats | None = None
) -> Floats:
    """Each total as a share of the ideal option's."""
    best = _ideal(figures, costs) if ideal is None else ideal
    totals = weights @ by_sum(np.vstack([best, figures]), costs).T
    return divided(totals[:, 1:], totals[:, :1])


def combined_compromise(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """Three ways of putting a sum and a sum of powers together, and their two means."""
    shares = min_max(figures, costs)
    sums, powers = weights @ shares.T, _powers(shares, weights).sum(axis=2)
    both = sums + powers
    of_all = divided(both, both.sum(axis=1, keepdims=True))
    of_least = divided(sums, sums.min(axis=1, keepdims=True))
    of_least += divided(powers, powers.min(axis=1, keepdims=True))
    of_most = divided(both, sums.max(axis=1, keepdims=True) + powers.max(axis=1, keepdims=True))
    found: Floats = np.cbrt(of_all * of_least * of_most) + (of_all + of_least + of_most) / 3
    return found


def distance_assessment(
    figures: Floats, weights: Floats, costs: Costs, *, apart: float = 0.02
) -> Floats:
    """Straight distances from the worst; where two are `apart` or more, taxicab ones as well."""
    beyond = by_best(figures, costs)
    beyond = beyond - beyond.min(axis=0)
    straight, taxicab = np.sqrt(weights**2 @ (beyond**2).T), weights @ beyond.T
    lead = straight[:, :, None] - straight[:, None, :]
    lead_too = taxicab[:, :, None] - taxicab[:, None, :]
    found: Floats = (lead + (np.abs(lead) >= apart) * lead_too).sum(axis=2)
    return found


def distance_from_average(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """How far above the average option, and how little below it."""
    mean = figures.mean(axis=0)
    lead = divided(as_they_are(figures - mean, costs), mean)
    above, below = weights @ np.maximum(lead, 0).T, weights @ np.maximum(-lead, 0).T
    found: Floats = (
        divided(above, above.max(axis=1, keepdims=True))
        + 1
        - divided(below, below.max(axis=1, keepdims=True))
    ) / 2
    return found


def beyond_border(figures: Floats, costs: Costs) -> Floats:
    """Beyond the geometric mean of all options."""
    raised = min_max(figures, costs) + 1
    found: Floats = raised - np.exp(np.log(raised).mean(axis=0))
    return found


def gap_to_ideal(figures: Floats, costs: Costs) -> Floats:
    """The gap that is left to the ideal, shared among the options; turned round zero."""
    found: Floats = (min_max(figures, costs) - 1) / len(figures)
    return found


def utility_of_ends(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """Utility against the ideal option and against its opposite."""
    shares = by_best(figures, costs)
    totals = weights @ shares.T
    to_worst = divided(totals, weights @ shares.min(axis=0)[:, None])
    to_best = divided(totals, weights @ shares.max(axis=0)[:, None])
    both = to_worst + to_best
    by_best_, by_worst = divided(to_worst, both), divided(to_best, both)
    below = 1 + divided(1 - by_best_, by_best_) + divided(1 - by_worst, by_worst)
    return divided(both, below)


def ratios(figures: Floats, costs: Costs) -> Floats:
    """Vector shares of benefits, less those of costs."""
    return as_they_are(vector(figures, np.zeros_like(costs)), costs)


def operational_ratings(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """Leads over the worst as multiples of the least: of costs and benefits apart, then both."""
    least = figures.min(axis=0)
    beyond = divided(np.where(costs, figures.max(axis=0) - figures, figures - least), least)
    parts = [weights[:, which] @ beyond[:, which].T for which in (costs, ~costs)]
    totals = sum(part - part.min(axis=1, keepdims=True) for part in parts)
    found: Floats = np.array(totals)
    found -= found.min(axis=1, keepdims=True)
    return found


def compromise_ranking(
    figures: Floats, weights: Floats, costs: Costs, *, majority: float = 0.5
) -> Floats:
    """The regret over all criteria and the greatest over one, put together; turned round zero."""
    shares = 1 - min_max(figures, costs)
    regret = weights @ shares.T
    greatest = (weights[:, None, :] * shares[None, :, :]).max(axis=2)
    return -(majority * _span(regret) + (1 - majority) * _span(greatest))


def roots(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """(2 + benefits) to the power of 1 / (2 + costs), both as shares of their columns."""
    shares = divided(figures, figures.sum(axis=0))
    benefits = weights[:, ~costs] @ shares[:, ~costs].T
    found: Floats = (2 + benefits) ** (1 / (2 + weights[:, costs] @ shares[:, costs].T))
    return found


def ideal_to_average(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """Distances to the best, the second best and so on of every criterion, and to the average."""
    shares = vector(figures, np.zeros_like(costs))
    ladder = np.sort(as_they_are(shares, costs), axis=0)[::-1]
    ladder = as_they_are(ladder, costs)
    squares, count = weights**2, len(figures)
    to = np.stack([np.sqrt(squares @ ((shares - rung) ** 2).T) for rung in ladder])
    half = (count + 1) // 2
    above = (to[:half] / np.arange(1, half + 1)[:, None, None]).sum(axis=0)
    below = (to[half - 1 :] / np.arange(count - half + 1, 0, -1)[:, None, None]).sum(axis=0)
    average = np.sqrt(squares @ ((shares - ladder.mean(axis=0)) ** 2).T)
    found: Floats = 1 / (1 + divided(above, below) ** 2) + average
    return found


def weighted_product(
    figures: Floats, weights: Floats, costs: Costs, *, normalised: Normalisation = by_sum
) -> Floats:
    """The product of shares, each to the power of its weight."""
    found: Floats = _powers(normalised(figures, costs), weights).prod(axis=2)
    return found


def sum_and_product(figures: Floats, weights: Floats, costs: Costs) -> Floats:
    """Half a weighted sum, half a weighted product."""
    shares = by_best(figures, costs)
    found: Floats = (weights @ shares.T + _powers(shares, weights).prod(axis=2)) / 2
    return found


ARAS = "E. K. Zavadskas and Z. Turskis, Technological and Economic Development of Economy 16 (2010)"
SPOTIS = "J. Dezert and others, 23rd International Conference on Information Fusion (2020)"
FURTHER = (
    Method(
        "wsm_sum",
        "weighted sum, sum",
        "P. C. Fishburn, Operations Research 15 (1967)",
        flows=by_sum,
    ),
    Method(
        "wpm_sum",
        "weighted product, sum",
        "P. W. Bridgman, Dimensional Analysis (1922)",
        sums=weighted_product,
    ),
    Method(
        "waspas",
        "WASPAS, best",
        "E. K. Zavadskas and others, Elektronika ir Elektrotechnika 122 (2012)",
        sums=sum_and_product,
    ),
    Method("aras", "ARAS, sum", ARAS, sums=additive_ratio),
    Method(
        "cocoso",
        "CoCoSo, min-max",
        "M. Yazdani and others, Management Decision 57 (2019)",
        sums=combined_compromise,
    ),
    Method(
        "codas",
        "CODAS, best",
        "M. Keshavarz Ghorabaee and others, Economic Computation 50 (2016)",
        sums=distance_assessment,
    ),
    Method(
        "edas",
        "EDAS, average",
        "M. Keshavarz Ghorabaee and others, Informatica 26 (2015)",
        sums=distance_from_average,
    ),
    Method(
        "mabac",
        "MABAC, min-max",
        "D. Pamučar and G. Ćirović, Expert Systems with Applications 42 (2015)",
        flows=beyond_border,
    ),
    Method(
        "mairca",
        "MAIRCA, min-max",
        "L. Gigović and others, Sustainability 8 (2016)",
        flows=gap_to_ideal,
    ),
    Method(
        "marcos",
        "MARCOS, best",
        "Ž. Stević and others, Computers and Industrial Engineering 140 (2020)",
        sums=utility_of_ends,
    ),
    Method(
        "moora",
        "MOORA, vector",
        "W. K. M. Brauers and E. K. Zavadskas, Control and Cybernetics 35 (2006)",
        flows=ratios,
    ),
    Method(
        "ocra",
        "OCRA, least",
        "C. Parkan and M. L. Wu, Computers and Industrial Engineering 39 (2000)",
        sums=operational_ratings,
    ),
    Method(
        "vikor",
        "VIKOR, min-max",
        "S. Opricovic and G.-H. Tzeng, European Journal of Operational Research 156 (2004)",
        sums=compromise_ranking,
    ),
    Method(
        "ram",
        "RAM, sum",
        "A. Sotoudeh-Anvari, Journal of Cleaner Production 423 (2023)",
        sums=roots,
    ),
    Method(
        "probid",
        "PROBID, vector",
        "Z. Wang and others, Industrial and Engineering Chemistry Research 60 (2021)",
        sums=ideal_to_average,
    ),
)


# Those that rest on more than the options: fixed ends, an ideal, a point that all is held against.


def aras_to(ideal: Floats) -> Method:
    """Return ARAS against an ideal option (criterion,) of the asker's own."""
    return Method(
        "aras_to", "ARAS, sum, own ideal", ARAS, sums=partial(additive_ratio, ideal=ideal)
    )


def spotis(ends: Floats, ideal: Floats | None = None) -> Method:
    """Return SPOTIS: distances from an ideal, as parts of fixed ends (criterion, 2).

    Nothing in it rests on the other options, so no order of two ever turns when a third comes.
    """

    def flows(figures: Floats, costs: Costs) -> Floats:
        best = np.where(costs, ends[:, 0], ends[:, 1]) if ideal is None else ideal
        return -divided(np.abs(figures - best), ends[:, 1] - ends[:, 0])

    return Method("spotis", "SPOTIS, fixed ends", SPOTIS, flows=flows)


def reference_ideal(ends: Floats, ideal: Floats) -> Method:
    """Return RIM: nearness to a range (criterion, 2) that is ideal, within fixed ends."""

    def sums(figures: Floats, weights: Floats, _costs: Costs) -> Floats:
        below = divided(
            ideal[:, 0] - figures, np.broadcast_to(ideal[:, 0] - ends[:, 0], figures.shape)
        )
        above = divided(
            figures - ideal[:, 1], np.broadcast_to(ends[:, 1] - ideal[:, 1], figures.shape)
        )
        near = 1 - np.maximum(np.maximum(below, above), 0)
        squares = weights**2
        lacking, having = np.sqrt(squares @ ((near - 1) ** 2).T), np.sqrt(squares @ (near**2).T)
        return divided(having, lacking + having, 0.5)

    return Method(
        "rim",
        "RIM, fixed ends",
        "E. Cables, M. T. Lamata and J. L. Verdegay, Information Sciences 337 (2016)",
        sums=sums,
    )


def relative_values(reference: Floats, *, curve: float = 0.88, loss: float = 2.25) -> Method:
    """Return ERVD: a lead over a reference (criterion,) counts for less than as long a lag."""

    def sums(figures: Floats, weights: Floats, costs: Costs) -> Floats:
        all_ = figures.sum(axis=0)
        lead = as_they_are(divided(figures, all_) - divided(reference, all_), costs)
        value = np.where(lead > 0, 1.0, -loss) * np.abs(lead) ** curve
        from_best = weights @ (value.max(axis=0) - value).T
        from_worst = weights @ (value - value.min(axis=0)).T
        return divided(from_worst, from_best + from_worst, 0.5)

    return Method(
        "ervd",
        "ERVD, sum",
        "H.-J. Shyur and others, Foundations of Computing and Decision Sciences 40 (2015)",
        sums=sums,
    )


def limits_on_properties(limits: Floats, kinds: Floats) -> Method:
    """Return the limits-on-properties method; turned round zero.

    kinds : (criterion,) 1 where a limit is the least allowed, -1 the most, 0 a target
    """

    def flows(figures: Floats, _costs: Costs) -> Floats:
        share = divided(figures, limits)
        merit = np.select([kinds > 0, kinds < 0], [divided(limits, figures), share], abs(share - 1))
        found: Floats = -merit
        return found

    return Method(
        "lopm",
        "limits on properties, own limits",
        "M. M. Farag, Materials and Process Selection for Engineering Design (2020)",
        flows=flows,
    )
