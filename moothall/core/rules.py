"""Where the dated rules of a slice are read from disk, once."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from moothall.values.rules import Rule, RuleVersion, rules_from


@cache
def rules_of(package: str, document: str) -> dict[str, Rule]:
    """Read `moothall/<package>/rules/<document>.toml`."""
    path = files(f"moothall.{package}") / "rules" / f"{document}.toml"
    return rules_from(tomllib.loads(path.read_text(encoding="utf-8")))


def rule_on(day: date, package: str, document: str, key: str) -> RuleVersion:
    """The version of a rule in force on `day`."""
    return rules_of(package, document)[key].on(day)
