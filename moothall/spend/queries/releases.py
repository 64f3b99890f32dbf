"""What was released under the Transparency Code, and what would the next release be made from?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen
from django.conf import settings
from ibis import _

from moothall.core import lake
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on, rules_of
from moothall.directory.models import Organisation
from moothall.directory.permissions import why_not_publish
from moothall.spend.engine.publishing import (
    CodeRules,
    Exclusion,
    ProofLine,
    due_on,
    quarter_label,
)
from moothall.spend.models import Release, SourceFile
from moothall.values.money import PENNY
from moothall.values.periods import Period

CODE = "transparency_code"
CODE_RULES = ("spend_threshold", "every_card_item", "publish_within", "exclusions")
EXTRACT, CARDS, SPEND = "ap_extract", "cards", "spend"
BASES = {
    EXTRACT: "the body's extract of its ledger",
    SPEND: "the body's loaded publications",
}


def code_rules_on(day: date) -> CodeRules:
    """The Transparency Code in force for payments made on `day`."""

    def value(key: str) -> Any:
        return rule_on(day, "spend", CODE, key).value

    return CodeRules(
        threshold=Decimal(str(value("spend_threshold"))),
        every_card_item=bool(value("every_card_item")),
        exclusions=tuple(Exclusion.from_rule(each) for each in value("exclusions")),
    )


def rules_told(day: date) -> dict[str, dict[str, object]]:
    """The rules a release was made by, for its manifest: value, since when, source, verified."""
    told = {}
    for key in CODE_RULES:
        rule = rules_of("spend", CODE)[key]
        version = rule.on(day)
        value = [each["label"] for each in version.value] if key == "exclusions" else version.value
        told[key] = {
            "label": rule.label,
            "unit": rule.unit,
            "value": value,
            "in_force_from": version.in_force_from.isoformat(),
            "source": version.source,
            "verified": version.verified,
        }
    return told


def due_date(period: Period) -> date:
    """The last day on which the quarter is published in time."""
    return due_on(period, int(rule_on(period.last_day, "spend", CODE, "publish_within").value))


@frozen(eq=False)
class QuarterLines:
    """The lines a release is made from. lines: polars; source: counted apart from them.

    files : of each source file, its counts inside and outside the quarter
    """

    basis: str
    lines: pl.DataFrame
    source: ProofLine
    files: tuple[dict[str, object], ...]


def quarter_lines(body_id: int, period: Period) -> QuarterLines | None:
    """A body's payments in a quarter: of its ledger's extract, or else of what it published.

    None when nothing loaded has a payment in the quarter.
    """
    payments = lake.payments_for(Viewer.operator())
    for basis in (EXTRACT, SPEND):
        kinds = (EXTRACT,) if basis == EXTRACT else (SPEND, CARDS)
        chosen = _publications(body_id, period, kinds)
        if basis == EXTRACT and chosen and not _has_cards(payments, chosen, period):
            # The ledger pays the card company's bill; the items bought by card come apart.
            chosen += _publications(body_id, period, (CARDS,))
        if found := _lines(payments, chosen, period, basis):
            return found
    return None


def loaded_days(body_id: int) -> list[Period]:
    """The days of which something of a body's stands, publications that meet made one."""
    held = Publication.objects.filter(body_id=body_id, state=Publication.State.CURRENT)
    days: list[Period] = []
    for starts_on, ends_before in held.order_by("starts_on").values_list(
        "starts_on", "ends_before"
    ):
        if days and starts_on <= days[-1].ends_before:
            earlier = days.pop()
            starts_on, ends_before = earlier.starts_on, max(earlier.ends_before, ends_before)
        days.append(Period(starts_on, ends_before))
    return days


def _publications(body_id: int, period: Period, kinds: tuple[str, ...]) -> list[int]:
    held = Publication.objects.filter(
        body_id=body_id,
        kind__in=kinds,
        state=Publication.State.CURRENT,
        starts_on__lt=period.ends_before,
        ends_before__gt=period.starts_on,
    )
    return list(held.order_by("starts_on", "pk").values_list("pk", flat=True))


