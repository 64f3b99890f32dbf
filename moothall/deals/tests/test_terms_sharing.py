"""Terms by which partners share money, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.deals.settlement import settled
from moothall.deals.tests.settling import HEAD, amounts, settled_lines, the_deal
from moothall.deals.versions import Version


def received(deal, **facts):
    """Return party -> what it receives less what it pays."""
    found = {}
    for line in settled_lines(deal, **facts):
        found[line.payer] = found.get(line.payer, 0) - line.amount[0]
        found[line.payee] = found.get(line.payee, 0) + line.amount[0]
    return found


URBAN_VISION = """
    kind = "dividend"
    company = "venture"
    profit = "profit"
    holdings = { council = "0.199", neighbour = "0.30", contractor = "0.501" }
"""
VENTURE = """
    [parties.venture]
    name = "Venture"
    kind = "supplier"
"""


@pytest.mark.parametrize(
    ("profit", "parts"),
    [
        ("1000000", ["199000.00", "300000.00", "501000.00"]),
        ("100.01", ["19.90", "30.00", "50.11"]),
        ("0", ["0.00", "0.00", "0.00"]),
        ("-5", ["0.00", "0.00", "0.00"]),
    ],
)
def test_a_dividend_is_split_to_the_penny(profit, parts):
    """19.9, 30 and 50.1% of £100.01: the last penny goes to the largest remainder."""
    deal = the_deal(URBAN_VISION, facts=["profit"], more=VENTURE)
    assert amounts(deal, profit=profit) == [Decimal(part) for part in parts]


def test_losses_and_the_reserve_come_before_a_dividend():
    term = URBAN_VISION + '    tax_rate = "0.2"\n    reserve_gbp = 50\n'
    deal = the_deal(term, facts=["profit"], periods=4, more=VENTURE)
    by_year = amounts(deal, profit=[-100, 150, 100, 100])
    totals = [sum(by_year[n : n + 3]) for n in range(0, 12, 3)]
    # 120 after tax makes good 100 and fills 20 of the reserve; 80 fills 30 and pays 50; then 80.
    assert totals == [0, 0, 50, 80]


SHARED = """
    kind = "shared_cost"
    host = "council"
    cost = "cost"
    {how}
    baseline = {{ council = 1400000, neighbour = 1100000, contractor = 900000 }}
