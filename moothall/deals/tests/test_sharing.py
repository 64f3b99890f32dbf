"""A cost shared fairly. The worked example: three councils, £3.0m together, £3.4m alone."""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from moothall.deals.commands import deal
from moothall.deals.sharing import CannotShare, costs, shapley, shared, sharings
from moothall.deals.sharing_file import sharings_from

FILE = """
[costs]
A = 1400000
B = 1100000
C = 900000
"A + B" = 2250000
"A + C" = 2100000
"B + C" = 1850000
"A + B + C" = 3000000

[agreed]
A = 1400000
B = 920000
C = 680000
"""


def by_method(text=FILE):
    _, found = sharings_from(text)
    return {one.method: one for one in found}


def shares(one):
    return [str(gbp) for gbp in one.shares.values()]


def test_the_shapley_value_of_three_councils():
    # A joins first, last or between: (1.4 x 2 + 1.15 + 1.2 + 1.15 x 2) / 6 = 1.241667
    found = by_method()["shapley"]
    assert shares(found) == ["1241666.67", "966666.67", "791666.66"]
    of, _ = sharings_from(FILE)
    assert [shapley(of, one) for one in of.partners] == [
        Fraction(7450000, 6),
        Fraction(5800000, 6),
        Fraction(4750000, 6),
    ]
    assert found.is_in_core is True


def test_in_proportion_and_by_equal_gain():
    found = by_method()
    assert shares(found["proportional"]) == ["1235294.12", "970588.23", "794117.65"]
    # 400,000 saved, a third of it each
    assert shares(found["equal_gain"]) == ["1266666.67", "966666.67", "766666.66"]
    assert shares(found["equal_parts"]) == ["1000000.00"] * 3


def test_what_weighted_keys_agreed_leaves_one_council_nothing():
    agreed = by_method()["agreed"]
    assert [int(gain) for gain in agreed.gains.values()] == [0, 180000, 220000]
    assert agreed.sentence == (
        "As agreed: A £1,400,000.00, B £920,000.00, C £680,000.00. Nobody pays more than alone; "
        "A gains nothing. A and B are together £70,000.00 worse off than by themselves."
    )
    assert agreed.is_in_core is False


def test_equal_parts_are_worse_than_alone_for_the_smallest():
    found = by_method()["equal_parts"]
    assert found.worse_than_alone == ("C",)
    assert "C would pay less alone." in found.sentence


def test_groups_that_nobody_has_costed_leave_the_core_open_and_the_shapley_value_out():
    text = FILE.replace('"A + C" = 2100000\n', "")
    found = by_method(text)
    assert "shapley" not in found
    assert found["equal_gain"].is_in_core is None
    assert (
        "The costs of 1 group are not stated, so no more is said." in found["equal_gain"].sentence
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ([("A", 1)], "One partner shares with nobody"),
        ([("A", 1), ("B", 1)], "The cost of A and B is missing"),
        ([("A", 1), ("B", 1), ("A", 2)], "The cost of A is stated twice"),
        ([("AA", 1), ("B", 1)], "A, A is no group: name each once."),
        ([("A", "0.001")], "A would pay £0.001: state whole pence."),
        ([(one, 1) for one in "ABCDEFGHIJKLM"], "There are 13 partners, and at most 12"),
    ],
)
def test_costs_that_cannot_be_shared_say_why(stated, said):
    with pytest.raises(CannotShare, match=said):
        costs((list(names), Decimal(gbp)) for names, gbp in stated)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[costs", "This is not TOML"),
        ("[agreed]\nA = 1", "There is no table costs"),
        (FILE.replace("680000", "680001"), "What is agreed comes to £3,000,001 for A, B, C."),
        (FILE.replace("680000", '"much"'), "C: 'much' is not a number. State pounds."),
    ],
)
def test_a_file_that_cannot_be_shared_is_refused(tmp_path, text, said):
    (tmp_path / "costs.toml").write_text(text)
    done = CliRunner().invoke(deal, ["share", str(tmp_path / "costs.toml")])
    assert done.exit_code == 4
    assert said in done.stderr


def test_the_command_says_each_partners_share_in_each_method(tmp_path):
    (tmp_path / "costs.toml").write_text(FILE)
    done = CliRunner().invoke(deal, ["share", str(tmp_path / "costs.toml")])
    assert "Alone A £1,400,000.00, B £1,100,000.00, C £900,000.00" in done.stdout
    assert "Shapley value: A £1,241,666." in done.stdout
    told = CliRunner().invoke(deal, ["share", str(tmp_path / "costs.toml"), "--format", "json"])
    answer = json.loads(told.stdout)
    assert answer["saved_gbp"] == "400000.00"
    assert [one["method"] for one in answer["sharings"]] == [
        "agreed", "shapley", "proportional", "equal_gain", "equal_parts",
    ]  # fmt: skip


def test_twelve_partners_are_shared_among():
    names = "ABCDEFGHIJKL"
    groups = [g for size in range(1, 13) for g in combinations(names, size)]
    of = costs((group, Decimal(100 + 10 * len(group))) for group in groups)
    found = sharings(of)[0]
    assert sum(found.shares.values()) == 220
    assert set(found.shares.values()) == {Decimal("18.33"), Decimal("18.34")}  # 220 / 12


amounts_of_seven = st.lists(st.integers(0, 10**7), min_size=7, max_size=7)


@settings(deadline=None, max_examples=60)
@given(amounts_of_seven)
def test_every_method_gives_away_the_whole_cost_and_no_more(pence):
    groups = [g for size in range(1, 4) for g in combinations("ABC", size)]
    of = costs((group, Decimal(gbp) / 100) for group, gbp in zip(groups, pence, strict=True))
    for one in sharings(of):
        assert sum(one.shares.values()) == of.together


@settings(deadline=None, max_examples=60)
@given(amounts_of_seven, st.integers(0, 10**6))
def test_the_shapley_value_asks_nothing_but_its_own_cost_of_whoever_saves_nothing(pence, own):
    groups = [g for size in range(1, 3) for g in combinations("AB", size)]
    stated = {group: Decimal(gbp) for group, gbp in zip(groups, pence[:3], strict=True)}
    stated |= {(*group, "C"): gbp + own for group, gbp in list(stated.items())}
    stated["C",] = Decimal(own)
    assert shapley(costs(stated.items()), "C") == own


@settings(deadline=None, max_examples=60)
@given(amounts_of_seven)
def test_partners_who_cost_the_same_pay_the_same_shapley_value(pence):
    same, c, ab, with_c, abc, *_ = map(Decimal, pence)
    stated = {"A": same, "B": same, "C": c, "AB": ab, "AC": with_c, "BC": with_c, "ABC": abc}
    of = costs((list(names), gbp) for names, gbp in stated.items())
    assert shapley(of, "A") == shapley(of, "B")


def test_an_objection_says_by_how_much():
    of, _ = sharings_from(FILE)
    high = {"A": Decimal(1300000), "B": Decimal(1000000), "C": Decimal(700000)}
    (worst,) = shared(of, "x", "X", high).objections
    assert str(worst) == "A and B are together £50,000.00 worse off than by themselves."
