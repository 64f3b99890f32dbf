"""How do the bodies compare: what each includes, pays the others, and could buy with them?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import asdict, evolve, frozen
from django.utils import timezone

from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.directory.models import Organisation
from moothall.spend.analysis import comparability, listing, markets, summaries
from moothall.spend.analysis.payments import EVERYTHING, NOT_CLASSIFIED, Filters
from moothall.spend.engine.comparability import Caution, Included, comparability_cautions
from moothall.spend.engine.concentration import concentration_band
from moothall.spend.engine.questions import MARKET_BY, TOGETHER_BY
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading
from moothall.spend.queries.rulebook import label_of, scheme

LARGEST_IN_A_MARKET = 4


@frozen
class BodyIncluded:
    """What one body's publications include."""

    id: int
    slug: str
    name: str
    spend_gbp: Decimal
    payment_count: int
    month_count: int
    first_on: date
    last_on: date
    below_upper_share: float | None
    credit_share: float
    card_share: float
    redacted_share: float
    redacted_gbp_share: float | None
    date_meaning: str

    def as_json(self) -> dict[str, Any]:
        said = asdict(self) | {"spend_gbp": f"{self.spend_gbp:.2f}"}
        return said | {"first_on": str(self.first_on), "last_on": str(self.last_on)}


@frozen
class Comparability:
    """What every body includes, and why care is needed when they are set side by side."""

    bodies: tuple[BodyIncluded, ...]
    cautions: tuple[Caution, ...]
    upper_threshold_gbp: int

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        names = {body.id: body.name for body in self.bodies}
        return {
            "rows": [body.as_json() for body in self.bodies],
            "cautions": [
                {
                    "code": caution.code,
                    "bodies": [names[body] for body in caution.bodies],
                    "sentence": caution.sentence,
                }
                for caution in self.cautions
            ],
            "upper_threshold_gbp": self.upper_threshold_gbp,
        }


@frozen
class Between:
    """What one body of the place pays another, under one published name."""

    payer: str
    payee: str
    name: str
    name_key: int
    supplier_id: int | None
    body_id: int
    spend_gbp: Decimal
    payment_count: int

    def as_json(self) -> dict[str, Any]:
        return {
            "payer": self.payer,
            "payee": self.payee,
            "name": self.name,
            "supplier_id": self.supplier_id,
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "payment_count": self.payment_count,
        }


@frozen
class BetweenBodies:
    """Every such payment, and what is left of the total without them."""

    rows: tuple[Between, ...]
    headline: figures.Headline

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "total_gbp": f"{self.headline.between_own_gbp:.2f}",
            "headline": self.headline.as_json(),
        }


@frozen
class Market:
    """How concentrated a category is. Shares are 0 to 1."""

    code: str
    label: str
    spend_gbp: Decimal
    supplier_count: int
    top_share: float
    hhi: float
    effective_supplier_count: float
    identified_share: float | None
    band: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"spend_gbp": f"{self.spend_gbp:.2f}"}


@frozen
class Together:
    """What two or more bodies buy of one supplier, or of one kind."""

    key: str
    label: str
    id: int | None
    body_count: int
    bodies: tuple[tuple[str, Decimal], ...]
    spend_gbp: Decimal
    largest_gbp: Decimal
    payment_count: int
    saving_estimate_gbp: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "bodies": [{"body": name, "spend_gbp": f"{gbp:.2f}"} for name, gbp in self.bodies],
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "largest_gbp": f"{self.largest_gbp:.2f}",
        }


@frozen
class Share:
    """How much went to one sort of supplier, of what is known. Shares are 0 to 1."""

    flag: str
    label: str
    yes_gbp: Decimal
    known_gbp: Decimal
    share: float | None
    coverage: float | None

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.flag.removeprefix("is_"),
            "label": self.label,
            "spend_gbp": f"{self.yes_gbp:.2f}",
            "known_gbp": f"{self.known_gbp:.2f}",
            "share": self.share,
            "coverage": self.coverage,
        }


@frozen
class Shares:
    """Local, small, third-sector and mutual shares, without pass-through and own bodies."""

    spend_gbp: Decimal
    shares: tuple[Share, ...]

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        return {
            "rows": [share.as_json() for share in self.shares],
            "total_gbp": f"{self.spend_gbp:.2f}",
        }


FLAGS = (
    ("is_local", "Local suppliers"),
    ("is_small", "Small firms"),
    ("is_third_sector", "Charities and other third sector"),
    ("is_mutual", "Mutuals"),
)


def comparability_of(
    reader: Viewer | Reading, filters: Filters = EVERYTHING, *, on: date | None = None
) -> Comparability:
    """What each body includes and leaves out, as its lines show it."""
    reading = figures.reading_of(reader)
    day = on or timezone.localdate()
    lower, upper = _rule(day, "publication_thresholds")
    found = reading.rows(
        comparability.what_bodies_include, filters, thresholds_gbp=(int(lower), int(upper))
    )
    included = [_included(reading, row) for row in found]
    slugs = dict(Organisation.objects.values_list("pk", "slug"))
    cautions = comparability_cautions(
        included,
        thresholds_gbp=(int(lower), int(upper)),
        some=float(_rule(day, "included_share")),
        much_redacted=float(_rule(day, "much_redacted")),
    )
    bodies = tuple(
        BodyIncluded(
            id=row["body_id"],
            slug=slugs[row["body_id"]],
            name=each.body,
            spend_gbp=row["spend_gbp"],
            payment_count=row["line_count"],
            month_count=each.month_count,
            first_on=each.first_on,
            last_on=each.last_on,
            below_upper_share=row["below_upper_share"],
            credit_share=each.credit_share,
            card_share=each.card_share,
            redacted_share=each.redacted_share,
            redacted_gbp_share=row["redacted_gbp_share"],
            date_meaning=each.date_meaning,
        )
        for row, each in zip(found, included, strict=True)
    )
    return Comparability(
        bodies=tuple(sorted(bodies, key=lambda body: body.name)),
        cautions=tuple(cautions),
        upper_threshold_gbp=int(upper),
    )


