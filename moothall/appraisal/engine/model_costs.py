"""Does every option answer every row of what models cost, if only with nothing and why?

And the lines that a service's own costs and a model's shape come to, as a start to be corrected.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import COUNCIL, HMRC, CostLine, Kind
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.parameters import Rules
from moothall.appraisal.engine.taxes import corporation_tax, irrecoverable_vat
from moothall.deals.deal import Finding

NIL = Decimal(0)
PROFILES = ("in_house", "outsourced", "partnership", "shared", "company", "charity")
ROW_OF: Mapping[Kind, str] = {
    Kind.VAT: "vat",
    Kind.CORPORATION_TAX: "corporation_tax",
    Kind.BUSINESS_RATES: "business_rates",
    Kind.PENSION: "pension",
    Kind.STAFF_TRANSFER: "staff",
    Kind.EMPLOYER_TAXES: "national_insurance",
    Kind.PROCUREMENT: "procurement",
    Kind.CLIENT: "client",
    Kind.STRANDED_OVERHEAD: "stranded_overhead",
    Kind.SET_UP: "set_up",
}
Zeros = Mapping[str, Mapping[str, str]]  # option -> row -> why it comes to nothing


@frozen
class Row:
    """A row of the table of model costs.

    zero : profile -> why it commonly comes to nothing; ask : profile -> what to find out
    """

    key: str
    title: str
    zero: Mapping[str, str]
    ask: Mapping[str, str]


@cache
def rows() -> Mapping[str, Row]:
    """Return the rows of the table by key, in its order."""
    path = files("moothall.appraisal") / "catalogues" / "model_costs.toml"
    return {
        key: Row(key, given["title"], given.get("zero", {}), given.get("ask", {}))
        for key, given in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


def row_of(line: CostLine) -> str:
    """Return the row that a line answers; empty where it is of the service itself."""
    return line.row or ROW_OF.get(line.kind, "")


@frozen
class Answered:
    """How an option answers a row: by its lines, or by nothing and why."""

    row: Row
    lines: tuple[CostLine, ...]
    zero: str = ""


def answers(costing: Costing, option: str, zeros: Zeros) -> tuple[Answered, ...]:
    """Return how an option answers each row, in the order of the table."""
    said = zeros.get(option, {})
    return tuple(
        Answered(
            row,
            tuple(line for line in costing.lines_of(option) if row_of(line) == key),
            said.get(key, ""),
        )
        for key, row in rows().items()
    )


def findings(costing: Costing, zeros: Zeros) -> Iterator[Finding]:
    """Yield every row that an option leaves out, or answers twice."""
    for option, name in costing.options.items():
        for one in answers(costing, option, zeros):
            place = f"options.{option}.zero.{one.row.key}"
            if not one.lines and not one.zero.strip():
                said = f"{name} leaves out a row of what models cost: {one.row.title}."
                mend = "Give it a line with its amounts, or nothing and why."
                yield Finding(place, said, mend)
            elif one.lines and one.zero:
                said = f"{name} says that {one.row.title} comes to nothing, and has a line for it."
                yield Finding(place, said, "Take out one of them.")
        for key in zeros.get(option, {}):
            if key not in rows():
                said = f"{name} gives a reason for {key}, which is no row of the table."
                mend = f"The rows are {', '.join(rows())}."
                yield Finding(f"options.{option}.zero.{key}", said, mend)


def proposed_zeros(profile: str) -> Mapping[str, str]:
    """Return, for a profile, the rows that commonly come to nothing and why, to be confirmed."""
    return {key: row.zero[profile] for key, row in rows().items() if profile in row.zero}


def to_ask(profile: str) -> Mapping[str, str]:
    """Return, for a profile, what to find out for the rows that do not."""
    return {key: row.ask[profile] for key, row in rows().items() if profile in row.ask}


@frozen
class Base:
    """What a service costs now, in a year. GBP, real."""

    pay: Decimal
    non_pay: Decimal
    premises: Decimal
    overhead: Decimal
    business_rates: Decimal = NIL


@frozen
class Build:
    """How a model's costs follow from what the service costs now. Shares are 0 to 1.

    price_margin   : the provider's margin on its costs, in its price
    client         : of what the provider is paid
    stranded       : share of the overhead that stays, by year
    sales, margin  : sold to others in a year, and the profit in it
    is_taxed       : the profit bears corporation tax
    rates_relief   : of business rates; retained : the council's share of rates
    vat_lost       : share of non-pay, as it is now, whose VAT is not recovered
    """

    pay: Decimal = Decimal(1)
    non_pay: Decimal = Decimal(1)
    price_margin: Decimal = NIL
    client: Decimal = NIL
    stranded: tuple[Decimal, ...] = ()
    set_up: Decimal = NIL
    sales: Decimal = NIL
    margin: Decimal = NIL
    is_taxed: bool = False
    associated: int = 0
    rates_relief: Decimal = NIL
    retained: Decimal = NIL
    vat_lost: Decimal = NIL
    vat_rate: Decimal = field(default=Decimal("0.2"))


def built(option: str, base: Base, build: Build, taxes: Rules, on: date) -> tuple[CostLine, ...]:
    """Return the lines of an option, all on the council, in the prices of the base.

    What comes to nothing has no line: say why with the option.
    """
    priced = 1 + build.price_margin
    pay, non_pay = base.pay * build.pay * priced, base.non_pay * build.non_pay * priced
    premises = base.premises * priced
    relief = base.business_rates * build.rates_relief
    vat = irrecoverable_vat(base.non_pay, build.vat_rate, build.vat_lost, Decimal(1))
    profit = build.sales * build.margin
    tax = corporation_tax(taxes, profit, on, build.associated) if build.is_taxed else NIL
    client = build.client * (pay + non_pay + premises - relief + vat)

    def line(key: str, title: str, kind: Kind, amount: Decimal | tuple[Decimal, ...]) -> CostLine:
        taxed = kind in (Kind.VAT, Kind.CORPORATION_TAX, Kind.BUSINESS_RATES)
        return CostLine(
            key,
            option,
            title=title,
            kind=kind,
            amount_gbp=amount,
            falls_on=COUNCIL,
            paid_to=HMRC if taxed else None,
        )

    lines = (
        line("pay", "Pay", Kind.PAY, pay),
        line("non_pay", "Other running costs", Kind.NON_PAY, non_pay),
        line("premises", "Premises", Kind.PREMISES, premises),
        line("client", "Client side", Kind.CLIENT, client),
        line(
            "stranded",
            "Stranded overhead",
            Kind.STRANDED_OVERHEAD,
            tuple(base.overhead * share for share in build.stranded),
        ),
        line("set_up", "Set-up", Kind.SET_UP, (build.set_up,)),
        line("sales", "Profit on sales to others", Kind.INCOME, profit),
        line("tax", "Corporation tax", Kind.CORPORATION_TAX, tax),
        line("relief", "Business rates relieved", Kind.BUSINESS_RATES, -relief),
        line(
            "retained", "Rates retained that are lost", Kind.BUSINESS_RATES, relief * build.retained
        ),
        line("vat", "VAT that is not recovered", Kind.VAT, vat),
    )
    return tuple(one for one in lines if one.amount_gbp not in (NIL, (), (NIL,)))
