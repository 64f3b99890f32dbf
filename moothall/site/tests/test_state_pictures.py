"""A life is drawn from its table: each state once, each move with its words, where it stands."""

import itertools

import pytest
from django.template import Context, Template

from moothall.agreements.engine.life import LIFE
from moothall.site.state_pictures import picture_of_states
from moothall.values.state_table import StateTable, moves, states

DOOR = StateTable(
    "old door",
    states(OPEN="open", SHUT="shut"),
    moves(
        ("CLOSE", "OPEN", "SHUT", "close it"),
        ("OPEN", "SHUT", "OPEN", "open it again"),
        ("SLAM", "SHUT", "SHUT", "slam it"),
    ),
)


@pytest.mark.parametrize("table", [DOOR, LIFE])
def test_every_state_and_every_move_of_the_table_is_in_its_picture(table):
    picture = picture_of_states(table)
    said = {" ".join(word for word, _ in box.words) for box in picture.boxes}
    assert said == {state.words.capitalize() for state in table.states}
    assert len(picture.ways) == len(table.moves)
    for move in table.moves:
        assert any(
            " ".join(word for word, _ in way.words).startswith(move.words) for way in picture.ways
        )
        assert move.words in picture.said


def test_nothing_stands_on_anything_else_or_outside_the_picture():
    picture = picture_of_states(LIFE)
    boxes = picture.boxes
    for above, below in itertools.pairwise(boxes):
        assert above.y + above.height < below.y
    assert boxes[-1].y + boxes[-1].height <= picture.height
    heights = sorted(y for way in picture.ways if way.head for _, y in way.words)
    assert all(second - first >= 14 for first, second in itertools.pairwise(heights))
    arrivals = [way.head for way in picture.ways if way.head]
    assert len(set(arrivals)) == len(arrivals)


def test_a_move_to_the_next_state_is_an_arrow_down_and_any_other_runs_round():
    close, again, slam = (
        next(way for way in picture_of_states(DOOR).ways if way.words[0][0].startswith(words))
        for words in ("close", "open", "slam")
    )
    assert len(close.lines) == 1
    assert close.head is not None
    assert close.head[2]
    assert len(again.lines) == 3
    assert again.head is not None
    assert not again.head[2]
    assert (slam.lines, slam.head) == ((), None)
    assert slam.words[0][0] == "slam it, again"


def test_the_picture_says_itself_to_whoever_does_not_see_it_and_marks_where_it_stands():
    html = Template("{% load moothall %}{% state_diagram table 'SHUT' %}").render(
        Context({"table": DOOR})
    )
    assert "The life of an old door. Open: close it (then shut)." in html
    assert html.count("mh-states__box--here") == 1
    assert 'class="mh-states__state mh-states__state--here" x="18%"' in html
