"""Terms that pay for results: published tables and cases, worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.at_risk import shares_at_risk
from moothall.deals.explaining import explained
from moothall.deals.reading import CannotReadDeal, deal_from_document
from moothall.deals.simulation import simulation
from moothall.deals.spreads import simulation_as_json
from moothall.deals.tests.settling import amounts, settled_lines, the_deal

STEPS = [
    ("8.5", "4800000"),
    ("10", "9600000"),
    ("11", "10080000"),
    ("12", "10176000"),
    ("12.5", "10272000"),
    ("13", "10368000"),
    ("16", "10944000"),
    ("20", "11712000"),
]


def rikers(periods=4):
    steps = ", ".join(f'{{at_least="{at}", pays_gbp={gbp}}}' for at, gbp in STEPS)
    return the_deal(
        f"""
        kind = "step_table"
        payer = "council"
        payee = "contractor"
        measure = "reduction"
        steps = [{steps}]
        """,
        facts=["reduction"],
        periods=periods,
    )


@pytest.mark.parametrize(
    ("reduction", "paid"),
    [("0", 0), ("8.4", 0), ("8.5", 4_800_000), ("9.9", 4_800_000), ("12.5", 10_272_000)]
    + [(at, int(gbp)) for at, gbp in STEPS],
)
def test_the_rikers_table_pays_for_the_highest_step_reached_when_the_loan_ends(reduction, paid):
    assert amounts(rikers(), reduction=reduction) == [0, 0, 0, paid]


def test_the_returns_of_the_rikers_table_are_those_published():
    """(paid / 9.6m)^(1/4) - 1: 0, 1.2, 1.5, 1.9, 3.3 and 5.1% were published."""
    published = {"10": 0, "11": 1.2, "12": 1.5, "13": 1.9, "16": 3.3, "20": 5.1}
    for at, percent in published.items():
        paid = amounts(rikers(), reduction=at)[-1]
        assert round((float(paid) / 9_600_000) ** 0.25 * 100 - 100, 1) == percent


def test_steps_out_of_order_are_a_finding():
    with pytest.raises(CannotReadDeal, match=r"The steps begin at 2, 1\."):
        the_deal(
            """
            kind = "step_table"
            payer = "council"
            payee = "contractor"
            measure = "m"
            steps = [{at_least=2, pays_gbp=1}, {at_least=1, pays_gbp=2}]
            """,
            facts=["m"],
        )


PETERBOROUGH = """
    kind = "threshold_payment"
    payer = "council"
    payee = "contractor"
    change = "change"
    size = "size"
    threshold = 10
    payment_gbp = 1000
    pooled_threshold = "7.5"
    pooled_payment_gbp = 5000
"""


def peterborough():
    return the_deal(PETERBOROUGH, facts=["change", "size"], periods=2)


def test_peterborough_missed_ten_per_cent_twice_and_reached_seven_and_a_half_over_all():
    """936 people at 8.39% and 866 at 9.7%: 9.02% weighted, against 7.5%."""
    assert (Decimal(936) * Decimal("8.39") + 866 * Decimal("9.7")) / 1802 == pytest.approx(
        Decimal("9.0196"), abs=Decimal("0.0001")
    )
    assert amounts(peterborough(), change=["8.39", "9.70"], size=[936, 866]) == [0, 5000]


@pytest.mark.parametrize(
    ("change", "paid"),
    [
        (["10.00", "0.00"], [1000, 0]),  # a cohort paid for leaves nothing to pool
        (["9.99", "5.01"], [0, 5000]),  # exactly 7.5 over two cohorts of one size
        (["9.99", "5.00"], [0, 0]),
        (["12.00", "11.00"], [1000, 1000]),
    ],
)
def test_thresholds_are_met_exactly(change, paid):
    assert amounts(peterborough(), change=change, size=[100, 100]) == paid


def test_a_threshold_on_a_fact_of_no_stated_precision_is_a_finding():
    with pytest.raises(CannotReadDeal, match="does not say to how many decimals it counts"):
        the_deal(PETERBOROUGH, facts=["change", "size"], places=None)


FAMILIES = """
    kind = "attachment_and_results"
    payer = "council"
    payee = "contractor"
    {funded}
    intakes = [
        {{ name = "2012", started = "s1", succeeded = "r1", {split[0]} }},
        {{ name = "2013", started = "s2", succeeded = "r2", {split[1]} }},
        {{ name = "2014", started = "s3", succeeded = "r3", {split[2]} }},
    ]
