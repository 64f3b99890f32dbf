"""Is an exit plan complete and fresh, and when has an agreement ended?"""

from datetime import date
from decimal import Decimal

import pytest

from moothall.agreements.engine.exit_plan import (
    Held,
    PartHeld,
    Step,
    empty_parts,
    freshness,
    is_old,
    old_parts,
    parts,
    rehearsal_checks,
    shares_in_full,
    step_in_triggers,
    why_not_close,
)
from moothall.agreements.engine.performance import TRIGGERS

TODAY = date(2026, 6, 1)
FULL = {key: PartHeld(key, entries=1, checked_on=TODAY) for key in parts()}


def test_a_plan_with_nothing_in_it_names_every_needed_part():
    assert empty_parts({}) == (
        "Staff", "Assets", "Data", "Contracts", "Licences and know-how", "Costs of leaving",
        "Sharing of these costs",
    )  # fmt: skip


def test_a_full_plan_has_no_empty_part_and_step_in_is_not_asked_for():
    assert empty_parts({key: held for key, held in FULL.items() if key != "step_in"}) == ()


def test_nothing_of_the_kind_is_an_answer_only_with_a_reason():
    said = FULL | {"staff": PartHeld("staff", none_because="No staff work on it alone")}
    assert said["staff"].held is Held.NOTHING
    assert empty_parts(said) == ()
    assert empty_parts(FULL | {"staff": PartHeld("staff", none_because="  ")}) == ("Staff",)


def test_information_is_old_after_a_year_to_the_day():
    assert not is_old(date(2025, 6, 2), TODAY, 12)
    assert is_old(date(2025, 6, 1), TODAY, 12)
    assert is_old(None, TODAY, 12)


def test_what_is_old_is_named_and_what_is_empty_is_not_called_old():
    held = [
        PartHeld("staff", 2, checked_on=date(2025, 1, 15)),
        PartHeld("data", 1),
        PartHeld("assets"),
        PartHeld("licences", 1, checked_on=date(2026, 5, 1)),
        PartHeld("costs", 1, checked_on=date(2025, 1, 15)),
    ]
    assert freshness(old_parts(held, TODAY, 12), 12) == (
        "Data: never checked. Exit information is old after 12 months: check that it still holds.",
        "Staff and costs of leaving: last checked on 15 January 2025. Exit information is old "
        "after 12 months: check that it still holds.",
    )


def test_an_agreement_ends_when_its_last_day_is_over_and_each_item_is_dealt_with():
    ends_on = date(2026, 5, 31)
    open_ = Step("Close access", ends_on)
    done = Step("Hand over the inventory", ends_on, done_on=date(2026, 5, 20))
    aside = Step("Notify the pension fund", ends_on, set_aside_because="Nobody transfers")
    assert why_not_close([done, aside], ends_on, TODAY) is None
    assert why_not_close([done, open_], ends_on, TODAY) == (
        "This agreement has not ended: 1 item of its exit plan is open, first “Close access”. "
        "Carry each out, or set it aside with a reason."
    )
    assert why_not_close([done], date(2026, 7, 1), TODAY) == (
        "This agreement has not ended: it runs until 1 July 2026. Close it then."
    )


@pytest.mark.parametrize(
    ("shares", "is_full"),
    [({"a": "0.7", "b": "0.3"}, True), ({"a": "0.7"}, False), ({"a": "1.2", "b": "-0.2"}, False)],
)
def test_a_cost_is_shared_in_full_when_its_shares_make_one(shares, is_full):
    assert shares_in_full({key: Decimal(share) for key, share in shares.items()}) is is_full


def test_each_trigger_of_a_step_in_is_agreed_by_an_item_of_the_plan():
    assert set(step_in_triggers()) == set(TRIGGERS)
    assert set(step_in_triggers().values()) <= set(parts()["step_in"].items)


def test_a_rehearsal_asks_each_question_once():
    keys = [check.key for check in rehearsal_checks()]
    assert len(keys) == len(set(keys)) >= 5