def _included(reading: Reading, row: dict[str, Any]) -> Included:
    def share(name: str) -> float:
        return row[f"{name}_share"] or 0.0

    return Included(
        body_id=row["body_id"],
        body=reading.body_names.get(row["body_id"], ""),
        below_lower_share=share("below_lower"),
        below_upper_share=share("below_upper"),
        credit_share=share("credit"),
        card_share=share("card"),
        redacted_share=share("redacted"),
        redacted_gbp_share=share("redacted_gbp"),
        file_date_share=share("file_date"),
        vat_column_share=share("vat_column"),
        month_count=row["month_count"],
        first_on=row["first_on"],
        last_on=row["last_on"],
        date_meaning_shares={
            name: share(name) for name in ("paid", "posted", "cleared", "invoiced")
        },
    )


def between_own_bodies(reader: Viewer | Reading, filters: Filters = EVERYTHING) -> BetweenBodies:
    """What the net figure leaves out: every name that counts as another body of the place."""
    reading = figures.reading_of(reader)
    found = reading.rows(listing.suppliers_between, filters, own_bodies=reading.own_bodies)
    rows = tuple(
        Between(
            payer=reading.body_names.get(row["body_id"], ""),
            payee=reading.body_names.get(row["public_body_id"], ""),
            name=row["supplier"] or "",
            name_key=row["name_key"],
            supplier_id=row["supplier_id"],
            body_id=row["body_id"],
            spend_gbp=row["spend_gbp"],
            payment_count=row["payment_count"],
        )
        for row in found
    )
    return BetweenBodies(rows=rows, headline=figures.headline(reading, filters))


def concentration(
    reader: Viewer | Reading,
    filters: Filters = EVERYTHING,
    *,
    level: str = "category",
    on: date | None = None,
) -> tuple[Market, ...]:
    """How much of each category (or kind) its four largest suppliers hold, and its HHI.

    What is not classified is many things, and so no market.
    """
    if level not in MARKET_BY:
        raise figures.CannotAsk(
            f"Concentration is shown by category or kind, not by {level}. Choose one of them."
        )
    reading = figures.reading_of(reader)
    bands = _rule(on or timezone.localdate(), "concentration_bands")
    found = reading.rows(
        markets.concentration_by_category,
        filters,
        level=figures.DIMENSION[level],
        top=LARGEST_IN_A_MARKET,
    )
    return tuple(
        Market(
            code=row["key"],
            label=label_of(row["key"]),
            spend_gbp=row["spend_gbp"],
            supplier_count=row["supplier_count"],
            top_share=row["top_share"],
            hhi=row["hhi"],
            effective_supplier_count=row["effective_supplier_count"],
            identified_share=row["identified_share"],
            band=concentration_band(row["hhi"], bands),
        )
        for row in found
        if row["key"] != NOT_CLASSIFIED
    )


def together(
    reader: Viewer | Reading,
    by: str = "supplier",
    filters: Filters = EVERYTHING,
    *,
    top: int = 100,
    on: date | None = None,
) -> tuple[Together, ...]:
    """What two or more bodies buy from one supplier, or of one category or kind."""
    if by not in TOGETHER_BY:
        raise figures.CannotAsk(
            f"Buying together is shown by supplier, category or kind, not by {by}. Choose one."
        )
    reading = figures.reading_of(reader)
    dimension = figures.DIMENSION.get(by, by)
    discount = float(_rule(on or timezone.localdate(), "discount_per_doubling"))
    found = reading.rows(
        markets.bought_together, filters, by=dimension, discount_per_doubling=discount
    )[:top]
    keys = {row["key"] for row in found}
    by_body: dict[Any, list[tuple[str, Decimal]]] = {}
    for row in reading.rows(markets.bought_by_body, filters, by=dimension):
        if row["key"] in keys:
            body = reading.body_names.get(row["body_id"], "")
            by_body.setdefault(row["key"], []).append((body, row["spend_gbp"]))
    return tuple(
        Together(
            key=str(row["key"]),
            label=row["label"] if by == "supplier" else label_of(row["key"]),
            id=row["key"] if by == "supplier" else None,
            body_count=row["body_count"],
            bodies=tuple(by_body.get(row["key"], ())),
            spend_gbp=row["spend_gbp"],
            largest_gbp=row["largest_gbp"],
            payment_count=row["payment_count"],
            saving_estimate_gbp=row["volume_saving_estimate_gbp"],
        )
        for row in found
    )


def supplier_shares(reader: Viewer | Reading, filters: Filters = EVERYTHING) -> Shares:
    """How much stays local, goes to small firms, the third sector and mutuals, of what is known.

    Without what bodies only pass on, and without what the place's own bodies pay each other.
    """
    reading = figures.reading_of(reader)
    without = evolve(
        filters,
        without_categories=scheme().pass_through(),
        without_payments_to=reading.own_bodies,
    )
    (row,) = reading.rows(summaries.supplier_shares, without)
    return Shares(
        spend_gbp=row["spend_gbp"],
        shares=tuple(
            Share(
                flag=flag,
                label=label,
                yes_gbp=row[f"{flag}_gbp"],
                known_gbp=row[f"{flag}_known_gbp"],
                share=row[f"{flag}_share"],
                coverage=row[f"{flag}_coverage"],
            )
            for flag, label in FLAGS
        ),
    )


def _rule(day: date, key: str) -> Any:
    return rule_on(day, "spend", "questions", key).value
