"""What do the generated reference pages say? `python -m moothall.site.reference` writes them.

Each page is drawn from what the program itself runs on: its commands, rules, categories, columns.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
SHORT_LIST = 4  # items of a rule shown before its length is told instead
LONGEST_VALUE = 220


def pages() -> dict[str, str]:
    """File name -> text of every generated page."""
    return {
        "command.md": command_page(),
        "rules.md": rules_page(),
        "categories.md": categories_page(),
        "columns.md": columns_page(),
        "terms.md": terms_page(),
        "appraisal-file.md": appraisal_file_page(),
        "delivery-models.md": delivery_models_page(),
    }


# ── the command ──────────────────────────────────────────────────────────────────────────────


def leaf_commands() -> Iterator[tuple[str, Any]]:
    """Each command that does something: its whole name, and itself."""
    import typer

    from moothall.site.commands import whole_command

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        if not hasattr(command, "commands"):
            yield name, command
            return
        for word in sorted(command.commands):
            yield from below(f"{name} {word}", command.commands[word])

    yield from below("moothall", typer.main.get_command(whole_command()))


def command_page() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# The `moothall` command",
        "",
        "JSON goes to standard output alone; progress and sentences go to standard error. A",
        "command ends with 0 when it is done, 2 when it was not understood, 3 when it is done and",
        "something needs a person's eye, 4 when it was refused or failed and nothing changed. What",
        "it writes is kept in the folder `MOOTHALL_HOME`. This page is written from the commands.",
        "",
    ]
    for name, command in leaf_commands():
        lines += [f"## `{name}`", "", *_help(command.help or ""), ""]
        rows = [row for row in map(_parameter, command.params) if row is not None]
        if rows:
            lines += ["| Give | What it is | Unless given |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _help(text: str) -> list[str]:
    paragraphs = textwrap.dedent(text).strip().split("\n\n")
    lines: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        joined = " ".join(paragraph.split())
        if number:
            lines.append("")
        if joined.startswith("Example: "):
            lines += ["```shell", joined.removeprefix("Example: "), "```"]
        else:
            lines.append(joined)
    return lines


def _parameter(parameter: Any) -> str | None:
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return None
    if parameter.param_type_name == "argument":
        given = f"`{parameter.name.upper()}`" + (" …" if parameter.nargs == -1 else "")
    else:
        given = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return f"| {given} | {_cell(getattr(parameter, 'help', '') or '')} | {_unless(parameter)} |"


def _unless(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    default = parameter.default
    if default in (None, "", ()) or callable(default) or isinstance(default, bool):
        return ""
    return f"`{default}`"


# ── rules ────────────────────────────────────────────────────────────────────────────────────


def rules_page() -> str:
    """Every dated rule of every slice, with unit, value and source."""
    from moothall.core.rules import rules_of

    lines = [
        "# Rules",
        "",
        "What law, rates and lists say, by date. A rule that is not verified may warn; it never",
        "refuses, permits or sets a clock. Not legal advice. This page is written from the files",
        "`moothall/*/rules/*.toml`.",
        "",
    ]
    for path in sorted((ROOT / "moothall").glob("*/rules/*.toml")):
        package, document = path.parent.parent.name, path.stem
        lines += [
            f"## {document.replace('_', ' ').capitalize()}",
            "",
            f"`{package}/{document}`",
            "",
        ]
        for rule in rules_of(package, document).values():
            lines += [
                f"### {rule.label}",
                "",
                f"Unit: {rule.unit}. Governed by: {rule.governed_by}.",
                "",
            ]
            lines += ["| From | Value | Verified | Source |", "|---|---|---|---|"]
            for version in sorted(rule.versions, key=lambda each: each.in_force_from):
                lines.append(
                    f"| {version.in_force_from} | {_cell(_value(version.value))} "
                    f"| {'yes' if version.verified else 'no'} | {_cell(version.source)} |"
                )
            lines.append("")
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        if len(value) > SHORT_LIST or any(isinstance(each, dict | list) for each in value.values()):
            return f"{len(value)} entries"
        return ", ".join(f"{key} = {_value(each)}" for key, each in value.items())
    if isinstance(value, list):
        if len(value) > SHORT_LIST:
            return f"{len(value)} entries"
        return "; ".join(_value(each) for each in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)[:LONGEST_VALUE]


# ── categories and columns ───────────────────────────────────────────────────────────────────


def categories_page() -> str:
    """The published scheme: every group and kind, with what it takes in."""
    from moothall.spend.queries.rulebook import scheme

    lines = [
        "# Categories of spending",
        "",
        "Two levels. Money of the nature *pass-through* is collected for others or kept for them;",
        "totals are shown with and without it. This page is written from the rules.",
        "",
    ]
    for group in scheme().groups:
        lines += [f"## {group.label}", "", f"`{group.code}`. {_sentence(group.definition)}", ""]
        lines += ["| Code | Kind | What it takes in | Nature |", "|---|---|---|---|"]
        lines += [
            f"| `{kind.code}` | {_cell(kind.label)} | {_cell(kind.definition)} | {kind.nature} |"
            for kind in group.kinds
        ]
        lines.append("")
    return "\n".join(lines)


def columns_page() -> str:
    """The data dictionary: every column of the lines and of the rows set aside."""
    from moothall.core.lake_tables import PRIVATE_COLUMNS, TABLES
    from moothall.spend.engine.dictionary import ASIDE_COLUMNS, LINE_COLUMNS

    lines = [
        "# Columns of payment lines",
        "",
        "The data dictionary. Amounts are exact decimals in pounds. A column is empty where the",
        "body publishes nothing for it. Columns marked *private* are read by the body's own people",
        "and by those it shares with: the public reads a name that may be withheld in their place.",
        "",
    ]
    for table, heading, meanings in (
        ("lines", "Lines", LINE_COLUMNS),
        ("aside", "Rows set aside", ASIDE_COLUMNS),
    ):
        lines += [f"## {heading}", "", "| Column | Type | What it is | |", "|---|---|---|---|"]
        for column in TABLES[table]:
            private = "private" if table == "lines" and column.name in PRIVATE_COLUMNS else ""
            lines.append(
                f"| `{column.name}` | {_type(str(column.type))} | {meanings[column.name]} "
                f"| {private} |"
            )
        lines.append("")
    return "\n".join(lines)


# ── kinds of term ────────────────────────────────────────────────────────────────────────────

EXAMPLES = ROOT / "moothall/deals/tests/examples"
GIVEN_AS = {  # kind of field -> how it is written in a deal file
    "gbp": "pounds",
    "share": "share, 0 to 1",
    "rate": "rate",
    "number": "number",
    "count": "number, not below 0",
    "whole": "whole number",
    "text": "text",
    "yes_or_no": "true or false",
    "day": "date",
    "party": "a party",
    "fact": "a fact",
    "term": "a term",
    "terms": "list of terms",
    "parties": "list of parties",
    "facts": "list of facts",
    "numbers": "list of numbers",
    "amounts_by_party": "party = number",
    "shares_by_party": "party = share, adding up to 1",
    "facts_by_party": "party = a fact",
    "rows": "list of tables",
    "table": "table",
    "budgets": "party = { kind, ring_fence }",
    "texts": "list of texts",
    "distribution": "distribution",
    "financial_year": "financial year, as 2027/28",
    "by_key": "table",
    "value": "number, or a list with one a year",
    "amounts": "pounds, or a list with one a year",
    "points": "list of [figure, worth]",
}
SECTIONS_SAID = {  # table of an appraisal's file -> how it is headed, and what it is
    "appraisal": ("[appraisal]", "What is decided, over which years and in whose prices."),
    "service": ("[service]", "What is appraised."),
    "duties": ("[duties.KEY]", "What law asks for, held apart from how it is done."),
    "gates": ("[gates.should], [gates.model], [gates.who]", "The three questions, in order."),
    "stopping": ("[stopping]", "What must be there before a service is stopped."),
    "preconditions": ("[preconditions.KEY]", "What must be so before it can change hands."),
    "partners": ("[partners.KEY]", "Whoever bears a cost or has a benefit, beside the council."),
    "evidence": ("[evidence.KEY]", "Where a figure comes from, and how well it is known."),
    "choices": ("[choices.KEY]", "Choices of the longlist, by dimension."),
    "options": ("[options.KEY]", "Ways to deliver the service."),
    "criteria": ("[criteria.KEY]", "What options are judged by, besides their cost."),
    "scores": ("[scores.OPTION]", 'A line a criterion: 40, "unknown", or a table as here.'),
    "weightings": ("[weightings.KEY]", "What the criteria count for, for one who weighs."),
    "drivers": ("[drivers.KEY]", "What amounts follow: staff, volumes, prices."),
    "lines": ("[lines.KEY]", "Costs and benefits. `option` names one, or several in a list."),
    "outcomes": (
        "[outcomes.KEY]",
        "What joint work brings: from a population to outcomes, and what each is worth to whom.",
    ),
    "tender": ("[tender]", "How bids are marked."),
    "unit_values": ("[unit_values.MEASURE]", "What a unit of a measure is worth here."),
    "bids": ("[bids.KEY]", "Who bids, at what, promising what."),
    "trials": ("[trials.KEY]", "Trials of behaviour."),
}


def terms_page() -> str:
    """Every kind of term: its formula, source and fields, an example and how that reads."""
    import attrs

    from moothall.deals.explaining import fields_explained
    from moothall.deals.kinds import term_kinds
    from moothall.deals.reading import deal_from_toml
    from moothall.deals.terms.term import Term

    common = {field.name for field in attrs.fields(Term)}
    lines = [
        "# Kinds of term",
        "",
        "What a deal may be made of. Any of them may also have the fields at the end of this page.",
        "Amounts are in pounds, shares and rates fractions. This page is written from the program.",
        "",
    ]
    for name, kind in term_kinds().items():
        text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
        deal = deal_from_toml(text)
        term = next(term for term in deal.terms if term.kind == name)
        own = [field for field in fields_explained(kind) if field["name"] not in common]
        lines += [f"## {kind.title}", "", f"`{name}`. Source: {_sentence(kind.source)}", ""]
        if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):
            lines += ["```", textwrap.dedent(f"    {kind.__doc__}").strip(), "```", ""]
        lines += [*_field_rows(own), "", "For example:", "", "```toml"]
        lines += [*_block(text, term.key), "```", "", f"It reads: {term.sentence(deal)}", ""]
    asked = [field for field in fields_explained(Term) if field["name"] in common]
    lines += ["## What any term may have", "", *_field_rows(asked), ""]
    return "\n".join(lines)


def _block(text: str, key: str) -> list[str]:
    """Return the lines of one term in a deal file, the tables inside it included."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
            inside = heading == f"terms.{key}" or heading.startswith(f"terms.{key}.")
        if inside:
            found.append(line)
    return "\n".join(found).strip().splitlines()


