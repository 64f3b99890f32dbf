"""The spend room by the keyboard: `moothall spend …`."""

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="Load what bodies publish, prove its totals, and ask where the money goes.",
    no_args_is_help=True,
)

Format = Annotated[str, typer.Option("--format", help="table, json or csv.")]
Body = Annotated[str, typer.Option("--body", help="The body that published the files, by name.")]

DONE, USAGE, LOOK, REFUSED = 0, 2, 3, 4


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or archives as downloaded.")],
    body: Body,
    format: Format = "table",
    public: Annotated[
        bool, typer.Option("--public", help="Make what is loaded public at once.")
    ] = False,
) -> None:
    """Load published files: every row kept or set aside, the totals proved.

    Example: moothall spend ingest downloads/2025 --body "Aldermoor Council"

    A file's status is loaded, unchanged (the same bytes were loaded before), superseded (loaded
    in place of an earlier file for the same days) or refused.
    """
    import json

    from django.utils import timezone

    from moothall.directory.actions import add_body
    from moothall.directory.queries import NoSuchBody, body_named
    from moothall.spend.actions.loading import load_files
    from moothall.spend.actions.projecting import is_behind, project

    try:
        publisher = body_named(body)
    except NoSuchBody:
        publisher = add_body(name=body, by=None, at=timezone.now())
        typer.echo(f"{publisher} is new here: added as a body of the place.", err=True)
    report = load_files(
        paths,
        body=publisher,
        by=None,
        at=timezone.now(),
        sharing="PUBLIC" if public else "PRIVATE",
        progress=_say_file,
    )
    if is_behind():
        typer.echo("Matching suppliers and sorting into categories…", err=True)
        project(at=timezone.now())
    if format == "json":
        typer.echo(json.dumps(report.as_json(), indent=1))
    else:
        totals = report.totals
        typer.echo(
            f"{totals['rows_kept']:,} of {totals['rows_read']:,} rows kept, "
            f"£{float(totals['amount_kept']):,.2f}; {totals['rows_set_aside']:,} set aside."
        )
    if report.count("refused") == len(report.files):
        raise typer.Exit(REFUSED)
    raise typer.Exit(LOOK if report.needs_an_eye else DONE)


def _say_file(outcome) -> None:
    said = outcome.refusal or (
        f"{outcome.status}: {outcome.reading.rows_kept:,} rows, £{outcome.reading.amount_kept:,.2f}"
        + (
            f"; {outcome.reading.rows_set_aside:,} set aside"
            if outcome.reading.rows_set_aside
            else ""
        )
    )
    typer.echo(f"{outcome.file} — {said}", err=True)
    for warning in outcome.warnings:
        typer.echo(f"  {warning}", err=True)


Bodies = Annotated[list[str] | None, typer.Option("--body", help="Only this body; repeat.")]
Starts = Annotated[str | None, typer.Option("--from", help="First day, as 2025-04-01.")]
Ends = Annotated[str | None, typer.Option("--to", help="Last day, as 2026-03-31.")]
InCategory = Annotated[str | None, typer.Option("--category", help="Category code.")]
OfSupplier = Annotated[str | None, typer.Option("--supplier", help="Supplier's name.")]
Top = Annotated[int | None, typer.Option("--top", min=1, help="Only so many rows.")]


def _asked(body: list[str] | None, **said: str | None):
    """The operator's reading, and the filters typed."""
    from moothall.core.permissions import Viewer
    from moothall.spend.queries import figures
    from moothall.spend.queries.asking import reading_for

    reading = reading_for(Viewer.operator())
    return reading, figures.filters_named(viewer=reading, bodies=body or (), **said)


@app.command()
def summary(
    by: Annotated[
        str, typer.Option("--by", help="category, kind, supplier, department, body, month or year.")
    ],
    body: Bodies = None,
    starts: Starts = None,
    ends: Ends = None,
    category: InCategory = None,
    supplier: OfSupplier = None,
    top: Top = None,
    format: Format = "table",
) -> None:
    """Add up published payments by one dimension, with any filters combined.

    Example: moothall spend summary --by supplier --from 2025-04-01 --to 2026-03-31 --top 20
    """
    from moothall.spend.queries import figures

    if by not in figures.BY:
        raise typer.BadParameter(
            f"{by} is nothing to sum by. Choose {', '.join(figures.BY[:-1])} or {figures.BY[-1]}."
        )
    _refuse_other_formats(format)
    reading, filters = _asked(body, starts=starts, ends=ends, category=category, supplier=supplier)
    answer = figures.summary(reading, by, filters, top=top)
    head = figures.headline(reading, filters)
    _print_rows(
        answer.as_json() | {"headline": figures.headline_json(head)},
        format,
        columns=("key", "spend_gbp", "payment_count", "share"),
        total=f"Total £{answer.total_gbp:,.2f} in {answer.payment_count:,} payments, of it "
        f"£{head.between_own_gbp:,.2f} between the place's own bodies and "
        f"£{head.pass_through_gbp:,.2f} only passed on.",
    )


