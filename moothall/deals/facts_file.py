"""What happened? Facts of each period, as reported in a file of TOML, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from moothall.deals.deal import Deal, Finding
from moothall.deals.terms.fields import decimal_of

Reported = dict[str, dict[date, Decimal]]


class CannotReadFacts(ValueError):
    """The file holds no facts that can be used. The message is a sentence."""


def facts_of(text: str, kind: str, deal: Deal) -> tuple[Reported, list[Finding]]:
    """Return fact -> first day of its period -> value, and what must be mended.

    kind : 'toml' or 'json' (facts, then days, then values) or 'csv' (columns period, fact, value)

    :raises CannotReadFacts: when the file cannot be read at all.
    """
    found: Reported = {}
    findings: list[Finding] = []
    starts = {period.starts_on for period in deal.periods}
    for place, key, day_text, value_text in _entries(text, kind):
        if key not in deal.facts:
            said = f"The deal has no fact {key!r}. It has: {', '.join(deal.facts)}."
            findings.append(Finding(place, said, "Use one of those names."))
            continue
        day = _day(day_text)
        if day not in starts:
            first = min(starts)
            said = f"{day_text!r} is not the first day of a period of the deal."
            findings.append(Finding(place, said, f"Use first days, the first being {first}."))
            continue
        try:
            value = decimal_of(value_text)
        except ValueError as refusal:
            findings.append(Finding(place, str(refusal), "Report a number."))
            continue
        if day in found.setdefault(key, {}):
            said = f"{deal.facts[key].title} is reported twice for {day}."
            findings.append(Finding(place, said, "Keep one of the two."))
            continue
        found[key][day] = value
    return found, findings


def _entries(text: str, kind: str) -> Iterator[tuple[str, str, object, object]]:
    if kind == "csv":
        reader = csv.DictReader(io.StringIO(text))
        if not {"period", "fact", "value"} <= set(reader.fieldnames or ()):
            raise CannotReadFacts(
                "The facts were not read: a CSV of facts has the columns period, fact and value. "
                "Add them as its first line."
            )
        for row in reader:
            yield f"line {reader.line_num}", row["fact"], row["period"], row["value"]
        return
    try:
        document = (
            tomllib.loads(text, parse_float=Decimal)
            if kind == "toml"
            else json.loads(text, parse_float=Decimal)
        )
        facts = document["facts"]
        for key, values in facts.items():
            for day, value in values.items():
                yield f"facts.{key}.{day}", key, day, value
    except (ValueError, KeyError, AttributeError, TypeError):
        raise CannotReadFacts(
            "The facts were not read: they stand as a table facts, a fact in it, and a value for "
            'the first day of each period, as in [facts.lamps] "2026-04-01" = "800".'
        ) from None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        return None
