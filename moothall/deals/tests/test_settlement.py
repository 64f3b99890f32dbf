from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import deal_from_document, deal_from_toml
from moothall.deals.settlement import (
    CannotSettle,
    period_of,
    period_text,
    re_run,
    settled,
    settled_together,
)
from moothall.deals.versions import Version
from moothall.deals.writing import canonical, plain, toml_of

DEAL = """
[deal]
name = "Lamps and a share"
starts_on = 2026-04-01
ends_before = 2027-04-01
every = "quarter"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Brightway Ltd"
kind = "supplier"

[facts.lamps]
title = "Lamps kept lit"
unit = "lamps"
reported_by = "contractor"

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = {fee}
vat = "standard"

[terms.lamps]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "lamps"
bands = [{{ price_gbp = "1.25" }}]
total_cap_gbp = {cap}
"""
START = date(2026, 4, 1)


def deal(fee=1000, cap=3000):
    return deal_from_toml(DEAL.format(fee=fee, cap=cap))


FIRST = Version(1, deal(), START)
QUARTERS = FIRST.deal.periods


def lamps(*values):
    return {
        "lamps": {
            quarter.starts_on: Decimal(value)
            for quarter, value in zip(QUARTERS, values, strict=False)
            if value is not None
        }
    }


def amounts(statement):
    return [(line.term, line.owed.amount) for line in statement.lines]


def a_fifth(_treatment, _day):
    return Decimal("0.2")


def test_a_period_is_settled_with_its_reasons_and_its_vat():
    statement = settled([FIRST], lamps("800"), up_to=QUARTERS[0], vat_rate=a_fifth)
    assert statement.as_json() == {
        "flows": [
            {
                "period": "2026-04-01/2026-06-30",
                "term": "fee",
                "payer": "council",
                "payee": "contractor",
                "amount_gbp": "1000.00",
                "vat_gbp": "200.00",
                "because": "A fixed fee of £1,000.00.",
            },
            {
                "period": "2026-04-01/2026-06-30",
                "term": "lamps",
                "payer": "council",
                "payee": "contractor",
                "amount_gbp": "1000.00",
                "vat_gbp": "0.00",
                "because": "800 units. 800 at £1.25.",
            },
        ],
        "net": {"council": "-2000.00", "contractor": "2000.00"},
        "findings": [],
    }


def test_a_corrected_fact_gives_an_adjustment_that_names_the_old_period():
    first = settled([FIRST], lamps("800"), up_to=QUARTERS[0])
    second = settled([FIRST], lamps("840", "100"), up_to=QUARTERS[1], issued=[first])
    (old,) = [line for line in second.lines if line.adjusts]
    assert old.adjusts == QUARTERS[0]
    assert old.owed.amount == Decimal("50.00")
    assert old.because == (
        "1 April 2026 to 30 June 2026 was stated as £1,000.00 and is now £1,050.00: 840 units. "
        "840 at £1.25."
    )
    assert second.as_json()["flows"][0]["adjusts"] == "2026-04-01/2026-06-30"
    again = settled([FIRST], lamps("840", "100", "1"), up_to=QUARTERS[2], issued=[first, second])
    assert all(line.adjusts is None for line in again.lines)


def test_a_late_fact_stops_its_period_and_is_caught_up_once_it_is_known():
    first = settled([FIRST], lamps("800"), up_to=QUARTERS[0])
    second = settled([FIRST], lamps("800"), up_to=QUARTERS[1], issued=[first])
    assert second.lines == ()
    (finding,) = second.findings
    assert finding.place == "facts.lamps"
    assert finding.sentence == (
        "Lamps kept lit is not known for 1 July 2026 to 30 September 2026: unit price cannot be "
        "settled, nor anything after it."
    )
    assert finding.mend == "Report it: Brightway Ltd does."
    third = settled([FIRST], lamps("800", "10", "20"), up_to=QUARTERS[2], issued=[first, second])
    assert amounts(third) == [
        ("fee", Decimal("1000.00")),
        ("lamps", Decimal("12.50")),
        ("fee", Decimal("1000.00")),
        ("lamps", Decimal("25.00")),
    ]
    assert [line.adjusts for line in third.lines] == [QUARTERS[1], QUARTERS[1], None, None]


def test_a_correction_upwards_moves_what_a_cap_over_the_deal_leaves():
    first = settled([FIRST], lamps("800"), up_to=QUARTERS[0])
    second = settled([FIRST], lamps("800", "1600"), up_to=QUARTERS[1], issued=[first])
    assert amounts(second)[1] == ("lamps", Decimal("2000.00"))
    third = settled([FIRST], lamps("1000", "1600", "5"), up_to=QUARTERS[2], issued=[first, second])
    by_period = {line.adjusts: line.owed.amount for line in third.lines if line.term == "lamps"}
    assert by_period == {
        QUARTERS[0]: Decimal("250.00"),
        QUARTERS[1]: Decimal("-250.00"),
        None: Decimal("0.00"),
    }