@app.command()
def suppliers(
    find: Annotated[str, typer.Argument(help="Part of a supplier's name.")] = "",
    body: Bodies = None,
    starts: Starts = None,
    ends: Ends = None,
    category: InCategory = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Only so many rows.")] = 50,
    format: Format = "table",
) -> None:
    """List suppliers, spellings joined, largest first.

    Example: moothall spend suppliers telecom --top 10
    """
    from moothall.spend.queries import figures

    _refuse_other_formats(format)
    reading, filters = _asked(body, starts=starts, ends=ends, category=category)
    answer = figures.summary_page(reading, "supplier", filters, text=find, count=top)
    _print_rows(
        answer.as_json(),
        format,
        columns=("id", "label", "spend_gbp", "payment_count", "share"),
        total=f"{answer.row_count:,} suppliers.",
    )


@app.command()
def lines(
    body: Bodies = None,
    starts: Starts = None,
    ends: Ends = None,
    category: InCategory = None,
    supplier: OfSupplier = None,
    text: Annotated[
        str | None, typer.Option("--text", help="In the supplier's name or the purpose.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Only so many lines.")] = 50,
    format: Format = "table",
) -> None:
    """List payment lines, newest first, each with its file and row.

    Example: moothall spend lines --body "Aldermoor Council" --text roofing --format csv
    """
    from moothall.spend.queries import figures
    from moothall.spend.queries.lines import lines_page

    _refuse_other_formats(format)
    reading, filters = _asked(body, starts=starts, ends=ends, category=category, supplier=supplier)
    answer = lines_page(reading, figures.narrowed(filters, text=text), count=top)
    _print_rows(
        answer.as_json(),
        format,
        columns=("paid_on", "body", "supplier", "purpose", "amount_gbp", "source_id", "row"),
        total=f"{answer.payment_count:,} lines, £{answer.spend_gbp:,.2f}.",
    )


@app.command()
def together(
    by: Annotated[str, typer.Option("--by", help="supplier, category or kind.")] = "supplier",
    body: Bodies = None,
    starts: Starts = None,
    ends: Ends = None,
    category: InCategory = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Only so many rows.")] = 50,
    format: Format = "table",
) -> None:
    """Show what two or more bodies buy from one supplier, or of one category.

    Example: moothall spend together --by category --from 2025-04-01 --to 2026-03-31
    """
    from moothall.spend.queries import comparing

    if by not in comparing.TOGETHER_BY:
        raise typer.BadParameter(f"{by} is nothing to compare by. Choose supplier, category, kind.")
    _refuse_other_formats(format)
    reading, filters = _asked(body, starts=starts, ends=ends, category=category)
    found = comparing.together(reading, by, filters, top=top)
    _print_rows(
        {"rows": [row.as_json() for row in found]},
        format,
        columns=("label", "body_count", "spend_gbp", "largest_gbp", "saving_estimate_gbp"),
        total="The saving is an estimate: it knows nothing of contracts, quality or switching.",
    )


@app.command()
def concentration(
    by: Annotated[str, typer.Option("--by", help="category or kind.")] = "category",
    body: Bodies = None,
    starts: Starts = None,
    ends: Ends = None,
    format: Format = "table",
) -> None:
    """Show how much of each category its four largest suppliers hold, and its HHI.

    Example: moothall spend concentration --by kind --from 2025-04-01
    """
    from moothall.spend.queries import comparing

    if by not in ("category", "kind"):
        raise typer.BadParameter(f"{by} is no market. Choose category or kind.")
    _refuse_other_formats(format)
    reading, filters = _asked(body, starts=starts, ends=ends)
    found = comparing.concentration(reading, filters, level=by)
    _print_rows(
        {"rows": [market.as_json() for market in found]},
        format,
        columns=("label", "spend_gbp", "supplier_count", "top_share", "hhi", "band"),
    )


def _refuse_other_formats(format: str) -> None:
    if format not in ("table", "json", "csv"):
        raise typer.BadParameter(f"{format} is not a format. Choose table, json or csv.")


