"""Running the service by the keyboard: serve, work, verify, back up, restore."""

import json
from pathlib import Path
from typing import Annotated

import typer

DONE, LOOK, REFUSED = 0, 3, 4

Format = Annotated[str, typer.Option("--format", help="table or json.")]

audit = typer.Typer(no_args_is_help=True, help="Prove the log of every deed.")


def add_to(app: typer.Typer) -> None:
    """Give the `moothall` command what runs the service."""
    app.add_typer(audit, name="audit")
    for command in (serve, worker, tick, migrate, backup, restore):
        app.command()(command)


@audit.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option("--head", help="A head published earlier, as `moothall audit head` gave it."),
    ] = None,
    format: Format = "table",
) -> None:
    """Walk the whole chain, and name the first entry that does not hold.

    Example: moothall audit verify --head 1204:9f2c…

    Ends with 0 when the log holds, 3 when it holds but something could not be settled, 4 when it
    is broken.
    """
    from moothall.core import audit as log

    try:
        published = [log.Head.from_text(text) for text in head or []]
    except ValueError as not_a_head:
        raise typer.BadParameter(str(not_a_head)) from None
    verdict = log.verify(*published)
    if format == "json":
        typer.echo(
            json.dumps(
                {
                    "holds": verdict.holds,
                    "entries": verdict.entries,
                    "broken_at": verdict.broken_at,
                    "head": str(verdict.head),
                    "sentence": verdict.sentence,
                    "doubts": list(verdict.doubts),
                },
                indent=1,
            )
        )
    else:
        typer.echo(verdict.sentence, err=not verdict.holds)
        for doubt in verdict.doubts:
            typer.echo(doubt, err=True)
    raise typer.Exit(REFUSED if not verdict.holds else LOOK if verdict.doubts else DONE)


@audit.command()
def head() -> None:
    """Print the last entry's number and hash, to publish where nobody here can change it.

    Example: moothall audit head >> heads-sent-to-the-auditor.txt
    """
    from moothall.core import audit as log

    typer.echo(str(log.current_head()))


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.")] = 2,
) -> None:
    """Serve the site, behind a proxy that holds the certificate.

    Example: moothall serve --port 8000 --workers 4

    Refuses to start when the books cannot be reached, are behind the code, or do not guard the
    audit log.
    """
    import os
    import sys

    from django.core.management import call_command

    _start_only_when_sound()
    call_command("collectstatic", interactive=False, verbosity=0)
    arguments = ["--interface", "wsgi", "--host", host, "--port", str(port)]
    arguments += ["--workers", str(workers), "--blocking-threads", "2", "--log-level", "warning"]
    arguments += ["--respawn-failed-workers", "--no-ws", "moothall.site.wsgi:application"]
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments])  # noqa: S606 (our own words)


def worker(
    batch: Annotated[bool, typer.Option("--batch", help="Do what waits, then end.")] = False,
) -> None:
    """Do the long work: loading, matching, publishing. Run at least one beside the site.

    Example: moothall worker
    """
    import secrets

    from django.core.management import call_command
    from django.utils import timezone

    from moothall.core.jobs import Heartbeat

    _start_only_when_sound()
    worker_id = secrets.token_hex(8)
    heartbeat = Heartbeat(worker_id, timezone.now)
    heartbeat.start()
    call_command("db_worker", worker_id=worker_id, batch=batch, reload=False, startup_delay=False)
    heartbeat.ended.set()
    heartbeat.join(timeout=5)


def tick() -> None:
    """Do what is due: return lost jobs, sweep the lake, forget what need not be kept.

    Example, in a timer every ten minutes: moothall tick
    """
    from django.core.management import call_command
    from django.utils import timezone

    from moothall.core import jobs, lake

    returned, given_up = jobs.return_lost_jobs(timezone.now())
    swept = lake.sweep(at=timezone.now())
    call_command("prune_db_task_results", min_age_days=30, verbosity=0)
    call_command("clearsessions", verbosity=0)
    typer.echo(
        f"{returned} lost jobs put back, {given_up} given up, {len(swept)} old files swept.",
        err=True,
    )
    raise typer.Exit(LOOK if given_up else DONE)


def migrate() -> None:
    """Bring the books' tables up to date with this version, and guard the audit log again.

    Example: moothall migrate
    """
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    typer.echo("The books' tables are up to date, and the database guards the audit log.", err=True)


def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
) -> None:
    """Copy the books, then every file that they name, with a hash for each.

    Example: moothall backup backups/2026-04-01
    """
    from django.utils import timezone

    from moothall.core.backup import back_up

    made = back_up(folder, at=timezone.now())
    typer.echo(
        f"{made.files:,} files ({made.size_bytes / 1e6:,.1f} MB) are in {made.folder}. "
        f"The audit log stood at {made.head}.",
        err=True,
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="The folder that `moothall backup` wrote.")],
    purges: Annotated[
        Path | None,
        typer.Option(help="The purge list of the service that was lost, if it can be had."),
    ] = None,
) -> None:
    """Put a backup into an empty home, prove it whole, and purge again what was purged since.

    Example: MOOTHALL_HOME=restored moothall restore backups/2026-04-01
    """
    from django.utils import timezone

    from moothall.core.backup import restore as put_back

    made = put_back(folder, at=timezone.now(), purge_list=purges)
    typer.echo(
        f"{made.files:,} files were put back and hold. The audit log holds, at {made.head}. "
        f"{made.purges} purges were done again.",
        err=True,
    )


def _start_only_when_sound() -> None:
    from moothall.core.health import why_not_start

    if reason := why_not_start():
        typer.echo(reason, err=True)
        raise typer.Exit(REFUSED)
