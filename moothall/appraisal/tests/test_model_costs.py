"""Four ways to deliver one service, built from its costs; no row of what models cost left out."""

from decimal import Decimal

import pytest
from attrs import evolve

from moothall.appraisal.engine import model_costs
from moothall.appraisal.engine.cost_lines import Driver
from moothall.appraisal.engine.model_costs import PROFILES, answers, proposed_zeros, rows, to_ask
from moothall.appraisal.engine.views import (
    council_view,
    moved_between_bodies,
    public_sector_view,
    view,
)
from moothall.appraisal.tests.costings import BASE, costing, four_options, line

FOUR = four_options()


@pytest.mark.parametrize(
    ("option", "cost"),
    [
        ("in_house", 23_365_396),
        ("outsource", 25_593_402),
        ("company", 23_209_945),
        ("charity", 24_017_264),
    ],
)
def test_each_model_costs_the_council_what_was_worked_out_by_hand(option, cost):
    """Five years at 3.5%, the first not discounted. The outsourced bid has the best unit
    efficiency and the worst present value: margin, client side and stranded overhead outweigh it.
    """
    assert round(council_view(FOUR, option).cost) == cost


def test_the_recharge_counted_alike_turns_the_order():
    """In-house leaves its overhead of 600,000 a year out, and the others count what of it strands.
    Counted alike, it adds its present value, 2,803,848, and in-house is the dearest of the four.
    """
    overhead = BASE.overhead * sum(FOUR.frame.factors)
    alike = round(council_view(FOUR, "in_house").cost + overhead)
    assert alike == 23_365_396 + 2_803_848
    assert alike > round(council_view(FOUR, "outsource").cost)


def test_what_only_moves_a_tax_is_no_saving_of_the_public_sector():
    """A charity's relief of 153,600 a year costs the Treasury what it saves; VAT comes back."""
    whole = public_sector_view(FOUR, "charity")
    taxes = view(FOUR, "charity", ("hmrc",)).net
    assert whole.net == council_view(FOUR, "charity").net + taxes
    assert round(taxes / sum(FOUR.frame.factors)) == 168_000 - 153_600 + 75_264
    saving = costing(
        line("now", "now", amount=1000),
        line("then", "then", amount=1000),
        line("relief", "then", kind="business_rates", amount=-400, paid_to="hmrc"),
        years=1,
    )
    assert moved_between_bodies(saving, "then", "now") == (
        "The council saves £400, and the public sector as a whole nothing: the rest other public "
        "bodies pay."
    )
    assert moved_between_bodies(saving, "now", "then") is None


def test_an_option_that_leaves_a_row_out_is_named_with_the_row():
    found = list(model_costs.findings(FOUR, {}))
    said = [one.sentence for one in found]
    assert "In-house leaves out a row of what models cost: Stranded overhead." in said
    assert "In-house leaves out a row of what models cost: VAT on what is bought." in said
    assert "Outsource leaves out a row of what models cost: Client side." not in said
    assert found[0].mend == "Give it a line with its amounts, or nothing and why."
    assert len(said) == sum(
        not one.lines for option in FOUR.options for one in answers(FOUR, option, {})
    )


def test_nothing_with_its_reason_answers_a_row():
    whole = costing(line(option="in_house"))
    assert not list(model_costs.findings(whole, {"in_house": proposed_zeros("in_house")}))
    blank = {**proposed_zeros("in_house"), "client": " "}
    (found,) = model_costs.findings(whole, {"in_house": blank})
    assert found.place == "options.in_house.zero.client"


def test_a_row_is_answered_once_and_is_one_of_the_table():
    zeros = {"in_house": {**proposed_zeros("in_house"), "rent": "None."}}
    both = costing(line(option="in_house", kind="client"))
    first, second = (one.sentence for one in model_costs.findings(both, zeros))
    assert first == "IN_HOUSE says that Client side comes to nothing, and has a line for it."
    assert second == "IN_HOUSE gives a reason for rent, which is no row of the table."


def test_a_line_may_answer_another_row_than_its_kinds():
    rent = costing(line(kind="premises", row="subsidy", option="b"))
    found = {one.row.key: one.lines for one in answers(rent, "b", {})}
    assert [one.key for one in found["subsidy"]] == ["fee"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_has_for_every_row_a_question_or_a_reason(profile):
    proposed, asked = proposed_zeros(profile), to_ask(profile)
    assert proposed.keys() | asked.keys() == rows().keys()
    assert not proposed.keys() & asked.keys()


def test_a_driver_multiplies_each_year_of_what_follows_it():
    found = four_options()
    staff = evolve(found.lines[0], amount_gbp=Decimal(40_000), drivers=("staff",))
    drivers = {"staff": Driver("staff", title="Staff", value=(Decimal(80), Decimal(70)))}
    one = costing(staff, drivers=drivers, years=3)
    assert one.real(staff) == (3_200_000, 2_800_000, 2_800_000)