"""
SPLIT = [f"attachment_gbp = {fee}, results_gbp = {4000 - fee}" for fee in (3200, 2400, 1600)]
FACTS = ["s1", "s2", "s3", "r1", "r2", "r3"]


def test_front_loaded_fees_leave_little_at_risk():
    """200, 180 and 120 start, 70% succeed: 1,264,000 in fees, 515,200 in results, 36.8% at risk."""
    deal = the_deal(FAMILIES.format(funded="", split=SPLIT), facts=FACTS)
    fees = amounts(deal, s1=200, s2=180, s3=120, r1=0, r2=0, r3=0)
    results = amounts(deal, s1=0, s2=0, s3=0, r1=140, r2=126, r3=84)
    assert (fees, results) == ([1_264_000], [515_200])


def test_the_share_at_risk_is_told_to_whoever_reads_or_simulates_the_deal():
    """Of £2m that 500 families could earn, £736,000 are results: 36.8%, though 2014 has 60%."""
    known = "".join(
        f'[facts.{key}]\ntitle = "{key}"\nvalue = {count}\n'
        for key, count in zip(FACTS, (200, 180, 120, 140, 126, 84), strict=True)
    )
    deal = the_deal(FAMILIES.format(funded="", split=SPLIT), more=known)
    said = (
        "Attachment fee and results payment: of £2m that could be earned £736,000 depends on "
        "results, 36.8%; the rest is paid for starting."
    )
    assert explained(deal)["At risk"] == [said]
    assert "£1,600 when it starts and £2,400 for its result (60.0% at risk)" in (
        deal.term("it").sentence(deal)
    )
    (told,) = simulation_as_json(simulation(deal, seed=1, draws=100), {})["at_risk"]
    assert (told["could_earn_gbp"], told["at_risk_gbp"], told["share"]) == (2e6, 736e3, 0.368)


def test_nothing_is_said_of_a_share_at_risk_that_cannot_be_worked_out():
    deal = the_deal(FAMILIES.format(funded="", split=SPLIT), facts=FACTS)
    assert "At risk" not in explained(deal)
    assert shares_at_risk(card("most = 3")) == []


@pytest.mark.parametrize(
    ("families", "pounds"),
    [(4180, "13933333.33"), (2630, "8766666.67"), (1680, "5600000.00"), (120_000, "400000000.00")],
)
def test_five_families_of_six_were_funded_at_four_thousand_pounds(families, pounds):
    """Birmingham, Lancashire, Sheffield and England: every family starts and succeeds."""
    deal = the_deal(
        FAMILIES.format(funded="funded = 5\n    of_every = 6", split=SPLIT), facts=FACTS
    )
    assert amounts(deal, s1=families, s2=0, s3=0, r1=families, r2=0, r3=0) == [Decimal(pounds)]


SUSTAINED = """
    kind = "rate_card"
    payer = "council"
    payee = "contractor"
    tariffs = [
        { outcome = "entry", price_gbp = 1000 },
        { outcome = "six", price_gbp = 3000 },
        { outcome = "twelve", price_gbp = 4500 },
    ]
    total_cap_gbp = 1600000
