"""What does one body stand to lose in its companies, against its reserves?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine.exposure import (
    Exposure,
    Standing,
    Stress,
    lost_if_failed,
    stressed,
)
from moothall.agreements.models import CompanyExposure, ReservesLevel
from moothall.core.permissions import Viewer
from moothall.directory import permissions as directory
from moothall.directory.models import Organisation


@frozen
class ExposureRow:
    id: int
    company_id: int
    company: str
    standing: str
    what: str
    pence: int
    starts_on: date


@frozen
class CompanyAtRisk:
    """One company: what stands behind it by kind, and what is lost if it fails."""

    company_id: int
    company: str
    by_standing: tuple[int, ...]  # in the order of Standing
    total_pence: int
    lost_pence: int


@frozen
class ExposurePage:
    body: str
    slug: str
    rows: tuple[ExposureRow, ...]
    companies: tuple[CompanyAtRisk, ...]
    total_pence: int
    reserves_pence: int | None
    reserves_on: date | None
    reserves_source: str
    stresses: tuple[Stress, ...]
    why_not_keep: str | None

    @property
    def share_of_reserves(self) -> Decimal | None:
        if not self.reserves_pence or self.reserves_pence < 0:
            return None
        return Decimal(self.total_pence) / self.reserves_pence


def exposure_page(
    body: Organisation,
    *,
    viewer: Viewer,
    day: date,
    percents: Mapping[Standing, Decimal] | None = None,
) -> ExposurePage:
    """A body's exposure register on a day; percents: the part of each kind lost at a failure."""
    held = list(
        CompanyExposure.objects.on(day)
        .filter(holder=body)
        .select_related("company__organisation")
        .order_by("company__organisation__name", "standing", "pk")
    )
    exposures = [Exposure(str(one.company), Standing(one.standing), one.pence) for one in held]
    lost = lost_if_failed(exposures, percents)
    level = ReservesLevel.objects.filter(body=body, on__lte=day).first()
    names = {one.company_id: str(one.company) for one in held}
    reserves = None if level is None else level.pence
    return ExposurePage(
        body=body.name,
        slug=body.slug,
        rows=tuple(
            ExposureRow(
                id=one.pk,
                company_id=one.company_id,
                company=str(one.company),
                standing=one.get_standing_display(),
                what=one.what,
                pence=one.pence,
                starts_on=one.starts_on,
            )
            for one in held
        ),
        companies=tuple(
            _at_risk(number, name, exposures, lost[name]) for number, name in names.items()
        ),
        total_pence=sum(one.pence for one in held),
        reserves_pence=reserves,
        reserves_on=None if level is None else level.on,
        reserves_source="" if level is None else level.source,
        stresses=stressed(exposures, reserves, percents),
        why_not_keep=directory.why_not_keep_agreement(viewer, body),
    )


def _at_risk(number: int, name: str, exposures: list[Exposure], lost: int) -> CompanyAtRisk:
    by = tuple(
        sum(one.pence for one in exposures if one.company == name and one.standing is standing)
        for standing in Standing
    )
    return CompanyAtRisk(number, name, by, sum(by), lost)


def exposure_numbered(body: Organisation, number: int) -> CompanyExposure | None:
    held = CompanyExposure.objects.select_related("company", "holder")
    return held.filter(pk=number, holder=body).first()
