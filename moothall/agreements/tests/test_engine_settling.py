"""The life of a period, and which of several reports of a fact holds."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.agreements.engine.settling import (
    REPORTED,
    SETTLING,
    STATED,
    Report,
    differences,
    known,
    missing,
    periods_of,
    wanted,
    whole_of,
)
from moothall.agreements.tests.lamps import LAMPS
from moothall.deals.reading import deal_from_toml
from moothall.deals.versions import Version
from moothall.values.state_table import CannotMove

DEAL = deal_from_toml(LAMPS)
VERSIONS = [Version(1, DEAL, DEAL.period.starts_on)]
FIRST, SECOND, *_ = periods_of(VERSIONS)


def test_a_period_is_paid_only_by_way_of_every_step():
    state = "REQUESTED"
    for move in ("SUBMIT", "CHECK", "SETTLE", "APPROVE", "APPROVE", "PAY_PART", "PAY_ALL"):
        state = SETTLING.after(state, move)
    assert state == "PAID"
    for early in ("REQUESTED", "SUBMITTED", "CHECKED", "SETTLED", "APPROVED_ONCE"):
        with pytest.raises(CannotMove, match="It can once it is approved or paid in part"):
            SETTLING.after(early, "PAY_ALL")


def test_facts_are_not_submitted_again_once_they_are_stated():
    for state in STATED:
        with pytest.raises(CannotMove, match="You cannot submit its facts: the period is"):
            SETTLING.after(state, "SUBMIT")


def test_what_was_entered_for_another_is_not_checked_before_it_is_confirmed():
    with pytest.raises(CannotMove, match="the report is waiting for confirmation"):
        REPORTED.after("ENTERED", "CHECK")


def test_the_latest_report_of_a_fact_holds():
    said = known(
        [
            Report(FIRST.starts_on, {"lamps": Decimal(800)}),
            Report(SECOND.starts_on, {"lamps": Decimal(810)}),
            Report(FIRST.starts_on, {"lamps": Decimal(790)}),
        ],
        VERSIONS,
    )
    assert said["lamps"] == {FIRST.starts_on: Decimal(790), SECOND.starts_on: Decimal(810)}


def test_a_fact_of_the_whole_deal_is_known_for_every_period_once_it_is_reported():
    reports = [(SECOND, 3), (FIRST, 2)]
    said = known([Report(of.starts_on, {"depots": Decimal(n)}) for of, n in reports], VERSIONS)
    assert set(said["depots"]) == {period.starts_on for period in periods_of(VERSIONS)}
    assert set(said["depots"].values()) == {Decimal(2)}


def test_what_is_missing_is_what_a_term_in_force_reads_and_nobody_reported():
    assert [fact.key for fact in wanted(VERSIONS, FIRST)] == ["lamps", "depots"]
    said = known([Report(FIRST.starts_on, {"lamps": Decimal(0)})], VERSIONS)
    assert [fact.key for fact in missing(VERSIONS, FIRST, said)] == ["depots"]


def test_a_fact_stands_beside_that_of_the_period_before():
    said = {"lamps": {FIRST.starts_on: Decimal(800), SECOND.starts_on: Decimal(900)}}
    lamps, depots = differences(wanted(VERSIONS, SECOND), said, FIRST.starts_on, SECOND.starts_on)
    assert (lamps.change, lamps.share) == (Decimal(100), Decimal("0.125"))
    assert (depots.before, depots.now, depots.change, depots.share) == (None,) * 4
    (none, _other) = differences(wanted(VERSIONS, FIRST), said, None, FIRST.starts_on)
    assert (none.before, none.now) == (None, Decimal(800))


def test_both_parts_of_a_split_period_rest_on_the_facts_of_the_whole():
    middle = date(2025, 8, 1)
    versions = [*VERSIONS, Version(2, DEAL, middle, splits_period=True)]
    assert [one.starts_on for one in periods_of(versions)][1:3] == [SECOND.starts_on, middle]
    assert whole_of(versions, middle) == whole_of(versions, SECOND.starts_on) == SECOND
    said = known([Report(SECOND.starts_on, {"lamps": Decimal(5), "depots": Decimal(1)})], versions)
    first, second = periods_of(versions)[1:3]
    assert missing(versions, first, said) == missing(versions, second, said) == []
