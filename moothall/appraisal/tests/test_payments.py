"""A deal as an option's way of payment: on the same futures, in the years of the appraisal."""

from decimal import Decimal

import pytest
from attrs import evolve

from moothall.appraisal.engine.cost_lines import Driver, Named
from moothall.appraisal.engine.financial_case import financial_case
from moothall.appraisal.engine.futures import futures
from moothall.appraisal.engine.payments import (
    Follows,
    Payment,
    findings,
    payment_futures,
    with_payments,
)
from moothall.appraisal.engine.unknowns import Kept
from moothall.appraisal.engine.worth_knowing import worth_knowing
from moothall.appraisal.tests.costings import costing, line
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import simulation

DEAL = """
[deal]
name = "Visits by the charity"
starts_on = 2026-04-01
ends_before = 2029-04-01
every = "half-year"

[parties]
council = { name = "Council", kind = "public body", reference = "in-house" }
nhs = { name = "NHS trust", kind = "public body", reference = "in-house" }
charity = { name = "Charity", kind = "charity" }

[facts.visits]
title = "Visits"
unit = "visits"
distribution = { kind = "uniform", low = 0, high = 100, per = "deal" }

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "charity"
amount_gbp = 1000
[terms.visits]
kind = "unit_price"
payer = "council"
payee = "charity"
volume = "visits"
bands = [{ price_gbp = 20 }]
[terms.part]
kind = "fixed_fee"
payer = "nhs"
payee = "council"
amount_gbp = 100
"""
NHS = {"nhs": Named("NHS trust", True)}
BODIES = {"council": "council", "nhs": "nhs"}
EVEN = {"kind": "uniform", "low": 0, "high": 2}


def paid(years=3, follows=None, drivers=None, draws=2000, **more):
    made = costing(
        line("flat", "own", amount=4000),
        options={"own": "Own", "deal": "Deal"},
        years=years,
        partners=NHS,
        drivers=drivers or {},
    )
    payment = Payment("deal", deal_from_toml(DEAL), BODIES, follows or {}, **more)
    assert not list(findings(payment, made))
    done = futures(made, seed=7, draws=draws, payments=(payment,))
    return done, payment, payment_futures(payment, made, done.drawing)


def test_a_deal_pays_what_its_own_simulation_with_the_same_seed_pays():
    _, payment, found = paid()
    cash = simulation(payment.deal, seed=7, draws=2000).futures.cash["council"]
    assert found.by_year["council"].sum(axis=0) == pytest.approx(cash.sum(axis=0))
    assert found.by_year["nhs"][0] == pytest.approx([-200] * 2000)


def test_its_money_of_each_year_is_taken_into_real_and_discounted():
    done, _, found = paid()
    frame = done.costing.frame
    by_hand = sum(
        found.by_year["nhs"][year] / float(frame.prices[year]) * float(frame.factors[year])
        for year in range(3)
    )
    assert found.worth["nhs"] == pytest.approx(by_hand)
    _, _, real = paid(is_nominal=False, price_year=2026)
    assert real.worth["nhs"] == pytest.approx([-200 * float(sum(frame.factors))] * 2000)


def test_what_public_bodies_pay_each_other_comes_to_nothing_for_all_of_them():
    """The council pays the charity; what the NHS trust pays the council stays among them."""
    done, _, found = paid()
    place = list(done.costing.options).index("deal")
    council, nhs = found.worth["council"], found.worth["nhs"]
    assert done.values["council"][place] == pytest.approx(council)
    assert done.values["public_sector"][place] == pytest.approx(council + nhs)
    assert done.values["society"][place] == pytest.approx(council + nhs)


def test_a_fact_that_follows_a_driver_turns_out_as_the_driver_does():
    """Ten visits a half-year in year 0 and twenty after, times the same factor as other lines."""
    drivers = {
        "demand": Driver(
            "demand", title="Demand", value=(Decimal(10), Decimal(20)), distribution=EVEN
        )
    }
    done, _, found = paid(follows={"visits": Follows("demand", Decimal(1))}, drivers=drivers)
    demand = done.drawing.of(done.unknowns["demand"])[0]
    assert found.by_year["council"][0] == pytest.approx(-2 * (900 + 20 * 10 * demand))
    assert found.by_year["council"][1] == pytest.approx(-2 * (900 + 20 * 20 * demand))
    found_out = worth_knowing(done, "council").unknowns[0]
    assert (found_out.title, found_out.exact) == ("Demand", False)
    certain = {"demand": evolve(drivers["demand"], distribution=None)}
    _, _, found = paid(follows={"visits": Follows("demand")}, drivers=certain)
    assert found.by_year["council"][0] == pytest.approx([-2 * (900 + 20 * 10)] * 2000)


def test_the_tables_hold_what_the_deal_is_expected_to_pay():
    done, payment, found = paid()
    tables = with_payments(done.costing, {"deal": (payment, found)})
    case = financial_case(tables)
    (council,) = (one for one in case.options["deal"].lines if one.total)
    assert council.line.title == "Visits by the charity, as expected"
    assert case.options["deal"].costs_by_year[0] == -round(
        Decimal(float(found.by_year["council"][0].mean())), 2
    )
    assert financial_case(tables, "nhs").options["deal"].costs_by_year[0] == 200


def test_the_facts_of_a_deal_can_be_worth_knowing():
    done, _, _ = paid()
    found = worth_knowing(done, "council")
    (visits,) = found.unknowns
    assert visits.title == "Visits (Deal)"
    assert visits.worth > 0
    assert not visits.exact
    assert visits.worth <= found.everything


def test_the_same_deal_is_not_run_again():
    done, payment, _ = paid()
    kept = Kept()
    runs = [
        payment_futures(payment, done.costing, evolve(done.drawing, kept=kept)) for _ in range(2)
    ]
    assert runs[0] is runs[1]


def test_years_outside_the_appraisal_are_said_and_left_out():
    done, _, found = paid(years=2)
    assert found.by_year["council"].shape == (2, 2000)
    assert (
        "Visits by the charity also runs in 2028/29, outside the years of the appraisal: what it "
        "pays then is left out." in done.notes
    )


def test_a_deal_that_does_not_fit_says_why():
    made = costing(line(), partners={})
    deal = deal_from_toml(DEAL.replace("distribution = {", "at_zero_effect = {"))
    wrong = Payment("a", deal, {"council": "moon", "crown": "council"}, {"visits": Follows("x")})
    said = [one.sentence for one in findings(wrong, made)]
    assert said[0].startswith("Visits has neither a value nor a distribution.")
    assert said[1:] == [
        "moon is no body of this appraisal.",
        "Visits by the charity has no party crown.",
        "NHS trust is a public body, and no body of the appraisal stands for it.",
        "visits cannot follow x.",
    ]
    nobody = list(findings(Payment("a", deal_from_toml(DEAL), {}), made))
    assert nobody[-1].sentence == "No party of the deal is a body of the appraisal."
