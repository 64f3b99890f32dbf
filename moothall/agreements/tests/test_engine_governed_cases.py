"""Who could outvote whom in the published cases comes out of the engine that counts all votes."""

from fractions import Fraction

import pytest

from moothall.agreements.engine.governed_cases import GOVERNED, LEISURE
from moothall.agreements.engine.powers import SeatClass, powers
from moothall.agreements.engine.voting import Majority, Method
from moothall.deals.cases.named import CASES


def found(name):
    return {figure.name: int(figure.computed) for figure in GOVERNED[name]()}


def test_no_borough_is_outvoted_on_its_own_ground_and_any_two_run_the_service():
    assert list(found("tri-borough").values()) == [0, 0, 3]


def test_the_staff_of_greenwich_leisure_carry_an_ordinary_vote_and_no_special_one():
    assert list(found("greenwich-leisure").values()) == [1, 3]
    (staff, _others) = powers(LEISURE, Method.MEMBERS)
    assert staff.share == Fraction(11, 18)


def test_three_directors_of_goodwin_take_121_of_480_papers_each():
    assert next(iter(found("goodwin-trust").values())) == 121


def test_three_quarters_of_southwest_one_carried_everything_but_what_was_reserved():
    assert list(found("southwest-one").values()) == [3, 0, 0]


def test_a_fifth_of_urban_vision_stopped_nothing_by_itself():
    assert list(found("salford-urban-vision").values()) == [0]


def test_tenants_and_employees_are_two_classes_of_one_society():
    """Rochdale Boroughwide Housing: neither class carries a change without the other."""
    classes = (SeatClass("tenants", "Tenants", 8), SeatClass("employees", "Employees", 3))
    tenants, employees = powers(classes, Method.MEMBERS)
    assert tenants.passes == (Majority.MORE_THAN_HALF, Majority.TWO_THIRDS)
    assert Majority.THREE_QUARTERS in employees.blocks


@pytest.mark.parametrize("name", GOVERNED)
def test_each_completes_a_case_that_is_there_and_repeats_none_of_its_figures(name):
    held = {figure.name for figure in CASES[name]().figures}
    assert not held & set(found(name))