def _print_rows(document: dict, format: str, *, columns: tuple[str, ...], total: str = "") -> None:
    """Print the rows of an answer as a table, JSON or CSV, and nothing else on standard output."""
    import csv
    import json
    import sys

    if format == "json":
        typer.echo(json.dumps(document, indent=1, default=str))
        return
    if format == "csv":
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(document["rows"])
        return
    if format != "table":
        raise typer.BadParameter(f"{format} is not a format. Choose table, json or csv.")
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for row in document["rows"]:
        table.add_row(*(_cell(column, row[column]) for column in columns))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    if total:
        typer.echo(total)


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if column == "id":
        return str(value)
    if column == "hhi":
        return f"{value:,.0f}"
    if column.endswith("_gbp"):
        from decimal import Decimal

        return f"{Decimal(str(value)):,.2f}"
    if column.endswith("share"):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else str(value)


# ── publishing, redaction, purge ─────────────────────────────────────────────────────────────


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
    _print_rows(document, format, columns=columns)


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
    page = redaction_page(publisher, viewer=Viewer.operator(), day=at.date())
    rows = [
        {"kind": "supplier id", "what": alert.ref, "why": "; ".join(alert.clear_names)}
        for alert in page.alerts
    ] + [
        {"kind": "name", "what": proposal.name, "why": f"paid under '{proposal.sign}'"}
        for proposal in page.proposals
    ]
    document = page.as_json() if format == "json" else {"rows": rows}
    _print_rows(document, format, columns=("kind", "what", "why"))
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
    _print_rows(
        {"rows": rows}, format, columns=("id", "state", "reason", "requested_by", "requested_at")
    )


# ── registers of organisations ───────────────────────────────────────────────────────────────

register = typer.Typer(
    help="Registers of organisations: who is local, small, a charity, a mutual.",
    no_args_is_help=True,
)
app.add_typer(register, name="register")

RegisterName = Annotated[str, typer.Option("--name", help="What the register goes by here.")]


@register.command("load")
def register_load(
    file: Annotated[Path, typer.Argument(help="CSV, a workbook, or one of these compressed.")],
    name: RegisterName,
    every: Annotated[
        list[str] | None,
        typer.Option(
            "--every",
            help="What holds for each organisation: third-sector, mutual or public-body; repeat.",
        ),
    ] = None,
    format: Format = "table",
) -> None:
    """Load a register, in place of the one of the same name; each row is kept or set aside.

    Example: moothall spend register load charities.csv --name "Charities of the county"
    """
    import json

    from django.utils import timezone

    from moothall.spend.actions.projecting import project_decisions
    from moothall.spend.actions.registers import load_register
    from moothall.spend.queries.registers import register_row

    loaded = load_register(file, name=name, every=every or (), by=None, at=timezone.now())
    project_decisions(at=timezone.now(), why="spend.register_loaded")
    row = register_row(loaded.pk)
    assert row is not None  # noqa: S101  it was loaded a moment ago
    if format == "json":
        typer.echo(json.dumps(row.as_json(), indent=1))
    else:
        typer.echo(
            f"{row.rows_kept:,} of {row.rows_read:,} rows kept in {row.name}; "
            f"{row.rows_set_aside:,} set aside."
        )
    for reason, count in row.reasons:
        typer.echo(f"  {reason}: {count:,}", err=True)
    for warning in row.warnings:
        typer.echo(f"  {warning}", err=True)
    is_odd = row.warnings or set(dict(row.reasons)) - {"repeated_organisation", "repeated_header"}
    raise typer.Exit(LOOK if is_odd else DONE)


@register.command("list")
def register_names(format: Format = "table") -> None:
    """List the registers that are loaded, and what their entries say.

    Example: moothall spend register list --format json
    """
    from moothall.spend.queries.registers import register_list

    columns = (
        "name",
        "rows_read",
        "rows_kept",
        "rows_set_aside",
        "with_postcode",
        "third_sector",
        "mutual",
    )
    _print_rows({"rows": [row.as_json() for row in register_list()]}, format, columns=columns)


@register.command("remove")
def register_remove(
    name: Annotated[str, typer.Argument(help="The register, by name.")],
) -> None:
    """Take a register out, and what it said of suppliers with it.

    Example: moothall spend register remove "Charities of the county"
    """
    from django.utils import timezone

    from moothall.spend.actions.projecting import project_decisions
    from moothall.spend.actions.registers import remove_register

    gone = remove_register(name=name, by=None, at=timezone.now())
    project_decisions(at=timezone.now(), why="spend.register_removed")
    typer.echo(f"{name} is gone, with {gone:,} entries.", err=True)


