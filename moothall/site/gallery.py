"""Which components are there, and what does each look like in each of its states?

Everything named here is invented.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
from attrs import evolve
from django.core.paginator import Paginator

from moothall.agreements.engine.life import LIFE
from moothall.appraisal.engine.criteria import Criterion, Scores, scored
from moothall.appraisal.engine.frontier import frontier
from moothall.appraisal.engine.sensitivity import sweep
from moothall.deals.cases.named import CASES
from moothall.deals.reading import deal_from_toml
from moothall.decisions.queries import About, DecisionRow
from moothall.directory.models import ExemptUnder
from moothall.site.forms import ExampleForm, ExampleSearch
from moothall.values.figures import Figure
from moothall.values.money import Money
from moothall.values.tables import Cell, Column, Download, Kind, Table

SUPPLIERS = (
    ("Brackwater Homes Ltd", Decimal("4812906.27"), 812),
    ("Ashmere Highways LLP", Decimal("3120440.00"), 96),
    ("The Lantern Trust", Decimal("98113.05"), 24),
    ("Overpaid and returned", Decimal("-12040.50"), 2),
)
TOTAL = sum((amount for _, amount, _ in SUPPLIERS), Decimal(0))
COLUMNS = (
    Column("Supplier", order="supplier"),
    Column("Payments", Kind.COUNT, order="payments"),
    Column("Amount", Kind.POUNDS, order="spend"),
    Column("Share", Kind.SHARE),
    Column("Last paid", Kind.DATE),
)


def _weighed() -> dict[str, object]:
    """Four options on two criteria, and what they cost."""
    criteria = [Criterion(one, one, "desirability") for one in ("Community benefit", "Control")]
    options = {"in": "In-house", "out": "Outsourced", "own": "Own company", "mutual": "Mutual"}
    values = zip(options, ((0, 90), (10, 40), (55, 55), (100, 20)), strict=True)
    given = {key: {"Community benefit": one, "Control": other} for key, (one, other) in values}
    found: Scores = scored(criteria, options, given)
    weights = np.array([0.6, 0.4])
    costs = dict(zip(options, map(Money, (1_000_000, 880_000, 930_000, 960_000)), strict=True))
    totals = dict(zip(options, map(float, found.values @ weights), strict=True))
    return {
        "options": options,
        "swept": sweep(found, weights, "Community benefit"),
        "frontier": frontier(totals, costs),
    }


DECIDED = About(
    subject="spend.release:1",
    body_slug="ashmere-council",
    why_not_record=None,
    is_at_work=True,
    rows=tuple(
        DecisionRow(
            id=number,
            body="Ashmere Council",
            body_slug="ashmere-council",
            about=None,
            what=what,
            why="",
            by="Ada Brack",
            at=datetime(2026, 5, number, 9, tzinfo=UTC),
            authority="Minute 14, Cabinet",
            exempt=exempt,
            why_exempt="",
            is_withheld=False,
        )
        for number, what, exempt in (
            (2, "Publish each quarter within twenty working days", ""),
            (1, "Settle with Brackwater Homes", ExemptUnder.LABOUR_RELATIONS.words),
        )
    ),
)


def months(first_year: int, amounts: list[str | None]) -> list[tuple[date, Decimal | None]]:
    """Invented amounts, one a month from an April."""
    return [
        (date(first_year + (3 + i) // 12, (3 + i) % 12 + 1, 1), None if a is None else Decimal(a))
        for i, a in enumerate(amounts)
    ]


ONE_YEAR = [
    "61.2",
    "58.9",
    "70.4",
    "66.0",
    None,
    "59.3",
    "72.8",
    "64.1",
    "80.9",
    "-6.5",
    "55",
    "91",
]


def table(ordered_by: str) -> Table:
    by = {
        "supplier": lambda row: row[0],
        "payments": lambda row: row[2],
        "spend": lambda row: row[1],
    }
    order = ordered_by if ordered_by.removeprefix("-") in by else "-spend"
    rows = sorted(SUPPLIERS, key=by[order.removeprefix("-")], reverse=order.startswith("-"))
    last = date(2026, 3, 31)
    return Table(
        caption="Suppliers, April 2025 to March 2026",
        columns=COLUMNS,
        rows=[
            (Cell(name, "#table"), count, amount, amount / TOTAL, last if count > 20 else None)
            for name, amount, count in rows
        ],
        total=("All suppliers", sum(row[2] for row in rows), TOTAL, Decimal(1), None),
        ordered_by=order,
        downloads=(Download("#table", "CSV"), Download("#table", "Excel")),
        note=f"{len(rows)} suppliers",
    )


def page(order: str, number: str) -> dict[str, object]:
    """Everything that the gallery page shows."""
    refused = ExampleForm({"amount": "12.3.4", "notes": ""})
    refused.is_valid()
    year = months(2025, ONE_YEAR)
    millions = [(day, None if a is None else a * 1_000_000) for day, a in year]
    before = [(day, None if a is None else a * 900_000 + 4_000_000) for day, a in year]
    return {
        "years": [
            ("2026/27", Decimal(-40_000), Decimal(120_000), Decimal(260_000)),
            ("2027/28", Decimal(10_000), Decimal(180_000), Decimal(330_000)),
        ],
        "payments": [("Fee", Decimal(970_000)), ("Cost of the service", Decimal(-890_000))],
        "moved_by": [
            ("Cost of the service", Decimal(240_000), Decimal(-90_000)),
            ("Volume", Decimal(40_000), Decimal(120_000)),
        ],
        "deal": deal_from_toml(CASES["southwest-one"]().deal),
        "life": LIFE,
        "overlapping": (
            ("Better together fund", "Ashmere safer streets partnership", 3),
            ("Ashmere safer streets partnership", "Vale forum", 2),
        ),
        "form": ExampleForm(auto_id="fresh_%s"),
        "refused_form": refused,
        "search": ExampleSearch(),
        "chosen": [("Ashmere Council", "?"), ("2025/26", "?")],
        "trail": [("Front page", "/"), ("Spending", "#figures"), ("Suppliers", "")],
        "table": table(order),
        "empty_table": Table(
            caption="Suppliers",
            columns=COLUMNS,
            rows=(),
            empty="No payment matches these filters.",
            empty_next="Take one of them away, or look at every year.",
            empty_url="?",
            empty_label="Clear every filter",
        ),
        "list_page": Paginator(range(1_000), 50).get_page(number),
        "summary_rows": [
            {"key": "Body", "value": "Ashmere Council", "url": "#summary_list"},
            {"key": "Period", "value": "1 April 2025 to 30 June 2025"},
            {"key": "Company number", "value": None},
        ],
        "tasks": [
            {"label": "Upload the files", "state": "Done", "url": "#task_list"},
            {
                "label": "Confirm what each column means",
                "state": "Waits for you",
                "colour": "yellow",
                "url": "#task_list",
                "hint": "Two columns are in doubt.",
            },
            {"label": "Publish", "state": "Cannot start yet", "colour": "grey"},
        ],
        "figures": [
            Figure(
                label="Published payments",
                shown="£812.4m",
                exactly="£812,431,906.27",
                basis="Net of VAT where the body says so; credits deducted; five bodies.",
                source="60 publications, April 2025 to March 2026",
                source_url="#figures",
                on=date(2026, 3, 31),
                grade="Reconciled to the penny with each published file",
            ),
            Figure(
                label="Suppliers paid",
                shown="9,310",
                unit="suppliers, spellings joined",
                basis="Names joined on strong evidence only; 212 likely joins wait for a person.",
                source="The same 60 publications",
                on=date(2026, 3, 31),
            ),
            Figure(
                label="What buying together could save",
                shown="£3m to £5m",
                unit="a year, at 2025/26 prices",
                basis="2% to 3% of spend with suppliers that two or more bodies share.",
                source="Estimate by method 1.6",
                grade="Estimate, not yet tested with suppliers",
                is_estimate=True,
            ),
        ],
        "bars": [(name, amount, "#chart_bars") for name, amount, _ in SUPPLIERS],
        "bars_whole": TOTAL,
        "months": millions,
        "series": [("Ashmere Council", millions), ("Ashmere Health", before)],
        "weighed": _weighed(),
        "cards": [
            {"label": "Spending", "url": "#cards", "text": "What is paid, to whom, for what."},
            {"label": "Decisions", "url": "#cards", "text": "Who decided, on which evidence."},
        ],
        "decided": DECIDED,
        "undecided": evolve(DECIDED, rows=()),
        "refused": [{"label": "Share it"}, {"label": "Withdraw it"}],
        "why_not": (
            "This quarter is not published: 3 lines in it look like private persons and wait for "
            "a decision. Decide each of them, then publish."
        ),
    }
