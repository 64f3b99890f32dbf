"""The spend room by the keyboard: `moothall spend …`, a module for each subject."""

import typer

from moothall.spend.commands import ingest, publishing, questions, sharing, work

app = typer.Typer(
    help="Load what bodies publish, prove its totals, and ask where the money goes.",
    no_args_is_help=True,
)
for subject in (ingest, questions, publishing, sharing, work):
    app.registered_commands += subject.app.registered_commands
    app.registered_groups += subject.app.registered_groups
