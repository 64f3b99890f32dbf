"""The `moothall` command: every slice's deeds, by the keyboard."""

import json
import os
import secrets
import sys
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="moothall",
    help="See, plan, buy, run and pay for a place's services together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Start Django quietly, bring the books up to date, and hand over to the slice.

    A deal or an appraisal is a file and needs no books, so those two start at once, without Django.
    """
    if sys.argv[1:2] == ["deal"]:
        from moothall.deals.commands import deal

        deal(sys.argv[2:], prog_name="moothall deal")
    if sys.argv[1:2] == ["appraise"]:
        from moothall.appraisal.commands import appraise

        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command()(appraise)
        alone(sys.argv[2:], prog_name="moothall appraise")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.site.settings")
    # A command signs no cookie, so a key that lasts one run is enough; serving needs a real one.
    # An invitation is signed: with the key that `make run` keeps, where there is one.
    if "serve" not in sys.argv[1:2]:
        kept = Path(os.environ.get("MOOTHALL_HOME", "moothall-data")) / "secret-key"
        key = kept.read_text().strip() if kept.is_file() else secrets.token_urlsafe(50)
        os.environ.setdefault("MOOTHALL_SECRET_KEY", key)
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as refusal:
        typer.echo(str(refusal), err=True)
        raise SystemExit(4) from None
    # Serving says what is amiss and lets a person act; a restore needs books that are empty.
    if not {"serve", "restore"} & set(sys.argv[1:2]):
        _bring_the_books_up_to_date()
    whole_command()
    from moothall.core.errors import CannotDo

    try:
        app()
    except CannotDo as refusal:
        typer.echo(refusal.sentence, err=True)
        raise SystemExit(4) from None


@cache
def whole_command() -> typer.Typer:
    """The command with every slice's deeds in it."""
    from moothall.agreements.commands import agreements
    from moothall.appraisal.commands import appraise
    from moothall.core.commands import add_to
    from moothall.deals.commands import deal
    from moothall.decisions.commands import decisions
    from moothall.directory.commands import body, export, people
    from moothall.places.commands import place
    from moothall.site.demo.commands import app as demo
    from moothall.spend.commands import app as spend

    app.add_typer(place, name="place")
    app.add_typer(spend, name="spend")
    app.add_typer(deal, name="deal")
    app.add_typer(people, name="people")
    app.add_typer(body, name="body")
    app.add_typer(agreements, name="agreements")
    app.command()(appraise)
    app.add_typer(decisions, name="decisions")
    app.add_typer(demo, name="demo")
    app.add_typer(cases, name="cases")
    app.command()(export)
    add_to(app)
    return app


cases = typer.Typer(
    help="Published cases, worked out again from their own figures.", no_args_is_help=True
)
CaseFormat = Annotated[str, typer.Option("--format", help="table or json.")]


@cases.command("list")
def cases_list(format: CaseFormat = "table") -> None:
    """List the cases.

    Example: moothall cases list
    """
    from moothall.site.cases import case_list

    rows = case_list()
    if format == "json":
        typer.echo(json.dumps({"cases": [row.as_json() for row in rows]}, indent=1))
        return
    for row in rows:
        typer.echo(f"{row.name}  {row.title}; {row.off_count} of {row.figure_count} do not agree")


@cases.command("run")
def cases_run(
    name: Annotated[str, typer.Argument(help="As `moothall cases list` gives it.")],
    format: CaseFormat = "table",
) -> None:
    """Work a case out again; ends with 3 when a figure does not agree with what was printed.

    Example: moothall cases run lg-spend-2011 --format json
    """
    from moothall.site.cases import case_named

    case = case_named(name)
    if format == "json":
        typer.echo(json.dumps(case.as_json(), indent=1))
    else:
        typer.echo(f"{case.title}. {case.source}")
        for figure in case.figures:
            agrees = {True: "agrees", False: "DOES NOT AGREE", None: "not printed"}[figure.agrees]
            printed = "" if figure.published is None else f"printed {figure.published}, "
            note = f"  {figure.note}" if figure.note else ""
            typer.echo(
                f"{figure.name}: {printed}computed {figure.computed} {figure.unit}: {agrees}{note}"
            )
    raise typer.Exit(3 if case.disagreements() else 0)


@cases.command("deal")
def cases_deal(
    name: Annotated[str, typer.Argument(help="As `moothall cases list` gives it.")],
) -> None:
    """Print the deal file of a case, to copy and change; ends with 4 when a case has none.

    Example: moothall cases deal rikers-sib
    """
    from moothall.site.cases import case_named

    case = case_named(name)
    if not case.deal:
        typer.echo(f"{case.title} is a table and no deal: it has no file to copy.", err=True)
        raise typer.Exit(4)
    typer.echo(case.deal.strip())


@cases.command("appraisal")
def cases_appraisal(
    name: Annotated[str, typer.Argument(help="As `moothall cases list` gives it.")],
) -> None:
    """Print the appraisal's file of a case, to copy and change; ends with 4 when it has none.

    Example: moothall cases appraisal libraries-ten-options
    """
    from moothall.site.cases import case_named

    case = case_named(name)
    if not case.appraisal:
        typer.echo(f"{case.title} is no appraisal: it has no such file to copy.", err=True)
        raise typer.Exit(4)
    typer.echo(case.appraisal.strip())


def _bring_the_books_up_to_date() -> None:
    """Make the books on first use, and apply what a newer Moothall added to them."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
