"""Elections fill their seats in proportion, to the last fraction of a vote."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.agreements.engine.stv import counted, droop_quota, why_not_valid

# The example by which the method is most often taught: twenty guests choose three foods.
PARTY = ("orange", "pear", "chocolate", "strawberry", "sweets")
PARTY_PAPERS = {
    ("orange",): 4,
    ("pear", "orange"): 2,
    ("chocolate", "strawberry"): 8,
    ("chocolate", "sweets"): 4,
    ("strawberry",): 1,
    ("sweets",): 1,
}
NAMES = "abcdef"


def test_the_quota_of_480_papers_for_three_seats_is_121():
    assert droop_quota(480, 3) == 121
    assert 3 * 121 <= 480 < 4 * 121
    with pytest.raises(ValueError, match="one seat or more, not 0"):
        droop_quota(480, 0)


def test_the_party_gets_chocolate_oranges_and_strawberries():
    found = counted(PARTY_PAPERS, PARTY, 3)
    assert found.quota == 6
    assert found.elected == ("chocolate", "orange", "strawberry")
    surplus = found.stages[1]
    assert surplus.did == "The surplus of chocolate passes on."
    assert (surplus.votes["strawberry"], surplus.votes["sweets"]) == (5, 3)
    assert [stage.excluded for stage in found.stages if stage.excluded] == ["pear", "sweets"]


def test_a_surplus_passes_on_in_exact_fractions():
    papers = {("a", "b"): 4, ("a", "c"): 3, ("b",): 1, ("c",): 2}
    found = counted(papers, "abc", 2)  # quota 4; a has 7: each paper is worth 3/7
    assert found.stages[1].votes["b"] == 1 + Fraction(12, 7)
    assert found.stages[1].votes["c"] == 2 + Fraction(9, 7)
    assert found.elected == ("a", "c")


def test_of_equals_the_earlier_stage_decides_and_where_it_does_not_the_lot():
    papers = {("a",): 2, ("b",): 2, ("c",): 5}
    assert counted(papers, "abc", 2).elected == ("c", "a")
    assert counted(papers, "bac", 2).elected == ("c", "b")
    ahead = {("a",): 3, ("b",): 2, ("d", "b"): 1, ("c",): 4}
    assert counted(ahead, "badc", 2).elected == ("c", "a")  # level at 3, and a was ahead of b


def test_what_has_no_further_preference_is_set_aside_and_counted():
    found = counted({("a",): 9, ("b",): 2, ("c",): 1}, "abc", 2)
    assert found.stages[1].set_aside == 9 - found.quota
    assert found.elected == ("a", "b")


def test_as_many_candidates_as_seats_are_all_elected():
    assert counted({}, "ab", 3).elected == ("a", "b")


@pytest.mark.parametrize(
    ("paper", "sentence"),
    [
        ((), "It gives no first preference."),
        (("a", "z"), "z is no candidate."),
        (("a", "b", "a"), "It names a twice."),
    ],
)
def test_a_paper_that_cannot_be_counted_says_why(paper, sentence):
    assert why_not_valid(paper, "abc") == sentence
    with pytest.raises(ValueError, match=sentence):
        counted({paper: 1}, "abc", 1)


@st.composite
def elections(draw):
    candidates = NAMES[: draw(st.integers(2, 6))]
    paper = st.permutations(candidates).flatmap(
        lambda order: st.integers(1, len(order)).map(lambda n: tuple(order[:n]))
    )
    papers = draw(st.dictionaries(paper, st.integers(1, 30), min_size=1, max_size=12))
    return papers, candidates, draw(st.integers(1, 4))


@given(elections())
def test_no_vote_is_lost_or_made_at_any_stage(election):
    papers, candidates, seats = election
    found = counted(papers, candidates, seats)
    assert len(found.elected) == min(seats, len(candidates))
    for stage in found.stages:
        assert sum(stage.votes.values()) + stage.set_aside == sum(papers.values())
        assert all(votes >= 0 for votes in stage.votes.values())


@given(elections(), st.data())
def test_the_order_in_which_papers_lie_changes_nothing(election, data):
    papers, candidates, seats = election
    shuffled = dict(data.draw(st.permutations(list(papers.items()))))
    assert counted(shuffled, candidates, seats) == counted(papers, candidates, seats)


@settings(max_examples=60)
@given(elections())
def test_voters_who_agree_get_the_seats_that_their_numbers_earn(election):
    """Droop proportionality: k quotas that rank one set first elect k of it, or all of it."""
    papers, candidates, seats = election
    found = counted(papers, candidates, seats)
    for size in range(1, len(candidates)):
        for group in combinations(candidates, size):
            solid = sum(n for paper, n in papers.items() if set(paper[:size]) == set(group))
            earned = min(solid // found.quota, size, seats)
            assert len(set(group) & set(found.elected)) >= earned


@settings(max_examples=60)
@given(elections())
def test_the_count_agrees_with_one_that_moves_each_paper_by_itself(election):
    papers, candidates, seats = election
    assert counted(papers, candidates, seats).elected == _paper_by_paper(papers, candidates, seats)


def _paper_by_paper(papers, candidates, seats):
    """The same rules, slowly: a list of single papers, each with its value and its holder."""
    pile = [[paper, Fraction(1), None] for paper, n in papers.items() for _ in range(n)]
    quota = droop_quota(len(pile), seats)
    hopeful, elected, owed, history = list(candidates), [], [], []

    def held(name):
        return sum((value for _p, value, holder in pile if holder == name), Fraction(0))

    def move(one):
        one[2] = next((name for name in one[0] if name in hopeful), None)

    def standing(name):
        return (held(name), *(past[name] for past in reversed(history)), -candidates.index(name))

    def settle():
        for name in sorted((n for n in hopeful if held(n) >= quota), key=standing, reverse=True):
            elected.append(name)
            hopeful.remove(name)
            if held(name) > quota:
                owed.append(name)
        history.append({name: held(name) for name in candidates})

    for one in pile:
        move(one)
    settle()
    while len(elected) < min(seats, len(candidates)):
        if len(hopeful) <= seats - len(elected):
            elected += sorted(hopeful, key=standing, reverse=True)
            hopeful.clear()
        elif owed:
            name = max(owed, key=standing)
            owed.remove(name)
            votes = held(name)
            kept = Fraction(quota)
            for one in [one for one in pile if one[2] == name]:
                one[1] *= (votes - quota) / votes
                move(one)
            pile.append([(name,), kept, name])
            settle()
        else:
            name = min(hopeful, key=standing)
            hopeful.remove(name)
            for one in [one for one in pile if one[2] == name]:
                move(one)
            settle()
    return tuple(elected)
