"""The `moothall` command: every slice's deeds, by the keyboard."""

import os
import secrets
import sys

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
    if "serve" not in sys.argv[1:2]:
        os.environ.setdefault("MOOTHALL_SECRET_KEY", secrets.token_urlsafe(50))
    import django

    django.setup()
    from moothall.directory.commands import body, people
    from moothall.spend.commands import app as spend

    app.add_typer(spend, name="spend")
    app.add_typer(people, name="people")
    app.add_typer(body, name="body")
    app()
