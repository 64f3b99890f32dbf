"""The tables on the pages of changes."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse

from moothall.agreements.queries import changes
from moothall.values.tables import Cell, Column, Download, Kind, Table

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement


def ledger_table(held: "Agreement", page: changes.ChangesPage) -> Table:
    def title(row: changes.ChangeRow) -> Cell | str:
        text = f"{row.number}. {row.title}"
        if not page.is_read:
            return text
        return Cell(text, reverse("agreements:variation", args=[held.pk, row.number]))

    hidden = "Withheld" if page.is_value_withheld else None
    return Table(
        caption="Ledger of changes",
        columns=(
            Column("Change"),
            Column("Who wanted it"),
            Column("Where it stands"),
            Column("From", Kind.DATE),
            Column("Change in value", Kind.POUNDS),
            Column("Months", Kind.COUNT),
            Column("Value after it", Kind.POUNDS),
            Column("Room for small changes used, with VAT", Kind.POUNDS),
        ),
        rows=[
            (
                title(row),
                row.asked_words.capitalize(),
                row.state_words.capitalize(),
                row.in_force_from,
                hidden or row.value_gbp,
                f"{row.term_months.normalize():f}",
                hidden or ("Not in force" if row.state != "IN_FORCE" else row.value_after_gbp),
                "None" if row.small_used_gbp is None else row.small_used_gbp,
            )
            for row in page.rows
        ],
        downloads=(Download("?format=csv", "CSV"), Download("?format=json", "JSON")),
        note="Values without VAT, over the whole life.",
        empty="Nothing has changed, and nothing is asked for.",
        empty_next="A change is asked for by the party that buys, the party that supplies, or "
        "the law.",
    )


def asked_table(page: changes.ChangesPage) -> Table:
    return Table(
        caption="Who asked for the changes in force",
        columns=(
            Column("Asked for by"),
            Column("Changes", Kind.COUNT),
            Column("What they come to", Kind.POUNDS),
        ),
        rows=[
            (who.capitalize(), count, "Withheld" if gbp is None else gbp)
            for who, count, gbp in page.asked
        ],
    )


def impact_table(page: changes.VariationPage) -> Table | None:
    if page.impact is None:
        return None
    return Table(
        caption="What the terms bring each party, over the whole deal",
        columns=(
            Column("Party"),
            Column("Before", Kind.ESTIMATE),
            Column("After", Kind.ESTIMATE),
            Column("It pays more, as likely as not", Kind.ESTIMATE),
            Column("In nine of ten futures at most", Kind.ESTIMATE),
        ),
        rows=[
            (one["name"], *(Decimal(round(one[key])) for key in ("was", "now", "p50", "p90")))
            for one in page.impact["parties"]
        ],
        note=f"{page.impact['draws']:,} futures, the same before and after. Below nought it pays.",
    )


def places_table(page: changes.VariationPage) -> Table | None:
    if page.impact is None:
        return None
    return Table(
        caption="What changes in the deal file",
        columns=(Column("Where"), Column("Before"), Column("After")),
        rows=[(where, was or "Nothing", now or "Nothing") for where, was, now in _places(page)],
        empty="The deal file is the one in force.",
    )


def _places(page: changes.VariationPage) -> list[tuple[str, str, str]]:
    return [tuple(place) for place in (page.impact or {}).get("places", ())]


def grounds_table(page: changes.VariationPage) -> Table | None:
    if not page.legal or not page.legal["grounds"]:
        return None
    return Table(
        caption="Grounds of the law, one by one",
        columns=(Column("Ground"), Column("What it comes to"), Column("Because")),
        rows=[
            (
                f"{one['words']} ({one['where']})",
                one["answer"].capitalize(),
                " ".join(one["because"]),
            )
            for one in page.legal["grounds"]
        ],
    )


def assents_table(page: changes.VariationPage) -> Table:
    return Table(
        caption="Who has agreed",
        columns=(
            Column("Member"),
            Column("Its word"),
            Column("On", Kind.DATE),
            Column("How it may agree to this size"),
        ),
        rows=[
            (one.member, one.how, one.on or "Not yet", one.levels or "Nobody may")
            for one in page.assents
        ],
        empty="No member’s word is needed.",
        empty_next="Say in the agreement’s record who its members are.",
    )
