"""Service credits, clawback and prizes. Sums worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal

FEE = """
    kind = "fixed_fee"
    payer = "council"
    payee = "contractor"
    amount_gbp = 1000
"""
CREDITS = """
    [terms.credits]
    kind = "service_credits"
    payer = "council"
    payee = "contractor"
    over = ["it"]
    indicators = [
        {{ measure = "answered", target = 80, credit = "0.05" }},
        {{ measure = "complaints", target = 12, better = "lower", credit = "0.04" }},
    ]
    cap_share = "0.06"
    {more}
"""


def credited(periods=1, more=""):
    return the_deal(
        FEE, ["answered", "complaints"], periods=periods, more=CREDITS.format(more=more)
    )


@pytest.mark.parametrize(
    ("answered", "complaints", "credit"),
    [
        ("80", 12, 0),  # both met exactly
        ("79.9", 12, -50),
        ("80", 13, -40),
        ("70", 20, -60),  # 90, held at 6% of charges
    ],
)
def test_a_missed_indicator_costs_its_part_of_the_charges_up_to_a_cap(answered, complaints, credit):
    assert amounts(credited(), "credits", answered=answered, complaints=complaints) == [credit]


def test_a_credit_says_what_was_missed_and_that_the_cap_bit():
    line = settled_lines(credited(), answered="79.9", complaints=20)[1]
    assert line.because() == (
        "Answered: 79.9 against 80: missed, 5.0% of £1,000.00: £50.00. "
        "Complaints: 20 against 12: missed, 4.0% of £1,000.00: £40.00. "
        "The cap of 6.0% of charges holds £90.00 back to £60.00."
    )


def test_an_indicator_met_for_two_years_running_earns_its_credits_back():
    deal = credited(periods=5, more="earn_back_after = 2")
    paid = amounts(deal, "credits", answered=[70, 90, 70, 90, 90], complaints=0)
    assert paid == [-50, 0, -50, 0, 100]
    never = amounts(credited(periods=5), "credits", answered=[70, 90, 90, 90, 90], complaints=0)
    assert never == [-50, 0, 0, 0, 0]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(60, 100), st.integers(0, 30)), min_size=4, max_size=4))
def test_credits_never_pass_their_cap_and_never_earn_back_more_than_was_credited(known):
    deal = credited(periods=4, more="earn_back_after = 1")
    answered, complaints = ([row[place] for row in known] for place in (0, 1))
    paid = amounts(deal, "credits", answered=answered, complaints=complaints)
    assert all(one >= -60 for one in paid)
    assert sum(paid) <= 0


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"complaints"', '"answered"', "An indicator is named twice"),
        ("over =", "earn_back_after = 3\n    over =", "after 3 periods, and the deal has 1"),
        ('payee = "contractor"', 'payee = "neighbour"', "is not paid by Council to Neighbour"),
    ],
)
def test_credits_that_cannot_be_worked_out_are_a_finding(was, becomes, said):
    more = CREDITS.format(more="").replace(was, becomes)
    with pytest.raises(CannotReadDeal, match=said):
        the_deal(FEE, ["answered", "complaints"], more=more)


CLAWBACK = """
    [terms.back]
    kind = "clawback"
    payer = "council"
    payee = "contractor"
    over = ["it"]
    reversed = "turned"
    {more}
"""


def clawed(more, periods=3):
    return the_deal(FEE, ["turned"], periods=periods, more=CLAWBACK.format(more=more))


def test_reversed_outcomes_come_back_at_their_price_and_never_more_than_was_paid():
    deal = clawed("price_gbp = 300")
    assert amounts(deal, "back", turned=[1, 7, 1]) == [-300, -1700, -300]
    line = [one for one in settled_lines(deal, turned=[1, 7, 1]) if one.term.key == "back"][1]
    assert line.because() == (
        "7 reversed at £300 each: £2,100.00. No more than the £1,700.00 that was paid comes back."
    )


def test_a_part_of_all_that_was_paid_comes_back_and_falls_over_the_years():
    """A half of £3,000 in the third of four years, of which a half is left: £750."""
    deal = clawed("falls_over = 4")
    assert amounts(deal, "back", turned=[0, 0, "0.5"]) == [0, 0, -750]
    assert deal.term("back").sentence(deal) == (
        "Contractor pays Council back of all that was paid by fixed fee a part (turned), falling "
        "evenly to nothing over 4 periods; never more than was paid by fixed fee."
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_after_a_clawback_nobody_has_paid_less_than_nothing(turned):
    deal = clawed("price_gbp = 700")
    back = amounts(deal, "back", turned=turned)
    assert all(1000 * (year + 1) + sum(back[: year + 1]) >= 0 for year in range(3))


ENTRANTS = ("north", "south", "east", "west")
PARTIES = "".join(
    f"""
    [parties.{name}]
    name = "{name.title()}"
    kind = "public body"
    reference = "no tournament"
