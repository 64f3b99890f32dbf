"""Which fields does an appraisal's file have besides those of a deal's? Keys, years, judgements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import attrs
from attrs import NOTHING, field, frozen

from moothall.appraisal.engine.appraisal import Answer, Judgement, Score
from moothall.deals.terms import fields
from moothall.deals.terms.fields import FieldsNotRead, Names, Reads, asked, decimal_of, nearest
from moothall.values.periods import year_words

WHAT = {
    "evidence": "evidence",
    "options": "option",
    "criteria": "criterion",
    "partners": "partner",
    "lines": "line",
    "choices": "choice",
    "drivers": "driver",
    "deals": "deal",
    "models": "delivery model",
    "overlays": "overlay",
}


@frozen
class Keys(Names):
    """What a field of an appraisal may refer to: section -> its keys."""

    parties: Collection[str] = ()
    facts: Collection[str] = ()
    known: Mapping[str, Collection[str]] = field(factory=dict)

    def of(self, section: str) -> Collection[str]:
        return self.known.get(section, ())


def given(row: Any) -> dict[str, Any]:
    """Return the fields of a row as it was read, by name."""
    return {one.name: getattr(row, one.name) for one in attrs.fields(type(row))}


def key_read(section: str) -> Reads:
    def reads(value: Any, names: Names) -> str:
        known = names.of(section) if isinstance(names, Keys) else ()
        if value not in known:
            listed = ", ".join(known) or "none yet"
            near = nearest(value, known)
            raise ValueError(f"There is no {WHAT[section]} {value!r}.{near} There is: {listed}.")
        return str(value)

    return reads


def key_of(section: str, label: str, default: Any = NOTHING) -> Any:
    """The key of something else in the file, or of the catalogue."""
    return asked(key_read(section), f"key of {section}", label, default)


def keys_of(section: str, label: str, default: Any = ()) -> Any:
    """Several such keys, in a list; one may stand alone."""
    one = key_read(section)

    def reads(value: Any, names: Names) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [value]
        return tuple(one(item, names) for item in listed)

    return asked(reads, f"keys of {section}", label, default)


def year_of(value: Any) -> int:
    """Return the year in which a financial year begins: '2026/27' is 2026.

    :raises ValueError: when it is none.
    """
    if isinstance(value, str):
        begins = int(value[:4]) if value[:4].isdecimal() else 0
        if value == year_words(begins):
            return begins
    raise ValueError(f"{value!r} is no financial year such as 2026/27.")


def financial_year(label: str, default: Any = NOTHING) -> Any:
    return asked(lambda value, _names: year_of(value), "financial_year", label, default)


@frozen
class _JudgementFields:
    answer: str = fields.choice("Answer", tuple(Answer))
    because: str = fields.text("Because", "")
    evidence: tuple[str, ...] = keys_of("evidence", "Evidence")


def judgement_of(value: Any, names: Names) -> Judgement:
    """Read 'pass', or { answer = "fail", because = "..." }: a fail says why."""
    read = fields.read_fields(
        _JudgementFields, value if isinstance(value, Mapping) else {"answer": value}, names
    )
    answer = Answer(read.answer)
    if answer in (Answer.FAILS, Answer.NOT_APPLICABLE) and not read.because:
        said = f'A "{answer}" says why: {{ answer = "{answer}", because = "..." }}.'
        raise FieldsNotRead([("because", said)])
    return Judgement(answer, read.because, read.evidence)


def text_read(value: Any, _names: Names) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not text.")
    return value.strip()


def by_key(one: Reads, known: Collection[str] | str | None, label: str) -> Any:
    """A table whose keys are known: fixed ones, or those of a section; None: any may stand."""

    def reads(value: Any, names: Names) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError(f"It is a table: {label.lower()}.")
        of_section = isinstance(known, str) and isinstance(names, Keys)
        may = names.of(known) if of_section else value if known is None else known  # type: ignore
        found: list[tuple[str, str]] = []
        read = {}
        for key, item in value.items():
            if key not in may:
                listed = ", ".join(may) or "none yet"
                said = f"There is no {key!r} here.{nearest(key, may)} There is: {listed}."
                found.append((key, said))
                continue
            try:
                read[key] = one(item, names)
            except FieldsNotRead as unread:
                found += [(f"{key}.{inner}".strip("."), said) for inner, said in unread.found]
            except ValueError as refusal:
                found.append((key, str(refusal)))
        if found:
            raise FieldsNotRead(found)
        return read

    return field(
        factory=dict, kw_only=True, metadata={"reads": reads, "kind": "by_key", "label": label}
    )


@frozen
class ScoreFields:
    value: Decimal = fields.number("Measure, in the criterion's unit")
    because: str = fields.text("Because", "")
    evidence: tuple[str, ...] = keys_of("evidence", "Evidence")


def score_of(option: str, criterion: str, value: Any, names: Names) -> Score:
    """Read 40, "unknown", or { value = 40, because = "...", evidence = ["survey"] }."""
    if value == Answer.UNKNOWN:
        return Score(option, criterion, None)
    if not isinstance(value, Mapping):
        return Score(option, criterion, decimal_of(value))
    given = dict(value)
    is_unknown = given.get("value") == Answer.UNKNOWN
    if is_unknown:
        given["value"] = 0
    read = fields.read_fields(ScoreFields, given, names)
    return Score(option, criterion, None if is_unknown else read.value, read.evidence, read.because)
