"""What do the five invented bodies buy, for how much a year, from what kind of supplier?

The figures and names are data: trades.toml, beside this.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from attrs import field, frozen

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

# How a year's spend falls over its months, from April; each is scaled to add up to 12.
SEASONS: dict[str, tuple[float, ...]] = {
    name: tuple(months) for name, months in _DATA["seasons"].items()
}


def _departments(named: str) -> tuple[str, ...]:
    """The departments that pay, by body, under the name that the file gives them."""
    return tuple(_DATA["departments"][named])


@frozen
class Trade:
    """One kind of thing bought.

    code      category of Moothall's scheme that it belongs to
    label     expenditure category as the bodies print it
    yearly    GBP million in 2023/24, by body: county, district, health, police, fire
    typical   GBP of a payment, on average
    suppliers how many there are
    names     how its suppliers are called; {} stands for the invented part
    forms     legal forms to choose from
    purposes  what the bodies print as the purpose
    third     share of suppliers that are charities or community interest companies
    local     share of suppliers that have a local address
    """

    code: str
    label: str
    yearly: tuple[float, ...] = field(converter=tuple)
    typical: int
    suppliers: int
    names: tuple[str, ...] = field(converter=tuple)
    purposes: tuple[str, ...] = field(converter=tuple)
    season: str = "even"
    forms: tuple[str, ...] = field(default=("Ltd",), converter=tuple)
    third: float = 0.0
    local: float = 0.45
    departments: tuple[str, ...] = field(default="corporate", converter=_departments)
    is_redacted: bool = False  # paid to private persons
    is_capital: bool = False


TRADES: tuple[Trade, ...] = tuple(Trade(**each) for each in _DATA["trades"])
