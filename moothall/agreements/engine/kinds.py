"""The kinds of agreement, and what each asks for before it is signed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

UNKNOWN = "unknown"  # as an agreement that is found may be; it is asked for everything


@frozen
class Kind:
    """moves: any of money, staff, assets. needs: fields without which it is not complete."""

    key: str
    label: str
    said: str
    is_binding: bool
    has_board: bool
    moves: tuple[str, ...]
    needs: tuple[str, ...]
    power: str = ""

    @property
    def has_every_check(self) -> bool:
        """Whether each check before signing applies: where money, staff or assets move."""
        return bool(self.moves)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind, from the loosest to the tightest, and what stands for none of them."""
    text = (files("moothall.agreements") / "catalogues" / "kinds_of_agreement.toml").read_text(
        "utf-8"
    )
    return {key: _kind(key, row) for key, row in tomllib.loads(text).items()}


def _kind(key: str, row: dict[str, Any]) -> Kind:
    return Kind(key=key, **(row | {name: tuple(row[name]) for name in ("moves", "needs")}))
