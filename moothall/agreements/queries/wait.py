"""What is said of a thing that waits for a person."""

from datetime import date
from typing import NamedTuple


class Wait(NamedTuple):
    """due_on: None where no day is set. url: the page where it is done."""

    label: str
    due_on: date | None
    url: str
    why: str


MOST_OF_A_KIND = 12


def few(found: list[Wait], *, rest: str, url: str, why: str) -> list[Wait]:
    """The first of many that are alike, and one for all the rest: a list that long hides others.

    rest : what the rest is called, with {count} for its number
    """
    first, others = found[:MOST_OF_A_KIND], len(found) - MOST_OF_A_KIND
    if others < 2:
        return found
    return [*first, Wait(rest.format(count=others), first[-1].due_on, url, why)]
