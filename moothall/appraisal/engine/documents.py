"""How is an appraisal's file edited part by part? A place is a dotted path: 'options.mutual'.

The parts are those of a task list, in the order in which an appraisal is made.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from moothall.appraisal.engine.cost_lines import CostLine, Driver
from moothall.appraisal.engine.delivery_models import delivery_models
from moothall.appraisal.engine.file_tables import FIELDS_OF, GATES
from moothall.appraisal.engine.gates import QUESTIONS
from moothall.deals.explaining import fields_explained
from moothall.deals.typed import LINES, CannotWrite, FieldAt, said, shown
from moothall.deals.writing import inline

EDITED: Mapping[str, type] = {**FIELDS_OF, "drivers": Driver, "lines": CostLine}


@frozen
class Part:
    """One task of an appraisal: a table of its file, or many of one kind.

    one  : what one of them is called; '' where there is only one table
    says : what is done there
    """

    section: str
    title: str
    says: str
    one: str = ""

    @property
    def is_single(self) -> bool:
        return not self.one


PARTS = (
    Part("appraisal", "The appraisal", "Its name, years, prices and what it is to achieve."),
    Part("service", "The service", "What it does, for whom, what it costs and how it performs."),
    Part("duties", "Duties in law", "What the law asks for, apart from how it is done.", "duty"),
    Part("gates", "Three questions", "Should it be done, by which model, with whom?"),
    Part("preconditions", "Preconditions", "What must be so before it changes hands.", "condition"),
    Part("evidence", "Evidence", "Where each figure comes from, and how far to trust it.", "piece"),
    Part("choices", "Choices", "Scope, solution, delivery, implementation and funding.", "choice"),
    Part("options", "Options", "The ways to deliver it, and what rules some out.", "option"),
    Part("criteria", "Criteria", "What options are judged by, besides their cost.", "criterion"),
    Part("scores", "Scores", "How each option does on each criterion."),
    Part("weightings", "Weights", "What each weigher says that each swing is worth.", "weigher"),
    Part("partners", "Partners", "Whoever else pays or gains.", "partner"),
    Part("drivers", "Drivers", "What amounts follow: staff, volumes, prices.", "driver"),
    Part("lines", "Costs and benefits", "What each option costs and brings, by year.", "line"),
    Part("stopping", "Before it stops", "What must be there before a service is stopped."),
)  # fmt: skip
PART = {part.section: part for part in PARTS}


class NoSuchPlace(ValueError):
    """The file has nothing there."""


@frozen
class Entry:
    """One thing that a form opens."""

    place: str
    name: str


def entries(document: Mapping[str, Any], part: Part) -> list[Entry]:
    """Return what a form can open of a part, in the order of the file."""
    if part.section == "gates":
        return [Entry(f"gates.{key}", QUESTIONS[key]) for key in GATES]
    if part.section == "scores":
        return [
            Entry(f"scores.{key}", _name(table, key)) for key, table in _tables(document, "options")
        ]
    if part.is_single:
        return [Entry(part.section, part.title)]
    return [
        Entry(f"{part.section}.{key}", _called(document, part.section, key, table))
        for key, table in _tables(document, part.section)
    ]


def is_begun(document: Mapping[str, Any], part: Part) -> bool:
    """Whether anything is said in a part yet."""
    return bool(document.get(part.section))


def fields_at(document: Mapping[str, Any], place: str) -> list[FieldAt]:
    """Return the fields of a place, in the order in which a form asks for them.

    :raises NoSuchPlace: when there is no such part, or nothing of that key in it.
    """
    section, key = _parted(document, place)
    table = _table(document, section, key)
    if section == "scores":
        return list(_score_fields(document, table))
    return [*_option_of(document, section, table), *_fields(document, section, table)]


def with_fields(
    document: Mapping[str, Any], place: str, typed: Mapping[str, str]
) -> dict[str, Any]:
    """Return the file with the fields of a place as they were typed; '' takes a field out.

    :raises NoSuchPlace: as `fields_at`.
    :raises CannotWrite: field -> what is wrong, for what a file could not say.
    """
    section, key = _parted(document, place)
    whole: dict[str, Any] = copy.deepcopy(dict(document))
    table = whole.setdefault(section, {})
    table = table.setdefault(key, {}) if key else table
    wrong: dict[str, str] = {}
    for field in fields_at(document, place):
        if field.parts:
            held = dict(_parts_typed(field, typed, wrong))
            table.pop(field.name, None)
            table |= {field.name: held} if held else {}
            continue
        text = typed.get(field.name, "").strip()
        table.pop(field.name, None)
        if text:
            try:
                table[field.name] = _said(text, field.kind)
            except ValueError as refusal:
                wrong[field.name] = str(refusal)
    if wrong:
        raise CannotWrite(wrong)
    return whole


def with_new(document: Mapping[str, Any], section: str, key: str) -> dict[str, Any]:
    """Return the file with one more thing of a part, still to be filled in.

    :raises CannotWrite: when the key is taken or is no key.
    """
    part = PART.get(section)
    if part is None or part.is_single:
        raise CannotWrite({"key": "Nothing is added to this part. Fill in its form."})
    is_key = key and all(c.isascii() and (c.isalnum() or c == "_") for c in key)
    if not is_key:
        said_ = f"{key!r} is no short name. Use small letters, digits and _, as in joint_venture."
        raise CannotWrite({"key": said_})
    if key in document.get(section, {}):
        raise CannotWrite({"key": f"There is one called {key} already. Give another name."})
    whole: dict[str, Any] = copy.deepcopy(dict(document))
    whole.setdefault(section, {})[key] = {}
    return whole


def without(document: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the file without one thing; what refers to it is found when the file is read.

    :raises NoSuchPlace: when it is not there.
    """
    section, key = _parted(document, place)
    whole: dict[str, Any] = copy.deepcopy(dict(document))
    if not key or key not in whole.get(section, {}):
        raise NoSuchPlace(f"The appraisal has no {place}. Go back and choose one it has.")
    del whole[section][key]
    if not whole[section]:
        del whole[section]
    return whole


