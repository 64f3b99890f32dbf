"""How far can the order be relied on? In sentences, every number of which is worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from moothall.appraisal.engine.acceptability import Acceptability, Nearby
from moothall.appraisal.engine.agreement import Interests, MethodsCompared, Together
from moothall.appraisal.engine.criteria import Scores, shown
from moothall.appraisal.engine.frontier import Dominated, Frontier
from moothall.appraisal.engine.reversal import Reversal
from moothall.appraisal.engine.sensitivity import Sweep
from moothall.appraisal.engine.weights import Weighting
from moothall.deals.wording import in_sentence, listed
from moothall.values.wording import number_of, percentage

NAMED = 3  # ways of losing that one sentence names; those nearest to today's weights
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@frozen
class Loss:
    """How far one weight must move before the first option is first no more, and to whom."""

    criterion: str
    to: tuple[str, ...]
    now: float
    at: float

    @property
    def is_less(self) -> bool:
        return self.at < self.now

    def in_words(self) -> str:
        at, now = _told_apart(self.at, self.now)
        way = "less" if self.is_less else "more"
        return f"{in_sentence(self.criterion)} counts for {way} than {at} (now {now})"


def losses(first: str, sweeps: Sequence[Sweep]) -> tuple[Loss, ...]:
    """Return every way in which moving one weight takes an option from first, the nearest first."""
    found = []
    for sweep in sweeps:
        within = sweep.first_within(first)
        if within is None:
            continue
        starts, ends = within
        for stretch in sweep.stretches:
            if first not in stretch.first and stretch.ends == starts:
                found.append(Loss(sweep.title, stretch.first, sweep.now, starts))
            if first not in stretch.first and abs(stretch.starts - ends) < 1e-6 and ends < 1:
                found.append(Loss(sweep.title, stretch.first, sweep.now, ends))
    return tuple(sorted(found, key=lambda loss: abs(loss.at - loss.now)))


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Two different shares as percentages that read differently."""
    for places in (1, 2, 3, 4):
        words = [f"{100 * share:.{places}f}" for share in (one, other)]
        if words[0] != words[1]:
            break
    return tuple(f"{shown(float(word))}%" for word in words)  # type: ignore[return-value]


def _names(keys: Sequence[str], titles: Mapping[str, str]) -> str:
    """Options by title; a title with a comma in it is kept from its neighbours by semicolons."""
    found = [titles[key] for key in keys]
    if len(found) > 1 and any(", " in title for title in found):
        return f"{'; '.join(found[:-1])}; and {found[-1]}"
    return listed(found)


def place_in_words(rank: int) -> str:
    return PLACES[rank - 1] if rank <= len(PLACES) else f"number {rank}"


def exactly(share: float) -> str:
    """A share that was worked out: 22.4%, 50%."""
    return percentage(share).replace(".0%", "%")


def _about(share: float) -> str:
    """A share that was drawn: whole per cents are all that 10,000 weightings can tell."""
    if 0.005 <= share < 0.995:
        return f"{share * 100:.0f}%"
    return exactly(share)


def on_weights(
    scores: Scores, order: Together, over_all: Acceptability, sweeps: Sequence[Sweep]
) -> Iterator[str]:
    """Yield how the first option fares when weights change."""
    titles, keys = scores.options, tuple(scores.options)
    first = order.first
    if len(first) > 1:
        yield (
            f"{_names(first, titles)} share the first place with {_points(order.totals[first[0]])} "
            "of 100: nothing weighed tells them apart."
        )
    for key in first[:1] if len(first) == 1 else ():
        second = max((one for one in keys if one != key), key=lambda one: order.totals[one])
        yield (
            f"{titles[key]} is first with {_points(order.totals[key])} of 100, "
            f"{_points(order.totals[key] - order.totals[second])} ahead of {titles[second]}."
        )
        share = over_all.first[keys.index(key)]
        yield (
            f"{titles[key]} stays first for {_about(share)} of all possible weightings; "
            f"{_ways_to_lose(losses(key, sweeps), titles)}."
        )
    oftenest = int(over_all.first.argmax())
    if keys[oftenest] not in first:
        yield (
            f"Over all possible weightings {titles[keys[oftenest]]} is first most often "
            f"({_about(over_all.first[oftenest])}), so the order rests on these weights: defend "
            "them before it."
        )
    yield from _compromises(scores, over_all, sweeps)
    yield _precision(over_all)


def _points(number: float) -> str:
    return f"{number:.1f} points"