def _within(payments: lake.Payments, publications: list[int], period: Period) -> Any:
    every: Any = payments.lines
    lines = every.filter(_.publication_id.isin(publications or [-1]))
    return lines.filter(_.paid_on >= period.starts_on, _.paid_on < period.ends_before)


def _has_cards(payments: lake.Payments, publications: list[int], period: Period) -> bool:
    cards = _within(payments, publications, period).filter(_.is_card)
    return bool(cards.count().to_pyarrow().as_py())


def _lines(
    payments: lake.Payments, publications: list[int], period: Period, basis: str
) -> QuarterLines | None:
    within = _within(payments, publications, period)
    # A ledger holds net amounts; what it cannot get back is paid on top. A published file's amount
    # holds it already.
    extracts = list(
        Publication.objects.filter(pk__in=publications, kind=EXTRACT).values_list("pk", flat=True)
    )
    extra = (
        _.publication_id.isin(extracts or [-1])
        .ifelse(_.irrecoverable_vat.coalesce(0), 0)
        .cast("decimal(18,2)")
    )
    within = within.mutate(extra_vat=extra)
    count = (
        within.aggregate(rows=_.count(), net=_.amount.sum(), vat=_.extra_vat.sum())
        .to_pyarrow()
        .to_pylist()[0]
    )
    if not count["rows"]:
        return None
    sorted_lines: Any = payments.categories
    categories = sorted_lines.select("category_key", "category")
    joined = within.left_join(categories, "category_key").drop("category_key_right")
    frame = pl.DataFrame(joined.to_pyarrow()).with_columns(
        pl.col("category").cast(pl.String),
        counted=(pl.col("amount") + pl.col("extra_vat")).cast(pl.Decimal(38, 2)),
    )
    return QuarterLines(
        basis=basis,
        lines=frame,
        source=ProofLine(
            end="source",
            label=f"In {quarter_label(period)}, by {BASES[basis]}",
            rows=int(count["rows"]),
            net_gbp=_exact(count["net"]),
            irrecoverable_vat_gbp=_exact(count["vat"]),
        ),
        files=_files(frame),
    )


def _files(frame: pl.DataFrame) -> tuple[dict[str, object], ...]:
    """That each source file is its lines in the quarter, outside it, and set aside."""
    sums = {
        row["source_id"]: row
        for row in frame.group_by("source_id")
        .agg(rows=pl.len(), net=pl.col("amount").cast(pl.Decimal(38, 2)).sum())
        .iter_rows(named=True)
    }
    told = []
    for file in SourceFile.objects.filter(pk__in=list(sums)).order_by("first_date", "pk"):
        inside, kept = sums[file.pk], PENNY * file.kept_pence
        told.append(
            {
                "sha256": file.sha256,
                "rows_kept": file.rows_kept,
                "kept_gbp": f"{kept:.2f}",
                "rows_in_quarter": inside["rows"],
                "in_quarter_gbp": f"{inside['net']:.2f}",
                "rows_outside_quarter": file.rows_kept - inside["rows"],
                "outside_quarter_gbp": f"{kept - Decimal(inside['net']):.2f}",
                "rows_set_aside": file.rows_set_aside,
            }
        )
    return tuple(told)


def _exact(amount: object) -> Decimal:
    return Decimal(str(amount or 0)).quantize(PENNY)


# ── what was released ────────────────────────────────────────────────────────────────────────


def releases_folder() -> Path:
    return Path(settings.HOME) / "releases"


def standing_release(body_id: int, period: Period) -> Release | None:
    """The release of a quarter that no later one replaces."""
    return Release.objects.filter(
        body_id=body_id,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        replaced_by=None,
    ).first()


@frozen
class ReleaseRow:
    """A release as a list shows it."""

    id: int
    body: str
    slug: str
    quarter: str
    period: str
    edition: int
    at: datetime
    rows: int
    published_gbp: Decimal
    manifest_sha256: str
    is_standing: bool
    was_late: bool
    due: date
    is_purged: bool


@frozen
class ReleasePage:
    """One release: what it holds, the proof, and the files it offers."""

    row: ReleaseRow
    basis: str
    proof: dict[str, Any]
    files: tuple[tuple[str, int], ...]  # name and bytes; none where it was replaced
    editions: tuple[ReleaseRow, ...]