# ── the place's own bodies as payees ─────────────────────────────────────────────────────────

own_bodies = typer.Typer(
    help="Which payees are the place's own bodies, so that nothing is counted twice.",
    no_args_is_help=True,
)
app.add_typer(own_bodies, name="own-bodies")

Payer = Annotated[str, typer.Option("--paid-by", help="The body whose payments these are.")]


@own_bodies.command("list")
def own_bodies_list(
    unmatched: Annotated[
        bool,
        typer.Option("--unmatched", help="Payees that look like public bodies and are not told."),
    ] = False,
    format: Format = "table",
) -> None:
    """List payees that are bodies of the place, who said so, and how much was paid.

    Example: moothall spend own-bodies list --unmatched
    """
    from django.utils import timezone

    from moothall.core.permissions import Viewer
    from moothall.spend.queries import own_bodies as queries

    found = queries.own_bodies(Viewer.operator(), day=timezone.localdate())
    document = found.as_json()
    if unmatched and format != "json":
        document = {"rows": document["unmatched"]}
    _print_rows(
        document,
        format,
        columns=("name", "paid_by", "is", "how", "decision", "spend_gbp", "payment_count"),
        total="" if unmatched else f"Between own bodies: £{found.total_gbp:,.2f}.",
    )


@own_bodies.command("say")
def own_bodies_say(
    name: Annotated[str, typer.Argument(help="The payee, as published.")],
    paid_by: Payer,
    body: Annotated[str, typer.Option("--is", help="The body of the place that it is, or `none`.")],
) -> None:
    """Say which body of the place a payee is; it holds for files to come.

    Example: moothall spend own-bodies say "BRACKWATER BC" --paid-by "Ashmere Council" --is none
    """
    from django.utils import timezone

    from moothall.directory.queries import body_named
    from moothall.spend.actions.own_bodies import say_who_payee_is

    organisation = None if body.strip().lower() == "none" else body_named(body)
    decision = say_who_payee_is(
        name=name,
        paid_by=body_named(paid_by),
        organisation=organisation,
        by=None,
        at=timezone.now(),
    )
    said = organisation.name if organisation else "none of the place's bodies"
    typer.echo(f"{decision.pk}: {decision.name}, paid by {decision.body}, is {said}.", err=True)


@own_bodies.command("undo")
def own_bodies_undo(
    decision: Annotated[int, typer.Argument(help="The decision, by its number in the list.")],
) -> None:
    """Take a word on a payee back; the names in the directory decide again.

    Example: moothall spend own-bodies undo 12
    """
    from django.utils import timezone

    from moothall.spend.actions.own_bodies import undo_own_body

    undone = undo_own_body(decision_id=decision, by=None, at=timezone.now())
    typer.echo(f"Undone: {undone.name}, paid by {undone.body}.", err=True)


# ── rows set aside, mappings, duplicates ─────────────────────────────────────────────────────


@app.command()
def duplicates(
    body: Bodies = None,
    starts: Starts = None,
    ends: Ends = None,
    supplier: OfSupplier = None,
    key: Annotated[str, typer.Option("--key", help="Only one key: a, b, c, d or e.")] = "",
    status: Annotated[str, typer.Option("--status", help="open, resolved or review.")] = "",
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Look in extracts of the ledger instead.")
    ] = False,
    format: Format = "table",
) -> None:
    """List payments that may have been made twice, credits set against them.

    Example: moothall spend duplicates --body "Aldermoor Council" --from 2025-04-01

    Keys: a same supplier, reference and amount; b same supplier and amount within days; c same
    reference and amount, another supplier; d references that differ only in how they are put; e VAT
    above the rate. Ends with 3 when any is open.
    """
    from django.utils import timezone

    from moothall.core.permissions import Viewer
    from moothall.spend.queries.duplicates import duplicates as found_twice

    _refuse_other_formats(format)
    _reading, filters = _asked(body, starts=starts, ends=ends, supplier=supplier)
    found = found_twice(
        Viewer.operator(), filters, day=timezone.localdate(), in_ledger=ledger
    ).only(key, status)
    _print_rows(
        found.as_json(),
        format,
        columns=("key", "status", "body", "supplier", "amount_gbp", "sentence"),
        total=f"{found.open_count:,} open, £{found.open_gbp:,.2f} if each was paid twice.",
    )
    raise typer.Exit(LOOK if found.open_count else DONE)


