"""The spend room by the keyboard: `moothall spend …`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Load what bodies publish, prove its totals, and ask where the money goes.",
    no_args_is_help=True,
)

Format = Annotated[str, typer.Option("--format", help="table, json or csv.")]
Body = Annotated[str, typer.Option("--body", help="The body that published the files, by name.")]

DONE, USAGE, LOOK, REFUSED = 0, 2, 3, 4


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or archives as downloaded.")],
    body: Body,
    format: Format = "table",
    public: Annotated[
        bool, typer.Option("--public", help="Make what is loaded public at once.")
    ] = False,
) -> None:
    """Load published files: every row kept or set aside, the totals proved.

    Example: moothall spend ingest downloads/2025 --body "Aldermoor Council"

    A file's status is loaded, unchanged (the same bytes were loaded before), superseded (loaded
    in place of an earlier file for the same days) or refused.
    """
    import json

    from django.utils import timezone

    from moothall.directory.actions import add_body
    from moothall.directory.queries import NoSuchBody, body_named
    from moothall.spend.actions.loading import load_files

    try:
        publisher = body_named(body)
    except NoSuchBody:
        publisher = add_body(name=body, by=None, at=timezone.now())
        typer.echo(f"{publisher} is new here: added as a body of the place.", err=True)
    report = load_files(
        paths,
        body=publisher,
        by=None,
        at=timezone.now(),
        sharing="PUBLIC" if public else "PRIVATE",
        progress=_say_file,
    )
    if report.count("loaded") + report.count("superseded"):
        typer.echo("Matching suppliers and sorting into categories…", err=True)
        from moothall.spend.actions.projecting import project

        project(at=timezone.now())
    if format == "json":
        typer.echo(json.dumps(report.as_json(), indent=1))
    else:
        totals = report.as_json()["totals"]
        typer.echo(
            f"{totals['rows_kept']:,} of {totals['rows_read']:,} rows kept, "
            f"£{float(totals['amount_kept']):,.2f}; {totals['rows_set_aside']:,} set aside."
        )
    if report.count("refused") == len(report.files):
        raise typer.Exit(REFUSED)
    raise typer.Exit(LOOK if report.needs_an_eye else DONE)


def _say_file(outcome) -> None:
    said = outcome.refusal or (
        f"{outcome.status}: {outcome.reading.rows_kept:,} rows, £{outcome.reading.amount_kept:,.2f}"
        + (
            f"; {outcome.reading.rows_set_aside:,} set aside"
            if outcome.reading.rows_set_aside
            else ""
        )
    )
    typer.echo(f"{outcome.file} — {said}", err=True)
    for warning in outcome.warnings:
        typer.echo(f"  {warning}", err=True)


@app.command()
def summary(
    by: Annotated[
        str, typer.Option("--by", help="category, kind, supplier, department, body, month or year.")
    ],
    body: Annotated[
        list[str] | None, typer.Option("--body", help="Only this body; repeat.")
    ] = None,
    starts: Annotated[str | None, typer.Option("--from", help="First day, as 2025-04-01.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Last day, as 2026-03-31.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Category code.")] = None,
    supplier: Annotated[str | None, typer.Option("--supplier", help="Supplier's name.")] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Only so many rows.")] = None,
    format: Format = "table",
) -> None:
    """Add up published payments by one dimension, with any filters combined.

    Example: moothall spend summary --by supplier --from 2025-04-01 --to 2026-03-31 --top 20
    """
    from moothall.core.permissions import Viewer
    from moothall.spend.queries import figures

    filters = figures.filters_named(
        bodies=body or (),
        starts=starts,
        ends=ends,
        category=category,
        supplier=supplier,
        viewer=Viewer.operator(),
    )
    answer = figures.summary(Viewer.operator(), by, filters, top=top)
    _print_rows(
        answer.as_json(),
        format,
        columns=("key", "spend_gbp", "payment_count", "share"),
        total=f"Total £{answer.total_gbp:,.2f} in {answer.payment_count:,} payments.",
    )


def _print_rows(document: dict, format: str, *, columns: tuple[str, ...], total: str = "") -> None:
    """Print the rows of an answer as a table, JSON or CSV, and nothing else on standard output."""
    import csv
    import json
    import sys

    if format == "json":
        typer.echo(json.dumps(document, indent=1, default=str))
        return
    if format == "csv":
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(document["rows"])
        return
    if format != "table":
        raise typer.BadParameter(f"{format} is not a format. Choose table, json or csv.")
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for row in document["rows"]:
        table.add_row(*(_cell(column, row[column]) for column in columns))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    if total:
        typer.echo(total)


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if column.endswith("_gbp"):
        from decimal import Decimal

        return f"{Decimal(str(value)):,.2f}"
    if column.endswith("share"):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else str(value)
