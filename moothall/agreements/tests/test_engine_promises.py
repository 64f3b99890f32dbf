"""Promises fall due, results are rated, credits follow the deal, and no day is missed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine import scorecard
from moothall.agreements.engine.calendar import Dates, Day, Kind, days_of, from_on
from moothall.agreements.engine.due_diligence import (
    Check,
    Done,
    checks,
    older_than_limit,
    standing,
)
from moothall.agreements.engine.icalendar import Event, icalendar
from moothall.agreements.engine.obligations import (
    EVERY,
    MONTHS,
    PROMISE,
    due_days,
    obligation_kinds,
)
from moothall.agreements.engine.performance import (
    PERFORMANCE,
    Course,
    credits_of,
    measures_of,
    suggested,
)
from moothall.agreements.engine.scorecard import Bands, BandsCross, run_of
from moothall.core.rules import rule_on
from moothall.deals.reading import deal_from_toml
from moothall.deals.settlement import settled
from moothall.deals.versions import Version
from moothall.values.periods import months_after
from moothall.values.state_table import CannotMove

DAY = date(2026, 11, 24)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
DEAL = """
[deal]
name = "Street cleaning"
starts_on = 2026-04-01
ends_before = 2029-04-01
every = "quarter"

[parties.council]
name = "Norbury Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Sweep Ltd"
kind = "supplier"

[facts.response]
title = "Reports answered in time"
unit = "%"
places = 1

[facts.complaints]
title = "Complaints"
unit = "count"
places = 0

[facts.leaves]
title = "Notice to leave"
unit = "1 = yes"

[facts.extends]
title = "Extended"
unit = "1 = yes"

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 100000

[terms.credits]
kind = "service_credits"
payer = "council"
payee = "contractor"
over = ["fee"]
cap_share = 0.10

[[terms.credits.indicators]]
measure = "response"
target = 95
credit = 0.06

[[terms.credits.indicators]]
measure = "complaints"
target = 20
better = "lower"
credit = 0.08

[terms.leave]
kind = "break_option"
payer = "council"
payee = "contractor"
exercised = "leaves"
opens_on = 2027-04-01
closes_before = 2028-04-01
payment_gbp = 50000

