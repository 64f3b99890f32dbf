"""People, roles and bodies by the keyboard: `moothall people ...`, `moothall body ...`."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from moothall.directory.engine.roles import Role

people = typer.Typer(no_args_is_help=True, help="Invite people; give, list and end their roles.")
body = typer.Typer(no_args_is_help=True, help="The bodies that act in this place.")

REFUSED = 4
FORMAT = typer.Option("--format", help="table, json or csv")
ON_A_DAY = typer.Option(formats=["%Y-%m-%d"])


@contextmanager
def _refusals_as_sentences() -> Iterator[None]:
    from moothall.core.errors import CannotDo

    try:
        yield
    except CannotDo as refusal:
        typer.echo(refusal.sentence, err=True)
        raise typer.Exit(REFUSED) from refusal


def _print_rows(rows: list[dict[str, object]], format_: str, empty: str) -> None:
    if format_ == "json":
        typer.echo(json.dumps({"rows": rows}, default=str, indent=2))
    elif format_ == "csv":
        if rows:
            out = csv.DictWriter(sys.stdout, list(rows[0]))
            out.writeheader()
            out.writerows(rows)
    elif not rows:
        typer.echo(empty, err=True)
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table()
        for key in rows[0]:
            table.add_column(key.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*["" if value is None else str(value) for value in row.values()])
        Console(width=None if sys.stdout.isatty() else 200).print(table)


def _role(text: str) -> "Role":
    from moothall.directory.engine.roles import Role

    wanted = text.strip().upper().replace(" ", "_").replace("-", "_")
    if wanted not in Role.__members__:
        raise typer.BadParameter(
            f"{text} is not a role. Choose one of: {', '.join(role.words for role in Role)}."
        )
    return Role[wanted]


def _day(given: datetime | None) -> date:
    from django.utils import timezone

    return given.date() if given else timezone.localdate()


@people.command("add")
def add_person(
    email: str,
    name: Annotated[str, typer.Option(help="as colleagues will read it")],
    body_name: Annotated[str, typer.Option("--body", help="where they get a first role")] = "",
    role: Annotated[str, typer.Option(help="'finance officer', 'system administrator'...")] = "",
) -> None:
    """Invite a person, and print the address at which they set their password.

    It is signed with the site's secret key: run this where MOOTHALL_SECRET_KEY is the site's own.

    Example: moothall people add ada@example.org --name "Ada Moss" --body Norbury --role "finance
    officer"
    """
    from django.db import transaction
    from django.utils import timezone

    from moothall.directory import actions, queries

    if bool(body_name) != bool(role):
        raise typer.BadParameter("Give --body and --role together, or neither.")
    with _refusals_as_sentences(), transaction.atomic():
        now = timezone.now()
        invitation = actions.invite_person(email=email, name=name, by=None, at=now)
        if role:
            actions.grant_role(
                person=invitation.person,
                body=queries.body_named(body_name),
                role=_role(role),
                starts_on=timezone.localdate(now),
                by=None,
                at=now,
            )
    typer.echo(
        f"{invitation.person.name} may sign in. Send them this page of your site, good for three "
        "days, to set a password:",
        err=True,
    )
    typer.echo(invitation.set_password_path)


@people.command("roles")
def list_roles(
    body_name: Annotated[str, typer.Option("--body", help="only at this body")] = "",
    on: Annotated[datetime | None, ON_A_DAY] = None,
    format_: Annotated[str, FORMAT] = "table",
) -> None:
    """List who holds which role today, or on another day.

    Example: moothall people roles --body Norbury --format json
    """
    from moothall.directory import queries

    with _refusals_as_sentences():
        rows = queries.role_list(
            body=queries.body_named(body_name) if body_name else None, day=_day(on)
        )
    _print_rows(
        [
            {
                "id": row.id,
                "body": row.body,
                "role": row.role,
                "person": row.person,
                "email": row.email,
                "starts_on": row.starts_on,
                "ends_before": row.ends_before,
                "deputy_for": row.deputy_for,
            }
            for row in rows
        ],
        format_,
        "Nobody holds a role then. `moothall people grant` gives one.",
    )


@people.command("grant")
def grant(
    email: str,
    role: str,
    body_name: Annotated[str, typer.Option("--body")],
    starts_on: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    ends_before: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"])] = None,
    deputy_for: Annotated[int | None, typer.Option(help="the number of the role held")] = None,
) -> None:
    """Give a person a role at one body, from today unless --from says otherwise.

    Example: moothall people grant ada@example.org "finance officer" --body Norbury
    """
    from django.utils import timezone

    from moothall.directory import actions, queries

    with _refusals_as_sentences():
        held = actions.grant_role(
            person=queries.person_with_email(email),
            body=queries.body_named(body_name),
            role=_role(role),
            starts_on=_day(starts_on),
            ends_before=ends_before.date() if ends_before else None,
            deputy_for=queries.role_numbered(deputy_for) if deputy_for else None,
            by=None,
            at=timezone.now(),
        )
    typer.echo(f"{held} (role {held.pk}), from {held.starts_on}.", err=True)


@people.command("end")
def end(
    role_id: Annotated[int, typer.Argument(help="from `moothall people roles`")],
    ends_before: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"])] = None,
) -> None:
    """End a role from today, or from a later day, and with it whoever deputises in it.

    Example: moothall people end 17
    """
    from django.utils import timezone

    from moothall.directory import actions, queries

    with _refusals_as_sentences():
        held = queries.role_numbered(role_id)
        actions.end_role(
            role_id=role_id,
            by=None,
            at=timezone.now(),
            ends_before=ends_before.date() if ends_before else None,
        )
    typer.echo(f"{held} has ended, from {_day(ends_before)}.", err=True)


@body.command("add")
def add_body(
    name: str,
    kind: Annotated[str, typer.Option(help="council, 'health body', police, company...")] = (
        "council"
    ),
    gss_code: Annotated[str, typer.Option(help="E07000120")] = "",
    also_called: Annotated[list[str] | None, typer.Option(help="may be given again")] = None,
    elsewhere: Annotated[
        bool, typer.Option(help="not one of the place's own public bodies")
    ] = False,
) -> None:
    """Add a body that acts in this place.

    Example: moothall body add "Norbury Borough Council" --gss-code E07000999 --also-called NBC
    """
    from django.utils import timezone

    from moothall.directory import actions

    with _refusals_as_sentences():
        made = actions.add_body(
            name=name,
            kind=kind,
            gss_code=gss_code,
            other_names=also_called or [],
            is_of_the_place=not elsewhere,
            by=None,
            at=timezone.now(),
        )
    typer.echo(f"{made.name} is added, at /bodies/{made.slug}.", err=True)


@body.command("succeed")
def succeed(
    predecessor: str,
    to: Annotated[list[str], typer.Option(help="NAME=SHARE, 0 to 1; may be given again")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the first day")],
) -> None:
    """Record which bodies take over a body: shares of 1 end it, less and it goes on.

    Example: moothall body succeed "Old County" --to "East=0.432" --to "West=0.568" --on 2023-04-01
    """
    from decimal import Decimal, InvalidOperation

    from django.utils import timezone

    from moothall.directory import actions, queries

    shares = {}
    with _refusals_as_sentences():
        for each in to:
            name, _, share = each.rpartition("=")
            try:
                shares[queries.body_named(name)] = Decimal(share)
            except InvalidOperation as no_number:
                raise typer.BadParameter(
                    f"{each} is not a body and its share. Write NAME=0.432."
                ) from no_number
        made = actions.record_succession(
            predecessor=queries.body_named(predecessor),
            shares=shares,
            on=on.date(),
            by=None,
            at=timezone.now(),
        )
    for recorded in made:
        typer.echo(f"{recorded}: {recorded.share:f}", err=True)


@body.command("list")
def list_bodies(format_: Annotated[str, FORMAT] = "table") -> None:
    """List every body.

    Example: moothall body list --format csv
    """
    from moothall.directory import queries

    _print_rows(
        [
            {
                "name": row.name,
                "slug": row.slug,
                "kind": row.kind,
                "gss_code": row.gss_code,
                "of_the_place": row.is_of_the_place,
                "began_on": row.began_on,
                "ended_on": row.ended_on,
            }
            for row in queries.body_list()
        ],
        format_,
        "There is no body yet. `moothall body add NAME` adds one.",
    )


@people.command("reseal")
def reseal() -> None:
    """Put every second factor under the newest secret key, so that an earlier key can go.

    Example: moothall people reseal

    Run it after MOOTHALL_SECRET_KEY has changed, with the key before it in
    MOOTHALL_EARLIER_SECRET_KEYS.
    """
    from django.utils import timezone

    from moothall.directory import actions

    with _refusals_as_sentences():
        count = actions.reseal_second_factors(at=timezone.now())
    typer.echo(
        f"{count:,} second factors are under the newest secret key. Take the earlier keys out of "
        "MOOTHALL_EARLIER_SECRET_KEYS once nobody is signed in from before.",
        err=True,
    )


@body.command("remove")
def remove_body(
    name: str,
    confirm: Annotated[str, typer.Option(help="the name once more, exactly")] = "",
) -> None:
    """Delete a body and everything it owns, for good. Export it first.

    Example: moothall body remove "Aldermoor Council" --confirm "Aldermoor Council"
    """
    from django.utils import timezone

    from moothall.directory import actions, queries

    with _refusals_as_sentences():
        removed = actions.remove_body(
            body=queries.body_named(name), confirm=confirm, by=None, at=timezone.now()
        )
    typer.echo(
        f"{name} is removed: {removed.rows:,} rows and {removed.files:,} files. The audit log "
        "keeps its number and no name.",
        err=True,
    )


def export(
    folder: Annotated[Path, typer.Argument(help="a new or empty folder")],
    body_name: Annotated[str, typer.Option("--body", help="whose")],
    everything: Annotated[
        bool, typer.Option("--all", help="everything that the body owns")
    ] = False,
) -> None:
    """Write everything that a body owns in open formats, to keep or to take elsewhere.

    Example: moothall export --all --body "Aldermoor Council" leaving
    """
    from django.utils import timezone

    from moothall.directory import actions, queries

    if not everything:
        raise typer.BadParameter(
            "Say --all to export everything that the body owns. For a part, download it from its "
            "page or use `moothall spend`."
        )
    with _refusals_as_sentences():
        made = actions.export_body(
            body=queries.body_named(body_name), folder=folder, by=None, at=timezone.now()
        )
    typer.echo(
        f"{made.rows:,} rows of {made.tables} tables, in {made.files:,} files, are in {folder}. "
        "README.txt there says what each is.",
        err=True,
    )
