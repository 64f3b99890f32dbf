"""Which appraisals are worked out here as cases, and do their figures come out as printed?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from moothall.appraisal.cases.working import known, text_of, worked
from moothall.appraisal.engine.evidence import GRADES
from moothall.deals.cases.working import CHECKED, figure
from moothall.values.cases import Case, CaseFigure

OURS = "Moothall's own example; every figure is invented"
FOUNDING = "Localis, Catalyst Councils (2012)"
PLACES = "Local Government Association, 20 years of place pilots"
AUDITOR = "Public Finance, 13 March 2013, on the National Audit Office's report"
ACCOUNTANTS = "Ernst & Young for the Local Government Association (January 2013)"
RATES = "West Northamptonshire Council and Spelthorne Council, business rates for 2026/27"
NUDGE = "Behavioural Insights Team, Applying Behavioural Insights to Organ Donation (2013)"


def _case(name: str, title: str, source: str, story: str, figures: tuple[CaseFigure, ...]) -> Case:
    return Case(
        name, title, source, figures, story=story, checked_on=CHECKED, appraisal=text_of(name)
    )


def wholly_own_build() -> Case:
    """Work out what one service costs the council in four models."""
    found = worked("wholly-own-build").options
    return _case(
        "wholly-own-build",
        "One service, four delivery models",
        OURS,
        "A council's leisure service costs £5m a year, and four models are costed for five years. "
        "The outsourced bid has the best unit cost and the worst whole cost: its margin and the "
        "overhead that stays outweigh it. The trust's relief from rates costs the council most of "
        "half of what it saves, and loses VAT besides.",
        (
            *(
                figure(
                    f"{found[key].option.name}: five years, in money of the first", None,
                    known(found[key].council_cost), "£",
                )
                for key in ("in_house", "outsourced", "company", "charity")
            ),
            figure(
                "The trust to the whole public sector, more than in-house",
                None,
                known(found["charity"].public_cost) - known(found["in_house"].public_cost),
                "£",
                note="Rates relieved and VAT lost move money between public bodies: to all of them "
                "together they are neither gain nor loss.",
            ),
        ),
    )  # fmt: skip


def libraries_ten_options() -> Case:
    """Work out ten ways to deliver libraries."""
    found = worked("libraries-ten-options")
    redesigned, mutual = found.options["redesigned"], found.options["mutual"]
    return _case(
        "libraries-ten-options",
        "Libraries: ten ways to deliver them",
        OURS,
        "Norbury, a town that is not there, must save £0.4m a year on nine libraries. Ten ways are "
        "sifted, weighed by four people and costed for ten years. Redesigned in-house stands first "
        "by merit and a staff mutual by money, and which is chosen rests on how much it matters "
        "that the council can change course.",
        (
            figure("Options that go on, of ten", None, len(found.sieve.shortlist), "options"),
            figure("In-house, redesigned: points of 100", None, f"{redesigned.score:.6f}",
                   "points", 1),
            figure("Staff mutual: points of 100", None, f"{mutual.score:.6f}", "points", 1),
            figure("In-house, redesigned: cost over ten years", None, known(redesigned.cost), "£"),
            figure("Staff mutual: cost over ten years", None, known(mutual.cost), "£"),
            figure("Staff mutual: more than in-house as now, to society", None,
                   known(mutual.against_usual), "£"),
        ),
    )  # fmt: skip


def west_cheshire_cba() -> Case:
    """Work out what West Cheshire's printed totals say, and what they do not."""
    together = worked("west-cheshire-cba").options["together"]
    return _case(
        "west-cheshire-cba",
        "West Cheshire's plan as an appraisal",
        f"{PLACES} (£108m for £41m); {AUDITOR} (£56m); {ACCOUNTANTS} (England)",
        "In 2012 West Cheshire's public bodies planned together, and said what it would save. The "
        "printed totals are £108m saved for £41m over five years, and £56m net by the auditors. "
        "Without the years in which money moves no present value can be printed, so one is worked "
        "out here on an even spread, which is ours.",
        (
            figure("Saved for each pound invested", None, Decimal(108) / 41, "£", 3,
                   source=PLACES),
            figure("Saved less invested", "56", 108 - 41, "£m",
                   note="The auditors print £56m net. Gross saved less invested is £67m: the two "
                   "rest on different bases, and neither is the other.", source=AUDITOR),
            figure("Worth in 2013/14, spread evenly (ours)", None,
                   known(together.npv) / 1_000_000, "£m", 1),
            figure("England over five years: highest by lowest", None,
                   Decimal("20.6") / Decimal("9.4"), "times", 2, source=ACCOUNTANTS),
            figure("England in a year: highest by lowest", None,
                   Decimal("7.9") / Decimal("4.2"), "times", 2,
                   note="A year is no fifth of five years: savings begin slowly.",
                   source=ACCOUNTANTS),
        ),
    )  # fmt: skip


