"""A life as one table: the states a thing can be in, and the moves between them."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from moothall.values.wording import listed


class CannotMove(Exception):
    """The thing stays in the state it is in. Its text is a sentence for whoever tried."""


@frozen
class State:
    """words: as a page says it, 'in force'."""

    key: str
    words: str


@frozen
class Move:
    """One way from a state to another. words: what a person does, 'bring into force'."""

    key: str
    from_: str
    to: str
    words: str


@frozen
class StateTable:
    """What it is called ('agreement'), its states in their order, and every move there is.

    The first state is the one that each life begins in.

    :raises ValueError: when a move leads from or to a state that is not there, one key leads two
        ways from one state, or a state is never reached.
    """

    thing: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __attrs_post_init__(self) -> None:
        known = {state.key for state in self.states}
        strays = {key for move in self.moves for key in (move.from_, move.to)} - known
        if strays:
            raise ValueError(f"No state of the {self.thing} is called {listed(sorted(strays))}.")
        ways = [(move.key, move.from_) for move in self.moves]
        if doubles := sorted({way for way in ways if ways.count(way) > 1}):
            raise ValueError(f"Two moves {doubles[0][0]} lead from {doubles[0][1]}. Name one anew.")
        if unreached := known - self.reached_from(self.begins.key):
            raise ValueError(f"No moves lead to {listed(sorted(unreached))}. Add one or drop it.")

    @property
    def begins(self) -> State:
        return self.states[0]

    def state(self, key: str) -> State:
        return next(state for state in self.states if state.key == key)

    def open_from(self, state: str) -> tuple[Move, ...]:
        """The moves that leave a state, in the table's order."""
        return tuple(move for move in self.moves if move.from_ == state)

    def after(self, state: str, key: str) -> str:
        """The state that a move leads to.

        :raises CannotMove: when no move of that name leaves the state.
        """
        for move in self.open_from(state):
            if move.key == key:
                return move.to
        words = next((move.words for move in self.moves if move.key == key), key.lower())
        starts = [self.state(move.from_).words for move in self.moves if move.key == key]
        needed = f" It can once it is {listed(starts, last='or')}." if starts else ""
        raise CannotMove(
            f"You cannot {words}: the {self.thing} is {self.state(state).words}.{needed}"
        )

    def reached_from(self, state: str) -> set[str]:
        """Every state that can follow, and the state itself."""
        reached, waiting = {state}, [state]
        while waiting:
            for move in self.open_from(waiting.pop()):
                if move.to not in reached:
                    reached.add(move.to)
                    waiting.append(move.to)
        return reached


def states(**words: str) -> tuple[State, ...]:
    """States from keys and words, in the order given."""
    return tuple(State(key, said) for key, said in words.items())


def moves(*rows: Iterable[str]) -> tuple[Move, ...]:
    """Moves from rows of (key, from, to, words)."""
    return tuple(Move(*row) for row in rows)
