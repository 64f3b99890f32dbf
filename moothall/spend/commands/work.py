"""What is known of payees: registers of organisations, and which are the place's own bodies."""

from pathlib import Path
from typing import Annotated

import typer

from moothall.spend.commands.asking import DONE, LOOK, Format, print_rows

app = typer.Typer()


register = typer.Typer(
    help="Registers of organisations: who is local, small, a charity, a mutual.",
    no_args_is_help=True,
)
app.add_typer(register, name="register")

RegisterName = Annotated[str, typer.Option("--name", help="What the register goes by here.")]


@register.command("load")
def register_load(
    file: Annotated[Path, typer.Argument(help="CSV, a workbook, or one of these compressed.")],
    name: RegisterName,
    every: Annotated[
        list[str] | None,
        typer.Option(
            "--every",
            help="What holds for each organisation: third-sector, mutual or public-body; repeat.",
        ),
    ] = None,
    format: Format = "table",
) -> None:
    """Load a register, in place of the one of the same name; each row is kept or set aside.

    Example: moothall spend register load charities.csv --name "Charities of the county"
    """
    import json

    from django.utils import timezone

    from moothall.spend.actions.refreshing import settle_now
    from moothall.spend.actions.registers import load_register
    from moothall.spend.queries.registers import register_row

    loaded = load_register(file, name=name, every=every or (), by=None, at=timezone.now())
    settle_now()
    row = register_row(loaded.pk)
    assert row is not None  # noqa: S101  it was loaded a moment ago
    if format == "json":
        typer.echo(json.dumps(row.as_json(), indent=1))
    else:
        typer.echo(
            f"{row.rows_kept:,} of {row.rows_read:,} rows kept in {row.name}; "
            f"{row.rows_set_aside:,} set aside."
        )
    for reason, count in row.reasons:
        typer.echo(f"  {reason}: {count:,}", err=True)
    for warning in row.warnings:
        typer.echo(f"  {warning}", err=True)
    is_odd = row.warnings or set(dict(row.reasons)) - {"repeated_organisation", "repeated_header"}
    raise typer.Exit(LOOK if is_odd else DONE)


@register.command("list")
def register_names(format: Format = "table") -> None:
    """List the registers that are loaded, and what their entries say.

    Example: moothall spend register list --format json
    """
    from moothall.spend.queries.registers import register_list

    columns = (
        "name",
        "rows_read",
        "rows_kept",
        "rows_set_aside",
        "with_postcode",
        "third_sector",
        "mutual",
    )
    print_rows({"rows": [row.as_json() for row in register_list()]}, format, columns=columns)


@register.command("remove")
def register_remove(
    name: Annotated[str, typer.Argument(help="The register, by name.")],
) -> None:
    """Take a register out, and what it said of suppliers with it.

    Example: moothall spend register remove "Charities of the county"
    """
    from django.utils import timezone

    from moothall.spend.actions.refreshing import settle_now
    from moothall.spend.actions.registers import remove_register

    gone = remove_register(name=name, by=None, at=timezone.now())
    settle_now()
    typer.echo(f"{name} is gone, with {gone:,} entries.", err=True)


own_bodies = typer.Typer(
    help="Which payees are the place's own bodies, so that nothing is counted twice.",
    no_args_is_help=True,
)
app.add_typer(own_bodies, name="own-bodies")

Payer = Annotated[str, typer.Option("--paid-by", help="The body whose payments these are.")]


@own_bodies.command("list")
def own_bodies_list(
    unmatched: Annotated[
        bool,
        typer.Option("--unmatched", help="Payees that look like public bodies and are not told."),
    ] = False,
    format: Format = "table",
) -> None:
    """List payees that are bodies of the place, who said so, and how much was paid.

    Example: moothall spend own-bodies list --unmatched
    """
    from django.utils import timezone

    from moothall.core.permissions import Viewer
    from moothall.spend.queries import own_bodies as queries

    found = queries.own_bodies(Viewer.operator(), day=timezone.localdate())
    document = found.as_json()
    if unmatched and format != "json":
        document = {"rows": document["unmatched"]}
    print_rows(
        document,
        format,
        columns=("name", "paid_by", "is", "how", "decision", "spend_gbp", "payment_count"),
        total="" if unmatched else f"Between own bodies: £{found.total_gbp:,.2f}.",
    )


@own_bodies.command("say")
def own_bodies_say(
    name: Annotated[str, typer.Argument(help="The payee, as published.")],
    paid_by: Payer,
    body: Annotated[str, typer.Option("--is", help="The body of the place that it is, or `none`.")],
) -> None:
    """Say which body of the place a payee is; it holds for files to come.

    Example: moothall spend own-bodies say "BRACKWATER BC" --paid-by "Ashmere Council" --is none
    """
    from django.utils import timezone

    from moothall.directory.queries import body_named
    from moothall.spend.actions.own_bodies import say_who_payee_is
    from moothall.spend.actions.refreshing import settle_now

    organisation = None if body.strip().lower() == "none" else body_named(body)
    decision = say_who_payee_is(
        name=name,
        paid_by=body_named(paid_by),
        organisation=organisation,
        by=None,
        at=timezone.now(),
    )
    settle_now()
    said = organisation.name if organisation else "none of the place's bodies"
    typer.echo(f"{decision.pk}: {decision.name}, paid by {decision.body}, is {said}.", err=True)


@own_bodies.command("undo")
def own_bodies_undo(
    decision: Annotated[int, typer.Argument(help="The decision, by its number in the list.")],
) -> None:
    """Take a word on a payee back; the names in the directory decide again.

    Example: moothall spend own-bodies undo 12
    """
    from django.utils import timezone

    from moothall.spend.actions.own_bodies import undo_own_body
    from moothall.spend.actions.refreshing import settle_now

    undone = undo_own_body(decision_id=decision, by=None, at=timezone.now())
    settle_now()
    typer.echo(f"Undone: {undone.name}, paid by {undone.body}.", err=True)
