"""The rules of names and categories, made ready once."""

from datetime import date
from functools import cache

from moothall.core.rules import rules_of
from moothall.spend.engine.category_rules import (
    NOT_CLASSIFIED,
    RULE_DOCUMENTS,
    CategoryRules,
    Scheme,
    category_rules,
)
from moothall.spend.engine.names import NameWords


@cache
def category_rules_on(day: date) -> CategoryRules:
    """Every category rule in force on `day`."""
    values = {
        key: rule.on(day).value
        for document in RULE_DOCUMENTS
        for key, rule in rules_of("spend", document).items()
    }
    return category_rules(values)


@cache
def name_words_on(day: date) -> NameWords:
    """The words by which names are read, in force on `day`."""
    return NameWords.in_force(rules_of("spend", "name_words"), day)


def scheme(day: date | None = None) -> Scheme:
    """The published two-level scheme of categories."""
    return category_rules_on(day or date.max).scheme


def label_of(code: str | None) -> str:
    """The words for a category as a line carries it; the code itself where the scheme moved on."""
    try:
        return scheme().label(code or NOT_CLASSIFIED)
    except ValueError:
        return str(code)
