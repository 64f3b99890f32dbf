"""The papers of an appraisal, in words and tables, before they are a page, a Word file or a PDF.

Two papers, out of the one result: the business case in its five cases, and the members' briefing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from attrs import field, frozen

from moothall.appraisal.engine.appraisal import Appraisal, Option
from moothall.appraisal.engine.gates import GateState, duties_read, preconditions_in_words
from moothall.appraisal.engine.reconciling import reconciliation
from moothall.appraisal.engine.result import OptionResult, Result
from moothall.appraisal.engine.weighed import Weighed
from moothall.deals.wording import in_sentence
from moothall.directory.engine.routes import ALWAYS, NOT_ADVICE, State
from moothall.values.periods import year_words
from moothall.values.wording import (
    UNKNOWN,
    listed,
    number_of,
    percentage,
    plain_date,
    pounds,
    pounds_in_words,
)

MOST = 4  # of anything that a summary or a briefing lists


@frozen
class Grid:
    """A table. numbers : the places of columns that hold figures"""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@frozen
class Points:
    """A list."""

    points: tuple[str, ...]


Block = str | Grid | Points


@frozen
class Section:
    """A heading with what stands under it. level : 1 of a case, 2 within it"""

    title: str
    blocks: tuple[Block, ...]
    level: int = 1


@frozen
class Paper:
    """A paper, ready to be set. made_from : what it was worked out from, as its footer says."""

    title: str
    intro: str
    sections: tuple[Section, ...]
    made_from: str = field(default="")


def made_from(result: Result, digest: str) -> str:
    """Say from what a paper was worked out, so that it can be worked out again."""
    of = f" The sha256 of its file is {digest}." if digest else ""
    return (
        f"{result.appraisal.name}, by the rules of {plain_date(result.appraisal.on)}; "
        f"{result.draws:,} draws, seed {result.seed}.{of}"
    )


def preferred(result: Result) -> OptionResult | None:
    """The option that the appraisal says is the preferred way forward; None: none is named."""
    return next((one for one in result.options.values() if one.option.is_preferred), None)


def shortlist(result: Result) -> tuple[OptionResult, ...]:
    return tuple(one for one in result.options.values() if one.sifted.goes_on)


# The five cases.


def business_case(result: Result, *, digest: str = "") -> Paper:
    """Return the business case in the five-case model.

    digest : sha256 of the appraisal's file
    """
    return Paper(
        title=f"{result.appraisal.name}: {result.appraisal.stage.value}",
        intro=f"{result.appraisal.body}, {plain_date(result.appraisal.on)}.",
        sections=(
            Section("Summary", tuple(_summary(result))),
            *_strategic(result),
            *_economic(result),
            *_commercial(result),
            *_financial(result),
            *_management(result),
            *_annexes(result),
        ),
        made_from=made_from(result, digest),
    )


def _summary(result: Result) -> Iterator[Block]:
    appraisal = result.appraisal
    if appraisal.summary:
        yield appraisal.summary
    chosen = preferred(result)
    if chosen is None:
        yield "No option is named as the preferred way forward yet."
    else:
        yield f"The preferred way forward is {chosen.option.name}. {_answer(chosen)}"
    yield _headline_table(result)
    yield result.money.economic.basis
    if result.robustness:
        yield "How far the answer holds, in short:"
        yield Points(result.robustness[:MOST])
    if result.weak:
        yield "The weakest evidence:"
        yield Points(
            tuple(_weak(one.evidence.title, one.why, one.without) for one in result.weak[:3])
        )
    if result.notes:
        yield "To be looked at before anyone relies on this:"
        yield Points(result.notes)


def _answer(one: OptionResult) -> str:
    said = []
    if one.rank is not None and one.score is not None:
        said.append(f"it scores {one.score:.1f} of 100 and comes {_place(one.rank)} by score")
    if one.npv is not None:
        said.append(f"it is worth {pounds_in_words(one.npv)} to society, net")
    elif one.cost is not None:
        said.append(f"it costs society {pounds_in_words(one.cost)}")
    if one.council_cost is not None:
        said.append(f"it costs the council {pounds_in_words(one.council_cost)}")
    return f"{_first_up(listed(said))}." if said else ""


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def _place(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"in place {rank}")


def _headline_table(result: Result) -> Grid:
    rows = tuple(
        (
            one.option.name,
            _gbp(one.cost),
            _gbp(one.npv),
            _gbp(one.council_cost),
            _gbp(one.public_npv),
            "–" if one.bcr is None else f"{one.bcr:.2f}",
            "–" if one.score is None else f"{one.score:.1f}",
            "–" if one.best_probability is None else percentage(one.best_probability),
        )
        for one in shortlist(result)
    )
    return Grid(
        "The shortlist",
        (
            "Option", "Costs society", "Worth to society, net", "Costs the council",
            "Worth to the public sector", "Benefits for £1", "Score of 100", "Best in futures",
        ),
        rows,
        tuple(range(1, 8)),
    )  # fmt: skip


def _gbp(amount: Decimal | None) -> str:
    return "–" if amount is None else pounds_in_words(amount)


def _weak(title: str, why: str, without: Sequence[str]) -> str:
    return " ".join((f"{title}. {why}", *without))


def _strategic(result: Result) -> Iterator[Section]:
    of, service = result.appraisal, result.appraisal.service
    facts = [
        ("Service", service.name),
        ("What it is for", service.function),
        ("Who uses it", service.users),
        ("Volume a year", _counted(service.volume, service.volume_unit)),
        ("Cost a year", _cost(of)),
        (
            "Staff",
            "" if service.staff_fte is None else f"{service.staff_fte:f} full-time equivalent",
        ),
        ("Buildings and equipment", service.assets),
        ("How it performs", service.performance),
        ("Who decides about it", "" if service.level is None else _first_up(service.level.value)),
        ("By which power", service.power),
    ]
    blocks: list[Block] = [
        Grid("The service as it is", ("", ""), tuple((a, b or UNKNOWN) for a, b in facts))
    ]
    if service.case_for_change:
        blocks += ["Why it should change:", service.case_for_change]
    if of.objectives:
        blocks += ["What it is to achieve:", Points(of.objectives)]
    yield Section("Strategic case", tuple(blocks))
    duties = tuple(one.sentence for one in duties_read(of))
    yield Section(
        "Duties in law",
        (Points(duties),) if duties else ("No duty in law is recorded.",),
        level=2,
    )
    yield Section(
        "The three questions",
        (
            Grid(
                "Where each stands",
                ("Question", "Stands", "Because"),
                tuple((one.question, one.state.value, one.because) for one in result.gates),
            ),
            preconditions_in_words(of.preconditions),
        ),
        level=2,
    )


def _counted(volume: Decimal | None, unit: str) -> str:
    return "" if volume is None else f"{volume:,f} {unit}".strip()


def _cost(of: Appraisal) -> str:
    if of.service.cost_gbp is None:
        return ""
    return ", ".join(filter(None, (pounds(of.service.cost_gbp), of.service.cost_year)))


def _economic(result: Result) -> Iterator[Section]:
    rows = tuple(
        (
            one.option.name,
            _form(one),
            one.option.role.value,
            one.sifted.outcome.value,
            one.sifted.because,
        )
        for one in result.options.values()
    )
    yield Section(
        "Economic case",
        (Grid("The longlist", ("Option", "Form", "Stands as", "Outcome", "Because"), rows),),
    )
    yield Section("Scores and weights", tuple(_weighing(result.weighed)), level=2)
    yield Section("Costs and benefits", tuple(_costs_and_benefits(result)), level=2)
    if result.robustness:
        yield Section("How far the answer holds", (Points(result.robustness),), level=2)
    spread = tuple(
        (one.option.name, *(pounds_in_words(Decimal(round(v))) for v in one.percentiles.values()))
        for one in shortlist(result)
        if one.percentiles
    )
    if spread:
        names = next(one.percentiles for one in shortlist(result) if one.percentiles)
        yield Section(
            "How far it may turn out otherwise",
            (
                Grid(
                    f"Worth to society, net, over {result.draws:,} futures",
                    ("Option", *names),
                    spread,
                    tuple(range(1, len(names) + 1)),
                ),
            ),
            level=2,
        )


def _form(one: OptionResult) -> str:
    return one.model.title


def _weighing(weighed: Weighed | str) -> Iterator[Block]:
    if isinstance(weighed, str):
        yield weighed
        return
    scores, said = weighed.scores, weighed.weighing
    heads = tuple(one.title for one in scores.criteria)
    yield Grid(
        "Values, 0 to 100",
        ("Option", *heads),
        tuple(
            (title, *(f"{value:.0f}" for value in scores.values[row]))
            for row, title in enumerate(scores.titles)
        ),
        tuple(range(1, len(heads) + 1)),
    )
    if said is None:
        yield "Nobody has weighed the criteria yet."
        return
    voices = said.order.voices
    yield Grid(
        "Weights",
        ("Who weighs", *heads),
        (
            *((one.title, *(percentage(w) for w in one.weights.values())) for one in voices),
            ("Together, the mean", *(percentage(w) for w in said.order.weights.values())),
        ),
        tuple(range(1, len(heads) + 1)),
    )
    yield Grid(
        "Each weigher's order",
        ("Option", *(one.title for one in voices), "By mean weights", "By median place"),
        tuple(
            (
                title,
                *(str(one.ranks[key]) for one in voices),
                str(said.order.by_weights[key]),
                str(said.order.by_ranks[key]),
            )
            for key, title in scores.options.items()
        ),
        tuple(range(1, len(voices) + 3)),
    )
    if said.methods.disagree:
        orders = said.methods.orders
        yield Grid(
            "Methods do not agree on the order",
            ("Option", *(one.name for one in orders)),
            tuple(
                (title, *(str(one.ranks[key]) for one in orders))
                for key, title in scores.options.items()
            ),
            tuple(range(1, len(orders) + 1)),
        )


def _costs_and_benefits(result: Result) -> Iterator[Block]:
    yield result.money.economic.basis
    for one in shortlist(result):
        if one.why_no_npv:
            yield f"{one.option.name}: {one.why_no_npv}"
    rows = []
    for one in shortlist(result):
        economic = result.money.economic.options[one.option.key]
        if one.cost is None:
            rows.append((one.option.name, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN))
            continue
        against = one.against_usual
        rows.append(
            (
                one.option.name,
                pounds(economic.costs),
                pounds(economic.benefits),
                pounds(economic.net),
                "–" if against is None else pounds(against),
            )
        )
    yield Grid(
        "Present values",
        ("Option", "Costs", "Benefits", "Net", "Better than business as usual by"),
        tuple(rows),
        (1, 2, 3, 4),
    )


def _commercial(result: Result) -> Iterator[Section]:
    yield Section("Commercial case", (NOT_ADVICE, "Whichever way is chosen:", Points(ALWAYS)))
    for one in shortlist(result):
        blocks: list[Block] = [f"{one.model.says} {_routes(one)}"]
        blocks.append(f"How it is chosen: {in_sentence(one.model.procurement)}")
        blocks += ["What must be true:", Points(one.model.must_be_true)]
        yield Section(one.option.name, tuple(blocks), level=2)


def _routes(one: OptionResult) -> str:
    if not one.routes:
        return "Too little is known of it to say which legal routes are open."
    open_now = [route for route in one.routes if route.state is State.OPEN]
    if not open_now:
        return "No legal route is open to it on what is known."
    return " ".join(f"{route.title} is open: {in_sentence(route.because)}" for route in open_now)


def _financial(result: Result) -> Iterator[Section]:
    financial = result.money.financial
    rows = tuple(
        (one.option.name, *(pounds(net) for net in financial.options[one.option.key].net_by_year))
        for one in shortlist(result)
        if one.cost is not None
    )
    years = financial.budget_years
    yield Section(
        "Financial case",
        (
            financial.basis,
            Grid(
                f"{financial.body_name}: net, by budget year",
                ("Option", *years),
                rows,
                tuple(range(1, len(years) + 1)),
            ),
        ),
    )
    costing = result.money.costing
    bodies = [key for key, one in costing.bodies.items() if one.is_public]
    by_body = tuple(
        (
            one.option.name,
            *(pounds(result.money.public[one.option.key].by_body[body]) for body in bodies),
        )
        for one in shortlist(result)
        if one.cost is not None
    )
    yield Section(
        "Who pays and who gains",
        (
            "Present values; received is above nought, paid below.",
            Grid(
                "Each public body",
                ("Option", *(costing.bodies[body].name for body in bodies)),
                by_body,
                tuple(range(1, len(bodies) + 1)),
            ),
        ),
        level=2,
    )
    chosen = preferred(result)
    if chosen is not None and chosen.cost is not None:
        yield Section(
            f"From the budget to the economic case: {chosen.option.name}",
            tuple(_reconciled(result, chosen.option)),
            level=2,
        )


def _reconciled(result: Result, option: Option) -> Iterator[Block]:
    found = reconciliation(result.money.costing, option.key)
    yield (
        f"The council's budget comes to {pounds(found.financial)} over all years, and the economic "
        f"case to {pounds(found.economic)}. Line by line:"
    )
    rows = []
    for one in found.lines:
        rows.append((one.line.title, "In the council's budget", pounds(one.financial)))
        rows += [("", each.sentence, pounds(each.gbp)) for each in one.differences]
        rows.append(("", "In the economic case", pounds(one.economic)))
    yield Grid("Each line", ("Line", "", "GBP"), tuple(rows), (2,))


def _management(result: Result) -> Iterator[Section]:
    missing = tuple(
        f"{gate.question} {said}"
        for gate in result.gates
        if gate.state is not GateState.PASSED
        for said in gate.missing
    )
    blocks: list[Block] = []
    if missing:
        blocks += ["Still to be done:", Points(missing)]
    unmet = tuple(
        f"{one.title}: {one.judgement.answer.value}."
        + (f" {_first_up(one.judgement.because)}." if one.judgement.because else "")
        for one in result.appraisal.preconditions
    )
    if unmet:
        blocks += ["What must be so before the service changes hands:", Points(unmet)]
    chosen = preferred(result)
    if chosen is not None:
        blocks += [
            f"The risks that {in_sentence(chosen.model.title)} typically brings:",
            Points(chosen.model.risks),
        ]
    yield Section("Management case", tuple(blocks) or ("Nothing is open.",))


def _annexes(result: Result) -> Iterator[Section]:
    yield Section(
        "Evidence, the weakest first",
        (
            Grid(
                f"{number_of(len(result.weak), 'piece')} of evidence",
                ("What", "Source", "Grade", "Of", "Why it is weak, and the answer without it"),
                tuple(
                    (
                        one.evidence.title,
                        one.evidence.source or "None given",
                        one.evidence.grade or "None",
                        "–" if one.evidence.on is None else plain_date(one.evidence.on),
                        " ".join((one.why, *one.without)),
                    )
                    for one in result.weak
                ),
            ),
        ),
    )
    frame = result.money.costing.frame
    yield Section(
        "Rules and parameters",
        (
            Points(tuple(one.in_words() for one in frame.parameters)),
            f"Year 0 is {year_words(frame.first_year)}; prices are those of "
            f"{year_words(frame.price_year)}.",
        ),
    )


# Two pages for members.


def briefing(result: Result, *, digest: str = "") -> Paper:
    """Return the members' briefing: what is asked, the answer, how sure it is, what to ask."""
    of = result.appraisal
    return Paper(
        title=f"{of.name}: briefing for members",
        intro=f"{of.body}, {plain_date(of.on)}.",
        sections=(
            Section("What is to be decided", tuple(_decided(result))),
            Section("What each way comes to", (_brief_table(result), result.money.economic.basis)),
            Section("How sure it is", tuple(_sure(result))),
            Section("What to ask", (Points(questions(result)),)),
        ),
        made_from=made_from(result, digest),
    )


