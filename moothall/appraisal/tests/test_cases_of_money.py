"""The economic and the financial case, kept apart and reconciled; and views by who pays."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine import costing as costings
from moothall.appraisal.engine.cost_lines import NOT_ECONOMIC, CostLine, Driver, Kind, Named
from moothall.appraisal.engine.economic_case import economic_case
from moothall.appraisal.engine.financial_case import financial_case
from moothall.appraisal.engine.reconciling import reconciliation
from moothall.appraisal.engine.views import (
    benefits_by_body,
    council_view,
    flow,
    partner_views,
    public_sector_view,
)
from moothall.appraisal.tests.costings import costing, four_options, frame, line
from moothall.deals.terms.fields import FieldsNotRead, Names, read_fields

NHS = {"nhs": Named("NHS trust", True), "maker": Named("The maker", False)}
SAVED = {"cashable_share": Decimal("0.4"), "cashable_from": 2027}


def the(found, key):
    return next(one for one in found.lines if one.line.key == key)


def everything(**more):
    """One line of every kind, in one option."""
    lines = [line(kind.value, "a", kind, 100) for kind in Kind]
    return costing(*lines, partners=NHS, **more)


@pytest.mark.parametrize("kind", list(NOT_ECONOMIC))
def test_what_uses_up_nothing_counts_for_nothing_in_the_economic_case(kind):
    found = the(economic_case(everything()).options["a"], kind.value)
    assert found.present_value == 0
    assert found.left_out == NOT_ECONOMIC[kind]


def test_owned_assets_cost_what_they_could_earn_elsewhere_and_no_money_moves():
    whole = everything(years=1)
    assert the(economic_case(whole).options["a"], "opportunity_cost").present_value == -100
    found = the(financial_case(whole).options["a"], "opportunity_cost")
    assert (found.total, found.left_out) == (0, "No money moves when a body uses what it owns.")


def test_a_payment_between_bodies_of_the_appraisal_is_left_out():
    found = costing(line(paid_to="nhs", amount=10), partners=NHS, years=1)
    (only,) = economic_case(found).options["a"].lines
    assert only.left_out.startswith("One body of the appraisal pays another: for both")
    assert council_view(found, "a").net == -10
    assert public_sector_view(found, "a").net == 0
    assert partner_views(found, "a")["nhs"].net == 10


def test_a_line_may_say_why_it_alone_is_left_out():
    found = costing(line(not_economic="A redundancy payment is a transfer."), years=1)
    assert (
        economic_case(found).options["a"].lines[0].left_out == "A redundancy payment is a transfer."
    )


def test_costs_alone_are_netted_against_nothing():
    case = economic_case(four_options())
    assert case.options["outsource"].npsv is None
    only_costs = costing(line(), line(kind="funding", key="grant"))
    assert economic_case(only_costs).options["a"].npsv is None
    assert case.against_usual("in_house") == 0
    assert case.against_usual("outsource") < 0
    assert economic_case(everything()).against_usual("a") is None
    assert case.basis == (
        "Benefits are above nought and costs below. Real, in 2026/27 prices, discounted to "
        "2026/27, whose amounts are not discounted."
    )


def test_benefits_less_costs_are_the_net_value():
    found = economic_case(
        costing(line(amount=300), line("good", kind="social_benefit", amount=450), years=1)
    ).options["a"]
    assert (found.costs, found.benefits, found.npsv, found.public_costs) == (300, 450, 150, 300)


def test_optimism_bias_makes_costs_more_and_benefits_less():
    bias = Decimal("0.1")
    found = economic_case(
        costing(
            line(amount=100, optimism_bias=bias),
            line("good", kind="fiscal_benefit", amount=100, optimism_bias=bias),
            years=1,
        )
    ).options["a"]
    assert (found.costs, found.benefits) == (110, 90)


@given(st.integers(0, 100), st.integers(0, 99), st.sampled_from(["pay", "social_benefit"]))
def test_more_optimism_bias_never_raises_the_net_value(amount, percent, kind):
    less, more = (
        economic_case(
            costing(line(kind=kind, amount=amount, optimism_bias=Decimal(one) / 100), years=3)
        )
        .options["a"]
        .net
        for one in (percent, percent + 1)
    )
    assert more <= less


def test_budgets_are_in_the_money_of_each_year_with_vat_and_funding():
    """100 of 2026/27 is 102 a year later at 2%; VAT of 20 is 20.40; a grant of 50 is as stated."""
    found = financial_case(
        costing(
            line(amount=100),
            line("tax", kind="vat", amount=20, paid_to="hmrc"),
            line("grant", kind="funding", amount=(Decimal(50),), is_nominal=True),
            line("sales", kind="income", amount=(Decimal(0), Decimal(10))),
            years=2,
        ),
        budget_by_year=(Decimal(70), Decimal(100)),
    )
    only = found.options["a"]
    assert found.budget_years == ("2026/27", "2027/28")
    assert found.body_name == "The council"
    assert [round(one, 4) for one in only.costs_by_year] == [120, Decimal("122.4")]
    assert only.funding_by_year == (50, 0)
    assert [round(one, 4) for one in only.receipts_by_year] == [0, Decimal("10.2")]
    assert [round(one, 4) for one in only.net_by_year] == [-70, Decimal("-112.2")]
    assert [round(one, 4) for one in only.gap_by_year] == [0, Decimal("12.2")]
    assert financial_case(costing(line())).options["a"].gap_by_year is None


def test_only_what_is_cashed_reaches_a_budget_and_only_from_its_year_on():
    saved = line("saved", kind="fiscal_benefit", amount=100, is_nominal=True, **SAVED)
    kept = line("kept", kind="fiscal_benefit", amount=100)
    found = financial_case(costing(saved, kept, years=3)).options["a"]
    assert the(found, "saved").by_year == (0, 40, 40)
    assert the(found, "kept").left_out == "None of it can be taken out of a budget."


def test_benefits_are_shown_by_who_has_them_cashable_apart():
    saved = line("saved", kind="fiscal_benefit", amount=100, falls_on="nhs", **SAVED)
    found = costing(saved, line(amount=1), partners=NHS, years=2)
    (nhs,) = benefits_by_body(found, "a")
    assert nhs.body == "nhs"
    assert round(nhs.cashable, 4) == round(40 / Decimal("1.035"), 4)
    assert round(nhs.freed, 4) == round(100 + 60 / Decimal("1.035"), 4)


def test_another_bodys_line_is_in_its_budget_and_not_in_the_councils():
    theirs = costing(line(falls_on="nhs", amount=7), partners=NHS, years=1)
    (found,) = financial_case(theirs).options["a"].lines
    assert found.left_out == "It is in the budget of another: NHS trust."
    assert financial_case(theirs, "nhs").options["a"].costs_by_year == (7,)


def test_every_line_reconciles_and_every_difference_has_its_sentence():
    whole = everything()
    for body in ("council", "hmrc", "nhs"):
        found = reconciliation(whole, "a", body)
        assert found.financial == sum(
            one.total for one in financial_case(whole, body).options["a"].lines
        )
        net = economic_case(whole).options["a"].net
        assert found.economic == pytest.approx(net, abs=Decimal("1e-15"))
        for one in found.lines:
            assert one.economic == one.financial + sum(by.gbp for by in one.differences)
            assert all(by.sentence.endswith(".") for by in one.differences)


def test_differences_say_what_they_are():
    spread = costing(
        line(amount=100, optimism_bias=Decimal("0.1")),
        line("tax", kind="vat", amount=20, paid_to="hmrc"),
        line("saved", kind="fiscal_benefit", amount=100, **SAVED),
        years=2,
    )
    fee, tax, saved = reconciliation(spread, "a").lines
    assert [by.sentence for by in fee.differences] == [
        "Stated in 2026/27 prices: inflation is taken out.",
        "Optimism bias of 10.0% counts here; a budget holds none of it.",
        "Discounted to 2026/27: later pounds are worth less to society.",
    ]
    assert [round(by.gbp, 2) for by in fee.differences] == [2, -20, Decimal("3.72")]
    assert [by.sentence for by in tax.differences] == [
        "Left out of the economic case. VAT moves money to the Treasury and uses up nothing."
    ]
    assert saved.differences[0].sentence == (
        "40.0% of it can be cashed; what cannot is worth as much to society."
    )
    received = reconciliation(spread, "a", "hmrc").lines[1]
    assert received.differences[0].sentence == (
        "This budget receives what The council pays: for society it is only moved."
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Kind)),
            st.lists(st.integers(-1000, 1000), min_size=1, max_size=4),
            st.booleans(),
            st.sampled_from([None, "nhs", "hmrc"]),
            st.integers(0, 50),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_lines_reconcile_to_the_last_digit(given_lines):
    lines = [
        line(
            f"line{number}",
            kind=kind,
            amount=tuple(map(Decimal, amounts)),
            is_nominal=nominal,
            paid_to=paid_to,
            optimism_bias=Decimal(bias) / 100,
            price_year=None if nominal else 2024,
        )
        for number, (kind, amounts, nominal, paid_to, bias) in enumerate(given_lines)
    ]
    for one in reconciliation(costing(*lines, partners=NHS), "a").lines:
        total = one.financial + sum((by.gbp for by in one.differences), Decimal(0))
        assert total == pytest.approx(one.economic, abs=Decimal("1e-15"))


def test_a_price_that_follows_pay_rises_in_real_terms_too():
    """3% a year beside 2% in general: after a year 103 in cash is 100.98 in 2026/27 prices."""
    follows = line(amount=100, index="pay")
    found = costings.Costing(frame(2, indices={"pay": Decimal("0.03")}), {"a": "A"}, (follows,))
    assert found.nominal(follows) == (100, 103)
    assert round(found.real(follows)[1], 2) == Decimal("100.98")


def test_older_prices_are_brought_to_the_price_year():
    old = line(amount=100, price_year=2022)
    found = costing(old, years=1)
    prices = found.frame.deflator
    assert found.real(old) == (100 * prices.financial(2026) / prices.financial(2022),)


@given(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=5))
def test_the_whole_public_sector_is_the_sum_of_its_bodies(kinds):
    lines = [line(f"{n}", kind=kind, paid_to="hmrc") for n, kind in enumerate(kinds)]
    found = public_sector_view(costing(*lines, partners=NHS), "a")
    assert found.net == sum(found.by_body.values()) == 0
    assert "maker" not in found.by_body


def test_what_moves_no_money_is_in_no_bodys_view():
    assert flow(line(kind="social_benefit"), "council") == 0
    assert flow(line(kind="funding"), "council") == 1
    assert flow(line(), "nhs") == 0


def test_what_cannot_be_worked_out_is_said_with_how_to_mend_it():
    wrong = costings.Costing(
        frame(1),
        {"a": "A"},
        (
            line(falls_on="moon"),
            line(paid_to="council"),
            line("b", option="z"),
            line("c", drivers=("staff",)),
            line("d", index="pay"),
            line("e", amount=(Decimal(1),) * 2),
            line("f", cashable_share=Decimal("0.1")),
            line("g", kind="fiscal_benefit", cashable_share=Decimal("0.1")),
            line("h", optimism_bias=Decimal("0.1"), distribution={"kind": "fixed", "value": 1}),
        ),
        {"idle": Driver("idle", title="Idle")},
    )
    said = [one.sentence for one in costings.findings(wrong)]
    assert said == [
        "Fee falls on moon, which is no body of this appraisal.",
        "Fee stands twice under one key in the same option.",
        "Fee would be paid by council to itself.",
        "B is of the option z, which the appraisal does not have.",
        "C follows staff, which is no driver of this appraisal.",
        "The price of D follows pay, whose growth is not stated.",
        "E has amounts for 2 years, and the appraisal is of 1.",
        "F is a cost, and only a benefit is cashed.",
        "F can be cashed, and no year says from when.",
        "G can be cashed, and no year says from when.",
        "H has both an optimism bias and a spread of its own.",
        "Nothing follows Idle.",
    ]
    assert "Nothing follows Idle." not in {
        one.sentence for one in costings.findings(wrong, followed=["idle"])
    }
    assert not list(costings.findings(four_options()))


def test_a_line_is_read_from_a_table_with_everything_that_stops_it():
    given_line = {"key": "fee", "option": "a", "title": "Fee", "kind": "pay", "amount_gbp": [1, 2]}
    read = read_fields(CostLine, given_line, Names((), ()), ignore=("key", "option"))
    assert (read.kind, read.amount_gbp) == (Kind.PAY, (1, 2))
    wrong = {
        **given_line,
        "kind": "wage",
        "drivers": "staff",
        "distribution": {"kind": "fixed", "value": 1, "per": "deal"},
    }
    with pytest.raises(FieldsNotRead) as refused:
        read_fields(CostLine, wrong, Names((), ()), ignore=("key", "option"))
    assert [place for place, _ in refused.value.found] == ["kind", "drivers", "distribution"]
    assert "It is a list of keys." in str(refused.value)
    assert 'Its "per" stands beside the distribution: "line" or "line and year".' in str(
        refused.value
    )
    with pytest.raises(FieldsNotRead, match=r"It needs a kind: one of fixed"):
        read_fields(
            CostLine,
            {**given_line, "distribution": {}},
            Names((), ()),
            ignore=("key", "option"),
        )


def test_an_appraisal_of_no_years_is_refused():
    with pytest.raises(ValueError, match=r"An appraisal is of at least one year, not 0. Say how"):
        frame(0)


def test_a_partner_that_is_paid_bears_the_cost_of_what_it_does():
    fee = line(paid_to="nhs")
    (free,) = costings.findings(costing(fee, partners=NHS))
    assert free.sentence == "Fee pays NHS trust, which bears no cost in A."
    theirs = line("care", falls_on="nhs", amount=90)
    assert not list(costings.findings(costing(fee, theirs, partners=NHS)))


def test_a_grant_from_nobody_makes_the_public_sector_look_richer():
    (found,) = costings.findings(costing(line(kind="funding")))
    assert found.sentence == "Fee comes from no body of the appraisal."
    grant = costing(line(kind="funding", paid_to="hmrc"), years=1)
    assert not list(costings.findings(grant))
    assert public_sector_view(grant, "a").by_body == {"council": 100, "hmrc": -100}


def test_a_benefit_says_how_it_will_be_known_whether_it_came():
    warm = line("warm", kind="social_benefit")
    tried = line("walks", kind="fiscal_benefit", evaluated_by="A randomised trial")
    assert costings.not_evaluated(costing(line(), tried)) is None
    assert costings.not_evaluated(costing(line(), tried, warm)) == (
        "Nothing says how it will be known whether these came: warm. Name a trial, a comparison or "
        "a theory, and the day when what came of it replaces the forecast."
    )
