"""What day does a published date say, and in which order does a file write day and month?"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from attrs import frozen

from moothall.values.periods import Period

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?P<word>[a-z]{3,9})"
_TIME = r"(?:[t\s]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:am|pm|z|[+-]\d{2}:?\d{2})?)?"
_NUMERIC = re.compile(
    r"(?P<first>\d{1,2})[/.\-\s](?P<second>\d{1,2})[/.\-\s](?P<year>\d{4}|\d{2})" + _TIME
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.\-](?P<month>\d{1,2})[/.\-](?P<day>\d{1,2})" + _TIME)
_PACKED = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_DAY_WORD = re.compile(
    r"(?:[a-z]+day,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s/.\-]*"
    + _MONTH
    + r"[\s/.,\-]*(?P<year>\d{4}|\d{2})"
    + _TIME
)
_WORD_DAY = re.compile(
    r"(?:[a-z]+day,?\s+)?"
    + _MONTH
    + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
    + _TIME
)
_MONTH_YEAR = re.compile(_MONTH + r"[\s/.,'\-]*(?P<year>\d{4}|\d{2})")
_YEAR_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})[/\-](?P<month>\d{1,2})")
_MONTH_NUMBER_YEAR = re.compile(r"(?P<month>\d{1,2})[/\-](?P<year>(?:19|20)\d{2})")
_SERIAL = re.compile(r"(?P<days>\d{5})(?:\.\d+)?")
_RANGE = re.compile(r"(?P<start>.+?\S)\s*(?:-|–|\bto\b)\s*(?P<end>\S.+)")
_FIRST_SERIAL, _LAST_SERIAL = 32874, 62093  # 1 January 1990 to 31 December 2069, 1900 system
_EPOCH = date(1899, 12, 30)
_AMBIGUOUS = re.compile(r"\s*(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](?:\d{4}|\d{2})\b")

DAY_FIRST, MONTH_FIRST = "day first", "month first"


@frozen
class DateOrder:
    """Which of day and month a file writes first, and on what evidence (in rows)."""

    order: str
    day_first_rows: int
    month_first_rows: int

    @property
    def doubt(self) -> str | None:
        """A sentence when the evidence points both ways, else None."""
        if self.day_first_rows and self.month_first_rows:
            return (
                f"{self.day_first_rows} dates can only be day first and {self.month_first_rows} "
                f"only month first. All are read {self.order}; those that cannot be are set aside."
            )
        return None


def date_order(texts: Mapping[str, int]) -> DateOrder:
    """Return the one order in which a whole file writes its numeric dates.

    texts : date as published -> number of rows

    Only a number above 12 is evidence. Dates that go either way count for neither; with no
    evidence the order is day first, as British bodies write. One file, one order: a date that
    does not fit it is refused and never read the other way round.
    """
    day_first = month_first = 0
    for text, rows in texts.items():
        match = _AMBIGUOUS.match(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second >= 1:
            day_first += rows
        elif second > 12 >= first >= 1:
            month_first += rows
    order = MONTH_FIRST if month_first > day_first else DAY_FIRST
    return DateOrder(order, day_first, month_first)


@lru_cache(maxsize=65536)
def date_read(text: str, order: str = DAY_FIRST) -> date | None:
    """Return the day a published date says, or None when it cannot be read.

    A month alone is its first day; a range is the first day of its start; an Excel serial is
    counted in the 1900 system; a time of day is ignored; two-digit years are 1970 to 2069.
    """
    cleaned = " ".join(text.replace("\u00a0", " ").replace("\ufeff", "").split()).lower()
    if not cleaned:
        return None
    single = _single_day(cleaned, order)
    if single is not None:
        return single
    match = _RANGE.fullmatch(cleaned)
    if match is None:
        return None
    start, end = _single_day(match["start"], order), _single_day(match["end"], order)
    return start if start is not None and end is not None and start <= end else None


def _single_day(text: str, order: str) -> date | None:
    if match := _NUMERIC.fullmatch(text):
        first, second = int(match["first"]), int(match["second"])
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        return _day(match["year"], month, day)
    if match := _YEAR_FIRST.fullmatch(text) or _PACKED.fullmatch(text):
        return _day(match["year"], int(match["month"]), int(match["day"]))
    if match := _SERIAL.fullmatch(text):
        days = int(match["days"])
        in_range = _FIRST_SERIAL <= days <= _LAST_SERIAL
        return _EPOCH + timedelta(days=days) if in_range else None
    if match := _DAY_WORD.fullmatch(text) or _WORD_DAY.fullmatch(text):
        return _day(match["year"], _MONTHS.get(match["word"]), int(match["day"]))
    if match := _MONTH_YEAR.fullmatch(text):
        return _day(match["year"], _MONTHS.get(match["word"]), 1)
    if match := _YEAR_MONTH.fullmatch(text) or _MONTH_NUMBER_YEAR.fullmatch(text):
        return _day(match["year"], int(match["month"]), 1)
    return None


def _day(year: str, month: int | None, day: int) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 70 else 1900
    if month is None or not 1970 <= number <= 2199:
        return None
    try:
        return date(number, month, day)
    except ValueError:
        return None


def _month_start(year: int, month: int) -> date:
    years, months = divmod(month - 1, 12)
    return date(year + years, months + 1, 1)


def _months(year: int, month: int, count: int) -> Period:
    return Period(_month_start(year, month), _month_start(year, month + count))


_NAME_WORD = "(?P<a>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_NAME_WORD_TO_WORD = re.compile(
    r"(?<![a-z])"
    + _NAME_WORD
    + r"[\s_.-]*(?:to[\s_.-]*)?"
    + _NAME_WORD.replace("<a>", "<b>")
    + r"[\s_.'-]*(?P<year>(?:19|20)\d{2}|\d{2})(?!\d)"
)
_NAME_WORD_YEAR = re.compile(
    r"(?<![a-z])" + _NAME_WORD + r"(?![a-z])(?:[\s_.'-]*[£]?\d{3}(?=\D)[a-z\s_.-]*)?[\s_.'-]*"
    r"(?P<year>(?:19|20)\d{2}|\d{2})(?!\d)"
)
_NAME_YEAR_WORD = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})[\s_.-]*" + _NAME_WORD + r"(?![a-z])")
_NAME_YEAR_MONTH = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})[\s_.-]?(?P<month>0[1-9]|1[0-2])(?!\d)"
)
_NAME_MONTH_YEAR = re.compile(
    r"(?<!\d)(?P<month>0[1-9]|1[0-2])[\s_.-](?P<year>(?:19|20)\d{2})(?!\d)"
)
_NAME_SHORT = re.compile(r"(?<!\d)(?P<year>[01234]\d)(?P<month>0[1-9]|1[0-2])(?!\d)")
_NAME_QUARTER = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:[/_-]\d{2})?[\s_.-]*q(?:uarter|tr)?[\s_.-]*(?P<quarter>[1-4])(?!\d)"
)
_NAME_QUARTER_YEAR = re.compile(
    r"(?<![a-z])q(?:uarter|tr)?[\s_.-]*(?P<quarter>[1-4])[\s_.-]*(?P<year>(?:19|20)\d{2})(?!\d)"
)
_NAME_YEARS = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})[\s_./-]+(?P<next>(?:20)?\d{2})(?!\d)")
_NAME_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?!\d)")


def spans_in_name(name: str) -> tuple[Period, ...]:
    """Return the periods that a file's name may mean, likeliest first.

    'April-2020', '1701', '2013-04', 'apr-jun-2014', '2014-Q1' (calendar and financial year),
    '2024-25' (financial year), '2019' (calendar and financial year).
    """
    stem = name.lower().rsplit("/", 1)[-1].rsplit("!", 1)[-1]
    stem = re.sub(r"\.(csv|tsv|txt|xlsx?|ods|xz|gz|zip)(?=\.|$)", "", stem)
    found: list[Period] = []

    def years(text: str) -> int:
        return int(text) + 2000 if len(text) == 2 else int(text)

    if match := _NAME_WORD_TO_WORD.search(stem):
        start, end = _MONTHS[match["a"]], _MONTHS[match["b"]]
        year = years(match["year"])
        count = (end - start) % 12 + 1
        found.append(_months(year if end >= start else year - 1, start, count))
    for pattern in (_NAME_WORD_YEAR, _NAME_YEAR_WORD):
        if match := pattern.search(stem):
            found.append(_months(years(match["year"]), _MONTHS[match["a"]], 1))
    for pattern in (_NAME_QUARTER, _NAME_QUARTER_YEAR):
        if match := pattern.search(stem):
            year, quarter = int(match["year"]), int(match["quarter"])
            found += [_months(year, quarter * 3 + 1, 3), _months(year, quarter * 3 - 2, 3)]
            found += [_months(year - 1, quarter * 3 + 1, 3)]
    for pattern in (_NAME_YEAR_MONTH, _NAME_MONTH_YEAR):
        if match := pattern.search(stem):
            found.append(_months(int(match["year"]), int(match["month"]), 1))
    if (match := _NAME_YEARS.search(stem)) and int(match["next"]) % 100 == (
        int(match["year"]) + 1
    ) % 100:
        found.append(_months(int(match["year"]), 4, 12))
    if not found and (match := _NAME_SHORT.search(stem)):
        found.append(_months(2000 + int(match["year"]), int(match["month"]), 1))
    if not found and (match := _NAME_YEAR.search(stem)):
        year = int(match["year"])
        found += [_months(year, 1, 12), _months(year, 4, 12), _months(year - 1, 4, 12)]
    return tuple(dict.fromkeys(found))


def file_period(name: str, rows_by_day: Mapping[date, int]) -> Period | None:
    """Return the period a file covers, from its name and its dates together.

    rows_by_day : day -> rows dated that day

    The name's period is taken when at least a quarter of the dated rows fall in it (widened by
    a month each side); otherwise the months that hold the middle 98% of the rows. None when
    neither says anything.
    """
    candidates = spans_in_name(name)
    total = sum(rows_by_day.values())
    if not total:
        return candidates[0] if candidates else None

    def share(days: Period) -> int:
        early, late = days.starts_on - timedelta(31), days.ends_before + timedelta(31)
        return sum(rows for day, rows in rows_by_day.items() if early <= day < late)

    def exact(days: Period) -> int:
        return sum(
            rows for day, rows in rows_by_day.items() if days.starts_on <= day < days.ends_before
        )

    fitting = [days for days in candidates if share(days) * 4 >= total]
    if fitting:
        return max(fitting, key=exact)
    return _central_months(rows_by_day, total)


def _central_months(rows_by_day: Mapping[date, int], total: int) -> Period:
    ordered = sorted(rows_by_day)
    first = _day_at(ordered, rows_by_day, total * 0.01)
    last = _day_at(ordered, rows_by_day, total * 0.99)
    return Period(first.replace(day=1), _month_start(last.year, last.month + 1))


def _day_at(ordered: Iterable[date], rows_by_day: Mapping[date, int], rank: float) -> date:
    seen = 0
    day = date.min
    for day in ordered:
        seen += rows_by_day[day]
        if seen > rank:
            return day
    return day


EARLIEST_BEFORE = timedelta(days=366)
LATEST_AFTER = timedelta(days=183)


def is_outside(day: date, period: Period) -> bool:
    """Return whether a date is too far from the file's period to be a slip of weeks.

    More than a year before it starts, or more than half a year after it ends: a year dragged
    down a spreadsheet's column, or a century mistyped. Nearer dates are kept as published.
    """
    return day < period.starts_on - EARLIEST_BEFORE or day >= period.ends_before + LATEST_AFTER
