"""What goes out: quarters published, names withheld, values purged."""

from pathlib import Path
from typing import Annotated

import typer

from moothall.spend.commands.asking import DONE, LOOK, REFUSED, Body, Format, print_rows

app = typer.Typer()


@app.command()
def publish(
    body: Body,
    quarter: Annotated[str, typer.Option("--quarter", help="Calendar quarter, as 2026Q1.")],
    check: Annotated[
        bool, typer.Option("--check", help="Show the proof and the alerts; publish nothing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Also copy the release's files to this folder.")
    ] = None,
    format: Format = "table",
) -> None:
    """Publish a quarter under the Transparency Code, with the proof that every penny is told.

    Example: moothall spend publish --body "Aldermoor Council" --quarter 2026Q1
    """
    import json
    import shutil

    from django.utils import timezone

    from moothall.directory.queries import body_named
    from moothall.spend.actions.publishing import (
        CannotPublishYet,
        alert_sentence,
        drafted,
        publish_quarter,
    )
    from moothall.spend.engine.publishing import quarter_named

    try:
        period = quarter_named(quarter)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    publisher = body_named(body)
    if check:
        draft = drafted(publisher, period)
        _print_proof(draft.proof_json(), format)
        for sentence in (alert_sentence(draft), *_waiting(draft)):
            if sentence:
                typer.echo(sentence, err=True)
        raise typer.Exit(LOOK if draft.alerts or draft.withheld_until_decided else DONE)
    try:
        done = publish_quarter(body=publisher, period=period, by=None, at=timezone.now())
    except CannotPublishYet as refused:
        typer.echo(refused.sentence, err=True)
        for alert in refused.alerts[:20]:
            typer.echo(f"  {alert.ref}: {', '.join(alert.clear_names)}", err=True)
        typer.echo(f'See them all: moothall spend redactions --body "{publisher.name}"', err=True)
        if format == "json":
            named = [alert.as_json() for alert in refused.alerts]
            typer.echo(json.dumps({"status": "refused", "why": refused.sentence, "alerts": named}))
        raise typer.Exit(REFUSED) from None
    told = done.as_json()
    if out is not None:
        shutil.copytree(told["folder"], out, dirs_exist_ok=True)
    if format == "json":
        typer.echo(json.dumps(told, indent=1))
    else:
        _print_proof(told["proof"], format)
        typer.echo(f"{told['status']}: edition {told['edition']}, in {told['folder']}", err=True)
    for sentence in _waiting(done.draft):
        typer.echo(sentence, err=True)
    raise typer.Exit(LOOK if done.draft.withheld_until_decided else DONE)


def _waiting(draft) -> list[str]:
    count = len(draft.withheld_until_decided)
    if not count:
        return []
    return [
        f"{count:,} names look like a private person's in payments of a personal kind and are "
        "withheld until someone decides: moothall spend redactions."
    ]


def _print_proof(proof: dict, format: str) -> None:
    columns = ("label", "rows", "net_gbp", "irrecoverable_vat_gbp", "amount_gbp")
    rows = [*proof["parts"], proof["source"]]
    document = proof if format == "json" else {"rows": rows}
    print_rows(document, format, columns=columns)