def _decided(result: Result) -> Iterator[Block]:
    of = result.appraisal
    yield of.summary or f"How {in_sentence(of.service.name)} are to be delivered."
    chosen = preferred(result)
    if chosen is not None:
        yield f"Officers prefer {chosen.option.name}. {_answer(chosen)}"
    else:
        yield "Officers have not named the way that they prefer."
    gone = [one for one in result.options.values() if not one.sifted.goes_on]
    if gone:
        yield "Considered and dropped: " + " ".join(
            f"{one.option.name} ({in_sentence(one.sifted.because).rstrip('.')})." for one in gone
        )


def _brief_table(result: Result) -> Grid:
    rows = tuple(
        (
            one.option.name,
            _gbp(one.council_cost),
            _gbp(one.npv),
            "–" if one.score is None else f"{one.score:.0f}",
            "–" if one.best_probability is None else percentage(one.best_probability),
        )
        for one in shortlist(result)
    )
    return Grid(
        "The ways that are left",
        ("Way", "Costs the council", "Worth to society, net", "Score of 100", "Best in futures"),
        rows,
        (1, 2, 3, 4),
    )


def _sure(result: Result) -> Iterator[Block]:
    if result.robustness:
        yield Points(result.robustness[:MOST])
    else:
        yield "Nothing has been weighed or costed far enough to say."
    if result.weak:
        yield "The weakest evidence:"
        yield Points(
            tuple(_weak(one.evidence.title, one.why, one.without) for one in result.weak[:2])
        )