def _field_rows(fields: list[dict[str, Any]], inside: str = "") -> list[str]:
    rows = [] if inside else ["| Field | What it is | Given as | |", "|---|---|---|---|"]
    for field in fields:
        name = f"{inside}{field['name']}"
        given = ", ".join(field["options"]) if "options" in field else _given_as(field["kind"])
        needed = "needed" if field["required"] else ""
        rows.append(f"| `{name}` | {_cell(field['label'])} | {_cell(given)} | {needed} |")
        rows += _field_rows(field.get("fields", []), f"{name}.")
    return rows


def _given_as(kind: str) -> str:
    """How a kind of field is written; 'keys of evidence' says itself what it names."""
    several, _, section = kind.partition(" of ")
    if section:
        return f"{'one or several' if several == 'keys' else 'one'} of the {section}"
    return GIVEN_AS[kind]


def appraisal_file_page() -> str:
    """Every table of an appraisal's file, and the fields of each."""
    from moothall.appraisal.engine.file_tables import FIELDS_OF
    from moothall.deals.explaining import fields_explained

    lines = [
        "# An appraisal's file",
        "",
        "One text in TOML: what is decided, the options, what they are judged by and what they",
        "cost. Amounts are in pounds, shares from 0 to 1, and a figure that nobody knows is",
        '`"unknown"`. Tables that are left out are not known either. This page is written from the',
        "program; [how to write one](../how-to/appraise-a-service.md) shows the way.",
        "",
    ]
    for section, (heading, said) in SECTIONS_SAID.items():
        rows = _field_rows(fields_explained(FIELDS_OF[section]))
        lines += [f"## {section.replace('_', ' ').capitalize()}", "", f"`{heading}`. {said}", ""]
        lines += [*rows, ""]
    lines += [
        "## Indices, correlations and deals",
        "",
        "`[indices]` has a line for each price that does not follow prices in general:",
        "`wages = 0.01` is 1% a year. `[[correlations]]` has `between`, which names two drivers or",
        "lines (a line as `option.line`), and `rank`, from -1 to 1. `[deals.KEY]` holds a whole",
        "deal as [its own file](terms.md) would, for `payment` of an option.",
        "",
    ]
    return "\n".join(lines)


