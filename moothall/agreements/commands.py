"""The `moothall agreements` command: list them, read one, and record those in force already."""

import json
from pathlib import Path
from typing import Annotated

import typer

agreements = typer.Typer(
    help="Which agreements there are, between whom, and what each says.", no_args_is_help=True
)
Format = Annotated[str, typer.Option("--format", help="table or json.")]


@agreements.command("list")
def list_agreements(
    words: Annotated[str, typer.Option("--words", help="In its name, purpose or members.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Only of this kind: contract.")] = "",
    member: Annotated[str, typer.Option("--member", help="Only with this body.")] = "",
    state: Annotated[str, typer.Option("--state", help="Only in this state; or running.")] = "",
    lacking: Annotated[
        bool, typer.Option("--lacking", help="Only with gaps in its record.")
    ] = False,
    format: Format = "table",
) -> None:
    """List agreements: all of them, for whoever is at the keyboard.

    Example: moothall agreements list --state running --format json
    """
    from moothall.agreements.queries.register import agreement_list
    from moothall.core.permissions import Viewer
    from moothall.directory.queries import body_named

    slug = body_named(member).slug if member else ""
    rows = agreement_list(
        viewer=Viewer.operator(),
        words=words,
        kind=kind,
        member=slug,
        state=state,
        lacks="yes" if lacking else "",
    )
    if format == "json":
        typer.echo(json.dumps({"rows": [row.as_json() for row in rows]}, indent=1))
        return
    for row in rows:
        lacks = f"; lacks {len(row.lacking)}" if row.lacking else ""
        typer.echo(f"{row.id}  {row.name}: {row.kind_label.lower()}, {row.state_words}{lacks}")


@agreements.command()
def show(
    number: Annotated[int, typer.Argument(help="The agreement's number.")],
    format: Format = "table",
) -> None:
    """Show one agreement: who is in it, where it stands, what its record lacks.

    Example: moothall agreements show 3
    """
    from moothall.agreements.queries.record import agreement_page, numbered
    from moothall.core.permissions import Viewer

    page = agreement_page(numbered(number), viewer=Viewer.operator())
    if format == "json":
        typer.echo(json.dumps(page.as_json(), indent=1))
        return
    row = page.row
    typer.echo(f"{row.name}: {row.kind_label.lower()}, {row.state_words}, kept by {row.body}")
    for each in row.members:
        typer.echo(f"  {each.name}, {each.role}{f': {each.gets}' if each.gets else ''}")
    for part in page.published:
        typer.echo(f"{part.label}: {' '.join(part.said)}")
        if part.why_withheld:
            typer.echo(f"  The public does not read this: {part.why_withheld}")
    for lack in row.lacking:
        typer.echo(f"Lacks {lack}")


@agreements.command()
def record(
    file: Annotated[Path, typer.Argument(help="A CSV file, one agreement to a row.")],
    body: Annotated[str, typer.Option("--body", help="Whose register.")],
    by: Annotated[str, typer.Option("--by", help="The e-mail address they sign in with.")],
    format: Format = "table",
) -> None:
    """Record agreements in force already, as they were found; the same file again enters nothing.

    Ends with 3 where a row was set aside.

    Example: moothall agreements record ours.csv --body "Norbury Council" --by ada@norbury.example
    """
    from django.utils import timezone

    from moothall.agreements.actions.existing import record_file
    from moothall.agreements.actions.register import CannotKeep
    from moothall.agreements.engine.existing import NotAFile, text_of
    from moothall.directory.queries import body_named, person_with_email

    try:
        text = text_of(file.read_bytes())
    except OSError:
        raise CannotKeep(f"{file} cannot be read. Give the name of a CSV file.") from None
    except NotAFile as refusal:
        raise CannotKeep(f"Nothing was recorded. {refusal}") from None
    found = record_file(
        body=body_named(body), text=text, by=person_with_email(by), at=timezone.now()
    )
    if format == "json":
        document = {
            "entered": [each.pk for each in found.entered],
            "already": [row.reference for row in found.already],
            "aside": [
                {"row": row.number, "reference": row.reference, "why": why}
                for row, why in found.aside
            ],
        }
        typer.echo(json.dumps(document, indent=1))
    for row, why in found.aside:
        typer.echo(f"Row {row.number} is set aside: {why}", err=True)
    typer.echo(
        f"{len(found.entered)} recorded; {len(found.already)} there already; "
        f"{len(found.aside)} set aside.",
        err=True,
    )
    if found.aside:
        raise typer.Exit(3)


@agreements.command()
def rerun(
    agreement: Annotated[
        int | None, typer.Option("--agreement", help="Only of this agreement, by its number.")
    ] = None,
    statement: Annotated[
        int | None, typer.Option("--statement", help="Only the statement of this number.")
    ] = None,
    format: Format = "table",
) -> None:
    """Work past statements out again from what they keep; ends with 3 when one does not hold.

    Example: moothall agreements rerun --agreement 3
    """
    from moothall.agreements.queries.issued import reruns

    found = list(reruns(agreement, statement))
    if format == "json":
        typer.echo(json.dumps({"statements": [one.as_json() for one in found]}, indent=1))
    for one in found:
        if format != "json" or not one.holds:
            typer.echo(one.sentence, err=format == "json")
    broken = sum(not one.holds for one in found)
    typer.echo(f"{len(found)} worked out again; {broken} do not hold.", err=True)
    if broken:
        raise typer.Exit(3)


@agreements.command("companies")
def list_companies(
    words: Annotated[str, typer.Option("--words", help="In the name, or its keeper's.")] = "",
    format: Format = "table",
) -> None:
    """List the companies and mutuals that bodies hold: how much, and whether owners are warned.

    Example: moothall agreements companies --format json
    """
    from django.utils import timezone

    from moothall.agreements.queries.company_list import company_rows
    from moothall.core.permissions import Viewer

    rows = company_rows(viewer=Viewer.operator(), day=timezone.localdate(), words=words)
    if format == "json":
        typer.echo(json.dumps({"rows": [row.as_json() for row in rows]}, indent=1))
        return
    for row in rows:
        warned = "; warned about work for others" if row.is_warned else ""
        typer.echo(f"{row.id}  {row.name}: {row.form}, kept by {row.body}{warned}")


@agreements.command()
def route(
    began_on: Annotated[str, typer.Option("--began-on", help="When procurement begins.")],
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", help="What is known: owners_percent=82.5, is_controlled=yes."),
    ] = None,
    format: Format = "table",
) -> None:
    """Say which legal routes are open, closed or not assessed without a competition, and why.

    What is left out is not known. Nothing is saved. Not legal advice.

    Example: moothall agreements route --began-on 2026-11-01 --fact value_pounds=90000
    """
    from moothall.agreements.forms.routes import facts_typed
    from moothall.agreements.queries.routes import answered, as_json, kinds_bought

    facts = facts_typed({"began_on": began_on}, fact or [], kinds=kinds_bought())
    if format == "json":
        typer.echo(json.dumps(as_json(facts), indent=1))
        return
    for each in answered(facts):
        typer.echo(f"{each.title}: {each.state.value}. {each.because}")
        for doubt in each.doubts:
            typer.echo(f"  {doubt}")
    typer.echo(as_json(facts)["not_advice"], err=True)