def questions(result: Result) -> tuple[str, ...]:
    """What a member may well ask, from what is weak, open or disputed in this appraisal."""
    return tuple(_questions(result))[: 2 * MOST]


def _questions(result: Result) -> Iterator[str]:
    for gate in result.gates:
        if gate.state in (GateState.OPEN, GateState.REFUSED):
            yield f"{gate.question} It is not settled: {in_sentence(gate.because)}"
            break
    for one in result.weak[:1]:
        yield f"{one.evidence.title}: who says so, and what would change without it?"
    weighed = result.weighed
    if isinstance(weighed, Weighed) and weighed.weighing is not None:
        said = weighed.weighing
        if not said.order.agree_on_first:
            yield "Those who weighed do not put the same way first. Whose view is this?"
        if said.interests.interested:
            yield "Some who weighed gain by an option. Does the answer hold without them?"
        if said.methods.disagree_on_first:
            yield "Other methods put another way first. Why this method?"
    chosen = preferred(result)
    if chosen is not None:
        for risk in chosen.model.risks[:2]:
            yield f"{risk}: what is done about it?"
        if chosen.council_cost is not None and chosen.rank not in (None, 1):
            yield "Another way scores higher. What makes this one worth more?"
        best = result.money.best()
        if best and chosen.option.key not in best:
            names = listed(result.options[key].option.name for key in best)
            yield f"{names} is worth more to society. Why is it not preferred?"
    yield "What happens if we do nothing?"