"""
KEYS = """keys = [
        { name = "headcount", weight = "0.5", amounts = { HEADS } },
        { name = "transactions", weight = "0.3", amounts = { DEALINGS } },
        { name = "equal parts", weight = "0.2", amounts = { EACH } },
    ]"""
MEMBERS = {
    "HEADS": "council = 200, neighbour = 120, contractor = 80",
    "DEALINGS": "council = 50, neighbour = 30, contractor = 20",
    "EACH": "council = 1, neighbour = 1, contractor = 1",
}
for mark, members in MEMBERS.items():
    KEYS = KEYS.replace(mark, members)


@pytest.mark.parametrize(
    ("how", "neighbour", "contractor"),
    [
        (KEYS, "920000.00", "680000.00"),
        ('method = "baseline"', "970588.23", "794117.65"),
        ('method = "equal gain"', "966666.67", "766666.66"),
    ],
)
def test_three_millions_are_shared_by_keys_by_baseline_or_for_equal_gain(
    how, neighbour, contractor
):
    deal = the_deal(SHARED.format(how=how), facts=["cost"])
    assert amounts(deal, cost=3_000_000) == [Decimal(neighbour), Decimal(contractor)]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 3_400_000))
def test_a_protected_member_never_bears_more_than_it_paid_before(cost):
    deal = the_deal(SHARED.format(how=KEYS + "\n    protect = true"), facts=["cost"])
    neighbour, contractor = amounts(deal, cost=cost)
    council = cost - neighbour - contractor
    assert council <= 1_400_000
    assert neighbour <= 1_100_000
    assert contractor <= 900_000


LIMITS = (
    KEYS
    + """
    caps = { council = 1200000, neighbour = 1000000 }
    floors = { contractor = 700000 }"""
)


@pytest.mark.parametrize(
    ("limits", "neighbour", "contractor"),
    [
        # By keys 1,400 / 920 / 680 thousand. The contractor's floor takes 20 thousand from the
        # others, in proportion to what they bear: 12,068.97 and 7,931.03.
        ("floors = { contractor = 700000 }", "912068.97", "700000.00"),
        # A cap of 1,200 on the council moves 200 to the others, by the room that is left: the
        # neighbour has 80 below its cap, the contractor 2,320 below the whole cost.
        (
            "caps = { council = 1200000, neighbour = 1000000 }",
            "926666.67",
            "873333.33",
        ),
    ],
)
def test_floors_and_caps_move_what_is_beyond_them_to_those_with_room(limits, neighbour, contractor):
    deal = the_deal(SHARED.format(how=KEYS + "\n    " + limits), facts=["cost"])
    assert amounts(deal, cost=3_000_000) == [Decimal(neighbour), Decimal(contractor)]


def test_a_cost_above_every_cap_is_unresolved_and_given_to_nobody():
    caps = "caps = { council = 1000000, neighbour = 800000, contractor = 700000 }"
    deal = the_deal(SHARED.format(how=KEYS + "\n    " + caps), facts=["cost"])
    lines = settled_lines(deal, cost=3_000_000)
    assert [line.amount[0] for line in lines] == [800_000, 700_000]
    assert lines[0].because() == (
        "A cost of £3,000,000.00, shared by keys. Council bears at most £1,000,000.00. "
        "Neighbour bears at most £800,000.00. Contractor bears at most £700,000.00. "
        "£500,000.00 is unresolved: no member is bound to bear it."
    )
    facts = {"cost": {deal.periods[0].starts_on: Decimal(3_000_000)}}
    statement = settled([Version(1, deal, date(2026, 4, 1))], facts, up_to=deal.periods[0])
    assert [finding.sentence for finding in statement.findings] == [
        "£500,000.00 of 2026/27 is unresolved: by shared cost no party is bound to bear it."
    ]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 4_000_000))
def test_within_floors_and_caps_the_parts_are_the_cost(cost):
    deal = the_deal(SHARED.format(how=LIMITS), facts=["cost"])
    neighbour, contractor = amounts(deal, cost=cost)
    council = cost - neighbour - contractor
    assert council <= 1_200_000
    assert neighbour <= 1_000_000
    assert contractor >= min(700_000, cost) - Decimal("0.01")


def test_a_key_may_be_what_is_reported_and_is_equal_where_nothing_is():
    counted = (
        'keys = [{ name = "cases", weight = 1, counted = '
        '{ council = "a", neighbour = "b", contractor = "c" } }]'
    )
    deal = the_deal(SHARED.format(how=counted), facts=["cost", "a", "b", "c"], periods=2)
    paid = amounts(deal, cost=900, a=[5, 0], b=[3, 0], c=[1, 0])
    assert paid == [300, 100, 300, 300]


def test_what_was_paid_on_account_is_trued_up_when_the_year_ends():
    """Quarters of £1,000 on account, of which the neighbour bears half; £4,400 was spent."""
    quarterly = deal_from_toml(
        HEAD.format(ends="2027-07-01", every="quarter")
        + """
    [facts.cost]
    title = "Cost"
    [facts.estimate]
    title = "Estimate"
    [terms.it]
    kind = "shared_cost"
    host = "council"
    cost = "cost"
    on_account = "estimate"
    keys = [{ name = "equal", weight = 1, amounts = { council = 1, neighbour = 1 } }]
    """
    )
    actual = [1000, 1200, 1000, 1200, 900]
    assert amounts(quarterly, cost=actual, estimate=1000) == [500, 500, 500, 700, 450]
    fourth = settled_lines(quarterly, cost=actual, estimate=1000)[3]
    assert fourth.because() == (
        "On account: a cost of £1,000.00, shared by keys. Trued up to actual cost: £200.00."
    )


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            KEYS + "\n floors = { council = 2 }\n caps = { council = 1 }",
            "at least £2 and at most £1",
        ),
        (
            KEYS.replace(
                "amounts = { council = 1,",
                'counted = { council = "cost" }, amounts = { council = 1,',
            ),
            "equal parts has amounts and reported amounts",
        ),
    ],
)
def test_limits_and_keys_that_contradict_each_other_are_a_finding(how, said):
    with pytest.raises(CannotReadDeal, match=said):
        the_deal(SHARED.format(how=how), facts=["cost"])


def test_weights_of_keys_that_do_not_add_up_are_a_finding():
    with pytest.raises(CannotReadDeal, match=r"The weights add up to 0\.7"):
        the_deal(SHARED.format(how=KEYS.replace('"0.5"', '"0.2"')), facts=["cost"])


AGREEMENT = """
    kind = "equal_benefit_transfer"
    costs = { council = "la_cost", neighbour = "nhs_cost" }
    benefits = { council = "la", neighbour = "nhs", police = "police", dwp = "dwp" }
"""
OTHERS = """
    [parties.police]
    name = "Police"
    kind = "public body"
    reference = "business as usual"

    [parties.dwp]
    name = "DWP"
    kind = "public body"
    reference = "business as usual"
"""
SAVES = {"la": 450_000, "nhs": 900_000, "police": 350_000, "dwp": 300_000}


def test_agencies_that_save_pay_those_that_invest_until_all_gain_alike():
    deal = the_deal(AGREEMENT, facts=["la_cost", "nhs_cost", *SAVES], more=OTHERS)
    net = received(deal, la_cost=800_000, nhs_cost=200_000, **SAVES)
    assert net == {
        "council": 575_000,
        "neighbour": -250_000,
        "police": -175_000,
        "dwp": -150_000,
    }


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=6))
def test_transfers_add_up_to_nothing_whatever_was_gained(values):
    deal = the_deal(AGREEMENT, facts=["la_cost", "nhs_cost", *SAVES], more=OTHERS)
    facts = dict(zip(["la_cost", "nhs_cost", *SAVES], values, strict=True))
    net = received(deal, **facts)
    assert sum(net.values()) == 0
    if not sum(values[2:]):
        assert set(net.values()) <= {0}


CAPPED = """
    kind = "fixed_fee"
    payer = "council"
    payee = "contractor"
    amount_gbp = 400
"""
CAP = """
    [terms.other]
    kind = "fixed_fee"
    payer = "council"
    payee = "{payee}"
    amount_gbp = 300

    [terms.cap]
    kind = "total_cap"
    payer = "council"
    payee = "contractor"
    over = ["it", "other"]
    cap_gbp = 1500
"""


def test_a_total_cap_takes_back_what_is_over_and_no_more():
    deal = the_deal(CAPPED, periods=4, more=CAP.format(payee="contractor"))
    assert amounts(deal, "cap") == [0, 0, -600, -700]
    assert sum(line.amount[0] for line in settled_lines(deal)) == 1500


def test_a_total_cap_over_a_term_between_others_is_a_finding():
    with pytest.raises(CannotReadDeal, match="is not paid by Council to Contractor"):
        the_deal(CAPPED, more=CAP.format(payee="neighbour"))