@app.command("aside")
def rows_set_aside(
    body: Bodies = None,
    file: Annotated[str, typer.Option("--file", help="Only of the file of this name.")] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="A reason code; `all` for totals and headers too.")
    ] = "",
    mended: Annotated[
        Path | None,
        typer.Option("--mended", help="Load the rows of this file whose cells were mended."),
    ] = None,
    format: Format = "table",
) -> None:
    """List the rows set aside, with their reasons; or load those that were mended.

    Example: moothall spend aside --format csv > rows.csv, mend cells, then
    moothall spend aside --mended rows.csv

    Ends with 3 while rows wait for a person.
    """
    from django.utils import timezone

    from moothall.core.permissions import Viewer
    from moothall.directory.queries import body_named
    from moothall.spend.queries import aside

    _refuse_other_formats(format)
    operator = Viewer.operator()
    if mended:
        from moothall.spend.actions.corrections import Mended, correct_rows
        from moothall.spend.actions.projecting import project

        changed = aside.rows_returned(operator, mended.read_bytes())
        done, left = correct_rows(
            [Mended(row.source_id, row.row, row.cells, row.sheet) for row in changed],
            by=None,
            at=timezone.now(),
        )
        typer.echo(f"{len(done):,} rows mended and loaded.", err=True)
        for row in left:
            typer.echo(f"Row {row.row} stays set aside. {row.sentence}", err=True)
        if done:
            project(at=timezone.now())
        raise typer.Exit(LOOK if left else DONE)
    wanted = {body_named(name).pk for name in body or ()}
    rows = tuple(
        row
        for row in aside.all_aside(operator, aside.AsideFilter(reason=reason))
        if (not wanted or row.body_id in wanted) and file in ("", row.file)
    )
    head, cells = aside.as_rows(rows)
    if format == "csv":
        from moothall.spend.queries.work import as_csv

        typer.echo(as_csv(head, cells), nl=False)
    else:
        documents = [
            {
                **dict(zip(head[:7], row[:7], strict=True)),
                "amount_gbp": None if row[6] is None else f"{row[6]:.2f}",
                "cells": list(held.cells),
            }
            for row, held in zip(cells, rows, strict=True)
        ]
        columns = ("file", "sheet", "row", "reason", "sentence", "amount_gbp")
        _print_rows({"rows": documents}, format, columns=columns, total=f"{len(rows):,} rows.")
    raise typer.Exit(LOOK if rows else DONE)


@app.command()
def mapping(
    body: Annotated[str, typer.Argument(help="The body, by name.")],
    layout: Annotated[
        str, typer.Option("--layout", help="The first letters of a layout's number.")
    ] = "",
    like: Annotated[
        Path | None, typer.Option("--like", help="Start from what this file seems to say.")
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", help="FIELD=COLUMN, by header or place from 1; FIELD= for none."),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Forget the layout.")] = False,
    format: Format = "table",
) -> None:
    """Show what each column means for a body's files, as confirmed; and change it.

    Example: moothall spend mapping "Aldermoor Council" --like 2025-04.csv --set amount="Net amount"
    """
    import json

    from django.utils import timezone

    from moothall.directory.queries import body_named
    from moothall.spend.actions import uploads as deeds
    from moothall.spend.queries import uploads

    _refuse_other_formats(format)
    publisher = body_named(body)
    if forget or sets or like:
        document = deeds.mapping_to_change(publisher, layout=layout, like=like)
        if forget:
            deeds.forget_mapping(
                body=publisher,
                digest=deeds.header_digest(document.headers),
                by=None,
                at=timezone.now(),
            )
        else:
            deeds.keep_mapping(
                deeds.mapping_with(document, sets or ()),
                body=publisher,
                by=None,
                at=timezone.now(),
            )
    held = uploads.mappings_of(publisher.pk)
    documents: list[dict[str, Any]] = [
        {
            "layout": row.digest[:12],
            "kind": row.kind,
            "date_meaning": row.date_meaning,
            "confirmed_by": row.confirmed_by,
            "confirmed_on": str(row.confirmed_on),
            "fields": dict(row.fields),
            "headers": list(row.headers),
        }
        for row in held
    ]
    if format == "json":
        typer.echo(json.dumps({"body": publisher.name, "rows": documents}, indent=1))
        return
    if not held:
        typer.echo(f"Nothing is confirmed for {publisher.name}: files are read as proposed.")
        return
    flat = [
        {"layout": row["layout"], "field": field, "column": column}
        for row in documents
        for field, column in row["fields"].items()
    ]
    _print_rows({"rows": flat}, format, columns=("layout", "field", "column"))
