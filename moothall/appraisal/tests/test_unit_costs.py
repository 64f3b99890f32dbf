"""A workbook of unit costs is read, worked out again, and uplifted; none is shipped."""

import json
import lzma
from datetime import date
from decimal import Decimal

import pytest

from moothall.appraisal.engine.deflators import deflator
from moothall.appraisal.engine.unit_costs import NoUnitCosts, unit_costs
from moothall.core.rules import rules_of

DEFLATOR = deflator(rules_of("appraisal", "deflators"), date(2026, 11, 24))
LOOKUPS = [
    ["Current Year", "", "Year", "GDP cumulative\n(using 1989 as base year)"],
    ["", "", "2002/03", 145.54412602660028],
    ["2015/16", "", "2015/16", "195.9696985671229"],
]
THREE = ["Estimated cost/saving", "Year", "Updated cost/saving"]
HEADINGS = [
    [
        *["Outcome category", "Outcome detail", "Cost code", "Cost / saving detail", "Unit"],
        *["Agency", "", "Fiscal Cost", "", "", "Economic value", "", ""],
        *["Original source", "RAG", "Comment"],
    ],
    ["", "", "", "", "", "Level 1", "Level 2", *THREE, *THREE, "", "", ""],
]


def row(code, fiscal=("", "", ""), economic=("", "", "")):
    return ["CRIME", "NOISE", code, "Noise\nat night", "Per incident", "Police", "",
            *fiscal, *economic, "A study", "R", "Old"]  # fmt: skip


def read(*rows, lookups=LOOKUPS):
    return unit_costs(
        {"Introduction": [["Words"]], "Crime": [*HEADINGS, *rows], "Lookups": lookups}
    )


def test_a_row_is_read_with_each_of_its_values():
    found = read(row("CR1.0", (500.0, "2002/03", 673.2312183155595), ("1,200", "2015/16", "")))
    fiscal, economic = found.of_code("CR1.0")
    assert (fiscal.kind, fiscal.amount_gbp, fiscal.year) == ("fiscal", 500, 2002)
    assert (economic.kind, economic.amount_gbp, economic.updated_gbp) == ("economic", 1200, None)
    assert (fiscal.title, fiscal.agency, fiscal.grade) == ("Noise at night", "Police", "R")
    assert fiscal.place == "Crime, row 3"
    assert not found.findings


def test_a_value_is_uplifted_by_the_dated_deflator_from_the_year_it_was_stated_in():
    """The deflator is 57.24975 in 2002/03 and 104.5602 in 2026/27: 500 becomes 913.19."""
    (cost,) = read(row("CR1.0", (500.0, "2002/03", 673.2312183155595))).costs
    assert round(cost.in_prices_of(DEFLATOR, 2026), 2) == Decimal("913.19")
    assert cost.in_words(DEFLATOR, 2026) == (
        "Noise at night: £500.00 per incident in 2002/03 prices is £913.19 in 2026/27 prices."
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (row("CR1", (500, "2002/03", 700)), "CR1 is updated to £700.00, and the workbook's own"),
        (row("CR1", (500, "", "")), "CR1 has a fiscal value and no year of its prices."),
        (row(" ", (500, "2002/03", "")), "Noise at night has a fiscal value and no code."),
        (row("CR1", ("about 5", "2002/03", "")), "'about 5' is no amount."),
    ],
)
def test_whatever_is_odd_is_said_with_its_place(given, said):
    (finding,) = read(given).findings
    assert finding.sentence.startswith(said)
    assert finding.place == "Crime, row 3"


def test_a_code_that_stands_twice_is_said_and_rows_below_the_end_are_not_read():
    twice = row("CR1", (5, "2002/03", ""))
    found = read(twice, twice, ["Do not delete rows"], row("CR2", (5, "2002/03", "")))
    assert [cost.code for cost in found.costs] == ["CR1", "CR1"]
    (finding,) = found.findings
    assert finding.sentence == "The code CR1 stands twice: Crime, row 3 and Crime, row 4."


def test_without_its_own_deflators_a_workbook_is_read_and_not_checked():
    found = read(row("CR1", (500, "2002/03", 1)), lookups=[])
    (finding,) = found.findings
    assert finding.sentence == "The workbook's own deflators were not found."
    assert found.updated(found.costs[0]) is None


def test_a_workbook_without_unit_costs_is_refused():
    with pytest.raises(NoUnitCosts, match=r"No sheet of this workbook has a heading 'Cost code'"):
        unit_costs({"Sheet1": [["Name", "Amount"]]})


@pytest.fixture(scope="module")
def published(shared_data):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(
        str(shared_data / "appraisal" / "gmca-unit-cost-database-v1.4.xlsx")
    )
    return unit_costs({name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names})


def test_every_updated_value_of_the_published_workbook_is_worked_out_to_the_penny(published):
    checked = [cost for cost in published.costs if cost.updated_gbp is not None]
    assert len(checked) > 700
    assert published.current_year == 2015
    (first, *_) = published.of_code("CR1.0")
    assert round(published.updated(first), 2) == Decimal("673.23")
    odd = [one.sentence for one in published.findings if "is updated to" in one.sentence]
    assert not odd


def test_the_published_workbook_is_read_as_others_have_read_it(published, shared_data):
    packed = (shared_data / "appraisal" / "gmca-unit-costs-674.json.xz").read_bytes()
    others = [
        entry
        for category in json.loads(lzma.decompress(packed))["categories"].values()
        for entry in category["entries"]
    ]
    assert len(others) == 674
    fiscal = {}
    for cost in published.costs:
        if cost.kind == "fiscal":
            fiscal.setdefault(cost.code, set()).add(round(float(cost.amount_gbp), 2))
    assert {entry["code"] for entry in others} <= fiscal.keys()
    differs = [
        entry["code"]
        for entry in others
        if round(entry["cost_gbp"], 2) not in fiscal[entry["code"]]
    ]
    # There the other reading ran a formula's digits together: "=3308/40" became 330840.
    assert len(differs) == 22
    assert all(max(fiscal[code]) < 3_000 for code in differs)
