"""Which rate of VAT holds on a day? The dated rules of this package say."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from moothall.values.rules import rules_from

if TYPE_CHECKING:
    from moothall.deals.settlement import VatRate


def vat_rates() -> VatRate:
    """Return the rate (a fraction) by treatment and day."""
    text = (files("moothall.deals") / "rules" / "vat.toml").read_text(encoding="utf-8")
    rules = rules_from(tomllib.loads(text, parse_float=Decimal))
    return lambda treatment, day: Decimal(rules[f"vat_{treatment}"].on(day).value)
