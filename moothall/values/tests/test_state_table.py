"""A life as one table."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.values.state_table import CannotMove, StateTable, moves, states

DOOR = StateTable(
    "door",
    states(SHUT="shut", OPEN="open", LOCKED="locked"),
    moves(
        ("OPEN", "SHUT", "OPEN", "open it"),
        ("SHUT", "OPEN", "SHUT", "shut it"),
        ("LOCK", "SHUT", "LOCKED", "lock it"),
    ),
)


@given(st.lists(st.sampled_from(["OPEN", "SHUT", "LOCK"]), max_size=12))
def test_a_life_never_leaves_its_table(keys):
    state = DOOR.begins.key
    for key in keys:
        try:
            state = DOOR.after(state, key)
        except CannotMove:
            continue
        assert state in DOOR.reached_from(DOOR.begins.key)


def test_what_cannot_be_done_now_says_when_it_can():
    with pytest.raises(CannotMove) as refused:
        DOOR.after("OPEN", "LOCK")
    assert str(refused.value) == ("You cannot lock it: the door is open. It can once it is shut.")


def test_the_moves_of_a_state_are_those_of_the_table():
    assert [move.key for move in DOOR.open_from("SHUT")] == ["OPEN", "LOCK"]
    assert DOOR.open_from("LOCKED") == ()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ([("OPEN", "SHUT", "AJAR", "open it")], "No state of the door is called AJAR."),
        (
            [("OPEN", "SHUT", "OPEN", "open it"), ("OPEN", "SHUT", "SHUT", "try it")],
            "Two moves OPEN lead from SHUT. Name one anew.",
        ),
        ([("OPEN", "OPEN", "SHUT", "open it")], "No moves lead to OPEN. Add one or drop it."),
    ],
)
def test_a_table_that_does_not_hang_together_is_refused(made, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        StateTable("door", states(SHUT="shut", OPEN="open"), moves(*made))
