"""Which payments does a command ask about, as whom, and how does its answer come out?

`@asks()` gives a command every filter of `engine.questions.FILTERS`, and `--as`. The command takes
what was said as `asked`, puts its question to `asked.reading` under `asked.filters`, and hands the
answer's `as_json` to `print_rows`.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from moothall.spend.engine.questions import FILTERS, Filter

if TYPE_CHECKING:
    from moothall.core.permissions import Viewer
    from moothall.directory.engine.roles import Deed
    from moothall.spend.analysis.payments import Filters
    from moothall.spend.queries.asking import Reading
    from moothall.spend.queries.figures import Headline

DONE, LOOK, REFUSED = 0, 3, 4

Format = Annotated[
    Literal["table", "json", "csv"], typer.Option("--format", help="table, json or csv.")
]
Body = Annotated[str, typer.Option("--body", help="The body that published the files, by name.")]
Top = Annotated[int, typer.Option("--top", min=1, help="Only so many rows.")]
Command = Callable[..., None]
AS_WHOM = "Answer as this person may read it: the e-mail address they sign in with, or `public`."


class Asked:
    """What was said of which payments, and of whose eyes are to see the answer."""

    def __init__(self, said: dict[str, Any], as_whom: str | None) -> None:
        self.said, self.as_whom = said, as_whom

    def viewer(self, deed: "Deed | None" = None) -> "Viewer":
        """The operator, who holds the files; or whoever `--as` names, for a deed."""
        from moothall.core.permissions import Viewer
        from moothall.directory.queries import person_with_email, viewer_for

        if not self.as_whom:
            return Viewer.operator()
        if self.as_whom == "public":
            return Viewer()
        person = person_with_email(self.as_whom)
        return viewer_for(person, deed=deed) if deed else viewer_for(person)

    @cached_property
    def reading(self) -> "Reading":
        from moothall.spend.queries.asking import reading_for

        return reading_for(self.viewer())

    @property
    def filters(self) -> "Filters":
        from moothall.spend.queries.figures import filters_named

        return filters_named(viewer=self.reading, **self.said)


def asks(*, filters: Sequence[Filter] = FILTERS) -> Callable[[Command], Command]:
    """Give a command options for the filters and `--as`; it takes them as its first argument."""

    def given_options(command: Command) -> Command:
        @wraps(command)
        def with_filters(**given: Any) -> None:
            said = {each.name: given.pop(each.name) for each in filters}
            asked = Asked({name: value for name, value in said.items() if value}, given.pop("as_"))
            command(asked, **given)

        _asked, *own, format = inspect.signature(command).parameters.values()
        more = [
            *(
                _option(each.name, list[str] if each.is_many else str, each.said, each.help)
                for each in filters
            ),
            _option("as_", str, "as", AS_WHOM),
        ]
        takes = [
            each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *more, format)
        ]
        with_filters.__signature__ = inspect.Signature(takes)  # type: ignore[attr-defined]
        return with_filters

    return given_options


def _option(name: str, takes: Any, said: str, help: str) -> inspect.Parameter:
    told = typer.Option(f"--{said}", help=help + (" Repeat." if takes is not str else ""))
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=None, annotation=Annotated[takes | None, told])


def in_sentences(head: "Headline") -> str:
    """A total gross, net of what the place's own bodies pay each other, without pass-through."""
    return (
        f"Total £{head.gross_gbp:,.2f} in {head.payment_count:,} payments. Net of "
        f"£{head.between_own_gbp:,.2f} between the place's own bodies: £{head.net_gbp:,.2f}. "
        f"Without £{head.pass_through_gbp:,.2f} only passed on: £{head.own_purpose_gbp:,.2f}."
    )


def print_rows(
    document: dict[str, Any],
    format: str,
    *,
    columns: Sequence[str],
    rows: Sequence[dict[str, Any]] | None = None,
    total: str = "",
) -> None:
    """Print an answer as JSON whole, or its rows as a table or CSV; nothing else is put out.

    rows : what a table and CSV show, where the document's own rows are not it
    """
    import csv
    import json
    import sys

    if format == "json":
        typer.echo(json.dumps(document, indent=1, default=str))
        return
    shown = document["rows"] if rows is None else rows
    if format == "csv":
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(shown)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for row in shown:
        table.add_row(*(_cell(column, row[column]) for column in columns))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    if total:
        typer.echo(total)


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if column in ("id", "source_id"):
        return str(value)
    if column == "hhi":
        return f"{value:,.0f}"
    if column.endswith("_gbp"):
        from decimal import Decimal

        return f"{Decimal(str(value)):,.2f}"
    if column.endswith(("share", "coverage")):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else str(value)
