"""How is a case of an appraisal worked out: its file read, and worked out whole?"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files

from moothall.appraisal.engine.reading import appraisal_from_toml
from moothall.appraisal.engine.result import Result, result
from moothall.appraisal.queries.rules import rule_books

DRAWS = 2_000  # a case's futures: its figures are of what is certain, or to whole per cents


def text_of(name: str) -> str:
    """The file of a case."""
    path = files("moothall.appraisal") / "cases" / f"{name}.toml"
    return path.read_text(encoding="utf-8")


@cache
def worked(name: str) -> Result:
    """A case rests on nothing but its own file, so it is worked out once."""
    return result(appraisal_from_toml(text_of(name)), rule_books(), draws=DRAWS, seed=1)


def known(amount: Decimal | None) -> Decimal:
    """An amount that a case knows to be there."""
    if amount is None:
        raise ValueError("A case has no figure of what is not known. Leave the figure out.")
    return amount