@app.command("verify-release")
def verify_release(
    folder: Annotated[Path, typer.Argument(help="The folder with a release's files.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="The publisher's public key, had from elsewhere.")
    ] = None,
) -> None:
    """Check that a downloaded release is what was signed, to the byte.

    Example: moothall spend verify-release downloads/aldermoor-2026Q1
    """
    from moothall.spend.exports import verified_release

    typer.echo(verified_release(folder, key).sentence)
    if key is None:
        typer.echo(
            "Checked with the key beside the files. To know who signed them, compare the key with "
            "the one on the body's own page, or give it with --key.",
            err=True,
        )


@app.command()
def redactions(
    body: Body,
    redact: Annotated[
        list[str] | None, typer.Option("--redact", help="Withhold all names of this supplier id.")
    ] = None,
    show: Annotated[
        list[str] | None, typer.Option("--show", help="Show the names of this supplier id.")
    ] = None,
    redact_name: Annotated[
        list[str] | None, typer.Option("--redact-name", help="Withhold this name.")
    ] = None,
    show_name: Annotated[
        list[str] | None, typer.Option("--show-name", help="Show this name.")
    ] = None,
    redact_all: Annotated[
        bool, typer.Option("--redact-all", help="Withhold every name that waits for a decision.")
    ] = False,
    undo: Annotated[int | None, typer.Option("--undo", help="Take back this decision.")] = None,
    format: Format = "table",
) -> None:
    """List the redactions that wait for a person, or decide them.

    Example: moothall spend redactions --body "Aldermoor Council" --redact 104233
    """
    from django.utils import timezone

    from moothall.core.permissions import Viewer
    from moothall.directory.queries import body_named
    from moothall.spend.actions.redacting import decide_redaction, undo_redaction
    from moothall.spend.actions.refreshing import settle_now
    from moothall.spend.queries.redactions import redaction_page

    publisher, at = body_named(body), timezone.now()
    wishes = [
        ("SUPPLIER_REF", redact or [], True),
        ("SUPPLIER_REF", show or [], False),
        ("NAME", redact_name or [], True),
        ("NAME", show_name or [], False),
    ]
    if undo is not None:
        undo_redaction(decision_id=undo, by=None, at=at)
    if redact_all:
        waiting = redaction_page(publisher, viewer=Viewer.operator(), day=at.date())
        wishes.append(("SUPPLIER_REF", [alert.ref for alert in waiting.alerts], True))
        wishes.append(("NAME", [proposal.name for proposal in waiting.proposals], True))
    for scope, named, hide in wishes:
        if named:
            made = decide_redaction(
                body=publisher, scope=scope, named=named, redact=hide, by=None, at=at
            )
            typer.echo(f"{len(made):,} decided.", err=True)
    settle_now()
    page = redaction_page(publisher, viewer=Viewer.operator(), day=at.date())
    rows = [
        {"kind": "supplier id", "what": alert.ref, "why": "; ".join(alert.clear_names)}
        for alert in page.alerts
    ] + [
        {"kind": "name", "what": proposal.name, "why": f"paid under '{proposal.sign}'"}
        for proposal in page.proposals
    ]
    document = page.as_json() if format == "json" else {"rows": rows}
    print_rows(document, format, columns=("kind", "what", "why"))
    raise typer.Exit(LOOK if rows else DONE)


purge = typer.Typer(
    help="Take a value that was published in error out of every store: a deed by two people.",
    no_args_is_help=True,
)
app.add_typer(purge, name="purge")

By = Annotated[str, typer.Option("--by", help="Who does it: the e-mail address they sign in with.")]


@purge.command("request")
def purge_request(
    body: Body,
    by: By,
    value: Annotated[
        str, typer.Option("--value", prompt=True, help="The name or text, as it was published.")
    ],
    reason: Annotated[
        str,
        typer.Option("--reason", help="personal_data, safety, confidential or court_order."),
    ] = "personal_data",
) -> None:
    """Ask for a value to be purged. Nothing goes until a second person confirms.

    Example: moothall spend purge request --body "Aldermoor Council" --by dpo@aldermoor.example

    The value is asked for on the terminal, so that it stays out of the shell's history.
    """
    from django.utils import timezone

    from moothall.directory.queries import body_named, person_with_email
    from moothall.spend.actions.purging import request_purge

    asked = request_purge(
        body=body_named(body),
        value=value,
        reason=reason,
        by=person_with_email(by),
        at=timezone.now(),
    )
    for what, count in asked.found["counts"].items():
        typer.echo(f"{what.replace('_', ' ')}: {count:,}")
    typer.echo(
        f"Purge {asked.pk} waits for a second person: moothall spend purge confirm {asked.pk}",
        err=True,
    )


@purge.command("confirm")
def purge_confirm(
    number: Annotated[int, typer.Argument(help="The purge's number.")], by: By
) -> None:
    """Carry out a purge that someone else asked for. It cannot be undone.

    Example: moothall spend purge confirm 3 --by s151@aldermoor.example
    """
    from django.utils import timezone

    from moothall.directory.queries import person_with_email
    from moothall.spend.actions.purging import confirm_purge

    done = confirm_purge(purge_id=number, by=person_with_email(by), at=timezone.now())
    typer.echo(
        f"Purged: {len(done.found['tombstones']):,} rows keep their place and amount, "
        f"{len(done.found['raw']):,} published files were written afresh."
    )
    typer.echo(
        "Take a new backup now, and delete those made before: what is in them is not reached.",
        err=True,
    )


@purge.command("refuse")
def purge_refuse(
    number: Annotated[int, typer.Argument(help="The purge's number.")], by: By
) -> None:
    """Settle a request without purging anything.

    Example: moothall spend purge refuse 3 --by s151@aldermoor.example
    """
    from django.utils import timezone

    from moothall.directory.queries import person_with_email
    from moothall.spend.actions.purging import refuse_purge

    refuse_purge(purge_id=number, by=person_with_email(by), at=timezone.now())
    typer.echo("Refused: nothing was purged, and the request no longer holds the value.")


@purge.command("list")
def purge_list(body: Body, format: Format = "table") -> None:
    """List the purges of a body, those that wait for a second person first.

    Example: moothall spend purge list --body "Aldermoor Council"
    """
    from moothall.core.permissions import Viewer
    from moothall.directory.queries import body_named
    from moothall.spend.queries.purges import purge_page

    page = purge_page(body_named(body), person=Viewer.operator())
    rows = [
        {
            "id": row.id,
            "state": row.state,
            "reason": row.reason,
            "requested_by": row.requested_by,
            "requested_at": f"{row.requested_at:%Y-%m-%d}",
        }
        for row in page.rows
    ]
    print_rows(
        {"rows": rows}, format, columns=("id", "state", "reason", "requested_by", "requested_at")
    )
