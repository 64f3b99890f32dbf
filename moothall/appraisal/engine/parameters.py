"""Which dated parameters does an appraisal rest on, who says them, and which may have expired?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from moothall.values.rules import Rule

Rules = Mapping[str, Rule]


@frozen
class Parameter:
    """A parameter as an appraisal of a day uses it.

    is_verified : its source was read; otherwise the value is from memory, and says so
    warning     : why it may have been overtaken by that day; None where it has not
    """

    key: str
    label: str
    unit: str
    value: Any
    in_force_from: date
    source: str
    is_verified: bool
    warning: str | None = None

    def in_words(self) -> str:
        known = "its source was read" if self.is_verified else "not verified"
        return f"{self.label}: {self.source} ({known})."


def parameter(rules: Rules, key: str, on: date) -> Parameter:
    """Return a parameter with what must be known of it.

    :raises LookupError: when no version had begun by then.
    """
    rule = rules[key]
    version = rule.on(on)
    return Parameter(
        key=key,
        label=rule.label,
        unit=rule.unit,
        value=version.value,
        in_force_from=version.in_force_from,
        source=version.source,
        is_verified=version.verified,
        warning=rule.why_look_again(on),
    )


def warnings(parameters: Iterable[Parameter]) -> tuple[str, ...]:
    """Return what to look at again: what has expired first, then what nobody has verified."""
    used = list(parameters)
    expired = [one.warning for one in used if one.warning is not None]
    unverified = [
        f"{one.label} is from memory: {one.source}. Check it before you rely on it."
        for one in used
        if not one.is_verified
    ]
    return (*expired, *unverified)