def test_a_variation_takes_effect_at_the_next_period_and_carries_what_was_paid():
    varied = Version(2, deal(fee=2000), date(2026, 8, 15))
    facts = lamps("1600", "400", "1000")
    first = settled([FIRST, varied], facts, up_to=QUARTERS[0])
    in_second = settled([FIRST, varied], facts, up_to=QUARTERS[1], issued=[first])
    assert amounts(in_second) == [("fee", Decimal("1000.00")), ("lamps", Decimal("500.00"))]
    third = settled([FIRST, varied], facts, up_to=QUARTERS[2], issued=[first, in_second])
    assert amounts(third) == [("fee", Decimal("2000.00")), ("lamps", Decimal("500.00"))]


def test_a_variation_that_splits_its_period_takes_each_part_by_its_days():
    varied = Version(2, deal(fee=2000), date(2026, 8, 15), splits_period=True)
    facts = lamps("0", "0")
    first = settled([FIRST, varied], facts, up_to=QUARTERS[0])
    until = period_of("2026-07-01/2026-08-14")
    since = period_of("2026-08-15/2026-09-30")
    old = settled([FIRST, varied], facts, up_to=until, issued=[first])
    new = settled([FIRST, varied], facts, up_to=since, issued=[first, old])
    assert amounts(old)[0] == ("fee", Decimal("489.13"))  # 45 of 92 days of 1,000
    assert amounts(new)[0] == ("fee", Decimal("1021.74"))  # 47 of 92 days of 2,000
    assert "Taken for 48.9% of the period." in old.lines[0].because


def test_a_version_may_start_a_term_afresh():
    afresh = Version(2, deal(), date(2026, 7, 1), carries_over=())
    first = settled([FIRST, afresh], lamps("2400"), up_to=QUARTERS[0])
    second = settled([FIRST, afresh], lamps("2400", "800"), up_to=QUARTERS[1], issued=[first])
    assert amounts(second)[1] == ("lamps", Decimal("1000.00"))


def test_a_statement_is_worked_out_again_from_what_it_stores():
    first = settled([FIRST], lamps("800"), up_to=QUARTERS[0], vat_rate=a_fifth)
    second = settled(
        [FIRST], lamps("840", "100"), up_to=QUARTERS[1], issued=[first], vat_rate=a_fifth
    )
    for statement in (first, second):
        again = re_run(plain(statement.stored()))
        assert again.lines == statement.lines


def test_a_statement_that_comes_out_otherwise_is_refused():
    stored = plain(settled([FIRST], lamps("800"), up_to=QUARTERS[0]).stored())
    stored["inputs"]["versions"][0]["deal"]["terms"]["fee"]["amount_gbp"] = "1001"
    with pytest.raises(CannotSettle, match="no longer comes out as it was stated"):
        re_run(stored)


def test_a_period_of_another_deal_is_refused():
    with pytest.raises(CannotSettle, match="is no period of this deal: it runs from 1 April 2026"):
        settled([FIRST], {}, up_to=period_of("2030-04-01/2030-06-30"))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(st.integers(0, 3000), min_size=4, max_size=4), min_size=4, max_size=4))
def test_however_facts_are_corrected_all_that_is_stated_adds_up_to_what_is_due(known):
    """After the last correction each period has been paid exactly what it is owed."""
    issued = []
    for place, values in enumerate(known):
        facts = lamps(*map(str, values[: place + 1]))
        issued.append(settled([FIRST], facts, up_to=QUARTERS[place], issued=issued))
        assert sum(issued[-1].net.values()) == 0
    at_once = settled([FIRST], lamps(*map(str, known[-1])), up_to=QUARTERS[-1])
    stated = sum(line.owed.amount for one in issued for line in one.lines)
    assert stated == sum(line.owed.amount for line in at_once.lines)


def test_many_contracts_settle_as_each_would_alone():
    values = [[Decimal(n * 7 % 1900) for n in range(place, place + 5)] for place in range(4)]
    facts = {"lamps": [np.array(row, dtype=object) for row in values]}
    together = settled_together(FIRST.deal, facts, 5)
    for place in range(5):
        alone = settled_together(
            FIRST.deal, {"lamps": [row[place : place + 1] for row in facts["lamps"]]}, 1
        )
        assert [line.amount[place] for line in together] == [line.amount[0] for line in alone]
        assert [line.because(place) for line in together] == [line.because() for line in alone]


def test_a_deal_written_as_toml_or_json_reads_as_the_same_deal():
    whole = FIRST.deal
    assert deal_from_toml(toml_of(whole.document)) == whole
    assert deal_from_document(plain(whole.document)) == whole
    named = evolve(whole, name='A "quoted" name\n')
    document = {**whole.document, "deal": {**whole.document["deal"], "name": named.name.strip()}}
    assert deal_from_toml(toml_of(document)).name == 'A "quoted" name'
    assert canonical({"b": 1, "a": Decimal("1.50")}) == '{"a":"1.50","b":1}'
    assert period_text(QUARTERS[0]) == "2026-04-01/2026-06-30"