def delivery_models_page() -> str:
    """The catalogue of delivery models."""
    from moothall.appraisal.engine.delivery_models import delivery_models

    lines = [
        "# Delivery models",
        "",
        "Each is one file in `moothall/appraisal/catalogues/delivery_models`; adding one is",
        "adding a file. A form says who provides; an overlay lies over a form. Not legal advice.",
        "This page is written from those files.",
        "",
    ]
    for model in delivery_models().values():
        lines += [f"## {model.title}", "", f"`{model.key}`, {model.kind}. {model.says}", ""]
        lines += ["| | |", "|---|---|"]
        said = {
            "Legal forms": "; ".join(model.legal_forms),
            "Control": model.control,
            "How it is chosen": model.procurement,
            "Staff": model.staff,
            "VAT on what it buys": model.tax.vat,
            "Corporation tax": model.tax.corporation_tax,
            "Business rates": model.tax.business_rates,
            "Employer's pension": model.tax.pension,
            "Typical risks": "; ".join(model.risks),
            "What must be true": "; ".join(model.must_be_true),
        }
        lines += [f"| {name} | {_cell(text)} |" for name, text in said.items()]
        lines += ["", *(f"- {one.title}: {_sentence(one.says)} Source: {_sentence(one.source)}"
                        for one in model.cases), ""]  # fmt: skip
    return "\n".join(lines)


def _type(told: str) -> str:
    known = {"string": "text", "bool": "yes or no", "date32[day]": "date"}
    whole = "whole number" if told.startswith("int") else told
    return known.get(told, "decimal(18, 2)" if told.startswith("decimal") else whole)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def main() -> None:
    """Write every page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.site.settings")
    os.environ.setdefault("MOOTHALL_DEBUG", "1")
    import django

    django.setup()
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