def _parted(document: Mapping[str, Any], place: str) -> tuple[str, str]:
    section, _, key = place.partition(".")
    part = PART.get(section)
    known = [] if part is None else [one.place for one in entries(document, part)]
    if place not in known:
        raise NoSuchPlace(f"The appraisal has no {place}. Go back and choose one it has.")
    return section, key


def _table(document: Mapping[str, Any], section: str, key: str) -> Mapping[str, Any]:
    found = document.get(section, {})
    found = found.get(key, {}) if key and isinstance(found, Mapping) else found
    return found if isinstance(found, Mapping) else {}


def _tables(document: Mapping[str, Any], section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = document.get(section, {})
    for key, table in found.items() if isinstance(found, Mapping) else ():
        if isinstance(table, Mapping):
            yield key, table


def _called(document: Mapping[str, Any], section: str, key: str, table: Mapping[str, Any]) -> str:
    """Return what a thing is called among its like: a line with the option that it is of."""
    if section != "lines":
        return _name(table, key)
    options = dict(_tables(document, "options"))
    held = table.get("option", [])
    of = [_name(options.get(one, {}), one) for one in ([held] if isinstance(held, str) else held)]
    return f"{_name(table, key)} ({of[0] if len(of) == 1 else f'{len(of)} options'})"


def _name(table: Mapping[str, Any], key: str) -> str:
    return str(table.get("name") or table.get("title") or table.get("law") or key)


def _fields(
    document: Mapping[str, Any], section: str, table: Mapping[str, Any]
) -> Iterator[FieldAt]:
    for field in fields_explained(EDITED[section]):
        kind, held = field["kind"], table.get(field["name"])
        yield FieldAt(
            name=field["name"],
            label=field["label"],
            kind=_kind(kind),
            is_required=field["required"],
            value=_shown(held, kind),
            options=_options(document, field),
            parts=_parts(document, field["name"], kind, held),
        )


def _kind(kind: str) -> str:
    if kind.startswith("key of "):
        return "choice"
    return LINES if kind.startswith("keys of ") else kind


def _shown(held: Any, kind: str) -> str:
    return shown(held, _kind(kind))


def _said(text: str, kind: str) -> Any:
    if kind == "value":  # a number stands as it is; a list is written as one
        return text if "[" not in text else said(text, kind)
    return said(text, kind)


def _options(document: Mapping[str, Any], field: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    kind = field["kind"]
    if kind == "choice":
        return tuple(
            (str(one), str(one).replace("_", " ").capitalize()) for one in field["options"]
        )
    if kind == "yes_or_no":
        return (("true", "Yes"), ("false", "No"))
    if not kind.startswith("key of "):
        return ()
    section = kind.removeprefix("key of ")
    if section == "models":
        models = delivery_models()
        return tuple((key, one.title) for key, one in models.items() if not one.is_overlay)
    return tuple((key, _name(table, key)) for key, table in _tables(document, section))


def _parts(
    document: Mapping[str, Any], name: str, kind: str, held: Any
) -> tuple[tuple[str, str, str], ...]:
    if kind != "by_key" or name != "swings":
        return ()
    said_ = held if isinstance(held, Mapping) else {}
    return tuple(
        (key, _name(table, key), _in_part(said_.get(key)))
        for key, table in _tables(document, "criteria")
    )


def _in_part(held: Any) -> str:
    if held is None:
        return ""
    return inline(held) if isinstance(held, Mapping) else str(held)


def _parts_typed(
    field: FieldAt, typed: Mapping[str, str], wrong: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    for key, *_ in field.parts:
        text = typed.get(f"{field.name}.{key}", "").strip()
        if text.startswith("{"):
            try:
                yield key, said(text, "table")
            except ValueError as refusal:
                wrong[f"{field.name}.{key}"] = str(refusal)
        elif text:
            yield key, text


def _score_fields(document: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[FieldAt]:
    for key, criterion in _tables(document, "criteria"):
        unit = criterion.get("unit", "points")
        yield FieldAt(
            key, f"{_name(criterion, key)} ({unit})", "score", False, _score(table.get(key))
        )


def _score(held: Any) -> str:
    return "" if held is None else inline(held) if isinstance(held, Mapping) else str(held)


def _option_of(
    document: Mapping[str, Any], section: str, table: Mapping[str, Any]
) -> Iterator[FieldAt]:
    """Yield the option of a line, which is read apart: one, or several on lines of their own."""
    if section == "lines":
        held = table.get("option", [])
        of = "\n".join([held] if isinstance(held, str) else held)
        known = ", ".join(key for key, _ in _tables(document, "options"))
        yield FieldAt("option", f"Option, or several: {known}", LINES, True, of)
