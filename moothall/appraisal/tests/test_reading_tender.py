"""Bids and trials in an appraisal's file."""

from decimal import Decimal

import pytest

from moothall.appraisal.engine.result import result
from moothall.appraisal.queries.rules import rule_books
from moothall.appraisal.tests.files import findings, read, said

TENDER = {
    "price": "0.5",
    "quality": "0.4",
    "social": "0.1",
    "target_gbp": 200000,
    "price_gbp": 950000,
}
VALUES = {
    "local_jobs": {"gbp": 20000, "source": "The place's own, 2026"},
    "XX1": {"gbp": 5, "source": "Edition 2026", "title": "Hours", "licence": "12, held by us"},
}
BIDS = {
    "x": {
        "name": "X",
        "price_gbp": 1000000,
        "quality": 80,
        "social_quality": 60,
        "promises": [
            {"measure": "local_jobs", "units": 6, "by_law": 1},
            {"measure": "carbon", "units": 40},
        ],
    },
    "y": {"name": "Y", "price_gbp": 1080000, "quality": 88, "social_gbp": 400000},
}
TRIAL = {
    "title": "A letter",
    "outcome": "Recycles",
    "unit": "household",
    "arms": [
        {"name": "No letter", "people": 1500, "acted": 360},
        {"name": "Letter", "people": 1500, "acted": 420},
    ],
    "expected_share": "0.24",
    "wanted_effect": "0.05",
}


def test_bids_are_marked_by_what_they_promise():
    found = result(read(tender=TENDER, unit_values=VALUES, bids=BIDS), rule_books(), draws=100)
    x, y = found.marks
    # X: 50 x 0.95 + 40 x 0.8 + 10 x (half of 100,000/200,000 + half of 60%) = 47.5 + 32 + 5.5
    assert x.total == Decimal("85.0")
    assert round(y.total, 4) == Decimal("84.1815")
    assert [one["name"] for one in found.as_json()["bids"]] == ["X", "Y"]
    assert any("X promises carbon, of which no value is known" in note for note in found.notes)


def test_trials_are_read():
    found = result(read(trials={"letter": TRIAL}), rule_books(), draws=100)
    assert found.trials[0].effects[0].difference == pytest.approx(0.04)
    assert found.as_json()["trials"][0]["key"] == "letter"


WRONG = [
    ({"bids": BIDS}, "tender", "There are bids, and nothing says how they are marked."),
    ({"tender": {**TENDER, "social": "0.2"}}, "tender", "The weights add up to 1.1, not to 1."),
    ({"tender": {"price": "1"}}, "tender.quality", '"Weight of quality" is missing.'),
    (
        {"tender": TENDER, "bids": {"x": {**BIDS["x"], "quality": 101}}},
        "bids.x.quality",
        "101 is above 100. Give marks from 0 to 100.",
    ),
    (
        {"tender": TENDER, "bids": {"x": {**BIDS["x"],
         "promises": [{"measure": "carbn", "units": 1}]}}},
        "bids.x.promises.1.measure",
        "There is no measure 'carbn'. Did you mean 'carbon'?",
    ),
    (
        {"unit_values": {"locl_jobs": {"gbp": 1, "source": "ours"}}},
        "unit_values.locl_jobs",
        "Did you mean 'local_jobs'? Name one of the open measures, or give this one a title.",
    ),
    (
        {"trials": {"letter": {**TRIAL, "wanted_effect": 0}}},
        "trials.letter",
        "0.24 and 0.24 cannot be told apart.",
    ),
    (
        {"trials": {"letter": {**TRIAL, "arms": [{"name": "a", "people": 1, "acted": 2}]}}},
        "trials.letter",
        "a: 2 of 1 is no count.",
    ),
    ({"trials": {"letter": {**TRIAL, "outcom": ""}}}, "trials.letter.outcom", "Did you mean 'outc"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "place", "sentence"), WRONG)
def test_what_is_wrong_of_bids_and_trials_is_said_at_its_place(changed, place, sentence):
    assert sentence in said(findings(**changed)).get(place, "nothing")
