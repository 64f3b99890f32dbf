"""When does a place raise a flag? A file of TOML says what it has adopted, and on which day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from moothall.deals.fairness import Policy
from moothall.deals.terms.fields import decimal_of

SHARES = ("gap", "loss_chance", "risk_share")
EXAMPLE = "[fairness], adopted_on = 2026-05-01, gap = 0.25, loss_chance = 0.01, risk_share = 0.5"


class CannotReadPolicy(ValueError):
    """The file is no policy. The message says what to mend."""


def policy_from(text: str) -> Policy:
    """Return a place's own thresholds; what the file leaves out is as the program has it.

    :raises CannotReadPolicy: when the file cannot be used.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as refusal:
        raise CannotReadPolicy(f"The fairness policy is not TOML: {refusal}.") from None
    given = document.get("fairness")
    if not isinstance(given, Mapping):
        raise CannotReadPolicy(f"The fairness policy has no table fairness. Write {EXAMPLE}.")
    if unknown := [name for name in given if name not in (*SHARES, "adopted_on")]:
        raise CannotReadPolicy(
            f"The fairness policy has no {', '.join(unknown)}. It may say: {', '.join(SHARES)}."
        )
    adopted_on = given.get("adopted_on")
    if type(adopted_on) is not date:
        raise CannotReadPolicy(
            "The fairness policy does not say when it was adopted. Add adopted_on = 2026-05-01."
        )
    shares = {name: _share(name, given[name]) for name in SHARES if name in given}
    return Policy(**shares, adopted_on=adopted_on)


def _share(name: str, value: Any) -> float:
    try:
        share = decimal_of(value)
    except ValueError:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise CannotReadPolicy(
            f"The fairness policy's {name} is {value}. Give a share from 0 to 1: 0.25 is a quarter."
        )
    return float(share)
