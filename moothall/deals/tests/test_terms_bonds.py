"""What stands behind a supplier: performance_bond and parent_guarantee."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal


def bonded(called, *, periods=3, falls="", owed=0, limit="0.5", parent="neighbour"):
    """Return a deal of a bond of 100, then a parent that pays up to half of a fee of 200."""
    deal = the_deal(
        f"""
        kind = "performance_bond"
        payer = "neighbour"
        payee = "council"
        called = "called"
        bond_gbp = 100
        {falls}
        """,
        facts=["called", "owed"],
        periods=periods,
        more=f"""
        [terms.fee]
        kind = "fixed_fee"
        payer = "council"
        payee = "contractor"
        amount_gbp = 200

        [terms.parent]
        kind = "parent_guarantee"
        payer = "{parent}"
        payee = "council"
        subsidiary = "contractor"
        owed = "owed"
        made_good_by = ["it"]
        charges = ["fee"]
        limit_share = "{limit}"
        """,
    )
    return deal, {"called": called, "owed": owed}


def told(deal, term, facts):
    return [line.because() for line in settled_lines(deal, **facts) if line.term.key == term]


def test_a_bond_pays_what_is_called_until_none_of_it_is_left():
    deal, facts = bonded([60, 0, 60])
    assert amounts(deal, **facts) == [60, 0, 40]
    assert told(deal, "it", facts) == [
        "£60.00 is called.",
        "Nothing is called.",
        "£60.00 is called. Only £40.00 of the bond of £100.00 is left.",
    ]


def test_a_bond_that_falls_on_completion_leaves_less_to_call():
    deal, facts = bonded([30, 50, 50], falls="falls_on = 2027-04-01\nfalls_to_gbp = 50")
    assert amounts(deal, **facts) == [30, 20, 0]
    assert (
        deal.term("it")
        .sentence(deal)
        .endswith("up to a bond of £100 in all; from 1 April 2027, £50.")
    )


@pytest.mark.parametrize(
    ("falls", "said"),
    [
        ("falls_on = 2027-04-01", "A bond that falls does so on a day, to an amount"),
        (
            "falls_on = 2027-04-01\nfalls_to_gbp = 150",
            "would fall from £100 to £150, which is more",
        ),
    ],
)
def test_a_bond_that_does_not_fall_is_a_finding(falls, said):
    with pytest.raises(CannotReadDeal, match=said):
        bonded(0, falls=falls)


def test_a_parent_pays_what_the_bond_leaves_up_to_its_share_of_the_charges():
    """Half of charges of 200, 400 and 600 so far, less what it has paid."""
    deal, facts = bonded([100, 0, 0], owed=[150, 180, 20])
    assert amounts(deal, "parent", **facts) == [50, 150, 20]
    assert told(deal, "parent", facts) == [
        "£150.00 is left unpaid. Other terms make good £100.00.",
        "£180.00 is left unpaid. Only £150.00 of the limit of £200.00 is left.",
        "£20.00 is left unpaid.",
    ]


def test_a_parent_pays_nothing_where_nothing_is_owed():
    deal, facts = bonded(0)
    assert told(deal, "parent", facts) == ["Nothing is left unpaid."] * 3


def test_a_parent_is_not_its_own_subsidiary():
    with pytest.raises(CannotReadDeal, match="Contractor would guarantee itself"):
        bonded(0, parent="contractor")


def test_a_guarantee_that_the_failure_rule_counts_too_is_a_finding():
    more = '[parties.other]\nname = "Other"\nkind = "supplier"\nguarantee_gbp = 5\n'
    term = """
        kind = "parent_guarantee"
        payer = "neighbour"
        payee = "council"
        subsidiary = "other"
        owed = "owed"
        """
    with pytest.raises(CannotReadDeal, match="a guarantee of £5 when it fails: that would count"):
        the_deal(term, facts=["owed"], more=more)


AMOUNTS = st.lists(st.integers(-50, 300), min_size=3, max_size=3)


@given(AMOUNTS, AMOUNTS)
def test_neither_pays_more_than_its_limit_nor_more_than_is_owed(called, owed):
    deal, facts = bonded(called, owed=owed)
    bond, parent = amounts(deal, **facts), amounts(deal, "parent", **facts)
    assert sum(bond) <= 100
    for year in range(3):
        assert sum(parent[: year + 1]) <= Decimal("0.5") * 200 * (year + 1)
        assert 0 <= parent[year] <= max(0, owed[year] - bond[year])