"""
    for name in ENTRANTS
)
ROWS = ", ".join(f'{{ party = "{n}", gain = "{n}", error = "{n}_se" }}' for n in ENTRANTS)
PRIZES = f"""
    kind = "tournament_prize"
    payer = "council"
    entrants = [{ROWS}]
    prizes = [1600000, 1200000, 800000, 400000]
"""
ERRORS = dict(zip((f"{n}_se" for n in ENTRANTS), ("0.06", "0.03", "0.03", "0.02"), strict=True))
GAINS = dict(zip(ENTRANTS, ("0.12", "0.05", "0.09", "-0.01"), strict=True))


def prizes(gains=GAINS, errors=ERRORS, more="", places=4):
    deal = the_deal(PRIZES + more, [*GAINS, *ERRORS], more=PARTIES, places=places)
    return dict(zip(ENTRANTS, amounts(deal, **gains, **errors), strict=True))


def test_prizes_go_by_improvement_over_its_standard_error():
    """Scores 2.0, 1.667, 3.0 and -0.5: east, north, south, west. Raw gains would put north first.

    A shock of -0.03 to all changes no place: 1.5, 0.667, 2.0 and -2.0.
    """
    won = {"east": 1_600_000, "north": 1_200_000, "south": 800_000, "west": 400_000}
    assert prizes() == won
    shocked = {name: str(Decimal(gain) - Decimal("0.03")) for name, gain in GAINS.items()}
    assert prizes(shocked) == won


def test_equal_scores_share_the_prizes_of_their_places_to_the_penny():
    """0.12 / 0.06 and 0.06 / 0.03 are equal: £1.2m and £0.8m are shared by halves."""
    tied = prizes({**GAINS, "south": "0.06"})
    assert (tied["north"], tied["south"]) == (1_000_000, 1_000_000)
    three = prizes({**GAINS, "south": "0.06", "east": "0.06"})
    assert sorted(three.values()) == [400_000] + [1_200_000] * 3


def test_below_the_least_score_or_without_an_error_nobody_takes_a_place():
    assert prizes(more='    least = "1.7"\n') == {
        "east": 1_600_000,
        "north": 1_200_000,
        "south": 0,
        "west": 0,
    }
    assert prizes(errors={**ERRORS, "east_se": "0"})["east"] == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_when_everybody_takes_a_place_all_prizes_are_paid(gains):
    known = dict(zip(ENTRANTS, gains, strict=True))
    assert sum(prizes(known).values()) == 4_000_000


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("400000]", "900000]", "List the first prize first"),
        ("400000]", "400000, 1]", "There are 5 prizes for 4 entrants"),
        ('payer = "council"', 'payer = "west"', "pays the prizes and enters too"),
    ],
)
def test_a_tournament_that_cannot_be_held_is_a_finding(was, becomes, said):
    with pytest.raises(CannotReadDeal, match=said):
        the_deal(PRIZES.replace(was, becomes), [*GAINS, *ERRORS], more=PARTIES)


BOOKED = (
    FEE
    + """
    vat = "{vat}"
    budgets = {{ {party} = {{ kind = "capital", ring_fence = "HRA" }} }}
"""
)


@pytest.mark.parametrize(
    ("vat", "words"),
    [
        ("standard", " For VAT it is standard-rated, at the rate of the day."),
        ("exempt", " For VAT it is exempt."),
        ("outside scope", ""),
    ],
)
def test_a_term_reads_back_its_vat_and_where_it_is_booked(vat, words):
    deal = the_deal(BOOKED.format(vat=vat, party="council"))
    assert deal.term("it").sentence(deal) == (
        f"Council pays Contractor £1,000 each period.{words} Council books it as capital, HRA."
    )


@pytest.mark.parametrize(
    ("party", "said"),
    [
        ("contractor", "Contractor is no public body, and has no ring-fenced budgets"),
        ("neighbour", "Neighbour books fixed fee, and takes no part in it"),
    ],
)
def test_a_budget_line_of_whoever_has_none_is_a_finding(party, said):
    with pytest.raises(CannotReadDeal, match=said):
        the_deal(BOOKED.format(vat="zero", party=party))
