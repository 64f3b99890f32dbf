"""Budgets by hand: two half-years, the second of which ends with the financial year."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from moothall.deals.budgets import budget_years
from moothall.deals.explaining import explained
from moothall.deals.reading import deal_and_findings, deal_from_toml
from moothall.deals.simulation import simulation
from moothall.deals.writing import toml_of

DEAL = """
[deal]
name = "Two lines"
starts_on = 2026-04-01
ends_before = 2027-10-01
every = "half-year"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Brightway Ltd"
kind = "supplier"

[budgets.homes]
party = "council"
ring_fence = "HRA"
approved_gbp = { "2026/27" = 300 }

[facts.repairs]
title = "Repairs"
unit = "repairs"
distribution = { kind = "uniform", low = 100, high = 200, per = "deal" }

[facts.staff]
title = "Staff of its own"
borne_by = "council"
value = 40

[facts.calm]
title = "Quiet nights"
unit = "nights"
price_gbp = 1000
enjoyed_by = "council"
value = 7

[terms.repairs]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "repairs"
vat = "standard"
bands = [{ price_gbp = 1 }]
budgets = { council = { ring_fence = "HRA" } }

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 10
"""


def years_of(text=DEAL, party="council", vat_rate=None, draws=4000):
    done = simulation(deal_from_toml(text), seed=1, draws=draws)
    return {(y.ring_fence, y.year): y for y in budget_years(done, party, vat_rate)}


def test_a_line_is_set_against_what_is_approved():
    """Two half-years at one draw from 100 to 200: 200 to 400, of which 300 is approved."""
    found = years_of()[("HRA", "2026/27")]
    assert found.mean == pytest.approx(300, rel=0.01)
    assert (found.p50, found.p80, found.p95) == pytest.approx((300, 360, 390), rel=0.02)
    assert found.approved_gbp == 300
    assert found.exceed_probability == pytest.approx(0.5, abs=0.03)
    assert found.reserve_gbp == pytest.approx(60, abs=5)


def test_a_year_of_which_nothing_is_approved_says_nothing_of_exceeding_it():
    found = years_of()[("HRA", "2027/28")]
    assert (found.approved_gbp, found.exceed_probability, found.reserve_gbp) == (None, None, None)
    assert found.mean == pytest.approx(150, rel=0.01)


def test_what_a_body_bears_itself_stands_in_its_general_fund_and_a_mere_price_does_not():
    """A fee of 10 and staff of 40, twice; quiet nights are worth something and no cash."""
    found = years_of()[("General Fund", "2026/27")]
    assert (found.mean, found.p95) == (100, 100)


def test_what_is_owed_and_not_paid_when_the_year_ends_is_its_accrual():
    """The half-year to 31 March is paid after it: 100 to 200, and the fee of 10, not the staff."""
    found = years_of()
    homes = found["HRA", "2026/27"].accrual
    assert (homes.p5, homes.p50, homes.p95) == pytest.approx((105, 150, 195), rel=0.02)
    assert found["General Fund", "2026/27"].accrual.p50 == 10
    assert found["General Fund", "2027/28"].accrual.p50 == 0


@pytest.mark.parametrize(("days", "unpaid"), [(0, 0), (181, 0), (182, 10), (400, 10)])
def test_an_accrual_is_what_the_payment_days_leave_open(days, unpaid):
    """The half-year to 30 September is paid by 31 March, 182 days after it, or it is accrued."""
    head = 'every = "half-year"'
    text = DEAL.replace("2027-10-01", "2026-10-01").replace(head, f"{head}\npayment_days = {days}")
    assert years_of(text)["General Fund", "2026/27"].accrual.p50 == unpaid


def test_a_period_over_two_years_is_accrued_for_its_days_before_the_end():
    text = DEAL.replace("2026-04-01", "2026-01-01").replace("2027-10-01", "2026-07-01")
    found = years_of(text)["General Fund", "2025/26"]
    assert found.accrual.p50 == pytest.approx(10 * 90 / 181)
    assert found.mean == pytest.approx(50 * 90 / 181)


def test_only_vat_that_is_not_recovered_is_a_cost():
    def rate(treatment, day):
        assert treatment == "standard"
        assert day in {date(2026, 9, 30), date(2027, 3, 31), date(2027, 9, 30)}
        return Decimal("0.20")

    assert years_of(vat_rate=rate)["HRA", "2026/27"].mean == pytest.approx(300, rel=0.01)
    half = DEAL.replace('reference = "in-house"', 'reference = "in-house"\nvat_recovered = "0.5"')
    found = years_of(half, vat_rate=rate)
    assert found["HRA", "2026/27"].mean == pytest.approx(330, rel=0.01)
    assert found["General Fund", "2026/27"].mean == 100


def test_the_lines_of_a_body_add_up_to_its_cash():
    text = DEAL.replace('unit = "nights"\nprice_gbp = 1000\n', "")
    done = simulation(deal_from_toml(text), seed=1, draws=500)
    total = sum(year.mean for year in budget_years(done, "council"))
    assert total == pytest.approx(-done.futures.cash["council"].sum(axis=0).mean())


def test_what_a_failure_throws_back_stands_in_the_general_fund():
    """The contractor bears 400 a half-year for some 160, and can lose 30: it fails at once."""
    means = 'kind = "supplier"\nresources_gbp = 30\nresidual_bearer = "council"'
    text = DEAL.replace('kind = "supplier"', means)
    text = text.replace('borne_by = "council"\nvalue = 40', 'borne_by = "contractor"\nvalue = 400')
    done = simulation(deal_from_toml(text), seed=1, draws=500)
    assert done.parties["contractor"].failure_probability == 1
    general = [y for y in budget_years(done, "council") if y.ring_fence == "General Fund"]
    homes = [y for y in budget_years(done, "council") if y.ring_fence == "HRA"]
    quiet = 3 * 7 * 1000
    whole = -done.futures.cash["council"].sum(axis=0).mean() + quiet
    assert sum(y.mean for y in general) + sum(y.mean for y in homes) == pytest.approx(whole)
    assert np.mean([y.mean for y in general]) > 100


def test_a_party_that_is_no_public_body_has_no_budget():
    assert years_of(party="contractor") == {}


def test_a_line_is_said_in_words():
    text = DEAL.replace('unit = "repairs"\ndistribution', 'unit = "repairs"\nvalue = 160\n# ')
    assert years_of(text)["HRA", "2026/27"].in_words("Ashby Council") == (
        "Ashby Council, HRA revenue, 2026/27: £320 in the middle future, £320 at P80, £320 at P95. "
        "£300 is approved: exceeded in 100.0% of futures; at P80 £20 of reserve is needed. Owed "
        "and not yet paid on 31 March 2027: £160, from £160 to £160."
    )


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("2026/27", "2026/28", "'2026/28' is no financial year such as 2026/27."),
        ('party = "council"\nring', 'party = "contractor"\nring', "Brightway Ltd is no public"),
        ("2026/27", "2031/32", "The deal does not run in 2031/32."),
        ('{ "2026/27" = 300 }', "300", "It is a table with a financial year each"),
        (
            "[facts.repairs]",
            '[budgets.too]\nparty = "council"\nring_fence = "HRA"\n'
            'approved_gbp = { "2026/27" = 1 }\n[facts.repairs]',
            "This line of Ashby Council's budget is given twice.",
        ),
    ],
)
def test_a_budget_that_makes_no_sense_is_a_finding(was, now, words):
    (finding,) = deal_and_findings(DEAL.replace(was, now))[1]
    assert finding.place.startswith("budgets.")
    assert words in finding.sentence


def test_a_deal_reads_its_budgets_back():
    assert explained(deal_from_toml(DEAL))["Budgets"] == [
        "Ashby Council has approved £300 for 2026/27 in its HRA, revenue."
    ]


def test_a_deal_with_budgets_is_written_out_as_the_same_deal():
    deal = deal_from_toml(DEAL)
    assert deal_from_toml(toml_of(deal.document)).budgets == deal.budgets
