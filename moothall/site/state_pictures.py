"""Where does each state of a life stand in its picture, and how do the moves run between them?

The states stand below one another in their table's order. A move to the next one is an arrow down;
any other runs round on the right, in a lane of its own. Places across are percentages and places
down are pixels, as in the other pictures: lettering keeps its size.
"""

from __future__ import annotations

import textwrap

from attrs import frozen

from moothall.values.state_table import Move, StateTable

BOX = 36  # per cent of the width that a box takes
LABELS = 39  # where the words of a move begin
LANES, RIGHT = 74, 98  # between which the lanes run
LINE, PAD, BETWEEN, UNDER, ARRIVAL = 17, 10, 14, 6, 14  # pixels down
IN_BOX, BESIDE = 13, 24  # letters side by side on a narrow screen
Words = tuple[tuple[str, int], ...]


@frozen
class Box:
    """arrives: where the first move that runs round comes in."""

    words: Words
    y: int
    height: int
    arrives: int
    is_here: bool


@frozen
class Way:
    """A move: its words, and the lines from one box to another with a head at the end.

    words : each line of them, with its place down
    lines : (x1, y1, x2, y2), across in per cent and down in pixels
    head  : (x, y, whether it points down), or None for a move back into the same state
    """

    words: Words
    lines: tuple[tuple[str, int, str, int], ...]
    head: tuple[str, int, bool] | None


@frozen
class StatePicture:
    title: str
    said: str
    key: str
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    height: int


def picture_of_states(table: StateTable, here: str = "") -> StatePicture:
    """Draw a life; `here`: the state it stands in, drawn full."""
    order = [state.key for state in table.states]
    boxes: dict[str, Box] = {}
    starts: dict[Move, tuple[Words, int]] = {}  # the words of a move, and the height it leaves at
    y = 1
    for number, state in enumerate(table.states):
        below = y + 4
        for move in table.open_from(state.key):
            if _is_down(move, order):
                continue
            said = _wrapped(move.words + (", again" if _is_round(move) else ""), below + LINE - 2)
            below = said[-1][1] + UNDER
            starts[move] = (said, below)
        arrivals = sum(move.to == state.key and _runs(move, order) for move in table.moves)
        words = textwrap.wrap(state.words.capitalize(), IN_BOX)
        height = max(len(words) * LINE + 2 * PAD, below - y + ARRIVAL * arrivals + PAD)
        top = y + (height - len(words) * LINE) // 2
        boxes[state.key] = Box(
            tuple((word, top + LINE * (row + 1) - 4) for row, word in enumerate(words)),
            y,
            height,
            below + PAD,
            state.key == here,
        )
        y += height
        down = [m for m in table.open_from(state.key) if _is_down(m, order)]
        if down:
            said = _wrapped(down[0].words, y + BETWEEN + LINE - 6)
            starts[down[0]] = (said, y)
            y = said[-1][1] + BETWEEN
        elif number + 1 < len(order):
            y += 2 * BETWEEN
    round_ = [move for move in starts if _runs(move, order)]
    ways = tuple(
        _way(move, words, at, boxes, round_, order) for move, (words, at) in starts.items()
    )
    return StatePicture(
        f"The life of {_a(table.thing)}",
        " ".join(_sentence(table, state.key) for state in table.states),
        table.thing.replace(" ", "-"),
        tuple(boxes.values()),
        ways,
        y + 2,
    )


def _is_down(move: Move, order: list[str]) -> bool:
    return order.index(move.to) == order.index(move.from_) + 1


def _is_round(move: Move) -> bool:
    return move.from_ == move.to


def _runs(move: Move, order: list[str]) -> bool:
    """Whether it runs round in a lane: neither down to the next state nor back into its own."""
    return not _is_round(move) and not _is_down(move, order)


def _wrapped(words: str, y: int) -> Words:
    return tuple((line, y + LINE * row) for row, line in enumerate(textwrap.wrap(words, BESIDE)))


def _way(
    move: Move, words: Words, at: int, boxes: dict[str, Box], round_: list[Move], order: list[str]
) -> Way:
    if _is_round(move):
        return Way(words, (), None)
    target = boxes[move.to]
    if _is_down(move, order):
        middle = f"{BOX / 2}%"
        return Way(words, ((middle, at, middle, target.y),), (middle, target.y, True))
    number = round_.index(move)
    lane = f"{LANES + (RIGHT - LANES) * (number + 0.5) / len(round_):.2f}%"
    arriving = [each for each in round_ if each.to == move.to]
    into = target.arrives + ARRIVAL * arriving.index(move)
    edge = f"{BOX}%"
    lines = ((edge, at, lane, at), (lane, at, lane, into), (lane, into, edge, into))
    return Way(words, lines, (edge, into, False))


def _a(thing: str) -> str:
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def _sentence(table: StateTable, key: str) -> str:
    state, moves = table.state(key), table.open_from(key)
    if not moves:
        return f"{state.words.capitalize()}: it ends there."
    said = "; ".join(f"{move.words} (then {table.state(move.to).words})" for move in moves)
    return f"{state.words.capitalize()}: {said}."