"""


def test_a_rate_card_with_sustained_outcomes_stops_at_its_cap():
    deal = the_deal(SUSTAINED, facts=["entry", "six", "twelve"], periods=5)
    counts = {
        "entry": [60, 100, 80, 10, 0],
        "six": [20, 60, 75, 40, 0],
        "twelve": [0, 35, 70, 60, 15],
    }
    assert amounts(deal, **counts) == [120_000, 437_500, 620_000, 400_000, 22_500]
    uncapped = the_deal(
        SUSTAINED.replace("total_cap_gbp = 1600000", ""),
        facts=["entry", "six", "twelve"],
        periods=5,
    )
    assert sum(amounts(uncapped, **counts)) == 1_645_000


def card(tariff, order='"deadweight", "count"'):
    return the_deal(
        f"""
        kind = "rate_card"
        payer = "council"
        payee = "contractor"
        tariffs = [{{ outcome = "n", price_gbp = 3000, {tariff} }}]
        order = [{order}]
        """,
        facts=["n", "anyway"],
    )


def test_two_deadweight_rates_that_are_often_confused():
    """180 of 400 succeed, 25% would have anyway: 240,000; 25% taken for delta overpays 165,000."""
    assert amounts(card('expected = "anyway"'), n=180, anyway=100) == [240_000]
    assert amounts(card('deadweight = "0.25"'), n=180, anyway=0) == [405_000]


def test_a_rate_card_says_what_was_counted_and_which_cap_bit():
    (line,) = settled_lines(card('expected = "anyway"'), n=5, anyway=9)
    assert line.because() == "N: 5, 0 paid for at £3,000 each."
    (line,) = settled_lines(card("most = 3"), n=5, anyway=0)
    assert line.because() == (
        "N: 5, 3 paid for at £3,000 each. N: no more than 3 are paid for in all."
    )


def test_a_name_with_braces_does_not_break_its_sentence():
    deal = the_deal(
        FAMILIES.format(funded="", split=SPLIT).replace('"2012"', '"{2012}"'), facts=FACTS
    )
    (line,) = settled_lines(deal, s1=2, s2=0, s3=0, r1=0, r2=0, r3=0)
    assert line.because() == "{2012}: 2 started at £3,200 each."


def test_the_order_of_cap_and_deadweight_is_part_of_the_deal():
    tariff = 'deadweight = "0.5", most = 100'
    assert amounts(card(tariff), n=180, anyway=0) == [90 * 3000]
    assert amounts(card(tariff, '"count", "deadweight"'), n=180, anyway=0) == [50 * 3000]


def test_deadweight_taken_off_twice_is_a_finding():
    with pytest.raises(CannotReadDeal, match="takes deadweight off twice"):
        card('expected = "anyway", deadweight = "0.1"')


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 400), min_size=5, max_size=5), st.integers(0, 4))
def test_one_outcome_more_never_lowers_what_is_paid_in_all(counts, place):
    deal = the_deal(SUSTAINED, facts=["entry", "six", "twelve"], periods=5)
    more = [n + (at == place) for at, n in enumerate(counts)]
    zero = [0] * 5
    few, many = (sum(amounts(deal, entry=zero, six=zero, twelve=each)) for each in (counts, more))
    assert few <= many <= 1_600_000


def test_a_milestone_is_paid_once():
    deal = the_deal(
        """
        kind = "milestone"
        payer = "council"
        payee = "contractor"
        measure = "open"
        at_least = 2
        amount_gbp = 25000
        """,
        facts=["open"],
        periods=4,
    )
    assert amounts(deal, open=[1, 3, 2, 0]) == [0, 25_000, 0, 0]


REWARD = """
    kind = "reward_grant"
    payer = "neighbour"
    payee = "council"
    reward_gbp = "277068.75"
    targets = [{{ outturn = "outturn", expected = {expected}, target = {target}, weight = 1 }}]
