"""What is said of a thing that waits for a person."""

from datetime import date
from typing import NamedTuple


class Wait(NamedTuple):
    """due_on: None where no day is set. url: the page where it is done."""

    label: str
    due_on: date | None
    url: str
    why: str