def _ways_to_lose(ways: Sequence[Loss], titles: Mapping[str, str]) -> str:
    if not ways:
        return "no one weight, however far it moves, takes it from there"
    by_other: dict[tuple[str, ...], list[str]] = {}
    for way in ways[:NAMED]:
        by_other.setdefault(way.to, []).append(way.in_words())
    only = " only" if len(ways) == 1 else ""
    told = "; and ".join(
        f"to {_names(others, titles)}{only} if {listed(words, last='or')}"
        for others, words in by_other.items()
    )
    more = len(ways) - NAMED
    if more > 0:
        told += f"; and in {number_of(more, 'other way')}, further off"
    return f"moving one weight at a time, it loses {told}"


def _compromises(scores: Scores, over_all: Acceptability, sweeps: Sequence[Sweep]) -> Iterator[str]:
    """Name the options that look safe to everybody and are nobody's choice."""
    among: dict[str, list[Sweep]] = {}
    for sweep in sweeps:
        for key in sweep.compromises():
            among.setdefault(key, []).append(sweep)
    for place, key in enumerate(scores.options):
        found = among.get(key)
        if not found:
            continue
        worst = max(sweep.places[key][1] for sweep in found)
        names = listed((in_sentence(sweep.title) for sweep in found), last="or")
        yield (
            f"{scores.options[key]} is never first however much {names} counts for, though never "
            f"below {place_in_words(worst)}: {_who_is_first(found[0], scores.options)}. Over all "
            f"possible weightings it is first for {_about(over_all.first[place])}."
        )


def _who_is_first(sweep: Sweep, titles: Mapping[str, str]) -> str:
    """In-house is first up to 22.4%, and Mutual beyond."""
    *before, last = sweep.stretches
    if not before:
        return f"{_names(last.first, titles)} always is"
    told = [
        f"{_names(stretch.first, titles)} is first up to {exactly(stretch.ends)}"
        for stretch in before
    ]
    of = "" if len(sweep.stretches) > 2 else f" of {in_sentence(sweep.title)}"
    return f"{', then '.join(told)}{of}, and {_names(last.first, titles)} beyond"


def _precision(over_all: Acceptability) -> str:
    widest = max(
        high - low
        for low, high in (over_all.first_within(place) for place in range(len(over_all.first)))
    )
    return (
        f"Shares of all possible weightings are counted over {over_all.draws:,} drawn evenly: each "
        f"is within {50 * widest:.1f} percentage points, 19 times in 20."
    )


def on_nearby(scores: Scores, order: Together, near: Nearby) -> Iterator[str]:
    """Yield how the first option fares when all weights move a little at once."""
    for key in order.first[:1] if len(order.first) == 1 else ():
        share = float(near.first[list(scores.options).index(key)])
        yield (
            f"With all weights moved at random about those given, by {100 * near.moved:.1f} "
            f"percentage points as a rule, {scores.options[key]} stays first {_about(share)} of "
            "the time."
        )


def on_methods(scores: Scores, found: MethodsCompared) -> Iterator[str]:
    """Yield whether methods agree on the first, and how often they would."""
    by_first: dict[tuple[str, ...], list[str]] = {}
    for order in found.orders:
        by_first.setdefault(order.first, []).append(order.name)
    groups = sorted(by_first.items(), key=lambda group: -len(group[1]))
    first = _names(groups[0][0], scores.options)
    if len(groups) == 1:
        same = "" if found.disagree else ", and agree on every place"
        yield f"All {len(found.orders)} methods put {first} first{same}."
    else:
        others = "; ".join(
            f"{_names(firsts, scores.options)} by {' and by '.join(names)}"
            for firsts, names in groups[1:]
        )
        yield (
            f"{len(groups[0][1])} of {len(found.orders)} methods put {first} first; otherwise "
            f"first is {others}."
        )
    if len(found.orders) > 1:
        yield (
            f"Over all possible weightings every method puts the same option first for "
            f"{_about(found.all_agree)}."
        )