[terms.longer]
kind = "extension_option"
payer = "council"
payee = "contractor"
exercised = "extends"
unless_ends_before = 2028-10-01
"""


@pytest.fixture(scope="module")
def deal():
    return deal_from_toml(DEAL)


def rule(document, key, day=DAY):
    return rule_on(day, "agreements", document, key)


# Days


@given(days, st.integers(-240, 240))
def test_a_day_so_many_months_on_keeps_its_number_or_is_the_months_last(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_a_month_after_the_end_of_january_is_the_end_of_february():
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 8, 31), -6) == date(2026, 2, 28)


# Promises


def test_a_promise_every_quarter_is_due_until_the_agreement_ends():
    found = list(due_days(date(2026, 1, 31), "quarter", date(2027, 1, 1)))
    assert found == [date(2026, 1, 31), date(2026, 4, 30), date(2026, 7, 31), date(2026, 10, 31)]


def test_a_promise_made_once_is_due_once_and_never_after_the_end():
    assert list(due_days(date(2026, 1, 31), "", date(2027, 1, 1))) == [date(2026, 1, 31)]
    assert list(due_days(date(2027, 1, 1), "", date(2027, 1, 1))) == []


def test_every_kind_of_promise_has_a_rhythm_that_forms_offer():
    assert {kind.every for kind in obligation_kinds().values()} <= set(MONTHS) == set(EVERY)


def test_evidence_that_was_refused_may_be_given_again_and_what_was_kept_stays_kept():
    assert PROMISE.after("NOT_MET", "REPORT") == "EVIDENCED"
    with pytest.raises(CannotMove, match=r"^You cannot waive it: the promise is kept\."):
        PROMISE.after("MET", "WAIVE")


# The scorecard


@pytest.mark.parametrize(
    ("better", "edges", "rated"),
    [
        ("higher", (95, 90, 80), {95: "good", 94: "approaching", 89: "improve", 79: "inadequate"}),
        ("lower", (20, 25, 40), {20: "good", 21: "approaching", 40: "improve", 41: "inadequate"}),
    ],
)
def test_a_result_is_rated_in_the_declared_direction_of_good(better, edges, rated):
    bands = Bands(better, *map(Decimal, edges))
    assert {value: bands.rating(Decimal(value)) for value in rated} == rated
    assert bands.rating(None) == "other"


@pytest.mark.parametrize(
    ("better", "edges", "way"), [("higher", (95, 96, 80), "down"), ("lower", (20, 15, 40), "up")]
)
def test_bands_that_cross_are_refused(better, edges, way):
    with pytest.raises(BandsCross, match=rf"^The bands cross: where {better} is .* they go {way}"):
        Bands(better, *map(Decimal, edges))


@pytest.mark.parametrize("day", [date(2010, 1, 1), DAY])
def test_every_rating_has_a_word_on_any_day(day):
    found = scorecard.scale(rule("performance", "rating_scale", day))
    assert tuple(found) == scorecard.RATINGS


def test_the_scale_of_the_act_has_other_where_the_older_one_is_not_rated():
    labels = [
        scorecard.scale(rule("performance", "rating_scale", day))["other"].label
        for day in (date(2025, 2, 23), date(2025, 2, 24))
    ]
    assert labels == ["Not rated", "Other"]


def warned(**given):
    asked = {
        "regime": "PA_2023",
        "value_pence": 500_000_001,
        "indicators": 3,
        "assessed_on": date(2026, 1, 1),
        "starts_on": date(2025, 4, 1),
        "on": DAY,
    }
    return scorecard.warnings_of_duty(rule("performance", "indicator_duty"), **asked | given)


def test_an_agreement_over_five_million_with_three_indicators_lately_assessed_is_not_warned_of():
    assert warned() == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"indicators": 2}, "has 2 indicators: at least 3 are set and published"),
        ({"assessed_on": date(2025, 11, 23)}, "was last assessed on 23 November 2025"),
        ({"assessed_on": None}, "has not been assessed since it began on 1 April 2025"),
        ({"regime": ""}, "the law it was bought under is not recorded"),
    ],
)
def test_a_large_agreement_is_warned_of_and_told_that_the_rule_is_not_verified(given, words):
    (said,) = warned(**given)
    assert words in said
    assert said.endswith("This rule has not been verified here.")


@pytest.mark.parametrize(
    "given", [{"value_pence": 500_000_000}, {"value_pence": None}, {"regime": "PCR_2015"}]
)
def test_smaller_ones_and_those_of_another_law_are_not_warned_of(given):
    assert warned(indicators=0, assessed_on=None, **given) == ()


def test_a_run_is_counted_from_the_last_period_back():
    ratings = ["improve", "good", "improve", "inadequate"]
    assert run_of(ratings, ["improve", "inadequate"]) == 2
    assert run_of(ratings, ["good"]) == 0


# Performance and credits


def test_one_cannot_step_in_before_a_default_notice():
    with pytest.raises(CannotMove, match=r"^You cannot step in: the performance is as agreed\."):
        PERFORMANCE.after("PERFORMING", "STEP_IN")


def test_missed_indicators_credit_their_parts_up_to_the_cap(deal):
    results = {"response": Decimal(94), "complaints": Decimal(21)}
    (credit,) = credits_of(deal, deal.periods[0], results)
    assert (credit.asked, credit.part) == (Decimal("0.14"), Decimal("0.10"))
    assert credit.said == (
        "Service credits: 14.0% of the period's charges, held back to 10.0% by the cap. Reports "
        "answered in time was 94.0 against 95. Complaints was 21 against 20."
    )


def test_a_target_that_is_just_reached_credits_nothing(deal):
    (credit,) = credits_of(
        deal, deal.periods[0], {"response": Decimal(95), "complaints": Decimal(20)}
    )
    assert credit.part == 0
    assert credit.said == "Service credits: no indicator was missed, and nothing is credited."


def test_a_credit_waits_for_results_that_are_not_there(deal):
    (credit,) = credits_of(deal, deal.periods[0], {"response": Decimal(90)})
    assert credit.said == "Service credits waits for the result of Complaints."
    assert measures_of(deal) == {
        "response": "Reports answered in time",
        "complaints": "Complaints",
    }


@given(
    st.decimals(80, 100, places=2),
    st.decimals(10, 30, places=1),
)
def test_the_part_that_is_credited_is_what_the_deal_settles(response, complaints):
    deal = deal_from_toml(DEAL)
    period = deal.periods[0]
    results = {"response": response, "complaints": complaints}
    facts = {**results, "leaves": Decimal(0), "extends": Decimal(0)}
    known = {key: {period.starts_on: value} for key, value in facts.items()}
    statement = settled([Version(1, deal, deal.period.starts_on)], known, up_to=period)
    paid = {line.term: line.owed.amount for line in statement.lines}
    (credit,) = credits_of(deal, period, results)
    assert paid["credits"] == -credit.part * paid["fee"]


LIMITS = {"warn": 1, "notice": 2, "step_in": 3}


@pytest.mark.parametrize(
    ("state", "ratings", "is_critical", "words"),
    [
        ("PERFORMING", ("good", "improve"), False, "for 1 period running: give an early warning"),
        ("WARNED", ("improve", "improve"), False, "for 2 periods running: give a default notice"),
        ("PERFORMING", ("inadequate",) * 2, False, "2 periods running: give a default notice"),
        ("IN_DEFAULT", ("inadequate",) * 3, True, "is critical and was inadequate for 3 periods"),
    ],
)
def test_poor_results_in_a_row_suggest_the_next_step(state, ratings, is_critical, words):
    (said,) = suggested(state, [Course("Response", is_critical, ratings)], LIMITS)
    assert words in said


@pytest.mark.parametrize(
    ("state", "ratings", "is_critical"),
    [
        ("PERFORMING", ("improve", "good"), True),
        ("WARNED", ("good", "improve"), True),
        ("IN_DEFAULT", ("inadequate",) * 3, False),
        ("IN_DEFAULT", ("improve",) * 3, True),
    ],
)
def test_results_that_are_no_worse_suggest_nothing(state, ratings, is_critical):
    assert suggested(state, [Course("Response", is_critical, ratings)], LIMITS) == ()


# The calendar


def test_the_record_gives_review_notice_and_end_with_reminders(deal):
    dates = Dates(date(2029, 4, 1), date(2027, 1, 15), 6)
    kept = days_of(dates, None, [18, 12, 6])
    weighty = [(day.on, day.kind) for day in kept if day.kind is not Kind.REMINDER]
    assert weighty == [
        (date(2027, 1, 15), Kind.REVIEW),
        (date(2028, 10, 1), Kind.NOTICE),
        (date(2029, 3, 31), Kind.END),
    ]
    reminders = [day.on for day in kept if day.kind is Kind.REMINDER]
    assert date(2027, 9, 30) in reminders  # 18 months before the end
    assert date(2027, 4, 1) in reminders  # 18 months before the last day for notice
    assert len(reminders) == 6
    assert list(kept) == sorted(kept)


def test_reminders_of_one_day_are_one():
    # Notice of a year to the last day of a month: six months before it is 18 before the end.
    dates = Dates(date(2028, 4, 1), None, 12)
    said = {day.on: day.said for day in days_of(dates, None, [18, 6])}
    assert said[date(2026, 10, 1)].startswith(
        "6 months until 1 April 2027: The last day for notice"
    )
    assert said[date(2026, 9, 30)].startswith("18 months until 31 March 2028: The agreement's last")
    both = days_of(Dates(None, None, None), None, [18])
    assert both == ()


def test_breaks_and_extensions_come_from_the_deal(deal):
    kept = [day for day in days_of(Dates(), deal, []) if day.kind is not Kind.REMINDER]
    assert kept == [
        Day(date(2027, 4, 1), Kind.BREAK, "Norbury Council may end the deal early from today."),
        Day(
            date(2028, 3, 31),
            Kind.BREAK,
            "The last day on which Norbury Council may give notice to end the deal early.",
        ),
        Day(
            date(2028, 9, 30),
            Kind.EXTENSION,
            "The deal ends unless Norbury Council has extended it.",
        ),
    ]
    assert [day.on for day in from_on(kept, date(2028, 4, 1))] == [date(2028, 9, 30)]


def test_a_calendar_file_has_whole_days_with_what_is_in_them_escaped():
    event = Event(
        "1@moothall", date(2026, 12, 31), "End; now, and", "One\nTwo\\", "https://x.test/1"
    )
    text = icalendar("Norbury", [event], at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "SUMMARY:End\\; now\\, and" in lines
    assert "DESCRIPTION:One\\nTwo\\\\" in lines
    assert "DTSTAMP:20261124T093000Z" in lines
    assert "URL:https://x.test/1" in lines


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_no_line_of_a_calendar_file_is_too_long_and_unfolded_it_says_the_same(said):
    event = Event("1@moothall", DAY, "Day", said)
    text = icalendar("Norbury", [event], at=datetime(2026, 11, 24, tzinfo=UTC))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    written = said.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"\r\nDESCRIPTION:{written}\r\n" in unfolded


# Due diligence

CHECKS = [Check("insurance", "Insurance", 12, True), Check("tax", "Tax", 12, False)]


def test_a_check_on_the_day_of_its_limit_is_not_too_old_and_a_day_later_it_is():
    done = [Done("Sweep Ltd", "insurance", date(2025, 11, 24))]
    assert older_than_limit(["Sweep Ltd"], done, CHECKS, on=DAY) == ()
    (said,) = older_than_limit(["Sweep Ltd"], done, CHECKS, on=DAY + timedelta(days=1))
    assert said == (
        "Sweep Ltd was last checked for insurance on 24 November 2025, and the limit is 12 "
        "months. Check it again."
    )


def test_the_latest_check_counts_and_one_to_come_does_not():
    old = Done("Sweep Ltd", "insurance", date(2020, 1, 1))
    new = Done("Sweep Ltd", "insurance", date(2026, 11, 1))
    assert older_than_limit(["Sweep Ltd"], [new, old], CHECKS, on=DAY) == ()
    assert len(older_than_limit(["Sweep Ltd"], [new, old], CHECKS, on=date(2026, 10, 31))) == 1


def test_a_check_that_is_needed_and_missing_is_said_and_another_is_not():
    (said,) = older_than_limit(["Sweep Ltd"], [], CHECKS, on=DAY)
    assert said.startswith("Sweep Ltd has not been checked for insurance.")


def test_a_bidder_of_twenty_million_for_six_a_year_is_large_enough():
    found = standing(
        turnover_gbp=Decimal(20_000_000),
        yearly_value_gbp=Decimal(6_000_000),
        current_assets_gbp=Decimal("4.2"),
        current_liabilities_gbp=Decimal("3.5"),
        multiple=rule("due_diligence", "turnover_multiple"),
    )
    assert found.value_of_turnover == Decimal("0.3")
    assert (found.times, found.current_ratio) == (Decimal("3.33"), Decimal("1.2"))
    assert found.said == "A year of this agreement is 30.0% of its turnover."


def test_a_bidder_too_small_or_short_of_cash_is_said_to_be():
    found = standing(
        turnover_gbp=Decimal(9_000_000),
        yearly_value_gbp=Decimal(6_000_000),
        current_assets_gbp=Decimal(3),
        current_liabilities_gbp=Decimal(4),
        multiple=rule("due_diligence", "turnover_multiple"),
    )
    assert "1.50 times that, under the 2 times" in found.said
    assert "Its current ratio is 0.75" in found.said


def test_due_diligence_has_limits_for_each_kind_of_check():
    found = checks(rule("due_diligence", "due_diligence"))
    assert found["exclusion"].months == 6
    assert all(check.months > 0 for check in found.values())
