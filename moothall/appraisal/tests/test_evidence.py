"""The weakest evidence first, and the answer without it."""

from datetime import date

from moothall.appraisal.engine.evidence import (
    Headline,
    is_old,
    rests_on,
    weakest_first,
    with_answers,
    without,
)
from moothall.appraisal.tests.files import leisure, read

EVIDENCE = {
    "audited": {"title": "a", "source": "s", "grade": "A", "on": date(2026, 1, 1)},
    "old": {"title": "b", "source": "s", "grade": "A", "on": date(2019, 1, 1)},
    "opinion": {"title": "c", "source": "s", "grade": "E", "on": date(2026, 1, 1)},
    "seller": {
        "title": "d",
        "source": "s",
        "grade": "E",
        "on": date(2026, 1, 1),
        "is_interested": True,
    },
    "ungraded": {"title": "e", "source": "s"},
    "sourceless": {"title": "f", "grade": "A"},
    "unknown": {"title": "g", "is_unknown": True},
}


def order(appraisal):
    return [one.evidence.key for one in weakest_first(appraisal)]


def test_unknown_is_weakest_then_no_source_no_grade_low_grade_interest_and_age():
    evidence = {**leisure().document["evidence"], **EVIDENCE}
    assert [key for key in order(read(evidence=evidence)) if key in EVIDENCE] == [
        *("unknown", "sourceless", "ungraded", "seller", "opinion", "old", "audited"),
    ]


def test_among_equals_that_comes_first_on_which_most_rests():
    evidence = {**leisure().document["evidence"], "survey": {"title": "x", "grade": "D",
                "source": "s", "on": date(2026, 6, 1)}}  # fmt: skip
    assert order(read(evidence=evidence)) == ["bid", "officers", "survey"]


def test_why_it_is_weak_is_said_in_words():
    weak = {one.evidence.key: one.why for one in weakest_first(leisure())}
    assert weak["bid"] == (
        "It is said by somebody, and checked by nobody (grade E), who says it gains by it (The "
        "trust) and it has no date."
    )
    old = read(evidence__survey__on=date(2019, 5, 1))
    assert "it is of 1 May 2019" in next(
        one.why for one in weakest_first(old) if one.evidence.key == "survey"
    )
    unknown = read(evidence__survey__is_unknown=True)
    assert weakest_first(unknown)[0].why == "Nobody knows it yet."
    bare = read(evidence__survey={"title": "x"})
    assert weakest_first(bare)[0].why == (
        "It has no source, nobody has graded it and it has no date."
    )


def test_what_rests_on_it_is_listed():
    bid = rests_on(leisure(), "bid")
    assert bid.titles == (
        "whether Sale of the centres goes on",
        "Mutual on Quality",
        "Price of the mutual, Mutual",
    )
    assert bid.figures == 2
    whole = read(
        duties__best_value__evidence=["survey"],
        service__evidence=["survey"],
        drivers__visits__evidence="survey",
        preconditions={"asked": {"title": "Staff were asked", "evidence": "survey"}},
    )
    assert rests_on(whole, "survey").titles == (
        "Leisure centres",
        "Local Government Act 1999, section 3",
        "the answer 'yes' at a gate",
        "Staff were asked",
        "Mutual on Community benefit",
        "Visits against today's",
    )


def test_without_evidence_what_rests_on_it_alone_is_unknown():
    less = without(leisure(), "bid")
    assert less.score("mutual", "quality").value is None
    assert [one.key for one in less.unknown_lines] == ["grant"]
    assert "grant" not in {line.key for line in less.lines}
    assert less.options["sale"].success["strategic_fit"].answer == "unknown"


def test_what_has_other_evidence_besides_stands():
    both = read(scores__mutual__quality={"value": 100, "evidence": ["bid", "survey"]})
    assert without(both, "bid").score("mutual", "quality").value == 100


def test_a_line_that_follows_a_driver_without_evidence_is_unknown_too():
    less = without(read(drivers__visits__evidence="survey"), "survey")
    assert {one.key for one in less.unknown_lines} == {"health"}


def test_evidence_is_old_after_five_years():
    today = date(2026, 11, 24)
    evidence = leisure().evidence["survey"]
    assert not is_old(evidence, today)
    assert is_old(read(evidence__survey__on=date(2021, 11, 1)).evidence["survey"], today)


def test_the_answer_without_it_is_said():
    def answer(appraisal):
        is_whole = appraisal.lines == leisure().lines
        if is_whole and appraisal.scores == leisure().scores:
            return Headline(("as_now", "mutual"), ("as_now",), ("mutual",))
        if appraisal.score("mutual", "quality").value is None:
            return Headline(
                ("as_now", "mutual", "sale"), ("as_now", "mutual"), (), ("Price of the mutual",)
            )
        if appraisal.score("as_now", "control").value is None:
            return Headline(("as_now",), ("mutual",), ("as_now",))
        return Headline(("as_now",), (), ("mutual",))

    weak = with_answers(leisure(), weakest_first(leisure()), answer)
    told = {one.evidence.key: one.without for one in weak}
    assert told["bid"] == (
        "Without it Sale of the centres would not have been discounted.",
        "Without it nobody can say which comes first by score: In-house as now or Mutual.",
        "Without it nobody can say which is the best value: the amount of price of the mutual "
        "would not be known.",
    )
    assert told["officers"] == (
        "Without it Mutual would come first by score, not In-house as now.",
        "Without it In-house as now would be the best value.",
    )
    assert told["survey"] == (
        "Without it no option can be scored.",
        "Without it Mutual is still the best value.",
    )


def test_only_the_first_few_are_answered():
    weak = with_answers(
        leisure(), weakest_first(leisure()), lambda _: Headline((), ("mutual",), ()), most=1
    )
    assert [bool(one.without) for one in weak] == [True, False, False]
    assert weak[0].without == ("Without it Mutual still comes first by score.",)
