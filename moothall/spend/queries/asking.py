"""How is a question put to the lake, without composing it anew each time?

Composing a question costs more processor time than answering it from a cube. A question is composed
once for each *shape* of its filters (which filters are given, and how many values each), with
values standing in for the real ones; the finished SQL is held beside the tables that it reads, and
the real values take their places in it. No answer is held. Spark composes each question afresh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from attrs import evolve, field, frozen

from moothall.core import lake
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.directory.queries import bodies_of_the_place
from moothall.spend.analysis.payments import EVERYTHING, Filters, LakeTables

# What is drawn from a ledger for checking is the same payments again: never in a published total.
NOT_PUBLISHED_KINDS = frozenset({"ap_extract"})
MOST_HELD = 400  # questions in one reading

NUMBERS = ("bodies", "publications", "suppliers", "payments_to", "without_payments_to")
WORDS = ("supplier_kinds", "departments")
CODES = ("categories", "without_categories")
DAYS = ("starts_on", "ends_before")
AMOUNTS = ("least_gbp", "most_gbp")

Question = Callable[..., ir.Table]


@frozen
class _Ready:
    """A question as SQL: what stands in for each value, and the columns of its answer."""

    sql: str
    schema: pa.Schema
    expression: ir.Table  # keeps alive what the SQL names


@frozen(eq=False)
class Reading:
    """What one reader may read of one generation, and the questions made ready over it."""

    viewer: Viewer
    held: lake.Payments
    tables: LakeTables
    body_names: dict[int, str]
    own_bodies: tuple[int, ...]
    body_ids: frozenset[int]  # of the bodies whose publications are in reach
    ready: dict[Hashable, _Ready] = field(factory=dict)
    kept: dict[str, Any] = field(factory=dict)  # what stands for as long as the generation does

    @property
    def reach(self) -> lake.Reach:
        """The publications that this reader may read, in full and as the public does."""
        return self.held.reach

    @property
    def bodies_published(self) -> tuple[str, ...]:
        """The names of the bodies whose publications are in reach, in order."""
        return tuple(sorted(self.body_names.get(body, "") for body in self.body_ids))

    def rows(
        self,
        question: Question,
        filters: Filters = EVERYTHING,
        *,
        once: bool = False,
        among: frozenset[int] | None = None,
        **given: Any,
    ) -> list[dict[str, Any]]:
        """The rows that answer a question put to what this reader may read.

        question : a function of `analysis` that takes the tables and the filters
        once     : not worth making ready: what is `given` is hardly ever given again
        among    : the publications that hold every line that passes, where they are known
        given    : its other arguments, plain values
        """
        return self.table(question, filters, once=once, among=among, **given).to_pylist()

    def table(
        self,
        question: Question,
        filters: Filters = EVERYTHING,
        *,
        once: bool = False,
        among: frozenset[int] | None = None,
        **given: Any,
    ) -> pa.Table:
        """The same as an Arrow table."""
        con = lake.engine()
        tables = self.tables
        if among is not None:
            tables = evolve(tables, lines=lake.lines_of_publications(self.held, among))
        if once or con.name != "duckdb":
            return question(tables, filters=filters, **given).to_pyarrow()
        shape, places = stand_ins(filters)
        key = (question.__module__, question.__qualname__, shape, tuple(sorted(given.items())))
        held = self.ready.get(key)
        if held is None:
            held = self._made_ready(con, question(self.tables, filters=shape, **given))
            if not all(place in held.sql for place, _value in places):
                return question(tables, filters=filters, **given).to_pyarrow()
            if len(self.ready) >= MOST_HELD:
                self.ready.clear()
            self.ready[key] = held
        # Views have names of their own, so that one can stand in another's place.
        views = (f'"{self.tables.lines.get_name()}"', f'"{tables.lines.get_name()}"')
        found = con.raw_sql(with_values(held.sql, (*places, views))).to_arrow_table()
        return found.cast(held.schema)

    def batches(
        self, question: Question, filters: Filters = EVERYTHING, *, size: int = 5_000
    ) -> Iterator[list[dict[str, Any]]]:
        """The rows that answer a question, so many at a time, for an answer too large to hold."""
        con = lake.engine()
        expression = question(self.tables, filters=filters)
        if con.name != "duckdb":
            batches = expression.to_pyarrow_batches(chunk_size=size)
        else:
            con._run_pre_execute_hooks(expression)
            batches = con.raw_sql(str(con.compile(expression))).to_arrow_reader(size)
        for batch in batches:
            yield pa.Table.from_batches([batch]).to_pylist()

    def _made_ready(self, con: Any, expression: ir.Table) -> _Ready:
        con._run_pre_execute_hooks(expression)  # tables kept in memory are named to the engine
        return _Ready(
            sql=str(con.compile(expression)),
            schema=expression.schema().to_pyarrow(),
            expression=expression,
        )


def reading_for(viewer: Viewer, generation: lake.Generation | None = None) -> Reading:
    """What `viewer` may read now of what was published. Take it once for a page."""
    bodies = tuple(Organisation.objects.order_by("id").values_list("id", "name"))
    held = lake.payments_for(viewer, generation, without_kinds=NOT_PUBLISHED_KINDS)
    own = tuple(sorted(bodies_of_the_place()))
    publishers = Publication.objects.filter(pk__in=held.reach.all)
    return _reading(
        held, viewer, bodies, own, frozenset(publishers.values_list("body_id", flat=True))
    )


def tables_of(held: lake.Payments) -> LakeTables:
    """What a viewer may read of a generation, as the questions take it."""
    return LakeTables(
        lines=held.lines,
        names=held.names,
        categories=held.categories,
        publications=held.publications,
        cubes=held.cubes,
    )


@lru_cache(maxsize=64)
def _reading(
    held: lake.Payments,
    viewer: Viewer,
    bodies: tuple[tuple[int, str], ...],
    own_bodies: tuple[int, ...],
    body_ids: frozenset[int],
) -> Reading:
    name_of = dict(bodies)
    unnamed = ibis.null().cast("string")
    publications = held.publications.mutate(
        body=held.publications.body_id.cases(*name_of.items(), else_=unnamed)
        if name_of
        else unnamed
    )
    return Reading(
        viewer=viewer,
        held=held,
        tables=evolve(tables_of(held), publications=publications),
        body_names=name_of,
        own_bodies=own_bodies,
        body_ids=body_ids,
    )


# ── values, and what stands in for them ──────────────────────────────────────────────────────


def stand_ins(filters: Filters) -> tuple[Filters, tuple[tuple[str, str], ...]]:
    """Filters of the same shape with other values, and each one's SQL with the real value's."""
    changes: dict[str, Any] = {}
    places: list[tuple[str, str]] = []

    def stand_in(value: Any) -> Any:
        n = len(places)
        other, places_as = _other(n, value)
        places.append((places_as, _literal(value)))
        return other

    for name in (*NUMBERS, *WORDS, *CODES):
        if values := getattr(filters, name):
            changes[name] = tuple(stand_in(value) for value in values)
    for name in (*DAYS, *AMOUNTS, "text"):
        if (value := getattr(filters, name)) is not None:
            changes[name] = stand_in(value)
    return evolve(filters, **changes), tuple(places)


def _other(n: int, value: Any) -> tuple[Any, str]:
    """A value of the same sort that nothing published has, and how it reads in SQL."""
    if isinstance(value, int):
        other: Any = 8_900_000_000_000_000_000 + n
        return other, str(other)
    if isinstance(value, date):
        # Whole months and whole financial years stay so: they may be answered from a cube.
        whole = value.day == 1
        other = date(8000 + n, 4 if whole and value.month == 4 else 1, 1 if whole else 2)
        return other, _literal(other)
    if isinstance(value, Decimal):
        other = Decimal(f"8000000000{n:03d}.01")
        return other, _literal(other)
    other = f"moothall-asks-{n:03d}" + ("/kind" if "/" in value else "")
    return other, _literal(other)


def _literal(value: Any) -> str:
    """A value as DuckDB's SQL has it."""
    if isinstance(value, int):
        return str(value) if value >= 0 else f"({value})"
    if isinstance(value, date):
        return f"MAKE_DATE({value.year}, {value.month}, {value.day})"
    if isinstance(value, Decimal):
        return f"'{value:.2f}'"
    return "'" + value.replace("'", "''") + "'"


def with_values(sql: str, places: tuple[tuple[str, str], ...]) -> str:
    """The SQL with each real value in its place, all at one pass."""
    if not places:
        return sql
    value_at = dict(places)
    return re.sub("|".join(map(re.escape, value_at)), lambda found: value_at[found[0]], sql)
