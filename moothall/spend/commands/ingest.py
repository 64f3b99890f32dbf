"""What comes in: files loaded, what their columns mean, rows set aside and mended."""

from pathlib import Path
from typing import Annotated, Any

import typer

from moothall.spend.commands.asking import DONE, LOOK, REFUSED, Body, Format, print_rows

app = typer.Typer()


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
    from moothall.spend.actions.projecting import is_behind, project

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
    if is_behind():
        typer.echo("Matching suppliers and sorting into categories…", err=True)
        project(at=timezone.now())
    if format == "json":
        typer.echo(json.dumps(report.as_json(), indent=1))
    else:
        totals = report.totals
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


@app.command("aside")
def rows_set_aside(
    body: Annotated[
        list[str] | None, typer.Option("--body", help="Only this body. Repeat.")
    ] = None,
    file: Annotated[str, typer.Option("--file", help="Only of the file of this name.")] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="A reason code; `all` for totals and headers too.")
    ] = "",
    mended: Annotated[
        Path | None,
        typer.Option("--mended", help="Load the rows of this file whose cells were mended."),
    ] = None,
    format: Format = "table",
) -> None:
    """List the rows set aside, with their reasons; or load those that were mended.

    Example: moothall spend aside --format csv > rows.csv, mend cells, then
    moothall spend aside --mended rows.csv

    Ends with 3 while rows wait for a person.
    """
    from django.utils import timezone

    from moothall.core.permissions import Viewer
    from moothall.directory.queries import body_named
    from moothall.spend.queries import aside

    operator = Viewer.operator()
    if mended:
        from moothall.spend.actions.corrections import Mended, correct_rows
        from moothall.spend.actions.refreshing import settle_now

        changed = aside.rows_returned(operator, mended.read_bytes())
        done, left = correct_rows(
            [Mended(row.source_id, row.row, row.cells, row.sheet) for row in changed],
            by=None,
            at=timezone.now(),
        )
        typer.echo(f"{len(done):,} rows mended and loaded.", err=True)
        for row in left:
            typer.echo(f"Row {row.row} stays set aside. {row.sentence}", err=True)
        settle_now()
        raise typer.Exit(LOOK if left else DONE)
    wanted = {body_named(name).pk for name in body or ()}
    rows = tuple(
        row
        for row in aside.all_aside(operator, aside.AsideFilter(reason=reason))
        if (not wanted or row.body_id in wanted) and file in ("", row.file)
    )
    head, cells = aside.as_rows(rows)
    if format == "csv":
        from moothall.spend.queries.work import as_csv

        typer.echo(as_csv(head, cells), nl=False)
    else:
        documents = [
            {
                **dict(zip(head[:7], row[:7], strict=True)),
                "amount_gbp": None if row[6] is None else f"{row[6]:.2f}",
                "cells": list(held.cells),
            }
            for row, held in zip(cells, rows, strict=True)
        ]
        columns = ("file", "sheet", "row", "reason", "sentence", "amount_gbp")
        print_rows({"rows": documents}, format, columns=columns, total=f"{len(rows):,} rows.")
    raise typer.Exit(LOOK if rows else DONE)


@app.command()
def mapping(
    body: Annotated[str, typer.Argument(help="The body, by name.")],
    layout: Annotated[
        str, typer.Option("--layout", help="The first letters of a layout's number.")
    ] = "",
    like: Annotated[
        Path | None, typer.Option("--like", help="Start from what this file seems to say.")
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", help="FIELD=COLUMN, by header or place from 1; FIELD= for none."),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Forget the layout.")] = False,
    format: Format = "table",
) -> None:
    """Show what each column means for a body's files, as confirmed; and change it.

    Example: moothall spend mapping "Aldermoor Council" --like 2025-04.csv --set amount="Net amount"
    """
    import json

    from django.utils import timezone

    from moothall.directory.queries import body_named
    from moothall.spend.actions import uploads as deeds
    from moothall.spend.queries import uploads

    publisher = body_named(body)
    if forget or sets or like:
        document = deeds.mapping_to_change(publisher, layout=layout, like=like)
        if forget:
            deeds.forget_mapping(
                body=publisher,
                digest=deeds.header_digest(document.headers),
                by=None,
                at=timezone.now(),
            )
        else:
            deeds.keep_mapping(
                deeds.mapping_with(document, sets or ()),
                body=publisher,
                by=None,
                at=timezone.now(),
            )
    held = uploads.mappings_of(publisher.pk)
    documents: list[dict[str, Any]] = [
        {
            "layout": row.digest[:12],
            "kind": row.kind,
            "date_meaning": row.date_meaning,
            "confirmed_by": row.confirmed_by,
            "confirmed_on": str(row.confirmed_on),
            "fields": dict(row.fields),
            "headers": list(row.headers),
        }
        for row in held
    ]
    if format == "json":
        typer.echo(json.dumps({"body": publisher.name, "rows": documents}, indent=1))
        return
    if not held:
        typer.echo(f"Nothing is confirmed for {publisher.name}: files are read as proposed.")
        return
    flat = [
        {"layout": row["layout"], "field": field, "column": column}
        for row in documents
        for field, column in row["fields"].items()
    ]
    print_rows({"rows": flat}, format, columns=("layout", "field", "column"))
