"""The `moothall decisions` command: record decisions, and keep one from the public or no longer."""

import json
from typing import Annotated

import typer

decisions = typer.Typer(
    help="What was decided, why, and what of it is exempt.", no_args_is_help=True
)
By = Annotated[str, typer.Option("--by", help="Who does it: the e-mail address they sign in with.")]
Number = Annotated[int, typer.Argument(help="The decision's number.")]
Paragraph = typer.Option("--paragraph", min=1, max=7, help="Of Schedule 12A, 1 to 7.")


@decisions.command("list")
def list_decisions(
    body: Annotated[str, typer.Option("--body", help="Only of this body.")] = "",
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """List decisions, the latest first: every word of them, for whoever is at the keyboard.

    Example: moothall decisions list --body "Aldermoor Council"
    """
    from moothall.core.permissions import Viewer
    from moothall.decisions.queries import decision_list
    from moothall.directory.queries import body_named

    slug = body_named(body).slug if body else ""
    rows = list(decision_list(viewer=Viewer.operator(), body=slug))
    if format == "json":
        typer.echo(json.dumps({"rows": [row.as_json() for row in rows]}, indent=1))
        return
    for row in rows:
        exempt = f"; exempt under {row.exempt}" if row.exempt else ""
        typer.echo(f"{row.id}  {row.at:%Y-%m-%d}  {row.body}: {row.what}{exempt}")


@decisions.command()
def record(
    body: Annotated[str, typer.Option("--body", help="Whose decision.")],
    what: Annotated[str, typer.Option("--what", prompt="What was decided")],
    why: Annotated[str, typer.Option("--why", prompt="Why")],
    authority: Annotated[str, typer.Option("--authority", prompt="On whose authority")],
    by: By,
    paragraph: Annotated[int | None, Paragraph] = None,
    why_exempt: Annotated[str, typer.Option("--why-exempt", help="If it is exempt, why.")] = "",
) -> None:
    """Record a decision of a body; with a paragraph, exempt from its first moment on.

    Example: moothall decisions record --body "Aldermoor Council" --by s151@aldermoor.example
    """
    from django.utils import timezone

    from moothall.decisions.actions import record_decision
    from moothall.directory.models import ExemptUnder
    from moothall.directory.queries import body_named, person_with_email

    of = body_named(body)
    made = record_decision(
        body=of,
        subject=f"directory.organisation:{of.pk}",
        what=what,
        why=why,
        authority=authority,
        exempt_under=ExemptUnder(paragraph) if paragraph else None,
        why_exempt=why_exempt,
        by=person_with_email(by),
        at=timezone.now(),
    )
    typer.echo(f"Decision {made.pk} is recorded, at /decisions/{made.pk}.", err=True)


@decisions.command()
def exempt(
    number: Number,
    by: By,
    paragraph: Annotated[int, Paragraph],
    why: Annotated[str, typer.Option("--why", prompt="Why the public interest is in keeping it")],
) -> None:
    """Keep a decision from the public under a paragraph of Schedule 12A.

    Example: moothall decisions exempt 3 --paragraph 5 --by monitoring@aldermoor.example
    """
    from django.utils import timezone

    from moothall.decisions.actions import mark_exempt
    from moothall.directory.models import ExemptUnder
    from moothall.directory.queries import person_with_email

    mark_exempt(
        decision_id=number,
        paragraph=ExemptUnder(paragraph),
        why=why,
        by=person_with_email(by),
        at=timezone.now(),
    )
    typer.echo(f"Decision {number} is exempt.", err=True)


@decisions.command()
def lift(number: Number, by: By) -> None:
    """Let everybody read a decision again.

    Example: moothall decisions lift 3 --by monitoring@aldermoor.example
    """
    from django.utils import timezone

    from moothall.decisions.actions import lift_exemption
    from moothall.directory.queries import person_with_email

    lift_exemption(decision_id=number, by=person_with_email(by), at=timezone.now())
    typer.echo(f"Everybody reads decision {number} now.", err=True)
