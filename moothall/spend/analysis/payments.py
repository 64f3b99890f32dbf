"""Which payments are in question, and what do we know about each one?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir
from attrs import field, frozen
from ibis import _

NOT_CLASSIFIED = "not-classified"
YEAR_STARTS_IN = 4  # financial years begin on 1 April
NAME_COLUMNS = frozenset(
    {
        "supplier_id",
        "supplier",
        "public_name",
        "kind",
        "is_local",
        "is_small",
        "is_third_sector",
        "is_mutual",
        "public_body_id",
    }
)
CATEGORY_COLUMNS = frozenset({"category", "group", "how", "sureness"})
WORDS = ("purpose", "service", "department", "category_text")


@frozen
class LakeTables:
    """The tables of one generation that this viewer may read, as the lake hands them over.

    lines          one row per payment line
    names          one row per name_key: the supplier behind a name as published
    categories     one row per category_key; where it has `words`, a text search looks through
                   those instead of every line
    publications   one row per publication (publication_id, body_id, body)
    cubes          from the smallest, by name: what was summed beforehand (analysis/cubes.py)
    """

    lines: ir.Table
    names: ir.Table
    categories: ir.Table
    publications: ir.Table
    cubes: Mapping[str, ir.Table] = field(factory=dict)


def _lowered(text: str | None) -> str | None:
    return text.lower().strip() or None if text else None


@frozen(kw_only=True)
class Filters:
    """Which payments are in question. Everything given must hold; nothing given is everything.

    bodies, publications    ids
    starts_on, ends_before  paid_on from the first day up to, not including, the second
    categories              codes; a group's code ("social-care") takes all its kinds
    suppliers               supplier_id
    supplier_kinds          names.kind: company, public_body, individual...
    departments             as published
    text                    somewhere in the supplier's name, the purpose, service, department or
                            published category; capitals do not matter
    least_gbp, most_gbp     of the line's net amount, both included
    is_card                 card payments only, or none of them
    without_categories      codes left out: what a body only passes on
    payments_to             public bodies (public_body_id) to whom the payments went
    without_payments_to     public bodies (public_body_id) whose receipts are left out
    """

    bodies: tuple[int, ...] = ()
    publications: tuple[int, ...] = ()
    starts_on: date | None = None
    ends_before: date | None = None
    categories: tuple[str, ...] = ()
    suppliers: tuple[int, ...] = ()
    supplier_kinds: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    text: str | None = field(default=None, converter=_lowered)
    least_gbp: Decimal | None = None
    most_gbp: Decimal | None = None
    is_card: bool | None = None
    without_categories: tuple[str, ...] = ()
    payments_to: tuple[int, ...] = ()
    without_payments_to: tuple[int, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """What a table must offer for these filters to be put to it."""
        asked = {
            "body_id": self.bodies,
            "publication_id": self.publications,
            "year_starts": self.starts_on or self.ends_before,
            "month": not self.is_whole_years,
            "paid_on": not self.is_whole_months,
            "category": self.categories or self.without_categories,
            "name_key": self.is_about_names,
            "department": self.departments,
            "purpose": self.text,
            "amount": self.least_gbp is not None or self.most_gbp is not None,
            "is_card": self.is_card is not None,
        }
        return frozenset(column for column, wanted in asked.items() if wanted)

    @property
    def is_whole_months(self) -> bool:
        return all(day is None or day.day == 1 for day in (self.starts_on, self.ends_before))

    @property
    def is_whole_years(self) -> bool:
        return self.is_whole_months and all(
            day is None or day.month == YEAR_STARTS_IN for day in (self.starts_on, self.ends_before)
        )

    @property
    def is_about_names(self) -> bool:
        return bool(
            self.suppliers or self.supplier_kinds or self.payments_to or self.without_payments_to
        )


EVERYTHING = Filters()


def joined_lines(lines: ir.Table, names: ir.Table, categories: ir.Table) -> ir.Table:
    """One row per payment line, with its supplier and its category."""
    return with_categories(with_names(lines, names, NAME_COLUMNS), categories)


def filtered(tables: LakeTables, filters: Filters = EVERYTHING) -> ir.Table:
    """One row per payment line that passes the filters, with its supplier and its category."""
    return chosen_lines(tables, filters, NAME_COLUMNS | CATEGORY_COLUMNS)


def payments(tables: LakeTables, wanted: frozenset[str], filters: Filters = EVERYTHING) -> ir.Table:
    """One row per line or per cell of a cube: the `wanted` columns, spend and payment_count.

    The smallest table that can answer is taken: a cube when it has every column that the question
    and its filters touch, down to whole months or whole financial years; otherwise the lines.
    """
    from_names = wanted & NAME_COLUMNS
    asked = (wanted - NAME_COLUMNS) | filters.columns | ({"name_key"} if from_names else set())
    cube = next((cube for cube in tables.cubes.values() if asked <= _offered(cube)), None)
    if cube is None:
        chosen = chosen_lines(tables, filters, wanted & (NAME_COLUMNS | CATEGORY_COLUMNS))
        months = {"month": month_of(chosen.paid_on)} if "month" in wanted else {}
        return chosen.select(
            *sorted(wanted - {"month"}), spend=_.amount, payment_count=ibis.literal(1), **months
        )
    cells = _period_filters(_plain_filters(cube, filters), filters)
    cells = _category_filters(cells, filters)
    cells = _name_filters(cells, tables.names, filters, from_names)
    return cells.select(*sorted(wanted), "spend", "payment_count")


def _offered(cube: ir.Table) -> frozenset[str]:
    """The columns that a cube can be asked by; its months tell the years."""
    return frozenset(cube.columns) | ({"year_starts"} if "month" in cube.columns else set())


def chosen_lines(tables: LakeTables, filters: Filters, wanted: frozenset[str]) -> ir.Table:
    """One row per payment line that passes, with those `wanted` columns that others must supply."""
    lines = _plain_filters(tables.lines, filters)
    if filters.starts_on:
        lines = lines.filter(_.paid_on >= filters.starts_on)
    if filters.ends_before:
        lines = lines.filter(_.paid_on < filters.ends_before)
    if filters.least_gbp is not None:
        lines = lines.filter(_.amount >= _pounds(filters.least_gbp))
    if filters.most_gbp is not None:
        lines = lines.filter(_.amount <= _pounds(filters.most_gbp))
    if filters.is_card is not None:
        lines = lines.filter(_.is_card == filters.is_card)
    if filters.text:
        lines = _text_filter(lines, tables, filters.text)
    lines = _name_filters(lines, tables.names, filters, wanted & NAME_COLUMNS)
    if wanted & CATEGORY_COLUMNS or filters.categories or filters.without_categories:
        lines = _category_filters(with_categories(lines, tables.categories), filters)
    return lines


def _plain_filters(table: ir.Table, filters: Filters) -> ir.Table:
    for column, values in (
        ("body_id", filters.bodies),
        ("publication_id", filters.publications),
        ("department", filters.departments),
    ):
        if values:
            table = table.filter(table[column].isin(values))
    return table


def _period_filters(cells: ir.Table, filters: Filters) -> ir.Table:
    begins = cells["month" if "month" in cells.columns else "year_starts"]
    if filters.starts_on:
        cells = cells.filter(begins >= filters.starts_on)
    if filters.ends_before:
        cells = cells.filter(begins < filters.ends_before)
    return cells


def _pounds(gbp: Decimal) -> ir.DecimalScalar:
    """An amount as every engine reads it: some do not take 1E+2 for 100."""
    return ibis.literal(f"{gbp:.2f}").cast("decimal(18, 2)")


def month_of(day: Any) -> Any:
    """The first day of a day's month."""
    return ibis.date(day.year(), day.month(), 1)