def on_weighers(scores: Scores, order: Together) -> Iterator[str]:
    """Yield where those who weigh differ, and what either way of combining them says."""
    titles, voices = scores.options, order.voices
    if len(voices) < 2:
        return
    by_first: dict[tuple[str, ...], list[str]] = {}
    for voice in voices:
        by_first.setdefault(voice.first, []).append(voice.title)
    if len(by_first) == 1:
        yield f"Each of {len(voices)} weighers alone puts {_names(voices[0].first, titles)} first."
    else:
        told = listed(
            f"{listed(names)} {'put' if len(names) > 1 else 'puts'} {_names(first, titles)}"
            for first, names in by_first.items()
        )
        yield f"Weighers differ on the first: {told}."
    who = {voice.key: voice.title for voice in voices}
    widest = order.on_weights[0]
    if widest.width > 0:
        criterion = scores.criteria[scores.place_of(widest.criterion)]
        yield (
            f"They differ most on {criterion.in_sentence()}: {exactly(widest.least)} with "
            f"{who[widest.least_by]}, {exactly(widest.most)} with {who[widest.most_by]}."
        )
    by_weights, by_ranks = _names(order.first, titles), _names(order.first_by_ranks, titles)
    if by_weights == by_ranks:
        yield (
            f"The mean of their weights puts {by_weights} first, and so does the median of their "
            "places."
        )
    else:
        yield (
            f"The mean of their weights puts {by_weights} first, the median of their places "
            f"{by_ranks}: how they are combined decides, so say which was agreed, and why."
        )


def on_interests(
    scores: Scores, weightings: Sequence[Weighting], found: Interests
) -> Iterator[str]:
    """Yield what the weightings of the interested change."""
    titles = scores.options
    by_key = {weighting.key: weighting for weighting in weightings}
    if found.not_asked:
        names = listed(by_key[key].title for key in found.not_asked)
        has = "has" if len(found.not_asked) == 1 else "have"
        yield f"{names} {has} not been asked for interests in an option. Ask before relying on it."
    if not found.interested:
        return
    told = listed(_declared(by_key[key], titles) for key in found.interested)
    if found.without is None:
        yield f"Only the interested have weighed: {told}. Ask somebody who stands to gain nothing."
        return
    after = _names(found.without.first, titles)
    if not found.moved():
        yield f"Without {told}, the order is the same."
    elif found.without.first == found.everyone.first:
        yield f"Without {told}, {after} is still first; {_moves(found, titles)}."
    else:
        yield f"Without {told}, {after} is first; {_moves(found, titles)}."


def _declared(weighting: Weighting, titles: Mapping[str, str]) -> str:
    by_tie: dict[str, list[str]] = {}
    for interest in weighting.interests or ():
        if interest.option in titles:
            by_tie.setdefault(interest.tie, []).append(interest.option)
    ties = listed(f"{tie} {_names(options, titles)}" for tie, options in by_tie.items())
    return f"{weighting.title} (who {ties})"


def _moves(found: Interests, titles: Mapping[str, str]) -> str:
    return listed(
        f"{titles[key]} {'falls' if after > before else 'rises'} from {place_in_words(before)} to "
        f"{place_in_words(after)}"
        for key, (before, after) in found.moved().items()
    )


def on_options(
    scores: Scores,
    beaten: Sequence[Dominated],
    alike: Sequence[tuple[str, str]],
    cost_and_benefit: Frontier | None,
) -> Iterator[str]:
    """Yield which options nobody need consider, and which are the best for what they cost."""
    titles = scores.options
    for each in beaten:
        yield (
            f"{titles[each.option]} is on no criterion better than {_names(each.by, titles)}, and "
            "on some it is worse: say why it is still an option, or drop it."
        )
    for one, other in alike:
        yield f"{titles[one]} and {titles[other]} score the same on every criterion."
    if cost_and_benefit is None or not cost_and_benefit.points:
        return
    best = cost_and_benefit.options
    brings = "brings the most benefit for what it costs"
    each_brings = brings if len(best) == 1 else "each bring the most benefit for what they cost"
    yield f"{_names(best, titles)} {each_brings}."
    for point in cost_and_benefit.points:
        if not point.is_on_frontier:
            yield (
                f"{titles[point.option]} costs no less than "
                f"{_names(point.beaten_by, titles)} and brings no more."
            )


def on_reversals(scores: Scores, found: Sequence[Reversal]) -> Iterator[str]:
    """Yield where the first place rests on which options were let in."""
    by_change: dict[tuple[str, str, str], list[str]] = {}
    for each in found:
        if each.is_first:
            by_change.setdefault((each.option, each.behind, each.ahead), []).append(each.method)
    for (option, behind, ahead), methods in by_change.items():
        titles = scores.options
        yield (
            f"Were {titles[option]} not among the options, {titles[behind]} would stand before "
            f"{titles[ahead]} by {' and by '.join(methods)}: there the first place rests on which "
            "options were let in."
        )
