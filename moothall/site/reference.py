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
        given = ", ".join(field["options"]) if "options" in field else GIVEN_AS[field["kind"]]
        needed = "needed" if field["required"] else ""
        rows.append(f"| `{name}` | {_cell(field['label'])} | {_cell(given)} | {needed} |")
        rows += _field_rows(field.get("fields", []), f"{name}.")
    return rows


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
