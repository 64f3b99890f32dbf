"""What is asked: where the money goes, to whom, for what, and how the bodies compare.

Each command puts one question of `queries`, under the filters that `@asks` gives it. To add one,
see docs/how-to/add-a-question.md.
"""

from typing import Annotated

import typer

from moothall.spend.commands.asking import (
    DONE,
    LOOK,
    Asked,
    Format,
    Top,
    asks,
    in_sentences,
    print_rows,
)
from moothall.spend.engine.questions import (
    FILTERS,
    By,
    DuplicateKey,
    DuplicateStatus,
    LineOrder,
    MarketBy,
    Span,
    TogetherBy,
    TrendBy,
)

app = typer.Typer()
SUMMARY = ("key", "spend_gbp", "payment_count", "share")


@app.command()
@asks()
def summary(
    asked: Asked,
    by: Annotated[
        By, typer.Option("--by", help="category, kind, supplier, department, body, month or year.")
    ],
    top: Top | None = None,
    format: Format = "table",
) -> None:
    """Add up published payments by one dimension, with any filters combined.

    Example: moothall spend summary --by supplier --from 2025-04-01 --to 2026-03-31 --top 20
    """
    from moothall.spend.queries import figures

    answer = figures.summary(asked.reading, by, asked.filters, top=top)
    print_rows(
        answer.as_json(),
        format,
        columns=SUMMARY,
        total=f"{in_sentences(answer.headline)} {answer.coverage.twice}".strip(),
    )


@app.command()
@asks()
def trends(
    asked: Asked,
    by: Annotated[
        TrendBy,
        typer.Option(
            "--by", help="category, kind, supplier, department, body (as then) or body-as-now."
        ),
    ] = "category",
    span: Annotated[Span, typer.Option("--span", help="month or year.")] = "year",
    top: Top = 20,
    format: Format = "table",
) -> None:
    """Show how published payments changed, by month or financial year.

    Example: moothall spend trends --by supplier --category ict --span year
    """
    from moothall.spend.queries.trends import trends as found

    answer = found(asked.reading, by, asked.filters, span=span, top=top)
    spans = [f"{each.key}_gbp" for each in answer.spans]
    shown = [*answer.rows, *([answer.others] if answer.others else [])]
    rows = [{"label": row.label} | dict(zip(spans, row.amounts, strict=True)) for row in shown]
    print_rows(
        answer.as_json(),
        format,
        columns=("label", *spans),
        rows=rows,
        total=in_sentences(answer.headline),
    )


@app.command()
@asks()
def suppliers(
    asked: Asked,
    find: Annotated[str, typer.Argument(help="Part of a supplier's name.")] = "",
    top: Top = 50,
    format: Format = "table",
) -> None:
    """List suppliers, spellings joined, largest first.

    Example: moothall spend suppliers telecom --top 10
    """
    from moothall.spend.queries import figures

    answer = figures.summary_page(asked.reading, "supplier", asked.filters, text=find, count=top)
    print_rows(
        answer.as_json(),
        format,
        columns=("id", "label", "spend_gbp", "payment_count", "share"),
        total=f"{answer.row_count:,} suppliers. {in_sentences(answer.headline)}",
    )


@app.command(context_settings={"ignore_unknown_options": True})  # a number may be below nought
@asks(filters=())
def supplier(
    asked: Asked,
    name: Annotated[str, typer.Argument(help="The supplier's name, or its number.")],
    format: Format = "table",
) -> None:
    """Show one supplier over every year: paid by whom, when, for what.

    Example: moothall spend supplier "Marlowe Roofing"
    """
    from moothall.spend.queries import suppliers as known

    answer = known.supplier_page(asked.reading, known.supplier_called(asked.reading, name))
    print_rows(
        answer.as_json(),
        format,
        columns=("what", *SUMMARY),
        rows=answer.as_rows(),
        total=f"{answer.name}. {in_sentences(answer.headline)}",
    )


@app.command()
@asks()
def categories(asked: Asked, format: Format = "table") -> None:
    """Show the scheme of categories, and what was paid under each kind.

    Example: moothall spend categories --from 2025-04-01 --to 2026-03-31
    """
    from moothall.spend.queries.categories import category_list

    answer = category_list(asked.reading, asked.filters)
    print_rows(
        answer.as_json(),
        format,
        columns=("code", "label", "spend_gbp", "payment_count"),
        rows=answer.as_rows(),
        total=f"£{answer.not_classified_gbp:,.2f} is not classified. "
        f"{in_sentences(answer.headline)}",
    )


@app.command()
@asks()
def category(
    asked: Asked,
    code: Annotated[str, typer.Argument(help="Its code, as `moothall spend categories` lists.")],
    format: Format = "table",
) -> None:
    """Show one category or kind: to whom, by which bodies, for what.

    Example: moothall spend category social-care --body "Aldermoor Council"
    """
    from moothall.spend.queries.categories import category_page

    answer = category_page(asked.reading, code, asked.filters)
    print_rows(
        answer.as_json(),
        format,
        columns=("what", *SUMMARY),
        rows=answer.as_rows(),
        total=f"{answer.label}. {in_sentences(answer.headline)}",
    )