def release_list(bodies: Iterable[int] | None = None) -> tuple[ReleaseRow, ...]:
    """Every release that stands, newest quarter first."""
    held = Release.objects.filter(replaced_by=None).select_related("body")
    if bodies is not None:
        held = held.filter(body_id__in=list(bodies))
    return tuple(_row(each) for each in held.order_by("-starts_on", "body__name"))


def release_page(release_id: int) -> ReleasePage | None:
    release = Release.objects.select_related("body").filter(pk=release_id).first()
    if release is None:
        return None
    row = _row(release)
    same = Release.objects.select_related("body").filter(
        body=release.body, starts_on=release.starts_on, ends_before=release.ends_before
    )
    folder = releases_folder() / release.folder
    files = sorted(folder.iterdir(), key=lambda path: _ORDER.get(path.name, 9))
    return ReleasePage(
        row=row,
        basis=BASES[release.basis],
        proof=release.proof,
        files=tuple((path.name, path.stat().st_size) for path in files) if row.is_standing else (),
        editions=tuple(_row(each) for each in same.order_by("-edition")),
    )


_ORDER = {
    "payments.csv": 0,
    "dictionary.csv": 1,
    "errata.csv": 2,
    "proof.json": 3,
    "manifest.json": 4,
    "manifest.sig": 5,
}
OFFERED = frozenset(
    {
        "payments.csv",
        "dictionary.csv",
        "errata.csv",
        "proof.json",
        "manifest.json",
        "manifest.sig",
        "signing-key.pem",
    }
)


def offered_file(release_id: int, name: str) -> Path | None:
    """A file that the public may download: of a release that stands, and by its own name."""
    release = Release.objects.filter(pk=release_id, replaced_by=None).first()
    if release is None or name not in OFFERED:
        return None
    path = releases_folder() / release.folder / name
    return path if path.is_file() else None


def _row(release: Release) -> ReleaseRow:
    period = Period(release.starts_on, release.ends_before)
    due = due_date(period)
    return ReleaseRow(
        id=release.pk,
        body=release.body.name,
        slug=release.body.slug,
        quarter=quarter_label(period),
        period=str(period),
        edition=release.edition,
        at=release.at,
        rows=release.row_count,
        published_gbp=PENNY * release.published_pence,
        manifest_sha256=release.manifest_sha256,
        is_standing=not hasattr(release, "replaced_by"),
        was_late=release.edition == 1 and release.at.date() > due,
        due=due,
        is_purged=release.purged_at is not None,
    )


@frozen
class PublishingBody:
    """A body for which someone may publish."""

    name: str
    slug: str


@frozen
class QuarterToPublish:
    """A quarter of one body that has payments loaded, and where its release stands."""

    body: str
    slug: str
    quarter: str
    period: str
    due: date
    release: ReleaseRow | None
    why_not: str | None


def quarters_to_publish(body: Organisation, *, viewer: Viewer) -> tuple[QuarterToPublish, ...]:
    """The quarters in which anything of the body's is loaded, newest first."""
    held = Publication.objects.filter(body_id=body.pk, state=Publication.State.CURRENT)
    quarters = set()
    for starts_on, ends_before in held.values_list("starts_on", "ends_before"):
        last = Period(starts_on, ends_before).last_day
        year, quarter = starts_on.year, (starts_on.month + 2) // 3
        while (year, quarter) <= (last.year, (last.month + 2) // 3):
            quarters.add(Period.quarter(year, quarter))
            year, quarter = (year + 1, 1) if quarter == 4 else (year, quarter + 1)
    why_not = why_not_publish(viewer, body)
    rows = []
    for period in sorted(quarters, reverse=True):
        standing = standing_release(body.pk, period)
        rows.append(
            QuarterToPublish(
                body=body.name,
                slug=body.slug,
                quarter=quarter_label(period),
                period=str(period),
                due=due_date(period),
                release=_row(standing) if standing else None,
                why_not=why_not,
            )
        )
    return tuple(rows)


def publishing_bodies(viewer: Viewer) -> tuple[PublishingBody, ...]:
    """The bodies that `viewer` reads, by name."""
    held = Organisation.objects.filter(pk__in=viewer.bodies_read).order_by("name")
    return tuple(PublishingBody(body.name, body.slug) for body in held)
