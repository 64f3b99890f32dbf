"""How do the lists of loads and publications read as tables, and as files?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from moothall.spend.queries.loads import LoadRow
from moothall.spend.queries.sharing import PublicationRow
from moothall.values.tables import Cell, Column, Download, Kind, Table
from moothall.values.wording import number_of, plain_date

LOAD_COLUMNS = (
    "id",
    "at",
    "body",
    "by",
    "file_count",
    "rows_kept",
    "rows_set_aside",
    "kept_gbp",
)
ORDERS = {
    "period": lambda row: row.starts_on,
    "body": lambda row: row.body,
    "rows": lambda row: row.row_count,
    "amount": lambda row: row.amount,
}


def loads_as_rows(loads: Sequence[LoadRow]) -> list[dict[str, Any]]:
    """Each load as a file has it; amounts as strings."""
    return [
        {
            "id": load.id,
            "at": load.at.isoformat(timespec="seconds"),
            "body": load.body,
            "by": load.by,
            "file_count": load.file_count,
            "rows_kept": load.rows_kept,
            "rows_set_aside": load.rows_set_aside,
            "kept_gbp": str(load.amount_kept),
        }
        for load in loads
    ]


def loads_table(loads: Sequence[LoadRow], downloads: Sequence[Download]) -> Table:
    return Table(
        caption="Loads, newest first",
        columns=(
            Column("When"),
            Column("Body"),
            Column("By"),
            Column("Files", Kind.COUNT),
            Column("Rows kept", Kind.COUNT),
            Column("Set aside", Kind.COUNT),
            Column("Amount kept", Kind.POUNDS),
        ),
        rows=[
            (
                Cell(
                    f"{plain_date(load.at.date())}, {load.at:%H:%M}",
                    reverse("spend:load", args=[load.id]),
                ),
                load.body,
                load.by,
                load.file_count,
                load.rows_kept,
                load.rows_set_aside,
                load.amount_kept,
            )
            for load in loads
        ],
        is_caption_quiet=True,
        downloads=downloads,
        note=number_of(len(loads), "load"),
        empty="Nothing was loaded yet for the bodies whose rows you read.",
        empty_next="A finance officer loads the first files.",
    )


def in_order(rows: Sequence[PublicationRow], order: str) -> list[PublicationRow]:
    """The publications as the address asks for them; as they are, where it asks for nothing."""
    key = ORDERS.get(order.removeprefix("-"))
    return sorted(rows, key=key, reverse=order.startswith("-")) if key else list(rows)


def publications_table(
    rows: Sequence[PublicationRow], *, order: str, count: int, downloads: Sequence[Download]
) -> Table:
    return Table(
        caption="Publications",
        columns=(
            Column("Period", order="period"),
            Column("Body", order="body"),
            Column("File"),
            Column("Rows", Kind.COUNT, order="rows"),
            Column("Amount", Kind.POUNDS, order="amount"),
            Column("Who may read it"),
        ),
        rows=[
            (
                Cell(row.period, reverse("spend:publication", args=[row.id])),
                row.body,
                ", ".join(name for _id, name in row.files),
                row.row_count,
                row.amount,
                row.who_may_read,
            )
            for row in rows
        ],
        ordered_by=order,
        is_caption_quiet=True,
        downloads=downloads,
        note=number_of(count, "publication"),
        empty="No publication is loaded that fits.",
        empty_next="A finance officer loads files; or show every body and state.",
    )
