"""What was an agreement worth, what is it worth now, and who asked for the changes?"""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine.change_ledger import (
    AskedBy,
    Demand,
    Effect,
    Entry,
    demand_alarm,
    ledger,
)
from moothall.core.rules import rules_of

RULES = rules_of("agreements", "modification")
SOUTHWEST_ONE = [
    Entry(1, date(2012, 4, 1), "Services return to the councils", AskedBy.CLIENT,
          Decimal(-377_000_000), effects=(Effect.SCOPE_RETURNED, Effect.PRICE)),
    Entry(2, date(2013, 3, 27), "The procurement dispute is settled", AskedBy.SUPPLIER,
          effects=(Effect.SETTLEMENT, Effect.GAIN_SHARE_CANCELLED)),
    Entry(3, date(2016, 12, 1), "It ends early", AskedBy.CLIENT, term_months=Decimal(-11),
          effects=(Effect.EARLY_END, Effect.TERM)),
]  # fmt: skip


def test_values_that_would_read_the_same_are_told_to_the_pound():
    entry = Entry(1, date(2026, 1, 1), "More", AskedBy.CLIENT, Decimal(96_000))
    said = ledger(Decimal(1_250_000), None, [entry]).in_words()
    assert said.startswith("It was worth £1,250,000 at award, and is worth £1,346,000 now (7.7%).")


def test_southwest_one_shows_scope_returned_the_settlement_and_the_gain_share_cancelled():
    """£535m over ten years from 2007, later cut to £158m, ended early.

    Sums and the order of events are as published; the days of the entries are the example's.
    """
    found = ledger(Decimal(535_000_000), Decimal(120), SOUTHWEST_ONE)
    assert found.current_gbp == Decimal(158_000_000)
    assert found.current_months == 109
    assert found.has_effect(Effect.SCOPE_RETURNED) == date(2012, 4, 1)
    assert found.has_effect(Effect.SETTLEMENT) == date(2013, 3, 27)
    assert found.has_effect(Effect.GAIN_SHARE_CANCELLED) == date(2013, 3, 27)
    assert found.has_effect(Effect.SCOPE_ADDED) is None
    assert found.in_words() == (
        "It was worth £535m at award, and is worth £158m now (\u221270.5%)."
    )


def test_the_ledger_says_who_asked_for_what():
    found = ledger(Decimal(535_000_000), Decimal(120), SOUTHWEST_ONE).asked()
    assert found[AskedBy.CLIENT] == (2, Decimal(-377_000_000))
    assert found[AskedBy.SUPPLIER] == (1, Decimal(0))
    assert found[AskedBy.LAW] == (0, Decimal(0))


def test_the_forecast_counts_what_is_asked_for_and_the_current_value_does_not():
    entries = [
        Entry(1, date(2026, 1, 1), "More streets", AskedBy.CLIENT, Decimal(100)),
        Entry(2, date(2026, 6, 1), "A rise", AskedBy.SUPPLIER, Decimal(50), is_in_force=False),
    ]
    found = ledger(Decimal(1_000), None, entries)
    assert (found.original_gbp, found.current_gbp, found.forecast_gbp) == (1_000, 1_100, 1_150)
    assert found.in_words().endswith("With what is asked for it would be £1,150.")


def test_what_was_never_recorded_is_not_taken_for_nothing():
    found = ledger(None, None, SOUTHWEST_ONE)
    assert found.current_gbp is None
    assert "is not recorded" in found.in_words()


def test_the_room_used_is_kept_net_and_gross():
    """+120,000, -50,000 and +90,000: 160,000 net, 260,000 gross."""
    entries = [
        Entry(n, date(2026, n, 1), "A change", AskedBy.CLIENT, small_gbp=Decimal(gbp))
        for n, gbp in enumerate((120_000, -50_000, 90_000), start=1)
    ]
    rows = ledger(Decimal(2_000_000), Decimal(60), entries).rows
    assert [row.net_used_gbp for row in rows] == [120_000, 70_000, 160_000]
    assert [row.gross_used_gbp for row in rows] == [120_000, 170_000, 260_000]


@given(st.lists(st.tuples(st.integers(-9_000, 9_000), st.booleans()), max_size=8))
def test_the_rows_lead_from_the_original_value_to_the_current_one(changes):
    entries = [
        Entry(n, date(2026, 1, 1), "", AskedBy.LAW, Decimal(gbp), is_in_force=held)
        for n, (gbp, held) in enumerate(changes)
    ]
    found = ledger(Decimal(50_000), None, entries)
    assert found.current_gbp == 50_000 + sum(gbp for gbp, held in changes if held)
    assert found.forecast_gbp == 50_000 + sum(gbp for gbp, _ in changes)


def demand(*readings):
    days = [date(2024 + n // 4, 3 * (n % 4) + 1, 1) for n in range(len(readings))]
    rows = tuple((day, Decimal(v), Decimal(n)) for day, (v, n) in zip(days, readings, strict=True))
    return Demand("visits", "Visits", "People over 75", rows)


def test_volume_that_outgrows_the_need_raises_the_alarm():
    alarm = demand_alarm(
        demand((100, 50), (100, 50), (120, 51), (120, 51)), RULES, date(2026, 1, 1)
    )
    assert alarm.is_raised
    assert alarm.sentence == (
        "Visits moved by 20.0% since 1 January 2024, and people over 75 by 2.0%. What is paid for "
        "by activity outgrows the need: ask who orders it, and cap or band its price."
    )


def test_volume_that_follows_the_need_raises_none():
    alarm = demand_alarm(
        demand((100, 50), (100, 50), (120, 60), (120, 58)), RULES, date(2026, 1, 1)
    )
    assert not alarm.is_raised
    assert alarm.sentence == (
        "Visits moved by 20.0% since 1 January 2024, and people over 75 by 18.0%."
    )


def test_five_parts_in_a_hundred_ahead_is_not_yet_an_alarm():
    assert not demand_alarm(demand((100, 100), (105, 100)), RULES, date(2026, 1, 1)).is_raised
    assert demand_alarm(demand((1000, 100), (1051, 100)), RULES, date(2026, 1, 1)).is_raised


def test_one_reading_or_a_start_at_nothing_says_no_growth():
    alone = demand_alarm(demand((100, 50)), RULES, date(2026, 1, 1))
    assert alone.volume_growth is None
    assert "two readings or more" in alone.sentence
    nothing = demand_alarm(demand((0, 50), (10, 50)), RULES, date(2026, 1, 1))
    assert "it began at nothing" in nothing.sentence
