"""The place by the keyboard: `moothall place ...`."""

from typing import Annotated

import typer

place = typer.Typer(no_args_is_help=True, help="The place that this installation serves.")

REFUSED = 4


@place.command("set")
def set_place(
    name: str,
    gss_code: Annotated[str, typer.Option(help="E10000017")] = "",
    postcode: Annotated[
        list[str] | None, typer.Option(help="begins so, counts as local: BB5; may be given again")
    ] = None,
) -> None:
    """Name the place, and say which postcodes count as local. Replaces what was set before.

    Example: moothall place set Marlshire --postcode BB --postcode "PR6 7"
    """
    from django.utils import timezone

    from moothall.core.errors import CannotDo
    from moothall.places import actions

    try:
        made = actions.describe_place(
            name=name,
            gss_code=gss_code,
            local_postcodes=postcode or [],
            by=None,
            at=timezone.now(),
        )
    except CannotDo as refusal:
        typer.echo(refusal.sentence, err=True)
        raise typer.Exit(REFUSED) from refusal
    typer.echo(f"This installation serves {made.name}.", err=True)


@place.command("show")
def show_place() -> None:
    """Say which place is served here.

    Example: moothall place show
    """
    from moothall.places import queries

    served = queries.the_place()
    if served is None:
        typer.echo("No place is named yet. `moothall place set NAME` names it.", err=True)
        raise typer.Exit(REFUSED)
    typer.echo(served.name)
    for prefix in sorted(queries.local_prefixes()):
        typer.echo(f"local: {prefix}")