@app.command()
@asks()
def lines(
    asked: Asked,
    order: Annotated[
        LineOrder, typer.Option("--order", help="paid or amount; a minus before it turns it round.")
    ] = "-paid",
    top: Top = 50,
    format: Format = "table",
) -> None:
    """List payment lines, newest first, each with its file and row.

    Example: moothall spend lines --body "Aldermoor Council" --text roofing --format csv
    """
    from moothall.spend.queries.lines import lines_page

    answer = lines_page(asked.reading, asked.filters, order=order, count=top)
    print_rows(
        answer.as_json(),
        format,
        columns=("paid_on", "body", "supplier", "purpose", "amount_gbp", "source_id", "row"),
        total=in_sentences(answer.headline),
    )


@app.command()
@asks()
def bodies(asked: Asked, format: Format = "table") -> None:
    """Show what each body published, includes and leaves out: whether they can be compared.

    Example: moothall spend bodies --from 2025-04-01 --to 2026-03-31
    """
    from moothall.spend.queries.comparing import comparability_of

    answer = comparability_of(asked.reading, asked.filters)
    print_rows(
        answer.as_json(),
        format,
        columns=(
            "name",
            "spend_gbp",
            "payment_count",
            "month_count",
            "below_upper_share",
            "credit_share",
            "card_share",
            "redacted_gbp_share",
            "date_meaning",
        ),
        total="\n".join(caution.sentence for caution in answer.cautions),
    )


@app.command()
@asks()
def between(asked: Asked, format: Format = "table") -> None:
    """List what the place's own bodies pay each other, which every net total leaves out.

    Example: moothall spend between --from 2025-04-01
    """
    from moothall.spend.queries.comparing import between_own_bodies

    answer = between_own_bodies(asked.reading, asked.filters)
    print_rows(
        answer.as_json(),
        format,
        columns=("payer", "payee", "name", "spend_gbp", "payment_count"),
        total=in_sentences(answer.headline),
    )


@app.command()
@asks()
def shares(asked: Asked, format: Format = "table") -> None:
    """Show how much went to local, small, third-sector and mutual suppliers, of what is known.

    Example: moothall spend shares --body "Aldermoor Council"

    Without what bodies only pass on, and what they pay each other.
    """
    from moothall.spend.queries.comparing import supplier_shares

    answer = supplier_shares(asked.reading, asked.filters)
    print_rows(
        answer.as_json(),
        format,
        columns=("label", "spend_gbp", "known_gbp", "share", "coverage"),
        total=f"Of £{answer.spend_gbp:,.2f}; the share is of what is known, the coverage of all.",
    )


@app.command()
@asks()
def concentration(
    asked: Asked,
    by: Annotated[MarketBy, typer.Option("--by", help="category or kind.")] = "category",
    format: Format = "table",
) -> None:
    """Show how much of each category its four largest suppliers hold, and its HHI.

    Example: moothall spend concentration --by kind --from 2025-04-01
    """
    from moothall.spend.queries import comparing

    found = comparing.concentration(asked.reading, asked.filters, level=by)
    print_rows(
        {"rows": [market.as_json() for market in found]},
        format,
        columns=("label", "spend_gbp", "supplier_count", "top_share", "hhi", "band"),
    )


@app.command()
@asks()
def together(
    asked: Asked,
    by: Annotated[
        TogetherBy, typer.Option("--by", help="supplier, category or kind.")
    ] = "supplier",
    top: Top = 100,
    format: Format = "table",
) -> None:
    """Show what two or more bodies buy from one supplier, or of one category.

    Example: moothall spend together --by category --from 2025-04-01 --to 2026-03-31
    """
    from moothall.spend.queries import comparing

    found = comparing.together(asked.reading, by, asked.filters, top=top)
    print_rows(
        {"rows": [row.as_json() for row in found]},
        format,
        columns=("label", "body_count", "spend_gbp", "largest_gbp", "saving_estimate_gbp"),
        total="The saving is an estimate: it knows nothing of contracts, quality or switching.",
    )


@app.command()
@asks()
def duplicates(
    asked: Asked,
    key: Annotated[
        DuplicateKey | None, typer.Option("--key", help="Only one key: a, b, c, d or e.")
    ] = None,
    status: Annotated[
        DuplicateStatus | None, typer.Option("--status", help="open, resolved or review.")
    ] = None,
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

    from moothall.directory.engine.roles import Deed
    from moothall.spend.queries.duplicates import duplicates as found_twice

    viewer = asked.viewer(Deed.SEE_PRIVATE)
    found = found_twice(viewer, asked.filters, day=timezone.localdate(), in_ledger=ledger)
    found = found.only(key or "", status or "")
    print_rows(
        found.as_json(),
        format,
        columns=("key", "status", "body", "supplier", "amount_gbp", "sentence"),
        total=f"{found.open_count:,} open, £{found.open_gbp:,.2f} if each was paid twice.",
    )
    raise typer.Exit(LOOK if found.open_count else DONE)


@app.command()
@asks(filters=[each for each in FILTERS if each.name == "bodies"])
def files(asked: Asked, format: Format = "table") -> None:
    """List the published files behind every figure, and what was kept of each.

    Example: moothall spend files --body "Aldermoor Council" --format csv
    """
    from moothall.spend.queries.files import files_published

    found = files_published(asked.reading, bodies=asked.filters.bodies)
    print_rows(
        {"rows": [file.as_json() for file in found]},
        format,
        columns=("body", "name", "rows_read", "rows_kept", "rows_set_aside", "kept_gbp", "sha256"),
    )
