"""Promises that are not payments: when is each due, and what becomes of it?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from attrs import frozen

from moothall.values.periods import months_after
from moothall.values.state_table import StateTable, moves, states

PROMISE = StateTable(
    "promise",
    states(
        DUE="due",
        EVIDENCED="reported",
        MET="kept",
        NOT_MET="not kept",
        WAIVED="waived",
    ),
    moves(
        ("REPORT", "DUE", "EVIDENCED", "say how it was kept"),
        ("MISS", "DUE", "NOT_MET", "find that it was not kept"),
        ("WAIVE", "DUE", "WAIVED", "waive it"),
        ("ACCEPT", "EVIDENCED", "MET", "accept the evidence"),
        ("REFUSE", "EVIDENCED", "NOT_MET", "refuse the evidence"),
        ("REPORT", "NOT_MET", "EVIDENCED", "say how it was kept"),
        ("WAIVE", "NOT_MET", "WAIVED", "waive it"),
    ),
)
MONTHS = {"": 0, "month": 1, "quarter": 3, "half-year": 6, "year": 12}
EVERY = {
    "": "Once",
    "month": "Every month",
    "quarter": "Every three months",
    "half-year": "Every six months",
    "year": "Every year",
}


def due_days(first: date, every: str, ends_before: date) -> Iterator[date]:
    """Each day on which it is due: the first, and every so often after it until it ends."""
    step = MONTHS[every]
    number = 0
    while (day := months_after(first, number * step)) < ends_before:
        yield day
        if not step:
            return
        number += 1


@frozen
class ObligationKind:
    """What promises of this kind are about, with a measure and a rhythm that a form begins from."""

    key: str
    label: str
    measure: str
    every: str


@cache
def obligation_kinds() -> dict[str, ObligationKind]:
    path = files("moothall.agreements") / "catalogues" / "kinds_of_obligation.toml"
    found = tomllib.loads(path.read_text("utf-8"))
    return {key: ObligationKind(key=key, **row) for key, row in found.items()}