def basildon_connected_care() -> Case:
    """Work out what the printed returns say, and how well they are known."""
    found = worked("basildon-connected-care")
    connected = found.options["connected"]
    grade = found.weak[0].evidence.grade or ""
    return _case(
        "basildon-connected-care",
        "Connected Care, Basildon: the weakest evidence",
        f"{FOUNDING}; its footnote leads to a paper on internet use and opinion",
        "Turning Point's Connected Care has residents audit need and redesign services. A model of "
        "it in Basildon was said to save £4.44 for each pound, and £14.07 with quality of life. "
        "The source that is named for this is a paper about something else, so nothing here can "
        "be relied on.",
        (
            figure("Saved by public bodies for £1", "4.44", Decimal("4.44"), "£", 2,
                   source=FOUNDING),
            figure("With quality of life, for £1", "14.07", known(connected.bcr), "£", 2,
                   source=FOUNDING),
            figure("Of that, quality of life", None, Decimal("14.07") - Decimal("4.44"), "£", 2),
            figure("Grade of its evidence, of five", None, list(GRADES).index(grade) + 1,
                   "th of A to E", note="A modelled promise without a source that can be found is "
                   "the lowest grade there is; without it nothing of the answer is known."),
        ),
    )  # fmt: skip


def rates_relief_trust() -> Case:
    """Work out what a trust's relief from rates is worth, to whom."""
    found = worked("rates-relief-trust").options
    usual, trust = found["as_now"], found["trust"]
    gain = known(usual.council_cost) - known(trust.council_cost)
    return _case(
        "rates-relief-trust",
        "A trust for its relief from business rates",
        f"{RATES}; the rateable value of £400,000 is invented",
        "Councils have moved leisure centres to trusts because charities are relieved of 80% of "
        "business rates. A council keeps about half of what businesses pay, so about half of the "
        "relief is its own loss. To all public bodies together the relief is worth nothing.",
        (
            figure("Rates on £400,000 at 48.0p", None, known(usual.council_cost), "£"),
            figure("A charity pays", None, 192_000 * Decimal("0.2"), "£"),
            figure("Relief", None, 192_000 * Decimal("0.8"), "£"),
            figure("Of which the council loses 49%", None,
                   153_600 * Decimal("0.49"), "£"),
            figure("Gain to the council", None, gain, "£",
                   note="Not the whole relief of £153,600."),
            figure("Gain to all public bodies", None,
                   known(usual.public_cost) - known(trust.public_cost), "£"),
        ),
    )  # fmt: skip


def salford_lighting_retrofit() -> Case:
    """Work out invest-to-save on what was printed, over years that are ours."""
    retrofit = worked("salford-lighting-retrofit").options["retrofit"]
    return _case(
        "salford-lighting-retrofit",
        "Salford: roads and lights that pay for themselves",
        FOUNDING,
        "Salford's joint venture renewed street lights by a programme that paid for itself, and "
        "roads by another. Only of the roads are figures printed: £22m more to invest, £19m less "
        "of maintenance, £2m a year less in claims. No years are printed, so what it is worth "
        "rests on a spread that is ours.",
        (
            figure("Maintenance saved for each pound invested", None, Decimal(19) / 22, "£", 2,
                   note="Less than a pound: without fewer claims it does not pay for itself."),
            figure("Worth in 2005/06, over twelve years (ours)", None,
                   known(retrofit.npv) / 1_000_000, "£m", 1),
            figure("Saved for each pound, in present values (ours)", None, known(retrofit.bcr),
                   "£", 2),
            figure("Years of claims that pay the rest, not discounted", None, Decimal(3) / 2,
                   "years", 1),
        ),
    )  # fmt: skip


def behaviour_trial() -> Case:
    """Work out two trials: one published, one invented."""
    found = worked("behaviour-trial")
    donors, letter = found.trials
    (reciprocal,), (recycling,) = donors.effects, letter.effects
    return _case(
        "behaviour-trial",
        "Asking in other words: two trials",
        f"{NUDGE}, its shares and arms from memory; the letter on recycling is invented",
        "Government tried eight ways to ask drivers to join the organ donor register, and one led "
        "to far more. A council's letter on recycling moves four points, which by itself is clear "
        "of chance. It was one of seven comparisons, so it is not.",
        (
            figure("More who join, in points", None, f"{100 * reciprocal.difference:.6f}",
                   "points", 1),
            figure("In standard errors", None, f"{reciprocal.z:.6f}", "standard errors", 2),
            figure("95% interval: from", None, f"{100 * reciprocal.low:.6f}", "points", 3),
            figure("95% interval: to", None, f"{100 * reciprocal.high:.6f}", "points", 3),
            figure("Visits behind 96,000 more donors a year", None,
                   f"{96_000 / reciprocal.difference / 1e6:.6f}", "million", 1,
                   note="96,000 a year is printed; so many visits to the page fit it.",
                   source=NUDGE),
            figure("More households that recycle, in points", None,
                   f"{100 * recycling.difference:.6f}", "points", 1),
            figure("Chance of as much by chance", None, f"{100 * recycling.p:.6f}", "%", 2),
            figure("The same must be below, among seven comparisons", None,
                   Decimal(5) / 7, "%", 3),
        ),
    )  # fmt: skip


CASES: dict[str, Callable[[], Case]] = {
    "basildon-connected-care": basildon_connected_care,
    "behaviour-trial": behaviour_trial,
    "libraries-ten-options": libraries_ten_options,
    "rates-relief-trust": rates_relief_trust,
    "salford-lighting-retrofit": salford_lighting_retrofit,
    "west-cheshire-cba": west_cheshire_cba,
    "wholly-own-build": wholly_own_build,
}