"""


@pytest.mark.parametrize(
    ("outturn", "paid"),
    [
        ("121", "0.00"),
        ("122", "166241.25"),
        ("124", "193948.13"),
        ("130", "277068.75"),
        ("135", "277068.75"),
    ],
)
def test_a_reward_pays_by_enhancement_from_sixty_per_cent(outturn, paid):
    """Isle of Wight: a twelfth of 2.5% of £132,993,000, from 110 expected to a target of 130."""
    deal = the_deal(REWARD.format(expected=110, target=130), facts=["outturn"])
    assert amounts(deal, outturn=outturn) == [Decimal(paid)]


def test_lower_may_be_better():
    deal = the_deal(REWARD.format(expected=40, target=30), facts=["outturn"])
    assert amounts(deal, outturn=34) == [Decimal("166241.25")]
    assert amounts(deal, outturn=35) == [0]


def test_two_sub_targets_at_ninety_and_fifty_per_cent_pay_forty_five():
    deal = the_deal(
        """
        kind = "reward_grant"
        payer = "neighbour"
        payee = "council"
        reward_gbp = 1000
        targets = [
            { outturn = "one", expected = 0, target = 100, weight = "0.5" },
            { outturn = "two", expected = 0, target = 100, weight = "0.5" },
        ]
        """,
        facts=["one", "two"],
    )
    assert amounts(deal, one=90, two=50) == [450]


def in_instalments(more="", interim="", periods=5):
    return the_deal(
        REWARD.format(expected=110, target=130).replace("weight = 1", "weight = 1" + interim)
        + f"    instalments = 2\n    paid_after = 1\n{more}",
        facts=["outturn"],
        periods=periods,
    )


ON_ACCOUNT = '    on_account = "0.2"\n    on_account_in = 2\n'


def test_a_reward_is_paid_in_two_yearly_instalments_after_its_end_year():
    """£3,324,825 in halves of £1,662,412.50; the outturn of the third year counts."""
    whole = in_instalments().document
    deal = deal_from_document(
        {**whole, "terms": {"it": {**whole["terms"]["it"], "reward_gbp": 3324825}}}
    )
    half = Decimal("1662412.50")
    assert amounts(deal, outturn=[0, 0, 130, 0, 0]) == [0, 0, 0, half, half]


def test_a_fifth_is_paid_on_account_and_taken_off_the_first_instalment():
    """A fifth of £277,068.75 is £55,413.75; 124 earns £193,948.13, in £96,974.07 and £96,974.06."""
    deal = in_instalments(ON_ACCOUNT, interim=", interim = 118")
    paid = amounts(deal, outturn=[0, 118, 124, 0, 0])
    assert paid == [0, Decimal("55413.75"), 0, Decimal("41560.32"), Decimal("96974.06")]
    assert sum(paid) == Decimal("193948.13")
    second, fourth = (settled_lines(deal, outturn=[0, 118, 124, 0, 0])[year] for year in (1, 3))
    assert second.because() == "£55,413.75 is paid on account."
    assert fourth.because() == (
        "£55,413.75 was paid on account. £193,948.13 is earned, paid in instalments."
    )


def test_what_was_paid_on_account_comes_back_when_too_little_is_earned():
    deal = in_instalments(ON_ACCOUNT, interim=", interim = 118")
    paid = amounts(deal, outturn=[0, 118, 121, 0, 0])
    assert paid == [0, Decimal("55413.75"), 0, Decimal("-55413.75"), 0]
    missed = amounts(deal, outturn=[0, 117, 130, 0, 0])
    assert missed[:3] == [0, 0, 0]
    assert sum(missed) == Decimal("277068.75")


@settings(deadline=None, max_examples=30)
@given(st.integers(100, 140), st.integers(100, 140))
def test_in_all_a_reward_pays_nothing_or_from_the_floor_to_the_whole(interim, outturn):
    deal = in_instalments(ON_ACCOUNT, interim=", interim = 118")
    paid = sum(amounts(deal, outturn=[0, interim, outturn, 0, 0])) / Decimal("277068.75")
    assert paid == 0 or Decimal("0.5999") < paid <= 1


@pytest.mark.parametrize(
    ("more", "interim", "periods", "said"),
    [
        ("", "", 2, "2 instalments do not fit into the deal's 2 periods"),
        ('    on_account = "0.2"\n', "", 5, "needs its part, its period and an interim level"),
        (ON_ACCOUNT.replace("= 2", "= 4"), ", interim = 1", 5, "read in period 4, the outturn in"),
    ],
)
def test_instalments_that_cannot_be_paid_are_a_finding(more, interim, periods, said):
    with pytest.raises(CannotReadDeal, match=said):
        in_instalments(more, interim, periods)


def test_weights_that_do_not_add_up_are_a_finding():
    with pytest.raises(CannotReadDeal, match=r"The weights add up to 0\.5\. Make them add up to 1"):
        the_deal(
            REWARD.format(expected=1, target=2).replace("weight = 1", "weight = 0.5"),
            facts=["outturn"],
        )
