"""From what may an appraisal begin: a bare frame, or a published case?"""

from __future__ import annotations

from datetime import date

from moothall.appraisal.cases.named import CASES
from moothall.deals.writing import inline
from moothall.values.periods import year_words

FRAME = """[appraisal]
name = {name}
body = {body}
on = {on}
first_year = {first}
years = 10
price_year = {first}
stage = "strategic outline case"

[service]
name = {name}

[options.as_now]
name = "As it is now"
form = "in_house"
role = "business as usual"
summary = "The service as it runs today."

[options.minimum]
name = "The least that the law asks"
form = "in_house"
role = "do minimum"
summary = "What must be done, and no more."
"""


def frame(name: str, body: str, on: date) -> str:
    """Return a first appraisal: business as usual, and the least that the law asks."""
    begins = on.year if on.month >= 4 else on.year - 1
    return FRAME.format(
        name=inline(name),
        body=inline(body),
        on=on.isoformat(),
        first=inline(year_words(begins + 1)),
    )


def cases_to_begin_from() -> list[tuple[str, str]]:
    """Return (name, title) of each published case that is an appraisal."""
    made = ((name, make()) for name, make in CASES.items())
    return [(name, case.title) for name, case in made if case.appraisal]


def text_of_case(name: str) -> str | None:
    made = CASES.get(name)
    return made().appraisal.lstrip() if made else None
