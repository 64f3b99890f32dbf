"""A rule of law or a rate, with its dates: which version governs a day?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.values.wording import plain_date


@frozen
class RuleVersion:
    """One dated value of a rule, with the source that says so."""

    in_force_from: date
    value: Any
    source: str
    verified: bool = False
    look_again_by: date | None = None


@frozen
class Rule:
    """A value with a memory. `governed_by` says which date picks the version."""

    key: str
    label: str
    unit: str
    versions: tuple[RuleVersion, ...]
    governed_by: str = "calculation"

    def on(self, day: date) -> RuleVersion:
        """Return the version in force on `day`.

        :raises LookupError: when no version had begun by then.
        """
        begun = [version for version in self.versions if version.in_force_from <= day]
        if not begun:
            first = min(version.in_force_from for version in self.versions)
            raise LookupError(
                f"{self.label} has no version for {day}: the first begins on {first}. "
                "Add the earlier version with its source."
            )
        return max(begun, key=lambda version: version.in_force_from)

    def why_look_again(self, day: date) -> str | None:
        """Say why the version in force on `day` may have been overtaken by then, or None."""
        version = self.on(day)
        if version.look_again_by is None or day <= version.look_again_by:
            return None
        return (
            f"{self.label}: the value in force from {plain_date(version.in_force_from)} was to be "
            f"looked at again by {plain_date(version.look_again_by)}, and this is for "
            f"{plain_date(day)}. See whether {version.source.split(':')[0]} has a newer one."
        )


def rules_from(document: dict[str, Any]) -> dict[str, Rule]:
    """Build rules from a parsed TOML document: a table per rule, its `versions` beneath."""
    return {key: _rule(key, body) for key, body in document.items()}


def _rule(key: str, body: dict[str, Any]) -> Rule:
    missing = [name for name in ("label", "unit", "versions") if not body.get(name)]
    if missing:
        raise ValueError(f"The rule {key} lacks {', '.join(missing)}. Add it beside the value.")
    versions = []
    for version in body["versions"]:
        if not version.get("source") or "in_force_from" not in version or "value" not in version:
            raise ValueError(f"A version of {key} lacks its value, source or date. Add all three.")
        value = version["value"]
        versions.append(
            RuleVersion(
                in_force_from=version["in_force_from"],
                value=Decimal(str(value)) if isinstance(value, float) else value,
                source=version["source"],
                verified=version.get("verified", False),
                look_again_by=version.get("look_again_by"),
            )
        )
    return Rule(
        key=key,
        label=body["label"],
        unit=body["unit"],
        versions=tuple(versions),
        governed_by=body.get("governed_by", "calculation"),
    )