def year_of(day: Any) -> Any:
    """The first day of a day's financial year."""
    return ibis.date(financial_year(day), YEAR_STARTS_IN, 1)


def financial_year(day: Any) -> Any:
    """The year in which the financial year of a day begins: 31 March 2026 is 2025."""
    return day.year() - (day.month() < YEAR_STARTS_IN).cast("int32")


def is_in_categories(table: ir.Table, codes: tuple[str, ...]) -> ir.BooleanValue:
    """Whether each row's category is one of the codes, or belongs to one that is a group."""
    groups = [code for code in codes if "/" not in code]
    kinds = [code for code in codes if "/" in code]
    parts = [table["group"].isin(groups)] if groups else []
    parts += [table["category"].isin(kinds)] if kinds else []
    return reduce(or_, parts)


def _category_filters(table: ir.Table, filters: Filters) -> ir.Table:
    if filters.categories:
        table = table.filter(is_in_categories(table, filters.categories))
    if filters.without_categories:
        table = table.filter(~is_in_categories(table, filters.without_categories))
    return table


def _name_filters(
    table: ir.Table, names: ir.Table, filters: Filters, wanted: frozenset[str]
) -> ir.Table:
    if not filters.is_about_names:
        return with_names(table, names, wanted) if wanted else table
    chosen = names
    if filters.suppliers:
        chosen = chosen.filter(_.supplier_id.isin(filters.suppliers))
    if filters.supplier_kinds:
        chosen = chosen.filter(_.kind.isin(filters.supplier_kinds))
    if filters.payments_to:
        chosen = chosen.filter(_.public_body_id.isin(filters.payments_to))
    if filters.without_payments_to:
        paid_elsewhere = ~_.public_body_id.isin(filters.without_payments_to)
        chosen = chosen.filter(_.public_body_id.isnull() | paid_elsewhere)
    if wanted:
        return table.inner_join(chosen.select("name_key", *sorted(wanted)), "name_key")
    return table.semi_join(chosen.select("name_key"), "name_key")


