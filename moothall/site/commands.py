"""The `moothall` command: every slice's deeds, by the keyboard."""

import os
import secrets
import sys
from pathlib import Path

import typer

app = typer.Typer(
    name="moothall",
    help="See, plan, buy, run and pay for a place's services together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Start Django quietly, bring the books up to date, and hand over to the slice."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.site.settings")
    # A command signs no cookie, so a key that lasts one run is enough; serving needs a real one.
    # An invitation is signed: with the key that `make run` keeps, where there is one.
    if "serve" not in sys.argv[1:2]:
        kept = Path(os.environ.get("MOOTHALL_HOME", "moothall-data")) / "secret-key"
        key = kept.read_text().strip() if kept.is_file() else secrets.token_urlsafe(50)
        os.environ.setdefault("MOOTHALL_SECRET_KEY", key)
    import django

    django.setup()
    # Serving says what is amiss and lets a person act; a restore needs books that are empty.
    if not {"serve", "restore"} & set(sys.argv[1:2]):
        _bring_the_books_up_to_date()
    from moothall.core.commands import add_to
    from moothall.directory.commands import body, export, people
    from moothall.places.commands import place
    from moothall.site.demo.commands import app as demo
    from moothall.spend.commands import app as spend

    app.add_typer(place, name="place")
    app.add_typer(spend, name="spend")
    app.add_typer(people, name="people")
    app.add_typer(body, name="body")
    app.add_typer(demo, name="demo")
    app.command()(export)
    add_to(app)
    from moothall.core.errors import CannotDo

    try:
        app()
    except CannotDo as refusal:
        typer.echo(refusal.sentence, err=True)
        raise SystemExit(4) from None


def _bring_the_books_up_to_date() -> None:
    """Make the books on first use, and apply what a newer Moothall added to them."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
