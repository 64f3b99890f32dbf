"""Who may read a publication; withdrawing one that counts twice, and showing it again."""

from typing import Annotated, Literal

import typer

from moothall.spend.commands.asking import Format, print_rows

app = typer.Typer()

publications = typer.Typer(
    help="Publications: who may read each, and taking one out of every answer.",
    no_args_is_help=True,
)
app.add_typer(publications, name="publications")

Number = Annotated[int, typer.Argument(help="The publication, by its number in the list.")]


@publications.command("list")
def publications_list(
    body: Annotated[str, typer.Option("--body", help="Only this body, by name.")] = "",
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Only those that were withdrawn.")
    ] = False,
    format: Format = "table",
) -> None:
    """List what was published and loaded, who may read each, and where it stands.

    Example: moothall spend publications list --body "Aldermoor Council"
    """
    from moothall.core.permissions import Viewer
    from moothall.directory.queries import body_named
    from moothall.spend.queries.sharing import publications_of

    found = publications_of(
        Viewer.operator(),
        body=body_named(body).slug if body else "",
        state="WITHDRAWN" if withdrawn else "",
    )
    print_rows(
        {"rows": [row.as_json() for row in found]},
        format,
        columns=("id", "body", "period", "files", "row_count", "kept_gbp", "who_may_read_it"),
    )


@publications.command("withdraw")
def publications_withdraw(number: Number) -> None:
    """Take a publication out of every answer; its file and rows are kept.

    Example: moothall spend publications withdraw 1873350467
    """
    from moothall.spend.actions.refreshing import withdraw_hidden

    _done(withdraw_hidden, number)
    typer.echo(f"Withdrawn: no answer counts it. {_called(number)}", err=True)


@publications.command("restore")
def publications_restore(number: Number) -> None:
    """Show a publication again that was withdrawn.

    Example: moothall spend publications restore 1873350467
    """
    from moothall.spend.actions.refreshing import restore_shown

    _done(restore_shown, number)
    typer.echo(f"Shown again. {_called(number)}", err=True)


@publications.command("share")
def publications_share(
    number: Number,
    to: Annotated[
        Literal["private", "named", "public"],
        typer.Option("--to", help="private, named (the bodies of --with) or public."),
    ],
    bodies: Annotated[
        list[str] | None, typer.Option("--with", help="A body that may read it, by name. Repeat.")
    ] = None,
) -> None:
    """Say who may read a publication: nobody else, named bodies, or everyone.

    Example: moothall spend publications share 1873350467 --to named --with "Ashmere Health"
    """
    from moothall.directory.queries import body_named
    from moothall.spend.actions.refreshing import share_shown

    named = [body_named(name).pk for name in bodies or ()]
    _done(share_shown, number, sharing=to.upper(), with_bodies=named)
    typer.echo(f"Who may read it is changed. {_called(number)}", err=True)


def _done(deed, number: int, **said) -> None:
    from django.utils import timezone

    from moothall.spend.actions.refreshing import settle_now

    deed(publication_id=number, by=None, at=timezone.now(), **said)
    settle_now()


def _called(number: int) -> str:
    from moothall.spend.queries.sharing import publication

    found = publication(number)
    assert found is not None  # noqa: S101  a deed was done to it a moment ago
    names = ", ".join(name for _id, name in found.files)
    return f"{found.body}, {found.period}: {names}. {found.who_may_read}."
