"""Is every date of the catalogue read, in one order for a whole file, and no doubt guessed away?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    date_order,
    date_read,
    file_period,
    is_outside,
    spans_in_name,
)
from moothall.values.periods import Period

READ_ROWS = [
    ("04/01/2017", date(2017, 1, 4)),
    ("06/01/26", date(2026, 1, 6)),
    ("6.1.2026", date(2026, 1, 6)),
    ("3 Apr 2023", date(2023, 4, 3)),
    ("12-Mar-21", date(2021, 3, 12)),
    ("9-Sept-19", date(2019, 9, 9)),
    ("29th April 2022", date(2022, 4, 29)),
    ("Friday, April 29, 2022", date(2022, 4, 29)),
    ("2019-07-12", date(2019, 7, 12)),
    ("2019-07-12 01:00:00", date(2019, 7, 12)),
    ("2019-07-12T01:00:00Z", date(2019, 7, 12)),
    ("12/07/2019 00:00", date(2019, 7, 12)),
    ("20190712", date(2019, 7, 12)),
    ("43658", date(2019, 7, 12)),
    ("42341.42936", date(2015, 12, 3)),
    ("2013-04", date(2013, 4, 1)),
    ("Apr-13", date(2013, 4, 1)),
    ("April 2013", date(2013, 4, 1)),
    ("July 2010-September 2010", date(2010, 7, 1)),
    ("01/02/2010 to 05/02/2010", date(2010, 2, 1)),
]


@pytest.mark.parametrize(("text", "day"), READ_ROWS)
def test_every_published_form_of_a_date_is_read(text, day):
    assert date_read(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13/13/2020",
        "31-Apr-2020",
        "00:00:00",
        "12345",
        "99999",
        "Total",
        "25/06/2012900",
        "1/2",
        "3 Foo 2020",
    ],
)
def test_what_is_no_date_is_refused(text):
    assert date_read(text) is None


def test_a_file_is_read_in_one_order_that_its_own_dates_prove():
    assert date_order({"04/25/2022": 3, "03/04/2022": 90}).order == MONTH_FIRST
    assert date_order({"25/04/2022": 3, "03/04/2022": 90}).order == DAY_FIRST
    assert date_order({"03/04/2022": 90}).order == DAY_FIRST
    assert date_read("03/04/2022", MONTH_FIRST) == date(2022, 3, 4)


def test_a_date_that_does_not_fit_the_order_is_refused_and_never_turned_round():
    order = date_order({"25/04/2022": 9, "04/25/2022": 1})
    assert order.order == DAY_FIRST
    assert date_read("04/25/2022", order.order) is None
    assert "1 only month first" in (order.doubt or "")


@given(st.dates(date(1990, 1, 1), date(2069, 12, 31)))
def test_a_day_reads_back_from_every_way_of_writing_it(day):
    serial = (day - date(1899, 12, 30)).days
    for text in (
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d-%b-%y}",
        f"{day:%d %B %Y}",
        str(serial),
    ):
        assert date_read(text) == day


NAME_ROWS = [
    ("April-2020.csv", Period.month(2020, 4)),
    ("1701.csv", Period.month(2017, 1)),
    ("1575631095wpdm_1910.csv", Period.month(2019, 10)),
    ("leeds/raw/2013-04.csv.xz", Period.month(2013, 4)),
    ("DCCSpendingOver500_201101.csv", Period.month(2011, 1)),
    ("Spend-over-250.00-Mar-24.csv", Period.month(2024, 3)),
    ("HBC-Spend-OVER-250.00-Mar-22.csv", Period.month(2022, 3)),
    ("April-250-Spends-22.csv", Period.month(2022, 4)),
    ("expenditure-over-500-apr-jun-2014.csv", Period(date(2014, 4, 1), date(2014, 7, 1))),
    ("spend-2024-25.zip!spend-2024-25.csv", Period.financial_year(2024)),
    ("pcc-2018-19.xlsx Apr 18", Period.month(2018, 4)),
    ("2020-10.csv", Period.month(2020, 10)),
]


@pytest.mark.parametrize(("name", "period"), NAME_ROWS)
def test_a_file_name_says_its_period(name, period):
    assert spans_in_name(name)[0] == period


def test_a_name_without_a_month_says_nothing():
    assert spans_in_name("CALL51571.csv") == ()
    assert file_period("CALL51571.csv", {}) is None


def test_the_dates_choose_between_the_quarters_a_name_may_mean():
    days = {date(2018, 11, 5): 40, date(2018, 12, 3): 60}
    assert file_period("2018-Q3.csv", days) == Period(date(2018, 10, 1), date(2019, 1, 1))


def test_without_a_name_the_middle_of_the_dates_is_the_period():
    days = {date(2021, 2, 3): 500, date(2021, 2, 20): 480, date(2031, 2, 3): 1}
    assert file_period("CALL51571.csv", days) == Period.month(2021, 2)


def test_a_name_that_the_dates_deny_is_not_believed():
    days = {date(2021, 2, 3): 500}
    assert file_period("1701.csv", days) == Period.month(2021, 2)


def test_a_year_dragged_down_a_column_is_outside_the_period_and_a_late_payment_is_not():
    may = Period.month(2022, 5)
    assert is_outside(date(2026, 5, 31), may)
    assert is_outside(date(2019, 5, 31), may)
    assert not is_outside(date(2022, 6, 7), may)
    assert not is_outside(date(2021, 12, 7), may)
