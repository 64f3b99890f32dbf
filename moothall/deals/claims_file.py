"""Who claims what? Claims about persons, as a file of CSV lists them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date

from moothall.deals.claims import Claim
from moothall.deals.deal import Finding
from moothall.deals.terms.fields import decimal_of

NEEDED = ("claim", "person", "outcome", "started_on", "claimed_on")
MAY = ("weeks_held", "evidence_on")


class CannotReadClaims(ValueError):
    """The file holds no claims that can be used. The message is a sentence."""


def claims_of(text: str) -> tuple[list[Claim], list[Finding]]:
    """Return claims, and what must be mended; a line with a finding is no claim.

    :raises CannotReadClaims: when a column is missing.
    """
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise CannotReadClaims(
            f"The claims were not read: the columns {', '.join(missing)} are missing. A CSV of "
            f"claims has {', '.join(NEEDED)}, and may have {' and '.join(MAY)}."
        )
    claims: list[Claim] = []
    findings: list[Finding] = []
    for row in reader:
        try:
            claims.append(_claim(row))
        except ValueError as refusal:
            findings.append(Finding(f"line {reader.line_num}", str(refusal), "Mend that line."))
    return claims, findings


def _claim(row: Mapping[str, str | None]) -> Claim:
    given = {name: (row.get(name) or "").strip() for name in (*NEEDED, *MAY)}
    for name in ("claim", "person", "outcome"):
        if not given[name]:
            raise ValueError(f"The claim has no {name}.")
    evidence, weeks = given["evidence_on"], given["weeks_held"]
    return Claim(
        claim=given["claim"],
        person=given["person"],
        outcome=given["outcome"],
        started_on=_day(given["started_on"], "started_on"),
        claimed_on=_day(given["claimed_on"], "claimed_on"),
        weeks_held=decimal_of(weeks) if weeks else None,
        evidence_on=_day(evidence, "evidence_on") if evidence else None,
    )


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is no day such as 2026-04-01.") from None
