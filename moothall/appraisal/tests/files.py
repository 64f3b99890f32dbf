"""Appraisals to test on: the small example, whole or with something changed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from moothall.appraisal.engine.appraisal import Appraisal
from moothall.appraisal.engine.reading import (
    appraisal_and_findings_of,
    appraisal_from_toml,
)
from moothall.deals.deal import Finding
from moothall.deals.reading import document_from_toml

EXAMPLES = Path(__file__).parent / "examples"


@cache
def text_of(name: str = "leisure") -> str:
    return (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")


@cache
def leisure() -> Appraisal:
    return appraisal_from_toml(text_of())


def document(**changed: Any) -> dict[str, Any]:
    """The example's document with places set to other values: options__mutual__form="nothing".

    A value of None takes the place out.
    """
    made = document_from_toml(text_of())
    for place, value in changed.items():
        *above, last = place.split("__")
        table: dict[str, Any] = made
        for key in above:
            table = table.setdefault(key, {})
        if value is None:
            del table[last]
        else:
            table[last] = value
    return made


def read(**changed: Any) -> Appraisal:
    """The example with something changed, which must still be sound."""
    found, findings = appraisal_and_findings_of(document(**changed))
    assert found is not None, findings
    return found


def findings(**changed: Any) -> list[Finding]:
    return appraisal_and_findings_of(document(**changed))[1]


def said(of: list[Finding]) -> Mapping[str, str]:
    return {one.place: f"{one.sentence} {one.mend}".strip() for one in of}
