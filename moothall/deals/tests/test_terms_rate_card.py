"""The caps of a rate card: their order is part of the deal. Sums worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal

CARD = """
    kind = "rate_card"
    payer = "council"
    payee = "contractor"
    tariffs = [
        {{ outcome = "home", price_gbp = 1, cap_gbp = 50 {home} }},
        {{ outcome = "work", price_gbp = 1 {work} }},
    ]
    {more}
"""
ALL = '"deadweight", "count", "outcome", "period", "contract"'


def card(more="", home="", work="", periods=1):
    term = CARD.format(more=more, home=home, work=work)
    return the_deal(term, facts=["home", "work", "over"], periods=periods)


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        ('"outcome", "period"', "100.00"),  # 80 becomes 50; 50 + 60 = 110 becomes 100
        ('"period", "outcome"', "92.86"),  # 80 + 60 becomes 57.14 + 42.86; 57.14 becomes 50
    ],
)
def test_a_cap_on_an_outcome_before_or_after_that_of_the_period(order, paid):
    deal = card(f"period_cap_gbp = 100\n    order = [{order}]")
    assert amounts(deal, home=80, work=60, over=0) == [Decimal(paid)]


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        ('"outcome", "period", "contract"', [100, 50]),
        ('"outcome", "contract", "period"', [100, 30]),  # 120 of 150 are used up, 100 are paid
    ],
)
def test_a_contract_cap_remembers_what_it_let_through_itself(order, paid):
    deal = card(f"period_cap_gbp = 100\n    total_cap_gbp = 150\n    order = [{order}]", periods=2)
    assert amounts(deal, home=[40, 0], work=[80, 120], over=0) == paid


def test_each_cap_that_bites_says_so_with_its_numbers():
    deal = card("period_cap_gbp = 100\n    total_cap_gbp = 120", periods=2)
    first, second = settled_lines(deal, home=80, work=60, over=0)
    assert first.because() == (
        "Home: 80, 80 paid for at £1 each. Work: 60, 60 paid for at £1 each. "
        "Home: the cap of £50.00 over the deal holds £80.00 back to £50.00. "
        "The cap of £100.00 a period holds £110.00 back."
    )
    assert second.because().endswith(
        "Home: the cap of £50.00 over the deal holds £80.00 back to £0.00. "
        "The cap of £120.00 over the deal holds £60.00 back to £20.00."
    )


def test_what_a_person_is_worth_is_capped_before_anything_else():
    """3 at £1, £0.50 of it above the cap a person; then deadweight takes a fifth off."""
    plain = card("person_cap_gbp = 2", home=', over_person_cap = "over"')
    (line,) = settled_lines(plain, home=3, work=0, over="0.5")
    assert line.amount[0] == Decimal("2.50")
    assert "£0.50 is above £2.00 a person." in line.because()
    halved = card("person_cap_gbp = 2", home=', over_person_cap = "over", deadweight = "0.2"')
    assert amounts(halved, home=3, work=0, over="0.5") == [Decimal("2.00")]


def test_a_card_reads_back_its_groups_its_person_cap_and_its_order():
    deal = card(
        "person_cap_gbp = 2\n    period_cap_gbp = 100",
        home=', group = "settled"',
        work=', group = "settled"',
    )
    assert deal.term("it").sentence(deal) == (
        "Council pays Contractor £1 for each of home, at most £50 in all; £1 for each of work. "
        "Of home and work a person counts once (settled). "
        "For one person at most £2 is paid, taken before any other cap. "
        "Taken in this order: the cap of each outcome, then the cap of a period. "
        "It pays at most £100 a period."
    )


@pytest.mark.parametrize(
    ("more", "home", "said"),
    [
        ('order = ["period"]', "", r"The order leaves out outcome, which the card uses\."),
        ('order = ["outcome", "count"]', "", "A cap in pounds comes before outcomes are counted"),
        ('order = ["outcome", "outcome"]', "", "One is named twice: outcome, outcome"),
        ('order = ["whatever"]', "", "'whatever' is none of: deadweight, count, outcome"),
        ("", ', over_person_cap = "over"', "cap a person, and there is no such cap"),
    ],
)
def test_an_order_that_is_not_clear_is_a_finding(more, home, said):
    with pytest.raises(CannotReadDeal, match=said):
        card(more, home=home)


def test_an_outcome_that_stands_twice_on_a_card_is_a_finding():
    with pytest.raises(CannotReadDeal, match="stands on the card twice"):
        the_deal(CARD.format(more="", home="", work="").replace('"work"', '"home"'), facts=["home"])


@settings(deadline=None, max_examples=30)
@given(
    st.permutations(["outcome", "period", "contract"]),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=3, max_size=3),
)
def test_whatever_the_order_no_cap_is_passed(order, counts):
    listed = ", ".join(f'"{step}"' for step in order)
    deal = card(f"period_cap_gbp = 70\n    total_cap_gbp = 150\n    order = [{listed}]", periods=3)
    home, work = ([row[place] for row in counts] for place in (0, 1))
    paid = amounts(deal, home=home, work=work, over=0)
    assert all(0 <= one <= 70 for one in paid)
    assert sum(paid) <= 150


def test_outside_its_condition_a_term_remembers_nothing():
    """Outcomes of a period in which the card does not apply use up no cap."""
    deal = card('total_cap_gbp = 60\n    when = { fact = "over", at_least = 1 }', periods=2)
    assert amounts(deal, home=0, work=[60, 60], over=[0, 1]) == [0, 60]
