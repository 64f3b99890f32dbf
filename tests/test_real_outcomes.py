"""Prices, results and payments of the outcomes contracts are those of the published record."""

import csv
import lzma
from io import StringIO

import pytest

from conftest import shared_data_folder
from moothall.deals.cases.outcome_cards import CONTRACTS

FOLDER = shared_data_folder()
pytestmark = pytest.mark.skipif(
    FOLDER is None or not (FOLDER / "outcome-contracts").is_dir(),
    reason="The published record of outcomes contracts is not here (MOOTHALL_SHARED_DATA).",
)


def rows(name: str, project: str) -> list[dict[str, str]]:
    path = FOLDER / "outcome-contracts" / f"projects_{name}.csv"
    packed = path.with_name(f"{path.name}.xz")
    held = lzma.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    return [
        {heading.removesuffix(" - (Value)"): text for heading, text in row.items()}
        for row in csv.DictReader(StringIO(held.decode("utf-8-sig"), newline=""))
        if row["Project ID"] == project
    ]


def by_outcome(found, heading):
    """Outcome number -> a figure, of the rows that have one."""
    return {
        int(row["Outcome Metric Id"].removeprefix("outcomemetric")): int(row[heading])
        for row in found
        if row[heading].isdigit() and row["Outcome Metric Id"]
    }


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_a_rate_card_is_the_one_recorded(contract):
    prices = by_outcome(rows("outcome_pricings", contract.record), "Price Per Unit - Amount")
    if contract.payments:
        assert prices == {}
        return
    assert prices == {n: one.price for n, one in enumerate(contract.card, start=1)}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_results_and_payments_are_those_recorded(contract):
    results = by_outcome(rows("results", contract.record), "Outcomes achieved")
    ours = {n: one.results for n, one in enumerate(contract.card, 1) if one.results is not None}
    assert results == ours
    paid = [
        (row["Outcome Metric Id"], int(row["Payments - Amount"]))
        for row in rows("outcome_payments", contract.record)
        if row["Type"] != "Planned"
    ]
    if paid:
        assert sum(gbp for _outcome, gbp in paid) == contract.paid
    if contract.payments:
        assert tuple(gbp for _outcome, gbp in paid) == contract.payments
    for outcome, gbp in paid:
        if outcome:
            number = int(outcome.removeprefix("outcomemetric"))
            assert contract.card[number - 1].paid == gbp
