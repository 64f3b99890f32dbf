"""The tables of a board's pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from moothall.agreements.queries import boards as queries
from moothall.values.tables import Cell, Column, Kind, Table


def boards_table(rows: list[queries.BoardPage]) -> Table:
    return Table(
        caption="Boards",
        columns=(
            Column("Board"), Column("Seats", Kind.COUNT), Column("Vacant", Kind.COUNT),
            Column("Meetings", Kind.COUNT), Column("Refused decisions", Kind.COUNT),
            Column("Checks that do not hold", Kind.COUNT),
        ),
        rows=[
            (
                Cell(x.name, reverse("agreements:board", args=[x.agreement_id, x.id])),
                sum(each.seats for each in x.classes), x.vacant, len(x.meetings), len(x.refused),
                x.failed,
            )
            for x in rows
        ],
        is_caption_quiet=True,
    )  # fmt: skip


def classes_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="Classes of seats",
        columns=(
            Column("Class"), Column("Seats", Kind.COUNT), Column("Held", Kind.COUNT),
            Column("Weight", Kind.COUNT), Column("Quorum", Kind.COUNT),
            Column("Share of the vote", Kind.SHARE), Column("Alone, against all others"),
        ),
        rows=[
            (x.name, x.seats, x.held, x.weight, x.quorum, x.share, x.can.capitalize())
            for x in page.classes
        ],
        empty="No class of seats is set up.",
        empty_next="Whoever keeps the agreement adds one.",
    )  # fmt: skip


def seats_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="Who sits",
        columns=(
            Column("Name"), Column("Class"), Column("Sits for"), Column("Since", Kind.DATE),
        ),
        rows=[
            (f"{x.name}, chair" if x.is_chair else x.name, x.of_class, x.sits_for, x.starts_on)
            for x in page.seats
        ],
        empty="Nobody holds a seat today.",
    )  # fmt: skip


def meetings_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="Meetings",
        columns=(
            Column("Meeting of", Kind.DATE), Column("Where"), Column("State"),
            Column("Items", Kind.COUNT), Column("Carried", Kind.COUNT), Column("Lost", Kind.COUNT),
        ),
        rows=[
            (
                Cell(timezone.localdate(x.held_at), x.url), x.place, x.state.capitalize(),
                x.items, x.carried, x.lost,
            )
            for x in page.meetings
        ],
        empty="No meeting is called.",
    )  # fmt: skip


def refused_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="Refused under the sovereignty guarantee",
        columns=(Column("On", Kind.DATE), Column("Kind"), Column("Moved"), Column("Refused")),
        rows=[(x.on, x.matter, x.text, x.sentence) for x in page.refused],
        empty="Nothing has been refused.",
        empty_next="A motion on a ring-fenced matter would be, and would be listed here.",
    )


def deadlocks_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="Deadlocks",
        columns=(Column("About"), Column("Where it stands"), Column("Next step on", Kind.DATE)),
        rows=[
            (
                Cell(x.about, x.url),
                x.stands[:1].upper() + x.stands[1:],
                "" if x.due_on is None else x.due_on,
            )
            for x in page.deadlocks
        ],
        empty="There is no deadlock.",
    )


def elections_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="Elections",
        columns=(
            Column("To the seats of"), Column("Seats", Kind.COUNT), Column("State"),
            Column("Counted from", Kind.DATE),
        ),
        rows=[
            (Cell(x.of_class, x.url), x.seats, x.state.capitalize(), x.closes_on)
            for x in page.elections
        ],
        empty="No election is called.",
    )  # fmt: skip


def matters_table(page: queries.BoardPage) -> Table:
    return Table(
        caption="What it decides, and how",
        columns=(Column("Kind of decision"), Column("It is"), Column("It takes")),
        rows=[(x.label, x.decided.capitalize(), x.takes) for x in page.matters],
    )


def checks_table(page: queries.ChecksPage) -> Table:
    return Table(
        caption="Can one class take it",
        columns=(Column("What should hold"), Column("Does it"), Column("Because")),
        rows=[(x.question, x.state.words, x.because) for x in page.checks],
    )


def principles_table(page: queries.ChecksPage) -> Table:
    return Table(
        caption="Co-operative principles",
        columns=(
            Column("Principle"), Column("What to look for"), Column("Score"), Column("Evidence"),
            Column("Scored on", Kind.DATE),
        ),
        rows=[
            (
                f"{x.number}. {x.label}", x.look_for,
                x.said.capitalize() if x.score is None else f"{x.score}, {x.said}",
                x.evidence, "" if x.on is None else x.on,
            )
            for x in page.principles
        ],
        is_caption_quiet=True,
    )  # fmt: skip
