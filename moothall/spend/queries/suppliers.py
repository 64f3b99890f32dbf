"""Who is this supplier: under which names, paid by whom, for what, and why are its names one?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.core.lake import WITHHELD_ID
from moothall.core.permissions import Viewer
from moothall.spend.analysis import listing
from moothall.spend.analysis.payments import Filters
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading
from moothall.spend.queries.lines import Line, PublishedMonths, newest_lines

NAMES_SHOWN = 200
KINDS = {
    "company": "Company",
    "public_body": "Public body",
    "charity": "Charity",
    "individual": "Likely a private person",
    "card_merchant": "Seen only on purchasing cards",
    "redacted": "Name withheld",
    "unknown": "Kind not known",
}
KNOWN = (
    ("is_local", "Local", "Not local"),
    ("is_small", "Small firm", "Not a small firm"),
    ("is_third_sector", "Charity or other third sector", "Not third sector"),
    ("is_mutual", "Mutual", "Not a mutual"),
)


class NoSuchSupplier(CannotDo):
    """Nothing that this reader may read was paid to a supplier of that number."""


@frozen
class PublishedName:
    """A name as a body published it, where the reader may read that body's own names."""

    body: str
    name: str | None  # None: as published it is not for this reader
    ref: str | None
    spend_gbp: Decimal
    payment_count: int
    first_month: date
    last_month: date
    name_key: int


@frozen
class Evidence:
    """Why two names are one supplier."""

    left: str
    right: str
    evidence: str
    fact: str


@frozen
class SupplierPage:
    """A supplier as one reader may see it."""

    id: int
    name: str
    kind: str
    known: tuple[str, ...]  # what a register says of it, in words
    names: tuple[PublishedName, ...]
    name_count: int
    unread_name_count: int
    headline: figures.Headline
    bodies: figures.Summary
    years: figures.Summary
    categories: figures.Summary
    evidence: tuple[Evidence, ...]
    newest: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it: what anyone may know of a supplier."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "known": list(self.known),
            "total_gbp": f"{self.headline.gross_gbp:.2f}",
            "payment_count": self.headline.payment_count,
            "bodies": [row.as_json() for row in self.bodies.rows],
            "years": [row.as_json() for row in self.years.rows],
            "kinds": [row.as_json() for row in self.categories.rows],
            "headline": self.headline.as_json(),
        }

    def as_rows(self) -> list[dict[str, Any]]:
        """The same as one list, for a table or a file."""
        parts = (("paid by", self.bodies), ("in", self.years), ("for", self.categories))
        return [{"what": what} | row.as_json() for what, part in parts for row in part.rows]


def supplier_page(reader: Viewer | Reading, supplier_id: int) -> SupplierPage:
    """Everything on a supplier's page, over all years.

    :raises NoSuchSupplier: also for names that are withheld: they have no page, nor any total.
    """
    if supplier_id == WITHHELD_ID:
        raise NoSuchSupplier(
            "Names that are withheld have no page: no total is built for someone who may be a "
            "private person. Look at the lines of one body instead."
        )
    reading = figures.reading_of(reader)
    filters = Filters(suppliers=(supplier_id,))
    names = reading.rows(listing.names_of_suppliers, filters)
    paid = {row["name_key"]: row for row in reading.rows(listing.spend_by_name, filters)}
    named = [row for row in names if row["name_key"] in paid]
    if not named:
        raise NoSuchSupplier(
            f"No supplier has the number {supplier_id} in what you may read. Search for its name."
        )
    whole = figures.totals(reading, filters)
    published = sorted(
        (_published(reading, row, paid[row["name_key"]]) for row in named),
        key=lambda name: (-name.spend_gbp, name.body),
    )
    first = named[0]
    return SupplierPage(
        id=supplier_id,
        name=first["supplier"],
        kind=KINDS.get(first["kind"] or "unknown", KINDS["unknown"]),
        known=tuple(
            yes if first[flag] else no for flag, yes, no in KNOWN if first[flag] is not None
        ),
        names=tuple(name for name in published if name.name is not None)[:NAMES_SHOWN],
        name_count=len(named),
        unread_name_count=sum(1 for name in published if name.name is None),
        headline=figures.headline_from(whole),
        bodies=figures.summary(reading, "body", filters, whole=whole),
        years=figures.summary(reading, "year", filters, whole=whole),
        categories=figures.summary(reading, "kind", filters, whole=whole),
        evidence=_evidence(reading, {row["name_key"]: row["supplier_name"] for row in named}),
        newest=newest_lines(reading, filters, PublishedMonths.found(reading, filters), count=20),
    )


def supplier_called(reader: Viewer | Reading, name: str) -> int:
    """The one supplier of a number or a name.

    :raises CannotAsk: when none goes by it, or more than one.
    """
    if name.lstrip("-").isdecimal():
        return int(name)
    found = figures.suppliers_called(reader, name)
    if len(found) > 1:
        raise figures.CannotAsk(
            f"{len(found)} suppliers have {name} in their name. Give the number of one: "
            f'`moothall spend suppliers "{name}"` lists them.'
        )
    return found[0]


def supplier_now(reader: Viewer | Reading, name_key: int) -> int | None:
    """The supplier to whom a name belongs now, when an address still gives one of its names."""
    found = figures.reading_of(reader).rows(
        listing.supplier_of_name, Filters(suppliers=(name_key,))
    )
    return next((row["supplier_id"] for row in found if row["supplier_id"] != WITHHELD_ID), None)


def bodies_paying(reader: Viewer | Reading, supplier_id: int) -> tuple[int, ...]:
    """The ids of the bodies that a reader can see paying a supplier."""
    found = figures.summary(reader, "body", Filters(suppliers=(supplier_id,)))
    return tuple(row.id for row in found.rows if row.id is not None)


def _published(reading: Reading, row: dict, paid: dict) -> PublishedName:
    return PublishedName(
        body=reading.body_names.get(row["body_id"], ""),
        name=row["supplier_name"],
        ref=row["supplier_ref"],
        spend_gbp=paid["spend_gbp"],
        payment_count=paid["payment_count"],
        first_month=paid["first_month"],
        last_month=paid["last_month"],
        name_key=row["name_key"],
    )


def _evidence(reading: Reading, names: dict[int, str | None]) -> tuple[Evidence, ...]:
    """The links among these names that rest only on bodies whose own rows the reader may read."""
    if len(names) < 2 or reading.viewer.is_public:
        return ()
    links = lake.private_table(reading.viewer, "links")
    keys = sorted(names)
    among = links.filter(_.left_key.isin(keys), _.right_key.isin(keys)).limit(NAMES_SHOWN)
    return tuple(
        Evidence(
            left=names[row["left_key"]] or "",
            right=names[row["right_key"]] or "",
            evidence=row["evidence"].replace("_", " "),
            fact=row["fact"] or "",
        )
        for row in among.to_pyarrow().to_pylist()
    )
