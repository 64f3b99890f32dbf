"""What tests of an appraisal's money start from: the worked build of four options."""

from datetime import date
from decimal import Decimal

from moothall.appraisal.engine.cost_lines import CostLine
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.frame import frame_on
from moothall.appraisal.engine.model_costs import Base, Build, built
from moothall.core.rules import rules_of

TODAY = date(2026, 11, 24)
TAXES = rules_of("appraisal", "taxes")
BASE = Base(
    pay=Decimal(3_200_000),
    non_pay=Decimal(1_400_000),
    premises=Decimal(400_000),
    overhead=Decimal(600_000),
    business_rates=Decimal(192_000),
)
BUILDS = {
    "in_house": Build(),
    "outsource": Build(
        pay=Decimal("0.97"),
        non_pay=Decimal("0.92"),
        price_margin=Decimal("0.08"),
        client=Decimal("0.025"),
        stranded=(Decimal("0.6"), Decimal("0.3")),
        set_up=Decimal(270_000),
    ),
    "company": Build(
        pay=Decimal("0.98"),
        non_pay=Decimal("0.95"),
        client=Decimal("0.01"),
        stranded=(Decimal("0.3"), Decimal("0.15")),
        set_up=Decimal(200_000),
        sales=Decimal(600_000),
        margin=Decimal("0.1"),
        is_taxed=True,
    ),
    "charity": Build(
        pay=Decimal("0.98"),
        non_pay=Decimal("0.95"),
        client=Decimal("0.015"),
        stranded=(Decimal("0.3"), Decimal("0.15")),
        set_up=Decimal(250_000),
        rates_relief=Decimal("0.8"),
        retained=Decimal("0.49"),
        vat_lost=Decimal("0.6"),
    ),
}
NAMES = {
    "in_house": "In-house",
    "outsource": "Outsource",
    "company": "Company of the council",
    "charity": "Charity",
}


def frame(years=5, **more):
    return frame_on(
        rules_of("appraisal", "discounting"),
        rules_of("appraisal", "deflators"),
        TODAY,
        **{"first_year": 2026, "years": years, **more},
    )


def four_options(**more):
    lines = tuple(
        line for key, build in BUILDS.items() for line in built(key, BASE, build, TAXES, TODAY)
    )
    return Costing(frame(), NAMES, lines, usual="in_house", **more)


def line(key="fee", option="a", kind="non_pay", amount=100, **more):
    given = Decimal(amount) if isinstance(amount, int) else amount
    return CostLine(key, option, title=key.title(), kind=kind, amount_gbp=given, **more)


def costing(*lines, years=5, options=None, **more):
    names = options or {one.option: one.option.upper() for one in lines}
    return Costing(frame(years), names, lines, **more)