def _text_filter(lines: ir.Table, tables: LakeTables, text: str) -> ir.Table:
    """Each name and each set of words is searched once, not once a line."""
    name_columns = [
        column
        for column in ("supplier_name", "supplier", "public_name")
        if column in tables.names.columns
    ]
    in_name = reduce(or_, [_has(tables.names[column], text) for column in name_columns])
    named_so = tables.names.filter(in_name).select("name_key", is_named_so=ibis.literal(True))
    found = lines.left_join(named_so, "name_key").drop("name_key_right")
    is_named_so = found.is_named_so.fill_null(False)
    if "words" not in tables.categories.columns:
        return found.filter(is_named_so | reduce(or_, [_has(found[word], text) for word in WORDS]))
    worded_so = tables.categories.filter(_has(_.words, text)).select(
        "category_key", is_worded_so=ibis.literal(True)
    )
    found = found.left_join(worded_so, "category_key").drop("category_key_right")
    return found.filter(found.is_named_so.fill_null(False) | found.is_worded_so.fill_null(False))


def _has(column: Any, text: str) -> Any:
    return column.lower().contains(text).fill_null(False)


def with_names(table: ir.Table, names: ir.Table, wanted: frozenset[str]) -> ir.Table:
    """The table with the `wanted` columns of the supplier behind each name_key."""
    known = names.select("name_key", *sorted(wanted & set(names.columns)))
    return _without_twin_key(table.left_join(known, "name_key"))


def with_categories(table: ir.Table, categories: ir.Table) -> ir.Table:
    known = categories.select("category_key", "category", "group", "how", "sureness")
    joined = _without_twin_key(table.left_join(known, "category_key"))
    return joined.mutate(
        category=_.category.fill_null(NOT_CLASSIFIED),
        group=joined["group"].fill_null(NOT_CLASSIFIED),
        how=_.how.fill_null("none"),
    )


def _without_twin_key(joined: ir.Table) -> ir.Table:
    """A left join on a key of one name keeps the right side's copy of it: drop that."""
    return joined.drop(*[column for column in joined.columns if column.endswith("_right")])
