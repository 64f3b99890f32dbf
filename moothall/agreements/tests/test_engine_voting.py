"""A motion is carried by the rule and by nothing else, and both ways of counting are published."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine.voting import (
    BY_SHARE,
    Choice,
    ClassVotes,
    Majority,
    Method,
    Result,
    Rule,
    outcome,
    share_by,
)

STAFF = ClassVotes("staff", "Staff", entitled=100, for_=60, against=40, weight=50)
USERS = ClassVotes("users", "Users", entitled=100, for_=30, against=70, weight=25)
COUNCIL = ClassVotes("council", "Council", entitled=10, for_=10, weight=25)
MUTUAL = (STAFF, USERS, COUNCIL)
COLLEGE = Rule(Method.COLLEGE)
SPECIAL = Rule(Method.SHARES, Majority.THREE_QUARTERS)


def board(*votes: tuple[int, int, int], entitled: int = 5) -> tuple[ClassVotes, ...]:
    """Classes of five from (for, against, abstained)."""
    return tuple(
        ClassVotes(f"class{n}", f"Class {n}", entitled, for_=f, against=a, abstained=x)
        for n, (f, a, x) in enumerate(votes, start=1)
    )


def test_a_college_carries_what_one_member_one_vote_would_lose_and_both_are_said():
    found = outcome(COLLEGE, MUTUAL)
    assert found.is_carried
    assert found.words == (
        "Carried: 62.5% of the college's weight in favour, and it takes more than half."
    )
    college, members = found.readings
    assert college.share == Fraction(625, 1000)
    assert members.share == Fraction(100, 210)
    assert members.words == "100 of 210 votes, 47.6%, in favour"
    assert not members.is_enough
    assert found.is_decided_by_the_rule
    assert (college.decides, members.decides) == (True, False)
    unanimous = outcome(Rule(Method.COLLEGE, Majority.EVERYONE), MUTUAL)
    assert not unanimous.is_decided_by_the_rule  # neither reading decides: consent does
    assert outcome(Rule(Method.MEMBERS), MUTUAL).result is Result.LOST


def test_shares_count_for_what_they_are():
    holders = (
        ClassVotes("council", "Council", entitled=1, against=1, weight=199),
        ClassVotes("builder", "Builder", entitled=1, for_=1, weight=300),
        ClassVotes("capita", "Capita", entitled=1, for_=1, weight=501),
    )
    assert share_by(Method.SHARES, holders) == Fraction(801, 1000)
    assert outcome(SPECIAL, holders).is_carried
    assert "80.1% of the shares in favour" in outcome(SPECIAL, holders).words


@pytest.mark.parametrize(
    ("majority", "votes", "result"),
    [
        (Majority.MORE_THAN_HALF, (2, 2, 0), Result.LOST),
        (Majority.MORE_THAN_HALF, (2, 1, 2), Result.CARRIED),
        (Majority.TWO_THIRDS, (2, 1, 0), Result.CARRIED),
        (Majority.TWO_THIRDS, (3, 2, 0), Result.LOST),
        (Majority.THREE_QUARTERS, (3, 1, 0), Result.CARRIED),
        (Majority.THREE_QUARTERS, (2, 1, 0), Result.LOST),
        (Majority.EVERYONE, (5, 0, 0), Result.CARRIED),
        (Majority.EVERYONE, (4, 0, 1), Result.LOST),
        (Majority.EVERYONE, (4, 0, 0), Result.LOST),
        (Majority.MORE_THAN_HALF, (0, 0, 0), Result.LOST),
    ],
)
def test_a_majority_is_met_exactly_and_unanimity_is_everyone_who_may_vote(majority, votes, result):
    assert outcome(Rule(majority=majority), board(votes)).result is result


def test_where_every_class_must_be_in_favour_none_is_outvoted_by_the_others():
    rule = Rule(majority=Majority.EVERY_CLASS)
    assert outcome(rule, board((5, 0, 0), (3, 2, 0))).is_carried
    lost = outcome(rule, board((5, 0, 0), (2, 2, 1)))
    assert lost.words == "Lost: Class 2 is not in favour."
    assert outcome(rule, ()).words == "Lost: nobody is not in favour."


def test_a_tie_waits_for_the_chair_and_is_lost_where_the_chair_has_no_vote_to_cast():
    rule, tied = Rule(chair_casts=True), board((2, 2, 1))
    assert outcome(rule, tied).words == "A tie: the chair has yet to give a casting vote."
    assert outcome(Rule(quorum=9), tied).words_so_far == (
        "If the votes so far were all, it would not be decided: 5 were there who may vote, and the "
        "quorum is 9."
    )
    assert outcome(rule, tied, casting=Choice.FOR).words == (
        "Carried: on a tie the chair voted for."
    )
    assert outcome(rule, tied, casting=Choice.AGAINST).result is Result.LOST
    assert outcome(Rule(), tied, casting=Choice.FOR).result is Result.LOST
    special = Rule(majority=Majority.TWO_THIRDS, chair_casts=True)
    assert outcome(special, tied, casting=Choice.FOR).result is Result.LOST


def test_nothing_is_decided_without_a_quorum_in_all_and_of_each_class():
    few = outcome(Rule(quorum=4), board((3, 0, 0)))
    assert few.words == "Not decided: 3 were there who may vote, and the quorum is 4."
    residents = ClassVotes("r", "Residents", entitled=4, for_=1, quorum=2)
    council = ClassVotes("c", "Council", entitled=4, for_=4)
    assert outcome(Rule(), (residents, council)).words == (
        "Not decided: 1 of Residents were there, and its quorum is 2."
    )
    there = ClassVotes("r", "Residents", entitled=4, for_=1, quorum=2, present=2)
    assert outcome(Rule(), (there, council)).is_carried


def test_the_rule_reads_as_a_sentence():
    assert Rule(Method.COLLEGE, Majority.TWO_THIRDS, 5, chair_casts=True).words == (
        "It takes two thirds or more of the votes cast, counted in an electoral college, where "
        "each class counts for its weight, with at least 5 there."
    )
    assert Rule(chair_casts=True).words.endswith("On a tie the chair has a casting vote.")
    assert Rule().words.endswith("On a tie it is lost.")
    assert Rule(majority=Majority.EVERYONE).words.startswith("It takes everyone who may vote")
    assert Rule(majority=Majority.EVERY_CLASS).words.startswith("It takes every class in favour")


def test_more_votes_than_voters_or_fewer_than_none_are_refused():
    with pytest.raises(ValueError, match="6 of Class 1 voted and 5 may"):
        board((4, 2, 0))
    with pytest.raises(ValueError, match="nought or more, not -1"):
        board((-1, 2, 0))


COUNTS = st.integers(0, 40)


@given(st.lists(COUNTS, min_size=1, max_size=6), st.integers(1, 40))
def test_a_college_of_equal_weights_and_sizes_is_one_member_one_vote(votes, size):
    classes = [
        ClassVotes(str(n), str(n), size, for_=min(x, size), against=size - min(x, size))
        for n, x in enumerate(votes)
    ]
    assert share_by(Method.COLLEGE, classes) == share_by(Method.MEMBERS, classes)


@given(st.lists(st.tuples(COUNTS, COUNTS, st.integers(1, 9)), min_size=1, max_size=5), st.data())
def test_one_more_vote_in_favour_never_loses_a_motion(votes, data):
    def carried(extra: int | None, rule: Rule) -> bool:
        classes = [
            ClassVotes(
                str(n), str(n), 99, for_=f + (n == extra), against=a, weight=w, present=f + a
            )
            for n, (f, a, w) in enumerate(votes)
        ]
        return outcome(rule, classes).is_carried

    method = data.draw(st.sampled_from(Method))
    rule = Rule(method, data.draw(st.sampled_from(BY_SHARE)))
    voting = [n for n, (f, a, _w) in enumerate(votes) if f + a]
    if carried(None, rule) and voting:
        assert carried(data.draw(st.sampled_from(voting)), rule)
